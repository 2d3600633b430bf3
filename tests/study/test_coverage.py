"""Repetitions for the coverage of intervals: the truth of a repetition is a draw that its interval has not seen."""

import pytest

from regimens.scenario import Scenario
from regimens.study.coverage import TRUTH_SUBJECTS, repeat

PAIR = ("3 MIU x 5", "1 MIU x 5")


def scenario(population: str) -> Scenario:
    return Scenario.from_text(f"""
title: Two doses
horizon: 2 weeks
models: [turnover]
{population}
arms:
  3 MIU x 5: {{regimen: 3 MIU SC daily for 5 days}}
  1 MIU x 5: {{regimen: 1 MIU SC daily for 5 days}}
endpoints:
  - peak of treg_fold
""")


def test_a_repetition_is_the_same_again_and_another_one_is_not():
    few = scenario("population: {subjects: 20, draws: 12, seed: 3}")
    (first,) = repeat(few, [PAIR], 0)
    (again,) = repeat(few, [PAIR], 0)
    (other,) = repeat(few, [PAIR], 1)
    assert first == again
    assert first.truth != other.truth
    assert first.low < first.high
    assert first.held == (first.low <= first.truth <= first.high)
    assert first.truth > 0, "three times the dose raises the peak"
    assert TRUTH_SUBJECTS > 100


def test_a_scenario_without_a_population_cannot_be_repeated():
    with pytest.raises(ValueError, match="Coverage needs a scenario with a population"):
        list(repeat(scenario(""), [PAIR], 0))

"""Real life: orders that turn round, and what a choice on paper costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from regimens.contrasts.variants import FLIPS, REGRET
from tests.contrasts.made import COST, NAN, PEAK, TIME, each_subject, flips, one_model, regret, row

REAL = {"A": "A, real life", "B": "B, real life"}
NAMES = ("A", "B", "A, real life", "B, real life")


def lived(*by_draw, endpoint=PEAK, **rest):
    """Return outcomes from the values of A, B, A in real life and B in real life in each draw."""
    return one_model({name: each_subject(values) for name, values in zip(NAMES, by_draw, strict=True)}, (endpoint,), **rest)


FOUR = ([3.0, 3.0, 3.0, 1.0], [2.0, 2.0, 2.0, 2.0], [1.0, 2.5, 2.0, 0.5], [2.0, 2.0, 2.0, 1.5])


def test_four_draws_by_hand_turn_round_once():
    found = flips(lived(*FOUR), REAL)
    assert tuple(found.columns) == FLIPS.header
    assert found.to_dict("records") == [
        {
            "model": "turnover", "endpoint": "peak of treg_fold", "arm": "A", "against": "B",
            "probability_full": 0.75, "probability_real": 0.375, "flipped": 0.25,
        }
    ]  # fmt: skip


def test_flips_are_the_same_where_lower_is_better_and_probabilities_turn():
    found = row(flips(lived(*FOUR, endpoint=COST), REAL))
    assert (found["probability_full"], found["probability_real"], found["flipped"]) == (0.25, 0.625, 0.25)


def test_every_two_arms_are_held_against_each_other_once():
    arms = {name: each_subject([1.0, 2.0]) for name in "ABC"}
    found = flips(one_model(arms), {"A": "A", "B": "B", "C": "C"})
    assert (found["arm"] + found["against"]).tolist() == ["AB", "AC", "BC"]
    assert found["flipped"].tolist() == [0.0, 0.0, 0.0]


def test_a_draw_missing_in_one_of_the_two_lives_is_left_out_of_both():
    full, other, real, other_real = (list(values) for values in FOUR)
    real[3] = NAN
    found = row(flips(lived(full, other, real, other_real), REAL))
    assert (found["probability_full"], found["probability_real"]) == (1.0, 0.5)
    assert found["flipped"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("endpoint", [PEAK, TIME])
def test_without_two_draws_or_without_a_direction_nothing_turns_round(endpoint):
    draws = slice(1) if endpoint is PEAK else slice(None)
    assert len(flips(lived(*(values[draws] for values in FOUR), endpoint=endpoint), REAL)) == 0


def test_a_choice_on_paper_costs_what_the_best_arm_of_real_life_has_more():
    # as written A has the better median (2.5 against 2), in real life B has (3 against 2), by 1, 2, 0 and 1
    full, lived_a, lived_b = [3.0, 2.0, 3.0, 2.0], [2.0, 2.0, 3.0, 2.0], [3.0, 4.0, 3.0, 3.0]
    found = regret(lived(full, [2.0] * 4, lived_a, lived_b, units={("turnover", PEAK.words): "fold"}), REAL)
    assert tuple(found.columns) == REGRET.header
    assert found.to_dict("records") == [
        {
            "model": "turnover", "endpoint": "peak of treg_fold", "chosen": "A", "best": "B", "regret": 1.0,
            "regret_low": pytest.approx(0.15), "regret_high": pytest.approx(1.85), "unit": "fold",
        }
    ]  # fmt: skip


def test_where_lower_is_better_the_lowest_is_chosen():
    found = row(regret(lived(*([value] * 3 for value in (3.0, 2.0, 1.0, 4.0)), endpoint=COST), REAL))
    assert (found["chosen"], found["regret"]) == ("B", 3.0)


def test_one_draw_has_a_regret_and_no_interval():
    found = row(regret(lived([3.0], [2.0], [1.0], [2.0]), REAL))
    assert (found["chosen"], found["regret"]) == ("A", 1.0)
    np.testing.assert_equal([found["regret_low"], found["regret_high"]], [NAN, NAN])


def test_an_arm_without_a_real_life_is_no_choice():
    arms = {"A": [9.0] * 2, "B": [2.0] * 2, "C": [1.0] * 2, "a": [NAN] * 2, "b": [1.0] * 2, "c": [2.0] * 2}
    made = one_model({name: each_subject(values) for name, values in arms.items()})
    found = row(regret(made, {"A": "a", "B": "b", "C": "c"}))
    assert (found["chosen"], found["regret"]) == ("B", 1.0)
    assert len(regret(made, {"A": "a", "B": "b"})) == 0


def test_an_endpoint_without_a_direction_has_no_regret():
    assert len(regret(lived(*FOUR, endpoint=TIME), REAL)) == 0


@given(arrays(float, (3, 5, 2), elements=st.floats(1, 9)), arrays(float, (3, 5, 2), elements=st.floats(1, 9)))
def test_regret_is_nothing_when_the_best_arm_stays_the_best(full, real):
    arms = dict(zip(["A", "B", "C", "a", "b", "c"], [*full, *real], strict=True))
    found = row(regret(one_model(arms), {"A": "a", "B": "b", "C": "c"}))
    if found["chosen"] == found["best"]:
        assert (found["regret_low"], found["regret"], found["regret_high"]) == (0.0, 0.0, 0.0)
    as_written = row(regret(one_model(arms), {"A": "A", "B": "B", "C": "C"}))
    assert as_written["chosen"] == as_written["best"]

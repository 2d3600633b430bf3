"""The key `search` of a scenario: what it means, how it is written, and every mistake in it with its line."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from regimens.errors import InputFileError
from regimens.exposure import exposure_of
from regimens.regimen import MIU, days, weeks
from regimens.regimen.parts import THREE_A_WEEK
from regimens.regimen.space import SearchSpace
from regimens.scenario import Scenario
from regimens.scenario.search import ExactLimit, Judge, Kind

BASE = """\
title: T
models: [turnover]
horizon: 12 weeks
population: {subjects: 4, seed: 1, draws: 4}
arms:
  A: {regimen: 1 MIU SC daily x 5}
endpoints: [peak of treg_fold]
search:
  amount: {from: 0.5 MIU, to: 1 MIU, step: 0.25 MIU}
  every: [1 day, 3 times a week]
  doses: 2-6
  cycles: 1-2
  rests: [none, 9 days]
  within: 6 weeks
  limits: [total at most 6 MIU, peak of serum_il2 at most 30 in 80 % of subjects]
  aim: highest mean of treg_fold to 6 weeks
  judged by: regret
"""
AMOUNT, EVERY, DOSES, CYCLES, RESTS, WITHIN, LIMITS, AIM, JUDGE = range(9, 18)
STEP_ADVICE = "Write an amount above zero, for example '0.25 MIU'."
LIMIT_ADVICE = (
    "Write for example 'total at most 21 MIU', 'doses at most 30' or 'days treg_fold above 2 at least 42 in 80 % of subjects'."
)


def search(text=BASE):
    return Scenario.from_text(text).search


def test_a_search_is_read_as_values():
    found = search()
    assert found.space == SearchSpace(
        MIU("0.5"), MIU(1), MIU("0.25"), (days(1), THREE_A_WEEK), (2, 6), weeks(6), (1, 2), (None, days(9))
    )
    assert found.exact_limits == (ExactLimit("total at most 6 MIU", "total", "at most", Fraction(6_000_000)),)
    (limit,) = found.endpoint_limits
    assert (limit.endpoint.words, limit.side, limit.number, limit.share) == ("peak of serum_il2", "at most", 30.0, 0.8)
    assert (found.aim.words, found.highest, found.judge) == ("mean of treg_fold to 6 weeks", True, Judge(Kind.REGRET))


def test_a_limit_without_a_share_holds_in_95_percent_of_the_subjects():
    assert search(BASE.replace(" in 80 % of subjects", "")).endpoint_limits[0].share == 0.95


def test_lowest_total_is_an_aim():
    found = search(BASE.replace("highest mean of treg_fold to 6 weeks", "lowest total"))
    assert (found.aim.words, found.highest, found.aim_words) == ("total MIU", False, "lowest total MIU")


@pytest.mark.parametrize("judge", ["mean", "worst model", "cvar 10 %", "regret"])
def test_every_judge_is_read_and_written(judge):
    scenario = Scenario.from_text(BASE.replace("regret", judge))
    assert scenario.search.judge.words == judge
    assert Scenario.from_text(scenario.to_yaml()) == scenario


def test_a_search_built_in_python_is_the_same_as_one_of_a_file():
    scenario = Scenario.from_text(BASE)
    built = Scenario.build(
        title="T", models=["turnover"], horizon=weeks(12), population=scenario.population,
        arms={"A": "1 MIU SC daily x 5"}, endpoints=["peak of treg_fold"], search=scenario.search,
    )  # fmt: skip
    assert built.search == scenario.search


def test_the_candidates_are_exactly_those_that_exposure_allows():
    scenario = Scenario.from_text(
        BASE.replace("total at most 6 MIU", "total at most 6 MIU, doses at least 4, total at least 3.5 MIU")
    )
    everything = Scenario.from_text(BASE.replace("total at most 6 MIU, ", "")).search.candidates(scenario.subject)
    allowed = []
    for candidate in everything:
        (row,) = exposure_of(candidate.regimen, scenario.subject)
        if 3_500_000 <= row.total <= 6_000_000 and row.doses >= 4:
            allowed.append(candidate)
    assert 0 < len(allowed) < len(everything)
    assert list(scenario.search.candidates(scenario.subject)) == allowed
    assert scenario.search.size(scenario.subject) == len(allowed)


def test_totals_per_m2_are_those_of_the_subject():
    text = BASE.replace("from: 0.5 MIU, to: 1 MIU, step: 0.25 MIU", "from: 0.5 MIU/m2, to: 1 MIU/m2, step: 0.25 MIU/m2")
    scenario = Scenario.from_text(text)
    totals = [candidate.total(scenario.subject) for candidate in scenario.search.candidates(scenario.subject)]
    assert max(totals) <= 6_000_000
    assert min(totals) == 2 * 500_000 * Fraction(9, 5)


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "advice"),
    [
        ("step: 0.25 MIU", "step: 0 MIU", AMOUNT, "'step: 0 MIU' is not greater than zero.", STEP_ADVICE),
        ("step: 0.25 MIU", "step: -1 MIU", AMOUNT, "'step: -1 MIU' is not greater than zero.", STEP_ADVICE),
        ("step: 0.25 MIU", "step: 0.25", AMOUNT, "'step: 0.25' has no unit.", "Write for example '0.25 MIU'."),
        ("to: 1 MIU", "to: 1 mg", AMOUNT, "'1 mg' cannot be an amount of il2.", "Amounts of il2 are in IU or MIU, flat or per m2 or kg."),
        ("to: 1 MIU", "to: 1.1 MIU", AMOUNT, "1.1 MIU is not reached from 0.5 MIU in steps of 0.25 MIU.", "The nearest below is 1 MIU."),
        ("3 times a week", "daily", EVERY, "'daily' is named twice in 'every'.", "Name each once."),
        ("2-6", "6-2", DOSES, "'doses: 6-2' is not a possible range.", "A range starts at 1 or more and ends at its larger number, for example 1-6."),
        ("2-6", "few", DOSES, "'few' is not a number or a range of them.", "Write for example 5 or 5-84."),
        (
            "9 days", "9-12 days", RESTS, "The rest '9-12 days' is a range.",
            "List the lengths to try, for example [9 days, 14 days].",
        ),
        (
            "within: 6 weeks", "within: 16 weeks", WITHIN, "Schedules may take 112 days, longer than the horizon of 84 days.",
            "Move the horizon, or shorten 'within'.",
        ),
        (
            "within: 6 weeks", "within: 1 day", WITHIN, "No schedule of the space fits into 1 day: the shortest takes 2 days.",
            "Allow a longer time, fewer doses, fewer cycles or shorter rests.",
        ),
        (
            "total at most 6 MIU", "total at most 0.1 MIU", LIMITS, "No schedule of the space meets 'total at most 0.1 MIU'.",
            "The lowest total is 1 MIU, 0.9 MIU more than the limit. The smallest dose alone is 0.5 MIU.",
        ),
        (
            "total at most 6 MIU", "doses at most 1", LIMITS, "No schedule of the space meets 'doses at most 1'.",
            "The fewest are 2 doses, 1 dose more than the limit.",
        ),
        (
            "total at most 6 MIU", "doses at most 3, total at least 4 MIU", LIMITS,
            "No schedule that meets 'doses at most 3' meets 'total at least 4 MIU'.",
            "The highest total is 3 MIU, 1 MIU less than the limit.",
        ),
        (
            "total at most 6 MIU", "total at most 6", LIMITS, "'total at most 6': the total has no unit.",
            "Write for example 'total at most 6 MIU'.",
        ),
        ("serum_il2", "serum_il3", LIMITS, "'serum_il3' is no observable of the models of this scenario.", "Did you mean 'serum_il2'?"),
        (
            "at most 30 in", "under 30 in", LIMITS, "'peak of serum_il2 under 30 in 80 % of subjects' is not a limit.", LIMIT_ADVICE,
        ),
        (
            "in 80 %", "in 0 %", LIMITS,
            "'peak of serum_il2 at most 30 in 0 % of subjects': 0 % of subjects is not possible.",
            "Write a share above 0 and at most 100 %.",
        ),
        (
            "highest mean", "mean", AIM, "'mean of treg_fold to 6 weeks' is not an aim.",
            "Write 'highest' or 'lowest' and an endpoint, for example 'highest mean of treg_fold to 12 weeks' or 'lowest total'.",
        ),
        (
            "mean of treg_fold to 6 weeks", "treg_fold at end of cycle 1", AIM,
            "'treg_fold at end of cycle 1' is about cycles, and the schedules of a space differ in their cycles.",
            "Name a time, for example 'treg_fold at 12 weeks'.",
        ),
        (
            "highest mean of treg_fold to 6 weeks", "lowest time until treg_fold above 2", AIM,
            "'time until treg_fold above 2' is infinite where it is not reached, so it has no mean.",
            "Use it in a limit, or name the time above or below a threshold.",
        ),
        (
            "regret", "cvar 0 %", JUDGE, "'cvar 0 %' averages over no draw.",
            "Write a share above 0 and at most 100 %, for example cvar 10 %.",
        ),
        ("regret", "median", JUDGE, "'median' is not a way to judge.", "Write mean, worst model, regret, or for example cvar 10 %."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(old, new, line, message, advice):
    assert old in BASE
    with pytest.raises(InputFileError) as raised:
        Scenario.from_text(BASE.replace(old, new, 1))
    assert [(problem.line, problem.message, problem.advice) for problem in raised.value.problems] == [(line, message, advice)]


def test_without_optuna_a_space_that_is_too_large_is_told_with_its_size(monkeypatch):
    monkeypatch.setattr("regimens.scenario.searchwords.find_spec", lambda name: None)
    text = BASE.replace("step: 0.25 MIU", "step: 100 IU").replace("2-6", "2-7").replace("total at most 6 MIU, ", "")
    with pytest.raises(InputFileError) as raised:
        Scenario.from_text(text)
    (problem,) = raised.value.problems
    assert (problem.line, problem.message, problem.advice) == (
        8,
        "The space has 160,032 different schedules within the limits on totals and doses.",
        "More than 100,000 are sampled by the package optuna: pip install 'regimens[search]'. Or narrow the space (5001 amounts x "
        "2 intervals x 6 numbers of doses x 2 numbers of cycles x 2 rests): a larger step, shorter lists, lower limits.",
    )


def test_with_optuna_a_space_that_is_too_large_to_list_can_be_read():
    text = BASE.replace("step: 0.25 MIU", "step: 100 IU").replace("2-6", "2-7").replace("total at most 6 MIU, ", "")
    assert search(text).size(Scenario.from_text(BASE).subject) == 160_032


def test_all_mistakes_are_told_at_once():
    text = BASE.replace("2-6", "few").replace("regret", "median").replace("at most 6 MIU", "at most 6")
    with pytest.raises(InputFileError) as raised:
        Scenario.from_text(text)
    assert [problem.line for problem in raised.value.problems] == [DOSES, LIMITS, JUDGE]


def test_the_search_of_the_readme_can_be_read():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(search:\n.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    found = search(BASE[: BASE.index("search:")] + text)
    assert [limit.words for limit in found.limits] == [
        "total at most 21 MIU",
        "days treg_fold above 1.2 at least 42 in 80 % of subjects",
    ]

"""How two regimens differ: closed forms of every number, the same doses under other words, and what the command says."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given

from regimens.difference import difference_of, in_words
from regimens.evidence import library
from regimens.exposure import exposure_of
from regimens.regimen import parse_regimen, weeks
from regimens.shipped import names
from regimens.subject import Subject
from tests.examples import examples
from tests.properties.regimens import regimens
from tests.small import shipped_scenario
from tests.test_cli import run

TYPICAL = Subject()


def between(first, second):
    return difference_of(parse_regimen(first), parse_regimen(second), TYPICAL)


def said(first, second):
    return list(in_words(between(first, second)))[3:]


def test_every_number_that_differs_stands_beside_the_other_with_its_exact_ratio():
    assert list(
        in_words(between("1.75 MIU SC weekly x 12", "(1.4 MIU IV over 1 h daily x 5, rest 23 days) x 3"), ("weekly", ""))
    ) == [
        "A: weekly: 1.75 MIU SC weekly x 12",
        "B: (1.4 MIU IV daily over 1 h x 5, rest 23 days) x 3",
        "",
        "They differ from day 0 (protocol day 1) on: A gives 1.75 MIU of il2 SC, B gives 1.4 MIU of il2 IV over 1 h.",
        "",
        "il2                  A                         B                         B / A",
        "amount of a dose     1.75 MIU                  1.4 MIU                   0.8",
        "interval             7 days                    1 day                     0.1429 (1/7)",
        "doses                12                        15                        1.25",
        "cycles               1                         3                         3",
        "pause after a cycle  none                      24 days",
        "route                SC                        IV",
        "infusion             bolus                     1 h",
        "highest 7 days       1.75 MIU                  7 MIU                     4",
        "last dose            day 77 (protocol day 78)  day 60 (protocol day 61)",
        "days with a dose     12                        15                        1.25",
        "The same: total 21 MIU; first dose day 0 (protocol day 1).",
    ]


SAME = {
    ("1 MIU SC daily x 5", "1.0 MIU SC QD x 5"): "They are the same regimen.",
    ("no dose", "no dose"): "They are the same regimen.",
    ("1 MIU SC daily x 2", "1 MIU SC once, rest 1 day, 1 MIU SC once"):
        "They give the same doses: each of them at the same time, though the words differ.",
    ("1 MIU SC 3 times a week x 3", "1 MIU SC every 2 days x 3"):
        "They give the same doses: each of them at the same time, though the words differ.",
    ("1 MIU SC daily x 10", "(1 MIU SC daily x 5) x 2"):
        "They give the same doses, each of them at the same time, but count their cycles in another way.",
}  # fmt: skip


@pytest.mark.parametrize("pair", SAME)
def test_the_same_doses_in_other_words_are_said_to_be_the_same(pair):
    assert said(*pair) == [SAME[pair]]
    first, second = (parse_regimen(text).events(weeks(9)) for text in pair)
    assert (first == second) == between(*pair).same_cycles


def test_a_drug_that_only_one_gives_is_named_and_the_same_drug_is_the_same():
    assert said("0.5 MIU SC daily x 5", "il2: 0.5 MIU SC daily x 5; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h") == [
        "They differ from day 0 (protocol day 1) on: A gives 0.5 MIU of il2 SC, "
        "B gives 0.5 MIU of il2 SC and 8 mg/kg (max 800 mg) of tocilizumab IV over 1 h.",
        "",
        "il2: the same doses in both. 5 doses of 0.5 MIU are 2.5 MIU.",
        "",
        "tocilizumab: given by B only, and not by A. 1 dose of 560 mg is 560 mg.",
        "",
        "Totals are those of 70 kg.",
    ]


@pytest.mark.parametrize(
    ("second", "from_h"),
    [("1 MIU SC daily x 4", 4 * 24), ("1 MIU SC daily x 6", 5 * 24), ("1 MIU SC daily x 3, 2 MIU SC daily x 2", 3 * 24),
     ("from protocol day 2, 1 MIU SC daily x 5", 0), ("1 MIU SC every 25 h x 5", 24), ("no dose", 0)],
)  # fmt: skip
def test_they_differ_from_the_first_time_on_at_which_one_gives_what_the_other_does_not(second, from_h):
    assert between("1 MIU SC daily x 5", second).from_h == between(second, "1 MIU SC daily x 5").from_h == from_h


def test_an_infusion_is_said_where_it_is_what_differs():
    assert said("1 MIU IV over 1 h daily x 5", "1 MIU IV daily x 5")[0] == (
        "They differ from day 0 (protocol day 1) on: A gives 1 MIU of il2 IV over 1 h, B gives 1 MIU of il2 IV."
    )


def test_a_start_at_steady_state_is_a_difference_of_its_own():
    assert said("at steady state of 1 MIU SC daily, 1 MIU SC daily x 3", "1 MIU SC daily x 3") == [
        "They start differently: A at steady state of 1 MIU SC daily (il2) and B without earlier doses.",
        "From day 0 on they give the same doses, each of them at the same time.",
    ]


def test_doses_of_other_amounts_in_another_order_have_the_same_numbers():
    assert said("1 MIU SC daily x 2, 2 MIU SC daily x 1, 1 MIU SC once", "1 MIU SC once, rest 1 day, 2 MIU SC once, rest 1 day, 1 MIU SC daily x 2")[2] == (
        "il2: no number differs, but the order of the doses does."
    )  # fmt: skip


def test_many_different_intervals_are_counted():
    text = ", ".join(f"1 MIU SC once, rest {days} days" for days in range(1, 10)) + ", 1 MIU SC once"
    interval = next(line for line in said(text, "1 MIU SC daily x 10") if line.startswith("interval"))
    assert interval.split("  ")[-2:] == ["1 day, 2 days, 3 days, 4 days, 5 days, 6 days and 3 more", "1 day"]


@examples(15)
@given(regimens(), regimens())
def test_any_two_regimens_have_a_difference_that_turns_round(first, second):
    first, second = first.with_rests("shortest"), second.with_rests("shortest")
    there, back = difference_of(first, second, TYPICAL), difference_of(second, first, TYPICAL)
    assert (there.from_h, there.same_cycles) == (back.from_h, back.same_cycles)
    assert [(one.first, one.second) for one in there.drugs] == [(one.second, one.first) for one in back.drugs]
    assert list(in_words(there))[-1]
    assert there.same_doses == all(drug.same_doses for drug in there.drugs)


@examples(15)
@given(regimens())
def test_facts_are_those_of_the_exposure(regimen):
    regimen = regimen.with_rests("shortest")
    found = difference_of(regimen, regimen, TYPICAL)
    assert found.same_doses
    assert tuple(drug.first.exposure for drug in found.drugs) == exposure_of(regimen, TYPICAL)
    for drug in found.drugs:
        span = drug.first.exposure.last_h - drug.first.exposure.first_h
        assert (sum(drug.first.intervals + drug.first.pauses, Fraction(0)) == 0) == (span == 0)


def test_arms_of_every_shipped_scenario_have_differences_that_agree_with_their_events():
    for scenario in map(shipped_scenario, names("scenarios")):
        regimens_and_events = [(arm.regimen, arm.regimen.events(weeks(200))) for arm in scenario.arms[:8]]
        for (one, events), (other, of_other) in pairwise(regimens_and_events):
            found = difference_of(one, other, TYPICAL)
            assert (found.same_doses and found.same_cycles) == (events == of_other)
            assert len(list(in_words(found))) >= 4


SCENARIO = """\
title: Two
models: [turnover]
horizon: 8 weeks
arms:
  five days: {regimen: 1 MIU SC daily x 5}
  per kg: {regimen: 10 kIU/kg SC daily x 5}
endpoints: [peak of treg_fold]
"""


@pytest.fixture
def diff(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "two.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "three.yaml").write_text(SCENARIO.replace("endpoints", "  none: {regimen: no dose}\nendpoints"), encoding="utf-8")
    return lambda *arguments: run(monkeypatch, capsys, "diff", *arguments)


@pytest.mark.parametrize(
    "arguments",
    [("two.yaml",), ("three.yaml", "five days", "per kg"), ("two.yaml:five days", "three.yaml:per kg"),
     ("two.yaml:Five  days", "10 kIU/kg SC daily x 5")],
)  # fmt: skip
def test_arms_of_scenarios_and_texts_are_named_in_any_of_the_ways(diff, arguments):
    code, out, err = diff(*arguments, "--weight", "90 kg")
    assert (code, err) == (0, "")
    assert ["total", "5", "MIU", "4.5", "MIU", "0.9"] in [line.split() for line in out.splitlines()]
    assert out.endswith("\nTotals are those of 90 kg.\n")


def test_entries_of_the_library_are_named_as_the_library_names_them(diff):
    _, out, _ = diff("koreth-2011-1", "1 MIU/m2 SC daily x 56")
    assert out == "A: koreth-2011-1: 1 MIU/m2 SC daily x 56\nB: 1 MIU/m2 SC daily x 56\n\nThey are the same regimen.\n"


RANGED = "(1 MIU SC daily x 5, rest 9-16 days) x 2"


def test_rests_that_are_ranges_are_taken_at_their_shortest_and_that_is_said(diff):
    _, out, err = diff(RANGED, "(1 MIU SC daily x 5, rest 9 days) x 2")
    assert err == "The rests of A are ranges, and are taken at their shortest.\n"
    assert out == (
        "A: (1 MIU SC daily x 5, rest 9-16 days) x 2\nB: (1 MIU SC daily x 5, rest 9 days) x 2\n\n"
        "They give the same doses at the shortest rests, but not at the longest: A has rest 9-16 days, B has rest 9 days.\n"
    )
    assert said(RANGED, RANGED) == ["They are the same regimen."]
    assert said(RANGED, "(1 MIU SC daily x 5, rest 10 days) x 2")[0].startswith("They differ from day 14 (protocol day 15) on: ")


def test_day_0_is_taken_to_be_the_first_weekday_of_each_text_or_the_one_that_is_stated(diff):
    texts = ("1 MIU SC on Wed, Fri and Mon x 6", "1 MIU SC on Mon, Wed and Fri x 6")
    _, out, err = diff(*texts)
    assert err == (
        "Day 0 of A is taken to be a Wednesday; --day-0 states another weekday.\n"
        "Day 0 of B is taken to be a Monday; --day-0 states another weekday.\n"
    )
    assert "They differ from day 4 (protocol day 5) on: A gives nothing, B gives 1 MIU of il2 SC.\n" in out
    _, out, err = diff(*texts, "--day-0", "Monday")
    assert (out.splitlines()[-1], err) == ("They are the same regimen.", "")


def test_day_0_of_an_arm_is_stated_in_its_scenario(diff, tmp_path):
    (tmp_path / "days.yaml").write_text(SCENARIO.replace("1 MIU SC daily x 5", "1 MIU SC on Wed and Fri x 4"), encoding="utf-8")
    _, _, err = diff("days.yaml")
    assert err == "Day 0 of A is taken to be a Wednesday; 'day 0' of its scenario states another weekday.\n"


REFUSED = {
    ("1 MIU SC once",): "Error: A difference is of two regimens, found 1. Write two of them, or a scenario file and the names of two of its arms.",
    ("three.yaml",): "Error: three.yaml has 3 arms. Name two of them: 'five days', 'per kg', 'none'.",
    ("three.yaml", "1 MIU SC once"): "Error: 'three.yaml' does not say which arm is meant. Write 'three.yaml:' and the name of the arm.",
    ("three.yaml", "five days", "per k"): "Error: 'per k' is no arm of three.yaml. Did you mean 'per kg'?",
    ("koreth-2011-11", "no dose"): "The library has no regimen 'koreth-2011-11'. Did you mean 'koreth-2011-1'? `regimens library` lists all {n}.",
    ("two.yaml", "--day-0", "Monday"): "Error: --day-0 is for protocol text. A scenario states its weekday itself, with 'day 0: Monday'.",
    ("hartemann", "no dose"): "The library has no regimen 'hartemann'. Did you mean 'hartemann-2013-3'? `regimens library` lists all {n}.",
}  # fmt: skip


@pytest.mark.parametrize("arguments", REFUSED)
def test_what_is_no_pair_of_regimens_is_refused(diff, arguments):
    code, out, err = diff(*arguments)
    assert (code, out, err.splitlines()[-1]) == (2, "", REFUSED[arguments].format(n=len(library())))

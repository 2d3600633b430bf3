"""Weekdays and routes in scenarios: the key 'day 0', and routes that a model has no input for."""

import pytest

from regimens.errors import InputFileError
from regimens.regimen import parse_regimen
from regimens.scenario import Scenario

BODY = """\
title: T
models: [turnover]
horizon: 8 weeks
DAY_0arms:
  A: {regimen: REGIMEN}
endpoints: [peak of treg_fold]
"""
TWO = "{il2: 1 MIU SC on Mon x 3, tocilizumab: 8 mg/kg IV on Wed over 1 h x 2}"


def scenario_of(regimen, day_0=""):
    return Scenario.from_text(BODY.replace("REGIMEN", regimen).replace("DAY_0", f"day 0: {day_0}\n" if day_0 else ""))


def refused(regimen, day_0=""):
    with pytest.raises(InputFileError) as raised:
        scenario_of(regimen, day_0)
    return [(problem.line, problem.message, problem.advice) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("day_0", "words"),
    [
        ("", "1 MIU SC 3 times a week x 6"),
        ("Monday", "1 MIU SC 3 times a week x 6"),
        ("Tuesday", "from protocol day 2, 1 MIU SC on days 0, 2 and 5 of each week x 6"),
        ("Friday", "1 MIU SC on days 0, 3 and 5 of each week x 6"),
    ],
)
def test_a_scenario_says_on_which_weekday_day_0_falls_else_the_first_named_day_is_day_0(day_0, words):
    scenario = scenario_of('"1 MIU SC on Mon, Wed and Fri x 6"', day_0)
    assert scenario.arms[0].regimen == parse_regimen(words)
    assert scenario.day_0 == day_0


def test_the_weekday_that_day_0_is_taken_to_be_is_an_assumption_of_the_arm():
    scenario = scenario_of('"1 MIU SC on Wed and Fri x 6"')
    assert scenario.arms[0].assumptions == (
        "Day 0 is taken to be a Wednesday: the regimen names weekdays, and nothing says on which one day 0 falls.",
    )
    assert Scenario.from_text(scenario.to_yaml()) == scenario
    by_drug = scenario_of("{il2: 1 MIU SC daily x 5, tocilizumab: 8 mg/kg IV on Wed over 1 h x 2}")
    assert by_drug.arms[0].assumptions == scenario.arms[0].assumptions
    assert scenario_of('"1 MIU SC on Wed and Fri x 6"', "Monday").arms[0].assumptions == ()


def test_the_drugs_of_an_arm_share_the_week_that_the_scenario_states():
    assert scenario_of(TWO, "Tuesday").arms[0].regimen.in_words() == (
        "il2: from protocol day 7, 1 MIU SC weekly x 3; tocilizumab: from protocol day 2, 8 mg/kg IV weekly over 1 h x 2"
    )
    assert refused(TWO) == [
        (
            5,
            "The plans of 'il2' and 'tocilizumab' name weekdays, and nothing says on which weekday day 0 falls.",
            "Say it: 'day 0: Monday' in a scenario, '--day-0 Monday' for explain, day_0='Monday' in Python.",
        )
    ]


def test_a_scenario_with_a_weekday_of_day_0_is_written_and_read_back_and_built_in_python():
    scenario = scenario_of('"1 MIU SC on Mon, Wed and Fri x 6"', "Tuesday")
    assert "day 0: Tuesday\n" in scenario.to_yaml()
    assert Scenario.from_text(scenario.to_yaml()) == scenario
    built = Scenario.build(
        title="T",
        models="turnover",
        horizon="8 weeks",
        day_0="Tuesday",
        arms={"A": "1 MIU SC on Mon, Wed and Fri x 6"},
        endpoints="peak of treg_fold",
    )
    assert built == scenario


def test_what_is_no_weekday_is_refused_with_those_that_are():
    days = "'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday' or 'Sunday'"
    assert refused('"1 MIU SC on Mon x 2"', "Tuesdy") == [
        (4, "'day 0': found 'Tuesdy'.", f"Did you mean 'Tuesday'? Accepted: {days}.")
    ]


@pytest.mark.parametrize("route", ["IM", "PO", "inhaled"])
def test_a_route_that_a_model_has_no_input_for_is_named_with_those_it_has(route):
    assert refused(f"1 MIU {route} daily x 5") == [
        (5, f"The model 'turnover' has no input for il2 by {route}.", "It takes il2 by IV and SC."),
    ]


def test_a_drug_by_mouth_that_no_model_takes_beside_one_that_it_does_is_not_modelled():
    scenario = scenario_of("{il2: 1 MIU SC daily x 5, rapamycin: 2 mg PO daily x 28}")
    assert scenario.arms[0].regimen.in_words() == "il2: 1 MIU SC daily x 5; rapamycin: 2 mg PO daily x 28"

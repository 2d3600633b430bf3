"""Bad scenario files: every fault is said with file, line and what would be right; nothing is silently repaired."""

import textwrap

import pytest

from regimens import shipped
from regimens.errors import InputFileError
from regimens.scenario import read_scenario

GOOD = """\
title: A test
models: [turnover]
horizon: 8 weeks
arms:
  daily:
    regimen: 1 MIU SC daily x 5
    expect: {total: 5 MIU}
endpoints:
  - peak of treg_fold
"""


def said(tmp_path, text):
    file = tmp_path / "bad.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        read_scenario(file)
    return str(raised.value).replace(str(file), "bad.yaml")


def test_a_good_file_is_read(tmp_path):
    file = tmp_path / "good.yaml"
    file.write_text(GOOD, encoding="utf-8")
    scenario = read_scenario(file)
    assert (scenario.name, scenario.title, scenario.horizon_h) == ("good", "A test", 1344.0)
    assert scenario.text == GOOD


CHANGES = {
    "an unknown unit": (
        "1 MIU SC daily x 5",
        "1 MUI SC daily x 5",
        """\
        bad.yaml:6: 'MUI' is not a unit of amount.
            5 |   daily:
          > 6 |     regimen: 1 MUI SC daily x 5
              |                ^
          Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg).""",
    ),
    "a weekly pattern as the interval of a steady state": (
        "regimen: 1 MIU SC daily x 5",
        "regimen:\n    - {at steady state of: 1 MIU SC, every: 3 times a week}\n    - {dose: 1 MIU SC}",
        """\
        bad.yaml:7: A steady state needs one interval, found '3 times a week'.
            6 |     regimen:
          > 7 |     - {at steady state of: 1 MIU SC, every: 3 times a week}
              |                                             ^
          Write for example 'daily' or '2 days'.""",
    ),
    "an unknown side of reading": (
        "horizon: 8 weeks",
        "horizon: 8 weeks\nobserve: after",
        """\
        bad.yaml:4: 'observe': found 'after'.
            3 | horizon: 8 weeks
          > 4 | observe: after
              |          ^
          Did you mean 'after doses'? Accepted: 'before doses' or 'after doses'.""",
    ),
    "a thousandth of a unit": (
        "1 MIU SC daily x 5",
        "'1 mIU SC daily x 5'",
        """\
        bad.yaml:6: 'mIU' is not a unit of amount.
            5 |   daily:
          > 6 |     regimen: '1 mIU SC daily x 5'
              |                 ^
          'mIU' would be a thousandth of an IU. Write 'MIU' for a million IU.""",
    ),
    "a number for a regimen": (
        "1 MIU SC daily x 5",
        "5",
        """\
        bad.yaml:6: 'regimen': found 5, a number; text is needed.
            5 |   daily:
          > 6 |     regimen: 5
              |              ^
          Put it in quotes to keep it text.""",
    ),
    "an unknown key": (
        "regimen: 1",
        "regimne: 1",
        """\
        bad.yaml:6: 'regimne' is not a known key here.
            5 |   daily:
          > 6 |     regimne: 1 MIU SC daily x 5
              |     ^
          Did you mean 'regimen'?""",
    ),
    "an unknown model": (
        "[turnover]",
        "[turnovr]",
        """\
        bad.yaml:2: There is no model 'turnovr'. Did you mean 'turnover'? Shipped models: {shipped}.
            1 | title: A test
          > 2 | models: [turnovr]
              |          ^""",
    ),
    "an endpoint of an unknown observable": (
        "peak of treg_fold",
        "peak of treg_flod",
        """\
        bad.yaml:9: 'treg_flod' is no observable of the models of this scenario.
            8 | endpoints:
          > 9 |   - peak of treg_flod
              |     ^
          Did you mean 'treg_fold'?""",
    ),
    "an endpoint that is none": (
        "peak of treg_fold",
        "peek of treg_fold",
        """\
        bad.yaml:9: 'peek of treg_fold' is not an endpoint.
            8 | endpoints:
          > 9 |   - peek of treg_fold
              |     ^
          The nearest form is 'peak of treg_fold'.""",
    ),
    "a cycle that does not exist": (
        "peak of treg_fold",
        "treg_fold at end of cycle 4",
        """\
        bad.yaml:9: No arm has a cycle 4.
            8 | endpoints:
          > 9 |   - treg_fold at end of cycle 4
              |     ^
          The arms of this scenario have at most 1 cycle.""",
    ),
    "an endpoint after the horizon": (
        "peak of treg_fold",
        "treg_fold at 12 weeks",
        """\
        bad.yaml:9: 'treg_fold at 12 weeks' reads after the horizon.
            8 | endpoints:
          > 9 |   - treg_fold at 12 weeks
              |     ^
          The horizon is 56 days.""",
    ),
    "a week by its number": (
        "peak of treg_fold",
        "treg_fold at week 4",
        """\
        bad.yaml:9: 'week 4' is not a time.
            8 | endpoints:
          > 9 |   - treg_fold at week 4
              |     ^
          Elapsed times are written '4 weeks'; or name a visit of the scenario.""",
    ),
    "a horizon before the first dose": (
        "1 MIU SC daily x 5",
        "from protocol day 71, 1 MIU SC daily x 5",
        """\
        bad.yaml:3: The horizon of 56 days ends before the first dose of arm 'daily', 70 days after the start.
            2 | models: [turnover]
          > 3 | horizon: 8 weeks
              |          ^
          A horizon holds at least one dose of every arm that has any.""",
    ),
    "a month": (
        "8 weeks",
        "2 months",
        """\
        bad.yaml:3: 'months' has no fixed length.
            2 | models: [turnover]
          > 3 | horizon: 2 months
              |            ^
          Write a number of weeks or days (28 days, 4 weeks). Times are written in min, h, days or weeks.""",
    ),
    "a negative horizon": (
        "8 weeks",
        "-8 weeks",
        """\
        bad.yaml:3: Time must be longer than zero, found '-8 weeks'.
            2 | models: [turnover]
          > 3 | horizon: -8 weeks
              |          ^""",
    ),
    "a range nobody resolved": (
        "1 MIU SC daily x 5",
        "(1 MIU SC daily x 5, rest 9-16 days) x 1",
        """\
        bad.yaml:6: The rest of '(1 MIU SC daily x 5, rest 9-16 days) x 1' is a range, and the arm does not say which length is meant.
            5 |   daily:
          > 6 |     regimen: (1 MIU SC daily x 5, rest 9-16 days) x 1
              |              ^
          Add 'rest: shortest', 'midpoint', 'longest', 'each' (one arm per whole day) or 'drawn' (per subject) to the arm.""",
    ),
    "a total of another kind": (
        "5 MIU}",
        "5 mg}",
        """\
        bad.yaml:7: '5 mg' cannot be a total of il2.
            6 |     regimen: 1 MIU SC daily x 5
          > 7 |     expect: {total: 5 mg}
              |                     ^
          A total is a flat amount in IU or MIU.""",
    ),
    "an expectation of a drug that is not given": (
        "{total: 5 MIU}",
        "{total: {il3: 5 MIU}}",
        """\
        bad.yaml:7: The regimen gives no 'il3'.
            6 |     regimen: 1 MIU SC daily x 5
          > 7 |     expect: {total: {il3: 5 MIU}}
              |                      ^
          Did you mean 'il2'?""",
    ),
    "true for a number": (
        "endpoints:",
        "population: {subjects: true, seed: 1}\nendpoints:",
        """\
        bad.yaml:8: 'subjects': found true, a yes/no value; a whole number is needed.
            7 |     expect: {total: 5 MIU}
          > 8 | population: {subjects: true, seed: 1}
              |                        ^""",
    ),
    "a route the model does not take": (
        "models: [turnover]\nhorizon: 8 weeks",
        "models: [turnover]\nhorizon: 8 weeks\nobserve: {every: 0 h}",
        """\
        bad.yaml:4: Time must be longer than zero, found '0 h'.
            3 | horizon: 8 weeks
          > 4 | observe: {every: 0 h}
              |                  ^""",
    ),
}


CHANGES |= {
    "protocol day 0": (
        "peak of treg_fold",
        "treg_fold at protocol day 0",
        """\
        bad.yaml:9: 'treg_fold at protocol day 0' names protocol day 0.
            8 | endpoints:
          > 9 |   - treg_fold at protocol day 0
              |     ^
          Protocol days count from 1, the day of the first moment.""",
    ),
    "a visit that is a time": (
        "endpoints:",
        "visits: {2 weeks: 6 weeks}\nendpoints:",
        """\
        bad.yaml:8: '2 weeks' reads as a time and cannot name a visit.
            7 |     expect: {total: 5 MIU}
          > 8 | visits: {2 weeks: 6 weeks}
              |          ^
          Name it by what it is, for example 'week 12' or 'end of course'.""",
    ),
    "an empty list for a regimen": (
        "1 MIU SC daily x 5\n    expect: {total: 5 MIU}",
        "[]",
        """\
        bad.yaml:6: 'regimen': found an empty list; at least 1 entry is needed.
            5 |   daily:
          > 6 |     regimen: []
              |              ^""",
    ),
    "a cycle given no times": (
        "1 MIU SC daily x 5",
        "[{cycle: [{dose: 1 MIU SC}], repeats: 0}]",
        """\
        bad.yaml:6: 'repeats': found 0, a number; a number of at least 1 is needed.
            5 |   daily:
          > 6 |     regimen: [{cycle: [{dose: 1 MIU SC}], repeats: 0}]
              |                                                    ^""",
    ),
    "a horizon of too many readings": (
        "8 weeks",
        "1e9 weeks",
        """\
        bad.yaml:3: The horizon holds 28000000000 readings.
            2 | models: [turnover]
          > 3 | horizon: 1e9 weeks
              |          ^
          At most 10000 are written.""",
    ),
    "a published response to another regimen": (
        "regimen: 1 MIU SC daily x 5\n",
        "regimen: 1 MIU SC daily x 5\n    observed: [lilacs]\n",
        """\
        bad.yaml:7: 'lilacs' was seen under another regimen.
            6 |     regimen: 1 MIU SC daily x 5
          > 7 |     observed: [lilacs]
              |                ^
          Its regimen is '1.46 MIU SC daily x 5'.""",
    ),
}


@pytest.mark.parametrize("fault", CHANGES)
def test_a_fault_is_said_with_its_place_and_what_would_be_right(fault, tmp_path):
    old, new, message = CHANGES[fault]
    assert old in GOOD
    assert said(tmp_path, GOOD.replace(old, new)) == textwrap.dedent(message).replace(
        "{shipped}", ", ".join(shipped.names("models"))
    )


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0 MIU", "An amount of 0 MIU cannot be given."),
        ("-1 MIU", "Found '-' where an amount greater than zero, written without a sign, is expected."),
        ("nan MIU", "Found 'nan' where a dose such as '1 MIU SC', 'rest', '(' or 'no dose' is expected."),
        ("1e999 MIU", "Value must be between 1e-30 and 1e30 in size, found '1e999'."),
        ("1 MU", "'MU' is not a unit of amount."),
        ("1", "'SC' is not a unit of amount."),
    ],
)
def test_amounts_that_cannot_be_are_refused(amount, words, tmp_path):
    assert words in said(tmp_path, GOOD.replace("1 MIU", amount))


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("1 MIU SC daily x 0", "Found '0' where the total number of doses"),
        ("1 MIU SC every 0 h x 2", "Interval must be longer than zero, found 0 h."),
        ("1 MIU IV every 2 h over 3 h x 2", "An infusion over 3 h does not fit an interval of 2 h."),
        ("1 MIU SC daily x 5, from protocol day 2, 1 MIU SC once", "Courses of one drug do not overlap."),
        ("il2: 1 MIU SC once; il2: 1 MIU SC once", "The plan of 'il2' is given twice."),
        ("1 MIU SC daily x 1000000000", "Number of doses must be from 1 to 100000, found 1000000000."),
        ("((1 MIU SC daily x 1000) x 1000) x 1000", "The plan of 'il2' has 1000000000 doses."),
    ],
)
def test_schedules_that_cannot_be_are_refused(schedule, words, tmp_path):
    assert words in said(tmp_path, GOOD.replace("1 MIU SC daily x 5", f'"{schedule}"'))


def test_all_problems_of_a_file_come_at_once_in_order(tmp_path):
    text = GOOD.replace("8 weeks", "8 months").replace("1 MIU", "1 MUI").replace("turnover", "trnover")
    places = [line.split(" ")[0] for line in said(tmp_path, text).splitlines() if line.startswith("bad.yaml")]
    assert places == ["bad.yaml:2:", "bad.yaml:3:", "bad.yaml:6:"]


def test_two_arms_of_one_name_are_a_duplicate_key(tmp_path):
    text = GOOD.replace("endpoints:", "  daily:\n    regimen: no dose\nendpoints:")
    assert "'daily'" in said(tmp_path, text)
    assert "bad.yaml:8" in said(tmp_path, text)


def test_an_arm_that_gets_the_name_of_a_sub_arm_is_refused(tmp_path):
    arms = """\
  A:
    regimen: (1 MIU SC daily x 5, rest 9-10 days) x 2
    rest: each
  A, rest 9 days:
    regimen: no dose
"""
    text = GOOD.replace(GOOD[GOOD.index("  daily:") : GOOD.index("endpoints:")], arms)
    assert said(tmp_path, text) == textwrap.dedent("""\
        bad.yaml:8: Two arms are named 'A, rest 9 days': one is made by 'rest: each' of 'A' on line 5 and one is written on line 8.
            7 |     rest: each
          > 8 |   A, rest 9 days:
              |   ^
          Rename an arm: case, spaces and Unicode forms do not tell names apart.""")


def test_parts_in_yaml_have_their_problems_at_their_own_line(tmp_path):
    text = GOOD.replace(
        "regimen: 1 MIU SC daily x 5", "regimen:\n      - {dose: 1 MIU SC, every: 2 dayz, doses: 7}\n      - rest: 14 days"
    )
    assert said(tmp_path, text) == textwrap.dedent("""\
        bad.yaml:7: 'dayz' is not a unit of time.
            6 |     regimen:
          > 7 |       - {dose: 1 MIU SC, every: 2 dayz, doses: 7}
              |                                   ^
          Times are written in min, h, days or weeks.""")


def test_a_course_without_its_number_of_doses_is_refused(tmp_path):
    text = GOOD.replace("regimen: 1 MIU SC daily x 5", "regimen:\n      - {dose: 1 MIU SC, every: daily}")
    assert "'every' is given without 'doses'." in said(tmp_path, text)


def test_each_cycle_beside_one_of_them_is_named_twice(tmp_path):
    arms = GOOD.replace("1 MIU SC daily x 5\n", '"(1 MIU SC daily x 5, rest 9 days) x 2"\n').replace(
        "{total: 5 MIU}", "{total: 10 MIU}"
    )
    text = arms.replace(
        "  - peak of treg_fold", "  - trough of treg_fold before cycle 2\n  - trough of treg_fold before each cycle"
    )
    assert "The endpoint 'trough of treg_fold before cycle 2' is named twice." in said(tmp_path, text)


def test_endpoints_that_differ_in_case_only_are_one(tmp_path):
    assert "is named twice" in said(tmp_path, GOOD + "  - PEAK of treg_fold\n")

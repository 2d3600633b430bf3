"""Where a course with another interval follows without a rest: on which day it starts, and how to have it later."""

import pytest

from regimens.regimen import parse_regimen
from regimens.regimen.seams import seams

SEAMS = {
    "drug: 300 mg SC weekly x 5, 300 mg SC every 4 weeks x 11": [
        "drug: the interval changes without a rest. '300 mg SC every 4 weeks x 11' starts on day 35 (protocol day 36), 7 days "
        "after the last dose before it. To have it start on day 56 (protocol day 57), one new interval (28 days) after that "
        "dose, write 'rest 21 days' between the two courses."
    ],
    "1 MIU SC weekly x 3, 1 MIU SC daily x 5": [
        "il2: the interval changes without a rest. '1 MIU SC daily x 5' starts on day 21 (protocol day 22), 7 days after the "
        "last dose before it. To have it start on day 15 (protocol day 16), one new interval (1 day) after that dose, write "
        "'1 MIU SC weekly x 2, 1 MIU SC once, rest 1 day' in place of '1 MIU SC weekly x 3'."
    ],
    "1 MIU SC weekly x 1, 1 MIU SC twice daily x 4": [
        "il2: the interval changes without a rest. '1 MIU SC twice daily x 4' starts on day 7 (protocol day 8), 7 days after "
        "the last dose before it. To have it start on day 0.5 (protocol day 1), one new interval (12 h) after that dose, write "
        "'1 MIU SC once, rest 12 h' in place of '1 MIU SC weekly x 1'."
    ],
    "1 MIU SC 3 times a week x 7, 1 MIU SC daily x 5": [
        "il2: the interval changes without a rest. '1 MIU SC daily x 5' starts on day 21 (protocol day 22), 7 days after the "
        "last dose before it. To have it start on day 15 (protocol day 16), one new interval (1 day) after that dose, write "
        "'1 MIU SC 3 times a week x 6, 1 MIU SC once, rest 1 day' in place of '1 MIU SC 3 times a week x 7'."
    ],
    "1 MIU SC daily x 5, 1 MIU SC 3 times a week x 12": [
        "il2: the interval changes without a rest. '1 MIU SC 3 times a week x 12' starts on day 5 (protocol day 6), 1 day after "
        "the last dose before it. To have it start on day 11 (protocol day 12), one new interval (7 days) after that dose, "
        "write 'rest 6 days' between the two courses."
    ],
    "(1 MIU SC daily x 5, 2 MIU SC weekly x 3) x 4": [
        "il2: the interval changes without a rest. '2 MIU SC weekly x 3' starts on day 5 (protocol day 6), 1 day after the last "
        "dose before it. To have it start on day 11 (protocol day 12), one new interval (7 days) after that dose, write "
        "'rest 6 days' between the two courses.",
        "il2: the interval changes without a rest. '1 MIU SC daily x 5' starts on day 26 (protocol day 27), 7 days after the "
        "last dose before it. To have it start on day 20 (protocol day 21), one new interval (1 day) after that dose, write "
        "'2 MIU SC weekly x 2, 2 MIU SC once, rest 1 day' in place of '2 MIU SC weekly x 3'.",
    ],
    "(1 MIU SC daily x 2) x 4, 2 MIU SC weekly x 3": [
        "il2: the interval changes without a rest. '2 MIU SC weekly x 3' starts on day 8 (protocol day 9), 1 day after the last "
        "dose before it. To have it start on day 14 (protocol day 15), one new interval (7 days) after that dose, write "
        "'rest 6 days' between the two courses."
    ],
}  # fmt: skip

CURES = {
    "drug: 300 mg SC weekly x 5, rest 21 days, 300 mg SC every 4 weeks x 11": 56,
    "1 MIU SC weekly x 2, 1 MIU SC once, rest 1 day, 1 MIU SC daily x 5": 15,
    "1 MIU SC 3 times a week x 6, 1 MIU SC once, rest 1 day, 1 MIU SC daily x 5": 15,
    "1 MIU SC daily x 5, rest 6 days, 1 MIU SC 3 times a week x 12": 11,
}


@pytest.mark.parametrize("text", SEAMS)
def test_a_course_with_another_interval_and_no_rest_before_it_is_said_with_its_day_and_the_cure(text):
    assert [seam.in_words for seam in seams(parse_regimen(text))] == SEAMS[text]


@pytest.mark.parametrize("text", CURES)
def test_the_cure_puts_the_course_one_new_interval_after_the_last_dose(text):
    regimen = parse_regimen(text)
    assert seams(regimen) == ()
    assert CURES[text] in [dose.start / 24 for dose in regimen.written_out()]


@pytest.mark.parametrize(
    "text",
    [
        "1 MIU SC weekly x 2, 2 MIU SC weekly x 2",
        "1 MIU SC daily x 5, rest 9 days, 1 MIU SC every 2 weeks x 12",
        "1 MIU SC once, rest 7 days, 1 MIU SC every 2 weeks x 12",
        "(1 MIU SC daily x 5, rest 9-16 days) x 4",
        "1 MIU SC on day 0 of each week x 2, 1 MIU SC on days 0 and 3 of each week x 4",
        "il2: 1 MIU SC daily x 5; tocilizumab: 8 mg/kg IV every 4 weeks x 2",
        "no dose",
        "1 MIU SC on days 1, 8 and 15 of each 28-day cycle x 3 cycles",
        "1 MIU SC on days 1-5, 8, 15 and 22 of each 28-day cycle x 3 cycles",
        "1 MIU SC on days 1, 3, 5, 7 and 8 of each 28-day cycle x 3 cycles",
        "1 MIU SC on days 1, 3, 5, 7, 26, 27 and 28 of each 28-day cycle x 3 cycles",
        "1 MIU SC on days 1, 3, 5 and 27, 28 of each 28-day cycle x 3 cycles",
        "1 MIU SC on elapsed days 0, 2, 4, 6 and 7",
    ],
)
def test_courses_of_one_interval_or_with_a_rest_between_or_on_named_days_are_no_seam(text):
    assert seams(parse_regimen(text)) == ()


def test_doses_on_named_days_stand_on_those_days_in_every_cycle():
    regimen = parse_regimen("1 MIU SC on days 1-5, 8, 15, 22 and 23 of each 28-day cycle x 2 cycles")
    assert [dose.start / 24 for dose in regimen.written_out()] == [
        28 * cycle + day - 1 for cycle in (0, 1) for day in (1, 2, 3, 4, 5, 8, 15, 22, 23)
    ]
    assert sum(part.length for _, parts in regimen.plans for part in parts) == 2 * 28 * 24

"""A start at steady state: its words, what it adds to a regimen and what it leaves as it was."""

import math

import pytest

from regimens.errors import RegimenError
from regimens.explain import explain
from regimens.exposure import exposure_of
from regimens.regimen import (
    MIU,
    AtSteadyState,
    Course,
    Cycle,
    Dose,
    Regimen,
    Rest,
    StateChange,
    days,
    hours,
    mg,
    parse_regimen,
    weeks,
)
from regimens.regimen.equalise import equalise
from regimens.regimen.seams import seams
from regimens.regimen.words import parse_plan
from regimens.subject import Subject

DAILY = "at steady state of 1 MIU SC daily, 3 MIU SC weekly x 4"

MEANS = {
    DAILY: DAILY,
    "At steady state of 1 MIU SC QD, then 3 MIU SC weekly for 4 weeks": DAILY,
    "at steady state of 1 MIU/day SC, 3 MIU SC weekly x 4": DAILY,
    "at steady state of 1 MIU daily SC, 3 MIU SC weekly x 4": DAILY,
    "at steady state of 1 MIU SC every 24 h, load 3 MIU SC, then 3 MIU SC weekly x 3": (
        "at steady state of 1 MIU SC daily, 3 MIU SC once, rest 7 days, 3 MIU SC weekly x 3"
    ),
    "at steady state of 1 MIU SC daily, from protocol day 8, 3 MIU SC once": (
        "at steady state of 1 MIU SC daily, rest 7 days, 3 MIU SC once"
    ),
    "at steady state of 0.1 MIU/kg (max 8 MIU, in steps of 0.5 MIU) IV every 12 h over 12 h, (1 MIU SC daily x 5, rest 9 days) x 2": (
        "at steady state of 0.1 MIU/kg (max 8 MIU, in steps of 0.5 MIU) IV twice daily over 12 h, (1 MIU SC daily x 5, rest 9 days) x 2"
    ),
    "il2: 1 MIU SC daily x 5; rapamycin: at steady state of 1 mg PO daily, 1 mg PO daily x 30": (
        "il2: 1 MIU SC daily x 5; rapamycin: at steady state of 1 mg PO daily, 1 mg PO daily x 30"
    ),
}

NOT_FIRST = "A steady state can only be the start of a plan."
FIRST = "Write 'at steady state of 1 MIU SC daily, ...' first; day 0 is when its next dose would be given."
WRITTEN = "A start at steady state is written 'at steady state of 1 MIU SC daily, ...'."
REFUSED = {
    "1 MIU SC daily x 5, at steady state of 1 MIU SC daily": (NOT_FIRST, FIRST),
    "rest 7 days, at steady state of 1 MIU SC daily, 1 MIU SC once": (NOT_FIRST, FIRST),
    "(at steady state of 1 MIU SC daily, 1 MIU SC once) x 2": (NOT_FIRST, FIRST),
    "at steady state of 1 MIU SC daily x 5": (
        "'at steady state of 1 MIU SC daily x 5' can be read in two ways.",
        "Write 'at steady state of 1 MIU SC daily, 1 MIU SC daily x 5' for doses that go on after day 0, or leave out 'x 5': "
        "the doses before day 0 have no number.",
    ),
    "at steady state of 1 MIU SC daily for 4 weeks, 1 MIU SC once": (
        "'at steady state of 1 MIU SC daily for 4 weeks' can be read in two ways.",
        "Write 'at steady state of 1 MIU SC daily, 1 MIU SC daily for 4 weeks' for doses that go on after day 0, or leave out "
        "'for 4 weeks': the doses before day 0 have no number.",
    ),
    "at steady state of 1 MIU SC 3 times a week, 1 MIU SC once": (
        "A dose on some days of the week has no steady state of one interval.",
        "Write one interval: 'daily', 'every 2 days', 'weekly'.",
    ),
    "at steady state of 1 MIU SC once, 1 MIU SC once": (
        "A dose given once has no steady state of one interval.",
        "Write one interval: 'daily', 'every 2 days', 'weekly'.",
    ),
    "at steady state of 1 MIU SC on days 0 and 3, 1 MIU SC once": (
        "A steady state is that of one dose at one interval.",
        "Leave out the days and the cycle.",
    ),
    "at steady state of 1 MIU SC, 1 MIU SC daily x 2": (
        "Found ',' where how often, such as 'daily', 'every 2 days', 'weekly' or 'once', is expected.",
        "For example: at steady state of 1 MIU SC daily, 3 MIU SC weekly x 4",
    ),
    "at steady state of 1 MIU SC daily": (
        "The plan of 'il2' has no dose after its start at steady state.",
        "Write the doses that follow, or 'rest 28 days' and a dose after it.",
    ),
    "at steady state of 1 MIU IV daily over 30 h, 1 MIU SC once": (
        "An infusion over 30 h does not fit an interval of 1 day.",
        "It must end before the next one starts, or with it.",
    ),
    "il2: at steady state of 1 MIU SC daily, 1 MIU SC once; drug: at steady state of 1 mg IV daily, 1 mg IV once": (
        "Two drugs start at steady state: 'drug' and 'il2'.",
        "Only one drug can. Keep it for one of them, and give the doses of the other one from day 0 on.",
    ),
    "in steady state of 1 MIU SC daily, 1 MIU SC once": (
        "Found 'in' where a dose such as '1 MIU SC', 'rest', '(' or 'no dose' is expected.",
        WRITTEN,
    ),
    "steady state of 1 MIU SC daily, 1 MIU SC once": (
        "Found 'steady' where a dose such as '1 MIU SC', 'rest', '(' or 'no dose' is expected.",
        WRITTEN,
    ),
}


@pytest.mark.parametrize("text", MEANS)
def test_the_words_of_a_start_have_one_meaning(text):
    regimen = parse_regimen(text)
    assert regimen.in_words() == MEANS[text]
    assert parse_regimen(regimen.in_words()) == regimen


@pytest.mark.parametrize("text", REFUSED)
def test_a_start_that_is_not_clear_is_refused_with_what_to_write(text):
    with pytest.raises(RegimenError) as caught:
        parse_regimen(text)
    assert (caught.value.message, caught.value.advice) == REFUSED[text]


def test_parts_and_words_are_equal():
    parts = (AtSteadyState(MIU(1), every=days(1)), Course(MIU(3), every=weeks(1), doses=4))
    assert Regimen(*parts) == parse_regimen(DAILY)
    assert parse_plan(DAILY) == parts
    assert repr(parts[0]) == "AtSteadyState(MIU(1), every=days(1))"
    assert repr(AtSteadyState(Dose(mg(1), "IV", over=hours(2)), every=hours(8))) == (
        "AtSteadyState(Dose(mg(1), 'IV', over=hours(2)), every=hours(8))"
    )


def test_parts_that_cannot_be_a_start_are_refused():
    start = AtSteadyState(MIU(1), every=days(1))
    for wrong in (lambda: Regimen(Dose(MIU(1)), start), lambda: Cycle(start, Dose(MIU(1)), repeats=2)):
        with pytest.raises(RegimenError) as caught:
            wrong()
        assert str(caught.value) == "A steady state can only be the start of a plan. Put it first, outside any cycle."
    with pytest.raises(RegimenError) as caught:
        AtSteadyState(MIU(1), every=days(0))
    assert str(caught.value) == "Interval must be longer than zero, found 0 days."
    with pytest.raises(RegimenError) as caught:
        AtSteadyState(MIU(1), every="daily")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "AtSteadyState needs a dose and a Duration, found 'daily'. Write for example AtSteadyState(MIU(1), every=days(1))."
    )
    with pytest.raises(RegimenError) as caught:
        AtSteadyState(1.0, every=days(1))  # type: ignore[arg-type]
    assert str(caught.value) == (
        "AtSteadyState needs a dose and a Duration, found 1.0. Write for example AtSteadyState(MIU(1), every=days(1))."
    )


def test_a_start_is_a_change_at_0_h_and_no_dose():
    text = "at steady state of 0.1 MIU/kg (max 8 MIU, in steps of 0.5 MIU) IV every 12 h over 2 h, 1 MIU SC weekly x 2"
    events = parse_regimen(text).events(weeks(8))
    assert events.changes == (StateChange(0.0, "steady state", 12.0, "il2", 1e5, "per kg", 8e6, 5e5, "IV", 2.0),)
    assert events.time_h.tolist() == [0.0, 168.0]
    flat = parse_regimen(DAILY).events(weeks(8)).changes[0]
    assert (flat.cap, flat.step, flat.amount, flat.interval_h) == (math.inf, 0.0, 1e6, 24.0)
    assert parse_regimen("1 MIU SC weekly x 4").events(weeks(8)).changes == ()
    assert parse_regimen("1 MIU SC weekly x 4").start is None


def test_totals_count_from_day_0_on_and_explain_says_so():
    with_start, without = (parse_regimen(text) for text in (DAILY, "3 MIU SC weekly x 4"))
    assert exposure_of(with_start, Subject()) == exposure_of(without, Subject())
    assert with_start.doses() == 4
    lines = list(explain(with_start, Subject()))
    said = "  Before day 0    1 MIU SC daily, until steady state; these doses are not counted"
    assert said in lines
    assert [line for line in lines[1:] if line != said] == list(explain(without, Subject()))[1:]


def test_a_start_has_no_seam_to_the_first_course():
    assert seams(parse_regimen(DAILY)) == ()


@pytest.mark.parametrize(("by", "words"), [("amount", "6 MIU SC weekly x 4"), ("doses", "3 MIU SC weekly x 8"),
                                           ("interval", "3 MIU SC every 84 h x 8")])  # fmt: skip
def test_equalising_leaves_the_start_as_it_is(by, words):
    made = equalise(parse_regimen(DAILY), MIU(24), by)
    assert made.regimen.in_words() == f"at steady state of 1 MIU SC daily, {words}"
    assert made.planned == 12_000_000


def test_a_rest_that_is_a_range_is_resolved_behind_a_start():
    regimen = parse_regimen("at steady state of 1 MIU SC daily, (1 MIU SC daily x 5, rest 9-16 days) x 2")
    assert regimen.with_rests("shortest").in_words() == (
        "at steady state of 1 MIU SC daily, (1 MIU SC daily x 5, rest 9 days) x 2"
    )
    assert [days for days, _ in regimen.each_rest()] == list(range(9, 17))
    assert Regimen(AtSteadyState(MIU(1), every=days(1)), Rest(days(7)), Dose(MIU(1))).written_out()[0].start == 168

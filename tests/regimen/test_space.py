"""A space of schedules: what is listed, each once, with exact times and totals."""

from fractions import Fraction
from itertools import product

import pytest

from regimens.errors import RegimenError
from regimens.exposure import exposure_of
from regimens.regimen import MIU, Course, Cycle, Regimen, Rest, Weekly, days, parse_regimen, weeks
from regimens.regimen.parts import THREE_A_WEEK
from regimens.regimen.space import Candidate, SearchSpace, Timing
from regimens.subject import Subject


def space(**changes):
    given = {
        "lowest": MIU("0.1"), "highest": MIU("0.7"), "step": MIU("0.1"), "every": (days(1), THREE_A_WEEK), "doses": (2, 5),
        "within": weeks(4), "cycles": (1, 3), "rests": (None, days(9)),
    }  # fmt: skip
    return SearchSpace(**(given | changes))


def test_amounts_are_exact_steps_and_end_at_the_highest():
    assert [amount.value for amount in space().amounts] == [Fraction(100_000 * k) for k in range(1, 8)]


def test_a_timing_has_the_times_of_its_regimen():
    for timing in space(doses=(1, 8), within=weeks(20)).timings:
        regimen = timing.regimen(Course(MIU(1), days(1), 1).dose)
        assert [dose.start for dose in regimen.written_out()] == list(timing.starts)
        (row,) = exposure_of(regimen, Subject())
        assert (row.doses, row.days_on) == (timing.all_doses, timing.days_on)


def test_every_different_timing_that_fits_is_listed_once():
    """By brute force: all combinations as regimens, their times held against each other."""
    dose, found = Course(MIU(1), days(1), 1).dose, set()
    for every, doses, cycles, rest in product((days(1), THREE_A_WEEK), range(2, 6), range(1, 4), (None, days(9))):
        course = Course(dose, every, doses)
        regimen = Regimen(*([Cycle(course, *([Rest(rest)] if rest else []), repeats=cycles)] if cycles > 1 else [course]))
        length = cycles * course.length + (cycles - 1) * (rest.hours if rest else 0)
        if length <= 4 * 168:
            found.add(tuple(planned.start for planned in regimen.written_out()))
    listed = [timing.starts for timing in space().timings]
    assert len(listed) == len(set(listed))
    assert set(listed) == found


def test_cycles_without_a_rest_are_one_course_where_that_says_the_same():
    assert Timing(days(2), 3, 2).shortest == Timing(days(2), 6)
    assert Timing(THREE_A_WEEK, 3, 2).shortest == Timing(THREE_A_WEEK, 6)
    assert Timing(THREE_A_WEEK, 2, 2).shortest == Timing(THREE_A_WEEK, 2, 2)
    assert Timing(days(2), 3, 2, days(9)).shortest == Timing(days(2), 3, 2, days(9))


def test_a_candidate_is_an_ordinary_regimen_with_words():
    candidate = Candidate(MIU(1), Timing(days(2), 7, 3, days(14)))
    assert candidate.words == "(1 MIU SC every other day x 7, rest 14 days) x 3"
    assert candidate.regimen == parse_regimen(candidate.words)
    assert candidate.total(Subject()) == 21_000_000


def test_the_span_ends_one_interval_after_the_last_dose_without_the_last_rest():
    assert Timing(days(2), 7, 3, days(14)).span == 24 * (3 * 14 + 2 * 14)
    assert Timing(Weekly((0, 3)), 3).span == 24 * 14


@pytest.mark.parametrize(
    ("changes", "message", "advice"),
    [
        ({"highest": MIU("0.75")}, "0.75 MIU is not reached from 0.1 MIU in steps of 0.1 MIU.", "The nearest below is 0.7 MIU."),
        ({"highest": MIU("0.05")}, "Amounts from 0.1 MIU to 0.05 MIU go down.", "'from' is the lowest amount, 'to' the highest."),
        (
            {"highest": MIU(1).per_m2},
            "Amounts from 0.1 MIU to 1 MIU/m2 in steps of 0.1 MIU are of different kinds.",
            "All three are flat amounts, or all three per m2, or all three per kg.",
        ),
        (
            {"step": MIU("0.00001")},
            "Amounts from 0.1 MIU to 0.7 MIU in steps of 10 IU are 60,001.",
            "At most 10,000 are listed: use a larger step.",
        ),
        (
            {"doses": (1, 50_000)},
            "2 intervals x 50000 numbers of doses x 3 numbers of cycles x 2 rests are 600,000 combinations.",
            "At most 100,000 are listed: use narrower ranges or shorter lists.",
        ),
    ],
)
def test_a_space_that_cannot_be_listed_is_refused(changes, message, advice):
    with pytest.raises(RegimenError) as raised:
        space(**changes)
    assert (raised.value.message, raised.value.advice) == (message, advice)

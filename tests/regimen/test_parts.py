"""Parts of a regimen: equal values, pasteable echoes, refusals that say what would be right."""

from fractions import Fraction

import pytest

from regimens.errors import RegimenError, UnitError
from regimens.regimen import (
    IU,
    MIU,
    Amount,
    Course,
    Cycle,
    Dose,
    Regimen,
    Rest,
    Weekly,
    days,
    hours,
    mg,
    minutes,
    weeks,
)  # fmt: skip


def test_the_same_amount_is_equal_however_it_is_written():
    assert MIU(0.5) == MIU("0.5") == IU(500_000) == MIU(Fraction(1, 2))


def test_numbers_of_an_amount_are_exact_whatever_they_were():
    assert Amount(0.1, "mg", "per kg", 2, "0.5") == mg("0.1").per_kg.at_most(mg(2)).in_steps_of(mg("0.5"))


def test_a_decimal_is_exactly_what_it_says_and_not_the_nearest_float():
    assert MIU(0.1).value == Fraction(100_000)
    assert (MIU(0.33).value * 3).denominator == 1


@pytest.mark.parametrize(
    "part",
    [
        Course(MIU(1), every=days(2), doses=7),
        Course(Dose(mg(8).per_kg.at_most(mg(800)), "IV", over=hours(1)), every=weeks(4), doses=3),
        Course(MIU(0.2).per_m2, every=Weekly((0, 2, 4)), doses=72),
        Rest(days(9), days(16)),
        Rest(minutes(20)),
        Cycle(Course(IU(123), every=hours("7.5"), doses=2), Rest(days(14)), repeats=3),
        Dose(mg("0.05")),
        Dose(MIU(Fraction(21, 13))),
    ],
)
def test_the_repr_of_a_part_can_be_pasted(part):
    assert eval(repr(part)) == part


def test_parts_are_frozen():
    with pytest.raises(AttributeError):
        Course(MIU(1), every=days(2), doses=7).doses = 8


def test_a_course_lasts_doses_times_interval():
    assert Course(MIU(1), every=days(2), doses=7).length == 14 * 24
    assert Course(MIU(1), every=days(1), doses=5).length == 5 * 24


def test_a_weekly_pattern_lasts_whole_weeks():
    course = Course(MIU(1), every=Weekly((0, 2, 4)), doses=4)
    assert course.length == 14 * 24
    assert [course.start(k) / 24 for k in range(4)] == [0, 2, 4, 7]


def test_a_capped_dose_is_the_cap_in_a_large_subject():
    amount = mg(8).per_kg.at_most(mg(800))
    assert amount.for_size(Fraction(70), Fraction("1.8")) == 560
    assert amount.for_size(Fraction(110), Fraction("2.2")) == 800


REFUSALS = [
    (lambda: MIU(0), "An amount of 0 MIU cannot be given. Amounts are greater than zero; an arm without doses is written 'no dose'."),
    (lambda: MIU(-1), "An amount of -1 MIU cannot be given. Amounts are greater than zero; an arm without doses is written 'no dose'."),
    (lambda: MIU(float("nan")), "Amount must be a finite number, found nan."),
    (lambda: MIU(float("inf")), "Amount must be a finite number, found inf."),
    (lambda: MIU(True), "Amount must be a finite number, found True."),
    (lambda: days("x"), "Number of days must be a finite number, found 'x'."),
    (lambda: days("7_0"), "Number of days must be a finite number, found '7_0'."),
    (lambda: days("٣"), "Number of days must be a finite number, found '٣'."),
    (lambda: days("1e99999999999999999999"), "Number of days must be a finite number, found '1e99999999999999999999'."),
    (lambda: days(10**40), f"Number of days must be between 1e-30 and 1e30 in size, found {10**40}. Check its exponent."),
    (lambda: Course(MIU(1), every=days(2), doses=0), "Number of doses must be from 1 to 100000, found 0."),
    (lambda: Course(MIU(1), every=days(2), doses=True), "Number of doses must be a whole number, found True."),
    (lambda: Course(MIU(1), every=days(2), doses=2.0), "Number of doses must be a whole number, found 2.0."),
    (lambda: Course(MIU(1), every=days(2), doses=10**9), "Number of doses must be from 1 to 100000, found 1000000000."),
    (lambda: Course(MIU(1), every=days(0), doses=2), "Interval must be longer than zero, found 0 days."),
    (lambda: Course(MIU(1), every=2, doses=2), "Course needs a Duration or a Weekly pattern, found 2. Write for example every=days(2) or every=Weekly((0, 2, 4))."),
    (
        lambda: Course(Dose(MIU(1), "IV", over=hours(25)), every=days(1), doses=2),
        "An infusion over 25 h does not fit an interval of 1 day. An infusion must end before the next dose starts.",
    ),
    (lambda: Dose(MIU(1), "rectal"), "'rectal' is not a route. Routes are SC, IV, IM, PO and inhaled."),
    (lambda: Dose(1), "Dose needs an Amount, found 1. Write for example MIU(1) or mg(8).per_kg."),
    (lambda: Dose(MIU(1), "IV", over=days(0)), "Infusion time must be longer than zero, found 0 days. Leave it out for a bolus."),
    (lambda: Dose(MIU(1), "IV", over=1), "Infusion time must be a Duration, found 1. Write for example over=hours(1)."),
    (lambda: Course(1, every=days(1), doses=2), "Course needs a Dose or an Amount, found 1. Write for example Course(MIU(1), every=days(2), doses=7)."),
    (lambda: Rest(days(0)), "Rest must be longer than zero, found 0 days."),
    (lambda: Rest(14), "Rest needs a Duration, found 14. Write for example Rest(days(14))."),
    (lambda: Rest(days(16), days(9)), "Rest must have its shorter length first, found 16 days to 9 days."),
    (lambda: Cycle(repeats=2), "A plan or cycle needs at least one part, found none. Parts are Dose, Course, Rest and Cycle."),
    (lambda: Cycle(MIU(1), repeats=2), "MIU(1) is not a part of a regimen. Parts are Dose, Course, Rest and Cycle."),
    (lambda: Weekly((2, 4)), "Days of a week must begin with 0 and rise to at most 6, found 2, 4. The first dose of a course is on day 0, for example days 0, 2 and 4."),
    (lambda: MIU(1).at_most(MIU(2)), "A flat amount needs no cap. Caps belong to amounts per m2 or per kg."),
    (lambda: Amount(Fraction(1), "IU", "perkg"), "Unknown basis 'perkg' of an amount. Did you mean 'per kg'?"),
    (lambda: MIU(1).in_steps_of(MIU("0.1")), "A flat amount needs no step. Steps belong to amounts per m2 or per kg."),
    (lambda: Amount(Fraction(1), "IU", "per kg", step=Fraction(0)), "A step of 0 MIU gives no dose. Steps are greater than zero."),
    (
        lambda: MIU(1).per_kg.in_steps_of(mg(1)),
        "'1 mg' cannot be the step of '1 MIU/kg'. A step is a flat amount in IU or its multiples.",
    ),
    (
        lambda: MIU(1).per_kg.at_most(MIU("0.2")).in_steps_of(MIU("0.3")),
        "A cap of 0.2 MIU is less than a step of 0.3 MIU. A cap is at least one step.",
    ),
    (lambda: mg(8).per_kg.at_most(MIU(1)), "'1 MIU' cannot be the cap of '8 mg/kg'. A cap is a flat amount in mg or its multiples."),
    (
        lambda: Regimen(Dose(MIU(1)), Dose(MIU(1))),
        "Two doses of 'il2' start at the same time, 0 days after the start. "
        "Write a rest after a dose given once; it is counted from that dose.",
    ),
    (
        lambda: Regimen(Dose(MIU(1), "IV", over=hours(10)), Rest(hours(1)), Dose(MIU(1))),
        "A dose of 'il2' starts 1 h after the start, during the infusion before it. That infusion takes 10 h.",
    ),
    (lambda: Regimen(Rest(days(1))), "The plan of 'il2' has no dose. Leave the drug out, or write 'no dose'."),
    (
        lambda: Regimen(il2=Dose(mg(1))),
        "IL-2 must be dosed in IU, found a unit of mass. Write IU or MIU (aldesleukin: 1.1 mg are 18 MIU), or name another drug.",
    ),
    (
        lambda: Regimen(mutein=(Dose(mg(1)), Rest(days(1)), Dose(MIU(1)))),
        "Doses of 'mutein' are given in IU and in mg. Use one of the two for a drug.",
    ),
    (
        lambda: Regimen(**{"my drug": Dose(mg(1))}),
        "'my drug' is not a name of a drug. Use letters, digits and _, and begin with a letter.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("build", "message"), REFUSALS, ids=[message[:40] for _, message in REFUSALS])
def test_what_cannot_be_given_is_refused_in_words(build, message):
    with pytest.raises((RegimenError, UnitError)) as raised:
        build()
    assert str(raised.value) == message

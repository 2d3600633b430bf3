"""Equalising: another total of IL-2 from the same schedule, exactly where nothing is rounded and never hidden where it is."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.errors import RegimenError
from regimens.regimen import MIU, Amount, Course, Dose, Regimen, days, mg, parse_regimen
from regimens.regimen.equalise import equalise, il2_total
from regimens.regimen.parts import Cycle, Rest
from regimens.subject import Subject
from tests.examples import examples
from tests.properties.regimens import plans

CYCLES = parse_regimen("(1 MIU SC daily x 5, rest 9 days) x 3")
LARGE = Subject(Fraction(110), Fraction(180), Fraction("2.35"))


def test_by_amount_every_dose_is_multiplied():
    made = equalise(CYCLES, MIU(21), "amount")
    assert made.regimen == parse_regimen("(1.4 MIU SC daily x 5, rest 9 days) x 3")
    assert (made.lever, made.before, made.after, made.factor) == ("amount", "1 MIU", "1.4 MIU", Fraction(7, 5))
    assert (made.planned, made.target, made.total) == (15_000_000, 21_000_000, 21_000_000)


def test_a_step_rounds_the_amount_and_the_total_says_so():
    made = equalise(CYCLES, MIU(22), "amount", MIU("0.05"))
    assert (made.after, made.total, made.target) == ("1.45 MIU", 21_750_000, 22_000_000)


def test_a_step_never_rounds_an_amount_to_nothing():
    assert equalise(CYCLES, MIU(1), "amount", MIU("0.5")).after == "0.5 MIU"


def test_a_step_on_a_dose_per_m2_rounds_what_each_person_gets():
    made = equalise(parse_regimen("0.26 MIU/m2 SC daily x 5"), MIU(3), "amount", MIU("0.05"))
    (course,) = dict(made.regimen.plans)["il2"]
    assert course.dose.amount == Amount(Fraction(10**6, 3), "IU", "per m2", step=Fraction(50_000))
    assert made.total == 3_000_000
    assert made.after == "1/3 MIU/m2 (in steps of 0.05 MIU)"
    for bsa in (Fraction(n, 100) for n in range(120, 240)):
        each, wanted = course.dose.amount.for_size(Fraction(70), bsa), Fraction(10**6, 3) * bsa
        assert each % 50_000 == 0
        assert abs(each - wanted) <= 25_000


def test_a_step_on_a_capped_dose_per_kg_keeps_the_dose_of_a_light_person():
    made = equalise(parse_regimen("0.004 MIU/kg (max 0.25 MIU) SC daily x 10"), MIU(6), "amount", MIU("0.05"))
    assert (made.factor, made.total) == (Fraction(12, 5), 6_000_000)
    assert made.after == "9600 IU/kg (max 0.6 MIU, in steps of 0.05 MIU)"
    assert il2_total(made.regimen, Subject(weight_kg=Fraction(40))) == 4_000_000  # 0.384 MIU a dose, given as 0.4


def test_a_step_larger_than_the_amount_per_kg_does_not_become_the_amount_per_kg():
    made = equalise(parse_regimen("0.02 MIU/kg (max 1.2 MIU) SC daily x 9"), MIU(10), "amount", MIU("0.3"))
    assert made.after == "1/54 MIU/kg (max 1.2 MIU, in steps of 0.3 MIU)"
    assert (
        made.total == 10_800_000
    )  # the cap is a flat amount: 10/9 MIU in steps of 0.3 MIU is 1.2 MIU, and 1.2 MIU a dose is nearest
    assert il2_total(made.regimen, Subject(weight_kg=Fraction(40))) == 9 * 600_000  # 0.741 MIU


def test_a_cap_is_never_less_than_a_step():
    made = equalise(parse_regimen("0.02 MIU/kg (max 1.2 MIU) SC daily x 9"), MIU(1), "amount", MIU("0.3"))
    assert (made.after, made.total) == ("50000/27 IU/kg (max 0.3 MIU, in steps of 0.3 MIU)", 2_700_000)


def test_flat_and_scaled_amounts_of_one_regimen_take_the_same_step_each_in_its_way():
    made = equalise(parse_regimen("1 MIU SC once, rest 7 days, 0.5 MIU/m2 SC weekly x 2"), MIU(4), "amount", MIU("0.25"))
    assert made.after == "1.5 MIU, 5/7 MIU/m2 (in steps of 0.25 MIU)"
    assert made.total == 1_500_000 + 2 * 1_250_000


def test_an_amount_that_has_a_step_keeps_it():
    made = equalise(parse_regimen("0.5 MIU/m2 (in steps of 0.1 MIU) SC daily x 2"), MIU("2.7"), "amount")
    assert (made.planned, made.after) == (1_800_000, "0.75 MIU/m2 (in steps of 0.1 MIU)")
    assert made.total == 2 * 1_400_000  # 1.35 MIU lies half-way between two steps


def test_by_doses_courses_grow_at_the_same_interval_and_rests_stay():
    made = equalise(parse_regimen("(1 MIU SC every other day x 7, rest 14 days) x 3"), MIU(30), "doses")
    assert made.regimen == parse_regimen("(1 MIU SC every other day x 10, rest 14 days) x 3")
    assert (f"{made.lever}: {made.before} -> {made.after}", made.total) == ("doses a course: 7 -> 10", 30_000_000)


def test_by_doses_a_course_keeps_one_dose_and_the_total_says_what_that_gives():
    made = equalise(CYCLES, MIU(1), "doses")
    assert (made.after, made.total) == ("1", 3_000_000)


def test_weekly_patterns_grow_by_doses_and_last_whole_weeks():
    made = equalise(parse_regimen("1 MIU SC 3 times a week x 6, rest 7 days, 1 MIU SC weekly x 6"), MIU(16), "doses")
    assert made.regimen == parse_regimen("1 MIU SC 3 times a week x 8, rest 7 days, 1 MIU SC weekly x 8")


def test_by_interval_a_course_keeps_its_span_in_whole_hours_and_a_rest_takes_what_is_left():
    made = equalise(parse_regimen("(1 MIU SC every other day x 7, rest 14 days) x 3"), MIU(30), "interval")
    assert made.regimen == parse_regimen("(1 MIU SC every 33 h x 10, rest 6 h, rest 14 days) x 3")
    assert (made.lever, made.before, made.after, made.total) == ("interval", "2 days", "33 h", 30_000_000)


def test_by_interval_a_course_whose_doses_divide_its_span_needs_no_rest():
    assert equalise(parse_regimen("1 MIU SC every other day x 6"), MIU(12), "interval").regimen == parse_regimen(
        "1 MIU SC daily x 12"
    )


def test_caps_grow_with_their_amounts_so_that_totals_are_exact_in_every_body():
    regimen = parse_regimen("0.5 MIU/m2 (max 1 MIU) SC daily x 5, rest 9 days, 0.1 MIU/kg SC daily x 2")
    made = equalise(regimen, MIU(60), "amount", subject=LARGE)
    assert made.total == 60_000_000
    assert il2_total(made.regimen, Subject()) == made.factor * il2_total(regimen, Subject())


def test_other_drugs_stay_as_they_are():
    regimen = Regimen(il2=Course(MIU(1), every=days(1), doses=5), tocilizumab=Dose(mg(8).per_kg, "IV"))
    made = equalise(regimen, MIU(10), "doses").regimen
    assert made == Regimen(il2=Course(MIU(1), every=days(1), doses=10), tocilizumab=Dose(mg(8).per_kg, "IV"))


def test_rests_may_still_be_ranges():
    made = equalise(parse_regimen("(1.5 MIU SC daily x 5, rest 9-16 days) x 4"), MIU(15), "amount")
    assert made.regimen == parse_regimen("(0.75 MIU SC daily x 5, rest 9-16 days) x 4")


@examples(40)
@given(plans("IU", steps=False), st.fractions(Fraction(1, 50), 50, max_denominator=50))
def test_by_amount_the_total_is_exactly_the_target_in_every_regimen(parts, factor):
    regimen = Regimen(*parts)
    target = factor * il2_total(regimen, LARGE)
    made = equalise(regimen, Amount(target, "IU"), "amount", subject=LARGE)
    assert (made.total, made.factor) == (target, factor)
    assert [dose.start for dose in made.regimen.earliest()] == [dose.start for dose in regimen.earliest()]


@examples(40)
@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 72)), min_size=1, max_size=3), st.integers(2, 5))
def test_a_whole_factor_by_doses_is_exact(courses, factor):
    regimen = Regimen(*(Course(MIU(1), every=days(Fraction(hours, 24)), doses=doses) for doses, hours in courses))
    made = equalise(regimen, MIU(factor * regimen.doses()), "doses")
    assert made.total == made.target


@examples(40)
@given(st.integers(1, 40), st.integers(24, 336), st.fractions(Fraction(1, 10), 10, max_denominator=20))
def test_by_interval_what_follows_a_course_keeps_its_time(doses, hours, factor):
    regimen = Regimen(Cycle(Course(MIU(1), every=days(Fraction(hours, 24)), doses=doses), Rest(days(5)), repeats=2))
    made = equalise(regimen, MIU(2 * doses * factor), "interval").regimen
    starts = [[d.start for d in r.written_out() if d.number == 1] for r in (regimen, made)]
    assert starts[0] == starts[1]


REFUSED = [
    (CYCLES, MIU(21), "weight", None, "Unknown way to equalise a total: 'weight'. Known: amount, doses, interval."),
    (CYCLES, mg(21), "amount", None, "'21 mg' cannot be a total of IL-2. A total is a flat amount in IU or MIU."),
    (CYCLES, MIU(21).per_m2, "amount", None, "'21 MIU/m2' cannot be a total of IL-2. A total is a flat amount in IU or MIU."),
    (CYCLES, MIU(21), "doses", MIU(1), "A step of '1 MIU' does not fit 'doses'. A step is a flat amount in IU or MIU, for 'amount' only."),
    (Regimen(), MIU(21), "amount", None, "The regimen gives no IL-2. Only regimens with IL-2 have a total to equalise."),
    (
        parse_regimen("1 MIU SC once"), MIU(21), "doses", None,
        "A dose given once has no interval at which more doses could follow. Equalise by amount.",
    ),
    (
        parse_regimen("1 MIU SC 3 times a week x 6"), MIU(21), "interval", None,
        "Doses on days 0, 2, 4 of each week have no one interval to change. Equalise by amount or by doses.",
    ),
    (
        parse_regimen("1 MIU SC daily x 1"), MIU(30), "interval", None,
        "30 doses in 1 day would come less than 1 h apart. Equalise by amount or by doses.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("regimen", "total", "by", "step", "message"), REFUSED, ids=[row[-1][:40] for row in REFUSED])
def test_what_cannot_be_equalised_is_refused_in_words(regimen, total, by, step, message):
    with pytest.raises(RegimenError) as raised:
        equalise(regimen, total, by, step)
    assert str(raised.value) == message


def test_a_range_without_a_whole_day_is_refused_and_not_left_without_arms():
    with pytest.raises(RegimenError) as raised:
        parse_regimen("(1 MIU SC once, rest 30-40 h) x 2").each_rest()
    assert str(raised.value) == "No whole day lies in a rest of 30 h to 40 h. Write a range of days."

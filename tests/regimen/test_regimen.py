"""Regimens written out: the days of doses, cycles and their numbers, ranges of rests."""

import numpy as np
import pytest

from regimens.errors import RegimenError
from regimens.regimen import MIU, Course, Cycle, Dose, Regimen, Rest, days, hours, mg, parse_regimen, weeks


def days_of(regimen, cycle=None):
    return [float(dose.start / 24) for dose in regimen.written_out() if cycle in (None, dose.cycle)]


THREE_CYCLES = Regimen(Cycle(Course(MIU(1), every=days(2), doses=7), Rest(days(14)), repeats=3))


def test_the_last_dose_of_three_cycles_is_on_day_68_and_they_start_on_days_0_28_and_56():
    assert days_of(THREE_CYCLES)[-1] == 68
    assert [days_of(THREE_CYCLES, cycle)[0] for cycle in (1, 2, 3)] == [0, 28, 56]


def test_daily_for_5_days_and_a_rest_of_9_days_starts_the_next_cycle_on_day_14():
    regimen = parse_regimen("(1.5 MIU SC daily x 5, rest 9 days) x 4")
    assert [days_of(regimen, cycle)[0] for cycle in (1, 2, 3, 4)] == [0, 14, 28, 42]


def test_a_regimen_its_written_out_twin_and_its_python_twin_give_identical_bytes():
    text = "(1 MIU SC every other day x 7, rest 14 days) x 3"
    once = [f"from protocol day {1 + 28 * c + 2 * k}, 1 MIU SC once" for c in range(3) for k in range(7)]
    twins = [THREE_CYCLES, parse_regimen(text), parse_regimen(", ".join(once))]
    columns = [[twin.events(weeks(24)).time_h.tobytes(), twin.events(weeks(24)).amount.tobytes()] for twin in twins]
    assert columns[0] == columns[1] == columns[2]
    assert twins[0] == twins[1]
    assert twins[0].events(weeks(24)) == twins[1].events(weeks(24))


def test_a_cycle_equals_its_parts_written_after_each_other():
    part = "1 MIU SC daily x 5, rest 9 days"
    assert days_of(parse_regimen(f"({part}) x 3")) == days_of(parse_regimen(", ".join([part] * 3)))


def test_induction_counts_as_a_cycle_before_the_cycles_that_follow():
    regimen = parse_regimen("1.5 MIU SC daily x 5, rest 16 days, (3 MIU SC daily x 5, rest 16 days) x 3")
    assert [days_of(regimen, cycle)[0] for cycle in (1, 2, 3, 4)] == [0, 21, 42, 63]


def test_doses_have_stable_ids_and_none_is_at_or_after_the_horizon():
    events = THREE_CYCLES.events(days(30), arm="RA")
    assert events.ids[:2] == ("RA/il2/c1/d1", "RA/il2/c1/d2")
    assert events.ids[-1] == "RA/il2/c2/d1"
    assert events.time_h.max() < 30 * 24
    assert THREE_CYCLES.events(days(28)).time_h[-1] == 12 * 24


def test_events_become_a_frame_with_one_row_a_dose():
    frame = (
        parse_regimen("tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h; il2: 1 MIU SC daily x 2")
        .events(days(9), "A")
        .to_frame()
    )
    assert list(frame["id"]) == ["A/il2/c1/d1", "A/tocilizumab/c1/d1", "A/il2/c1/d2"]
    assert list(frame["basis"]) == ["flat", "per kg", "flat"]
    assert list(frame["duration_h"]) == [0.0, 1.0, 0.0]
    assert frame["max"].isna().tolist() == [True, False, True]


def test_no_dose_at_all_is_a_regimen():
    assert Regimen() == parse_regimen("no dose")
    assert Regimen().in_words() == "no dose"
    assert len(Regimen().events(weeks(1))) == 0
    assert Regimen().doses() == 0


def test_the_drugs_of_a_regimen_are_equal_in_any_order():
    one, other = Dose(MIU(1)), Dose(mg(8).per_kg, "IV", over=hours(1))
    assert Regimen(il2=one, tocilizumab=other) == Regimen(tocilizumab=other, il2=one)


RANGE = parse_regimen("(1.5 MIU SC daily x 5, rest 9-16 days) x 4")


@pytest.mark.parametrize(("choice", "last_day"), [("shortest", 46), ("midpoint", 55), ("longest", 67)])
def test_a_range_of_rests_is_resolved_by_name(choice, last_day):
    assert days_of(RANGE.with_rests(choice))[-1] == last_day


def test_a_midpoint_never_lies_below_its_range():
    assert parse_regimen("1 MIU SC once, rest 30-40 h, 1 MIU SC once").with_rests("midpoint").written_out()[1].start == 35


def test_doses_know_how_many_ranges_come_before_them_in_every_turn():
    regimen = parse_regimen("(1 MIU SC daily x 2, rest 9-16 days) x 2, rest 3-4 days, 1 MIU SC once")
    assert [(dose.start / 24, dose.ranges) for dose in regimen.earliest()] == [(0, 0), (1, 0), (11, 1), (12, 1), (25, 3)]
    assert [(rest.shortest.hours / 24, len(rest.whole_days)) for rest in regimen.ranges()] == [(9, 8), (9, 8), (3, 2)]


def test_ten_billion_rests_without_a_dose_pass_in_no_time_and_as_many_ranges_are_refused():
    rests = "((rest 1 h) x 100000) x 10000"
    assert days_of(parse_regimen(f"1 MIU SC once, {rests}, 1 MIU SC once")) == [0, 10**9 / 24]
    with pytest.raises(RegimenError) as raised:
        Regimen(Dose(MIU(1)), Cycle(Cycle(Rest(days(1), days(2)), repeats=1000), repeats=1000), Dose(MIU(1)))
    assert str(raised.value) == "The plan of 'il2' has 1000000 rests that are ranges. At most 100000 are accepted."


def test_a_cycle_of_rests_counts_its_ranges():
    regimen = parse_regimen("(1 MIU SC once, (rest 1-2 days, rest 1 h) x 3) x 2, 1 MIU SC once")
    assert [(dose.start, dose.ranges) for dose in regimen.earliest()] == [(0, 0), (75, 3), (150, 6)]


def test_each_day_of_a_range_is_one_regimen():
    each = RANGE.each_rest()
    assert [day for day, _ in each] == [9, 10, 11, 12, 13, 14, 15, 16]
    assert each[0][1] == RANGE.with_rests("shortest")
    assert each[-1][1] == RANGE.with_rests("longest")


def test_each_day_of_a_range_leaves_rests_of_one_length_as_they_are():
    each = parse_regimen("1 MIU SC once, rest 30 days, (1 MIU SC once, rest 9-11 days) x 2").each_rest()
    assert [days_of(regimen) for _, regimen in each] == [[0, 30, 39], [0, 30, 40], [0, 30, 41]]


def test_each_needs_one_range():
    with pytest.raises(RegimenError) as raised:
        parse_regimen("1 MIU SC once, rest 9-16 days, 1 MIU SC once, rest 3-4 days, 1 MIU SC once").each_rest()
    assert str(raised.value) == "'each' needs one range of rests, found 2 different ones. Use shortest, midpoint or longest."


def test_an_unknown_way_to_resolve_a_range_and_a_horizon_without_a_unit_are_refused():
    with pytest.raises(RegimenError) as raised:
        RANGE.with_rests("mean")
    assert str(raised.value) == "'mean' is not a way to resolve a range of rests. Write shortest or midpoint or longest."
    with pytest.raises(RegimenError) as raised:
        THREE_CYCLES.events(24)
    assert str(raised.value) == "Horizon must be a Duration, found 24. Write for example weeks(24)."


def test_a_range_is_never_resolved_silently():
    with pytest.raises(RegimenError) as raised:
        RANGE.events(weeks(24))
    assert str(raised.value) == (
        "A rest of this regimen is still a range. Resolve it: shortest, midpoint, longest or each (`with_rests`)."
    )


def test_a_schedule_of_a_billion_doses_is_refused_without_writing_it_out():
    with pytest.raises(RegimenError) as raised:
        Regimen(Cycle(Cycle(Course(MIU(1), every=days(1), doses=1000), repeats=1000), repeats=1000))
    assert str(raised.value) == "The plan of 'il2' has 1000000000 doses. At most 100000 are accepted."


def test_columns_of_events_have_one_length():
    events = THREE_CYCLES.events(weeks(24))
    assert {len(np.atleast_1d(getattr(events, name))) for name in ("time_h", "amount", "cap", "duration_h", "cycle")} == {21}

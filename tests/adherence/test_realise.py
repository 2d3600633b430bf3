"""Realising a plan: chance has the shares it was given, belongs to subjects, and is the same however a schedule is written."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import binom

from regimens.adherence.realise import Adherence, RealLife, realise
from regimens.regimen import Cycle, Duration, Regimen, Rest, days, parse_regimen
from tests.examples import examples
from tests.properties.regimens import plans

HORIZON = 24 * 168.0
DAILY = parse_regimen("0.25 MIU SC daily x 84")
RANGE = parse_regimen("(1.5 MIU SC daily x 5, rest 9-16 days) x 4")
ALL_WRONG = RealLife(missed=0.2, after_a_miss=0.5, late=0.3, up_to_h=6.0, stop_early=0.3)
SEED = 20260101
TAIL = 1e-6  # of a binomial; the seed is fixed, so that a pass stays a pass


def realised(regimen, life=None, subjects=400, horizon_h=HORIZON, first=0, **more):
    drawn = regimen if regimen.has_ranges else None
    adherence = Adherence(drawn=drawn, real_life=life)
    return realise(
        "A", regimen.with_rests("midpoint"), adherence, horizon_h, more.pop("seed", SEED), range(first, first + subjects), **more
    )


def columns_of(events):
    return [(e.time_h.tobytes(), e.amount.tobytes(), e.drug, e.cycle.tolist(), e.number.tolist()) for e in events]


def is_likely(count, trials, probability):
    low, high = binom.ppf([TAIL, 1 - TAIL], trials, probability)
    return low <= count <= high


def reasons(done, subjects, doses):
    return done.ledger.rows["reason"].to_numpy().reshape(subjects, doses)


def test_without_deviations_everybody_gets_the_plan():
    done = realised(DAILY, subjects=3)
    plan = DAILY.events(Duration(Fraction(HORIZON)), "A")
    assert done.events == (plan, plan, plan)
    assert set(done.ledger.rows["reason"]) == {"as planned"}


def test_the_share_of_missed_doses_is_the_probability():
    missed = reasons(realised(DAILY, RealLife(missed=0.1)), 400, 84) == "missed"
    assert is_likely(missed.sum(), missed.size, 0.1)
    assert all(is_likely(missed[:, dose].sum(), 400, 0.1) for dose in range(84))


def test_after_a_miss_another_probability_holds_and_otherwise_the_first():
    missed = reasons(realised(DAILY, RealLife(missed=0.1, after_a_miss=0.4)), 400, 84) == "missed"
    before, now = missed[:, :-1], missed[:, 1:]
    assert is_likely((before & now).sum(), before.sum(), 0.4)
    assert is_likely((~before & now).sum(), (~before).sum(), 0.1)
    assert is_likely(missed[:, 0].sum(), 400, 0.1)


def test_after_a_miss_the_share_comes_to_the_one_of_the_chain():
    missed = reasons(realised(DAILY, RealLife(missed=0.1, after_a_miss=0.4), subjects=800), 800, 84)[:, 60:] == "missed"
    stationary = 0.1 / (1 - 0.4 + 0.1)
    # Doses of one subject depend on each other; 1 / (1 - (0.4 - 0.1)) doublings of the variance cover that.
    spread = np.sqrt(stationary * (1 - stationary) / missed.size * (1 + 0.3) / (1 - 0.3))
    assert abs(missed.mean() - stationary) < 5 * spread


def test_who_stops_takes_no_later_dose_and_any_dose_is_as_likely():
    stopped = reasons(realised(DAILY, RealLife(stop_early=0.5), subjects=1000), 1000, 84) == "stopped"
    assert is_likely(stopped.any(axis=1).sum(), 1000, 0.5)
    assert np.array_equal(np.sort(stopped, axis=1), stopped)
    first = stopped[stopped.any(axis=1)].argmax(axis=1)
    counts = np.bincount(first // 21, minlength=4)
    assert all(is_likely(count, counts.sum(), 0.25) for count in counts)


def test_who_stops_takes_no_later_dose_of_any_drug():
    regimen = parse_regimen("il2: 1 MIU SC daily x 20; tocilizumab: 8 mg/kg IV every 5 days over 1 h x 4")
    rows = realised(regimen, RealLife(stop_early=0.9), subjects=200).ledger.rows
    for _, own in rows.groupby("subject"):
        from_h = own.loc[own["reason"] == "stopped", "given_h"].min()
        assert (own.loc[own["given_h"] >= from_h, "given"] == 0).all()
        assert (own.loc[own["given_h"] < from_h, "given"] > 0).all()
    assert (rows["reason"] == "stopped").groupby([rows["subject"], rows["drug"]]).any().groupby("drug").sum().min() > 100


def test_late_doses_come_by_a_uniform_time_and_are_given_in_full():
    rows = realised(DAILY, RealLife(late=0.2, up_to_h=12.0)).ledger.rows
    late = rows[rows["reason"] == "late"]
    by = (late["given_h"] - late["planned_h"]).to_numpy()
    assert is_likely(len(late), len(rows), 0.2)
    assert by.min() > 0
    assert by.max() <= 12
    assert abs(by.mean() - 6) < 5 * 12 / np.sqrt(12 * len(by))
    assert (rows["given"] == rows["planned"]).all()


def test_a_late_dose_never_reaches_the_next_one_even_if_told_to():
    infusions = parse_regimen("tocilizumab: 8 mg/kg IV every 12 h over 2 h x 40")
    for regimen, room in ((DAILY, 24), (infusions, 10)):
        rows = realised(regimen, RealLife(late=1.0, up_to_h=1000.0), subjects=200, horizon_h=1e6).ledger.rows
        last = rows["dose"] == rows["dose"].max()
        by = rows["given_h"] - rows["planned_h"]
        assert (by[~last] < room).all()
        assert by[~last].max() > 0.99 * room
        assert by[last].max() > 900


def test_a_dose_too_late_for_the_horizon_is_not_given_and_stays_where_it_was_due():
    done = realised(parse_regimen("1 MIU SC daily x 5"), RealLife(late=1.0, up_to_h=20.0), subjects=400, horizon_h=100.0)
    last = done.ledger.rows[done.ledger.rows["dose"] == 5]
    lost = last["given"] == 0
    assert is_likely(lost.sum(), 400, 16 / 20)
    assert (last["given_h"][lost] == 96).all()
    assert (last["given_h"][~lost] > 96).all()
    assert set(last["reason"]) == {"late"}
    assert max(e.time_h.max() for e in done.events) < 100


def test_doses_that_are_not_given_stay_in_the_events_so_that_all_subjects_have_the_same_ones():
    done = realised(DAILY, ALL_WRONG, subjects=50)
    assert {tuple(e.ids) for e in done.events} == {DAILY.events(Duration(Fraction(HORIZON)), "A").ids}
    rows = done.ledger.rows
    assert ((rows["given"] == 0) == rows["reason"].isin(["missed", "stopped"])).all()


def test_rests_are_whole_days_each_as_likely_in_every_cycle():
    done = realised(RANGE, subjects=2000)
    starts = np.array([e.time_h[e.number == 1] for e in done.events])
    rests = np.diff(starts, axis=1) / 24 - 5
    assert set(np.unique(rests)) == set(range(9, 17))
    for cycle in range(3):
        counts = np.unique(rests[:, cycle], return_counts=True)[1]
        assert all(is_likely(count, 2000, 1 / 8) for count in counts)
    # Two independent rests of one subject: their correlation is within five standard errors of 0.
    assert np.abs(np.corrcoef(rests.T) - np.eye(3)).max() < 5 / np.sqrt(2000)


def test_the_doses_of_a_subject_are_those_of_a_regimen_with_its_rests():
    for events in realised(RANGE, subjects=20).events:
        starts = events.time_h[events.number == 1]
        parts = [Rest(days(int(start / 24)), days(int(start / 24))) for start in np.diff(starts, prepend=-120) - 120 if start > 0]
        (course,) = {part.parts[0] for part in dict(RANGE.plans)["il2"]}
        fixed = Regimen(Cycle(course, repeats=1), *(Cycle(rest, course, repeats=1) for rest in parts))
        assert events.time_h.tobytes() == fixed.events(Duration(Fraction(HORIZON))).time_h.tobytes()


def test_a_drawn_rest_is_the_reason_where_it_moves_a_dose_from_the_midpoint():
    rows = realised(RANGE, subjects=200).ledger.rows
    moved = rows["planned_h"] != rows["given_h"]
    assert (rows["reason"] == np.where(moved, "rest drawn", "as planned")).all()
    assert (rows.groupby(["cycle", "dose"])["planned_h"].nunique() == 1).all()


def test_doses_that_a_drawn_rest_pushes_past_the_horizon_drop_out():
    done = realised(RANGE, subjects=200, horizon_h=50 * 24.0)
    assert {len(e) for e in done.events} == {15, 16, 17, 18, 19, 20}
    assert max(e.time_h.max() for e in done.events) < 50 * 24


TWINS = [
    ("(1 MIU SC every other day x 7, rest 14 days) x 3", "1 MIU SC every 2 days x 7, rest 14 days, (1 MIU SC every 48 h x 7, rest 336 h) x 2"),
    (
        "(1 MIU SC daily x 5, rest 9-16 days) x 3",
        "(1 MIU SC daily x 5, rest 9-16 days) x 1, (1 MIU SC daily x 5, rest 216-384 h) x 2",
    ),
    ("il2: 1 MIU SC daily x 5; tocilizumab: 8 mg/kg IV once", "tocilizumab: 8 mg/kg IV once; il2: 1 MIU SC every 24 h x 5"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), TWINS, ids=[one for one, _ in TWINS])
def test_a_schedule_written_in_two_ways_is_realised_alike(one, other):
    twins = [columns_of(realised(parse_regimen(text), ALL_WRONG, subjects=30).events) for text in (one, other)]
    assert [column[:3] for column in twins[0]] == [column[:3] for column in twins[1]]


def test_the_name_of_an_arm_changes_nothing_but_its_name():
    a, b = (realise(name, DAILY, Adherence(real_life=ALL_WRONG), HORIZON, SEED, range(20)) for name in ("A", "B"))
    assert columns_of(a.events) == columns_of(b.events)
    assert a.ledger.rows.drop(columns="arm").equals(b.ledger.rows.drop(columns="arm"))


def test_a_larger_population_keeps_its_first_subjects_and_ranges_add_up():
    whole = realised(RANGE, ALL_WRONG, subjects=40)
    assert columns_of(realised(RANGE, ALL_WRONG, subjects=15).events) == columns_of(whole.events[:15])
    parts = [realised(RANGE, ALL_WRONG, subjects=count, first=first) for first, count in ((0, 7), (7, 1), (8, 32))]
    assert columns_of([e for part in parts for e in part.events]) == columns_of(whole.events)
    assert [subject for part in parts for subject in part.ledger.rows["subject"]] == whole.ledger.rows["subject"].tolist()


def test_another_seed_is_another_history():
    one, other = (columns_of(realised(DAILY, ALL_WRONG, subjects=5, seed=seed).events) for seed in (1, 2))
    assert all(mine != theirs for mine, theirs in zip(one, other, strict=True))


def test_who_gives_up_gives_up_in_every_arm():
    arms = [
        realised(parse_regimen(text), RealLife(stop_early=0.4), subjects=300).ledger.rows
        for text in ("1 MIU SC weekly x 12", "1 MIU SC daily x 5")
    ]
    stopped = [set(rows.loc[rows["reason"] == "stopped", "subject"]) for rows in arms]
    assert stopped[0] == stopped[1]
    assert 80 < len(stopped[0]) < 160


def test_a_placebo_has_no_doses_and_no_rows():
    done = realised(Regimen(), ALL_WRONG, subjects=3)
    assert [len(events) for events in done.events] == [0, 0, 0]
    assert done.ledger.rows.empty


@examples(30)
@given(plans("IU"), st.integers(0, 2**32))
def test_whatever_happens_doses_stay_in_order_and_before_the_horizon(parts, seed):
    regimen = Regimen(*parts)
    assume(all(rest.longest.hours // 24 >= -(-rest.shortest.hours // 24) for rest in regimen.ranges()))
    done = realised(regimen, ALL_WRONG, subjects=3, horizon_h=2000.0, seed=seed)
    for events in done.events:
        assert np.all(np.diff(events.time_h) > 0)
        assert np.all(events.time_h < 2000)

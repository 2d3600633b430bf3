"""Changes of the state while it is integrated: resets, steady states, and the order of what happens at one time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regimens.engine import STATUS_WORDS, Tolerances, simulate
from regimens.engine.measures import Area, Excursion, Extreme, Threshold
from regimens.engine.trajectories import OK, OSCILLATES, STEP_LIMIT
from regimens.model.compile import compile_model
from regimens.model.parameters import Parameters, typical_subject
from regimens.regimen.changes import StateChange
from regimens.regimen.events import DoseEvents
from tests.engine.models import doses, model, oral, pop, pop_parameters, signed, subjects, together, turnover

LINEAR = compile_model(oral())
TIGHT = Tolerances(rtol=1e-10, atol=1e-12)
TIMES = np.linspace(0.0, 60.0, 121)

COUNTER = compile_model(
    model("counter", {"given": ("3", "0*given")}, {"F": 1.0, "tlag": 0.0}, into={("il2", "SC"): ("given", "F", "tlag")})
)
"""A state that begins at 3 and adds up what it is given."""


def with_changes(events: DoseEvents, *changes: StateChange) -> DoseEvents:
    return replace(events, changes=changes)


def reset(time_h: float) -> StateChange:
    return StateChange(time_h, "reset")


def steady(time_h: float = 0.0, every: float = 12.0, amount: float = 10.0, **more) -> StateChange:
    return StateChange(time_h, **({"kind": "steady state", "interval_h": every, "amount": amount} | more))


def lagging(hours: float, available: float = 0.8) -> Parameters:
    one = typical_subject(oral())
    one.values[0, one.names.index("tlag")] = hours
    one.values[0, one.names.index("F")] = available
    return one


def states(people: Parameters, events: DoseEvents, times=TIMES, compiled=LINEAR, **more) -> np.ndarray:
    settings = {"tolerances": TIGHT} | more
    found = simulate(compiled, people, events, times, observables=compiled.states, **settings)
    assert np.all(found.status == OK)
    return found.values


def count(events: DoseEvents, times: list[float], tlag: float = 0.0, **more) -> list[float]:
    """Return what the counter shows."""
    one = typical_subject(COUNTER.model)
    one.values[0, one.names.index("tlag")] = tlag
    return simulate(COUNTER, one, events, times, observables=["given"], **more).values[0, :, 0].tolist()


def test_values_are_read_then_the_state_is_reset_then_doses_are_given():
    given = with_changes(doses([1.0, 5.0, 9.0], [1.0, 10.0, 100.0]), reset(5.0))
    assert count(given, [1.0, 2.0, 5.0, 6.0, 10.0]) == [3.0, 4.0, 4.0, 13.0, 113.0]


def test_values_can_be_read_after_what_happens_at_their_time():
    given = with_changes(doses([0.0, 5.0, 9.0], [1.0, 10.0, 100.0]), reset(5.0))
    assert count(given, [0.0, 4.0, 5.0, 6.0, 9.0], read="after doses") == [4.0, 4.0, 13.0, 13.0, 113.0]
    assert count(given, [0.0, 4.0, 5.0, 6.0, 9.0], read="before doses") == [3.0, 4.0, 4.0, 13.0, 13.0]
    assert count(doses([0.0], 1.0), [0.0], read="after doses") == [4.0]


def test_a_value_after_a_dose_is_after_its_lag_where_that_ends_at_the_time_read():
    given = doses(24.0 * np.arange(3), 1.0)
    times = [24.0 * day + lag for day in range(3) for lag in (0.3,)]
    assert count(given, times, tlag=0.3, read="after doses") == [4.0, 5.0, 6.0]


def test_times_read_after_doses_are_reported_as_they_were_asked_for():
    found = simulate(COUNTER, typical_subject(COUNTER.model), doses([0.0, 5.0], 1.0), [0.0, 5.0], read="after doses")
    assert found.times_h.tolist() == [0.0, 5.0]
    assert found.stopped_h.tolist() == [5.0]


@pytest.mark.parametrize("kind", ["steady state", "added steady state"])
@pytest.mark.parametrize("time", [5.0, 7.1, 24.0])
def test_a_steady_state_at_the_last_time_is_read_after_its_dose(kind, time):
    given = with_changes(doses([time], 10.0, route="IV"), steady(time, route="IV", kind=kind))
    (only,) = states(typical_subject(oral()), given, [time], read="after doses")[0, :, 1:]
    assert only[0] == pytest.approx(10.0 / -np.expm1(-0.1 * 12.0), rel=1e-9)
    before = states(typical_subject(oral()), given, [time])[0, 0]
    assert before.tolist() == [0.0, 0.0]


def test_an_unknown_side_of_reading_is_refused():
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        simulate(COUNTER, typical_subject(COUNTER.model), doses([0.0], 1.0), [1.0], read="after")  # type: ignore[arg-type]
    assert str(caught.value) == "read is 'after'; it must be 'before doses' or 'after doses'."


def test_a_reset_cancels_doses_that_still_wait_for_their_lag_and_not_those_given_with_it():
    given = with_changes(doses([0.0, 4.0, 5.0], [1.0, 10.0, 100.0]), reset(5.0))
    assert count(given, [3.0, 5.0, 6.5, 7.5], tlag=2.0) == [4.0, 4.0, 3.0, 103.0]


def test_a_reset_ends_a_running_infusion_for_good_and_other_infusions_run_on():
    given = with_changes(doses([0.0, 6.0], [10.0, 40.0], duration_h=[10.0, 4.0]), reset(5.0))
    assert count(given, [5.0, 6.0, 8.0, 10.0, 12.0]) == pytest.approx([8.0, 3.0, 23.0, 43.0, 43.0], rel=1e-12)


def test_after_a_reset_the_second_half_alone_follows():
    early, late = doses([0.0, 7.0, 20.0], 10.0, duration_h=[0.0, 30.0, 0.0]), doses([24.0, 30.0], [5.0, 7.0])
    for compiled, people in ((LINEAR, subjects(oral(), 9)), (compile_model(pop()), pop_parameters(9))):
        whole = states(people, with_changes(together(early, late), reset(24.0)), 24.0 + TIMES[1:], compiled)
        alone = states(people, replace(late, time_h=late.time_h - 24.0), TIMES[1:], compiled)
        assert np.allclose(whole, alone, rtol=1e-8, atol=1e-11)


def test_a_reset_with_additional_doses_acts_once():
    many = with_changes(doses(12.0 + 12.0 * np.arange(4), 10.0), reset(12.0))
    shifted = states(typical_subject(oral()), doses(12.0 * np.arange(4), 10.0))
    assert np.allclose(states(typical_subject(oral()), many, 12.0 + TIMES[1:]), shifted[:, 1:], rtol=1e-9, atol=1e-12)


def test_a_reset_at_the_start_and_a_change_after_the_end_change_nothing():
    given = doses([0.0, 10.0], 10.0)
    plain = states(typical_subject(oral()), given)
    assert np.array_equal(states(typical_subject(oral()), with_changes(given, reset(0.0), reset(60.0))), plain)
    late = with_changes(given, steady(60.0), steady(99.0))
    found = simulate(LINEAR, typical_subject(oral()), late, TIMES, observables=LINEAR.states, tolerances=TIGHT)
    assert np.array_equal(found.values, plain)
    assert found.intervals is None


@pytest.mark.parametrize("lag", [0.0, 1.5, 8.0, 12.0, 31.0])
@pytest.mark.parametrize("duration", [0.0, 5.0, 12.0])
@pytest.mark.parametrize("at", [0.0, 7.0])
def test_a_steady_state_goes_on_as_two_hundred_doses_do(lag, duration, at):
    people = lagging(lag)
    many = states(people, doses(12.0 * np.arange(205), 10.0, duration_h=duration), 12.0 * 200 + TIMES[1:])
    before = doses([0.0, 3.0], 50.0, duration_h=[0.0, 30.0]) if at else doses([], 0.0)
    after = doses(at + 12.0 * np.arange(5), 10.0, duration_h=duration)
    found = states(people, with_changes(together(before, after), steady(at, duration_h=duration)), at + TIMES[1:])
    assert np.allclose(found, many, rtol=1e-8, atol=0.0)


def test_a_steady_state_counts_the_bioavailability_of_each_subject():
    people = lagging(0.0, available=0.4)
    half, whole = (states(person, with_changes(doses([], 0.0), steady())) for person in (people, lagging(0.0, available=0.8)))
    assert np.allclose(2.0 * half, whole, rtol=1e-9)


def test_a_steady_state_follows_weight_cap_and_step():
    people = subjects(oral(), 3, spread=0.0)
    people.weight_kg[:] = [50.0, 70.0, 120.0]
    given = with_changes(doses([], 0.0), steady(amount=0.1, basis="per kg", cap=8.0, step=2.0))
    flat = [
        states(people[row : row + 1], with_changes(doses([], 0.0), steady(amount=a))) for row, a in enumerate((6.0, 8.0, 8.0))
    ]
    assert np.array_equal(states(people, given), np.concatenate(flat))


def test_without_doses_after_it_a_steady_state_decays_once_pending_doses_have_arrived():
    people = lagging(30.0)
    alone = states(people, with_changes(doses([], 0.0), steady(amount=10.0)), 300.0 + TIMES)
    late = states(people, doses(12.0 * np.arange(200), 10.0), 12.0 * 200 + 300.0 + TIMES)
    assert np.allclose(alone, late, rtol=1e-6, atol=1e-15)


def test_a_change_after_a_steady_state_cancels_what_is_pending():
    people = lagging(31.0, 1.0)
    given = with_changes(doses([], 0.0), steady(0.0), reset(20.0))
    found = states(people, given, [20.0, 21.0, 40.0, 80.0])
    assert np.all(found[0, 0] > 0.0)
    assert np.array_equal(found[0, 1:], np.zeros((3, 2)))
    at_once = with_changes(doses([], 0.0), steady(0.0), reset(0.0))
    assert np.array_equal(states(people, at_once, [0.0, 20.0]), np.zeros((1, 2, 2)))


def test_an_added_steady_state_superposes_on_a_linear_model():
    people = lagging(2.0)
    other = doses([0.0, 5.0, 11.0], 7.0, duration_h=[0.0, 10.0, 0.0])
    own = doses(8.0 + 12.0 * np.arange(4), 10.0)
    both = states(people, with_changes(together(other, own), steady(8.0, kind="added steady state")), 8.0 + TIMES[1:])
    apart = states(people, other, 8.0 + TIMES[1:]) + states(people, with_changes(own, steady(8.0)), 8.0 + TIMES[1:])
    assert np.allclose(both, apart, rtol=1e-8, atol=1e-11)


def test_an_added_steady_state_does_not_count_what_is_there_without_the_drug_twice():
    compiled, people = compile_model(turnover()), subjects(turnover(), 4)
    given = doses(24.0 * np.arange(3), 10.0, route="IV")
    change = steady(0.0, every=24.0, route="IV")
    alone = states(people, with_changes(given, change), compiled=compiled)
    added = states(people, with_changes(given, replace(change, kind="added steady state")), compiled=compiled)
    assert np.allclose(alone, added, rtol=1e-8)


def test_subjects_may_have_different_changes():
    people = subjects(oral(), 4)
    sets = [
        with_changes(doses([0.0], 10.0), steady(6.0, every=8.0), reset(20.0)),
        doses([0.0, 1.0], 10.0),
        with_changes(doses([], 0.0), steady(0.0, every=6.0, amount=4.0)),
        with_changes(doses([2.0], 1.0, duration_h=9.0), reset(4.0)),
    ]
    together_ = states(people, sets)  # type: ignore[arg-type]
    for row, events in enumerate(sets):
        assert np.array_equal(together_[row], states(people[row : row + 1], events)[0])


def test_measures_see_both_sides_of_a_jump_and_its_steady_state_is_the_baseline():
    given = with_changes(doses([0.0], 10.0), reset(5.0))
    wanted = [
        Area("given", 0.0, 10.0),
        Extreme("given", 0.0, 10.0),
        Extreme("given", 0.0, 10.0, side="lowest"),
        Excursion("given", 0.0, 10.0, threshold=Threshold(of_baseline=2.0)),
    ]
    compiled = compile_model(replace(COUNTER.model, observables=oral().observables[:0]))
    found = simulate(compiled, typical_subject(COUNTER.model), given, [10.0], measures=wanted).measured
    area, top, low, above = (found[each][:, 0].tolist() for each in wanted)
    assert area == pytest.approx([5.0 * 13.0 + 5.0 * 3.0], rel=1e-12)
    assert top == pytest.approx([13.0, 0.0], rel=1e-12)
    assert low == pytest.approx([3.0, 0.0], rel=1e-12)
    assert above == pytest.approx([5.0, 35.0, 0.0, 5.0], rel=1e-12)


def test_the_state_after_a_change_at_the_start_is_the_baseline():
    given = with_changes(doses([], 0.0), steady(0.0))
    low = Extreme("central", 0.0, 1.0, side="lowest")
    threshold = Excursion("central", 0.0, 1.0, side="below", threshold=Threshold(of_baseline=1.0))
    found = simulate(
        LINEAR, lagging(0.0), given, [0.0, 1.0], observables=["central"], measures=[low, threshold], tolerances=TIGHT
    )
    assert found.measured[low][0, 0] == pytest.approx(min(found.values[0, :, 0]), rel=1e-12)
    assert found.values[0, 0, 0] > 1.0
    assert found.measured[threshold][0, 0] == pytest.approx(1.0, rel=1e-9)


def test_a_subject_without_a_steady_state_has_no_values_from_the_time_at_which_it_would_begin():
    swing = signed(model("swing", {"x": ("0", "w*y"), "y": ("0", "-w*x")}, {"w": 1.0}, into={("il2", "SC"): "x"}), "x", "y")
    people = subjects(swing, 2, spread=0.0)
    people.values[:, 0] = [2.0 * np.pi / 36.0, 2.0 * np.pi / 36.0]
    sets = [with_changes(doses([0.0], 1.0), steady(24.0)), doses([0.0], 1.0)]
    found = simulate(compile_model(swing), people, sets, [0.0, 12.0, 24.0, 36.0], observables=["x"])
    assert found.status.tolist() == [OSCILLATES, OK]
    assert STATUS_WORDS[OSCILLATES] == "no steady state: it repeats only after several intervals"
    assert np.isfinite(found.values[:, :, 0]).tolist() == [[True, True, True, False], [True] * 4]
    assert found.stopped_h.tolist() == [24.0, 36.0]
    at_start = simulate(compile_model(swing), people, with_changes(doses([0.0], 1.0), steady()), [0.0, 12.0])
    assert at_start.status.tolist() == [OSCILLATES, OSCILLATES]
    assert np.isnan(at_start.values).all()


def test_a_search_that_cannot_be_integrated_is_a_failure_of_the_subject():
    few = Tolerances(max_steps=20)
    found = simulate(compile_model(pop()), pop_parameters(3), with_changes(doses([], 0.0), steady()), [0.0, 1.0], tolerances=few)
    assert found.status.tolist() == [STEP_LIMIT] * 3
    assert np.isnan(found.values).all()


def test_the_searches_of_a_subject_are_counted_together():
    compiled, people = compile_model(pop()), pop_parameters(3)
    first, second = steady(0.0, every=24.0), steady(48.0, every=48.0)
    each = [simulate(compiled, people, with_changes(doses([], 0.0), change), [60.0]).intervals for change in (first, second)]
    both = simulate(compiled, people, with_changes(doses([], 0.0), first, second), [60.0]).intervals
    assert each[0] is not None
    assert each[1] is not None
    assert both is not None
    assert np.array_equal(both, each[0] + each[1])
    assert both.min() > 0


def test_changes_are_bitwise_the_same_alone_and_in_any_order_and_with_any_threads():
    compiled, people = compile_model(pop()), pop_parameters(19)
    given = with_changes(doses([3.0, 40.0], 10.0), steady(0.0, every=24.0), steady(30.0, kind="added steady state"), reset(50.0))
    whole = states(people, given, compiled=compiled, threads=1, tolerances=Tolerances())
    order = np.random.default_rng(2).permutation(19)
    assert np.array_equal(states(people[order], given, compiled=compiled, threads=3, tolerances=Tolerances()), whole[order])
    for row in (0, 7, 18):
        alone = states(people[row : row + 1], given, compiled=compiled, tolerances=Tolerances())
        assert np.array_equal(alone[0], whole[row])

"""Steady states: closed forms, iteration against another solver, and subjects that have none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from regimens.engine import STATUS_WORDS, Tolerances, simulate, steady_state
from regimens.engine.trajectories import BY_TIME, GROWS, NON_FINITE, OK, OSCILLATES, STEP_LIMIT, UNSETTLED
from regimens.errors import ModelError
from regimens.model.compile import compile_model
from regimens.model.parameters import typical_subject
from regimens.regimen.changes import StateChange
from tests.engine.models import doses, driven, model, oral, pop, pop_parameters, signed, subjects, tmdd, turnover

LINEAR = compile_model(oral())
TIGHT = Tolerances(rtol=1e-10, atol=1e-12)
EVERY = 12.0


def every(hours: float = EVERY, amount: float = 10.0, **more) -> StateChange:
    return StateChange(0.0, "steady state", hours, amount=amount, **more)


def of(people, name: str) -> np.ndarray:
    return people.values[:, people.names.index(name)]


def test_repeated_boluses_follow_the_closed_form():
    people = subjects(oral(), 11)
    found = steady_state(LINEAR, people, every(route="IV"), tolerances=TIGHT)
    left = np.exp(-of(people, "ke") * EVERY)
    assert np.allclose(found.states[:, 1], 10.0 * left / (1.0 - left), rtol=1e-9)
    assert np.array_equal(found.states[:, 0], np.zeros(11))
    assert found.intervals.tolist() == [0] * 11
    assert found.status.tolist() == [OK] * 11


def test_repeated_infusions_follow_the_closed_form():
    people = subjects(oral(), 11)
    found = steady_state(LINEAR, people, every(route="IV", duration_h=5.0), tolerances=TIGHT)
    ke = of(people, "ke")
    end = 10.0 / 5.0 / ke * (1.0 - np.exp(-5.0 * ke)) / (1.0 - np.exp(-EVERY * ke))
    assert np.allclose(found.states[:, 1], end * np.exp(-ke * (EVERY - 5.0)), rtol=1e-9)


def test_a_constant_infusion_goes_to_rate_over_elimination():
    people = subjects(oral(), 11)
    found = steady_state(LINEAR, people, every(1.0, 4.0, route="IV", duration_h=1.0), tolerances=TIGHT)
    assert np.allclose(found.states[:, 1], 4.0 / of(people, "ke"), rtol=1e-8)


def test_absorbed_doses_follow_the_closed_form_with_lag_and_bioavailability():
    people = subjects(oral(), 11)
    people.values[:, people.names.index("tlag")] = np.linspace(0.0, 11.9, 11)
    found = steady_state(LINEAR, people, every(), tolerances=TIGHT)
    ka, ke, share, since = of(people, "ka"), of(people, "ke"), of(people, "F"), EVERY - of(people, "tlag")

    def decay(k: np.ndarray) -> np.ndarray:
        return np.exp(-k * since) / (1.0 - np.exp(-k * EVERY))

    assert np.allclose(found.states[:, 0], 10.0 * share * decay(ka), rtol=1e-9)
    assert np.allclose(found.states[:, 1], 10.0 * share * ka / (ka - ke) * (decay(ke) - decay(ka)), rtol=1e-8)


@pytest.mark.parametrize("lag", [12.0, 24.0, 31.5])
def test_a_lag_of_more_than_an_interval_is_one_of_the_rest(lag):
    people, short = typical_subject(oral()), typical_subject(oral())
    people.values[:, people.names.index("tlag")], short.values[:, people.names.index("tlag")] = lag, lag % EVERY
    assert np.array_equal(steady_state(LINEAR, people, every()).states, steady_state(LINEAR, short, every()).states)


def test_a_model_in_days_with_what_is_there_without_the_drug_follows_the_closed_form():
    people = subjects(turnover(), 7)
    found = steady_state(compile_model(turnover()), people, every(36.0, route="IV"), tolerances=TIGHT)
    k, kin, kout, slope = people.values.T
    left, lost = np.exp(-k * 1.5), np.exp(-kout * 1.5)
    before = 10.0 * left / (1.0 - left)
    gained = slope * (before + 10.0) * (lost - left) / (k - kout)
    assert np.allclose(found.states, np.column_stack([before, kin / kout + gained / (1.0 - lost)]), rtol=1e-8)


def test_a_steady_state_that_is_solved_is_that_of_very_many_intervals_where_elimination_is_slow():
    people = typical_subject(oral())
    people.values[:, people.names.index("ke")] = 1e-5
    found = steady_state(LINEAR, people, every(route="IV"))
    left = np.exp(-1e-5 * EVERY)
    assert np.allclose(found.states[:, 1], 10.0 * left / (1.0 - left), rtol=1e-5)


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_nonlinear_steady_state_is_that_of_another_solver():
    compiled, one = compile_model(tmdd()), typical_subject(tmdd())

    def rates(t: float, y: np.ndarray) -> np.ndarray:
        return compiled.rhs(t, y, one.values[0])

    y = compiled.initial(one.values)[0]
    for _ in range(60):
        dosed = y + np.array([10.0, 0.0, 0.0, 0.0])
        y = solve_ivp(rates, (0.0, EVERY), dosed, method="LSODA", rtol=1e-9, atol=1e-11).y[:, -1]
    found = steady_state(compiled, one, every())
    assert np.allclose(found.states[0], y, rtol=3e-6)
    assert found.intervals[0] > 0


@pytest.mark.parametrize("declared", [pop(), tmdd()])
def test_an_iterated_steady_state_is_that_of_very_many_intervals(declared):
    compiled, people = compile_model(declared), subjects(declared, 10)
    found = steady_state(compiled, people, every(24.0))
    many = simulate(compiled, people, doses(24.0 * np.arange(200), 10.0), [4800.0], observables=compiled.states, tolerances=TIGHT)
    assert found.status.tolist() == [OK] * 10
    assert np.allclose(found.states, many.values[:, 0], rtol=3e-6)


def test_newtons_method_ends_where_very_many_intervals_do_and_much_sooner():
    slow = replace(tmdd(), parameters=tuple(replace(p, value=p.value / 20.0) if p.name in ("kdeg", "ksyn", "kint") else p
                                            for p in tmdd().parameters))  # fmt: skip
    compiled, people = compile_model(slow), subjects(slow, 10)
    found = steady_state(compiled, people, every(24.0))
    many = simulate(compiled, people, doses(24.0 * np.arange(1000), 10.0), [24000.0], observables=compiled.states).values[:, 0]
    assert found.status.tolist() == [OK] * 10
    assert np.allclose(found.states, many, rtol=5e-6)
    assert found.intervals.max() < 200


def test_of_two_steady_states_it_is_the_one_that_the_initial_states_lead_to():
    switch = model(
        "switch",
        {"c": ("0", "-k*c"), "x": ("0.05", "s*(hill(x, h, 4) - m*x) + a*c")},
        {"k": 1.0, "s": 0.05, "h": 1.0, "m": 0.5, "a": 0.0},
        into={("il2", "SC"): "c"},
    )
    people = subjects(switch, 12, spread=0.0)
    people.values[:, people.names.index("a")] = np.linspace(0.0, 0.3, 12)
    compiled = compile_model(switch)
    found = steady_state(compiled, people, every(24.0, 3.0))
    many = simulate(compiled, people, doses(24.0 * np.arange(2000), 3.0), [48000.0], observables=["x"]).values[:, 0, 0]
    assert found.status.tolist() == [OK] * 12
    assert np.allclose(found.states[:, 1], many, rtol=1e-4)
    assert many.min() < 0.3 < 1.5 < many.max()


def test_a_smaller_tolerance_needs_more_intervals_and_comes_closer():
    compiled, people = compile_model(pop()), pop_parameters(5)
    limit = steady_state(compiled, people, every(24.0), tolerances=TIGHT, within=1e-9)
    rough = steady_state(compiled, people, every(24.0), tolerances=TIGHT, within=1e-3)
    off = np.abs(rough.states / limit.states - 1.0).max(axis=1)
    assert np.all((off > 1e-7) & (off < 2e-3))
    assert np.all(rough.intervals < limit.intervals)


def test_without_a_dose_the_drug_free_states_stay_as_they_are():
    compiled, people = compile_model(pop()), pop_parameters(5)
    found = steady_state(compiled, people, every(24.0, 0.0))
    assert np.allclose(found.states, compiled.initial(people.values), rtol=1e-9)


def test_results_depend_neither_on_threads_nor_on_order_nor_on_company():
    compiled, people = compile_model(pop()), pop_parameters(21)
    whole = steady_state(compiled, people, every(24.0), threads=1)
    order = np.random.default_rng(3).permutation(21)
    mixed = steady_state(compiled, people[order], every(24.0), threads=3)
    assert np.array_equal(mixed.states, whole.states[order])
    assert np.array_equal(mixed.intervals, whole.intervals[order])
    linear = subjects(oral(), 21)
    whole = steady_state(LINEAR, linear, every(), threads=1)
    assert np.array_equal(steady_state(LINEAR, linear[order], every()).states, whole.states[order])
    assert np.array_equal(steady_state(LINEAR, linear[4:5], every()).states[0], whole.states[4])


def test_a_state_that_only_adds_up_has_no_steady_state():
    adds = model("adds", {"x": ("0", "-x"), "area": ("0", "x")}, {"k": 1.0}, into={("il2", "SC"): "x"})
    found = steady_state(compile_model(adds), typical_subject(adds), every())
    assert (found.status.tolist(), STATUS_WORDS[GROWS]) == ([GROWS], "no steady state: a state grows without bound")
    assert np.isnan(found.states).all()
    assert found.intervals[0] < 100


def test_doses_beyond_the_capacity_of_elimination_have_no_steady_state():
    full = model("full", {"c": ("0", "-vmax*c/(km + c)")}, {"vmax": 1.0, "km": 2.0}, into={("il2", "SC"): "c"})
    compiled, one = compile_model(full), typical_subject(full)
    assert steady_state(compiled, one, every(12.0, 6.0)).status.tolist() == [OK]
    assert steady_state(compiled, one, every(12.0, 24.0), most=200).status.tolist() != [OK]


def test_an_oscillation_of_another_period_is_no_steady_state():
    swing = signed(model("swing", {"x": ("0", "w*y"), "y": ("0", "-w*x")}, {"w": 1.0}, into={("il2", "SC"): "x"}), "x", "y")
    people = subjects(swing, 3, spread=0.0)
    people.values[:, 0] = 2.0 * np.pi / (EVERY * np.array([3.0, 2.0, np.pi]))
    found = steady_state(compile_model(swing), people, every(), most=60, tolerances=TIGHT)
    assert found.status.tolist() == [OSCILLATES, OSCILLATES, UNSETTLED]
    assert STATUS_WORDS[UNSETTLED] == "no steady state within the largest number of intervals"
    assert np.isnan(found.states).all()
    assert 60 <= found.intervals[2] < 80


def test_what_is_conserved_does_not_hide_a_steady_state():
    swap = model("swap", {"x": ("3", "b*y - a*x"), "y": ("1", "a*x - b*y"), "c": ("0", "-k*c")}, {"a": 1.0, "b": 2.0, "k": 0.1},
                 into={("il2", "SC"): "c"})  # fmt: skip
    found = steady_state(compile_model(swap), typical_subject(swap), every())
    assert found.status.tolist() == [OK]
    left = np.exp(-0.1 * EVERY)
    assert np.allclose(found.states, [[8.0 / 3.0, 4.0 / 3.0, 10.0 * left / (1.0 - left)]], rtol=1e-5)


def test_a_model_that_depends_on_time_has_no_steady_state():
    found = steady_state(compile_model(driven()), typical_subject(driven()), every(route="IV"))
    assert (found.status.tolist(), STATUS_WORDS[BY_TIME]) == ([BY_TIME], "no steady state: the model depends on time")
    assert np.isnan(found.states).all()


def test_an_observable_with_the_name_of_a_state_does_not_stand_for_it():
    plain = oral()
    named = replace(plain, name="named", observables=(replace(plain.observables[0], name="central"),))
    found = steady_state(compile_model(named), typical_subject(named), every())
    assert np.array_equal(found.states, steady_state(LINEAR, typical_subject(plain), every()).states)


def test_a_search_that_fails_says_how():
    found = steady_state(compile_model(pop()), pop_parameters(2), every(24.0), tolerances=Tolerances(max_steps=20))
    assert found.status.tolist() == [STEP_LIMIT] * 2
    assert np.isnan(found.states).all()
    people = subjects(oral(), 2)
    people.values[0, people.names.index("F")] = np.nan
    found = steady_state(LINEAR, people, every())
    assert found.status.tolist() == [NON_FINITE, OK]
    assert np.isnan(found.states).any(axis=1).tolist() == [True, False]


def test_what_cannot_be_searched_for_is_refused():
    one = typical_subject(oral())
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        steady_state(LINEAR, one, StateChange(0.0, "reset"))
    assert str(caught.value) == "A reset has no steady state; give a StateChange of the kind 'steady state'."
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        steady_state(LINEAR, one, every(), within=0.0)
    assert str(caught.value) == "within is 0 and most is 1000; both must be above 0."
    with pytest.raises(ModelError) as refused:
        steady_state(LINEAR, one, every(route="IM"))
    assert str(refused.value).startswith("Model 'oral': 'il2 IM' is given, but the model has no input for it.")
    one.values[:, one.names.index("tlag")] = -1.0
    with pytest.raises(ModelError) as refused:
        steady_state(LINEAR, one, every())
    assert str(refused.value) == (
        "Model 'oral': the lag of 'il2 SC' is -1 h in subject 0 (counted from 0). It must be 0 or more."
    )

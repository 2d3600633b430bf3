"""Runs that begin at given states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from regimens.engine import Tolerances, simulate
from regimens.model.compile import compile_model
from regimens.model.parameters import typical_subject
from regimens.regimen.changes import StateChange
from tests.engine.models import doses, oral, pop, pop_parameters, signed, subjects, tmdd

LINEAR = compile_model(oral())
TIGHT = Tolerances(rtol=1e-10, atol=1e-12)


def test_the_start_is_what_is_read_first_and_the_baseline_of_a_decay():
    people = subjects(oral(), 3)
    start = np.array([[0.0, 5.0], [0.0, 1.0], [0.0, 20.0]])
    found = simulate(LINEAR, people, doses([], 0.0), [0.0, 10.0], start=start, observables=LINEAR.states, tolerances=TIGHT).values
    ke = people.values[:, people.names.index("ke")]
    assert np.array_equal(found[:, 0], start)
    assert np.allclose(found[:, 1, 1], start[:, 1] * np.exp(-10.0 * ke), rtol=1e-9)


@pytest.mark.parametrize("declared", [oral(), pop(), tmdd()])
@pytest.mark.parametrize("at", [5.0, 24.0, 31.0])
def test_a_run_split_in_two_agrees_with_the_whole_one(declared, at):
    compiled, people = compile_model(declared), subjects(declared, 5, spread=0.1)
    people.values[:, [place for place, name in enumerate(people.names) if name == "tlag"]] = 0.0
    given = doses(12.0 * np.arange(6), 10.0)
    times = np.linspace(at, 72.0, 40)
    settings = {"observables": compiled.states, "tolerances": TIGHT}
    whole = simulate(compiled, people, given, times, **settings).values
    later = given.time_h >= at
    rest = doses(given.time_h[later] - at, 10.0)
    second = simulate(compiled, people, rest, times - at, start=whole[:, 0], **settings).values
    assert np.array_equal(second[:, 0], whole[:, 0])
    assert np.allclose(second, whole, rtol=1e-7, atol=1e-9)


def test_the_initial_states_as_start_change_no_bit():
    compiled, people = compile_model(pop()), pop_parameters(9)
    initial = compiled.initial(people.values)
    given, times = doses([0.0, 20.0], 100.0), np.linspace(0.0, 60.0, 31)
    plain = simulate(compiled, people, given, times).values
    assert np.array_equal(simulate(compiled, people, given, times, start=initial).values, plain)


def test_a_reset_goes_to_the_initial_states_of_the_model_and_not_to_the_start():
    compiled, people = compile_model(tmdd()), subjects(tmdd(), 3)
    start = 1.0 + compiled.initial(people.values)
    given = replace(doses([], 0.0), changes=(StateChange(5.0, "reset"),))
    found = simulate(compiled, people, given, [5.0, 6.0], start=start, observables=compiled.states, read="after doses").values
    assert np.allclose(found[:, 0], compiled.initial(people.values), rtol=1e-12, atol=1e-12)
    at_once = replace(given, changes=(StateChange(0.0, "reset"),))
    found = simulate(compiled, people, at_once, [0.0], start=start, observables=compiled.states).values
    assert np.allclose(found[:, 0], compiled.initial(people.values), rtol=1e-12)


def test_a_start_of_another_shape_is_refused():
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        simulate(LINEAR, typical_subject(oral()), doses([0.0], 1.0), [1.0], start=np.zeros((2, 2)))
    assert str(caught.value) == "start has shape (2, 2); its shape must be (1, 2), states in the order depot, central."
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        simulate(LINEAR, typical_subject(oral()), doses([0.0], 1.0), [1.0], start=np.zeros(2))
    assert str(caught.value) == "start has shape (2,); its shape must be (1, 2), states in the order depot, central."


def test_a_start_that_is_not_finite_is_refused():
    start = np.array([[0.0, 1.0], [0.0, np.nan]])
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        simulate(LINEAR, subjects(oral(), 2), doses([0.0], 1.0), [1.0], start=start)
    assert str(caught.value) == "start of 'central' is nan in subject 1 (counted from 0); it must be a finite number."


def test_a_start_below_zero_of_a_state_that_cannot_be_negative_is_refused():
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        simulate(LINEAR, typical_subject(oral()), doses([0.0], 1.0), [1.0], start=[[-1e-9, 1.0]])
    assert str(caught.value) == (
        "start of 'depot' is -1e-09 in subject 0 (counted from 0); this state cannot be negative. "
        "Put 0 in place of what another run left below zero."
    )
    allowed = compile_model(signed(oral(), "depot", "central"))
    found = simulate(allowed, typical_subject(oral()), doses([], 0.0), [0.0], start=[[-1.0, 1.0]], observables=["depot"])
    assert found.values[0, 0, 0] == -1.0

"""Tolerances are relative to the scale of each state: units do not matter, small states are exact, zero states do no harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from regimens.engine import Tolerances, Trajectories, simulate
from regimens.engine.trajectories import OK
from regimens.model.compile import compile_model
from regimens.model.declaration import Model
from regimens.model.expression import Binary, Call, Expression, Name, Negation, Number
from regimens.model.file import declared
from regimens.model.parameters import Parameters, typical_subject
from regimens.regimen.events import DoseEvents
from tests.engine.models import chain, doses, edge, model, pop, signed, subjects, tmdd, together

pytestmark = pytest.mark.no_cover  # compiling models is slow under the tracer, and no line is run by them alone

UNITS = (1e6, 3e-5, 7.0, 0.02, 1e-9, 12345.0)
"""Old units in a new one, in turn."""

AGREE = 1e-9
"""Rounding over a thousand steps; the tolerance itself would leave 1e-6."""


def substituted(formula: Expression, names: Mapping[str, Expression]) -> Expression:
    """Return the formula with names replaced by formulas."""
    match formula:
        case Name(name):
            return names.get(name, formula)
        case Negation(operand):
            return Negation(substituted(operand, names))
        case Binary(operator, left, right):
            return Binary(operator, substituted(left, names), substituted(right, names))
        case Call(function, arguments):
            return Call(function, tuple(substituted(argument, names) for argument in arguments))
    return formula


def in_units(declared: Model, factors: Mapping[str, float]) -> Model:
    """Return the model with states that are `factors` times as large; its observables are what they were."""
    old = {name: Binary("/", Name(name), Number(factor)) for name, factor in factors.items()}

    def scaled(formula: Expression, state: str) -> Expression:
        return Binary("*", Number(factors[state]), formula)

    return replace(
        declared,
        definitions=tuple(replace(d, formula=substituted(d.formula, old)) for d in declared.definitions),
        states=tuple(
            replace(s, initial=scaled(s.initial, s.name), rate=scaled(substituted(s.rate, old), s.name)) for s in declared.states
        ),
        inputs=tuple(replace(i, bioavailability=scaled(i.bioavailability, i.state)) for i in declared.inputs),
        observables=tuple(replace(o, formula=substituted(o.formula, old)) for o in declared.observables),
    )


def per_day(declared: Model) -> Model:
    """Return the model, which is in hours, in days."""
    assert declared.time_unit == "h"
    states = tuple(replace(s, rate=Binary("*", Number(24.0), s.rate)) for s in declared.states)
    return replace(declared, time_unit="day", states=states)


def run(declared: Model, people: Parameters, *, amount: float = 20.0, times: np.ndarray | None = None) -> Trajectories:
    given = declared.inputs[0]
    events = doses([1.0, 30.0, 300.0], amount, drug=given.drug, route=given.route, duration_h=[0.0, 5.0, 0.0])
    times = np.linspace(0.0, 500.0, 41) if times is None else times
    compiled = compile_model(declared)
    found = simulate(compiled, people, events, times, observables=compiled.states)
    assert np.all(found.status == OK)
    return found


MODELS = [pop(), tmdd(), tmdd(1e4), chain(17), edge(2.5), declared("expansion"), declared("balance")]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_the_units_of_states_change_neither_numbers_nor_steps(model: Model):
    people = subjects(model, 8, spread=0.1)
    amount = 1e6 if model.time_unit == "day" else 20.0
    factors = {state.name: UNITS[place % len(UNITS)] for place, state in enumerate(model.states)}
    one, other = run(model, people, amount=amount), run(in_units(model, factors), people, amount=amount)
    expected = one.values * np.array(list(factors.values()))
    size = np.abs(expected).max(axis=1, keepdims=True)
    assert np.max(np.abs(other.values - expected) / np.where(size > 0.0, size, 1.0)) < AGREE
    assert (other.statistics.steps, other.statistics.rejected) == (one.statistics.steps, one.statistics.rejected)


@pytest.mark.parametrize("model", MODELS[:5], ids=lambda m: m.name)
def test_the_unit_of_time_changes_neither_numbers_nor_steps(model: Model):
    people = subjects(model, 8, spread=0.1)
    one, other = run(model, people), run(per_day(model), people)
    size = np.abs(one.values).max(axis=1, keepdims=True)
    assert np.max(np.abs(other.values - one.values) / np.where(size > 0.0, size, 1.0)) < AGREE
    assert other.statistics.steps == one.statistics.steps


@pytest.mark.parametrize("size", [1e-12, 1e-6, 1.0, 1e12])
def test_a_state_of_any_size_is_as_exact_as_the_tolerance(size: float):
    declared = model("decay", {"x": ("x0", "-k*x + a*x0")}, {"x0": 1.0, "k": 0.3, "a": 0.1})
    one = typical_subject(declared)
    one.values[0, 0] = size
    times = np.linspace(0.0, 50.0, 101)
    found = simulate(compile_model(declared), one, doses([], 0.0), times, observables=["x"])
    exact = size * (1 / 3 + 2 / 3 * np.exp(-0.3 * times))
    assert np.max(np.abs(found.values[0, :, 0] / exact - 1)) < 3e-6


def test_a_long_chain_that_starts_at_zero_takes_few_steps_to_its_end():
    declared = chain(40)
    found = simulate(compile_model(declared), typical_subject(declared), doses([], 0.0), [0.0, 1000.0], observables=["x39"])
    assert found.status[0] == OK
    assert found.statistics.steps + found.statistics.rejected < 400
    tight = simulate(
        compile_model(declared), typical_subject(declared), doses([], 0.0), [0.0, 1000.0], observables=["x39"],
        tolerances=Tolerances(1e-10, 1e-13),
    )  # fmt: skip
    assert found.values[0, 1, 0] == pytest.approx(tight.values[0, 1, 0], rel=1e-5)


STEEP = model(
    "steep",
    {
        "depot": ("0", "-depot"), "c": ("0", "depot - c"), "made": ("0", "hill(c, 1, 3) - made"),
        **{f"x{i}": ("0", f"{'made' if i == 0 else f'x{i - 1}'} - x{i}") for i in range(6)},
    },
    {"unused": 1.0},
    into={("il2", "SC"): "depot"},
)  # fmt: skip
"""A chain behind a Hill term whose slope at zero is zero: x5 starts like time^11."""


def test_a_chain_behind_an_effect_without_slope_at_zero_takes_few_steps():
    found = simulate(compile_model(STEEP), typical_subject(STEEP), doses([1.0], 5.0), [0.0, 40.0], observables=["x5"])
    assert found.status[0] == OK
    assert found.statistics.steps + found.statistics.rejected < 250


@pytest.mark.parametrize("model", [*MODELS, STEEP], ids=lambda m: m.name)
def test_without_doses_no_state_that_rests_at_zero_does_harm(model: Model):
    found = simulate(compile_model(model), typical_subject(model), doses([], 0.0), [0.0, 5000.0])
    assert found.status[0] == OK
    assert found.statistics.steps + found.statistics.rejected < 400


def test_a_deviation_that_is_only_rounding_does_not_stop_its_subject():
    rest = {"x": ("a*b/c", "kin*a*b/c - kin*x"), "off": ("0", "x - a*(b/c) - k*off"), "sum": ("0", "off")}
    declared = signed(model("resting", rest, {"a": 0.1, "b": 0.7, "c": 0.3, "kin": 0.2, "k": 0.01}), "off", "sum")
    people = subjects(declared, 40, spread=0.5)
    found = simulate(compile_model(declared), people, doses([], 0.0), [0.0, 10_000.0], observables=["off"])
    assert np.all(found.status == OK)
    assert np.max(np.abs(found.values)) < 1e-13
    assert found.statistics.steps + found.statistics.rejected < 40 * 100


def two_drugs(second: float) -> tuple[Model, DoseEvents]:
    states = {"a": ("0", "-0.3*a"), "b": ("0", "-0.2*b"), "e": ("0", "b/(1e-9 + b) - 0.1*e")}
    declared = model("two drugs", states, {"unused": 1.0}, into={("il2", "SC"): "a", ("mab", "IV"): "b"})
    return declared, together(doses([0.0], 1e6), doses([400.0], second, drug="mab", route="IV"))


@pytest.mark.parametrize("second", [1e-8, 1.0, 1e8])
def test_a_compartment_that_is_filled_late_is_exact_whatever_the_size_of_its_dose(second: float):
    declared, given = two_drugs(second)
    found = simulate(compile_model(declared), typical_subject(declared), given, [399.0, 401.0, 410.0], observables=["b"])
    assert found.status[0] == OK
    assert found.values[0, :, 0] == pytest.approx(second * np.array([0.0, np.exp(-0.2), np.exp(-2.0)]), rel=1e-5)


def test_a_later_dose_changes_nothing_before_it():
    declared, given = two_drugs(1.0)
    compiled, one = compile_model(declared), typical_subject(declared)
    times = np.array([*np.linspace(0.0, 30.0, 31), 500.0])
    both = simulate(compiled, one, given, times, observables=compiled.states)
    alone = simulate(compiled, one, doses([0.0], 1e6), times, observables=compiled.states)
    assert np.array_equal(both.values[:, :31], alone.values[:, :31])
    assert both.values[0, 31, 1] > alone.values[0, 31, 1] == 0.0


def test_scales_depend_on_the_subject_alone_however_far_they_reach():
    declared = chain(17)
    people = subjects(declared, 37)
    people.values[::3, people.names.index("k0")] = 0.0
    people.values[1::5, people.names.index("k")] = 0.0
    whole = run(declared, people)
    order = np.random.default_rng(3).permutation(37)
    assert np.array_equal(run(declared, people[order]).values, whole.values[order])
    assert np.array_equal(run(declared, people[4:5]).values[0], whole.values[4])

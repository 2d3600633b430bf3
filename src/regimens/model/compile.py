"""A model prepared for the engine: names checked, definitions inserted, and derivatives.

`compile_model` is quick: the equations are differentiated at the first use of `CompiledModel.equations`, which is only when
the machine code of the model is not in the cache yet (`engine/kernel.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from regimens.errors import ModelError, did_you_mean
from regimens.model.declaration import HOURS_PER, Model
from regimens.model.derivative import Derivatives
from regimens.model.evaluate import Floats, Value, evaluate, node_values
from regimens.model.expression import TIME, Expression, names_in
from regimens.model.graph import Graph


@dataclass(frozen=True)
class Equations:
    """The equations of a model as nodes of one graph; states and inputs in the order of the model.

    `jacobian` holds the entries (row, column) that are not identically zero, `by_time` the derivatives of the rates with
    respect to explicit time. `readouts` are the nodes of `CompiledModel.readouts`, then the states that have no name there, as
    an observable with another formula has it; `read_states` are the places of all states in it. Times are in the model's unit.
    """

    graph: Graph
    states: tuple[int, ...]
    rates: tuple[int, ...]
    jacobian: dict[tuple[int, int], int]
    by_time: dict[int, int]
    initial: tuple[int, ...]
    bioavailability: tuple[int, ...]
    lag: tuple[int, ...]
    entries: tuple[int, ...]
    """Indices of the states that doses enter."""
    readouts: tuple[int, ...]
    read_states: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class CompiledModel:
    """A checked model. `readouts` are the names of what a simulation can return: the observables, then the states."""

    model: Model
    states: tuple[str, ...]
    parameters: tuple[str, ...]
    observables: tuple[str, ...]
    readouts: tuple[str, ...]
    inputs: dict[tuple[str, str], int]
    """Index in `model.inputs` of every (drug, route) that the model has an input for."""
    hours_per_time: float

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that the machine code depends on; labels, sources and typical values are not part."""
        model = self.model
        formulas = (
            tuple((s.name, s.initial, s.rate) for s in model.states),
            self.parameters,
            tuple((d.name, d.formula) for d in model.definitions),
            tuple((i.state, i.bioavailability, i.lag) for i in model.inputs),
            tuple((o.name, o.formula) for o in model.observables),
        )
        signed = tuple(s.name for s in model.states if not s.nonnegative)
        # Left out while empty: shipped posteriors are keyed by digests from before states could be declared negative.
        return hashlib.sha256(repr((*formulas, signed) if signed else formulas).encode()).hexdigest()

    @cached_property
    def equations(self) -> Equations:
        """The equations of the model with exact derivatives."""
        return _equations(self)

    def rhs(self, time: float, y: Floats, parameters: Floats) -> Floats:
        """Return the rates per model time unit by walking the formulas; a reference for tests.

        `y` is (..., states) and `parameters` (..., parameters); the rates are shaped like `y`.
        """
        values = self._values(time, y, parameters)
        return _last(y, [evaluate(state.rate, values) for state in self.model.states])

    def jacobian(self, time: float, y: Floats, parameters: Floats) -> Floats:
        """Return d(rates)/d(states), (..., states, states), from the graph; arguments as for `rhs`."""
        found = np.zeros((*np.shape(y), len(self.states)))
        values = node_values(self.equations.graph, self._symbols(time, y, parameters))
        for (row, column), node in self.equations.jacobian.items():
            found[..., row, column] = values[node]
        return found

    def initial(self, parameters: Floats) -> Floats:
        """Return the initial states (..., states) by walking the formulas; `parameters` as for `rhs`."""
        unknown = np.full((*np.shape(parameters)[:-1], len(self.states)), np.nan)
        values = self._values(0.0, unknown, parameters)
        return _last(unknown, [evaluate(state.initial, values) for state in self.model.states])

    def _symbols(self, time: float, y: Floats, parameters: Floats) -> dict[str, Value]:
        columns = (*np.moveaxis(np.asarray(y), -1, 0), *np.moveaxis(np.asarray(parameters), -1, 0))
        return {TIME: time, **dict(zip((*self.states, *self.parameters), columns, strict=True))}

    def _values(self, time: float, y: Floats, parameters: Floats) -> dict[str, Value]:
        values = self._symbols(time, y, parameters)
        for definition in self.model.definitions:
            values[definition.name] = evaluate(definition.formula, values)
        return values


def _last(like: Floats, columns: list[Value]) -> Floats:
    """Stack columns along the last axis, each broadcast to the shape of `like`."""
    return np.stack([np.broadcast_to(column, np.shape(like)[:-1]) for column in columns], axis=-1)


def compile_model(model: Model) -> CompiledModel:
    """Return `model` ready to be simulated.

    Raises ModelError for an unknown name, for a definition that is used above its own line, for an initial value, a
    bioavailability or a lag that reads more than parameters, and for an input into an unknown state.
    """
    states = tuple(state.name for state in model.states)
    parameters = tuple(parameter.name for parameter in model.parameters)
    _check(model, states, parameters)
    observables = tuple(observable.name for observable in model.observables)
    return CompiledModel(
        model,
        states,
        parameters,
        observables,
        observables + tuple(name for name in states if name not in observables),
        {(given.drug, given.route): place for place, given in enumerate(model.inputs)},
        HOURS_PER[model.time_unit],
    )


def _check(model: Model, states: tuple[str, ...], parameters: tuple[str, ...]) -> None:
    of_subject = set(parameters)
    known = of_subject | set(states) | {TIME}
    for definition in model.definitions:
        _check_names(model, f"definition '{definition.name}'", definition.formula, known)
        known.add(definition.name)
        if set(names_in(definition.formula)) <= of_subject:
            of_subject.add(definition.name)
    for state in model.states:
        _check_names(model, f"d({state.name})/dt", state.rate, known)
        _check_names(model, f"the initial value of '{state.name}'", state.initial, of_subject)
    for observable in model.observables:
        _check_names(model, f"observable '{observable.name}'", observable.formula, known)
    for given in model.inputs:
        place = f"the input of '{given.drug}' by '{given.route}'"
        _check_names(model, place, given.bioavailability, of_subject)
        _check_names(model, place, given.lag, of_subject)
        if sum((other.drug, other.route) == (given.drug, given.route) for other in model.inputs) > 1:
            raise ModelError(f"Model '{model.name}': {place} stands twice. A drug enters once by each route.")
        if given.state not in states:
            advice = did_you_mean(given.state, states)
            raise ModelError(f"Model '{model.name}': {place} goes into '{given.state}', which is not a state. {advice}")


def _check_names(model: Model, place: str, formula: Expression, known: Iterable[str]) -> None:
    for name in names_in(formula):
        if name not in known:
            what = "which is not a state, parameter or definition above it"
            raise ModelError(f"Model '{model.name}': {place} uses '{name}', {what}. {did_you_mean(name, known)}")


def _equations(compiled: CompiledModel) -> Equations:
    model = compiled.model
    graph = Graph(frozenset(compiled.parameters))
    names = {name: graph.symbol(name) for name in (*compiled.states, *compiled.parameters, TIME)}
    states = tuple(names[name] for name in compiled.states)
    for definition in model.definitions:
        names[definition.name] = graph.read(definition.formula, names)
    rates = tuple(graph.read(state.rate, names) for state in model.states)
    observed = {o.name: graph.read(o.formula, names) for o in model.observables}
    readouts = [observed[name] if name in observed else names[name] for name in compiled.readouts]
    readouts += [state for state in states if state not in readouts]
    jacobian, by_time = _derivatives(graph, rates, compiled.states)
    return Equations(
        graph,
        states,
        rates,
        jacobian,
        by_time,
        tuple(graph.read(state.initial, names) for state in model.states),
        tuple(graph.read(given.bioavailability, names) for given in model.inputs),
        tuple(graph.read(given.lag, names) for given in model.inputs),
        tuple(sorted({compiled.states.index(given.state) for given in model.inputs})),
        tuple(readouts),
        tuple(readouts.index(state) for state in states),
    )


def _derivatives(
    graph: Graph, rates: tuple[int, ...], states: tuple[str, ...]
) -> tuple[dict[tuple[int, int], int], dict[int, int]]:
    jacobian = {}
    for column, state in enumerate(states):
        by_state = Derivatives(graph, state)
        for row, rate in enumerate(rates):
            node = by_state.of(rate)
            if graph.value(node) != 0.0:
                jacobian[row, column] = node
    by_time = Derivatives(graph, TIME)
    explicit = {row: by_time.of(rate) for row, rate in enumerate(rates) if TIME in graph.depends[rate]}
    return jacobian, explicit

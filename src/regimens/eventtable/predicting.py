"""Simulating what an event table says: its doses, its times, and parameters that change as its covariates do.

A parameter that changes becomes the difference of two states that nothing moves but doses, so one run of the engine has all
changes, at their times.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from regimens.engine import Tolerances, simulate
from regimens.errors import ModelError
from regimens.eventtable.table import EventSubject, Floats, Steps
from regimens.model.compile import CompiledModel, compile_model
from regimens.model.declaration import Input, Model, State
from regimens.model.expression import Binary, Call, Expression, Name, Negation, Number, names_in

if TYPE_CHECKING:
    from regimens.engine.simulation import Reading
    from regimens.eventtable.layout import Layout
    from regimens.model.parameters import Parameters
    from regimens.regimen.events import DoseEvents

Kind = TypeVar("Kind", bound=np.generic)

SOON = 2.0**-44
"""How much after a record, or before it, a covariate changes: this share of the time, or of 1 h. Values are read in between."""

AT_START, RAISED, LOWERED = "__at_start", "__raised", "__lowered"
"""Ends of the names of the parameter that has the first value of a covariate, and of the states that it is the difference of."""


def predict(
    compiled: CompiledModel,
    parameters: Parameters,
    layout: Layout,
    subject: EventSubject,
    *,
    observables: Sequence[str] | None = None,
    tolerances: Tolerances = Tolerances(),  # noqa: B008 - a frozen value
) -> Floats:
    """Return the values (observables, times) of a subject of a table at its own times, on the side of doses that it says.

    `parameters` are those of one subject. A parameter with the name of a covariate takes its values: from one record to the
    next the value of the next one (nocb) or of the first (locf), as `layout` says; a record without a value has that of the one
    before, and records before the first value have that. Values that cannot be simulated are NaN.

    ModelError where a covariate changes that bioavailability or lag depend on, or while there is a steady state.
    """
    names = tuple(compiled.observables if observables is None else observables)
    known = {name: held for name, held in subject.covariates.items() if name in compiled.parameters}
    steps = {name: held for name, held in known.items() if isinstance(held, Steps)}
    values = {name: held for name, held in known.items() if isinstance(held, float) and np.isfinite(held)}
    changing = {name: _Changes.of(held, layout.rule) for name, held in steps.items()}
    people = _with_values(parameters, {**values, **{name: held.first for name, held in changing.items()}})
    doses = subject.doses
    if changing:
        _check_changing(compiled.model, subject, tuple(changing))
        compiled, people = compile_model(_with_states(compiled.model, tuple(changing))), _with_start(people, tuple(changing))
        doses = _with_changes(doses, changing)
    found = np.full((len(names), len(subject.time_h)), np.nan)
    for after in (False, True):
        mine = subject.after_doses == after
        if mine.any():
            reading: Reading = "after doses" if after else "before doses"
            run = simulate(compiled, people, doses, subject.time_h[mine], observables=names, tolerances=tolerances, read=reading)
            found[:, mine] = [run.of(name)[0] for name in names]
    return found


@dataclass(frozen=True)
class _Changes:
    """The value of a covariate at the start, and when it becomes which other value, ascending."""

    first: float
    time_h: Floats
    value: Floats

    @classmethod
    def of(cls, steps: Steps, rule: str) -> _Changes:
        value = _filled(steps.value)
        differs = np.flatnonzero(value[1:] != value[:-1])
        if rule == "nocb":  # the next value holds from right after the record before it
            time_h = steps.time_h[differs]
            return cls(float(value[0]), time_h + np.maximum(time_h, 1.0) * SOON, value[differs + 1])
        time_h = steps.time_h[differs + 1]
        return cls(float(value[0]), np.maximum(time_h - np.maximum(time_h, 1.0) * SOON, 0.0), value[differs + 1])

    def doses(self, name: str, resets: Sequence[float]) -> Iterator[tuple[float, float, str]]:
        """Yield (time, amount, state) of what raises or lowers the covariate; a reset brings it back to its first value."""
        times = sorted({*self.time_h.tolist(), *resets})
        held = self.first
        for time in times:
            if time in resets:
                held = self.first
            wanted = self.value[np.flatnonzero(self.time_h <= time)[-1]] if np.any(self.time_h <= time) else self.first
            if wanted != held:
                yield time, abs(float(wanted - held)), name + (RAISED if wanted > held else LOWERED)
            held = float(wanted)


def _filled(value: Floats) -> Floats:
    """Return values with those of the last record before in place of none; before the first there is that."""
    known = np.flatnonzero(~np.isnan(value))
    place = np.maximum(np.searchsorted(known, np.arange(len(value)), side="right") - 1, 0)
    return np.asarray(value[known[place]], dtype=np.float64)


def _check_changing(model: Model, subject: EventSubject, names: tuple[str, ...]) -> None:
    for change in subject.doses.changes:
        if change.kind != "reset":
            raise ModelError(
                f"ID {subject.id}: there is a {change.kind} at {change.time_h:.15g} h while {', '.join(names)} changes. "
                "It is not said for which value; keep the covariate the same, or write the doses that lead to it."
            )
    for entry in model.inputs:
        for what, formula in (("bioavailability", entry.bioavailability), ("lag", entry.lag)):
            used = sorted(set(names) & set(names_in(formula)))
            if used:
                raise ModelError(
                    f"ID {subject.id}: '{used[0]}' changes, and the {what} of '{entry.drug} {entry.route}' depends on it. "
                    f"In model '{model.name}' it must stay the same."
                )


def _with_states(model: Model, names: tuple[str, ...]) -> Model:
    """Return the model with the difference of two states in place of each parameter: doses into them raise and lower it."""
    units = {p.name: p.unit for p in model.parameters}
    first: dict[str, Expression] = {name: Name(name + AT_START) for name in names}
    now: dict[str, Expression] = {name: Binary("-", Name(name + RAISED), Name(name + LOWERED)) for name in names}
    states = [replace(s, initial=_replaced(s.initial, first), rate=_replaced(s.rate, now)) for s in model.states]
    inputs = list(model.inputs)
    for name in names:
        for state, start in ((name + RAISED, first[name]), (name + LOWERED, Number(0.0))):
            states.append(State(state, units[name], start, Number(0.0), nonnegative=False))
            inputs.append(Input(state, "IV", state, Number(1.0), Number(0.0)))
    return replace(
        model,
        parameters=tuple(replace(p, name=p.name + AT_START) if p.name in names else p for p in model.parameters),
        definitions=tuple(replace(d, formula=_replaced(d.formula, now)) for d in model.definitions),
        states=tuple(states),
        inputs=tuple(inputs),
        observables=tuple(replace(o, formula=_replaced(o.formula, now)) for o in model.observables),
    )


def _replaced(formula: Expression, by: Mapping[str, Expression]) -> Expression:
    """Return a formula with expressions in place of some names."""
    match formula:
        case Name(name):
            return by.get(name, formula)
        case Negation(operand):
            return Negation(_replaced(operand, by))
        case Binary(operator, left, right):
            return Binary(operator, _replaced(left, by), _replaced(right, by))
        case Call(function, arguments):
            return Call(function, tuple(_replaced(argument, by) for argument in arguments))
    return formula


def _with_values(parameters: Parameters, values: dict[str, float]) -> Parameters:
    found = parameters.values.copy()
    for name, value in values.items():
        found[:, parameters.names.index(name)] = value
    return replace(parameters, values=found)


def _with_start(parameters: Parameters, names: tuple[str, ...]) -> Parameters:
    return replace(parameters, names=tuple(name + AT_START if name in names else name for name in parameters.names))


def _with_changes(doses: DoseEvents, changing: dict[str, _Changes]) -> DoseEvents:
    """Return the doses with those of covariates among them."""
    resets = [change.time_h for change in doses.changes]
    added = sorted(dose for name, held in changing.items() for dose in held.doses(name, resets))
    count = len(added)
    time_h = np.concatenate([doses.time_h, [time for time, _, _ in added]])
    order = np.argsort(time_h, kind="stable")

    def joined(mine: npt.NDArray[Kind], value: float) -> npt.NDArray[Kind]:
        return np.concatenate([mine, np.full(count, value, dtype=mine.dtype)])[order]

    def words(mine: tuple[str, ...], more: Sequence[str]) -> tuple[str, ...]:
        both = (*mine, *more)
        return tuple(both[place] for place in order.tolist())

    return replace(
        doses,
        time_h=time_h[order],
        drug=words(doses.drug, [state for _, _, state in added]),
        amount=np.concatenate([doses.amount, [amount for _, amount, _ in added]])[order],
        basis=words(doses.basis, ["flat"] * count),
        cap=joined(doses.cap, np.inf),
        step=joined(doses.step, 0.0),
        route=words(doses.route, ["IV"] * count),
        duration_h=joined(doses.duration_h, 0.0),
        cycle=joined(doses.cycle, 1),
        number=joined(doses.number, 1),
    )

"""The timeline of each subject: doses, ends of infusions and the end of the simulation as one row of actions sorted by time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from regimens.errors import ModelError, did_you_mean
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents, DosePlan
from regimens.subject import amount_in_person

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True)
class Doses:
    """Dose events as columns. Arrays are (rows, doses), one row a subject or one for all; `entry` is the place of the dose's
    input in the model, -1 for no dose.
    """

    time_h: Floats
    amount: Floats
    basis: npt.NDArray[np.str_]
    cap: Floats
    step: Floats
    duration_h: Floats
    entry: Integers

    def __getitem__(self, rows: slice) -> Doses:
        """Return the doses of some subjects."""
        if len(self.time_h) == 1:
            return self
        return Doses(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Timeline:
    """Actions in ascending model time; arrays are (rows, actions) with one row a subject or one for all.

    With n states, a `target` below n is the state to which `value` is added; n + i means that the infusion rate into state i
    becomes `value`; 2 n is the end. `sound` (subjects,) is False where a time or an amount is not a finite number.
    """

    time: Floats
    target: Integers
    value: Floats
    sound: npt.NDArray[np.bool_]


def read_doses(compiled: CompiledModel, plan: DosePlan) -> Doses:
    """Return the doses of all subjects. Raises ModelError for a drug and route that the model has no input for."""
    sets = plan.sets
    return Doses(
        time_h=plan.padded([events.time_h for events in sets], 0.0),
        amount=plan.padded([events.amount for events in sets], 0.0),
        basis=plan.padded([np.array(events.basis, dtype="U6") for events in sets], "flat"),
        cap=plan.padded([events.cap for events in sets], NO_CAP),
        step=plan.padded([events.step for events in sets], NO_STEP),
        duration_h=plan.padded([events.duration_h for events in sets], 0.0),
        entry=plan.padded([_entries(compiled, events) for events in sets], -1),
    )


def _entries(compiled: CompiledModel, events: DoseEvents) -> Integers:
    pairs = list(zip(events.drug, events.route, strict=True))
    places = {pair: _entry(compiled, *pair) for pair in dict.fromkeys(pairs)}
    return np.array([places[pair] for pair in pairs], dtype=np.int64)


def _entry(compiled: CompiledModel, drug: str, route: str) -> int:
    found = compiled.inputs.get((drug, route))
    if found is None:
        known = [f"{a} {b}" for a, b in compiled.inputs]
        name = compiled.model.name
        advice = did_you_mean(f"{drug} {route}", known) or "It takes no drug at all."
        raise ModelError(f"Model '{name}': '{drug} {route}' is given, but the model has no input for it. {advice}")
    return found


def timeline(
    compiled: CompiledModel, parameters: Parameters, doses: Doses, table: Floats, end: Floats, first: int = 0
) -> Timeline:
    """Return the actions of some subjects.

    `table` (subjects, columns) is the kernel's table of the subjects, `end` (subjects,) the model time at which they end,
    `first` the number of the first of them among all. An action at or after the end does not happen.

    Raises ModelError where the lag or the bioavailability of a dose is negative. A bioavailability above 1 is allowed: some
    models state it relative to another route. One that is not a number makes its subject unsound.
    """
    states, inputs = len(compiled.states), len(compiled.model.inputs)
    start_table = table[:, states:]
    each = (doses.time_h, doses.duration_h, _in_persons(parameters, doses))
    count = 1 if all(_alike(part) for part in (*each, doses.entry, start_table, end)) else len(table)
    time_h, duration_h, amount = (_rows(part, count) for part in each)
    start_table, end = start_table[:count], end[:count]
    given = _rows(doses.entry, count) >= 0
    entry = np.where(given, _rows(doses.entry, count), 0)
    into = np.array([compiled.states.index(i.state) for i in compiled.model.inputs] or [0], dtype=np.int64)[entry]
    available, lag = _of_entry(start_table[:, :inputs], entry), _of_entry(start_table[:, inputs:], entry)
    for name, values in (("bioavailability", available), ("lag", lag)):
        _check_from_zero(compiled, name, np.where(given, values, 0.0), entry, first)
    with np.errstate(all="ignore"):
        amount = amount * available
        start = time_h / compiled.hours_per_time + lag
        stop = (time_h + duration_h) / compiled.hours_per_time + lag
        length = duration_h / compiled.hours_per_time
        sound = np.all(np.isfinite(amount + start + stop) | ~given, axis=1)
    ends = (end[:, np.newaxis], np.full((len(end), 1), 2 * states), np.zeros((len(end), 1)))
    boluses = (np.where(given & (length <= 0.0), start, np.inf), into, amount)
    infused = given & (length > 0.0)
    infusions = [
        _rates(states, state, infused & (into == state), start, stop, amount, length) for state in np.unique(into[infused])
    ]
    return _sorted([ends, boluses, *infusions], end, np.broadcast_to(sound, (len(table),)))


def _check_from_zero(compiled: CompiledModel, name: str, values: Floats, entry: Integers, first: int) -> None:
    """Raise ModelError for the first subject with a negative value; values and inputs are (rows, doses)."""
    for row, dose in np.argwhere(values < 0.0)[:1]:
        model, used = compiled.model, compiled.model.inputs[entry[row, dose]]
        unit = f" {model.time_unit}" if name == "lag" else ""
        raise ModelError(
            f"Model '{model.name}': the {name} of '{used.drug} {used.route}' is {values[row, dose]:.6g}{unit} in subject "
            f"{first + row} (counted from 0). It must be 0 or more."
        )


def _alike(rows: npt.NDArray[np.generic]) -> bool:
    """Whether all rows of an array are equal."""
    return len(rows) == 1 or bool(np.all(rows == rows[:1]))


def _rows(part: npt.NDArray[Kind], count: int) -> npt.NDArray[Kind]:
    """Return the first row of an array, or a row for each of `count` subjects."""
    return part[:1] if count == 1 else np.broadcast_to(part, (count, part.shape[1]))


def _in_persons(parameters: Parameters, doses: Doses) -> Floats:
    """Return what subjects get of each dose (rows, doses), in IU or mg; one row where all get the same flat amounts."""
    if np.all(doses.basis == "flat"):
        kg = m2 = np.ones((1, 1))
    else:
        m2, kg = parameters.bsa_m2[:, np.newaxis], parameters.weight_kg[:, np.newaxis]
    with np.errstate(all="ignore"):
        return amount_in_person(doses.amount, doses.basis, kg, m2, doses.cap, doses.step)


def _of_entry(columns: Floats, entry: Integers) -> Floats:
    """Return (rows, doses): for each dose the value of its input, from (rows, inputs)."""
    return np.take_along_axis(columns, entry, axis=1) if columns.shape[1] else np.zeros(entry.shape)


Part = tuple[Floats, Integers, Floats]
"""Times, targets and values of some actions, each (rows, actions)."""


def _rates(
    states: int,
    state: int,
    mine: npt.NDArray[np.bool_],
    start: Floats,
    stop: Floats,
    amount: Floats,
    length: Floats,
) -> Part:
    """Return the total infusion rate into a state from each start and each end of one of `mine` on."""
    with np.errstate(all="ignore"):
        rate = np.where(mine, amount / np.where(mine, length, 1.0), 0.0)
    # Ends stand before starts, so that infusions back to back do not add up for an instant.
    time = np.concatenate([np.where(mine, stop, np.inf), np.where(mine, start, np.inf)], axis=1)
    change = np.concatenate([-rate, rate], axis=1)
    running = np.concatenate([-mine.astype(np.int64), mine.astype(np.int64)], axis=1)
    order = np.argsort(time, axis=1, kind="stable")
    time, change, running = (np.take_along_axis(a, order, axis=1) for a in (time, change, running))
    total = np.where(np.cumsum(running, axis=1) == 0, 0.0, np.cumsum(change, axis=1))
    return time, np.full(time.shape, states + state), total


def _sorted(parts: list[Part], end: Floats, sound: npt.NDArray[np.bool_]) -> Timeline:
    """Put actions in order of time, at equal times in the order of `parts`; drop those after the end of the last subject."""
    time, target, value = (np.concatenate(np.atleast_2d(*arrays), axis=1) for arrays in zip(*parts, strict=True))
    order = np.argsort(time, axis=1, kind="stable")
    width = int(np.max(np.sum(time < end[:, np.newaxis], axis=1))) + 1
    time, target, value = (np.take_along_axis(a, order, axis=1)[:, :width] for a in (time, target, value))
    return Timeline(np.ascontiguousarray(time), np.ascontiguousarray(target, dtype=np.int64), np.ascontiguousarray(value), sound)

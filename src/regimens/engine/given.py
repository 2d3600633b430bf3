"""What is given, as it reaches the states: doses as columns, with the subject's size, bioavailability and lag applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from regimens.errors import ModelError, did_you_mean
from regimens.regimen.events import NO_CAP, NO_STEP, DosePlan
from regimens.subject import amount_in_person

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Kind = TypeVar("Kind", bound=np.generic)


@dataclass(frozen=True)
class Doses:
    """Doses as columns. Arrays are (rows, doses), one row a subject or one for all; `entry` is the place of the dose's
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
        entry=plan.padded([entries(compiled, events.drug, events.route) for events in sets], -1),
    )


def entries(compiled: CompiledModel, drugs: Sequence[str], routes: Sequence[str]) -> Integers:
    """Return the place of the input of each drug and route. Raises ModelError where the model has none."""
    pairs = list(zip(drugs, routes, strict=True))
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


@dataclass(frozen=True)
class Reaching:
    """What reaches the states of each dose, as (rows, doses): `amount` (IU or mg), the state `into` which it goes, the `lag`
    in model time; `real` is False where a row has no dose.
    """

    amount: Floats
    into: Integers
    lag: Floats
    real: Mask

    @classmethod
    def of(cls, compiled: CompiledModel, persons: Floats, doses: Doses, shares: Floats, numbers: Integers) -> Reaching:
        """Return what reaches the states of the amounts in `persons` (see `in_persons`).

        `shares` (rows, 2 x inputs) are bioavailabilities and lags, `numbers` the numbers of the subjects in messages. Raises
        ModelError where the lag or the bioavailability of a dose is negative. A bioavailability above 1 is allowed: some
        models state it relative to another route.
        """
        count, inputs = len(shares), len(compiled.model.inputs)
        entry = rows_of(doses.entry, count)
        real = entry >= 0
        entry = np.where(real, entry, 0)
        into = np.array([compiled.states.index(i.state) for i in compiled.model.inputs] or [0], dtype=np.int64)[entry]
        available, lag = _of_entry(shares[:, :inputs], entry), _of_entry(shares[:, inputs:], entry)
        for name, values in (("bioavailability", available), ("lag", lag)):
            _check_from_zero(compiled, name, np.where(real, values, 0.0), entry, numbers)
        with np.errstate(all="ignore"):
            amount = rows_of(persons, count) * available
        return cls(amount, into, lag, real)


def _check_from_zero(compiled: CompiledModel, name: str, values: Floats, entry: Integers, numbers: Integers) -> None:
    """Raise ModelError for the first subject with a negative value; values and inputs are (rows, doses)."""
    for row, dose in np.argwhere(values < 0.0)[:1]:
        model, used = compiled.model, compiled.model.inputs[entry[row, dose]]
        unit = f" {model.time_unit}" if name == "lag" else ""
        raise ModelError(
            f"Model '{model.name}': the {name} of '{used.drug} {used.route}' is {values[row, dose]:.6g}{unit} in subject "
            f"{numbers[row]} (counted from 0). It must be 0 or more."
        )


def in_persons(parameters: Parameters, doses: Doses) -> Floats:
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


def alike(rows: npt.NDArray[np.generic]) -> bool:
    """Whether all rows of an array are equal."""
    return len(rows) == 1 or bool(np.all(rows == rows[:1]))


def rows_of(part: npt.NDArray[Kind], count: int) -> npt.NDArray[Kind]:
    """Return the first row of an array, or a row for each of `count` subjects."""
    return part[:1] if count == 1 else np.broadcast_to(part, (count, part.shape[1]))

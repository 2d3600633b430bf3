"""The doses of an ID as a regimen, for totals, words and pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from regimens.drugs import unit_of
from regimens.errors import RegimenError
from regimens.regimen.composed import FINEST, TimedDose, composed
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents
from regimens.regimen.parts import AtSteadyState, Dose
from regimens.regimen.quantities import Amount, Duration
from regimens.units import exact

if TYPE_CHECKING:
    from regimens.regimen.changes import StateChange

if TYPE_CHECKING:
    from regimens.regimen.regimen import Regimen


def regimen_of_events(events: DoseEvents, lines: Sequence[int] = ()) -> Regimen:
    """Return the regimen that gives these doses, amounts as the decimals that are written; RegimenError where there is none.

    A regimen may start at one steady state, at 0 h. It has no other one, no resets, and no two doses of a drug at one time.
    `lines` are those of the doses in a file, for the message.
    """
    starts: dict[str, AtSteadyState] = {}
    for change in events.changes:
        if change.kind != "steady state" or change.time_h > 0 or starts:
            raise RegimenError(
                f"There is {change.in_words} at {change.time_h:.15g} h, which no regimen has.", _INSTEAD[change.kind]
            )
        starts[change.drug] = _start(change)
    order = sorted(range(len(events)), key=lambda place: (events.drug[place], events.time_h[place]))
    for earlier, later in pairwise(order):
        if (events.drug[earlier], events.time_h[earlier]) == (events.drug[later], events.time_h[later]):
            where = f" (lines {lines[earlier]} and {lines[later]})" if len(lines) else ""
            raise RegimenError(
                f"Two doses of '{events.drug[later]}' are at {events.time_h[later]:.15g} h{where}, which no regimen has.",
                "Give their sum in one row where their route is the same, or simulate the table in Python (read_event_table).",
            )
    return composed((_timed(events, place) for place in order), starts)


_INSTEAD = {
    "reset": "Give what comes after a reset as an arm of its own.",
    "steady state": "A regimen has one at most, at 0 h. Simulate the table in Python.",
    "added steady state": "Write the doses that lead to it, or simulate the table in Python.",
}


def _start(change: StateChange) -> AtSteadyState:
    amount = _amount(change.drug, change.amount, change.basis, change.cap, change.step)
    duration = _hours(change.duration_h)
    dose = Dose(amount, change.route, Duration(duration) if duration else None)
    return AtSteadyState(dose, Duration(_hours(change.interval_h)))


def _amount(drug: str, amount: float, basis: str, cap: float, step: float) -> Amount:
    most, each = (None if cap == NO_CAP else exact(cap)), (None if step == NO_STEP else exact(step))
    return Amount(exact(amount), unit_of(drug), basis, most, each)


def _timed(events: DoseEvents, place: int) -> TimedDose:
    numbers = float(events.amount[place]), events.basis[place], float(events.cap[place]), float(events.step[place])
    amount = _amount(events.drug[place], *numbers)
    duration = _hours(float(events.duration_h[place]))
    dose = Dose(amount, events.route[place], Duration(duration) if duration else None)
    return TimedDose(events.drug[place], int(events.cycle[place]), _hours(float(events.time_h[place])), dose)


def _hours(value: float) -> Fraction:
    """Return a time as the simple fraction that it stands for (20 min are a third of an hour), else as its decimal."""
    simple = Fraction(value).limit_denominator(FINEST)
    return simple if float(simple) == value or not math.isfinite(value) else exact(value)

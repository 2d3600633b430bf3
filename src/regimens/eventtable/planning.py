"""The doses of an ID as a regimen, for totals, words and pages."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.drugs import unit_of
from regimens.errors import RegimenError
from regimens.regimen.composed import FINEST, TimedDose, composed
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents
from regimens.regimen.parts import Dose
from regimens.regimen.quantities import Amount, Duration
from regimens.units import exact

if TYPE_CHECKING:
    from regimens.regimen.regimen import Regimen


def regimen_of_events(events: DoseEvents) -> Regimen:
    """Return the regimen that gives these doses, amounts as the decimals that are written; RegimenError where there is none.

    A regimen has no resets and no steady states.
    """
    for change in events.changes:
        raise RegimenError(f"There is a {change.kind} at {change.time_h:.15g} h, which no regimen has.", _INSTEAD[change.kind])
    order = sorted(range(len(events)), key=lambda place: (events.drug[place], events.time_h[place]))
    return composed(_timed(events, place) for place in order)


_INSTEAD = {
    "reset": "Give what comes after a reset as an arm of its own.",
    "steady state": "Write the doses that lead to it, or simulate the table in Python.",
    "added steady state": "Write the doses that lead to it, or simulate the table in Python.",
}


def _timed(events: DoseEvents, place: int) -> TimedDose:
    cap, step = float(events.cap[place]), float(events.step[place])
    amount = Amount(
        exact(float(events.amount[place])),
        unit_of(events.drug[place]),
        events.basis[place],
        None if cap == NO_CAP else exact(cap),
        None if step == NO_STEP else exact(step),
    )
    duration = _hours(float(events.duration_h[place]))
    dose = Dose(amount, events.route[place], Duration(duration) if duration else None)
    return TimedDose(events.drug[place], int(events.cycle[place]), _hours(float(events.time_h[place])), dose)


def _hours(value: float) -> Fraction:
    """Return a time as the simple fraction that it stands for (20 min are a third of an hour), else as its decimal."""
    simple = Fraction(value).limit_denominator(FINEST)
    return simple if float(simple) == value or not math.isfinite(value) else exact(value)

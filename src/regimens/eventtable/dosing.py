"""From the rows of one ID to its doses, resets and steady states: additional doses written out, times exact."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from regimens.eventtable.doserow import Faulty, Given, RowReader
from regimens.eventtable.records import MISSING, RESET, RESET_AND_DOSE, Event
from regimens.regimen.changes import Kind, StateChange
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents
from regimens.regimen.parts import MOST_DOSES

if TYPE_CHECKING:
    from regimens.eventtable.layout import Target

LONGEST = 1 + Fraction(1, 10**12)
"""The longest infusion as a share of its interval; decimals may be rounded."""


@dataclass
class Plan:
    """What is given to one ID so far, in the order of rows."""

    given: list[Given] = field(default_factory=list)
    changes: list[StateChange] = field(default_factory=list)

    @cached_property
    def ordered(self) -> list[Given]:
        """The doses, once all are known, in order of time, then drug, then rows."""
        # In order of the floats: times that differ only as decimals, such as 1/30 h and 2/60 h, are one time.
        return sorted(self.given, key=lambda dose: (float(dose.start), dose.target.drug))

    def events(self, arm: str) -> DoseEvents:
        """Return the doses in order of time, then drug, then rows."""
        doses = self.ordered
        count: Counter[tuple[str, int]] = Counter()
        numbers = []
        for dose in doses:
            count[dose.target.drug, dose.cycle] += 1
            numbers.append(count[dose.target.drug, dose.cycle])
        return DoseEvents(
            np.array([float(dose.start) for dose in doses], dtype=np.float64),
            tuple(dose.target.drug for dose in doses),
            np.array([float(dose.amount) for dose in doses], dtype=np.float64),
            tuple(dose.basis for dose in doses),
            np.array([NO_CAP if dose.cap is None else float(dose.cap) for dose in doses], dtype=np.float64),
            np.array([NO_STEP if dose.step is None else float(dose.step) for dose in doses], dtype=np.float64),
            tuple(dose.target.route for dose in doses),
            np.array([float(dose.duration) for dose in doses], dtype=np.float64),
            np.array([dose.cycle for dose in doses], dtype=np.int64),
            np.array(numbers, dtype=np.int64),
            arm,
            tuple(self.changes),
        )


@dataclass
class Dosing:
    """Reads the events of an ID; problems are noted with row and column, and reading goes on with the next row."""

    rows: RowReader
    horizon_h: Fraction | None
    notes: list[str]
    late: list[int] = field(default_factory=list)
    """Additional doses after the last record, of each ID that has any."""

    def plan(self, name: str, events: list[Event]) -> Plan:
        """Return what is given to one ID; `events` are in order of time."""
        plan = Plan()
        for event in events:
            try:
                self._act(name, event, plan)
            except Faulty:
                continue
        return plan

    def _act(self, name: str, event: Event, plan: Plan) -> None:
        time = self.rows.time(event)
        if event.evid in (RESET, RESET_AND_DOSE):
            self._cut(name, event, time, plan)
            plan.changes.append(StateChange(float(time), "reset"))
        if event.evid == RESET:
            return
        target = self.rows.target(event)
        steady = self.rows.steady(event)
        dose, interval = self.rows.dose(event, target, time, steady), self.rows.number(event, "II") * self.rows.layout.hours
        count = self.rows.additional(event, interval)
        if steady:
            if steady == 1:
                self._cut(name, event, time, plan)
            plan.changes.append(self._change(event, target, time, interval, dose, steady))
        elif count and dose is not None and dose.duration > interval * LONGEST:
            self.rows.too_long(event, dose, interval)
        if dose is not None:
            self._give(name, dose, interval, count, plan)

    def _give(self, name: str, dose: Given, interval: Fraction, count: int, plan: Plan) -> None:
        doses = [dose] + [replace(dose, start=dose.start + interval * turn, additional=True) for turn in range(1, count + 1)]
        kept = doses if self.horizon_h is None else [each for each in doses if each.start < self.horizon_h]
        if len(kept) < len(doses) and self.horizon_h is not None:
            lost, line, written = len(doses) - len(kept), dose.event.line, self._written(dose.event)
            column = self.rows.columns.name("ADDL" if count else "TIME")
            self.notes.append(
                f"ID {name}, line {line}, {column}: {counted(lost, 'dose')} of the row ({written}) "
                f"{_are(lost)} at or after the horizon of {float(self.horizon_h):.15g} h and not given."
            )
        plan.given += kept
        if len(plan.given) > MOST_DOSES:
            found = f"ID {name} has more than {MOST_DOSES} doses."
            self.rows.fault(dose.event, "ADDL", found, "Check ADDL, or give a horizon.")

    def _written(self, event: Event) -> str:
        said = [f"{role}={event.cells[role]}" for role in ("SS", "ADDL") if event.cells.get(role, "") not in MISSING]
        return ", ".join(said) or "EVID=1"

    def _cut(self, name: str, event: Event, time: Fraction, plan: Plan) -> None:
        """End what was given before a reset: its additional doses from then on, and doses at that time in rows before it."""
        later = [dose for dose in plan.given if dose.start >= time]
        pending = [dose for dose in later if dose.additional and dose.start > time]
        if pending and not self.rows.layout.dialect.cancels:
            lines = ", ".join(str(line) for line in sorted({dose.event.line for dose in pending}))
            what = "resets the state" if event.evid in (RESET, RESET_AND_DOSE) else "is at steady state (SS 1)"
            said = (
                f"This row {what} while {counted(len(pending), 'additional dose')} of line {lines} {_are(len(pending))} to come."
            )
            program = self.rows.layout.dialect.program
            self.rows.fault(
                event, "EVID", said, f"What {program} does with them is not documented. Lower ADDL, and give later doses a row."
            )
        what = "reset" if event.evid in (RESET, RESET_AND_DOSE) else "steady state (SS 1)"
        for line, count in Counter(dose.event.line for dose in pending).items():
            self.notes.append(
                f"ID {name}: the {what} on line {event.line} cancels {counted(count, 'additional dose')} of line {line}."
            )
        for dose in later:
            if not (dose.additional and dose.start > time):
                self.notes.append(
                    f"ID {name}: the {what} on line {event.line} removes the dose of line {dose.event.line} at the same time."
                )
        plan.given = [dose for dose in plan.given if dose.start < time]

    def _change(
        self, event: Event, target: Target, time: Fraction, interval: Fraction, dose: Given | None, steady: int
    ) -> StateChange:
        kind: Kind = "steady state" if steady == 1 else "added steady state"
        if dose is None:  # a constant infusion, said as one of 1 h every hour
            rate = self.rows.number(event, "RATE") * target.size / self.rows.layout.hours
            return StateChange(float(time), kind, 1.0, target.drug, float(rate), target.basis, route=target.route, duration_h=1.0)
        if not interval:
            self.rows.fault(
                event,
                "II",
                f"SS is {steady}, but the row has no II.",
                "II is the time between the doses that led to the steady state.",
            )
        if dose.duration > interval * LONGEST:
            self.rows.too_long(event, dose, interval)
        return StateChange(
            float(time),
            kind,
            float(interval),
            target.drug,
            float(dose.amount),
            dose.basis,
            NO_CAP if dose.cap is None else float(dose.cap),
            NO_STEP if dose.step is None else float(dose.step),
            target.route,
            float(min(dose.duration, interval)),
        )


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def counted(count: int, noun: str) -> str:
    """Return a number and its noun, such as '2 doses'."""
    return f"{count} {noun}{'s' * (count != 1)}"

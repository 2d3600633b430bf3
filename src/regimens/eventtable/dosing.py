"""From the rows of one ID to its doses, resets and steady states: additional doses written out, times exact."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.eventtable.layout import BASIS_CODES, Layout, Target
from regimens.eventtable.records import MISSING, RESET, RESET_AND_DOSE, Event, exact_number
from regimens.regimen.changes import Kind, StateChange
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents
from regimens.regimen.parts import MOST_DOSES

if TYPE_CHECKING:
    from regimens.eventtable.cells import Problems
    from regimens.eventtable.columns import Columns

LONGEST = 1 + Fraction(1, 10**12)
"""The longest infusion as a share of its interval; decimals may be rounded."""


@dataclass(frozen=True)
class Given:
    """A dose that is given, exactly: `start` and `duration` in h, `amount` in IU or mg; `place` is that of its row.

    `additional` is whether it is written as ADDL; `event` is its row.
    """

    start: Fraction
    target: Target
    amount: Fraction
    basis: str
    cap: Fraction | None
    step: Fraction | None
    duration: Fraction
    cycle: int
    event: Event
    additional: bool = False


@dataclass
class Plan:
    """What is given to one ID so far, in the order of rows."""

    given: list[Given] = field(default_factory=list)
    changes: list[StateChange] = field(default_factory=list)

    def events(self, arm: str) -> DoseEvents:
        """Return the doses in order of time, then drug, then rows."""
        # In order of the floats: times that differ only as decimals, such as 1/30 h and 2/60 h, are one time.
        doses = sorted(self.given, key=lambda dose: (float(dose.start), dose.target.drug))
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


class Faulty(Exception):
    """Raised where a row is wrong, after its problem was noted."""


@dataclass
class Dosing:
    """Reads the events of an ID; problems are noted with row and column, and reading goes on with the next row."""

    layout: Layout
    columns: Columns
    mark: str
    problems: Problems
    horizon_h: Fraction | None
    notes: list[str]

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
        time = self._time(event)
        if event.evid in (RESET, RESET_AND_DOSE):
            self._cut(name, event, time, plan)
            plan.changes.append(StateChange(float(time), "reset"))
        if event.evid == RESET:
            return
        target = self._target(event)
        steady = self._steady(event)
        dose, interval = self._dose(event, target, time, steady), self._number(event, "II") * self.layout.hours
        count = self._additional(event, interval)
        if steady:
            if steady == 1:
                self._cut(name, event, time, plan)
            plan.changes.append(self._change(event, target, time, interval, dose, steady))
        elif count and dose is not None and dose.duration > interval * LONGEST:
            self._too_long(event, dose, interval)
        if dose is not None:
            self._give(name, dose, interval, count, plan)

    def _time(self, event: Event) -> Fraction:
        """Return the time of a row (h); that of a row without one, or before 0, is noted where the column is read."""
        time = exact_number(event.cells["TIME"], self.mark)
        if time is None or time < 0 or event.cells["TIME"] in MISSING:
            raise Faulty
        return time * self.layout.hours

    def _give(self, name: str, dose: Given, interval: Fraction, count: int, plan: Plan) -> None:
        doses = [dose] + [replace(dose, start=dose.start + interval * turn, additional=True) for turn in range(1, count + 1)]
        kept = doses if self.horizon_h is None else [each for each in doses if each.start < self.horizon_h]
        if len(kept) < len(doses) and self.horizon_h is not None:
            lost, line, written = len(doses) - len(kept), dose.event.line, self._written(dose.event)
            column = self.columns.name("ADDL" if count else "TIME")
            self.notes.append(
                f"ID {name}, line {line}, {column}: {_count(lost, 'dose')} of the row ({written}) "
                f"{_are(lost)} at or after the horizon of {float(self.horizon_h):.15g} h and not given."
            )
        plan.given += kept
        if len(plan.given) > MOST_DOSES:
            found = f"ID {name} has more than {MOST_DOSES} doses."
            self._fault(dose.event, "ADDL", found, "Check ADDL, or give a horizon.")

    def _written(self, event: Event) -> str:
        said = [f"{role}={event.cells[role]}" for role in ("SS", "ADDL") if event.cells.get(role, "") not in MISSING]
        return ", ".join(said) or "EVID=1"

    def _cut(self, name: str, event: Event, time: Fraction, plan: Plan) -> None:
        """End what was given before a reset: its additional doses from then on, and doses at that time in rows before it."""
        later = [dose for dose in plan.given if dose.start >= time]
        pending = [dose for dose in later if dose.additional and dose.start > time]
        if pending and not self.layout.dialect.cancels:
            lines = ", ".join(str(line) for line in sorted({dose.event.line for dose in pending}))
            what = "resets the state" if event.evid in (RESET, RESET_AND_DOSE) else "is at steady state (SS 1)"
            said = (
                f"This row {what} while {_count(len(pending), 'additional dose')} of line {lines} {_are(len(pending))} to come."
            )
            program = self.layout.dialect.program
            self._fault(
                event, "EVID", said, f"What {program} does with them is not documented. Lower ADDL, and give later doses a row."
            )
        for line, count in Counter(dose.event.line for dose in pending).items():
            self.notes.append(
                f"ID {name}: the reset on line {event.line} cancels {_count(count, 'additional dose')} of line {line}."
            )
        for dose in later:
            if not (dose.additional and dose.start > time):
                self.notes.append(
                    f"ID {name}: the reset on line {event.line} removes the dose of line {dose.event.line} at the same time."
                )
        plan.given = [dose for dose in plan.given if dose.start < time]

    def _change(
        self, event: Event, target: Target, time: Fraction, interval: Fraction, dose: Given | None, steady: int
    ) -> StateChange:
        kind: Kind = "steady state" if steady == 1 else "added steady state"
        if dose is None:  # a constant infusion, said as one of 1 h every hour
            rate = self._number(event, "RATE") * target.size / self.layout.hours
            return StateChange(float(time), kind, 1.0, target.drug, float(rate), target.basis, route=target.route, duration_h=1.0)
        if not interval:
            self._fault(
                event,
                "II",
                f"SS is {steady}, but the row has no II.",
                "II is the time between the doses that led to the steady state.",
            )
        if dose.duration > interval * LONGEST:
            self._too_long(event, dose, interval)
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

    def _too_long(self, event: Event, dose: Given, interval: Fraction) -> None:
        said = f"The infusion takes {float(dose.duration):.6g} h, longer than its II of {float(interval):.6g} h."
        self._fault(event, "II", said, "An infusion ends before the next one starts: check RATE, II and their units.")

    def _steady(self, event: Event) -> int:
        steady = self._number(event, "SS")
        if steady not in (0, 1, 2):
            advice = "It is 0, 1 (steady state in place of what is there) or 2 (added to what is there)."
            self._fault(event, "SS", f"SS is {event.cells['SS']}.", advice)
        if steady and not self.layout.dialect.repeats:
            self._no_repeats(event, "SS")
        return int(steady)

    def _additional(self, event: Event, interval: Fraction) -> int:
        count = self._number(event, "ADDL")
        if count < 0 or count.denominator != 1:
            self._fault(event, "ADDL", f"ADDL is {event.cells['ADDL']}.", "It is the number of additional doses, 0 or more.")
        if count and not self.layout.dialect.repeats:
            self._no_repeats(event, "ADDL")
        if interval < 0:
            self._fault(event, "II", f"II is {event.cells['II']}.", "It is the time between doses, above 0.")
        if count and not interval:
            self._fault(
                event, "ADDL", f"ADDL is {event.cells['ADDL']}, but the row has no II.", "II is the time between the doses."
            )
        if count > MOST_DOSES:
            self._fault(event, "ADDL", f"ADDL is {event.cells['ADDL']}.", f"At most {MOST_DOSES} doses are read.")
        return int(count)

    def _no_repeats(self, event: Event, role: str) -> None:
        program = self.layout.dialect.program
        advice = "Give every dose a row, or declare another dialect."
        self._fault(event, role, f"{role} is {event.cells[role]}, but {program} reads no {role} from a table.", advice)

    def _dose(self, event: Event, target: Target, time: Fraction, steady: int) -> Given | None:
        """Return the dose of a row; None for a constant infusion at steady state."""
        rate, over = self._number(event, "RATE"), self._number(event, "DUR") * self.layout.hours
        amount = self._number(event, "AMT") * target.size
        if not amount and steady and rate > 0 and not self._number(event, "II"):
            return None
        if amount <= 0:
            written = event.cells["AMT"]
            said = "AMT is blank, but the row is a dose." if written in MISSING else f"AMT is {written}, but the row is a dose."
            self._fault(event, "AMT", said, "A dose has an amount above 0; without one it is an observation (EVID 0), or no row.")
        if over < 0:
            self._fault(event, "DUR", f"DUR is {event.cells['DUR']}.", "The duration of an infusion is above 0; 0 is a bolus.")
        if over and rate:
            self._fault(event, "RATE", "The row has both RATE and DUR.", "Give one of them.")
        duration = over or self._duration(event, target, amount, rate)
        cycle = int(self._number(event, "CYCLE")) or 1
        planned, basis, cap, step = self._planned(event, target, amount)
        return Given(time, target, planned, basis, cap, step, duration, cycle, event)

    def _planned(self, event: Event, target: Target, amount: Fraction) -> tuple[Fraction, str, Fraction | None, Fraction | None]:
        """Return amount, basis, cap and step of a dose, where an exported table has them in columns of their own."""
        if "DOSE" not in self.columns.of or event.cells["DOSE"] in MISSING:
            return amount, target.basis, None, None
        code = self._number(event, "BASIS")
        if code not in range(len(BASIS_CODES)):
            advice = "; ".join(f"{place} is {words}" for place, words in enumerate(BASIS_CODES))
            self._fault(event, "BASIS", f"BASIS is {event.cells['BASIS']}.", f"{advice}.")
        cap, step = self._number(event, "MAX") * target.size, self._number(event, "STEP") * target.size
        return self._number(event, "DOSE") * target.size, BASIS_CODES[int(code)], cap or None, step or None

    def _duration(self, event: Event, target: Target, amount: Fraction, rate: Fraction) -> Fraction:
        if rate in (-1, -2):
            return self._modelled(event, target, amount, "rate" if rate == -1 else "duration")
        if rate < 0:
            advice = "It is above 0, 0 for a bolus, -1 (the model has the rate) or -2 (it has the duration)."
            self._fault(event, "RATE", f"RATE is {event.cells['RATE']}.", advice)
        return amount / (rate * target.size) * self.layout.hours if rate else Fraction(0)

    def _modelled(self, event: Event, target: Target, amount: Fraction, kind: str) -> Fraction:
        said = f"{target.drug} {target.route}"
        if target.modelled is None or target.modelled.kind != kind:
            example = "rate 0.5 MIU/h" if kind == "rate" else "duration 2 h"
            found = f"RATE is {event.cells['RATE']}: the {kind} of '{said}' is a parameter, and none is declared."
            self._fault(event, "RATE", found, f"Declare it: 'modelled: {{{said}: {example}}}', or give the rate in the table.")
        assert target.modelled is not None
        value, column = target.modelled.value, target.modelled.column
        if value is None:
            number = exact_number(event.cells[column], self.mark)
            if number is None or number <= 0:
                self._fault(
                    event,
                    column,
                    f"{column} is '{event.cells[column]}'.",
                    f"RATE is {event.cells['RATE']}, so it has the {kind}, above 0.",
                )
            assert number is not None
            value = number * self.layout.hours if kind == "duration" else number * target.size / self.layout.hours
        return value if kind == "duration" else amount / value

    def _target(self, event: Event) -> Target:
        targets = self.layout.targets
        if "" in targets:
            return targets[""]
        cmt = event.cells.get("CMT", "")
        number = exact_number(cmt, self.mark)
        key = cmt if number is None or cmt in MISSING else str(number)
        if key in targets:
            return targets[key]
        if "CMT" not in self.columns.of or ((cmt in MISSING or number == 0) and len(targets) == 1):
            return next(iter(targets.values()))
        declared = ", ".join(f"{known} ({target.drug} {target.route})" for known, target in targets.items())
        said = "CMT is blank." if cmt in MISSING else f"CMT is {cmt}, which is not declared."
        self._fault(event, "CMT", said, f"Declared under 'compartments': {declared}.")
        raise Faulty

    def _number(self, event: Event, role: str) -> Fraction:
        number = exact_number(event.cells.get(role, ""), self.mark)
        if number is None:
            said = f"{self.columns.name(role)} is '{event.cells[role]}', which is not a number."
            self._fault(event, role, said, "A plain decimal number is needed, or '.' where there is none.")
            raise Faulty
        return number

    def _fault(self, event: Event, role: str, message: str, advice: str) -> None:
        """Note a problem of a row, and end its reading."""
        self.problems.add(event.line, self.columns.name(role), message, advice)
        raise Faulty


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"

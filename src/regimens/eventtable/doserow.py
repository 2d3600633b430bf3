"""One row of a dose: its cells as exact numbers, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn

from regimens.eventtable.layout import BASIS_CODES, Layout, Target, written_amount
from regimens.eventtable.records import A_NUMBER, MISSING, Event, exact_number
from regimens.eventtable.table import MOST_NAMED
from regimens.regimen.parts import MOST_DOSES
from regimens.units import decimal_text

if TYPE_CHECKING:
    from regimens.eventtable.cells import Problems
    from regimens.eventtable.columns import Columns


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


class Faulty(Exception):
    """Raised where a row is wrong, after its problem was noted."""


@dataclass
class RowReader:
    """Reads the cells of rows; a row that is wrong is noted in `problems`, and Faulty raised.

    `mark` is the decimal mark, `mark_from` a sentence on where it is from.
    """

    layout: Layout
    columns: Columns
    mark: str
    problems: Problems
    mark_from: str = ""
    compartments: dict[str, int] = field(default_factory=dict)
    """CMT of doses, and the line where it is first found, where one input is declared for all of them."""

    def time(self, event: Event) -> Fraction:
        """Return the time of a row (h); that of a row without one, or before 0, is noted where the column is read."""
        time = exact_number(event.cells["TIME"], self.mark)
        if time is None or time < 0 or event.cells["TIME"] in MISSING:
            raise Faulty
        return time * self.layout.hours

    def steady(self, event: Event) -> int:
        """Return SS: 0, 1 or 2."""
        steady = self.number(event, "SS")
        if steady not in (0, 1, 2):
            advice = "It is 0, 1 (steady state in place of what is there) or 2 (added to what is there)."
            self.fault(event, "SS", f"SS is {event.cells['SS']}.", advice)
        if steady and not self.layout.dialect.repeats:
            self._no_repeats(event, "SS")
        return int(steady)

    def additional(self, event: Event, interval: Fraction) -> int:
        """Return ADDL; `interval` is II."""
        count = self.number(event, "ADDL")
        if count < 0 or count.denominator != 1:
            self.fault(event, "ADDL", f"ADDL is {event.cells['ADDL']}.", "It is the number of additional doses, 0 or more.")
        if count and not self.layout.dialect.repeats:
            self._no_repeats(event, "ADDL")
        if interval < 0:
            self.fault(event, "II", f"II is {event.cells['II']}.", "It is the time between doses, above 0.")
        if count and not interval:
            self.fault(
                event, "ADDL", f"ADDL is {event.cells['ADDL']}, but the row has no II.", "II is the time between the doses."
            )
        if count > MOST_DOSES:
            self.fault(event, "ADDL", f"ADDL is {event.cells['ADDL']}.", f"At most {MOST_DOSES} doses are read.")
        return int(count)

    def _no_repeats(self, event: Event, role: str) -> NoReturn:
        program = self.layout.dialect.program
        advice = "Give every dose a row, or declare another dialect."
        self.fault(event, role, f"{role} is {event.cells[role]}, but {program} reads no {role} from a table.", advice)

    def dose(self, event: Event, target: Target, time: Fraction, steady: int) -> Given | None:
        """Return the dose of a row; None for a constant infusion at steady state."""
        rate, over = self.number(event, "RATE"), self.number(event, "DUR") * self.layout.hours
        amount = self.number(event, "AMT") * target.size
        if not amount and steady and rate > 0 and not self.number(event, "II"):
            return None
        if amount <= 0:
            written = event.cells["AMT"]
            said = "AMT is blank, but the row is a dose." if written in MISSING else f"AMT is {written}, but the row is a dose."
            self.fault(event, "AMT", said, "A dose has an amount above 0; without one it is an observation (EVID 0), or no row.")
        if over < 0:
            self.fault(event, "DUR", f"DUR is {event.cells['DUR']}.", "The duration of an infusion is above 0; 0 is a bolus.")
        if over and rate:
            self.fault(event, "RATE", "The row has both RATE and DUR.", "Give one of them.")
        duration = over or self._duration(event, target, amount, rate)
        cycle = int(self.number(event, "CYCLE")) or 1
        planned, basis, cap, step = self._planned(event, target, amount)
        return Given(time, target, planned, basis, cap, step, duration, cycle, event)

    def _planned(self, event: Event, target: Target, amount: Fraction) -> tuple[Fraction, str, Fraction | None, Fraction | None]:
        """Return amount, basis, cap and step of a dose, where an exported table has them in columns of their own."""
        if "DOSE" not in self.columns.of or event.cells["DOSE"] in MISSING:
            return amount, target.basis, None, None
        code = self.number(event, "BASIS")
        if code not in range(len(BASIS_CODES)):
            advice = "; ".join(f"{place} is {words}" for place, words in enumerate(BASIS_CODES))
            self.fault(event, "BASIS", f"BASIS is {event.cells['BASIS']}.", f"{advice}.")
        cap, step = self.number(event, "MAX") * target.size, self.number(event, "STEP") * target.size
        basis, planned = BASIS_CODES[int(code)], self.number(event, "DOSE") * target.size
        if self.layout.subject:
            self._check_amount(event, target, amount, (planned, basis, cap or None, step or None))
        return planned, basis, cap or None, step or None

    def _check_amount(
        self, event: Event, target: Target, amount: Fraction, dose: tuple[Fraction, str, Fraction | None, Fraction | None]
    ) -> None:
        """Note an amount that is not what the subject of the JSON file gets of the dose as planned."""
        planned, basis, cap, step = dose
        kg, m2 = (Fraction(self.layout.subject[key].split()[0]) for key in ("weight", "bsa"))
        due = written_amount(planned, basis, kg, m2, cap, step, target.size)
        if Fraction(due) * target.size != amount:
            limits = "".join(f", {role} {event.cells[role]}" for role, limit in (("MAX", cap), ("STEP", step)) if limit)
            said = f"DOSE {event.cells['DOSE']}{'' if basis == 'flat' else f' {basis}'}{limits} is {due}"
            person = f"the subject of the JSON file ({decimal_text(kg)} kg, {decimal_text(m2)} m2)"
            advice = "Change AMT and DOSE together (and RATE of an infusion), or export the changed scenario again."
            self.fault(event, "AMT", f"AMT is {event.cells['AMT']}, but {said} for {person}.", advice)

    def _duration(self, event: Event, target: Target, amount: Fraction, rate: Fraction) -> Fraction:
        if rate in (-1, -2):
            return self._modelled(event, target, amount, "rate" if rate == -1 else "duration")
        if rate < 0:
            advice = "It is above 0, 0 for a bolus, -1 (the model has the rate) or -2 (it has the duration)."
            self.fault(event, "RATE", f"RATE is {event.cells['RATE']}.", advice)
        return amount / (rate * target.size) * self.layout.hours if rate else Fraction(0)

    def _modelled(self, event: Event, target: Target, amount: Fraction, kind: str) -> Fraction:
        said = f"{target.drug} {target.route}"
        if target.modelled is None or target.modelled.kind != kind:
            example = "rate 0.5 MIU/h" if kind == "rate" else "duration 2 h"
            found = f"RATE is {event.cells['RATE']}: the {kind} of '{said}' is a parameter, and none is declared."
            self.fault(event, "RATE", found, f"Declare it: 'modelled: {{{said}: {example}}}', or give the rate in the table.")
        value, column = target.modelled.value, target.modelled.column
        if value is None:
            number = exact_number(event.cells[column], self.mark)
            if number is None or number <= 0:
                self.fault(
                    event,
                    column,
                    f"{column} is '{event.cells[column]}'.",
                    f"RATE is {event.cells['RATE']}, so it has the {kind}, above 0.",
                )
            value = number * self.layout.hours if kind == "duration" else number * target.size / self.layout.hours
        return value if kind == "duration" else amount / value

    def target(self, event: Event) -> Target:
        """Return what a dose into the compartment of a row is."""
        targets = self.layout.targets
        cmt = event.cells.get("CMT", "")
        number = exact_number(cmt, self.mark)
        key = cmt if number is None or cmt in MISSING else str(number)
        if "" in targets:
            if number != 0:
                self.compartments.setdefault(key, event.line)
            return targets[""]
        if key in targets:
            return targets[key]
        if "CMT" not in self.columns.of or ((cmt in MISSING or number == 0) and len(targets) == 1):
            return next(iter(targets.values()))
        declared = ", ".join(f"{known} ({target.drug} {target.route})" for known, target in targets.items())
        said = "CMT is blank." if cmt in MISSING else f"CMT is {cmt}, which is not declared."
        self.fault(event, "CMT", said, f"Declared under 'compartments': {declared}.")

    def check_compartments(self) -> None:
        """Note doses into several compartments where one input is declared for all of them."""
        if len(self.compartments) > 1:
            found = [f"{cmt} (line {line})" for cmt, line in self.compartments.items()]
            said = next(iter(self.layout.targets.values()))
            message = f"CMT of doses is {', '.join(found[:MOST_NAMED])}, but one input is declared: '{said.drug} {said.route}'."
            first, second = list(self.compartments)[:2]
            advice = f"Say what each is: 'compartments: {{{first}: {said.drug} {said.route}, {second}: ...}}'."
            self.problems.add(self.compartments[second], self.columns.name("CMT"), message, advice)

    def number(self, event: Event, role: str) -> Fraction:
        """Return the number in a cell exactly, 0 where it has none."""
        number = exact_number(event.cells.get(role, ""), self.mark)
        if number is None:
            said = f"{self.columns.name(role)} is '{event.cells[role]}', which is not a number."
            self.fault(event, role, said, f"{A_NUMBER} {self.mark_from}".strip())
        return number

    def too_long(self, event: Event, dose: Given, interval: Fraction) -> NoReturn:
        """Note an infusion that is longer than its interval."""
        said = f"The infusion takes {float(dose.duration):.6g} h, longer than its II of {float(interval):.6g} h."
        self.fault(event, "II", said, "An infusion ends before the next one starts: check RATE, II and their units.")

    def fault(self, event: Event, role: str, message: str, advice: str) -> NoReturn:
        """Note a problem of a row, and end its reading."""
        self.problems.add(event.line, self.columns.name(role), message, advice)
        raise Faulty

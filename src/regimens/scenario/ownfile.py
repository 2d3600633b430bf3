"""Observations of the user's own from a CSV file: every row read or refused, all problems of the file at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from regimens.csvfile import Row, Table, read_table
from regimens.errors import InputFileError, Problem, UnitError, did_you_mean
from regimens.scenario.names import fault_of
from regimens.scenario.own import Layout, OwnData, OwnGroup, OwnValue
from regimens.scenario.ownchecks import WIDTHS, Fault, Known, Unfit, converted, group_fault
from regimens.scenario.owncolumns import SUBJECT, columns_of
from regimens.units import exact, time_unit


def read_own(path: Path, file: str, layout: Layout, known: Known) -> OwnData:
    """Return the observations of a CSV file; InputFileError with every problem of the file, each with its line and column.

    What `layout` says for all rows must be right already. `file` is what the rows call the file.
    """
    table = read_table(path, (), (), allow_extra=True)
    columns, problems = columns_of(layout, table)
    reader = _Reader(table, file, layout, known, columns, time_unit(layout.time), problems)
    for row in table.rows:
        reader.read(row)
    if not problems and not reader.rows:
        left_out = f"{reader.blank} have no value, {reader.before} lie before time 0"
        found = f"None of its {len(table.rows)} rows can be drawn: {left_out}." if table.rows else "The file has no rows."
        problems.append(Problem(found, "At least one value at 0 or later is needed."))
    if problems:
        raise InputFileError(table.path, problems, table.text)
    return OwnData(
        values=tuple(row for row in reader.rows if isinstance(row, OwnValue)),
        groups=tuple(row for row in reader.rows if isinstance(row, OwnGroup)),
        blank=reader.blank,
        before=reader.before,
        file=file,
        layout=layout,
        unused=tuple(name for name in table.heading if name not in columns.values()),
        note=table.note,
        path=table.path,
        digest=table.digest,
    )


@dataclass
class _Reader:
    """Reads rows into `rows`; a problem is added to `problems`, and reading goes on with the next cell.

    `columns` maps what a column is for to its name; `hours` is the length of a unit of time. `blank` counts rows without a value,
    `before` those before time 0.
    """

    table: Table
    file: str
    layout: Layout
    known: Known
    columns: Mapping[str, str]
    hours: Fraction
    problems: list[Problem]
    rows: list[OwnValue | OwnGroup] = field(default_factory=list)
    blank: int = 0
    before: int = 0
    lines: dict[tuple[object, ...], int] = field(default_factory=dict)
    unfit: set[str] = field(default_factory=set)

    def read(self, row: Row) -> None:
        """Read one row."""
        known = len(self.problems)
        arm, observable, time_h = self._arm(row), self._observable(row), self._time(row)
        size = self._size(row, observable)
        statistic = next((role for role in ("mean", "median") if role in self.columns), "")
        who = self._subject(row)
        middle = self._number(row, statistic or "value")
        ends, interval = self._interval(row, middle)
        n = self._count(row)
        if middle is not None and ends is not None:
            self._note(row, "low" if "low" in self.columns else statistic, group_fault(statistic, middle, ends, interval))
        if middle is None or time_h is None or size is None or len(self.problems) > known:
            # A row that only lacks its value was not measured.
            self.blank += len(self.problems) == known and middle is None
            return
        self._unrepeated(row, (arm, who, observable, time_h))
        value, *around = (converted(number, size) for number in (middle, *(ends or ())))
        what = (observable, self.known.units[observable], float(time_h))
        low, high = around or (None, None)
        if time_h < 0:
            self.before += 1
        elif statistic:
            self.rows.append(OwnGroup(arm, *what, statistic, value, low, high, interval, n, self.file))
        else:
            self.rows.append(OwnValue(arm, who, *what, value, self.file))

    def _cell(self, row: Row, role: str) -> str:
        return row[self.columns[role]] if role in self.columns else ""

    def _note(self, row: Row, role: str, fault: Fault | None) -> None:
        if fault is not None:
            self.problems.append(row.problem(self.columns.get(role, role), *fault))

    def _arm(self, row: Row) -> str:
        if "arm" not in self.columns:
            return ""
        found = self._cell(row, "arm")
        name = self.layout.arms.get(found, found)
        fault = self.known.arm_fault(name)
        if fault is not None and found:
            fault = fault[0], f"{fault[1]} Or say under 'arms' which arm it is."
        self._note(row, "arm", fault)
        return name

    def _subject(self, row: Row) -> str:
        found = self._cell(row, SUBJECT)
        if SUBJECT in self.columns:
            self._note(row, SUBJECT, fault_of(found, "a subject"))
        return found

    def _observable(self, row: Row) -> str:
        if "observable" not in self.columns:
            return self.layout.observable
        found = self._cell(row, "observable")
        name = self.layout.observables.get(found, found)
        self._note(row, "observable", self.known.observable_fault(name))
        return name

    def _size(self, row: Row, observable: str) -> Fraction | None:
        """Return the size of the row's unit; a unit that holds for all rows is refused once for each observable."""
        if self.known.observable_fault(observable) or not (self.layout.unit or "unit" in self.columns):
            return None
        try:
            return self.known.size_of(self._cell(row, "unit") or self.layout.unit, observable)
        except Unfit as unfit:
            if "unit" in self.columns:
                self._note(row, "unit", unfit.fault)
            elif observable not in self.unfit:
                self._note(row, "observable", (unfit.fault[0], "Give each row its unit in a column."))
            self.unfit.add(observable)
            return None

    def _time(self, row: Row) -> Fraction | None:
        if "time" not in self.columns:
            return None
        if not self._cell(row, "time"):
            self._note(row, "time", ("The time is blank.", "Every row needs one; 0 is the first moment."))
            return None
        time = self._number(row, "time")
        if time is None:
            return None
        self._note(row, "time", self.known.time_fault(time * self.hours, f"The time {self._when(row)}"))
        return time * self.hours

    def _when(self, row: Row) -> str:
        return f"{self._cell(row, 'time')} {self.layout.time}"

    def _number(self, row: Row, role: str) -> Fraction | None:
        """Return the number in a cell exactly, None where it is blank or, after noting it, anything else."""
        if role not in self.columns:
            return None
        text, plain = self._cell(row, role), row.decimal(self.columns[role])
        if text and plain is None:
            advice = (
                "A plain decimal number is needed, or a blank cell." if role != "time" else "A plain decimal number is needed."
            )
            self._note(row, role, (f"'{text}' is not a number.", advice))
        try:
            return None if plain is None else exact(plain, "a number")
        except UnitError as error:
            self._note(row, role, (error.message, error.advice))
            return None

    def _interval(self, row: Row, middle: Fraction | None) -> tuple[tuple[Fraction, Fraction] | None, str]:
        """Return the ends of the interval and what it is; (None, "") where the row has none."""
        widths = {role: width for role in ("sd", "se") if (width := self._number(row, role)) is not None}
        for role, width in widths.items():
            if width < 0:
                self._note(row, role, (f"The {role.upper()} '{self._cell(row, role)}' is below zero.", ""))
            elif middle is None:
                self._note(row, role, (f"There is a {role.upper()}, but no value.", "Leave both cells blank, or none."))
            else:
                return (middle - width, middle + width), role.upper()
        low, high = self._number(row, "low"), self._number(row, "high")
        if low is not None and high is not None:
            if middle is None:
                self._note(row, "low", ("There is an interval, but no value.", "Leave all three cells blank, or none."))
            return (low, high), self._kind_of_interval(row)
        if (low, high) != (None, None) and all(self._blank_or_number(row, role) for role in ("low", "high")):
            absent = "low" if low is None else "high"
            self._note(row, absent, (f"The interval has no '{absent}' end.", "Give both ends, or leave both cells blank."))
        return None, ""

    def _kind_of_interval(self, row: Row) -> str:
        if "interval" not in self.columns:
            return self.layout.interval
        found = self._cell(row, "interval")
        if found not in WIDTHS:
            near = did_you_mean(found, WIDTHS) if found else ""
            advice = f"{near} " if near.startswith("Did") else ""
            said = f"Unknown interval '{found}'." if found else "The interval is blank."
            self._note(row, "interval", (said, f"{advice}Accepted: {', '.join(WIDTHS)}."))
        return found

    def _blank_or_number(self, row: Row, role: str) -> bool:
        return role in self.columns and (not self._cell(row, role) or row.number(self.columns[role]) is not None)

    def _count(self, row: Row) -> int | None:
        text = self._cell(row, "n")
        if not text:
            return None
        number = row.whole_number(self.columns["n"])
        if number is None or number < 1:
            self._note(row, "n", (f"'{text}' is not a number of subjects.", "A whole number of at least 1, or a blank cell."))
        return number

    def _unrepeated(self, row: Row, key: tuple[object, ...]) -> None:
        """Note a row that says again what another row says; `key` is arm, subject, observable and time."""
        first = self.lines.setdefault(key, row.line)
        if first != row.line:
            arm, who, observable, _ = key
            whose = f"subject '{who}'" if who else "the group"
            found = f"This is a second value of {observable} of {whose} in arm '{arm}' at {self._when(row)}"
            self._note(row, "time", (f"{found}; the first is on line {first}.", "Keep one of them."))

"""The cells of an exposure row: text by column, dates, and what cannot be read in them or is not known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from regimens.csvfile import Row
    from regimens.errors import Problem

_DATE = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})(?:T(?P<time>\d{2}:\d{2}(?::\d{2})?))?")
_PARTIAL = re.compile(r"\d{4}|\d{4}-\d{2}|[\d-]*-{2}[\d-]*(?:T[\d:-]*)?|\d{4}-\d{2}-\d{2}T(?:\d{2}|[\d:-]*-[\d:-]*)?")
_NOT_COMPLETED = "It is listed as open and not completed; the doses of this subject are left out."


@dataclass(frozen=True)
class Cells:
    """The cells of a row by the standard name of their column; '' where the file does not have it.

    `lower` says that the file's columns are in lower case. `faults` collects what cannot be read, `missing` what is not known.
    """

    row: Row
    lower: bool
    faults: list[Problem] = field(default_factory=list)
    missing: list[Problem] = field(default_factory=list)

    def name(self, column: str) -> str:
        """Return the name of a column in the file."""
        return column.lower() if self.lower else column

    def __getitem__(self, column: str) -> str:
        return self.row[self.name(column)]

    def problem(self, column: str, message: str, advice: str = "") -> Problem:
        """Return a problem at the cell of `column`."""
        return self.row.problem(self.name(column), message, advice)

    def refuse(self, column: str, message: str, advice: str = "") -> None:
        """Note a cell that cannot be read."""
        self.faults.append(self.problem(column, message, advice))

    def leave_open(self, column: str, message: str) -> None:
        """Note something that the row does not say."""
        self.missing.append(self.problem(column, message, _NOT_COMPLETED))

    @property
    def given(self) -> bool:
        """Whether the row is about doses that were given."""
        return self["EXSTAT"].upper() != "NOT DONE" and self["EXOCCUR"].upper() != "N"


@dataclass(frozen=True)
class Moment:
    """A date (`at` is 00:00 of it), or a date and local time of day where it is `timed`."""

    at: datetime
    timed: bool

    @property
    def day(self) -> date:
        """The date."""
        return self.at.date()


def moment_of(cells: Cells, column: str) -> Moment | None:
    """Return the moment of a cell; None where it is blank, and after noting what is not known."""
    text = cells[column]
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if match is None and _PARTIAL.fullmatch(text):
        cells.leave_open(column, f"'{text}' is a partial date.")
        return None
    try:
        if match is not None:
            return Moment(datetime.fromisoformat(text), match["time"] is not None)
    except ValueError:
        pass
    advice = "Write it as 2027-03-01, or with the local time of day as 2027-03-01T09:00."
    cells.refuse(column, f"'{text}' is no date.", advice)
    return None

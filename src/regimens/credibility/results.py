"""Committed results: tables of rows as CSV files beside the posteriors that they were made with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from regimens.csvfile import Row, read_table
from regimens.errors import InputFileError, Problem

if TYPE_CHECKING:
    from regimens.tables import Table

T = TypeVar("T")


@dataclass
class Cells:
    """The cells of one row, read by column; problems are noted."""

    row: Row
    problems: list[Problem] = field(default_factory=list)

    def text(self, column: str) -> str:
        """Return the text of a cell."""
        return self.row[column]

    def number(self, column: str, blank: bool = False) -> float:
        """Return the number of a cell; NaN where it is blank and may be, and where it is none, which is noted."""
        value = self.row.number(column)
        if value is None and not (blank and not self.row[column]):
            self.problems.append(self.row.problem(column, f"'{self.row[column]}' is not a number.", f"'{column}' is a number."))
        return float("nan") if value is None else value

    def count(self, column: str) -> int:
        """Return the whole number of a cell; 0 where it is none, which is noted."""
        value = self.row.whole_number(column)
        if value is None:
            message = f"'{self.row[column]}' is not a whole number."
            self.problems.append(self.row.problem(column, message, f"'{column}' is a whole number."))
        return value or 0


def read_rows(path: Path, table: Table, make: Callable[[Cells], T]) -> tuple[T, ...]:
    """Return the rows of a file with the columns of `table`; empty where there is no such file.

    InputFileError with every problem of the file.
    """
    if not path.is_file():
        return ()
    found = read_table(path, table.header, table.header)
    rows = [Cells(row) for row in found.rows]
    made = tuple(make(cells) for cells in rows)
    problems = [problem for cells in rows for problem in cells.problems]
    if problems:
        raise InputFileError(found.path, problems, found.text)
    return made


def rows_text(table: Table, rows: Sequence[object]) -> str:
    """Return rows as the text of such a file: numbers with four digits, a missing one blank."""
    text: str = table.frame_of_rows(rows).to_csv(index=False, float_format="%.4g", lineterminator="\n")
    return text

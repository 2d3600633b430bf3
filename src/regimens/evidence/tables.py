"""CSV tables whose cells remember where they stood, so that every problem can be shown at its line and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from regimens.errors import InputFileError, Problem, did_you_mean
from regimens.textfile import read_text


@dataclass(frozen=True)
class Row:
    """One record: stripped text by column ('' where the file has no such column), its line, and where its cells start."""

    cells: dict[str, str]
    line: int
    columns: dict[str, int] = field(repr=False)

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def problem(self, column: str, message: str, advice: str = "", *, at: int = 0) -> Problem:
        """Return a problem at character `at` of the cell of `column`."""
        start = self.columns.get(column)
        return Problem(message, advice, self.line, None if start is None else start + at)


@dataclass(frozen=True)
class Table:
    """The rows of a CSV file, its text, and the SHA-256 of its bytes."""

    path: str
    text: str = field(repr=False)
    digest: str
    rows: tuple[Row, ...] = field(repr=False)


def read_table(path: str | Path, needed: Sequence[str], known: Sequence[str]) -> Table:
    """Read a CSV file with a heading; InputFileError names every column that is missing, unknown or named twice, and
    every row that has more or fewer cells than the heading. Lines of nothing are left out.
    """
    file = read_text(path, "CSV", (".csv",))
    lines = io.StringIO(file.text, newline="").readlines()
    try:
        records = list(_records(lines))
    except csv.Error as error:
        raise InputFileError(
            path, [Problem(f"This is not CSV: {error}.", "Look for a quote that is not closed.")], file.text
        ) from None
    if not records:
        raise InputFileError(path, [Problem("The file is empty.", f"Its first line names columns: {', '.join(needed)}.")])
    _, heading, starts = records[0]
    problems = list(_heading_problems(records[0][0], heading, starts, needed, known))
    rows = []
    for line, cells, places in records[1:]:
        if len(cells) == len(heading):
            rows.append(Row(dict(zip(heading, cells, strict=True)), line, dict(zip(heading, places, strict=False))))
        else:
            message = f"This row has {len(cells)} cells, the heading {len(heading)}."
            problems.append(Problem(message, "Put text that contains a comma in quotes.", line))
    if problems:
        raise InputFileError(path, problems, file.text)
    return Table(file.path, file.text, file.digest, tuple(rows))


def _records(lines: list[str]) -> Iterator[tuple[int, list[str], list[int]]]:
    """Yield (line from 1, stripped cells, columns of their first characters) of every record that holds anything."""
    reader = csv.reader(lines, strict=True)
    first = 0
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield first + 1, [cell.strip() for cell in cells], _starts("".join(lines[first : reader.line_num]))
        first = reader.line_num


def _starts(record: str) -> list[int]:
    """Return the column (from 1) of the first character of every cell, behind its quote and white space."""
    starts, quoted = [0], False
    for place, character in enumerate(record):
        quoted ^= character == '"'
        if character == "," and not quoted:
            starts.append(place + 1)
    return [start + 1 + len(record[start:]) - len(record[start:].lstrip(' "')) for start in starts]


def _heading_problems(
    line: int, heading: list[str], starts: list[int], needed: Sequence[str], known: Sequence[str]
) -> Iterator[Problem]:
    for name in needed:
        if name not in heading:
            yield Problem(f"The column '{name}' is missing.", f"Needed: {', '.join(needed)}.", line)
    for index, name in enumerate(heading):
        if name not in known:
            missing = [column for column in known if column not in heading]
            yield Problem(f"'{name}' is no column of this table.", did_you_mean(name, missing), line, starts[index])
        elif name in heading[:index]:
            yield Problem(f"The column '{name}' is here twice.", "Remove or rename one of them.", line, starts[index])

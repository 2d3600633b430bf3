"""The cells of an event table as text, a chunk of rows at a time: from CSV, or from Parquet (extra `data`).

A file may have any number of rows: no more than `ROWS` of them are held as text at once.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from regimens.csvfile import DECIMAL_COMMA, DELIMITERS, cell_starts, delimiter_of
from regimens.errors import InputFileError, Problem, RegimensError
from regimens.textfile import LARGEST_FILE, check_file

if TYPE_CHECKING:
    import pyarrow.parquet

ROWS = 50_000
"""Rows of a chunk."""

MOST_PROBLEMS = 1_000
"""Problems after which reading stops."""


@dataclass(frozen=True)
class Chunk:
    """Some rows: `lines` where they stand in the file (from 1), `columns` their cells by the place of the column."""

    lines: Sequence[int]
    columns: Sequence[Sequence[str]] = field(repr=False)


@dataclass
class Problems:
    """The problems of one file; column is the name of the column that a problem is in."""

    path: Path
    found: list[tuple[Problem, str]] = field(default_factory=list)

    def add(self, line: int | None, column: str, message: str, advice: str = "") -> None:
        """Note a problem; after `MOST_PROBLEMS` of them, raise them all."""
        self.found.append((Problem(message, advice, line), column))
        if len(self.found) >= MOST_PROBLEMS:
            raise Stop

    def error(self) -> InputFileError:
        """Return the error with all problems; those of a small text file with the place in the line."""
        text = _small_text(self.path)
        lines = text.splitlines()
        heading = next((line for line in lines if line.strip() and not line.startswith("#")), "")
        delimiter = delimiter_of(heading)
        names = [name.strip().strip('"') for name in heading.split(delimiter)]
        placed = []
        for problem, column in self.found:
            at = None
            if problem.line is not None and column in names and problem.line <= len(lines):
                starts = cell_starts(lines[problem.line - 1], delimiter)
                place = names.index(column)
                at = starts[place] if place < len(starts) else None
            placed.append(Problem(problem.message, problem.advice, problem.line, at))
        return InputFileError(self.path, placed, text)


class Stop(Exception):
    """Raised where there are so many problems that reading ends."""


class CsvCells:
    """A CSV file: its `heading`, the line of that, the decimal mark and where it is from, and a `note` on how it is written."""

    def __init__(self, path: Path, problems: Problems) -> None:
        self.path, self.problems, self.comments = path, problems, 0
        check_file(path, "CSV", (".csv", ".tsv", ".parquet"))
        self.lines = self._lines()
        self.line, text = next(self.lines, (0, ""))
        if not text:
            raise InputFileError(
                path, [Problem("The file is empty.", "Its first line names the columns: ID, TIME, AMT, EVID and so on.")]
            )
        self.delimiter = delimiter_of(text)
        self.heading = tuple(name.strip() for name in next(csv.reader([text], delimiter=self.delimiter, skipinitialspace=True)))
        if len(self.heading) == 1:
            said = f"The heading has only one cell, '{self.heading[0][:60]}'."
            advice = "Put commas, tabs or semicolons between cells; spaces and other characters are not read as such."
            raise InputFileError(path, [Problem(said, advice, self.line)], _small_text(path))
        self.mark, self.mark_from = ".", ""

    @property
    def note(self) -> str:
        """How the cells are written, where it is not with commas between them."""
        between = {",": "", ";": "Read with ';' between cells", "\t": "Read with tabs between cells"}[self.delimiter]
        return f"{between} and decimal commas." if self.mark == "," else f"{between}." if between else ""

    def _lines(self) -> Iterator[tuple[int, str]]:
        """Yield (line from 1, text) of all lines that are neither blank nor comments."""
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as file:
                for number, line in enumerate(file, 1):
                    if line.startswith("#"):
                        self.comments += 1
                    elif line.strip(",;\t \r\n"):
                        yield number, line
        except UnicodeDecodeError:
            raise InputFileError(self.path, [Problem("The file is not UTF-8 text.", "Save it as CSV in UTF-8.")]) from None

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in chunks; rows of another length than the heading are problems."""
        numbers: list[int] = []

        def texts() -> Iterator[str]:
            for number, line in self.lines:
                numbers.append(number)
                yield line

        reader = csv.reader(texts(), delimiter=self.delimiter, skipinitialspace=True, strict=True)
        first = True
        while True:
            numbers.clear()
            try:
                rows = list(itertools.islice(reader, ROWS))
            except csv.Error as error:
                self.problems.add(numbers[-1], "", f"This row cannot be read: {error}.", "Close every quote in its own row.")
                return
            if not rows:
                return
            if len(numbers) != len(rows):
                self.problems.add(
                    numbers[0], "", "A quoted cell runs over the end of its line.", "Close every quote in its own row."
                )
                return
            if first and self.delimiter == ";":
                self._find_mark(rows, numbers)
            first = False
            yield self._chunk(rows, list(numbers))

    def _find_mark(self, rows: list[list[str]], numbers: list[int]) -> None:
        """Take a comma as the decimal mark where any cell is a number with one."""
        cells = ((number, cell.strip()) for number, row in zip(numbers, rows, strict=True) for cell in row)
        first = next(((number, cell) for number, cell in cells if DECIMAL_COMMA.fullmatch(cell)), None)
        if first:
            self.mark, self.mark_from = ",", f"The decimal mark of this file is ',', since line {first[0]} has '{first[1]}'."

    def _chunk(self, rows: list[list[str]], numbers: list[int]) -> Chunk:
        width = len(self.heading)
        if self.heading[0].upper() == "C":
            kept = [place for place, row in enumerate(rows) if not row[0].strip().upper().startswith("C")]
            self.comments += len(rows) - len(kept)
            rows, numbers = [rows[place] for place in kept], [numbers[place] for place in kept]
        if set(map(len, rows)) - {width}:
            for row, number in zip(rows, numbers, strict=True):
                if len(row) != width:
                    advice = f"Put text that contains {DELIMITERS[self.delimiter]} in quotes."
                    self.problems.add(number, "", f"This row has {len(row)} cells, the heading {width}.", advice)
            kept = [place for place, row in enumerate(rows) if len(row) == width]
            rows, numbers = [rows[place] for place in kept], [numbers[place] for place in kept]
        return Chunk(numbers, list(zip(*rows, strict=True)) if rows else [()] * width)


class ParquetCells:
    """A Parquet file, read as CSV files are; rows are counted from 1."""

    mark, mark_from, note, line, comments = ".", "", "", None, 0

    def __init__(self, path: Path) -> None:
        check_file(path, "Parquet", (".parquet", ".csv"))
        self.path, self.file = path, _parquet(path)
        self.heading = tuple(self.file.schema_arrow.names)

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows in chunks."""
        start = 1
        for batch in self.file.iter_batches(ROWS):
            columns = [[_as_text(value) for value in column.to_pylist()] for column in batch.columns]
            lines = list(range(start, start + batch.num_rows))
            start += batch.num_rows
            if self.heading[0].upper() == "C":
                kept = [row for row, text in enumerate(columns[0]) if not text.strip().upper().startswith("C")]
                self.comments += len(lines) - len(kept)
                columns = [[column[row] for row in kept] for column in columns]
                lines = [lines[row] for row in kept]
            yield Chunk(lines, columns)


Cells = CsvCells | ParquetCells


def cells_of(path: Path, problems: Problems) -> Cells:
    """Return the cells of a file, by its ending."""
    return ParquetCells(path) if path.suffix == ".parquet" else CsvCells(path, problems)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _parquet(path: Path) -> pyarrow.parquet.ParquetFile:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise RegimensError("Parquet needs pyarrow: pip install 'regimens[data]'. Or save the table as CSV.") from None
    try:
        return pyarrow.parquet.ParquetFile(path)
    except pyarrow.ArrowInvalid:
        raise InputFileError(path, [Problem("This is not a Parquet file.", "Save it as Parquet or CSV.")]) from None


def _as_text(value: object) -> str:
    if value is None or value != value:  # a number that is not one stands for a missing value
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _small_text(path: Path) -> str:
    """Return the text of a small CSV file, '' for any other."""
    if path.suffix == ".parquet" or path.stat().st_size > LARGEST_FILE:
        return ""
    return path.read_text(encoding="utf-8-sig", errors="replace")

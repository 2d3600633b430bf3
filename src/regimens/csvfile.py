"""CSV tables with a heading line: one reader for evidence, people, ledgers and own observations, and one writer of texts.

Cells are separated by commas, semicolons or tabs, whichever is most frequent in the heading. With semicolons the decimal
mark is a comma if any cell is written with one (`70,5`). `Table.note` says so where it differs from plain CSV. All problems
of a file are reported at once, each with its line and column.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from regimens.decimals import number_of, plain_decimal, whole_number_of
from regimens.errors import InputFileError, Problem, did_you_mean
from regimens.textfile import LARGEST_FILE, TextFile, read_text

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
"""Characters that may stand between cells, in words."""

_NOTES = {
    (",", "."): "",
    (";", "."): "Read with ';' between cells.",
    (";", ","): "Read with ';' between cells and decimal commas.",
    ("\t", "."): "Read with tabs between cells.",
}
DECIMAL_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+(?:[eE][-+]?[0-9]+)?")
_CLOSE_THE_QUOTE = "Close a quoted cell at its end, and write a quote inside it twice."


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a CSV file as stripped text, the file's text, and the SHA-256 of its bytes.

    `cells` and `lines` have one entry a row: its cells in the order of `heading`, and the line (from 1) where it begins.
    `extra` are the columns that the caller did not name; `mark` is the decimal mark of its numbers.
    """

    path: str
    text: str = field(repr=False)
    digest: str
    heading: tuple[str, ...]
    cells: Sequence[Sequence[str]] = field(repr=False)
    lines: Sequence[int] = field(repr=False)
    extra: tuple[str, ...]
    delimiter: str
    mark: str

    @property
    def note(self) -> str:
        """A sentence on the delimiter and the decimal mark; empty for commas between cells."""
        return _NOTES[self.delimiter, self.mark]

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """All rows."""
        return tuple(Row(self, index) for index in range(len(self.cells)))

    def column(self, name: str) -> list[str]:
        """Return the cells of a column; KeyError if the table does not have it."""
        place = self._places[name]
        return [cells[place] for cells in self.cells]

    def number(self, text: str) -> float | None:
        """Return the finite number in a cell's text, written with this table's decimal mark, or None."""
        return number_of(text, self.mark)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.heading)}

    @cached_property
    def _text_lines(self) -> list[str]:
        return _lines(self.text)

    def _column_in_text(self, index: int, name: str) -> int | None:
        """Return where a cell's text begins in the line of its row (from 1), None if that is not in the row's first line."""
        place = self._places.get(name)
        starts = cell_starts(self._text_lines[self.lines[index] - 1], self.delimiter)
        return starts[place] if place is not None and place < len(starts) else None


@dataclass(frozen=True, eq=False)
class Row:
    """One row of a table. Its cells are read by column name; a column that the table does not have is ''."""

    table: Table = field(repr=False)
    index: int

    def __getitem__(self, column: str) -> str:
        place = self.table._places.get(column)
        return "" if place is None else self.table.cells[self.index][place]

    @property
    def line(self) -> int:
        """The line of the file where the row begins, from 1."""
        return self.table.lines[self.index]

    def number(self, column: str) -> float | None:
        """Return the finite number in a cell, or None if it holds anything else."""
        return self.table.number(self[column])

    def required_number(self, column: str) -> float:
        """Return the finite number in a cell; InputFileError if it holds anything else."""
        found = self.number(column)
        if found is None:
            problem = self.problem(column, f"'{self[column]}' is not a number.", f"'{column}' must be a plain decimal number.")
            raise InputFileError(self.table.path, [problem], self.table.text)
        return found

    def decimal(self, column: str) -> str | None:
        """Return the number in a cell as text with a decimal point, to be read exactly, or None if it holds anything else."""
        return plain_decimal(self[column], self.table.mark)

    def whole_number(self, column: str) -> int | None:
        """Return the whole number in a cell, or None if it holds anything else."""
        return whole_number_of(self[column])

    def problem(self, column: str, message: str, advice: str = "", *, at: int = 0) -> Problem:
        """Return a problem at character `at` (from 0) of the cell of `column`."""
        start = self.table._column_in_text(self.index, column)
        return Problem(message, advice, self.line, None if start is None else start + at)


def table_text(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the text of a table; cells with a comma or a quote are quoted."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([heading, *rows])
    return text.getvalue()


def read_table(
    path: str | Path, needed: Sequence[str], known: Sequence[str], *, allow_extra: bool = False, largest: int = LARGEST_FILE
) -> Table:
    """Read a CSV file of at most `largest` bytes; rows without any text are skipped.

    InputFileError with every column that is missing, repeated or unknown, every row that is longer or shorter than the
    heading, and every quote that is not closed or stands inside a cell. With `allow_extra`, columns that are not `known` are
    read and listed in `Table.extra`, unless their name differs from a known one in case or punctuation only.
    """
    file = read_text(path, "CSV", (".csv", ".tsv"), largest)
    lines = _lines(file.text)
    delimiter = delimiter_of(next((line for line in lines if line.strip()), ""))
    problems: list[Problem] = []
    cells: list[list[str]] = []
    numbers: list[int] = []
    for number, found in _records(lines, delimiter):
        if isinstance(found, Problem):
            problems.append(found)
        if not isinstance(found, Problem) or not cells:  # a bad first record stands for the heading, which is then unknown
            cells.append([] if isinstance(found, Problem) else found)
            numbers.append(number)
    if not cells:
        which = f": {', '.join(needed)}" if needed else ""
        raise InputFileError(path, [Problem("The file is empty.", f"Its first line names columns{which}.")])
    heading = tuple(cells[0])
    extra = [name for name in heading if allow_extra and _is_extra(name, known)]
    if heading:
        problems += _heading_problems(heading, numbers[0], lines, delimiter, needed, (*known, *extra))
        problems += _uneven(cells, numbers, delimiter)
    if problems:
        raise InputFileError(path, problems, file.text)
    return _table(file, heading, cells[1:], numbers[1:], tuple(extra), delimiter)


def _table(
    file: TextFile,
    heading: tuple[str, ...],
    cells: Sequence[Sequence[str]],
    lines: Sequence[int],
    extra: tuple[str, ...],
    delimiter: str,
) -> Table:
    commas = delimiter == ";" and any(DECIMAL_COMMA.fullmatch(cell) for row in cells for cell in row)
    return Table(file.path, file.text, file.digest, heading, cells, lines, extra, delimiter, "," if commas else ".")


def _lines(text: str) -> list[str]:
    return io.StringIO(text, newline="").readlines()


def delimiter_of(heading: str) -> str:
    """Return the delimiter that is most frequent outside the quotes of the heading, a comma if there is none."""
    bare = re.sub(r'"[^"]*"', "", heading)
    return max(DELIMITERS, key=bare.count)


def _records(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str] | Problem]]:
    """Yield (line from 1, stripped cells or the problem of its quotes) of every record that has any text."""
    cell = rf' *"[^"]*(?:""[^"]*)*"|[^"{delimiter}]*'
    well_quoted = re.compile(rf"(?:{cell})(?:{delimiter}(?:{cell}))*[\r\n]*")
    start = 0
    while start < len(lines):
        first = start
        reader = csv.reader(itertools.islice(lines, start, None), delimiter=delimiter, strict=True, skipinitialspace=True)
        try:
            for cells in reader:
                end = start + reader.line_num
                record = lines[first] if end == first + 1 else "".join(lines[first:end])
                if '"' in record and not well_quoted.fullmatch(record):
                    yield first + 1, _bad_quote(lines, first, delimiter) or Problem("This row cannot be read.", "", first + 1)
                elif any(stripped := [cell.strip() for cell in cells]):
                    yield first + 1, stripped
                first = end
            return
        except csv.Error as error:
            problem = _bad_quote(lines, first, delimiter) or Problem(f"This row cannot be read: {error}.", "", first + 1)
            yield first + 1, problem
            start = max(problem.line or 0, first + 1)  # reading goes on behind the line of the quote


def _bad_quote(lines: list[str], first: int, delimiter: str) -> Problem | None:
    """Return the problem of the first misplaced quote of the record that begins at index `first` of `lines`."""
    state, opened = "start", (first + 1, 1)
    for number in range(first, len(lines)):
        line = lines[number]
        for place, character in enumerate(line):
            if state == "quoted":
                state = "closed" if character == '"' else "quoted"
            elif character in (delimiter, "\r", "\n"):
                state = "start"
            elif state == "closed" and character == '"':
                state = "quoted"
            elif state == "closed":
                return _text_after_quote(line[place:], delimiter, opened, (number + 1, place + 1))
            elif state == "plain" and character == '"':
                return _quote_inside(line, place, delimiter, number + 1)
            elif state == "start" and character == '"':
                state, opened = "quoted", (number + 1, place + 1)
            elif character != " ":
                state = "plain"
        if state != "quoted":
            return None
    return Problem("The quote that opens this cell is not closed.", _CLOSE_THE_QUOTE, *opened)


def _text_after_quote(rest: str, delimiter: str, opened: tuple[int, int], at: tuple[int, int]) -> Problem:
    after = re.split(rf"[{delimiter}\r\n]", rest)[0].strip()[:40] or " "
    if opened[0] == at[0]:
        return Problem(f"Found '{after}' after the closing quote of a cell.", _CLOSE_THE_QUOTE, *at)
    return Problem(f"The quote that opens this cell is closed on line {at[0]}, before '{after}'.", _CLOSE_THE_QUOTE, *opened)


def _quote_inside(line: str, place: int, delimiter: str, number: int) -> Problem:
    before = re.split(rf"[{delimiter}]", line[:place])[-1]
    after = re.split(rf"[{delimiter}\r\n]", line[place:])[0]
    cell = (before + after).strip()[:40]
    advice = "Put the whole cell in quotes and write a quote inside it twice, or remove the quote."
    return Problem(f"Found a quote inside the cell '{cell}'.", advice, number, place + 1)


def cell_starts(line: str, delimiter: str) -> list[int]:
    """Return the column (from 1) of the first character of every cell that begins in a line, after its quote and spaces."""
    starts, quoted = [0], False
    for place, character in enumerate(line):
        quoted ^= character == '"'
        if character == delimiter and not quoted:
            starts.append(place + 1)
    return [start + 1 + len(line[start:]) - len(line[start:].lstrip(' "')) for start in starts]


def _is_extra(name: str, known: Sequence[str]) -> bool:
    return name not in known and _letters(name) not in {_letters(column) for column in known}


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _heading_problems(
    heading: tuple[str, ...], line: int, lines: list[str], delimiter: str, needed: Sequence[str], known: Sequence[str]
) -> Iterator[Problem]:
    starts = dict(enumerate(cell_starts(lines[line - 1], delimiter)))
    absent = [name for name in known if name not in heading]
    for name in needed:
        if name in absent:
            yield Problem(f"The column '{name}' is missing.", f"Needed: {', '.join(needed)}.", line)
    for place, name in enumerate(heading):
        if not name:
            yield Problem(f"Column {place + 1} has no name.", "Name every column in the first line.", line, starts.get(place))
        elif name not in known:
            yield Problem(f"Unknown column '{name}'.", did_you_mean(name, absent) or "Remove it.", line, starts.get(place))
        elif name in heading[:place]:
            yield Problem(f"The column '{name}' appears twice.", "Remove or rename one of them.", line, starts.get(place))


def _uneven(cells: Sequence[Sequence[str]], lines: Sequence[int], delimiter: str) -> Iterator[Problem]:
    width = len(cells[0])
    for row, line in zip(cells, lines, strict=True):
        if len(row) != width:
            message = f"This row has {len(row)} cells, the heading {width}."
            yield Problem(message, f"Put text that contains {DELIMITERS[delimiter]} in quotes.", line)

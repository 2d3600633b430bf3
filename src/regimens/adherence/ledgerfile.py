"""Reading a ledger from its file, with all problems of the file at once."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from regimens.adherence.ledger import ADDED, COLUMNS, REASONS, Ledger
from regimens.errors import InputFileError, Problem, did_you_mean
from regimens.regimen.events import BASES
from regimens.regimen.parts import ROUTES
from regimens.textfile import TextFile, read_text

if TYPE_CHECKING:
    import pandas as pd

LARGEST_LEDGER = 50_000_000
"""Bytes of the largest ledger that is read: some million doses."""

WHOLE = ("subject", "cycle", "dose")
NUMBERS = ("planned_h", "given_h", "planned", "given", "max", "step", "duration_h")


def read_ledger(path: str | Path, arm: str) -> Ledger:
    """Return the rows of one arm of a ledger file, such as the `ledger.csv` of a result.

    InputFileError with every problem of the file: columns that are missing or unknown, cells that are no number where one is
    needed, negative times and amounts, unknown words, an arm it does not have, doses named twice, subjects left out.
    """
    file = read_text(path, "CSV", (".csv",), LARGEST_LEDGER)
    lines, cells = _cells(file)
    problems = [problem for column in COLUMNS for problem in _faults(column, cells[column], lines)]
    if arm not in cells["arm"]:
        problems.append(Problem(f"The ledger has no arm '{arm}'.", did_you_mean(arm, cells["arm"]), 1))
    if not problems:
        chosen = [row for row, name in enumerate(cells["arm"]) if name == arm]
        rows = _frame({name: [column[row] for row in chosen] for name, column in cells.items()})
        problems = [*_repeated(rows, [lines[row] for row in chosen]), *_left_out(rows, arm)]
    if problems:
        raise InputFileError(file.path, problems, file.text)
    return Ledger(rows, file.path, file.digest)


def _cells(file: TextFile) -> tuple[list[int], dict[str, list[str]]]:
    """Return the line of every row and the stripped cells of every column; InputFileError where that is no such table."""
    reader = csv.reader(io.StringIO(file.text, newline=""), strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                rows.append([cell.strip() for cell in record])
                lines.append(reader.line_num)
    except csv.Error as error:
        problem = Problem(f"This is not CSV: {error}.", "Look for a quote that is not closed.", reader.line_num)
        raise InputFileError(file.path, [problem], file.text) from None
    if not rows:
        raise InputFileError(file.path, [Problem("The file is empty.", f"Its first line names columns: {', '.join(COLUMNS)}.")])
    heading, *rows = rows
    problems = [*_heading_problems(heading, lines[0]), *_uneven(rows, len(heading), lines[1:])]
    if problems:
        raise InputFileError(file.path, problems, file.text)
    cells = {name: [row[place] for row in rows] for place, name in enumerate(heading)}
    return lines[1:], {name: [""] * len(rows) for name in ADDED} | cells


def _heading_problems(heading: Sequence[str], line: int) -> Iterator[Problem]:
    for name in COLUMNS:
        if name not in heading and name not in ADDED:
            yield Problem(f"The column '{name}' is missing.", f"Needed: {', '.join(COLUMNS)}.", line)
    for place, name in enumerate(heading):
        if name not in COLUMNS:
            missing = [column for column in COLUMNS if column not in heading]
            yield Problem(f"'{name}' is no column of a ledger.", did_you_mean(name, missing), line)
        elif name in heading[:place]:
            yield Problem(f"The column '{name}' is here twice.", "Remove or rename one of them.", line)


def _uneven(rows: Sequence[Sequence[str]], width: int, lines: Sequence[int]) -> Iterator[Problem]:
    for row, line in zip(rows, lines, strict=True):
        if len(row) != width:
            message = f"This row has {len(row)} cells, the heading {width}."
            yield Problem(message, "Put text that contains a comma in quotes.", line)


def _faults(column: str, cells: Sequence[str], lines: Sequence[int]) -> Iterator[Problem]:
    """Yield a problem for every cell of a column that does not hold what it must; each text is looked at once."""
    is_right, needed = _HOLDS[column]
    wrong = {text for text in set(cells) if not is_right(text)}
    if wrong:
        for text, line in zip(cells, lines, strict=True):
            if text in wrong:
                found = f"'{column}' holds '{text}'." if text else f"'{column}' is blank."
                yield Problem(found, f"{needed} is needed.", line)


def _whole(lowest: int) -> Callable[[str], bool]:
    return lambda text: text.isascii() and text.isdigit() and int(text) >= lowest


def _number(holds: Callable[[float], bool]) -> Callable[[str], bool]:
    def is_right(text: str) -> bool:
        try:
            return math.isfinite(float(text)) and holds(float(text))
        except ValueError:
            return False

    return is_right


def _word(known: Sequence[str]) -> tuple[Callable[[str], bool], str]:
    return known.__contains__, f"One of {', '.join(known)}"


_TIME = (_number(lambda value: value >= 0), "A time in h, 0 or more,")
_POSITIVE = _number(lambda value: value > 0)
_HOLDS: dict[str, tuple[Callable[[str], bool], str]] = {
    "arm": (bool, "The name of an arm"),
    "subject": (_whole(0), "A whole number from 0 up"),
    "drug": (str.isidentifier, "A name of letters, digits and _"),
    "cycle": (_whole(1), "A whole number from 1 up"),
    "dose": (_whole(1), "A whole number from 1 up"),
    "planned_h": _TIME,
    "given_h": _TIME,
    "planned": (_POSITIVE, "An amount above 0"),
    "given": (_number(lambda value: value >= 0), "An amount, 0 or more,"),
    "basis": _word(BASES),
    "max": (lambda text: text == "" or _POSITIVE(text), "An amount above 0, or nothing where there is no cap,"),
    "step": (lambda text: text == "" or _POSITIVE(text), "An amount above 0, or nothing where there is no step,"),
    "route": _word(ROUTES),
    "duration_h": _TIME,
    "reason": _word(REASONS),
}
"""Column -> what its cells must hold, as a check and in words."""


def _frame(cells: dict[str, list[str]]) -> pd.DataFrame:
    import pandas as pd

    columns = {}
    for name in COLUMNS:
        if name in WHOLE:
            columns[name] = np.array([int(text) for text in cells[name]], dtype=np.int64)
        elif name in NUMBERS:
            columns[name] = np.array([float(text or "nan") for text in cells[name]], dtype=float)
        else:
            columns[name] = np.array(cells[name], dtype=object)
    return pd.DataFrame(columns)


def _repeated(rows: pd.DataFrame, lines: Sequence[int]) -> Iterator[Problem]:
    for place in np.flatnonzero(rows.duplicated(["subject", "drug", "cycle", "dose"])):
        row = rows.iloc[place]
        dose = f"dose {row['dose']} of cycle {row['cycle']} of {row['drug']}"
        yield Problem(f"Subject {row['subject']} has {dose} a second time.", "Every dose has one row.", lines[place])


def _left_out(rows: pd.DataFrame, arm: str) -> Iterator[Problem]:
    known = set(rows["subject"])
    missing = [subject for subject in range(max(known)) if subject not in known]
    if missing:
        shown = ", ".join(map(str, missing[:5])) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        yield Problem(f"Arm '{arm}' has no rows of subject {shown}.", "Subjects are counted from 0 without a gap.", 1)

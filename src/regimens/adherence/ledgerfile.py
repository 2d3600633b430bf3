"""Reading a ledger from its CSV file, with all problems of the file at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.adherence.ledger import ADDED, COLUMNS, REASONS, Ledger
from regimens.csvfile import Row, Table, read_table
from regimens.decimals import whole_number_of
from regimens.drugs import ROUTES
from regimens.errors import InputFileError, Problem, did_you_mean
from regimens.subject import BASES

if TYPE_CHECKING:
    import pandas as pd

LARGEST_LEDGER = 50_000_000
"""Bytes of the largest ledger that is read: some million doses."""

WHOLE = ("subject", "cycle", "dose")
NUMBERS = ("planned_h", "given_h", "planned", "given", "max", "step", "duration_h")

MOST_LISTED = 5
"""Missing subjects that a problem lists."""

Value = float | str
Read = Callable[[Table, str], Value | None]
"""Reads the text of a cell; None where it is not what the column holds."""


def read_ledger(path: str | Path, arm: str, model: str | None = None) -> Ledger:
    """Return the rows of one arm of a ledger file, such as the `ledger.csv` of a result; of one `model` where the arm had rules.

    InputFileError lists every problem of the file: columns that are missing or unknown, cells that hold no number where one
    is needed, negative times and amounts, unknown words, an arm that is not in the file, doses with two rows, missing
    subjects.
    """
    table = read_table(path, [name for name in COLUMNS if name not in ADDED], COLUMNS, largest=LARGEST_LEDGER)
    problems: list[Problem] = []
    values = {column: _values(table, column, problems) for column in COLUMNS}
    arms = table.column("arm")
    if arm not in arms:
        problems.append(Problem(f"The ledger has no arm '{arm}'.", did_you_mean(arm, arms), 1))
    if not problems:
        chosen = [row for row, name in enumerate(arms) if name == arm]
        models = list(dict.fromkeys(str(values["model"][row]) for row in chosen))
        if model is not None or len(models) > 1:
            if model not in models:
                problems.append(_which_model(arm, model, models))
            chosen = [row for row in chosen if values["model"][row] == model]
    if not problems:
        rows = _frame({column: [cells[row] for row in chosen] for column, cells in values.items()})
        problems += [*_repeated(rows, [table.lines[row] for row in chosen]), *_left_out(rows, arm)]
    if problems:
        raise InputFileError(table.path, problems, table.text)
    return Ledger(rows, table.path, table.digest)


def ledger_of_csv(text: str) -> Ledger:
    """Return the ledger that `Ledger.to_csv` wrote; its cells are not checked."""
    header, *cells = csv.reader(io.StringIO(text))
    values: dict[str, list[Value | None]] = {}
    for place, name in enumerate(header):
        column = [row[place] for row in cells]
        numbers = [float(cell) if cell else np.nan for cell in column] if name in (*WHOLE, *NUMBERS) else []
        values[name] = list(numbers or column)
    return Ledger(_frame(values))


def _which_model(arm: str, model: str | None, models: Sequence[str]) -> Problem:
    if model is None:
        advice = f"Add 'model:' with one of {', '.join(models)}."
        return Problem(f"The doses of arm '{arm}' are of {len(models)} models.", advice, 1)
    found = f"The ledger has no doses of arm '{arm}' under the model '{model}'."
    return Problem(found, did_you_mean(model, [name for name in models if name]), 1)


def _values(table: Table, column: str, problems: list[Problem]) -> list[Value | None]:
    """Return the values of a column and note a problem for every cell that cannot be read; each text is read once."""
    texts = table.column(column) if column in table.heading else [""] * len(table.cells)
    read, needed = _HOLDS[column]
    known = {text: read(table, text) for text in set(texts)}
    if None in known.values():
        for index, text in enumerate(texts):
            if known[text] is None:
                found = f"'{column}' is '{text}'." if text else f"'{column}' is blank."
                problems.append(Row(table, index).problem(column, found, f"{needed} is needed."))
    return [known[text] for text in texts]


def _whole(lowest: int) -> Read:
    def read(table: Table, text: str) -> int | None:
        value = whole_number_of(text)
        return value if value is not None and value >= lowest else None

    return read


def _number(is_right: Callable[[float], bool], blank: float | None = None) -> Read:
    def read(table: Table, text: str) -> float | None:
        value = table.number(text) if text else blank
        return value if value is not None and (is_right(value) or text == "") else None

    return read


def _word(is_right: Callable[[str], bool]) -> Read:
    return lambda table, text: text if is_right(text) else None


def _from_zero(value: float) -> bool:
    return value >= 0


def _positive(value: float) -> bool:
    return value > 0


_TIME = (_number(_from_zero), "A time in h, 0 or more,")
_HOLDS: dict[str, tuple[Read, str]] = {
    "arm": (_word(bool), "The name of an arm"),
    "subject": (_whole(0), "A whole number from 0 up"),
    "drug": (_word(str.isidentifier), "A name of letters, digits and _"),
    "cycle": (_whole(1), "A whole number from 1 up"),
    "dose": (_whole(1), "A whole number from 1 up"),
    "planned_h": _TIME,
    "given_h": _TIME,
    "planned": (_number(_positive), "An amount above 0"),
    "given": (_number(_from_zero), "An amount, 0 or more,"),
    "basis": (_word(BASES.__contains__), f"One of {', '.join(BASES)}"),
    "max": (_number(_positive, blank=np.nan), "An amount above 0, or nothing where there is no cap,"),
    "step": (_number(_positive, blank=np.nan), "An amount above 0, or nothing where there is no step,"),
    "route": (_word(ROUTES.__contains__), f"One of {', '.join(ROUTES)}"),
    "duration_h": _TIME,
    "model": (_word(lambda text: True), "The name of a model, or nothing"),
    "reason": (_word(REASONS.__contains__), f"One of {', '.join(REASONS)}"),
}
"""Column -> how its cells are read, and what they must hold in words."""


def _frame(values: dict[str, list[Value | None]]) -> pd.DataFrame:
    import pandas as pd

    def kind(name: str) -> npt.DTypeLike:
        return np.int64 if name in WHOLE else np.float64 if name in NUMBERS else object

    return pd.DataFrame({name: np.array(cells, dtype=kind(name)) for name, cells in values.items()})


def _repeated(rows: pd.DataFrame, lines: Sequence[int]) -> Iterator[Problem]:
    for place in np.flatnonzero(rows.duplicated(["subject", "drug", "cycle", "dose"])).tolist():
        row = rows.iloc[place]
        dose = f"dose {row['dose']} of cycle {row['cycle']} of {row['drug']}"
        yield Problem(f"Subject {row['subject']} has {dose} a second time.", "Every dose has one row.", lines[place])


def _left_out(rows: pd.DataFrame, arm: str) -> Iterator[Problem]:
    known = set(rows["subject"])
    missing = [subject for subject in range(max(known)) if subject not in known]
    if missing:
        more = f" and {len(missing) - MOST_LISTED} more" if len(missing) > MOST_LISTED else ""
        shown = ", ".join(map(str, missing[:MOST_LISTED])) + more
        yield Problem(f"Arm '{arm}' has no rows of subject {shown}.", "Subjects are counted from 0 without a gap.", 1)

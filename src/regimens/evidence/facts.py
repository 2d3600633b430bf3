"""Facts: numbers of pharmacology and frequencies of adverse events, one a row, as printed; they are read and not fitted."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from regimens import shipped
from regimens.csvfile import Row, read_table
from regimens.errors import InputFileError, Problem, did_you_mean

COLUMNS = (
    "id", "study", "doi", "doi_verified", "year", "population", "n", "route", "dose", "dose_unit", "schedule", "analyte",
    "time_words", "statistic", "value", "low", "high", "interval", "unit", "role", "how_read", "assumed", "note",
)  # fmt: skip
"""Columns of a table of facts."""

CHOICES = {
    "doi_verified": ("", "yes", "no"),
    "statistic": ("value", "mean", "median", "range", "count", "percent"),
    "interval": ("", "SD", "range", "95% range"),
    "role": ("prior", "context"),
    "how_read": ("abstract", "label", "figure", "full text", "secondary"),
}
"""What the cells of some columns may be. A prior is what priors of the models rest on or are weighed against."""


@dataclass(frozen=True)
class Fact:
    """One printed number, or the two ends of one; `n` is None where it is not printed."""

    id: str
    study: str
    doi: str
    doi_verified: bool
    year: int | None
    population: str
    n: int | None
    route: str
    dose: str
    dose_unit: str
    schedule: str
    analyte: str
    time_words: str
    statistic: str
    value: float | None
    low: float | None
    high: float | None
    interval: str
    unit: str
    role: str
    how_read: str
    assumed: str
    note: str
    line: int


def pharmacology() -> tuple[Fact, ...]:
    """Return the shipped numbers of pharmacokinetics, receptors and turnover."""
    return read_facts(shipped.folder("evidence") / "pharmacology.csv")


def adverse_events() -> tuple[Fact, ...]:
    """Return the shipped frequencies of adverse events."""
    return read_facts(shipped.folder("evidence") / "adverse_events.csv")


def read_facts(path: str | Path) -> tuple[Fact, ...]:
    """Read a table of facts; InputFileError with every bad cell of the file."""
    table = read_table(path, COLUMNS, COLUMNS)
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row in table.rows:
        problems += _problems(row, seen)
    if problems:
        raise InputFileError(table.path, problems, table.text)
    return tuple(_fact(row) for row in table.rows)


def _problems(row: Row, seen: dict[str, int]) -> Iterator[Problem]:
    if row["id"] in seen:
        yield row.problem("id", f"The id '{row['id']}' is here a second time; the first is on line {seen[row['id']]}.")
    seen.setdefault(row["id"], row.line)
    for column in ("id", "study", "analyte", "unit"):
        if not row[column]:
            yield row.problem(column, f"'{column}' is blank.", "Every row needs it.")
    for column, known in CHOICES.items():
        if row[column] not in known:
            yield row.problem(column, f"'{row[column]}' is no {column}.", did_you_mean(row[column], filter(None, known)))
    for column in ("value", "low", "high"):
        if row[column] and _number(row[column]) is None:
            yield row.problem(column, f"'{row[column]}' is no number.", f"'{column}' holds a finite number, or nothing.")
    for column in ("year", "n"):
        if row[column] and not row[column].isdigit():
            yield row.problem(column, f"'{row[column]}' is no whole number.", f"'{column}' holds one, or nothing.")
    if not row["value"] and not (row["low"] and row["high"]):
        yield row.problem("value", "This row has neither a value nor two ends.")


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _fact(row: Row) -> Fact:
    cells = {column: row[column] for column in COLUMNS}
    numbers = {column: _number(row[column]) if row[column] else None for column in ("value", "low", "high")}
    counts = {column: int(row[column]) if row[column] else None for column in ("year", "n")}
    return Fact(**{**cells, **numbers, **counts, "doi_verified": row["doi_verified"] == "yes", "line": row.line})

"""Facts: published numbers of pharmacology and frequencies of adverse events, one a row, as printed; no model is fitted."""

from __future__ import annotations

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
"""What the cells of some columns may be. The role 'prior' marks numbers that priors of the models come from or agree with."""


@dataclass(frozen=True)
class Fact:
    """One printed number, or both ends of its interval; `n` is None if it is not printed."""

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
    """Read a table of facts; InputFileError with every problem of the file."""
    table = read_table(path, COLUMNS, COLUMNS)
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    for row in table.rows:
        problems += _problems(row, lines)
    if problems:
        raise InputFileError(table.path, problems, table.text)
    return tuple(_fact(row) for row in table.rows)


def _problems(row: Row, lines: dict[str, int]) -> Iterator[Problem]:
    """Yield the problems of a row; `lines` are those of the ids so far, and the row's is added."""
    if row["id"] in lines:
        yield row.problem("id", f"The id '{row['id']}' is already used on line {lines[row['id']]}.", "Rename one of the rows.")
    lines.setdefault(row["id"], row.line)
    for column in ("id", "study", "analyte", "unit"):
        if not row[column]:
            yield row.problem(column, f"'{column}' is blank.", "Every row needs it.")
    for column, known in CHOICES.items():
        if row[column] not in known:
            yield row.problem(column, f"Unknown {column} '{row[column]}'.", did_you_mean(row[column], filter(None, known)))
    for column in ("value", "low", "high"):
        if row[column] and row.number(column) is None:
            yield row.problem(column, f"'{row[column]}' is not a number.", f"'{column}' must be a plain decimal number or blank.")
    for column in ("year", "n"):
        number = row.whole_number(column)
        if row[column] and (number is None or number < 0):
            message = f"'{row[column]}' is not a whole number of at least 0."
            yield row.problem(column, message, f"'{column}' must be one, or blank.")
    if not row["value"] and not (row["low"] and row["high"]):
        yield row.problem("value", "This row has neither a value nor both low and high.")


def _fact(row: Row) -> Fact:
    return Fact(
        id=row["id"],
        study=row["study"],
        doi=row["doi"],
        doi_verified=row["doi_verified"] == "yes",
        year=row.whole_number("year"),
        population=row["population"],
        n=row.whole_number("n"),
        route=row["route"],
        dose=row["dose"],
        dose_unit=row["dose_unit"],
        schedule=row["schedule"],
        analyte=row["analyte"],
        time_words=row["time_words"],
        statistic=row["statistic"],
        value=row.number("value"),
        low=row.number("low"),
        high=row.number("high"),
        interval=row["interval"],
        unit=row["unit"],
        role=row["role"],
        how_read=row["how_read"],
        assumed=row["assumed"],
        note=row["note"],
        line=row.line,
    )

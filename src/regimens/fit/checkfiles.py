"""The files checks.csv and sources.csv of a fit: what validation found, written and read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from regimens.csvfile import Row, read_table
from regimens.errors import ModelError
from regimens.fit.posterior import csv_text
from regimens.fit.validation import Check, SourceCheck

CHECKS = (
    "id", "source", "fitted", "independent", "observable", "observed", "bound", "low", "median", "high", "probability", "score",
    "null_score", "group_score",
)  # fmt: skip
"""Columns of checks.csv. Blank where a row has none: a bound has a probability and no score, a value the reverse."""

SOURCES = ("source", "how", "shape", "log_density", "common", "null_density", "group_density", "lost")
"""Columns of sources.csv. The densities of the null models are those of all rows that they can predict."""


def checks_text(checks: Sequence[Check]) -> str:
    """Return the text of checks.csv."""
    return csv_text(CHECKS, [[_cell(getattr(check, column)) for column in CHECKS] for check in checks])


def sources_text(sources: Sequence[SourceCheck]) -> str:
    """Return the text of sources.csv."""
    return csv_text(SOURCES, [[_cell(getattr(source, column)) for column in SOURCES] for source in sources])


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return " ".join(value) if isinstance(value, tuple) else str(value)


def read_checks(path: Path) -> tuple[Check, ...]:
    """Read checks.csv."""
    return tuple(
        Check(
            id=row["id"],
            source=row["source"],
            fitted=row["fitted"] == "yes",
            independent=row["independent"] == "yes",
            observable=row["observable"],
            observed=row.required_number("observed"),
            bound=row["bound"],
            low=row.required_number("low"),
            median=row.required_number("median"),
            high=row.required_number("high"),
            probability=row.number("probability"),
            score=row.number("score"),
            null_score=row.number("null_score"),
            group_score=row.number("group_score"),
        )
        for row in _rows(path, CHECKS)
    )


def read_sources(path: Path) -> tuple[SourceCheck, ...]:
    """Read sources.csv."""
    return tuple(
        SourceCheck(
            source=row["source"],
            how=row["how"],
            shape=row.number("shape"),
            log_density=row.required_number("log_density"),
            common=row.number("common"),
            null_density=row.number("null_density"),
            group_density=row.number("group_density"),
            lost=tuple(row["lost"].split()),
        )
        for row in _rows(path, SOURCES)
    )


def _rows(path: Path, columns: Sequence[str]) -> tuple[Row, ...]:
    if not path.is_file():
        raise ModelError(f"{path.name} of this fit is missing. Renew it with `python scripts/renew_posteriors.py`.")
    return read_table(path, columns, columns).rows

"""The weights of the shipped models in weighted verdicts: how well each predicted studies that were left out of its fit."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from regimens import shipped
from regimens.contrasts.weighted import Weight, Weights
from regimens.csvfile import Row, read_table
from regimens.errors import InputFileError, Problem
from regimens.model.fitted import posterior_draws

if TYPE_CHECKING:
    from regimens.study.study import Study

COLUMNS = ("model", "weight", "low", "high")

_ROUNDING = 0.005
"""Weights are written with a few digits, so that their sum may miss 1 by this much."""


def weights_of(study: Study) -> Weights | None:
    """Return the weights of those models of a study that are at their shipped fit; None where no weights are shipped.

    A model of the user's own, or a shipped one whose equations or values were changed, has none.
    """
    path = shipped.folder("posteriors") / "weights.csv"
    if not path.is_file():
        return None
    known = read_weights(path)
    fits = [model.name for model in study.models if posterior_draws(model.declared) is not None]
    return {name: known[name] for name in fits if name in known}


def read_weights(path: Path) -> Weights:
    """Read a file of weights; InputFileError with every problem: weights are from 0 to 1, inside their interval, and sum to 1."""
    table = read_table(path, COLUMNS, COLUMNS)
    problems: list[Problem] = []
    found: dict[str, Weight] = {}
    for row in table.rows:
        if row["model"] in found:
            problems.append(row.problem("model", f"The model '{row['model']}' has two weights.", "Remove one of the rows."))
        elif (weight := _weight(row, problems)) is not None:
            found[row["model"]] = weight
    total = sum(each.weight for each in found.values())
    if not problems and abs(total - 1.0) > _ROUNDING:
        problems.append(Problem(f"The weights sum to {total:.4g}.", "The weights of all models together are 1."))
    if problems:
        raise InputFileError(table.path, problems, table.text)
    return found


def _weight(row: Row, problems: list[Problem]) -> Weight | None:
    numbers = [math.nan if (number := row.number(column)) is None else number for column in COLUMNS[1:]]
    before = len(problems)
    for column, number in zip(COLUMNS[1:], numbers, strict=True):
        if not 0.0 <= number <= 1.0:
            found = f"'{row[column]}' is not a number from 0 to 1."
            problems.append(row.problem(column, found, f"'{column}' is a share of 1."))
    weight, low, high = numbers
    if len(problems) == before and not low <= weight <= high:
        found = f"The weight {weight:g} of '{row['model']}' lies outside its interval, {low:g} to {high:g}."
        problems.append(row.problem("weight", found, "Give 'low' <= 'weight' <= 'high'."))
    return Weight(weight, low, high) if len(problems) == before else None

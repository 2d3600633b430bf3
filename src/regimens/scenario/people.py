"""Real people from a CSV file: their sizes, parameters and ids; and the rows of ledgers that are theirs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from regimens.csvfile import Row, Table, read_table
from regimens.errors import InputFileError, Problem
from regimens.population import People
from regimens.population.values import FEMALE, MALE
from regimens.scenario.names import fault_of
from regimens.subject import mosteller_m2

if TYPE_CHECKING:
    from regimens.adherence.ledger import Ledger
    from regimens.model.declaration import Parameter

SIZE_RANGE = {"weight": ("kg", 1.0, 400.0), "height": ("cm", 30.0, 250.0)}
"""Unit, smallest and largest of a size that is accepted for a body."""

ID_COLUMNS = ("subject", "id")
"""Columns that name a person; a file has at most one of them."""

COLUMNS = (*ID_COLUMNS, "weight_kg", "height_cm", "bsa_m2", "sex")
"""Columns of a file of people, beside parameters of the models."""

SEXES = {"": "", "f": FEMALE, "female": FEMALE, "m": MALE, "male": MALE}
"""What a cell under 'sex' may hold, in any case."""


def read_people(path: Path, parameters: Mapping[str, Parameter]) -> People:
    """Return the people of a CSV file with a row each; InputFileError with every problem of the file.

    Columns: weight_kg, height_cm or bsa_m2 or both (by Mosteller if not given), and as the file likes sex, an id of each
    person ('subject' or 'id') and any of `parameters`. Other columns are allowed and not used.
    """
    table = read_table(path, ("weight_kg",), (*COLUMNS, *parameters), allow_extra=True)
    rows, heading = table.rows, table.heading
    problems: list[Problem] = []
    if not rows:
        problems.append(Problem("The file has no people.", "One row a person is needed."))
    if rows and not {"height_cm", "bsa_m2"} & set(heading):
        problems.append(Problem("There is neither a column 'height_cm' nor 'bsa_m2'.", "Body surface area needs one of them.", 1))
    limits = {"weight_kg": SIZE_RANGE["weight"][1:], "height_cm": SIZE_RANGE["height"][1:], "bsa_m2": (0.2, 4.0)}
    limits |= {name: (parameter.low, parameter.high) for name, parameter in parameters.items()}
    found = {name: np.array([_number(row, name, limits[name], problems) for row in rows]) for name in limits if name in heading}
    sexes = tuple(_sex(row, problems) for row in rows)
    ids = _ids(table, problems)
    if problems:
        raise InputFileError(table.path, problems, table.text)
    height = found.get("height_cm", np.full(len(rows), np.nan))
    return People(
        table.path,
        table.digest,
        weight_kg=found["weight_kg"],
        bsa_m2=found["bsa_m2"] if "bsa_m2" in found else mosteller_m2(found["weight_kg"], height),
        height_cm=height,
        sex=sexes,
        given={name: values for name, values in found.items() if name in parameters},
        ids=ids,
        unused=table.extra,
        note=table.note,
    )


def of_people(ledger: Ledger, people: People) -> Ledger:
    """Return the ledger with its subjects numbered as the rows of `people`, whose ids must be the ledger's subjects.

    ValueError says in a sentence why they cannot be matched.
    """
    subjects = [str(number) for number in range(ledger.subjects)]
    if not people.ids:
        raise ValueError("the people have no ids. Add a column 'subject' with the subjects of the ledger.")
    if set(people.ids) != set(subjects):
        odd = next((name for name in people.ids if name not in set(subjects)), None)
        missing = next((name for name in subjects if name not in set(people.ids)), None)
        which = f"'{odd}' is not in the ledger" if odd is not None else f"subject {missing} of the ledger is not among the people"
        raise ValueError(f"{which}. Both must name the same subjects.")
    place = np.array([people.ids.index(name) for name in subjects])
    rows = ledger.rows.assign(subject=place[ledger.rows["subject"].to_numpy()])
    return replace(ledger, rows=rows.sort_values("subject", kind="stable").reset_index(drop=True))


def _ids(table: Table, problems: list[Problem]) -> tuple[str, ...]:
    columns = [name for name in ID_COLUMNS if name in table.heading]
    if len(columns) > 1:
        problems.append(Problem("Both 'subject' and 'id' name the people.", "Keep one of the two columns.", 1))
    if len(columns) != 1:
        return ()
    first: dict[str, int] = {}
    for row in table.rows:
        name = row[columns[0]]
        if not name:
            problems.append(row.problem(columns[0], "This person has no id.", f"Every row needs one under '{columns[0]}'."))
        elif name in first:
            found = f"The id '{name}' is here a second time; the first is on line {first[name]}."
            problems.append(row.problem(columns[0], found, "Every person needs an id of their own."))
        elif fault := fault_of(name, "a person"):
            problems.append(row.problem(columns[0], *fault))
        first.setdefault(name, row.line)
    return tuple(first)


def _number(row: Row, column: str, limits: tuple[float, float], problems: list[Problem]) -> float:
    low, high = limits
    value = row.number(column)
    if value is None:
        problems.append(row.problem(column, f"'{row[column]}' is not a number.", f"From {low:g} to {high:g} is accepted."))
        return math.nan
    if not low <= value <= high:
        problems.append(
            row.problem(column, f"'{row[column]}' is not a possible {column}.", f"From {low:g} to {high:g} is accepted.")
        )
    return value


def _sex(row: Row, problems: list[Problem]) -> str:
    if row["sex"].lower() not in SEXES:
        problems.append(row.problem("sex", f"Unknown sex '{row['sex']}'.", "Write 'female', 'male', 'f', 'm' or nothing."))
    return SEXES.get(row["sex"].lower(), "")

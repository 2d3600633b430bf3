"""Compare two result folders table by table: `python scripts/compare_results.py BEFORE AFTER`, a line a table.

Numbers are equal up to a relative difference of 1e-9. Rows are matched by the columns that name them. Tables are read from CSV,
packed CSV and Parquet, and endpoints also where they are a row a number, as they were up to version 0.1. The exit code is 1 if
a number differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

CLOSE = 1e-9
NAMES = (
    "arm", "against", "of", "model", "endpoint", "observable", "parameter", "over", "drug", "cycle", "dose", "subject", "draw",
    "time_h", "status", "variant", "rest_days", "chosen",
)  # fmt: skip
PROSE = ("verdict", "winner", "reason", "probabilities")


def compared(before: pd.DataFrame, after: pd.DataFrame) -> tuple[list[str], int]:
    """Return what is to be said of two tables, and how many numbers differ in the rows that both have."""
    said = []
    if more := [name for name in after if name not in before]:
        said.append(f"new columns {', '.join(more)}")
    if fewer := [name for name in before if name not in after]:
        said.append(f"no columns {', '.join(fewer)}")
    keys = [name for name in before if name in NAMES and name in after]
    both = before.merge(after, on=keys, suffixes=("", " after")) if keys else before.join(after, rsuffix=" after")
    if len(before) != len(after) or len(both) != len(before):
        said.append(f"{len(before)} rows before, {len(after)} after, {len(both)} in both")
    wrong = 0
    for name in before:
        if f"{name} after" not in both:
            continue
        one, other = both[name], both[f"{name} after"]
        if not (pd.api.types.is_numeric_dtype(one) and pd.api.types.is_numeric_dtype(other)):
            differ = int((one.fillna("").astype(str) != other.fillna("").astype(str)).sum())
            said += [f"{name}: {differ} texts differ"] if differ else []
            wrong += differ if name not in PROSE else 0
            continue
        one, other = one.to_numpy(float), other.to_numpy(float)
        same = (one == other) | (np.isnan(one) & np.isnan(other)) | (np.abs(one - other) <= CLOSE * np.abs(one))
        if not same.all():
            worst = np.nanmax(np.abs(one - other)[~same] / np.maximum(np.abs(one[~same]), 1e-300), initial=0.0)
            said.append(f"{name}: {int((~same).sum())} numbers differ, by at most {worst:.2g} relative")
            wrong += int((~same).sum())
    return said, wrong


def tables_of(folder: Path) -> dict[str, Path]:
    """Return the file of every table of a result, by name."""
    found = [path for pattern in ("*.csv", "*.csv.gz", "*.parquet") for path in folder.glob(pattern)]
    return {path.name.split(".")[0]: path for path in sorted(found)}


def read(path: Path) -> pd.DataFrame:
    """Return a table; the endpoints always with a column for each endpoint."""
    table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, low_memory=False)
    return wide(table) if {"endpoint", "replicate", "value"} <= set(table) else table


def wide(endpoints: pd.DataFrame) -> pd.DataFrame:
    """Return endpoints that are a row a number as a row a subject; what was said of each number is left out."""
    of_subjects = endpoints.rename(columns={"replicate": "draw"})
    rows = of_subjects.pivot(index=["arm", "model", "draw", "subject"], columns="endpoint", values="value")
    return rows.reset_index().rename_axis(columns=None)


def main(before: Path, after: Path) -> int:
    """Print a line a table and return the exit code."""
    wrong = 0
    earlier, later = tables_of(before), tables_of(after)
    for name, file in earlier.items():
        if name not in later:
            print(f"{name}: is not there after")
            continue
        said, differ = compared(read(file), read(later[name]))
        wrong += differ
        print(f"{name}: {'; '.join(said) or 'equal'}")
    for name in sorted(later.keys() - earlier.keys()):
        print(f"{name}: new")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))

"""Compare two result folders table by table: `python scripts/compare_results.py BEFORE AFTER`, a line a table.

Numbers are equal up to a relative difference of 1e-9. Rows are matched by the columns that name them. Exit code 1 if a number differs.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

CLOSE = 1e-9
NAMES = (
    "arm", "against", "of", "model", "endpoint", "observable", "parameter", "over", "drug", "cycle", "dose", "subject", "draw",
    "replicate", "time_h", "status", "variant", "rest_days", "chosen",
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
            differ = int((one.astype(str) != other.astype(str)).sum())
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


def main(before: Path, after: Path) -> int:
    """Print a line a table and return the exit code."""
    wrong = 0
    for file in sorted(before.glob("*.csv")):
        other = after / file.name
        if not other.exists():
            print(f"{file.name}: is not there after")
            continue
        said, differ = compared(*(pd.read_csv(path, low_memory=False) for path in (file, other)))
        wrong += differ
        print(f"{file.name}: {'; '.join(said) or 'equal'}")
    for other in sorted(after.glob("*.csv")):
        if not (before / other.name).exists():
            print(f"{other.name}: new")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:3])))

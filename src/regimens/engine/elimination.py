"""Which entries of a sparse matrix an LU factorisation touches, in an order that fills in little; no numbers here.

The order takes, again and again, the diagonal entry whose elimination can create the fewest new entries (H. M. Markowitz,
Management Science 3:255, 1957, kept to the diagonal). There is no pivoting: the engine rejects a step with a tiny pivot.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pivot:
    """One elimination: the diagonal entry, the later rows and the later columns that it meets (in elimination order)."""

    index: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]


def plan(size: int, entries: Iterable[tuple[int, int]]) -> tuple[Pivot, ...]:
    """Return the eliminations of a `size` x `size` matrix with the given off-diagonal entries and a full diagonal."""
    below: list[set[int]] = [set() for _ in range(size)]
    right: list[set[int]] = [set() for _ in range(size)]
    for row, column in entries:
        if row != column:
            below[column].add(row)
            right[row].add(column)
    left = set(range(size))
    pivots = []
    while left:
        k = min(left, key=lambda i: (len(below[i]) * len(right[i]), i))
        left.remove(k)
        rows, columns = below[k], right[k]
        for row in rows:
            right[row].discard(k)
            right[row].update(column for column in columns if column != row)
        for column in columns:
            below[column].discard(k)
            below[column].update(row for row in rows if row != column)
        pivots.append((k, rows, columns))
    place = {k: position for position, (k, _, _) in enumerate(pivots)}
    return tuple(
        Pivot(k, tuple(sorted(rows, key=place.__getitem__)), tuple(sorted(columns, key=place.__getitem__)))
        for k, rows, columns in pivots
    )

"""LU factorisation and solution of sparse systems: the plan (no numbers), then the plan as vector instructions.

The plan says which entries of the matrix a factorisation touches, in an order that creates few new entries: each step takes the
diagonal entry whose elimination can create the fewest (H. M. Markowitz, Management Science 3:255, 1957, restricted to the
diagonal). There is no pivoting for size: the engine rejects a step whose smallest pivot is tiny.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llvmlite import ir

if TYPE_CHECKING:
    from regimens.engine.lanes import Lanes


@dataclass(frozen=True)
class Pivot:
    """One elimination: index of the diagonal entry, and the later rows and columns it touches (in elimination order)."""

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


@dataclass(frozen=True)
class Factors:
    """A factorised matrix: multipliers below the diagonal, rows above it divided by their pivots, reciprocals of the pivots.

    Dividing the upper rows once shortens the chain of dependent operations in each of the eight solutions of a step.
    """

    pivots: tuple[Pivot, ...]
    lower: dict[tuple[int, int], ir.Value]
    upper: dict[tuple[int, int], ir.Value]
    inverse: dict[int, ir.Value]
    smallest: ir.Value
    """The smallest magnitude among the pivots."""


def emit_factors(v: Lanes, pivots: tuple[Pivot, ...], matrix: Mapping[tuple[int, int], ir.Value]) -> Factors:
    """Factorise `matrix`, whose keys are (row, column); the diagonal is complete."""
    entries = dict(matrix)
    lower, upper, inverse = {}, {}, {}
    smallest = None
    for pivot in pivots:
        k = pivot.index
        inverse[k] = v.divide(1.0, entries[k, k])
        size = v.magnitude(entries[k, k])
        smallest = size if smallest is None else v.select(v.compare("<", smallest, size), smallest, size)
        for column in pivot.columns:
            upper[k, column] = v.multiply(entries[k, column], inverse[k])
        for row in pivot.rows:
            lower[row, k] = v.multiply(entries[row, k], inverse[k])
            for column in pivot.columns:
                product = v.multiply(entries[row, k], upper[k, column])
                old = entries.get((row, column))
                entries[row, column] = v.negate(product) if old is None else v.subtract(old, product)
    return Factors(pivots, lower, upper, inverse, smallest)


def emit_solution(v: Lanes, factors: Factors, right_side: list[ir.Value]) -> list[ir.Value]:
    """Return x with matrix x = right_side."""
    x = list(right_side)
    for pivot in factors.pivots:
        for row in pivot.rows:
            x[row] = v.subtract(x[row], v.multiply(factors.lower[row, pivot.index], x[pivot.index]))
    for pivot in reversed(factors.pivots):
        k = pivot.index
        x[k] = v.multiply(x[k], factors.inverse[k])
        for column in reversed(pivot.columns):
            x[k] = v.subtract(x[k], v.multiply(factors.upper[k, column], x[column]))
    return x

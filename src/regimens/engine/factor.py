"""LU factorisation and solution of a planned sparse matrix, as straight-line vector instructions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from llvmlite import ir

from regimens.engine.elimination import Pivot
from regimens.engine.lanes import Lanes


@dataclass(frozen=True)
class Factors:
    """A factorised matrix: multipliers below the diagonal, rows above it over their pivots, reciprocals of the pivots.

    Dividing the upper rows once shortens the chain of operations that each of the eight solutions waits for.
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

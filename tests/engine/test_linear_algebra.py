"""The plan of the factorisation, applied to numbers in numpy."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.engine.linear_algebra import plan


def _solve(matrix: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, int]:
    """Solve by the plan, touching nothing that is not in it; return the entries it touched too."""
    n = len(matrix)
    pivots = plan(n, list(zip(*np.nonzero(matrix), strict=True)))
    a, x, touched = matrix.copy(), right.copy(), n
    for p in pivots:
        touched += len(p.rows) + len(p.columns)
        for row in p.rows:
            share = a[row, p.index] / a[p.index, p.index]
            x[row] -= share * x[p.index]
            for column in p.columns:
                a[row, column] -= share * a[p.index, column]
    for p in reversed(pivots):
        x[p.index] = (x[p.index] - sum(a[p.index, c] * x[c] for c in p.columns)) / a[p.index, p.index]
    return x, touched


@pytest.mark.parametrize("density", [0.05, 0.2, 0.6])
def test_a_planned_elimination_solves_any_diagonally_strong_system(density: float):
    rng = np.random.default_rng(3)
    for n in (2, 7, 25):
        matrix = np.where(rng.random((n, n)) < density, rng.standard_normal((n, n)), 0.0) + np.diag(n + rng.random(n))
        right = rng.standard_normal(n)
        assert np.allclose(_solve(matrix, right)[0], np.linalg.solve(matrix, right), rtol=1e-12)


def test_an_arrow_matrix_fills_in_nothing_whichever_way_it_points():
    n = 12
    arrow = np.eye(n) * n
    arrow[0, :] += 1.0
    arrow[:, 0] += 1.0
    assert _solve(arrow, np.ones(n))[1] == 3 * n - 2


def test_a_closed_chain_costs_in_proportion_to_its_length():
    def cost(n: int) -> int:
        ring = np.eye(n) * 4 + np.diag(np.ones(n - 1), -1)
        ring[0, -1] = 1.0
        return _solve(ring, np.ones(n))[1]

    assert cost(60) - cost(30) == cost(90) - cost(60)

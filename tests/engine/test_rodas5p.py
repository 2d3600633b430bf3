"""The coefficients of the method: order conditions, stability, and the observed order."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.engine import rodas5p

ROUNDING = 2e-12
"""The coefficients are printed with 16 digits and reach 147; sums of a few hundred products of them lose four digits."""

Tree = tuple


def _full(rows: tuple[tuple[float, ...], ...]) -> np.ndarray:
    matrix = np.zeros((8, 8))
    for i, row in enumerate(rows):
        matrix[i, : len(row)] = row
    return matrix


GAMMA = np.linalg.inv(np.eye(8) / rodas5p.GAMMA - _full(rodas5p.B))
ALPHA = _full(rodas5p.A) @ GAMMA
BETA = ALPHA + GAMMA
END = np.array([*rodas5p.A[7], 1.0])


def _trees(order: int) -> list[Tree]:
    """Return the rooted trees with `order` vertices, as nested sorted tuples of branches."""
    if order == 1:
        return [()]

    def forests(size: int, largest: Tree | None) -> list[Tree]:
        if size == 0:
            return [()]
        found = []
        for part in range(1, size + 1):
            for tree in _trees(part):
                if largest is None or (part, tree) <= largest:
                    found += [(tree, *rest) for rest in forests(size - part, (part, tree))]
        return found

    return forests(order - 1, None)


def _vertices(tree: Tree) -> int:
    return 1 + sum(_vertices(branch) for branch in tree)


def _density(tree: Tree) -> int:
    return _vertices(tree) * int(np.prod([_density(branch) for branch in tree], initial=1))


def _weights(tree: Tree) -> np.ndarray:
    """Elementary weights of the stages: a vertex with one branch meets alpha + gamma, one with several meets alpha."""
    if not tree:
        return np.ones(8)
    matrix = BETA if len(tree) == 1 else ALPHA
    return np.prod([matrix @ _weights(branch) for branch in tree], axis=0)


def _residual(end: np.ndarray, order: int, at: float = 1.0) -> float:
    b = end @ GAMMA
    trees = [tree for size in range(1, order + 1) for tree in _trees(size)]
    return max(abs(b @ _weights(tree) - at ** _vertices(tree) / _density(tree)) for tree in trees)


def test_there_are_as_many_rooted_trees_as_there_should_be():
    assert [len(_trees(order)) for order in range(1, 6)] == [1, 1, 2, 4, 9]


def test_the_stage_times_and_the_weights_of_df_dt_follow_from_the_matrices():
    assert np.allclose(ALPHA.sum(axis=1), rodas5p.C, atol=ROUNDING)
    assert np.allclose(GAMMA.sum(axis=1), rodas5p.D, atol=ROUNDING)


def test_the_method_fulfils_all_conditions_of_order_5():
    assert _residual(END, rodas5p.ORDER) < ROUNDING


@pytest.mark.parametrize("estimate", rodas5p.ESTIMATES)
def test_both_embedded_solutions_have_order_4_and_not_5(estimate: tuple[float, ...]):
    embedded = END - np.array(estimate)
    assert _residual(embedded, rodas5p.EMBEDDED_ORDER) < ROUNDING
    assert _residual(embedded, rodas5p.EMBEDDED_ORDER + 1) > 1e-5


@pytest.mark.parametrize("s", [0.1, 0.35, 0.5, 0.9, 1.0])
def test_dense_output_has_order_4_everywhere_in_the_step(s: float):
    inner = np.array(rodas5p.DENSE)
    weights = s * (END + (1 - s) * (inner[0] + s * (inner[1] + s * inner[2])))
    assert _residual(weights, rodas5p.DENSE_ORDER, at=s) < ROUNDING


def _growth(z: complex) -> complex:
    """The factor by which one step multiplies the solution of y' = z y."""
    b = END @ GAMMA
    return 1 + z * (b @ np.linalg.solve(np.eye(8) - z * BETA, np.ones(8)))


def test_the_method_is_stiffly_accurate_and_L_stable():
    assert np.allclose(BETA[7], END @ GAMMA, atol=ROUNDING)
    assert max(abs(_growth(1j * y)) for y in np.logspace(-3, 6, 400)) <= 1 + ROUNDING
    assert abs(_growth(-1e9)) < 1e-7


def _step(t: float, y: np.ndarray, h: float) -> np.ndarray:
    """One step on y0' = y0 y1 cos t, y1' = -y1^2 + sin t, written out from the docstring of the rodas5p."""

    def f(t: float, y: np.ndarray) -> np.ndarray:
        return np.array([y[0] * y[1] * np.cos(t), -(y[1] ** 2) + np.sin(t)])

    jacobian = np.array([[y[1] * np.cos(t), y[0] * np.cos(t)], [0.0, -2 * y[1]]])
    by_time = np.array([-y[0] * y[1] * np.sin(t), np.cos(t)])
    matrix = np.eye(2) / (h * rodas5p.GAMMA) - jacobian
    u: list[np.ndarray] = []
    for a, b, c, d in zip(rodas5p.A, rodas5p.B, rodas5p.C, rodas5p.D, strict=True):
        point = y + sum((w * v for w, v in zip(a, u, strict=True)), np.zeros(2))
        right = f(t + c * h, point) + sum((w * v for w, v in zip(b, u, strict=True)), np.zeros(2)) / h + h * d * by_time
        u.append(np.linalg.solve(matrix, right))
    return y + END @ np.array(u)


def _end(steps: int) -> np.ndarray:
    y = np.array([1.0, 0.5])
    for i in range(steps):
        y = _step(i * 2.0 / steps, y, 2.0 / steps)
    return y


def test_the_error_falls_with_the_fifth_power_of_the_step():
    reference = _end(1024)
    errors = [np.abs(_end(steps) - reference).max() for steps in (16, 32, 64)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all(np.abs(orders - rodas5p.ORDER) < 0.3)

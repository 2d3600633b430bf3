"""Correlations: how the standings of one subject in two parameters go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from regimens.model.declaration import Correlation

LEAST_EIGENVALUE = 1e-9
"""Smallest eigenvalue of a correlation matrix that subjects can be drawn from."""


def positive_definite(correlations: Sequence[Correlation]) -> bool:
    """Return whether a population can have all of these correlations; a later one of the same pair replaces an earlier one."""
    pairs = {frozenset(c.between): c.value for c in correlations}
    names = sorted({name for pair in pairs for name in pair})
    return bool(not names or np.linalg.eigvalsh(matrix_of(names, pairs)).min() > LEAST_EIGENVALUE)


def matrix_of(names: Sequence[str], pairs: Mapping[frozenset[str], float]) -> np.ndarray:
    """Return the correlation matrix of `names`; pairs that nothing is said about are independent."""
    matrix = np.eye(len(names))
    for pair, value in pairs.items():
        if len(pair) == 2:
            first, second = (names.index(name) for name in pair)
            matrix[first, second] = matrix[second, first] = value
    return matrix

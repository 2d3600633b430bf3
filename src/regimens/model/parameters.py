"""Parameter values of the subjects to simulate, and the matrix of correlations that they are drawn with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.subject import Subject

if TYPE_CHECKING:
    from regimens.model.declaration import Correlation, Model

Floats = npt.NDArray[np.float64]

LEAST_EIGENVALUE = 1e-9
"""Smallest eigenvalue of a correlation matrix that subjects can be drawn with."""


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameter values of every subject, with the body sizes that doses per kg and per m2 are scaled by.

    `values` is (subjects, parameters) in the units of the model, columns in the order of `names`;
    `weight_kg` and `bsa_m2` are (subjects,).
    """

    names: tuple[str, ...]
    values: Floats
    weight_kg: Floats = field(repr=False)
    bsa_m2: Floats = field(repr=False)

    @property
    def subjects(self) -> int:
        """Number of subjects."""
        return len(self.values)

    def __getitem__(self, rows: slice | npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Parameters:
        """Return the subjects of `rows` (a slice, indices or a mask), in that order."""
        return Parameters(self.names, self.values[rows], self.weight_kg[rows], self.bsa_m2[rows])


def typical_subject(model: Model, subject: Subject = Subject()) -> Parameters:  # noqa: B008 - a frozen value
    """Return the one typical subject of `model`, with the body of `subject` (70 kg and 1.8 m2 if not given)."""
    return Parameters(
        tuple(p.name for p in model.parameters),
        np.array([[p.value for p in model.parameters]]),
        np.array([float(subject.weight_kg)]),
        np.array([float(subject.bsa_m2)]),
    )


def matrix_of(names: Sequence[str], pairs: Mapping[frozenset[str], float]) -> Floats:
    """Return the correlation matrix of `names`; names that are not a pair of `pairs` are independent."""
    matrix = np.eye(len(names))
    for pair, value in pairs.items():
        if len(pair) == 2:
            first, second = (names.index(name) for name in pair)
            matrix[first, second] = matrix[second, first] = value
    return matrix


def positive_definite(correlations: Sequence[Correlation]) -> bool:
    """Return whether a population can have all of these correlations; a later one of the same pair replaces an earlier one."""
    pairs = {frozenset(c.between): c.value for c in correlations}
    names = sorted({name for pair in pairs for name in pair})
    return bool(not names or np.linalg.eigvalsh(matrix_of(names, pairs)).min() > LEAST_EIGENVALUE)

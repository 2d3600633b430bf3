"""The numbers of the subjects to simulate: one row a subject, drawn once and shared by all arms."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from regimens.model.declaration import Model
from regimens.subject import Subject


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameter values of every subject, with the body sizes that doses per kg and per m2 meet.

    `values` is (subjects, parameters) in the units of the model, columns in the order of `names`;
    `weight_kg` and `bsa_m2` are (subjects,).
    """

    names: tuple[str, ...]
    values: np.ndarray
    weight_kg: np.ndarray = field(repr=False)
    bsa_m2: np.ndarray = field(repr=False)

    @property
    def subjects(self) -> int:
        """Number of subjects."""
        return len(self.values)

    def __getitem__(self, rows: slice | np.ndarray) -> Parameters:
        """Return the chosen subjects, in the order asked for."""
        return Parameters(self.names, self.values[rows], self.weight_kg[rows], self.bsa_m2[rows])


def typical(model: Model, subject: Subject = Subject()) -> Parameters:  # noqa: B008 - a frozen value
    """Return the one typical subject of `model`, with the body of `subject` (70 kg and 1.8 m2 if not given)."""
    return Parameters(
        tuple(p.name for p in model.parameters),
        np.array([[p.value for p in model.parameters]]),
        np.array([float(subject.weight_kg)]),
        np.array([float(subject.bsa_m2)]),
    )

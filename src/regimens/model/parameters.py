"""The numbers of the subjects to simulate: one row a subject, drawn once and shared by all arms."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from regimens.model.declaration import Model

TYPICAL_WEIGHT_KG = 70.0
TYPICAL_HEIGHT_CM = 167.0


def mosteller(weight_kg: float | np.ndarray, height_cm: float | np.ndarray) -> float | np.ndarray:
    """Body surface area (m2) from weight (kg) and height (cm). Source: Mosteller 1987, doi:10.1056/NEJM198710223171717."""
    return np.sqrt(np.asarray(weight_kg) * np.asarray(height_cm) / 3600.0)


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


def typical(model: Model, weight_kg: float = TYPICAL_WEIGHT_KG, bsa_m2: float | None = None) -> Parameters:
    """Return the one typical subject of `model`; BSA by Mosteller at 167 cm unless given."""
    bsa = mosteller(weight_kg, TYPICAL_HEIGHT_CM) if bsa_m2 is None else bsa_m2
    return Parameters(
        tuple(p.name for p in model.parameters),
        np.array([[p.value for p in model.parameters]]),
        np.array([float(weight_kg)]),
        np.array([float(bsa)]),
    )

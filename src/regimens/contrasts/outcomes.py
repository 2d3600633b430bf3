"""Outcomes: every endpoint of every arm, model, parameter draw and subject, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from regimens.endpoints import Endpoint


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What was measured. Arms and models by name, in the order of the scenario.

    `values` maps (model, arm) to (endpoints, draws, subjects), missing (NaN) where a subject failed, the arm has no such
    reading or the model no such observable. Subject s of draw d is the same person in every arm and model, so values are
    paired. `centres` maps a model to the names and the (draws, parameters) of its parameter draws, `people` to the names and
    the (draws, subjects, parameters) of all subjects; both may be empty. `same` holds pairs of arms that give the same doses.
    """

    arms: tuple[str, ...]
    models: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    values: Mapping[tuple[str, str], np.ndarray] = field(repr=False)
    centres: Mapping[str, tuple[tuple[str, ...], np.ndarray]] = field(default_factory=dict, repr=False)
    people: Mapping[str, tuple[tuple[str, ...], np.ndarray]] = field(default_factory=dict, repr=False)
    same: frozenset[tuple[str, str]] = frozenset()

    @property
    def draws(self) -> int:
        """Number of parameter draws; 1 where parameters are taken as known."""
        return next(iter(self.values.values())).shape[1]

    def of(self, model: str, arm: str, endpoint: Endpoint) -> np.ndarray:
        """Return the (draws, subjects) values of one endpoint."""
        return self.values[model, arm][self.endpoints.index(endpoint)]

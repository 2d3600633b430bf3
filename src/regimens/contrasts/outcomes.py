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
    `units` maps (model, words of an endpoint) to the unit of its values; what is not in it has no unit. A model of whose
    parameters' uncertainty nothing is known has one draw only, however many the others have.
    """

    arms: tuple[str, ...]
    models: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    values: Mapping[tuple[str, str], np.ndarray] = field(repr=False)
    centres: Mapping[str, tuple[tuple[str, ...], np.ndarray]] = field(default_factory=dict, repr=False)
    people: Mapping[str, tuple[tuple[str, ...], np.ndarray]] = field(default_factory=dict, repr=False)
    same: frozenset[tuple[str, str]] = frozenset()
    units: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)

    @property
    def draws(self) -> int:
        """Number of parameter draws; 1 where the parameters of all models are taken as known."""
        return max(self.draws_of(model) for model in self.models)

    def draws_of(self, model: str) -> int:
        """Return the number of parameter draws of one model."""
        return self.values[model, self.arms[0]].shape[1]

    def of(self, model: str, arm: str, endpoint: Endpoint) -> np.ndarray:
        """Return the (draws, subjects) values of one endpoint."""
        return self.values[model, arm][self.endpoints.index(endpoint)]

    def unit(self, model: str, endpoint: Endpoint) -> str:
        """Return the unit of one endpoint under one model; "" where none is known."""
        return self.units.get((model, endpoint.words), "")

    def knows(self, model: str, endpoint: Endpoint) -> bool:
        """Return whether any arm has a value of the endpoint under the model."""
        return any(not np.isnan(self.of(model, arm, endpoint)).all() for arm in self.arms)

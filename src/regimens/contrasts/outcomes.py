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
    `units` maps (model, words of an endpoint) to the unit of its values; what is not in it has no unit.
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
        """Number of parameter draws; 1 where parameters are taken as known."""
        return next(iter(self.values.values())).shape[1]

    def certain(self, model: str) -> bool:
        """Return whether a model's parameters are the same in all of several draws, so that draws say nothing about them."""
        names, centres = self.centres.get(model, ((), np.empty((0, 0))))
        return len(centres) > 1 and bool(names) and bool((centres == centres[0]).all())

    def of(self, model: str, arm: str, endpoint: Endpoint) -> np.ndarray:
        """Return the (draws, subjects) values of one endpoint."""
        return self.values[model, arm][self.endpoints.index(endpoint)]

    def unit(self, model: str, endpoint: Endpoint) -> str:
        """Return the unit of one endpoint under one model; "" where none is known."""
        return self.units.get((model, endpoint.words), "")

    def knows(self, model: str, endpoint: Endpoint) -> bool:
        """Return whether any arm has a value of the endpoint under the model."""
        return any(not np.isnan(self.of(model, arm, endpoint)).all() for arm in self.arms)

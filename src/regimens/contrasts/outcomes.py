"""Outcomes: the endpoints of every subject or trial, parameter draw, arm and model, as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from regimens.statistics import Floats, over_subjects

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint

Named = tuple[tuple[str, ...], Floats]
"""Names of parameters, and their values in the last axis of an array."""


@dataclass(frozen=True, eq=False)
class Outcomes:
    """Endpoint values by (model, arm), in the order of the scenario.

    `values` maps (model, arm) to the (draws, subjects) of each endpoint, or (draws, trials) of one that only whole trials have: a
    draw is one trial, and where draws are not told apart, all of them are trials of the one draw. NaN where a subject failed, the
    arm has no such reading, the model no such observable, or the arm is not modelled. Subject s of draw d is the same person in
    every arm and model, so values are paired. `centres` maps a model to the names and the (draws, parameters) typical values of
    its parameter draws, `people` to the names and the (draws, subjects, parameters) of all subjects; both may be empty. `same`
    holds pairs of arms that give the same doses. `units` maps (model, words of an endpoint) to the unit of its values.
    `not_modelled` holds the (model, arm) pairs in which the model has no input for a drug of the arm. `asked_draws` is how many
    parameter draws the scenario asks for: a model without a known uncertainty has one draw, however many are asked for.
    """

    arms: tuple[str, ...]
    models: tuple[str, ...]
    endpoints: tuple[Endpoint, ...]
    values: Mapping[tuple[str, str], Sequence[Floats]] = field(repr=False)
    centres: Mapping[str, Named] = field(default_factory=dict, repr=False)
    people: Mapping[str, Named] = field(default_factory=dict, repr=False)
    same: frozenset[tuple[str, str]] = frozenset()
    units: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)
    not_modelled: frozenset[tuple[str, str]] = frozenset()
    asked_draws: int = 1

    @property
    def draws(self) -> int:
        """Number of parameter draws: the largest of any model."""
        return max(self.draws_of(model) for model in self.models)

    def draws_of(self, model: str) -> int:
        """Return the number of parameter draws of one model."""
        return len(self.values[model, self.arms[0]][0])

    def of(self, model: str, arm: str, endpoint: Endpoint) -> Floats:
        """Return the (draws, subjects) values of one endpoint; (draws, trials) of one that only whole trials have."""
        return self.values[model, arm][self.endpoints.index(endpoint)]

    def unit(self, model: str, endpoint: Endpoint) -> str:
        """Return the unit of one endpoint under one model; "" where none is known."""
        return self.units.get((model, endpoint.words), "")

    def knows(self, model: str, endpoint: Endpoint) -> bool:
        """Return whether any arm has a value of the endpoint under the model."""
        return any(not np.isnan(self.of(model, arm, endpoint)).all() for arm in self.arms)

    def models_of(self, *arms: str) -> tuple[str, ...]:
        """Return the models in which every one of `arms` is modelled."""
        return tuple(model for model in self.models if not any((model, arm) in self.not_modelled for arm in arms))


def levels(outcomes: Outcomes, model: str, endpoint: Endpoint, arms: Sequence[str]) -> Floats:
    """Return the population statistic (median, mean for shares) of each arm and draw: (arms, draws).

    A subject without a value in one arm is left out of all arms, so that arms differ by their doses and not by who is
    counted. An arm without any value is missing (NaN) and leaves no subject out.
    """
    values = [outcomes.of(model, arm, endpoint) for arm in arms]
    missing = [np.isnan(each) for each in values]
    counted = [each for each in missing if not each.all()]
    out = np.logical_or.reduce(counted) if counted else np.zeros_like(missing[0])
    if out.any():
        values = [np.where(out, np.nan, each) for each in values]
    return np.stack([over_subjects(each, endpoint.statistic) for each in values])


def groups(variants: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the arms of each variant from a mapping arm -> variant, in the order of the mapping."""
    return {name: tuple(arm for arm in variants if variants[arm] == name) for name in dict.fromkeys(variants.values())}

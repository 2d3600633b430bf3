"""Weighing: what the data of a simulated trial make of every model and parameter draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from regimens.settle.hypotheses import Hypotheses
    from regimens.statistics import Floats

LEAST_SIZE = 20
"""Effective number of hypotheses below which the weights of a trial are tempered, and below which nothing is reported."""


@dataclass(frozen=True)
class Weighed:
    """What a trial makes of the pair: the probability that the first arm is better, the mean gain, the effective number of
    hypotheses before tempering, and the power to which the likelihood was raised (1: not tempered).
    """

    probability: float
    gain: float
    size: float
    power: float


def weigh(hypotheses: Hypotheses, likelihood: Floats, truth: int | None = None) -> Weighed:
    """Weigh all hypotheses by the likelihood of a trial; the `truth` that made its data does not take part.

    Where fewer than LEAST_SIZE hypotheses have effective weight, the likelihood is raised to the largest power below 1 that
    leaves so many.
    """
    prior = np.log(hypotheses.prior)
    if truth is not None:
        prior[truth] = -np.inf
    weights = _weights(prior, likelihood, 1.0)
    size, power = _size(weights), 1.0
    if size < LEAST_SIZE:
        low, high = 0.0, 1.0
        for _ in range(40):
            power = 0.5 * (low + high)
            low, high = (power, high) if _size(_weights(prior, likelihood, power)) >= LEAST_SIZE else (low, power)
        power = low
        weights = _weights(prior, likelihood, power)
    return Weighed(float(weights @ hypotheses.better), float(weights @ hypotheses.gain), size, power)


def _weights(prior: Floats, likelihood: Floats, power: float) -> Floats:
    total = prior + power * likelihood
    raised = np.exp(total - total.max())
    return np.asarray(raised / raised.sum())


def _size(weights: Floats) -> float:
    return float(1.0 / np.sum(weights**2))

"""Likelihood: how well log predictions agree with the data points of a fit; and the posterior density.

A data point with a value is normal on the log scale around the prediction. Its variance is the sum of three: the squared
standard error, the squared row spread, and the squared study spread of an effect that all data points of one study share
(this effect is integrated out exactly). A data point with a bound ("more than 8-fold") contributes the probability of the
bound, with both spreads. No data point is weighted by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr

from regimens.fit.datapoints import AT_LEAST, DataPoint, Observation
from regimens.fit.prediction import Predictor
from regimens.fit.prior import prior_of
from regimens.model.compile import compile_model

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.statistics import Floats


class LogPosterior:
    """The log posterior density of a model at (points, width) log values, the two spreads last."""

    def __init__(self, model: Model, data: Sequence[DataPoint]) -> None:
        self.prior = prior_of(model)
        self.observed = [point.observation for point in data]
        names = self.prior.names[: len(self.prior.centre)]
        self.predictor = Predictor(compile_model(model), [point.target for point in data], names)

    def likelihood(self, points: Floats) -> Floats:
        """Return the log likelihood alone."""
        parameters, log_spreads = self.prior.split(points)
        return log_likelihood(self.predictor(parameters), np.exp(log_spreads[:, 0]), np.exp(log_spreads[:, 1]), self.observed)

    def __call__(self, points: Floats) -> Floats:
        """Return prior plus likelihood; points outside the bounds are not simulated."""
        density = self.prior.log_density(points)
        possible = np.isfinite(density)
        if possible.any():
            density[possible] += self.likelihood(points[possible])
        return np.where(np.isnan(density), -np.inf, density)


def log_likelihood(predicted: Floats, study_spread: Floats, row_spread: Floats, observed: Sequence[Observation]) -> Floats:
    """Return the log likelihood (points,) of log predictions (points, data points) at spreads (points,) each.

    A point whose prediction is not a number has minus infinity.
    """
    total = np.zeros(len(predicted))
    variance = np.array([seen.log_se**2 for seen in observed]) + row_spread[:, None] ** 2
    residual = predicted - np.array([seen.log_value for seen in observed])
    for study in dict.fromkeys(seen.study for seen in observed):
        exact = [i for i, seen in enumerate(observed) if seen.study == study and not seen.bound]
        if exact:
            total += _shared_effect(residual[:, exact], variance[:, exact], study_spread)
    for i, seen in enumerate(observed):
        if seen.bound:
            excess = residual[:, i] / np.sqrt(variance[:, i] + study_spread**2)
            total += log_ndtr(excess if seen.bound == AT_LEAST else -excess)
    return np.where(np.isfinite(total), total, -np.inf)


def _shared_effect(residual: Floats, variance: Floats, study_spread: Floats) -> Floats:
    """Normal log density with covariance diag(variance) + study_spread^2, by the Sherman-Morrison identity."""
    weight = 1.0 / variance
    precision = weight.sum(axis=1)
    shrink = study_spread**2 / (1.0 + study_spread**2 * precision)
    square = (residual**2 * weight).sum(axis=1) - shrink * ((residual * weight).sum(axis=1)) ** 2
    log_determinant = np.log(variance).sum(axis=1) + np.log1p(study_spread**2 * precision)
    density: Floats = -0.5 * (square + log_determinant + residual.shape[1] * np.log(2 * np.pi))
    return density

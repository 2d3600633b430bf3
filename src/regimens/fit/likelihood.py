"""Likelihood: how well log predictions agree with the data points of a fit; and the posterior density.

A data point with a value is normal on the log scale around the prediction. Its variance is the sum of three: the squared
standard error, the squared row spread, and the squared study spread of an effect that all data points of one kind from one
source share (this effect is integrated out exactly). A study effect acts on the response: it does nothing where nothing has
happened, and at most multiplies a large change (`load`). A data point with a bound ("more than 8-fold") contributes the
probability of the bound, with both spreads; its study effect is taken as its own, also where other data points of the source
have one. No data point is weighted by hand.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr

from regimens.fit.datapoints import AT_LEAST, DataPoint, Observation
from regimens.fit.prediction import Predictor
from regimens.fit.prior import prior_of
from regimens.fit.sampling import Sample, Settings, Start, sample
from regimens.fit.subjects import Shift, no_shift
from regimens.model.compile import compile_model

if TYPE_CHECKING:
    from regimens.fit.together import Values
    from regimens.model.declaration import Model
    from regimens.statistics import Floats


STARTS = 2000
"""Draws of the prior among which a chain finds its starting points."""


class LogPosterior:
    """The log posterior density of a model at (points, width) log values, the two spreads last.

    `shift` takes the typical subject to the statistic of each data point; without it every statistic is the typical subject's.
    """

    def __init__(self, model: Model, data: Sequence[DataPoint], shift: Shift | None = None) -> None:
        self.prior = prior_of(model)
        self.observed = [point.observation for point in data]
        names = self.prior.names[: len(self.prior.centre)]
        self.predictor = Predictor(compile_model(model), [point.target for point in data], names)
        self.predict: Values = self.predictor
        self.shift = shift or no_shift(len(names), len(data))

    def asking(self, predict: Values) -> LogPosterior:
        """Return the same density with predictions for the typical subject by `predict`, which gives what `predictor` does."""
        same = copy.copy(self)
        same.predict = predict
        return same

    def predicted(self, parameters: Floats) -> Floats:
        """Return the logarithms (points, data points) of the statistics predicted at (points, parameters) log values."""
        return self.predict(parameters) + self.shift(parameters)

    def likelihood(self, points: Floats) -> Floats:
        """Return the log likelihood alone."""
        parameters, log_spreads = self.prior.split(points)
        return log_likelihood(self.predicted(parameters), np.exp(log_spreads[:, 0]), np.exp(log_spreads[:, 1]), self.observed)

    def start(self, count: int, random: np.random.Generator) -> Floats:
        """Return the normal scores (points, width) of up to `count` starting points: draws of the prior, taken without
        replacement with probabilities in proportion to their likelihood.

        With many parameters few draws have nearly all of the likelihood; the rest are taken in its order, and lie further out
        than the posterior does. From the prior itself a chain of 25 parameters needs some 400 steps to forget where it began.
        """
        scores = random.standard_normal((max(STARTS, count), self.prior.width))
        likelihood = self.likelihood(self.prior.at_scores(scores))
        # The largest of log weights plus Gumbel noise are such a sample (Efraimidis & Spirakis 2006).
        order = np.argsort(-(likelihood + random.gumbel(size=len(scores))), kind="stable")
        return np.asarray(scores[order[np.isfinite(likelihood[order])]][:count])

    def of_scores(self, scores: Floats) -> Floats:
        """Return the log density (points,) at normal scores of the prior, where it is nearer to normal and has no bounds."""
        density = self.likelihood(self.prior.at_scores(scores)) - 0.5 * (scores**2).sum(axis=1)
        return np.where(np.isnan(density), -np.inf, density)

    def sample(self, settings: Settings, start: Start | None = None) -> Sample:
        """Sample the density from starting points of its own, or from those of `start`, which are normal scores too.

        There are more walkers than `settings` say where these are too few (`Settings.of_width`).
        """
        return sample(self.of_scores, start or self.start, settings.of_width(self.prior.width), self.prior.at_scores)

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
    return sum(of_sources(predicted, study_spread, row_spread, observed).values(), np.zeros(len(predicted)))


def of_sources(predicted: Floats, study_spread: Floats, row_spread: Floats, observed: Sequence[Observation]) -> dict[str, Floats]:
    """Return the log likelihood (points,) of each source alone; they are independent of each other given the parameters."""
    variance = np.array([seen.log_se**2 for seen in observed]) + row_spread[:, None] ** 2
    residual = predicted - np.array([seen.log_value for seen in observed])
    loads = np.column_stack([load(predicted[:, i], seen) for i, seen in enumerate(observed)]) * study_spread[:, None]
    found = {seen.source: np.zeros(len(predicted)) for seen in observed}
    for source, kind in dict.fromkeys((seen.source, seen.kind) for seen in observed):
        exact = [i for i, seen in enumerate(observed) if (seen.source, seen.kind) == (source, kind) and not seen.bound]
        if exact:
            found[source] += _shared_effect(residual[:, exact], variance[:, exact], loads[:, exact])
    for i, seen in enumerate(observed):
        if seen.bound:
            excess = residual[:, i] / np.sqrt(variance[:, i] + loads[:, i] ** 2)
            found[seen.source] += log_ndtr(excess if seen.bound == AT_LEAST else -excess)
    return {source: np.where(np.isfinite(total), total, -np.inf) for source, total in found.items()}


def load(predicted: Floats, seen: Observation) -> Floats:
    """Return how much of a study effect acts on log predictions (points,): 1 - exp(-|change|) with the sign of the change.

    That is 0 where nothing has happened, near the change itself where it is small, and at most 1: a study that reads
    responses 30 % too high reads a large fold 30 % too high. It is 1 for a level.
    """
    if seen.rest is None:
        return np.ones(len(predicted))
    change = predicted - seen.rest
    return np.asarray(-np.sign(change) * np.expm1(-np.abs(change)))


def _shared_effect(residual: Floats, variance: Floats, loads: Floats) -> Floats:
    """Normal log density with covariance diag(variance) + loads loads^T, by the Sherman-Morrison identity."""
    weight = 1.0 / variance
    gained = 1.0 + (loads**2 * weight).sum(axis=1)
    square = (residual**2 * weight).sum(axis=1) - ((residual * loads * weight).sum(axis=1)) ** 2 / gained
    log_determinant = np.log(variance).sum(axis=1) + np.log(gained)
    density: Floats = -0.5 * (square + log_determinant + residual.shape[1] * np.log(2 * np.pi))
    return density

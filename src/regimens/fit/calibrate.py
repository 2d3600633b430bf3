"""Calibration: a model, its priors and rows of evidence -> a posterior with everything that lets a reader doubt it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regimens.errors import ModelError
from regimens.fit.likelihood import Observation, log_likelihood
from regimens.fit.prediction import Predictor, Target
from regimens.fit.prior import Prior, prior_of
from regimens.fit.sampling import Sample, Settings, sample
from regimens.model.compile import compile_model
from regimens.model.declaration import Model


@dataclass(frozen=True)
class Row:
    """One row of evidence, ready for a fit: what was observed and what it asks of a model."""

    id: str
    observation: Observation
    target: Target


@dataclass(frozen=True, eq=False)
class Posterior:
    """What a fit found. `draws` are (draws, names) on the natural scale; `predicted` are (draws, rows) on the log scale.

    `contraction` is 1 - (posterior / prior standard deviation) squared on the log scale: 0 = the data said nothing.
    """

    model: Model
    rows: tuple[Row, ...]
    prior: Prior
    settings: Settings
    names: tuple[str, ...]
    draws: np.ndarray
    predicted: np.ndarray
    contraction: np.ndarray
    sample: Sample


class LogPosterior:
    """The log posterior density of a model at (points, width) log values, the spreads last."""

    def __init__(self, model: Model, rows: Sequence[Row]) -> None:
        self.prior = prior_of(model)
        self.observed = [row.observation for row in rows]
        self.predictor = Predictor(compile_model(model), [row.target for row in rows], self.prior.names[: len(self.prior.centre)])

    def likelihood(self, points: np.ndarray) -> np.ndarray:
        """Return the log likelihood alone."""
        parameters, log_spreads = self.prior.split(points)
        return log_likelihood(self.predictor(parameters), *np.exp(log_spreads).T, self.observed)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return prior plus likelihood; points outside the bounds are not simulated."""
        density = self.prior.log_density(points)
        possible = np.isfinite(density)
        if possible.any():
            density[possible] += self.likelihood(points[possible])
        return np.where(np.isnan(density), -np.inf, density)


def usable(rows: Sequence[Row], model: Model) -> tuple[Row, ...]:
    """Return the rows whose observable `model` has."""
    names = {observable.name for observable in model.observables}
    return tuple(row for row in rows if row.target.observable in names)


def calibrate(model: Model, rows: Sequence[Row], settings: Settings) -> Posterior:
    """Fit `model` to those of `rows` that it has an observable for.

    Raises ModelError if the model declares nothing to fit, or no row is about anything that it has.
    """
    rows = usable(rows, model)
    if not rows:
        raise ModelError(f"Model '{model.name}' has no observable of any row with the role 'fit': there is nothing to fit it to.")
    density = LogPosterior(model, rows)
    sampled = sample(density, density.prior.sample, settings)
    before = density.prior.standard_deviation()
    parameters, _ = density.prior.split(sampled.draws)
    after = sampled.deviation[: parameters.shape[1]]
    return Posterior(
        model=model,
        rows=rows,
        prior=density.prior,
        settings=settings,
        names=density.prior.names,
        draws=np.exp(sampled.draws),
        predicted=density.predictor(parameters),
        contraction=1.0 - (after / before) ** 2,
        sample=sampled,
    )

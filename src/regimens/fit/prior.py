"""Priors: what a model file says about its typical values before a fit.

A parameter with an `uncertainty` u is log-normal around its value with standard deviation u of the logarithm, truncated to
its bounds. Two spreads on the log scale are half-normal. The study spread is how far studies differ for reasons that no
model here describes (assay, gating, population). The row spread is how far one data point differs from the model beyond its
standard error (model error, day-to-day noise); without it, the data point with the smallest printed spread would dominate.

The shipped priors rest on physiology, on pharmacology in vitro, or are wide and say so; none rests on a row of
`evidence/responses.csv`, so that no row counts twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import truncnorm

from regimens.errors import ModelError

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.statistics import Floats

SPREADS = {"study_spread": 0.3, "row_spread": 0.2}
"""Scales of the half-normal priors of the two spreads: factors of about 1.35 between studies, 1.2 between data points of one."""

LARGEST_SCORE = 7.0
"""Normal scores are kept within this: beyond it a share of the prior of 1e-12 remains."""


@dataclass(frozen=True, eq=False)
class Prior:
    """Independent priors of `names`, as columns of points on the log scale; the last columns are the two spreads."""

    names: tuple[str, ...]
    centre: Floats
    spread: Floats
    low: Floats
    high: Floats

    @property
    def width(self) -> int:
        """Number of columns, the spreads included."""
        return len(self.names)

    def log_density(self, points: Floats) -> Floats:
        """Return the log density (points,) of (points, width), up to a constant; minus infinity outside the bounds."""
        parameters, log_spreads = self.split(points)
        inside = ((parameters >= self.low) & (parameters <= self.high)).all(axis=1) & (np.abs(log_spreads) < 20).all(axis=1)
        normal = -0.5 * (((parameters - self.centre) / self.spread) ** 2).sum(axis=1)
        spreads = np.exp(np.clip(log_spreads, -20, 20))
        half_normal = (-0.5 * (spreads / list(SPREADS.values())) ** 2 + log_spreads).sum(axis=1)
        return np.where(inside, normal + half_normal, -np.inf)

    def split(self, points: Floats) -> tuple[Floats, Floats]:
        """Return the columns of the parameters and those of the spreads, both on the log scale."""
        return points[:, : -len(SPREADS)], points[:, -len(SPREADS) :]

    def sample(self, count: int, random: np.random.Generator) -> Floats:
        """Return (count, width) independent draws."""
        return self.at_scores(random.standard_normal((count, self.width)))

    def scores(self, points: Floats) -> Floats:
        """Return the normal scores (points, width) of points: at these the prior is standard normal in every column."""
        parameters, log_spreads = self.split(points)
        low, high = self._shares()
        shares = (ndtr((parameters - self.centre) / self.spread) - low) / (high - low)
        of_spreads = 2.0 * ndtr(np.exp(log_spreads) / list(SPREADS.values())) - 1.0
        return np.asarray(np.clip(ndtri(np.column_stack([shares, of_spreads])), -LARGEST_SCORE, LARGEST_SCORE))

    def at_scores(self, scores: Floats) -> Floats:
        """Return the points (points, width) at normal scores."""
        shares, of_spreads = self.split(ndtr(np.clip(scores, -LARGEST_SCORE, LARGEST_SCORE)))
        low, high = self._shares()
        parameters = self.centre + self.spread * ndtri(low + shares * (high - low))
        return np.column_stack([parameters, np.log(ndtri(0.5 + 0.5 * of_spreads) * list(SPREADS.values()))])

    def _shares(self) -> tuple[Floats, Floats]:
        """Return the shares of the normal density below the lower and the upper bounds."""
        return ndtr((self.low - self.centre) / self.spread), ndtr((self.high - self.centre) / self.spread)

    def standard_deviation(self) -> Floats:
        """Return the standard deviation of every parameter, truncation included, on the log scale."""
        low, high = (self.low - self.centre) / self.spread, (self.high - self.centre) / self.spread
        return np.asarray(self.spread * truncnorm(low, high).std())


def prior_of(model: Model) -> Prior:
    """Return the prior that `model` declares; ModelError if no parameter has an uncertainty."""
    fitted = [parameter for parameter in model.parameters if parameter.uncertainty > 0]
    if not fitted:
        raise ModelError(
            f"Model '{model.name}' has nothing to fit: give a parameter an 'uncertainty', "
            "the standard deviation of the logarithm of its typical value."
        )
    with np.errstate(divide="ignore"):
        low, high = (np.log([getattr(p, end) for p in fitted]) for end in ("low", "high"))
    return Prior(
        (*(p.name for p in fitted), *SPREADS),
        np.log([p.value for p in fitted]),
        np.array([p.uncertainty for p in fitted]),
        low,
        high,
    )

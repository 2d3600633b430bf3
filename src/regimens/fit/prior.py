"""Priors: what a model file says about its typical values before any response is looked at.

A parameter with an `uncertainty` u is log-normal around its value with standard deviation u of the logarithm, truncated to
its bounds. The study spread tau is half-normal: how far, on the log scale, one study's effect may lie from another's for
reasons that no model here has (assay, gating, population).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from regimens.errors import ModelError
from regimens.model.declaration import Model

STUDY_SPREAD = "study_spread"
STUDY_SPREAD_SCALE = 0.3
"""Scale of the half-normal prior of tau: studies of one regimen within a factor of about 1.35 of each other."""


@dataclass(frozen=True, eq=False)
class Prior:
    """Independent priors of `names`, as columns of points on the log scale; the last column is the study spread."""

    names: tuple[str, ...]
    centre: np.ndarray
    spread: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def width(self) -> int:
        """Number of columns, the study spread included."""
        return len(self.names)

    def log_density(self, points: np.ndarray) -> np.ndarray:
        """Return the log density (points,) of (points, width), up to a constant; minus infinity outside the bounds."""
        parameters, log_tau = points[:, :-1], points[:, -1]
        inside = ((parameters >= self.low) & (parameters <= self.high)).all(axis=1) & (np.abs(log_tau) < 20)
        normal = -0.5 * (((parameters - self.centre) / self.spread) ** 2).sum(axis=1)
        tau = np.exp(np.clip(log_tau, -20, 20))
        half_normal = -0.5 * (tau / STUDY_SPREAD_SCALE) ** 2 + log_tau
        return np.where(inside, normal + half_normal, -np.inf)

    def sample(self, count: int, random: np.random.Generator) -> np.ndarray:
        """Return (count, width) independent draws."""
        low, high = ndtr((self.low - self.centre) / self.spread), ndtr((self.high - self.centre) / self.spread)
        share = low + random.uniform(size=(count, len(self.centre))) * (high - low)
        tau = STUDY_SPREAD_SCALE * np.abs(random.standard_normal(count))
        return np.column_stack([self.centre + self.spread * ndtri(share), np.log(tau)])

    def standard_deviation(self) -> np.ndarray:
        """Return the standard deviation of every column but the last, truncation included, on the log scale."""
        low, high = (self.low - self.centre) / self.spread, (self.high - self.centre) / self.spread
        grid = ndtri(np.clip(ndtr(low) + np.linspace(0.0005, 0.9995, 1000)[:, None] * (ndtr(high) - ndtr(low)), 1e-12, 1 - 1e-12))
        return self.spread * grid.std(axis=0)


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
        (*(p.name for p in fitted), STUDY_SPREAD),
        np.log([p.value for p in fitted]),
        np.array([p.uncertainty for p in fitted]),
        low,
        high,
    )

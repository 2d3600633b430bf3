"""A move for densities that are not far from normal: towards the mean of a reference, with noise of its covariance.

Differential evolution, which a chain of many parameters needs hundreds of steps to forget its place with, knows the scale of the
density but not its centre. Sources: Cotter, Roberts, Stuart & White 2013, MCMC methods for functions, doi:10.1214/13-STS421 (the
reference is the prior there); Rudolf & Sprungk 2018, doi:10.1007/s10208-016-9340-x (it is a normal density near the posterior).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from regimens.statistics import Floats

SHARES = (0.3, 0.5, 0.8)
"""Shares of the noise in a proposal, drawn for each walker: 0 stays where it is, 1 is a draw of the reference itself."""


@dataclass(frozen=True, eq=False)
class Reference:
    """A normal density: its `mean` (width,), the Cholesky `factor` (width, width) of its covariance, and the inverse of that."""

    mean: Floats
    factor: Floats
    inverse: Floats

    @classmethod
    def of(cls, points: Floats, count: int) -> Reference:
        """Return the reference with the mean of `points` (points, width) and their covariance, of which so many are independent.

        A standard normal density counts as many points as there are columns, so that few points do not make a thin reference.
        """
        width = points.shape[1]
        covariance = (count * np.cov(points, rowvar=False, bias=True) + width * np.eye(width)) / (count + width)
        factor = np.linalg.cholesky(covariance)
        return cls(points.mean(axis=0), factor, np.linalg.inv(factor))

    def propose(self, points: Floats, random: np.random.RandomState) -> tuple[Floats, Floats]:
        """Return proposals (points, width), and the log ratio of proposing back and there, (points,)."""
        share = random.choice(SHARES, size=(len(points), 1))
        noise = random.standard_normal(points.shape) @ self.factor.T
        proposed = self.mean + np.sqrt(1.0 - share**2) * (points - self.mean) + share * noise
        return proposed, self._log_density(points) - self._log_density(proposed)

    def _log_density(self, points: Floats) -> Floats:
        """Return the log density (points,), up to a constant. The move keeps it, for every share."""
        return np.asarray(-0.5 * (((points - self.mean) @ self.inverse.T) ** 2).sum(axis=1))

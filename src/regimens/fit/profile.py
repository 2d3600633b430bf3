"""Profile likelihoods: how much worse the best fit gets when one parameter is held at a value.

Nuisance parameters are optimised with their priors in place (a penalised profile), because most of them are not identified by
the data alone; the curve of one parameter without its own prior is then what the data and the other priors say of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from regimens.fit.calibrate import LogPosterior

STEP = 1e-3
"""Step of finite differences on the log scale: all of a gradient's points are simulated in one batch."""


@dataclass(frozen=True, eq=False)
class Profile:
    """`values` of one parameter and `loss`, twice the fall of the log density from the best of them."""

    name: str
    values: np.ndarray
    loss: np.ndarray


def profile(density: LogPosterior, name: str, start: np.ndarray, points: int = 9) -> Profile:
    """Return the profile of `name` over its bounds (within three prior standard deviations), beginning from `start`."""
    place = density.prior.names.index(name)
    centre, spread = density.prior.centre[place], density.prior.spread[place]
    low, high = max(density.prior.low[place], centre - 3 * spread), min(density.prior.high[place], centre + 3 * spread)
    held = np.linspace(low, high, points)
    best = np.array([_best_at(density, place, value, start) for value in held])
    return Profile(name, np.exp(held), 2.0 * (best.max() - best))


def _best_at(density: LogPosterior, place: int, value: float, start: np.ndarray) -> float:
    free = np.array([index for index in range(density.prior.width) if index != place])
    centre, spread = density.prior.centre[place], density.prior.spread[place]

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        points = np.tile(np.insert(point, place, value), (len(free) + 1, 1))
        points[np.arange(1, len(points)), free] += STEP
        values = density(points)
        if not np.isfinite(values[0]):
            return 1e6, np.zeros(len(free))
        slopes = np.where(np.isfinite(values[1:]), (values[1:] - values[0]) / STEP, 0.0)
        return -float(values[0]), -slopes

    bounds = [_inside(density, index) for index in free]
    first = np.clip(start[free], [low for low, _ in bounds], [high for _, high in bounds])
    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 40})
    return -float(found.fun) + 0.5 * ((value - centre) / spread) ** 2


def _inside(density: LogPosterior, index: int) -> tuple[float, float]:
    if index >= len(density.prior.centre):
        return -7.0, 1.0
    low, high = density.prior.low[index], density.prior.high[index]
    return (max(low, density.prior.centre[index] - 6 * density.prior.spread[index]) + 2 * STEP, high - 2 * STEP)

"""Null models: what the other studies' values alone predict for a row, without any dose, schedule or time.

The first uses nothing but the fitted rows of the same kind from other sources. In the second, the group null, the mean is drawn
towards that of the rows of the same group of patients. Both predict with a t distribution, because their spread is itself
estimated from few rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import stats

from regimens.statistics import TAILS

if TYPE_CHECKING:
    from regimens.fit.datapoints import Observation
    from regimens.statistics import Floats

FEWEST = 3
"""Fewest values of a kind from which a null model predicts."""

NO_SPREAD = 1e-9
"""Standard deviation of logarithms up to which values are all the same: no interval can be made of them."""


@dataclass(frozen=True)
class Null:
    """A prediction on the log scale: a t distribution with `freedom` degrees of freedom around `centre`."""

    centre: float
    scale: float
    freedom: float

    def interval(self) -> tuple[float, float]:
        """Return the 90 % prediction interval on the log scale."""
        half = float(stats.t.ppf(TAILS[1], self.freedom)) * self.scale
        return self.centre - half, self.centre + half

    def log_density(self, seen: Observation) -> float:
        """Return the log density of a value, or the log probability of a bound."""
        t = (seen.log_value - self.centre) / self.scale
        if not seen.bound:
            return float(stats.t.logpdf(t, self.freedom) - np.log(self.scale))
        return float(stats.t.logsf(t, self.freedom) if seen.bound == "lower bound" else stats.t.logcdf(t, self.freedom))


def null_of(seen: Observation, others: Sequence[tuple[Observation, str]], group: str | None = None) -> Null | None:
    """Return the prediction for `seen` from `others`, fitted rows with their groups; None where too few are of its kind, or where
    they are all the same.

    With a `group`, the mean is m_g w + m (1 - w) with w = k / (k + 1), where k rows of that group have the mean m_g: as much
    weight for the mean of all as for one row.
    """
    known = [(other.log_value - (other.rest or 0.0), kind) for other, kind in others if _tells(other, seen)]
    if len(known) < FEWEST or seen.rest is None:
        return None
    values = np.array([value for value, _ in known])
    own = np.array([value for value, kind in known if kind == group])
    centre, spread, freedom, count = float(values.mean()), float(values.std(ddof=1)), len(values) - 1.0, float(len(values))
    if spread <= NO_SPREAD:
        return None
    if group is not None and len(own):
        weight = len(own) / (len(own) + 1.0)
        centre = weight * float(own.mean()) + (1.0 - weight) * centre
        spread, freedom = _within(values, [kind for _, kind in known])
        count = len(own) + 1.0
    return Null(centre + seen.rest, spread * float(np.sqrt(1.0 + 1.0 / count)), freedom)


def _tells(other: Observation, seen: Observation) -> bool:
    return other.kind == seen.kind and other.source != seen.source and not other.bound and other.rest is not None


def _within(values: Floats, groups: Sequence[str]) -> tuple[float, float]:
    """Return the standard deviation of values around the shrunken means of their groups, and its degrees of freedom.

    The residuals are linear in the values, r = L y. So r'r / tr(L'L) is the variance where groups do not differ, with the degrees
    of freedom of Satterthwaite, tr(L'L)^2 / tr((L'L)^2).
    """
    same = np.array([[one == other for other in groups] for one in groups], dtype=float)
    sizes = same.sum(axis=1, keepdims=True)
    left = np.eye(len(values)) - same / (sizes + 1.0) - 1.0 / ((sizes + 1.0) * len(values))
    form = left.T @ left
    trace = np.trace(form)
    return float(np.sqrt(values @ form @ values / trace)), float(trace**2 / (form**2).sum())

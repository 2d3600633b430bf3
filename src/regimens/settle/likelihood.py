"""Likelihood of a trial under every hypothesis; samples below the limit of quantification count with their probability.

The logarithms of a subject's samples are jointly normal. Samples that were quantified give their density; those below the limit
give the probability of all of them being below it, given the quantified ones. Source of that integral: Genz 1992,
doi:10.1080/10618600.1992.10477010.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr, ndtri_exp

from regimens.settle.trial import BELOW

if TYPE_CHECKING:
    from regimens.settle.hypotheses import Hypotheses
    from regimens.settle.trial import Trial
    from regimens.statistics import Floats

POINTS = 64
"""Points at which the probability of several samples below the limit is integrated. The error of its logarithm is about 0.01."""


@dataclass(frozen=True, eq=False)
class _Pattern:
    """What the samples of one model and arm have in common for subjects with the same samples `seen` and `below` the limit.

    `precision` and `size` (log determinant) are of the samples seen, `onto` (below, seen) and `root` (Cholesky) give the
    conditional distribution of those below.
    """

    precision: Floats
    size: float
    onto: Floats
    root: Floats


@dataclass(frozen=True, eq=False)
class Likelihood:
    """The likelihood of trials under `hypotheses`; called with a trial it gives the logarithm (hypotheses,), up to a constant."""

    hypotheses: Hypotheses
    _patterns: dict[tuple[int, int, bytes], _Pattern] = field(default_factory=dict, repr=False)
    _nothing_seen: dict[tuple[int, int, bytes, float], Floats] = field(default_factory=dict, repr=False)

    def __call__(self, trial: Trial) -> Floats:
        """Return the logarithm of the likelihood of a trial: (hypotheses,)."""
        found = np.zeros(len(self.hypotheses.model))
        for number in np.unique(self.hypotheses.model):
            mine = self.hypotheses.model == number
            for arm, values in enumerate(trial.arms):
                kinds = np.where(np.isnan(values), 0, np.where(values == BELOW, 2, 1)).astype(np.int8)
                kept = kinds.any(axis=1)
                patterns, place = np.unique(kinds[kept], axis=0, return_inverse=True)
                for which, kind in enumerate(patterns):
                    rows = values[kept][place.reshape(-1) == which]
                    found[mine] += self._group(int(number), arm, kind, rows, trial.limit)
        return found

    def _group(self, number: int, arm: int, kind: np.ndarray, rows: Floats, limit: float) -> Floats:
        """Return the logarithm of the likelihood of subjects of one pattern under the draws of a model."""
        seen, below = kind == 1, kind == 2
        pattern = self._pattern(number, arm, kind)
        mean = self.hypotheses.mean[self.hypotheses.model == number, arm]
        found = np.zeros(len(mean))
        if seen.any():
            centre = rows[:, seen].mean(axis=0)
            away, own = centre - mean[:, seen], rows[:, seen] - centre
            squares = np.einsum("hi,ij,hj->h", away, pattern.precision, away)
            found -= 0.5 * (len(rows) * (squares + pattern.size) + np.sum(pattern.precision * (own.T @ own)))
        if below.any() and seen.any():
            for row in rows:
                expected = mean[:, below] + (row[seen] - mean[:, seen]) @ pattern.onto.T
                found += log_below(limit - expected, pattern.root)
        elif below.any():
            key = (number, arm, kind.tobytes(), limit)
            if key not in self._nothing_seen:
                self._nothing_seen[key] = log_below(limit - mean[:, below], pattern.root)
            found += len(rows) * self._nothing_seen[key]
        return found

    def _pattern(self, number: int, arm: int, kind: np.ndarray) -> _Pattern:
        key = (number, arm, kind.tobytes())
        if key not in self._patterns:
            covariance = self.hypotheses.covariance[number, arm]
            seen, below = kind == 1, kind == 2
            own = covariance[np.ix_(seen, seen)]
            precision = np.linalg.inv(own)
            onto = covariance[np.ix_(below, seen)] @ precision
            left = covariance[np.ix_(below, below)] - onto @ covariance[np.ix_(seen, below)]
            self._patterns[key] = _Pattern(precision, float(np.linalg.slogdet(own)[1]), onto, np.linalg.cholesky(left))
        return self._patterns[key]


def log_below(away: Floats, root: Floats) -> Floats:
    """Return the logarithm of the probability that normal numbers lie below limits that are `away` (..., n) from their means.

    `root` (n, n) is the Cholesky factor of their covariance. Exact for one number, integrated at POINTS points for more.
    """
    count = len(root)
    if count == 1:
        return np.asarray(log_ndtr(away[..., 0] / root[0, 0]))
    chance = np.log(_lattice(count - 1))
    drawn = np.zeros((*away.shape[:-1], POINTS, count))
    total = np.zeros((*away.shape[:-1], POINTS))
    for place in range(count):
        rest = away[..., place, np.newaxis] - drawn[..., :place] @ root[place, :place]
        part = log_ndtr(rest / root[place, place])
        total += part
        if place < count - 1:
            drawn[..., place] = ndtri_exp(part + chance[:, place])
    most = total.max(axis=-1, keepdims=True)
    return np.asarray(most[..., 0] + np.log(np.exp(total - most).mean(axis=-1)))


def _lattice(dimensions: int) -> Floats:
    """Return POINTS points in (0, 1) of each dimension: the midpoints of equal steps, then a folded lattice.

    Its directions are powers of the root of x^d = x + 1, the golden ratio for d = 2. Source: Roberts 2018, "The unreasonable
    effectiveness of quasirandom sequences".
    """
    steps = np.arange(POINTS) + 0.5
    root = 1.5
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / dimensions)
    directions = root ** -np.arange(1.0, dimensions)
    rest = np.abs(2.0 * (steps[:, np.newaxis] * directions % 1.0) - 1.0)
    return np.asarray(np.column_stack([steps / POINTS, rest]))

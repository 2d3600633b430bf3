"""Tests of significance on a trial, two-sided at 5 %: a t-test of the last sample, and Fisher's exact test of responders.

For group sequential, adaptive or survival designs use a package for clinical trials: rpact, gsDesign or simtrial.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit
from scipy.stats import fisher_exact

from regimens.settle.trial import BELOW

if TYPE_CHECKING:
    from regimens.scenario.settle import Design, Settle
    from regimens.settle.trial import Trial
    from regimens.statistics import Floats

LEVEL = 0.05
"""Largest probability with which a test may tell two equal arms apart."""

HALF = math.log(2.0)


@dataclass(frozen=True)
class TTest:
    """A t-test of the logarithms of the last sample, with equal variances.

    Samples below the limit of quantification count as half the limit. Subjects who left before do not count; with fewer than two
    in an arm the arms are not told apart.
    """

    words: str = "t-test of the last sample"

    def rejects(self, trial: Trial) -> bool:
        """Return whether the test tells the two arms apart."""
        first, second = (_last(arm, trial.limit) for arm in trial.arms)
        if min(len(first), len(second)) < 2:
            return False
        freedom = len(first) + len(second) - 2
        scatter = sum(float(np.sum((each - each.mean()) ** 2)) for each in (first, second))
        error = np.sqrt(scatter / freedom * (1 / len(first) + 1 / len(second)))
        return bool(abs(first.mean() - second.mean()) > stdtrit(freedom, 1 - LEVEL / 2) * error)

    def seen(self, trial: Trial) -> tuple[float, float]:
        """Return the geometric mean of the last sample in each arm; NaN where nobody is left."""
        first, second = (_last(arm, trial.limit) for arm in trial.arms)
        return _geometric_mean(first), _geometric_mean(second)


def _last(arm: Floats, limit: float) -> Floats:
    last = arm[:, -1]
    kept = last[~np.isnan(last)]
    return np.asarray(np.where(kept == BELOW, limit - HALF, kept))


def _geometric_mean(logs: Floats) -> float:
    return float(np.exp(logs.mean())) if len(logs) else float("nan")


@dataclass(frozen=True)
class RespondersTest:
    """Fisher's exact test of the numbers of responders: subjects with a sample above a value, on any of the days at `places`.

    `log_above` is the logarithm of the value. Subjects who left before these days, and samples below the limit of quantification,
    are no response.
    """

    words: str
    log_above: float
    places: tuple[int, ...]

    def rejects(self, trial: Trial) -> bool:
        """Return whether the test tells the two arms apart."""
        (first, of_first), (second, of_second) = (self._count(arm) for arm in trial.arms)
        return fishers_p(first, of_first, second, of_second) <= LEVEL

    def seen(self, trial: Trial) -> tuple[float, float]:
        """Return the share of responders in each arm."""
        (first, of_first), (second, of_second) = (self._count(arm) for arm in trial.arms)
        return first / of_first, second / of_second

    def _count(self, arm: Floats) -> tuple[int, int]:
        # A comparison with NaN is false: a sample that is missing is no response.
        return int(np.count_nonzero((arm[:, list(self.places)] > self.log_above).any(axis=1))), len(arm)


Test = TTest | RespondersTest


@functools.lru_cache(maxsize=100_000)
def fishers_p(first: int, of_first: int, second: int, of_second: int) -> float:
    """Return the two-sided p of Fisher's exact test for `first` responders of `of_first` subjects against `second` of others."""
    return float(fisher_exact([[first, of_first - first], [second, of_second - second]]).pvalue)


def significance_tests(settle: Settle, design: Design) -> Sequence[Test]:
    """Return the tests of a design: the t-test, and that of every kind of responder whose day the design samples."""
    found: list[Test] = [TTest()]
    for kind in settle.responders:
        places = kind.places(design.days)
        if places:
            found.append(RespondersTest(f"Fisher's exact test of responders {kind.words}", math.log(kind.above), places))
    return found

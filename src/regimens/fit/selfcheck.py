"""Simulation-based calibration: whether a fit recovers known parameter values.

True values are drawn from the prior and data are simulated at the design of the fitted data points, with study and row effects; a
data point with a bound becomes a bound above or below. The data are fitted, and each true value is ranked among the draws.
Statistics are taken of the typical subject here, which changes the data and
the fit alike. Source: Talts et al. 2018, arXiv:1804.06788.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import binom

from regimens.fit.datapoints import AT_LEAST, AT_MOST, DataPoint, Observation
from regimens.fit.likelihood import LogPosterior, load
from regimens.fit.together import Values, together
from regimens.statistics import TAILS, Floats

if TYPE_CHECKING:
    from regimens.fit.sampling import Settings
    from regimens.model.declaration import Model


@dataclass(frozen=True, eq=False)
class Ranks:
    """`share` (repetitions, names): the share of draws below the true value, uniform on [0, 1] if the fit is calibrated."""

    names: tuple[str, ...]
    share: Floats

    def held(self) -> tuple[int, ...]:
        """Return for every name in how many repetitions its 90 % interval contained the true value."""
        inside = (self.share >= TAILS[0]) & (self.share <= TAILS[1])
        return tuple(int(count) for count in inside.sum(axis=0))


def selfcheck(model: Model, data: Sequence[DataPoint], settings: Settings, repetitions: range) -> Ranks:
    """Return the ranks of true values among the draws of their fits, for every number in `repetitions`, fitted side by side."""
    density = LogPosterior(model, data)
    shares = together(density.predictor, [partial(_repetition, density, settings, number) for number in repetitions])
    return Ranks(density.prior.names, np.array(shares))


def _repetition(whole: LogPosterior, settings: Settings, number: int, predict: Values) -> Floats:
    density = whole.asking(predict)
    random = np.random.default_rng(np.random.SeedSequence(settings.seed, spawn_key=(9, number)))
    truth = density.prior.sample(1, random)
    parameters, log_spreads = density.prior.split(truth)
    predicted = density.predict(parameters)[0]
    study_spread, row_spread = np.exp(log_spreads[0])
    density.observed = simulated(predicted, study_spread, row_spread, whole.observed, random)
    found = density.sample(replace(settings, seed=settings.seed + number))
    return np.asarray((found.draws < truth).mean(axis=0))


def simulated(
    predicted: Floats, study_spread: float, row_spread: float, design: Sequence[Observation], random: np.random.Generator
) -> list[Observation]:
    """Return observations around log predictions (data points,), with the design of others and with drawn effects."""
    studies = {(planned.source, planned.kind): study_spread * random.standard_normal() for planned in design}
    found = []
    for value, planned in zip(predicted, design, strict=True):
        effect = float(load(np.array([value]), planned)[0]) * studies[planned.source, planned.kind]
        seen = value + effect + np.hypot(row_spread, planned.log_se) * random.standard_normal()
        if planned.bound:
            found.append(replace(planned, bound=AT_LEAST if seen > planned.log_value else AT_MOST))
        else:
            found.append(replace(planned, log_value=float(seen)))
    return found


def uniformity(share: Floats, seed: int = 20260101) -> float:
    """Return the simultaneous p value of ranks (repetitions,) being uniform: small where their distribution function leaves its
    band anywhere.

    The distribution function is looked at in 19 places; the statistic is the smallest pointwise binomial probability, and its
    distribution that of 4,000 simulated sets. Source: Saeilynoja, Buerkner & Vehtari 2022, doi:10.1007/s11222-022-10090-6.
    """
    random = np.random.default_rng(seed)
    simulated_sets = _most_extreme(random.uniform(size=(4000, len(share))))
    return float((simulated_sets <= _most_extreme(share[None, :])[0] * (1.0 + 1e-9)).mean())


def _most_extreme(sets: Floats) -> Floats:
    """Return, for each set of ranks, the smallest two-sided binomial probability of its distribution function."""
    places = np.linspace(0.05, 0.95, 19)
    below = (sets[:, :, None] <= places).sum(axis=1)
    count = sets.shape[1]
    tail = np.minimum(binom.cdf(below, count, places), binom.sf(below - 1, count, places))
    return np.asarray(tail.min(axis=1))


def histogram(share: Floats, bins: int = 10) -> str:
    """Return the counts of ranks in equal bins as a line of numbers."""
    counts, _ = np.histogram(share, bins=bins, range=(0.0, 1.0))
    return " ".join(f"{count:2d}" for count in counts)

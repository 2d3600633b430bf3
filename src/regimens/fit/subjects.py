"""Subjects behind a printed statistic: how the mean or median of subjects differs from the typical subject, and how they spread.

A model predicts one subject at a time, a source prints the mean or median of many. Both are computed here with the same
subjects (a scrambled Sobol sequence, so that few are enough) at some parameter points; in between, the difference on the log
scale is linear in the logarithms of the parameters. How far a printed spread asks for more or less variability than the CVs of
the model file is one factor, the subject spread, on all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from regimens.fit.datapoints import BASELINE_COUNT
from regimens.fit.prediction import DAY_TO_DAY, Predictor
from regimens.fit.sampling import LOW_MEDIAN_HIGH
from regimens.model.fitted import BASELINE, scaled_cv
from regimens.population.draw import within_bounds
from regimens.statistics import weighted_quantiles

if TYPE_CHECKING:
    from regimens.fit.datapoints import DataPoint
    from regimens.statistics import Floats

SUBJECTS = 64
"""Subjects around each parameter point; a power of two, as a Sobol sequence wants it."""

POINTS = 160
"""Most parameter points at which subjects are drawn."""

FACTOR_SD = 0.4
"""Prior standard deviation of the logarithm of the subject spread, around 1: the CVs of the model file are assumptions."""


@dataclass(frozen=True, eq=False)
class Shift:
    """Logarithm of a statistic of subjects over that of the typical subject, (data points,): `constant` at `centre`, and
    `slope` (parameters, data points) for each unit of the logarithm of a parameter. `residual` is the standard deviation of what
    this leaves out.
    """

    centre: Floats
    constant: Floats
    slope: Floats
    residual: Floats

    def __call__(self, points: Floats) -> Floats:
        """Return the shift (points, data points) at (points, parameters) log values."""
        return np.asarray(self.constant + (points - self.centre) @ self.slope)


@dataclass(frozen=True)
class SubjectSpread:
    """Factor on the standard deviations between subjects (log scale): median and 90 % interval, and how many printed spreads
    informed it. Without any it is 1 and has no interval.
    """

    median: float = 1.0
    low: float = 1.0
    high: float = 1.0
    rows: int = 0


def no_shift(width: int, count: int) -> Shift:
    """Return the shift of data points that are statistics of the typical subject."""
    return Shift(np.zeros(width), np.zeros(count), np.zeros((width, count)), np.zeros(count))


def shift_of(predictor: Predictor, points: Floats, factor: float) -> Shift:
    """Return the shift of the targets of `predictor`, from subjects around the log values (points, parameters)."""
    points = _some(points)
    found = np.zeros((len(points), len(predictor.targets)))
    needed = [place for place, target in enumerate(predictor.targets) if target.statistic != "typical"]
    some = predictor.only(needed)
    logs, typical = _subject_logs(some, points, factor), some(points)
    for column, place in enumerate(needed):
        if predictor.targets[place].statistic == "median":
            statistic = np.nanmedian(logs[:, :, column], axis=1)
        else:
            statistic = np.log(np.nanmean(np.exp(logs[:, :, column]), axis=1))
        found[:, place] = statistic - typical[:, column]
    good = np.isfinite(found).all(axis=1)
    centre = points[good].mean(axis=0)
    design = np.column_stack([np.ones(int(good.sum())), points[good] - centre])
    solved, *_ = np.linalg.lstsq(design, found[good], rcond=1e-8)
    return Shift(centre, solved[0], solved[1:], (found[good] - design @ solved).std(axis=0))


def subject_spread(predictor: Predictor, data: Sequence[DataPoint], points: Floats) -> SubjectSpread:
    """Return what the printed spreads of `data` say of the variability between subjects, averaged over `points`.

    The spread of a printed fold also has the noise of two readings, that of a count the noise of one. The standard error of
    the logarithm of a standard deviation is 1 / sqrt(2 (n - 1)).
    """
    rows = [(place, p.observation) for place, p in enumerate(data) if p.observation.sd_log and p.observation.n > 1]
    if not rows:
        return SubjectSpread()
    logs = _subject_logs(predictor.only([place for place, _ in rows]), _some(points), 1.0)
    grid = np.linspace(-3 * FACTOR_SD, 3 * FACTOR_SD, 241)
    density = -0.5 * (grid / FACTOR_SD) ** 2
    for column, (place, seen) in enumerate(rows):
        noise = DAY_TO_DAY * np.sqrt(1.0 if data[place].target.observable == BASELINE_COUNT else 2.0)
        own = np.nanmean(np.nanstd(logs[:, :, column], axis=1))
        expected = np.hypot(np.exp(grid) * own, noise)
        density += -0.5 * (np.log((seen.sd_log or 1.0) / expected)) ** 2 * 2.0 * (seen.n - 1)
    weights = np.exp(density - density.max())
    low, median, high = (float(end) for end in weighted_quantiles(np.exp(grid), weights, LOW_MEDIAN_HIGH))
    return SubjectSpread(median, low, high, len(rows))


def _some(points: Floats) -> Floats:
    chosen = np.unique(np.linspace(0, len(points) - 1, min(POINTS, len(points))).astype(int))
    return np.asarray(points[chosen])


def _subject_logs(predictor: Predictor, points: Floats, factor: float) -> Floats:
    """Return log predictions (points, subjects, targets) of subjects whose log values spread `factor` times the CVs."""
    values = predictor.values_at(points)
    parameters = predictor.compiled.model.parameters
    shares = qmc.Sobol(len(parameters), scramble=True, rng=np.random.default_rng(2)).random(SUBJECTS)
    z_scores = ndtri(np.clip(shares, 1e-9, 1.0 - 1e-9))
    subjects = np.repeat(values, SUBJECTS, axis=0)
    for column, parameter in enumerate(parameters):
        if parameter.cv > 0:
            cv = parameter.cv if parameter.name == BASELINE else scaled_cv(parameter.cv, factor)
            z_score = np.tile(z_scores[:, column], len(points))
            subjects[:, column] = within_bounds(parameter, z_score, cv, subjects[:, column])
    return predictor.of_values(subjects).reshape(len(points), SUBJECTS, -1)

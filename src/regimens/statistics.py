"""Statistics over subjects and parameter draws: medians, quantiles and 90 % intervals, missing values left out.

Two kinds of interval: a prediction interval holds the middle 90 % of subjects, a confidence interval the middle 90 % of parameter
draws. Both are quantiles of what is not missing, linear between neighbours.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

INTERVAL = 0.90
"""Share of subjects inside a prediction interval, and of parameter draws inside a confidence interval."""

TAILS = (0.05, 0.95)
"""The quantiles at the ends of an interval."""

FLAT = 1e-5
"""Relative size up to which a difference of means or a spread of subjects is none: the integration is not more exact."""


def over_subjects(values: Floats, statistic: str) -> Floats:
    """Return the "median" or "mean" of each draw of (draws, subjects) values: (draws,), missing where a draw has no value."""
    missing = np.isnan(values)
    if not missing.any():
        return _rows(values, statistic)
    counts = values.shape[1] - missing.sum(axis=1)
    found = np.full(len(values), np.nan)
    # Draws with the same number of values form one full array, and there are few different numbers.
    for count in np.unique(counts[counts > 0]):
        these = counts == count
        found[these] = _rows(values[these][~missing[these]].reshape(-1, count), statistic)
    return found


def _rows(values: Floats, statistic: str) -> Floats:
    with np.errstate(invalid="ignore"):
        if statistic == "mean":
            return np.asarray(values.mean(axis=1))
        lower, upper = (values.shape[1] - 1) // 2, values.shape[1] // 2
        ordered = np.partition(values, (lower, upper), axis=1)
        return np.asarray(0.5 * (ordered[:, lower] + ordered[:, upper]))


def quantiles(values: Floats, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return quantiles of all values that are not missing; missing where there is none, or where the quantile is infinite.

    Infinite values keep their place in the order.
    """
    present = values[~np.isnan(values)]
    if not present.size:
        return (float("nan"),) * len(shares)
    places = [(present.size - 1) * share for share in shares]
    lower = [int(place) for place in places]
    upper = [min(place + 1, present.size - 1) for place in lower]
    ordered = np.partition(present, sorted({*lower, *upper}))
    found = []
    for place, low, high in zip(places, lower, upper, strict=True):
        step = place - low
        with np.errstate(invalid="ignore"):
            mixed = (1 - step) * ordered[low] + step * ordered[high]
        between = ordered[low] if step == 0 or ordered[low] == ordered[high] else mixed
        found.append(float(between) if np.isfinite(between) else float("nan"))
    return tuple(found)


def prediction_interval(values: Floats) -> tuple[float, float]:
    """Return (low, high): the middle 90 % of all values, whatever their shape."""
    low, high = quantiles(values, TAILS)
    return low, high


def over_draws(values: Floats) -> tuple[float, float, float]:
    """Return (median, low, high) of (draws,) values: low to high is the 90 % confidence interval, missing below two draws."""
    middle, low, high = quantiles(values, (0.5, *TAILS))
    if np.count_nonzero(~np.isnan(values)) < 2:
        return middle, float("nan"), float("nan")
    return middle, low, high


def median_and_interval(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the median and both ends of the 90 % interval over the first axis; rows with a missing value are left out."""
    present = values[~np.isnan(values).reshape(len(values), -1).any(axis=1)]
    if not len(present):
        missing = np.full(values.shape[1:], np.nan)
        return missing, missing, missing
    tail = (1.0 - INTERVAL) / 2.0
    low, median, high = np.quantile(present, [tail, 0.5, 1.0 - tail], axis=0)
    return median, low, high


def standardised_difference(before: Floats, after: Floats) -> Floats:
    """Return the standardised mean difference (SMD) of each draw of (draws, subjects) values: (draws,).

    It is Hedges' g as meta-analyses take it from the printed means and SDs of before and after: the difference of the means,
    divided by the pooled SD, the root of the mean of both variances (n - 1), and multiplied by 1 - 3 / (4 df - 1) with df = 2 n -
    2, the correction for small samples. The pairing of before and after is not used, as reports do not print it. Subjects without
    both values are left out. Missing below two subjects and where the SD is 0, up to rounding. Source: Hedges 1981, J Educ Stat
    6:107, doi:10.3102/10769986006002107; Borenstein 2009, Introduction to Meta-Analysis, chapter 4, doi:10.1002/9780470743386.
    """
    present = np.isfinite(before) & np.isfinite(after)
    count = present.sum(axis=1)
    (mean, variance), (later, variance_later) = (_moments(values, present, count) for values in (before, after))
    size = np.maximum(np.abs(mean), np.abs(later))
    difference = np.where(np.abs(later - mean) <= FLAT * size, 0.0, later - mean)
    spread = np.sqrt((variance + variance_later) / 2.0)
    known = (count >= 2) & (spread > FLAT * size)
    freedom = np.where(known, 2 * count - 2, 1)
    return np.where(known, difference / np.where(known, spread, 1.0) * (1.0 - 3.0 / (4.0 * freedom - 1.0)), np.nan)


def _moments(values: Floats, present: np.ndarray, count: np.ndarray) -> tuple[Floats, Floats]:
    """Return mean and variance (n - 1) of the values of each row that are present; 0 where there are none."""
    mean = np.where(present, values, 0.0).sum(axis=1) / np.maximum(count, 1)
    apart = np.where(present, values - mean[:, np.newaxis], 0.0)
    return mean, (apart**2).sum(axis=1) / np.maximum(count - 1, 1)


def weighted_quantiles(values: Floats, weights: Floats, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return quantiles of `values` (n,) with `weights` (n,) that need not sum to 1: each value at the middle of its weight.

    Values without weight change nothing.
    """
    values, weights = values[weights > 0], weights[weights > 0]
    order = np.argsort(values)
    places = np.cumsum(weights[order]) - 0.5 * weights[order]
    found = np.interp(np.asarray(shares) * float(weights.sum()), places, values[order])
    return tuple(float(value) for value in found)

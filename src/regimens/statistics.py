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

"""Quantiles: what stands for the subjects of a draw, and for all draws, with missing values left out."""

from __future__ import annotations

import numpy as np

INTERVAL = 0.90
"""Share of subjects inside a prediction interval, and of parameter draws inside a confidence interval."""

_TAILS = (0.05, 0.95)


def over_subjects(values: np.ndarray, statistic: str) -> np.ndarray:
    """Return the "median" or "mean" of each draw of (draws, subjects) values: (draws,), missing where a draw has no value."""
    missing = np.isnan(values)
    if not missing.any():
        return _rows(values, statistic)
    counts = values.shape[1] - missing.sum(axis=1)
    found = np.full(len(values), np.nan)
    # Draws with as many values each become a full array, and there are few different counts.
    for count in np.unique(counts[counts > 0]):
        these = counts == count
        found[these] = _rows(values[these][~missing[these]].reshape(-1, count), statistic)
    return found


def _rows(values: np.ndarray, statistic: str) -> np.ndarray:
    if statistic == "mean":
        return values.mean(axis=1)
    lower, upper = (values.shape[1] - 1) // 2, values.shape[1] // 2
    ordered = np.partition(values, (lower, upper), axis=1)
    # Between -infinite and infinite there is no middle: it is missing.
    with np.errstate(invalid="ignore"):
        return 0.5 * (ordered[:, lower] + ordered[:, upper])


def quantiles(values: np.ndarray, shares: tuple[float, ...]) -> tuple[float, ...]:
    """Return quantiles of all that is not missing, linear between neighbours; missing where there is none or it is infinite.

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


def prediction_interval(values: np.ndarray) -> tuple[float, ...]:
    """Return (low, high): the middle 90 % of all values, whatever their shape."""
    return quantiles(values, _TAILS)


def over_draws(values: np.ndarray) -> tuple[float, ...]:
    """Return (median, low, high) of (draws,) values: low to high is the 90 % confidence interval, missing below two draws."""
    middle, low, high = quantiles(values, (0.5, *_TAILS))
    single = np.count_nonzero(~np.isnan(values)) < 2
    return (middle, float("nan"), float("nan")) if single else (middle, low, high)

"""From a printed spread to a standard error on the log scale, with a sentence on how.

Values are taken as log-normal between subjects. A printed SD is turned by the moments of a log-normal value, quartiles and
ranges by those of a normal one on the log scale. The standard error is that of the printed statistic: of a mean through its
own coefficient of variation, of a median sqrt(pi / 2) times that of a mean (large samples).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

BOUNDS = ("lower bound", "upper bound")
"""Intervals that say that the value itself is a bound."""

INTERVALS = ("SD", "IQR", "range", "SE", "CI95", *BOUNDS)
"""What `low` and `high` of a row may be; SD and SE: the value minus and plus one."""

IQR_WIDTH = 1.349
"""Distance between the quartiles of a standard normal value."""

CI95_WIDTH = 2 * 1.959964
"""Width of a 95 % confidence interval in standard errors."""

MEDIAN_FACTOR = math.sqrt(math.pi / 2)
"""Standard error of a median over that of a mean, normal values, large samples."""


@dataclass(frozen=True)
class Spread:
    """`sd_log` between subjects (None where the source does not say it), `se_log` of the statistic, and how it was derived."""

    sd_log: float | None
    se_log: float
    words: str


def spread_of(value: float, low: float, high: float, interval: str, n: int, median: bool) -> Spread:
    """Return the spread on the log scale of a mean or median `value` of `n` subjects; ValueError where there is none.

    `low` and `high` are the ends of the printed interval; ends of quartiles, ranges and confidence intervals must be
    greater than zero, and a range needs at least two subjects.
    """
    root = math.sqrt(n)
    factor, named = (MEDIAN_FACTOR, "sqrt(pi/2) sd / sqrt(n)") if median else (1.0, "sd / sqrt(n)")
    if interval in ("SD", "SE"):
        cv = (high - low) / 2 / value
        if interval == "SE":
            return Spread(sd_log_of_cv(cv * root), sd_log_of_cv(cv), "sqrt(log(1 + (SE/mean)^2))")
        sd = sd_log_of_cv(cv)
        if median:
            return Spread(sd, factor * sd / root, f"sd = sqrt(log(1 + (SD/median)^2)), {named}")
        return Spread(sd, sd_log_of_cv(cv / root), "sqrt(log(1 + (SD/mean)^2 / n))")
    if low <= 0:
        raise ValueError("it reaches zero, which has no logarithm")
    width = math.log(high / low)
    if interval == "CI95":
        return Spread(None, width / CI95_WIDTH, "log(high/low) / 3.92")
    if interval == "IQR":
        return Spread(width / IQR_WIDTH, factor * width / IQR_WIDTH / root, f"sd = log(q3/q1) / 1.349, {named}")
    if interval == "range":
        if n < 2:
            raise ValueError("a range needs at least two subjects")
        sd = width / expected_range(n)
        return Spread(sd, factor * sd / root, f"sd = log(max/min) / {expected_range(n):.3f} (expected range of {n}), {named}")
    raise ValueError("a bound is no spread")


def sd_log_of_cv(cv: float) -> float:
    """Return the SD of the logarithm of a log-normal value with that coefficient of variation."""
    return math.sqrt(math.log1p(cv * cv))


@cache
def expected_range(n: int) -> float:
    """Return d2(n), the expected range of `n` standard normal values: the integral of 1 - F^n - (1 - F)^n."""
    from scipy.integrate import quad
    from scipy.special import ndtr

    half, _ = quad(lambda x: 1.0 - ndtr(x) ** n - ndtr(-x) ** n, 0.0, 12.0, epsabs=1e-12, epsrel=1e-12)
    return 2.0 * half


@dataclass(frozen=True)
class Printed:
    """A number as its source prints it, with its interval ('' where it has none)."""

    value: float
    low: float | None
    high: float | None
    interval: str


def observed(
    printed: Printed, baseline: Printed | None, own: Spread | None, before: Spread | None, assumed: float | None
) -> dict:
    """Return value, low, high, bound, sd_log, se_log, se_words and baseline_se_log of a response.

    With a `baseline` the value becomes a fold of it, and its standard error takes in the baseline's, as of independent
    numbers: sources do not print how the two are correlated. An `assumed` standard error is used as it is.
    """
    divisor = 1.0 if baseline is None else baseline.value
    se_log, words = (assumed, "assumed") if own is None else (own.se_log, own.words)
    if own is not None and before is not None and baseline is not None:
        se_log, words = math.hypot(own.se_log, before.se_log), f"{words}; with the baseline's ({before.words}) as independent"
    low, high = (None if end is None else end / divisor for end in (printed.low, printed.high))
    return {
        "value": printed.value / divisor,
        "low": low,
        "high": high,
        "bound": printed.interval if printed.interval in BOUNDS else "",
        "sd_log": None if own is None else own.sd_log,
        "se_log": se_log,
        "se_words": words,
    }

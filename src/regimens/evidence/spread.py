"""Printed spreads as standard errors on the log scale, each with its formula in words.

Values are taken as log-normal between subjects. A printed SD is converted by the moments of a log-normal value, quartiles and
ranges by those of a normal value on the log scale. The standard error is that of the printed statistic: of a mean through its
own coefficient of variation, of a median sqrt(pi / 2) times that of a mean (large samples).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

BOUNDS = ("lower bound", "upper bound")
"""Intervals which say that the value itself is a bound."""

INTERVALS = ("SD", "IQR", "range", "SE", "CI95", *BOUNDS)
"""What `low` and `high` of a row may be. SD and SE: the value minus and plus one."""

BEFORE_AFTER = 0.5
"""Correlation between the logarithms of one subject's values before and after treatment. No source prints it; from 0 to 0.8,
standard errors of a ratio change by -40 to +40 %."""

IQR_WIDTH = 1.349
"""Distance between the quartiles of a standard normal value."""

CI95_WIDTH = 2 * 1.959964
"""Width of a 95 % confidence interval in standard errors."""

MEDIAN_FACTOR = math.sqrt(math.pi / 2)
"""Standard error of a median over that of a mean, normal values, large samples."""


@dataclass(frozen=True)
class Printed:
    """A number as its source prints it, with the ends of its interval; `interval` is '' if none is printed."""

    value: float
    low: float | None
    high: float | None
    interval: str


@dataclass(frozen=True)
class Spread:
    """`sd_log` between subjects (None if the source does not give it), `se_log` of the statistic, and the formula in words."""

    sd_log: float | None
    se_log: float
    words: str


@dataclass(frozen=True)
class Observed:
    """A value on the scale of an observable, with the standard error of its logarithm."""

    value: float
    low: float | None
    high: float | None
    bound: str
    sd_log: float | None
    se_log: float
    se_words: str


def spread_of(printed: Printed, n: int, median: bool) -> Spread:
    """Return the spread on the log scale of a mean or median of `n` subjects; ValueError with the reason if there is none.

    Both ends of the interval must be there. Ends of quartiles, ranges and confidence intervals must be greater than zero, and
    a range needs at least two subjects.
    """
    value, low, high, interval = printed.value, printed.low, printed.high, printed.interval
    if low is None or high is None:
        raise ValueError("an end is missing")
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
        raise ValueError("its lower end is not greater than zero and has no logarithm")
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
    raise ValueError("a bound does not give a spread")


def sd_log_of_cv(cv: float) -> float:
    """Return the standard deviation of the logarithm of a log-normal value with that coefficient of variation."""
    return math.sqrt(math.log1p(cv * cv))


def ratio_se(after: float, before: float) -> float:
    """Return the standard error of the logarithm of a ratio of two statistics of the same subjects."""
    return math.sqrt(after**2 + before**2 - 2.0 * BEFORE_AFTER * after * before)


@cache
def expected_range(n: int) -> float:
    """Return d2(n), the expected range of `n` standard normal values: the integral of 1 - F^n - (1 - F)^n."""
    from scipy.integrate import quad
    from scipy.special import ndtr

    half: float = quad(lambda x: 1.0 - ndtr(x) ** n - ndtr(-x) ** n, 0.0, 12.0, epsabs=1e-12, epsrel=1e-12)[0]
    return 2.0 * half


def observed(
    printed: Printed, baseline: Printed | None, own: Spread | None, before: Spread | None, assumed: float | None
) -> Observed:
    """Return a printed value on the scale of its observable.

    With a `baseline` the value becomes a fold of it: a mean over a mean, a median over a median. Its standard error then
    includes that of the baseline, `before`, with the correlation BEFORE_AFTER, because the same subjects were counted twice.
    Without a spread of its `own`, the standard error is the `assumed` one, unchanged.
    """
    divisor = 1.0 if baseline is None else baseline.value
    if own is None:
        if assumed is None:
            raise ValueError("Either a spread or an assumed standard error is needed.")
        se_log, words = assumed, "assumed"
    elif before is not None and baseline is not None:
        se_log = ratio_se(own.se_log, before.se_log)
        words = f"{own.words}; with the baseline's ({before.words}), correlation {BEFORE_AFTER:g}"
    else:
        se_log, words = own.se_log, own.words
    return Observed(
        value=printed.value / divisor,
        low=None if printed.low is None else printed.low / divisor,
        high=None if printed.high is None else printed.high / divisor,
        bound=printed.interval if printed.interval in BOUNDS else "",
        sd_log=None if own is None else own.sd_log,
        se_log=se_log,
        se_words=words,
    )

"""Validation: what fitted models predict for every row while its source is left out, beside what was observed.

The prediction of a row is that of its own printed statistic: parameter draws, the study spread and row spread that the fit found,
and the standard error of the row. Rows of studies that were fitted are predicted without them (`fit/leaveout.py`); the others
were never fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import beta

from regimens.fit.datapoints import AT_LEAST
from regimens.fit.nulls import Null, null_of
from regimens.fit.sampling import LOW_MEDIAN_HIGH
from regimens.statistics import INTERVAL, TAILS, quantiles

if TYPE_CHECKING:
    from regimens.evidence import Response
    from regimens.fit.datapoints import DataPoint, Observation
    from regimens.fit.leaveout import LeftOut
    from regimens.model.declaration import Model

LIKELY = 0.5
"""Predicted probability of a printed bound from which it counts as a hit."""


@dataclass(frozen=True)
class Check:
    """One row under one model with its source left out: `observed` and the predicted median and interval, on the scale of the
    observable.

    `score` is the interval score on the log scale (lower is better) and `probability` that of a bound; the one that does not
    apply is None. `null_score` and `group_score` are those of the two null models, None where they cannot predict the row.
    """

    id: str
    source: str
    fitted: bool
    independent: bool
    observable: str
    observed: float
    bound: str
    low: float
    median: float
    high: float
    probability: float | None
    score: float | None
    null_score: float | None
    group_score: float | None

    @property
    def hit(self) -> bool:
        """Whether a value lies in the interval, or whether a bound was thought likely."""
        if self.probability is not None:
            return self.probability >= LIKELY
        return self.low <= self.observed <= self.high

    @property
    def log_error(self) -> float:
        """Logarithm of predicted over observed; of a bound it is no error, which may lie anywhere beyond."""
        return float(np.log(self.median / self.observed))


@dataclass(frozen=True)
class SourceCheck:
    """A source left out of the fit of one model: how, the shape k of the weights, the log predictive density of all its rows, of
    those that every model can predict, and of both null models for the rows that they can; None where there are no such rows.
    `lost` are the parameters that the other sources say nothing about.
    """

    source: str
    how: str
    shape: float | None
    log_density: float
    common: float | None
    null_density: float | None
    group_density: float | None
    lost: tuple[str, ...]


@dataclass(frozen=True)
class Summary:
    """The checks of a model in numbers.

    `hits` of `rows` independent rows; `low` to `high` is the 90 % binomial interval of the share. `mean_log_error` is over those
    with a value, `median_width` (log scale) over all of them. `score`, `null_score` and `group_score` are means over the
    independent rows that have all three. A mean of nothing is NaN.
    """

    model: Model
    checks: tuple[Check, ...]
    sources: tuple[SourceCheck, ...]
    hits: int
    rows: int
    low: float
    high: float
    mean_log_error: float
    median_width: float
    score: float
    null_score: float
    group_score: float

    @property
    def beats_nulls(self) -> bool:
        """Whether the interval score of the model is better (lower) than those of both null models."""
        return self.score < min(self.null_score, self.group_score)


def checks_of(left_out: Sequence[LeftOut], data: Sequence[DataPoint], responses: Sequence[Response]) -> tuple[Check, ...]:
    """Return the checks of all rows of `left_out`; `data` and `responses` are all rows there are."""
    points, rows = {point.id: point for point in data}, {response.id: response for response in responses}
    fitted = _fitted(data, rows)
    found = []
    for each in left_out:
        for place, name in enumerate(each.ids):
            seen, response = points[name].observation, rows[name]
            logs = each.predicted[:, place]
            low, median, high = quantiles(logs, LOW_MEDIAN_HIGH)
            nulls = (null_of(seen, fitted), null_of(seen, fitted, response.group))
            plain, grouped = (None if null is None or seen.bound else _null_score(seen, null) for null in nulls)
            beyond = logs >= seen.log_value if seen.bound == AT_LEAST else logs <= seen.log_value
            found.append(
                Check(
                    id=name,
                    source=each.source,
                    fitted=response.role == "fit",
                    independent=response.independent,
                    observable=response.observable,
                    observed=float(np.exp(seen.log_value)),
                    bound=seen.bound,
                    low=float(np.exp(low)),
                    median=float(np.exp(median)),
                    high=float(np.exp(high)),
                    probability=float(beyond.mean()) if seen.bound else None,
                    score=None if seen.bound else interval_score(seen.log_value, low, high),
                    null_score=plain,
                    group_score=grouped,
                )
            )
    return tuple(found)


def sources_of(left_out: Sequence[LeftOut], data: Sequence[DataPoint], responses: Sequence[Response]) -> tuple[SourceCheck, ...]:
    """Return every source left out, with its densities under the model and under both null models."""
    points, rows = {point.id: point for point in data}, {response.id: response for response in responses}
    fitted = _fitted(data, rows)
    found = []
    for each in left_out:
        seen = [(points[name].observation, rows[name].group) for name in each.ids]
        plain = [null_of(one, fitted) for one, _ in seen]
        grouped = [null_of(one, fitted, group) for one, group in seen]
        observations = [one for one, _ in seen]
        found.append(
            SourceCheck(
                source=each.source,
                how=each.how,
                shape=None if np.isnan(each.shape) else each.shape,
                log_density=each.log_density,
                common=None if np.isnan(each.common) else each.common,
                null_density=_null_density(observations, plain),
                group_density=_null_density(observations, grouped),
                lost=each.lost,
            )
        )
    return tuple(found)


def _fitted(data: Sequence[DataPoint], rows: dict[str, Response]) -> list[tuple[Observation, str]]:
    return [(point.observation, rows[point.id].group) for point in data if rows[point.id].role == "fit"]


def _null_density(seen: Sequence[Observation], nulls: Sequence[Null | None]) -> float | None:
    known = [null.log_density(one) for one, null in zip(seen, nulls, strict=True) if null is not None]
    return float(sum(known)) if known else None


def _null_score(seen: Observation, null: Null) -> float:
    return interval_score(seen.log_value, *null.interval())


def interval_score(value: float, low: float, high: float) -> float:
    """Return the interval score at 90 %: width, plus 20 times the distance by which the interval misses the value.

    Source: Gneiting & Raftery 2007, doi:10.1198/016214506000001437, equation 43.
    """
    miss = max(low - value, 0.0) + max(value - high, 0.0)
    return float(high - low + 2.0 / (1.0 - INTERVAL) * miss)


def coverage(checks: Sequence[Check]) -> tuple[int, int, float, float]:
    """Return (hits, checks, low, high): low to high is the exact (Clopper-Pearson) 90 % interval of the share of hits."""
    hits, count = sum(each.hit for each in checks), len(checks)
    if not count:
        return 0, 0, 0.0, 1.0
    low = beta.ppf(TAILS[0], hits, count - hits + 1) if hits else 0.0
    high = beta.ppf(TAILS[1], hits + 1, count - hits) if hits < count else 1.0
    return hits, count, float(low), float(high)


def summary_of(model: Model, checks: Sequence[Check], sources: Sequence[SourceCheck]) -> Summary:
    """Return the summary of checks."""
    independent = [each for each in checks if each.independent]
    hits, rows, low, high = coverage(independent)
    scores = np.array(
        [
            (each.score, each.null_score, each.group_score)
            for each in independent
            if each.score is not None and each.null_score is not None and each.group_score is not None
        ]
    ).reshape(-1, 3)
    score, null_score, group_score = scores.mean(axis=0) if len(scores) else np.full(3, np.nan)
    errors = [each.log_error for each in independent if not each.bound]
    widths = np.array([np.log(each.high / each.low) for each in independent])
    return Summary(
        model=model,
        checks=tuple(checks),
        sources=tuple(sources),
        hits=hits,
        rows=rows,
        low=low,
        high=high,
        mean_log_error=float(np.mean(errors)) if errors else float("nan"),
        median_width=quantiles(widths, (0.5,))[0],
        score=float(score),
        null_score=float(null_score),
        group_score=float(group_score),
    )

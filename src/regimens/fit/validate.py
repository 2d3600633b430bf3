"""Checking: what a fitted model predicts for rows that were not fitted, with an interval, beside what was seen.

The interval is that of the row's own statistic at its number of subjects: parameter draws, subjects drawn around each, the
mean or median of these, and the spreads between studies and rows that the fit found.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri
from scipy.stats import beta

from regimens.evidence import Response
from regimens.fit.calibrate import Row
from regimens.fit.likelihood import AT_LEAST
from regimens.fit.posterior import FittedModel
from regimens.fit.prediction import Predictor
from regimens.fit.rows import rows_of
from regimens.model.compile import compile_model
from regimens.model.declaration import Model
from regimens.population.draw import within_bounds

INTERVAL = 0.90
MOST_SUBJECTS = 100
"""Subjects drawn for one row: above this number the spread of a mean is that of the parameters alone."""

DRAWS = 200


@dataclass(frozen=True)
class Check:
    """One row under one model: `observed` and the predicted median and interval, on the scale of the observable.

    `inside` says whether the observed value (or bound) is compatible with the interval; `score` is the interval score on the
    log scale (lower is better), `null_score` that of the study-blind null model, None where no fit row has the observable.
    """

    id: str
    model: str
    observable: str
    observed: float
    bound: str
    low: float
    median: float
    high: float
    inside: bool
    score: float
    null_score: float | None
    independent: bool

    @property
    def log_error(self) -> float:
        """Logarithm of predicted over observed."""
        return float(np.log(self.median / self.observed))


def check(fitted: FittedModel, checks: Sequence[Response], fits: Sequence[Response], seed: int = 20260101) -> tuple[Check, ...]:
    """Return a Check for every row of `checks` that the model has an observable and the row a value for."""
    model = fitted.model
    names = {observable.name for observable in model.observables}
    found = []
    for response in checks:
        if response.value is None or response.observable not in names:
            continue
        (row,) = rows_of([response], of=(*checks, *fits))
        random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(response.id.encode()),)))
        low, median, high = np.quantile(_predicted(fitted, row, response, random), [0.05, 0.5, 0.95])
        observed = float(response.value)
        null = _null_interval(response, fits)
        found.append(
            Check(
                id=response.id,
                model=model.name,
                observable=response.observable,
                observed=observed,
                bound=response.bound,
                low=float(low),
                median=float(median),
                high=float(high),
                inside=_inside(observed, response.bound, low, high),
                score=interval_score(np.log(observed), np.log(low), np.log(high)),
                null_score=None if null is None else interval_score(np.log(observed), *null),
                independent=response.independent,
            )
        )
    return tuple(found)


def _inside(observed: float, bound: str, low: float, high: float) -> bool:
    if not bound:
        return bool(low <= observed <= high)
    return bool(high >= observed) if bound == AT_LEAST else bool(low <= observed)


def interval_score(value: float, low: float, high: float) -> float:
    """Return the interval score at 90 %: width, plus 20 times the distance by which the interval misses.

    Source: Gneiting & Raftery 2007, doi:10.1198/016214506000001437, equation 43.
    """
    miss = max(low - value, 0.0) + max(value - high, 0.0)
    return float(high - low + 2.0 / (1.0 - INTERVAL) * miss)


def _null_interval(response: Response, fits: Sequence[Response]) -> tuple[float, float] | None:
    """Return the interval of a model that knows the fit rows' pooled mean and spread and nothing of the regimen."""
    values = [_log_fold(fit) for fit in fits if _family(fit) == _family(response) and fit.value is not None and not fit.bound]
    own = response.baseline.value if response.observable == "treg" and response.baseline is not None else 1.0
    if len(values) < 3:
        return None
    half = ndtri(0.95) * float(np.std(values, ddof=1))
    return (float(np.mean(values) + np.log(own) - half), float(np.mean(values) + np.log(own) + half))


def _family(response: Response) -> str:
    return "treg_fold" if response.observable == "treg" else response.observable


def _log_fold(response: Response) -> float:
    own = response.baseline.value if response.observable == "treg" and response.baseline is not None else 1.0
    return float(np.log((response.value or np.nan) / own))


def _predicted(fitted: FittedModel, row: Row, response: Response, random: np.random.Generator) -> np.ndarray:
    """Return (draws,) predictions of the row's statistic, spreads included."""
    draws = fitted.draws[np.linspace(0, len(fitted.draws) - 1, min(DRAWS, len(fitted.draws))).astype(int)]
    count = min(response.n, MOST_SUBJECTS)
    predictor = Predictor(compile_model(fitted.model), [row.target], [])
    values = np.concatenate([_subjects(fitted.model, fitted.names, draw, count, random) for draw in draws])
    folds = np.exp(predictor.of_values(values)[:, 0]).reshape(len(draws), count)
    statistic = np.nanmean(folds, axis=1) if response.statistic == "mean" else np.nanmedian(folds, axis=1)
    spreads = draws[:, [fitted.names.index("study_spread"), fitted.names.index("row_spread")]]
    return statistic * np.exp((spreads * random.standard_normal(spreads.shape)).sum(axis=1))


def _subjects(model: Model, names: Sequence[str], draw: np.ndarray, count: int, random: np.random.Generator) -> np.ndarray:
    """Return (count, parameters) subjects around one parameter draw, log-normal and inside the bounds of the model."""
    values = np.tile([parameter.value for parameter in model.parameters], (count, 1))
    for column, parameter in enumerate(model.parameters):
        typical = draw[list(names).index(parameter.name)] if parameter.name in names else parameter.value
        values[:, column] = typical
        if parameter.cv > 0:
            around = replace(parameter, value=float(typical))
            values[:, column] = within_bounds(around, random.standard_normal(count))
    return values


def coverage(checks: Sequence[Check]) -> tuple[int, int, float, float]:
    """Return (inside, rows, low, high): hits among `checks` and the exact 90 % binomial interval of their share."""
    hits, count = sum(check.inside for check in checks), len(checks)
    if not count:
        return 0, 0, 0.0, 1.0
    low = beta.ppf(0.05, hits, count - hits + 1) if hits else 0.0
    high = beta.ppf(0.95, hits + 1, count - hits) if hits < count else 1.0
    return hits, count, float(low), float(high)

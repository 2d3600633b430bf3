"""Validation: what a fitted model predicts for responses that were not fitted, each with an interval, beside what was observed.

The interval is that of the response's own statistic at its number of subjects: parameter draws, subjects drawn around each, the
mean or median of these, and the study spread and row spread that the fit found.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri
from scipy.stats import beta

from regimens.fit.datapoints import AT_LEAST, BASELINE_COUNT, Target, data_points
from regimens.fit.posterior import shipped_draws
from regimens.fit.prediction import Predictor
from regimens.fit.sampling import LOW_MEDIAN_HIGH
from regimens.model.compile import compile_model
from regimens.population.draw import within_bounds
from regimens.statistics import INTERVAL, TAILS, Floats, over_subjects, quantiles

if TYPE_CHECKING:
    from regimens.evidence import Response
    from regimens.model.declaration import Model
    from regimens.model.fitted import PosteriorDraws

MOST_SUBJECTS = 100
"""Most subjects that are drawn for one response: with more, the spread of a mean comes from the parameters alone."""

DRAWS = 200
"""Most parameter draws that are used."""

FEWEST_FITTED = 3
"""Fewest fitted values of an observable from which the null model predicts it."""


@dataclass(frozen=True)
class Check:
    """One response under one model: `observed` and the predicted median and interval, on the scale of the observable.

    `inside` says whether the observed value (or bound) is compatible with the interval. `score` is the interval score on the
    log scale (lower is better), None for a bound, which has no score. `null_score` is that of the null model, None also if too
    few fitted rows have the observable. `failed` of the `subjects` drawn could not be simulated; they are left out.
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
    score: float | None
    null_score: float | None
    independent: bool
    subjects: int
    failed: int

    @property
    def log_error(self) -> float:
        """Logarithm of predicted over observed."""
        return float(np.log(self.median / self.observed))


@dataclass(frozen=True)
class Summary:
    """The checks of a model in numbers.

    `hits` of `rows` independent checks are inside their interval; `low` to `high` is the 90 % binomial interval of the share.
    `mean_log_error` is over the independent checks with a value, `median_width` (log scale) over all independent ones. `score`
    and `null_score` are means over the independent checks that have both. A mean of nothing is NaN.
    """

    model: Model
    checks: tuple[Check, ...]
    hits: int
    rows: int
    low: float
    high: float
    mean_log_error: float
    median_width: float
    score: float
    null_score: float

    @property
    def beats_null(self) -> bool:
        """Whether the interval score of the model is better (lower) than that of the null model."""
        return self.score < self.null_score


def summarise(model: Model, responses: Sequence[Response]) -> Summary:
    """Check the shipped posterior of `model` against the `check` rows of `responses`. ModelError if there is no posterior."""
    fits = [response for response in responses if response.role == "fit"]
    checks = check(model, shipped_draws(model), [response for response in responses if response.role == "check"], fits)
    independent = [each for each in checks if each.independent]
    hits, rows, low, high = coverage(independent)
    scores = [(each.score, each.null_score) for each in independent if each.score is not None and each.null_score is not None]
    widths = np.array([np.log(each.high / each.low) for each in independent])
    return Summary(
        model=model,
        checks=checks,
        hits=hits,
        rows=rows,
        low=low,
        high=high,
        mean_log_error=_mean([each.log_error for each in independent if not each.bound]),
        median_width=quantiles(widths, (0.5,))[0],
        score=_mean([score for score, _ in scores]),
        null_score=_mean([null for _, null in scores]),
    )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def coverage(checks: Sequence[Check]) -> tuple[int, int, float, float]:
    """Return (inside, checks, low, high): hits and the exact (Clopper-Pearson) 90 % interval of their share."""
    hits, count = sum(each.inside for each in checks), len(checks)
    if not count:
        return 0, 0, 0.0, 1.0
    low = beta.ppf(TAILS[0], hits, count - hits + 1) if hits else 0.0
    high = beta.ppf(TAILS[1], hits + 1, count - hits) if hits < count else 1.0
    return hits, count, float(low), float(high)


def check(
    model: Model, posterior: PosteriorDraws, checks: Sequence[Response], fits: Sequence[Response], seed: int = 20260101
) -> tuple[Check, ...]:
    """Return a Check of every response of `checks` that has a value and whose observable `model` has.

    `posterior` are draws of the model's parameters and of both spreads; `fits` are the responses that the null model is made of.
    """
    names = {observable.name for observable in model.observables}
    return tuple(
        _check(model, posterior, response, response.value, (*checks, *fits), fits, seed)
        for response in checks
        if response.value is not None and response.observable in names
    )


def _check(
    model: Model,
    posterior: PosteriorDraws,
    response: Response,
    observed: float,
    of: Sequence[Response],
    fits: Sequence[Response],
    seed: int,
) -> Check:
    (point,) = data_points([response], of=of)
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(response.id.encode()),)))
    predicted, subjects, failed = _predicted(model, posterior, point.target, response, random)
    low, median, high = quantiles(predicted, LOW_MEDIAN_HIGH)
    null = None if response.bound else _null_interval(response, fits)
    return Check(
        id=response.id,
        model=model.name,
        observable=response.observable,
        observed=observed,
        bound=response.bound,
        low=low,
        median=median,
        high=high,
        inside=_inside(observed, response.bound, low, high),
        score=None if response.bound else interval_score(np.log(observed), np.log(low), np.log(high)),
        null_score=None if null is None else interval_score(np.log(observed), *null),
        independent=response.independent,
        subjects=subjects,
        failed=failed,
    )


def _inside(observed: float, bound: str, low: float, high: float) -> bool:
    """Return whether a value lies in the interval, or whether the interval reaches beyond a bound."""
    if not bound:
        return low <= observed <= high
    return high >= observed if bound == AT_LEAST else low <= observed


def interval_score(value: float, low: float, high: float) -> float:
    """Return the interval score at 90 %: width, plus 20 times the distance by which the interval misses the value.

    Source: Gneiting & Raftery 2007, doi:10.1198/016214506000001437, equation 43.
    """
    miss = max(low - value, 0.0) + max(value - high, 0.0)
    return float(high - low + 2.0 / (1.0 - INTERVAL) * miss)


def _null_interval(response: Response, fits: Sequence[Response]) -> tuple[float, float] | None:
    """Return the interval (log scale) of the null model: mean and spread of the fitted rows, whatever their regimen."""
    values = [_log_fold(fit, fit.value) for fit in fits if _family(fit) == _family(response) and fit.value and not fit.bound]
    if len(values) < FEWEST_FITTED:
        return None
    half = ndtri(TAILS[1]) * float(np.std(values, ddof=1))
    shift = np.log(_own_baseline(response))
    return (float(np.mean(values) + shift - half), float(np.mean(values) + shift + half))


def _family(response: Response) -> str:
    return "treg_fold" if response.observable == BASELINE_COUNT else response.observable


def _own_baseline(response: Response) -> float:
    """Return the baseline that a Treg count is divided by to be a fold; 1 for any other observable."""
    return response.baseline.value if response.observable == BASELINE_COUNT and response.baseline is not None else 1.0


def _log_fold(response: Response, value: float) -> float:
    return float(np.log(value / _own_baseline(response)))


def _predicted(
    model: Model, posterior: PosteriorDraws, target: Target, response: Response, random: np.random.Generator
) -> tuple[Floats, int, int]:
    """Return predictions of the response's statistic (draws,) with both spreads, the number of subjects, and how many failed.

    A draw in which all subjects failed is NaN.
    """
    draws = posterior.draws[np.linspace(0, len(posterior.draws) - 1, min(DRAWS, len(posterior.draws))).astype(int)]
    count = min(response.n, MOST_SUBJECTS)
    predictor = Predictor(compile_model(model), [target], [])
    values = np.concatenate([_subjects(model, posterior.names, draw, count, random) for draw in draws])
    predicted = np.exp(predictor.of_values(values)[:, 0]).reshape(len(draws), count)
    statistic = over_subjects(predicted, "mean" if response.statistic == "mean" else "median")
    spreads = draws[:, [posterior.names.index("study_spread"), posterior.names.index("row_spread")]]
    effects: Floats = np.exp((spreads * random.standard_normal(spreads.shape)).sum(axis=1))
    return statistic * effects, predicted.size, int(np.isnan(predicted).sum())


def _subjects(model: Model, names: Sequence[str], draw: Floats, count: int, random: np.random.Generator) -> Floats:
    """Return (count, parameters) values of subjects around one parameter draw, log-normal and inside the bounds of the model."""
    values = np.tile([parameter.value for parameter in model.parameters], (count, 1))
    for column, parameter in enumerate(model.parameters):
        typical = float(draw[list(names).index(parameter.name)]) if parameter.name in names else parameter.value
        values[:, column] = typical
        if parameter.cv > 0:
            values[:, column] = within_bounds(replace(parameter, value=typical), random.standard_normal(count))
    return values

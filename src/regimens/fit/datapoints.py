"""Data points of a fit: published responses as medians on the log scale, and what a model must predict for each.

Models predict the typical subject, which is the median of log-normal subjects. A printed mean is therefore converted to a
median by the moments of a log-normal value, if its source prints the spread that this needs. The rows of one observable of a
study share a study effect: a laboratory that counts more Treg does not for that reason count more Th17.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.evidence.spread import BOUNDS, Printed, Spread, spread_of

if TYPE_CHECKING:
    from regimens.evidence import Response
    from regimens.model.declaration import Model
    from regimens.regimen import Regimen

AT_LEAST, AT_MOST = BOUNDS

BASELINE_COUNT = "treg"
"""The observable whose rows replace the baseline of the model by their own."""


@dataclass(frozen=True)
class Observation:
    """A published number: `log_value`, its standard error on the log scale, the study effect that it has in common with other
    data points, and which bound it is ('' for a value).
    """

    log_value: float
    log_se: float
    study: str
    bound: str = ""


@dataclass(frozen=True)
class Target:
    """What a model must predict: an observable at `time_h`, or its peak in `window_h` if `time_h` is None.

    `baseline` is the study's own median Treg count (cells/uL), None if it has none.
    """

    regimen: Regimen
    observable: str
    time_h: float | None
    window_h: tuple[float, float] | None
    weight_kg: float
    bsa_m2: float
    baseline: float | None


@dataclass(frozen=True)
class DataPoint:
    """One response, ready for a fit: what was observed and what the model must predict for it."""

    id: str
    observation: Observation
    target: Target


def data_points(
    responses: Iterable[Response], role: str | None = None, of: Iterable[Response] | None = None
) -> tuple[DataPoint, ...]:
    """Return the data points of all `responses` that have a value, or of those with the role 'fit' or 'check'.

    If a study also counted Treg under the same regimen, all its data points start from that count, whatever they observe. It
    is looked up in `of`, all responses there are (`responses` if not given).
    """
    responses = tuple(responses)
    counts = {(r.study, r.regimen): _baseline(r) for r in (responses if of is None else of) if _baseline(r) is not None}
    return tuple(
        _data_point(response, response.value, response.se_log, counts.get((response.study, response.regimen)))
        for response in responses
        if response.value is not None and response.se_log is not None and role in (None, response.role)
    )


def usable(data: Iterable[DataPoint], model: Model) -> tuple[DataPoint, ...]:
    """Return the data points whose observable `model` has."""
    names = {observable.name for observable in model.observables}
    return tuple(point for point in data if point.target.observable in names)


def _data_point(response: Response, value: float, se_log: float, baseline: float | None) -> DataPoint:
    before = _spread(response.baseline, response.n, response.statistic)
    shift = _mean_to_median(response.sd_log, response.statistic)
    if response.observable == BASELINE_COUNT:
        se_log = math.hypot(se_log, 0.0 if before is None else before.se_log)
    elif before is not None and response.unit != "fold":
        shift -= _mean_to_median(before.sd_log, response.statistic)
    observation = Observation(math.log(value) + shift, se_log, f"{response.study}: {response.observable}", response.bound)
    peak = response.reading == "peak"
    subject = response.subject
    target = Target(
        regimen=response.regimen,
        observable=response.observable,
        time_h=None if peak else response.time_h,
        window_h=(0.0, response.time_h or 0.0) if peak else None,
        weight_kg=float(subject.weight_kg),
        bsa_m2=float(subject.bsa_m2),
        baseline=baseline,
    )
    return DataPoint(response.id, observation, target)


def _baseline(response: Response) -> float | None:
    """Return the median Treg count before treatment of a response that counts Treg, None for any other."""
    if response.observable != BASELINE_COUNT or response.baseline is None:
        return None
    before = _spread(response.baseline, response.n, response.statistic)
    return response.baseline.value * math.exp(_mean_to_median(None if before is None else before.sd_log, response.statistic))


def _mean_to_median(sd_log: float | None, statistic: str) -> float:
    """Return log(median / statistic) of a log-normal value; 0 if the statistic is not a mean or has no spread."""
    return -0.5 * sd_log**2 if statistic == "mean" and sd_log else 0.0


def _spread(printed: Printed | None, count: int, statistic: str) -> Spread | None:
    if printed is None:
        return None
    try:
        return spread_of(printed, count, statistic == "median")
    except ValueError:
        return None

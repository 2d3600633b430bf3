"""Data points of a fit: published statistics on the log scale as they are printed, and what a model must predict for each.

A printed mean stays a mean and a printed median a median: what a model must predict is the same statistic of subjects
(`fit/subjects.py`). The rows of one kind of observable of a study share a study effect: a laboratory that counts more Treg does
not for that reason count more Th17. Where several studies come from one centre, the centre takes the place of the study.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.evidence.spread import BOUNDS, ratio_se

if TYPE_CHECKING:
    from regimens.evidence import Response
    from regimens.model.declaration import Model
    from regimens.regimen import Regimen

AT_LEAST, AT_MOST = BOUNDS

BASELINE_COUNT = "treg"
"""The observable whose rows replace the baseline of the model by their own."""

KINDS = {"treg": "Treg", "treg_fold": "Treg", "treg_share_fold": "Treg"}
"""Observables that are readings of one thing; any other is a kind of its own."""

LEVELS = ("serum_il2", "tocilizumab")
"""Observables that are a level, not a change from a baseline: a study effect multiplies the whole of it."""


@dataclass(frozen=True)
class Observation:
    """A published number: `log_value` and its standard error on the log scale, and which bound it is ('' for a value).

    Rows with the same `source` and `kind` share a study effect. It acts on the change from the logarithm `rest`, at which
    nothing has happened, or on the whole value where `rest` is None. `sd_log` is the printed standard deviation of the
    logarithm between the `n` subjects, None if there is none.
    """

    log_value: float
    log_se: float
    source: str
    kind: str = ""
    bound: str = ""
    rest: float | None = None
    sd_log: float | None = None
    n: int = 1


@dataclass(frozen=True)
class Target:
    """What a model must predict: a `statistic` of subjects ('mean', 'median', or 'typical': the typical subject) of an
    observable at `time_h`, or of its peak in `window_h` if `time_h` is None: the highest of noisy readings at `readings_h`, or
    that of the curve where there are none.

    `baseline` is the study's own median Treg count (cells/uL) and `baseline_sd` the standard deviation of its logarithm
    between subjects, None if it has none.
    """

    regimen: Regimen
    observable: str
    time_h: float | None
    window_h: tuple[float, float] | None
    weight_kg: float
    bsa_m2: float
    baseline: float | None
    baseline_sd: float | None = None
    statistic: str = "typical"
    readings_h: tuple[float, ...] = ()


@dataclass(frozen=True)
class DataPoint:
    """One response, ready for a fit: what was observed and what the model must predict for it."""

    id: str
    observation: Observation
    target: Target


def kind_of(observable: str) -> str:
    """Return what an observable is a reading of."""
    return KINDS.get(observable, observable)


def data_points(
    responses: Iterable[Response], role: str | None = None, of: Iterable[Response] | None = None
) -> tuple[DataPoint, ...]:
    """Return the data points of all `responses` that have a value, or of those with the role 'fit' or 'check'.

    A count of Treg starts from its own baseline. If a study also counted Treg under the same regimen, its other data points start
    from that count, whatever they observe. It is looked up in `of`, all responses there are (`responses` if not given).
    """
    responses = tuple(responses)
    counts = {(r.study, r.regimen): _baseline(r) for r in (responses if of is None else of) if _baseline(r) is not None}
    return tuple(
        _data_point(
            response,
            response.value,
            response.se_log,
            _baseline(response) or counts.get((response.study, response.regimen)) or (None, None),
        )
        for response in responses
        if response.value is not None and response.se_log is not None and role in (None, response.role)
    )


def usable(data: Iterable[DataPoint], model: Model) -> tuple[DataPoint, ...]:
    """Return the data points whose observable `model` has."""
    names = {observable.name for observable in model.observables}
    return tuple(point for point in data if point.target.observable in names)


def _data_point(response: Response, value: float, se_log: float, baseline: tuple[float | None, float | None]) -> DataPoint:
    before = response.baseline_spread
    counted = response.observable == BASELINE_COUNT
    if counted and before is not None:
        se_log = ratio_se(se_log, before.se_log)
    rest: float | None = None if response.observable in LEVELS else 0.0
    if counted and response.baseline is not None:
        rest = math.log(response.baseline.value)
    observation = Observation(
        log_value=math.log(value),
        log_se=se_log,
        source=response.source,
        kind=kind_of(response.observable),
        bound=response.bound,
        rest=rest,
        sd_log=response.sd_log if counted or response.unit == "fold" else None,
        n=response.n,
    )
    peak = response.reading == "peak"
    subject = response.subject
    target = Target(
        regimen=response.regimen,
        observable=response.observable,
        time_h=None if peak else response.time_h,
        window_h=(0.0, response.time_h or 0.0) if peak else None,
        weight_kg=float(subject.weight_kg),
        bsa_m2=float(subject.bsa_m2),
        baseline=baseline[0],
        baseline_sd=baseline[1],
        statistic=response.statistic if response.statistic in ("mean", "median") else "typical",
        readings_h=response.readings_h,
    )
    return DataPoint(response.id, observation, target)


def _baseline(response: Response) -> tuple[float, float | None] | None:
    """Return the median Treg count before treatment and its spread on the log scale; None for a response that counts no Treg.

    A mean of log-normal counts with a printed spread s lies above their median by the factor exp(s^2 / 2).
    """
    if response.observable != BASELINE_COUNT or response.baseline is None:
        return None
    sd = None if response.baseline_spread is None else response.baseline_spread.sd_log
    above = 0.5 * sd**2 if sd and response.statistic == "mean" else 0.0
    return response.baseline.value * math.exp(-above), sd

"""From responses to rows of a fit: medians on the log scale, with everything that was done to the printed number stated.

Models predict the typical subject, which is the median of log-normal subjects. A printed mean is therefore turned into a
median by the moments of a log-normal value, where its source prints the spread that this needs. The study effect is shared
by the rows of one observable of a study: a laboratory that counts more Treg does not for that reason count more Th17.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from regimens.evidence import Response
from regimens.evidence.spread import Printed, Spread, spread_of
from regimens.fit.calibrate import Row
from regimens.fit.likelihood import Observation
from regimens.fit.prediction import Target

BASELINE_COUNT = "treg"
"""The observable whose rows bring their own baseline into the model."""


def rows_of(responses: Iterable[Response], role: str | None = None, of: Iterable[Response] | None = None) -> tuple[Row, ...]:
    """Return the rows of `responses` that have a value, of one role ('fit', 'check') or of all; orderings are left out.

    Rows of a study that also counted Treg under the same regimen start from that count, whatever they observe; it is looked
    for among `of`, all the responses there are (`responses` themselves if not given).
    """
    responses = tuple(responses)
    counts = {(r.study, r.regimen): _baseline(r) for r in (responses if of is None else of) if _baseline(r) is not None}
    return tuple(
        _row(response, counts.get((response.study, response.regimen)))
        for response in responses
        if response.value is not None and response.se_log is not None and role in (None, response.role)
    )


def _baseline(response: Response) -> float | None:
    """Return the median Treg count before treatment of a row that counts Treg, None for any other."""
    if response.observable != BASELINE_COUNT or response.baseline is None:
        return None
    before = _spread(response.baseline, response.n, response.statistic)
    return response.baseline.value * math.exp(_mean_to_median(None if before is None else before.sd_log, response.statistic))


def _row(response: Response, baseline: float | None) -> Row:
    before = _spread(response.baseline, response.n, response.statistic)
    shift, se = _mean_to_median(response.sd_log, response.statistic), response.se_log or 0.0
    if response.observable == BASELINE_COUNT:
        se = math.hypot(se, 0.0 if before is None else before.se_log)
    elif before is not None and response.unit != "fold":
        shift -= _mean_to_median(before.sd_log, response.statistic)
    effect = f"{response.study}: {response.observable}"
    observation = Observation(math.log(response.value or math.nan) + shift, se, effect, response.bound)
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
    return Row(response.id, observation, target)


def _mean_to_median(sd_log: float | None, statistic: str) -> float:
    """Return log(median / statistic) of a log-normal value; 0 where the statistic is no mean or has no spread."""
    return -0.5 * sd_log**2 if statistic == "mean" and sd_log else 0.0


def _spread(printed: Printed | None, count: int, statistic: str) -> Spread | None:
    if printed is None:
        return None
    try:
        return spread_of(printed, count, statistic == "median")
    except ValueError:
        return None

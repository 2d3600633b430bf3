"""Measuring: an endpoint and the curves of an arm -> one number per subject."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from regimens.curves import Curves
from regimens.endpoints import Endpoint
from regimens.engine.trajectories import OK
from regimens.regimen.events import DoseEvents, DosePlan


def measure(
    endpoint: Endpoint,
    curves: Curves,
    events: DoseEvents | Sequence[DoseEvents] | DosePlan,
    horizon_h: float,
    total_miu: np.ndarray,
) -> np.ndarray:
    """Return the endpoint of every subject (subjects,); not a number where a subject failed or the arm has no such cycle.

    `events` are the doses of all subjects, or one set for each: cycles end and begin with them. `total_miu`
    is the IL-2 each subject gets up to the horizon, for endpoints per MIU.
    """
    plan = DosePlan.of(events, len(curves.status))
    values = _MEASURES[endpoint.kind](endpoint, curves, plan, horizon_h)
    if endpoint.per_miu:
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(total_miu > 0, values / total_miu, np.nan)
    return np.where(curves.status == OK, values, np.nan)


def end_of_cycle_h(events: DoseEvents, cycle: int, drug: str = "il2") -> float | None:
    """Return 24 h after the last dose of a cycle of one drug, or None when there is no such cycle."""
    starts = _cycle_starts(events, cycle, drug)
    return float(starts[-1]) + 24.0 if len(starts) else None


def start_of_cycle_h(events: DoseEvents, cycle: int, drug: str = "il2") -> float | None:
    """Return the time of the first dose of a cycle of one drug, or None when there is no such cycle."""
    starts = _cycle_starts(events, cycle, drug)
    return float(starts[0]) if len(starts) else None


def _cycle_starts(events: DoseEvents, cycle: int, drug: str) -> np.ndarray:
    chosen = (events.cycle == cycle) & (np.array(events.drug, dtype=object) == drug)
    return events.time_h[chosen]


def _end(endpoint: Endpoint, horizon_h: float) -> float:
    return horizon_h if endpoint.to_h is None else endpoint.to_h


def _peak(endpoint: Endpoint, curves: Curves, plan: DosePlan, horizon_h: float) -> np.ndarray:
    return curves.peak(endpoint.observable, endpoint.from_h, _end(endpoint, horizon_h))[0]


def _time_of_peak(endpoint: Endpoint, curves: Curves, plan: DosePlan, horizon_h: float) -> np.ndarray:
    return curves.peak(endpoint.observable, endpoint.from_h, _end(endpoint, horizon_h))[1]


def _area(endpoint: Endpoint, curves: Curves, plan: DosePlan, horizon_h: float) -> np.ndarray:
    return curves.area(endpoint.observable, endpoint.from_h, _end(endpoint, horizon_h))


def _mean(endpoint: Endpoint, curves: Curves, plan: DosePlan, horizon_h: float) -> np.ndarray:
    return _area(endpoint, curves, plan, horizon_h) / (_end(endpoint, horizon_h) - endpoint.from_h)


def _area_above_baseline(endpoint: Endpoint, curves: Curves, plan: DosePlan, horizon_h: float) -> np.ndarray:
    baseline = curves.at([0.0], endpoint.observable)[:, 0]
    return curves.above(endpoint.observable, baseline, endpoint.from_h, _end(endpoint, horizon_h))[1]


def _time_above(endpoint: Endpoint, curves: Curves, plan: DosePlan, horizon_h: float) -> np.ndarray:
    threshold = np.full(len(curves.status), endpoint.threshold or 0.0)
    duration = curves.above(endpoint.observable, threshold, endpoint.from_h, _end(endpoint, horizon_h))[0]
    return duration / {"hours": 1.0, "days": 24.0}[endpoint.unit]


def _share(endpoint: Endpoint, curves: Curves, plan: DosePlan, horizon_h: float) -> np.ndarray:
    highest = _peak(endpoint, curves, plan, horizon_h)
    return np.where(np.isnan(highest), np.nan, highest > (endpoint.threshold or 0.0))


def _value(endpoint: Endpoint, curves: Curves, plan: DosePlan, horizon_h: float) -> np.ndarray:
    return curves.at([endpoint.from_h], endpoint.observable)[:, 0]


def _at_cycle(find: Callable[[DoseEvents, int], float | None]) -> Callable[..., np.ndarray]:
    def read(endpoint: Endpoint, curves: Curves, plan: DosePlan, horizon_h: float) -> np.ndarray:
        found = [find(events, endpoint.cycle or 0) for events in plan.sets]
        times = np.array([np.nan if time is None or time > horizon_h else time for time in found])
        times = times if plan.which is None else times[plan.which]
        return curves.at_own(np.broadcast_to(times[:, None], (len(curves.status), 1)), endpoint.observable)[:, 0]

    return read


_MEASURES: dict[str, Callable[..., np.ndarray]] = {
    "peak": _peak,
    "time of peak": _time_of_peak,
    "mean": _mean,
    "AUC": _area,
    "AUC above baseline": _area_above_baseline,
    "time above": _time_above,
    "share": _share,
    "value": _value,
    "end of cycle": _at_cycle(end_of_cycle_h),
    "trough": _at_cycle(start_of_cycle_h),
}

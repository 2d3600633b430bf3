"""Tables of a comparison: arrays become columns once, for files and for the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from regimens.endpoints import Endpoint, unit_of
from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.regimen import DoseEvents
from regimens.runs import Run
from regimens.scenario.values import Scenario

if TYPE_CHECKING:
    import pandas as pd

INTERVAL = 0.90
"""Share of subjects inside the prediction intervals."""

ENDPOINTS = ["arm", "model", "endpoint", "subject", "replicate", "value", "unit", "status"]
"""Columns of the endpoints of every subject."""

OBSERVED = ("arm", "id", "study", "observable", "unit", "time_h", "value", "low", "high", "bound")
"""Columns of the published responses of a comparison."""


def observed_table(scenario: Scenario) -> Iterator[dict[str, object]]:
    """Yield the published responses of every arm, as rows of the columns OBSERVED."""
    for arm in scenario.arms:
        for seen in arm.observed:
            unit = next(o.unit for m in scenario.models for o in m.observables if o.name == seen.observable)
            what = (arm.name, seen.id, seen.study, seen.observable, unit)
            yield dict(zip(OBSERVED, (*what, seen.time_h, seen.value, seen.low, seen.high, seen.bound), strict=True))


def events_table(doses: DoseEvents, scenario: Scenario) -> pd.DataFrame:
    """Return the doses of one arm with what each gives the scenario's subject."""
    size = {"flat": 1.0, "per m2": float(scenario.subject.bsa_m2), "per kg": float(scenario.subject.weight_kg)}
    given = np.minimum(doses.amount * [size[basis] for basis in doses.basis], doses.cap)
    columns = ["arm", "drug", "cycle", "dose", "time_h", "amount", "basis", "route", "duration_h"]
    return doses.to_frame()[columns].assign(given=given)


def middle_and_bounds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return median and the bounds of the 90 % interval over the first axis, ignoring what is missing."""
    present = values[~np.isnan(values).reshape(len(values), -1).any(axis=1)]
    if not len(present):
        missing = np.full(values.shape[1:], np.nan)
        return missing, missing, missing
    tail = (1.0 - INTERVAL) / 2.0
    low, median, high = np.quantile(present, [tail, 0.5, 1.0 - tail], axis=0)
    return median, low, high


def trajectories_table(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return median and prediction interval of every observable on the grid of the scenario."""
    import pandas as pd

    frames = []
    for observable in run.model.observables:
        median, low, high = middle_and_bounds(run.curves.at(scenario.observe_h, observable.name))
        frames.append(
            pd.DataFrame(
                {
                    "arm": run.arm.name,
                    "model": run.model.name,
                    "observable": observable.name,
                    "unit": observable.unit,
                    "time_h": scenario.observe_h,
                    "median": median,
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _measured(run: Run, scenario: Scenario) -> list[tuple[Endpoint, np.ndarray, str]]:
    return [
        (endpoint, values, unit_of(endpoint, run.model.observable(endpoint.observable).unit))
        for endpoint, values in zip(scenario.endpoints, run.values, strict=True)
        if values is not None
    ]


def endpoints_table(run: Run, scenario: Scenario) -> pd.DataFrame:
    """Return every endpoint of every subject."""
    import pandas as pd

    frames = [
        pd.DataFrame(
            {
                "arm": run.arm.name,
                "model": run.model.name,
                "endpoint": endpoint.words,
                "subject": np.arange(len(values)),
                "replicate": 0,
                "value": values,
                "unit": unit,
                "status": [_status(code, value) for code, value in zip(run.curves.status, values, strict=True)],
            }
        )
        for endpoint, values, unit in _measured(run, scenario)
    ]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=ENDPOINTS)


def _status(code: int, value: float) -> str:
    return "not defined in this arm" if code == OK and np.isnan(value) else STATUS_WORDS[int(code)]


def summary_table(run: Run, scenario: Scenario) -> list[dict[str, object]]:
    """Return median and prediction interval of every endpoint, a row each."""
    rows = []
    for endpoint, values, unit in _measured(run, scenario):
        median, low, high = (float(bound) for bound in middle_and_bounds(values))
        count = int(np.count_nonzero(~np.isnan(values)))
        rows.append(
            {
                "arm": run.arm.name,
                "model": run.model.name,
                "endpoint": endpoint.words,
                "n": count,
                "median": median,
                "low": low,
                "high": high,
                "unit": unit,
            }
        )
    return rows

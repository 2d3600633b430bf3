"""Comparison: every arm of a scenario under every model, with the tables that a report is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from regimens.model.declaration import Model
    from regimens.scenario.values import Scenario


@dataclass(frozen=True, eq=False)
class Comparison:
    """The result of a scenario, as tables. Columns, in this order (times in h, one row as each says):

    `exposure`: arm, drug, doses, amount, total, unit, cycles, first_h, last_h, days_on, span_days, per_week, peak_7_days,
    expected, ok (one row an arm and drug; an arm without doses has none);
    `events`: arm, drug, cycle, dose, time_h, amount, basis, route, duration_h (one row a dose up to the horizon);
    `trajectories`: arm, model, observable, unit, time_h, median, low, high (the 90 % prediction interval over subjects;
    with one subject low = median = high); `endpoints`: arm, model, endpoint, subject, replicate, value, unit, status;
    `summary`: arm, model, endpoint, n, median, low, high, unit.
    `per_cycle` maps (arm, drug) to the total of each cycle; `warnings` are sentences for the reader (doses cut off by the
    horizon, subjects that failed); `provenance` is what provenance.json holds.
    """

    scenario: Scenario
    models: tuple[Model, ...]
    exposure: pd.DataFrame
    events: pd.DataFrame
    trajectories: pd.DataFrame
    endpoints: pd.DataFrame
    summary: pd.DataFrame
    per_cycle: dict[tuple[str, str], tuple[float, ...]]
    warnings: tuple[str, ...]
    provenance: dict[str, object]

"""What a trial would see: true and observed values at the visits, with the noise of people and assays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.report import subjects, words
from regimens.report.cast import Cast
from regimens.report.numbers import Numbers
from regimens.statistics import INTERVAL

if TYPE_CHECKING:
    import pandas as pd

    from regimens.study.comparison import Comparison

_ENDS = (50 * (1 - INTERVAL), 50.0, 50 * (1 + INTERVAL))


@dataclass(frozen=True)
class Visits:
    """Tables of true and observed values, one an observable, what they show, who is observed, and what noise was added to."""

    finding: str
    observed: str
    noise: str
    tables: tuple[Numbers, ...]


def visits(comparison: Comparison, cast: Cast) -> Visits | None:
    """Return the section on simulated observations of the arms as written, None without any."""
    frame = comparison.observations
    frame = frame[frame["arm"].isin([look.name for look in cast.arms])] if len(frame) else frame
    if not len(frame):
        return None
    wider, tables = [], []
    for name, label, unit in cast.observables:
        mine = frame[frame["observable"] == name]
        if len(mine):
            table, ratios = _table(comparison, cast, mine, words.axis_title(label, unit))
            tables.append(table)
            wider += ratios
    observed = f"Those observed are {subjects.curved(cast)}."
    return Visits(_finding(wider), observed, _noise(comparison), tuple(tables)) if tables else None


def _table(comparison: Comparison, cast: Cast, frame: pd.DataFrame, title: str) -> tuple[Numbers, list[float]]:
    named = {float(hours): str(label) for label, hours in comparison.scenario.visits}
    times = sorted(set(frame["time_h"].astype(float)))
    heads = [f"{named.get(time, f'day {words.days(time)}')}, {what}" for time in times for what in ("true", "observed")]
    rows, wider = [], []
    for look in cast.arms:
        for model in cast.models:
            mine = frame[(frame["arm"] == look.name) & (frame["model"] == model)]
            if not len(mine):
                continue
            cells = []
            for time in times:
                at = mine[mine["time_h"] == time]
                ends = [_ends(at[column].to_numpy(float)) for column in ("true", "observed")]
                cells += [_text(found) for found in ends]
                if all(ends) and (true := ends[0][2] - ends[0][0]) > 0:
                    wider.append((ends[1][2] - ends[1][0]) / true)
            rows.append((f"{look.name}, {model}", tuple(cells)))
    said = f"{title} at the visits: median and middle {words.WITHIN} of {subjects.curved(cast)}"
    return Numbers(said, "Arm, model", tuple(heads), tuple(rows)), wider


def _ends(values: np.ndarray) -> tuple[float, ...]:
    known = values[np.isfinite(values)]
    return tuple(float(v) for v in np.percentile(known, _ENDS)) if len(known) else ()


def _text(ends: tuple[float, ...]) -> str:
    return f"{words.number(ends[1])} ({words.number(ends[0])}–{words.number(ends[2])})" if ends else words.MISSING


def _finding(wider: list[float]) -> str:
    if not wider:
        return "True and observed values at the visits."
    middle = float(np.median(wider))
    if middle < 1.02:
        return "Measuring hardly widens what is seen of the subjects at the visits."
    return f"Measuring makes the spread between subjects at the visits look {words.number(middle)} times as wide as it is."


def _noise(comparison: Comparison) -> str:
    noise = comparison.scenario.noise
    parts = () if noise is None else ((noise.day_to_day, "from day to day within a person"), (noise.residual, "of the assay"))
    said = [f"{words.exact(round(100 * cv, 6))}\u00a0% {what}" for cv, what in parts if cv]
    added = f" ({words.listing(said)})" if said else ""
    return f"Noise{added} is added to these observations alone: it is no part of the curves, the endpoints or the verdict."

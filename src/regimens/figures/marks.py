"""Marks that several figures share: doses, points, rules, ticks of time, and what a trace says of itself.

`meta` of a trace names the arm it is about (its place in the scenario), its role, and the key of the row that tells it apart in
its panel; a page lets one arm stand out by it, and reads values out by it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens import wording
from regimens.figures import theme, titles
from regimens.figures.arms import Look
from regimens.figures.axes import TimeAxis, tick_text
from regimens.figures.panels import Panels, axis, strip_axis

if TYPE_CHECKING:
    from regimens.figures.view import View
    from regimens.statistics import Floats
    from regimens.study.comparison import Comparison

BEHIND = theme.BEHIND.light

BOUND_MARKS = {"lower bound": "triangle-up-open", "upper bound": "triangle-down-open"}
"""Marks of published values that are bounds."""

_SEEN = {"lower bound": "at least ", "upper bound": "at most "}


@dataclass(frozen=True, eq=False)
class Point:
    """A published value of an arm: time (h), value, its interval where it has one, which bound it is ('' for a value), study."""

    look: Look
    time_h: float
    value: float
    low: float | None
    high: float | None
    bound: str
    study: str

    @property
    def ends(self) -> tuple[float, float]:
        """The interval, the value twice where there is none."""
        return self.value if self.low is None else self.low, self.value if self.high is None else self.high


def published(comparison: Comparison, view: View, observable: str) -> tuple[Point, ...]:
    """Return the published values of an observable."""
    return tuple(
        Point(look, row.time_h, row.value, row.low, row.high, row.bound, row.study)
        for row in comparison.observed
        if row.observable == observable and (look := view.look(row.arm)) is not None
    )


def own_groups(comparison: Comparison, view: View, observable: str) -> tuple[Point, ...]:
    """Return the groups of the reader's own observations of an observable."""
    return tuple(
        Point(look, row.time_h, row.middle, row.low, row.high, "", titles.own_group(row.statistic, row.interval))
        for row in comparison.own.groups
        if row.observable == observable and (look := view.look(row.arm)) is not None
    )


Values = tuple[Look, list[float], list[float]]
"""An arm, times (h) and values of the reader's own subjects."""


def own_values(comparison: Comparison, view: View, observable: str) -> tuple[Values, ...]:
    """Return the values of the reader's own subjects of an observable by arm."""
    found: dict[int, Values] = {}
    for row in comparison.own.values:
        look = view.look(row.arm)
        if row.observable == observable and look is not None:
            _, times, values = found.setdefault(look.index, (look, [], []))
            times.append(row.time_h)
            values.append(row.value)
    return tuple(found.values())


def subjects(of: Values, place: int, time: TimeAxis) -> dict[str, Any]:
    """Return the trace of single observed values of an arm."""
    look, times, values = of
    return {
        "type": "scatter", "mode": "markers", "x": rounded(time(np.array(times)), 6), "y": rounded(np.array(values), 5),
        "marker": {"symbol": "circle", "size": 4, "color": theme.clear(look.colour, 0.45)}, "name": titles.OWN_VALUES,
        "hovertemplate": f"{titles.OWN_VALUES}: %{{y:.3~g}}<extra></extra>", "showlegend": False,
        **at(place, look.index, role="own"),
    }  # fmt: skip


def point(of: Point, place: int, time: TimeAxis) -> dict[str, Any]:
    """Return the trace of a published value."""
    low, high = of.ends
    return {
        "type": "scatter", "mode": "markers", "name": wording.plotly_text(wording.shorten(of.study, 34)),
        "x": rounded(time(np.array([of.time_h])), 6), "y": [of.value],
        "error_y": {"type": "data", "symmetric": False, "array": [high - of.value], "arrayminus": [of.value - low],
                    "thickness": 1.2, "width": 0, "visible": not of.bound, "color": theme.TEXT.light},
        "marker": {"symbol": BOUND_MARKS.get(of.bound, "circle-open"), "size": 8, "color": of.look.colour,
                   "line": {"width": 1.8}},
        "hovertemplate": f"%{{fullData.name}}, seen: {_SEEN.get(of.bound, '')}%{{y:.3~g}}<extra></extra>",
        "showlegend": False, **at(place, of.look.index, role="point"),
    }  # fmt: skip


def at(place: int, arm: int, **meta: object) -> dict[str, Any]:
    """Return the axes of a trace in a panel, and what the trace says of itself."""
    return {"xaxis": axis(place), "yaxis": axis(place, "y"), "meta": {"arm": arm, **meta}}


def rule(value: float, place: int) -> dict[str, Any]:
    """Return a grey, dashed line across a panel."""
    return {
        "type": "line", "xref": f"{axis(place)} domain", "x0": 0, "x1": 1, "yref": axis(place, "y"), "y0": value, "y1": value,
        "layer": "below", "line": {"width": 1, "dash": "3px,3px", "color": theme.CONTEXT.light},
    }  # fmt: skip


def doses(view: View, look: Look, panels: Panels, place: int) -> list[dict[str, Any]]:
    """Return the doses of an arm as a strip at the foot of its panel, taller for more; other drugs are dots.

    The first trace is empty: it holds the strip open where no dose is given.
    """
    empty = {"type": "scatter", "mode": "lines", "x": [None], "y": [None], "hoverinfo": "skip", "showlegend": False}
    traces = [empty | {"xaxis": axis(place), "yaxis": strip_axis(panels, place), "meta": {"arm": -1, "role": "strip"}}]
    most = largest(view)
    for drug in view.drugs:
        found = look.doses_of(drug)
        if found is None:
            continue
        at_time = rounded(view.time(found.events.time_h), 6)
        base = {
            "type": "scatter", "hoverinfo": "skip", "showlegend": False, "cliponaxis": False,
            "xaxis": axis(place), "yaxis": strip_axis(panels, place), "meta": {"arm": look.index, "role": "dose"},
        }  # fmt: skip
        if drug == view.drugs[0]:
            heights = [round(max(0.2, float(share)), 3) for share in found.given / most[drug]]
            traces.append(
                base | stems(at_time, heights) | {"line": {"color": look.colour, "width": 1.5 if len(at_time) < 60 else 0.8}}
            )
        else:
            dots = {"mode": "markers", "x": at_time, "y": [0.5] * len(at_time)}
            traces.append(base | dots | {"marker": {"symbol": "diamond", "size": 7, "color": look.colour}})
    return traces


def stems(at_time: list[float], heights: list[float], floor: float = 0.0) -> dict[str, Any]:
    """Return upright strokes from a floor as one line with gaps."""
    x = [v for t in at_time for v in (t, t, None)]
    y = [v for height in heights for v in (floor, floor + height, None)]
    return {"mode": "lines", "x": x, "y": y}


def largest(view: View) -> dict[str, float]:
    """Return the largest dose of each drug at the scenario's subject (IU or mg), the leading drug first."""
    return {
        drug: max(float(found.given.max()) for look in view.arms if (found := look.doses_of(drug)) is not None)
        for drug in view.drugs
    }


def time_ticks(time: TimeAxis, columns: int) -> dict[str, Any]:
    """Return the axis of time of a panel; its first tick names the unit, and narrow panels have fewer ticks."""
    ticks = time.ticks
    if columns > 2 and len(ticks) > 4:
        ticks = tuple(tick for place, tick in enumerate(ticks) if place % 2 == 0 or tick == ticks[-1])
    texts = [tick_text(round(tick, 2)) for tick in ticks]
    texts[0] = wording.at_time(time.unit, texts[0])
    return {
        "range": [0, time.end],
        "tickvals": list(ticks),
        "ticktext": texts,
        "fixedrange": True,
        "unifiedhovertitle": {"text": f"{time.unit.removesuffix('s')} %{{x:.1f}}"},
    }


def model_dash(view: View, model: str) -> str:
    """Return the dash of a model where a panel shows one arm."""
    return theme.DASHES[view.models.index(model) % len(theme.DASHES)]


def rounded(values: Floats, digits: int) -> list[Any]:
    """Return values with so many significant digits, None where one is missing."""
    return [float(f"{v:.{digits}g}") if math.isfinite(v) else None for v in np.asarray(values, dtype=float).tolist()]

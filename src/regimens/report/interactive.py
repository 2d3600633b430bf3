"""Panels for Plotly, as plain values. Colours are left to the page's script, which reads them from the style sheet."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from regimens.report.scale import tick_text
from regimens.report.svg import time_ticks
from regimens.report.text import captions, words

if TYPE_CHECKING:
    from regimens.report.panel import Lane, Line, Panel, Point
    from regimens.statistics import Floats

BOUND_MARKS = {"lower bound": "triangle-up-open", "upper bound": "triangle-down-open"}
"""Plotly's marks of values that are bounds."""

_LABEL_CHARACTERS = 18
_STRIP_SHARE, _LANE_SHARE, _RUG_SHARE = 0.3, 0.055, 0.11


def figure(panel: Panel) -> dict[str, object]:
    """Return traces and layout of the panel. `meta` of a trace says arm, colour and role, for painting and toggling."""
    rows = len({lane.arm.index for lane in panel.lanes})
    strip = _RUG_SHARE if panel.rug else min(_STRIP_SHARE, _LANE_SHARE * (1 + rows)) if rows else 0.0
    traces = [_ribbon(line, panel, "ribbon", *line.spread) for line in panel.lines if line.spread is not None]
    traces += [_ribbon(line, panel, "sure", *line.sure) for line in panel.lines if line.sure is not None]
    traces += [_thread(line, panel) for line in panel.threads]
    traces += [_curve(line, panel) for line in panel.lines]
    traces += [_point(point, panel) for point in panel.points]
    traces += _strip(panel)
    return {"data": traces, "layout": _layout(panel, strip)}


def _round(values: Floats, digits: int = 4) -> list[float | None]:
    return [float(f"{v:.{digits}g}") if math.isfinite(v) else None for v in np.asarray(values, dtype=float)]


def _meta(line: Line | Lane, role: str) -> dict[str, object]:
    return {"arm": line.arm.index, "colour": line.arm.colour, "role": role}


def _curve(line: Line, panel: Panel) -> dict[str, object]:
    unit = "" if line.low is None else " (%{customdata[0]:.3~g} to %{customdata[1]:.3~g})"
    trace: dict[str, object] = {
        "type": "scatter",
        "mode": "lines",
        "name": words.plotly_text(words.shorten(line.label, 34)),
        "x": _round(panel.time(line.times), 6),
        "y": _round(line.median),
        "line": _stroke(line),
        "hovertemplate": f"%{{fullData.name}}: %{{y:.3~g}}{unit}<extra></extra>",
        "meta": _meta(line, "line"),
    }
    if line.spread is not None:
        low, high = line.spread
        trace["customdata"] = [list(pair) for pair in zip(_round(low), _round(high), strict=True)]
    return trace


def _stroke(line: Line) -> dict[str, object]:
    dash = line.dash.replace(",", "px,") + "px" if line.dash else "solid"
    return {"width": 1 if line.busy else 2, "dash": dash, **({"shape": "hv"} if line.step else {})}


def _ribbon(line: Line, panel: Panel, role: str, low: Floats, high: Floats) -> dict[str, object]:
    hours, low, high = line.band(low, high)
    times = panel.time(hours)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _round(np.concatenate([times, times[::-1]]), 5),
        "y": _round(np.concatenate([high, low[::-1]])),
        "fill": "toself",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "meta": _meta(line, role) | {"crowd": panel.crowded, "quiet": panel.narrow},
    }


def _thread(line: Line, panel: Panel) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _round(panel.time(line.times), 5),
        "y": _round(line.median, 3),
        "line": {"width": 0.8, "dash": line.dash.replace(",", "px,") + "px" if line.dash else "solid"},
        "opacity": 0.4,
        "hoverinfo": "skip",
        "meta": _meta(line, "thread"),
    }


def _point(point: Point, panel: Panel) -> dict[str, object]:
    low, high = point.low or point.value, point.high or point.value
    return {
        "type": "scatter",
        "mode": "markers",
        "name": words.plotly_text(words.shorten(point.study, 34)),
        "x": _round(panel.time(np.array([point.time])), 6),
        "y": [point.value],
        "error_y": {
            "type": "data", "symmetric": False, "array": [high - point.value], "arrayminus": [point.value - low],
            "thickness": 1.2, "width": 0, "visible": not point.bound,
        },
        "marker": {"symbol": BOUND_MARKS.get(point.bound, "circle-open"), "size": 8, "line": {"width": 1.8}},
        "hovertemplate": f"%{{fullData.name}}, {captions.seen(point.bound)}%{{y:.3~g}}<extra></extra>",
        "meta": {"arm": point.arm.index, "colour": 0, "role": "dot"},
    }  # fmt: skip


def _strip(panel: Panel) -> list[dict[str, object]]:
    rows = list(dict.fromkeys(lane.arm.index for lane in panel.lanes))
    return [_lane(lane, panel, len(rows) - 1 - rows.index(lane.arm.index)) for lane in panel.lanes]


def _lane(lane: Lane, panel: Panel, floor: int) -> dict[str, object]:
    at = _round(panel.time(lane.times), 6)
    base: dict[str, object] = {"type": "scatter", "yaxis": "y2", "hoverinfo": "skip", "cliponaxis": False}
    if lane.first:
        x = [v for t in at for v in (t, t, None)]
        y = [v for h in lane.heights for v in (floor, round(floor + max(0.2, 0.85 * float(h)), 3), None)]
        return base | {
            "mode": "lines",
            "x": x,
            "y": y,
            "line": {"width": 1.5 if len(at) < 60 else 0.8},
            "meta": _meta(lane, "dose"),
        }
    return base | {"mode": "markers", "x": at, "y": [floor + 0.45] * len(at),
                   "marker": {"symbol": "diamond", "size": 7}, "meta": _meta(lane, "dot")}  # fmt: skip


def _layout(panel: Panel, strip: float) -> dict[str, object]:
    gap = 0.03 if strip else 0.0
    layout: dict[str, object] = {
        "margin": {"l": 38, "r": _right(panel), "t": 6, "b": 26},
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": False,
        "xaxis": _time_axis(panel),
        "yaxis": _value_axis(panel, [strip + gap, 1] if panel.small else [0, 1 - strip - gap]),
        "shapes": [_rule(value) for value, _ in panel.rules],
        "annotations": _labels(panel),
    }
    if strip:
        rows = 1 if panel.rug else len({lane.arm.index for lane in panel.lanes})
        domain = [0, strip] if panel.small else [1 - strip, 1]
        layout["yaxis2"] = {"domain": domain, "range": [0, rows], "visible": False, "fixedrange": True}
    return layout


def _time_axis(panel: Panel) -> dict[str, object]:
    ticks = time_ticks(panel)
    axis: dict[str, object] = {
        "range": [0, panel.time.end],
        "tickvals": [tick for tick, _ in ticks],
        "ticktext": [text for _, text in ticks],
        "ticks": "outside",
        "ticklen": 4,
        "showgrid": False,
        "zeroline": False,
        "unifiedhovertitle": {"text": f"{panel.time.unit.removesuffix('s')} %{{x:.1f}}"},
        "fixedrange": True,
    }
    return axis | ({"anchor": "free", "position": 0} if panel.small else {"anchor": "y"})


def _value_axis(panel: Panel, domain: list[float]) -> dict[str, object]:
    scale = panel.scale
    ends = [math.log10(v) for v in (scale.low, scale.high)] if scale.log else [scale.low, scale.high]
    return {
        "type": "log" if scale.log else "linear",
        "range": ends,
        "domain": domain,
        "tickvals": list(scale.ticks),
        "ticktext": [tick_text(tick) for tick in scale.ticks],
        "zeroline": False,
        "fixedrange": True,
    }


def _right(panel: Panel) -> float:
    longest = max((len(words.shorten(line.label, _LABEL_CHARACTERS)) for line in panel.lines), default=0)
    return 12 + 7.5 * longest if panel.labelled else 12


def _rule(value: float) -> dict[str, object]:
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y", "y0": value, "y1": value, "layer": "below",
            "line": {"width": 1, "dash": "3px,3px"}}  # fmt: skip


def _labels(panel: Panel) -> list[dict[str, object]]:
    if not panel.labelled:
        return []
    return [
        {
            "name": f"arm-{line.arm.index}",
            "text": words.plotly_text(words.shorten(line.label, _LABEL_CHARACTERS)),
            "x": 1,
            "xref": "paper",
            "xanchor": "left",
            "xshift": 5,
            "y": math.log10(line.median[-1]) if panel.scale.log else float(line.median[-1]),
            "yref": "y",
            "showarrow": False,
            "align": "left",
        }
        for line in panel.lines
    ]

"""Panels for Plotly, as plain values. Colours are left to the page's script, which reads them from the style sheet."""

from __future__ import annotations

import math

import numpy as np

from regimens.report import words
from regimens.report.panel import Lane, Line, Panel, tick_text
from regimens.report.svg import time_ticks

_LABEL_CHARACTERS = 18
_STRIP_SHARE, _LANE_SHARE = 0.3, 0.055


def figure(panel: Panel) -> dict[str, object]:
    """Return traces and layout of the panel. `meta` of a trace says arm, colour and role, for painting and toggling."""
    strip = min(_STRIP_SHARE, _LANE_SHARE * (1 + len({lane.arm.index for lane in panel.lanes}))) if panel.lanes else 0.0
    traces = [_ribbon(line, panel) for line in panel.lines if line.low is not None]
    traces += [_curve(line, panel) for line in panel.lines]
    traces += _strip(panel)
    return {"data": traces, "layout": _layout(panel, strip)}


def _round(values: np.ndarray, digits: int = 4) -> list[float | None]:
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
        "line": {"width": 2, "dash": line.dash.replace(",", "px,") + "px" if line.dash else "solid"},
        "hovertemplate": f"%{{fullData.name}}: %{{y:.3~g}}{unit}<extra></extra>",
        "meta": _meta(line, "line"),
    }
    if line.step:
        trace["line"]["shape"] = "hv"  # type: ignore[index]
    if line.low is not None:
        trace["customdata"] = [list(pair) for pair in zip(_round(line.low), _round(line.high), strict=True)]
    return trace


def _ribbon(line: Line, panel: Panel) -> dict[str, object]:
    times = panel.time(line.times)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": _round(np.concatenate([times, times[::-1]]), 6),
        "y": _round(np.concatenate([line.high, line.low[::-1]])),
        "fill": "toself",
        "line": {"width": 0},
        "hoverinfo": "skip",
        "meta": _meta(line, "ribbon"),
    }


def _strip(panel: Panel) -> list[dict[str, object]]:
    rows = list(dict.fromkeys(lane.arm.index for lane in panel.lanes))
    return [_lane(lane, panel, len(rows) - 1 - rows.index(lane.arm.index)) for lane in panel.lanes]


def _lane(lane: Lane, panel: Panel, floor: int) -> dict[str, object]:
    at = _round(panel.time(lane.times), 6)
    base: dict[str, object] = {"type": "scatter", "yaxis": "y2", "hoverinfo": "skip", "cliponaxis": False}
    if lane.first:
        x = [v for t in at for v in (t, t, None)]
        y = [v for h in lane.heights for v in (floor, round(floor + max(0.2, 0.85 * float(h)), 3), None)]
        return base | {"mode": "lines", "x": x, "y": y, "line": {"width": 1.5 if len(at) < 60 else 0.8}, "meta": _meta(lane, "dose")}
    return base | {"mode": "markers", "x": at, "y": [floor + 0.45] * len(at),
                   "marker": {"symbol": "diamond", "size": 7}, "meta": _meta(lane, "dot")}  # fmt: skip


def _layout(panel: Panel, strip: float) -> dict[str, object]:
    ticks = time_ticks(panel)
    log = panel.scale.log
    ends = [math.log10(v) for v in (panel.scale.low, panel.scale.high)] if log else [panel.scale.low, panel.scale.high]
    gap = 0.03 if strip else 0.0
    domain = [strip + gap, 1] if panel.small else [0, 1 - strip - gap]
    layout: dict[str, object] = {
        "margin": {"l": 38, "r": 118 if panel.labelled else 10, "t": 6, "b": 26},
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": False,
        "xaxis": {
            "range": [0, panel.time.end],
            "tickvals": [tick for tick, _ in ticks],
            "ticktext": [text for _, text in ticks],
            "ticks": "outside",
            "ticklen": 4,
            "showgrid": False,
            "zeroline": False,
            "anchor": "free" if panel.small else "y",
            "unifiedhovertitle": {"text": f"{panel.time.unit.removesuffix('s')} %{{x:.1f}}"},
            "fixedrange": panel.small,
        },
        "yaxis": {
            "type": "log" if log else "linear",
            "range": ends,
            "domain": domain,
            "tickvals": list(panel.scale.ticks),
            "ticktext": [tick_text(tick) for tick in panel.scale.ticks],
            "zeroline": False,
            "fixedrange": True,
        },
        "shapes": [_rule(value) for value, _ in panel.rules],
        "annotations": _labels(panel),
    }
    if panel.small:
        layout["xaxis"]["position"] = 0  # type: ignore[index]
    if strip:
        rows = len({lane.arm.index for lane in panel.lanes})
        layout["yaxis2"] = {"domain": [0, strip] if panel.small else [1 - strip, 1], "range": [-0.15, rows + 0.1],
                            "visible": False, "fixedrange": True}  # fmt: skip
    return layout


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

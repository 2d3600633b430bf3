"""Panels as static SVG: what is printed, and what is seen where scripts do not run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup, escape

from regimens.report.scale import tick_text
from regimens.report.text import captions, words

if TYPE_CHECKING:
    from regimens.report.panel import Lane, Line, Panel, Point
    from regimens.statistics import Floats

LEFT, RIGHT, TOP, BOTTOM = 34.0, 8.0, 6.0, 24.0
_LANE, _LANE_GAP = 9.0, 6.0
_LABEL_CHARACTERS = 20


def draw(panel: Panel, width: float = 330.0, height: float = 210.0) -> Markup:
    """Return the panel as an SVG element; colours come from the page's style sheet by class."""
    longest = max((len(words.shorten(line.label, _LABEL_CHARACTERS)) for line in panel.lines), default=0)
    right = RIGHT + 6.2 * longest if panel.labelled else RIGHT
    rows = 1 if panel.rug else len({lane.arm.index for lane in panel.lanes})
    lanes = rows * _LANE + _LANE_GAP if rows else 0.0
    x = _Span(LEFT, width - right, panel.time.end)
    top = TOP + (0.0 if panel.small else lanes)
    bottom = height - BOTTOM - (lanes if panel.small else 0.0)
    ribbons = () if panel.narrow else panel.lines
    parts = [
        _grid(panel, x, top, bottom, height - BOTTOM),
        *(_ribbon(line, panel, x, top, bottom, "ribbon", *line.spread) for line in ribbons if line.spread is not None),
        *(_ribbon(line, panel, x, top, bottom, "sure", *line.sure) for line in panel.lines if line.sure is not None),
        *(_curve(line, panel, x, top, bottom, "thread") for line in panel.threads),
        *(_curve(line, panel, x, top, bottom) for line in panel.lines),
        *(_point(point, panel, x, top, bottom) for point in panel.points),
        _doses(panel, x, TOP if not panel.small else bottom + _LANE_GAP),
        _labels(panel, x, top, bottom) if panel.labelled else "",
    ]
    return Markup('<svg class="twin" viewBox="0 0 {w} {h}" role="img" aria-label="{alt}">{body}</svg>').format(
        w=_n(width), h=_n(height), alt=panel.alt, body=Markup("".join(parts))
    )


class _Span:
    """The time axis in px."""

    def __init__(self, left: float, right: float, end: float) -> None:
        self.left, self.right, self.end = left, right, end

    def __call__(self, value: Floats | float) -> Floats:
        return self.left + np.asarray(value) / self.end * (self.right - self.left)


def _y(panel: Panel, values: Floats | float, top: float, bottom: float) -> Floats:
    return bottom - panel.scale.share(values) * (bottom - top)


def _n(value: float) -> str:
    return f"{float(value):.1f}".rstrip("0").rstrip(".")


def _path(x: Floats, y: Floats) -> str:
    known = np.isfinite(y)
    return "M" + "L".join(f"{_n(a)},{_n(b)}" for a, b in zip(x[known], y[known], strict=True)) if known.any() else ""


def _curve(line: Line, panel: Panel, x: _Span, top: float, bottom: float, kind: str = "line") -> str:
    times, values = x(panel.time(line.times)), _y(panel, line.median, top, bottom)
    if line.step:
        times, values = np.repeat(times, 2)[1:], np.repeat(values, 2)[:-1]
    dash = f' stroke-dasharray="{line.dash}"' if line.dash else ""
    fine = " fine" if line.busy else ""
    return f'<path class="{kind} a{line.arm.colour}{fine}" d="{_path(times, values)}"{dash}/>'


def _point(point: Point, panel: Panel, x: _Span, top: float, bottom: float) -> str:
    at, y = float(x(panel.time(np.array([point.time]))[0])), float(_y(panel, point.value, top, bottom))
    if point.bound:
        rise = -6 if point.bound == "lower bound" else 6
        return f'<path class="seen" d="M{_n(at - 4)},{_n(y)}h8l-4,{rise}Z"/>'
    ends = [float(_y(panel, end or point.value, top, bottom)) for end in (point.low, point.high)]
    bar = f'<path class="seen" d="M{_n(at)},{_n(ends[0])}V{_n(ends[1])}"/>'
    return f'{bar}<circle class="seen" cx="{_n(at)}" cy="{_n(y)}" r="3"/>'


def _ribbon(line: Line, panel: Panel, x: _Span, top: float, bottom: float, kind: str, low: Floats, high: Floats) -> str:
    hours, low, high = line.band(low, high)
    times = x(panel.time(hours))
    low, high = (np.clip(_y(panel, v, top, bottom), top, bottom) for v in (low, high))
    path = _path(np.concatenate([times, times[::-1]]), np.concatenate([high, low[::-1]]))
    crowd = " crowd" if panel.crowded else ""
    return f'<path class="{kind} a{line.arm.colour}{crowd}" d="{path}Z"/>'


def _grid(panel: Panel, x: _Span, top: float, bottom: float, floor: float) -> str:
    parts = []
    for tick in panel.scale.ticks:
        y = float(_y(panel, tick, top, bottom))
        if top - 1 <= y <= bottom + 1:
            parts.append(f'<path class="grid" d="M{_n(x.left)},{_n(y)}H{_n(x.right)}"/>')
            parts.append(f'<text class="tick" x="{_n(x.left - 5)}" y="{_n(y + 3.5)}" text-anchor="end">{tick_text(tick)}</text>')
    for value, _ in panel.rules:
        level = _n(float(_y(panel, value, top, bottom)))
        parts.append(f'<path class="rule" d="M{_n(x.left)},{level}H{_n(x.right)}"/>')
    for tick, text in time_ticks(panel):
        at = _n(float(x(tick)))
        parts.append(f'<path class="axis" d="M{at},{_n(floor)}v4"/>')
        parts.append(f'<text class="tick" x="{at}" y="{_n(floor + 15)}" text-anchor="middle">{escape(text)}</text>')
    parts.append(f'<path class="axis" d="M{_n(x.left)},{_n(floor)}H{_n(x.right)}"/>')
    return "".join(parts)


def time_ticks(panel: Panel) -> list[tuple[float, str]]:
    """Return the ticks of the time axis with their words; the first one names the unit."""
    ticks = panel.time.ticks
    if panel.small and len(ticks) > 4:
        ticks = tuple(tick for tick in ticks if tick == ticks[-1] or ticks.index(tick) % 2 == 0)
    texts = [tick_text(round(tick, 2)) for tick in ticks]
    texts[0] = captions.at_time(panel.time.unit, texts[0])
    return list(zip(ticks, texts, strict=True))


def _doses(panel: Panel, x: _Span, top: float) -> str:
    parts, rows = [], list(dict.fromkeys(lane.arm.index for lane in panel.lanes))
    for lane in panel.lanes:
        floor = top + (rows.index(lane.arm.index) + 1) * _LANE - 1
        parts.append(_lane(lane, panel, x, floor))
    return "".join(parts)


def _lane(lane: Lane, panel: Panel, x: _Span, floor: float) -> str:
    at = x(panel.time(lane.times))
    if lane.first:
        marks = "".join(f"M{_n(a)},{_n(floor)}v-{_n(max(2.0, h * (_LANE - 2)))}" for a, h in zip(at, lane.heights, strict=True))
        return f'<path class="dose a{lane.arm.colour}" d="{marks}"/>'
    marks = "".join(f"M{_n(a)},{_n(floor - _LANE / 2)}h0" for a in at)
    return f'<path class="dot a{lane.arm.colour}" d="{marks}"/>'


def _labels(panel: Panel, x: _Span, top: float, bottom: float) -> str:
    parts = []
    for line in panel.lines:
        y = _n(float(_y(panel, line.median[-1], top, bottom)) + 3.5)
        text = escape(words.shorten(line.label, _LABEL_CHARACTERS))
        parts.append(f'<text class="end t{line.arm.colour}" x="{_n(x.right + 5)}" y="{y}">{text}</text>')
    return "".join(parts)

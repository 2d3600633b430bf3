"""The schedules: a row an arm on one axis of time, a stroke a dose, cycles shaded and numbered, rests blank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import marks, theme, titles
from regimens.figures.panels import Panels, figure
from regimens.figures.view import View, view_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.figures.arms import Look
    from regimens.study.comparison import Comparison

ROW_PX = 52
_LANE, _NAME = 0.5, 0.98
_LONGEST, _SHORT = 60, 38


def schedule(comparison: Comparison) -> go.Figure:
    """Return the doses of every arm over time: taller strokes for larger doses of the leading drug, dots for other drugs."""
    view = view_of(comparison)
    arms = [look for look in view.arms if look.dosed]
    panels = Panels(("",), 1, (ROW_PX if len(arms) <= 10 else ROW_PX - 8) * max(1, len(arms)), left=26, right=16)
    floors = {look.index: float(len(arms) - 1 - place) for place, look in enumerate(arms)}
    traces = [trace for look in arms for trace in _doses(view, look, floors[look.index])]
    shapes = [shape for look in arms for shape in (_ground(floors[look.index]), *_cycles(view, look, floors[look.index]))]
    up = {"range": [-0.02, max(1, len(arms))], "showgrid": False, "showticklabels": False, "fixedrange": True}
    across = {**marks.time_ticks(view.time, 1), "showgrid": True}
    more = {"shapes": shapes, "annotations": _texts(view, arms, floors, _LONGEST), "hovermode": "closest", "showlegend": False}
    made = figure(traces, panels, across, up, titles.SCHEDULES, **more)
    for width, arrangement in made.layout.meta.items():
        arrangement["annotations"] = _texts(view, arms, floors, _SHORT if width == "narrow" else _LONGEST)
        arrangement["yaxis"]["showticklabels"] = False
    made.layout.yaxis.showticklabels = False
    return made


def _texts(view: View, arms: Sequence[Look], floors: Mapping[int, float], length: int) -> list[dict[str, Any]]:
    """Return the names of the arms, cut to a length, and the numbers of their cycles."""
    names = wording.short_apart([look.heading for look in arms], length)
    named = [_name(name, floors[look.index]) for name, look in zip(names, arms, strict=True)]
    return [*named, *(number for look in arms for number in _numbers(view, look, floors[look.index]))]


def _doses(view: View, look: Look, floor: float) -> list[dict[str, Any]]:
    traces: list[dict[str, Any]] = []
    most = marks.largest(view)
    for drug in view.drugs:
        found = look.doses_of(drug)
        if found is None:
            continue
        at_time = marks.rounded(view.time(found.events.time_h), 6)
        base = {
            "type": "scatter",
            "showlegend": False,
            "cliponaxis": False,
            "hoverinfo": "skip",
            **marks.at(0, look.index, role="dose"),
        }
        if drug == view.drugs[0]:
            heights = [round(_LANE * max(0.15, float(share)), 3) for share in found.given / most[drug]]
            stroke = {"color": look.colour, "width": 2 if len(at_time) < 60 else 1}
            traces.append(base | marks.stems(at_time, heights, floor) | {"line": stroke})
        else:
            dots = {"mode": "markers", "x": at_time, "y": [floor + 0.2] * len(at_time)}
            traces.append(base | dots | {"marker": {"symbol": "diamond", "size": 8, "color": look.colour}})
    return traces


def _ground(floor: float) -> dict[str, Any]:
    return {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "y0": floor, "y1": floor,
            "line": {"width": 1, "color": theme.SOFT.light}, "layer": "below"}  # fmt: skip


def cycles(view: View, look: Look) -> list[tuple[int, float, float]]:
    """Return (number, start, end) of the cycles of an arm on the axis of time, of all its drugs; none without a second one."""
    starts: dict[int, list[float]] = {}
    for doses in look.doses:
        for cycle, found in doses.cycles:
            starts.setdefault(cycle, []).extend(map(float, found))
    if max(starts, default=0) < 2:
        return []
    ends = [(cycle, float(view.time(min(own))), float(view.time(max(own) + 24))) for cycle, own in sorted(starts.items())]
    return [(cycle, start, min(end, view.time.end)) for cycle, start, end in ends]


def _cycles(view: View, look: Look, floor: float) -> list[dict[str, Any]]:
    return [
        {"type": "rect", "x0": start, "x1": end, "y0": floor, "y1": floor + _LANE + 0.06, "line": {"width": 0},
         "fillcolor": theme.FAINT.light, "layer": "below"}
        for _, start, end in cycles(view, look)
    ]  # fmt: skip


def _numbers(view: View, look: Look, floor: float) -> list[dict[str, Any]]:
    found = cycles(view, look)
    if len(found) > 12:
        return []
    return [
        {"text": str(number), "x": end, "y": floor + _LANE + 0.06, "xanchor": "left", "yanchor": "top", "yshift": 3,
         "font": {"size": 10, "color": theme.SOFT.light}}
        for number, _, end in found
    ]  # fmt: skip


def _name(name: str, floor: float) -> dict[str, Any]:
    return {"text": f"<b>{wording.plotly_text(name)}</b>", "x": 0, "xref": "x domain", "xanchor": "left", "xshift": -3,
            "y": floor + _NAME, "yanchor": "top", "font": {"size": 13, "color": theme.TEXT.light}}  # fmt: skip

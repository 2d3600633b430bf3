"""Gain against cost: a panel a model, a mark an arm with both intervals, and the front of arms that no other arm dominates."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import marks, rows, theme, titles
from regimens.figures.over_time import columns_of
from regimens.figures.panels import KEYED_PX, Panels, figure
from regimens.figures.shown import ShownEndpoint, shown_endpoints
from regimens.figures.view import View, view_of
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.figures.arms import Look
    from regimens.study.comparison import Comparison

Reach = tuple[float, float, float]
"""Middle, lower and upper end."""


@dataclass(frozen=True)
class Spot:
    """An arm under one model: (middle, low, high) of gain and of cost, on the front or not, how often it is dominated."""

    look: Look
    gain: Reach
    cost: Reach
    front: bool
    dominated: float


def trade_off(comparison: Comparison) -> go.Figure:
    """Return gain against cost, as the scenario's `trade_off` names them, with 90 % confidence intervals both ways.

    Filled marks lie on the front of the medians; KeyError without a trade-off in the scenario.
    """
    view = view_of(comparison)
    gain, cost, by_model = spots(comparison, view)
    panels = Panels(
        tuple(view.called(model) for model in by_model), columns_of(len(by_model)), 280, bottom=KEYED_PX + 24, left=50, under=54
    )
    every = [spot for own in by_model.values() for spot in own]
    across = rows.axis_of((0.0, *(v for spot in every for v in spot.cost)))
    up = rows.axis_of(v for spot in every for v in spot.gain)
    traces: list[dict[str, Any]] = []
    for place, own in enumerate(by_model.values()):
        traces += [_front(own, place, across.high), *(_mark(view, spot, gain, cost, place) for spot in own)]
    sideways = rows.values_axis(up, "")
    costs = rows.values_axis(across, cost.title) | {"showgrid": False}
    return figure(traces, panels, costs, sideways, titles.against(gain.title, cost.title), hovermode="closest")


def spots(comparison: Comparison, view: View) -> tuple[ShownEndpoint, ShownEndpoint, dict[str, list[Spot]]]:
    """Return gain, cost and the arms as written that have both, by model; KeyError without a trade-off."""
    wanted, known = comparison.scenario.trade_off, shown_endpoints(comparison)
    if wanted is None:
        raise KeyError("The scenario has no trade_off.")
    gain, cost = known[wanted.gain.words], known[wanted.cost.words]
    by_model: dict[str, list[Spot]] = {}
    for row in comparison.versus.trade_off:
        look = view.look(row.arm)
        if row.variant != AS_WRITTEN or look is None or look.name != row.arm or math.isnan(row.gain) or math.isnan(row.cost):
            continue
        gained = (row.gain * gain.factor, row.gain_low * gain.factor, row.gain_high * gain.factor)
        paid = (row.cost * cost.factor, row.cost_low * cost.factor, row.cost_high * cost.factor)
        by_model.setdefault(row.model, []).append(Spot(look, gained, paid, row.front, row.dominated))
    return gain, cost, {model: by_model[model] for model in view.models if model in by_model}


def _mark(view: View, spot: Spot, gain: ShownEndpoint, cost: ShownEndpoint, place: int) -> dict[str, Any]:
    number = next(order for order, look in enumerate(view.arms, 1) if look is spot.look)
    name = f"{number} {wording.shorten(spot.look.name, 36)}"
    said = f"{name}: {gain.label} {wording.number(spot.gain[0])}, {cost.label} {wording.number(spot.cost[0])}"
    return {
        "type": "scatter", "mode": "markers+text", "x": [spot.cost[0]], "y": [spot.gain[0]],
        "name": wording.plotly_text(name),
        "text": [str(number)], "textposition": "top right", "textfont": {"color": spot.look.colour, "size": 12},
        "marker": {"symbol": "circle" if spot.front else "circle-open", "size": 10, "color": spot.look.colour,
                   "line": {"width": 2}},
        "error_x": _reach(spot.cost, spot.look), "error_y": _reach(spot.gain, spot.look), "legendgroup": spot.look.name,
        "showlegend": place == 0, "hovertemplate": f"{wording.hover_text(said)}<extra></extra>",
        **marks.at(place, spot.look.index, role="mark"),
    }  # fmt: skip


def _reach(ends: Reach, look: Look) -> dict[str, Any]:
    middle, low, high = ends
    known = math.isfinite(low) and math.isfinite(high)
    colour = theme.clear(look.colour, 0.45)
    return {"type": "data", "symmetric": False, "array": [high - middle if known else 0], "visible": known, "color": colour,
            "arrayminus": [middle - low if known else 0], "thickness": 2, "width": 0}  # fmt: skip


def _front(own: list[Spot], place: int, end: float) -> dict[str, Any]:
    best = sorted((spot for spot in own if spot.front), key=lambda spot: (spot.cost[0], -spot.gain[0]))
    x, y = [spot.cost[0] for spot in best], [spot.gain[0] for spot in best]
    return {
        "type": "scatter", "mode": "lines", "x": [*x, end] if x else [None], "y": [*y, y[-1]] if y else [None],
        "line": {"shape": "hv", "width": 1.5, "dash": "1px,3px", "color": theme.CONTEXT.light}, "hoverinfo": "skip",
        "showlegend": False, **marks.at(place, -1, role="front"),
    }  # fmt: skip

"""How probable each model makes published orderings: hits, misses and what a model cannot show, a line an ordering."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

LINE_PX, TOP_PX, BOTTOM_PX, LABELS_PX = 42, 96, 84, 338
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "pentagon", "star", "cross", "hexagon")
"""Marks of the models. Colours say what a model makes of an ordering."""

UNKNOWN = 1.16
"""Where the marks of models stand that cannot show an ordering, right of the axis of probabilities."""


@dataclass(frozen=True)
class Ordering:
    """One line: the heading that it stands beneath, the statement in short, what stands below it in small letters, and the
    probability that each model agrees; NaN where the ordering is not modelled.
    """

    topic: str
    short: str
    source: str
    by_model: Mapping[str, float]


def orderings(lines: Sequence[Ordering], sure: float) -> go.Figure:
    """Return the probability that each model agrees with published orderings, a line an ordering beneath its topic.

    From `sure` on a model agrees, up to 1 - `sure` it does not. The shape of a mark is the model, its colour what the model makes
    of the ordering. KeyError without any ordering.
    """
    import plotly.graph_objects as go

    if not lines:
        raise KeyError("There is no ordering to draw.")
    rows = _rows(lines)
    figure = go.Figure(layout={"template": theme.template()})
    models = list(dict.fromkeys(model for line in lines for model in line.by_model))
    for place, model in enumerate(models):
        figure.add_traces(_marks(model, place, len(models), rows, sure))
    figure.update_layout(**_layout(rows, sure))
    return figure


def _rows(lines: Sequence[Ordering]) -> list[str | Ordering]:
    """Return headings and orderings from the top down: topics in the order in which they come first."""
    rows: list[str | Ordering] = []
    for topic in dict.fromkeys(line.topic for line in lines):
        rows += [topic, *(line for line in lines if line.topic == topic)]
    return rows


def _marks(model: str, place: int, models: int, rows: Sequence[str | Ordering], sure: float) -> list[dict[str, Any]]:
    lift = 0.35 - 0.7 * place / (models - 1) if models > 1 else 0.0
    known = [(level, row) for level, row in enumerate(rows) if isinstance(row, Ordering) and model in row.by_model]
    chances = [row.by_model[model] for _, row in known]
    colours = [_colour(chance, sure) for chance in chances]
    symbol = SYMBOLS[place % len(SYMBOLS)]
    name = wording.plotly_text(model)
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [UNKNOWN if math.isnan(chance) else chance for chance in chances],
        "y": [level - lift for level, _ in known],
        "marker": {
            "symbol": [f"{symbol}-open" if math.isnan(chance) else symbol for chance in chances],
            "color": colours,
            "size": _size(symbol),
            "line": {"width": 1, "color": [theme.PAPER.light if not math.isnan(c) else theme.CONTEXT.light for c in chances]},
        },
        "cliponaxis": False,
        "hoverinfo": "text",
        "hovertext": [_said(model, row) for _, row in known],
        "showlegend": False,
        "legendgroup": name,
    }
    key = {"symbol": symbol, "color": theme.SOFT.light, "size": _size(symbol)}
    return [
        trace,
        {"type": "scatter", "mode": "markers", "x": [None], "y": [None], "marker": key, "name": name, "legendgroup": name},
    ]


def _size(symbol: str) -> int:
    """Return the size of a mark in pixels: triangles look smaller than the others."""
    return 11 if symbol.startswith("triangle") else 9


def _colour(chance: float, sure: float) -> str:
    if math.isnan(chance):
        return theme.CONTEXT.light
    return theme.ACCENT.light if chance >= sure else theme.AGAINST_MOST.light if chance <= 1.0 - sure else theme.CONTEXT.light


def _said(model: str, row: Ordering) -> str:
    chance = row.by_model[model]
    what = "not modelled" if math.isnan(chance) else f"P = {chance:.2f}"
    return wording.plotly_text(f"{row.short}, {model}: {what}")


def _layout(rows: Sequence[str | Ordering], sure: float) -> dict[str, Any]:
    count = len(rows)
    return {
        "title": {"text": "Published orderings: how probable each model makes them", "xref": "container", "pad": {"l": 4}},
        "height": TOP_PX + BOTTOM_PX + LINE_PX * count,
        "margin": {"l": LABELS_PX, "r": 16, "t": TOP_PX, "b": BOTTOM_PX},
        "xaxis": {
            "range": [-0.03, UNKNOWN + 0.06],
            "tickvals": [0, 0.25, 0.5, 0.75, 1],
            "title": {"text": "probability that the model agrees"},
            "showgrid": True,
        },
        "yaxis": {"range": [count - 0.5, -0.5], "showticklabels": False, "showgrid": False},
        "shapes": [*_zones(count, sure), *_rules(rows)],
        "annotations": [*_heads(sure), *_labels(rows)],
    }


def _zones(count: int, sure: float) -> list[dict[str, Any]]:
    ends = ((-0.03, 1.0 - sure, theme.AGAINST), (sure, 1.03, theme.FOR))
    return [
        {"type": "rect", "layer": "below", "x0": x0, "x1": x1, "y0": -0.5, "y1": count - 0.5,
         "fillcolor": ink.light, "line": {"width": 0}}
        for x0, x1, ink in ends
    ]  # fmt: skip


def _rules(rows: Sequence[str | Ordering]) -> list[dict[str, Any]]:
    """Return a hairline above every ordering that does not follow its heading, and a stronger one beneath every heading."""
    return [
        {"type": "line", "layer": "below", "xref": "paper", "x0": 0, "x1": 1, "y0": level + 0.5, "y1": level + 0.5,
         "line": {"color": (theme.BEHIND if isinstance(row, str) else theme.HAIR).light, "width": 1}}
        for level, row in enumerate(rows)
    ]  # fmt: skip


def _heads(sure: float) -> list[dict[str, Any]]:
    said = ((0.0, "does<br>not agree", theme.AGAINST_MOST), (0.5, "undecided", theme.SOFT), (1.0, "agrees", theme.ACCENT),
            (UNKNOWN, "not<br>modelled", theme.SOFT))  # fmt: skip
    return [
        {"x": x, "y": 1.0, "yref": "paper", "yanchor": "bottom", "text": text, "font": {"color": ink.light}, "yshift": 4}
        for x, text, ink in said
    ]


def _labels(rows: Sequence[str | Ordering]) -> list[dict[str, Any]]:
    common = {"xref": "paper", "x": 0, "xanchor": "left", "align": "left", "xshift": -LABELS_PX + 4}
    return [
        common | {"y": level, "text": _text(row), "yshift": -6 if isinstance(row, str) else 0} for level, row in enumerate(rows)
    ]


def _text(row: str | Ordering) -> str:
    if isinstance(row, str):
        return f"<b>{wording.plotly_text(row)}</b>"
    beneath = f'<br><span style="font-size:10px;color:{theme.SOFT.light}">{wording.plotly_text(row.source)}</span>'
    return wording.plotly_text(row.short) + (beneath if row.source else "")

"""Rows of arms: figures whose y axis has a row an arm, from the top down, and in each row a mark a model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import marks, theme
from regimens.figures.axes import Scale, linear
from regimens.figures.theme import MARKERS

if TYPE_CHECKING:
    from regimens.figures.arms import Look
    from regimens.figures.view import View

Ends = tuple[float, float] | None


def height(rows: int, models: int) -> int:
    """Return the height of a panel (px) of so many rows with a mark a model."""
    return rows * max(30, 12 * models + 8)


def rows_axis(arms: Sequence[Look]) -> dict[str, Any]:
    """Return the axis of a panel with a row an arm; the panels have the names."""
    return {
        "range": [-0.5, len(arms) - 0.5],
        "autorange": False,
        "tickvals": [row_of(place, arms) for place in range(len(arms))],
        "tickfont": {"color": theme.TEXT.light},
        "showgrid": False,
        "fixedrange": True,
        "zeroline": False,
    }


def names_of(arms: Sequence[Look]) -> tuple[str, ...]:
    """Return the names of the rows."""
    return tuple(look.name for look in arms)


def row_of(place: int, arms: Sequence[object]) -> float:
    """Return where the row of an arm is, the first one at the top."""
    return float(len(arms) - 1 - place)


def lifted(row: float, mark: int, marks_in_row: int) -> float:
    """Return where one of several marks of a row is, the first one at the top."""
    return row if marks_in_row == 1 else row + 0.34 - 0.68 * mark / (marks_in_row - 1)


def axis_of(values: Iterable[float], zero: bool = False) -> Scale:
    """Return the linear axis that holds all values that are known, and zero if asked."""
    known = [v for v in values if math.isfinite(v)]
    if zero or not known:
        known.append(0.0)
    return linear(min(known), max(known))


def values_axis(scale: Scale, title: str) -> dict[str, Any]:
    """Return the x axis of such a panel."""
    return {**scale.as_axis(), "showgrid": True, "title": {"text": wording.plotly_text(title)}}


def bar(low: float, high: float, y: float, look: Look, place: int, width: float, opacity: float) -> dict[str, Any]:
    """Return a level line from one value to another in the row of an arm."""
    return {
        "type": "scatter", "mode": "lines", "x": [low, high], "y": [y, y], "hoverinfo": "skip", "showlegend": False,
        "line": {"color": look.colour, "width": width}, "opacity": opacity, **marks.at(place, look.index, role="bar"),
    }  # fmt: skip


def mark(x: float, y: float, look: Look, place: int, symbol: str, said: str, size: int = 9) -> dict[str, Any]:
    """Return a mark in the row of an arm, with what it says when it is pointed at."""
    return {
        "type": "scatter", "mode": "markers", "x": [x], "y": [y], "showlegend": False, "cliponaxis": False,
        "marker": {"symbol": symbol, "size": size, "color": look.colour, "line": {"width": 1.6, "color": look.colour}},
        "hovertemplate": f"{wording.hover_text(said)}<extra></extra>", **marks.at(place, look.index, role="mark"),
    }  # fmt: skip


def model_mark(view: View, model: str) -> str:
    """Return the mark of a model."""
    return MARKERS[view.models.index(model) % len(MARKERS)]


def key(names_and_symbols: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return traces without points that name marks in the legend."""
    grey = theme.CONTEXT.light
    return [
        {
            "type": "scatter", "mode": "markers", "x": [None], "y": [None], "name": wording.plotly_text(name),
            "marker": {"symbol": symbol, "size": 9, "color": grey, "line": {"width": 1.6, "color": grey}},
            "hoverinfo": "skip", "meta": {"arm": -1, "role": "key"},
        }
        for name, symbol in names_and_symbols
    ]  # fmt: skip

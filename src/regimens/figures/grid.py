"""Every pair: a grid a model of the probability that the arm of the row is better than that of the column."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.contrasts.pairs import Pairs, percent
from regimens.contrasts.verdict import Finding, reaches
from regimens.figures import rows, theme, titles
from regimens.figures.over_time import columns_of
from regimens.figures.panels import Panels, axis, figure
from regimens.figures.shown import shown_endpoint
from regimens.figures.view import View, view_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.figures.arms import Look
    from regimens.study.comparison import Comparison

LEAST_TINTS = (0.6, 0.8)
"""Probabilities from which a cell is tinted, and tinted more; the strongest tint starts at the rule's own probability."""

_TINTS = (theme.AGAINST_MOST, theme.AGAINST_MORE, theme.AGAINST, theme.FAINT, theme.FOR, theme.FOR_MORE, theme.FOR_MOST)
_CELL_PX = 30
_MOST_BESIDE = 9


def pairs(comparison: Comparison, endpoint: str) -> go.Figure:
    """Return, in percent of the parameter draws, how often the arm of each row is better than that of each column.

    `endpoint` is as the scenario words it. Equal draws count half; a frame marks pairs that every model supports.
    """
    view, endpoint = view_of(comparison), shown_endpoint(comparison, endpoint).words
    found = Pairs(comparison.versus.contrasts, comparison.versus.verdicts)
    beside = len(view.arms) <= _MOST_BESIDE
    headings = tuple(view.called(model) for model in view.models)
    columns = min(2, columns_of(len(view.models))) if beside else 1
    panels = Panels(
        headings,
        columns,
        _CELL_PX * len(view.arms),
        names=tuple(f"{look.name} {number}" for number, look in enumerate(view.arms, 1)),
        gap=0.04,
    )
    traces = [_grid(view, found, model, endpoint, place) for place, model in enumerate(view.models)]
    numbers = [str(place + 1) for place in range(len(view.arms))]
    across = {"tickvals": list(range(len(numbers))), "ticktext": numbers, "fixedrange": True, "showline": False, "ticks": "",
              "range": [-0.5, len(numbers) - 0.5]}  # fmt: skip
    up = rows.rows_axis(view.arms)
    frames = [frame for place, model in enumerate(view.models) for frame in _frames(view, found, model, endpoint, place)]
    return figure(traces, panels, across, up, titles.EVERY_PAIR, shapes=frames, hovermode="closest", showlegend=False)


def _grid(view: View, found: Pairs, model: str, endpoint: str, place: int) -> dict[str, Any]:
    from_below = list(reversed(view.arms))
    cells = [[_cell(found, model, endpoint, look, other) for other in view.arms] for look in from_below]
    colours = [
        [step, ink.light] for number, ink in enumerate(_TINTS) for step in (number / len(_TINTS), (number + 1) / len(_TINTS))
    ]
    return {
        "type": "heatmap", "z": [[tint for _, tint in row] for row in cells],
        "text": [[text for text, _ in row] for row in cells],
        "texttemplate": "%{text}", "x": list(range(len(view.arms))), "y": list(range(len(view.arms))), "zmin": -3.5, "zmax": 3.5,
        "colorscale": colours, "showscale": False, "xgap": 2, "ygap": 2, "hoverinfo": "skip",
        "xaxis": axis(place), "yaxis": axis(place, "y"), "meta": {"arm": -1, "role": "grid"},
    }  # fmt: skip


def _cell(found: Pairs, model: str, endpoint: str, look: Look, other: Look) -> tuple[str, int | None]:
    if look is other:
        return "", None
    verdict = found.verdict(endpoint, look.name, other.name)
    if verdict is not None and verdict.finding == Finding.SAME:
        return "=", 0
    contrast = found.of(model, endpoint, look.name, other.name)
    if contrast is None or math.isnan(contrast.probability):
        return wording.MISSING, None
    rule = 0.95 if verdict is None else verdict.rule.probability
    return percent(contrast.probability, rule), tint(contrast.probability, rule)


def tint(chance: float, sure: float) -> int:
    """Return how strongly a probability is tinted: 0 around one half, 3 where it reaches the rule, minus for the other side."""
    side = 1 if chance >= 0.5 else -1
    strength = max(chance, 1 - chance)
    return side * (3 if reaches(strength, sure) else sum(strength >= least for least in LEAST_TINTS))


def _frames(view: View, found: Pairs, model: str, endpoint: str, place: int) -> list[dict[str, Any]]:
    """Return a frame around every cell whose arm is supported to be better."""
    frames = []
    for row, look in enumerate(view.arms):
        for column, other in enumerate(view.arms):
            known = look is not other and found.of(model, endpoint, look.name, other.name) is not None
            verdict = found.verdict(endpoint, look.name, other.name) if known else None
            if verdict is not None and verdict.finding == Finding.BETTER and verdict.winner == look.name:
                y = rows.row_of(row, view.arms)
                frames.append(
                    {"type": "rect", "xref": axis(place), "yref": axis(place, "y"), "x0": column - 0.46, "x1": column + 0.46,
                     "y0": y - 0.44, "y1": y + 0.44, "line": {"width": 2, "color": theme.TEXT.light}}
                )  # fmt: skip
    return frames

"""What decides a difference: rank correlations with the parameters, strongest first, a panel a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import theme, titles
from regimens.figures.axes import tick_text
from regimens.figures.panels import Panels, axis, figure
from regimens.figures.shown import shown_endpoints
from regimens.figures.view import view_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.contrasts.sensitivity import Sensitivity
    from regimens.study.comparison import Comparison

MOST_BARS = 8
DRAWS, SUBJECTS = "draws", "subjects"
_LEFT_PX = 190
_RANGE = (-1.05, 1.7)
"""Ends of the axis: on the right there is room for the number beside the longest bar."""


@dataclass(frozen=True)
class Decided:
    """The correlations of one contrast: endpoint, both arms, over draws or subjects, and by model, the strongest first."""

    endpoint: str
    arm: str
    against: str
    over: str
    by_model: dict[str, list[Sensitivity]]


def sensitivity(comparison: Comparison) -> go.Figure:
    """Return the rank correlations of the leading contrast with each parameter, over parameter draws where there are several.

    The leading contrast is that of the first endpoint that says which way is better. KeyError where none was worked out.
    """
    view, found = view_of(comparison), decided(comparison)
    if found is None:
        raise KeyError("The comparison has no correlations with parameters.")
    labels = {(model.name, p.name): p.label for model in comparison.models for p in model.parameters}
    models = list(found.by_model)
    most = max(len(rows) for rows in found.by_model.values())
    headings = tuple(view.called(model) for model in models)
    panels = Panels(headings, min(2, len(models)), 34 * most, left=_LEFT_PX, apart=True, gap=0.28, bottom=34)
    traces = [each(found.by_model[model], place) for place, model in enumerate(models) for each in (_bars, _values)]
    ticks = (-1, -0.5, 0, 0.5, 1)
    across = {
        "range": list(_RANGE),
        "tickvals": list(ticks),
        "ticktext": [tick_text(tick) for tick in ticks],
        "fixedrange": True,
        "showgrid": True,
    }
    up = [_names(found.by_model[model], labels, model, most) for model in models]
    zeros = [
        {"type": "line", "x0": 0, "x1": 0, "xref": axis(place), "yref": f"{axis(place, 'y')} domain", "y0": 0, "y1": 1,
         "line": {"width": 1, "color": theme.SOFT.light}}
        for place in range(len(models))
    ]  # fmt: skip
    return figure(traces, panels, across, up, titles.DECIDES, shapes=zeros, hovermode="closest", showlegend=False)


def decided(comparison: Comparison) -> Decided | None:
    """Return the correlations of the leading contrast, None without any."""
    rows = [row for row in comparison.versus.sensitivity if not wording.missing(row.correlation)]
    if not rows:
        return None
    leading = next((shown.words for shown in shown_endpoints(comparison).values() if shown.better), None)
    first = next((row for row in rows if row.endpoint == leading), rows[0])
    mine = [row for row in rows if (row.endpoint, row.arm, row.against) == (first.endpoint, first.arm, first.against)]
    over = DRAWS if any(row.over == DRAWS for row in mine) else SUBJECTS
    by_model = {
        model.name: sorted((row for row in mine if row.model == model.name and row.over == over), key=_strength)[:MOST_BARS]
        for model in comparison.models
    }
    return Decided(first.endpoint, first.arm, first.against, over, {model: own for model, own in by_model.items() if own})


def _strength(row: Sensitivity) -> float:
    return -abs(row.correlation)


def _bars(rows: list[Sensitivity], place: int) -> dict[str, Any]:
    colours = [theme.FOR_MOST.light if row.correlation >= 0 else theme.AGAINST_MOST.light for row in rows]
    return {
        "type": "bar", "orientation": "h", "x": [row.correlation for row in rows], "y": list(range(len(rows), 0, -1)),
        "width": 0.6, "marker": {"color": colours}, "hoverinfo": "skip",
        "xaxis": axis(place), "yaxis": axis(place, "y"), "meta": {"arm": -1, "role": "bar"},
    }  # fmt: skip


def _values(rows: list[Sensitivity], place: int) -> dict[str, Any]:
    """Return the numbers, to the right of their bars: on the left they would lie over the names where a panel is narrow."""
    return {
        "type": "scatter", "mode": "text", "x": [max(0.0, row.correlation) for row in rows], "y": list(range(len(rows), 0, -1)),
        "text": [f"\u2009{wording.fixed(row.correlation, 2)}" for row in rows], "textposition": "middle right",
        "textfont": {"color": theme.TEXT.light}, "cliponaxis": False, "hoverinfo": "skip",
        "xaxis": axis(place), "yaxis": axis(place, "y"), "meta": {"arm": -1, "role": "value"},
    }  # fmt: skip


def _names(rows: list[Sensitivity], labels: dict[tuple[str, str], str], model: str, most: int) -> dict[str, Any]:
    texts = []
    for row in rows:
        label = wording.plotly_text(wording.shorten(labels.get((model, row.parameter), ""), 30))
        texts.append(
            f"<b>{wording.plotly_text(row.parameter)}</b>" + (f"<br><span style='font-size:9px'>{label}</span>" if label else "")
        )
    return {"tickvals": list(range(len(rows), 0, -1)), "ticktext": texts, "range": [len(rows) - most + 0.4, len(rows) + 0.6],
            "showgrid": False, "fixedrange": True, "tickfont": {"size": 11, "color": theme.TEXT.light}}  # fmt: skip

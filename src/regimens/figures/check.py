"""Visual predictive checks: percentiles of the reader's own values over those of simulated trials of as many subjects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens import wording
from regimens.figures import marks, theme, titles
from regimens.figures.axes import scale
from regimens.figures.over_time import columns_of
from regimens.figures.panels import KEYED_PX, Panels, figure
from regimens.figures.view import View, view_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.study.comparison import Comparison
    from regimens.study.own import PredictiveCheck

MIDDLE = 50


def predictive_check(comparison: Comparison, arm: str, observable: str) -> go.Figure:
    """Return the 5th, 50th and 95th percentile of the reader's own values of an arm beside those simulated: a panel a model.

    Bands hold the middle 90 % of simulated trials with as many subjects; lines and marks are what was observed. KeyError where
    the arm has own values of too few subjects, or of another observable.
    """
    view, found = view_of(comparison), checks_of(comparison, arm, observable)
    if not found:
        raise KeyError(f"'{arm}' has no predictive check of '{observable}'.")
    models = [model for model in view.models if any(row.model == model for row in found)]
    shown = next(each for each in view.observables if each.name == observable)
    values = np.array([(row.observed, row.simulated, row.low, row.high) for row in found])
    axis = scale([values.ravel()], shown.title)
    headings = view.headings(models)
    panels = Panels(headings, columns_of(len(models)), 240, bottom=KEYED_PX)
    traces: list[dict[str, Any]] = []
    for place, model in enumerate(models):
        for percentile in dict.fromkeys(row.percentile for row in found):
            rows = [row for row in found if row.model == model and row.percentile == percentile]
            traces += _percentile(view, sorted(rows, key=lambda row: row.time_h), percentile, place)
    title = f"{arm}: {wording.inside(axis.title)}"
    return figure(traces, panels, marks.time_ticks(view.time, panels.columns), axis.as_axis(), title, hovermode="closest")


def checks_of(comparison: Comparison, arm: str, observable: str) -> list[PredictiveCheck]:
    """Return the rows of the predictive check of an arm and observable."""
    return [row for row in comparison.own.checks if row.arm == arm and row.observable == observable]


def _percentile(view: View, rows: Sequence[PredictiveCheck], percentile: int, place: int) -> list[dict[str, Any]]:
    x = marks.rounded(view.time(np.array([row.time_h for row in rows])), 5)
    ink = theme.HUES[0] if percentile == MIDDLE else theme.CONTEXT
    low, high = (marks.rounded(np.array([getattr(row, end) for row in rows]), 4) for end in ("low", "high"))
    observed = marks.rounded(np.array([row.observed for row in rows]), 4)
    named = titles.MEDIAN_OBSERVED if percentile == MIDDLE else titles.ENDS_OBSERVED
    texts = [
        f"{titles.percentile(percentile)}: {wording.number(row.observed)} ({wording.span(row.low, row.high)})" for row in rows
    ]
    seen = {"color": theme.TEXT.light, "width": 1.5, "dash": "solid" if percentile == MIDDLE else "4px,2px"}
    return [
        {"type": "scatter", "mode": "lines", "x": [*x, *reversed(x)], "y": [*high, *reversed(low)], "fill": "toself",
         "fillcolor": theme.clear(ink.light, 0.3), "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
         **marks.at(place, -1, role="spread")},
        {"type": "scatter", "mode": "lines+markers", "x": x, "y": observed, "line": seen, "text": texts,
         "marker": {"size": 7, "color": theme.TEXT.light, "symbol": "circle" if percentile == MIDDLE else "circle-open"},
         "hovertemplate": "%{text}<extra></extra>", "name": named, "legendgroup": named,
         "showlegend": place == 0 and percentile in (MIDDLE, 5), **marks.at(place, -1, role="observed")},
    ]  # fmt: skip

"""Two values of every arm: as written and as changed, a panel a model, a row an arm, joined by a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import marks, rows, titles
from regimens.figures.over_time import columns_of
from regimens.figures.panels import KEYED_PX, Panels, figure
from regimens.figures.shown import ShownEndpoint, shown_endpoint
from regimens.figures.view import View, view_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.figures.arms import Look
    from regimens.study.comparison import Comparison
    from regimens.study.rows import Summary


@dataclass(frozen=True)
class Both:
    """One arm under one model: its summary as written and, where it was changed, as changed."""

    model: str
    look: Look
    before: Summary
    after: Summary | None


def before_after(comparison: Comparison, kind: str, endpoint: str) -> go.Figure:
    """Return an endpoint of every arm as written (filled) and as changed (open), with 90 % confidence intervals.

    `kind` is that of the variants: "equal total" or "real life". KeyError where no arm has both.
    """
    view, shown = view_of(comparison), shown_endpoint(comparison, endpoint)
    found = both_of(comparison, view, kind, shown)
    if not any(row.after is not None for row in found):
        raise KeyError(f"No arm has '{endpoint}' both as written and for {kind}.")
    models = [model for model in view.models if any(row.model == model for row in found)]
    arms = [look for look in view.arms if any(row.look is look for row in found)]
    headings = view.headings(models)
    panels = Panels(
        headings, columns_of(len(models)), rows.height(len(arms), 2), names=rows.names_of(arms), gap=0.04, bottom=KEYED_PX
    )
    traces: list[dict[str, Any]] = []
    for row in found:
        traces += _pull(row, shown, rows.row_of(arms.index(row.look), arms), models.index(row.model))
    traces += rows.key(((titles.AS_WRITTEN, "circle"), (titles.CHANGED[kind], "circle-open")))
    scale = rows.axis_of(v for row in found for summary in (row.before, row.after) if summary for v in _all(summary, shown))
    return figure(traces, panels, rows.values_axis(scale, ""), rows.rows_axis(arms), shown.title, hovermode="closest")


def both_of(comparison: Comparison, view: View, kind: str, endpoint: ShownEndpoint) -> list[Both]:
    """Return the arms with doses under every model that has a value of the endpoint for them as written."""
    changed = {variant.of.name: variant.name for variant in view.varied(kind)}
    return [
        Both(model, look, before, None if after is None or wording.missing(after.median) else after)
        for model in view.models
        for look in view.arms
        if look.dosed
        if (before := comparison.summary_of(look.name, model, endpoint.words)) is not None and not wording.missing(before.median)
        for after in (comparison.summary_of(changed.get(look.name, ""), model, endpoint.words),)
    ]


def _all(row: Summary, endpoint: ShownEndpoint) -> list[float]:
    return [v * endpoint.factor for v in (row.median, row.confidence_low, row.confidence_high) if not wording.missing(v)]


def _pull(row: Both, endpoint: ShownEndpoint, y: float, place: int) -> list[dict[str, Any]]:
    traces, middles = [], []
    for lift, summary, symbol in ((0.16, row.before, "circle"), (-0.16, row.after, "circle-open")):
        if summary is None:
            continue
        middle, *ends = _all(summary, endpoint)
        middles.append((middle, y + lift))
        if len(ends) == 2:
            traces.append(rows.bar(ends[0], ends[1], y + lift, row.look, place, 3, 0.45))
        said = f"{row.look.name}: {endpoint.number(summary.median)}"
        traces.append(rows.mark(middle, y + lift, row.look, place, symbol, said))
    if len(middles) == 2:
        joined = {"x": [x for x, _ in middles], "y": [level for _, level in middles], "mode": "lines", "type": "scatter"}
        stroke = {"line": {"color": row.look.colour, "width": 1}, "hoverinfo": "skip", "showlegend": False}
        traces.insert(0, joined | stroke | marks.at(place, row.look.index, role="bar"))
    return traces

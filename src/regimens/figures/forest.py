"""Differences from one arm: a panel an endpoint, a row an arm, a mark with two intervals a model, and zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.contrasts.pairs import Pairs, certain
from regimens.figures import rows, theme, titles
from regimens.figures.axes import Scale, linear
from regimens.figures.panels import KEYED_PX, Panels, axis, figure
from regimens.figures.shown import ShownEndpoint, shown_endpoint, shown_endpoints
from regimens.figures.view import View, view_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.contrasts.contrast import Contrast
    from regimens.figures.arms import Look
    from regimens.study.comparison import Comparison

WIDEST = 3.0
"""Length of the axis in widths of the confidence intervals; prediction intervals that are longer run on beyond its ends."""

Found = dict[tuple[int, str], "Contrast"]
"""Contrasts by place of the arm in the scenario, and model."""


def contrasts(comparison: Comparison, *endpoints: str) -> go.Figure:
    """Return the differences of every arm from the first arm that gives a dose, on endpoints as the scenario words them.

    Marks are medians over parameter draws; thick lines are 90 % confidence intervals of the difference in the population, thin
    ones 90 % prediction intervals of one person's own difference. All endpoints are shown if none is named; KeyError for one
    that the scenario does not have.
    """
    view = view_of(comparison)
    wanted = [shown_endpoint(comparison, words) for words in endpoints or shown_endpoints(comparison)]
    reference = reference_of(view)
    pairs = Pairs(comparison.versus.contrasts, comparison.versus.verdicts)
    found = [(each, contrasts_with(view, pairs, reference, each)) for each in wanted]
    found = [(each, own) for each, own in found if own]
    arms = [look for look in view.arms if look is not reference]
    columns = min(2, max(1, len(found)))
    several = len(view.models) > 1
    headings = tuple(_title(each) for each, _ in found) or ("",)
    room = KEYED_PX if several else 34
    high, names, marks = rows.height(len(arms), len(view.models)), rows.names_of(arms), len(view.models) if several else 0
    panels = Panels(headings, columns, high, names=names, gap=0.04, bottom=room, marks=marks)
    scales = [_scale(own, each) for each, own in found] or [linear(-1.0, 1.0)]
    traces: list[dict[str, Any]] = []
    for place, (each, own) in enumerate(found):
        traces += _panel(view, arms, each, own, place)
    if several:
        traces += rows.key((view.called(model), rows.model_mark(view, model)) for model in view.models)
    title = titles.differences_from("" if reference is None else reference.name)
    across = [rows.values_axis(scale, "") for scale in scales]
    zeros = [_zero(place) for place in range(len(panels))]
    return figure(traces, panels, across, rows.rows_axis(arms), title, shapes=zeros, hovermode="closest")


def reference_of(view: View) -> Look | None:
    """Return the arm that others are held against: the first that gives a dose, None without one."""
    return next((look for look in view.arms if look.dosed), None)


def contrasts_with(view: View, pairs: Pairs, reference: Look | None, endpoint: ShownEndpoint) -> Found:
    """Return the contrasts of every other arm with the reference that have a value."""
    if reference is None:
        return {}
    return {
        (look.index, model): contrast
        for look in view.arms
        if look is not reference
        for model in view.models
        if (contrast := pairs.of(model, endpoint.words, look.name, reference.name)) and not math.isnan(contrast.difference)
    }


def _title(endpoint: ShownEndpoint) -> str:
    side = {"higher": "→ ", "lower": "← "}.get(endpoint.better, "")
    return side + wording.headed(endpoint.label, "" if endpoint.apart == "fold" else endpoint.apart)


def _scale(found: Found, endpoint: ShownEndpoint) -> Scale:
    core, whole = [0.0], [0.0]
    for contrast in found.values():
        own = (contrast.difference, contrast.difference_low, contrast.difference_high)
        core += [v * endpoint.factor for v in own if math.isfinite(v)]
        whole += [v * endpoint.factor for v in (contrast.subject_low, contrast.subject_high) if math.isfinite(v)]
    low, high = min(core), max(core)
    reach = WIDEST * (high - low)
    if not reach:
        return linear(min(whole), max(whole))
    return linear(min(low, max(min(whole), low - reach)), max(high, min(max(whole), high + reach)))


def _panel(view: View, arms: Sequence[Look], endpoint: ShownEndpoint, found: Found, place: int) -> list[dict[str, Any]]:
    traces: list[dict[str, Any]] = []
    for row, look in enumerate(arms):
        for order, model in enumerate(view.models):
            contrast = found.get((look.index, model))
            if contrast is not None:
                y = rows.lifted(rows.row_of(row, arms), order, len(view.models))
                traces += _marks(view, look, model, endpoint, contrast, y, place)
    return traces


def _marks(
    view: View, look: Look, model: str, endpoint: ShownEndpoint, contrast: Contrast, y: float, place: int
) -> list[dict[str, Any]]:
    traces = []
    ends = [v * endpoint.factor for v in (contrast.subject_low, contrast.subject_high)]
    if all(map(math.isfinite, ends)) and not endpoint.of_population:
        traces.append(rows.bar(ends[0], ends[1], y, look, place, 1, 0.7))
    if certain(contrast):
        low, high = (v * endpoint.factor for v in (contrast.difference_low, contrast.difference_high))
        traces.append(rows.bar(low, high, y, look, place, 5, 0.5))
    middle = wording.settled(contrast.difference, endpoint.largest) * endpoint.factor
    said = f"{look.name}, {model}: {endpoint.difference(contrast.difference)}"
    interval = endpoint.between(contrast.difference_low, contrast.difference_high)
    said += f" ({interval})" if interval else ""
    return [*traces, rows.mark(middle, y, look, place, rows.model_mark(view, model), said)]


def _zero(place: int) -> dict[str, Any]:
    return {
        "type": "line", "x0": 0, "x1": 0, "xref": axis(place), "yref": f"{axis(place, 'y')} domain", "y0": 0, "y1": 1,
        "layer": "below", "line": {"width": 1, "color": theme.SOFT.light},
    }  # fmt: skip

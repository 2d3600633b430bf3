"""Responses: an endpoint against the one number in which arms differ, which is the amount, the interval or the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens import wording
from regimens.figures import marks, rows, theme, titles
from regimens.figures.axes import Scale, tick_text
from regimens.figures.levels import Series, series_of
from regimens.figures.over_time import columns_of
from regimens.figures.panels import KEYED_PX, Panels, axis, figure
from regimens.figures.shown import ShownEndpoint, shown_endpoint
from regimens.figures.view import View, view_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.contrasts.variants import RestResponse
    from regimens.figures.theme import Ink
    from regimens.study.comparison import Comparison

LOG_FROM = 8.0
"""Ratio of the highest level to the lowest from which the axis of the levels counts doublings."""

Value = tuple[float, float, float, float]
"""A level, and median, low and high there."""


def dose_response(comparison: Comparison, endpoint: str) -> go.Figure:
    """Return an endpoint against the amount, the interval or the rest, whichever tells the arms apart: a panel a model.

    Each line joins arms that differ in that one number, with the 90 % confidence interval of the median, or the prediction
    interval where parameters are not drawn, and the published values of the endpoint's time. KeyError where no three arms
    differ in one number, or for an endpoint that the scenario does not have.
    """
    view = view_of(comparison)
    found, shown = series_of(comparison, view), shown_endpoint(comparison, endpoint)
    if not found:
        raise KeyError("No three arms of the scenario differ in one number only.")
    models = [model for model in view.models if any(_values(comparison, series, model, shown) for series in found)]
    traces: list[dict[str, Any]] = []
    spread: list[float] = []
    for place, model in enumerate(models):
        for series in found:
            values = _values(comparison, series, model, shown)
            spread += [v for value in values for v in value[1:]]
            traces += _line(series, values, place)
        traces += _published(comparison, view, found, endpoint, place)
    levels = sorted({level for series in found for level in series.levels})
    up = rows.axis_of(spread)
    title = titles.response(shown.label, found[0].kind, found[0].unit)
    return _figure(view, models, traces, _level_axis(levels, found[0]), up, title, showlegend=len(found) > 1)


def _values(comparison: Comparison, series: Series, model: str, shown: ShownEndpoint) -> list[Value]:
    found = []
    for level, look in zip(series.levels, series.looks, strict=True):
        row = comparison.summary_of(look.name, model, shown.words)
        if row is None or not np.isfinite(row.median):
            continue
        sure = (row.confidence_low, row.confidence_high)
        low, high = sure if np.isfinite(sure).all() else (row.low, row.high)
        ends = (low, high) if np.isfinite([low, high]).all() else (row.median, row.median)
        found.append((level, row.median * shown.factor, ends[0] * shown.factor, ends[1] * shown.factor))
    return found


def _line(series: Series, values: Sequence[Value], place: int) -> list[dict[str, Any]]:
    look = series.looks[0]
    hue = theme.HUES[look.family] if look.family < len(theme.HUES) else theme.ACCENT
    traces = _ribbon_and_line(values, hue, place, look.index, titles.course_of([each.name for each in series.looks]))
    known = dict(zip(series.levels, series.looks, strict=True))
    for level, middle, low, high in values:
        own = known[level]
        said = f"{own.name}: {wording.number(middle)} ({wording.span(low, high)})"
        traces.append(rows.mark(level, middle, own, place, "circle", said, 8))
    return traces


def _ribbon_and_line(values: Sequence[Value], ink: Ink, place: int, arm: int, name: str) -> list[dict[str, Any]]:
    x, middle, low, high = ([value[column] for value in values] for column in range(4))
    line = {"color": ink.light, "width": 2}
    return [
        {"type": "scatter", "mode": "lines", "x": [*x, *reversed(x)], "y": [*high, *reversed(low)], "fill": "toself",
         "fillcolor": theme.clear(ink.light, 0.18), "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
         **marks.at(place, arm, role="sure")},
        {"type": "scatter", "mode": "lines", "x": x, "y": middle, "line": line, "hoverinfo": "skip", "showlegend": place == 0,
         "name": wording.plotly_text(name), "legendgroup": name, **marks.at(place, arm, role="response")},
    ]  # fmt: skip


def _published(comparison: Comparison, view: View, found: Sequence[Series], endpoint: str, place: int) -> list[dict[str, Any]]:
    """Return the published values of an endpoint that reads an observable at one time, at the levels of their arms."""
    asked = next(each for each in comparison.scenario.endpoints if each.words == endpoint)
    levels = {look.index: level for series in found for level, look in zip(series.levels, series.looks, strict=True)}
    if asked.kind != "value at" or len(asked.named_h) != 1:
        return []
    traces = []
    for point in marks.published(comparison, view, asked.observable):
        if abs(point.time_h - asked.named_h[0]) <= 12 and point.look.index in levels:
            traces.append(marks.point(point, place, view.time) | {"x": [levels[point.look.index]]})
    return traces


def _level_axis(levels: Sequence[float], series: Series) -> dict[str, Any]:
    log = levels[-1] >= LOG_FROM * levels[0] > 0
    ends = np.log10([levels[0] / 1.15, levels[-1] * 1.15]) if log else _padded(levels)
    title = titles.level_axis(series.kind, series.unit)
    return {"type": "log" if log else "linear", "range": [float(v) for v in ends], "tickvals": list(levels), "fixedrange": True,
            "ticktext": [tick_text(round(level, 4)) for level in levels], "title": {"text": title}}  # fmt: skip


def _padded(levels: Sequence[float]) -> tuple[float, float]:
    room = 0.06 * (levels[-1] - levels[0])
    return levels[0] - room, levels[-1] + room


def rest_response(comparison: Comparison, arm: str, endpoint: str) -> go.Figure:
    """Return an endpoint against the length of a rest that the protocol of an arm gives as a range: a panel a model.

    The shaded part holds the lengths that are as good as the best. KeyError where the scenario has no such arm or endpoint.
    """
    view, shown = view_of(comparison), shown_endpoint(comparison, endpoint)
    found = [row for row in comparison.versus.rest_response if row.arm == arm and row.endpoint == endpoint]
    if not found:
        raise KeyError(f"'{arm}' has no response to the length of a rest on '{endpoint}'.")
    models = [model for model in view.models if any(row.model == model for row in found)]
    traces, shapes, spread = [], [], []
    for place, model in enumerate(models):
        own = sorted((row for row in found if row.model == model), key=lambda row: row.rest_days)
        values = [_rest_value(row, shown.factor) for row in own]
        spread += [v for value in values for v in value[1:]]
        traces += _ribbon_and_line(values, theme.ACCENT, place, -1, arm)
        shapes += [_flat(first, last, place) for first, last in flat_spans(own)]
    days = sorted({row.rest_days for row in found})
    series = Series("rest", "days", (), tuple(days))
    title = titles.response(shown.label, "rest", "days")
    return _figure(view, models, traces, _level_axis(days, series), rows.axis_of(spread), title, shapes=shapes, showlegend=False)


def _rest_value(row: RestResponse, factor: float) -> Value:
    known = np.isfinite([row.confidence_low, row.confidence_high]).all()
    ends = (row.confidence_low, row.confidence_high) if known else (row.median, row.median)
    return (row.rest_days, row.median * factor, ends[0] * factor, ends[1] * factor)


def flat_spans(found: Sequence[RestResponse]) -> list[tuple[float, float]]:
    """Return the stretches of rests that are as good as the best, as (first, last) day; only neighbours are joined."""
    spans: list[tuple[float, float]] = []
    flat_before = False
    for row in found:
        if row.flat:
            start = spans.pop()[0] if flat_before else row.rest_days
            spans.append((start, row.rest_days))
        flat_before = row.flat
    return spans


def _flat(first: float, last: float, place: int) -> dict[str, Any]:
    return {
        "type": "rect", "xref": axis(place), "yref": f"{axis(place, 'y')} domain", "x0": first - 0.5, "x1": last + 0.5, "y0": 0,
        "y1": 1, "fillcolor": theme.FAINT.light, "line": {"width": 0}, "layer": "below",
    }  # fmt: skip


def _figure(
    view: View, models: Sequence[str], traces: list[dict[str, Any]], across: dict[str, Any], up: Scale, title: str, **more: Any
) -> go.Figure:
    headings = view.headings(models)
    panels = Panels(headings, columns_of(len(models)), 240, bottom=KEYED_PX + 16 if more["showlegend"] else 50, under=54)
    return figure(traces, panels, across, up.as_axis(), title, hovermode="closest", **more)

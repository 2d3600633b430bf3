"""Curves: an observable of every arm under every model, with its bands, published points and the reader's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import marks, theme
from regimens.figures.lines import ARM_PX, MODEL_PX, MOST_BANDED, MOST_THREADS, SINGLE_PX, Drawn, Line, Path, drawn_of
from regimens.figures.panels import KEYED_PX, Panels, figure

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.figures.arms import Look
    from regimens.study.comparison import Comparison

BEHIND = "behind"
"""Role of the trace that shows the other arms behind the one of a panel."""

MOST_BEHIND = 16
"""Arms up to which each panel of an arm shows the others in grey."""

PAPER_PX, MOST_ON_PAPER = 250, 4
"""Height of all rows of panels together on paper, and panels of models that stand beside each other there."""

_MOST_COLUMNS = 5


def curves(comparison: Comparison, observable: str) -> go.Figure:
    """Return the curves of an observable: a panel a model with a line an arm; a panel an arm where arms are too many.

    Lines are medians; bands are 90 % intervals. With more than three arms in a panel they are the confidence intervals of the
    typical subject, where parameters are drawn. KeyError for an observable that no model has.
    """
    drawn = drawn_of(comparison, observable)
    return curves_figure_by_arm(drawn) if drawn.crowded else curves_figure(drawn)


def curves_by_arm(comparison: Comparison, observable: str) -> go.Figure:
    """Return the curves of an observable, a panel an arm with a line a model, prediction and confidence intervals."""
    return curves_figure_by_arm(drawn_of(comparison, observable))


def curves_figure(drawn: Drawn) -> go.Figure:
    """Return the figure of curves with a panel a model."""
    models = drawn.models
    headings = drawn.view.headings(models)
    columns, height = columns_of(len(models)), SINGLE_PX if len(models) == 1 else MODEL_PX
    across = len(models) if len(models) <= MOST_ON_PAPER else columns
    panels = Panels(
        headings, columns, height, bottom=KEYED_PX, paper=_on_paper(len(models), across, height), paper_columns=across
    )
    traces = []
    for place, model in enumerate(models):
        mine = [line for line in drawn.lines if line.model == model]
        traces += _curves(drawn, mine, place, drawn.narrow)
        traces += [marks.subjects(values, place, drawn.view.time) for values in drawn.own]
        traces += [marks.point(point, place, drawn.view.time) for point in drawn.points]
    return _figure(drawn, panels, traces)


def _on_paper(panels: int, columns: int, height: int) -> float:
    """Return the share of their height that panels have on paper, where a figure leaves room for what it is about."""
    return min(0.44, PAPER_PX / (-(-panels // columns) * height))


def columns_of(panels: int) -> int:
    """Return the columns in which panels of models stand: up to three in a row, four in two rows."""
    return panels if panels < 4 else 2 if panels == 4 else 3


def curves_figure_by_arm(drawn: Drawn) -> go.Figure:
    """Return the figure of curves with a panel an arm."""
    view = drawn.view
    shown = [look for look in view.arms if any(line.look is look for line in drawn.lines)]
    count = len(shown)
    columns = _columns(shown)
    lanes = any(look.dosed for look in shown)
    panels = Panels(
        tuple(look.heading for look in shown),
        columns,
        ARM_PX,
        strip=0.16 if lanes else 0.0,
        bottom=KEYED_PX,
        paper=_on_paper(count, columns, ARM_PX),
    )
    traces = []
    for place, look in enumerate(shown):
        mine = [
            replace(line, look=replace(look, dash=marks.model_dash(view, line.model)))
            for line in drawn.lines
            if line.look is look
        ]
        if 1 < count <= MOST_BEHIND and view.asked and drawn.observable == view.observables[0]:
            traces.append(_behind([line for line in drawn.lines if line.look is not look], place))
        traces += _curves(drawn, mine, place, False, by="model")
        traces += [marks.subjects(values, place, view.time) for values in drawn.own if values[0] is look]
        traces += [marks.point(point, place, view.time) for point in drawn.points if point.look is look]
        traces += marks.doses(view, look, panels, place)
    return _figure(drawn, panels, traces)


def _columns(shown: Sequence[Look]) -> int:
    """Return the columns of the panels of arms: the levels of one schedule in a row, where all schedules have as many."""
    sizes = {sum(look.family == family for look in shown) for family in {look.family for look in shown if look.dosed}}
    if len(sizes) == 1 and 2 <= (levels := sizes.pop()) <= _MOST_COLUMNS:
        return levels
    return len(shown) if len(shown) < 4 else 3 if len(shown) in (5, 6, 9) else 4


def _curves(drawn: Drawn, lines: Sequence[Line], place: int, narrow: bool, by: str = "arm") -> list[dict[str, Any]]:
    """Return the bands, then the lines, of one panel."""
    crowded = len(lines) > (MOST_BANDED if by == "arm" else 1)
    traces = []
    for line in lines if not narrow else [line for line in lines if line.sure is None]:
        if line.spread is not None:
            traces.append(_band(line, line.spread, place, 0.08 if crowded or line.sure else 0.18, "spread", by))
    traces += [_band(line, line.sure, place, 0.14 if narrow or crowded else 0.3, "sure", by) for line in lines if line.sure]
    for line in lines:
        traces += [_thread(line, path, place) for path in line.single[: max(1, MOST_THREADS // len(lines))]]
    return [*traces, *(_line(drawn, line, place, by) for line in lines)]


def _key(line: Line, by: str) -> int | str:
    """Return what tells a line apart in its panel."""
    return line.look.index if by == "arm" else line.model


def _line(drawn: Drawn, line: Line, place: int, by: str) -> dict[str, Any]:
    x, y = line.median
    name = line.look.name if by == "arm" else drawn.view.called(line.model)
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "name": wording.plotly_text(wording.shorten(name, 40)),
        "line": {"color": line.look.colour, "width": 1 if line.busy else 2, "dash": line.look.dash},
        "hovertemplate": f"%{{fullData.name}}, {line.model}: %{{y:.3~g}}<extra></extra>",
        "legendgroup": name, "showlegend": place == 0,
        **marks.at(place, line.look.index, role="line", key=_key(line, by)),
    }  # fmt: skip


def _band(line: Line, ends: tuple[Path, Path], place: int, opacity: float, role: str, by: str) -> dict[str, Any]:
    low, high = ends
    return {
        "type": "scatter", "mode": "lines", "x": [*high[0], *reversed(low[0])], "y": [*high[1], *reversed(low[1])],
        "fill": "toself", "fillcolor": theme.clear(line.look.colour, opacity), "line": {"width": 0},
        "hoverinfo": "skip", "showlegend": False,
        **marks.at(place, line.look.index, role=role, key=_key(line, by), upper=len(high[0])),
    }  # fmt: skip


def _thread(line: Line, path: Path, place: int) -> dict[str, Any]:
    x, y = path
    stroke = {"color": line.look.colour, "width": 0.8, "dash": line.look.dash}
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "line": stroke, "opacity": 0.4, "hoverinfo": "skip",
        "showlegend": False, **marks.at(place, line.look.index, role="thread"),
    }  # fmt: skip


def _behind(lines: Sequence[Line], place: int) -> dict[str, Any]:
    """Return the medians of the other arms as one grey trace."""
    x: list[float | None] = []
    y: list[float | None] = []
    for line in lines:
        x, y = [*x, *line.median[0], None], [*y, *line.median[1], None]
    return {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "line": {"color": marks.BEHIND, "width": 1}, "hoverinfo": "skip",
        "showlegend": False, **marks.at(place, -1, role=BEHIND),
    }  # fmt: skip


def _figure(drawn: Drawn, panels: Panels, traces: list[dict[str, Any]]) -> go.Figure:
    axis, time = drawn.axis, drawn.view.time
    rules = [marks.rule(value, place) for place in range(len(panels)) for value, _ in drawn.rules]
    across = marks.time_ticks(time, panels.columns)
    return figure(traces, panels, across, axis.as_axis(), axis.title, shapes=rules, hovermode="x unified")

"""Figures of trials: how often each design settles a pair, what each sampling day says, and the power of tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import marks, rows, theme, titles
from regimens.figures.axes import linear
from regimens.figures.over_time import columns_of
from regimens.figures.panels import KEYED_PX, Panels, axis, figure
from regimens.settle.rows import ALL_MODELS, standard_error
from regimens.settle.significance import LEVEL

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.settle import Settled
    from regimens.settle.rows import DesignResult, PowerResult

_INSIDE, _OUTSIDE, _WRONG = theme.ACCENT.light, theme.CONTEXT.light, theme.AGAINST_MOST.light
_SHARES = {"tickvals": [0, 0.25, 0.5, 0.75, 1], "tickformat": ".0%", "fixedrange": True, "zeroline": False}
_NORMAL_95 = 1.96
_MOST_PANELS = 6


def settling(found: Settled) -> go.Figure:
    """Return the share of trials that settle a pair: a panel a pair, a row a design, those with the fewest samples first.

    Filled marks have the 95 % interval of the simulation; crosses are settled wrongly, open marks are trials of a truth that is
    none of the models; the dashed line is the share that is wanted.
    """
    pairs = list(dict.fromkeys((row.arm, row.against) for row in found.designs))
    designs = sorted(found.settle.designs, key=lambda design: (design.samples, design.subjects))
    names = tuple(f"{design.name}: {design.subjects} an arm, {design.samples} samples" for design in designs)
    headings = tuple(wording.shorten(" or ".join(pair), 60) for pair in pairs)
    panels = Panels(headings, min(2, len(pairs)), 46 * len(designs) + 10, names=names, gap=0.05, bottom=KEYED_PX + 48, under=54)
    traces: list[dict[str, Any]] = []
    for place, pair in enumerate(pairs):
        own = [row for row in found.designs if (row.arm, row.against) == pair]
        own.sort(key=lambda row: (row.samples, row.subjects))
        traces += _settled(own, place)
    across = {"range": [-0.03, 1.03], "title": {"text": titles.SHARE_OF_TRIALS}, "showgrid": True, **_SHARES}
    lines = [_upright(found.settle.wanted, place) for place in range(len(pairs))]
    return figure(traces, panels, across, _rows(len(designs)), titles.SETTLED, shapes=lines, hovermode="closest")


def _settled(own: Sequence[DesignResult], place: int) -> Iterator[dict[str, Any]]:
    up = [float(len(own) - 1 - row) for row in range(len(own))]
    errors = [_NORMAL_95 * row.settled_error for row in own]
    yield _marks(titles.OUTSIDE, [row.outside_settled for row in own], up, place, "circle-open", _OUTSIDE)
    yield _marks(titles.WRONGLY, [row.wrong for row in own], up, place, "x-thin", _WRONG)
    yield _marks(titles.INSIDE, [row.settled for row in own], up, place, "circle", _INSIDE, errors)


def settling_days(found: Settled) -> go.Figure:
    """Return what each sampling day settles alone, and what the other days settle: a panel a design of several days.

    The dashed line is the share that the whole design settles.
    """
    shown = designs_of_days(found)[:_MOST_PANELS]
    several = len({(row.arm, row.against) for row in shown}) > 1
    headings = tuple(f"{row.design}: {row.arm} or {row.against}" if several else row.design for row in shown)
    panels = Panels(headings, min(2, columns_of(len(shown))), 220, bottom=KEYED_PX + 24, left=50, under=54, apart=True)
    traces: list[dict[str, Any]] = []
    last = max(float(design.days[-1]) for design in found.settle.designs)
    for place, row in enumerate(shown):
        own = [day for day in found.days if (day.arm, day.against, day.design) == (row.arm, row.against, row.design)]
        at = [day.day for day in own]
        traces.append(_marks(titles.WITHOUT_DAY, at, [day.without for day in own], place, "circle-open", _OUTSIDE, share_up=True))
        alone = [day.alone for day in own]
        errors = [_NORMAL_95 * standard_error(day.alone, day.trials) for day in own]
        traces.append(_marks(titles.DAY_ALONE, at, alone, place, "circle", _INSIDE, errors, share_up=True))
    across = rows.values_axis(linear(0.0, last), titles.ELAPSED_DAY) | {"showgrid": False}
    up = _shares_to(max(row.settled for row in shown))
    lines = [marks.rule(row.settled, place) for place, row in enumerate(shown)]
    return figure(traces, panels, across, up, titles.DAYS_SAY, shapes=lines, hovermode="closest")


def designs_of_days(found: Settled) -> list[DesignResult]:
    """Return the designs of several days whose days are known, all of them."""
    days = {design.name: len(design.days) for design in found.settle.designs}
    done = [(day.arm, day.against, day.design) for day in found.days]
    return [row for row in found.designs if 1 < days[row.design] == done.count((row.arm, row.against, row.design))]


def settling_tests(found: Settled) -> go.Figure:
    """Return the power of the tests: a panel a pair and test, a row a design, a mark for all models and for each.

    Crosses are type I errors; the dashed line is the level of the tests.
    """
    keys = list(dict.fromkeys((row.arm, row.against, row.test) for row in found.tests))[:_MOST_PANELS]
    several = len({key[:2] for key in keys}) > 1
    headings = tuple(f"{test}: {arm} or {against}" if several else test for arm, against, test in keys)
    designs = [design.name for design in found.settle.designs]
    panels = Panels(
        headings, min(2, len(keys)), 46 * len(designs) + 10, names=tuple(designs), gap=0.05, bottom=KEYED_PX + 40, under=54
    )
    traces: list[dict[str, Any]] = []
    for place, key in enumerate(keys):
        own = [row for row in found.tests if (row.arm, row.against, row.test) == key]
        for name in (*found.models, ALL_MODELS) if len(found.models) > 1 else (ALL_MODELS,):
            traces.append(_power(found, [row for row in own if row.model == name], name, place, designs))
        everywhere = [row for row in own if row.model == ALL_MODELS]
        up = [float(len(designs) - 1 - designs.index(row.design)) for row in everywhere]
        traces.append(_marks(titles.TYPE_1, [row.type_1 for row in everywhere], up, place, "x-thin", _WRONG))
    across = {"range": [-0.03, 1.03], "title": {"text": titles.SHARE_OF_TRIALS}, "showgrid": True, **_SHARES}
    lines = [_upright(LEVEL, place) for place in range(len(keys))]
    return figure(traces, panels, across, _rows(len(designs)), titles.POWER, shapes=lines, hovermode="closest")


def _power(found: Settled, own: Sequence[PowerResult], name: str, place: int, designs: Sequence[str]) -> dict[str, Any]:
    up = [float(len(designs) - 1 - designs.index(row.design)) for row in own]
    shares = [row.power for row in own]
    if name == ALL_MODELS:
        return _marks(titles.POWER_OVER_ALL, shares, up, place, "circle", _INSIDE, [_NORMAL_95 * row.power_error for row in own])
    symbol = ("diamond-open", "square-open", "triangle-up-open", "triangle-down-open", "pentagon-open", "hexagon-open")
    lifted = [each - 0.18 for each in up]
    return _marks(name, shares, lifted, place, symbol[found.models.index(name) % len(symbol)], _OUTSIDE)


def _marks(
    name: str,
    x: Sequence[float],
    y: Sequence[float],
    place: int,
    symbol: str,
    colour: str,
    errors: Sequence[float] | None = None,
    share_up: bool = False,
) -> dict[str, Any]:
    """Return marks of shares along x, or along y with `share_up`, with an error bar on each if `errors` are given."""
    values = y if share_up else x
    said = [f"{name}: {wording.percent(value)} %" if math.isfinite(value) else "" for value in values]
    bar = {"type": "data", "array": [round(each, 4) for each in errors or ()], "thickness": 1.4, "width": 0, "color": colour}
    return {
        "type": "scatter", "mode": "markers", "x": [_rounded(each) for each in x], "y": [_rounded(each) for each in y],
        "name": wording.plotly_text(name), "legendgroup": name, "showlegend": place == 0, "cliponaxis": False,
        "customdata": [wording.hover_text(each) for each in said], "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"symbol": symbol, "size": 10, "color": colour, "line": {"width": 2, "color": colour}},
        **({"error_y" if share_up else "error_x": bar} if errors else {}), **marks.at(place, -1, role="mark"),
    }  # fmt: skip


def _rounded(value: float) -> float | None:
    return round(value, 4) if math.isfinite(value) else None


def _shares_to(most: float) -> dict[str, Any]:
    """Return an axis of shares that holds `most`: to a quarter, a half or the whole."""
    top = next(each for each in (0.25, 0.5, 1.0) if most <= 0.9 * each or each == 1.0)
    ticks = [top * step / 5 for step in range(6)] if top < 1 else _SHARES["tickvals"]
    return {**_SHARES, "range": [-0.03 * top, 1.06 * top], "tickvals": ticks}


def _rows(count: int) -> dict[str, Any]:
    return {
        "range": [-0.5, count - 0.5], "autorange": False, "tickvals": [float(count - 1 - row) for row in range(count)],
        "tickfont": {"color": theme.TEXT.light}, "showgrid": False, "fixedrange": True, "zeroline": False,
    }  # fmt: skip


def _upright(value: float, place: int) -> dict[str, Any]:
    """Return a grey, dashed line up a panel."""
    return {
        "type": "line", "yref": f"{axis(place, 'y')} domain", "y0": 0, "y1": 1, "xref": axis(place), "x0": value, "x1": value,
        "layer": "below", "line": {"width": 1, "dash": "3px,3px", "color": theme.CONTEXT.light},
    }  # fmt: skip

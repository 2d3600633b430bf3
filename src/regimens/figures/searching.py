"""Figures of a search: the front of aim against total, and a map of the aim over amount and interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regimens import wording
from regimens.figures import marks, rows, theme, titles
from regimens.figures.over_time import columns_of
from regimens.figures.panels import KEYED_PX, Panels, axis, figure
from regimens.regimen.writing import write_frequency
from regimens.scenario.search import Kind
from regimens.search.judging import ranking
from regimens.search.screen import within_limits

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.search.found import Found
    from regimens.statistics import Floats

_OTHER, _FLAT, _BEST, _ARM = theme.BEHIND.light, theme.ACCENT.light, theme.AGAINST_MOST.light, theme.TEXT.light
_CELL_PX = 34


def search_front(found: Found) -> go.Figure:
    """Return the aim of every confirmed schedule against its total: over models as they are judged, and under each model.

    Blue schedules cannot be told from the best of their panel (over models: by a verdict); the dotted line is the front.
    """
    answer, judge = found.answer, found.search.judge
    sign = -1.0 if judge.kind is Kind.REGRET else (1.0 if found.search.highest else -1.0)
    values = [sign * answer.score, *answer.aim]
    flats, fronts = [answer.flat, *answer.flat_under], [answer.front, *answer.front_under]
    bests = [answer.best, *answer.best_of]
    headings = (titles.over_models(judge.words), *(model.name for model in found.models))
    panels = Panels(headings, columns_of(len(headings)), 280, bottom=KEYED_PX + 24, left=50, under=54, apart=True)
    totals = np.array(
        [row.total_miu for row in sorted(found.schedules, key=lambda row: found.confirmed.names.index(row.schedule))]
    )
    across = rows.axis_of((0.0, *totals))
    traces: list[dict[str, Any]] = []
    for place, (value, flat, front, best) in enumerate(zip(values, flats, fronts, bests, strict=True)):
        groups = _groups(found, flat, best)
        traces += [_line(totals, value, front, place)]
        traces += [_points(found, totals, value, chosen, look, place) for look, chosen in groups.items() if len(chosen)]
    up = [rows.values_axis(rows.axis_of(value[np.isfinite(value)]), "") for value in values]
    sideways = rows.values_axis(across, titles.TOTAL_MIU) | {"showgrid": False}
    return figure(
        traces, panels, sideways, up, titles.against(titles.aim(found.search.aim_label), titles.TOTAL_MIU), hovermode="closest"
    )


Look = tuple[str, str, str, int]
"""Name in the legend, symbol, colour and size of some schedules."""


def _groups(found: Found, flat: np.ndarray, best: int) -> dict[Look, np.ndarray]:
    allowed, arms = found.answer.allowed.copy(), found.confirmed.places < 0
    allowed[best] = False
    return {
        (titles.OTHER, "circle", _OTHER, 5): np.flatnonzero(allowed & ~flat),
        (titles.FLAT, "circle", _FLAT, 6): np.flatnonzero(allowed & flat),
        (titles.BEST, "star", _BEST, 13): np.array([best]),
        (titles.ARM_OF_SCENARIO, "diamond-open", _ARM, 9): np.flatnonzero(arms),
    }


def _points(found: Found, totals: Floats, values: Floats, chosen: np.ndarray, look: Look, place: int) -> dict[str, Any]:
    name, symbol, colour, size = look
    said = [
        f"{found.confirmed.names[one]}: {wording.exact(totals[one])} MIU, {wording.number(float(values[one]))}" for one in chosen
    ]
    return {
        "type": "scatter", "mode": "markers", "x": marks.rounded(totals[chosen], 4), "y": marks.rounded(values[chosen], 5),
        "name": name, "marker": {"symbol": symbol, "size": size, "color": colour, "line": {"width": 1.5, "color": colour}},
        "text": [wording.hover_text(each) for each in said], "hovertemplate": "%{text}<extra></extra>", "legendgroup": name,
        "showlegend": place == 0, **marks.at(place, -1, role="mark"),
    }  # fmt: skip


def _line(totals: Floats, values: Floats, front: np.ndarray, place: int) -> dict[str, Any]:
    order = np.flatnonzero(front)[np.argsort(totals[front], kind="stable")]
    return {
        "type": "scatter", "mode": "lines", "x": marks.rounded(totals[order], 4), "y": marks.rounded(values[order], 5),
        "line": {"shape": "hv", "width": 1.5, "dash": "1px,3px", "color": theme.CONTEXT.light}, "hoverinfo": "skip",
        "showlegend": False, **marks.at(place, -1, role="front"),
    }  # fmt: skip


def search_map(found: Found) -> go.Figure:
    """Return, for each model, the best aim of the screen over amount and interval; frames hold schedules that are flat there.

    A cell is the best schedule with its amount and interval within the limits, whatever its doses, cycles and rests. Flat ones
    are those confirmed schedules that cannot be told from the model's best.
    """
    amounts, every = found.search.space.amounts, found.search.space.every
    headings = tuple(model.name for model in found.models)
    names = tuple(write_frequency(each) for each in every)
    panels = Panels(headings, columns_of(len(headings)), _CELL_PX * len(every), names=names, gap=0.04, bottom=KEYED_PX, under=54)
    cells = [_cells(found, row) for row in range(len(found.models))]
    shown = np.concatenate([values[np.isfinite(values)] for values, _ in cells])
    traces = [
        _grid(found, values, said, place, (float(shown.min()), float(shown.max()))) for place, (values, said) in enumerate(cells)
    ]
    frames = [frame for place in range(len(found.models)) for frame in _frames(found, place)]
    size = 1_000_000
    step = max(1, -(-len(amounts) // 12))
    across = {
        "tickvals": list(range(0, len(amounts), step)), "fixedrange": True, "showgrid": False,
        "range": [-0.5, len(amounts) - 0.5],
        "ticktext": [wording.exact(amount.value / size) for amount in amounts[::step]], "title": {"text": titles.AMOUNT_MIU},
    }  # fmt: skip
    up = {"range": [-0.5, len(every) - 0.5], "tickvals": [len(every) - 1 - row for row in range(len(every))], "showgrid": False,
          "fixedrange": True}  # fmt: skip
    return figure(
        traces, panels, across, up, titles.map_of(found.search.aim_label), shapes=frames, hovermode="closest", showlegend=False
    )


def _cells(found: Found, row: int) -> tuple[Floats, list[list[str]]]:
    """Return the best aim of every interval (from the last one up) and amount, and what it says when it is pointed at."""
    space = found.search.space
    values = np.full((len(space.every), len(space.amounts)), np.nan)
    said = [["" for _ in space.amounts] for _ in space.every]
    sign = 1.0 if found.search.highest else -1.0
    columns = {amount: place for place, amount in enumerate(space.amounts)}
    lines = {each: len(space.every) - 1 - place for place, each in enumerate(space.every)}
    aims = found.screened.means[row, 0]
    for place in ranking(sign * aims, within_limits(found.screened.held)):
        one = found.candidates[place]
        line, column = lines[one.timing.every], columns[one.amount]
        if np.isnan(values[line, column]):
            values[line, column] = aims[place]
            said[line][column] = wording.hover_text(f"{one.words}: {wording.number(float(aims[place]))}")
    return values, said


def _grid(found: Found, values: Floats, said: list[list[str]], place: int, ends: tuple[float, float]) -> dict[str, Any]:
    colours = [theme.FAINT.light, theme.FOR.light, theme.FOR_MORE.light, theme.FOR_MOST.light]
    colours = colours if found.search.highest else colours[::-1]
    return {
        "type": "heatmap", "z": [[None if np.isnan(v) else round(float(v), 5) for v in line] for line in values], "text": said,
        "x": list(range(values.shape[1])), "y": list(range(values.shape[0])), "zmin": ends[0], "zmax": ends[1],
        "colorscale": [[share / 3, colour] for share, colour in enumerate(colours)], "showscale": False, "xgap": 1, "ygap": 1,
        "hovertemplate": "%{text}<extra></extra>", "hoverongaps": False, "xaxis": axis(place), "yaxis": axis(place, "y"),
        "meta": {"arm": -1, "role": "grid"},
    }  # fmt: skip


def _frames(found: Found, place: int) -> list[dict[str, Any]]:
    """Return a frame around every cell with a schedule that is flat under a model."""
    space = found.search.space
    flat = [found.candidate(int(one)) for one in np.flatnonzero(found.answer.flat_under[place])]
    cells = sorted({(space.amounts.index(one.amount), space.every.index(one.timing.every)) for one in flat if one is not None})
    return [
        {"type": "rect", "xref": axis(place), "yref": axis(place, "y"), "x0": column - 0.46, "x1": column + 0.46,
         "y0": len(space.every) - 1 - line - 0.44, "y1": len(space.every) - 1 - line + 0.44,
         "line": {"width": 2, "color": theme.TEXT.light}}
        for column, line in cells
    ]  # fmt: skip

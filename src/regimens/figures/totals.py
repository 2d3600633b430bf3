"""Doses added up: the running total of a drug in every arm, and what subjects got of what was planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from regimens import wording
from regimens.drugs import display_unit, unit_of
from regimens.figures import marks, rows, theme, titles
from regimens.figures.axes import scale
from regimens.figures.panels import KEYED_PX, Panels, figure
from regimens.figures.view import View, view_of
from regimens.scenario.values import REAL_LIFE

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.figures.arms import Look
    from regimens.study.comparison import Comparison
    from regimens.study.given import Given


def exposure(comparison: Comparison, drug: str | None = None) -> go.Figure:
    """Return the running total of a drug (by default the leading one) in every arm that gives it, a step a dose.

    Totals are those of the scenario's subject, up to the horizon. KeyError for a drug that no arm gives.
    """
    view = view_of(comparison)
    drug = drug if drug is not None else next(iter(view.drugs), "")
    arms = [look for look in view.arms if look.doses_of(drug) is not None]
    if not arms:
        raise KeyError(f"No arm gives '{drug}'." if drug else "No arm gives a dose.")
    unit, size = display_unit(unit_of(drug))
    steps = [_steps(view, look, drug, size, comparison.scenario.horizon_h) for look in arms]
    axis = scale([totals for _, totals in steps], unit, zero=True)
    traces = [_staircase(look, *found) for look, found in zip(arms, steps, strict=True)]
    panels = Panels(("",), 1, 280, bottom=KEYED_PX + 20 * (len(arms) // 4))
    title, keyed = titles.given_so_far(drug, unit), len(arms) > 1
    return figure(traces, panels, marks.time_ticks(view.time, 1), axis.as_axis(), title, hovermode="closest", showlegend=keyed)


def _steps(view: View, look: Look, drug: str, size: int, horizon_h: float) -> tuple[np.ndarray, np.ndarray]:
    doses = look.doses_of(drug)
    assert doses is not None
    totals = doses.given.cumsum() / size
    times = np.concatenate([[0.0], doses.events.time_h, [horizon_h]])
    return view.time(times), np.concatenate([[0.0], totals, totals[-1:]])


def _staircase(look: Look, times: np.ndarray, totals: np.ndarray) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": marks.rounded(times, 6), "y": marks.rounded(totals, 6),
        "name": wording.plotly_text(wording.shorten(look.name, 40)),
        "hovertemplate": "%{fullData.name}: %{y:.4~g}<extra></extra>",
        "line": {"shape": "hv", "color": look.colour, "width": 2, "dash": look.dash},
        **marks.at(0, look.index, role="line", key=look.index),
    }  # fmt: skip


def given(comparison: Comparison) -> go.Figure:
    """Return the IL-2 planned (outlines) and given (bars, with the middle 90 % of subjects) in every arm as it goes in real life.

    KeyError where all subjects get every dose as planned.
    """
    view = view_of(comparison)
    found = given_rows(comparison, view)
    if not found:
        raise KeyError("All subjects get every dose as planned.")
    arms = [look for look, _ in found]
    panels = Panels(("",), 1, rows.height(len(arms), 2), names=rows.names_of(arms), bottom=50)
    most = max(row.planned_miu for _, row in found)
    traces: list[dict[str, Any]] = []
    for place, (look, row) in enumerate(found):
        traces += _given(look, row, rows.row_of(place, arms))
    across = rows.values_axis(rows.axis_of((0.0, most)), titles.GIVEN) | {"range": [0, 1.04 * most]}
    more = {"barmode": "overlay", "hovermode": "closest", "showlegend": False}
    return figure(traces, panels, across, rows.rows_axis(arms), titles.PLANNED_AND_GIVEN, **more)


def given_rows(comparison: Comparison, view: View) -> list[tuple[Look, Given]]:
    """Return what was planned and given in each arm as it goes in real life."""
    by_name = {variant.name: variant.of for variant in view.varied(REAL_LIFE)}
    return [(by_name[row.arm], row) for row in comparison.given if row.arm in by_name and not row.model]


def _given(look: Look, row: Given, y: float) -> list[dict[str, Any]]:
    bar = {"type": "bar", "orientation": "h", "y": [y], "showlegend": False, **marks.at(0, look.index, role="bar")}
    said = f"{look.name}: {wording.number(row.given_miu)} of {wording.number(row.planned_miu)} MIU"
    return [
        bar | {"x": [row.planned_miu], "width": 0.66, "hoverinfo": "skip",
               "marker": {"color": "rgba(0,0,0,0)", "line": {"color": theme.SOFT.light, "width": 1}}},
        bar | {"x": [row.given_miu], "width": 0.4, "marker": {"color": look.colour},
               "hovertemplate": f"{wording.hover_text(said)}<extra></extra>",
               "error_x": {"type": "data", "symmetric": False, "array": [row.given_high - row.given_miu],
                           "arrayminus": [row.given_miu - row.given_low], "thickness": 2, "width": 0, "color": theme.TEXT.light}},
    ]  # fmt: skip


def drugs_drawn(view: View) -> list[str]:
    """Return the drugs whose running total says something: the leading one, and others that are given more than once."""
    starts = {drug: [d.events.time_h for look in view.arms if (d := look.doses_of(drug)) is not None] for drug in view.drugs}
    return [drug for drug in view.drugs if drug == view.drugs[0] or len(np.unique(np.concatenate(starts[drug]))) > 1]

"""Arms with rules: how many subjects are at which level over time, the decisions on one subject's curve, and totals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens import wording
from regimens.figures import marks, rows, theme, titles
from regimens.figures.axes import scale
from regimens.figures.over_time import columns_of
from regimens.figures.panels import KEYED_PX, Panels, figure
from regimens.figures.view import View, view_of
from regimens.rules.ladder import ACTIONS, MISSED, NOTHING, OVER

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.figures.arms import Look
    from regimens.figures.theme import Ink
    from regimens.statistics import Floats
    from regimens.study.comparison import Comparison
    from regimens.study.ruledrows import LevelShare, RuledTotal

HELD, STOPPED = "held", "stopped"

SYMBOLS = {
    "as before": "circle-open",
    "held": "square",
    "resumed": "square-open",
    "raised": "triangle-up",
    "lowered": "triangle-down",
    "stopped": "x",
    "interval changed": "diamond",
    "dose of another drug": "star",
}
"""Mark of a decision by what came of it."""


def ruled_looks(comparison: Comparison, view: View) -> tuple[Look, ...]:
    """Return the arms as written that have rules and a curve."""
    found = {row.arm for row in comparison.ruled.totals}
    return tuple(look for look in view.arms if look.name in found)


def level_inks(comparison: Comparison) -> tuple[Ink, ...]:
    """Return the colours of the levels of all arms."""
    counts = {len(names_of_levels(comparison, arm)) for arm in dict.fromkeys(row.arm for row in comparison.ruled.levels)}
    return tuple(ink for count in sorted(counts) for ink in _inks(count))


def names_of_levels(comparison: Comparison, arm: str) -> tuple[str, ...]:
    """Return the levels that any subject of an arm was at, from the least to the most, without those of no dose."""
    guide = comparison.study.arm(arm).guide
    assert guide is not None
    seen = {row.level for row in comparison.ruled.levels if row.arm == arm}
    return tuple(name for name in [str(amount) for amount in guide.ladder.amounts] or ["as planned"] if name in seen)


def _inks(count: int) -> tuple[Ink, ...]:
    return theme.steps(theme.ACCENT, max(1, count))


def rule_levels(comparison: Comparison, arm: str) -> go.Figure:
    """Return the share of subjects at each level over time in an arm with rules, a panel a model. KeyError for another arm."""
    view = view_of(comparison)
    models = _models(comparison, view, arm)
    names = names_of_levels(comparison, arm)
    colours = dict(zip(names, (ink.light for ink in _inks(len(names))), strict=True))
    colours |= {HELD: theme.HUES[1].light, STOPPED: theme.BEHIND.light}
    panels = Panels(view.headings(models), columns_of(len(models)), 220, bottom=KEYED_PX + 20 * (len(colours) // 4))
    look = view.look(arm)
    assert look is not None
    traces = []
    for place, model in enumerate(models):
        found = [row for row in comparison.ruled.levels if (row.arm, row.model) == (arm, model)]
        traces += [
            _area(view, look, found, name, colour, place, comparison.scenario.horizon_h) for name, colour in colours.items()
        ]
    up = {"range": [0, 1], "tickvals": [0, 0.25, 0.5, 0.75, 1], "tickformat": ".0%", "fixedrange": True}
    return figure(
        [trace for trace in traces if any(trace["y"])],
        panels,
        marks.time_ticks(view.time, panels.columns),
        up,
        titles.levels_of(arm),
        hovermode="x unified",
        showlegend=True,
    )


def _models(comparison: Comparison, view: View, arm: str) -> list[str]:
    models = [model for model in view.models if any((row.arm, row.model) == (arm, model) for row in comparison.ruled.levels)]
    if not models:
        raise KeyError(f"No arm with rules is called '{arm}'.")
    return models


def _area(
    view: View, look: Look, found: Sequence[LevelShare], name: str, colour: str, place: int, horizon_h: float
) -> dict[str, Any]:
    times = sorted({row.time_h for row in found})
    share = {row.time_h: row.share for row in found if row.level == name}
    values = [share.get(time, 0.0) for time in times]
    return {
        "type": "scatter", "mode": "lines", "x": marks.rounded(view.time(np.array([*times, horizon_h])), 6),
        "y": [*values, values[-1]], "stackgroup": f"{place}", "line": {"shape": "hv", "width": 0.5, "color": colour},
        "fillcolor": colour, "name": wording.plotly_text(name), "legendgroup": name, "showlegend": place == 0,
        "hovertemplate": "%{fullData.name}: %{y:.0%}<extra></extra>", **marks.at(place, look.index, role="area"),
    }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Subject:
    """The decisions on one subject of the first parameter draw under one model.

    `time_h` and `value` are its curve of the observable that is looked at first; `decided_h`, `seen` and `action` (a word of
    ACTIONS) are those of its decisions.
    """

    model: str
    number: int
    observable: str
    time_h: Floats
    value: Floats
    decided_h: Floats
    seen: Floats
    action: tuple[str, ...]


def told(comparison: Comparison, arm: str) -> tuple[Subject, ...]:
    """Return for each model the subject, of those whose ledger was replayed, on whom most was decided."""
    guide = comparison.study.arm(arm).guide
    assert guide is not None
    found = []
    for (model, name), kept in comparison.collected.written.items():
        if name != arm:
            continue
        actions = kept["log action"][: len(kept["curves"])]
        number = int(np.argmax(np.sum(~np.isin(actions, (NOTHING, MISSED, OVER)), axis=1)))
        made = ~np.isin(actions[number], (MISSED, OVER))
        words = tuple(ACTIONS[code] for code in actions[number][made])
        seen = kept["log seen"][number, made, 0]
        curve, observable = kept["curves"][number], guide.rules.observables[0]
        times = kept["log time_h"][number][made]
        found.append(Subject(model, number, observable, comparison.scenario.observe_h, curve, times, seen, words))
    return tuple(found)


def rule_decisions(comparison: Comparison, arm: str) -> go.Figure:
    """Return the curve of one subject under each model with the decisions on it. KeyError for an arm without rules."""
    view = view_of(comparison)
    look, models = view.look(arm), _models(comparison, view, arm)
    assert look is not None
    subjects = [subject for model in models for subject in told(comparison, arm) if subject.model == model]
    observable = next(shown for shown in view.observables if shown.name == subjects[0].observable)
    axis = scale([np.concatenate([s.value, s.seen]) for s in subjects], wording.axis_title(observable.label, observable.unit))
    panels = Panels(view.headings(models), columns_of(len(models)), 240, bottom=KEYED_PX + 20)
    traces: list[dict[str, Any]] = []
    for place, subject in enumerate(subjects):
        line = {
            "type": "scatter", "mode": "lines",
            "x": marks.rounded(view.time(subject.time_h), 6), "y": axis.rounded(subject.value),
            "line": {"color": look.colour, "width": 1.5}, "showlegend": False, "hoverinfo": "skip",
            **marks.at(place, look.index, role="curve"),
        }  # fmt: skip
        traces += [line, *_decided(view, look, subject, place)]
    used = [action for action in SYMBOLS if any(action in subject.action for subject in subjects)]
    traces += rows.key((action, SYMBOLS[action]) for action in used)
    return figure(
        traces,
        panels,
        marks.time_ticks(view.time, panels.columns),
        axis.as_axis(),
        titles.decisions_of(arm, observable.label),
        hovermode="closest",
        showlegend=True,
    )


def _decided(view: View, look: Look, subject: Subject, place: int) -> list[dict[str, Any]]:
    found = []
    for action in dict.fromkeys(subject.action):
        mine = np.array([each == action for each in subject.action]) & np.isfinite(subject.seen)
        if not np.any(mine):
            continue
        found.append({
            "type": "scatter", "mode": "markers", "x": marks.rounded(view.time(subject.decided_h[mine]), 6),
            "y": marks.rounded(subject.seen[mine], 5), "showlegend": False, "cliponaxis": False,
            "marker": {"symbol": SYMBOLS[action], "size": 9, "color": look.colour, "line": {"width": 1.4, "color": look.colour}},
            "hovertemplate": f"{action}, seen: %{{y:.3~g}}<extra></extra>", **marks.at(place, look.index, role="decision"),
        })  # fmt: skip
    return found


def rule_totals(comparison: Comparison) -> go.Figure:
    """Return the totals of every arm with rules, of the drug of its plan: what rules can lead to, the middle 90 % of subjects and
    their median under each model, and the plan. KeyError where no arm has rules.
    """
    view = view_of(comparison)
    arms = ruled_looks(comparison, view)
    if not arms:
        raise KeyError("No arm has rules.")
    possible = {row.arm: row for row in comparison.ruled.possible if row.leading}
    unit = possible[arms[0].name].unit
    axis = scale([np.array([row.largest for row in possible.values()])], "", zero=True)
    # On a narrow ground the key has a line a mark, below the title of the axis.
    models = [model for model in view.models if any(row.model == model for row in comparison.ruled.totals)]
    room = 50 + KEYED_PX + 20 * max(0, len(models) - 2)
    panels = Panels(("",), 1, rows.height(len(arms), len(view.models)), names=rows.names_of(arms), bottom=room)
    traces: list[dict[str, Any]] = []
    for place, look in enumerate(arms):
        y, row = rows.row_of(place, arms), possible[look.name]
        traces.append(rows.bar(row.least, row.largest, y, look, 0, 18, 0.12))
        said = f"{look.name}: {wording.number(row.planned)} {unit} planned"
        traces.append(rows.mark(row.planned, y, look, 0, "line-ns-open", said, 18))
        found = [total for total in comparison.ruled.totals if (total.arm, total.drug) == (look.name, row.drug)]
        traces += [trace for offset, total in enumerate(found) for trace in _total(view, look, total, y, offset, len(found))]
    traces += rows.key([("planned", "line-ns-open"), *((view.called(m), rows.model_mark(view, m)) for m in models)])
    across = rows.values_axis(axis, titles.total_of(unit))
    return figure(traces, panels, across, rows.rows_axis(arms), titles.RULED_TOTALS, hovermode="closest", showlegend=True)


def _total(view: View, look: Look, total: RuledTotal, y: float, offset: int, of: int) -> list[dict[str, Any]]:
    at = y + 0.22 * (offset - (of - 1) / 2)
    said = f"{look.name}, {total.model}: {wording.number(total.median)} {total.unit} in the median subject"
    bar = rows.bar(total.low, total.high, at, look, 0, 3, 1.0)
    return [bar, rows.mark(total.median, at, look, 0, rows.model_mark(view, total.model), said)]

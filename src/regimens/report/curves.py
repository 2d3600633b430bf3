"""Panels of the curves: every observable under every model, with the doses of each arm on the same time axis."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from regimens.report import words
from regimens.report.cast import Cast, Look
from regimens.report.panel import Lane, Line, Panel, Point, Scale, apart, scale
from regimens.report.singles import threads
from regimens.report.thinning import kept

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

MOST_BANDS = 3
"""Arms with bands that can share a panel, save in the first figure, where to compare the arms is the point."""

POINTS = ((24, 200, 200), (60, 200, 100), (100, 200, 60), (10**9, 120, 40))
"""By the curves on a page: up to so many, a line may have so many points, and a band so many."""

MODEL_DASHES = ("", "6,3", "2,2.5", "9,3,2,3")
_BASELINE = "baseline"


def lines(comparison: Comparison, cast: Cast, observable: str) -> dict[tuple[int, str], Line]:
    """Return the thinned curves of an observable by arm index and model."""
    frame = comparison.trajectories
    frame = frame[frame["observable"] == observable]
    by_name = {look.name: look for look in cast.arms}
    found = {}
    curves = len(cast.arms) * len(cast.models) * len(cast.observables)
    points, bands = next((points, bands) for most, points, bands in POINTS if curves <= most)
    for (name, model), group in frame.groupby(["arm", "model"], sort=False):
        if name in by_name:
            found[by_name[name].index, model] = replace(_line(group, by_name[name], points, bands), model=model)
    return found


def panels(comparison: Comparison, cast: Cast, observable: tuple[str, str, str]) -> tuple[Panel, ...]:
    """Return the panels of an observable: one a model, or one an arm where arms are kept apart."""
    name, _, unit = observable
    drawn, single = lines(comparison, cast, name), threads(comparison, cast, name)
    rules = _rules(comparison, name)
    seen = points(comparison, cast, name)
    axis = _axis(drawn, single, seen, rules, unit)
    if cast.apart or seen or _crowded(cast, name, drawn):
        made = _by_arm(cast, observable, axis, drawn, rules, lanes(comparison, cast))
    else:
        made = _by_model(cast, observable, axis, drawn, rules, lanes(comparison, cast))
    return tuple(
        replace(panel, points=tuple(p for p in seen if p.arm in panel.arms), threads=_in_panel(cast, panel, single))
        for panel in made
    )


def arm_by_arm(comparison: Comparison, cast: Cast, observable: tuple[str, str, str]) -> tuple[Panel, ...]:
    """Return panels by arm with all bands and single subjects, for an observable whose own figure has no room for them."""
    name, _, unit = observable
    drawn, single = lines(comparison, cast, name), threads(comparison, cast, name)
    rules = _rules(comparison, name)
    axis = _axis(drawn, single, (), rules, unit)
    made = _by_arm(cast, observable, axis, drawn, rules, lanes(comparison, cast))
    return tuple(replace(panel, key=f"apart-{panel.key}", threads=_in_panel(cast, panel, single)) for panel in made)


def _axis(drawn: dict, single: dict, seen: tuple[Point, ...], rules: tuple, unit: str) -> Scale:
    values = [v for line in drawn.values() for v in (line.median, line.low, line.high, *(line.sure or ())) if v is not None]
    values += [line.median for found in single.values() for line in found]
    values += [np.array([v for v in (p.value, p.low, p.high) if v is not None]) for p in seen]
    return scale([*values, *(np.array([value]) for value, _ in rules)], unit)


def _in_panel(cast: Cast, panel: Panel, single: dict[tuple[int, str], list[Line]]) -> tuple[Line, ...]:
    """Return the single subjects of a panel, dashed as its models are; none where many arms share it."""
    if not panel.small:
        alone = len({line.arm.index for line in panel.lines}) <= MOST_BANDS
        model = cast.models[int(panel.key.rsplit("-", 1)[1])]
        return tuple(line for (_, of), found in single.items() if of == model for line in found) if alone else ()
    arms = {look.index for look in panel.arms}
    return tuple(
        replace(line, dash=MODEL_DASHES[cast.models.index(model) % len(MODEL_DASHES)])
        for (index, model), found in single.items()
        if index in arms
        for line in found
    )


def points(comparison: Comparison, cast: Cast, observable: str) -> tuple[Point, ...]:
    """Return the published values of an observable, in the order of the arms."""
    frame = comparison.observed
    by_name = {look.name: look for look in cast.arms}
    return tuple(
        Point(
            by_name[row.arm],
            float(row.time_h),
            float(row.value),
            None if pd.isna(row.low) else float(row.low),
            None if pd.isna(row.high) else float(row.high),
            row.bound,
            row.study,
        )
        for row in frame[frame["observable"] == observable].itertuples()
    )


def _crowded(cast: Cast, name: str, drawn: dict[tuple[int, str], Line]) -> bool:
    banded = {arm for (arm, _), line in drawn.items() if line.low is not None}
    later = name != cast.observables[0][0]
    return (later and len(banded) > MOST_BANDS) or any(line.busy for line in drawn.values())


def lanes(comparison: Comparison, cast: Cast) -> dict[int, tuple[Lane, ...]]:
    """Return the dose lanes of each arm by index, IL-2 first; heights relative to the largest dose of that drug."""
    by_arm: dict[int, tuple[Lane, ...]] = {}
    if not len(comparison.events):
        return by_arm
    frame = comparison.events
    largest = frame.groupby("drug")["given"].max()
    names = sorted(largest.index, key=lambda drug: (drug != "il2", drug))
    for look in cast.arms:
        mine = frame[frame["arm"] == look.name]
        parts = [(drug, mine[mine["drug"] == drug]) for drug in names]
        by_arm[look.index] = tuple(
            Lane(
                look,
                drug,
                part["time_h"].to_numpy(float),
                part["given"].to_numpy(float) / largest[drug],
                drug == names[0],
            )
            for drug, part in parts
            if len(part)
        )
    return by_arm


def cumulative(comparison: Comparison, cast: Cast, drug: str) -> tuple[Panel, ...]:
    """Return the panels of the running total of a drug: all arms in one, or one an arm where arms are kept apart."""
    frame = comparison.events[comparison.events["drug"] == drug]
    unit = "MIU" if drug == "il2" else "mg"
    drawn = []
    for look in cast.arms:
        mine = frame[frame["arm"] == look.name]
        if len(mine):
            drawn.append(_staircase(look, mine, 1e-6 if drug == "il2" else 1.0, comparison.scenario.horizon_h))
    axis = scale([line.median for line in drawn], unit, zero=True)
    key = f"given-{drug}"
    if not cast.apart:
        alt = f"Running total of {words.drug(drug)} over time, one step line an arm."
        return (Panel(key, "", alt, cast.time, axis, tuple(drawn), labelled=apart(drawn, axis)),)
    return tuple(
        Panel(f"{key}-{line.arm.index}", line.arm.name, f"Running total of {words.drug(drug)}, {line.arm.name}.",
              cast.time, axis, (line,), small=True, arms=(line.arm,))
        for line in drawn
    )  # fmt: skip


def threshold(comparison: Comparison, observable: str) -> float | None:
    """Return the threshold of the scenario's first "above" endpoint of an observable."""
    for endpoint in comparison.scenario.endpoints:
        found = re.search(r"\babove\s+([0-9]+(?:\.[0-9]+)?)", endpoint.words)
        if endpoint.observable == observable and found:
            return float(found[1])
    return None


def _line(group: pd.DataFrame, look: Look, most: int, most_of_band: int) -> Line:
    median = group["median"].to_numpy(float)
    rows = kept(median, most)
    names = ("time_h", "median", "low", "high", "confidence_low", "confidence_high")
    times, median, low, high, *sure = (group[name].to_numpy(float)[rows] for name in names)
    largest = np.nanmax(np.abs(median), initial=1e-300)
    spread, known = (bool(np.nanmax(b - a, initial=0.0) > 1e-9 * largest) for a, b in ((low, high), sure))
    line = Line(look, look.name, look.dash, times, median, low if spread else None, high if spread else None)
    bands = kept(high if spread else median, 2 * most_of_band if line.busy else most_of_band)
    return replace(line, sure=(sure[0], sure[1]) if known else None, bands=bands)


def _rules(comparison: Comparison, observable: str) -> tuple[tuple[float, str], ...]:
    rules = [(1.0, _BASELINE)] if observable.endswith("_fold") else []
    above = threshold(comparison, observable)
    return tuple(rules if above is None else [*rules, (above, f"{words.exact(above)}-fold" if rules else words.exact(above))])


def _by_model(
    cast: Cast, observable: tuple[str, str, str], axis: Scale, drawn: dict, rules: tuple, doses: dict
) -> tuple[Panel, ...]:
    name, label, _ = observable
    rows = {model: tuple(drawn[a.index, model] for a in cast.arms if (a.index, model) in drawn) for model in cast.models}
    rows = {model: found for model, found in rows.items() if found}
    labelled = all(apart(found, axis) for found in rows.values())
    first = name == cast.observables[0][0]
    strip = tuple(lane for look in cast.arms for lane in doses.get(look.index, ()) if first)
    made = []
    for model, found in rows.items():
        alt = f"{label} over time under {model}, one line an arm."
        key, heading = f"{name}-{cast.models.index(model)}", cast.called(model)
        made.append(Panel(key, heading, alt, cast.time, axis, found, strip, rules, labelled=labelled))
    return tuple(made)


def _by_arm(
    cast: Cast, observable: tuple[str, str, str], axis: Scale, drawn: dict, rules: tuple, doses: dict
) -> tuple[Panel, ...]:
    name, label, _ = observable
    made = []
    for group in _groups(cast):
        mine = [line for look in group for line in _under_each_model(cast, look, drawn, len(group) > 1)]
        if mine:
            heading = group[0].name if len(group) == 1 else f"Without doses ({len(group)} arms)"
            alt = f"{label} over time, {words.listing([look.name for look in group])}, one line a model."
            doses_of = doses.get(group[0].index, ())
            key = f"{name}-{group[0].index}"
            made.append(
                Panel(key, heading, alt, cast.time, axis, tuple(mine), doses_of, rules, True, arms=group, rug=bool(doses))
            )
    return tuple(made)


def _groups(cast: Cast) -> list[tuple[Look, ...]]:
    """Return each arm with doses by itself, then all without, which differ in nothing that a model knows."""
    still = tuple(look for look in cast.arms if not look.dosed)
    return [*((look,) for look in cast.arms if look.dosed), *([still] if still else [])]


def _under_each_model(cast: Cast, look: Look, drawn: dict, named: bool) -> list[Line]:
    found = []
    for position, model in enumerate(cast.models):
        if (look.index, model) in drawn:
            line = drawn[look.index, model]
            label = f"{look.name}, {model}" if named else cast.called(model)
            dash = MODEL_DASHES[position % len(MODEL_DASHES)]
            found.append(replace(line, label=label, dash=dash))
    return found


def _staircase(look: Look, doses: pd.DataFrame, factor: float, horizon_h: float) -> Line:
    times, totals = doses["time_h"].to_numpy(float), doses["given"].to_numpy(float).cumsum() * factor
    rows = kept(totals)
    times = np.concatenate([[0.0], times[rows], [horizon_h]])
    totals = np.concatenate([[0.0], totals[rows], totals[-1:]])
    return Line(look, look.name, look.dash, times, totals, step=True)

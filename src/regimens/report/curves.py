"""Panels of the curves: every observable under every model, with the doses of each arm on the same time axis."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from regimens.report import words
from regimens.report.cast import Cast, Look
from regimens.report.panel import Lane, Line, Panel, Scale, apart, scale
from regimens.report.thinning import kept

if TYPE_CHECKING:
    import pandas as pd

    from regimens.compare import Comparison

MODEL_DASHES = ("", "6,3", "2,2.5", "9,3,2,3")
_BASELINE = "baseline"


def lines(comparison: Comparison, cast: Cast, observable: str) -> dict[tuple[int, str], Line]:
    """Return the thinned curves of an observable by arm index and model."""
    frame = comparison.trajectories
    frame = frame[frame["observable"] == observable]
    by_name = {look.name: look for look in cast.arms}
    found = {}
    for (name, model), group in frame.groupby(["arm", "model"], sort=False):
        if name in by_name:
            found[by_name[name].index, model] = _line(group, by_name[name])
    return found


def panels(comparison: Comparison, cast: Cast, observable: tuple[str, str, str]) -> tuple[Panel, ...]:
    """Return the panels of an observable: one a model, or one an arm where arms are kept apart."""
    name, label, unit = observable
    drawn = lines(comparison, cast, name)
    rules = _rules(comparison, name)
    values = [v for line in drawn.values() for v in (line.median, line.low, line.high) if v is not None]
    axis = scale([*values, *(np.array([value]) for value, _ in rules)], words.axis_title(label, unit))
    if cast.apart:
        return _by_arm(cast, name, axis, drawn, rules, lanes(comparison, cast))
    return _by_model(cast, name, axis, drawn, rules, lanes(comparison, cast))


def lanes(comparison: Comparison, cast: Cast) -> dict[int, tuple[Lane, ...]]:
    """Return the dose lanes of each arm by index, IL-2 first; heights relative to the largest dose of that drug."""
    by_arm: dict[int, tuple[Lane, ...]] = {}
    if not len(comparison.events):
        return by_arm
    frame = comparison.events.assign(given=given(comparison))
    largest = frame.groupby("drug")["given"].max()
    names = sorted(largest.index, key=lambda drug: (drug != "il2", drug))
    for look in cast.arms:
        mine = frame[frame["arm"] == look.name]
        parts = [(drug, mine[mine["drug"] == drug]) for drug in names]
        by_arm[look.index] = tuple(
            Lane(look, drug, part["time_h"].to_numpy(float), part["given"].to_numpy(float) / largest[drug], drug == names[0])
            for drug, part in parts
            if len(part)
        )
    return by_arm


def given(comparison: Comparison) -> pd.Series:
    """Return the amount of each dose at the scenario's subject (IU or mg)."""
    subject = comparison.scenario.subject
    size = {"per kg": float(subject.weight_kg), "per m2": float(subject.bsa_m2)}
    return comparison.events["amount"] * comparison.events["basis"].map(lambda basis: size.get(basis, 1.0))


def cumulative(comparison: Comparison, cast: Cast, drug: str) -> tuple[Panel, ...]:
    """Return the panels of the running total of a drug: all arms in one, or one an arm where arms are kept apart."""
    frame = comparison.events.assign(given=given(comparison))
    frame = frame[frame["drug"] == drug]
    unit = "MIU" if drug == "il2" else "mg"
    drawn = []
    for look in cast.arms:
        mine = frame[frame["arm"] == look.name]
        if len(mine):
            drawn.append(_staircase(look, mine, 1e-6 if drug == "il2" else 1.0, comparison.scenario.horizon_h))
    axis = scale([line.median for line in drawn], f"{words.drug(drug)} given ({unit})", zero=True)
    key = f"given-{drug}"
    if not cast.apart:
        alt = f"Running total of {words.drug(drug)} over time, one step line an arm."
        return (Panel(key, "", alt, cast.time, axis, tuple(drawn), labelled=apart(drawn, axis)),)
    return tuple(
        Panel(f"{key}-{line.arm.index}", line.arm.name, f"Running total of {words.drug(drug)}, {line.arm.name}.",
              cast.time, axis, (line,), small=True, arm=line.arm)
        for line in drawn
    )  # fmt: skip


def threshold(comparison: Comparison, observable: str) -> float | None:
    """Return the threshold of the scenario's first "above" endpoint of an observable."""
    for endpoint in comparison.scenario.endpoints:
        found = re.search(r"\babove\s+([0-9]+(?:\.[0-9]+)?)", endpoint.words)
        if endpoint.observable == observable and found:
            return float(found[1])
    return None


def _line(group: pd.DataFrame, look: Look) -> Line:
    median = group["median"].to_numpy(float)
    rows = kept(median)
    low, high = group["low"].to_numpy(float)[rows], group["high"].to_numpy(float)[rows]
    median = median[rows]
    spread = bool(np.nanmax(np.abs(high - low), initial=0.0) > 1e-9 * np.nanmax(np.abs(median), initial=1e-300))
    times = group["time_h"].to_numpy(float)[rows]
    return Line(look, look.name, look.dash, times, median, low if spread else None, high if spread else None)


def _rules(comparison: Comparison, observable: str) -> tuple[tuple[float, str], ...]:
    rules = [(1.0, _BASELINE)] if observable.endswith("_fold") else []
    above = threshold(comparison, observable)
    return tuple(rules if above is None else [*rules, (above, f"{words.exact(above)}-fold" if rules else words.exact(above))])


def _by_model(cast: Cast, name: str, axis: Scale, drawn: dict, rules: tuple, doses: dict) -> tuple[Panel, ...]:
    rows = {model: tuple(drawn[a.index, model] for a in cast.arms if (a.index, model) in drawn) for model in cast.models}
    rows = {model: found for model, found in rows.items() if found}
    labelled = all(apart(found, axis) for found in rows.values())
    first = name == cast.observables[0][0]
    strip = tuple(lane for look in cast.arms for lane in doses.get(look.index, ()) if first)
    return tuple(
        Panel(f"{name}-{cast.models.index(model)}", model, f"{axis.title} over time under {model}, one line an arm.",
              cast.time, axis, found, strip, rules, labelled=labelled)
        for model, found in rows.items()
    )  # fmt: skip


def _by_arm(cast: Cast, name: str, axis: Scale, drawn: dict, rules: tuple, doses: dict) -> tuple[Panel, ...]:
    made = []
    for look in cast.arms:
        mine = []
        for position, model in enumerate(cast.models):
            if (look.index, model) in drawn:
                line = drawn[look.index, model]
                dash = MODEL_DASHES[position % len(MODEL_DASHES)]
                mine.append(Line(look, model, dash, line.times, line.median, line.low, line.high))
        if mine:
            alt = f"{axis.title} over time, {look.name}, one line a model."
            made.append(Panel(f"{name}-{look.index}", look.name, alt, cast.time, axis, tuple(mine),
                              doses.get(look.index, ()), rules, small=True, arm=look))  # fmt: skip
    return tuple(made)


def _staircase(look: Look, doses: pd.DataFrame, factor: float, horizon_h: float) -> Line:
    times, totals = doses["time_h"].to_numpy(float), doses["given"].to_numpy(float).cumsum() * factor
    rows = kept(totals)
    times = np.concatenate([[0.0], times[rows], [horizon_h]])
    totals = np.concatenate([[0.0], totals[rows], totals[-1:]])
    return Line(look, look.name, look.dash, times, totals, step=True)

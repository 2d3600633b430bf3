"""Curves: every observable of every arm under every model, thinned, in panels by model or by arm."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.report.doses import lanes
from regimens.report.panel import Lane, Line, Panel, Point, apart, kept
from regimens.report.scale import Scale, scale
from regimens.report.text import captions, words
from regimens.report.text.captions import BASELINE

if TYPE_CHECKING:
    from regimens.report.layout import Layout, Look, Shown
    from regimens.statistics import Floats
    from regimens.study.collect import Bands
    from regimens.study.comparison import Comparison

MOST_BANDS = 3
"""Arms with bands that can share a panel, except in the first figure, which compares the arms."""

POINTS = ((24, 200, 200), (60, 200, 100), (100, 200, 60), (10**9, 120, 40))
"""(curves on the page, points of a line, points of a band): the first row whose number of curves is not exceeded applies."""

THREADS, THREAD_POINTS = 500, 20_000
"""Curves of single subjects on a page, and the points of all of them together."""

MODEL_DASHES = ("", "6,3", "2,2.5", "9,3,2,3")

Key = tuple[int, str]
"""Place of an arm in the scenario, and a model."""

Rules = tuple[tuple[float, str], ...]
"""Grey lines: their values and what they are."""


@dataclass(frozen=True)
class _Drawn:
    """All that is drawn of one observable: the curves and those of single subjects by arm and model, rules, dose lanes."""

    observable: Shown
    lines: Mapping[Key, Line]
    single: Mapping[Key, list[Line]]
    rules: Rules
    lanes: Mapping[int, tuple[Lane, ...]]

    def axis(self, seen: Sequence[Point] = ()) -> Scale:
        """Return the value axis that holds everything."""
        values = [
            v for line in self.lines.values() for v in (line.median, line.low, line.high, *(line.sure or ())) if v is not None
        ]
        values += [line.median for found in self.single.values() for line in found]
        values += [np.array([v for v in (p.value, p.low, p.high) if v is not None]) for p in seen]
        return scale([*values, *(np.array([value]) for value, _ in self.rules)], self.observable.unit)


def panels(comparison: Comparison, layout: Layout, observable: Shown) -> tuple[Panel, ...]:
    """Return the panels of an observable: one a model, or one an arm where arms are kept apart."""
    drawn = _drawn(comparison, layout, observable)
    seen = points(comparison, layout, observable.name)
    axis = drawn.axis(seen)
    made = (_by_arm if layout.apart or seen or _crowded(layout, drawn) else _by_model)(layout, drawn, axis)
    return tuple(
        replace(panel, points=tuple(p for p in seen if p.arm in panel.arms), threads=_in_panel(layout, panel, drawn.single))
        for panel in made
    )


def arm_by_arm(comparison: Comparison, layout: Layout, observable: Shown) -> tuple[Panel, ...]:
    """Return panels by arm with all bands and single subjects, for an observable whose own figure has no room for them."""
    drawn = _drawn(comparison, layout, observable)
    made = _by_arm(layout, drawn, drawn.axis())
    return tuple(replace(panel, key=f"apart-{panel.key}", threads=_in_panel(layout, panel, drawn.single)) for panel in made)


def _drawn(comparison: Comparison, layout: Layout, observable: Shown) -> _Drawn:
    name = observable.name
    found = lines(comparison, layout, name)
    return _Drawn(observable, found, threads(comparison, layout, name), _rules(comparison, name), lanes(layout))


def _bands_of(comparison: Comparison, layout: Layout, observable: str) -> list[tuple[Look, str, Bands]]:
    """Return (arm, model, bands) of every curve of an observable, model after model."""
    return [
        (look, model, bands)
        for model in layout.models
        for look in layout.arms
        if (bands := comparison.bands.get((model, look.name))) is not None and observable in bands.observables
    ]


def lines(comparison: Comparison, layout: Layout, observable: str) -> dict[Key, Line]:
    """Return the thinned curves of an observable by arm and model."""
    curves = len(layout.arms) * len(layout.models) * len(layout.observables)
    points, bands = next((points, bands) for most, points, bands in POINTS if curves <= most)
    return {
        (look.index, model): replace(_line(found, found.row(observable), look, points, bands), model=model)
        for look, model, found in _bands_of(comparison, layout, observable)
    }


def _line(found: Bands, row: int, look: Look, most: int, most_of_band: int) -> Line:
    whole = found.median[row]
    rows = kept(whole, most)
    largest = float(np.nanmax(np.abs(whole), initial=1e-300))
    curves = (found.median, found.low, found.high, found.confidence_low, found.confidence_high)
    raw = [curve[row][rows] for curve in curves]
    spread, known = (bool(np.nanmax(b - a, initial=0.0) > 1e-9 * largest) for a, b in (raw[1:3], raw[3:]))
    median, low, high, *sure = (_settled(values, largest) for values in raw)
    line = Line(look, look.name, look.dash, found.time_h[rows], median, low if spread else None, high if spread else None)
    bands = kept(raw[2] if spread else raw[0], 2 * most_of_band if line.busy else most_of_band)
    return replace(line, sure=(sure[0], sure[1]) if known else None, bands=bands)


def _settled(values: Floats, largest: float) -> Floats:
    """Return values with 0 in place of what is rounding error beside the largest of the curve."""
    return np.where(np.abs(values) < words.TINY * largest, 0.0, values)


def threads(comparison: Comparison, layout: Layout, observable: str) -> dict[Key, list[Line]]:
    """Return the thinned curves of single subjects of an observable by arm and model: the first ones, as many as fit."""
    each = min(comparison.scenario.individuals, layout.curved)
    if not each:
        return {}
    figures = sum(
        len(bands.observables) for (_, arm), bands in comparison.bands.items() if any(a.name == arm for a in layout.arms)
    )
    shown, points = max(1, THREADS // figures), max(40, min(100, THREAD_POINTS // min(each * figures, THREADS)))
    found: dict[Key, list[Line]] = {}
    for look, model, bands in _bands_of(comparison, layout, observable):
        for values in bands.individuals[bands.row(observable)][: min(each, shown)]:
            rows = kept(values, points)
            found.setdefault((look.index, model), []).append(Line(look, look.name, "", bands.time_h[rows], values[rows]))
    return found


def points(comparison: Comparison, layout: Layout, observable: str) -> tuple[Point, ...]:
    """Return the published values of an observable, in the order of the arms."""
    by_name = {look.name: look for look in layout.arms}
    return tuple(
        Point(by_name[row.arm], row.time_h, row.value, row.low, row.high, row.bound, row.study)
        for row in comparison.observed
        if row.observable == observable and row.arm in by_name
    )


def _rules(comparison: Comparison, observable: str) -> Rules:
    rules = [(1.0, BASELINE)] if observable.endswith("_fold") else []
    above = threshold(comparison, observable)
    return tuple(rules if above is None else [*rules, (above, captions.level(above, bool(rules)))])


def threshold(comparison: Comparison, observable: str) -> float | None:
    """Return the number in the scenario's first endpoint of an observable that is about values above or below one."""
    for endpoint in comparison.scenario.endpoints:
        found = re.search(r"\b(?:above|below)\s+([0-9]+(?:\.[0-9]+)?)", endpoint.words)
        if endpoint.observable == observable and found:
            return float(found[1])
    return None


def _crowded(layout: Layout, drawn: _Drawn) -> bool:
    banded = {arm for (arm, _), line in drawn.lines.items() if line.low is not None}
    later = drawn.observable != layout.observables[0]
    return (later and len(banded) > MOST_BANDS) or any(line.busy for line in drawn.lines.values())


def _in_panel(layout: Layout, panel: Panel, single: Mapping[Key, list[Line]]) -> tuple[Line, ...]:
    """Return the single subjects of a panel, dashed as its models are; none where many arms share it."""
    if not panel.small:
        alone = len({line.arm.index for line in panel.lines}) <= MOST_BANDS
        model = layout.models[int(panel.key.rsplit("-", 1)[1])]
        return tuple(line for (_, of), found in single.items() if of == model for line in found) if alone else ()
    arms = {look.index for look in panel.arms}
    return tuple(
        replace(line, dash=MODEL_DASHES[layout.models.index(model) % len(MODEL_DASHES)])
        for (index, model), found in single.items()
        if index in arms
        for line in found
    )


def _by_model(layout: Layout, drawn: _Drawn, axis: Scale) -> tuple[Panel, ...]:
    name = drawn.observable.name
    rows = {
        model: tuple(drawn.lines[a.index, model] for a in layout.arms if (a.index, model) in drawn.lines)
        for model in layout.models
    }
    rows = {model: found for model, found in rows.items() if found}
    labelled = all(apart(found, axis) for found in rows.values())
    first = drawn.observable == layout.observables[0]
    strip = tuple(lane for look in layout.arms for lane in drawn.lanes.get(look.index, ()) if first)
    made = []
    for model, found in rows.items():
        alt = captions.under(drawn.observable, model)
        key, heading = f"{name}-{layout.models.index(model)}", layout.called(model)
        made.append(Panel(key, heading, alt, layout.time, axis, found, strip, drawn.rules, labelled=labelled))
    return tuple(made)


def _by_arm(layout: Layout, drawn: _Drawn, axis: Scale) -> tuple[Panel, ...]:
    made = []
    for group in _groups(layout):
        mine = [line for look in group for line in _under_each_model(layout, look, drawn.lines, len(group) > 1)]
        if mine:
            first = group[0].index
            heading = group[0].name if len(group) == 1 else captions.without_doses(len(group))
            alt = captions.of_arms(drawn.observable, [look.name for look in group])
            key, marks = f"{drawn.observable.name}-{first}", drawn.lanes.get(first, ())
            panel = Panel(key, heading, alt, layout.time, axis, tuple(mine), marks, drawn.rules, True, arms=group)
            made.append(replace(panel, rug=bool(drawn.lanes)))
    return tuple(made)


def _groups(layout: Layout) -> list[tuple[Look, ...]]:
    """Return each arm with doses by itself, then all without, whose curves are the same."""
    still = tuple(look for look in layout.arms if not look.dosed)
    return [*((look,) for look in layout.arms if look.dosed), *([still] if still else [])]


def _under_each_model(layout: Layout, look: Look, lines: Mapping[Key, Line], named: bool) -> list[Line]:
    found = []
    for position, model in enumerate(layout.models):
        if (look.index, model) in lines:
            label = f"{look.name}, {model}" if named else layout.called(model)
            dash = MODEL_DASHES[position % len(MODEL_DASHES)]
            found.append(replace(lines[look.index, model], label=label, dash=dash))
    return found

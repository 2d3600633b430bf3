"""Tables of the numbers of a figure, and the times at which curves are read out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import unit_of
from regimens.report.text import captions, words

if TYPE_CHECKING:
    from regimens.report.layout import Layout, Shown
    from regimens.statistics import Floats
    from regimens.study.collect import Bands
    from regimens.study.comparison import Comparison

_MOST_TIMES = 9


@dataclass(frozen=True)
class Numbers:
    """A table: caption, the heading of the row names, column headings, rows of (name, cells)."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def read_out(comparison: Comparison, layout: Layout, observable: Shown) -> Numbers:
    """Return an observable at a few times and at its highest, a row an arm and model, intervals in brackets."""
    grid = comparison.scenario.observe_h
    places, heads = _times(comparison, layout, grid)
    shown = {key: bands for key, bands in comparison.bands.items() if observable.name in bands.observables}
    largest = largest_of(comparison, observable)
    having = {model.name for model in comparison.models for o in model.observables if o.name == observable.name}
    rows = []
    for look in layout.arms:
        for model in layout.models:
            bands = shown.get((model, look.name))
            if bands is not None:
                cells = _cells(bands, bands.row(observable.name), places, largest)
            elif model in having and not layout.modelled(model, look.name):
                cells = (words.NOT_MODELLED,) * (len(places) + 1)
            else:
                continue
            rows.append((words.under(look.name, model), cells))
    caption = captions.read_out(observable, layout.intervals)
    return Numbers(caption, words.ARM_MODEL, (*heads, captions.HIGHEST_MEDIAN), tuple(rows))


def largest_of(comparison: Comparison, observable: Shown) -> float:
    """Return the largest value of an observable in any band: what is rounding error beside it is shown as 0."""
    rows = [bands.high[bands.row(observable.name)] for bands in comparison.bands.values() if observable.name in bands.observables]
    return float(max((np.nanmax(np.abs(row), initial=0.0) for row in rows), default=0.0))


def totals(layout: Layout, drug: str) -> Numbers:
    """Return the total of every cycle and the running total after it, a row an arm."""
    unit = unit_of(drug)
    rows = []
    for look in layout.arms:
        found = look.exposure_to(drug)
        if found is not None:
            running = words.listing([words.amount(v, unit) for v in accumulate(found.per_cycle)])
            rows.append((look.name, (cycle_totals(found.per_cycle, unit), running)))
    return Numbers(captions.by_cycle(drug), words.ARM, captions.CYCLE_HEADS, tuple(rows))


def cycle_totals(parts: Sequence[Fraction], unit: str) -> str:
    """Write the totals of the cycles of an arm, equal ones together: '3 × 7 MIU'."""
    if len(parts) > 1 and min(parts) == max(parts):
        return f"{len(parts)} × {words.amount(parts[0], unit)}"
    return " + ".join(words.amount(part, unit) for part in parts)


def _cells(bands: Bands, row: int, places: Sequence[int], largest: float) -> tuple[str, ...]:
    median, low, high = bands.median[row], bands.low[row], bands.high[row]
    cells = []
    for place in places:
        middle, *ends = (words.number(words.settled(float(curve[place]), largest)) for curve in (median, low, high))
        cells.append(middle if ends[0] == ends[1] else f"{middle} ({ends[0]}–{ends[1]})")
    if np.isnan(median).all():
        return (*cells, words.MISSING)
    top = int(np.nanargmax(median))
    return (*cells, captions.on_day(words.settled(float(median[top]), largest), float(bands.time_h[top])))


def _times(comparison: Comparison, layout: Layout, known: Floats) -> tuple[list[int], list[str]]:
    """Return places of times on the grid of the curves: visits where the scenario names them, else evenly spaced times."""
    visits = comparison.scenario.visits
    if visits:
        wanted = [(0.0, captions.at_time(layout.time.unit, 0)), *((hours, label) for label, hours in visits)]
    else:
        step = max(1, round(layout.time.end / (_MOST_TIMES - 1)))
        wanted = [
            (t * layout.time.hours, captions.at_time(layout.time.unit, t)) for t in range(0, int(layout.time.end) + 1, step)
        ]
    found = {int(np.abs(known - hours).argmin()): label for hours, label in wanted if len(known)}
    return list(found), list(found.values())

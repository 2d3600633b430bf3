"""Tables of the numbers of a figure, and the times at which curves are read out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from regimens import wording
from regimens.drugs import label, unit_of
from regimens.figures import titles
from regimens.report.text import reading, schedules

if TYPE_CHECKING:
    from regimens.figures.levels import Series
    from regimens.figures.shown import ShownEndpoint
    from regimens.figures.view import Shown, View
    from regimens.report.answer import Answer, Cell
    from regimens.statistics import Floats
    from regimens.study.collect import Bands
    from regimens.study.comparison import Comparison
    from regimens.study.own import PredictiveCheck
    from regimens.study.rows import Summary

_MOST_TIMES = 9


@dataclass(frozen=True)
class Numbers:
    """A table: caption, the heading of the row names, column headings, rows of (name, cells)."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def read_out(comparison: Comparison, view: View, observable: Shown) -> Numbers:
    """Return an observable at a few times and at its highest, a row an arm and model, intervals in brackets."""
    grid = comparison.scenario.observe_h
    places, heads = _times(comparison, view, grid)
    shown = {key: bands for key, bands in comparison.bands.items() if observable.name in bands.observables}
    largest = largest_of(comparison, observable.name)
    having = {model.name for model in comparison.models for o in model.observables if o.name == observable.name}
    rows = []
    for look in view.arms:
        for model in view.models:
            bands = shown.get((model, look.name))
            if bands is not None:
                cells = _cells(bands, bands.row(observable.name), places, largest)
            elif model in having and not view.modelled(model, look.name):
                cells = (wording.NOT_MODELLED,) * (len(places) + 1)
            else:
                continue
            rows.append((wording.under(look.name, model), cells))
    caption = reading.read_out(observable, view.intervals)
    return Numbers(caption, wording.ARM_MODEL, (*heads, reading.HIGHEST_MEDIAN), tuple(rows))


def largest_of(comparison: Comparison, observable: str) -> float:
    """Return the largest value of an observable in any band: what is rounding error beside it is shown as 0."""
    rows = [bands.high[bands.row(observable)] for bands in comparison.bands.values() if observable in bands.observables]
    return float(max((np.nanmax(np.abs(row), initial=0.0) for row in rows), default=0.0))


def totals(view: View, drug: str) -> Numbers:
    """Return the total of every cycle and the running total after it, a row an arm."""
    unit = unit_of(drug)
    rows = []
    for look in view.arms:
        found = look.exposure_to(drug)
        if found is not None:
            running = wording.listing([wording.amount(v, unit) for v in accumulate(found.per_cycle)])
            rows.append((look.name, (cycle_totals(found.per_cycle, unit), running)))
    return Numbers(wording.by_cycle(drug), wording.ARM, reading.CYCLE_HEADS, tuple(rows))


def doses(view: View) -> Numbers:
    """Return the doses of each arm, drug and cycle."""
    rows = []
    for look in view.arms:
        for found in look.doses:
            for cycle, starts in found.cycles:
                when = (wording.days(starts.min()), wording.days(starts.max()))
                amounts = schedules.amounts(found.events, found.events.cycle == cycle)
                rows.append((look.name, (label(found.drug), str(cycle), str(len(starts)), amounts, *when)))
    return Numbers(schedules.DOSES_CAPTION, wording.ARM, schedules.DOSE_HEADS, tuple(rows))


def endpoints(table: Answer, view: View) -> Numbers:
    """Return every endpoint of every arm and model as text."""
    heads = tuple(wording.under(wording.axis_title(column.label, column.unit), column.model) for column in table.columns)
    rows = tuple((row.arm.name, tuple(_text(cell) for cell in row.cells)) for row in table.rows)
    return Numbers(reading.endpoints(view), wording.ARM, heads, rows)


def _text(cell: Cell) -> str:
    return f"{cell.text} ({cell.interval})" if cell.interval else cell.text


def levels(comparison: Comparison, view: View, found: Sequence[Series], endpoint: ShownEndpoint) -> Numbers:
    """Return an endpoint at every level of some series, a row an arm, a median and its interval a model."""
    rows = []
    for series in found:
        for level, look in zip(series.levels, series.looks, strict=True):
            cells = [f"{wording.exact(round(level, 6))} {series.unit}"]
            for model in view.models:
                row = comparison.summary_of(look.name, model, endpoint.words)
                cells += [wording.MISSING] * 2 if row is None else _level(row, endpoint)
            rows.append((look.name, tuple(cells)))
    heads = (wording.LEVEL, *(head for model in view.models for head in (model, wording.CONFIDENCE)))
    return Numbers(titles.response(endpoint.title, found[0].kind, found[0].unit), wording.ARM, heads, tuple(rows))


def _level(row: Summary, endpoint: ShownEndpoint) -> list[str]:
    return [endpoint.number(row.median), endpoint.between(row.confidence_low, row.confidence_high) or wording.MISSING]


def checks(rows: Sequence[PredictiveCheck]) -> Numbers:
    """Return observed percentiles with the simulated interval, a row a model and percentile, a column a bin of time."""
    times = sorted({row.time_h for row in rows})
    known = {(row.model, row.percentile, row.time_h): row for row in rows}
    made = []
    for model, percentile in dict.fromkeys((row.model, row.percentile) for row in rows):
        found = [known.get((model, percentile, time_h)) for time_h in times]
        cells = tuple(
            wording.MISSING if row is None else f"{wording.number(row.observed)} ({wording.span(row.low, row.high)})"
            for row in found
        )
        made.append((wording.under(model, titles.percentile(percentile)), cells))
    return Numbers(reading.CHECK, reading.CHECK_CORNER, reading.check_heads(rows), tuple(made))


def cycle_totals(parts: Sequence[Fraction], unit: str) -> str:
    """Write the totals of the cycles of an arm, equal ones together: '3 × 7 MIU'."""
    if len(parts) > 1 and min(parts) == max(parts):
        return f"{len(parts)} × {wording.amount(parts[0], unit)}"
    return " + ".join(wording.amount(part, unit) for part in parts)


def _cells(bands: Bands, row: int, places: Sequence[int], largest: float) -> tuple[str, ...]:
    median, low, high = bands.median[row], bands.low[row], bands.high[row]
    cells = []
    for place in places:
        middle, *ends = (wording.number(wording.settled(float(curve[place]), largest)) for curve in (median, low, high))
        cells.append(middle if ends[0] == ends[1] else f"{middle} ({ends[0]}–{ends[1]})")
    if np.isnan(median).all():
        return (*cells, wording.MISSING)
    top = int(np.nanargmax(median))
    return (*cells, reading.on_day(wording.settled(float(median[top]), largest), float(bands.time_h[top])))


def _times(comparison: Comparison, view: View, known: Floats) -> tuple[list[int], list[str]]:
    """Return places of times on the grid of the curves: visits where the scenario names them, else evenly spaced times."""
    visits = comparison.scenario.visits
    if visits:
        wanted = [(0.0, wording.at_time(view.time.unit, 0)), *((hours, label) for label, hours in visits)]
    else:
        step = max(1, round(view.time.end / (_MOST_TIMES - 1)))
        wanted = [(t * view.time.hours, wording.at_time(view.time.unit, t)) for t in range(0, int(view.time.end) + 1, step)]
    found = {int(np.abs(known - hours).argmin()): label for hours, label in wanted if len(known)}
    return list(found), list(found.values())

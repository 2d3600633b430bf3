"""What a trial would see: true and observed values at the visits, with the noise of people and assays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens import wording
from regimens.report.numbers import Numbers, largest_of
from regimens.report.text import variants
from regimens.statistics import INTERVAL, Floats

if TYPE_CHECKING:
    from regimens.figures.view import Shown, View
    from regimens.study.comparison import Comparison
    from regimens.study.visits import Visit

_ENDS = (50 * (1 - INTERVAL), 50.0, 50 * (1 + INTERVAL))


@dataclass(frozen=True)
class Visits:
    """Tables of true and observed values, one an observable, what they show, who is observed, and what noise was added to."""

    finding: str
    observed: str
    noise: str
    tables: tuple[Numbers, ...]


def visits(comparison: Comparison, view: View) -> Visits | None:
    """Return the section on simulated observations of the arms as written, None without any."""
    arms = {look.name for look in view.arms}
    tables: list[Numbers] = []
    wider: list[float] = []
    for observable in view.observables:
        mine = [visit for visit in comparison.visits if visit.observable == observable.name and visit.arm in arms]
        if mine:
            table, ratios = _table(comparison, view, mine, observable)
            tables.append(table)
            wider += ratios
    if not tables:
        return None
    finding = variants.widened(float(np.median(wider)) if wider else None)
    return Visits(finding, variants.observed(view), variants.noise(comparison.scenario.noise), tuple(tables))


def _table(comparison: Comparison, view: View, found: Sequence[Visit], observable: Shown) -> tuple[Numbers, list[float]]:
    named = {hours: label for label, hours in comparison.scenario.visits}
    times = sorted({visit.time_h for visit in found})
    by_key = {(visit.arm, visit.model, visit.time_h): visit for visit in found}
    heads = [head for time in times for head in variants.visit_heads(named.get(time), time)]
    largest = largest_of(comparison, observable.name)
    rows, wider = [], []
    for look in view.arms:
        for model in view.models:
            mine = [by_key.get((look.name, model, time)) for time in times]
            if not any(mine):
                continue
            cells: list[str] = []
            for visit in mine:
                true, observed = ((), ()) if visit is None else (_ends(visit.true), _ends(visit.observed))
                cells += [_text(true, largest), _text(observed, largest)]
                if true and observed and true[2] > true[0]:
                    wider.append((observed[2] - observed[0]) / (true[2] - true[0]))
            rows.append((wording.under(look.name, model), tuple(cells)))
    caption = variants.visits_caption(observable.title, view)
    return Numbers(caption, wording.ARM_MODEL, tuple(heads), tuple(rows)), wider


def _ends(values: Floats) -> tuple[float, ...]:
    known = values[np.isfinite(values)]
    return tuple(float(v) for v in np.percentile(known, _ENDS)) if len(known) else ()


def _text(ends: tuple[float, ...], largest: float) -> str:
    if not ends:
        return wording.MISSING
    low, middle, high = (wording.number(wording.settled(end, largest)) for end in ends)
    return middle if low == high else f"{middle} ({low}–{high})"

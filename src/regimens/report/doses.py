"""Doses in figures: lanes of marks beside the curves, and the running total of a drug."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import display_unit, unit_of
from regimens.report.panel import Lane, Line, Panel, apart, kept
from regimens.report.scale import scale
from regimens.report.text import captions

if TYPE_CHECKING:
    from regimens.report.layout import DrugDoses, Layout, Look
    from regimens.study.comparison import Comparison


def largest(layout: Layout) -> dict[str, float]:
    """Return the largest dose of each drug at the scenario's subject (IU or mg), the leading drug first."""
    return {
        drug: max(float(doses.given.max()) for look in layout.arms if (doses := look.doses_of(drug)) is not None)
        for drug in layout.drugs
    }


def lanes(layout: Layout) -> dict[int, tuple[Lane, ...]]:
    """Return the dose lanes of each arm by index, the leading drug first; heights relative to the largest dose of that drug."""
    most = largest(layout)
    return {
        look.index: tuple(
            Lane(look, drug, doses.events.time_h, doses.given / most[drug], drug == layout.drugs[0])
            for drug in layout.drugs
            if (doses := look.doses_of(drug)) is not None
        )
        for look in (layout.arms if most else ())
    }


def cumulative(comparison: Comparison, layout: Layout, drug: str) -> tuple[Panel, ...]:
    """Return the panels of the running total of a drug: all arms in one, or one an arm where arms are kept apart."""
    unit, size = display_unit(unit_of(drug))
    horizon_h = comparison.scenario.horizon_h
    drawn = [_staircase(look, doses, 1.0 / size, horizon_h) for look in layout.arms if (doses := look.doses_of(drug)) is not None]
    axis = scale([line.median for line in drawn], unit, zero=True)
    key = f"given-{drug}"
    if not layout.apart:
        return (Panel(key, "", captions.running_totals(drug), layout.time, axis, tuple(drawn), labelled=apart(drawn, axis)),)
    return tuple(
        Panel(f"{key}-{line.arm.index}", line.arm.name, captions.running_total(drug, line.arm.name),
              layout.time, axis, (line,), small=True, arms=(line.arm,))
        for line in drawn
    )  # fmt: skip


def _staircase(look: Look, doses: DrugDoses, factor: float, horizon_h: float) -> Line:
    times, totals = doses.events.time_h, doses.given.cumsum() * factor
    rows = kept(totals)
    times = np.concatenate([[0.0], times[rows], [horizon_h]])
    totals = np.concatenate([[0.0], totals[rows], totals[-1:]])
    return Line(look, look.name, look.dash, times, totals, step=True)

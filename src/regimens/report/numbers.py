"""Tables of numbers: what stands behind a figure, and the times at which curves are read out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.report import words
from regimens.report.cast import Cast

if TYPE_CHECKING:
    import pandas as pd

    from regimens.study.comparison import Comparison

_MOST_TIMES = 9


@dataclass(frozen=True)
class Numbers:
    """A table: caption, the heading of the row names, column headings, rows of (name, cells)."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def read_out(comparison: Comparison, cast: Cast, observable: tuple[str, str, str]) -> Numbers:
    """Return an observable at a few times and at its highest, a row an arm and model, intervals in brackets."""
    name, label, unit = observable
    frame = comparison.trajectories[comparison.trajectories["observable"] == name]
    times, heads = _times(comparison, cast, np.unique(frame["time_h"].to_numpy(float)))
    rows = []
    by_key = dict(iter(frame.groupby(["arm", "model"], sort=False)))
    for look in cast.arms:
        for model in cast.models:
            if (look.name, model) in by_key:
                group = by_key[look.name, model].set_index("time_h")
                cells = [_cell(group.loc[t]) for t in times]
                cells.append(_highest(group["median"].dropna()))
                rows.append((f"{look.name}, {model}", tuple(cells)))
    said = f"{words.axis_title(label, unit)}: median" + (f" ({words.WITHIN} prediction interval)" if cast.intervals else "")
    return Numbers(said, "Arm, model", (*heads, "Highest median"), tuple(rows))


def totals(comparison: Comparison, cast: Cast, drug: str) -> Numbers:
    """Return the total of every cycle and the running total after it, a row an arm."""
    units = comparison.exposure[comparison.exposure["drug"] == drug]["unit"]
    unit = str(units.iloc[0]) if len(units) else "IU"
    rows = []
    for look in cast.arms:
        parts = comparison.per_cycle.get((look.name, drug))
        if parts:
            running = np.cumsum([float(p) for p in parts])
            rows.append((look.name, (cycle_totals(parts, unit), words.listing([words.amount(v, unit) for v in running]))))
    return Numbers(f"{words.drug(drug)} by cycle", "Arm", ("Each cycle", "Running total"), tuple(rows))


def cycle_totals(parts: tuple[float, ...], unit: str) -> str:
    """Write the totals of the cycles of an arm, equal ones together: '3 × 7 MIU'."""
    sizes = [float(p) for p in parts]
    if len(sizes) > 1 and max(sizes) - min(sizes) <= 1e-9 * max(sizes):
        return f"{len(sizes)} × {words.amount(sizes[0], unit)}"
    return " + ".join(words.amount(v, unit) for v in sizes)


def _highest(medians: pd.Series) -> str:
    if not len(medians):
        return words.MISSING
    return f"{words.number(medians.max())} on day {words.exact(round(medians.idxmax() / 24, 1))}"


def _cell(row: object) -> str:
    text = words.number(row["median"])  # type: ignore[index]
    low, high = (words.number(row[k]) for k in ("low", "high"))  # type: ignore[index]
    return text if low == high else f"{text} ({low}–{high})"


def _times(comparison: Comparison, cast: Cast, known: np.ndarray) -> tuple[list[float], list[str]]:
    """Return times that the trajectories hold: visits where the scenario names them, else evenly spaced."""
    visits = [(label, hours) for label, hours in comparison.scenario.visits]
    unit = cast.time.unit.removesuffix("s")
    if visits:
        wanted = [(0.0, f"{unit} 0"), *((float(hours), str(label)) for label, hours in visits)]
    else:
        step = max(1, round(cast.time.end / (_MOST_TIMES - 1)))
        wanted = [(t * cast.time.hours, f"{unit} {t}") for t in range(0, int(cast.time.end) + 1, step)]
    found = {float(known[np.abs(known - hours).argmin()]): label for hours, label in wanted if len(known)}
    return list(found), list(found.values())

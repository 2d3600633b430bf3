"""The schedules as strips: a row an arm on one time axis, a mark a dose, cycles shaded and counted, rests white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import label
from regimens.report.doses import lanes, largest
from regimens.report.numbers import Numbers
from regimens.report.scale import TimeAxis, tick_text
from regimens.report.text import captions, schedules, words

if TYPE_CHECKING:
    from regimens.report.layout import Layout, Look
    from regimens.report.panel import Lane
    from regimens.study.comparison import Comparison

HEIGHT = 30.0
"""Height of a strip in its own units, which are px."""

_WIDTH = 1000.0
_LEAST_MARK = 4.0
_STRIP_PX = 640.0


@dataclass(frozen=True)
class Band:
    """A cycle: its number and place on the time axis, in percent of the strip."""

    number: int
    left: float
    width: float


@dataclass(frozen=True)
class Marks:
    """The doses of one drug as an SVG path; `thickness` in px leaves white between neighbours."""

    drug: str
    path: str
    thickness: float
    first: bool


@dataclass(frozen=True)
class Strip:
    """One row: the arm, its totals in words, cycles and marks."""

    arm: Look
    totals: tuple[str, ...]
    bands: tuple[Band, ...]
    marks: tuple[Marks, ...]


def strips(comparison: Comparison, layout: Layout) -> tuple[Strip, ...]:
    """Return the strip of every arm."""
    marks, subject = lanes(layout), comparison.scenario.subject
    first = layout.drugs[0] if layout.drugs else None
    return tuple(
        Strip(
            look,
            tuple(schedules.total_in_doses(row, layout, subject, named=row.drug != first) for row in look.exposure),
            _bands(look, layout.time),
            tuple(_marks(lane, layout.time) for lane in marks.get(look.index, ())),
        )
        for look in layout.arms
    )


def ticks(time: TimeAxis) -> list[tuple[float, str]]:
    """Return the ticks of the shared time axis as (percent, words)."""
    found = [(round(100 * tick / time.end, 3), tick_text(round(tick, 2))) for tick in time.ticks]
    return [(found[0][0], captions.at_time(time.unit, found[0][1])), *found[1:]]


def reading(layout: Layout, found: tuple[Strip, ...]) -> str:
    """Return how to read the strips."""
    return schedules.how_to_read(schedules.tallest(largest(layout)), any(strip.bands for strip in found))


def numbers(layout: Layout) -> Numbers:
    """Return the doses of each arm, drug and cycle."""
    rows = []
    for look in layout.arms:
        for doses in look.doses:
            for cycle, starts in doses.cycles:
                when = (words.days(starts.min()), words.days(starts.max()))
                amounts = schedules.amounts(doses.events, doses.events.cycle == cycle)
                rows.append((look.name, (label(doses.drug), str(cycle), str(len(starts)), amounts, *when)))
    return Numbers(schedules.DOSES_CAPTION, words.ARM, schedules.DOSE_HEADS, tuple(rows))


def _bands(look: Look, time: TimeAxis) -> tuple[Band, ...]:
    """Return the cycles of an arm, of all its drugs together; none where no drug has a second one."""
    starts: dict[int, list[float]] = {}
    for doses in look.doses:
        for cycle, found in doses.cycles:
            starts.setdefault(cycle, []).extend(map(float, found))
    if max(starts, default=0) < 2:
        return ()
    bands = []
    for cycle, own in sorted(starts.items()):
        left, right = (100 * float(time(t)) / time.end for t in (min(own), max(own) + 24))
        bands.append(Band(cycle, round(left, 3), round(min(right, 100) - left, 3)))
    return tuple(bands)


def _marks(lane: Lane, time: TimeAxis) -> Marks:
    at = time(lane.times) / time.end * _WIDTH
    gap = float(np.diff(np.unique(at)).min()) if len(np.unique(at)) > 1 else _WIDTH
    thickness = round(min(3.0, max(1.0, 0.45 * gap * _STRIP_PX / _WIDTH)), 2)
    if lane.first:
        path = "".join(
            f"M{x:.1f},{HEIGHT:g}v-{max(_LEAST_MARK, h * (HEIGHT - 4)):.1f}" for x, h in zip(at, lane.heights, strict=True)
        )
    else:
        path = "".join(f"M{x:.1f},{HEIGHT / 2:g}h0" for x in at)
    return Marks(label(lane.drug), path, thickness, lane.first)

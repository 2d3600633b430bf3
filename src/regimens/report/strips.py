"""The schedules as strips: a row an arm on one time axis, a mark a dose, cycles shaded and counted, rests white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.report import curves, words
from regimens.report.cast import Cast, Look, TimeAxis
from regimens.report.numbers import Numbers
from regimens.report.panel import Lane, tick_text

if TYPE_CHECKING:
    import pandas as pd

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


def strips(comparison: Comparison, cast: Cast) -> tuple[Strip, ...]:
    """Return the strip of every arm."""
    lanes = curves.lanes(comparison, cast)
    return tuple(
        Strip(
            look,
            tuple(_total(row) for row in _exposure(comparison, look.name)),
            _bands(comparison.events, look.name, cast.time),
            tuple(_marks(lane, cast.time) for lane in lanes.get(look.index, ())),
        )
        for look in cast.arms
    )


def ticks(time: TimeAxis) -> list[tuple[float, str]]:
    """Return the ticks of the shared time axis as (percent, words)."""
    found = [(round(100 * tick / time.end, 3), tick_text(round(tick, 2))) for tick in time.ticks]
    return [(found[0][0], f"{time.unit.removesuffix('s')} {found[0][1]}"), *found[1:]]


def tallest(comparison: Comparison) -> str:
    """Return the largest dose of each drug in words."""
    if not len(comparison.events):
        return ""
    amounts = comparison.events.groupby("drug", sort=False)["given"].max()
    return words.listing([f"{words.amount(round(v, 6), _unit(drug))} of {words.drug(drug)}" for drug, v in amounts.items()])


def numbers(comparison: Comparison, cast: Cast) -> Numbers:
    """Return the doses of each arm, drug and cycle."""
    rows = []
    if len(comparison.events):
        for (arm, drug, cycle), group in comparison.events.groupby(["arm", "drug", "cycle"], sort=False):
            rows.append((_order(cast, arm), arm, (words.drug(drug), str(cycle), str(len(group)), _amounts(group),
                         words.days(group["time_h"].min()), words.days(group["time_h"].max()))))  # fmt: skip
    rows.sort(key=lambda row: row[0])
    columns = ("Drug", "Cycle", "Doses", "Amount per dose", "First dose, day", "Last dose, day")
    return Numbers("Doses by arm, drug and cycle; the first dose of a comparison is on day 0", "Arm", columns,
                   tuple((arm, cells) for _, arm, cells in rows))  # fmt: skip


def _order(cast: Cast, name: str) -> int:
    return next((look.index for look in cast.arms if look.name == name), len(cast.arms))


def _unit(drug: str) -> str:
    return "IU" if drug == "il2" else "mg"


def _amounts(group: pd.DataFrame) -> str:
    suffix = {"per kg": "/kg", "per m2": "/m²"}
    pairs = dict.fromkeys(zip(group["drug"], group["amount"], group["basis"], group["route"], strict=True))
    return ", ".join(f"{words.amount(a, _unit(d))}{suffix.get(b, '')} {r}" for d, a, b, r in pairs)


def _exposure(comparison: Comparison, name: str) -> list[dict]:
    frame = comparison.exposure
    return frame[frame["arm"] == name].to_dict("records") if len(frame) else []


def _total(row: dict) -> str:
    text = f"{words.amount(row['total'], row['unit'])} in {words.count(int(row['doses']), 'dose')}"
    return text if row["drug"] == "il2" else f"{words.drug(row['drug'])}: {text}"


def _bands(events: pd.DataFrame, name: str, time: TimeAxis) -> tuple[Band, ...]:
    mine = events[events["arm"] == name] if len(events) else events
    if not len(mine) or mine["cycle"].max() < 2:
        return ()
    found = []
    for cycle, group in mine.groupby("cycle", sort=True):
        start, last = group["time_h"].min(), group["time_h"].max()
        left, right = (100 * float(time(t)) / time.end for t in (start, last + 24))
        found.append(Band(int(cycle), round(left, 3), round(min(right, 100) - left, 3)))
    return tuple(found)


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
    return Marks(words.drug(lane.drug), path, thickness, lane.first)

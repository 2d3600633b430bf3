"""Axes: their ends and ticks. Value axes are linear, from zero, or in doublings; time is in weeks or days."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens import wording

if TYPE_CHECKING:
    from regimens.statistics import Floats

LOG_FROM, LOG_TO = 4.0, 512.0
"""The ratios of largest to smallest value between which an axis counts doublings; above, the small values are those of decay."""

_ROUNDING = 1e-6
"""Share of the largest value up to which a value below zero does not move the foot of an axis."""

_ROUNDED = 5e-4
"""Share of a linear axis to which drawn values are rounded."""

_MOST_TICKS = 8
"""Ticks of a time axis that are starts of cycles."""


@dataclass(frozen=True)
class Scale:
    """A value axis: ends, ticks and title; `log` counts doublings."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool
    title: str

    def as_axis(self) -> dict[str, Any]:
        """Return the axis as Plotly has it."""
        ends = (math.log10(self.low), math.log10(self.high)) if self.log else (self.low, self.high)
        return {
            "type": "log" if self.log else "linear",
            "range": list(ends),
            "tickvals": list(self.ticks),
            "ticktext": [tick_text(tick) for tick in self.ticks],
            "fixedrange": True,
        }

    def rounded(self, values: Floats) -> list[float | None]:
        """Return values rounded to less than a thousandth of the axis, None where one is missing."""
        if self.log:
            return [float(f"{v:.5g}") if math.isfinite(v) else None for v in values.tolist()]
        places = max(0, math.ceil(-math.log10((self.high - self.low) * _ROUNDED)))
        return [round(v, places) if math.isfinite(v) else None for v in values.tolist()]

    def share(self, values: Floats | float) -> Floats:
        """Return the place of values between the ends: 0 at the bottom, 1 at the top."""
        values = np.asarray(values, dtype=float)
        if self.log:
            return np.asarray((np.log2(np.maximum(values, 1e-300)) - math.log2(self.low)) / math.log2(self.high / self.low))
        return np.asarray((values - self.low) / (self.high - self.low))


def scale(values: Iterable[Floats], title: str, zero: bool = False) -> Scale:
    """Return the axis that holds all `values`: doublings where the range passes 4, from zero if asked, else linear."""
    stacked = np.concatenate([np.asarray(v, dtype=float).ravel() for v in values] or [np.array([0.0, 1.0])])
    stacked = stacked[np.isfinite(stacked)]
    low, high = (float(stacked.min()), float(stacked.max())) if stacked.size else (0.0, 1.0)
    low = 0.0 if -_ROUNDING * high < low < 0 else low
    if not zero and low > 0 and LOG_FROM < high / low <= LOG_TO:
        return _doublings(low, high, title)
    if zero or (low > 0 and low < 0.4 * high):
        low = min(low, 0.0)
    if high - low <= 1e-9 * max(abs(high), abs(low), 1e-9):
        low, high = low - 0.5 * max(abs(low), 1.0), high + 0.5 * max(abs(high), 1.0)
    step = _nice((high - low) / 4)
    bottom = math.floor(low / step + 1e-9) * step
    top = high + 0.04 * (high - low)
    ticks = tuple(round(float(t), 10) for t in np.arange(bottom, top + 1e-9 * step, step))
    return Scale(bottom, top, ticks, False, title)


def linear(low: float, high: float) -> Scale:
    """Return a linear axis that holds `low` and `high` with a little room, and about five ticks."""
    if high - low <= 1e-9 * max(abs(low), abs(high), 1e-9):
        low, high = low - 0.5 * max(abs(low), 1.0), high + 0.5 * max(abs(high), 1.0)
    pad, step = 0.04 * (high - low), _nice((high - low) / 4)
    low, high = low - pad, high + pad
    ticks = np.arange(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1) * step
    return Scale(low, high, tuple(round(float(tick), 10) for tick in ticks), False, "")


def tick_text(value: float) -> str:
    """Write a tick: short, with a real minus sign."""
    return wording.exact(round(value, 10))


def _doublings(low: float, high: float, title: str) -> Scale:
    pad = (high / low) ** 0.04
    bottom, top = low / pad, high * pad
    first, last = math.ceil(math.log2(bottom) - 1e-9), math.floor(math.log2(top) + 1e-9)
    step = max(1, math.ceil((last - first) / 6))
    return Scale(bottom, top, tuple(2.0**k for k in range(first, last + 1, step)), True, _joined(title, "log₂ axis"))


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _nice(step: float) -> float:
    power = 10.0 ** math.floor(math.log10(step))
    return next(m for m in (1, 2, 2.5, 5, 10) if m * power >= step * 0.999) * power


@dataclass(frozen=True)
class TimeAxis:
    """Time as the page shows it: `hours` in one `unit`, the end and the ticks in that unit."""

    unit: str
    hours: float
    end: float
    ticks: tuple[float, ...]
    cycles: bool

    def __call__(self, hours: Floats | float) -> Floats:
        """Return times (h) in the unit of the axis."""
        return np.asarray(np.asarray(hours, dtype=float) / self.hours)


def time_axis(horizon_h: float, plans: Sequence[Sequence[tuple[int, Floats]]]) -> TimeAxis:
    """Return weeks (days below three weeks) with cycle starts as ticks where all plans with cycles share them.

    `plans` are the starts of the doses (h) by cycle, one an arm and drug.
    """
    unit, hours = ("weeks", 168.0) if horizon_h >= 3 * 168 else ("days", 24.0)
    end = horizon_h / hours
    starts = _cycle_starts(plans, hours, end)
    if starts is not None:
        return TimeAxis(unit, hours, end, _continued(starts, end), True)
    step = next(s for s in (1, 2, 4, 6, 8, 12, 13, *(26 * 2**k for k in range(40))) if end / s <= 8.5)
    return TimeAxis(unit, hours, end, tuple(float(t) for t in np.arange(0, end + 1e-9, step)), False)


def _cycle_starts(plans: Sequence[Sequence[tuple[int, Floats]]], hours: float, end: float) -> tuple[float, ...] | None:
    found = {tuple(float(starts.min() / hours) for _, starts in cycles) for cycles in plans if len(cycles) > 1}
    if len(found) != 1:
        return None
    (starts,) = found
    return starts if len(starts) < _MOST_TICKS and starts[-1] < end and all((t * hours) % 24 == 0 for t in starts) else None


def _continued(starts: tuple[float, ...], end: float) -> tuple[float, ...]:
    """Return cycle starts and, at the pace of the last cycle, times up to the end, as many as an axis holds."""
    pace = max(starts[-1] - starts[-2], end / _MOST_TICKS)
    later = np.arange(starts[-1] + pace, end - 0.5 * pace, pace)
    return (*starts, *(float(t) for t in later), end)

"""A value axis: its ends, its ticks and their words; linear, from zero, or in doublings."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from regimens.report.text import words
from regimens.statistics import Floats

LOG_FROM, LOG_TO = 4.0, 512.0
"""Ratios of largest to smallest between which doublings are what to read; above, small values are decay, not effect."""


@dataclass(frozen=True)
class Scale:
    """A value axis: ends, ticks and title; `log` counts doublings."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool
    title: str

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
    return words.exact(round(value, 10))


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

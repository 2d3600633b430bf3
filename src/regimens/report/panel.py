"""A panel of a figure as values: lines, dose lanes, scale. The live (Plotly) and the printed (SVG) picture share it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from regimens.report import words
from regimens.report.cast import Look, TimeAxis

LOG_FROM, LOG_TO = 4.0, 512.0
"""Ratios of largest to smallest between which doublings are what to read; above, small values are decay, not effect."""

BUSY = 30
"""Turns by more than a third from which lines that share a panel hide each other."""

LABEL_GAP = 0.075
"""Least distance of two direct labels, as a share of the panel's height."""

LEAST_CROWD = 3
"""Lines in a panel above which bands are paler, and prediction intervals give way to confidence intervals."""

MOST_LABELS = 6


@dataclass(frozen=True)
class Line:
    """One curve: times (h), median and, where subjects differ, low and high. `step` holds a value to the next time.

    `sure` holds the ends of the confidence interval of the typical subject's curve, where parameters are drawn; `bands` are
    the points at which bands are drawn, all of them where None; `model` is whose curve it is, empty where no model draws it.
    """

    arm: Look
    label: str
    dash: str
    times: np.ndarray
    median: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    step: bool = False
    sure: tuple[np.ndarray, np.ndarray] | None = None
    bands: np.ndarray | None = None
    model: str = ""

    def band(self, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return times, low and high at the points at which a band is drawn."""
        rows = slice(None) if self.bands is None else self.bands
        return self.times[rows], low[rows], high[rows]

    @property
    def busy(self) -> bool:
        """Whether the curve turns so often that it fills its panel, as a concentration does that follows every dose."""
        moves = np.diff(self.median)
        moves = moves[np.abs(moves) > 0.3 * np.nanmax(np.abs(self.median), initial=1e-300)]
        return int((np.diff(np.sign(moves)) != 0).sum()) >= BUSY


@dataclass(frozen=True)
class Lane:
    """The doses of one arm and drug on the time axis: times (h), heights from 0 to 1. `first` = the lane of IL-2."""

    arm: Look
    drug: str
    times: np.ndarray
    heights: np.ndarray
    first: bool


@dataclass(frozen=True)
class Point:
    """A published value: time (h), value, its interval where it has one, which bound it is ('' for a value), and the study."""

    arm: Look
    time: float
    value: float
    low: float | None
    high: float | None
    bound: str
    study: str


@dataclass(frozen=True)
class Scale:
    """A value axis: ends, ticks and title; `log` counts doublings."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool
    title: str

    def share(self, values: np.ndarray | float) -> np.ndarray:
        """Return the place of values between the ends: 0 at the bottom, 1 at the top."""
        values = np.asarray(values, dtype=float)
        if self.log:
            return (np.log2(np.maximum(values, 1e-300)) - math.log2(self.low)) / math.log2(self.high / self.low)
        return (values - self.low) / (self.high - self.low)


@dataclass(frozen=True)
class Panel:
    """One picture. `rules` are grey lines (value, label); `small` panels are many and keep room for a `rug` of doses.

    `arms` are those that a panel is about, empty where it is about all; `points` are published values; `threads` are curves
    of single subjects.
    """

    key: str
    heading: str
    alt: str
    time: TimeAxis
    scale: Scale
    lines: tuple[Line, ...]
    lanes: tuple[Lane, ...] = ()
    rules: tuple[tuple[float, str], ...] = ()
    small: bool = False
    labelled: bool = False
    arms: tuple[Look, ...] = ()
    rug: bool = False
    points: tuple[Point, ...] = ()
    threads: tuple[Line, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether a curve has a confidence interval."""
        return any(line.sure is not None for line in self.lines)

    @property
    def crowded(self) -> bool:
        """Whether bands are drawn paler, lest they mix to mud."""
        return len(self.lines) > LEAST_CROWD or (self.small and self.sure and len(self.lines) > 1)

    @property
    def narrow(self) -> bool:
        """Whether confidence intervals alone are drawn: with prediction intervals too, many arms could not be told apart."""
        return not self.small and self.sure and len(self.lines) > LEAST_CROWD


def scale(values: Iterable[np.ndarray], title: str, zero: bool = False) -> Scale:
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


def apart(panel_lines: Iterable[Line], of: Scale) -> bool:
    """Return whether the lines end far enough from each other to be named at their ends."""
    ends = sorted(float(of.share(line.median[-1])) for line in panel_lines)
    return 1 < len(ends) <= MOST_LABELS and all(b - a >= LABEL_GAP for a, b in pairwise(ends))


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

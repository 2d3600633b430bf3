"""A panel of a figure as values: lines, dose lanes, scale. The live (Plotly) and the printed (SVG) picture share it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from regimens.report.layout import Look
    from regimens.report.scale import Scale, TimeAxis
    from regimens.statistics import Floats

BUSY = 30
"""Number of turns by more than a third of the largest value from which a curve fills its panel."""

LABEL_GAP = 0.075
"""Least distance of two direct labels, as a share of the panel's height."""

MOST_POINTS = 200
"""Points that a curve may have."""

LEAST_CROWD = 3
"""Lines in a panel above which bands are paler, and prediction intervals give way to confidence intervals."""

MOST_LABELS = 6

Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Line:
    """One curve: times (h), median and, where subjects differ, low and high. `step` holds a value to the next time.

    `sure` holds the ends of the confidence interval of the typical subject's curve, where parameters are drawn; `bands` are
    the points at which bands are drawn, all of them where None; `model` is whose curve it is, empty where no model draws it.
    """

    arm: Look
    label: str
    dash: str
    times: Floats
    median: Floats
    low: Floats | None = None
    high: Floats | None = None
    step: bool = False
    sure: tuple[Floats, Floats] | None = None
    bands: Places | None = None
    model: str = ""

    def band(self, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
        """Return times, low and high at the points at which a band is drawn."""
        rows = slice(None) if self.bands is None else self.bands
        return self.times[rows], low[rows], high[rows]

    @property
    def spread(self) -> tuple[Floats, Floats] | None:
        """Low and high of the prediction interval, None where subjects do not differ."""
        return None if self.low is None or self.high is None else (self.low, self.high)

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
    times: Floats
    heights: Floats
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
        """Whether bands are drawn paler, because many overlap."""
        return len(self.lines) > LEAST_CROWD or (self.small and self.sure and len(self.lines) > 1)

    @property
    def narrow(self) -> bool:
        """Whether only confidence intervals are drawn, because prediction intervals of many arms overlap."""
        return not self.small and self.sure and len(self.lines) > LEAST_CROWD


def apart(panel_lines: Iterable[Line], of: Scale) -> bool:
    """Return whether the lines end far enough from each other to be named at their ends."""
    ends = sorted(float(of.share(line.median[-1])) for line in panel_lines)
    return 1 < len(ends) <= MOST_LABELS and all(b - a >= LABEL_GAP for a, b in pairwise(ends))


def kept(values: Floats, most: int = MOST_POINTS) -> Places:
    """Return the sorted indices of at most `most` points of a curve.

    The curve is cut into equal stretches and the lowest and highest point of each stays, with both ends; so neither a
    peak nor a trough is lost, and a comb of many doses keeps its envelope.
    """
    n = len(values)
    if n <= most:
        return np.arange(n)
    stretches = np.array_split(np.arange(1, n - 1), (most - 2) // 2)
    chosen = {0, n - 1}
    for stretch in stretches:
        part = values[stretch]
        if np.isfinite(part).any():
            chosen.update((int(stretch[np.nanargmin(part)]), int(stretch[np.nanargmax(part)])))
        else:
            chosen.add(int(stretch[0]))
    return np.array(sorted(chosen))

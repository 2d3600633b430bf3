"""The states from interval to interval while a dose is repeated, and what they show: a limit, growth, an oscillation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.trajectories import GROWS, OSCILLATES, UNSETTLED

if TYPE_CHECKING:
    from regimens.engine.given import Floats, Integers, Mask

LEAST_SHARE = 1e-2
"""Changes are measured by the size of a state, or by this share of the largest magnitude that it has had."""

SETTLED_AT_ONCE = 1e-3
"""A change over one interval below this share of the tolerance ends the search without regard to how fast changes shrink."""

LONGEST_CYCLE = 8
"""Largest number of intervals after which states may repeat for the search to call it an oscillation."""

SAME = 1e-2
"""States repeat after p intervals if they differ by less than this share of what changes over one."""

STEADY_GROWTH = 1e-6
"""Changes that differ by less than this share over the last chunk are a growth without bound."""


@dataclass(frozen=True)
class Path:
    """The states of every row at the ends of a chunk of intervals (rows, 1 + intervals, states), first those at its start;
    `sizes` the magnitudes that changes are measured by; `steps` (rows, intervals) the largest change over each interval.
    """

    ends: Floats
    sizes: Floats
    steps: Floats

    @classmethod
    def of(cls, ends: Floats, largest: Floats) -> Path:
        """Return the path of states of which `largest` are the largest magnitudes."""
        sizes = np.maximum(np.abs(ends), LEAST_SHARE * largest[:, np.newaxis])
        return cls(ends, sizes, cls.largest(ends[:, 1:] - ends[:, :-1], sizes[:, 1:]))

    @staticmethod
    def largest(changes: Floats, sizes: Floats) -> Floats:
        """Return the largest relative change of a state; a state that was never anything but zero has none."""
        with np.errstate(all="ignore"):
            found: Floats = np.max(np.where(changes == 0.0, 0.0, np.abs(changes) / sizes), axis=-1, initial=0.0)
        return found

    @property
    def ahead(self) -> Floats:
        """How far the limit of each row is likely to be, 0 where changes do not shrink (see `settled`)."""
        back = min(4, self.steps.shape[1] - 1)
        if not back:
            return np.zeros(len(self.steps))
        with np.errstate(all="ignore"):
            factor = (self.steps[:, -1] / self.steps[:, -1 - back]) ** (1.0 / back)
            left: Floats = np.where(factor < 1.0, self.steps[:, -1] * factor / (1.0 - factor), 0.0)
        return left

    def settled(self, within: float) -> Integers:
        """Return after how many intervals each row is at its limit, 0 where it is not.

        If changes shrink by a factor q in an interval, a change d leaves d q / (1 - q) until the limit.
        """
        steps, count = self.steps, self.steps.shape[1]
        near = steps <= SETTLED_AT_ONCE * within
        for place in range(1, count):
            back = min(place, 4)
            with np.errstate(all="ignore"):
                factor = (steps[:, place] / steps[:, place - back]) ** (1.0 / back)
                left = steps[:, place] * factor / (1.0 - factor)
                near[:, place] |= (factor < 1.0) & (left <= within) & (steps[:, place] <= within)
        return np.where(near.any(axis=1), near.argmax(axis=1) + 1, 0)

    def verdict(self, within: float) -> Integers:
        """Return UNSETTLED for each row, or OSCILLATES or GROWS where the chunk shows that more intervals will not help."""
        found = np.full(len(self.ends), UNSETTLED, dtype=np.int64)
        count = self.steps.shape[1]
        if count < 2 * LONGEST_CYCLE:
            return found
        last = self.steps[:, -LONGEST_CYCLE:].max(axis=1)
        found[self._grows() & (last > within)] = GROWS
        for period in range(2, LONGEST_CYCLE + 1):
            again = self.largest(self.ends[:, period:] - self.ends[:, :-period], self.sizes[:, period:])
            found[(again[:, -LONGEST_CYCLE:].max(axis=1) <= SAME * last) & (last > within)] = OSCILLATES
        return found

    def _grows(self) -> Mask:
        """Return in which rows the state that changes most has changed as much over the last interval as over a middle one."""
        middle, rows = len(self.steps[0]) // 2, np.arange(len(self.ends))
        last, before = self.ends[:, -1] - self.ends[:, -2], self.ends[:, middle] - self.ends[:, middle - 1]
        with np.errstate(all="ignore"):
            fastest = np.argmax(np.abs(last) / self.sizes[:, -1], axis=1)
            even: Mask = np.abs(last[rows, fastest] / before[rows, fastest] - 1.0) <= STEADY_GROWTH
        return even

"""One observable of an arm in a window of time: its area, its highest value, and the parts above a threshold.

The lowest value of a curve is the highest of the negated curve, and the parts below a threshold are those where the
negated curve is above the negated threshold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.endpoints import polynomials

if TYPE_CHECKING:
    from regimens.endpoints.polynomials import Flags, Floats

SAME = 1e-5
"""Share of the rise of a curve below which two tops are equally high, as far as the integration can tell; the first counts."""

NEAR = 2e-5
"""Relative difference within which a panel's rough top may be the highest of all; those are refined."""

ROUNDING = 1e-9
"""Relative difference below which a curve is flat."""

Places = npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Window:
    """The curves of one observable in a window.

    `nodes` (NODES, subjects, panels) are the readings of every panel; `widths_h` (subjects, panels) the widths of the
    panels, 0 outside the window, and `left_h` where they begin; `before` (subjects,) the values before anything happens,
    None where the window begins later.
    """

    nodes: Floats
    widths_h: Floats
    left_h: Floats
    before: Floats | None

    def negated(self) -> Window:
        """Return the curves with the opposite sign."""
        return Window(-self.nodes, self.widths_h, self.left_h, None if self.before is None else -self.before)

    def area(self) -> Floats:
        """Return the integral over the window (unit x h) for each subject."""
        return polynomials.summed(polynomials.mean(self.nodes) * self.widths_h)

    def peak(self) -> tuple[Floats, Floats]:
        """Return the highest value in the window and when it is first reached (h), for each subject.

        Both sides of every dose count: the right-hand side is the polynomial at the left edge of its panel. Of tops that are
        equally high, as far as the integration can tell, the first counts; the end of a panel is a top only where the next
        panel goes no higher.
        """
        return self._highest(lambda subject, panel: polynomials.highest(self.nodes[:, subject, panel]))

    def lowest(self) -> tuple[Floats, Floats]:
        """Return the lowest value in the window and when it is first reached (h), for each subject, found as the peak is.

        The lowest value of a curve that only rises is its baseline, so the edges of panels need more care than at a peak.
        """
        negated = self.negated()
        highest, time = negated._highest(negated._joined_tops)
        return -highest, time

    def _highest(self, tops_of: Callable[[Places, Places], tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
        """Return height and time of the first of the highest tops; `tops_of` gives height and place of the tops of panels."""
        widths, nodes = self.widths_h, self.nodes
        least, rise = self._range()
        # Only panels that may rise above the highest node need a closer look, and of these only the ones near the top.
        margin = NEAR * np.maximum(np.abs(least), rise)
        subject, panel = np.nonzero((polynomials.bound(nodes)[1] >= (least - margin)[:, None]) & (widths > 0))
        tops = polynomials.rough_top(polynomials.scan(nodes[:, subject, panel]))
        highest = _most(tops, subject, len(widths))
        near = tops >= (highest - NEAR * np.maximum(np.abs(highest), rise))[subject]
        subject, panel = subject[near], panel[near]
        heights, places = tops_of(subject, panel)
        value, time = _most(heights, subject, len(widths)), np.zeros(len(widths))
        same = value - np.maximum(SAME * rise, ROUNDING * np.abs(value))
        rising = self._goes_higher(subject, panel, heights, ROUNDING * np.abs(value))
        tops_at = np.flatnonzero((heights >= same[subject]) & ~rising)
        who, first = np.unique(subject[tops_at], return_index=True)
        chosen = tops_at[first]
        time[who] = self.left_h[who, panel[chosen]] + places[chosen] * widths[who, panel[chosen]]
        if self.before is not None:
            value, time = np.maximum(self.before, value), np.where(self.before >= same, 0.0, time)
        return value, time

    def _joined_tops(self, subject: Places, panel: Places) -> tuple[Floats, Floats]:
        """Return height and place of the highest point of panels, each joined to the panel before it.

        The left edge has no node, and the polynomial may overshoot there. Where it differs from the reading at the end of the
        panel before by no more than it may be wrong, the curve does not jump, as it does after a bolus: the reading counts.
        """
        nodes = self.nodes[:, subject, panel]
        heights, places = polynomials.highest(nodes)
        before = self.nodes[-1, subject, np.maximum(panel - 1, 0)]
        if self.before is not None:
            before = np.where(panel == 0, self.before[subject], before)
        edge, error = polynomials.left_edge(nodes)
        joined = (places == 0) & (np.abs(edge - before) <= np.maximum(error, ROUNDING * np.abs(before)))
        return np.where(joined, before, heights), places

    def _range(self) -> tuple[Floats, Floats]:
        """Return the highest reading in the window and how far the lowest is below it, for each subject."""
        inside = (self.widths_h > 0) & ~np.isnan(self.nodes).any(axis=0)
        highest = np.where(inside, self.nodes.max(axis=0), -np.inf).max(axis=1)
        lowest = np.where(inside, self.nodes.min(axis=0), np.inf).min(axis=1)
        return highest, highest - (lowest if self.before is None else np.fmin(lowest, self.before))

    def _goes_higher(self, subject: Places, panel: Places, heights: Floats, flat: Floats) -> Flags:
        """Return which tops of panels lie at the end of their panel while the next panel goes higher.

        Panels are in the order of subjects and times, with the height of each; a top that is not more than `flat`
        (subjects,) above the end of its panel lies there.
        """
        higher = np.zeros(len(heights), dtype=bool)
        next_to = (subject[1:] == subject[:-1]) & (self.left_h[subject[1:], panel[1:]] == self._right_h(subject, panel)[:-1])
        at_end = heights - self.nodes[-1, subject, panel] <= flat[subject]
        higher[:-1] = next_to & at_end[:-1] & (heights[1:] > heights[:-1])
        return higher

    def _right_h(self, subject: Places, panel: Places) -> Floats:
        # Panels follow each other without gaps, so a panel ends where the next one begins, to the last digit.
        last = panel + 1 == self.left_h.shape[1]
        following = self.left_h[subject, np.minimum(panel + 1, self.left_h.shape[1] - 1)]
        return np.where(last, np.inf, following)

    def above(self, threshold: Floats) -> tuple[Floats, Floats]:
        """Return for each subject the time above its threshold (h) and the area between curve and threshold (unit x h)."""
        widths, nodes = self.widths_h, self.nodes
        least, most = polynomials.bound(nodes)
        whole = least > threshold[:, None]
        subject, panel = np.nonzero(~whole & (most > threshold[:, None]) & (widths > 0))
        excess = nodes[:, subject, panel] - threshold[subject]
        scanned = polynomials.scan(excess)
        every, some = (np.asarray(found) for found in ((scanned > 0).all(axis=0), (scanned > 0).any(axis=0)))
        mixed = some & ~every
        unsure = np.flatnonzero(~mixed & polynomials.may_turn(scanned).any(axis=0))
        mixed[unsure] = polynomials.changes_sign(polynomials.powers(excess[:, unsure]))
        whole[subject, panel] = every & ~mixed
        duration = np.where(whole, widths, 0.0)
        area = np.where(whole, widths * (polynomials.mean(nodes) - threshold[:, None]), 0.0)
        subject, panel = subject[mixed], panel[mixed]
        part, size = polynomials.positive_part(polynomials.powers(excess[:, mixed]))
        duration[subject, panel] = part * widths[subject, panel]
        area[subject, panel] = size * widths[subject, panel]
        return polynomials.summed(duration), polynomials.summed(area)

    def span_above(self, threshold: Floats) -> tuple[Floats, Floats]:
        """Return when each subject is first and last above its threshold (h); infinite and -infinite where it never is."""
        widths, nodes = self.widths_h, self.nodes
        subject, panel = np.nonzero((polynomials.bound(nodes)[1] > threshold[:, None]) & (widths > 0))
        places = polynomials.positive_span(polynomials.powers(nodes[:, subject, panel] - threshold[subject]))
        found = ~np.isnan(places[0])
        subject, panel = subject[found], panel[found]
        starts, ends = (self.left_h[subject, panel] + place[found] * widths[subject, panel] for place in places)
        first, last = np.full(len(widths), np.inf), np.full(len(widths), -np.inf)
        np.minimum.at(first, subject, starts)
        np.maximum.at(last, subject, ends)
        if self.before is not None:
            at_start = self.before > threshold
            first, last = np.where(at_start, 0.0, first), np.where(at_start, np.maximum(last, 0.0), last)
        return first, last


def _most(values: Floats, subject: npt.NDArray[np.intp], subjects: int) -> Floats:
    """Return the highest of the `values` of each subject, -inf where it has none."""
    highest = np.full(subjects, -np.inf)
    np.maximum.at(highest, subject, values)
    return highest

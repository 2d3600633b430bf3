"""One observable of an arm in a window of time: its area, its highest value, and the parts above a threshold.

The lowest value of a curve is the highest of the negated curve, and the parts below a threshold are those where the
negated curve is above the negated threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regimens.endpoints import polynomials
from regimens.endpoints.polynomials import Floats

SAME = 1e-5
"""Relative difference below which two heights are the same peak, as far as the integration can tell; the earlier one counts."""

NEAR = 2e-5
"""Relative difference within which a panel's rough top may be the highest of all; those are refined."""


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

        Both sides of every dose count: the right-hand side is the polynomial at the left edge of its panel.
        """
        widths, nodes = self.widths_h, self.nodes
        at_nodes = np.where(widths > 0, nodes.max(axis=0), -np.inf)
        least = np.where(np.isnan(at_nodes), -np.inf, at_nodes).max(axis=1)
        # Only panels that may rise above the highest node need a closer look, and of these only the ones near the top.
        subject, panel = np.nonzero((polynomials.bound(nodes)[1] >= (least - NEAR * np.abs(least))[:, None]) & (widths > 0))
        tops = polynomials.rough_top(polynomials.scan(nodes[:, subject, panel]))
        highest = _most(tops, subject, len(widths))
        near = tops >= highest[subject] - NEAR * np.abs(highest[subject])
        subject, panel = subject[near], panel[near]
        heights, places = polynomials.highest(nodes[:, subject, panel])
        value, time = _most(heights, subject, len(widths)), np.zeros(len(widths))
        same = np.flatnonzero(heights >= value[subject] - SAME * np.abs(value[subject]))
        who, first = np.unique(subject[same], return_index=True)
        chosen = same[first]
        time[who] = self.left_h[who, panel[chosen]] + places[chosen] * widths[who, panel[chosen]]
        if self.before is not None:
            at_start = self.before >= value - SAME * np.abs(value)
            value, time = np.maximum(self.before, value), np.where(at_start, 0.0, time)
        return value, time

    def above(self, threshold: Floats) -> tuple[Floats, Floats]:
        """Return for each subject the time above its threshold (h) and the area between curve and threshold (unit x h)."""
        widths, nodes = self.widths_h, self.nodes
        least, most = polynomials.bound(nodes)
        whole = least > threshold[:, None]
        subject, panel = np.nonzero(~whole & (most > threshold[:, None]) & (widths > 0))
        excess = nodes[:, subject, panel] - threshold[subject]
        scanned = polynomials.scan(excess) > 0
        whole[subject, panel] = scanned.all(axis=0)
        duration = np.where(whole, widths, 0.0)
        area = np.where(whole, widths * (polynomials.mean(nodes) - threshold[:, None]), 0.0)
        mixed = scanned.any(axis=0) & ~scanned.all(axis=0)
        subject, panel = subject[mixed], panel[mixed]
        part, size = polynomials.positive_part(polynomials.powers(excess[:, mixed]))
        duration[subject, panel] = part * widths[subject, panel]
        area[subject, panel] = size * widths[subject, panel]
        return polynomials.summed(duration), polynomials.summed(area)


def _most(values: Floats, subject: npt.NDArray[np.intp], subjects: int) -> Floats:
    """Return the highest of the `values` of each subject, -inf where it has none."""
    highest = np.full(subjects, -np.inf)
    np.maximum.at(highest, subject, values)
    return highest

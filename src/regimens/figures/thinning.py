"""Thinning: the fewest points from which a drawn curve cannot be told from the whole one.

Curves are thinned by error, never by count: between the points that stay, the straight line lies within a tolerance of every
point that was left out. Nothing is lost of a peak, a trough or the slope between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from regimens.statistics import Floats

LARGEST = 0.008
"""Largest distance of a drawn line from any point of the whole curve, as a share of the length of the value axis."""


def tolerance(height_px: int) -> float:
    """Return the distance of a drawn line from the whole curve that nobody can see in a panel of a height: one px of it."""
    return min(LARGEST, 1 / height_px)


def kept(times: Floats, shares: Floats, within: float) -> np.ndarray:
    """Return which points of each curve stay: (curves, times) of True and False.

    `times` (times,) rise; `shares` (curves, times) are the places of the values on the axis, from 0 to 1. A line is drawn
    from a point that stays as far as all points between lie `within` a share of the axis of it (the swinging door of process
    historians: Bristol 1990). Curves with a missing value keep all their points.
    """
    curves, count = shares.shape
    stays = np.zeros((curves, count), dtype=bool)
    stays[:, [0, -1]] = True
    if count < 3:
        return stays
    anchor_t, anchor_y = np.full(curves, times[0]), shares[:, 0].copy()
    lowest, highest = np.full(curves, -np.inf), np.full(curves, np.inf)
    with np.errstate(invalid="ignore"):
        for place in range(1, count):
            slope = (shares[:, place] - anchor_y) / (times[place] - anchor_t)
            out = (slope < lowest) | (slope > highest)
            if out.any():
                stays[out, place - 1] = True
                anchor_t[out], anchor_y[out] = times[place - 1], shares[out, place - 1]
                lowest[out], highest[out] = -np.inf, np.inf
            gap = times[place] - anchor_t
            lowest = np.maximum(lowest, (shares[:, place] - within - anchor_y) / gap)
            highest = np.minimum(highest, (shares[:, place] + within - anchor_y) / gap)
    stays[~np.isfinite(shares).all(axis=1)] = True
    return stays

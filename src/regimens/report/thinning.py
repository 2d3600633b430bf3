"""Curves with few enough points for a page, extremes kept."""

from __future__ import annotations

import numpy as np

MOST_POINTS = 200


def kept(values: np.ndarray, most: int = MOST_POINTS) -> np.ndarray:
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

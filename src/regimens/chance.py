"""Chance that is keyed: a number belongs to a subject, a replicate and a purpose, never to a worker or a batch."""

from __future__ import annotations

import zlib

import numpy as np
from scipy.special import ndtri


def uniforms(seed: int, purpose: str, count: int, *, first: int = 0, replicate: int = 0, item: int = 0) -> np.ndarray:
    """Return one number in (0, 1) for each of the subjects `first` to `first + count - 1`: (count,).

    The number of a subject depends on seed, purpose, subject, replicate and item (for instance which dose) alone. Philox is
    counter-based, so a later subject costs nothing to reach. Source: Salmon 2011, doi:10.1145/2063384.2063405.
    """
    key = np.random.SeedSequence(seed, spawn_key=(zlib.crc32(purpose.encode()),)).generate_state(2, np.uint64)
    words = np.random.Philox(key=key, counter=np.array([first, replicate, item, 0], dtype=np.uint64)).random_raw(4 * count)
    # 52 bits and a half: with one bit more the largest would round to 1, and its normal number be infinite.
    return ((words[::4] >> np.uint64(12)) + 0.5) * 2.0**-52


def normals(seed: int, purpose: str, count: int, *, first: int = 0, replicate: int = 0, item: int = 0) -> np.ndarray:
    """Return one standard normal number for each subject, keyed as those of `uniforms`."""
    return ndtri(uniforms(seed, purpose, count, first=first, replicate=replicate, item=item))

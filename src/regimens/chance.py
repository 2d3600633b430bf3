"""Chance that is keyed: a number belongs to a subject, a replicate and a purpose, never to a worker or a batch.

Philox is counter-based, so a later subject costs nothing to reach. Source: Salmon 2011, doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

import functools
import zlib

import numpy as np
from scipy.special import ndtri


def uniforms(seed: int, purpose: str, count: int, *, first: int = 0, replicate: int = 0) -> np.ndarray:
    """Return one number in (0, 1) for each of the subjects `first` to `first + count - 1`: (count,).

    The number of a subject depends on seed, purpose, subject and replicate alone.
    """
    counter = np.array([first, replicate, 0, 0], dtype=np.uint64)
    return _open(np.random.Philox(key=_key(seed, purpose), counter=counter).random_raw(4 * count)[::4])


def normals(seed: int, purpose: str, count: int, *, first: int = 0, replicate: int = 0) -> np.ndarray:
    """Return one standard normal number for each subject, keyed as those of `uniforms`."""
    return ndtri(uniforms(seed, purpose, count, first=first, replicate=replicate))


def streams(seed: int, purpose: str, subjects: np.ndarray, replicates: np.ndarray, length: int) -> np.ndarray:
    """Return `length` numbers in (0, 1) for each (subject, replicate) of two equally long arrays: (rows, length).

    The numbers of a row depend on seed, purpose, subject and replicate alone; a longer stream begins with the shorter one.
    """
    key = _key(seed, purpose)
    counters = np.zeros((len(subjects), 4), dtype=np.uint64)
    counters[:, 1], counters[:, 2], counters[:, 3] = subjects, replicates, 1
    rows = [np.random.Philox(key=key, counter=counter).random_raw(length) for counter in counters]
    return _open(np.array(rows, dtype=np.uint64).reshape(len(subjects), length))


@functools.lru_cache(maxsize=512)
def _key(seed: int, purpose: str) -> np.ndarray:
    return np.random.SeedSequence(seed, spawn_key=(zlib.crc32(purpose.encode()),)).generate_state(2, np.uint64)


def _open(words: np.ndarray) -> np.ndarray:
    """Return 64-bit words as numbers in (0, 1): 52 bits and a half, for with one bit more the largest would round to 1."""
    return ((words >> np.uint64(12)) + 0.5) * 2.0**-52

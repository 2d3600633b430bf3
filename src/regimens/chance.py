"""Random numbers keyed by seed, purpose, subject and replicate, so that they do not depend on workers or batches.

The generator is Philox, which is counter-based: the numbers of any subject are computed directly. Source: Salmon 2011,
doi:10.1145/2063384.2063405.
"""

from __future__ import annotations

import functools
import zlib

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


def uniforms(seed: int, purpose: str, count: int, *, first: int = 0, replicate: int = 0) -> Floats:
    """Return one number in (0, 1) for each of the subjects `first` to `first + count - 1`: (count,).

    The number of a subject depends only on seed, purpose, subject and replicate.
    """
    counter = np.array([first, replicate, 0, 0], dtype=np.uint64)
    return _open(np.random.Philox(key=_key(seed, purpose), counter=counter).random_raw(4 * count)[::4])


def uniforms_of(seed: int, purpose: str, subjects: Integers, replicates: Integers) -> Floats:
    """Return the numbers of `uniforms` for each (subject, replicate) of two equally long arrays: (rows,)."""
    generator, at, words = np.random.Philox(key=_key(seed, purpose), counter=0), 0, []
    breaks = np.flatnonzero((np.diff(replicates) != 0) | (np.diff(subjects) != 1)) + 1
    for rows in np.split(np.arange(len(subjects)), breaks):
        # One generator that is moved on: making one takes as long as the numbers of a thousand subjects.
        start = int(subjects[rows[0]]) + (int(replicates[rows[0]]) << 64)
        generator.advance((start - at) % (1 << 256))
        words.append(generator.random_raw(4 * len(rows))[::4])
        at = start + len(rows)
    return _open(np.concatenate(words))


def normals_of(seed: int, purpose: str, subjects: Integers, replicates: Integers) -> Floats:
    """Return the numbers of `normals` for each (subject, replicate) of two equally long arrays: (rows,)."""
    quantiles: Floats = ndtri(uniforms_of(seed, purpose, subjects, replicates))
    return quantiles


def normals(seed: int, purpose: str, count: int, *, first: int = 0, replicate: int = 0) -> Floats:
    """Return one standard normal number per subject: the normal quantiles of `uniforms` with the same arguments."""
    quantiles: Floats = ndtri(uniforms(seed, purpose, count, first=first, replicate=replicate))
    return quantiles


def streams(seed: int, purpose: str, subjects: Integers, replicates: Integers, length: int) -> Floats:
    """Return `length` numbers in (0, 1) for each (subject, replicate) of two equally long arrays: (rows, length).

    The numbers of a row depend only on seed, purpose, subject and replicate. A longer stream starts with the shorter one.
    """
    key = _key(seed, purpose)
    counters = np.zeros((len(subjects), 4), dtype=np.uint64)
    counters[:, 1], counters[:, 2], counters[:, 3] = subjects, replicates, 1
    rows = [np.random.Philox(key=key, counter=counter).random_raw(length) for counter in counters]
    return _open(np.array(rows, dtype=np.uint64).reshape(len(subjects), length))


@functools.lru_cache(maxsize=512)
def _key(seed: int, purpose: str) -> npt.NDArray[np.uint32 | np.uint64]:
    return np.random.SeedSequence(seed, spawn_key=(zlib.crc32(purpose.encode()),)).generate_state(2, np.uint64)


def _open(words: npt.NDArray[np.uint64]) -> Floats:
    """Return 64-bit words as numbers in (0, 1): 52 bits plus one half. With 53 bits the largest would round to 1."""
    return np.asarray(((words >> np.uint64(12)) + 0.5) * 2.0**-52, dtype=np.float64)

"""Keyed random numbers: independent of batches, uniform, and independent between purposes."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import kstest

from regimens.chance import normals, normals_of, streams, uniforms, uniforms_of

COUNT = 4000
LEAST = 1e-3
"""Smallest accepted p-value; seeds are fixed, so the test gives the same result every time."""


@pytest.mark.parametrize("size", [1, 3, 7, 64])
def test_a_subjects_number_does_not_depend_on_how_subjects_are_split(size):
    whole = uniforms(5, "CL", 200, replicate=2)
    parts = [uniforms(5, "CL", min(size, 200 - first), first=first, replicate=2) for first in range(0, 200, size)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_a_stream_depends_only_on_its_subject_and_draw_and_a_longer_one_starts_with_it():
    subjects, draws = np.array([0, 1, 5, 1, 5]), np.array([0, 0, 0, 3, 3])
    whole = streams(5, "missed il2", subjects, draws, 40)
    for row in range(5):
        alone = streams(5, "missed il2", subjects[[row]], draws[[row]], 12)
        assert alone.tobytes() == whole[[row], :12].tobytes()
    assert len(np.unique(whole)) == whole.size
    assert streams(5, "missed il2", subjects[:0], draws[:0], 3).shape == (0, 3)


def test_normal_numbers_are_the_uniform_ones_by_their_quantiles():
    assert normals(5, "CL", 50, first=9).tobytes() == ndtri(uniforms(5, "CL", 50, first=9)).tobytes()


@given(st.lists(st.tuples(st.integers(0, 2**40), st.integers(0, 2**40), st.integers(1, 9)), min_size=1, max_size=6))
def test_numbers_of_any_subjects_and_draws_are_those_of_each_alone(blocks):
    subjects = np.concatenate([np.arange(first, first + count) for _, first, count in blocks])
    draws = np.concatenate([np.full(count, draw) for draw, _, count in blocks])
    alone = [uniforms(5, "CL", count, first=first, replicate=draw) for draw, first, count in blocks]
    assert uniforms_of(5, "CL", subjects, draws).tobytes() == np.concatenate(alone).tobytes()
    assert normals_of(5, "CL", subjects, draws).tobytes() == ndtri(np.concatenate(alone)).tobytes()


def test_numbers_are_uniform_over_subjects_draws_and_streams():
    found = {
        "subjects": uniforms(1, "CL", COUNT),
        "draws": np.concatenate([uniforms(1, "CL", 1, replicate=draw) for draw in range(COUNT)]),
        "streams": streams(1, "CL", np.arange(4), np.zeros(4, dtype=int), COUNT // 4).ravel(),
    }
    for name, drawn in found.items():
        assert kstest(drawn, "uniform").pvalue > LEAST, name


def test_seeds_purposes_draws_and_streams_are_independent_of_each_other():
    keys = [(1, "CL", 0), (2, "CL", 0), (1, "V", 0), (1, "CL", 1), (2**63 - 1, "CL", 0)]
    drawn = [normals(seed, purpose, COUNT, replicate=draw) for seed, purpose, draw in keys]
    drawn.append(ndtri(streams(1, "CL", np.arange(COUNT), np.zeros(COUNT, dtype=int), 1)[:, 0]))
    # Of independent streams, a correlation has a standard deviation of 1 / sqrt(COUNT); 15 pairs reach four of them once in 1000.
    for one, other in itertools.combinations(drawn, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(COUNT)
    # Neither is one stream another one moved by a few subjects.
    assert len(set(np.concatenate(drawn))) == COUNT * len(drawn)


@pytest.mark.parametrize("word", [0, 2**64 - 1])
def test_neither_0_nor_1_is_ever_drawn(word, monkeypatch):
    class Extreme:
        def __init__(self, **_):
            pass

        def random_raw(self, count):
            return np.full(count, word, dtype=np.uint64)

    monkeypatch.setattr(np.random, "Philox", Extreme)
    (drawn,) = uniforms(1, "CL", 1)
    assert 0.0 < drawn < 1.0
    assert np.isfinite(normals(1, "CL", 1)).all()

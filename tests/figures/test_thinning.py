"""Thinning keeps a curve within its tolerance, and leaves out what no eye could see."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.figures.thinning import LARGEST, kept, tolerance

WITHIN = 0.005
ROUNDING = 1e-9
"""Slopes are compared as floats, which hold 16 digits."""

HOURS = np.arange(0.0, 21 * 24.0 + 1)
COURSE_H = 24.0 * np.arange(5)
DECAY_PER_H = 0.5
"""Fast enough that nothing is left of a dose when the next one is due: exp(-12) is 6e-6 of the peak."""


def comb() -> np.ndarray:
    """Return a curve of five peaks, a day apart and of height 1, that is flat near zero from the sixth day on."""
    since = HOURS - COURSE_H[:, None]
    return np.where(since >= 0, np.exp(-DECAY_PER_H * np.maximum(since, 0.0)), 0.0).sum(axis=0)[None, :]


def drawn(times: np.ndarray, shares: np.ndarray, stays: np.ndarray) -> np.ndarray:
    """Return the drawn lines at all times."""
    return np.stack([np.interp(times, times[row], curve[row]) for curve, row in zip(shares, stays, strict=True)])


@st.composite
def curves(draw) -> tuple[np.ndarray, np.ndarray]:
    count = draw(st.integers(2, 60))
    gaps = draw(st.lists(st.floats(0.01, 100.0), min_size=count, max_size=count))
    share = st.one_of(st.floats(0.0, 1.0), st.sampled_from([0.0, 0.5, 0.502, 1.0]))
    rows = draw(st.lists(st.lists(share, min_size=count, max_size=count), min_size=1, max_size=3))
    return np.cumsum(gaps), np.array(rows)


@given(curves(), st.sampled_from([0.001, WITHIN, 0.05]))
def test_the_ends_stay_and_no_point_is_further_from_the_line_than_the_tolerance(found, within):
    times, shares = found
    stays = kept(times, shares, within)
    assert stays[:, [0, -1]].all()
    assert np.abs(drawn(times, shares, stays) - shares).max() <= within + ROUNDING


@given(curves())
def test_a_curve_is_thinned_the_same_whichever_others_are_beside_it(found):
    times, shares = found
    together = kept(times, shares, WITHIN)
    for curve, row in zip(shares, together, strict=True):
        assert (kept(times, curve[None, :], WITHIN)[0] == row).all()


@given(curves(), st.data())
def test_a_curve_with_a_missing_value_keeps_all_its_points_and_leaves_the_others_alone(found, data):
    times, shares = found
    both = np.concatenate([shares, shares[:1]])
    both[-1, data.draw(st.integers(0, len(times) - 1))] = np.nan
    stays = kept(times, both, WITHIN)
    assert stays[-1].all()
    assert (stays[:-1] == kept(times, shares, WITHIN)).all()


def test_a_comb_of_peaks_keeps_its_peaks_and_its_troughs():
    shares = comb()
    stays = kept(HOURS, shares, WITHIN)
    line = drawn(HOURS, shares, stays)[0]
    at_peaks, before_peaks = COURSE_H.astype(int), COURSE_H[1:].astype(int) - 1
    assert stays[0, at_peaks].all()
    assert line[at_peaks] == pytest.approx(np.ones(5), abs=WITHIN)
    assert line[before_peaks] == pytest.approx(np.zeros(4), abs=WITHIN)


def test_no_slope_is_drawn_from_the_last_peak_to_the_end():
    shares = comb()
    line = drawn(HOURS, shares, kept(HOURS, shares, WITHIN))[0]
    day_after_last = int(COURSE_H[-1]) + 24
    assert np.abs(line[day_after_last:]).max() <= WITHIN


def test_flat_stretches_and_straight_slopes_cost_no_points():
    shares = comb()
    assert not kept(HOURS, shares, WITHIN)[0, 6 * 24 : -1].any()
    slope = np.linspace(0.0, 1.0, 200)
    assert kept(np.arange(200.0), slope[None, :], WITHIN).sum() == 2


@pytest.mark.parametrize(("height", "share"), [(300, 1 / 300), (150, 1 / 150), (125, LARGEST), (40, LARGEST)])
def test_the_tolerance_is_one_pixel_and_never_more_than_the_largest(height, share):
    assert tolerance(height) == share
    assert LARGEST < 0.01

"""What stands for subjects and draws: the same as numpy says of what is there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from regimens.statistics import over_draws, over_subjects, prediction_interval, quantiles

VALUES = arrays(
    float, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.one_of(st.floats(-1e3, 1e3), st.just(np.nan))
)


@given(VALUES, st.sampled_from(["median", "mean"]))
def test_a_draw_has_the_median_or_mean_of_what_is_not_missing(values, statistic):
    by_hand = {"median": np.median, "mean": np.mean}[statistic]
    expected = [by_hand(draw[~np.isnan(draw)]) if not np.isnan(draw).all() else np.nan for draw in values]
    np.testing.assert_allclose(over_subjects(values, statistic), expected, rtol=1e-12, atol=1e-12)


@given(VALUES)
def test_quantiles_are_those_of_numpy(values):
    present = values[~np.isnan(values)]
    expected = np.quantile(present, [0.0, 0.05, 0.3, 0.5, 1.0]) if present.size else [np.nan] * 5
    np.testing.assert_allclose(quantiles(values, (0.0, 0.05, 0.3, 0.5, 1.0)), expected, rtol=1e-12, atol=1e-12)


def test_endless_values_keep_their_place_and_are_never_shown():
    middle, highest = quantiles(np.array([1.0, 2.0, 3.0, np.inf]), (0.5, 0.95))
    assert middle == 2.5
    assert np.isnan(highest)


def test_one_draw_has_a_value_and_no_confidence_interval():
    np.testing.assert_equal(over_draws(np.array([2.0])), (2.0, np.nan, np.nan))
    np.testing.assert_equal(over_draws(np.array([2.0, np.nan])), (2.0, np.nan, np.nan))


def test_intervals_hold_the_middle_90_percent():
    assert prediction_interval(np.arange(101.0).reshape(1, 101)) == pytest.approx((5.0, 95.0))
    assert over_draws(np.arange(101.0)) == pytest.approx((50.0, 5.0, 95.0))

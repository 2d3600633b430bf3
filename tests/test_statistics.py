"""What stands for subjects and draws: the same as numpy says of what is there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from regimens.statistics import (
    over_draws,
    over_subjects,
    prediction_interval,
    quantiles,
    standardised_difference,
    weighted_quantiles,
)

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


def test_values_without_weight_change_no_quantile():
    values, weights, shares = np.array([1.0, 2.0, 4.0, 8.0]), np.array([1.0, 3.0, 2.0, 1.0]), (0.05, 0.3, 0.5, 0.95)
    alone = weighted_quantiles(values, weights, shares)
    with_others = weighted_quantiles(np.append(values, [1.5, 3.0, 9.0]), np.append(weights, np.zeros(3)), shares)
    assert with_others == alone
    # The weights' middles are at 0.5, 2.5, 5 and 6.5 of 7: the median, at 3.5, is two fifths of the way from 2 to 4.
    assert alone[2] == pytest.approx(2.8)


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


def test_an_smd_is_the_printed_example_of_another_program():
    # R, package baselinr, example of hedges_g: treated 5, 6, 7 against 4, 5, 6 is 0.8.
    assert standardised_difference(np.array([[4.0, 5.0, 6.0]]), np.array([[5.0, 6.0, 7.0]])) == pytest.approx([0.8], rel=1e-12)


def test_an_smd_of_log_normal_subjects_is_that_of_numpy_draw_by_draw():
    random = np.random.default_rng(4)
    before = np.exp(random.normal(3.0, 0.5, (5, 40)))
    after = before * np.exp(random.normal(0.4, 0.3, (5, 40)))
    spread = np.sqrt((before.var(axis=1, ddof=1) + after.var(axis=1, ddof=1)) / 2)
    by_hand = (after.mean(axis=1) - before.mean(axis=1)) / spread * (1 - 3 / (4 * 80 - 9))
    np.testing.assert_allclose(standardised_difference(before, after), by_hand, rtol=1e-12)


def test_an_smd_of_very_many_log_normal_subjects_is_that_of_their_distribution():
    spread, rise = 0.4, 1.3
    before = np.exp(np.random.default_rng(5).normal(0.0, spread, (1, 400_000)))
    mean, deviation = np.exp(spread**2 / 2), np.exp(spread**2 / 2) * np.sqrt(np.expm1(spread**2))
    exact = (rise - 1) * mean / (deviation * np.sqrt((1 + rise**2) / 2))
    # The standard error of an SMD of so many subjects is about 0.002.
    assert standardised_difference(before, rise * before) == pytest.approx([exact], abs=0.01)


def test_who_lacks_one_of_both_values_is_left_out_of_an_smd():
    before, after = np.array([[4.0, 5.0, 6.0, 9.0, np.nan]]), np.array([[5.0, 6.0, 7.0, np.nan, 1.0]])
    assert standardised_difference(before, after) == pytest.approx([0.8], rel=1e-12)


def test_an_smd_without_a_spread_or_a_second_subject_is_missing():
    alike, rounded = np.full((1, 3), 2.0), 3.0 + np.array([[0.0, 1e-7, -1e-7]])
    one = np.array([[1.0, np.nan, np.nan]])
    for before, after in ((alike, alike), (alike, 2 * alike), (alike, rounded), (one, 2 * one), (np.nan * alike, alike)):
        np.testing.assert_equal(standardised_difference(before, after), [np.nan])


def test_a_difference_below_what_the_integration_can_tell_is_an_smd_of_zero():
    before = np.array([[4.0, 5.0, 6.0]])
    np.testing.assert_equal(standardised_difference(before, before * (1 + 1e-7)), [0.0])

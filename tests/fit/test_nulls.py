"""Null models against a t distribution written out."""

import numpy as np
import pytest
from scipy.stats import t

from regimens.fit.datapoints import AT_LEAST, Observation
from regimens.fit.nulls import null_of

EXACT = 1e-12  # the same formula
REPEATS = 2_000


def fold(value, source, bound="", kind="Treg", rest=0.0):
    return Observation(value, 0.1, source, kind, bound, rest)


OTHERS = [
    (fold(0.2, "A"), "g"),
    (fold(0.6, "B"), "g"),
    (fold(1.1, "C"), "h"),
    (fold(3.0 + 1.0, "D", rest=3.0), "h"),
    (fold(9.0, "E", AT_LEAST), "h"),
    (fold(9.0, "F", kind="Th17"), "g"),
    (fold(9.0, "me"), "g"),
]
VALUES = np.array([0.2, 0.6, 1.1, 1.0])


def test_a_row_is_predicted_by_the_mean_and_spread_of_other_sources_with_a_t_distribution():
    found = null_of(fold(0.5, "me"), OTHERS)
    scale = VALUES.std(ddof=1) * np.sqrt(1 + 1 / 4)
    expected = VALUES.mean() + np.array([-1, 1]) * t.ppf(0.95, 3) * scale
    assert found.interval() == pytest.approx(expected, rel=EXACT)
    assert found.log_density(fold(0.5, "me")) == pytest.approx(t.logpdf(0.5, 3, VALUES.mean(), scale), rel=EXACT)
    assert found.log_density(fold(0.5, "me", AT_LEAST)) == pytest.approx(t.logsf(0.5, 3, VALUES.mean(), scale), rel=EXACT)


def test_a_count_is_predicted_from_folds_times_its_own_baseline():
    assert null_of(fold(3.0, "me", rest=2.5), OTHERS).centre == pytest.approx(VALUES.mean() + 2.5, rel=EXACT)


def test_the_mean_of_like_people_is_drawn_towards_the_mean_of_all():
    found = null_of(fold(0.5, "me"), OTHERS, "g")
    assert found.centre == pytest.approx(2 / 3 * 0.4 + 1 / 3 * VALUES.mean(), rel=EXACT)


def test_rows_that_are_each_alone_in_their_group_have_the_spread_and_the_freedom_of_all():
    """Every residual is then half of what it is from the mean of all, and so is its standard deviation."""
    alone = [(seen, f"group {place}") for place, (seen, _) in enumerate(OTHERS)]
    found = null_of(fold(0.5, "me"), alone, "group 0")
    assert found.scale == pytest.approx(VALUES.std(ddof=1) * np.sqrt(1 + 1 / 2), rel=EXACT)
    assert found.freedom == pytest.approx(3, rel=EXACT)


def test_the_intervals_of_groups_that_do_not_differ_hold_a_new_row_nine_times_in_ten():
    chance = np.random.default_rng(20261127)
    groups, inside = [*"gggghhij"], 0
    for _ in range(REPEATS):
        *values, new = chance.normal(0.5, 0.3, len(groups) + 1)
        others = [(fold(value, f"S{place}"), group) for place, (value, group) in enumerate(zip(values, groups, strict=True))]
        low, high = null_of(fold(new, "me"), others, "g").interval()
        inside += low <= new <= high
    assert inside / REPEATS == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / REPEATS))


def test_people_that_no_other_source_treated_are_predicted_as_by_the_first_null_model():
    assert null_of(fold(0.5, "me"), OTHERS, "nobody") == null_of(fold(0.5, "me"), OTHERS)


def test_too_few_rows_of_a_kind_predict_nothing():
    assert null_of(fold(0.5, "me"), OTHERS[:2]) is None
    assert null_of(fold(0.5, "me", kind="NK"), OTHERS) is None


def test_rows_that_all_have_the_same_value_predict_nothing():
    same = [(fold(np.log(1.3), source), group) for source, group in (("A", "g"), ("B", "g"), ("C", "h"))]
    assert null_of(fold(0.5, "me"), same) is None
    assert null_of(fold(0.5, "me"), same, "g") is None

"""Printed spreads become standard errors on the log scale, by formulas that can be checked by hand."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from regimens.evidence.spread import IQR_WIDTH, Printed, expected_range, observed, ratio_se, sd_log_of_cv, spread_of

PUBLISHED_D2 = {2: 1.128, 3: 1.693, 4: 2.059, 5: 2.326, 6: 2.534, 10: 3.078, 15: 3.472, 20: 3.735, 25: 3.931}
"""Factors d2 of control charts, to three decimals as tabulated (Montgomery, Statistical Quality Control, appendix)."""


def test_the_expected_range_of_two_and_three_is_their_closed_form():
    assert expected_range(2) == pytest.approx(2 / math.sqrt(math.pi), rel=1e-9)
    assert expected_range(3) == pytest.approx(3 / math.sqrt(math.pi), rel=1e-9)


@pytest.mark.parametrize(("n", "d2"), PUBLISHED_D2.items())
def test_the_expected_range_is_the_published_factor(n, d2):
    assert expected_range(n) == pytest.approx(d2, abs=6e-4)


def test_the_width_of_quartiles_is_that_of_a_normal_value():
    assert pytest.approx(2 * norm.ppf(0.75), abs=5e-4) == IQR_WIDTH


def test_an_sd_of_a_mean_is_turned_by_the_moments_of_a_log_normal_value():
    found = spread_of(Printed(10.0, 5.0, 15.0, "SD"), 25, median=False)
    assert found.sd_log == pytest.approx(math.sqrt(math.log(1.25)))
    assert found.se_log == pytest.approx(math.sqrt(math.log(1.01)))
    assert found.words == "sqrt(log(1 + (SD/mean)^2 / n))"


def test_a_small_sd_gives_the_delta_method():
    found = spread_of(Printed(10.0, 9.9, 10.1, "SD"), 16, median=False)
    assert found.se_log == pytest.approx(0.01 / 4, rel=1e-4)


def test_an_sd_may_reach_below_zero():
    assert spread_of(Printed(16.51, -2.55, 35.57, "SD"), 26, median=False).se_log == pytest.approx(
        math.sqrt(math.log1p((19.06 / 16.51) ** 2 / 26))
    )


def test_an_se_says_the_sd_between_subjects_too():
    found = spread_of(Printed(10.0, 9.0, 11.0, "SE"), 25, median=False)
    assert found.se_log == pytest.approx(math.sqrt(math.log1p(0.01)))
    assert found.sd_log == pytest.approx(math.sqrt(math.log1p(0.25)))


def test_quartiles_of_a_median_give_sd_over_root_n_times_root_half_pi():
    found = spread_of(Printed(2.17, 1.70, 3.55, "IQR"), 15, median=True)
    sd = math.log(3.55 / 1.70) / 1.349
    assert found.sd_log == pytest.approx(sd)
    assert found.se_log == pytest.approx(math.sqrt(math.pi / 2) * sd / math.sqrt(15))


def test_a_range_is_divided_by_the_expected_range_of_its_n():
    found = spread_of(Printed(4.4, 2.1, 13.3, "range"), 6, median=True)
    assert found.sd_log == pytest.approx(math.log(13.3 / 2.1) / 2.534, rel=2e-4)
    assert found.sd_log == pytest.approx(0.73, abs=0.005)


def test_a_confidence_interval_is_its_log_width_over_twice_1_96():
    assert spread_of(Printed(2.0, 1.0, 4.0, "CI95"), 9, median=False).se_log == pytest.approx(
        math.log(4) / (2 * norm.ppf(0.975)), rel=1e-6
    )


@pytest.mark.parametrize(
    ("interval", "low", "n", "why"),
    [
        ("IQR", 0.0, 9, "its lower end is not greater than zero and has no logarithm"),
        ("range", 1.0, 1, "a range needs at least two subjects"),
        ("lower bound", 1.0, 9, "a bound does not give a spread"),
    ],
)
def test_what_has_no_spread_on_the_log_scale_says_why(interval, low, n, why):
    with pytest.raises(ValueError, match=f"^{why}$"):
        spread_of(Printed(2.0, low, 4.0, interval), n, median=False)


def test_a_fold_of_a_baseline_takes_in_the_errors_of_both_of_the_same_subjects():
    value, baseline = Printed(19.0, 7.62, 30.38, "SD"), Printed(16.51, -2.55, 35.57, "SD")
    own = spread_of(Printed(19.0, 7.62, 30.38, "SD"), 26, median=False)
    before = spread_of(Printed(16.51, -2.55, 35.57, "SD"), 26, median=False)
    found = observed(value, baseline, own, before, None)
    assert found.value == pytest.approx(19.0 / 16.51)
    assert (found.low, found.high) == pytest.approx((7.62 / 16.51, 30.38 / 16.51))
    assert found.se_log == pytest.approx(math.sqrt(own.se_log**2 + before.se_log**2 - own.se_log * before.se_log))


def test_the_error_of_a_ratio_is_that_of_correlated_logarithms():
    random = np.random.default_rng(1)
    pairs = random.multivariate_normal([0, 0], [[0.09, 0.5 * 0.3 * 0.2], [0.5 * 0.3 * 0.2, 0.04]], 40_000)
    assert ratio_se(0.3, 0.2) == pytest.approx(np.std(pairs[:, 0] - pairs[:, 1]), rel=0.02)


def test_an_assumed_standard_error_is_used_as_it_is():
    found = observed(Printed(19.0, None, None, ""), Printed(16.51, -2.55, 35.57, "SD"), None, None, 0.2)
    assert (found.se_log, found.se_words, found.sd_log) == (0.2, "assumed", None)


def test_the_sd_of_the_log_is_that_of_a_log_normal_value():
    mean, variance = math.exp(0.3**2 / 2), (math.exp(0.3**2) - 1) * math.exp(0.3**2)
    assert sd_log_of_cv(math.sqrt(variance) / mean) == pytest.approx(0.3)

"""Tests of significance: power and type I error against the noncentral t and the enumeration of Fisher's exact test."""

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binom, fisher_exact, nct, norm, t

from regimens.settle.significance import LEVEL, RespondersTest, TTest, significance_tests
from regimens.settle.trial import BELOW, NO_LIMIT, Sampling, Trial, trial_data
from tests.settle.small import one_sample, scenario

TRIALS = 500
"""The standard error of a share is at most 0.022, and 0.010 of one that is 5 %."""


def share(test, hypotheses, subjects, limit=NO_LIMIT, dropout=0.0):
    """Return the share of trials in which a test tells the arms apart."""
    sampling = Sampling(subjects, dropout, 2, limit)
    return np.mean([test.rejects(trial_data(hypotheses, sampling, trial, 0)) for trial in range(TRIALS)])


def within(expected):
    """Return the expected share, and four standard errors of the simulated one."""
    return pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / TRIALS))


@pytest.mark.parametrize("subjects", [5, 20])
def test_the_power_of_the_t_test_is_its_closed_form(subjects):
    """Two arms of n with an SD of 0.5 each and means 0.4 apart: the noncentral t with 2 n - 2 degrees of freedom."""
    freedom, centre = 2 * subjects - 2, 0.4 / (0.5 * np.sqrt(2 / subjects))
    limit = t.ppf(0.975, freedom)
    expected = nct.sf(limit, freedom, centre) + nct.cdf(-limit, freedom, centre)
    assert share(TTest(), one_sample(np.full(30, 0.4)), subjects) == within(expected)


def test_the_type_one_error_of_the_t_test_is_its_level():
    assert share(TTest(), one_sample(np.full(30, 0.4)).null, 8) == within(LEVEL)


def enumerated(subjects, first, second):
    """Return the power of Fisher's exact test: the probability of all pairs of counts that it tells apart."""
    counts = range(subjects + 1)
    return sum(
        binom.pmf(one, subjects, first) * binom.pmf(other, subjects, second)
        for one in counts
        for other in counts
        if fisher_exact([[one, subjects - one], [other, subjects - other]]).pvalue <= LEVEL
    )


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize(("subjects", "dropout"), [(8, 0.0), (15, 0.0), (15, 0.3)])
def test_power_and_type_one_error_of_responders_are_those_of_the_enumerated_test(subjects, dropout):
    """Responders above 0.1 with means 0.5 and 0, SD 0.5; who leaves before the one sample is none."""
    hypotheses = one_sample(np.full(30, 0.5))
    test = RespondersTest("", 0.1, (0,))
    first, second = ((1 - dropout) * norm.sf(0.1, mean, 0.5) for mean in (0.5, 0.0))
    assert share(test, hypotheses, subjects, dropout=dropout) == within(enumerated(subjects, first, second))
    assert share(test, hypotheses.null, subjects, dropout=dropout) == within(enumerated(subjects, first, first))


def test_a_limit_of_quantification_below_the_value_changes_no_responder():
    hypotheses, test = one_sample(np.full(30, 0.5)), RespondersTest("", 0.1, (0,))
    assert share(test, hypotheses, 8, limit=0.0) == share(test, hypotheses, 8)


def test_responders_on_any_day_are_those_with_one_sample_above():
    first = np.array([[0.0, 2.0, np.nan], [BELOW, 0.5, 0.9], [1.5, np.nan, np.nan], [np.nan, np.nan, np.nan]])
    trial = Trial((first, np.zeros((2, 3))), -1.0)
    assert RespondersTest("", 1.0, (0, 1, 2)).seen(trial) == (0.5, 0.0)
    assert RespondersTest("", 1.0, (2,)).seen(trial) == (0.0, 0.0)


def test_a_t_test_needs_two_subjects_in_each_arm():
    hypotheses = one_sample(np.full(30, 50.0))
    assert not TTest().rejects(trial_data(hypotheses, Sampling(1, 0.0, 1), 0, 0))
    assert TTest().rejects(trial_data(hypotheses, Sampling(3, 0.0, 1), 0, 0))


def test_a_t_test_takes_half_the_limit_for_a_sample_below_it_and_leaves_out_who_left():
    limit = math.log(2.0)
    trial = Trial((np.array([[9.0, math.log(4.0)], [9.0, BELOW], [9.0, np.nan]]), np.full((2, 2), BELOW)), limit)
    assert TTest().seen(trial) == pytest.approx((2.0, 1.0))


def test_arms_of_which_nothing_is_quantified_are_not_told_apart():
    trial = Trial((np.full((6, 1), BELOW), np.full((6, 1), BELOW)), 1.0)
    assert not TTest().rejects(trial)
    assert not RespondersTest("", 1.0, (0,)).rejects(trial)


def test_a_design_has_a_test_for_every_kind_of_responder_whose_day_it_samples():
    settle = scenario(
        ("  trials: 40", "  trials: 40\n  responders: [above 2 on day 8, above 1.5 on any day, above 3 on the last day]")
    ).settle
    early, late = (significance_tests(settle, design) for design in settle.designs)
    assert [(test.words, getattr(test, "places", None)) for test in early] == [
        ("t-test of the last sample", None),
        ("Fisher's exact test of responders above 2 on day 8", (1,)),
        ("Fisher's exact test of responders above 1.5 on any day", (0, 1)),
        ("Fisher's exact test of responders above 3 on the last day", (1,)),
    ]
    assert [test.places for test in late[1:]] == [(0,), (0,)]
    assert settle.responders[0].on == Fraction(8)

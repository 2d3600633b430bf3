"""The likelihood of a trial: that of every subject by itself, and of samples below the limit of quantification."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm

from regimens.settle.likelihood import Likelihood, log_below
from regimens.settle.trial import BELOW, NO_LIMIT, Trial
from regimens.settle.weighing import weigh
from tests.settle.small import one_sample, several_days

GENERATOR = np.random.default_rng(5)

INTEGRATED = 0.03
"""Largest error of the logarithm of a probability of several samples below the limit, as it is integrated."""


def apart(found):
    """Return log likelihoods against the first, since they are known up to a constant."""
    return found - found[0]


def test_the_likelihood_is_that_of_every_subject_by_itself():
    """Subjects who left after 1, 2 or no samples: the sum of multivariate normal log densities."""
    hypotheses = several_days()
    arms = tuple(GENERATOR.normal(size=(count, 3)) for count in (5, 4))
    for values, seen in zip(arms, ([3, 3, 2, 1, 0], [3, 1, 3, 3]), strict=True):
        values[np.arange(3) >= np.array(seen)[:, np.newaxis]] = np.nan
    expected = np.zeros(len(hypotheses.model))
    for arm, values in enumerate(arms):
        for row in values:
            count = int(np.count_nonzero(~np.isnan(row)))
            for place, number in enumerate(hypotheses.model):
                if count:
                    covariance = hypotheses.covariance[number, arm, :count, :count]
                    expected[place] += multivariate_normal.logpdf(row[:count], hypotheses.mean[place, arm, :count], covariance)
    assert apart(Likelihood(hypotheses)(Trial(arms))) == pytest.approx(apart(expected))


def test_one_censored_sample_has_the_likelihood_of_a_censored_normal():
    """Values 0.1 and 0.7 seen and one below -0.2, SD 0.5: the density of two, times the probability of the third."""
    theta = np.linspace(-2, 2, 41)
    hypotheses = one_sample(theta)
    trial = Trial((np.array([[0.1], [0.7], [BELOW]]), np.empty((0, 1))), -0.2)
    expected = norm.logpdf(0.1, theta, 0.5) + norm.logpdf(0.7, theta, 0.5) + norm.logcdf(-0.2, theta, 0.5)
    assert apart(Likelihood(hypotheses)(trial)) == pytest.approx(apart(expected))


def test_a_censored_conjugate_case_has_its_closed_form():
    """theta ~ N(0, 1), one sample with SD 0.5 below c: P(theta > 0 | below) and E(theta | below) by quadrature."""
    theta = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    hypotheses = one_sample(theta)
    for limit in (-0.8, 0.0, 0.5):
        made = weigh(hypotheses, Likelihood(hypotheses)(Trial((np.array([[BELOW]]), np.empty((0, 1))), limit)))

        def density(value, limit=limit):
            return norm.pdf(value) * norm.cdf(limit, value, 0.5)

        whole = norm.cdf(limit / np.sqrt(1.25))
        assert made.probability == pytest.approx(quad(density, 0, 8)[0] / whole, abs=1e-3)
        assert made.gain == pytest.approx(quad(lambda value: value * density(value), -8, 8)[0] / whole, abs=2e-3)


@pytest.mark.parametrize("seen", [1, 2])
def test_censored_samples_count_given_the_samples_seen_of_the_same_subject(seen):
    """Joint by scipy: the density of those seen, times the conditional normal probability of those below."""
    hypotheses, limit = several_days(), 0.4
    row = np.full(3, BELOW)
    row[:seen] = [0.9, 1.3][:seen]
    expected = []
    for place, number in enumerate(hypotheses.model):
        mean, covariance = hypotheses.mean[place, 0], hypotheses.covariance[number, 0]
        own, onto = covariance[:seen, :seen], covariance[seen:, :seen] @ np.linalg.inv(covariance[:seen, :seen])
        centre = mean[seen:] + onto @ (row[:seen] - mean[:seen])
        left = covariance[seen:, seen:] - onto @ covariance[:seen, seen:]
        below = multivariate_normal.cdf(np.full(3 - seen, limit), centre, left, abseps=1e-9, releps=1e-9)
        expected.append(multivariate_normal.logpdf(row[:seen], mean[:seen], own) + np.log(below))
    trial = Trial((row[np.newaxis], np.empty((0, 3))), limit)
    likely = np.array(expected) > max(expected) - 8
    found = apart(Likelihood(hypotheses)(trial)[likely])
    assert found == pytest.approx(apart(np.array(expected)[likely]), abs=1e-8 if seen == 2 else INTEGRATED)


def test_the_probability_of_several_samples_below_is_the_multivariate_normal_one():
    """By scipy to 1e-5; the logarithms lie above -3.1, so the error that this leaves in them is far below INTEGRATED."""
    days = 7.0 * np.arange(4)
    covariance = 0.09 * np.exp(-np.abs(days[:, np.newaxis] - days) / 60) + 0.03 * np.eye(4)
    for count in (1, 2, 3, 4):
        own = covariance[:count, :count]
        away = GENERATOR.normal(size=(12, count)) * 0.3 + 0.1
        expected = [np.log(multivariate_normal.cdf(each, np.zeros(count), own, abseps=1e-5, releps=1e-5)) for each in away]
        found = log_below(away, np.linalg.cholesky(own))
        assert found == pytest.approx(expected, abs=1e-10 if count == 1 else INTEGRATED)


def test_independent_samples_below_have_the_product_of_their_probabilities():
    """Far into the tail, too, where the probability is 0 in floating point numbers."""
    away = np.array([[-0.3, 0.2, 1.0], [-9.0, -40.0, -12.0]])
    assert log_below(away, np.eye(3)) == pytest.approx(norm.logcdf(away).sum(axis=1))


def test_a_limit_below_every_sample_changes_nothing():
    hypotheses = several_days()
    arms = tuple(GENERATOR.normal(size=(4, 3)) for _ in range(2))
    without, beneath = (Likelihood(hypotheses)(Trial(arms, limit)) for limit in (NO_LIMIT, -50.0))
    assert without.tolist() == beneath.tolist()

"""The move towards a reference."""

import numpy as np
import pytest

from regimens.fit.reference import Reference

COVARIANCE = np.array([[1.0, 0.6], [0.6, 0.8]])
MEAN = np.array([0.5, -1.0])


def points(count):
    return np.random.default_rng(3).multivariate_normal(MEAN, COVARIANCE, size=count)


def test_many_points_give_their_mean_and_covariance():
    reference = Reference.of(points(20_000), 20_000)
    assert reference.mean == pytest.approx(MEAN, abs=0.03)
    assert reference.factor @ reference.factor.T == pytest.approx(COVARIANCE, abs=0.03)


def test_a_standard_normal_density_counts_as_many_points_as_there_are_columns():
    reference = Reference.of(np.array([[-1.0, 2.0], [1.0, 2.0]]), 2)
    assert reference.mean == pytest.approx([0.0, 2.0])
    assert reference.factor @ reference.factor.T == pytest.approx(np.diag([1.0, 0.5]))


def test_proposals_from_draws_of_the_reference_are_draws_of_it_again():
    reference = Reference.of(points(20_000), 20_000)
    proposed, _ = reference.propose(points(20_000), np.random.RandomState(1))
    assert proposed.mean(axis=0) == pytest.approx(MEAN, abs=0.04)
    assert np.cov(proposed.T) == pytest.approx(COVARIANCE, abs=0.04)


def test_the_log_ratio_is_that_of_the_density_that_the_move_keeps():
    """Where the density is the reference itself, every proposal is accepted: ratio and change of the log density cancel."""
    reference = Reference.of(points(500), 500)
    inverse = np.linalg.inv(reference.factor @ reference.factor.T)
    before = points(50)
    after, ratio = reference.propose(before, np.random.RandomState(1))
    density = [-0.5 * np.einsum("pi,ij,pj->p", x - reference.mean, inverse, x - reference.mean) for x in (before, after)]
    assert density[1] - density[0] + ratio == pytest.approx(np.zeros(50), abs=1e-9)

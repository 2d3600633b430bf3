"""Trials: noise, subjects who leave, the limit of quantification, and numbers that depend on nothing but their own trial."""

import numpy as np
import pytest
from scipy.stats import norm

from regimens.settle.hypotheses import Hypotheses
from regimens.settle.trial import BELOW, Sampling, trial_data, truths
from tests.settle.small import one_sample, several_days


def test_a_truth_outside_the_models_has_more_spread():
    hypotheses, sampling = one_sample(np.zeros(50)), Sampling(20, 0.0, 1)
    spreads = [
        np.std([trial_data(hypotheses, sampling, trial, 0, outside).arms[0].mean() for trial in range(200)])
        for outside in (False, True)
    ]
    assert spreads[1] > spreads[0]


def test_subjects_who_leave_give_their_first_samples_only():
    trial = trial_data(several_days(), Sampling(400, 0.5, 1), 0, 3)
    for arm in trial.arms:
        missing = np.isnan(arm)
        assert np.all(missing[:, :-1] <= missing[:, 1:])
        counts = np.bincount((~missing).sum(axis=1), minlength=4)
        assert counts[3] == pytest.approx(200, abs=50)
        assert counts[:3].tolist() == pytest.approx([67, 67, 67], abs=30)


def test_samples_below_the_limit_are_told_from_those_of_subjects_who_left():
    """The share below is that of the normal distribution; the others are the numbers of the trial without a limit."""
    hypotheses = one_sample(np.zeros(50))
    with_limit, without = (trial_data(hypotheses, Sampling(4000, 0.2, 1, limit), 0, 3) for limit in (-0.3, -np.inf))
    for cut, whole in zip(with_limit.arms, without.arms, strict=True):
        below = cut == BELOW
        assert np.array_equal(np.isnan(cut), np.isnan(whole))
        assert np.array_equal(cut[~below], whole[~below], equal_nan=True)
        assert np.mean(below[~np.isnan(cut)]) == pytest.approx(norm.cdf(-0.3 / 0.5), abs=0.03)


def test_a_trial_is_the_same_whatever_is_simulated_beside_it():
    hypotheses, sampling = several_days(), Sampling(6, 0.2, 1)
    alone, again, other = (trial_data(hypotheses, sampling, trial, 3) for trial in (4, 4, 5))
    assert np.array_equal(alone.arms, again.arms, equal_nan=True)
    assert not np.array_equal(alone.arms, other.arms, equal_nan=True)


def test_truths_are_the_same_in_parts_and_each_model_is_true_as_often_as_it_weighs():
    """400 trials, 3 models of 5 draws and 1 of 20: within one trial of 100 a model, and of 20 or 5 a draw."""
    hypotheses = Hypotheses(np.repeat([0, 1, 2, 3], [5, 5, 5, 20]), np.zeros(35), np.zeros((35, 2, 1)), np.ones((4, 2, 1, 1)))
    for seed in (1, 2):
        whole = truths(hypotheses, seed, 0, 400)
        assert whole.tolist() == [*truths(hypotheses, seed, 0, 7).tolist(), *truths(hypotheses, seed, 7, 393).tolist()]
        assert np.bincount(hypotheses.model[whole]).tolist() == pytest.approx([100] * 4, abs=2)
        assert np.bincount(whole).tolist() == pytest.approx([20] * 15 + [5] * 20, abs=3)


def test_some_days_of_a_trial_are_those_of_the_whole():
    trial = trial_data(several_days(), Sampling(6, 0.2, 1), 0, 3)
    assert np.array_equal(trial.on([2, 0]).arms[1], trial.arms[1][:, [2, 0]], equal_nan=True)


def test_hypotheses_on_some_days_have_those_days_only():
    hypotheses = several_days()
    some = hypotheses.on([2, 0])
    assert some.mean[4, 1].tolist() == hypotheses.mean[4, 1, [2, 0]].tolist()
    assert some.covariance[1, 0].tolist() == hypotheses.covariance[1, 0][np.ix_([2, 0], [2, 0])].tolist()

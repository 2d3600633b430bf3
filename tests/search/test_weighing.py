"""Weighing by the data of a trial: closed forms, limits of no data and of much data, and how often a settled pair is wrong."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal, nct, norm, t

from regimens.search.weighing import LEAST_SIZE, Group, Hypotheses, log_likelihood, t_test, trial_data, truths, weigh

GENERATOR = np.random.default_rng(11)


def one_sample(theta, spread=0.5):
    """Hypotheses of one model about the mean `theta` of the first arm on one day; the second arm has the mean 0."""
    count = len(theta)
    mean = np.zeros((count, 2, 1))
    mean[:, 0, 0] = theta
    return Hypotheses(np.zeros(count, dtype=np.int64), np.asarray(theta), mean, np.full((1, 2, 1, 1), spread**2))


def several_days(models=2, draws=40, days=3):
    model = np.repeat(np.arange(models), draws)
    mean = GENERATOR.normal(size=(models * draws, 2, days))
    root = GENERATOR.normal(size=(models, 2, days, days))
    covariance = root @ np.swapaxes(root, 2, 3) + 0.2 * np.eye(days)
    return Hypotheses(model, mean[:, 0, 0] - mean[:, 1, 0], mean, covariance)


def test_the_likelihood_is_that_of_every_subject_by_itself():
    hypotheses = several_days()
    values = {0: GENERATOR.normal(size=(5, 3)), 1: GENERATOR.normal(size=(4, 3))}
    seen = {0: [3, 3, 2, 1, 2], 1: [3, 1, 3, 3]}
    groups, expected = [], np.zeros(len(hypotheses.model))
    for arm in (0, 1):
        for count in (1, 2, 3):
            chosen = values[arm][[k == count for k in seen[arm]], :count]
            if len(chosen):
                mean = chosen.mean(axis=0)
                groups.append(Group(arm, count, len(chosen), mean, (chosen - mean).T @ (chosen - mean)))
        for row, count in zip(values[arm], seen[arm], strict=True):
            for place, number in enumerate(hypotheses.model):
                covariance = hypotheses.covariance[number, arm, :count, :count]
                expected[place] += multivariate_normal.logpdf(row[:count], hypotheses.mean[place, arm, :count], covariance)
    found = log_likelihood(hypotheses, groups)
    assert found - found[0] == pytest.approx(expected - expected[0])


def test_a_conjugate_case_has_its_closed_form():
    """theta ~ N(0, 1); n samples with SD 0.5 and mean y: theta | y is normal with precision 1 + n / 0.25."""
    theta = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    hypotheses, n = one_sample(theta), 4
    for mean in (-0.3, 0.0, 0.12, 0.4):
        group = Group(0, 1, n, np.array([mean]), np.zeros((1, 1)))
        made = weigh(hypotheses, log_likelihood(hypotheses, [group]))
        precision = 1 + n / 0.25
        centre = n / 0.25 * mean / precision
        assert made.probability == pytest.approx(norm.cdf(centre * np.sqrt(precision)), abs=2e-3)
        assert made.gain == pytest.approx(centre, abs=2e-3)
        assert made.power == 1.0


def test_without_subjects_the_trial_returns_what_was_known():
    hypotheses = several_days()
    assert trial_data(hypotheses, 0, 0.0, 1, 0, 5) == []
    made = weigh(hypotheses, log_likelihood(hypotheses, []))
    assert made.probability == pytest.approx(float(hypotheses.prior @ hypotheses.better))
    assert made.size == pytest.approx(len(hypotheses.model))


def test_models_weigh_the_same_before_a_trial_however_many_draws_they_have():
    model = np.array([0, 0, 0, 1])
    assert Hypotheses(model, np.zeros(4), np.zeros((4, 2, 1)), np.ones((2, 2, 1, 1))).prior.tolist() == [
        1 / 6,
        1 / 6,
        1 / 6,
        1 / 2,
    ]


def test_the_truth_takes_no_part_in_its_own_trial():
    hypotheses = one_sample(np.linspace(-1, 1, 101))
    made = weigh(hypotheses, np.where(np.arange(101) == 7, 1000.0, 0.0), truth=7)
    assert made.size == pytest.approx(100)


def test_weights_that_would_rest_on_few_draws_are_tempered_to_the_least_size():
    hypotheses = one_sample(np.linspace(-1, 1, 201))
    likelihood = -((np.arange(201) - 60.0) ** 2)
    made = weigh(hypotheses, likelihood)
    assert made.size < LEAST_SIZE
    assert 0 < made.power < 1
    weights = np.exp(made.power * likelihood)
    weights /= weights.sum()
    assert 1 / np.sum(weights**2) == pytest.approx(LEAST_SIZE, rel=1e-6)


def settled(hypotheses, subjects, trials, seed=3, **more):
    """Return, of every trial, 1 where it is settled rightly, -1 wrongly, 0 not."""
    found = []
    for trial, truth in enumerate(truths(hypotheses, trials, seed)):
        data = trial_data(hypotheses, subjects, 0.0, seed, trial, int(truth), **more)
        made = weigh(hypotheses, log_likelihood(hypotheses, data), int(truth))
        side = 1 if made.probability >= 0.95 else -1 if made.probability <= 0.05 else 0
        found.append(side * np.sign(hypotheses.gain[truth]))
    return np.array(found)


def test_a_settled_pair_is_wrong_in_at_most_one_trial_of_twenty():
    """Over 1,000 trials: among those settled at 95 %, at most 5 % are wrong."""
    found = settled(one_sample(norm.ppf((np.arange(400) + 0.5) / 400)), 4, 1000)
    assert np.count_nonzero(found) > 400
    assert np.count_nonzero(found < 0) <= 0.05 * np.count_nonzero(found)


def test_many_subjects_settle_every_pair_that_the_data_can_tell_apart():
    theta = np.concatenate([np.linspace(-1.0, -0.4, 100), np.linspace(0.4, 1.0, 100)])
    assert settled(one_sample(theta), 400, 60).tolist() == [1.0] * 60


def test_more_subjects_settle_more():
    hypotheses = one_sample(norm.ppf((np.arange(400) + 0.5) / 400))
    shares = [np.mean(settled(hypotheses, subjects, 200) != 0) for subjects in (1, 4, 16)]
    assert shares == sorted(shares)
    assert shares[0] < shares[2]


def test_a_truth_outside_the_models_has_more_spread():
    hypotheses = one_sample(np.zeros(50))
    spreads = []
    for outside in (False, True):
        means = [trial_data(hypotheses, 20, 0.0, 1, trial, 0, outside)[0].mean[0] for trial in range(200)]
        spreads.append(np.std(means))
    assert spreads[1] > spreads[0]


def test_subjects_who_leave_give_their_first_samples_only():
    hypotheses = several_days()
    groups = trial_data(hypotheses, 400, 0.5, 1, 0, 3)
    for arm in (0, 1):
        counts = {group.seen: group.count for group in groups if group.arm == arm}
        assert set(counts) == {1, 2, 3}
        assert counts[3] == pytest.approx(200, abs=50)
        assert sum(counts.values()) < 400


def test_a_trial_is_the_same_whatever_is_simulated_beside_it():
    hypotheses = several_days()
    alone, beside = (trial_data(hypotheses, 6, 0.2, 1, trial, 3) for trial in (4, 4))
    assert [group.mean.tolist() for group in alone] == [group.mean.tolist() for group in beside]
    assert trial_data(hypotheses, 6, 0.2, 1, 5, 3)[0].mean.tolist() != alone[0].mean.tolist()


def test_hypotheses_on_some_days_have_those_days_only():
    hypotheses = several_days()
    some = hypotheses.on([2, 0])
    assert some.mean[4, 1].tolist() == hypotheses.mean[4, 1, [2, 0]].tolist()
    assert some.covariance[1, 0].tolist() == hypotheses.covariance[1, 0][np.ix_([2, 0], [2, 0])].tolist()


def t_tests(hypotheses, subjects, trials):
    return np.mean([t_test(trial_data(hypotheses, subjects, 0.0, 2, trial, 0), 1) for trial in range(trials)])


def test_the_power_of_the_t_test_is_its_closed_form():
    """Two arms of n with an SD of 0.5 each and means 0.4 apart: the noncentral t with 2 n - 2 degrees of freedom."""
    for n in (5, 20):
        freedom, centre = 2 * n - 2, 0.4 / (0.5 * np.sqrt(2 / n))
        limit = t.ppf(0.975, freedom)
        expected = nct.sf(limit, freedom, centre) + nct.cdf(-limit, freedom, centre)
        found = t_tests(one_sample(np.full(30, 0.4)), n, 2000)
        assert found == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 2000))


def test_the_type_one_error_of_the_t_test_is_its_level():
    found = t_tests(one_sample(np.full(30, 0.4)).null, 8, 4000)
    assert found == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 4000))


def test_a_t_test_needs_two_subjects_in_each_arm():
    assert not t_test(trial_data(one_sample(np.full(30, 50.0)), 1, 0.0, 1, 0, 0), 1)
    assert t_test(trial_data(one_sample(np.full(30, 50.0)), 3, 0.0, 1, 0, 0), 1)

"""Weighing by the data of a trial: closed forms, limits of no data and of much data, and how often a settled pair is wrong."""

import numpy as np
import pytest
from scipy.stats import norm

from regimens.contrasts.verdict import Rule
from regimens.settle.hypotheses import Hypotheses
from regimens.settle.likelihood import Likelihood
from regimens.settle.rows import settled_by, wrongly
from regimens.settle.trial import NO_LIMIT, Sampling, Trial, trial_data, truths
from regimens.settle.weighing import LEAST_SIZE, weigh
from tests.settle.small import one_sample, several_days

THETA = norm.ppf((np.arange(400) + 0.5) / 400)
"""Equally likely gains: a standard normal prior."""


def single(values, limit=NO_LIMIT):
    """Return a trial of one day in which the first arm has these values, and the second has no subjects."""
    return Trial((np.asarray(values, dtype=float)[:, np.newaxis], np.empty((0, 1))), limit)


def test_a_conjugate_case_has_its_closed_form():
    """theta ~ N(0, 1); n samples with SD 0.5 and mean y: theta | y is normal with precision 1 + n / 0.25."""
    hypotheses, n = one_sample(norm.ppf((np.arange(20_000) + 0.5) / 20_000)), 4
    for mean in (-0.3, 0.0, 0.12, 0.4):
        made = weigh(hypotheses, Likelihood(hypotheses)(single([mean] * n)))
        precision = 1 + n / 0.25
        centre = n / 0.25 * mean / precision
        assert made.probability == pytest.approx(norm.cdf(centre * np.sqrt(precision)), abs=2e-3)
        assert made.gain == pytest.approx(centre, abs=2e-3)
        assert made.power == 1.0


@pytest.mark.parametrize("limit", [NO_LIMIT, 100.0])
def test_without_subjects_or_with_nothing_quantified_the_trial_returns_what_was_known(limit):
    hypotheses = several_days()
    subjects = 0 if limit == NO_LIMIT else 8
    trial = trial_data(hypotheses, Sampling(subjects, 0.0, 1, limit), 0, 5)
    made = weigh(hypotheses, Likelihood(hypotheses)(trial))
    assert made.probability == pytest.approx(hypotheses.before)
    assert made.gain == pytest.approx(float(hypotheses.prior @ hypotheses.gain))
    assert made.size == pytest.approx(len(hypotheses.model))


def test_models_weigh_the_same_before_a_trial_however_many_draws_they_have():
    hypotheses = Hypotheses(np.array([0, 0, 0, 1]), np.zeros(4), np.zeros((4, 2, 1)), np.ones((2, 2, 1, 1)))
    assert hypotheses.prior.tolist() == [1 / 6, 1 / 6, 1 / 6, 1 / 2]


@pytest.mark.parametrize(
    ("first", "second", "agreed"),
    [
        ([1.0] * 20, [2.0] * 19 + [-1.0], True),
        ([1.0] * 20, [2.0] * 18 + [-1.0] * 2, False),
        ([1.0] * 20, [-1.0] * 20, False),
        ([-1.0] * 20, [-1.0] * 10 + [0.0] * 10, True),
        ([-1.0] * 20, [-1.0] * 9 + [0.0] * 11, False),
        ([0.0] * 20, [0.0] * 20, False),
    ],
)
def test_models_agree_where_each_gives_the_same_arm_the_probability_of_the_rule(first, second, agreed):
    hypotheses = Hypotheses(np.repeat([0, 1], 20), np.array(first + second), np.zeros((40, 2, 1)), np.ones((2, 2, 1, 1)))
    assert hypotheses.agreed(Rule(0.95, 0.5)) is agreed


def test_the_loss_before_a_trial_is_that_of_the_arm_with_the_larger_mean():
    assert one_sample([3.0, -1.0]).regret == pytest.approx(0.5)
    assert one_sample([-3.0, 1.0]).regret == pytest.approx(0.5)


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


def settled(hypotheses, subjects, trials, limit=NO_LIMIT):
    """Return, of every trial, whether it is settled, and whether wrongly."""
    likelihood, sampling = Likelihood(hypotheses), Sampling(subjects, 0.0, 3, limit)
    chosen = truths(hypotheses, 3, 0, trials)
    found = np.array(
        [
            weigh(hypotheses, likelihood(trial_data(hypotheses, sampling, trial, int(truth))), int(truth)).probability
            for trial, truth in enumerate(chosen)
        ]
    )
    return settled_by(found, 0.95), wrongly(found, hypotheses.gain[chosen], 0.95)


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize("limit", [NO_LIMIT, -0.2])
def test_a_settled_pair_is_wrong_in_at_most_one_trial_of_twenty(limit):
    """Over 1,000 trials: among those settled at 95 %, at most 5 % are wrong; with a limit of quantification, too."""
    found, wrong = settled(one_sample(THETA), 4, 1000, limit)
    assert np.count_nonzero(found) > 300
    assert np.count_nonzero(wrong) <= 0.05 * np.count_nonzero(found)


def test_many_subjects_settle_every_pair_that_the_data_can_tell_apart():
    theta = np.concatenate([np.linspace(-1.0, -0.4, 100), np.linspace(0.4, 1.0, 100)])
    found, wrong = settled(one_sample(theta), 400, 60)
    assert found.all()
    assert not wrong.any()


def test_more_subjects_settle_more_and_a_limit_of_quantification_settles_less():
    hypotheses = one_sample(THETA)
    shares = [np.mean(settled(hypotheses, subjects, 200)[0]) for subjects in (1, 4, 16)]
    assert shares == sorted(shares)
    assert shares[0] < shares[2]
    assert np.mean(settled(hypotheses, 4, 200, 0.3)[0]) < shares[1]

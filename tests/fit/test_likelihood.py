"""The likelihood against scipy's own distributions."""

from unittest.mock import Mock

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from regimens.fit.datapoints import AT_LEAST, AT_MOST, DataPoint, Observation
from regimens.fit.likelihood import LogPosterior, load, log_likelihood, of_sources
from regimens.fit.sampling import Settings
from tests.fit.test_subjects import target

EXACT = 1e-10  # closed forms of the same number

ROWS = [
    Observation(0.3, 0.1, "A", "Treg", rest=0.0),
    Observation(0.5, 0.2, "A", "Treg", rest=0.2),
    Observation(-0.1, 0.05, "A", "Treg"),
    Observation(1.0, 0.3, "B", "Treg", rest=0.0),
    Observation(0.2, 0.3, "A", "Th17", rest=0.0),
]
PREDICTED = np.array([[0.2, 0.6, 0.1, -0.7, 0.3], [0.0, 0.0, 0.0, 0.0, 2.0]])
STUDY, ROW = np.array([0.4, 0.1]), np.array([0.15, 0.0])


def effect(place, row):
    if row.rest is None:
        return 1.0
    change = PREDICTED[place, ROWS.index(row)] - row.rest
    return np.sign(change) * (1.0 - np.exp(-abs(change)))


def dense(place):
    loads = np.array([[effect(place, row) if key(row) == group else 0.0 for row in ROWS] for group in set(map(key, ROWS))])
    covariance = STUDY[place] ** 2 * loads.T @ loads + np.diag([row.log_se**2 + ROW[place] ** 2 for row in ROWS])
    return multivariate_normal(PREDICTED[place], covariance).logpdf([row.log_value for row in ROWS])


def key(row):
    return row.source, row.kind


def test_rows_of_one_kind_of_a_source_share_an_effect_on_the_response_as_in_the_dense_normal_density():
    found = log_likelihood(PREDICTED, STUDY, ROW, ROWS)
    assert found == pytest.approx([dense(0), dense(1)], abs=EXACT)


def test_the_log_likelihood_is_the_sum_over_sources_that_are_independent():
    parts = of_sources(PREDICTED, STUDY, ROW, ROWS)
    alone = log_likelihood(PREDICTED[:, [3]], STUDY, ROW, [ROWS[3]])
    assert list(parts) == ["A", "B"]
    assert parts["B"] == pytest.approx(alone, abs=EXACT)
    assert parts["A"] + parts["B"] == pytest.approx(log_likelihood(PREDICTED, STUDY, ROW, ROWS), abs=EXACT)


def test_a_study_effect_does_nothing_where_nothing_happens_and_at_most_multiplies_a_large_change():
    fold = Observation(0.0, 0.1, "A", "Treg", rest=0.0)
    found = load(np.array([0.0, 0.01, 30.0, -30.0]), fold)
    assert found == pytest.approx([0.0, 0.01, 1.0, -1.0], abs=1e-4)
    level = Observation(0.0, 0.1, "A", "serum_il2")
    assert load(np.array([-3.0, 0.0, 3.0]), level).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(("bound", "sign"), [(AT_LEAST, 1.0), (AT_MOST, -1.0)])
def test_a_bound_is_the_probability_of_being_beyond_it(bound, sign):
    row = Observation(np.log(8.0), 0.2, "C", "serum_il2", bound)
    for predicted in (np.log(4.0), np.log(8.0), np.log(20.0)):
        found = log_likelihood(np.array([[predicted]]), np.array([0.3]), np.array([0.1]), [row])[0]
        scale = np.sqrt(0.2**2 + 0.3**2 + 0.1**2)
        assert found == pytest.approx(norm.logcdf(sign * (predicted - np.log(8.0)) / scale), abs=EXACT)


def test_a_bound_far_away_costs_nothing_and_a_broken_one_is_not_impossible():
    row = Observation(0.0, 0.1, "C", "Treg", AT_LEAST, rest=0.0)
    far, broken = log_likelihood(np.array([[50.0], [-5.0]]), np.zeros(2), np.zeros(2), [row])
    assert far == pytest.approx(0.0, abs=EXACT)
    assert -2000 < broken < -1000


def test_a_prediction_that_is_no_number_is_impossible():
    predicted = np.array([[np.nan, 0.0, 0.0, 0.0, 0.0]])
    assert log_likelihood(predicted, np.array([0.1]), np.array([0.1]), ROWS)[0] == -np.inf


def test_chains_start_at_draws_of_the_prior_chosen_by_their_likelihood(model, monkeypatch):
    """Of four draws with likelihoods 1, 2, 5 and 0, the first is taken with probabilities 1/8, 2/8, 5/8 and 0, the second of what
    is left.
    """
    density = LogPosterior(model, [])
    pool = np.arange(4.0)[:, None] * np.ones(density.prior.width)
    monkeypatch.setattr(density, "likelihood", lambda points: np.array([0.0, np.log(2.0), np.log(5.0), -np.inf]))
    random = Mock(standard_normal=lambda size: pool, gumbel=np.random.default_rng(4).gumbel)
    pairs = np.array([density.start(2, random)[:, 0] for _ in range(4000)]).astype(int)
    first = np.bincount(pairs[:, 0], minlength=4) / 4000
    assert first == pytest.approx([1 / 8, 2 / 8, 5 / 8, 0.0], abs=0.03)  # four standard errors
    after_the_third = pairs[pairs[:, 0] == 2, 1]
    assert (after_the_third == 1).mean() == pytest.approx(2 / 3, abs=0.04)
    assert density.start(4, random).shape == (3, density.prior.width)


def test_at_normal_scores_the_density_is_the_same_up_to_the_jacobian(model):
    """Between two points the log density changes by as much as at their scores, less the change of the log Jacobian."""
    data = [DataPoint("a", Observation(0.6, 0.2, "A", "Treg", rest=0.0), target("typical"))]
    density = LogPosterior(model, data)
    scores = np.random.default_rng(2).standard_normal((6, density.prior.width))
    step = 1e-5
    slopes = (density.prior.at_scores(scores + step) - density.prior.at_scores(scores - step)) / (2 * step)
    expected = density(density.prior.at_scores(scores)) + np.log(slopes).sum(axis=1)
    assert np.diff(density.of_scores(scores)) == pytest.approx(np.diff(expected), abs=1e-6)


def test_there_are_more_than_two_walkers_for_each_column(model):
    density = LogPosterior(model, [DataPoint("a", Observation(0.6, 0.2, "A", "Treg", rest=0.0), target("typical"))])
    few = Settings(ensembles=1, walkers=2, steps=12, burn_in=4, draws=6)
    assert few.of_width(density.prior.width).walkers == 2 * (density.prior.width + 1)
    assert density.sample(few).draws.shape == (6, density.prior.width)
    assert Settings().of_width(25) == Settings()

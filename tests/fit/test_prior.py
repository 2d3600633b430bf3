"""Priors: what the model file says, and draws that follow it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import halfnorm, kstest, truncnorm

from regimens.errors import ModelError
from regimens.fit.prior import SPREADS, prior_of
from regimens.model import find_model

PRIOR = prior_of(find_model("turnover", values="declared"))


def test_parameters_with_an_uncertainty_are_fitted_and_no_others():
    model = find_model("turnover", values="declared")
    assert PRIOR.names == (*(p.name for p in model.parameters if p.uncertainty > 0), *SPREADS)


def test_draws_follow_the_density():
    draws = PRIOR.sample(4000, np.random.default_rng(5))
    for place, (centre, spread) in enumerate(zip(PRIOR.centre, PRIOR.spread, strict=True)):
        low, high = (PRIOR.low[place] - centre) / spread, (PRIOR.high[place] - centre) / spread
        assert kstest((draws[:, place] - centre) / spread, truncnorm(low, high).cdf).pvalue > 1e-3
        assert PRIOR.standard_deviation()[place] == pytest.approx(truncnorm(low, high).std() * spread, rel=2e-2)
    for place, scale in enumerate(SPREADS.values()):
        assert kstest(np.exp(draws[:, len(PRIOR.centre) + place]), halfnorm(scale=scale).cdf).pvalue > 1e-3


def test_scores_are_taken_back_to_their_points_and_keep_the_bounds():
    scores = np.random.default_rng(5).standard_normal((500, PRIOR.width))
    points = PRIOR.at_scores(scores)
    assert PRIOR.scores(points) == pytest.approx(scores, abs=1e-6)
    assert PRIOR.at_scores(PRIOR.scores(points)) == pytest.approx(points, abs=1e-9)
    far = PRIOR.at_scores(np.array([[-50.0], [50.0]]) * np.ones(PRIOR.width))
    assert np.isfinite(far).all()
    parameters, _ = PRIOR.split(far)
    assert (PRIOR.low <= parameters).all()
    assert (parameters <= PRIOR.high).all()


def test_outside_the_bounds_the_density_is_zero():
    points = PRIOR.sample(2, np.random.default_rng(5))
    points[1, 0] = PRIOR.high[0] + 1e-6
    assert np.isfinite(PRIOR.log_density(points)).tolist() == [True, False]


def test_the_density_of_a_spread_is_half_normal_in_the_spread_itself():
    points = np.tile(PRIOR.sample(1, np.random.default_rng(5)), (2, 1))
    points[:, -1] = np.log([0.1, 0.3])
    scale = list(SPREADS.values())[-1]
    ratio = halfnorm(scale=scale).logpdf([0.1, 0.3]) + points[:, -1]
    assert np.diff(PRIOR.log_density(points))[0] == pytest.approx(np.diff(ratio)[0], rel=1e-12)


def test_a_model_without_uncertainty_has_nothing_to_fit():
    model = find_model("turnover", values="declared")
    known = replace(model, parameters=tuple(replace(p, uncertainty=0.0) for p in model.parameters))
    with pytest.raises(ModelError, match="Model 'turnover' has nothing to fit: give a parameter an 'uncertainty'"):
        prior_of(known)

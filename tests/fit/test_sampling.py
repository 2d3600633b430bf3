"""The sampler on targets whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from regimens.errors import ModelError
from regimens.fit.sampling import MANY, Settings, effective_size, r_hat, sample

SHORT = replace(Settings(), walkers=32, steps=800, burn_in=200, draws=4000, seed=1)
COVARIANCE = np.array([[1.0, 0.8, 0.0], [0.8, 2.0, 0.3], [0.0, 0.3, 0.5]])
PRECISION = np.linalg.inv(COVARIANCE)


def normal(points):
    return -0.5 * np.einsum("pi,ij,pj->p", points, PRECISION, points)


def start(count, random):
    return 3.0 * random.standard_normal((count, 3))


def test_a_correlated_normal_density_is_recovered():
    found = sample(normal, start, SHORT)
    assert np.abs(found.draws.mean(axis=0)).max() < 0.1
    assert np.cov(found.draws.T) == pytest.approx(COVARIANCE, abs=0.15)
    assert found.r_hat.max() < 1.02
    assert found.effective.min() > 400


def test_the_same_seed_gives_the_same_bytes_and_another_does_not():
    few = replace(SHORT, steps=60, burn_in=20, draws=40)
    one, same, other = (sample(normal, start, replace(few, seed=seed)).draws.tobytes() for seed in (1, 1, 2))
    assert one == same != other


def test_ensembles_in_different_places_have_a_large_r_hat():
    random = np.random.default_rng(0)
    chains = random.standard_normal((4, 100, 8, 1)) + np.array([0.0, 0.0, 3.0, 3.0])[:, None, None, None]
    assert r_hat(chains)[0] > 1.2
    assert r_hat(random.standard_normal((4, 100, 8, 1)))[0] == pytest.approx(1.0, abs=0.01)


def test_correlated_steps_count_for_less():
    random = np.random.default_rng(0)
    noise = random.standard_normal((2, 2000, 16, 1))
    slow = np.zeros_like(noise)
    for step in range(1, 2000):
        slow[:, step] = 0.9 * slow[:, step - 1] + noise[:, step]
    assert effective_size(noise)[0] == pytest.approx(noise[..., 0].size, rel=0.1)
    assert effective_size(slow)[0] == pytest.approx(slow[..., 0].size / 19.0, rel=0.3)  # (1 + 0.9) / (1 - 0.9)


def test_a_column_that_never_moves_has_no_effective_draws():
    chains = np.random.default_rng(0).standard_normal((2, 50, 8, 2))
    chains[..., 1] = 3.0
    assert (effective_size(chains) > 0).tolist() == [True, False]


def test_walkers_that_stay_in_different_places_count_for_few():
    """Around its own mean each walker is noise; the walkers together are 16 draws of where walkers are."""
    random = np.random.default_rng(0)
    places = random.standard_normal((2, 1, 8, 1))
    assert effective_size(places + 0.1 * random.standard_normal((2, 200, 8, 1)))[0] < 50


def test_draws_are_of_natural_values():
    few = replace(SHORT, steps=60, burn_in=20, draws=40)
    plain, natural = sample(normal, start, few), sample(normal, start, few, np.exp)
    assert natural.draws == pytest.approx(np.exp(plain.draws))
    assert natural.many == pytest.approx(np.exp(plain.many))
    assert natural.quantiles[1] == pytest.approx(np.exp(plain.quantiles[1]), rel=1e-3)
    assert natural.deviation.min() > 0.0


def test_no_draw_that_is_kept_for_weighting_counts_twice():
    """Weights of a short chain say that they have too few draws; the same draws, repeated, would not."""
    few = replace(SHORT, ensembles=1, steps=14, burn_in=10, draws=40)
    assert sample(normal, start, few).many.shape == (4 * 32, 3)
    assert sample(normal, start, replace(few, steps=90)).many.shape == (MANY, 3)


def test_a_density_with_two_places_is_sampled_in_the_shares_of_both():
    """The reference lies between the two; steps of differential evolution also lead from one to the other."""

    def two_places(points):
        return np.logaddexp(np.log(0.7) + norm.logpdf(points[:, 0], -1.5, 0.5), np.log(0.3) + norm.logpdf(points[:, 0], 1.5, 0.5))

    found = sample(two_places, lambda count, random: 3.0 * random.standard_normal((count, 1)), SHORT)
    assert (found.draws > 0.0).mean() == pytest.approx(0.3, abs=0.06)


def test_walkers_never_start_at_one_point():
    """A step from the difference of two equal walkers is none; draws of a chain, where moves were refused, are often equal."""
    few = np.repeat(np.random.default_rng(3).standard_normal((40, 3)), 5, axis=0)

    def repeated(count, random):
        return few[random.permutation(len(few))[:count]]

    quick = replace(SHORT, ensembles=2, walkers=32, steps=40, burn_in=20, draws=40)
    assert np.isfinite(sample(normal, repeated, quick).draws).all()
    with pytest.raises(ModelError) as raised:
        sample(normal, repeated, replace(quick, walkers=64))
    assert str(raised.value) == "An ensemble of 64 walkers needs as many different starting points, found 40."
    with pytest.raises(ModelError) as raised:
        sample(lambda points: np.full(len(points), -np.inf), repeated, quick)
    assert str(raised.value) == "No parameters drawn from the prior give the fitted rows a likelihood greater than zero."

"""Leaving sources out: exact weights where the densities are known, and weights against fits without the rows."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from regimens.errors import ModelError
from regimens.fit.datapoints import AT_LEAST, DataPoint, Observation
from regimens.fit.leaveout import LARGEST_SHAPE, Rows, largest_shape, leave_out, pareto_weights
from regimens.fit.likelihood import LogPosterior
from regimens.fit.sampling import Settings
from regimens.fit.stacking import stack, weights_of
from regimens.fit.subjects import no_shift
from regimens.fit.validation import SourceCheck, summary_of
from tests.fit.test_subjects import target

SETTINGS = Settings(ensembles=2, walkers=24, steps=220, burn_in=80, draws=400, seed=3)
SEEN = {"A": 0.6, "B": 0.9, "C": 0.3, "D": 0.8, "E": 0.7, "F": 0.5}


def rows(model, seen=SEEN):
    data = [
        DataPoint(name.lower(), Observation(value, 0.15, name, "Treg", rest=0.0), target("typical"))
        for name, value in seen.items()
    ]
    return Rows(model, tuple(data), no_shift(1, len(data)), (True,) * (len(data) - 1) + (False,))


@pytest.fixture(scope="module")
def fitted(model):
    found = rows(model)
    density = found.density(found.fitted_without(""))
    return found, density.sample(SETTINGS).many


def test_smoothed_weights_of_a_normal_density_shifted_a_little_are_the_exact_ones():
    draws = np.random.default_rng(1).standard_normal(4000)
    exact = norm.logpdf(draws, 0.3, 0.9) - norm.logpdf(draws)
    log_weights, shape = pareto_weights(exact)
    weights = np.exp(log_weights)
    assert shape < LARGEST_SHAPE
    assert weights.sum() == pytest.approx(1.0)
    assert weights @ draws == pytest.approx(0.3, abs=0.05)
    smaller = exact < np.quantile(exact, 0.9)
    assert weights[smaller] / np.exp(exact[smaller]) == pytest.approx((weights / np.exp(exact))[0], rel=1e-6)


def test_weights_far_from_the_draws_are_not_to_be_used():
    draws = np.random.default_rng(1).standard_normal(4000)
    assert pareto_weights(norm.logpdf(draws, 6.0, 2.0) - norm.logpdf(draws))[1] > LARGEST_SHAPE


def test_the_largest_shape_of_weights_is_smaller_for_few_draws():
    assert largest_shape(100) == 0.5
    assert largest_shape(1000) == pytest.approx(2 / 3)
    assert largest_shape(10_000) == LARGEST_SHAPE


def test_weights_of_few_draws_with_a_shape_between_both_limits_are_not_used(model, monkeypatch):
    found, draws = rows(model), np.zeros((300, 3)) + 0.01 * np.random.default_rng(1).standard_normal((300, 3))
    monkeypatch.setattr("regimens.fit.leaveout.pareto_weights", lambda ratios: (np.full(300, -np.log(300)), 0.65))
    monkeypatch.setattr("regimens.fit.leaveout._refits", lambda rows, sources, *rest: [draws] * len(sources))
    assert {each.how for each in leave_out(found, draws, SETTINGS, [])[:-1]} == {"refit"}


def test_largest_ratios_without_a_shape_are_not_to_be_used():
    far = 1e4 * np.random.default_rng(1).standard_normal(2000)
    for log_ratios in (far, np.repeat([0.0, 1.0], 1000)):
        weights, shape = pareto_weights(log_ratios)
        assert (shape, weights.tolist()) == (np.inf, [-np.log(2000)] * 2000)


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_weighted_draws_predict_as_a_fit_without_the_rows_does(fitted):
    found, draws = fitted
    left_out = {each.source: each for each in leave_out(found, draws, SETTINGS, ["treg_fold"])}
    for source in ("A", "B"):
        assert left_out[source].how == "weights"
        density = found.density(found.fitted_without(source))
        again = density.sample(replace(SETTINGS, seed=11))
        parameters, log_spreads = density.prior.split(again.many)
        spread = np.hypot(np.exp(log_spreads[:, 1]), 0.15)
        predicted = found.density(found.of_source(source)).predicted(parameters)[:, 0]
        whole = np.sqrt(spread**2 + (np.exp(log_spreads[:, 0]) * (1 - np.exp(-np.abs(predicted)))) ** 2)
        expected = np.log(norm.pdf(SEEN[source], predicted, whole).mean())
        assert left_out[source].log_density == pytest.approx(expected, abs=0.1)
        assert left_out[source].common == left_out[source].log_density
        assert np.median(left_out[source].predicted) == pytest.approx(np.median(predicted), abs=0.05)


def test_a_source_that_was_not_fitted_needs_no_weights(fitted):
    found, draws = fitted
    last = leave_out(found, draws, SETTINGS, ["treg_fold"])[-1]
    assert (last.source, last.how, last.lost) == ("F", "not fitted", ())
    assert np.isnan(last.shape)
    assert last.predicted.shape == (20 * len(draws), 1)


def test_rows_that_not_every_model_predicts_are_not_in_the_common_density(fitted):
    found, draws = fitted
    assert all(np.isnan(each.common) for each in leave_out(found, draws, SETTINGS, ["serum_il2"]))


def test_a_row_that_carries_a_parameter_alone_is_named_with_it(model):
    """One precise row and one that says nothing: without the first, nothing is known of the rise."""
    seen = [Observation(0.6, 0.02, "A", "Treg", rest=0.0), Observation(-5.0, 0.2, "B", "Treg", AT_LEAST, rest=0.0)]
    data = tuple(DataPoint(each.source, each, target("typical")) for each in seen)
    found = Rows(model, data, no_shift(1, 2), (True, True))
    density = LogPosterior(model, data)
    draws = density.sample(SETTINGS).many
    left_out = {each.source: each for each in leave_out(found, draws, SETTINGS, [])}
    assert (left_out["A"].how, left_out["A"].lost) == ("refit", ("rise",))
    assert (left_out["B"].how, left_out["B"].lost) == ("weights", ())


def test_one_source_leaves_nothing_to_leave_out(model):
    data = (DataPoint("a", Observation(0.6, 0.1, "A", "Treg", rest=0.0), target("typical")),)
    assert leave_out(Rows(model, data, no_shift(1, 1), (True,)), np.linspace(0.1, 1.0, 900).reshape(300, 3), SETTINGS, []) == ()


def test_too_few_draws_are_refused(model):
    with pytest.raises(ModelError) as raised:
        leave_out(rows(model), np.repeat(np.arange(150.0).reshape(50, 3), 40, axis=0), SETTINGS, [])
    assert str(raised.value) == (
        "Weights need at least 200 different draws, found 50. Use more steps or walkers, or a shorter burn-in."
    )


def test_the_weights_of_known_densities_are_exact():
    """Model 1 is e times as dense on three sources of four and model 2 on one: the optimum is in closed form."""
    densities = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    # d/dw of 3 log(e w + 1 - w) + log(w + e (1 - w)) is zero at w = (3 e - 1) / (4 (e - 1)), which is above 1 here.
    assert stack(densities) == pytest.approx([1.0, 0.0], abs=1e-6)
    large = 10 * densities
    ratio = np.exp(10.0)
    assert stack(large)[0] == pytest.approx((3 * ratio - 1) / (4 * (ratio - 1)), abs=1e-6)
    assert stack(np.zeros((4, 2))) == pytest.approx([0.5, 0.5])


def test_model_weights_rest_on_the_sources_that_every_model_predicts(model):
    def summary(name, common):
        sources = [SourceCheck(source, "weights", 0.1, 0.0, value, None, None, ()) for source, value in common.items()]
        return summary_of(replace(model, name=name), [], sources)

    one, two = summary("one", {"A": 0.0, "B": 0.0, "C": -9.0}), summary("two", {"A": -20.0, "B": -20.0, "D": 9.0})
    found = weights_of([one, two])
    assert [each.model for each in found] == ["one", "two"]
    assert [each.weight for each in found] == pytest.approx([1.0, 0.0], abs=1e-6)
    with pytest.raises(ModelError) as raised:
        weights_of([one, summary("three", {"D": 0.0})])
    assert str(raised.value) == "No source is predicted by all models, so they cannot be weighed."

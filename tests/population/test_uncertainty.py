"""Typical values of parameter draws: posterior medians, rows of the posterior, priors, or nothing that is known."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import kstest, truncnorm

from regimens.model import find_model
from regimens.model.fitted import fitted, posterior_draws
from regimens.population import Population
from regimens.population.uncertainty import centres, most_draws, prior_centres, uncertain
from regimens.study.comparison import compare
from tests import small

MODEL = find_model("turnover", values="declared")
POSTERIOR = posterior_draws(MODEL)
UNFITTED = replace(MODEL, name="unfitted")
"""The same model by a name that no fit is shipped for."""


def rows(values, names):
    places = [[p.name for p in MODEL.parameters].index(name) for name in names]
    return [tuple(row) for row in values[:, places]]


@pytest.mark.parametrize("population", [None, Population(5, 1)])
def test_with_one_draw_typical_values_are_the_posterior_medians(population):
    assert centres(population, MODEL).tolist() == [[p.value for p in fitted(MODEL).parameters]]
    assert fitted(MODEL) != MODEL


def test_with_many_draws_typical_values_are_whole_rows_of_the_posterior_each_at_most_once():
    names = [name for name in POSTERIOR.names if name in {p.name for p in MODEL.parameters}]
    there = Counter(map(tuple, POSTERIOR.draws[:, [POSTERIOR.names.index(name) for name in names]]))
    assert len(names) >= 5
    # A sampler that stays where it is repeats a row, so rows are counted.
    assert Counter(rows(centres(Population(5, 1, draws=300), MODEL), names)) <= there
    assert Counter(rows(centres(Population(5, 1, draws=there.total()), MODEL), names)) == there


def test_parameters_that_the_fit_left_alone_stay():
    values = centres(Population(5, 1, draws=50), MODEL)
    alone = [(place, p) for place, p in enumerate(fitted(MODEL).parameters) if p.name not in POSTERIOR.names]
    assert [p.name for _, p in alone][:3] == ["V", "tlag", "T0"]
    for place, parameter in alone:
        assert set(values[:, place]) == {parameter.value}, parameter.name


def test_more_draws_keep_the_first_ones_and_another_seed_has_others():
    few, many, other = (centres(Population(5, seed, draws=draws), MODEL) for seed, draws in ((1, 10), (1, 40), (2, 10)))
    assert many[:10].tobytes() == few.tobytes()
    assert len(set(map(tuple, few)) & set(map(tuple, other))) <= 1  # two seeds may choose one of 400 draws alike


def test_there_are_as_many_draws_as_rows_of_the_posterior():
    assert most_draws(MODEL) == len(POSTERIOR.draws)
    assert len(centres(Population(1, 1, draws=most_draws(MODEL)), MODEL)) == most_draws(MODEL)
    assert most_draws(UNFITTED) is None


def test_without_a_fit_typical_values_are_drawn_from_the_priors_inside_their_bounds():
    values = centres(Population(1, 1, draws=2000), UNFITTED)
    for place, parameter in enumerate(UNFITTED.parameters):
        if parameter.uncertainty == 0:
            assert set(values[:, place]) == {parameter.value}, parameter.name
            continue
        with np.errstate(divide="ignore"):
            low, high = np.log(np.array([parameter.low, parameter.high]) / parameter.value) / parameter.uncertainty
        standing = np.log(values[:, place] / parameter.value) / parameter.uncertainty
        assert kstest(standing, truncnorm(low, high).cdf).pvalue > 1e-3, parameter.name  # one seed: chance decides once
    assert centres(Population(1, 1, draws=7), UNFITTED).tobytes() == values[:7].tobytes()


def test_what_differs_between_draws_is_named():
    assert uncertain(MODEL) == tuple(p.name for p in MODEL.parameters if p.name in POSTERIOR.names)
    assert uncertain(UNFITTED) == tuple(p.name for p in MODEL.parameters if p.uncertainty > 0)
    assert "theta" in uncertain(UNFITTED)


def known(name):
    """Return `turnover` by another name, with nothing said of how uncertain it is."""
    return replace(MODEL, name=name, parameters=tuple(replace(p, uncertainty=0.0) for p in MODEL.parameters))


def test_of_a_model_without_fit_and_priors_every_draw_has_the_same_values_and_that_is_said(tmp_path):
    scenario = replace(small.scenario(tmp_path, endpoints="[peak of treg_fold]"), models=(known("known"), MODEL))
    assert len(set(map(tuple, centres(scenario.population, known("known"))))) == 1
    said = (
        "The uncertainty of the parameters of 'known' is not known: no parameter in its model file has the key `uncertainty`, and no "
        "fit of it is shipped. Its parameters are the same in every draw; no verdict rests on it."
    )
    assert compare(scenario).warnings == (said,)
    assert compare(replace(scenario, population=replace(scenario.population, draws=1))).warnings == ()


def test_provenance_says_where_the_values_of_the_draws_are_from(tmp_path):
    many = replace(small.scenario(tmp_path, endpoints="[peak of treg_fold]"), models=(MODEL, UNFITTED, known("known")))
    one = replace(many, population=replace(many.population, draws=1))
    found = [[entry["values"] for entry in compare(s).provenance.models.values()] for s in (many, one)]
    assert found == [
        ["posterior draws", "draws of the priors it declares", "as declared"],
        ["posterior medians", "as declared", "as declared"],
    ]


def test_priors_of_a_fitted_model_are_those_of_its_file():
    of_file = prior_centres(1, 30, MODEL)
    assert of_file.tobytes() == centres(Population(5, 1, draws=30), UNFITTED).tobytes()
    assert prior_centres(1, 30, fitted(MODEL)).tobytes() == of_file.tobytes()
    assert prior_centres(1, 10, MODEL).tobytes() == of_file[:10].tobytes()


def test_priors_are_log_normal_inside_their_bounds():
    values = np.log(prior_centres(1, 4000, MODEL))
    for place, p in enumerate(MODEL.parameters):
        if p.uncertainty > 0:
            with np.errstate(divide="ignore"):
                low, high = ((np.log(end) - np.log(p.value)) / p.uncertainty for end in (p.low, p.high))
            law = truncnorm(low, high, loc=np.log(p.value), scale=p.uncertainty)
            assert kstest(values[:, place], law.cdf).pvalue > 1e-4, p.name
        else:
            assert set(values[:, place]) == {np.log(p.value)}

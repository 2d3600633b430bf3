"""Virtual subjects: the same in every arm and model, whatever else changes; log-normal inside their bounds."""

import numpy as np
import pytest
from scipy.stats import kstest, truncnorm

from regimens.model import find_model, typical
from regimens.population import Population, draw
from regimens.subject import Subject

MODEL, OTHER = find_model("turnover"), find_model("effect_turnover")


def column(parameters, name):
    return parameters.values[:, parameters.names.index(name)]


def test_growing_a_population_keeps_its_first_subjects():
    small, large = (draw(Population(count, 7), MODEL, Subject()) for count in (20, 100))
    assert large.values[:20].tobytes() == small.values.tobytes()


def test_a_subject_has_the_same_parameters_in_every_model_that_has_them():
    one, other = (draw(Population(50, 7), model, Subject()) for model in (MODEL, OTHER))
    shared = [p.name for p in MODEL.parameters if p in OTHER.parameters]
    assert len(shared) >= 6
    for name in shared:
        assert column(one, name).tobytes() == column(other, name).tobytes(), name


def test_another_seed_draws_other_subjects():
    assert not np.array_equal(*(draw(Population(5, seed), MODEL, Subject()).values for seed in (1, 2)))


def test_without_a_population_there_is_the_one_typical_subject():
    assert draw(None, MODEL, Subject()).values.tolist() == typical(MODEL).values.tolist()


@pytest.mark.parametrize("name", ["CL", "kout", "EC50", "T0"])
def test_a_parameter_is_log_normal_with_its_cv_inside_its_bounds(name):
    parameter = next(p for p in MODEL.parameters if p.name == name)
    drawn = np.log(column(draw(Population(2000, 3), MODEL, Subject()), name) / parameter.value)
    spread = np.sqrt(np.log1p(parameter.cv**2))
    low, high = (np.log(bound / parameter.value) / spread for bound in (parameter.low, parameter.high))
    assert drawn.min() >= low * spread
    assert drawn.max() <= high * spread
    assert kstest(drawn / spread, truncnorm(low, high).cdf).pvalue > 1e-3  # one seed: chance decides once


def test_parameters_without_a_cv_are_the_same_in_everyone():
    assert set(column(draw(Population(30, 3), MODEL, Subject()), "theta")) == {0.91}

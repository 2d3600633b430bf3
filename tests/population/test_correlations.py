"""Correlated subjects: they go together as asked for, each number alone is what it would be, and nobody else is touched."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import ndtr, ndtri
from scipy.stats import kstest

from regimens.model import find_model
from regimens.model.declaration import Correlation
from regimens.population import Bodies, Population, Spread, draw_subjects
from regimens.population.draw import Runs, bodies_of
from regimens.subject import Subject

MODEL, OTHER = find_model("turnover", values="declared"), find_model("expansion", values="declared")
COUNT = 4000
BODIES = Bodies(
    None,
    *(
        dict.fromkeys(("female", "male"), spread)
        for spread in (Spread(70.0, 0.2, 40.0, 120.0), Spread(170.0, 0.05, 140.0, 205.0))
    ),
)
ASKED = (
    Correlation(("CL", "V"), 0.6),
    Correlation(("V", "ka"), -0.3),
    Correlation(("weight", "CL"), 0.4),
    Correlation(("weight", "height"), 0.5),
)


def drawn(correlations=(), model=MODEL, count=COUNT):
    return draw_subjects(Population(count, 11, correlations=tuple(correlations), bodies=BODIES), model, Subject())


def column(parameters, name):
    return parameters.weight_kg if name == "weight" else parameters.values[:, parameters.names.index(name)]


def spread_of(name):
    if name == "weight":
        return BODIES.weight["female"]
    parameter = next(p for p in MODEL.parameters if p.name == name)
    return Spread(parameter.value, parameter.cv, parameter.low, parameter.high)


def shares(values, spread):
    """Return the distribution function of a truncated log-normal at `values`: uniform if they are drawn from it."""
    width = np.sqrt(np.log1p(spread.cv**2))
    low, high, here = (ndtr(np.log(np.asarray(v) / spread.typical) / width) for v in (spread.low, spread.high, values))
    return (here - low) / (high - low)


def standing(parameters, name):
    return ndtri(shares(column(parameters, name), spread_of(name)))


@pytest.mark.parametrize(
    ("one", "other", "asked"),
    [("CL", "V", 0.6), ("V", "ka", -0.3), ("weight", "CL", 0.4), ("CL", "ka", 0.0), ("weight", "V", 0.0)],
)
def test_standings_have_the_correlation_that_was_asked_for(one, other, asked):
    people = drawn(ASKED)
    found = np.corrcoef(standing(people, one), standing(people, other))[0, 1]
    # Fisher: the inverse hyperbolic tangent of a correlation has a standard error of 1 / sqrt(n - 3).
    assert abs(np.arctanh(found) - np.arctanh(asked)) < 3.5 / np.sqrt(COUNT - 3)


def test_weight_and_height_go_together():
    bodies = bodies_of(Population(COUNT, 11, correlations=ASKED, bodies=BODIES), Subject(), Runs.of(0, 0, COUNT))
    weight, height = (
        ndtri(shares(values, spreads["female"]))
        for values, spreads in ((bodies.weight_kg, BODIES.weight), (bodies.height_cm, BODIES.height))
    )
    found = np.corrcoef(weight, height)[0, 1]
    assert abs(np.arctanh(found) - np.arctanh(0.5)) < 3.5 / np.sqrt(COUNT - 3)


@pytest.mark.parametrize("name", ["CL", "V", "ka", "weight"])
def test_each_number_alone_is_distributed_as_without_correlations_inside_its_bounds(name):
    values, spread = column(drawn(ASKED), name), spread_of(name)
    assert (values.min() >= spread.low, values.max() <= spread.high) == (True, True)
    assert kstest(shares(values, spread), "uniform").pvalue > 1e-3  # one seed: chance decides once


def test_what_is_not_correlated_keeps_its_bytes():
    with_them, without = drawn(ASKED), drawn()
    untouched = [name for name in with_them.names if name not in {"CL", "V", "ka"}]
    assert len(untouched) >= 8
    for name in untouched:
        assert column(with_them, name).tobytes() == column(without, name).tobytes(), name
    assert column(with_them, "V").tobytes() != column(without, "V").tobytes()


def test_growing_a_correlated_population_keeps_its_first_subjects():
    small, large = drawn(ASKED, count=9), drawn(ASKED, count=30)
    assert large.values[:9].tobytes() == small.values.tobytes()
    assert large.weight_kg[:9].tobytes() == small.weight_kg.tobytes()


def test_a_body_is_the_same_under_every_model_and_in_the_table_of_subjects():
    lacking = replace(OTHER, parameters=tuple(p for p in OTHER.parameters if p.name != "CL"))
    bodies = bodies_of(Population(20, 11, correlations=ASKED, bodies=BODIES), Subject(), Runs.of(0, 0, 20))
    for model in (MODEL, OTHER, lacking):
        people = drawn(ASKED, model, 20)
        assert people.weight_kg.tobytes() == bodies.weight_kg.tobytes()
        assert people.bsa_m2.tobytes() == bodies.bsa_m2.tobytes()


def test_a_parameter_is_the_same_under_a_model_that_lacks_what_it_goes_with():
    lacking = replace(MODEL, parameters=tuple(p for p in MODEL.parameters if p.name != "CL"))
    assert column(drawn(ASKED, lacking, 20), "V").tobytes() == column(drawn(ASKED, MODEL, 20), "V").tobytes()


def test_a_correlation_of_the_model_is_used_and_that_of_the_scenario_replaces_it():
    declared = replace(MODEL, correlations=(Correlation(("CL", "V"), 0.8),))
    alone = drawn((), declared)
    assert alone.values.tobytes() == drawn([Correlation(("CL", "V"), 0.8)]).values.tobytes()
    turned = drawn([Correlation(("V", "CL"), -0.5)], declared)
    assert turned.values.tobytes() == drawn([Correlation(("CL", "V"), -0.5)]).values.tobytes()
    assert turned.values.tobytes() != alone.values.tobytes()

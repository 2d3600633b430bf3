"""Shipped models at their fitted values: which they are, what is said of them, and which models have none."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from regimens import shipped
from regimens.engine import simulate
from regimens.errors import ModelError
from regimens.model import compile_model, find_model, fitted, load_model, typical_subject
from regimens.model.fitted import is_fitted, posterior_draws
from regimens.regimen import parse_regimen, weeks

FOUR_ERRORS = 0.25  # standard deviations: the median of 400 draws is known to 1.25 / sqrt(400) of one


def declared(name):
    return find_model(name, values="declared")


@pytest.mark.parametrize("name", shipped.names("models"))
def test_fitted_values_are_the_medians_of_the_shipped_draws(name):
    model = declared(name)
    posterior = posterior_draws(model)
    for before, after in zip(model.parameters, fitted(model).parameters, strict=True):
        if before.uncertainty > 0:
            draws = np.log(posterior.draws[:, posterior.names.index(before.name)])
            assert abs(np.log(after.value) - np.median(draws)) < FOUR_ERRORS * draws.std()
            assert after.note.startswith("Posterior median, 90 % interval ")
            assert f"the model file has {before.value:g}." in after.note
        else:
            assert after.value == before.value


@pytest.mark.parametrize("name", shipped.names("models"))
def test_subjects_of_a_fitted_model_spread_as_printed_spreads_ask_for(name):
    model = declared(name)
    with (shipped.folder("posteriors") / name / "summary.csv").open(encoding="utf-8", newline="") as file:
        factor = float(next(row["median"] for row in csv.DictReader(file) if row["name"] == "subject_spread"))
    for before, after in zip(model.parameters, fitted(model).parameters, strict=True):
        if before.cv == 0 or before.name == "T0":
            assert after.cv == before.cv
        else:
            spreads = [np.sqrt(np.log1p(parameter.cv**2)) for parameter in (before, after)]
            assert spreads[1] == pytest.approx(factor * spreads[0], rel=1e-3)
            assert after.note.endswith(f"Printed spreads ask for a CV of {after.cv:.0%}; the model file has {before.cv:.0%}.")


@pytest.mark.parametrize("name", shipped.names("models"))
def test_a_shipped_model_is_found_at_its_fitted_values_unless_the_declared_ones_are_asked_for(name):
    path = shipped.folder("models") / f"{name}.yaml"
    assert declared(name) == load_model(path) == find_model(str(path), values="declared")
    assert find_model(name) == fitted(load_model(path)) == find_model(str(path)) != load_model(path)


@pytest.mark.parametrize(("values", "peak"), [("fitted", 3.823), ("declared", 2.201)])
def test_the_peak_of_the_regimen_in_the_readme_depends_on_the_values_asked_for(values, peak):
    model = find_model("turnover", values=values)
    events = parse_regimen("(1 MIU SC every other day x 7, rest 14 days) x 3").events(weeks(24))
    found = simulate(compile_model(model), typical_subject(model), events, np.arange(24.0 * 168)).of("treg_fold")
    assert found.max() == pytest.approx(peak, abs=5e-4)


def test_values_that_are_neither_fitted_nor_declared_are_refused():
    with pytest.raises(ModelError) as caught:
        find_model("turnover", values="mean")
    needed = "'fitted' (posterior medians of the shipped fit) or 'declared' (values of the model file) is needed"
    assert str(caught.value) == f"Model 'turnover': found values='mean'; {needed}."


@pytest.mark.parametrize("name", shipped.names("models"))
def test_a_fitted_model_stays_as_it_is_when_fitted_again_and_keeps_its_posterior(name):
    model = find_model(name)
    assert fitted(model) is model
    found, expected = posterior_draws(model), posterior_draws(declared(name))
    assert found.names == expected.names
    assert np.array_equal(found.draws, expected.draws)


def test_only_a_shipped_model_at_exactly_its_fitted_values_is_a_fitted_one():
    model = find_model("turnover")
    assert is_fitted(model)
    assert is_fitted(replace(model, title="Other words"))
    assert not is_fitted(declared("turnover"))
    assert not is_fitted(replace(model, name="mine"))
    changed = replace(model, parameters=tuple(replace(p, value=p.value * 1.01) for p in model.parameters))
    assert not is_fitted(changed)
    assert posterior_draws(changed) is None


def test_a_value_that_the_data_said_nothing_of_keeps_its_source():
    model = find_model("turnover")
    sources = {p.name: p.source for p in model.parameters}
    assert sources["Emax"] == "regimens_fit"
    assert sources["CL"] == "konrad1990"
    assert model.sources[-1].key == "regimens_fit"


def test_another_model_of_the_same_name_stays_as_declared():
    model = declared("turnover")
    changed = replace(model, parameters=tuple(replace(p, value=p.value * 1.01) for p in model.parameters))
    assert fitted(changed) == changed
    assert fitted(replace(model, name="mine")) == replace(model, name="mine")
    assert posterior_draws(changed) is None

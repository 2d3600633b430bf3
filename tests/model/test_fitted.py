"""Shipped models at their fitted values: what changes, what is said, and when nothing is."""

from dataclasses import replace

import numpy as np
import pytest

from regimens import shipped
from regimens.fit.posterior import shipped_draws
from regimens.model import find_model, fitted

FOUR_ERRORS = 0.25  # standard deviations: the median of 400 draws is known to 1.25 / sqrt(400) of one


@pytest.mark.parametrize("name", shipped.names("models"))
def test_fitted_values_are_the_medians_of_the_shipped_draws(name):
    model = find_model(name)
    posterior = shipped_draws(model)
    for before, after in zip(model.parameters, fitted(model).parameters, strict=True):
        if before.uncertainty > 0:
            draws = np.log(posterior.draws[:, posterior.names.index(before.name)])
            assert abs(np.log(after.value) - np.median(draws)) < FOUR_ERRORS * draws.std()
            assert after.note.startswith("Posterior median, 90 % interval ")
            assert f"the model file has {before.value:g}." in after.note
        else:
            assert after == before


def test_a_value_that_the_data_said_nothing_of_keeps_its_source():
    model = find_model("turnover")
    sources = {p.name: p.source for p in fitted(model).parameters}
    assert sources["Emax"] == "regimens_fit"
    assert sources["CL"] == "konrad1990"
    assert fitted(model).sources[-1].key == "regimens_fit"


def test_another_model_of_the_same_name_stays_as_declared():
    model = find_model("turnover")
    changed = replace(model, parameters=tuple(replace(p, value=p.value * 1.01) for p in model.parameters))
    assert fitted(changed) == changed
    assert fitted(replace(model, name="mine")) == replace(model, name="mine")

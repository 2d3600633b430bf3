"""The part of a model that some observables need."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.engine import Tolerances, simulate
from regimens.model import compile_model, find_model, typical_subject
from regimens.model.needed import needed_for
from regimens.regimen import hours
from regimens.regimen.words import parse_regimen


def test_states_that_an_observable_does_not_depend_on_are_left_out():
    whole = find_model("balance")
    part = needed_for(whole, ["treg_fold"], "il2")
    left_out = {state.name for state in whole.states} - {state.name for state in part.states}
    assert {"th17", "nk", "eosinophils", "tcz_central"} <= left_out
    assert {"depot", "central", "treg_pool"} <= {state.name for state in part.states}
    assert [observable.name for observable in part.observables] == ["treg_fold"]
    assert {given.drug for given in part.inputs} == {"il2"}
    assert part.parameters == whole.parameters


def test_the_states_that_the_drug_enters_stay():
    """Tocilizumab in serum does not depend on IL-2."""
    part = needed_for(find_model("balance"), ["tocilizumab"], "il2")
    assert {"depot", "central", "tcz_central", "tcz_tissue"} <= {state.name for state in part.states}


@pytest.mark.parametrize("name", ["turnover", "effect_turnover", "expansion", "balance"])
def test_the_part_has_the_curves_of_the_whole(name):
    model = find_model(name)
    doses, times_h = parse_regimen("1 MIU SC daily x 5").events(hours(700)), np.linspace(0.0, 700.0, 50)
    seen = ["treg_fold", "serum_il2"]

    def curves(made):
        asked = {"observables": seen, "tolerances": Tolerances(1e-9, 1e-11), "threads": 1}
        return simulate(compile_model(made), typical_subject(model), doses, times_h, **asked).values

    whole, part = curves(model), curves(needed_for(model, seen, "il2"))
    assert np.abs(whole - part).max() < 1e-6 * np.abs(whole).max()


def test_a_model_whose_states_are_all_needed_stays_as_it_is():
    model = find_model("turnover")
    assert needed_for(model, [observable.name for observable in model.observables], "il2") == model

"""Predictions of rows: rows that begin alike share a simulation, and are predicted as if each had its own."""

import numpy as np
import pytest

from regimens.fit.datapoints import Target
from regimens.fit.prediction import Predictor
from regimens.model import compile_model, find_model
from regimens.regimen import parse_regimen


def target(regimen, day, observable="treg_fold", weight_kg=70.0):
    return Target(parse_regimen(regimen), observable, 24.0 * day, None, weight_kg, 1.8, None)


def test_rows_whose_doses_are_the_same_up_to_their_times_are_predicted_by_one_simulation():
    targets = [
        target("1 MIU SC daily x 5", 4),
        target("1 MIU SC daily x 28", 20, "serum_il2"),
        target("1 MIU SC daily x 90", 28),
        target("1 MIU SC daily x 5", 9),  # without the doses of days 5 to 9
        target("1 MIU SC daily x 5", 4, weight_kg=60.0),
        target("0.5 MIU SC daily x 5", 4),
    ]
    compiled = compile_model(find_model("turnover", values="declared"))
    points = np.log([[0.5], [1.0], [4.0]])
    together = Predictor(compiled, targets, ["EC50"])
    assert sorted(group.members for group in together.groups) == [(0, 3), (1, 2), (4,), (5,)]
    alone = np.column_stack([Predictor(compiled, [each], ["EC50"])(points) for each in targets])
    assert together(points) == pytest.approx(alone, abs=1e-4)

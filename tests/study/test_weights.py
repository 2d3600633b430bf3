"""Weights of the shipped models: read and checked, and none for a model that is not at its shipped fit."""

import pytest

from regimens import shipped
from regimens.contrasts.weighted import Weight
from regimens.errors import InputFileError
from regimens.study.study import resolve
from regimens.study.weights import read_weights, weights_of
from tests import small
from tests.credibility.models import level

GOOD = "model,weight,low,high\nturnover,0.3,0.1,0.6\nexpansion,0.7,0.4,0.9\n"


def weights_file(folder, text):
    path = folder / "weights.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_weights_are_read_by_model(tmp_path):
    assert read_weights(weights_file(tmp_path, GOOD)) == {"turnover": Weight(0.3, 0.1, 0.6), "expansion": Weight(0.7, 0.4, 0.9)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("0.3,", "1.3,"), "'1.3' is not a number from 0 to 1."),
        (GOOD.replace("0.3,", "a,"), "'a' is not a number from 0 to 1."),
        (GOOD.replace("0.1", "0.4"), "The weight 0.3 of 'turnover' lies outside its interval, 0.4 to 0.6."),
        (GOOD.replace("expansion", "turnover"), "The model 'turnover' has two weights."),
        (GOOD.replace("0.7,0.4", "0.6,0.4"), "The weights sum to 0.9."),
        (GOOD.replace("model,", "name,"), "The column 'model' is missing."),
    ],
)
def test_mistakes_in_the_file_are_said(tmp_path, text, said):
    with pytest.raises(InputFileError) as error:
        read_weights(weights_file(tmp_path, text))
    assert error.value.problems[0].message == said


def test_a_model_of_the_users_own_has_no_weight(tmp_path, monkeypatch):
    found = small.scenario(tmp_path, models=f"[turnover, {level(tmp_path)}]")
    study = resolve(found)
    real = shipped.folder
    monkeypatch.setattr(shipped, "folder", lambda kind: tmp_path if kind == "posteriors" else real(kind))
    assert weights_of(study) is None
    weights_file(tmp_path, GOOD.replace("expansion", "level"))
    assert weights_of(study) == {"turnover": Weight(0.3, 0.1, 0.6)}

"""All kinds of endpoints of all shipped models against the independent judge of `tests/endpoints/judge.py`, on a few regimens."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.model import find_model, typical_subject
from regimens.population import Population, draw_subjects
from regimens.regimen import hours, parse_regimen
from regimens.subject import Subject
from tests.endpoints.judge import MODELS, TIGHT, Formulas, curves_of, differences

SHARE, HOURS = 1e-7, 1e-3
"""Largest difference as a share of the curve's range, and of times."""

CASES = [
    ("(1 MIU SC daily x 3, rest 2 days) x 2", 400.0, [(0.0, 400.0), (30.3, 61.7)]),
    ("1 MIU IV twice daily x 3, rest 1 day, 2 MIU IV once over 6 h", 120.0, [(0.0, 120.0), (12.0, 63.0)]),
]
LOOKED_AT = ("serum_il2", "treg_fold", "cd25hi_fraction", "th17_treg_ratio_fold")


@pytest.mark.no_cover  # the judge is Python, and the tracer would double its time
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("case", range(len(CASES)))
def test_every_kind_of_endpoint_agrees_with_the_judge(name, case):
    text, horizon_h, windows = CASES[case]
    model = find_model(name)
    people = draw_subjects(Population(2, 8), model, Subject())[case : case + 1]
    looked_at = [observable.name for observable in model.observables if observable.name in LOOKED_AT]
    (found,) = differences(model, text, horizon_h, people, [TIGHT], windows, looked_at)
    for row in found:
        assert row.error <= (HOURS if "time" in row.kind or "hours" in row.kind else SHARE), row
    # Of every kind, something is asked that has an answer other than 0.
    assert {row.kind for row in found if not np.isnan(row.judged) and row.judged != 0.0} == {row.kind for row in found}


def test_the_judge_knows_the_closed_form_of_a_bolus():
    model = find_model("turnover", values="declared")
    one = typical_subject(model)
    values = dict(zip(one.names, one.values[0], strict=True))
    serum = curves_of(Formulas(model), one, 0, parse_regimen("1 MIU IV daily x 2").events(hours(72)), 72.0)["serum_il2"]
    ke, peak = values["CL"] / values["V"] / 24, 1e6 / (1000 * values["V"])
    kept = np.exp(-24 * ke)
    assert serum.extreme(1.0, 0.0, 72.0) == pytest.approx((peak * (1 + kept), 0.0 if kept < 1e-5 else 24.0), rel=1e-10)
    assert serum.area(0.0, 72.0) == pytest.approx(peak / ke * (2 - kept**2 * (1 + kept)), rel=1e-10)
    half = np.log(2) / ke
    assert serum.beyond(1.0, peak / 2, 0.0, 24.0) == pytest.approx((half, peak / 2 * (1 / ke - half), 0.0, half), rel=1e-9)
    assert serum.value(24.0) == pytest.approx(peak * kept, rel=1e-9)

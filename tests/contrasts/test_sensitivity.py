"""Which parameters decide: rank correlations that are known, over draws and over subjects."""

import numpy as np
import pytest
from scipy.stats import pearsonr, rankdata, spearmanr

from regimens.contrasts.sensitivity import SENSITIVITY
from tests.contrasts.made import COST, NAN, PEAK, correlations, each_subject, one_model, outcomes, row

RANDOM = np.random.default_rng(5)
DRAWS, SUBJECTS = 30, 6
CENTRES = RANDOM.normal(size=(DRAWS, 3))
PEOPLE = RANDOM.normal(size=(DRAWS, SUBJECTS, 2))
BOTH = {
    "centres": {"turnover": (("ka", "CL", "EC50"), CENTRES)},
    "people": {"turnover": (("ka", "weight"), PEOPLE)},
}


def table(difference, **rest):
    difference = np.asarray(difference, dtype=float)
    return correlations(one_model({"A": 10 + difference, "B": 10 + np.zeros_like(difference)}, **{**BOTH, **rest}), [("A", "B")])


def test_what_rises_with_a_parameter_has_the_rank_correlation_one_over_draws():
    found = table(each_subject(np.exp(CENTRES[:, 1]), SUBJECTS), people={})
    assert tuple(found.columns) == SENSITIVITY.header
    first = found.to_dict("records")[0]
    assert first == {
        "model": "turnover", "endpoint": "peak of treg_fold", "arm": "A", "against": "B", "parameter": "CL", "over": "draws",
        "correlation": pytest.approx(1.0, abs=1e-12), "n": DRAWS,
    }  # fmt: skip
    assert -1.0 <= first["correlation"] <= 1.0


def test_over_subjects_each_difference_meets_its_own_person():
    found = table(-np.tanh(PEOPLE[:, :, 1]), centres={})
    assert row(found, parameter="weight")["correlation"] == pytest.approx(-1.0, abs=1e-12)
    assert found["n"].tolist() == [DRAWS * SUBJECTS] * 2
    assert found["over"].tolist() == ["subjects"] * 2


def test_correlations_are_those_of_scipy_and_the_largest_comes_first():
    difference = np.round(CENTRES[:, :1] - 0.5 * CENTRES[:, 1:2] + 0.3 * PEOPLE[:, :, 0], 1)
    found = table(difference)
    ranked = rankdata(PEOPLE, axis=1).reshape(-1, 2), rankdata(difference, axis=1).ravel()
    for over, parameters, values, correlated in (
        ("draws", CENTRES, np.median(difference, axis=1), spearmanr),
        ("subjects", *ranked, pearsonr),
    ):
        part = found[found["over"] == over]
        expected = [correlated(column, values).statistic for column in parameters.T]
        names = BOTH["centres" if over == "draws" else "people"]["turnover"][0]
        got = dict(zip(part["parameter"], part["correlation"], strict=True))
        assert got == pytest.approx(dict(zip(names, expected, strict=True)), abs=1e-12)
        sizes = part["correlation"].abs().tolist()
        assert sizes == sorted(sizes, reverse=True)


def test_what_a_draw_has_in_common_is_no_property_of_its_subjects():
    shift = 100.0 * CENTRES[:, :1]
    people = np.stack([PEOPLE[:, :, 0] + shift, np.broadcast_to(shift, PEOPLE.shape[:2])], axis=2)
    found = table(PEOPLE[:, :, 1] + shift, centres={}, people={"turnover": (("ka", "theta"), people)})
    alone = table(PEOPLE[:, :, 1], centres={})
    assert found["parameter"].tolist() == ["ka"]  # theta is the same in all subjects of a draw
    assert row(found, parameter="ka")["correlation"] == row(alone, parameter="ka")["correlation"]


def test_ties_have_average_ranks():
    centres = np.array([[1.0], [1.0], [2.0], [3.0]])
    found = table(each_subject([1.0, 2.0, 2.0, 3.0]), centres={"turnover": (("ka",), centres)}, people={})
    # ranks 1.5 1.5 3 4 and 1 2.5 2.5 4: covariance 3.75, variances 4.5 and 4.5
    assert found["correlation"].tolist() == pytest.approx([3.75 / 4.5])


def test_a_parameter_that_does_not_vary_is_left_out():
    centres = CENTRES * [1.0, 0.0, 1.0]
    found = table(each_subject(CENTRES[:, 0], SUBJECTS), centres={"turnover": (("ka", "CL", "EC50"), centres)}, people={})
    assert sorted(found["parameter"]) == ["EC50", "ka"]


def test_a_difference_that_does_not_vary_has_no_rows():
    assert len(table(np.ones((DRAWS, SUBJECTS)))) == 0


@pytest.mark.parametrize("points", [1, 2])
def test_below_three_points_nothing_is_correlated(points):
    centres = {"turnover": (("ka",), np.arange(points, dtype=float)[:, None])}
    assert len(table(each_subject(np.arange(1.0, points + 1)), centres=centres, people={})) == 0


def test_missing_subjects_and_draws_are_left_out_with_their_parameters():
    difference = np.exp(PEOPLE[:, :, 0])
    difference[0] = NAN
    difference[1, 2] = NAN
    found = table(difference)
    assert row(found, over="subjects", parameter="ka")["correlation"] == pytest.approx(1.0, abs=1e-12)
    assert row(found, over="subjects", parameter="ka")["n"] == DRAWS * SUBJECTS - SUBJECTS - 1
    expected = spearmanr(CENTRES[1:, 2], np.nanmedian(difference[1:], axis=1)).statistic
    assert row(found, over="draws", parameter="EC50")["correlation"] == pytest.approx(expected, abs=1e-12)
    assert row(found, over="draws", parameter="EC50")["n"] == DRAWS - 1


def test_different_missing_subjects_in_two_pairs_do_not_mix():
    values = 10 + np.exp(PEOPLE[:, :, 0])
    holed = values.copy()
    holed[3, 3] = NAN
    made = one_model({"A": values, "B": 10 + 0 * values, "C": 10 + 0 * holed}, people=BOTH["people"])
    found = correlations(made, [("A", "B"), ("A", "C"), ("A", "B")])
    kept = found[found["parameter"] == "ka"]
    assert kept["correlation"].tolist() == pytest.approx([1.0] * 3, abs=1e-12)
    assert kept["n"].tolist() == [180, 179, 180]


def test_rows_come_by_model_endpoint_pair_and_over():
    values = np.stack([10 + PEOPLE[:, :, 0], 10 + PEOPLE[:, :, 1]])
    models = {model: {"A": values, "B": 10 + 0 * values} for model in ("turnover", "expansion")}
    centres = dict.fromkeys(models, (("ka",), CENTRES[:, :1]))
    people = dict.fromkeys(models, (("ka",), PEOPLE[:, :, :1]))
    found = correlations(outcomes(models, (PEAK, COST), centres=centres, people=people), [("A", "B"), ("B", "A")])
    assert found[["model", "endpoint", "arm", "over"]].apply(tuple, axis=1).tolist() == [
        (model, endpoint.words, arm, over)
        for model in models for endpoint in (PEAK, COST) for arm in "AB" for over in ("draws", "subjects")
    ]  # fmt: skip

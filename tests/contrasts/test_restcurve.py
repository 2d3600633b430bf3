"""The response to the length of a rest, and its flat part in words."""

import numpy as np
import pytest

from regimens.contrasts.variants import REST_RESPONSE
from tests.contrasts.made import COST, NAN, PEAK, TIME, each_subject, one_model, outcomes, rest_response, row

TWENTY = np.zeros(20)
LENGTHS = {9: TWENTY + 2.0, 10: TWENTY + 1.9, 11: np.array([2.1] * 2 + [1.5] * 18), 12: np.array([2.1] + [1.5] * 19)}


def sub_arms(lengths=LENGTHS):
    return {"SLE": [(days, f"SLE, rest {days} days") for days in lengths]}


def table(lengths=LENGTHS, endpoint=PEAK, rule=0.95):
    arms = {f"SLE, rest {days} days": each_subject(values) for days, values in lengths.items()}
    return rest_response(one_model(arms, (endpoint,)), sub_arms(lengths), rule)


def test_a_length_is_flat_where_the_best_one_does_not_surely_beat_it():
    found = table()
    assert tuple(found.columns) == REST_RESPONSE.header
    assert found["rest_days"].tolist() == [9.0, 10.0, 11.0, 12.0]
    # 9 days beat 10 in every draw, 11 in 18 of 20 and 12 in 19 of 20
    assert found["flat"].tolist() == [True, False, True, False]
    assert found["median"].tolist() == pytest.approx([2.0, 1.9, 1.5, 1.5])
    assert row(found, rest_days=11.0)["confidence_high"] == pytest.approx(2.1)
    assert found["arm"].unique().tolist() == ["SLE"]


def test_a_length_within_2_percent_of_the_best_is_flat_however_sure():
    assert table({9: TWENTY + 2.0, 10: TWENTY + 1.961, 11: TWENTY + 1.959})["flat"].tolist() == [True, True, False]


def test_the_flat_part_depends_on_the_rule():
    assert table(rule=0.99)["flat"].tolist() == [True, False, True, True]
    assert table(rule=0.8)["flat"].tolist() == [True, False, False, False]


def test_where_lower_is_better_the_best_length_is_the_lowest():
    found = table({9: TWENTY + 3.0, 10: TWENTY + 2.0, 11: TWENTY + 2.0}, COST)
    assert found["flat"].tolist() == [False, True, True]


def test_each_model_has_a_best_length_of_its_own():
    rising, falling = ({f"SLE, rest {d} days": each_subject(TWENTY + way * d) for d in (9, 10)} for way in (1, -1))
    made = outcomes({"turnover": rising, "expansion": falling})
    found = rest_response(made, {"SLE": [(9, "SLE, rest 9 days"), (10, "SLE, rest 10 days")]}, 0.95)
    assert found["flat"].tolist() == [False, True, True, False]


def test_with_one_draw_what_is_within_2_percent_of_the_best_is_flat():
    found = table({9: [2.0], 10: [1.961], 11: [1.959], 12: [1.0]})
    assert found["flat"].tolist() == [True, True, False, False]
    assert found[["confidence_low", "confidence_high"]].isna().all(axis=None)


def test_an_endpoint_without_a_direction_has_a_curve_and_no_flat_part():
    found = table(endpoint=TIME)
    assert found["flat"].tolist() == [False] * 4
    assert found["median"].tolist() == pytest.approx([2.0, 1.9, 1.5, 1.5])


def test_a_length_without_a_value_has_no_row():
    found = table({9: TWENTY + 2.0, 10: TWENTY + NAN, 11: TWENTY + 2.0})
    assert found["rest_days"].tolist() == [9.0, 11.0]


def test_the_response_is_the_one_that_was_put_in():
    days = np.arange(9, 17)
    noise = np.random.default_rng(3).normal(0, 0.01, 200)
    found = table({int(d): 2 - 0.05 * (d - 12) ** 2 + noise for d in days})
    assert found["median"].to_numpy() - np.median(noise) == pytest.approx(2 - 0.05 * (days - 12.0) ** 2)
    assert found["rest_days"][found["flat"]].tolist() == [12.0]  # 11 and 13 days are 2.5 % lower

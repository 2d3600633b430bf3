"""The trade-off: the front, and how probable it is that another arm is better on both."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from regimens.contrasts.ranking import TRADE_OFF, dominated
from tests.contrasts.made import COST, NAN, PEAK, each_subject, one_model, outcomes, row, trade_off


def points(by_arm):
    """Return outcomes under one model from {arm: (gain of each draw, cost of each draw)}."""
    return one_model(
        {arm: np.stack([each_subject(gain), each_subject(cost)]) for arm, (gain, cost) in by_arm.items()}, (PEAK, COST)
    )


def table(by_arm, variants=None):
    return trade_off(points(by_arm), PEAK, COST, variants or dict.fromkeys(by_arm, "as written"))


THREE = {
    "A": ([2.0, 2.0, 3.0], [1.0, 1.0, 1.0]),
    "B": ([1.0, 2.5, 2.0], [2.0, 2.0, 2.0]),
    "C": ([4.0, 4.0, 4.0], [5.0, 5.0, 5.0]),
}


def test_three_draws_of_three_arms_by_hand():
    found = table(THREE)
    assert tuple(found.columns) == TRADE_OFF.header
    assert found["arm"].tolist() == ["A", "B", "C"]
    assert found["gain"].tolist() == [2.0, 2.0, 4.0]
    assert found["front"].tolist() == [True, False, True]
    assert found["dominated"].tolist() == pytest.approx([0, 2 / 3, 0])
    assert row(found, arm="A")["gain_high"] == pytest.approx(2.9)
    assert (row(found, arm="A")["cost_low"], row(found, arm="A")["cost_high"]) == (1.0, 1.0)


def test_an_arm_is_held_against_its_own_variant_only():
    found = table(THREE, {"A": "real life", "B": "as written", "C": "as written"})
    assert row(found, arm="B")["dominated"] == 0.0
    assert found["front"].tolist() == [True, True, True]


def test_arms_with_the_same_values_do_not_dominate_each_other():
    found = table({"A": ([2.0, 3.0], [1.0, 1.0]), "B": ([2.0, 3.0], [1.0, 1.0]), "C": ([2.0 + 1e-6, 3.0], [1.0 - 1e-6, 1.0])})
    assert found["front"].tolist() == [True, True, True]
    assert found["dominated"].tolist() == [0.0, 0.0, 0.0]


def test_as_good_on_one_and_better_on_the_other_dominates():
    found = table({"A": ([2.0, 2.0], [1.0, 1.0]), "B": ([2.0, 2.0], [2.0, 2.0]), "C": ([1.0, 1.0], [1.0, 1.0])})
    assert found["front"].tolist() == [True, False, False]
    assert found["dominated"].tolist() == [0.0, 1.0, 1.0]


def test_one_draw_has_a_front_and_no_probability():
    found = table({name: ([gain[0]], [cost[0]]) for name, (gain, cost) in THREE.items()})
    assert found["front"].tolist() == [True, False, True]
    missing = found[["gain_low", "gain_high", "cost_low", "cost_high", "dominated"]]
    assert missing.isna().all(axis=None)


def test_an_arm_without_one_of_the_two_is_not_on_the_front_and_beats_nobody():
    found = table({"A": ([9.0, 9.0], [NAN, NAN]), "B": ([1.0, 1.0], [2.0, 2.0])})
    assert found["front"].tolist() == [False, True]
    np.testing.assert_equal(found["dominated"].tolist(), [NAN, 0.0])
    np.testing.assert_equal(found["cost"].tolist(), [NAN, 2.0])


def test_a_model_without_one_of_the_two_has_no_rows():
    whole, half = np.ones((2, 2, 1)), np.stack([np.ones((2, 1)), np.full((2, 1), NAN)])
    made = outcomes({"turnover": {"A": half, "B": half}, "expansion": {"A": whole, "B": whole}}, (PEAK, COST))
    found = trade_off(made, PEAK, COST, {"A": "as written", "B": "as written"})
    assert found["model"].tolist() == ["expansion", "expansion"]


@given(arrays(float, (2, 5, 3), elements=st.integers(1, 4).map(float)))
def test_the_front_is_what_brute_force_finds(values):
    gain, cost = values
    expected = np.zeros((5, 3), bool)
    for draw in range(3):
        for arm in range(5):
            for other in range(5):
                g, c = gain[other, draw] - gain[arm, draw], cost[other, draw] - cost[arm, draw]
                expected[arm, draw] |= g >= 0 and c <= 0 and (g > 0 or c < 0)
    assert dominated(gain, cost).tolist() == expected.tolist()
    assert not dominated(gain, cost).all(axis=0).any()
    found = table({f"{arm}": (gain[arm], cost[arm]) for arm in range(5)})
    assert found["dominated"].tolist() == pytest.approx(expected.mean(axis=1).tolist())

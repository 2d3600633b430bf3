"""Which arm is best, among arms of one variant, over the same subjects."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from regimens.contrasts.outcomes import groups, levels
from regimens.contrasts.ranking import BEST
from tests.contrasts.made import COST, NAN, PEAK, SHARE, TIME, best, each_subject, one_model

ALIKE = {"A": "as written", "B": "as written", "C": "as written"}
FOUR_DRAWS = {
    "A": each_subject([3.0, 1.0, 2.0, 5.0]),
    "B": each_subject([1.0, 2.0, 2.0, 5.0]),
    "C": each_subject([0.0, 0.0, 1.0, 5.0]),
}


def shares(arms, variants=ALIKE, endpoint=PEAK):
    found = best(one_model(arms, (endpoint,)), variants)
    return dict(zip(found["arm"], found["probability"], strict=True))


def test_ties_share_a_draw():
    assert shares(FOUR_DRAWS) == pytest.approx({"A": (1 + 1 / 2 + 1 / 3) / 4, "B": (1 + 1 / 2 + 1 / 3) / 4, "C": 1 / 12})


def test_where_lower_is_better_the_lowest_is_best():
    assert shares(FOUR_DRAWS, endpoint=COST) == pytest.approx({"A": 1 / 12, "B": 1 / 12, "C": 3 / 4 + 1 / 12})


def test_each_variant_has_a_best_arm_of_its_own():
    found = best(
        one_model({**FOUR_DRAWS, "D": FOUR_DRAWS["C"]}),
        {"A": "real life", "B": "as written", "C": "real life", "D": "as written"},
    )
    assert tuple(found.columns) == BEST.header
    assert found[["arm", "variant"]].apply(tuple, axis=1).tolist() == [
        ("A", "real life"), ("C", "real life"), ("B", "as written"), ("D", "as written"),
    ]  # fmt: skip
    assert found["probability"].tolist() == pytest.approx([0.875, 0.125, 0.875, 0.125])


@given(arrays(float, (3, 6, 2), elements=st.one_of(st.integers(0, 5).map(float), st.just(NAN))), st.sampled_from([PEAK, SHARE]))
def test_the_probabilities_of_being_best_add_up_to_one(values, endpoint):
    found = shares(dict(zip("ABC", values, strict=True)), endpoint=endpoint)
    known = [arm for arm, value in zip("ABC", values, strict=True) if not np.isnan(value).all()]
    assert found == {} or (list(found) == known and sum(found.values()) == pytest.approx(1.0))


def test_an_arm_without_a_value_takes_no_part():
    found = shares({**FOUR_DRAWS, "C": np.full((4, 1), NAN)})
    assert found == {"A": 0.5, "B": 0.5}


@pytest.mark.parametrize(
    ("arms", "variants", "endpoint"),
    [
        ({name: value[:1] for name, value in FOUR_DRAWS.items()}, ALIKE, PEAK),
        (FOUR_DRAWS, ALIKE, TIME),
        (FOUR_DRAWS, {"A": "as written", "B": "real life", "C": "equal total"}, PEAK),
        ({**FOUR_DRAWS, "A": np.full((4, 1), NAN), "B": np.full((4, 1), NAN)}, ALIKE, PEAK),
    ],
    ids=["one draw", "no direction", "alone in its variant", "alone with a value"],
)
def test_nothing_is_said_of_the_best_with(arms, variants, endpoint):
    assert shares(arms, variants, endpoint) == {}


def test_levels_are_over_the_subjects_that_all_arms_have():
    made = one_model({"A": [[1.0, 5.0, 9.0]], "B": [[NAN, 2.0, 4.0]], "C": [[NAN, NAN, NAN]]})
    np.testing.assert_equal(levels(made, "turnover", PEAK, "ABC"), [[7.0], [3.0], [NAN]])


def test_variants_keep_the_order_of_their_arms():
    assert groups({"B": "x", "A": "y", "C": "x"}) == {"x": ("B", "C"), "y": ("A",)}


def test_what_the_integration_may_err_by_makes_nobody_best():
    arms = {"A": each_subject([2.0, 3.0]), "B": each_subject([2.0 + 2e-6, 3.0 + 2e-6])}
    assert shares(arms, {"A": "as written", "B": "as written"}) == {"A": 0.5, "B": 0.5}

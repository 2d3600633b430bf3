"""Contrasts: closed forms, three draws by hand, what is missing, and what must not matter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from regimens.contrasts.contrast import CONTRASTS, paired
from tests.contrasts.made import COST, NAN, PEAK, SHARE, TIME, contrasts, each_subject, one_model, outcomes, row

TURNING = ("difference", "difference_low", "difference_high", "subject_low", "subject_high", "probability", "better_off")


def contrast(arms, endpoint=PEAK, pair=("A", "B"), **rest):
    return row(contrasts(one_model(arms, (endpoint,), **rest), [pair]))


def lognormal(draws=40, subjects=30, seed=1):
    return np.exp(np.random.default_rng(seed).normal(0.5, 0.4, (draws, subjects)))


def test_a_constant_between_two_arms_is_found_without_any_spread():
    found = contrast({"A": lognormal() + 0.5, "B": lognormal()})
    spread = [found[name] for name in ("difference", "difference_low", "difference_high", "subject_low", "subject_high")]
    assert spread == pytest.approx([0.5] * 5, rel=1e-12)
    assert (found["probability"], found["better_off"], found["n"], found["draws"]) == (1.0, 1.0, 1200, 40)


def test_a_ratio_that_is_the_same_in_all_subjects_is_found_without_any_spread():
    found = contrast({"A": 1.25 * lognormal(), "B": lognormal()})
    assert [found[name] for name in ("ratio", "ratio_low", "ratio_high")] == pytest.approx([1.25] * 3, rel=1e-12)


def test_the_median_ratio_of_two_lognormal_arms_is_the_ratio_of_their_medians():
    people = np.random.default_rng(2).standard_normal((100, 2000))
    found = contrast({"A": np.exp(0.7 + 0.5 * people), "B": np.exp(0.2 + 0.3 * people)})
    # the median of 2000 subjects with a log standard deviation of 0.2 errs by 0.2 * 1.25 / sqrt(2000), over 100 draws a tenth
    assert found["ratio"] == pytest.approx(np.exp(0.5), rel=4 * 0.00056)
    assert found["better_off"] == pytest.approx(0.99379, abs=4 * 0.00018)


def test_three_draws_of_three_subjects_by_hand():
    one = [[3.0, 5.0, 4.0], [1.0, 2.0, 6.0], [2.0, 2.0, 2.0]]
    other = [[1.0, 4.0, 4.0], [2.0, 4.0, 3.0], [2.0, 1.0, 4.0]]
    # A - B: (2, 1, 0), (-1, -2, 3), (0, 1, -2); medians 1, -1, 0. A / B: medians 1.25, 0.5, 1
    found = contrast({"A": one, "B": other}, units={("turnover", PEAK.words): "fold"})
    assert found == {
        "model": "turnover", "endpoint": "peak of treg_fold", "arm": "A", "against": "B", "unit": "fold",
        "difference": 0.0, "difference_low": pytest.approx(-0.9), "difference_high": pytest.approx(0.9),
        "ratio": 1.0, "ratio_low": pytest.approx(0.55), "ratio_high": pytest.approx(1.225),
        "subject_low": -2.0, "subject_high": pytest.approx(2.6),
        "probability": 0.5, "better_off": pytest.approx((4 + 2 / 2) / 9), "n": 9, "draws": 3,
        "better": 1 / 3, "equal": 1 / 3, "worse": 1 / 3, "relevantly_better": 1 / 3, "relevantly_worse": 1 / 3,
        "prior": pytest.approx(NAN, nan_ok=True),
    }  # fmt: skip


def test_a_difference_is_relevant_from_the_stated_share_of_the_larger_value_on():
    # Of 10.5 against 10 the difference is 4.76 % of the larger value, of 20 against 19 exactly 5 %, of 10 against 11 9.1 %.
    arms = {"A": [[10.5], [20.0], [10.0], [10.0]], "B": [[10.0], [19.0], [11.0], [10.0]]}

    def shares(least):
        found = row(contrasts(one_model(arms), [("A", "B")], least))
        return [found[name] for name in ("better", "equal", "worse", "relevantly_better", "relevantly_worse")]

    assert shares(0.05) == [0.5, 0.25, 0.25, 0.25, 0.25]
    assert shares(0.0) == [0.5, 0.25, 0.25, 0.5, 0.25]
    assert shares(0.1) == [0.5, 0.25, 0.25, 0.0, 0.0]


def test_the_size_of_a_relevant_difference_is_that_of_the_subjects_who_have_both_values():
    # With the first subject of A, who has no value in B, 1 would be a small part of a median of 100.
    found = contrast({"A": [[199.0, 2.0]] * 2, "B": [[NAN, 1.0]] * 2})
    assert (found["relevantly_better"], found["relevantly_worse"]) == (1.0, 0.0)


def test_the_population_difference_is_of_pairs_and_not_of_two_medians():
    found = paired(one_model({"A": [[0.0, 10.0, 1.0]], "B": [[9.0, 0.0, 2.0]]}), "turnover", PEAK, "A", "B")
    assert found.tolist() == [-1.0]


def test_a_share_has_the_difference_and_the_ratio_of_two_means():
    found = contrast({"A": [[1, 1, 1, 0]] * 3, "B": [[1, 0, 0, 0]] * 3}, SHARE)
    assert (found["difference"], found["ratio"], found["better_off"]) == (0.5, 3.0, 0.75)


def test_the_ratio_of_shares_is_over_the_subjects_that_both_arms_have():
    found = contrast({"A": [[1, 1, NAN, 0]], "B": [[1, NAN, 1, 1]]}, SHARE)
    assert (found["difference"], found["ratio"], found["n"]) == (-0.5, 0.5, 2)


def test_arms_with_the_same_values_are_exactly_level():
    found = contrast({"A": lognormal(), "B": lognormal()})
    assert [found[name] for name in CONTRASTS.header[5:15]] == [0, 0, 0, 1, 1, 1, 0, 0, 0.5, 0.5]


def test_shares_of_nobody_are_exactly_level():
    found = contrast({"A": np.zeros((3, 4)), "B": np.zeros((3, 4))}, SHARE)
    assert [found[name] for name in CONTRASTS.header[5:15]] == [0, 0, 0, 1, 1, 1, 0, 0, 0.5, 0.5]


def test_what_the_integration_may_err_by_is_no_difference():
    found = contrast({"A": lognormal() * (1 + 2e-6), "B": lognormal()})
    assert (found["difference"], found["ratio"], found["probability"], found["better_off"]) == (0.0, 1.0, 0.5, 0.5)
    assert contrast({"A": lognormal() * (1 + 2e-5), "B": lognormal()})["probability"] == 1.0


@pytest.mark.parametrize("endpoint", [PEAK, SHARE])
def test_a_ratio_to_nothing_is_missing(endpoint):
    found = contrast({"A": np.ones((3, 4)), "B": np.zeros((3, 4))}, endpoint)
    np.testing.assert_equal([found[name] for name in ("ratio", "ratio_low", "ratio_high")], [NAN] * 3)
    assert (found["difference"], found["probability"]) == (1.0, 1.0)


def test_subjects_with_nothing_in_the_second_arm_stay_in_the_order_of_ratios():
    assert contrast({"A": [[3.0, 4.0, 5.0]], "B": [[2.0, 0.0, 5.0]]})["ratio"] == 1.5


def test_where_lower_is_better_the_lower_arm_wins():
    found = contrast({"A": lognormal() + 1, "B": lognormal()}, COST)
    assert (found["probability"], found["better_off"]) == (0.0, 0.0)
    assert found["difference"] == pytest.approx(1.0)


def test_an_endpoint_without_a_direction_has_a_difference_and_no_probability():
    found = contrast({"A": lognormal() + 1, "B": lognormal()}, TIME)
    assert found["difference"] == pytest.approx(1.0)
    np.testing.assert_equal([found["probability"], found["better_off"]], [NAN, NAN])


def test_one_draw_has_no_probability_and_no_confidence_interval():
    found = contrast({"A": [[2.0, 3.0, 4.0]], "B": [[1.0, 1.0, 1.0]]})
    missing = ("difference_low", "difference_high", "ratio_low", "ratio_high", "probability")
    np.testing.assert_equal([found[name] for name in missing], [NAN] * 5)
    assert (found["difference"], found["ratio"], found["better_off"], found["draws"]) == (2.0, 3.0, 1.0, 1)
    assert (found["subject_low"], found["subject_high"]) == pytest.approx((1.1, 2.9))


def test_a_subject_missing_in_one_arm_is_left_out_of_its_draw_only():
    found = contrast({"A": [[3.0, NAN], [5.0, 7.0]], "B": [[1.0, 1.0], [4.0, 4.0]]})
    assert (found["n"], found["draws"], found["difference"]) == (3, 2, 2.0)


def test_a_draw_without_any_pair_is_left_out():
    arms = {"A": [[3.0, NAN], [5.0, 5.0], [2.0, 2.0]], "B": [[NAN, 1.0], [4.0, 4.0], [3.0, 3.0]]}
    found = contrast(arms)
    assert (found["n"], found["draws"], found["probability"]) == (4, 2, 0.5)
    np.testing.assert_equal(paired(one_model(arms), "turnover", PEAK, "A", "B"), [NAN, 1.0, -1.0])


def test_an_arm_without_a_reading_has_a_row_without_numbers():
    found = contrast({"A": lognormal(), "B": np.full((40, 30), NAN)})
    assert (found["n"], found["draws"]) == (0, 0)
    np.testing.assert_equal([found[name] for name in CONTRASTS.header[5:15]], [NAN] * 10)


def test_a_model_without_the_endpoint_has_no_rows():
    made = outcomes(
        {"turnover": {"A": np.full((2, 2), NAN), "B": np.full((2, 2), NAN)}, "expansion": {"A": [[1.0]], "B": [[2.0]]}}
    )
    assert contrasts(made, [("A", "B")])["model"].tolist() == ["expansion"]


def test_no_pairs_give_a_table_with_columns_and_no_rows():
    frame = contrasts(one_model({"A": [[1.0]]}), [])
    assert tuple(frame.columns) == CONTRASTS.header
    assert len(frame) == 0


def test_rows_come_by_model_endpoint_and_pair_in_the_order_given():
    arms = {name: np.ones((2, 1, 1)) for name in "ABC"}
    frame = contrasts(outcomes({"turnover": arms, "expansion": arms}, (PEAK, COST)), [("B", "A"), ("A", "C")])
    assert frame[["model", "endpoint", "arm"]].apply(tuple, axis=1).tolist() == [
        (model, endpoint.words, arm) for model in ("turnover", "expansion") for endpoint in (PEAK, COST) for arm in "BA"
    ]


PAIRS = arrays(float, (2, 5, 4), elements=st.one_of(st.integers(1, 6).map(float), st.just(NAN)))


@given(PAIRS, st.sampled_from([PEAK, COST]))
def test_turned_round_a_contrast_changes_its_sign_and_its_probability_adds_up_to_one(values, endpoint):
    made = one_model({"A": values[0], "B": values[1]}, (endpoint,))
    frame = contrasts(made, [("A", "B"), ("B", "A")])
    if not len(frame):
        assert np.isnan(values).all()
        return
    there, back = frame.to_dict("records")
    assert (there["n"], there["draws"]) == (back["n"], back["draws"])
    expected = [
        -back["difference"],
        -back["difference_high"],
        -back["difference_low"],
        -back["subject_high"],
        -back["subject_low"],
    ]
    expected += [1 - back["probability"], 1 - back["better_off"]]
    np.testing.assert_allclose([there[name] for name in TURNING], expected, rtol=1e-12, atol=1e-12)


@given(PAIRS, st.permutations(range(5)), st.permutations(range(4)))
def test_the_order_of_draws_and_subjects_changes_nothing(values, draws, subjects):
    turned = values[:, draws][:, :, subjects]
    frames = [contrasts(one_model({"A": a, "B": b}), [("A", "B")]).iloc[:, 5:].astype(float) for a, b in (values, turned)]
    np.testing.assert_allclose(frames[0], frames[1], rtol=1e-12, atol=1e-12)


@given(arrays(float, (2, 1, 3), elements=st.integers(0, 4).map(float)))
def test_difference_and_ratio_point_the_same_way(values):
    found = contrast({"A": values[0], "B": values[1]})
    if np.isnan(found["ratio"]):
        assert found["difference"] > 0
    else:
        assert np.sign(found["difference"]) == np.sign(found["ratio"] - 1)


def test_ties_of_draws_count_half():
    found = contrast({"A": each_subject([1.0, 2.0, 3.0, 4.0]), "B": each_subject([1.0, 2.0, 2.0, 5.0])})
    assert found["probability"] == 0.5
    found = contrast({"A": each_subject([1.0, 3.0, 3.0, 4.0]), "B": each_subject([1.0, 2.0, 2.0, 5.0])})
    assert found["probability"] == 0.625


def test_infinite_values_are_equal_to_each_other_and_beyond_every_other():
    """Of times until something, an infinite one is never reached: later than any that is, and as late as another."""
    never, soon = np.full((3, 4), np.inf), np.arange(12.0).reshape(3, 4)
    both = contrast({"A": never, "B": never}, PEAK)
    assert (both["difference"], both["ratio"], both["probability"], both["better_off"], both["n"]) == (0.0, 1.0, 0.5, 0.5, 12)
    one = contrast({"A": never, "B": soon}, PEAK)
    assert (one["probability"], one["better_off"], one["n"]) == (1.0, 1.0, 12)
    other = contrast({"A": soon, "B": never}, PEAK)
    assert (other["probability"], other["better_off"], other["n"]) == (0.0, 0.0, 12)

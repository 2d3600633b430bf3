"""The weighted verdict: the rule asked of the mixture of the models, its range over the weights, and why there is none."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.contrasts import contrast, english, verdict
from regimens.contrasts.verdict import Finding, Rule
from regimens.contrasts.weighted import Unweighted, Weight, extremes, with_weights
from tests.contrasts.made import NAN, each_subject, outcomes

PAIR = [("A", "B")]


def exactly(share):
    return Weight(share, share, share)


def judged(by_model, weights, rule=0.95, pairs=PAIR, **rest):
    """Return the verdict on A against B, of {model: A - B in each draw}; B is 10 everywhere."""
    made = outcomes({name: {"A": each_subject(10 + d), "B": each_subject(10 + 0 * d)} for name, d in by_model.items()}, **rest)
    by = Rule(rule)
    held = contrast.contrasts(made, pairs, by.difference)
    (found,) = with_weights(verdict.verdicts(made, held, pairs, by), weights)
    return found


def draws(better, count=100, size=1.0):
    """Return A - B of draws: `better` of them favour A by `size`, the others B."""
    return np.where(np.arange(count) < better, size, -size)


def test_the_probability_is_the_weighted_mean_of_the_models():
    found = judged({"one": draws(90), "two": draws(50)}, {"one": exactly(0.75), "two": exactly(0.25)}).weighted
    assert (found.probability, found.low, found.high) == pytest.approx((0.8, 0.8, 0.8))
    assert (found.winner, found.finding, found.why) == ("", Finding.NOT_SUPPORTED, None)


def test_a_model_of_little_weight_cannot_stop_a_weighted_verdict_but_stops_the_strict_one():
    models = {"one": draws(100), "two": draws(60)}
    found = judged(models, {"one": exactly(0.95), "two": exactly(0.05)})
    assert (found.finding, found.weighted.finding, found.weighted.winner) == (Finding.NOT_SUPPORTED, Finding.BETTER, "A")
    assert judged(models, {"one": exactly(0.8), "two": exactly(0.2)}).weighted.finding == Finding.NOT_SUPPORTED


def test_weights_of_models_that_do_not_take_part_are_left_out():
    weights = {"one": exactly(0.15), "two": exactly(0.05), "elsewhere": exactly(0.8)}
    assert judged({"one": draws(90), "two": draws(50)}, weights).weighted.probability == pytest.approx(0.8)


def test_a_sure_but_small_difference_is_not_supported_by_weights_either():
    found = judged({"one": draws(100, size=0.1), "two": draws(100, size=0.1)}, {"one": exactly(0.5), "two": exactly(0.5)})
    assert (found.weighted.probability, found.weighted.finding) == (1.0, Finding.NOT_SUPPORTED)


def test_too_few_draws_support_nothing():
    found = judged({"one": draws(10, 10)}, {"one": exactly(1.0)})
    assert (found.weighted.probability, found.weighted.finding) == (1.0, Finding.NOT_SUPPORTED)


@pytest.mark.parametrize(
    ("weights", "why", "without"),
    [
        (None, Unweighted.NO_WEIGHTS, ()),
        ({"one": exactly(1.0)}, Unweighted.NO_WEIGHT, ("two",)),
        ({"one": exactly(0.0), "two": exactly(0.0), "three": exactly(1.0)}, Unweighted.ALL_ZERO, ()),
    ],
)
def test_why_there_is_no_weighted_verdict_is_a_value(weights, why, without):
    found = judged({"one": draws(90), "two": draws(50)}, weights).weighted
    assert (found.why, found.without, found.winner, found.finding) == (why, without, "", None)
    assert math.isnan(found.probability)


def test_a_pair_that_the_strict_rule_cannot_judge_has_none():
    weights = {"one": exactly(1.0)}
    assert judged({"one": draws(100)}, weights, same=frozenset(PAIR)).weighted.why == Unweighted.NO_STRICT
    assert judged({"one": draws(1, 1)}, weights).weighted.why == Unweighted.NO_STRICT
    assert judged({"one": NAN + draws(100)}, weights).weighted.why == Unweighted.NO_STRICT


SHARES = st.lists(st.integers(0, 40), min_size=1, max_size=3)


@given(SHARES, st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3), st.sampled_from([0.8, 0.9, 0.95]))
def test_what_every_model_supports_the_weighted_verdict_supports(wins, shares, rule):
    models = {f"model {place}": draws(count, 40) for place, count in enumerate(wins)}
    found = judged(models, {name: exactly(share) for name, share in zip(models, shares, strict=False)}, rule)
    if found.finding == Finding.BETTER:
        assert found.weighted.winner == found.winner


@given(SHARES, st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3))
def test_a_swapped_pair_has_the_same_weighted_verdict(wins, shares):
    models = {f"model {place}": draws(count, 40) for place, count in enumerate(wins)}
    weights = {name: Weight(share, share / 2, 1.0) for name, share in zip(models, shares, strict=False)}
    there, back = (judged(models, weights, pairs=pair).weighted for pair in (PAIR, [("B", "A")]))
    assert there.winner == back.winner
    assert (there.probability, there.low, there.high) == pytest.approx((1 - back.probability, 1 - back.high, 1 - back.low))


ENDS = st.tuples(st.floats(0.01, 1.0), st.floats(0.01, 1.0)).map(sorted)


@given(st.lists(st.tuples(st.floats(0.0, 1.0), ENDS), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_no_weights_inside_their_intervals_give_a_mean_beyond_the_extremes(rows, random):
    values, ends = [value for value, _ in rows], [Weight(low, low, high) for _, (low, high) in rows]
    low, high = extremes(values, ends)
    for _ in range(20):
        chosen = [random.choice((each.low, each.high, random.uniform(each.low, each.high))) for each in ends]
        mean = sum(weight * value for weight, value in zip(chosen, values, strict=True)) / sum(chosen)
        assert low - 1e-9 <= mean <= high + 1e-9


def test_the_extremes_of_two_models_are_those_of_their_weights():
    assert extremes([1.0, 0.0], [Weight(0.5, 0.2, 0.8), Weight(0.5, 0.2, 0.8)]) == pytest.approx((0.2, 0.8))
    assert extremes([0.3], [Weight(1.0, 0.0, 1.0)]) == pytest.approx((0.3, 0.3))


def test_the_table_has_the_weighted_verdict_and_blanks_where_there_is_none():
    models = {"one": draws(100), "two": draws(60)}
    weights = {"one": Weight(0.95, 0.5, 1.0), "two": Weight(0.05, 0.0, 0.5)}
    frame = english.verdicts_frame([judged(models, weights), judged(models, None)])
    assert frame["weighted"].tolist() == ["A better", ""]
    assert frame[["weighted_probability", "weighted_low", "weighted_high"]].iloc[0].tolist() == pytest.approx([0.98, 0.8, 1.0])
    assert frame[["weighted_probability", "weighted_low", "weighted_high"]].iloc[1].isna().all()

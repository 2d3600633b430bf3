"""Judging: scores, regrets, fronts and turns against values worked out by hand."""

import numpy as np
import pytest

from regimens.scenario.search import Judge, Kind
from regimens.search.judging import front, in_turns, mean_over_draws, ranking, regrets, scores, spread_out, tail_mean

MEANS = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 2.5]])
"""Two models, three schedules."""
ALL = np.ones(3, dtype=bool)


@pytest.mark.parametrize(
    ("judge", "expected"),
    [
        (Judge(Kind.MEAN), [2.0, 2.0, 1.75]),
        (Judge(Kind.WORST), [1.0, 2.0, 1.0]),
        (Judge(Kind.REGRET), [-1.5, -1.0, -2.0]),
        (Judge(Kind.CVAR, 0.1), [7.0, 8.0, 9.0]),
    ],
)
def test_scores_by_hand(judge, expected):
    assert scores(judge, MEANS, np.array([7.0, 8.0, 9.0]), ALL).tolist() == expected


def test_a_regret_is_held_against_the_best_allowed_schedule():
    assert regrets(MEANS, np.array([False, True, True])).tolist() == [[-1.0, 0.0, 1.0], [1.5, 0.5, 0.0]]


def test_a_schedule_without_a_value_under_a_model_is_last():
    means = MEANS.copy()
    means[1, 1] = np.nan
    score = scores(Judge(Kind.MEAN), means, np.zeros(3), ALL)
    assert score.tolist() == [2.0, -np.inf, 1.75]
    assert ranking(score, ALL).tolist() == [0, 2]


def test_equal_scores_keep_the_order_of_the_space():
    assert ranking(np.array([1.0, 2.0, 2.0, 0.0]), np.array([True, True, True, False])).tolist() == [1, 2, 0]


def test_the_tail_is_the_mean_of_the_worst_draws():
    values = np.array([[5.0, 1.0, 4.0, 2.0, 3.0]])
    assert tail_mean([values], 0.4)[0] == pytest.approx(1.5)
    assert tail_mean([values], 0.5)[0] == pytest.approx((1 + 2 + 0.5 * 3) / 2.5)
    assert tail_mean([values], 1.0)[0] == pytest.approx(3.0)


def test_models_weigh_the_same_in_the_tail_however_many_draws_they_have():
    values = [np.array([[0.0]]), np.array([[1.0, 2.0, 3.0, 4.0]])]
    assert tail_mean(values, 0.5)[0] == pytest.approx(0.0)
    assert tail_mean(values, 0.75)[0] == pytest.approx((0.5 * 0 + 0.125 * 1 + 0.125 * 2) / 0.75)


def test_means_leave_missing_draws_out():
    assert mean_over_draws(np.array([[1.0, np.nan, 3.0], [np.nan] * 3])).tolist()[0] == 2.0
    assert np.isnan(mean_over_draws(np.full((1, 3), np.nan))[0])


def test_the_front_holds_who_is_not_beaten():
    gain, cost = np.array([1.0, 3.0, 2.0, 3.0, 5.0]), np.array([1.0, 2.0, 2.0, 3.0, 4.0])
    assert front(gain, cost, np.ones(5, dtype=bool)).tolist() == [0, 1, 4]
    assert front(gain, cost, np.array([True, False, True, True, False])).tolist() == [0, 2, 3]


def test_a_front_equals_the_definition_on_random_points():
    generator = np.random.default_rng(5)
    gain, cost = generator.integers(0, 12, 60).astype(float), generator.integers(0, 12, 60).astype(float)
    unbeaten = {
        (gain[i], cost[i])
        for i in range(60)
        if not any(gain[j] >= gain[i] and cost[j] <= cost[i] and (gain[j] > gain[i] or cost[j] < cost[i]) for j in range(60))
    }
    found = front(gain, cost, np.ones(60, dtype=bool))
    assert {(gain[place], cost[place]) for place in found} == unbeaten
    assert len(found) == len(unbeaten)


def test_lists_take_turns_until_there_are_enough():
    lists = [np.array([7, 8, 9]), np.array([7, 1]), np.array([], dtype=int)]
    assert in_turns(lists, 3).tolist() == [1, 7, 8]
    assert in_turns(lists, 10).tolist() == [1, 7, 8, 9]


@pytest.mark.parametrize("count", range(10))
def test_spread_out_keeps_every_place_once_and_begins_with_the_ends(count):
    found = spread_out(np.arange(count))
    assert sorted(found) == list(range(count))
    assert set(found[:2]) == {0, count - 1} or count < 2

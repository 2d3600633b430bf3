"""Searches side by side."""

from queue import SimpleQueue

import numpy as np
import pytest

from regimens.fit.together import together


def squares(points):
    return points**2


def steps(count, size):
    """A search that asks `count` times for `size` points and adds up what it is told."""

    def search(values):
        return sum(float(values(np.full((size, 2), number + 1.0)).sum()) for number in range(count))

    return search


def test_searches_of_any_length_find_what_each_would_find_alone():
    searches = [steps(count, size) for count, size in ((3, 1), (0, 1), (7, 4), (1, 2))]
    assert together(squares, searches) == [search(squares) for search in searches]


def test_what_all_searches_ask_for_is_computed_in_one_call_and_in_their_order():
    calls = []

    def values(points):
        calls.append(points[:, 0].tolist())
        return points

    together(values, [lambda ask: ask(np.array([[1.0]])), lambda ask: [ask(np.array([[2.0], [3.0]])), ask(np.array([[4.0]]))]])
    assert calls == [[1.0, 2.0, 3.0], [4.0]]


def test_a_search_may_itself_be_several_searches():
    pair = [steps(2, 3), steps(4, 1)]
    found = together(squares, [lambda values: together(values, pair), lambda values: [steps(3, 2)(values)]])
    assert found == [[search(squares) for search in pair], [steps(3, 2)(squares)]]


def test_no_searches_find_nothing():
    assert together(squares, []) == []


def test_an_error_of_a_search_is_raised_and_ends_the_others():
    ended = SimpleQueue()

    def patient(values):
        try:
            while True:
                values(np.ones((1, 1)))
        except Exception as error:
            ended.put(type(error).__name__)
            raise

    def failing(values):
        values(np.ones((1, 1)))
        raise ValueError("No step left.")

    with pytest.raises(ValueError, match=r"^No step left\.$"):
        together(squares, [patient, failing, lambda values: together(values, [patient])])
    assert [ended.get(timeout=60) for _ in range(2)] == ["_StoppedError"] * 2


def test_an_error_of_the_values_is_raised_once():
    def values(_points):
        raise ArithmeticError("No prediction.")

    with pytest.raises(ArithmeticError, match=r"^No prediction\.$"):
        together(values, [steps(2, 1), steps(2, 1)])

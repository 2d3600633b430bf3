"""Conditions on endpoints: in which draws they hold, of outcomes written out by hand."""

import numpy as np
import pytest

from regimens.contrasts.condition import BeyondArm, BeyondEndpoint, BeyondNumber, Within, number_words
from tests.contrasts.made import COST, NAN, PEAK, SHARE, one_model

DRAWS = [[1.0, 3.0, 9.0], [2.0, 2.0, 2.0], [5.0, 1.0, NAN], [NAN, NAN, NAN]]
"""Medians of the draws: 3, 2, 3 and none."""


def held(condition, arms, endpoint=PEAK, endpoints=(PEAK,)):
    made = one_model(arms, endpoints)
    by_draw = condition.by_draw(made, "turnover", "A", endpoint)
    return by_draw.tolist(), condition.held(by_draw).tolist()


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (BeyondNumber("above", 2.0), [1.0, 0.5, 1.0]),
        (BeyondNumber("below", 2.0), [0.0, 0.5, 0.0]),
        (BeyondNumber("above", 2.5), [1.0, 0.0, 1.0]),
        (BeyondNumber("below", 2.5), [0.0, 1.0, 0.0]),
        (BeyondNumber("above", 2.0 * (1 + 1e-6)), [1.0, 0.5, 1.0]),
        (Within(2.0, 2.5), [0.0, 1.0, 0.0]),
        (Within(2.5, 3.0), [1.0, 0.0, 1.0]),
    ],
)
def test_a_number_is_held_against_the_population_of_each_draw(condition, expected):
    by_draw, found = held(condition, {"A": DRAWS})
    np.testing.assert_equal(by_draw, [3.0, 2.0, 3.0, NAN])
    np.testing.assert_equal(found, [*expected, NAN])


def test_another_arm_is_held_against_subject_by_subject():
    # The medians of the arms are equal in the first draw, that of the differences is not.
    other = [[0.0, 3.0, 8.0], [2.0, 2.0, 2.0], [6.0, 2.0, 9.0], [1.0, 1.0, 1.0]]
    for side, expected in (("above", [1.0, 0.5, 0.0, NAN]), ("below", [0.0, 0.5, 1.0, NAN])):
        by_draw, found = held(BeyondArm(side, "B"), {"A": DRAWS, "B": other})
        np.testing.assert_equal(by_draw, [1.0, 0.0, -1.0, NAN])
        np.testing.assert_equal(found, expected)


def test_another_endpoint_is_held_against_in_the_same_subjects():
    both = np.array([DRAWS, [[0.0, 3.0, 8.0], [2.0, 2.0, 2.0], [6.0, 2.0, 9.0], [1.0, 1.0, 1.0]]])
    by_draw, found = held(BeyondEndpoint("above", COST), {"A": both}, endpoints=(PEAK, COST))
    np.testing.assert_equal(by_draw, [1.0, 0.0, -1.0, NAN])
    np.testing.assert_equal(found, [1.0, 0.5, 0.0, NAN])


def test_a_share_is_held_against_by_its_mean():
    by_draw, found = held(BeyondNumber("above", 0.5), {"A": [[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]}, SHARE, (SHARE,))
    assert by_draw == pytest.approx([2 / 3, 1 / 3])
    assert found == [1.0, 0.0]


def test_conditions_say_what_they_look_at():
    conditions = [BeyondNumber("above", 1.0), BeyondArm("below", "B"), BeyondEndpoint("above", COST), Within(-0.5, 2.25)]
    assert [condition.in_words() for condition in conditions] == ["above 1", "below B", "above peak of serum_il2", "-0.5 to 2.25"]
    assert [condition.quantity for condition in conditions] == ["value", "difference", "difference", "value"]
    assert [condition.arms for condition in conditions] == [(), ("B",), (), ()]
    assert [condition.endpoints for condition in conditions] == [(), (), (COST,), ()]


@pytest.mark.parametrize("number", [0.1, 1e-7, 1 / 3, 1e9, -2.5, 0.0])
def test_a_number_in_words_reads_back_as_itself(number):
    assert float(number_words(number)) == number
    assert "e" not in number_words(number)

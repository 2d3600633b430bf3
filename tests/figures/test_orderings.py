"""Published orderings: what stands where, in which colour and shape."""

import math

import pytest

from regimens.figures import theme
from regimens.figures.orderings import UNKNOWN, Ordering, orderings

NAN = float("nan")
LINES = [
    Ordering("Dose", "more > less", "A 2020", {"one": 0.96, "two": 0.5}),
    Ordering("Time", "early & late", "B 2021", {"one": 0.05, "two": NAN}),
    Ordering("Dose", "most > more", "C 2022", {"one": 0.94, "two": 0.0}),
]
HITS, MISSES, OPEN = theme.ACCENT.light, theme.AGAINST_MOST.light, theme.CONTEXT.light


def marks(figure):
    return [trace for trace in figure.data if trace.x != (None,)]


def test_orderings_stand_beneath_their_topics_in_the_order_of_both():
    texts = [each.text for each in orderings(LINES, 0.95).layout.annotations][4:]
    assert [text.split("<br>")[0] for text in texts] == [
        "<b>Dose</b>", "more &gt; less", "most &gt; more", "<b>Time</b>", "early &amp; late",
    ]  # fmt: skip
    assert texts[1].endswith(">A 2020</span>")


def test_the_place_of_a_mark_is_the_probability_and_its_colour_what_the_model_makes_of_the_ordering():
    one, two = marks(orderings(LINES, 0.95))
    assert (one.x, two.x) == ((0.96, 0.94, 0.05), (0.5, 0.0, UNKNOWN))
    assert (one.marker.color, two.marker.color) == ((HITS, OPEN, MISSES), (OPEN, MISSES, OPEN))
    assert [round(y) for y in (*one.y, *two.y)] == [1, 2, 4] * 2


def test_models_have_a_shape_and_a_lane_of_their_own_and_open_marks_where_nothing_is_modelled():
    one, two = marks(orderings(LINES, 0.95))
    assert (one.marker.symbol, two.marker.symbol) == (("circle",) * 3, ("diamond", "diamond", "diamond-open"))
    assert {round(y % 1, 9) for y in one.y}.isdisjoint({round(y % 1, 9) for y in two.y})
    (alone,) = marks(orderings([Ordering("Dose", "a", "", {"one": 1.0})], 0.95))
    assert alone.y == (1,)


def test_every_mark_says_its_ordering_model_and_probability():
    _, two = marks(orderings(LINES, 0.95))
    assert two.hovertext == (
        "more &gt; less, two: P = 0.50",
        "most &gt; more, two: P = 0.00",
        "early &amp; late, two: not modelled",
    )


def test_the_zones_of_hits_and_misses_begin_where_the_rule_does():
    left, right = [shape for shape in orderings(LINES, 0.9).layout.shapes if shape.type == "rect"]
    assert (left.x1, right.x0) == (pytest.approx(0.1), 0.9)
    assert (left.fillcolor, right.fillcolor) == (theme.AGAINST.light, theme.FOR.light)


def test_a_model_that_an_ordering_is_not_held_against_has_no_mark_there():
    lines = [LINES[0], Ordering("Dose", "b", "", {"one": 0.3})]
    _, two = marks(orderings(lines, 0.95))
    assert two.x == (0.5,)
    assert not any(map(math.isnan, two.x))


def test_no_ordering_is_refused():
    with pytest.raises(KeyError, match="There is no ordering to draw"):
        orderings([], 0.95)

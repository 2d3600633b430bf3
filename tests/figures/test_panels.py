"""Panels keep inside their figure and apart from each other, in every width; places on an axis are even."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.figures.axes import Scale
from regimens.figures.panels import NARROW_PX, PAPER_PX, Panels, arranged, axis, figure, strip_axis

ROUNDING = 1e-9
"""Domains are shares, added up in floats."""

LEAST_CHARACTER_PX = 7
"""Bold characters of a heading are wider than this on the whole."""

NAME = "A long name of an arm that goes on and on, as protocol titles do until they end, number {}"


def boxes(layout: dict, count: int, first: int = 0) -> list[tuple[float, float, float, float]]:
    """Return (left, right, foot, top) of the panels, or from `first` on of their strips."""
    found = []
    for place in range(count):
        x, y = ("axis" if n == 0 else f"axis{n + 1}" for n in (place, first + place))
        found.append((*layout[f"x{x}"]["domain"], *layout[f"y{y}"]["domain"]))
    return found


@given(
    st.integers(1, 14),
    st.integers(1, 5),
    st.integers(60, 400),
    st.sampled_from([0.0, 0.16]),
    st.booleans(),
    st.sampled_from([0.04, 0.06]),
)
def test_panels_and_their_strips_lie_inside_the_figure_and_apart(count, columns, height, strip, titled, gap):
    panels = Panels(tuple(NAME.format(k) if titled else "" for k in range(count)), columns, height, strip=strip, gap=gap)
    layout = arranged(panels, columns)
    found = boxes(layout, count) + (boxes(layout, count, count) if strip else [])
    for left, right, foot, top in found:
        assert -ROUNDING <= left < right <= 1 + ROUNDING
        assert -ROUNDING <= foot < top <= 1 + ROUNDING
    for one, other in combinations(found, 2):
        beside = one[1] <= other[0] + ROUNDING or other[1] <= one[0] + ROUNDING
        above = one[3] <= other[2] + ROUNDING or other[3] <= one[2] + ROUNDING
        assert beside or above
    inner = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    for left, right, foot, top in boxes(layout, count):
        assert inner * (top - foot) == pytest.approx(height * (1 - strip - (0.02 if strip else 0)), abs=1)
        assert right - left == pytest.approx((1 - gap * (min(columns, count) - 1)) / min(columns, count))
    assert len(layout["annotations"]) == (count if titled else 0)


def test_on_a_phone_panels_stand_beneath_each_other_and_headings_are_cut_to_two_lines_that_fit():
    panels = Panels((NAME.format(1), NAME.format(2)), 2, 200)
    wide, narrow = arranged(panels, 2), arranged(panels, 1, NARROW_PX)
    assert wide["xaxis2"]["domain"][0] > 0.5
    assert narrow["xaxis2"]["domain"] == [0.0, 1.0]
    assert narrow["height"] > wide["height"]
    texts = [note["text"] for note in narrow["annotations"]]
    lines = [line for text in texts for line in text.removeprefix("<b>").removesuffix("</b>").split("<br>")]
    assert len(lines) == 4
    assert max(map(len, lines)) <= NARROW_PX / LEAST_CHARACTER_PX
    assert len(set(texts)) == 2


def test_on_paper_panels_have_a_share_of_their_height():
    panels = Panels(("one",), 1, 300)
    assert arranged(panels, 1, PAPER_PX, 0.5)["height"] == arranged(panels, 1)["height"] - 150


def test_only_the_first_panel_of_a_row_shows_its_ticks_unless_panels_are_apart():
    panels = Panels(("",) * 4, 2, 100)
    shown = [arranged(panels, 2)[key]["showticklabels"] for key in ("yaxis", "yaxis2", "yaxis3", "yaxis4")]
    assert shown == [True, False, True, False]
    apart = Panels(("",) * 4, 2, 100, apart=True)
    assert all(arranged(apart, 2)[key]["showticklabels"] for key in ("yaxis", "yaxis2", "yaxis3", "yaxis4"))


def test_headings_are_text_and_never_markup():
    (note,) = arranged(Panels(("<b>bold</b> & more",), 1, 100), 1)["annotations"]
    assert note["text"] == "<b>&lt;b&gt;bold&lt;/b&gt; &amp; more</b>"


def test_axes_are_named_as_plotly_names_them():
    assert (axis(0), axis(2), axis(1, "y")) == ("x", "x3", "y2")
    assert strip_axis(Panels(("",) * 3, 3, 100, strip=0.2), 1) == "y5"


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_places_on_a_linear_axis_run_evenly_from_its_foot_to_its_top(low, length):
    found = Scale(low, low + length, (), False, "")
    assert found.share(np.array([low, low + length / 2, low + length])) == pytest.approx([0, 0.5, 1], abs=1e-6)


@given(st.floats(1e-3, 1e3), st.integers(1, 9))
def test_places_on_an_axis_of_doublings_are_even_in_doublings(low, doublings):
    found = Scale(low, low * 2**doublings, (), True, "")
    places = found.share(low * 2.0 ** np.arange(doublings + 1))
    assert places == pytest.approx(np.arange(doublings + 1) / doublings, abs=1e-9)
    assert math.isfinite(found.share(0.0))


@pytest.mark.parametrize(("marks", "more"), [(0, 0), (2, 0), (3, 20), (5, 60)])
def test_on_a_phone_a_key_has_room_for_a_line_a_mark(marks, more):
    layouts = figure([], Panels(("one",), 1, 100, bottom=58, marks=marks), {}, {}, "").layout.meta
    assert {width: layout["margin"]["b"] for width, layout in layouts.items()} == {
        "wide": 58,
        "middle": 58,
        "narrow": 58 + more,
        "paper": 58,
    }

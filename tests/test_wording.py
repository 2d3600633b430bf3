"""Words and numbers as a reader sees them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from regimens import wording
from regimens.figures import titles


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.3456, "2.35"), (0.012345, "0.0123"), (0, "0"), (-3.2, "−3.20"), (12345.6, "12\u202f346"), (None, "–"),
     (float("nan"), "–"), (float("inf"), "∞"), (1.5e-7, "1.50e−07")],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value, text):
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(2_500_000.0, "IU", "2.5 MIU"), (560.0, "mg", "560 mg"), (125_000.0, "IU", "0.125 MIU"), (Fraction(1, 3), "mg", "0.333333 mg")],
)  # fmt: skip
def test_amounts_are_exact_and_in_the_unit_of_protocols(value, unit, text):
    assert wording.amount(value, unit) == text


@pytest.mark.parametrize(("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists_read_like_prose(items, text):
    assert wording.listing(items) == text


@pytest.mark.parametrize(("hours", "text"), [(4032.0, "24 weeks"), (240.0, "10 days"), (168.0, "7 days"), (36.0, "1.5 days")])
def test_a_horizon_is_named_in_weeks_where_they_are_whole(hours, text):
    assert wording.horizon(hours) == text


def test_long_times_are_read_in_days_and_short_ones_in_hours():
    assert wording.scaled([100.0, 5.0], "h") == (1 / 24, "days")
    assert wording.scaled([10.0, 5.0], "h") == (1.0, "h")


def test_totals_in_iu_are_read_in_miu():
    assert wording.scaled([14_000_000.0], "IU") == (1e-6, "MIU")
    assert wording.scaled([2.5], "IU/mL") == (1.0, "IU/mL")


def test_names_are_cut_at_a_word():
    assert wording.shorten("Every other day, 3 cycles", 18) == "Every other day…"
    assert wording.shorten("short", 18) == "short"


def test_names_that_would_be_cut_to_the_same_keep_their_ends():
    names = ["five days, then rest, rest 9 days", "five days, then rest, rest 10 days", "weekly"]
    assert wording.short_apart(names, 24) == ["five days, t…rest 9 days", "five days, t…est 10 days", "weekly"]
    assert wording.short_apart(["Every other day, 3 cycles", "weekly"], 18) == ["Every other day…", "weekly"]
    assert wording.short_apart(["same", "same"], 18) == ["same", "same"]


@pytest.mark.parametrize("value", [-0.0, -1e-18, -0.004])
def test_zero_has_no_sign(value):
    assert wording.fixed(value, 2) == "0.00"
    assert wording.number(-0.0) == "0"
    assert wording.exact(-0.0) == "0"


def test_what_is_rounding_error_beside_the_largest_of_a_column_is_zero():
    assert wording.number(wording.settled(-1e-18, 2.0)) == "0"
    assert wording.number(wording.settled(-1e-10, 2.0)) == "−1.00e−10"


@pytest.mark.parametrize(
    ("won", "total", "text"),
    [(0, 1, "the one pair is not supported"), (1, 1, "the one pair is supported"), (0, 15, "none of 15 pairs are supported"),
     (1, 2, "one of two pairs is supported"), (2, 15, "two of 15 pairs are supported")],
)  # fmt: skip
def test_counts_of_pairs_read_right(won, total, text):
    assert wording.supported(won, total) == text


@pytest.mark.parametrize(("share", "text"), [(0.0, "0"), (0.001, "<1"), (0.5, "50"), (0.997, ">99"), (1.0, "100"), (None, "–")])
def test_what_is_not_quite_none_or_all_is_never_rounded_to_it(share, text):
    assert wording.percent(share) == text


@pytest.mark.parametrize(
    ("names", "text"),
    [(["a"], "‘a’"), (["a", "b", "c"], "‘a’, ‘b’ and ‘c’"), (["a", "b", "c", "d"], "‘a’, ‘b’ and two others")],
)
def test_many_names_are_counted_after_the_second(names, text):
    assert wording.quoted(names) == text


def test_text_for_plotly_has_no_tag_and_no_entity():
    assert wording.plotly_text("<b>a</b> & &lt; \"q\" 'r'") == "&lt;b&gt;a&lt;/b&gt; &amp; &amp;lt; \"q\" 'r'"


@pytest.mark.parametrize(
    ("names", "text"),
    [(["Low dose, 1 MIU", "Low dose, 2 MIU"], "Low dose"), (["a", "b"], "a"), (["same", "same"], "same")],
)
def test_a_course_is_called_what_its_levels_share(names, text):
    assert titles.course_of(names) == text


@pytest.mark.parametrize(
    ("label", "text"), [("Peak Treg", "peak Treg"), ("IL-2 in serum", "IL-2 in serum"), ("Treg, fold", "Treg, fold")]
)
def test_a_heading_inside_a_sentence_keeps_its_names(label, text):
    assert wording.inside(label) == text

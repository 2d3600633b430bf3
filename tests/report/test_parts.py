"""Small parts of the report: numbers in words, thinned curves, axes, references."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from regimens.regimen import parse_regimen, weeks
from regimens.report.panel import kept
from regimens.report.references import Bibliography
from regimens.report.scale import scale, time_axis
from regimens.report.text import words
from regimens.scenario import Reference

from . import example


@pytest.mark.parametrize(
    ("value", "text"),
    [(2.3456, "2.35"), (0.012345, "0.0123"), (0, "0"), (-3.2, "−3.20"), (12345.6, "12\u202f346"), (None, "–"),
     (float("nan"), "–"), (float("inf"), "∞"), (1.5e-7, "1.50e−07")],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value, text):
    assert words.number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(2_500_000.0, "IU", "2.5 MIU"), (560.0, "mg", "560 mg"), (125_000.0, "IU", "0.125 MIU"), (Fraction(1, 3), "mg", "0.333333 mg")],
)  # fmt: skip
def test_amounts_are_exact_and_in_the_unit_of_protocols(value, unit, text):
    assert words.amount(value, unit) == text


@pytest.mark.parametrize(("items", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists_read_like_prose(items, text):
    assert words.listing(items) == text


@pytest.mark.parametrize(("hours", "text"), [(4032.0, "24 weeks"), (240.0, "10 days"), (168.0, "7 days"), (36.0, "1.5 days")])
def test_a_horizon_is_named_in_weeks_where_they_are_whole(hours, text):
    assert words.horizon(hours) == text


def test_long_times_are_read_in_days_and_short_ones_in_hours():
    assert words.scaled([100.0, 5.0], "h") == (1 / 24, "days")
    assert words.scaled([10.0, 5.0], "h") == (1.0, "h")


def test_totals_in_iu_are_read_in_miu():
    assert words.scaled([14_000_000.0], "IU") == (1e-6, "MIU")
    assert words.scaled([2.5], "IU/mL") == (1.0, "IU/mL")


def test_names_are_cut_at_a_word():
    assert words.shorten("Every other day, 3 cycles", 18) == "Every other day…"
    assert words.shorten("short", 18) == "short"


def test_names_that_would_be_cut_to_the_same_keep_their_ends():
    names = ["five days, then rest, rest 9 days", "five days, then rest, rest 10 days", "weekly"]
    assert words.short_apart(names, 24) == ["five days, t…rest 9 days", "five days, t…est 10 days", "weekly"]
    assert words.short_apart(["Every other day, 3 cycles", "weekly"], 18) == ["Every other day…", "weekly"]
    assert words.short_apart(["same", "same"], 18) == ["same", "same"]


def test_a_thinned_curve_keeps_ends_peak_and_trough():
    rng = np.random.default_rng(1)
    for _ in range(50):
        values = rng.standard_normal(5000).cumsum()
        rows = kept(values)
        assert len(rows) <= 200
        assert {0, 4999, int(values.argmin()), int(values.argmax())} <= set(rows.tolist())


def test_a_short_curve_is_left_alone_and_gaps_do_no_harm():
    assert kept(np.arange(5.0)).tolist() == [0, 1, 2, 3, 4]
    assert len(kept(np.full(1000, np.nan))) <= 200


def test_an_axis_counts_doublings_only_where_the_range_passes_four():
    assert not scale([np.array([1.0, 3.9])], "").log
    assert scale([np.array([1.0, 4.2])], "").log
    assert not scale([np.array([0.0, 100.0])], "").log
    assert not scale([np.array([1e-6, 100.0])], "").log


def test_an_axis_holds_its_values_even_if_they_are_all_the_same():
    for values in ([1.0, 1.0], [0.0, 0.0], [5.0], [-2.0, 3.0]):
        axis = scale([np.array(values)], "")
        assert axis.low <= min(values) <= max(values) <= axis.high
        assert axis.low < axis.high


def cycles(words):
    events = parse_regimen(words).events(weeks(24))
    return [(cycle, events.time_h[events.cycle == cycle]) for cycle in np.unique(events.cycle)]


def test_cycle_starts_are_ticks_where_all_cycles_agree():
    mine, other = (cycles(example.SIX[name][0]) for name in ("Every other day, 3 cycles", "Five-day courses"))
    assert time_axis(4032.0, [mine]).ticks == (0.0, 4.0, 8.0, 12.0, 16.0, 20.0, 24.0)
    assert time_axis(4032.0, [mine]).cycles
    assert not time_axis(4032.0, [mine, other]).cycles


@pytest.mark.parametrize("weeks", [3, 4, 5, 12, 13, 24, 52, 100, 520, 5000])
def test_an_axis_has_few_ticks_and_never_passes_the_end(weeks):
    ticks = time_axis(weeks * 168.0, []).ticks
    assert 2 <= len(ticks) <= 9
    assert ticks[-1] <= weeks


@pytest.mark.parametrize("value", [-0.0, -1e-18, -0.004])
def test_zero_has_no_sign(value):
    assert words.fixed(value, 2) == "0.00"
    assert words.number(-0.0) == "0"
    assert words.exact(-0.0) == "0"


def test_what_is_rounding_error_beside_the_largest_of_a_column_is_zero():
    assert words.number(words.settled(-1e-18, 2.0)) == "0"
    assert words.number(words.settled(-1e-10, 2.0)) == "−1.00e−10"


@pytest.mark.parametrize(
    ("won", "total", "text"),
    [(0, 1, "the one pair is not supported"), (1, 1, "the one pair is supported"), (0, 15, "none of 15 pairs are supported"),
     (1, 2, "one of two pairs is supported"), (2, 15, "two of 15 pairs are supported")],
)  # fmt: skip
def test_counts_of_pairs_read_right(won, total, text):
    assert words.supported(won, total) == text


def test_one_source_has_one_number_however_its_doi_is_written():
    listed = Bibliography()
    first = listed.number_of(Reference(doi="10.1000/ABC"))
    again = listed.number_of(Reference(doi="https://doi.org/10.1000/abc", text="Words"), "turnover")
    other = listed.number_of(Reference(text="Other words"))
    assert (first, again, other) == (1, 1, 2)
    assert listed.entries[0].text == "Words"


@pytest.mark.parametrize("doi", ["javascript:alert(1)", "10.1/x", "10.1000/a b", '"><script>'])
def test_what_is_no_doi_gets_no_link(doi):
    listed = Bibliography()
    listed.number_of(Reference(doi=doi))
    assert listed.entries[0].doi_link == ""


def test_a_doi_is_quoted_in_its_link():
    listed = Bibliography()
    listed.number_of(Reference(doi='10.1000/<a>"b'))
    assert listed.entries[0].doi_link == "https://doi.org/10.1000/%3Ca%3E%22b"

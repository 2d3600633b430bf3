"""Small parts of the report: numbers in words, thinned curves, axes, references."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from regimens.report.thinning import kept

from regimens.report import words
from regimens.report.cast import time_axis
from regimens.report.panel import scale
from regimens.report.references import Bibliography

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
    [(2_500_000.0, "IU", "2.5 MIU"), (2.5, "MIU", "2.5 MIU"), (560.0, "mg", "560 mg"), (125_000.0, "IU", "0.125 MIU"),
     (260_000.0, "IU/m2", "0.26 MIU/m2")],
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
    assert words.time_scale([100.0, 5.0], "h") == (1 / 24, "days")
    assert words.time_scale([10.0, 5.0], "h") == (1.0, "h")


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


def test_cycle_starts_are_ticks_where_all_cycles_agree():
    events = pd.DataFrame(example.SIX["Every other day, 3 cycles"][0][1]).assign(arm="a")
    assert time_axis(4032.0, events).ticks == (0.0, 4.0, 8.0, 12.0, 16.0, 20.0, 24.0)
    assert time_axis(4032.0, events).cycles
    other = pd.DataFrame(example.SIX["Five-day courses"][0][1]).assign(arm="b")
    assert not time_axis(4032.0, pd.concat([events, other])).cycles


@pytest.mark.parametrize("weeks", [3, 4, 5, 12, 13, 24, 52, 100, 520, 5000])
def test_an_axis_has_few_ticks_and_never_passes_the_end(weeks):
    ticks = time_axis(weeks * 168.0, pd.DataFrame()).ticks
    assert 2 <= len(ticks) <= 9
    assert ticks[-1] <= weeks


def test_one_source_has_one_number_however_its_doi_is_written():
    listed = Bibliography()
    first = listed.number_of(SimpleNamespace(doi="10.1000/ABC"))
    again = listed.number_of(SimpleNamespace(doi="https://doi.org/10.1000/abc", text="Words"), "turnover")
    other = listed.number_of(SimpleNamespace(text="Other words"))
    assert (first, again, other) == (1, 1, 2)
    assert listed.entries[0].text == "Words"


@pytest.mark.parametrize("doi", ["javascript:alert(1)", "10.1/x", "10.1000/a b", '"><script>'])
def test_what_is_no_doi_gets_no_link(doi):
    listed = Bibliography()
    listed.number_of(SimpleNamespace(doi=doi))
    assert listed.entries[0].doi_link == ""


def test_a_doi_is_quoted_in_its_link():
    listed = Bibliography()
    listed.number_of(SimpleNamespace(doi='10.1000/<a>"b'))
    assert listed.entries[0].doi_link == "https://doi.org/10.1000/%3Ca%3E%22b"

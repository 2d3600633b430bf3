"""Axes: ends and ticks of values, and time in weeks or days."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.figures.axes import linear, scale, tick_text, time_axis
from regimens.regimen import parse_regimen, weeks
from tests.report import example


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


def test_what_is_rounding_error_below_zero_does_not_move_the_foot():
    assert scale([np.array([-1e-9, 10.0])], "").low == 0.0
    assert scale([np.array([-1.0, 10.0])], "").low < 0.0


@pytest.mark.parametrize("ends", [(0.0, 0.0), (-3.0, 5.0), (1e-6, 2e-6), (100.0, 100.5)])
def test_a_linear_axis_has_room_at_both_ends_and_its_ticks_inside(ends):
    axis = linear(*ends)
    assert axis.low < ends[0] <= ends[1] < axis.high
    assert 2 <= len(axis.ticks) <= 9
    assert axis.low <= min(axis.ticks) <= max(axis.ticks) <= axis.high


def test_the_place_of_a_value_is_a_share_of_its_axis():
    doublings = scale([np.array([1.0, 8.0])], "")
    assert doublings.share(np.array([doublings.low, doublings.high])).tolist() == pytest.approx([0.0, 1.0])
    assert doublings.share(np.sqrt(doublings.low * doublings.high)) == pytest.approx(0.5)
    straight = scale([np.array([0.0, 10.0])], "")
    assert straight.share((straight.low + straight.high) / 2) == pytest.approx(0.5)


def test_a_log_axis_says_so_in_its_title():
    assert scale([np.array([1.0, 8.0])], "Treg, fold").title == "Treg, fold, log₂ axis"
    assert scale([np.array([1.0, 2.0])], "Treg, fold").title == "Treg, fold"


@pytest.mark.parametrize(("value", "text"), [(-0.5, "−0.5"), (0.1 + 0.2, "0.3"), (12000.0, "12\u202f000"), (8.0, "8")])
def test_a_tick_is_short_and_has_a_real_minus_sign(value, text):
    assert tick_text(value) == text


def test_a_time_axis_ends_with_the_horizon():
    for horizon_h in (240.0, 504.0, 4032.0, 8760.0):
        axis = time_axis(horizon_h, [])
        assert axis.end * axis.hours == horizon_h
        assert axis(horizon_h) == axis.end
        assert axis.unit == ("days" if horizon_h < 504 else "weeks")

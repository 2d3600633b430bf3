"""Curves: arms share a panel a model while they can, and have a panel each where they cannot."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from regimens import figures
from regimens.figures import theme
from regimens.figures.over_time import columns_of
from regimens.figures.view import view_of
from regimens.study.rows import SeenPoint

from ..report import example
from .drawing import arms_of, headings, panel_of, refused, traces

FOLD = "treg_fold"
SEEN = 0.02
"""Relative error of a drawn peak: the tolerance of a panel of 150 px, 0.67 %, of an axis of 3.9 doublings."""


def ladder(arms: int):
    """Return a comparison of so many arms of other amounts, and one without doses."""
    words = {f"{level} MIU": (f"{level} MIU SC daily x 5", None) for level in range(1, arms + 1)}
    return example.comparison(words | {"Placebo": ("", None)}, "Levels", 1)


def test_arms_share_a_panel_a_model_with_a_line_an_arm():
    figure = figures.curves(example.six(1), FOLD)
    assert headings(figure) == ["turnover", "effect_turnover (exploratory)"]
    for panel in range(2):
        assert [line.meta["arm"] for line in traces(figure, "line", panel)] == [0, 1, 2, 3, 4, 5]


def test_lines_have_the_colour_and_the_dash_of_their_arm_and_are_named_once():
    made = example.six(1)
    figure = figures.curves(made, FOLD)
    for look in view_of(made).arms:
        lines = traces(figure, "line", arm=look.index)
        assert {(line.line.color, line.line.dash, line.name) for line in lines} == {(look.colour, look.dash, look.name)}
        assert [line.showlegend for line in lines] == [True, False]


def test_eight_arms_with_doses_share_panels_and_nine_have_one_each():
    shared, apart = figures.curves(ladder(8), FOLD), figures.curves(ladder(9), FOLD)
    assert headings(shared) == ["turnover", "effect_turnover (exploratory)"]
    assert headings(apart) == [*(f"{level} MIU" for level in range(1, 10)), "Placebo"]


def test_in_a_panel_of_an_arm_the_others_stand_behind_in_grey():
    made = ladder(9)
    figure = figures.curves(made, FOLD)
    medians = {panel: [(list(line.x), list(line.y)) for line in traces(figure, "line", panel)] for panel in range(10)}
    for panel in range(10):
        (behind,) = traces(figure, "behind", panel)
        assert behind.line.color == theme.BEHIND.light
        assert figure.data.index(behind) < min(figure.data.index(line) for line in traces(figure, "line", panel))
        x, y = list(behind.x), list(behind.y)
        others = [(xs, ys) for other in range(10) if other != panel for xs, ys in medians[other]]
        assert len(others) == 18
        assert sorted(zip(x, y, strict=True), key=str) == sorted(
            [*((a, b) for xs, ys in others for a, b in zip(xs, ys, strict=True)), *[(None, None)] * 18], key=str
        )


def test_a_panel_of_an_arm_has_its_line_under_every_model_and_its_doses_at_the_foot():
    made = example.six(1)
    figure = figures.curves_by_arm(made, FOLD)
    assert headings(figure) == list(example.SIX)
    for panel in range(6):
        lines = traces(figure, "line", panel)
        assert [line.meta["key"] for line in lines] == ["turnover", "effect_turnover"]
        assert {line.meta["arm"] for line in lines} == {panel}
        assert len({line.line.dash for line in lines}) == 2
        assert [panel_of(doses) for doses in traces(figure, "dose", arm=panel)] == ([panel] if panel < 5 else [])


def test_a_concentration_that_follows_every_dose_is_drawn_arm_by_arm():
    made = example.six(1)
    assert headings(figures.curves(made, "serum_il2")) == list(example.SIX)
    alone = example.comparison({"Daily": example.SIX["Daily"]}, "Alone", 1)
    assert headings(figures.curves(alone, "serum_il2")) == ["turnover", "effect_turnover (exploratory)"]


def test_more_than_three_arms_with_confidence_share_panels_without_prediction_intervals():
    figure = figures.curves(example.drawn(), FOLD)
    assert {trace.meta["role"] for trace in figure.data} == {"line", "sure"}
    three = {name: example.LADDER[name] for name in list(example.LADDER)[:3]}
    wide = figures.curves(example.comparison(three, "Three", 5, draws=4), FOLD)
    assert {trace.meta["role"] for trace in wide.data} == {"line", "sure", "spread"}
    apart = figures.curves_by_arm(example.drawn(), FOLD)
    assert {"line", "sure", "spread"} <= {trace.meta["role"] for trace in apart.data}


def test_without_draws_bands_are_prediction_intervals_and_with_one_subject_there_are_none():
    assert {trace.meta["role"] for trace in figures.curves(example.six(), FOLD).data} == {"line", "spread"}
    assert {trace.meta["role"] for trace in figures.curves(example.six(1), FOLD).data} == {"line"}


def test_bands_lie_beneath_all_lines():
    roles = [trace.meta["role"] for trace in traces_of_panel(figures.curves(example.drawn(), FOLD), 0)]
    assert roles == ["sure"] * 5 + ["line"] * 6


def traces_of_panel(figure, panel: int) -> list:
    return [trace for trace in figure.data if panel_of(trace) == panel]


def test_single_subjects_are_thin_lines():
    figure = figures.curves_by_arm(example.drawn_individuals(), FOLD)
    bands = example.drawn_individuals().bands["turnover", "Weekly"]
    found = traces(figure, "thread", 4)
    assert len(found) == 2 * 4
    assert {thread.line.width for thread in found} == {0.8}
    tops = [float(curve.max()) for curve in bands.individuals[bands.row(FOLD)]]
    assert [max(thread.y) for thread in found[:4]] == pytest.approx(tops, rel=SEEN)


def test_a_fold_has_rules_at_the_baseline_and_at_the_threshold_that_an_endpoint_asks_about():
    levels = [(shape.y0, shape.xref) for shape in figures.curves(example.six(1), FOLD).layout.shapes]
    assert levels == [(1.0, "x domain"), (2.0, "x domain"), (1.0, "x2 domain"), (2.0, "x2 domain")]
    assert figures.curves(example.six(1), "treg").layout.shapes == ()


def test_a_fold_range_past_four_counts_doublings():
    axis = figures.curves(example.six(), FOLD).layout.yaxis
    assert (axis.type, list(axis.ticktext)) == ("log", ["1", "2", "4", "8"])
    assert figures.curves(example.six(), FOLD).layout.title.text == "Treg, fold of baseline, log₂ axis"


def test_time_is_in_weeks_and_the_first_tick_says_so():
    axis = figures.curves(example.six(1), FOLD).layout.xaxis
    assert list(axis.ticktext) == ["week 0", "4", "8", "12", "16", "20", "24"]
    assert tuple(axis.range) == (0, 24)


@pytest.mark.parametrize(
    ("bound", "symbol", "bars", "said"),
    [("", "circle-open", True, ""), ("lower bound", "triangle-up-open", False, "at least "),
     ("upper bound", "triangle-down-open", False, "at most ")],
)  # fmt: skip
def test_published_values_are_marks_in_the_colour_of_their_arm(bound, symbol, bars, said):
    seen = SeenPoint("Weekly", "row-1", "A study", FOLD, "1", 336.0, 30.0, 20.0, 50.0, bound)
    made = dataclasses.replace(example.six(1), observed=(seen,))
    figure = figures.curves(made, FOLD)
    for panel in range(2):
        (point,) = traces(figure, "point", panel)
        assert (point.x[0], point.y[0], point.name) == (2.0, 30.0, "A study")
        assert (point.marker.symbol, point.marker.color) == (symbol, view_of(made).look("Weekly").colour)
        assert (point.error_y.visible, point.error_y.array[0], point.error_y.arrayminus[0]) == (bars, 20.0, 10.0)
        assert point.hovertemplate == f"%{{fullData.name}}, seen: {said}%{{y:.3~g}}<extra></extra>"
    assert 10 ** figure.layout.yaxis.range[1] > 50


def test_a_model_without_inputs_for_an_arm_has_no_line_for_it():
    made = example.mutein()
    figure = figures.curves(made, FOLD)
    assert [line.meta["arm"] for line in traces(figure, "line", 0)] == [0, 3]
    assert [line.meta["arm"] for line in traces(figure, "line", 1)] == [0, 1, 2, 3]


def test_an_observable_that_no_model_draws_is_refused():
    said = "No model draws 'nonsense'. Drawn are treg_fold, treg, serum_il2."
    assert refused(figures.curves, example.six(1), "nonsense") == said
    assert refused(figures.curves_by_arm, example.six(1), "nonsense") == said


def test_levels_of_one_schedule_stand_in_one_row():
    arms = {f"{how}, {level} MIU": (f"{level} MIU SC {how} x 5", None) for how in ("daily", "weekly") for level in (1, 2, 3)}
    figure = figures.curves_by_arm(example.comparison(arms, "Rows", 1), FOLD)
    tops = {}
    for panel, name in enumerate(arms):
        domain = figure.layout["yaxis" if panel == 0 else f"yaxis{panel + 1}"].domain
        tops.setdefault(round(domain[1], 6), []).append(name.split(",")[0])
    assert list(tops.values()) == [["daily"] * 3, ["weekly"] * 3]


def test_an_arm_says_how_many_others_give_its_doses():
    looks = arms_of({"a": "1 MIU SC daily x 2", "b": "1 MIU SC daily x 2", "c": "2 MIU SC daily x 2"})
    assert [look.heading for look in looks] == ["a (+1)", "c"]


@pytest.mark.parametrize(("panels", "columns"), [(1, 1), (2, 2), (3, 3), (4, 2), (5, 3), (7, 3)])
def test_panels_of_models_stand_up_to_three_in_a_row(panels, columns):
    assert columns_of(panels) == columns


def test_a_missing_median_leaves_a_gap_and_no_nan():
    def torn(key, bands):
        return dataclasses.replace(bands, median=np.where(bands.time_h > 2000, np.nan, bands.median))

    for line in traces(figures.curves(example.with_bands(example.six(1), torn), FOLD), "line"):
        assert None in line.y
        assert not any(value is not None and np.isnan(value) for value in line.y)

"""Doses: the schedules, running totals, what was planned and given; and values before and after a change."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from regimens import figures
from regimens.figures.totals import drugs_drawn
from regimens.figures.view import view_of

from ..report import example
from .drawing import refused, traces

LEAD = "mean of treg_fold"
MODELS = ("turnover", "effect_turnover")
PEAK = "peak of treg_fold"
IU_PER_MIU = 1e6


def test_the_schedule_has_one_stem_a_dose_at_its_time():
    made = example.six(1)
    figure = figures.schedule(made)
    for look in view_of(made).arms:
        found = traces(figure, "dose", arm=look.index)
        if not look.dosed:
            assert found == []
            continue
        (stems,) = found
        planned = made.study.arms[look.index].planned
        assert list(stems.x[0::3]) == list(stems.x[1::3]) == pytest.approx(planned.time_h / 168, abs=1e-4)
        assert set(stems.x[2::3]) == set(stems.y[2::3]) == {None}
        assert len(stems.x) == 3 * len(planned)


def test_larger_doses_have_taller_stems_in_the_row_of_their_arm():
    figure = figures.schedule(example.thirteen())
    tall = {arm: {round(top - foot, 3) for foot, top in zip(t.y[0::3], t.y[1::3], strict=True)}
            for arm in (7, 8, 9) for t in traces(figure, "dose", arm=arm)}  # fmt: skip
    assert tall == {7: {0.125}, 8: {0.25}, 9: {0.5}}
    feet = {stems.y[0] for arm in (7, 8, 9) for stems in traces(figure, "dose", arm=arm)}
    assert feet == {4.0, 3.0, 2.0}


def test_other_drugs_are_diamonds():
    figure = figures.schedule(example.thirteen())
    stems, dots = traces(figure, "dose", arm=2)
    assert stems.mode == "lines"
    assert (dots.mode, dots.marker.symbol, list(dots.x)) == ("markers", "diamond", [0.0])


def test_cycles_are_shaded_from_their_first_dose_to_a_day_after_the_last_and_numbered():
    figure = figures.schedule(example.six(1))
    shaded = [shape for shape in figure.layout.shapes if shape.type == "rect" and shape.y0 == 4]
    assert [shape.x0 for shape in shaded] == [0.0, 4.0, 8.0]
    assert [shape.x1 for shape in shaded] == pytest.approx([13 / 7, 4 + 13 / 7, 8 + 13 / 7])
    numbers = [note.text for note in figure.layout.annotations if note.text.isdigit()]
    assert numbers == ["1", "2", "3", "1", "2", "3", "4"]


def test_a_course_without_a_second_cycle_is_not_shaded():
    arms = {"Daily": example.SIX["Daily"], "Placebo": example.SIX["Placebo"]}
    figure = figures.schedule(example.comparison(arms, "No cycles", 1))
    assert [shape.type for shape in figure.layout.shapes] == ["line"]
    assert [note.text for note in figure.layout.annotations] == ["<b>Daily</b>"]


def test_the_schedule_of_arms_without_doses_is_empty():
    figure = figures.schedule(example.comparison({"Placebo": ("", None)}, "Nothing", 1))
    assert list(figure.data) == []


def test_arms_that_give_the_same_doses_have_one_row():
    names = [note.text for note in figures.schedule(example.thirteen()).layout.annotations if note.text.startswith("<b>")]
    assert "<b>RA, 3 cycles + methotrexate (+1)</b>" in names
    assert len(names) == 8


def test_a_staircase_ends_at_the_exact_total_and_has_a_step_a_dose():
    made = example.six(1)
    figure = figures.exposure(made)
    for index, arm in enumerate(list(example.SIX)[:5]):
        (line,) = traces(figure, "line", arm=index)
        (row,) = made.exposure.of(arm)
        assert line.y[-1] == float(row.total) / IU_PER_MIU == 21.0
        assert line.line.shape == "hv"
        assert np.count_nonzero(np.diff(line.y)) == row.doses
        assert (line.x[0], line.x[-1]) == (0.0, 24.0)
    assert traces(figure, "line", arm=5) == []
    assert figure.layout.title.text == "IL-2 given so far (MIU)"


def test_a_staircase_ends_at_the_horizon_with_what_was_given_until_then():
    made = example.comparison({"Long": ("1 MIU SC weekly x 30", None)}, "Cut off", 1)
    (line,) = figures.exposure(made).data
    assert line.y[-1] == 24.0


def test_another_drug_has_a_staircase_in_its_own_unit():
    figure = figures.exposure(example.thirteen(), "tocilizumab")
    assert figure.layout.title.text == "tocilizumab given so far (mg)"
    assert [(line.meta["arm"], line.y[-1]) for line in figure.data] == [(2, 560.0)]


def test_totals_that_nobody_gives_are_refused():
    assert refused(figures.exposure, example.six(1), "tocilizumab") == "No arm gives 'tocilizumab'."
    nothing = example.comparison({"Placebo": ("", None)}, "Nothing", 1)
    assert refused(figures.exposure, nothing) == "No arm gives a dose."


def test_a_drug_that_is_given_once_has_no_running_total_of_its_own():
    assert drugs_drawn(view_of(example.thirteen())) == ["il2"]
    assert drugs_drawn(view_of(example.mutein())) == ["il2", "mutein"]


def test_bars_show_what_was_given_within_outlines_of_what_was_planned():
    made = example.drawn()
    figure = figures.given(made)
    assert [name.replace("<br>", " ") for name in figure.layout.yaxis.ticktext] == list(example.LADDER)[:5]
    for index, row in enumerate(made.given):
        outline, bar = traces(figure, "bar", arm=index)
        assert (outline.x[0], bar.x[0]) == (row.planned_miu, row.given_miu)
        assert outline.marker.color == "rgba(0,0,0,0)"
        assert (bar.error_x.array[0], bar.error_x.arrayminus[0]) == (
            row.given_high - row.given_miu,
            row.given_miu - row.given_low,
        )
        assert figure.layout.xaxis.range[1] > max(row.planned_miu, row.given_high)


def test_where_all_get_every_dose_nothing_is_planned_and_given():
    assert refused(figures.given, example.six()) == "All subjects get every dose as planned."


@pytest.mark.parametrize(("kind", "suffix"), [("equal total", "21 MIU"), ("real life", "real life")])
def test_filled_marks_are_as_written_and_open_ones_as_changed(kind, suffix):
    made = example.drawn()
    figure = figures.before_after(made, kind, LEAD)
    changed = {arm.of for arm in made.scenario.arms if arm.variant == kind}
    for panel, model in enumerate(MODELS):
        for index, arm in enumerate(list(example.LADDER)[:5]):
            marks = traces(figure, "mark", panel, arm=index)
            names = [arm, f"{arm}, {suffix}"][: 2 if arm in changed else 1]
            assert [mark.marker.symbol for mark in marks] == ["circle", "circle-open"][: len(names)]
            rows = [made.summary_of(name, model, LEAD) for name in names]
            assert [mark.x[0] for mark in marks] == [row.median for row in rows]
            sure = [(row.confidence_low, row.confidence_high) for row in rows]
            bars = {tuple(bar.x) for bar in traces(figure, "bar", panel, arm=index) if bar.y[0] == bar.y[1]}
            assert bars == set(sure)
    assert traces(figure, "mark", arm=5) == []


def test_an_arm_that_has_the_total_already_has_one_mark():
    figure = figures.before_after(example.drawn(), "equal total", LEAD)
    marks = {index: len(traces(figure, "mark", 0, arm=index)) for index in range(5)}
    assert marks == {0: 1, 1: 2, 2: 2, 3: 1, 4: 2}


@pytest.mark.parametrize(("kind", "named"), [("equal total", "at equal total"), ("real life", "in real life")])
def test_the_key_says_what_filled_and_open_marks_are(kind, named):
    figure = figures.before_after(example.drawn(), kind, LEAD)
    assert [(trace.name, trace.marker.symbol) for trace in traces(figure, "key")] == [
        ("as written", "circle"),
        (named, "circle-open"),
    ]


def test_arms_that_were_not_changed_have_no_before_and_after():
    said = "No arm has 'peak of treg_fold' both as written and for real life."
    assert refused(figures.before_after, example.six(1), "real life", PEAK) == said


def test_an_arm_whose_changed_value_is_missing_has_the_mark_as_written_alone():
    made = example.drawn()
    gone = [dataclasses.replace(row, median=float("nan")) if row.arm == "Weekly, real life" else row for row in made.summary]
    figure = figures.before_after(dataclasses.replace(made, summary=tuple(gone)), "real life", LEAD)
    assert [mark.marker.symbol for mark in traces(figure, "mark", 0, arm=4)] == ["circle"]

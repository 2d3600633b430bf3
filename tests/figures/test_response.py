"""Responses: an endpoint against the number in which arms differ, and against the length of a rest."""

from __future__ import annotations

import dataclasses

import pytest

from regimens import figures
from regimens.figures.response import flat_spans

from ..report import example
from .drawing import headings, refused, traces

PEAK = "peak of treg_fold"
SLE = {"SLE, 0.75 MIU": 0.75, "SLE, 1.5 MIU": 1.5, "SLE, 3 MIU": 3.0}
RESTED = "Every other day, 3 cycles, by rest"
MODELS = ("turnover", "effect_turnover")


@pytest.mark.parametrize(
    ("made", "ends"), [("thirteen", ("low", "high")), ("drawn_thirteen", ("confidence_low", "confidence_high"))]
)
def test_points_lie_at_the_medians_of_the_levels_and_the_band_is_confidence_where_draws_give_it(made, ends):
    comparison = getattr(example, made)()
    figure = figures.dose_response(comparison, PEAK)
    for panel, model in enumerate(MODELS):
        rows = [comparison.summary_of(name, model, PEAK) for name in SLE]
        marks = traces(figure, "mark", panel)
        assert [(mark.x[0], mark.y[0]) for mark in marks] == [
            (level, row.median) for level, row in zip(SLE.values(), rows, strict=True)
        ]
        (line,), (band,) = traces(figure, "response", panel), traces(figure, "sure", panel)
        assert (list(line.x), list(line.y)) == (list(SLE.values()), [row.median for row in rows])
        low, high = ([getattr(row, end) for row in rows] for end in ends)
        assert list(band.x) == [*SLE.values(), *reversed(SLE.values())]
        assert list(band.y) == [*high, *reversed(low)]


def test_values_are_in_the_unit_of_the_page():
    comparison = example.thirteen()
    words = "hours treg_fold above 2"
    (mark, *_) = traces(figures.dose_response(comparison, words), "mark", 0)
    assert mark.y[0] == pytest.approx(comparison.summary_of("SLE, 0.75 MIU", "turnover", words).median / 24)


def test_the_axis_names_the_number_and_has_a_tick_a_level():
    figure = figures.dose_response(example.thirteen(), PEAK)
    axis = figure.layout.xaxis
    assert (axis.title.text, axis.type, list(axis.tickvals)) == ("Amount of a dose (MIU)", "linear", list(SLE.values()))
    assert figure.layout.title.text == "Peak Treg, fold of baseline, by amount of a dose (MIU)"
    assert headings(figure) == ["turnover", "effect_turnover (exploratory)"]
    assert figure.layout.showlegend is False


def test_levels_that_span_a_factor_of_eight_count_doublings():
    arms = {f"{level} MIU": (f"{level} MIU SC daily x 5", None) for level in (0.25, 0.5, 1, 2)}
    axis = figures.dose_response(example.comparison(arms, "Levels", 1), PEAK).layout.xaxis
    assert (axis.type, list(axis.ticktext)) == ("log", ["0.25", "0.5", "1", "2"])


def test_each_schedule_has_a_line_under_what_the_names_of_its_arms_share():
    arms = {f"{how}, {level} MIU": (f"{level} MIU SC {how} x 5", None) for how in ("daily", "weekly") for level in (1, 2, 3)}
    figure = figures.dose_response(example.comparison(arms, "Levels", 1), PEAK)
    assert [line.name for line in traces(figure, "response", 0)] == ["daily", "weekly"]
    assert len({line.line.color for line in traces(figure, "response", 0)}) == 2
    assert figure.layout.showlegend is True


def test_arms_that_differ_in_more_than_one_number_have_no_response():
    assert refused(figures.dose_response, example.six(1), PEAK) == "No three arms of the scenario differ in one number only."


def test_the_response_to_a_rest_holds_its_medians_and_shades_the_flat_part():
    made = example.drawn()
    figure = figures.rest_response(made, RESTED, PEAK)
    for panel, model in enumerate(MODELS):
        rows = example.rows(made, "rest_response", model=model)
        (line,), (band,) = traces(figure, "response", panel), traces(figure, "sure", panel)
        assert (list(line.x), list(line.y)) == ([row.rest_days for row in rows], [row.median for row in rows])
        assert list(band.y) == [row.confidence_high for row in rows] + [row.confidence_low for row in reversed(rows)]
        flat = [row.rest_days for row in rows if row.flat]
        shaded = [(s.x0, s.x1) for s in figure.layout.shapes if s.xref == ("x", "x2")[panel]]
        assert shaded == [(flat[0] - 0.5, flat[-1] + 0.5)]
    assert figure.layout.xaxis.title.text == "Length of the rest (days)"


def flat_on(*days: int) -> list:
    rows = example.rows(example.drawn(), "rest_response", model="turnover")
    return [dataclasses.replace(row, flat=row.rest_days in days) for row in rows]


@pytest.mark.parametrize(
    ("days", "spans"),
    [((), []), ((9,), [(9, 9)]), ((9, 10, 14), [(9, 10), (14, 14)]), ((10, 12, 14), [(10, 10), (12, 12), (14, 14)]),
     (range(9, 17), [(9, 16)])],
)  # fmt: skip
def test_only_neighbours_are_one_flat_stretch(days, spans):
    assert flat_spans(flat_on(*days)) == spans


def test_a_rest_that_the_comparison_does_not_have_is_refused():
    made = example.drawn()
    said = "'Weekly' has no response to the length of a rest on 'peak of treg_fold'."
    assert refused(figures.rest_response, made, "Weekly", PEAK) == said
    said = f"'{RESTED}' has no response to the length of a rest on 'mean of treg_fold'."
    assert refused(figures.rest_response, made, RESTED, "mean of treg_fold") == said

"""Arm against arm: differences, every pair, gain against cost, and what decides a difference."""

from __future__ import annotations

import dataclasses
import math
from itertools import pairwise

import pytest

from regimens import figures, wording
from regimens.contrasts.verdict import Finding
from regimens.figures.grid import tint

from ..report import example
from ..report.example import rows
from .drawing import headings, refused, traces

LEAD = "mean of treg_fold"
MODELS = ("turnover", "effect_turnover")
REFERENCE = "Every other day, 3 cycles"
FACTORS = {"hours treg_fold above 2": 1 / 24, "share with treg_fold above 3": 100}
"""From the unit of a summary to that of the page; 1 for all others."""

THICK, THIN = 5, 1


def with_versus(made, **tables):
    """Return the comparison with other rows in what compares arms."""
    return dataclasses.replace(made, versus=dataclasses.replace(made.versus, **{k: tuple(v) for k, v in tables.items()}))


def against_reference(made, endpoint: str, model: str, arm: str):
    """Return the contrast of the reference with an arm: in `drawn`, the reference is the first arm of its contrasts."""
    (row,) = rows(made, "contrasts", endpoint=endpoint, model=model, arm=REFERENCE, against=arm)
    return row


@pytest.mark.parametrize("endpoint", example.ASKED)
def test_a_mark_lies_where_its_difference_is_and_both_intervals_around_it(endpoint):
    made = example.drawn()
    figure = figures.contrasts(made, endpoint)
    factor = FACTORS.get(endpoint, 1)
    for index, arm in list(enumerate(example.LADDER))[1:]:
        marks = traces(figure, "mark", arm=index)
        assert [mark.y for mark in marks] == sorted((mark.y for mark in marks), reverse=True)
        known = [row for model in MODELS if not math.isnan((row := against_reference(made, endpoint, model, arm)).difference)]
        assert bool(known) == (arm != "Placebo" or "per MIU" not in endpoint)
        for mark, row in zip(marks, known, strict=True):
            assert mark.x[0] == pytest.approx(-row.difference * factor)
            bars = {bar.line.width: list(bar.x) for bar in traces(figure, "bar", arm=index) if bar.y[0] == mark.y[0]}
            assert bars.pop(THICK) == pytest.approx([-row.difference_high * factor, -row.difference_low * factor])
            alone = [] if endpoint.startswith("share") else [[-row.subject_high * factor, -row.subject_low * factor]]
            assert list(bars.values()) == [pytest.approx(each) for each in alone]
            assert set(bars) <= {THIN}


def test_every_panel_shows_zero_and_holds_all_marks_and_confidence_intervals():
    figure = figures.contrasts(example.drawn())
    zeros = [shape for shape in figure.layout.shapes if shape.x0 == shape.x1 == 0]
    assert [zero.xref for zero in zeros] == ["x", "x2", "x3", "x4", "x5", "x6"]
    for panel in range(6):
        low, high = figure.layout["xaxis" if panel == 0 else f"xaxis{panel + 1}"].range
        assert low < 0 < high
        core = [trace for trace in traces(figure, "bar", panel) if trace.line.width == THICK] + traces(figure, "mark", panel)
        assert len(core) == (16 if panel == 3 else 20)  # without doses there is nothing per MIU
        assert all(low <= value <= high for trace in core for value in trace.x)


def test_the_forest_holds_every_arm_but_the_reference_from_the_top_down():
    figure = figures.contrasts(example.drawn_thirteen(), LEAD)
    shown = ["RA, control", "RA, 5 days + tocilizumab", "RA, 3 cycles + methotrexate", "SLE, 0.75 MIU", "SLE, 1.5 MIU",
             "SLE, 3 MIU", "ALS, 1 MIU", "ALS, 2 MIU"]  # fmt: skip
    axis = figure.layout.yaxis
    assert [name.replace("<br>", " ") for name in axis.ticktext] == shown
    assert list(axis.tickvals) == [7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0]
    assert figure.layout.title.text == "Differences from RA, 5 days"
    assert {trace.meta["arm"] for trace in traces(figure, "mark")} == {0, 3, 7, 8, 9, 10, 11}


def test_endpoints_have_the_panels_that_are_asked_for_and_headings_that_say_which_way_is_better():
    figure = figures.contrasts(example.drawn(), "peak of serum_il2", LEAD)
    assert headings(figure) == ["← Peak IL-2 in serum, IU/mL", "→ Mean Treg, fold of baseline"]


def test_models_have_marks_of_their_own_in_the_key():
    figure = figures.contrasts(example.drawn(), LEAD)
    key = {trace.name: trace.marker.symbol for trace in traces(figure, "key")}
    assert list(key) == ["turnover", "effect_turnover (exploratory)"]
    assert {mark.marker.symbol for mark in traces(figure, "mark")} == set(key.values())
    assert len(set(key.values())) == 2


def test_without_contrasts_the_forest_is_empty():
    figure = figures.contrasts(example.emptied(example.drawn(), "contrasts"), LEAD)
    assert traces(figure, "mark") == []


@pytest.mark.parametrize("draw", [figures.contrasts, figures.pairs, figures.dose_response])
def test_an_endpoint_that_the_scenario_does_not_have_is_refused(draw):
    assert "nonsense" in refused(draw, example.drawn_thirteen(), "nonsense")


def cells(figure, panel: int) -> dict[tuple[int, int], tuple[str, int | None]]:
    """Return text and tint of the cells of a grid by (row, column), rows from the top."""
    (grid,) = traces(figure, "grid", panel)
    last = len(grid.y) - 1
    return {(last - y, x): (grid.text[y][x], grid.z[y][x]) for y in range(len(grid.y)) for x in range(len(grid.x))}


@pytest.mark.parametrize("panel", [0, 1])
def test_each_cell_of_the_grid_holds_its_probability_and_the_other_side_the_rest(panel):
    made = example.drawn()
    names = list(example.LADDER)
    table = {(row.arm, row.against): row.probability for row in rows(made, "contrasts", endpoint=LEAD, model=MODELS[panel])}
    found = cells(figures.pairs(made, LEAD), panel)
    for (row, column), (text, colour) in found.items():
        if row == column:
            assert (text, colour) == ("", None)
            continue
        pair = names[row], names[column]
        chance = table[pair] if pair in table else 1 - table[pair[::-1]]
        assert text == wording.percent(chance)
        assert colour == tint(chance, 0.95) == -found[column, row][1]


@pytest.mark.parametrize(
    ("chance", "step"),
    [(0.5, 0), (0.59, 0), (0.6, 1), (0.8, 2), (0.949, 2), (0.95, 3), (1.0, 3), (0.3, -1), (0.05, -3), (0.0, -3)],
)
def test_tints_grow_with_the_probability_and_the_strongest_starts_at_the_rule(chance, step):
    assert tint(chance, 0.95) == step


def test_a_frame_marks_exactly_the_cells_whose_arm_every_model_supports():
    made = example.drawn()
    names = list(example.LADDER)
    won = {(row.winner, row.against if row.winner == row.arm else row.arm)
           for row in rows(made, "verdicts", endpoint=LEAD, finding=Finding.BETTER)}  # fmt: skip
    won &= {(one, other) for one in names for other in names}
    shapes = figures.pairs(made, LEAD).layout.shapes
    for letter in ("x", "x2"):
        framed = [(shape.x0 + shape.x1, shape.y0 + shape.y1) for shape in shapes if shape.xref == letter]
        assert len(framed) == len(won) == 7
        assert {(names[len(names) - 1 - round(y / 2)], names[round(x / 2)]) for x, y in framed} == won


def test_the_same_schedule_is_an_equals_sign_and_what_is_not_modelled_a_dash():
    made = example.drawn_thirteen()
    names = [look for look in example.THIRTEEN if look not in ("RA, placebo + methotrexate", "Sjögren, 3 cycles",
             "Sjögren, placebo", "ALS, placebo")]  # fmt: skip
    found = cells(figures.pairs(made, LEAD), 0)
    lacking = names.index("RA, 5 days + tocilizumab")
    assert {found[lacking, column] for column in range(len(names)) if column != lacking} == {("–", None)}
    same = [dataclasses.replace(row, finding=Finding.SAME) for row in made.versus.verdicts]
    assert cells(figures.pairs(with_versus(made, verdicts=same), LEAD), 0)[0, 1] == ("=", 0)


def test_columns_are_the_numbers_that_stand_behind_the_names():
    figure = figures.pairs(example.drawn(), LEAD)
    assert list(figure.layout.xaxis.ticktext) == ["1", "2", "3", "4", "5", "6"]
    assert figure.layout.yaxis.ticktext[4] == "Weekly 5"


def test_a_probability_without_a_verdict_is_still_in_the_grid():
    made = example.drawn()
    assert cells(figures.pairs(example.emptied(made, "verdicts"), LEAD), 0) == cells(figures.pairs(made, LEAD), 0)


def test_marks_of_the_plane_lie_at_gain_and_cost_and_filled_ones_are_not_dominated():
    made = example.drawn()
    figure = figures.trade_off(made)
    for panel, model in enumerate(MODELS):
        table = {row.arm: row for row in rows(made, "trade_off", model=model, variant="as written")}
        marks = traces(figure, "mark", panel)
        assert [mark.name.partition(" ")[2] for mark in marks] == list(example.LADDER)
        for mark, arm in zip(marks, example.LADDER, strict=True):
            row = table[arm]
            assert (mark.x[0], mark.y[0]) == (row.cost, row.gain)
            beaten = any(other.cost <= row.cost and other.gain >= row.gain and other is not row for other in table.values())
            assert mark.marker.symbol == ("circle-open" if beaten else "circle")
            assert (mark.error_y.array[0], mark.error_y.arrayminus[0]) == pytest.approx(
                (row.gain_high - row.gain, row.gain - row.gain_low)
            )
            assert (mark.error_x.array[0], mark.error_x.arrayminus[0]) == pytest.approx(
                (row.cost_high - row.cost, row.cost - row.cost_low)
            )


def test_the_front_rises_through_its_marks_to_the_end_of_the_axis():
    figure = figures.trade_off(example.drawn())
    for panel in range(2):
        (front,) = traces(figure, "front", panel)
        filled = sorted((mark.x[0], mark.y[0]) for mark in traces(figure, "mark", panel) if mark.marker.symbol == "circle")
        assert list(zip(front.x, front.y, strict=True)) == [*filled, (figure.layout.xaxis.range[1], filled[-1][1])]
        assert all(after >= before for before, after in pairwise(front.y))
        assert front.line.shape == "hv"


def test_the_plane_numbers_its_arms_and_names_gain_and_cost():
    figure = figures.trade_off(example.drawn())
    assert [mark.name for mark in traces(figure, "mark", 0)] == [f"{n} {arm}" for n, arm in enumerate(example.LADDER, 1)]
    assert figure.layout.title.text == "Mean Treg, fold of baseline, against peak IL-2 in serum (IU/mL)"
    assert figure.layout.xaxis.title.text == "Peak IL-2 in serum (IU/mL)"


def test_an_arm_without_an_interval_has_a_mark_without_bars():
    made = example.drawn()
    ends = dict.fromkeys(("gain_low", "gain_high", "cost_low", "cost_high"), math.nan)
    bare = with_versus(made, trade_off=[dataclasses.replace(row, **ends) for row in made.versus.trade_off])
    assert not any(mark.error_x.visible or mark.error_y.visible for mark in traces(figures.trade_off(bare), "mark"))


def test_without_a_trade_off_in_the_scenario_there_is_no_plane():
    assert refused(figures.trade_off, example.six()) == "The scenario has no trade_off."


def test_the_strongest_parameters_come_first_and_eight_at_most():
    made = example.drawn()
    figure = figures.sensitivity(made)
    for panel, model in enumerate(MODELS):
        (bars,) = traces(figure, "bar", panel)
        table = rows(made, "sensitivity", endpoint=LEAD, model=model, over="draws", arm=REFERENCE, against="Every 3 days")
        wanted = sorted((row.correlation for row in table if not math.isnan(row.correlation)), key=abs, reverse=True)
        assert [*bars.x] == pytest.approx(wanted[:8])
        assert list(bars.y) == list(range(len(bars.x), 0, -1))
        axis = figure.layout["yaxis" if panel == 0 else "yaxis2"]
        assert axis.ticktext[0].startswith("<b>ec50</b>")
        (numbers,) = traces(figure, "value", panel)
        assert [text.strip() for text in numbers.text] == [wording.fixed(bar, 2) for bar in bars.x]
        assert list(numbers.y) == list(bars.y)
        assert list(numbers.x) == [max(0.0, bar) for bar in bars.x]  # on the left they would lie over the names on a phone


def test_no_more_than_eight_parameters_are_drawn():
    made = example.drawn()
    (first, *_) = rows(made, "sensitivity", endpoint=LEAD, model="turnover", over="draws")
    many = [dataclasses.replace(first, parameter=f"p{k}", correlation=(-1) ** k * k / 20) for k in range(12)]
    figure = figures.sensitivity(with_versus(made, sensitivity=many))
    (bars,) = traces(figure, "bar")
    assert list(bars.x) == [(-1) ** k * k / 20 for k in range(11, 3, -1)]
    assert len(set(bars.marker.color[0::2])) == len(set(bars.marker.color[1::2])) == 1
    assert bars.marker.color[0] != bars.marker.color[1]


def test_without_correlations_nothing_decides():
    bare = example.emptied(example.drawn(), "sensitivity")
    assert refused(figures.sensitivity, bare) == "The comparison has no correlations with parameters."

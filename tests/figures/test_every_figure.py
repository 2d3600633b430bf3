"""What holds for every figure: it is Plotly's, says what its traces are about, has layouts for every width, and escapes names."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest

from regimens import figures
from regimens.figures.plots import Plots

from ..report import example
from ..small import shipped_run
from .drawing import refused

LEAD = "mean of treg_fold"
RESTED = "{}, by rest"

GIVEN = {
    "before_after": ("real life", LEAD),
    "contrasts": (),
    "curves": ("treg_fold",),
    "curves_by_arm": ("treg_fold",),
    "exposure": (),
    "given": (),
    "pairs": (LEAD,),
    "schedule": (),
    "sensitivity": (),
    "trade_off": (),
}
"""What the functions need beside the comparison; those that need another comparison have examples of their own."""


def examples() -> dict[str, tuple]:
    """Return comparison and arguments for every public function."""
    made = example.drawn()
    own, ruled = shipped_run("own_data"), shipped_run("escalation")
    check = own.own.checks[0]
    return {name: (made, *more) for name, more in GIVEN.items()} | {
        "dose_response": (example.thirteen(), "peak of treg_fold"),
        "rule_decisions": (ruled, "until Treg double"),
        "rule_levels": (ruled, "until Treg double"),
        "predictive_check": (own, check.arm, check.observable),
        "rest_response": (made, RESTED.format(made.scenario.arms[0].name), "peak of treg_fold"),
        "rule_totals": (ruled,),
    }


@pytest.mark.parametrize("name", figures.__all__)
def test_a_figure_is_plotlys_and_every_trace_says_its_arm_and_role(name):
    figure = getattr(figures, name)(*examples()[name])
    assert isinstance(figure, go.Figure)
    assert figure.data
    places = {-1, *range(len(example.THIRTEEN))}
    for trace in figure.data:
        assert trace.meta["arm"] in places
        assert trace.meta["role"]


@pytest.mark.parametrize("name", figures.__all__)
def test_a_figure_has_a_layout_for_every_width_with_all_its_axes(name):
    figure = getattr(figures, name)(*examples()[name])
    layout = figure.layout.to_plotly_json()
    axes = {key for key in layout if key.startswith(("xaxis", "yaxis"))}
    assert set(figure.layout.meta) == {"wide", "middle", "narrow", "paper"}
    for arrangement in figure.layout.meta.values():
        assert {key for key in arrangement if key.startswith(("xaxis", "yaxis"))} == axes
        assert arrangement["height"] > arrangement["margin"]["t"] + arrangement["margin"]["b"]
    assert all(layout[key]["domain"] == figure.layout.meta["wide"][key]["domain"] for key in axes)
    assert figure.layout.title.text


@pytest.mark.parametrize("name", figures.__all__)
def test_a_comparison_plots_the_same_figure_itself(name):
    made, *more = examples()[name]
    assert getattr(made.plot, name)(*more) == getattr(figures, name)(made, *more)


def test_a_figure_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(AttributeError) as raised:
        example.six(1).plot.heatmap  # noqa: B018
    assert str(raised.value) == (
        "There is no figure 'heatmap'. Figures are before_after, contrasts, curves, curves_by_arm, dose_response, exposure, given, "
        "pairs, predictive_check, rest_response, rule_decisions, rule_levels, rule_totals, schedule, sensitivity, trade_off."
    )


def test_the_figures_of_a_comparison_are_listed():
    assert dir(Plots(example.six(1))) == list(figures.__all__) == sorted(figures.__all__)


HOSTILE = [*sorted(GIVEN), "rest_response"]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_reach_plotly_as_plain_text(name):
    made = example.drawn_hostile()
    more = GIVEN.get(name, (RESTED.format(made.scenario.arms[0].name), "peak of treg_fold"))
    figure = getattr(figures, name)(made, *more).update_traces(legendgroup=None, overwrite=False)
    text = json.dumps(figure.to_plotly_json(), default=str, ensure_ascii=False)
    assert "<script" not in text
    assert "</script" not in text
    assert "<b>bold" not in text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_never_read_as_a_template(name):
    made = example.drawn_hostile()
    more = GIVEN.get(name, (RESTED.format(made.scenario.arms[0].name), "peak of treg_fold"))
    figure = getattr(figures, name)(made, *more)
    assert [trace.hovertemplate for trace in figure.data if "%{x}" in (trace.hovertemplate or "")] == []


def test_a_predictive_check_that_was_not_made_is_refused():
    assert refused(figures.predictive_check, example.six(1), "Weekly", "treg") == "'Weekly' has no predictive check of 'treg'."


def test_a_predictive_check_holds_the_observed_percentiles_and_the_bands_of_simulated_trials():
    made, arm, observable = examples()["predictive_check"]
    figure = figures.predictive_check(made, arm, observable)
    mine = [row for row in made.own.checks if (row.arm, row.observable) == (arm, observable)]
    for role, field in (("observed", "observed"), ("spread", "low"), ("spread", "high")):
        drawn = {value for trace in figure.data if trace.meta["role"] == role for value in trace.y}
        assert {float(f"{getattr(row, field):.4g}") for row in mine} <= drawn

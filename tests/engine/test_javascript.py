"""Models as JavaScript, run in Chromium, beside the engine and the graph walked in numpy."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from regimens import shipped
from regimens.engine import Tolerances, simulate
from regimens.engine.javascript import model_code, number
from regimens.engine.trajectories import NEGATIVE, NON_FINITE, STEP_LIMIT
from regimens.model import Parameters, compile_model
from regimens.model.file import declared
from regimens.report.whatif import script_of
from tests.report.judge_whatif import curves, differences, doses_of
from tests.report.judge_whatif import models as all_models
from tests.report.test_browser import running

from .models import doses, driven, keeping_rate, model, oral, subjects, tmdd, together, turnover

EDGES = (0.0, -1.0, -2.5, 1e-300, -1e-300, 1e-8, 0.5, 1.0, 2.0, 3.0, 700.0, -700.0, 720.0, 1e150, 1e300, -1e300)
FORMULAS = {
    "sum": "a + b", "difference": "a - b", "product": "a * b", "quotient": "a / b", "negative": "-a", "exp": "exp(a)", "log": "log(a)",
    "root": "sqrt(a)", "low": "min(a, b)", "high": "max(a, b)", "power": "a**b", "square": "a**2", "fifth": "a**5",
    "inverse cube": "a**-3", "half": "a**0.5", "third": "a**0.3333", "hill": "hill(a, b, 1)", "hill 2.5": "hill(a, b, 2.5)",
    "hill b": "hill(a, 2, b)", "nested": "exp(-a) * log(b + 1) / (1 + a**2)",
}  # fmt: skip
ULPS = 1e-12
"""Relative difference that products, powers and logarithms of the two may have: some thousand units in the last place."""

MOST = 1e-3
"""Difference that curves may have, as a share of the range of the engine's curve."""


@pytest.fixture(scope="module")
def window():
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def opened(window):
    """Return a function that opens an empty page with the stepper and some models."""

    def open_page(*declared_models):
        page = window.new_page()
        page.add_script_tag(content=script_of(declared_models))
        return page

    return open_page


def at_edges():
    """Return a model whose observables are FORMULAS of the parameters a and b, and every pair of EDGES."""
    names = {f"o{place}": formula for place, formula in enumerate(FORMULAS.values())}
    made = model("edges", {"x": ("1", "0")}, {"a": 1.0, "b": 1.0}, observables=names)
    return made, np.array(list(itertools.product(EDGES, EDGES)))


def test_every_operation_means_what_it_means_in_the_engine_at_zero_below_zero_and_at_overflow(opened):
    made, values = at_edges()
    compiled = compile_model(made)
    parameters = Parameters(("a", "b"), values, np.full(len(values), 70.0), np.full(len(values), 1.8))
    engine = simulate(compiled, parameters, doses([], 1.0), [0.0]).values[:, 0]
    found = curves(opened(made), 0, values, [], np.array([0.0]), {})["values"][:, 0, : len(FORMULAS)]
    for place, name in enumerate(FORMULAS):
        want, got = engine[:, place], found[:, place]
        with np.errstate(invalid="ignore"):  # infinity less infinity
            near = np.abs(got - want) <= ULPS * np.abs(want) + 1e-299
        wrong = ~((want == got) | (np.isnan(want) & np.isnan(got)) | near)
        assert not wrong.any(), f"{name}: {[(*values[k], want[k], got[k]) for k in np.flatnonzero(wrong)[:5]]}"


@pytest.mark.parametrize("name", shipped.names("models"))
def test_the_slopes_of_a_shipped_model_are_those_of_its_graph_also_where_states_are_zero_or_below(opened, name):
    declared_model = declared(name)
    compiled = compile_model(declared_model)
    values = np.array([p.value for p in declared_model.parameters])
    start = compiled.initial(values)
    random = np.random.default_rng(3)
    states = [start, np.zeros_like(start), -1e-9 * np.ones_like(start), *(start + random.lognormal(0.0, 3.0, (8, len(start))))]
    page = opened(declared_model)
    for y in states:
        found = page.evaluate(
            """([values, y]) => { const m = stepper.models[0], c = new Float64Array(m.constants), o = new Float64Array(m.rows.length + m.byTime.length);
              m.fixed(values, c); m.slopes(0.5, y, c, o); return [m.rows, m.columns, Array.from(o)]; }""",
            [values.tolist(), y.tolist()],
        )
        jacobian = np.zeros((len(start), len(start)))
        jacobian[found[0], found[1]] = found[2][: len(found[0])]
        assert jacobian == pytest.approx(compiled.jacobian(0.5, y, values), rel=1e-10, abs=1e-300, nan_ok=True)


@pytest.mark.parametrize("name", shipped.names("models"))
def test_factor_and_solve_solve_the_matrix_of_a_step(opened, name):
    declared_model = declared(name)
    compiled = compile_model(declared_model)
    n, random = len(compiled.states), np.random.default_rng(4)
    entries = random.normal(size=len(compiled.equations.jacobian))
    matrix = 30.0 * np.eye(n)
    for (row, column), entry in zip(compiled.equations.jacobian, entries, strict=True):
        matrix[row, column] -= entry
    right = random.normal(size=n)
    smallest, found = opened(declared_model).evaluate(
        """([d, x]) => { const m = stepper.models[0], f = new Float64Array(m.factors), s = m.factor(30, d, f); m.solve(f, x); return [s, x]; }""",
        [entries.tolist(), right.tolist()],
    )
    assert found == pytest.approx(np.linalg.solve(matrix, right), rel=1e-9)
    assert 0 < smallest <= 60


@pytest.mark.parametrize("place", range(5))
def test_curves_are_those_of_the_engine_under_every_shipped_model_and_that_of_the_readme(opened, place):
    """Of few draws; `python -m tests.report.judge_whatif` takes 200."""
    chosen = all_models()[place]
    for words, share, _ in differences(opened(chosen), 0, chosen, 4):
        assert share < MOST, words


LAGGED = together(doses([0.0, 5.0, 30.0], 100.0), doses([2.0, 30.0], 50.0, route="IV"))
INFUSED = together(doses([0.0, 24.0], 3.0, route="IV", duration_h=24.0), doses([30.0], 5.0, route="IV", duration_h=0.5))


@pytest.mark.parametrize(
    ("declared_model", "events"),
    [
        (oral(), LAGGED),
        (keeping_rate(), INFUSED),
        (turnover(), INFUSED),
        (driven(), doses([3.0, 7.0], 0.5, route="IV")),
        (tmdd(), doses([0.0, 20.0], 10.0)),
    ],
    ids=["lags and two routes", "a share at the same rate", "infusions back to back and across", "explicit time", "binding"],
)
def test_doses_act_as_in_the_engine(opened, declared_model, events):
    compiled, people, times = compile_model(declared_model), subjects(declared_model, 5), np.linspace(0.0, 60.0, 121)
    engine = simulate(compiled, people, events, times, observables=compiled.readouts)
    found = curves(opened(declared_model), 0, people.values, doses_of(compiled, events), times, {})
    assert found["status"] == [0] * 5
    span = np.ptp(engine.values, axis=1)
    assert np.max(np.abs(found["values"] - engine.values).max(axis=1) / np.where(span > 0, span, 1.0)) < MOST


def test_a_tighter_tolerance_comes_closer_to_the_engine(opened):
    compiled, people, times = compile_model(tmdd()), subjects(tmdd(), 3), np.linspace(0.0, 60.0, 121)
    events = doses([0.0, 20.0], 10.0)
    exact = Tolerances(rtol=1e-11, atol=1e-13)
    engine = simulate(compiled, people, events, times, observables=compiled.readouts, tolerances=exact).values
    page = opened(tmdd())
    errors = [
        np.max(np.abs(curves(page, 0, people.values, doses_of(compiled, events), times, options)["values"] - engine))
        for options in ({"rtol": 1e-3, "atol": 1e-5}, {"rtol": 1e-7, "atol": 1e-9})
    ]
    assert errors[1] < 1e-3 * errors[0]


@pytest.mark.parametrize(
    ("states", "options", "status"),
    [
        ({"x": ("1", "x * x")}, {}, NON_FINITE),
        ({"x": ("1", "-x")}, {"steps": 3}, STEP_LIMIT),
        ({"x": ("1", "-2")}, {}, NEGATIVE),
    ],
)
def test_a_curve_that_cannot_go_on_ends_with_its_reason_and_is_missing_after_it(opened, states, options, status):
    made = model("ends", states, {"p": 1.0}, observables={"seen": "x"})
    found = curves(opened(made), 0, np.array([[1.0]]), [], np.linspace(0.0, 50.0, 51), options)
    assert found["status"] == [status] or (status == NON_FINITE and found["status"][0] in (1, 2, 3))
    assert found["stopped"][0] < 50.0
    assert np.isnan(found["values"][0, -1]).all()


def test_no_name_of_a_model_reaches_its_code():
    hostile = model(
        "alert", {"zstate": ("zinitial", "zrate * zstate")}, {"zinitial": 1.0, "zrate": -1.0}, observables={"zseen": "zstate"}
    )
    assert re.findall(r"z\w+|alert", model_code(compile_model(hostile))) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.5, "(-0.5)"), (1e-300, "1e-300"), (np.inf, "Infinity"), (-np.inf, "(-Infinity)"), (np.nan, "NaN")],
)
def test_numbers_are_written_as_javascript_reads_them(value, text):
    assert number(value) == text

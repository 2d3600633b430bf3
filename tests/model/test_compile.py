"""Compiling a model: what it refuses, and that its derivatives are those of its formulas."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import sympy

from regimens.engine import simulate
from regimens.errors import ModelError
from regimens.model.compile import compile_model
from regimens.model.evaluate import evaluate, node_values
from regimens.model.expression import Binary, Call, Expression, Name, Negation, Number, parse_formula
from regimens.model.graph import Graph
from regimens.model.parameters import Parameters
from tests.engine.models import chain, doses, model, pop, tmdd

ROUNDING = 1e-12


def refusal(declared) -> str:
    with pytest.raises(ModelError) as caught:
        compile_model(declared)
    return str(caught.value)


def test_an_unknown_name_in_a_rate_is_said_with_the_nearest_known_one():
    declared = model("m", {"bound": ("0", "kon - kof*bound")}, {"kon": 1.0, "koff": 2.0})
    assert refusal(declared) == (
        "Model 'm': d(bound)/dt uses 'kof', which is not a state, parameter or definition above it. Did you mean 'koff'?"
    )


def test_a_definition_may_not_be_used_above_the_place_where_it_stands():
    declared = model("m", {"x": ("0", "b")}, {"p": 1.0}, definitions={"a": "b*2", "b": "p"})
    assert refusal(declared).startswith(
        "Model 'm': definition 'a' uses 'b', which is not a state, parameter or definition above it."
    )


def test_an_initial_value_reads_parameters_only():
    declared = model("m", {"x": ("0", "p"), "y": ("x", "p")}, {"p": 1.0})
    assert refusal(declared).startswith("Model 'm': the initial value of 'y' uses 'x'")


def test_an_initial_value_may_read_definitions_of_parameters():
    declared = model("m", {"x": ("twice", "0*x")}, {"p": 4.0}, definitions={"twice": "2*p"})
    one = Parameters(("p",), np.array([[4.0]]), np.array([70.0]), np.array([1.8]))
    assert simulate(compile_model(declared), one, doses([], 0.0), [0.0], observables=["x"]).values[0, 0, 0] == 8.0


def test_an_input_into_a_state_that_does_not_exist_is_said():
    declared = model("m", {"depot": ("0", "-depot")}, {"p": 1.0}, into={("il2", "SC"): "dept"})
    assert refusal(declared) == (
        "Model 'm': the input of 'il2' by 'SC' goes into 'dept', which is not a state. Did you mean 'depot'?"
    )


def test_a_drug_may_not_enter_twice_by_the_same_route():
    declared = pop()
    assert refusal(replace(declared, inputs=declared.inputs * 2)) == (
        "Model 'pop': the input of 'il2' by 'SC' stands twice. A drug enters once by each route."
    )


def test_labels_and_typical_values_are_no_part_of_the_digest_and_formulas_are():
    one = compile_model(pop())
    relabelled = replace(pop(), title="another", parameters=tuple(replace(p, value=9.0) for p in pop().parameters))
    assert compile_model(relabelled).digest == one.digest
    changed = replace(pop().states[0], rate=parse_formula("-2*ka*depot"))
    assert compile_model(replace(pop(), states=(changed, *pop().states[1:]))).digest != one.digest


def in_sympy(formula: Expression, names: dict[str, sympy.Symbol]) -> sympy.Expr:
    match formula:
        case Number(value):
            return sympy.Float(value, 30)
        case Name(name):
            return names[name]
        case Negation(operand):
            return -in_sympy(operand, names)
        case Binary(operator, left, right):
            a, b = in_sympy(left, names), in_sympy(right, names)
            return {"+": a + b, "-": a - b, "*": a * b, "/": a / b, "**": a**b}[operator]
        case Call(function, arguments):
            inner = [in_sympy(argument, names) for argument in arguments]
            if function == "hill":
                x, e, h = inner
                return x**h / (e**h + x**h)
            return {"exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "min": sympy.Min, "max": sympy.Max}[function](*inner)
    raise TypeError(formula)


FORMULAS = [
    "x*y/(x + y) - 3*x + -y",
    "exp(-x*y) + log(x + 2*y) - sqrt(x*y)",
    "x**3 + y**-2 + x**0.5 + x**y + 2.5**x",
    "hill(x, y, 3.7) + hill(x, 0.7, 2)*y + hill(y, x, 1)",
    "hill(x, y, x + y)",
    "min(x, y)*max(x, 2*y) + max(x*y, 1)",
    "time*x/(time + y) - exp(-time)*x",
    "(x + p)*(x + p)/(x + p) + p*x*p*y*p",
    "0*log(x) + 1*y/1 - 0/x + x - x",
]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("by", ["x", "y", "time"])
def test_derivatives_are_those_of_computer_algebra(text: str, by: str):
    declared = model("m", {"x": ("1", text), "y": ("1", text)}, {"p": 1.3})
    compiled = compile_model(declared)
    names = {name: sympy.Symbol(name, positive=True) for name in ("x", "y", "time", "p")}
    exact = in_sympy(parse_formula(text), names).diff(names[by])
    equations = compiled.equations
    node = equations.by_time.get(0) if by == "time" else equations.jacobian.get((0, compiled.states.index(by)))
    for x, y, time in ((0.7, 1.9, 0.4), (2.3, 0.31, 5.0)):
        values = {"x": x, "y": y, "time": time, "p": 1.3}
        expected = float(exact.subs({names[name]: value for name, value in values.items()}).evalf(30))
        found = 0.0 if node is None else float(node_values(equations.graph, values)[node])
        assert found == pytest.approx(expected, rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize("text", FORMULAS)
def test_the_compiled_formula_has_the_value_that_walking_the_tree_gives(text: str):
    declared = model("m", {"x": ("p", "0*x"), "y": ("q", "0*y")}, {"p": 1.0, "q": 1.0}, observables={"found": text})
    values = np.exp(np.random.default_rng(2).standard_normal((100, 2)))
    people = Parameters(("p", "q"), values, np.full(100, 70.0), np.full(100, 1.8))
    found = simulate(compile_model(declared), people, doses([], 0.0), [0.0, 2.5]).of("found")
    for column, time in enumerate((0.0, 2.5)):
        expected = evaluate(parse_formula(text), {"x": values[:, 0], "y": values[:, 1], "p": values[:, 0], "time": time})
        assert found[:, column] == pytest.approx(expected, rel=ROUNDING, abs=ROUNDING)


NOT_NUMBERS = [
    "x + n",
    "x*n",
    "min(x, n)",
    "min(n, x)",
    "max(x, n)",
    "max(n, x)",
    "exp(n)",
    "log(n)",
    "hill(n, x, 2)",
    "hill(x, n, 2.5)",
    "n**2",
    "n**0.5",
    "x**n",
]


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_not_a_number_is_passed_on(text: str):
    declared = model("m", {"x": ("1", "0*x")}, {"n": 1.0}, observables={"found": text})
    people = Parameters(("n",), np.array([[np.nan]]), np.array([70.0]), np.array([1.8]))
    assert np.isnan(simulate(compile_model(declared), people, doses([], 0.0), [0.0]).of("found")[0, 0])


def test_equal_parts_exist_once_and_numbers_are_folded():
    graph = Graph(frozenset({"p"}))
    x, p = graph.symbol("x"), graph.symbol("p")
    assert graph.multiply(x, p) == graph.multiply(p, x)
    assert graph.add(graph.number(2.0), graph.number(3.0)) == graph.number(5.0)
    assert graph.multiply(graph.number(0.0), x) == graph.number(0.0)
    assert graph.negate(graph.negate(x)) == x
    assert graph.subtract(x, graph.negate(p)) == graph.add(x, p)


def test_factors_that_are_constant_for_a_subject_are_gathered():
    graph = Graph(frozenset({"p", "q"}))
    x, p, q = (graph.symbol(name) for name in ("x", "p", "q"))
    product = graph.multiply(graph.multiply(p, x), q)
    constant = [a for a in graph.nodes[product].arguments if not graph.varies(a)]
    assert graph.nodes[constant[0]].arguments == tuple(sorted((p, q)))


def test_the_jacobian_is_sparse_where_the_model_is():
    assert set(compile_model(tmdd()).equations.jacobian) == {
        (0, 0), (1, 0), (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2), (3, 3),
    }  # fmt: skip
    assert len(compile_model(chain(60)).equations.jacobian) == 2 * 60


def test_the_graph_of_a_chain_grows_in_proportion_to_its_length():
    sizes = [len(compile_model(chain(n)).equations.graph.nodes) for n in (20, 40, 60)]
    assert sizes[2] - sizes[1] == sizes[1] - sizes[0]


def test_a_state_that_may_be_negative_is_another_model_for_the_engine():
    declared = model("m", {"x": ("0", "-x")}, {"k": 1.0})
    signed = replace(declared, states=(replace(declared.states[0], nonnegative=False),))
    assert compile_model(signed).digest != compile_model(declared).digest

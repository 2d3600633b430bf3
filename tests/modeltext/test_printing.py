"""Formulas as text: brackets where they are needed, never two operators in a row, and the meaning of the engine."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regimens.model.evaluate import evaluate, node_values
from regimens.model.expression import Binary, Call, Name, Negation, Number, parse_formula
from regimens.model.graph import Graph
from regimens.modeltext.elementary import elementary
from regimens.modeltext.printing import Notation, Statements, write

VALUES = {"x": np.float64(1.75), "y": np.float64(-0.625), "z": np.float64(3.0)}
NAMES = {name: name for name in VALUES}
NOTATION = Notation(repr, {"exp": "exp", "log": "log", "sqrt": "sqrt", "min": "min", "max": "max", "hill": "hill"}, power="**")

leaves = st.one_of(st.sampled_from(sorted(VALUES)).map(Name), st.sampled_from([0.5, 2.0, 3.25]).map(Number))


def larger(inner):
    return st.one_of(
        inner.map(Negation),
        st.builds(Binary, st.sampled_from("+-*/"), inner, inner),
        st.builds(
            Binary, st.just("**"), st.sampled_from(sorted(VALUES)).map(Name), st.sampled_from([2.0, -3.0, 0.5]).map(Number)
        ),
        st.builds(lambda a, b: Binary("**", Binary("+", Name("x"), a), b), inner, inner),
        st.builds(lambda f, a, b: Call(f, (a, b)), st.sampled_from(["min", "max"]), inner, inner),
        st.builds(lambda a, b: Call("hill", (a, Number(2.0), b)), inner, st.sampled_from([1.0, 2.5]).map(Number)),
    )


formulas = st.recursive(leaves, larger, max_leaves=12)


def same(one, other):
    return one == other or (np.isnan(one) and np.isnan(other))


@given(formulas)
def test_text_reads_back_to_the_same_value_bit_for_bit(formula):
    text = write(formula, NOTATION, NAMES)
    assert not re.search(r"[-+*/] *-", text), text
    assert same(evaluate(parse_formula(text), VALUES), evaluate(formula, VALUES))


@given(formulas)
def test_elementary_formulas_have_the_value_of_the_graph(formula):
    graph = Graph(frozenset())
    names = {name: graph.symbol(name) for name in VALUES}
    node = graph.read(formula, names)
    wanted = float(node_values(graph, VALUES)[node])
    found = float(evaluate(elementary(formula, {"x", "z"}), VALUES))
    with np.errstate(all="ignore"):
        assert same(found, wanted) or np.isclose(found, wanted, rtol=1e-9, atol=1e-12), (found, wanted)


def test_minima_maxima_and_hill_terms_get_lines_of_their_own_and_equal_ones_only_once():
    names = iter("abcdefgh")
    lines = Statements(
        NOTATION, NAMES, lambda kind: next(names), lambda name, text: f"{name} = {text}",
        lambda name, left, right, then, otherwise: [f"{name} = {then} if {left} < {right} else {otherwise}"],
    )  # fmt: skip
    lines.set("u", parse_formula("hill(x + y, 2, z) * max(x, 0) - hill(x + y, 2, z)"))
    assert lines.lines == [
        "a = x + y",
        "b = 1.0 / (1.0 + (2.0 / a)**z) if 0.0 < a else 0.0",
        "c = x if 0.0 < x else 0.0",
        "u = b * c - b",
    ]

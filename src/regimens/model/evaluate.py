"""Formulas evaluated in numpy by walking the tree: slow, simple, and independent of the compiled engine.

For tests, for plots of single terms, and for quantities that are computed once. The integration does not use it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from regimens.model.expression import Binary, Call, Expression, Name, Negation, Number
from regimens.model.graph import ODDS_LIMIT, Graph, Node

Floats = npt.NDArray[np.float64]
Value = float | np.float64 | Floats


def evaluate(formula: Expression, values: Mapping[str, Value]) -> Value:
    """Return the value of `formula` where names have the given values (numbers or arrays that broadcast).

    As in the engine, logarithms and powers of numbers that are not positive raise no exception, and a Hill term is 0 for
    x <= 0. Raises KeyError for a name without a value.
    """
    with np.errstate(all="ignore"):
        return _evaluate(formula, values)


def _evaluate(formula: Expression, values: Mapping[str, Value]) -> Value:
    match formula:
        case Number(value):
            return np.float64(value)
        case Name(name):
            found: Value = np.asarray(values[name], dtype=np.float64)[()]
            return found
        case Negation(operand):
            return -_evaluate(operand, values)
        case Binary(operator, left, right):
            return _OPERATORS[operator](_evaluate(left, values), _evaluate(right, values))
        case Call(function, arguments):
            return _FUNCTIONS[function](*(_evaluate(argument, values) for argument in arguments))


def _power(base: Value, exponent: Value) -> Value:
    whole = np.all(exponent == np.floor(exponent))
    return np.power(base if whole else np.maximum(base, 0.0), exponent)


def hill(x: Value, ec50: Value, h: Value) -> Value:
    """Return x^h / (ec50^h + x^h), 0 for x <= 0 and 1 for ec50 = 0 < x, without overflow."""
    with np.errstate(all="ignore"):
        share = 1.0 / (1.0 + np.exp(np.clip(h * (np.log(ec50) - np.log(x)), -ODDS_LIMIT, ODDS_LIMIT)))
        found: Value = np.where(np.less_equal(x, 0.0), 0.0, share)[()]
        return found


def node_values(graph: Graph, symbols: Mapping[str, Value]) -> list[Floats]:
    """Return the value of every node of a graph where its symbols have the given values (numbers or arrays)."""
    values: list[Floats] = []
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            arguments = [values[a] for a in node.arguments]
            values.append(np.asarray(_meaning(node, arguments, symbols), dtype=np.float64))
    return values


def _meaning(node: Node, a: list[Floats], symbols: Mapping[str, Value]) -> Value:
    match node.operation:
        case "number":
            return node.number
        case "symbol":
            return symbols[node.name]
        case "integer power":
            return np.asarray(a[0] ** int(node.number))
        case "power":
            return np.power(np.maximum(a[0], 0.0), a[1])
        case "positive":
            return np.where(a[0] <= 0.0, 0.0, a[1])
        case "less":
            return np.where(a[0] < a[1], a[2], a[3])
        case "odds":
            odds: Floats = np.exp(np.clip(a[2] * (np.log(a[1]) - np.log(a[0])), -ODDS_LIMIT, ODDS_LIMIT))
            return odds
        case "share":
            return 1.0 / (1.0 + a[3])
    return _PLAIN[node.operation](*a)


_PLAIN: dict[str, Callable[..., Floats]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "negate": np.negative,
    "reciprocal": np.reciprocal,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
}
_OPERATORS: dict[str, Callable[[Value, Value], Value]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "**": _power,
}
_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "min": np.minimum,
    "max": np.maximum,
    "hill": hill,
}

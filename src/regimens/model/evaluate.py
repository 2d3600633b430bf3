"""Formulas evaluated in numpy by walking the tree: slow, plain, and independent of the compiled engine.

For tests, plots of single terms, and quantities that are worked out once. Nothing here is used to integrate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from regimens.model.expression import Binary, Call, Expression, Name, Negation, Number

Value = float | np.ndarray


def evaluate(formula: Expression, values: Mapping[str, Value]) -> Value:
    """Return the value of `formula` where names have the given values (numbers or arrays that broadcast).

    Follows the engine: log and powers of what is not positive, and Hill terms at their edges, give no exception.
    KeyError for a name without a value.
    """
    with np.errstate(all="ignore"):
        return _evaluate(formula, values)


def _evaluate(formula: Expression, values: Mapping[str, Value]) -> Value:
    match formula:
        case Number(value):
            return np.float64(value)
        case Name(name):
            return np.asarray(values[name], dtype=np.float64)[()]
        case Negation(operand):
            return -_evaluate(operand, values)
        case Binary(operator, left, right):
            return _OPERATORS[operator](_evaluate(left, values), _evaluate(right, values))
        case Call(function, arguments):
            return _FUNCTIONS[function](*(_evaluate(argument, values) for argument in arguments))
    raise TypeError(f"{formula!r} is no formula")


def _power(base: Value, exponent: Value) -> Value:
    whole = np.all(exponent == np.floor(exponent))
    return np.power(base if whole else np.maximum(base, 0.0), exponent)


def hill(x: Value, ec50: Value, h: Value) -> Value:
    """Return x^h / (ec50^h + x^h), 0 for x <= 0 and 1 for ec50 = 0 < x, without overflow."""
    with np.errstate(all="ignore"):
        share = 1.0 / (1.0 + np.exp(np.clip(h * (np.log(ec50) - np.log(x)), -690.0, 690.0)))
        return np.where(np.less_equal(x, 0.0), 0.0, share)[()]


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

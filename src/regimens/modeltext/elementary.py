"""Formulas with the engine's meaning made explicit, in operations that every target language has.

The engine computes a power with a small whole exponent as a product, and any other power with a base below 0 counted as 0. Here
the second is written out with `max(base, 0)`, so that only `+ - * / **`, `exp`, `log`, `sqrt`, `min`, `max` and `hill` are left
and `**` is the ordinary power of the target.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

from regimens.model.expression import Binary, Call, Expression, Name, Negation, Number, names_in
from regimens.model.graph import LARGEST_INTEGER_POWER, Graph

if TYPE_CHECKING:
    from regimens.model.declaration import Model

ZERO = Number(0.0)


def elementary(formula: Expression, nonnegative: Container[str]) -> Expression:
    """Return `formula` with powers made explicit; names of `nonnegative` are never below 0, so their powers need no `max`."""

    def inner(part: Expression) -> Expression:
        return elementary(part, nonnegative)

    match formula:
        case Negation(operand):
            return Negation(inner(operand))
        case Binary("**", base, exponent):
            return _power(inner(base), inner(exponent), nonnegative)
        case Binary(operator, left, right):
            return Binary(operator, inner(left), inner(right))
        case Call(function, arguments):
            return Call(function, tuple(inner(argument) for argument in arguments))
    return formula


def literal(formula: Expression) -> float | None:
    """Return the value of a formula that the engine folds to one number, such as -2 or 1/3; None for any other."""
    graph = Graph(frozenset())
    return graph.value(graph.read(formula, {name: graph.symbol(name) for name in names_in(formula)}))


def never_negative(model: Model) -> frozenset[str]:
    """Return the parameters and definitions of `model` whose values cannot be below 0.

    States are not among them: a state that decays to 0 may end slightly below it by rounding.
    """
    found = {parameter.name for parameter in model.parameters if parameter.low >= 0}
    for definition in model.definitions:
        if _nonnegative(definition.formula, found):
            found.add(definition.name)
    return frozenset(found)


def _power(base: Expression, exponent: Expression, nonnegative: Container[str]) -> Expression:
    n = literal(exponent)
    if n == 0.0:
        return Number(1.0)
    if n == 1.0:
        return base
    whole = n is not None and n == int(n) and abs(n) <= LARGEST_INTEGER_POWER
    inside = base if whole or _nonnegative(base, nonnegative) else Call("max", (base, ZERO))
    if n == 0.5:
        return Call("sqrt", (inside,))
    return Binary("**", inside, exponent if n is None else Number(n))


def _nonnegative(formula: Expression, known: Container[str]) -> bool:
    match formula:
        case Number(value):
            return value >= 0
        case Name(name):
            return name in known
        case Binary("**", base, _):
            return _nonnegative(base, known)
        case Binary("+" | "*" | "/", left, right):
            return _nonnegative(left, known) and _nonnegative(right, known)
        case Call("exp" | "sqrt" | "hill"):
            return True
        case Call("max", arguments):
            return any(_nonnegative(argument, known) for argument in arguments)
        case Call("min", arguments):
            return all(_nonnegative(argument, known) for argument in arguments)
    return False

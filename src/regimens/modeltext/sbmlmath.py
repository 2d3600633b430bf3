"""Formulas of SBML as formulas of model files."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from regimens.model.expression import TIME, Binary, Call, Expression, Name, Negation, Number
from regimens.modeltext.elementary import literal

Element = Any
"""A part of a document; python-libsbml has no types."""


TIME_OF_MODEL = Name(TIME)


class UnsupportedMath(Exception):
    """Something in a formula that model files have no formula for, in words such as "the function 'sin'"."""


def number(value: float) -> Expression:
    """Return a literal number; one below 0 is a negation, as formulas of model files have it."""
    if not math.isfinite(value):
        raise UnsupportedMath(f"the number {value}")
    return Negation(Number(-value)) if value < 0 else Number(value)


def combined(operator: str, parts: Sequence[Expression], empty: float) -> Expression:
    """Return the parts joined by `+` or `*`, as a balanced tree: formulas of model files may be nested only so deep."""
    if not parts:
        return Number(empty)
    if len(parts) == 1:
        return parts[0]
    half = (len(parts) + 1) // 2
    return Binary(operator, combined(operator, parts[:half], empty), combined(operator, parts[half:], empty))


@dataclass
class Reader:
    """Reads formulas with the names that `names` gives to ids, and `time` as the formula given for it.

    `open_powers` becomes True when a power is read whose exponent is not a number: there, SBML and model files may differ.
    """

    libsbml: ModuleType
    names: Mapping[str, str]
    time: Expression = TIME_OF_MODEL
    open_powers: bool = False

    def read(self, node: Element) -> Expression:
        """Return the formula of a node; UnsupportedMath for what model files cannot say."""
        s, kind = self.libsbml, node.getType()
        if node.isNumber():
            return number(node.getValue())
        if kind in _constants(s):
            return number(_constants(s)[kind])
        if kind == s.AST_NAME_TIME:
            return self.time
        if kind == s.AST_NAME:
            if node.getName() not in self.names:
                raise UnsupportedMath(f"'{node.getName()}', which has no value over time")
            return Name(self.names[node.getName()])
        if kind == s.AST_FUNCTION_PIECEWISE:
            return self._piecewise(node)
        arguments = [self.read(node.getChild(place)) for place in range(node.getNumChildren())]
        if kind in (s.AST_POWER, s.AST_FUNCTION_POWER):
            return self._power(*arguments)
        if kind == s.AST_FUNCTION_ROOT and len(arguments) == 2 and literal(arguments[0]) != 2.0:
            return self._power(arguments[1], Binary("/", Number(1.0), arguments[0]))
        found = _operations(s).get(kind)
        if found is None:
            raise UnsupportedMath(_named(s, node))
        return found(arguments)

    def _power(self, base: Expression, exponent: Expression) -> Expression:
        known, power = literal(base), literal(exponent)
        if known is not None and power is not None:
            try:
                return number(math.pow(known, power))
            except (ValueError, OverflowError, ZeroDivisionError):
                raise UnsupportedMath(f"the power {known:g}^{power:g}, which has no value") from None
        self.open_powers |= power is None
        return Binary("**", base, exponent)

    def _piecewise(self, node: Element) -> Expression:
        """Return the minimum, maximum or Hill term that two pieces say; other pieces have no formula in model files."""
        s = self.libsbml
        condition = node.getChild(1)
        if node.getNumChildren() == 3 and condition.getNumChildren() == 2:
            kind = condition.getType()
            left, right, then, otherwise = (
                self.read(part) for part in (condition.getChild(0), condition.getChild(1), node.getChild(0), node.getChild(2))
            )
            if kind in (s.AST_RELATIONAL_GT, s.AST_RELATIONAL_GEQ):
                left, right = right, left
            if kind in (s.AST_RELATIONAL_LT, s.AST_RELATIONAL_LEQ, s.AST_RELATIONAL_GT, s.AST_RELATIONAL_GEQ):
                found = _choice(left, right, then, otherwise)
                if found is not None:
                    return found
        raise UnsupportedMath(f"'{s.formulaToL3String(node)}', which is not a minimum, a maximum or a Hill term")


def _choice(left: Expression, right: Expression, then: Expression, otherwise: Expression) -> Expression | None:
    """Return what `then` where left < right, else `otherwise`, says in one function; None if it is none of them."""
    zero = Number(0.0)
    if (then, otherwise) == (left, right):
        return Call("min", (left, right))
    if (then, otherwise) == (right, left):
        return Call("max", (left, right))
    if left == zero and otherwise == zero:
        return _hill(right, then)
    if right == zero and then == zero:
        return _hill(left, otherwise)
    return None


def _hill(x: Expression, share: Expression) -> Expression | None:
    """Return the Hill term that `share` is for x > 0: 1/(1 + (e/x)^h), x^h/(e^h + x^h), x^h/(c + x^h) or x/(e + x)."""
    one = Number(1.0)
    match share:
        case Binary("/", top, Binary("+", first, second)):
            for constant, varying in ((first, second), (second, first)):
                match top, constant, varying:
                    case Number(1.0), Number(1.0), Binary("**", Binary("/", ec50, below), h) if below == x:
                        return Call("hill", (x, ec50, h))
                    case Number(1.0), Number(1.0), Binary("/", ec50, below) if below == x:
                        return Call("hill", (x, ec50, one))
                    case Binary("**", base, h), Binary("**", ec50, other), _ if top == varying and base == x and other == h:
                        return Call("hill", (x, ec50, h))
                    case Binary("**", base, h), _, _ if top == varying and base == x and (power := literal(h)):
                        return Call("hill", (x, _rooted(constant, power), h))
                    case _ if top == varying == x:
                        return Call("hill", (x, constant, one))
    return None


def _rooted(constant: Expression, power: float) -> Expression:
    value = literal(constant)
    return Binary("**", constant, Number(1.0 / power)) if value is None or value <= 0 else Number(value ** (1.0 / power))


def _constants(s: ModuleType) -> Mapping[int, float]:
    return {s.AST_CONSTANT_PI: math.pi, s.AST_CONSTANT_E: math.e, s.AST_NAME_AVOGADRO: 6.02214179e23}


def _operations(s: ModuleType) -> Mapping[int, Callable[[list[Expression]], Expression]]:
    return {
        s.AST_PLUS: lambda a: combined("+", a, 0.0),
        s.AST_TIMES: lambda a: combined("*", a, 1.0),
        s.AST_MINUS: lambda a: Negation(a[0]) if len(a) == 1 else Binary("-", a[0], a[1]),
        s.AST_DIVIDE: lambda a: Binary("/", a[0], a[1]),
        s.AST_FUNCTION_EXP: lambda a: Call("exp", (a[0],)),
        s.AST_FUNCTION_LN: lambda a: Call("log", (a[0],)),
        s.AST_FUNCTION_LOG: lambda a: Binary("/", Call("log", (a[-1],)), _log_of_base(a)),
        s.AST_FUNCTION_ROOT: lambda a: Call("sqrt", (a[-1],)),
        s.AST_FUNCTION_ABS: lambda a: Call("max", (a[0], Negation(a[0]))),
        s.AST_FUNCTION_MIN: lambda a: _nested("min", a),
        s.AST_FUNCTION_MAX: lambda a: _nested("max", a),
    }


def _log_of_base(arguments: list[Expression]) -> Expression:
    if len(arguments) == 1:
        return Number(math.log(10.0))
    value = literal(arguments[0])
    return Call("log", (arguments[0],)) if value is None or value <= 0 else number(math.log(value))


def _nested(function: str, arguments: list[Expression]) -> Expression:
    found = arguments[0]
    for argument in arguments[1:]:
        found = Call(function, (found, argument))
    return found


def _named(s: ModuleType, node: Element) -> str:
    name = node.getName() or s.formulaToL3String(node)
    return f"the function '{name}'" if node.isFunction() else f"'{s.formulaToL3String(node)}'"

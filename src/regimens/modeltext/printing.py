"""Writing elementary formulas in the notation of a target, with brackets wherever its precedence needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from regimens.model.expression import Binary, Call, Expression, Name, Negation, Number
from regimens.modeltext.elementary import ZERO, literal

_RANK = {"+": 1, "-": 1, "*": 2, "/": 2}
_ATOM = 5
"""Rank at which only names, numbers that are not negative, calls and brackets stand without brackets."""


@dataclass(frozen=True)
class Notation:
    """How a target writes numbers and functions; `power` is its operator, or "" where it has the function `functions["**"]`."""

    number: Callable[[float], str]
    functions: Mapping[str, str]
    power: str = ""


def write(formula: Expression, notation: Notation, names: Mapping[str, str], outer: int = 0) -> str:
    """Return an elementary `formula` as text, each name as `names` has it; `outer` is the rank of the operator around it.

    The text of an operand after an operator never starts with a minus sign: Fortran allows no two operators in a row.
    """
    match formula:
        case Number(value):
            text = notation.number(value)
            return f"({text})" if text.startswith("-") and outer >= _ATOM else text
        case Name(name):
            return names[name]
        case Negation(operand):
            bracket = _ATOM if _is_power(operand) and notation.power else 3
            text = f"-{_after_operator(operand, notation, names, bracket)}"
            return f"({text})" if outer > 2 else text
        case Call(function, arguments):
            return f"{notation.functions[function]}({', '.join(write(a, notation, names) for a in arguments)})"
        case Binary("**", left, right) if not notation.power:
            return f"{notation.functions['**']}({write(left, notation, names)}, {write(right, notation, names)})"
        case Binary("**", left, right):
            if isinstance(right, Number) and right.value.is_integer():
                exponent = _whole(right)
            else:
                exponent = _after_operator(right, notation, names, _ATOM)
            text = f"{write(left, notation, names, _ATOM)}{notation.power}{exponent}"
            return f"({text})" if outer >= _ATOM else text
        case Binary(operator, left, right):
            rank = _RANK[operator]
            text = f"{write(left, notation, names, rank)} {operator} {_after_operator(right, notation, names, rank + 1)}"
            return f"({text})" if outer > rank else text


def _whole(exponent: Number) -> str:
    """Return a whole exponent as an integer: Fortran takes 2 to a base below 0, which it does not with 2.0."""
    return f"{int(exponent.value)}" if exponent.value >= 0 else f"({int(exponent.value)})"


def _is_power(formula: Expression) -> bool:
    return isinstance(formula, Binary) and formula.operator == "**"


def _after_operator(formula: Expression, notation: Notation, names: Mapping[str, str], outer: int) -> str:
    text = write(formula, notation, names, outer)
    return f"({text})" if text.startswith("-") else text


_OWN = "="
"""Stands before a name that this module gave, which no name of a model does."""

Choose = Callable[[str, str, str, str, str], list[str]]
"""Lines that set `name` to `then` where `left < right`, else to `otherwise`; arguments in this order."""


@dataclass
class Statements:
    """Lines of a target without conditional expressions: `min`, `max` and `hill` get lines of their own before they are used.

    `fresh` gives an unused name for each, `assign(name, text)` the line of an assignment, `choose` those of a choice.
    """

    notation: Notation
    names: Mapping[str, str]
    fresh: Callable[[str], str]
    assign: Callable[[str, str], str]
    choose: Choose
    lines: list[str] = field(default_factory=list)
    _known: dict[Expression, str] = field(default_factory=dict)

    def set(self, name: str, formula: Expression) -> None:
        """Add the lines that set `name`, as the target spells it, to an elementary formula."""
        text = self._text(self._flat(formula))
        self.lines.append(self.assign(name, text))

    def _text(self, formula: Expression) -> str:
        return write(formula, self.notation, {**self.names, **{_OWN + text: text for text in self._known.values()}})

    def _flat(self, formula: Expression) -> Expression:
        match formula:
            case Negation(operand):
                return Negation(self._flat(operand))
            case Binary(operator, left, right):
                return Binary(operator, self._flat(left), self._flat(right))
            case Call("min" | "max" | "hill" as function, arguments):
                whole = Call(function, tuple(self._flat(argument) for argument in arguments))
                return Name(_OWN + (self._known.get(whole) or self._chosen(whole)))
            case Call(function, arguments):
                return Call(function, tuple(self._flat(argument) for argument in arguments))
        return formula

    def _chosen(self, call: Call) -> str:
        first, second, *more = (self._atom(argument) for argument in call.arguments)
        if call.function == "hill":
            name = self._new("hill", call)
            share = _share(first, second, more[0])
            self.lines += self.choose(name, self._text(ZERO), self._text(first), self._text(share), self._text(ZERO))
            return name
        name = self._new(call.function, call)
        low, high = (first, second) if call.function == "min" else (second, first)
        self.lines += self.choose(name, self._text(low), self._text(high), self._text(first), self._text(second))
        return name

    def _atom(self, formula: Expression) -> Expression:
        if isinstance(formula, Name | Number):
            return formula
        if formula not in self._known:
            text = self._text(formula)
            self.lines.append(self.assign(self._new("part", formula), text))
        return Name(_OWN + self._known[formula])

    def _new(self, kind: str, formula: Expression) -> str:
        self._known[formula] = self.fresh(kind)
        return self._known[formula]


def _share(x: Expression, ec50: Expression, h: Expression) -> Expression:
    """Return x^h / (ec50^h + x^h) for x > 0, in the form that does not overflow for a large x."""
    if literal(h) == 1.0:
        return Binary("/", x, Binary("+", ec50, x))
    return Binary("/", Number(1.0), Binary("+", Number(1.0), Binary("**", Binary("/", ec50, x), h)))

"""Formulas of model files: text -> a frozen expression tree, through a closed list of what is allowed.

Nothing from a file is ever executed: Python's parser reads the text, and only numbers, names, + - * / **, brackets and the
functions of `FUNCTIONS` are accepted. A power of two numbers is refused: 9**9**9**9 has too many digits to compute.
`hill(x, ec50, h)` is x^h / (ec50^h + x^h), and 0 for x <= 0.
"""

from __future__ import annotations

import ast
import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from regimens.errors import ModelError, did_you_mean

FUNCTIONS = {"exp": 1, "log": 1, "sqrt": 1, "min": 2, "max": 2, "hill": 3}
"""Functions a formula may call, with their number of arguments. `log` is the natural logarithm."""

TIME = "time"
"""Name of the time since the start of the scenario in formulas, in the model's time unit."""

LONGEST_FORMULA = 2000
DEEPEST_FORMULA = 60

_ALLOWED = "A formula may use numbers, names, + - * / **, brackets and " + ", ".join(FUNCTIONS) + "."
_FOREIGN = re.compile(r"[^\x20-\x7e\s]|[#;=\\]")
"""Characters refused before parsing: Python's parser would read look-alikes as letters and '#' as a comment."""
_LINE_BREAK = re.compile(r"\s")
_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"}
_PRECEDENCE = {"+": 1, "-": 1, "*": 2, "/": 2, "**": 4}
_NEGATION_PRECEDENCE = 3


@dataclass(frozen=True)
class Number:
    """A literal number."""

    value: float


@dataclass(frozen=True)
class Name:
    """A state, parameter, definition or `time`, by name."""

    name: str


@dataclass(frozen=True)
class Negation:
    """Minus `operand`."""

    operand: Expression


@dataclass(frozen=True)
class Binary:
    """`left` operator `right`, the operator one of + - * / **."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True)
class Call:
    """A function of `FUNCTIONS` applied to its arguments."""

    function: str
    arguments: tuple[Expression, ...]


Expression = Number | Name | Negation | Binary | Call


class FormulaError(ModelError):
    """A formula that cannot be read; `at` is the 0-based column in the formula, `advice` says what would be right."""

    def __init__(self, message: str, at: int = 0, advice: str = "") -> None:
        self.message, self.at, self.advice = message, at, advice
        super().__init__(f"{message} {advice}".rstrip())


def parse_formula(text: str) -> Expression:
    """Read `text` as a formula.

    Raises FormulaError with the column for anything but the accepted forms.
    """
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(
            f"The formula has {len(text)} characters; at most {LONGEST_FORMULA} are read.",
            advice="Name parts of it under 'definitions'.",
        )
    foreign = _FOREIGN.search(text)
    if foreign:
        advice = "A formula is written with plain letters, digits and + - * / ** ( ) , only."
        raise FormulaError(f"'{foreign[0]}' cannot be used in a formula.", foreign.start(), advice)
    line = _LINE_BREAK.sub(" ", text)
    indent = len(line) - len(line.lstrip())
    try:
        return _convert(_parsed(line.strip()), line.strip(), 0)
    except FormulaError as error:
        raise FormulaError(error.message, error.at + indent, error.advice) from None


def _parsed(line: str) -> ast.expr:
    if not line:
        raise FormulaError("The formula is empty.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            return ast.parse(line, mode="eval").body
    except SyntaxError as error:
        at = min(error.offset or len(line), len(line)) - 1
        raise FormulaError(f"'{_shown(line)}' is not a formula.", at, _ALLOWED) from None
    except (ValueError, RecursionError, MemoryError):
        raise FormulaError(f"'{_shown(line)}' is not a formula.", advice=_ALLOWED) from None


def names_in(expression: Expression) -> Iterator[str]:
    """Yield every name in `expression`, in reading order, repeats included."""
    match expression:
        case Name(name):
            yield name
        case Negation(operand):
            yield from names_in(operand)
        case Binary(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from names_in(argument)


def in_formula(expression: Expression) -> str:
    """Write `expression` as text that `parse_formula` reads back to an equal tree."""
    return _written(expression, 0)


def _convert(node: ast.expr, text: str, depth: int) -> Expression:
    if depth > DEEPEST_FORMULA:
        raise FormulaError(
            f"The formula is nested more than {DEEPEST_FORMULA} deep.",
            node.col_offset,
            "Name parts of it under 'definitions'.",
        )
    match node:
        case ast.Constant(value=value) if isinstance(value, int | float) and not isinstance(value, bool):
            return Number(_finite(value, node.col_offset))
        case ast.Name(id=name):
            return Name(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Negation(_convert(operand, text, depth + 1))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _convert(operand, text, depth + 1)
        case ast.BinOp(op=operator, left=left, right=right) if type(operator) in _OPERATORS:
            sides = _convert(left, text, depth + 1), _convert(right, text, depth + 1)
            if isinstance(operator, ast.Pow) and not any(name for side in sides for name in names_in(side)):
                found = ast.get_source_segment(text, node) or text
                raise FormulaError(f"'{_shown(found)}' is a power of numbers.", node.col_offset, "Write the number itself.")
            return Binary(_OPERATORS[type(operator)], *sides)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _convert_call(name, arguments, node, text, depth)
    found = ast.get_source_segment(text, node) or text
    power = isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor)
    advice = "A power is written with **." if power else _ALLOWED
    raise FormulaError(f"'{_shown(found)}' is not allowed in a formula.", node.col_offset, advice)


def _convert_call(name: str, arguments: list[ast.expr], node: ast.expr, text: str, depth: int) -> Expression:
    if name not in FUNCTIONS:
        known = f"Known functions: {', '.join(FUNCTIONS)}."
        near = did_you_mean(name, FUNCTIONS)
        raise FormulaError(
            f"'{name}' is not a function that a formula may call.",
            node.col_offset,
            f"{near} {known}" if near.startswith("Did") else known,
        )
    wanted = FUNCTIONS[name]
    if len(arguments) != wanted:
        raise FormulaError(f"'{name}' takes {wanted} argument{'s' * (wanted > 1)}, not {len(arguments)}.", node.col_offset)
    return Call(name, tuple(_convert(argument, text, depth + 1) for argument in arguments))


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _finite(value: int | float, at: int) -> float:
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise FormulaError("The number is too large.", at)
    return number


def _written(expression: Expression, outer: int) -> str:
    match expression:
        case Number(value):
            return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case Name(name):
            return name
        case Negation(operand):
            text = "-" + _written(operand, _NEGATION_PRECEDENCE)
            return f"({text})" if outer > _NEGATION_PRECEDENCE else text
        case Call(function, arguments):
            return f"{function}({', '.join(_written(argument, 0) for argument in arguments)})"
        case Binary("**", left, right):
            text = f"{_written(left, 5)}**{_written(right, _NEGATION_PRECEDENCE)}"
            return f"({text})" if outer > 4 else text
        case Binary(operator, left, right):
            rank = _PRECEDENCE[operator]
            text = f"{_written(left, rank)} {operator} {_written(right, rank + 1)}"
            return f"({text})" if outer > rank else text

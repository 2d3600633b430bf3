"""Formulas as one shared graph: equal parts exist once, numbers are folded, and every value knows what it depends on.

A node is named by its place in `Graph.nodes`; arguments always stand before the nodes that use them. Derivatives
(`derivative.py`) and machine code (`engine/formulas.py`) both read this graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from regimens.model.expression import Binary, Call, Expression, Name, Negation, Number

LARGEST_INTEGER_POWER = 64
"""Constant whole powers up to this are products; beyond it the general power is as exact and shorter."""

ODDS_LIMIT = 690.0
"""Odds of a Hill term stay within e^-690 and e^690, so that they and their products with the term are finite."""


class Node(NamedTuple):
    """One operation. `arguments` are earlier nodes; `data` is the number, the symbol or the whole power."""

    operation: str
    arguments: tuple[int, ...] = ()
    data: float | int | str | None = None


@dataclass
class Graph:
    """A growing set of nodes; the methods return the node that stands for the operation, simplified where that is exact.

    Operations: number, symbol, + - *, reciprocal, negate, integer power, power, exp, log, sqrt, min, max; two with a
    condition, `positive(x, v)` that is v for x > 0 else 0 and `less(a, b, u, v)` that is u for a < b else v; and two for
    Hill terms, `odds(x, e, h)` that is (e/x)^h kept within e^-690 and e^690, and `share(x, e, h, odds)` = 1 / (1 + odds).
    A quantity that is not a number is passed on by every one of them.
    """

    fixed: frozenset[str]
    """Symbols that are constant for a subject: its parameters."""
    nodes: list[Node] = field(default_factory=list)
    depends: list[frozenset[str]] = field(default_factory=list)
    """For every node, the symbols outside `fixed` that it reads: states and `time`."""
    _known: dict[Node, int] = field(default_factory=dict)

    def _node(self, operation: str, *arguments: int, data: float | int | str | None = None) -> int:
        node = Node(operation, arguments, data)
        if node not in self._known:
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
            sets = [self.depends[a] for a in arguments]
            self.depends.append(sets[0].union(*sets[1:]) if sets else frozenset())
        return self._known[node]

    def number(self, value: float) -> int:
        """Return the node of a literal number."""
        return self._node("number", data=float(value))

    def symbol(self, name: str) -> int:
        """Return the node of a state, a parameter or `time`."""
        fresh = Node("symbol", (), name) not in self._known
        node = self._node("symbol", data=name)
        if fresh and name not in self.fixed:
            self.depends[node] = frozenset((name,))
        return node

    def value(self, node: int) -> float | None:
        """Return the number that a node is, or None if it is none."""
        found = self.nodes[node]
        return found.data if found.operation == "number" else None  # type: ignore[return-value]

    def varies(self, node: int) -> bool:
        """Whether a node changes while a subject is integrated."""
        return bool(self.depends[node])

    def add(self, a: int, b: int) -> int:
        """Return a + b."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.number(x + y)
        if x == 0.0:
            return b
        if y == 0.0:
            return a
        if self.nodes[b].operation == "negate":
            return self.subtract(a, self.nodes[b].arguments[0])
        return self._node("+", *sorted((a, b)))

    def subtract(self, a: int, b: int) -> int:
        """Return a - b."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.number(x - y)
        if y == 0.0:
            return a
        if x == 0.0:
            return self.negate(b)
        if self.nodes[b].operation == "negate":
            return self.add(a, self.nodes[b].arguments[0])
        return self._node("-", a, b)

    def negate(self, a: int) -> int:
        """Return -a."""
        x = self.value(a)
        if x is not None:
            return self.number(-x)
        node = self.nodes[a]
        return node.arguments[0] if node.operation == "negate" else self._node("negate", a)

    def multiply(self, a: int, b: int) -> int:
        """Return a * b; factors that are constant for a subject are gathered, so that they are multiplied once."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.number(x * y)
        if 0.0 in (x, y):
            return self.number(0.0)
        if x == 1.0:
            return b
        if y == 1.0:
            return a
        for first, second in ((a, b), (b, a)):
            if self.nodes[first].operation == "negate":
                return self.negate(self.multiply(self.nodes[first].arguments[0], second))
        return self._product(a, b)

    def _product(self, a: int, b: int) -> int:
        (first, x), (second, y) = self._split(a), self._split(b)
        if first is None or second is None:
            return self._node("*", *sorted((a, b)))
        constant = self._node("*", *sorted((first, second)))
        varying = [factor for factor in (x, y) if factor is not None]
        if not varying:
            return constant
        rest = varying[0] if len(varying) == 1 else self._node("*", *sorted(varying))
        return self._node("*", *sorted((constant, rest)))

    def _split(self, node: int) -> tuple[int | None, int | None]:
        """Split a product into its constant and its varying factor."""
        if not self.varies(node):
            return node, None
        found = self.nodes[node]
        if found.operation == "*":
            for first, second in (found.arguments, found.arguments[::-1]):
                if not self.varies(first):
                    return first, second
        return None, node

    def reciprocal(self, a: int) -> int:
        """Return 1 / a."""
        x = self.value(a)
        if x is not None and x != 0.0:
            return self.number(1.0 / x)
        return self._node("reciprocal", a)

    def divide(self, a: int, b: int) -> int:
        """Return a / b."""
        return self.multiply(a, self.reciprocal(b))

    def power(self, a: int, b: int) -> int:
        """Return a ** b: products for small whole b, else a root or exp(b log a), both taken of 0 where a is below 0.

        Whatever decays to zero may end a rounding error below it; a root must not stop the subject for that.
        """
        n = self.value(b)
        if n == 0.5:
            return self.sqrt(self.maximum(a, self.number(0.0)))
        if n is None or n != int(n) or abs(n) > LARGEST_INTEGER_POWER:
            return self._node("power", a, b)
        if n == 0:
            return self.number(1.0)
        if n == 1:
            return a
        if n < 0:
            return self.reciprocal(self.power(a, self.number(-n)))
        return self._node("integer power", a, data=int(n))

    def exp(self, a: int) -> int:
        """Return e ** a."""
        return self._node("exp", a)

    def log(self, a: int) -> int:
        """Return the natural logarithm of a."""
        return self._node("log", a)

    def sqrt(self, a: int) -> int:
        """Return the square root of a."""
        return self._node("sqrt", a)

    def minimum(self, a: int, b: int) -> int:
        """Return the smaller of a and b."""
        return a if a == b else self._node("min", *sorted((a, b)))

    def maximum(self, a: int, b: int) -> int:
        """Return the larger of a and b."""
        return a if a == b else self._node("max", *sorted((a, b)))

    def positive(self, x: int, a: int) -> int:
        """Return a where x > 0, else 0."""
        return a if self.value(a) == 0.0 else self._node("positive", x, a)

    def less(self, a: int, b: int, then: int, otherwise: int) -> int:
        """Return `then` where a < b, else `otherwise`."""
        return then if then == otherwise else self._node("less", a, b, then, otherwise)

    def hill(self, x: int, ec50: int, h: int) -> int:
        """Return x^h / (ec50^h + x^h) for x > 0, else 0; without overflow, and 1 for ec50 = 0."""
        if self.value(h) == 1.0:
            return self.positive(x, self.multiply(x, self.reciprocal(self.add(ec50, x))))
        odds = self._node("odds", x, ec50, h)
        return self.positive(x, self._node("share", x, ec50, h, odds))

    def read(self, formula: Expression, names: Mapping[str, int]) -> int:
        """Return the node of a formula whose names stand for the given nodes; KeyError for a name that is not given."""
        match formula:
            case Number(value):
                return self.number(value)
            case Name(name):
                return names[name]
            case Negation(operand):
                return self.negate(self.read(operand, names))
            case Binary(operator, left, right):
                return _OPERATORS[operator](self, self.read(left, names), self.read(right, names))
            case Call(function, arguments):
                return _FUNCTIONS[function](self, *(self.read(argument, names) for argument in arguments))
        raise TypeError(f"{formula!r} is no formula")


_OPERATORS: dict[str, Callable[[Graph, int, int], int]] = {
    "+": Graph.add,
    "-": Graph.subtract,
    "*": Graph.multiply,
    "/": Graph.divide,
    "**": Graph.power,
}
_FUNCTIONS: dict[str, Callable[..., int]] = {
    "exp": Graph.exp,
    "log": Graph.log,
    "sqrt": Graph.sqrt,
    "min": Graph.minimum,
    "max": Graph.maximum,
    "hill": Graph.hill,
}

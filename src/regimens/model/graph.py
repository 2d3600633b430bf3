"""Formulas as one shared graph: equal parts exist once, constants are folded, and every node has the states it depends on.

A node is identified by its index in `Graph.nodes`; arguments always precede the nodes that use them. Derivatives
(`derivative.py`) and machine code (`engine/formulas.py`) both read this graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from regimens.model.expression import Binary, Call, Expression, Name, Negation, Number

LARGEST_INTEGER_POWER = 64
"""Constant whole powers up to this are computed as products, larger ones by the general power, which is as exact."""

ODDS_LIMIT = 690.0
"""Odds of a Hill term stay within e^-690 and e^690, so that they and their products with the term are finite."""


class Node(NamedTuple):
    """One operation. `arguments` are earlier nodes; `data` is the number, the symbol or the whole power."""

    operation: str
    arguments: tuple[int, ...] = ()
    data: float | int | str | None = None

    @property
    def number(self) -> float:
        """The literal number, or the whole power; TypeError for other operations."""
        if isinstance(self.data, str) or self.data is None:
            raise TypeError(f"operation {self.operation!r} has no number")
        return self.data

    @property
    def name(self) -> str:
        """The symbol; TypeError for other operations."""
        if not isinstance(self.data, str):
            raise TypeError(f"operation {self.operation!r} has no symbol")
        return self.data


@dataclass
class Graph:
    """A growing set of nodes; each method returns the node of its operation, simplified where that is exact.

    Operations: number, symbol, + - *, reciprocal, negate, integer power, power, exp, log, sqrt, min, max; two with a
    condition, `positive(x, v)` that is v for x > 0 else 0 and `less(a, b, u, v)` that is u for a < b else v; and two for
    Hill terms, `odds(x, e, h)` that is (e/x)^h kept within e^-690 and e^690, and `share(x, e, h, odds)` = 1 / (1 + odds).
    NaN arguments give NaN in every one of them.
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
        """Return the value of a node that is a literal number, else None."""
        found = self.nodes[node]
        return found.number if found.operation == "number" else None

    def varies(self, node: int) -> bool:
        """Return whether a node changes during the integration of a subject."""
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
        """Return a * b; factors that are constant for a subject are grouped, so that they are multiplied once."""
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
        """Return a ** b: products for small whole b, else a root or exp(b log a), in which a negative a counts as 0.

        A state that decays to zero may end slightly below it through rounding; a root of it must not be NaN.
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
        """Return the node of a formula, in which each name is the node that `names` gives; KeyError for a name without one."""
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

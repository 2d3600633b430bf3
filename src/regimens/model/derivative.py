"""Exact derivatives of a `Graph`, as nodes of the same graph.

At a corner of a formula (min, max) the derivative of one of its sides is used. Where a derivative is infinite at zero (sqrt,
Hill and power functions of a state that starts at zero), it is set to 0 there: the integration method loses order for one step,
which its error control detects, while an infinite entry of the Jacobian would stop it.
"""

from __future__ import annotations

import math

from regimens.model.graph import ODDS_LIMIT, Graph, Node


class Derivatives:
    """Derivatives with respect to one symbol; each node is differentiated once."""

    def __init__(self, graph: Graph, symbol: str) -> None:
        self._graph, self._symbol = graph, symbol
        self._done: dict[int, int] = {}

    def of(self, node: int) -> int:
        """Return the node of d(node)/d(symbol)."""
        graph = self._graph
        if self._symbol not in graph.depends[node]:
            return graph.number(0.0)
        if node not in self._done:
            found = graph.nodes[node]
            if found.operation == "symbol":
                self._done[node] = graph.number(1.0)
            else:
                arguments = found.arguments[:3] if found.operation == "share" else found.arguments
                inner = tuple(self.of(argument) for argument in arguments)
                self._done[node] = _rule(graph, node, found, inner)
        return self._done[node]


def _rule(g: Graph, node: int, found: Node, d: tuple[int, ...]) -> int:
    """Return the derivative of one node from those of its arguments."""
    a = found.arguments
    match found.operation:
        case "+":
            return g.add(d[0], d[1])
        case "-":
            return g.subtract(d[0], d[1])
        case "negate":
            return g.negate(d[0])
        case "*":
            return g.add(g.multiply(d[0], a[1]), g.multiply(a[0], d[1]))
        case "reciprocal":
            return g.negate(g.multiply(g.multiply(node, node), d[0]))
        case "integer power":
            n = int(found.number)
            return g.multiply(g.multiply(g.number(n), g.power(a[0], g.number(n - 1))), d[0])
        case "exp":
            return g.multiply(node, d[0])
        case "log":
            return g.multiply(g.reciprocal(a[0]), d[0])
        case "sqrt":
            return g.positive(a[0], g.multiply(g.multiply(g.number(0.5), g.reciprocal(node)), d[0]))
        case "min":
            return g.less(a[0], a[1], d[0], d[1])
        case "max":
            return g.less(a[0], a[1], d[1], d[0])
        case "positive":
            return g.positive(a[0], d[1])
        case "less":
            return g.less(a[0], a[1], d[2], d[3])
        case "power":
            return _of_power(g, node, a, d)
        case "share":
            return _of_share(g, node, a, d)
    raise TypeError(f"no rule for {found.operation!r}")


def _of_power(g: Graph, node: int, a: tuple[int, ...], d: tuple[int, ...]) -> int:
    base, exponent = a
    by_base = g.multiply(g.multiply(exponent, g.reciprocal(base)), d[0])
    by_exponent = g.multiply(g.log(base), d[1])
    return g.positive(base, g.multiply(node, g.add(by_base, by_exponent)))


def _of_share(g: Graph, node: int, a: tuple[int, ...], d: tuple[int, ...]) -> int:
    """Differentiate s = 1 / (1 + odds): s (1 - s) (h (dx/x - de/e) + dh log(x/e)), in an order that stays finite."""
    x, e, h, odds = a
    by_x = g.multiply(d[0], g.reciprocal(x))
    by_e = g.positive(e, g.multiply(d[1], g.reciprocal(e)))
    by_h = g.positive(e, g.multiply(d[2], g.subtract(g.log(x), g.log(e))))
    slope = g.add(g.multiply(h, g.subtract(by_x, by_e)), by_h)
    found = g.multiply(g.multiply(node, g.multiply(odds, node)), slope)
    return g.less(odds, g.number(math.exp(ODDS_LIMIT - 1.0)), found, g.number(0.0))

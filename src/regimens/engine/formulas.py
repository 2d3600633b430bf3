"""Nodes of a model's graph as vector instructions: each node once, in the order of the graph."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING

from llvmlite import ir

from regimens.engine.vectormath import emit_exp, emit_log
from regimens.model.graph import ODDS_LIMIT, Graph, Node

if TYPE_CHECKING:
    from regimens.engine.lanes import Lanes


def reachable(graph: Graph, roots: Iterable[int], given: Container[int] = ()) -> list[int]:
    """Return all nodes that the roots need, except those needed only by `given` nodes, in the order of the graph."""
    wanted: set[int] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in wanted:
            wanted.add(node)
            if node not in given:
                waiting.extend(graph.nodes[node].arguments)
    return sorted(wanted)


def hoisted(graph: Graph, roots: Iterable[int]) -> list[int]:
    """Return the nodes that are constant for a subject and are roots or arguments of varying nodes."""
    roots = list(roots)
    found = {node for node in roots if not graph.varies(node)}
    for node in reachable(graph, roots):
        if graph.varies(node):
            found.update(a for a in graph.nodes[node].arguments if not graph.varies(a))
    return sorted(node for node in found if graph.value(node) is None)


def emit_formulas(lanes: Lanes, graph: Graph, roots: Iterable[int], given: Mapping[int, ir.Value]) -> dict[int, ir.Value]:
    """Emit the nodes that `roots` need, using the vectors of the `given` nodes; return the vectors of the roots."""
    values: dict[int, ir.Value] = {}
    roots = list(roots)
    for node in reachable(graph, roots, given):
        if node in given:
            values[node] = given[node]
        else:
            found = graph.nodes[node]
            values[node] = _emit(lanes, found, [values[a] for a in found.arguments])
    return {node: values[node] for node in roots}


def _emit(v: Lanes, node: Node, a: list[ir.Value]) -> ir.Value:
    match node.operation:
        case "number":
            return v.number(node.data)  # type: ignore[arg-type]
        case "+":
            return v.add(a[0], a[1])
        case "-":
            return v.subtract(a[0], a[1])
        case "*":
            return v.multiply(a[0], a[1])
        case "negate":
            return v.negate(a[0])
        case "reciprocal":
            return v.divide(1.0, a[0])
        case "integer power":
            return _whole_power(v, a[0], int(node.data))  # type: ignore[arg-type]
        case "exp":
            return emit_exp(v, a[0])
        case "log":
            return emit_log(v, a[0])
        case "sqrt":
            return v.root(a[0])
        case "min":
            return v.either("<", a[0], a[1])
        case "max":
            return v.either(">", a[0], a[1])
        case "positive":
            return v.select(v.compare("<=", a[0], 0.0), 0.0, a[1])
        case "less":
            return v.select(v.compare("<", a[0], a[1]), a[2], a[3])
        case "power":
            return _power(v, a[0], a[1])
        case "odds":
            return _odds(v, a[0], a[1], a[2])
        case "share":
            return v.divide(1.0, v.add(1.0, a[3]))
    raise TypeError(f"no instruction for {node.operation!r}")


def _whole_power(v: Lanes, base: ir.Value, power: int) -> ir.Value:
    """Return base^power for a positive integer power, by repeated squaring."""
    result = None
    while power:
        if power & 1:
            result = base if result is None else v.multiply(result, base)
        power >>= 1
        if power:
            base = v.multiply(base, base)
    return result


def _power(v: Lanes, base: ir.Value, exponent: ir.Value) -> ir.Value:
    """Return exp(exponent log base), with 0 for a base below 0 and 1 for an exponent of 0."""
    inside = v.select(v.compare("<", base, 0.0), 0.0, base)
    result = emit_exp(v, v.multiply(exponent, emit_log(v, inside)))
    return v.select(v.compare("==", exponent, 0.0), 1.0, result)


def _odds(v: Lanes, x: ir.Value, ec50: ir.Value, h: ir.Value) -> ir.Value:
    """Return (ec50/x)^h with its logarithm limited to +-ODDS_LIMIT."""
    exponent = v.multiply(h, v.subtract(emit_log(v, ec50), emit_log(v, x)))
    exponent = v.select(v.compare(">", exponent, ODDS_LIMIT), ODDS_LIMIT, exponent)
    exponent = v.select(v.compare("<", exponent, -ODDS_LIMIT), -ODDS_LIMIT, exponent)
    return emit_exp(v, exponent)

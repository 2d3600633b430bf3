"""A model's graph as JavaScript, for the page that simulates in the browser: a second target of the graph beside machine code.

Names of a model never reach the code: states, parameters and constants are read by their index, so nothing that a model file
says is ever executed. Every operation means what it means in `engine/formulas.py`; those that JavaScript's operators do not
have (`exp`, `log`, `power`, `odds`, `least`, `most`, `positive`) are functions of `report/assets/integrate.js`, which also holds
the stepper. Its coefficients are those of `engine/rodas5p.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from regimens.engine import rodas5p
from regimens.engine.formulas import hoisted, reachable
from regimens.engine.kernel import PERIOD_H
from regimens.engine.linear_algebra import plan
from regimens.engine.start import of_subject
from regimens.model.declaration import KEEPS_RATE
from regimens.model.expression import TIME

if TYPE_CHECKING:
    from regimens.engine.linear_algebra import Pivot
    from regimens.model.compile import CompiledModel, Equations
    from regimens.model.graph import Graph, Node


def method_code() -> str:
    """Return the coefficients of the method as one object literal."""
    held = {
        "stages": rodas5p.STAGES,
        "order": rodas5p.ORDER,
        "gamma": rodas5p.GAMMA,
        "a": rodas5p.A,
        "b": rodas5p.B,
        "c": rodas5p.C,
        "d": rodas5p.D,
        "estimate": rodas5p.ESTIMATES[1],
        "dense": rodas5p.DENSE,
    }
    return json.dumps(held, separators=(",", ":"))


def model_code(compiled: CompiledModel) -> str:
    """Return an object literal of a model: its sizes and places, and the functions that `integrate.js` calls.

    `start(p, o)` writes initial states, bioavailabilities and lags, `fixed(p, c)` what is constant for a subject. With time `t`,
    states `y` and those constants, `rates` writes the rates into `o`, `slopes` the entries of the Jacobian and then the
    derivatives by time, `read` the observables and then the states. `factor(g, d, f)` factorises `g` I less the Jacobian `d` into
    `f` and returns the smallest pivot; `solve(f, x)` solves with these factors in place. Times are in the model's unit.
    """
    equations = compiled.equations
    slopes = [*equations.jacobian.values(), *equations.by_time.values()]
    constants = hoisted(equations.graph, [*equations.rates, *slopes, *equations.readouts])
    parameters = {name: f"p[{place}]" for place, name in enumerate(compiled.parameters)}
    varying = {name: f"y[{place}]" for place, name in enumerate(compiled.states)} | {TIME: "t"}
    given = {node: f"c[{place}]" for place, node in enumerate(constants)}
    code = {
        "start": f"(p,o){{{_body(equations.graph, of_subject(equations), parameters, {}, 'o')}}}",
        "fixed": f"(p,c){{{_body(equations.graph, constants, parameters, {}, 'c')}}}",
        "rates": f"(t,y,c,o){{{_body(equations.graph, equations.rates, varying, given, 'o')}}}",
        "slopes": f"(t,y,c,o){{{_body(equations.graph, slopes, varying, given, 'o')}}}",
        "read": f"(t,y,c,o){{{_body(equations.graph, equations.readouts, varying, given, 'o')}}}",
        **_linear_algebra(equations),
    }
    held: dict[str, object] = {
        "states": len(equations.states),
        "constants": len(constants),
        "readouts": len(equations.readouts),
        "hours": compiled.hours_per_time,
        "day": PERIOD_H / compiled.hours_per_time,
        "rows": [row for row, _ in equations.jacobian],
        "columns": [column for _, column in equations.jacobian],
        "byTime": list(equations.by_time),
        "into": [compiled.states.index(given.state) for given in compiled.model.inputs],
        "keepsRate": [given.infusion == KEEPS_RATE for given in compiled.model.inputs],
        "nonnegative": [place for place, state in enumerate(compiled.model.states) if state.nonnegative],
    }
    members = [f"{name}:{json.dumps(value, separators=(',', ':'))}" for name, value in held.items()]
    return "{" + ",".join([*members, *(f"{name}{function}" for name, function in code.items())]) + "}"


def _body(graph: Graph, roots: Sequence[int], symbols: Mapping[str, str], given: Mapping[int, str], target: str) -> str:
    """Return statements that set `target[i]` to the value of root i: a node that is used once stands where it is used."""
    nodes = reachable(graph, roots, given)
    uses = dict.fromkeys(nodes, 0)
    for argument in [*roots, *(a for node in nodes if node not in given for a in graph.nodes[node].arguments)]:
        uses[argument] += 1
    text: dict[int, str] = {}
    statements: list[str] = []
    for node in nodes:
        found = graph.nodes[node]
        written = given.get(node) or _written(found, [text[a] for a in found.arguments], symbols)
        if uses[node] > 1 and found.operation not in ("number", "symbol") and node not in given:
            name = f"v{len(statements)}"
            statements.append(f"const {name}={written};")
            written = name
        text[node] = written
    return "".join([*statements, *(f"{target}[{place}]={text[root]};" for place, root in enumerate(roots))])


def _written(node: Node, a: list[str], symbols: Mapping[str, str]) -> str:
    """Return the expression of one node from those of its arguments; each is closed, so that it may stand anywhere."""
    match node.operation:
        case "number":
            return number(node.number)
        case "symbol":
            return symbols[node.name]
        case "+" | "-" | "*":
            return f"({a[0]}{node.operation}{a[1]})"
        case "negate":
            return f"(-{a[0]})"
        case "reciprocal":
            return f"(1/{a[0]})"
        case "integer power":
            return f"whole({a[0]},{int(node.number)})"
        case "less":
            return f"({a[0]}<{a[1]}?{a[2]}:{a[3]})"
        case "share":
            return f"(1/(1+{a[3]}))"
    return f"{_FUNCTIONS[node.operation]}({','.join(a)})"


_FUNCTIONS = {
    "exp": "exp",
    "log": "log",
    "sqrt": "Math.sqrt",
    "min": "least",
    "max": "most",
    "positive": "positive",
    "power": "power",
    "odds": "odds",
}


def number(value: float) -> str:
    """Return a number as JavaScript reads it, closed in brackets where it has a sign."""
    if math.isnan(value):
        return "NaN"
    text = repr(value).removesuffix(".0") if math.isfinite(value) else "Infinity" if value > 0 else "-Infinity"
    return f"({text})" if text.startswith("-") else text


def _linear_algebra(equations: Equations) -> dict[str, str]:
    """Return `factor` and `solve`, written out for the entries that are not zero in the order of `linear_algebra.plan`.

    The elimination is that of `emit_factors` and `emit_solution`: rows above the diagonal are divided by their pivots once.
    """
    size = len(equations.states)
    slope = {entry: f"d[{place}]" for place, entry in enumerate(equations.jacobian)}
    pivots = plan(size, equations.jacobian)
    places: dict[tuple[int, int], str] = {}
    statements: list[str] = []

    def held(entry: tuple[int, int]) -> str:
        """Return the place of an entry in `f`, set at its first use to that of g I - J."""
        if entry not in places:
            places[entry] = f"f[{len(places)}]"
            below = f"-{slope[entry]}" if entry in slope else "0"
            statements.append(f"{places[entry]}={('g' + below if entry in slope else 'g') if entry[0] == entry[1] else below};")
        return places[entry]

    statements.append("let m=Infinity,u;")
    for pivot in pivots:
        k = pivot.index
        on = held((k, k))
        statements.append(f"u=Math.abs({on});if(!(m<u))m=u;{on}=1/{on};")
        statements += [f"{entry}*={on};" for entry in [held((k, column)) for column in pivot.columns]]
        for row in pivot.rows:
            multiplier = held((row, k))
            for column in pivot.columns:
                into = held((row, column))
                statements.append(f"{into}-={multiplier}*{places[k, column]};")
            statements.append(f"{multiplier}*={on};")
    return {
        "factor": f"(g,d,f){{{''.join(statements)}return m}}",
        "solve": f"(f,x){{{''.join(_solution(pivots, places))}}}",
        "factors": f":{len(places)}",
    }


def _solution(pivots: Iterable[Pivot], places: Mapping[tuple[int, int], str]) -> Iterable[str]:
    """Yield the statements of `solve`: down the eliminations, then up."""
    pivots = list(pivots)
    for pivot in pivots:
        for row in pivot.rows:
            yield f"x[{row}]-={places[row, pivot.index]}*x[{pivot.index}];"
    for pivot in reversed(pivots):
        k = pivot.index
        terms = "".join(f"-{places[k, column]}*x[{column}]" for column in reversed(pivot.columns))
        yield f"x[{k}]=x[{k}]*{places[k, k]}{terms};"

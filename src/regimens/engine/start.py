"""Machine code for the start of a subject: initial states, bioavailabilities and lags, constants, first step size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from llvmlite import ir

from regimens.engine.codegen import Frame, Unit
from regimens.engine.formulas import emit_formulas
from regimens.engine.lanes import DOUBLE, INT, LANES, POINTER, VOID, Lanes, each_below, everywhere, integer
from regimens.engine.step import LARGEST_GROWTH

if TYPE_CHECKING:
    from regimens.model.compile import Equations

FIRST_STEP = 0.01
"""First step as a fraction of the time in which the states would change by their own size at their initial rates."""

LEAST_FIRST_STEP = 1e-6
"""Smallest first step as a fraction of the time to the next stop; it applies where all states start at zero."""


def of_subject(equations: Equations) -> tuple[int, ...]:
    """Return the nodes that `table` evaluates for every subject: initial states, bioavailabilities, lags."""
    return (*equations.initial, *equations.bioavailability, *equations.lag)


def emit_table(unit: Unit) -> None:
    """Write `table(values, subjects, out)`: the values of `of_subject`, a row of `out` for each row of `values`."""
    kind = ir.FunctionType(VOID, (POINTER, INT, POINTER))
    b = ir.IRBuilder(ir.Function(unit.module, kind, "table").append_basic_block("entry"))
    values, subjects, out = b.function.args
    rounds = b.sdiv(b.add(subjects, integer(LANES - 1)), integer(LANES))
    with each_below(b, rounds) as block:
        rows = [_row(b, block, lane, subjects) for lane in range(LANES)]
        given = {}
        for place, node in enumerate(unit.parameters):
            given[node] = _gather(b, values, rows, place, len(unit.parameters))
        nodes = of_subject(unit.equations)
        found = emit_formulas(Lanes(b), unit.equations.graph, nodes, given)
        for place, node in enumerate(nodes):
            _scatter(b, found[node], out, rows, place, len(nodes))
    b.ret_void()


def _row(b: ir.IRBuilder, block: ir.Value, lane: int, subjects: ir.Value) -> ir.Value:
    """Return the row of a lane; lanes beyond the last subject repeat it."""
    row = b.add(b.mul(block, integer(LANES)), integer(lane))
    last = b.sub(subjects, integer(1))
    return b.select(b.icmp_signed("<", row, last), row, last)


def _gather(b: ir.IRBuilder, array: ir.Value, rows: list[ir.Value], column: int, columns: int) -> ir.Value:
    vector: ir.Value = everywhere(0.0)
    for lane, row in enumerate(rows):
        place = b.add(b.mul(row, integer(columns)), integer(column))
        value = b.load(b.gep(array, [place], source_etype=DOUBLE), typ=DOUBLE)
        vector = b.insert_element(vector, value, integer(lane))
    return vector


def _scatter(b: ir.IRBuilder, vector: ir.Value, array: ir.Value, rows: list[ir.Value], column: int, columns: int) -> None:
    for lane, row in enumerate(rows):
        place = b.add(b.mul(row, integer(columns)), integer(column))
        b.store(b.extract_element(vector, integer(lane)), b.gep(array, [place], source_etype=DOUBLE))


def emit_constants(unit: Unit) -> None:
    """Write `constants(frame)`: evaluate the constants of the eight subjects from their parameters."""
    b, (base,) = unit.begin("constants")
    frame = Frame(unit.layout, b, base)
    given = {node: frame.load("parameter", i) for i, node in enumerate(unit.parameters)}
    found = emit_formulas(Lanes(b), unit.equations.graph, unit.constants, given)
    for place, node in enumerate(unit.constants):
        frame.store("constant", found[node], place)
    b.ret_void()


def emit_start(unit: Unit) -> None:
    """Write `start(frame, rtol, atol)`: set the first step size of the lanes marked fresh, NaN if a state or rate is not finite.

    The size follows E. Hairer, S. P. Norsett, G. Wanner, Solving Ordinary Differential Equations I, 2nd ed., II.4, without
    the explicit Euler step, since error control corrects a poor first guess.
    """
    b, (base, rtol, atol) = unit.begin("start")
    v, frame = Lanes(b), Frame(unit.layout, b, base)
    n = len(unit.equations.states)
    t, y = frame.load("t"), frame.load_all("y", n)
    rates = unit.rates(v, frame, unit.fixed(frame, unit.equations.rates), t, y)
    rtol, atol = v.spread(rtol), v.spread(atol)
    size: ir.Value | float = 0.0
    change: ir.Value | float = 0.0
    total: ir.Value | float = 0.0
    for place, (state, rate) in enumerate(zip(y, rates, strict=True)):
        least = v.multiply(atol, frame.load("scale", place))
        scale = v.divide(1.0, v.multiply_add(v.magnitude(state), rtol, least))
        size = _add_square(v, size, v.multiply(state, scale))
        change = _add_square(v, change, v.multiply(rate, scale))
        total = v.add(total, v.add(state, rate))
    h = v.multiply(FIRST_STEP, v.root(v.divide(size, change)))
    left = v.subtract(frame.load("stop"), t)
    h = v.smaller(v.larger(h, v.multiply(LEAST_FIRST_STEP, left)), left)
    h = v.select(v.compare("==", v.subtract(total, total), 0.0), h, math.nan)
    fresh = b.icmp_signed("!=", frame.load("fresh"), everywhere(0, frame.load("fresh").type))
    for name, value in (("h", h), ("memory", 0.0), ("pace", math.inf), ("growth", LARGEST_GROWTH)):
        frame.store(name, v.select(fresh, value, frame.load(name)))
    frame.store("fresh", everywhere(0, frame.load("fresh").type))
    b.ret_void()


def _add_square(v: Lanes, total: ir.Value | float, a: ir.Value) -> ir.Value:
    return v.multiply_add(a, a, total)

"""Machine code that writes readouts at output times, interpolated within the last accepted step."""

from __future__ import annotations

import math

from llvmlite import ir

from regimens.engine.codegen import Frame, Unit, element, load_field
from regimens.engine.lanes import DOUBLE, INT, Lanes, each_below, each_lane, integer


def emit_read(unit: Unit) -> None:
    """Write `read(frame, job, mask)`: write one output of each lane in `mask`; return the mask of lanes with another one due."""
    b, (base, job, mask) = unit.begin("read")
    v, frame = Lanes(b), Frame(unit.layout, b, base)
    due = frame.load("due")
    y = _interpolated(unit, v, frame, due)
    nodes = unit.equations.readouts
    row = unit.evaluate(v, nodes, unit.fixed(frame, nodes), due, y)
    for place, value in enumerate(row):
        frame.store("row", value, place)
    with each_lane(b, mask) as lane:
        _write_row(b, frame, job, lane)
    b.ret(v.bits(v.compare("<=", frame.load("due"), frame.load("t"))))


def _interpolated(unit: Unit, v: Lanes, frame: Frame, due: ir.Value) -> list[ir.Value]:
    """Emit the states at the output times by the method's dense output; at the end of a step, exactly the states."""
    s = v.divide(v.subtract(due, frame.load("began")), frame.load("span"))
    left = v.subtract(1.0, s)
    at_end = v.compare(">=", due, frame.load("t"))
    found = []
    for place in range(len(unit.equations.states)):
        end = frame.load("y", place)
        inner = frame.load("dense 2", place)
        for order in (1, 0):
            inner = v.multiply_add(s, inner, frame.load(f"dense {order}", place))
        curve = v.multiply(s, v.multiply_add(left, inner, end))
        curve = v.multiply_add(left, frame.load("before", place), curve)
        found.append(v.select(at_end, end, curve))
    return found


def _write_row(b: ir.IRBuilder, frame: Frame, job: ir.Value, lane: ir.Value) -> None:
    subject, output = frame.get("subject", lane), frame.get("output", lane)
    times, columns = load_field(b, job, "times"), load_field(b, job, "columns")
    first = b.mul(b.add(b.mul(subject, times), output), columns)
    with each_below(b, columns) as column:
        readout = b.load(element(b, job, "chosen", column), typ=INT)
        b.store(frame.get("row", lane, readout), element(b, job, "out", b.add(first, column)))
    following = b.add(output, integer(1))
    frame.put("output", lane, following)
    emit_next_output(b, frame, job, lane, subject, following)


def emit_next_output(b: ir.IRBuilder, frame: Frame, job: ir.Value, lane: ir.Value, subject: ir.Value, output: ir.Value) -> None:
    """Emit the load of a lane's next output time, or infinity after the last."""
    times = load_field(b, job, "times")
    more = b.icmp_signed("<", output, times)
    with b.if_else(more) as (then, otherwise):
        with then:
            place = b.add(b.mul(subject, load_field(b, job, "output_stride")), output)
            frame.put("due", lane, b.load(element(b, job, "output_time", place), typ=DOUBLE))
        with otherwise:
            frame.put("due", lane, ir.Constant(DOUBLE, math.inf))

"""Machine code that writes readouts at output times, interpolated within the last accepted step."""

from __future__ import annotations

import math
from collections.abc import Iterable

from llvmlite import ir

from regimens.engine.codegen import Frame, Unit, element, load_field
from regimens.engine.lanes import DOUBLE, INT, Lanes, each_below, each_lane, integer


def emit_read(unit: Unit) -> None:
    """Write `read(frame, job, mask)`: write one output of each lane in `mask`; return the mask of lanes with another one due."""
    b, (base, job, mask) = unit.begin("read")
    v, frame = Lanes(b), Frame(unit.layout, b, base)
    due = frame.load("due")
    share = v.divide(v.subtract(due, frame.load("began")), frame.load("span"))
    at_end = v.compare(">=", due, frame.load("t"))
    curves = interpolated(v, frame, share, range(len(unit.equations.states)))
    y = [v.select(at_end, frame.load("y", place), curve) for place, curve in enumerate(curves)]
    nodes = unit.equations.readouts
    row = unit.evaluate(v, nodes, unit.fixed(frame, nodes), due, y)
    for place, value in enumerate(row):
        frame.store("row", value, place)
    with each_lane(b, mask) as lane:
        _write_row(b, frame, job, lane)
    b.ret(v.bits(v.compare("<=", frame.load("due"), frame.load("t"))))


def interpolated(v: Lanes, frame: Frame, share: ir.Value, places: Iterable[int]) -> list[ir.Value]:
    """Emit some states at a share of the last accepted step, by the method's dense output."""
    left = v.subtract(1.0, share)
    found = []
    for place in places:
        inner = frame.load("dense 2", place)
        for order in (1, 0):
            inner = v.multiply_add(share, inner, frame.load(f"dense {order}", place))
        curve = v.multiply(share, v.multiply_add(left, inner, frame.load("y", place)))
        found.append(v.multiply_add(left, frame.load("before", place), curve))
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

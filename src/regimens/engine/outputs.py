"""Machine code that writes readouts at output times, interpolated within the last accepted step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from llvmlite import ir

from regimens.engine.codegen import Frame, Unit, element, load_field
from regimens.engine.lanes import DOUBLE, INT, Lanes, each_below, each_lane, integer, weighted
from regimens.engine.rodas5p import DENSE, STAGES


def emit_read(unit: Unit) -> None:
    """Write `read(frame, job, mask)`: write one output of each lane in `mask`; return the mask of lanes with another one due."""
    b, (base, job, mask) = unit.begin("read")
    v, frame = Lanes(b), Frame(unit.layout, b, base)
    due = frame.load("due")
    share = v.divide(v.subtract(due, frame.load("began")), frame.load("span"))
    at_end = v.compare(">=", due, frame.load("t"))
    curves = Curves.of(v, frame, range(len(unit.equations.states))).at(v, share)
    y = [v.select(at_end, frame.load("y", place), curve) for place, curve in enumerate(curves)]
    nodes = unit.equations.readouts
    row = unit.evaluate(v, nodes, unit.fixed(frame, nodes), due, y)
    for place, value in enumerate(row):
        frame.store("row", value, place)
    with each_lane(b, mask) as lane:
        _write_row(b, frame, job, lane)
    b.ret(v.bits(v.compare("<=", frame.load("due"), frame.load("t"))))


@dataclass(frozen=True)
class Curves:
    """Some states within the last accepted step, by the method's dense output: start, end, and the terms of `rodas5p.DENSE`."""

    starts: list[ir.Value]
    ends: list[ir.Value]
    terms: list[list[ir.Value]]

    @classmethod
    def of(cls, v: Lanes, frame: Frame, places: Iterable[int]) -> Curves:
        """Emit the terms of the states at these places."""
        starts, ends, terms = [], [], []
        for place in places:
            stages = [frame.load(f"stage {i}", place) for i in range(STAGES)]
            starts.append(frame.load("before", place))
            ends.append(frame.load("y", place))
            terms.append([weighted(v, weights, stages) for weights in DENSE])
        return cls(starts, ends, terms)

    def at(self, v: Lanes, share: ir.Value) -> list[ir.Value]:
        """Emit the states at a share of the step."""
        left = v.subtract(1.0, share)
        found = []
        for start, end, (first, second, third) in zip(self.starts, self.ends, self.terms, strict=True):
            inner = v.multiply_add(share, v.multiply_add(share, third, second), first)
            curve = v.multiply(share, v.multiply_add(left, inner, end))
            found.append(v.multiply_add(left, start, curve))
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

"""Machine code that measures curves step by step: the second module of machine code, made for a model and a list of measures.

The driver calls its three functions where the job names them. Each thread has a memory for the measures of its eight subjects,
laid out as the frame is. Every accepted step is a polynomial of degree 4 for each state. A measure takes it whole, or the
part of it that its window leaves, and an observable is evaluated at the nodes of every such piece: what one measure finds does
not depend on the windows of others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from llvmlite import ir

from regimens.engine import quartic
from regimens.engine.codegen import Frame, element
from regimens.engine.lanes import INTS, MASK, Lanes, each_below, everywhere, integer
from regimens.engine.measures import MISSING, ROUNDING, SAME, Area, Excursion, Extreme, Measure, Measures
from regimens.engine.observed import Code, Observed, Piece, observed

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel

LOWEST = -1.7e308
"""Stands for the top of a curve before anything is seen of it: finite, so that differences from it are numbers."""


def measuring_text(compiled: CompiledModel, measures: Measures) -> str:
    """Return the LLVM IR that takes some measures of a model."""
    code = Code.of(compiled, measures)
    functions = code.unit.functions
    quartic.emit_root(functions["root"])
    quartic.emit_top(functions["top"], functions["root"])
    quartic.emit_positive(functions["positive"], functions["root"])
    _emit_start(code)
    _emit_step(code)
    _emit_end(code)
    return str(code.unit.module)


def _emit_start(code: Code) -> None:
    """Write `measure_start(frame, memory, job)`: set the memory of the lanes whose subject has not begun: slot `begun` is 0."""
    b, frame, memory, job, _ = code.begin("measure_start")
    v = Lanes(b)
    new = b.icmp_signed("==", frame.load("begun"), everywhere(0, INTS))

    def put(name: str, value: ir.Value | float) -> None:
        memory.store(name, v.select(new, value, memory.load(name)))

    y = frame.load_all("y", len(code.unit.equations.states))
    nodes = code.nodes
    found = code.unit.evaluate(v, nodes.values(), code.unit.fixed(frame, nodes.values()), frame.load("t"), y)
    put("measured", 0.0)
    baseline = dict(zip(nodes, found, strict=True))
    for place, measure in enumerate(code.measures.measures):
        before = _signed(v, measure, baseline[measure.observable])
        from_start = b.fcmp_ordered("<=", _bound(code, b, job, measure, 0), ir.Constant(ir.DoubleType(), 0.0))
        for slot, value in _first(code, v, job, measure, before, from_start).items():
            put(f"{place} {slot}", value)
    frame.store("begun", everywhere(1, INTS))
    b.ret_void()


def _first(
    code: Code, v: Lanes, job: ir.Value, measure: Measure, before: ir.Value, from_start: ir.Value
) -> dict[str, ir.Value | float]:
    """Emit what a measure begins with; `before` is the value before anything happens, `from_start` whether it counts."""
    b = v.builder

    def if_from_start(value: ir.Value | float, otherwise: float) -> ir.Value:
        return b.select(from_start, v.add(value, 0.0), everywhere(otherwise))

    match measure:
        case Extreme():
            value, missing = if_from_start(before, LOWEST), if_from_start(v.multiply(0.0, before), 0.0)
            least = if_from_start(before, math.inf)
            return {"value": value, "time_h": 0.0, "top": value, "least": least, "climbing": 0.0, MISSING: missing}
        case Excursion():
            number, of_baseline, of_size = (_number(b, job, code.measures.threshold_at(measure) + i) for i in range(3))
            baseline = _signed(v, measure, before)
            threshold = v.add(_times(v, of_baseline, baseline), v.spread(number))
            threshold = _signed(v, measure, v.add(_times(v, of_size, v.magnitude(baseline)), threshold))
            beyond = v.compare(">", before, threshold)
            first, last = v.select(beyond, 0.0, math.inf), v.select(beyond, 0.0, -math.inf)
            spans = {"first_h": if_from_start(first, math.inf), "last_h": if_from_start(last, -math.inf)}
            missing = v.add(v.multiply(0.0, threshold), if_from_start(v.multiply(0.0, before), 0.0))
            return {"hours": 0.0, "area": 0.0, **spans, "limit": threshold, MISSING: missing}
    return {"area": 0.0, MISSING: 0.0}


def _times(v: Lanes, factor: ir.Value, value: ir.Value) -> ir.Value:
    """Emit factor x value, 0 where the factor is 0 even of a value that is not finite."""
    return v.select(v.compare("==", v.spread(factor), 0.0), 0.0, v.multiply(v.spread(factor), value))


def _signed(v: Lanes, measure: Measure, value: ir.Value) -> ir.Value:
    """Emit a value with its sign turned where what is low or below is measured, as the highest of the negated curve."""
    return v.negate(value) if getattr(measure, "side", "") in ("lowest", "below") else value


def _number(b: ir.IRBuilder, job: ir.Value, place: int) -> ir.Value:
    return b.load(element(b, job, "measure_numbers", integer(place)), typ=ir.DoubleType())


def _bound(code: Code, b: ir.IRBuilder, job: ir.Value, measure: Measure, side: int) -> ir.Value:
    return _number(b, job, 2 * code.measures.window(measure) + side)


def _emit_step(code: Code) -> None:
    """Write `measure_step(frame, memory, job)`: take the measures of the step that each lane has taken since the last call.

    In turn 0 a step is taken by every window that holds the whole of it, in turn 1 + k by window k if that holds a part.
    """
    b, frame, memory, job, _ = code.begin("measure_step")
    v = Lanes(b)
    start, now = memory.load("measured"), frame.load("t")
    new = b.and_(v.compare("<", start, now), b.icmp_signed(">=", frame.load("subject"), everywhere(0, INTS)))
    windows = [_window(code, v, job, place, new, start, now) for place in range(len(code.measures.windows))]
    with each_below(b, integer(1 + len(windows))) as turn:
        is_first, begin, end, inside = b.icmp_signed("==", turn, integer(0)), start, now, []
        for place, window in enumerate(windows):
            mine = b.icmp_signed("==", turn, integer(1 + place))
            begin, end = b.select(mine, window.begin, begin), b.select(mine, window.end, end)
            inside.append(b.select(is_first, window.whole, b.select(mine, window.part, everywhere(0, MASK))))
        with _where(b, v, reduce(b.or_, inside)):
            piece = Piece(begin, end, v.subtract(end, begin), observed(code, v, frame, begin, end))
            for place, measure in enumerate(code.measures.measures):
                _take(code, v, Slots(memory, place), measure, inside[code.measures.window(measure)], piece)
    memory.store("measured", v.select(new, now, start))
    b.ret_void()


@dataclass(frozen=True)
class _Window:
    """A window and the step of each lane: where it holds all of it, where only a part, and that part's begin and end."""

    whole: ir.Value
    part: ir.Value
    begin: ir.Value
    end: ir.Value


def _window(code: Code, v: Lanes, job: ir.Value, place: int, new: ir.Value, start: ir.Value, now: ir.Value) -> _Window:
    """Emit what a window holds of the `new` steps from start to now."""
    b = v.builder
    low, high = (v.spread(_number(b, job, 2 * place + side)) for side in (0, 1))
    whole = b.and_(new, b.and_(v.compare(">=", start, low), v.compare("<=", now, high)))
    some = b.and_(new, b.and_(v.compare("<", start, high), v.compare("<", low, now)))
    return _Window(whole, b.and_(some, b.not_(whole)), v.larger(low, start), v.smaller(high, now))


@contextmanager
def _where(b: ir.IRBuilder, v: Lanes, mask: ir.Value) -> Iterator[None]:
    """Write code that runs where a lane of the mask is set."""
    with b.if_then(b.icmp_signed("!=", v.bits(mask), integer(0))):
        yield


def _take(code: Code, v: Lanes, slots: Slots, measure: Measure, inside: ir.Value, piece: Piece) -> None:
    """Emit one measure of a piece, in the lanes where the piece is inside its window."""
    b = v.builder
    with _where(b, v, inside):
        seen = piece.observed[measure.observable].signed(v, measure)
        slots.add(v, inside, MISSING, seen.missing)
        match measure:
            case Area():
                slots.add(v, inside, "area", v.multiply(piece.length, quartic.mean(v, seen.values)))
            case Extreme():
                reaches = b.or_(v.compare(">", seen.highest, slots.get("top")), v.compare("<", seen.least, slots.get("least")))
                matters = b.and_(inside, b.or_(reaches, v.compare(">", slots.get("climbing"), 0.0)))
                with _where(b, v, matters):
                    _take_extreme(code, v, slots, matters, seen, piece)
            case Excursion():
                some = b.and_(inside, v.compare(">", seen.highest, slots.get("limit")))
                with _where(b, v, some):
                    _take_excursion(code, v, slots, some, seen, piece)


@dataclass(frozen=True)
class Slots:
    """The slots of one measure in the memory."""

    memory: Frame
    place: int

    def get(self, slot: str) -> ir.Value:
        """Emit the load of a slot."""
        return self.memory.load(f"{self.place} {slot}")

    def put(self, v: Lanes, mask: ir.Value, slot: str, value: ir.Value | float) -> None:
        """Emit the store of a slot where the mask is set."""
        self.memory.store(f"{self.place} {slot}", v.select(mask, value, self.get(slot)))

    def add(self, v: Lanes, mask: ir.Value, slot: str, value: ir.Value) -> None:
        """Emit the sum of a slot and a value where the mask is set."""
        self.put(v, mask, slot, v.add(self.get(slot), value))


def _take_extreme(code: Code, v: Lanes, slots: Slots, inside: ir.Value, seen: Observed, piece: Piece) -> None:
    b, values = v.builder, seen.values
    top = slots.get("top")
    at_end = v.compare(">", values[4], values[0])
    height, where = v.select(at_end, values[4], values[0]), v.select(at_end, piece.end, piece.start)
    unsure = b.and_(b.and_(inside, v.compare(">", seen.highest, top)), b.not_(seen.monotone))
    height, share = _look(code, v, "top", unsure, values, [height, v.select(at_end, 1.0, 0.0)])
    within = v.multiply_add(share, piece.length, piece.start)
    where = v.select(unsure, v.select(v.compare("<", share, 1.0), within, piece.end), where)
    best, least = v.larger(slots.get("value"), height), v.smaller(slots.get("least"), seen.least)
    step = v.larger(v.multiply(SAME, v.subtract(best, least)), v.multiply(ROUNDING, v.magnitude(top)))
    climbs = b.and_(v.compare(">", slots.get("climbing"), 0.0), v.compare(">", height, top))
    higher = b.and_(inside, b.or_(climbs, v.compare(">", height, v.add(top, step))))
    slots.put(v, higher, "top", height)
    slots.put(v, higher, "time_h", where)
    slots.put(v, inside, "climbing", v.select(b.and_(higher, v.compare(">=", where, piece.end)), 1.0, 0.0))
    slots.put(v, inside, "value", best)
    slots.put(v, inside, "least", least)


def _take_excursion(code: Code, v: Lanes, slots: Slots, some: ir.Value, seen: Observed, piece: Piece) -> None:
    b = v.builder
    threshold = slots.get("limit")
    excess = [v.subtract(value, threshold) for value in seen.values]
    whole = v.compare(">", seen.lowest, threshold)
    plain = [everywhere(1.0), quartic.mean(v, excess), everywhere(0.0), everywhere(1.0)]
    share, area, first, last = _look(code, v, "positive", b.and_(some, b.not_(whole)), excess, plain)
    some = b.and_(some, v.compare(">=", last, 0.0))
    slots.add(v, some, "hours", v.multiply(share, piece.length))
    slots.add(v, some, "area", v.multiply(area, piece.length))
    begins, ends = v.multiply_add(first, piece.length, piece.start), v.multiply_add(last, piece.length, piece.start)
    slots.put(v, some, "first_h", v.smaller(slots.get("first_h"), begins))
    slots.put(v, some, "last_h", v.select(v.compare(">=", last, 1.0), piece.end, ends))


def _look(code: Code, v: Lanes, function: str, unsure: ir.Value, values: list[ir.Value], plain: list[ir.Value]) -> list[ir.Value]:
    """Emit the call of a function of `quartic` where a lane is unsure; return its answers there, and `plain` elsewhere."""
    b = v.builder
    before = b.block
    called, after = b.append_basic_block("look"), b.append_basic_block("on")
    b.cbranch(b.icmp_signed("!=", v.bits(unsure), integer(0)), called, after)
    b.position_at_end(called)
    answer = b.call(code.unit.functions[function], [v.select(unsure, value, 0.0) for value in values])
    found = [v.select(unsure, b.extract_value(answer, place), other) for place, other in enumerate(plain)]
    called = b.block
    b.branch(after)
    b.position_at_end(after)
    answers = []
    for value, other in zip(found, plain, strict=True):
        either = b.phi(other.type)
        either.add_incoming(value, called)
        either.add_incoming(other, before)
        answers.append(either)
    return answers


def _emit_end(code: Code) -> None:
    """Write `measure_end(frame, memory, job, lane)`: store the measures of a lane's subject, in model time."""
    b, frame, memory, job, (lane,) = code.begin("measure_end")
    subject = frame.get("subject", lane)
    first = b.mul(subject, integer(code.measures.columns))
    column = 0
    for place, measure in enumerate(code.measures.measures):
        missing = memory.get(f"{place} {MISSING}", lane)
        for slot in measure.columns:
            value = b.fadd(memory.get(f"{place} {slot}", lane), missing)
            lowest = isinstance(measure, Extreme) and measure.side == "lowest" and slot == "value"
            b.store(b.fneg(value) if lowest else value, element(b, job, "measured", b.add(first, integer(column))))
            column += 1
    b.ret_void()

"""The driver: machine code that takes subjects from the queue and integrates each from action to action until its end."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llvmlite import ir

from regimens.engine.codegen import Frame, Unit, element, load_field
from regimens.engine.kernel import LEAST_SCALE, SAVED
from regimens.engine.lanes import (
    BIT,
    BYTE,
    DOUBLE,
    INT,
    INTS,
    LANES,
    POINTER,
    SLOT_BYTES,
    VOID,
    Lanes,
    each_below,
    each_lane,
    everywhere,
    integer,
    reserve,
    while_nonzero,
)
from regimens.engine.outputs import emit_next_output, emit_read
from regimens.engine.scale import emit_scale
from regimens.engine.start import emit_constants, emit_start, emit_table
from regimens.engine.step import DUE, LOST, emit_step
from regimens.engine.trajectories import OK

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel

FLUSH_DENORMALS = 0x8040
"""Bits flush-to-zero and denormals-are-zero of the x86 MXCSR. Without them, denormals in decayed compartments make a run up to
twenty times slower."""

X86 = ("x86_64", "i386", "i686")


def module_text(compiled: CompiledModel, machine: str) -> str:
    """Return the LLVM IR of a model for a kind of processor such as 'x86_64'."""
    unit = Unit.of(compiled)
    emit_table(unit)
    emit_constants(unit)
    emit_scale(unit)
    emit_start(unit)
    emit_step(unit)
    emit_read(unit)
    _emit_copy(unit, "save")
    _emit_copy(unit, "resume")
    _emit_fill(unit)
    _emit_finish(unit)
    _emit_land(unit)
    _emit_settle(unit)
    _emit_run(unit, machine)
    return str(unit.module)


def _emit_fill(unit: Unit) -> None:
    """Write `fill(frame, memory, job, lane)`: start the next subject in a lane, or make the lane idle if there is none."""
    b, (base, memory, job, lane) = unit.begin("fill")
    frame = Frame(unit.layout, b, base)
    subject = b.atomic_rmw("add", load_field(b, job, "next"), integer(1), "monotonic")
    for name in ("began", "t"):
        frame.put(name, lane, ir.Constant(DOUBLE, 0.0))
    for name in ("output", "action", "accepted", "rejected", "begun"):
        frame.put(name, lane, integer(0))
    frame.put("fresh", lane, integer(1))
    with b.if_else(b.icmp_signed("<", subject, load_field(b, job, "subjects"))) as (then, otherwise):
        with then:
            frame.put("subject", lane, subject)
            _copy_row(b, frame, job, lane, subject, "values", "parameter", len(unit.parameters))
            n = len(unit.equations.states)
            _copy_row(b, frame, job, lane, subject, "initial", "y", n)
            _copy_row(b, frame, job, lane, subject, "scales", "scale", n)
            with each_below(b, integer(n)) as place:
                frame.put("infusion", lane, ir.Constant(DOUBLE, 0.0), place)
            begin = b.load(element(b, job, "begin", subject), typ=DOUBLE)
            for name in ("began", "t"):
                frame.put(name, lane, begin)
            with b.if_then(b.icmp_signed("!=", load_field(b, job, "saved_slots"), integer(0))):
                place = b.load(element(b, job, "resumed", subject), typ=INT)
                with b.if_then(b.icmp_signed(">=", place, integer(0))):
                    b.call(unit.functions["resume"], [base, memory, job, lane, place])
            emit_next_output(b, frame, job, lane, subject, frame.get("output", lane))
            _set_stop(b, frame, job, lane, subject, integer(0))
        with otherwise:
            frame.put("subject", lane, integer(-1))
            for name in ("due", "stop"):
                frame.put(name, lane, ir.Constant(DOUBLE, math.inf))
    b.ret_void()


def _emit_copy(unit: Unit, name: str) -> None:
    """Write `save` or `resume` (frame, memory, job, lane, place): keep what is known of a lane, or go on from it."""
    b, (base, memory, job, lane, place) = unit.begin(name)
    frame, states = Frame(unit.layout, b, base), len(unit.equations.states)
    first = b.mul(place, load_field(b, job, "saved_slots"))

    def copy(cell: ir.Value, slot: ir.Value) -> None:
        kept = element(b, job, "saved", b.add(first, slot))
        here, there = (cell, kept) if name == "save" else (kept, cell)
        b.store(b.load(here, typ=INT), there)

    known = 0
    for slot, each in SAVED.items():
        for index in range(states if each else 1):
            copy(frame.cell(slot, lane, integer(index)), integer(known))
            known += 1
    with each_below(b, load_field(b, job, "measure_slots")) as slot:
        offset = b.add(b.mul(slot, integer(SLOT_BYTES)), b.mul(lane, integer(8)))
        copy(b.gep(memory, [offset], source_etype=BYTE), b.add(slot, integer(known)))
    if name == "resume":
        frame.put("begun", lane, integer(1))
    b.ret_void()


def _copy_row(
    b: ir.IRBuilder, frame: Frame, job: ir.Value, lane: ir.Value, subject: ir.Value, array: str, slot: str, count: int
) -> None:
    first = b.mul(subject, integer(count))
    with each_below(b, integer(count)) as place:
        value = b.load(element(b, job, array, b.add(first, place)), typ=DOUBLE)
        frame.put(slot, lane, value, place)


def _action(
    b: ir.IRBuilder, job: ir.Value, array: str, stride: str, subject: ir.Value, action: ir.Value, kind: ir.Type
) -> ir.Value:
    place = b.add(b.mul(subject, load_field(b, job, stride)), action)
    return b.load(element(b, job, array, place), typ=kind)


def _set_stop(b: ir.IRBuilder, frame: Frame, job: ir.Value, lane: ir.Value, subject: ir.Value, action: ir.Value) -> None:
    frame.put("stop", lane, _action(b, job, "action_time", "time_stride", subject, action, DOUBLE))


def _emit_finish(unit: Unit) -> None:
    """Write `finish(frame, memory, job, lane, status)`: store how the lane's subject ended, and its measures if it ended well."""
    b, (base, memory, job, lane, status) = unit.begin("finish")
    frame = Frame(unit.layout, b, base)
    subject = frame.get("subject", lane)
    b.store(status, element(b, job, "status", subject))
    for array, slot in (("accepted", "accepted"), ("rejected", "rejected"), ("written", "output"), ("stopped", "t")):
        b.store(frame.get(slot, lane), element(b, job, array, subject))
    n = integer(len(unit.equations.states))
    with each_below(b, n) as place:
        for array, slot in (("end_states", "y"), ("end_scales", "scale")):
            entry = b.add(b.mul(subject, n), place)
            b.store(frame.get(slot, lane, place), element(b, job, array, entry))
    with b.if_then(b.and_(_measuring(b, job), b.icmp_signed("==", status, integer(OK)))):
        _call_measuring(b, job, "measure_end", [base, memory, job, lane])
    b.ret_void()


def _measuring(b: ir.IRBuilder, job: ir.Value) -> ir.Value:
    """Emit whether the job has measures."""
    return b.icmp_signed("!=", load_field(b, job, "measure_slots"), integer(0))


def _call_measuring(b: ir.IRBuilder, job: ir.Value, name: str, arguments: list[ir.Value]) -> None:
    """Emit the call of a function of the second module, whose address is in the job."""
    b.call(_Callee(load_field(b, job, name), ir.FunctionType(VOID, [argument.type for argument in arguments])), arguments)


@dataclass(frozen=True)
class _Callee:
    """An address to call: llvmlite asks a callee for its type, which an untyped pointer does not have."""

    address: ir.Value
    function_type: ir.FunctionType

    def get_reference(self) -> str:
        """Return the name of the address in the module's text."""
        return str(self.address.get_reference())


def _emit_land(unit: Unit) -> None:
    """Write `land(frame, memory, job, lane)`: apply the actions that are due; the last action ends the subject.

    A state that is set begins anew: its scale forgets what was before, as at the start of a subject.
    """
    b, (base, memory, job, lane) = unit.begin("land")
    frame = Frame(unit.layout, b, base)
    n = len(unit.equations.states)
    subject = frame.get("subject", lane)
    frame.put("fresh", lane, integer(1))
    with while_nonzero(b, integer(1)) as loop:
        action = frame.get("action", lane)
        target = _action(b, job, "action_target", "target_stride", subject, action, INT)
        with b.if_then(b.icmp_signed("==", target, integer(2 * n))):
            b.call(unit.functions["finish"], [base, memory, job, lane, integer(OK)])
            b.call(unit.functions["fill"], [base, memory, job, lane])
            b.ret_void()
            b.position_at_end(b.append_basic_block("unreachable"))
        value = _action(b, job, "action_value", "value_stride", subject, action, DOUBLE)
        with b.if_else(b.icmp_signed("==", target, integer(3 * n + 1))) as (saves, acts):
            with saves:
                b.call(unit.functions["save"], [base, memory, job, lane, b.fptosi(value, INT)])
            with acts:
                _act(unit, b, frame, lane, target, value)
        following = b.add(action, integer(1))
        frame.put("action", lane, following)
        _set_stop(b, frame, job, lane, subject, following)
        more = b.fcmp_ordered("<=", frame.get("stop", lane), frame.get("t", lane))
        loop.following = b.zext(more, INT)
    b.ret_void()


def _act(unit: Unit, b: ir.IRBuilder, frame: Frame, lane: ir.Value, target: ir.Value, value: ir.Value) -> None:
    """Emit one action on the state or the infusion rate `target`, see `timeline.Timeline`."""
    n = len(unit.equations.states)
    with b.if_else(b.icmp_signed(">", target, integer(2 * n))) as (sets, otherwise):
        with sets:
            state = b.sub(target, integer(2 * n + 1))
            frame.put("y", lane, value, state)
            frame.put("scale", lane, ir.Constant(DOUBLE, LEAST_SCALE), state)
        with otherwise:
            adds = b.icmp_signed("<", target, integer(n))
            old = b.select(adds, frame.get("y", lane, target), ir.Constant(DOUBLE, 0.0))
            frame.put("y", lane, b.fadd(old, value), target)


def _emit_settle(unit: Unit) -> None:
    """Write `settle(frame, memory, job)`: write outputs and apply actions until no lane is at a stop; set first step sizes.

    The measures of a new subject begin before its first action.
    """
    b, (base, memory, job) = unit.begin("settle")
    v, frame = Lanes(b), Frame(unit.layout, b, base)
    with while_nonzero(b, integer(1)) as loop:
        b.call(unit.functions["constants"], [base])
        new = v.bits(b.icmp_signed("==", frame.load("begun"), everywhere(0, INTS)))
        with b.if_then(b.and_(_measuring(b, job), b.icmp_signed("!=", new, integer(0)))):
            _call_measuring(b, job, "measure_start", [base, memory, job])
        _emit_reading(unit, b, base, job, v.bits(v.compare("<=", frame.load("due"), frame.load("t"))))
        landing = v.bits(v.compare("<=", frame.load("stop"), frame.load("t")))
        with each_lane(b, landing) as lane:
            b.call(unit.functions["land"], [base, memory, job, lane])
        loop.following = landing
    b.call(unit.functions["scale"], [base, load_field(b, job, "period")])
    b.call(unit.functions["start"], [base, load_field(b, job, "rtol"), load_field(b, job, "atol")])
    b.ret_void()


def _emit_reading(unit: Unit, b: ir.IRBuilder, base: ir.Value, job: ir.Value, mask: ir.Value) -> None:
    with while_nonzero(b, mask) as loop:
        loop.following = b.call(unit.functions["read"], [base, job, loop.value])


def _emit_run(unit: Unit, machine: str) -> None:
    """Write `run(job)`: integrate subjects until the queue is empty or the job is halted."""
    function = ir.Function(unit.module, ir.FunctionType(VOID, (POINTER,)), "run")
    b = ir.IRBuilder(function.append_basic_block("entry"))
    (job,) = function.args
    base, memory = _new_frame(unit, b), _new_memory(b, job)
    v, frame = Lanes(b), Frame(unit.layout, b, base)
    restore = _flush_denormals(b, machine)
    frame.store("span", v.number(1.0))
    with each_below(b, integer(LANES)) as lane:
        b.call(unit.functions["fill"], [base, memory, job, lane])
    b.call(unit.functions["settle"], [base, memory, job])
    with while_nonzero(b, _going_on(b, v, frame, job)) as loop:
        settings = [load_field(b, job, name) for name in ("rtol", "atol", "max_steps", "measure_slots")]
        answer = b.call(unit.functions["step"], [base, *settings])
        _emit_reading(unit, b, base, job, _mask(b, answer, DUE))
        with b.if_then(_measuring(b, job)):
            _call_measuring(b, job, "measure_step", [base, memory, job])
        with b.if_then(b.icmp_unsigned(">=", answer, integer(1 << LANES))):
            with each_lane(b, _mask(b, answer, LOST)) as lane:
                b.call(unit.functions["finish"], [base, memory, job, lane, frame.get("status", lane)])
                b.call(unit.functions["fill"], [base, memory, job, lane])
            b.call(unit.functions["settle"], [base, memory, job])
        loop.following = _going_on(b, v, frame, job)
    restore()
    b.ret_void()


def _mask(b: ir.IRBuilder, answer: ir.Value, place: int) -> ir.Value:
    return b.and_(b.lshr(answer, integer(LANES * place)), integer((1 << LANES) - 1))


def _going_on(b: ir.IRBuilder, v: Lanes, frame: Frame, job: ir.Value) -> ir.Value:
    """Return the busy lanes, or 0 when the job is halted."""
    busy = v.bits(b.icmp_signed(">=", frame.load("subject"), everywhere(0, INTS)))
    halted = b.load_atomic(load_field(b, job, "halt"), "monotonic", 8, typ=INT)
    return b.select(b.icmp_signed("==", halted, integer(0)), busy, integer(0))


def _new_frame(unit: Unit, b: ir.IRBuilder) -> ir.Value:
    """Reserve the frame on the stack and set it to zero."""
    size = unit.layout.slots * SLOT_BYTES
    base = reserve(b, ir.ArrayType(BYTE, size), SLOT_BYTES)
    kind = ir.FunctionType(VOID, (POINTER, BYTE, INT, BIT))
    fill = b.module.declare_intrinsic("llvm.memset.p0.i64", fnty=kind)
    b.call(fill, [base, ir.Constant(BYTE, 0), integer(size), ir.Constant(BIT, 0)])
    return base


def _new_memory(b: ir.IRBuilder, job: ir.Value) -> ir.Value:
    """Reserve the memory of the measures on the stack; `measure_start` sets it."""
    memory = b.alloca(BYTE, size=b.mul(load_field(b, job, "measure_slots"), integer(SLOT_BYTES)))
    memory.align = SLOT_BYTES
    memory.type = POINTER
    return memory


def _flush_denormals(b: ir.IRBuilder, machine: str) -> Callable[[], object]:
    """Make an x86 processor flush denormals; return a function that writes the code to restore the previous mode."""
    if machine not in X86:
        return lambda: None
    word = ir.IntType(32)
    before, during = (reserve(b, word, 4) for _ in range(2))
    kind = ir.FunctionType(VOID, (POINTER,))
    save, load = (ir.Function(b.module, kind, f"llvm.x86.sse.{name}") for name in ("stmxcsr", "ldmxcsr"))
    b.call(save, [before])
    b.store(b.or_(b.load(before, typ=word), ir.Constant(word, FLUSH_DENORMALS)), during)
    b.call(load, [during])
    return lambda: b.call(load, [before])

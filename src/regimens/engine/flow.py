"""Loops in LLVM IR, written as `with` blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from llvmlite import ir

from regimens.engine.lanes import BIT, INT, integer


@dataclass
class Loop:
    """A running loop: `value` in this round; the body sets `following` for the next."""

    value: ir.Value
    following: ir.Value | None = None


@contextmanager
def while_nonzero(b: ir.IRBuilder, first: ir.Value) -> Iterator[Loop]:
    """Repeat the body until the integer it leaves in `following` is 0; not at all if `first` is 0."""
    before = b.block
    head, body, after = (b.append_basic_block(name) for name in ("head", "body", "after"))
    b.branch(head)
    b.position_at_end(head)
    value = b.phi(INT)
    value.add_incoming(first, before)
    b.cbranch(b.icmp_signed("!=", value, integer(0)), body, after)
    b.position_at_end(body)
    loop = Loop(value)
    yield loop
    value.add_incoming(loop.following, b.block)
    b.branch(head)
    b.position_at_end(after)


@contextmanager
def each_lane(b: ir.IRBuilder, mask: ir.Value) -> Iterator[ir.Value]:
    """Run the body for the number of every set bit of `mask`."""
    with while_nonzero(b, mask) as loop:
        count = b.module.declare_intrinsic("llvm.cttz.i64", fnty=ir.FunctionType(INT, (INT, BIT)))
        yield b.call(count, [loop.value, ir.Constant(BIT, 1)])
        loop.following = b.and_(loop.value, b.sub(loop.value, integer(1)))


@contextmanager
def each_below(b: ir.IRBuilder, count: ir.Value) -> Iterator[ir.Value]:
    """Run the body for 0, 1, ... below `count`."""
    with while_nonzero(b, count) as loop:
        yield b.sub(count, loop.value)
        loop.following = b.sub(loop.value, integer(1))

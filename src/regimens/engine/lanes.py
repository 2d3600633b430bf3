"""Vectors of eight doubles, one lane a subject, as LLVM IR: types, arithmetic, and loops.

All arithmetic is lane by lane, so a subject's result never depends on the other lanes. A product and a sum may be fused (one
rounding instead of two). No other change of the arithmetic is allowed: no reassociation, and NaN stays NaN.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from llvmlite import ir

LANES = 8
SLOT_BYTES = 8 * LANES

DOUBLE = ir.DoubleType()
INT = ir.IntType(64)
BYTE = ir.IntType(8)
BIT = ir.IntType(1)
POINTER = ir.PointerType()
VOID = ir.VoidType()
VECTOR = ir.VectorType(DOUBLE, LANES)
INTS = ir.VectorType(INT, LANES)
MASK = ir.VectorType(BIT, LANES)

FUSED = ("contract",)


def integer(value: int) -> ir.Constant:
    """Return a 64-bit integer constant."""
    return ir.Constant(INT, value)


def everywhere(value: float | int, kind: ir.VectorType = VECTOR) -> ir.Constant:
    """Return a constant that is the same in all lanes."""
    return ir.Constant(kind, [ir.Constant(kind.element, value)] * LANES)


def reserve(b: ir.IRBuilder, kind: ir.Type, alignment: int) -> ir.Value:
    """Return the address of new memory on the stack."""
    address = b.alloca(kind)
    address.align = alignment
    address.type = POINTER  # llvmlite still gives this one instruction a typed pointer, which LLVM no longer reads.
    return address


class Lanes:
    """Vector arithmetic emitted by `builder`. Arguments are vectors or numbers; a number is the same in all lanes."""

    def __init__(self, builder: ir.IRBuilder) -> None:
        self.builder = builder

    def _vector(self, value: ir.Value | float) -> ir.Value:
        return everywhere(float(value)) if isinstance(value, int | float) else value

    def add(self, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return a + b."""
        return self.builder.fadd(self._vector(a), self._vector(b), flags=FUSED)

    def subtract(self, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return a - b."""
        return self.builder.fsub(self._vector(a), self._vector(b), flags=FUSED)

    def multiply(self, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return a b."""
        return self.builder.fmul(self._vector(a), self._vector(b), flags=FUSED)

    def multiply_add(self, a: ir.Value | float, b: ir.Value | float, c: ir.Value | float) -> ir.Value:
        """Return a b + c, with one rounding where the processor has the instruction."""
        return self.add(self.multiply(a, b), c)

    def divide(self, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return a / b."""
        return self.builder.fdiv(self._vector(a), self._vector(b))

    def negate(self, a: ir.Value) -> ir.Value:
        """Return -a."""
        return self.builder.fneg(a)

    def magnitude(self, a: ir.Value) -> ir.Value:
        """Return |a|."""
        return self._intrinsic("llvm.fabs", a)

    def root(self, a: ir.Value) -> ir.Value:
        """Return the square root of a."""
        return self._intrinsic("llvm.sqrt", a)

    def _intrinsic(self, name: str, a: ir.Value) -> ir.Value:
        kind = ir.FunctionType(VECTOR, (VECTOR,))
        function = self.builder.module.declare_intrinsic(f"{name}.v{LANES}f64", fnty=kind)
        return self.builder.call(function, [a])

    def compare(self, operator: str, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return the mask of a `operator` b; false where either is NaN."""
        return self.builder.fcmp_ordered(operator, self._vector(a), self._vector(b))

    def select(self, mask: ir.Value, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return a where the mask is set, else b."""
        return self.builder.select(mask, self._vector(a), self._vector(b))

    def number(self, value: float) -> ir.Constant:
        """Return a number in all lanes."""
        return everywhere(float(value))

    def either(self, operator: str, a: ir.Value, b: ir.Value) -> ir.Value:
        """Return a where a `operator` b, else b; NaN where either is NaN."""
        first = self.builder.or_(self.compare(operator, a, b), self.builder.fcmp_unordered("uno", a, a))
        return self.builder.select(first, a, b)

    def larger(self, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return the larger; b where a is NaN, NaN where b is NaN."""
        return self.select(self.compare(">", a, b), a, b)

    def smaller(self, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return the smaller; b where a is NaN, NaN where b is NaN."""
        return self.select(self.compare("<", a, b), a, b)

    def spread(self, scalar: ir.Value) -> ir.Value:
        """Return a vector with one scalar in all lanes."""
        kind = ir.VectorType(scalar.type, LANES)
        single = self.builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, ir.Constant(ir.IntType(32), 0))
        return self.builder.shuffle_vector(
            single, ir.Constant(kind, ir.Undefined), everywhere(0, ir.VectorType(ir.IntType(32), LANES))
        )

    def bits(self, mask: ir.Value) -> ir.Value:
        """Return a mask as an integer with bit i for lane i."""
        return self.builder.zext(self.builder.bitcast(mask, ir.IntType(LANES)), INT)


def weighted(v: Lanes, weights: tuple[float, ...], values: list[ir.Value]) -> ir.Value:
    """Emit the sum of values times numbers, in their order."""
    total = v.multiply(weights[0], values[0])
    for weight, value in zip(weights[1:], values[1:], strict=True):
        total = v.multiply_add(weight, value, total)
    return total


@dataclass
class Loop:
    """A loop being written: `value` in this iteration; the body sets `following`, the value of the next."""

    value: ir.Value
    following: ir.Value | None = None


@contextmanager
def while_nonzero(b: ir.IRBuilder, first: ir.Value) -> Iterator[Loop]:
    """Repeat the body until `following` is 0; skip it if `first` is 0."""
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
    """Run the body for the index of every set bit of `mask`."""
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

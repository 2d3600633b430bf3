"""Eight subjects at a time: arithmetic on vectors of eight doubles, as LLVM IR.

Everything is lane by lane, so that what a subject gets never depends on its neighbours. Products and sums may be fused
(one rounding instead of two) and nothing else may be changed: no reassociation, and what is not a number stays so.
"""

from __future__ import annotations

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
    """Vector arithmetic at the end of the block that `builder` writes. Arguments are vectors; numbers are spread."""

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
        """Return a b + c, with one rounding where the machine can."""
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
        """Return the mask of a `operator` b; false where either is not a number."""
        return self.builder.fcmp_ordered(operator, self._vector(a), self._vector(b))

    def select(self, mask: ir.Value, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return a where the mask is set, else b."""
        return self.builder.select(mask, self._vector(a), self._vector(b))

    def number(self, value: float) -> ir.Constant:
        """Return a number in all lanes."""
        return everywhere(float(value))

    def either(self, operator: str, a: ir.Value, b: ir.Value) -> ir.Value:
        """Return a where a `operator` b, else b; not a number where one of the two is none."""
        first = self.builder.or_(self.compare(operator, a, b), self.builder.fcmp_unordered("uno", a, a))
        return self.builder.select(first, a, b)

    def larger(self, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return the larger; b where a is not a number, and not a number where b is none."""
        return self.select(self.compare(">", a, b), a, b)

    def smaller(self, a: ir.Value | float, b: ir.Value | float) -> ir.Value:
        """Return the smaller; b where a is not a number, and not a number where b is none."""
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

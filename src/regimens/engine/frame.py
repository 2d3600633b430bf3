"""The memory that machine code works on: a frame of each thread's own, and the job that all threads share.

A frame has a slot of eight numbers for each quantity, one number for each subject under way.
"""

from __future__ import annotations

from dataclasses import dataclass

from llvmlite import ir

from regimens.engine.job import ARRAYS, FIELDS, SIZES
from regimens.engine.lanes import BYTE, DOUBLE, INT, INTS, POINTER, SLOT_BYTES, VECTOR, integer
from regimens.model.compile import Equations

INTEGERS = ("subject", "action", "output", "accepted", "rejected", "fresh", "status")
"""Slots of whole numbers: the subject (-1 for an idle lane), its next action and output, its steps, whether the step
size must be chosen anew, and why the lane has to stop."""

SCALARS = ("t", "h", "stop", "due", "memory", "growth", "began", "span")
"""Time, step size, time of the next action, time of the next output, the controller's memory of the last error, the most
it may grow, and start and length of the last accepted step."""


@dataclass(frozen=True)
class Layout:
    """Places of the slots. `y` is followed by `infusion`, so that an action addresses both by one number."""

    places: dict[str, int]
    slots: int

    @classmethod
    def of(cls, equations: Equations, parameters: int, constants: int) -> Layout:
        """Return the layout for a model with so many parameters and so many quantities constant for a subject."""
        n = len(equations.states)
        counts = dict.fromkeys((*INTEGERS, *SCALARS), 1)
        counts |= {"y": n, "infusion": n, "before": n, "dense 0": n, "dense 1": n, "dense 2": n}
        counts |= {"parameter": parameters, "constant": constants, "row": len(equations.readouts)}
        places, slot = {}, 0
        for name, count in counts.items():
            places[name] = slot
            slot += count
        return cls(places, slot)


@dataclass(frozen=True)
class Frame:
    """Access to the slots at `base` from the code that `builder` writes."""

    layout: Layout
    builder: ir.IRBuilder
    base: ir.Value

    def _slot(self, name: str, index: int) -> ir.Value:
        offset = (self.layout.places[name] + index) * SLOT_BYTES
        return self.builder.gep(self.base, [integer(offset)], source_etype=BYTE)

    def _kind(self, name: str, whole: ir.Type, real: ir.Type) -> ir.Type:
        return whole if name in INTEGERS else real

    def load(self, name: str, index: int = 0) -> ir.Value:
        """Return the eight values of a slot."""
        kind = self._kind(name, INTS, VECTOR)
        return self.builder.load(self._slot(name, index), align=SLOT_BYTES, typ=kind)

    def load_all(self, name: str, count: int) -> list[ir.Value]:
        """Return the values of `count` slots in a row."""
        return [self.load(name, index) for index in range(count)]

    def store(self, name: str, value: ir.Value, index: int = 0) -> None:
        """Set the eight values of a slot."""
        self.builder.store(value, self._slot(name, index), align=SLOT_BYTES)

    def cell(self, name: str, lane: ir.Value, index: ir.Value | None = None) -> ir.Value:
        """Return the address of one lane's value, `index` slots after the first."""
        b = self.builder
        offset = b.mul(lane, integer(8))
        if index is not None:
            offset = b.add(offset, b.mul(index, integer(SLOT_BYTES)))
        return b.gep(self._slot(name, 0), [offset], source_etype=BYTE)

    def get(self, name: str, lane: ir.Value, index: ir.Value | None = None) -> ir.Value:
        """Return one lane's value."""
        return self.builder.load(self.cell(name, lane, index), typ=self._kind(name, INT, DOUBLE))

    def put(self, name: str, lane: ir.Value, value: ir.Value, index: ir.Value | None = None) -> None:
        """Set one lane's value."""
        self.builder.store(value, self.cell(name, lane, index))


def load_field(b: ir.IRBuilder, job: ir.Value, name: str) -> ir.Value:
    """Return a field of the job that `job` points at."""
    kind = POINTER if name in ARRAYS else INT if name in SIZES else DOUBLE
    return b.load(b.gep(job, [integer(8 * FIELDS.index(name))], source_etype=BYTE), typ=kind)


def element(b: ir.IRBuilder, job: ir.Value, name: str, index: ir.Value) -> ir.Value:
    """Return the address of an element of an array of the job; all elements have eight bytes."""
    return b.gep(load_field(b, job, name), [index], source_etype=INT)

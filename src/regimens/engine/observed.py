"""The module of measures while it is written, and the measured observables within a step: values at nodes, and their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import TYPE_CHECKING

from llvmlite import ir

from regimens.engine import quartic
from regimens.engine.codegen import Frame, Layout, Unit
from regimens.engine.formulas import reachable
from regimens.engine.kernel import MEASURING
from regimens.engine.lanes import POINTER, Lanes, everywhere
from regimens.engine.outputs import Curves

if TYPE_CHECKING:
    from regimens.engine.measures import Measure, Measures
    from regimens.model.compile import CompiledModel

ARGUMENTS = {
    "root": quartic.ROOT_ARGUMENTS,
    "top": quartic.TOP_ARGUMENTS,
    "positive": quartic.POSITIVE_ARGUMENTS,
    "measure_start": (ir.VoidType(), (POINTER,) * 3),
    "measure_step": (ir.VoidType(), (POINTER,) * 3),
    "measure_end": (ir.VoidType(), (POINTER, POINTER, POINTER, ir.IntType(64))),
}


@dataclass(frozen=True)
class Code:
    """The module being written: the model's unit, the measures, and the layout of the memory."""

    unit: Unit
    compiled: CompiledModel
    measures: Measures
    memory: Layout

    @classmethod
    def of(cls, compiled: CompiledModel, measures: Measures) -> Code:
        """Return the module with its functions declared and no function body."""
        return cls(Unit.of(compiled, ARGUMENTS, MEASURING), compiled, measures, Layout.of(measures.layout))

    def begin(self, name: str) -> tuple[ir.IRBuilder, Frame, Frame, ir.Value, list[ir.Argument]]:
        """Start the body of an exported function; return builder, frame, memory, job and further arguments."""
        b, (base, address, job, *more) = self.unit.begin(name)
        return b, Frame(self.unit.layout, b, base), Frame(self.memory, b, address), job, more

    @property
    def places(self) -> list[int]:
        """The places of the states that the observables read."""
        needed = set(reachable(self.unit.equations.graph, self.nodes.values()))
        return [place for place, state in enumerate(self.unit.equations.states) if state in needed]

    @property
    def nodes(self) -> dict[str, int]:
        """The graph's node of every measured observable."""
        readouts = self.unit.equations.readouts
        return {name: readouts[self.compiled.readouts.index(name)] for name in self.measures.observables}


@dataclass(frozen=True)
class Observed:
    """An observable in a piece.

    Its values at the nodes with the least and the most of them, what it can neither exceed nor fall below, whether it is
    monotone, and 0, or not a number where a value is not finite.
    """

    values: list[ir.Value]
    least: ir.Value
    most: ir.Value
    lowest: ir.Value
    highest: ir.Value
    monotone: ir.Value
    missing: ir.Value

    @classmethod
    def of(cls, v: Lanes, values: list[ir.Value]) -> Observed:
        """Emit the bounds of a curve from its values at the nodes."""
        bounds = quartic.bernstein(v, values)
        ranges = (*_range(v, values), *_range(v, bounds))
        return cls(values, *ranges, _monotone(v, bounds), v.multiply(0.0, reduce(v.add, values)))

    def signed(self, v: Lanes, measure: Measure) -> Observed:
        """Emit the curve with its sign turned where what is low or below is measured, as the highest of the negated curve."""
        if getattr(measure, "side", "") not in ("lowest", "below"):
            return self
        least, most, lowest, highest = (v.negate(bound) for bound in (self.most, self.least, self.highest, self.lowest))
        values = [v.negate(value) for value in self.values]
        return Observed(values, least, most, lowest, highest, self.monotone, self.missing)


@dataclass(frozen=True)
class Piece:
    """A piece of a step in each lane: its start, end and length, and the observables in it."""

    start: ir.Value
    end: ir.Value
    length: ir.Value
    observed: Mapping[str, Observed]


def observed(code: Code, v: Lanes, frame: Frame, start: ir.Value, end: ir.Value) -> dict[str, Observed]:
    """Emit the measured observables between two times within the last step."""
    began, span, unit = frame.load("began"), frame.load("span"), code.unit
    left = v.divide(v.subtract(start, began), span)
    right = v.select(v.compare(">=", end, frame.load("t")), 1.0, v.divide(v.subtract(end, began), span))
    nodes = code.nodes
    fixed = unit.fixed(frame, nodes.values())
    curves = Curves.of(v, frame, code.places)
    readouts: dict[str, list[ir.Value]] = {name: [] for name in nodes}
    for node in quartic.NODES:
        share = {0.0: left, 1.0: right}.get(node, v.multiply_add(node, v.subtract(right, left), left))
        y = _states(code, curves, v, share)
        time = v.multiply_add(share, span, began)
        for name, value in zip(nodes, unit.evaluate(v, nodes.values(), fixed, time, y), strict=True):
            readouts[name].append(value)
    return {name: Observed.of(v, values) for name, values in readouts.items()}


def _states(code: Code, curves: Curves, v: Lanes, share: ir.Value) -> list[ir.Value]:
    """Emit the states at a share of the step: those that the observables read; 0 for the others, which no formula reads."""
    found = dict(zip(code.places, curves.at(v, share), strict=True))
    return [found.get(place, everywhere(0.0)) for place in range(len(code.unit.equations.states))]


def _range(v: Lanes, values: list[ir.Value]) -> tuple[ir.Value, ir.Value]:
    """Emit the lowest and the highest of some values."""
    return reduce(v.smaller, values), reduce(v.larger, values)


def _monotone(v: Lanes, bounds: list[ir.Value]) -> ir.Value:
    """Emit the mask of lanes whose coefficients nowhere fall, or nowhere rise."""
    b = v.builder
    steps = list(pairwise(bounds))
    up, down = (v.compare(operator, steps[0][1], steps[0][0]) for operator in (">=", "<="))
    for left, right in steps[1:]:
        up, down = b.and_(up, v.compare(">=", right, left)), b.and_(down, v.compare("<=", right, left))
    return b.or_(up, down)

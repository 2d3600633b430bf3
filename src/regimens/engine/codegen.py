"""What the code generators of one model share: the memory layout of a thread, and the LLVM module being written.

Each thread has a frame. A frame has a slot of eight numbers for each quantity, one number for each of the eight subjects that
the thread integrates at a time. All threads share the job (`engine/kernel.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llvmlite import ir

from regimens.engine.formulas import emit_formulas, hoisted, reachable
from regimens.engine.kernel import ARRAYS, FIELDS, SIZES
from regimens.engine.lanes import BYTE, DOUBLE, INT, INTS, POINTER, SLOT_BYTES, VECTOR, VOID, Lanes, integer
from regimens.engine.rodas5p import STAGES
from regimens.model.expression import TIME

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel, Equations

INTEGERS = ("subject", "action", "output", "accepted", "rejected", "fresh", "begun", "status")
"""Slots of integers: subject (-1 for an idle lane), next action, next output, accepted and rejected steps, whether the step
size must be chosen anew (0 or 1), whether the subject's measures have begun (0 or 1), and status code."""

SCALARS = ("t", "h", "stop", "due", "memory", "pace", "growth", "began", "span")
"""Slots of doubles: time, step size, time of the next action, time of the next output, log2 of the last squared error, log2 of
the step size over the last accepted one, log2 of the largest growth of the step size, and start and length of the last accepted
step. Times are in the model's unit."""


@dataclass(frozen=True)
class Layout:
    """Places of the slots. `infusion` follows `y`, so that an action addresses both by one number."""

    places: dict[str, int]
    slots: int

    @classmethod
    def of_frame(cls, equations: Equations, parameters: int, constants: int) -> Layout:
        """Return the layout of the frame of a model; `parameters` and `constants` are numbers of slots."""
        n = len(equations.states)
        counts = dict.fromkeys((*INTEGERS, *SCALARS), 1)
        counts |= {"y": n, "infusion": n, "before": n, **{f"stage {i}": n for i in range(STAGES)}}
        counts |= {"parameter": parameters, "constant": constants, "row": len(equations.readouts), "scale": n, "reach": n}
        return cls.of(counts)

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Layout:
        """Return the layout of so many slots of each name, in this order."""
        places, slot = {}, 0
        for name, count in counts.items():
            places[name] = slot
            slot += count
        return cls(places, slot)


@dataclass(frozen=True)
class Frame:
    """Loads from and stores to the slots at address `base`, emitted by `builder`."""

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
    """Return a field of the job at address `job`."""
    kind = POINTER if name in ARRAYS else INT if name in SIZES else DOUBLE
    return b.load(b.gep(job, [integer(8 * FIELDS.index(name))], source_etype=BYTE), typ=kind)


def element(b: ir.IRBuilder, job: ir.Value, name: str, index: ir.Value) -> ir.Value:
    """Return the address of an element of an array of the job; all elements have eight bytes."""
    return b.gep(load_field(b, job, name), [index], source_etype=INT)


FRAME_ARGUMENTS = {
    "constants": (VOID, (POINTER,)),
    "scale": (VOID, (POINTER, DOUBLE)),
    "start": (VOID, (POINTER, DOUBLE, DOUBLE)),
    "step": (INT, (POINTER, DOUBLE, DOUBLE, INT, INT)),
    "read": (INT, (POINTER, POINTER, INT)),
    "save": (VOID, (POINTER, POINTER, POINTER, INT, INT)),
    "resume": (VOID, (POINTER, POINTER, POINTER, INT, INT)),
    "fill": (VOID, (POINTER, POINTER, POINTER, INT)),
    "finish": (VOID, (POINTER, POINTER, POINTER, INT, INT)),
    "land": (VOID, (POINTER, POINTER, POINTER, INT)),
    "settle": (VOID, (POINTER, POINTER, POINTER)),
}
"""Result and arguments of the internal functions. The first pointer is the frame and the last the job; those with three pointers
have the memory of the measures between them."""

REALIGN = '"stackrealign"'
"""Function attribute that aligns the stack, so that vectors spilled from registers are aligned to cache lines."""


@dataclass(frozen=True)
class Unit:
    """The LLVM module of one model while its functions are written."""

    module: ir.Module
    equations: Equations
    parameters: tuple[int, ...]
    constants: tuple[int, ...]
    """Nodes that are constant for a subject, other than parameters and numbers; evaluated once for each subject."""
    nonnegative: tuple[int, ...]
    """Places of the states that cannot be negative."""
    layout: Layout
    functions: dict[str, ir.Function]

    @classmethod
    def of(
        cls,
        compiled: CompiledModel,
        arguments: Mapping[str, tuple[ir.Type, tuple[ir.Type, ...]]] = FRAME_ARGUMENTS,
        exported: Collection[str] = (),
    ) -> Unit:
        """Return a module with its functions declared and no function body; `arguments` are their results and arguments."""
        equations = compiled.equations
        graph = equations.graph
        symbols = tuple(graph.symbol(name) for name in compiled.parameters)
        roots = (*equations.rates, *equations.jacobian.values(), *equations.by_time.values(), *equations.readouts)
        constants = tuple(node for node in hoisted(graph, roots) if node not in symbols)
        module = ir.Module(name="regimens")
        functions = {}
        for name, (result, taken) in arguments.items():
            functions[name] = ir.Function(module, ir.FunctionType(result, taken), name)
            functions[name].linkage = "external" if name in exported else "internal"
            # llvmlite keeps a list of the attributes it knows, and this one is not on it.
            set.add(functions[name].attributes, REALIGN)
        nonnegative = tuple(place for place, state in enumerate(compiled.model.states) if state.nonnegative)
        layout = Layout.of_frame(equations, len(symbols), len(constants))
        return cls(module, equations, symbols, constants, nonnegative, layout, functions)

    def begin(self, name: str) -> tuple[ir.IRBuilder, tuple[ir.Argument, ...]]:
        """Start the body of a declared function; return its builder and its arguments."""
        function = self.functions[name]
        return ir.IRBuilder(function.append_basic_block("entry")), function.args

    def fixed(self, frame: Frame, roots: Iterable[int]) -> dict[int, ir.Value]:
        """Load the nodes that `roots` need and that are constant for a subject from the frame."""
        places = {node: ("parameter", i) for i, node in enumerate(self.parameters)}
        places |= {node: ("constant", i) for i, node in enumerate(self.constants)}
        needed = reachable(self.equations.graph, roots, places)
        return {node: frame.load(*places[node]) for node in needed if node in places}

    def evaluate(
        self, lanes: Lanes, roots: Iterable[int], fixed: dict[int, ir.Value], time: ir.Value, y: list[ir.Value]
    ) -> list[ir.Value]:
        """Emit the values of the nodes `roots` at time `time` and state `y`."""
        roots = list(roots)
        graph = self.equations.graph
        given = fixed | dict(zip(self.equations.states, y, strict=True)) | {graph.symbol(TIME): time}
        values = emit_formulas(lanes, graph, roots, given)
        return [values[node] for node in roots]

    def rates(self, lanes: Lanes, frame: Frame, fixed: dict[int, ir.Value], time: ir.Value, y: list[ir.Value]) -> list[ir.Value]:
        """Emit the rates of change, infusions included."""
        rates = self.evaluate(lanes, self.equations.rates, fixed, time, y)
        for place in self.equations.entries:
            rates[place] = lanes.add(rates[place], frame.load("infusion", place))
        return rates

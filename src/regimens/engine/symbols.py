"""The functions of one model's machine code, and what they share while they are being written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from llvmlite import ir

from regimens.engine.formulas import emit_formulas, hoisted, reachable
from regimens.engine.frame import Frame, Layout
from regimens.engine.lanes import DOUBLE, INT, POINTER, VOID, Lanes
from regimens.model.compile import Equations
from regimens.model.expression import TIME

FRAME_ARGUMENTS = {
    "constants": (VOID, (POINTER,)),
    "start": (VOID, (POINTER, DOUBLE, DOUBLE)),
    "step": (INT, (POINTER, DOUBLE, DOUBLE, INT)),
    "read": (INT, (POINTER, POINTER, INT)),
    "fill": (VOID, (POINTER, POINTER, INT)),
    "finish": (VOID, (POINTER, POINTER, INT, INT)),
    "land": (VOID, (POINTER, POINTER, INT)),
    "settle": (VOID, (POINTER, POINTER)),
}
"""Result and arguments of the inner functions; the first argument is the frame, a second pointer the job."""

REALIGN = '"stackrealign"'
"""Function attribute: values that do not fit the registers are kept at whole cache lines of the stack."""


@dataclass(frozen=True)
class Unit:
    """One model's module under construction."""

    module: ir.Module
    equations: Equations
    parameters: tuple[int, ...]
    constants: tuple[int, ...]
    """Nodes that are constant for a subject, other than parameters and numbers: worked out once for each subject."""
    layout: Layout
    functions: dict[str, ir.Function]

    @classmethod
    def of(cls, equations: Equations, parameters: Iterable[str]) -> Unit:
        """Return a module with its functions declared and none written."""
        graph = equations.graph
        symbols = tuple(graph.symbol(name) for name in parameters)
        roots = (*equations.rates, *equations.jacobian.values(), *equations.by_time.values(), *equations.readouts)
        constants = tuple(node for node in hoisted(graph, roots) if node not in symbols)
        module = ir.Module(name="regimens")
        functions = {}
        for name, (result, arguments) in FRAME_ARGUMENTS.items():
            functions[name] = ir.Function(module, ir.FunctionType(result, arguments), name)
            functions[name].linkage = "internal"
            # llvmlite keeps a list of the attributes it knows, and this one is not on it.
            set.add(functions[name].attributes, REALIGN)
        return cls(module, equations, symbols, constants, Layout.of(equations, len(symbols), len(constants)), functions)

    def begin(self, name: str) -> tuple[ir.IRBuilder, tuple[ir.Argument, ...]]:
        """Open the body of a declared function; return where to write and its arguments."""
        function = self.functions[name]
        return ir.IRBuilder(function.append_basic_block("entry")), function.args

    def fixed(self, frame: Frame, roots: Iterable[int]) -> dict[int, ir.Value]:
        """Return the nodes that `roots` need and that are constant for a subject, loaded from the frame."""
        places = {node: ("parameter", i) for i, node in enumerate(self.parameters)}
        places |= {node: ("constant", i) for i, node in enumerate(self.constants)}
        needed = reachable(self.equations.graph, roots, places)
        return {node: frame.load(*places[node]) for node in needed if node in places}

    def evaluate(
        self, lanes: Lanes, roots: Iterable[int], fixed: dict[int, ir.Value], time: ir.Value, y: list[ir.Value]
    ) -> list[ir.Value]:
        """Emit the values of `roots` at a time and a state."""
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

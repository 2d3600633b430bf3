"""The whole LLVM module of one model."""

from __future__ import annotations

from regimens.engine.driver import emit_driver
from regimens.engine.reader import emit_read
from regimens.engine.stepper import emit_step
from regimens.engine.subject import emit_constants, emit_start, emit_table
from regimens.engine.symbols import Unit
from regimens.model.compile import CompiledModel


def module_text(compiled: CompiledModel, machine: str) -> str:
    """Return the LLVM IR of a model for a kind of processor such as 'x86_64'."""
    unit = Unit.of(compiled.equations, compiled.parameters)
    emit_table(unit)
    emit_constants(unit)
    emit_start(unit)
    emit_step(unit)
    emit_read(unit)
    emit_driver(unit, machine)
    return str(unit.module)

"""What one call of the compiled driver is told: addresses and sizes, the same list for ctypes and for LLVM IR."""

from __future__ import annotations

import ctypes

from llvmlite import ir

from regimens.engine.lanes import BYTE, DOUBLE, INT, POINTER, integer

ARRAYS = (
    "values",  # (subjects, parameters) doubles
    "initial",  # (subjects, states) doubles
    "action_time",  # (subjects, actions) doubles, ascending, in model time; the last action ends the subject
    "action_target",  # (subjects, actions) integers: state, states + state for its infusion rate, 2 states for the end
    "action_value",  # (subjects, actions) doubles: amount to add to a state, or rate to set
    "output_time",  # (subjects, times) doubles, ascending, in model time
    "chosen",  # (columns,) integers: places of the wanted readouts
    "out",  # (subjects, times, columns) doubles
    "status",  # (subjects,) integers, and so the following
    "accepted",
    "rejected",
    "written",  # number of output times that were reached
    "stopped",  # (subjects,) doubles, model time
    "next",  # the first subject nobody has taken yet, shared by all threads
    "halt",  # not 0 when everybody should return
)
SIZES = ("subjects", "times", "columns", "max_steps", "time_stride", "target_stride", "value_stride", "output_stride")
"""A stride is the number of elements from one subject to the next, 0 where all subjects share a row."""
NUMBERS = ("rtol", "atol")


class Job(ctypes.Structure):
    """The arguments of the driver."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ARRAYS),
        *((name, ctypes.c_int64) for name in SIZES),
        *((name, ctypes.c_double) for name in NUMBERS),
    )


_PLACES = {name: place for place, name in enumerate((*ARRAYS, *SIZES, *NUMBERS))}


def load_field(b: ir.IRBuilder, job: ir.Value, name: str) -> ir.Value:
    """Return a field of the job that `job` points at."""
    kind = POINTER if name in ARRAYS else INT if name in SIZES else DOUBLE
    return b.load(b.gep(job, [integer(8 * _PLACES[name])], source_etype=BYTE), typ=kind)


def element(b: ir.IRBuilder, job: ir.Value, name: str, index: ir.Value) -> ir.Value:
    """Return the address of an element of an array of the job; all elements have eight bytes."""
    return b.gep(load_field(b, job, name), [index], source_etype=INT)

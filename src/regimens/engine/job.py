"""What one call of the compiled driver is told: addresses, sizes and numbers of eight bytes each, in this order."""

from __future__ import annotations

import ctypes

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

FIELDS = (*ARRAYS, *SIZES, *NUMBERS)


class Job(ctypes.Structure):
    """The arguments of the driver."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ARRAYS),
        *((name, ctypes.c_int64) for name in SIZES),
        *((name, ctypes.c_double) for name in NUMBERS),
    )

"""Checks of dose events: every value that cannot be given, with the dose it stands at and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from regimens.errors import RegimenError, did_you_mean
from regimens.regimen.parts import ROUTES
from regimens.subject import BASES

Floats = npt.NDArray[np.float64]
Columns = Mapping[str, Any]
"""Name of a column -> its values: arrays of numbers, or tuples of words."""

WORDS = ("drug", "basis", "route")
NUMBERS = ("time_h", "amount", "cap", "step", "duration_h", "cycle", "number")

MOST_SHOWN = 5
"""Faults that a message spells out; the others are counted."""

Fault = tuple[int, str]
"""The place of a dose, counted from 0, and what is wrong with it."""


def _from_zero(values: Floats) -> npt.NDArray[np.bool_]:
    return np.greater_equal(values, 0) & np.less(values, np.inf)


def _count(values: Floats) -> npt.NDArray[np.bool_]:
    return np.greater_equal(values, 1) & np.less(values, np.inf) & np.equal(np.floor(values), values)


_RIGHT: tuple[tuple[str, Callable[[Floats], npt.NDArray[np.bool_]], str], ...] = (
    ("time_h", _from_zero, "A dose starts at 0 h or later."),
    ("amount", _from_zero, "An amount is 0 or more."),
    ("cap", lambda values: values > 0, "A cap is greater than 0; infinite is no cap."),
    ("step", _from_zero, "A step is greater than 0; 0 is no step."),
    ("duration_h", _from_zero, "An infusion takes more than 0 h; 0 is a bolus."),
    ("cycle", _count, "Cycles are counted from 1."),
    ("number", _count, "Doses are counted from 1 in each cycle."),
)
"""Column, what its values must be, and that in words."""


def numbers(name: str, values: object, whole: bool = False) -> npt.NDArray[Any]:
    """Return a column as an array (doses,) of floats, or of integers if `whole`; RegimenError where a value is no number."""
    array = np.asarray(values)
    if array.ndim != 1:
        raise RegimenError(f"The column '{name}' has the shape {array.shape}.", "It has one number for every dose.")
    if array.dtype.kind not in "iuf":
        for place, value in enumerate(array.tolist()):
            if isinstance(value, bool | str) or not isinstance(value, int | float | np.number):
                raise RegimenError(f"Dose {place + 1}: {name} is {value!r}.", "A number is needed.")
        array = array.astype(np.float64)
    keep_float = not whole or not np.all(_count(array))
    return array.astype(np.float64 if keep_float else np.int64, copy=False)


def check_lengths(columns: Columns) -> None:
    """Raise RegimenError unless all columns have the same length."""
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise RegimenError(f"The columns of the doses have different lengths: {listed}.", "Each has one value for every dose.")


def check_values(columns: Columns) -> None:
    """Raise RegimenError for the doses with a value that cannot be given."""
    _refuse(_value_faults(columns))


def check_order(time_h: Floats) -> None:
    """Raise RegimenError unless times ascend."""
    _refuse(_order_faults(time_h))


def _refuse(faults: Iterator[Fault]) -> None:
    found = [f"Dose {place + 1}: {said}" for place, said in sorted(faults, key=lambda fault: fault[0])]
    if found:
        more = len(found) - MOST_SHOWN
        raise RegimenError("\n".join(found[:MOST_SHOWN] + ([f"{more} more faults are not shown."] if more > 0 else [])))


def _value_faults(columns: Columns) -> Iterator[Fault]:
    for name, is_right, right in _RIGHT:
        values = columns[name]
        right_values = is_right(values)
        if not right_values.all():
            for place in np.flatnonzero(~right_values).tolist():
                yield place, f"{name} is {_text(values[place])}. {right}"
    cap, step = columns["cap"], columns["step"]
    for place in np.flatnonzero(cap < step).tolist():
        yield place, f"cap is {_text(cap[place])}, less than the step of {_text(step[place])}. A cap is at least one step."
    for name, known in (("basis", BASES), ("route", ROUTES)):
        yield from _word_faults(name, columns[name], known)
    if not all(isinstance(drug, str) and drug for drug in set(columns["drug"])):
        for place, drug in enumerate(columns["drug"]):
            if not isinstance(drug, str) or not drug:
                yield place, f"drug is {drug!r}. The name of a drug is needed."


def _word_faults(name: str, words: Sequence[object], known: Sequence[str]) -> Iterator[Fault]:
    if not set(words) <= set(known):
        for place, word in enumerate(words):
            if word not in known:
                yield place, f"{name} is {word!r}. {did_you_mean(str(word), known)}"


def _order_faults(time_h: Floats) -> Iterator[Fault]:
    for place in (np.flatnonzero(np.diff(time_h) < 0) + 1).tolist():
        later, earlier = _text(time_h[place - 1]), _text(time_h[place])
        yield place, f"time_h is {earlier}, but the dose before is at {later}. Sort by time; DoseEvents.from_frame does."


def _text(value: float) -> str:
    return f"{value:.15g}"

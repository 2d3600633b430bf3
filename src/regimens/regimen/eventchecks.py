"""Checks of dose events: every value that cannot be given, with the dose it stands at and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt

from regimens.drugs import ROUTES
from regimens.errors import RegimenError, did_you_mean
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


def _from_zero(value: float) -> bool:
    return 0 <= value < np.inf


def _positive(value: float) -> bool:
    return value > 0


def _count(value: float) -> bool:
    return 1 <= value < np.inf and value == int(value)


_RIGHT: dict[str, tuple[Callable[[float], bool], str]] = {
    "time_h": (_from_zero, "A dose starts at 0 h or later."),
    "amount": (_from_zero, "An amount is 0 or more."),
    "cap": (_positive, "A cap is greater than 0; infinite is no cap."),
    "step": (_from_zero, "A step is greater than 0; 0 is no step."),
    "duration_h": (_from_zero, "An infusion takes more than 0 h; 0 is a bolus."),
    "cycle": (_count, "Cycles are counted from 1."),
    "number": (_count, "Doses are counted from 1 in each cycle."),
}
"""Column, what its values must be, and that in words."""


def numbers(name: str, values: object, whole: bool = False) -> npt.NDArray[Any]:
    """Return a column as an array (doses,) of floats, or of integers if `whole`; RegimenError where a value is no number."""
    wanted = np.int64 if whole else np.float64
    array = np.asarray(values)
    if array.ndim != 1:
        raise RegimenError(f"The column '{name}' has the shape {array.shape}.", "It has one number for every dose.")
    if array.dtype.kind not in "iuf":
        for place, value in enumerate(array.tolist()):
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise RegimenError(f"Dose {place + 1}: {name} is {value!r}.", "A number is needed.")
        array = array.astype(np.float64)
    if array.dtype == wanted:
        return array
    fits = not whole or array.dtype.kind != "f" or all(map(_count, array.tolist()))
    # What is no whole number stays as it is, to be shown as one of the faults.
    return array.astype(wanted) if fits else array


def check_lengths(columns: Columns) -> None:
    """Raise RegimenError unless all columns have the same length."""
    if len(set(map(len, columns.values()))) > 1:
        listed = ", ".join(f"{name} {len(values)}" for name, values in columns.items())
        raise RegimenError(f"The columns of the doses have different lengths: {listed}.", "Each has one value for every dose.")


def check_values(columns: Columns) -> None:
    """Raise RegimenError for the doses with a value that cannot be given."""
    _refuse(_value_faults(columns))


def check_order(time_h: Floats) -> None:
    """Raise RegimenError unless times ascend."""
    _refuse(_order_faults(time_h))


def _refuse(faults: Iterator[Fault]) -> None:
    found = [f"Dose {place + 1}: {said}" for place, said in sorted(faults, key=itemgetter(0))]
    if found:
        more = len(found) - MOST_SHOWN
        raise RegimenError("\n".join(found[:MOST_SHOWN] + ([f"{more} more faults are not shown."] if more > 0 else [])))


def _value_faults(columns: Columns) -> Iterator[Fault]:
    # What is right is an interval, so that the ends of all columns at once tell whether there is anything to look for.
    table = np.array([columns[name] for name in _RIGHT], dtype=np.float64)
    ends = np.array([table.min(axis=1), table.max(axis=1)]).T.tolist() if table.size else []
    for (name, (is_right, right)), (low, high) in zip(_RIGHT.items(), ends, strict=False):
        if not (is_right(low) and is_right(high)) or (is_right is _count and columns[name].dtype.kind == "f"):
            for place, value in enumerate(columns[name].tolist()):
                if not is_right(value):
                    yield place, f"{name} is {_text(value)}. {right}"
    for place, (cap, step) in enumerate(zip(columns["cap"], columns["step"], strict=True)) if columns["step"].any() else ():
        if cap < step:
            yield place, f"cap is {_text(cap)}, less than the step of {_text(step)}. A cap is at least one step."
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
    falls = time_h[1:] < time_h[:-1]
    for place in (np.flatnonzero(falls) + 1).tolist() if falls.any() else ():
        later, earlier = _text(time_h[place - 1]), _text(time_h[place])
        yield place, f"time_h is {earlier}, but the dose before is at {later}. Sort by time; DoseEvents.from_frame does."


def _text(value: float) -> str:
    return f"{value:.15g}"

"""What observations must be to the scenario they are drawn on: its arms, its observables, their units, its horizon."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.errors import UnitError, did_you_mean
from regimens.evidence.spread import BOUNDS, INTERVALS
from regimens.model.unit import exact_factor, parse_unit
from regimens.scenario.names import fault_of
from regimens.units import duration_text

if TYPE_CHECKING:
    from regimens.scenario.around import Around
    from regimens.scenario.own import OwnData, OwnGroup, OwnValue

Fault = tuple[str, str]
"""Message and advice."""

STATISTICS = ("mean", "median")
"""What the value of a group may be."""

WIDTHS = tuple(name for name in INTERVALS if name not in BOUNDS)
"""What the interval of a group may be."""

ALIASES = {"fold": "1"}
"""Words for units that tables of results have and models do not."""


class Unfit(Exception):
    """Raised where a value does not fit the scenario; `fault` is message and advice."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.fault: Fault = message, advice


@dataclass(frozen=True)
class Known:
    """What a scenario knows: the names of its arms, the unit of every observable of its models, and its horizon (h).

    `in_two_units` has the units, in words, of observables that models give in different ones.
    """

    around: Around
    units: Mapping[str, str]
    in_two_units: Mapping[str, str]

    @classmethod
    def of(cls, around: Around) -> Known:
        """Return what is known of a scenario."""
        found: dict[str, list[str]] = {}
        for observable in (observable for model in around.models for observable in model.observables):
            if observable.unit not in found.setdefault(observable.name, []):
                found[observable.name].append(observable.unit)
        units = {name: given[0] for name, given in found.items()}
        several = {name: " and ".join(f"'{unit}'" for unit in given) for name, given in found.items() if len(given) > 1}
        return cls(around, units, several)

    def arm_fault(self, name: str) -> Fault | None:
        """Return what is wrong with the name of an arm, or None."""
        if name in self.around.names:
            return None
        known = self.around.names
        return (f"Unknown arm '{name}'.", did_you_mean(name, known)) if name else ("The arm is blank.", "Name an arm.")

    def observable_fault(self, name: str) -> Fault | None:
        """Return what is wrong with the name of an observable, or None."""
        if name in self.in_two_units:
            found = f"The models give '{name}' in different units, {self.in_two_units[name]}, so no value can be drawn on all."
            return found, "Use one unit in the model files."
        if not name:
            return "The observable is blank.", "Name an observable."
        return self.around.observable_fault(name)

    def size_of(self, unit: str, observable: str) -> Fraction:
        """Return how many units of an observable one `unit` is; Unfit if it cannot be converted."""
        if not unit:
            raise Unfit("The unit is blank.", f"'{observable}' has the unit '{self.units[observable]}'.")
        try:
            size = exact_factor(parse_unit(ALIASES.get(unit, unit)), parse_unit(self.units[observable]))
        except UnitError as error:
            raise Unfit(error.message, error.advice) from None
        if size is None:
            wanted = self.units[observable]
            found = f"'{unit}' cannot be converted to '{wanted}', the unit of '{observable}'."
            raise Unfit(found, f"Give values in '{wanted}' or a multiple of it.")
        return size

    def time_fault(self, time_h: Fraction, written: str) -> Fault | None:
        """Return what is wrong with a time, `written` as a reader knows it, or None. Times before 0 are not wrong."""
        horizon_h = self.around.horizon
        if horizon_h is None or time_h <= horizon_h:
            return None
        found = f"{written} is after the horizon of {duration_text(horizon_h)}, where the curves end."
        return found, "Move the horizon, or remove the row."


def group_fault(statistic: str, middle: Fraction, ends: tuple[Fraction, Fraction] | None, interval: str) -> Fault | None:
    """Return what is wrong with the ends of an interval around a mean or median, or None.

    A mean may lie outside the quartiles of a skewed group; otherwise the interval holds the value.
    """
    if ends is None:
        return None
    low, high = map(float, ends)
    if ends[0] > ends[1]:
        return f"The interval ends at {high:g}, below its start at {low:g}.", "Give the lower end first."
    if not ends[0] <= middle <= ends[1] and (statistic, interval) != ("mean", "IQR"):
        found = f"The interval from {low:g} to {high:g} does not contain the {statistic} {float(middle):g}."
        return found, "Check the three numbers, and which column is which."
    return None


def converted(value: Fraction, size: Fraction) -> float:
    """Return a value in the unit of its observable, correctly rounded; Unfit where a float cannot hold it."""
    try:
        return float(value * size)
    except OverflowError:
        raise Unfit("The value is too large.", "Check its exponent and its unit.") from None


def checked(data: OwnData, known: Known) -> tuple[OwnData, list[Fault]]:
    """Return data that were built in Python in the units of their observables, without what lies before 0; and its faults."""
    faults: list[Fault] = []
    seen: set[tuple[object, ...]] = set()
    values: list[OwnValue] = []
    for place, row in enumerate(data.values):
        size, found = _row_faults(row, (row.value,), known)
        found += [fault] if (fault := fault_of(row.subject, "a subject")) else []
        found += _repeated((row.arm, row.subject, row.observable, row.time_h), seen)
        faults += [(f"Value {place + 1}: {message}", advice) for message, advice in found]
        if size is not None and not found:
            values.append(replace(row, value=converted(Fraction(row.value), size), unit=known.units[row.observable]))
    groups: list[OwnGroup] = []
    for place, group in enumerate(data.groups):
        size, found = _row_faults(group, (group.middle, group.low, group.high), known)
        found += [] if found else _group_faults(group)
        found += _repeated((group.arm, group.observable, group.time_h), seen)
        faults += [(f"Group {place + 1}: {message}", advice) for message, advice in found]
        if size is not None and not found:
            low, high = (None if end is None else converted(Fraction(end), size) for end in (group.low, group.high))
            middle = converted(Fraction(group.middle), size)
            groups.append(replace(group, middle=middle, low=low, high=high, unit=known.units[group.observable]))
    kept = tuple(row for row in values if row.time_h >= 0), tuple(group for group in groups if group.time_h >= 0)
    before = len(values) + len(groups) - len(kept[0]) - len(kept[1])
    return replace(data, values=kept[0], groups=kept[1], before=data.before + before), faults


def _row_faults(row: OwnValue | OwnGroup, numbers: Sequence[float | None], known: Known) -> tuple[Fraction | None, list[Fault]]:
    """Return the size of the unit of a row (None where it has none) and what is wrong with its names and `numbers`."""
    faults = [fault for fault in (known.arm_fault(row.arm), known.observable_fault(row.observable)) if fault is not None]
    size = None
    if row.observable in known.units:
        try:
            size = known.size_of(row.unit, row.observable)
            for number in numbers:
                _ = converted(Fraction(number or 0) if math.isfinite(number or 0) else Fraction(0), size)
        except Unfit as unfit:
            faults.append(unfit.fault)
    odd = [number for number in (row.time_h, *numbers) if number is not None and not math.isfinite(number)]
    faults += [(f"Found {number}, which is no finite number.", "Leave the row out.") for number in odd]
    if math.isfinite(row.time_h) and (fault := known.time_fault(Fraction(row.time_h), f"{row.time_h:g} h")):
        faults.append(fault)
    return size, faults


def _group_faults(group: OwnGroup) -> list[Fault]:
    faults = []
    if group.statistic not in STATISTICS:
        faults.append((f"'{group.statistic}' is no statistic of a group.", f"Accepted: {', '.join(STATISTICS)}."))
    if (group.low is None) != (group.high is None):
        faults.append(("The interval has one end only.", "Give both, or none."))
    elif group.low is not None and group.high is not None:
        if group.interval not in WIDTHS:
            faults.append((f"'{group.interval}' is no interval of a group.", f"Accepted: {', '.join(WIDTHS)}."))
        ends = Fraction(group.low), Fraction(group.high)
        fault = group_fault(group.statistic, Fraction(group.middle), ends, group.interval)
        faults += [fault] if fault else []
    if group.n is not None and group.n < 1:
        faults.append((f"A group has at least 1 subject, found {group.n}.", ""))
    return faults


def _repeated(key: tuple[object, ...], seen: set[tuple[object, ...]]) -> list[Fault]:
    if key in seen:
        return [("There is another one of the same arm, observable and time.", "Keep one of them.")]
    seen.add(key)
    return []

"""Levels: arms that differ in one number only, which is the amount of a dose, the interval between doses, or the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.drugs import display_unit
from regimens.regimen import AtSteadyState, Course, Cycle, Dose, Rest
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    from regimens.figures.arms import Look
    from regimens.figures.view import View
    from regimens.regimen.parts import Part
    from regimens.study.comparison import Comparison

AMOUNT, INTERVAL, REST, DOSES, REPEATS, START = "amount", "interval", "rest", "doses", "repeats", "start"

LEAST_LEVELS = 3
"""Levels from which a response is drawn."""


@dataclass(frozen=True)
class Number:
    """One number of a plan: what it is, its value (amounts in canonical units, times in days), and all that stands around it."""

    kind: str
    value: float
    around: str


@dataclass(frozen=True)
class Series:
    """Arms that differ in one number: which `kind` of number, its unit, the arms from the lowest level, and their levels."""

    kind: str
    unit: str
    looks: tuple[Look, ...]
    levels: tuple[float, ...]


def series_of(comparison: Comparison, view: View) -> tuple[Series, ...]:
    """Return the series of the kind of number in which most arms differ; none where no three arms differ in one number."""
    regimens = {
        arm.name: arm.regimen
        for arm in comparison.scenario.arms
        if arm.variant == AS_WRITTEN and not (arm.adherence or arm.rules)
    }
    plans = [(look, tuple(_numbers(regimens[look.name].plans))) for look in view.arms if look.dosed and look.name in regimens]
    found = [_series(plans, kind) for kind in (AMOUNT, INTERVAL, REST)]
    return max(found, key=lambda series: sum(len(each.looks) for each in series))


def _series(plans: Sequence[tuple[Look, tuple[Number, ...]]], kind: str) -> tuple[Series, ...]:
    """Return the series of one kind; with the interval, the number of doses of a course may change, too."""
    loose = {INTERVAL: (INTERVAL, DOSES)}.get(kind, (kind,))
    groups: dict[object, list[tuple[Look, tuple[Number, ...]]]] = {}
    for look, numbers in plans:
        frame = tuple((number.kind, number.around, None if number.kind in loose else number.value) for number in numbers)
        groups.setdefault(frame, []).append((look, numbers))
    return tuple(series for members in groups.values() if (series := _levelled(members, kind)) is not None)


def _levelled(members: Sequence[tuple[Look, tuple[Number, ...]]], kind: str) -> Series | None:
    places = [place for place, number in enumerate(members[0][1]) if number.kind == kind]
    values = [[numbers[place].value for place in places] for _, numbers in members]
    moving = [column for column in range(len(places)) if len({row[column] for row in values}) > 1]
    if not moving or any(len({row[column] for column in moving}) > 1 for row in values):
        return None
    levels = {row[moving[0]]: look for row, (look, _) in zip(values, members, strict=True)}
    if len(levels) < max(LEAST_LEVELS, len(members)):
        return None
    unit, size = display_unit(members[0][1][places[moving[0]]].around.split()[0]) if kind == AMOUNT else ("days", 1)
    ordered = sorted(levels)
    return Series(kind, unit, tuple(levels[level] for level in ordered), tuple(level / size for level in ordered))


def _numbers(plans: Sequence[tuple[str, Sequence[Part]]]) -> Iterator[Number]:
    for drug, parts in plans:
        for part in parts:
            yield from _of_part(part, drug)


def _of_part(part: Part, around: str) -> Iterator[Number]:
    if isinstance(part, Dose):
        yield _amount(part, around)
    elif isinstance(part, Course):
        yield _amount(part.dose, around)
        every = getattr(part.every, "hours", None)
        yield Number(INTERVAL, 0.0 if every is None else float(every / 24), f"{around} {part.every if every is None else ''}")
        yield Number(DOSES, float(part.doses), around)
    elif isinstance(part, Rest):
        yield Number(REST, float(part.shortest.hours / 24), f"{around} {part.longest.hours - part.shortest.hours}")
    elif isinstance(part, AtSteadyState):
        yield Number(START, 0.0, f"{_amount(part.dose, around)} {part.every}")
    elif isinstance(part, Cycle):
        for each in part.parts:
            yield from _of_part(each, f"{around} ({len(part.parts)}")
        yield Number(REPEATS, float(part.repeats), around)


def _amount(dose: Dose, around: str) -> Number:
    amount = dose.amount
    return Number(AMOUNT, float(amount.value), f"{amount.unit} {amount.basis} {dose.route} {dose.over} {around}")

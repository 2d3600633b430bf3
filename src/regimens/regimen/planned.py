"""Planned doses: the parts of one drug written out on the time axis, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

from regimens.regimen.parts import AtSteadyState, Cycle, Dose, Part, Rest


@dataclass(frozen=True)
class PlannedDose:
    """One dose of a plan: exact start (h), which drug, dose, cycle and number within it (from 1).

    `until` is one interval after the start, when the next part may start; for a dose given once it is `start`. `ranges` is the
    number of rests before the dose that are still ranges; `start` and `until` count each of them at its shortest.
    """

    start: Fraction
    drug: str
    dose: Dose
    cycle: int
    number: int
    until: Fraction
    ranges: int = 0


def write_out(drug: str, parts: tuple[Part, ...]) -> Iterator[PlannedDose]:
    """Yield the doses of one drug in order of time; a rest that is a range takes its shortest length."""
    clock, cycle = _Clock(), 0
    for turn in _turns(parts):
        for number, (start, dose, until, ranges) in enumerate(_walk(turn, clock), 1):
            cycle += number == 1
            yield PlannedDose(start, drug, dose, cycle, number, until, ranges)


def ranges(parts: Iterable[Part]) -> Iterator[Rest]:
    """Yield every rest that is a range in the order of time, once for each repeat of a cycle."""
    for part in parts:
        if isinstance(part, Rest) and part.is_range:
            yield part
        elif isinstance(part, Cycle):
            yield from tuple(ranges(part.parts)) * part.repeats


def range_count(parts: Iterable[Part]) -> int:
    """Return the number of `ranges`, without listing them."""
    counts = (
        part.repeats * range_count(part.parts) if isinstance(part, Cycle) else isinstance(part, Rest) and part.is_range
        for part in parts
    )
    return sum(counts)


@dataclass
class _Clock:
    """The place in a plan: hours from its start, and how many rests that are ranges lie before it."""

    hours: Fraction = Fraction(0)
    ranges: int = 0


def _turns(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    """Yield the parts of each cycle: of each repeat of an outermost Cycle, and of each run of parts outside any Cycle."""
    run: list[Part] = []
    for part in parts:
        if isinstance(part, Cycle):
            yield tuple(run)
            run = []
            yield from repeat(part.parts, part.repeats)
        else:
            run.append(part)
    yield tuple(run)


def _walk(parts: tuple[Part, ...], clock: _Clock) -> Iterator[tuple[Fraction, Dose, Fraction, int]]:
    """Yield (start, dose, until, ranges passed) of parts that begin at the clock, and move the clock to their end."""
    for part in parts:
        if isinstance(part, Dose):
            yield clock.hours, part, clock.hours, clock.ranges
        elif isinstance(part, Rest):
            clock.hours += part.shortest.hours
            clock.ranges += part.is_range
        elif isinstance(part, Cycle) and part.doses:
            for _ in range(part.repeats):
                yield from _walk(part.parts, clock)
        elif isinstance(part, Cycle):
            clock.hours += part.length
            clock.ranges += range_count((part,))
        elif not isinstance(part, AtSteadyState):
            starts = [clock.hours + part.start(index) for index in range(part.doses)]
            clock.hours += part.length
            yield from zip(starts, repeat(part.dose), [*starts[1:], clock.hours], repeat(clock.ranges))

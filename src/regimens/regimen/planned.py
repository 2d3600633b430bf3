"""Planned doses: the parts of one drug written out on the time axis, exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, repeat

from regimens.regimen.parts import Cycle, Dose, Part, Rest


@dataclass(frozen=True)
class PlannedDose:
    """One dose of a plan: exact start (h), which drug, dose, cycle and number within it (from 1).

    `until` is one interval after the start (of a dose given once: its start), where the plan may go on. `ranges` is how many
    rests that are still ranges come before the dose; each of them is counted at its shortest in `start` and `until`.
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


def rests(parts: Iterable[Part]) -> Iterator[Rest]:
    """Yield every rest of a plan once, those inside of cycles too."""
    for part in parts:
        if isinstance(part, Rest):
            yield part
        elif isinstance(part, Cycle):
            yield from rests(part.parts)


def ranges(parts: Iterable[Part]) -> Iterator[Rest]:
    """Yield every rest that is a range in the order in which it is taken: in each turn of a cycle again."""
    for part in parts:
        if isinstance(part, Rest) and part.is_range:
            yield part
        elif isinstance(part, Cycle):
            yield from tuple(ranges(part.parts)) * part.repeats


@dataclass
class _Clock:
    """How far a plan has come: hours from its start, and rests passed that are ranges."""

    hours: Fraction = Fraction(0)
    ranges: int = 0


def _turns(parts: tuple[Part, ...]) -> Iterator[tuple[Part, ...]]:
    """Cut a plan into what counts as a cycle: each turn of an outermost Cycle, and each run of parts outside of any."""
    for is_cycle, run in groupby(parts, lambda part: isinstance(part, Cycle)):
        if is_cycle:
            for cycle in run:
                yield from repeat(cycle.parts, cycle.repeats)
        else:
            yield tuple(run)


def _walk(parts: tuple[Part, ...], clock: _Clock) -> Iterator[tuple[Fraction, Dose, Fraction, int]]:
    """Yield (start, dose, until, ranges passed) of parts from a clock on, and move the clock to where they end."""
    for part in parts:
        if isinstance(part, Dose):
            yield clock.hours, part, clock.hours, clock.ranges
        elif isinstance(part, Rest):
            clock.hours += part.shortest.hours
            clock.ranges += part.is_range
        elif isinstance(part, Cycle):
            for _ in range(part.repeats):
                yield from _walk(part.parts, clock)
        else:
            starts = [clock.hours + part.start(index) for index in range(part.doses)]
            clock.hours += part.length
            yield from zip(starts, repeat(part.dose), [*starts[1:], clock.hours], repeat(clock.ranges))

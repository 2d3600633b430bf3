"""From single doses at exact times to a regimen: equal doses at one interval become courses, gaps become rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from regimens.regimen.parts import AtSteadyState, Course, Cycle, Dose, Rest
from regimens.regimen.quantities import Duration
from regimens.regimen.regimen import Regimen

if TYPE_CHECKING:
    from regimens.regimen.parts import Part

FINEST = 10_000
"""Largest denominator of a planned time in hours: finer than a second."""


@dataclass(frozen=True)
class TimedDose:
    """A dose of a drug that starts at an exact time (h), in a cycle counted from 1."""

    drug: str
    cycle: int
    start: Fraction
    dose: Dose


def composed(doses: Iterable[TimedDose], starts: Mapping[str, AtSteadyState] | None = None) -> Regimen:
    """Return the regimen of single doses, in order of drug, then time; the plan of a drug in `starts` begins with that.

    Where a drug has several cycles, each becomes a Cycle that is not repeated; equal doses at one interval are a Course.
    RegimenError where the doses make no regimen, for example if two of one drug start at the same time.
    """
    plans: dict[str, tuple[Part, ...]] = {drug: (start,) for drug, start in (starts or {}).items()}
    for drug, own in groupby(doses, lambda dose: dose.drug):
        plans[drug] = (*plans.get(drug, ()), *_parts(list(own)))
    return Regimen(**plans)


def _parts(doses: Sequence[TimedDose]) -> Iterator[Part]:
    runs = [run for _, cycle in groupby(doses, lambda dose: dose.cycle) for run in _runs(list(cycle))]
    following = [*(run[0].start for run in runs[1:]), None]
    clock = Fraction(0)
    for _, cycle in groupby(zip(runs, following, strict=True), lambda pair: pair[0][0].cycle):
        parts: list[Part] = []
        for run, next_start in cycle:
            if run[0].start > clock:
                parts.append(Rest(Duration(run[0].start - clock)))
            given, clock = _given(run, next_start)
            parts.extend(given)
        yield from parts if doses[0].cycle == doses[-1].cycle else (Cycle(*parts, repeats=1),)


def _runs(doses: Sequence[TimedDose]) -> Iterator[Sequence[TimedDose]]:
    """Cut doses into the longest runs of equal ones at one interval."""
    while doses:
        size = 1
        while size < len(doses) and doses[size].dose == doses[0].dose and _gap(doses, size) == _gap(doses, 1):
            size += 1
        yield doses[:size]
        doses = doses[size:]


def _gap(doses: Sequence[TimedDose], index: int) -> Fraction:
    return doses[index].start - doses[index - 1].start


def _given(run: Sequence[TimedDose], next_start: Fraction | None) -> tuple[Iterable[Part], Fraction]:
    """Return the parts of a run and where they end. A course lasts one interval longer than its last dose: where the next
    dose comes sooner, the last one stands alone.
    """
    if len(run) == 1:
        return (run[0].dose,), run[0].start
    every = _gap(run, 1)
    end = run[-1].start + every
    if next_start is None or end <= next_start:
        return (Course(run[0].dose, Duration(every), len(run)),), end
    return (Course(run[0].dose, Duration(every), len(run) - 1), run[-1].dose), run[-1].start

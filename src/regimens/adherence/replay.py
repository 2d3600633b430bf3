"""The plan behind a ledger: its planned doses as a regimen, for totals and for the drugs that models must have inputs for."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens.drugs import IL2
from regimens.regimen import Amount, Course, Cycle, Dose, Duration, Regimen, Rest
from regimens.units import exact

if TYPE_CHECKING:
    from regimens.adherence.ledger import Ledger
    from regimens.regimen.parts import Part

FINEST = 10_000
"""Largest denominator of a planned time in hours: finer than a second."""


def plan_of(ledger: Ledger) -> Regimen:
    """Return the regimen of all planned doses of a ledger, those of different subjects counted once.

    Where there are several cycles, each becomes a Cycle that is not repeated; equal doses at one interval are a Course.
    RegimenError where the planned doses make no regimen, for example if two of one drug start at the same time.
    """
    rows = ledger.rows.drop_duplicates(["drug", "cycle", "dose"]).sort_values(["drug", "planned_h"], kind="stable")
    doses = [_planned(row) for row in rows.to_dict("records")]
    return Regimen(**{drug: tuple(_parts(list(own))) for drug, own in groupby(doses, lambda dose: dose.drug)})


@dataclass(frozen=True)
class _Planned:
    drug: str
    cycle: int
    start: Fraction
    dose: Dose


def _planned(row: Mapping[Hashable, Any]) -> _Planned:
    cap, step = (None if np.isnan(row[name]) else exact(float(row[name])) for name in ("max", "step"))
    amount = Amount(exact(float(row["planned"])), "IU" if row["drug"] == IL2 else "mg", row["basis"], cap, step)
    over = Duration(_hours(row["duration_h"])) if row["duration_h"] > 0 else None
    return _Planned(row["drug"], row["cycle"], _hours(row["planned_h"]), Dose(amount, row["route"], over))


def _hours(value: float) -> Fraction:
    """Return a time as the fraction with a small denominator next to its float: 20 min are a third of an hour again."""
    return Fraction(value).limit_denominator(FINEST)


def _parts(doses: Sequence[_Planned]) -> Iterator[Part]:
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


def _runs(doses: Sequence[_Planned]) -> Iterator[Sequence[_Planned]]:
    """Cut doses into the longest runs of equal ones at one interval."""
    while doses:
        size = 1
        while size < len(doses) and doses[size].dose == doses[0].dose and _gap(doses, size) == _gap(doses, 1):
            size += 1
        yield doses[:size]
        doses = doses[size:]


def _gap(doses: Sequence[_Planned], index: int) -> Fraction:
    return doses[index].start - doses[index - 1].start


def _given(run: Sequence[_Planned], next_start: Fraction | None) -> tuple[Iterable[Part], Fraction]:
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

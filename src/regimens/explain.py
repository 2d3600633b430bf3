"""Explanation of a regimen as lines of text: its sentence in full, its days and totals, and a calendar."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from regimens.drugs import display_unit
from regimens.exposure import DrugExposure, exposure_of
from regimens.regimen.seams import seams
from regimens.regimen.writing import write_plan
from regimens.units import amount_text, day_text, decimal_text, duration_text, elapsed_text

if TYPE_CHECKING:
    from regimens.regimen import Regimen
    from regimens.regimen.planned import PlannedDose
    from regimens.subject import Subject

LONGEST_CALENDAR_WEEKS = 60


def explain(regimen: Regimen, subject: Subject) -> Iterator[str]:
    """Yield the lines that explain `regimen` for a subject of that size; ranges of rests at their shortest and longest."""
    yield regimen.in_words()
    if not regimen.has_ranges:
        yield from _explain_resolved(regimen, subject)
        return
    for choice in ("shortest", "longest"):
        yield ""
        yield f"With the {choice} rest: {regimen.with_rests(choice).in_words()}"
        yield from _explain_resolved(regimen.with_rests(choice), subject)


def _explain_resolved(regimen: Regimen, subject: Subject) -> Iterator[str]:
    planned = regimen.written_out()
    if not planned:
        yield ""
        yield "No dose is given: total 0."
        return
    for row in exposure_of(regimen, subject):
        yield ""
        yield from _explain_drug(row, [dose for dose in planned if dose.drug == row.drug], subject)
        if regimen.start is not None and regimen.start[0] == row.drug:
            before = write_plan((regimen.start[1],)).removeprefix("at steady state of ")
            yield f"  Before day 0    {before}, until steady state; these doses are not counted"
    for seam in seams(regimen):
        yield ""
        yield seam.in_words
    yield ""
    yield from calendar(planned)


def _explain_drug(row: DrugExposure, planned: list[PlannedDose], subject: Subject) -> Iterator[str]:
    yield f"{row.drug}: {row.arithmetic}{_size(planned, subject)}."
    if row.total_ug is not None and row.total_nmol is not None:
        yield f"  Mass            {float(row.total_ug):.1f} ug, {float(row.total_nmol):.2f} nmol of aldesleukin"
    yield f"  First dose      {day_text(row.first_h)}"
    yield f"  Last dose       {day_text(row.last_h)}"
    starts = _cycle_starts(planned)
    if len(starts) > 1:
        yield f"  Cycles start    days {', '.join(elapsed_text(start) for start in starts)}"
        yield f"  Pauses          {', '.join(dict.fromkeys(_pauses(planned)))} from the last dose of a cycle to the next first"
    if row.per_week is not None:
        unit, size = display_unit(row.unit)
        span = decimal_text(row.span_h / 24)
        yield f"  Days on, off    {row.days_on} with a dose, {row.days_off} without, over {span} days of treatment"
        yield f"  Mean per week   {float(row.per_week / size):.4g} {unit}"
    yield f"  Highest 7 days  {amount_text(row.peak_7_days, row.unit)}"


def _size(planned: list[PlannedDose], subject: Subject) -> str:
    bases = {dose.dose.amount.basis for dose in planned}
    sizes = {"per kg": f"{decimal_text(subject.weight_kg)} kg", "per m2": f"{decimal_text(subject.bsa_m2)} m2"}
    shown = [sizes[basis] for basis in sorted(bases) if basis in sizes]
    return f" at {' and '.join(shown)}" if shown else ""


def _cycle_starts(planned: list[PlannedDose]) -> list[Fraction]:
    return [dose.start for dose in planned if dose.number == 1]


def _pauses(planned: list[PlannedDose]) -> Iterator[str]:
    for earlier, later in pairwise(planned):
        if later.number == 1:
            yield duration_text(later.start - earlier.start)


def calendar(planned: tuple[PlannedDose, ...]) -> Iterator[str]:
    """Yield a calendar: a line a week, the number of doses on each day ('.' for none), several drugs side by side."""
    drugs = sorted({dose.drug for dose in planned})
    counts: dict[tuple[str, int], int] = {}
    for dose in planned:
        key = (dose.drug, int(dose.start // 24))
        counts[key] = counts.get(key, 0) + 1
    weeks = max(day for _, day in counts) // 7 + 1
    heading = "  ".join(f"{drug:<14}" for drug in drugs).rstrip()
    yield f"Doses a day            {heading}"
    yield "week  days  protocol   " + "  ".join("0 1 2 3 4 5 6 " for _ in drugs).rstrip()
    for week in range(min(weeks, LONGEST_CALENDAR_WEEKS)):
        first = 7 * week
        cells = ("  ".join(_week(counts, drug, first) for drug in drugs)).rstrip()
        yield f"{week:>4}  {first:>4}  {first + 1:>8}   {cells}"
    if weeks > LONGEST_CALENDAR_WEEKS:
        yield f"... and {weeks - LONGEST_CALENDAR_WEEKS} weeks more"


def _week(counts: dict[tuple[str, int], int], drug: str, first: int) -> str:
    marks = (counts.get((drug, first + day), 0) for day in range(7))
    return "".join(f"{mark if mark and mark < 10 else '+' if mark else '.'} " for mark in marks)

"""The guide of an arm: its rules with the plan that they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.drugs import leading
from regimens.regimen import Amount, Course, Cycle, Dose, Duration, Regimen
from regimens.rules.ladder import Ladder
from regimens.rules.slots import Slot, grid_of, slots_of
from regimens.rules.timetable import Decision, decisions_of

if TYPE_CHECKING:
    from regimens.regimen.parts import Part
    from regimens.regimen.planned import PlannedDose
    from regimens.rules.values import Rules


@dataclass(frozen=True)
class Guide:
    """Rules with their ladder, the drug that they are about, its planned doses (rests resolved), the decisions on them, and the
    times at which a dose may come.
    """

    rules: Rules
    ladder: Ladder
    drug: str
    doses: tuple[PlannedDose, ...]
    decisions: tuple[Decision, ...]
    slots: tuple[Slot, ...]


def guide_of(rules: Rules, regimen: Regimen, visits_h: Sequence[Fraction] = ()) -> Guide:
    """Return the guide of an arm with this plan. The drug is IL-2, or the first by name where the plan gives none of it."""
    drug = leading(regimen.drugs)
    assert drug is not None
    doses = tuple(dose for dose in regimen.earliest() if dose.drug == drug)
    interval = planned_interval(regimen, drug)
    grid = grid_of(rules, interval)
    steps = 1 if grid is None or interval is None else int(interval.hours / grid.hours)
    ladder = Ladder(rules, planned_amount(regimen, drug), grid, steps)
    return Guide(rules, ladder, drug, doses, decisions_of(rules, doses, visits_h), slots_of(doses, grid, steps))


def planned_amount(regimen: Regimen, drug: str) -> Amount | None:
    """Return the one amount of all doses of a drug; None where a plan has several."""
    found = {dose.dose.amount for dose in regimen.earliest() if dose.drug == drug}
    return found.pop() if len(found) == 1 else None


def planned_interval(regimen: Regimen, drug: str) -> Duration | None:
    """Return the one interval of all courses of a drug; None where a plan has another form."""
    found = set(_intervals(dict(regimen.plans)[drug]))
    only = found.pop() if len(found) == 1 else None
    return only if isinstance(only, Duration) else None


def _intervals(parts: Sequence[Part]) -> list[object]:
    found: list[object] = []
    for part in parts:
        if isinstance(part, Cycle):
            found += _intervals(part.parts)
        elif isinstance(part, Dose):
            found.append(None)
        elif isinstance(part, Course):
            found.append(part.every)
    return found

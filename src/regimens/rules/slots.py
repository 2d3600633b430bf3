"""Slots: the times at which a dose of the plan's drug may come.

Without a rule that changes the interval they are the times of the planned doses. With one, every course of the plan is divided
into steps of the longest time of which the planned interval and those of the rules are whole multiples. So a rule may set a
shorter interval, or one that is no multiple of the planned interval, and the walk over a ladder stays exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from math import gcd, lcm
from typing import TYPE_CHECKING

from regimens.regimen.quantities import Duration
from regimens.rules.values import Rules, Space

if TYPE_CHECKING:
    from regimens.regimen.planned import PlannedDose

MOST_STEPS = 12
"""Most steps that a planned interval may be divided into."""


@dataclass(frozen=True)
class Slot:
    """A time at which a dose may come: `dose` as it would be, the place of the planned dose at or before it, and how long
    after that it is (h); 0 for the planned dose itself.
    """

    dose: PlannedDose
    planned: int
    after_h: Fraction = Fraction(0)


def grid_of(rules: Rules, interval: Duration | None) -> Duration | None:
    """Return the time between two slots: the planned interval, or a part of it; None without a planned interval."""
    if interval is None:
        return None
    hours = [interval.hours, *(rule.interval.hours for rule in rules.ladder if isinstance(rule, Space))]
    whole = lcm(*(each.denominator for each in hours))
    return Duration(Fraction(gcd(*(int(each * whole) for each in hours)), whole))


def slots_of(doses: Sequence[PlannedDose], grid: Duration | None, steps: int) -> tuple[Slot, ...]:
    """Return the slots of planned doses, in order of time, with so many `steps` in a planned interval.

    Slots between planned doses are numbered behind the planned doses of their cycle.
    """
    found: list[Slot] = []
    counts = {cycle: len(list(own)) for cycle, own in groupby(doses, key=lambda dose: dose.cycle)}
    for place, dose in enumerate(doses):
        found.append(Slot(dose, place))
        for step in range(1, steps):
            assert grid is not None
            counts[dose.cycle] += 1
            after = step * grid.hours
            found.append(Slot(replace(dose, start=dose.start + after, number=counts[dose.cycle]), place, after))
    return tuple(found)

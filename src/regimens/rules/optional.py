"""Doses that no plan has and that rules may give: of other drugs, and between the planned doses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.adherence.ledger import GIVEN_BY_RULE, REASONS
from regimens.regimen.planned import PlannedDose
from regimens.rules.values import Give

if TYPE_CHECKING:
    from regimens.adherence.realise import Timed
    from regimens.rules.guide import Guide


def with_optional(guide: Guide, doses: Sequence[PlannedDose]) -> tuple[PlannedDose, ...]:
    """Return the doses of a plan and those that rules may give: of other drugs, the first of each in cycle 1, the next in cycle
    2, then those between the planned doses.
    """
    found = list(doses)
    for rule in (rule for rule in guide.rules.ladder if isinstance(rule, Give)):
        for _ in range(rule.times):
            cycle = 1 + sum(dose.drug == rule.drug for dose in found)
            found.append(PlannedDose(Fraction(0), rule.drug, rule.dose, cycle, 1, Fraction(0)))
    return (*found, *(slot.dose for slot in guide.slots if slot.after_h))


def timed_with_optional(guide: Guide, timed: Timed) -> Timed:
    """Return the doses with a column for each that a rule may give, which nobody gets yet: due at an infinite time."""
    doses = with_optional(guide, timed.doses)
    if len(doses) == len(timed.doses):
        return timed
    never = np.full((len(timed.due_h), len(doses) - len(timed.doses)), np.inf)
    own = [place for place, dose in enumerate(timed.doses) if dose.drug == guide.drug]
    given = never.copy()
    for column, slot in enumerate((slot for slot in guide.slots if slot.after_h), never.shape[1] - between_planned(guide)):
        given[:, column] = timed.due_h[:, own[slot.planned]] + float(slot.after_h)
    return replace(
        timed,
        doses=doses,
        planned_h=np.concatenate([np.broadcast_to(timed.planned_h, timed.due_h.shape), never], axis=1),
        due_h=np.concatenate([timed.due_h, never], axis=1),
        given_h=np.concatenate([timed.given_h, given], axis=1),
        is_given=np.concatenate([timed.is_given, np.zeros(never.shape, dtype=bool)], axis=1),
        reason=np.concatenate([timed.reason, np.full(never.shape, REASONS.index(GIVEN_BY_RULE))], axis=1),
    )


def between_planned(guide: Guide) -> int:
    """Return how many doses rules may give between the planned ones of an arm."""
    return sum(bool(slot.after_h) for slot in guide.slots)

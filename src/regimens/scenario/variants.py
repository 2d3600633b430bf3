"""Variants of arms: the same schedule at an equal total, and the same plan as it goes in real life."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from regimens.adherence.realise import Adherence, RealLife
from regimens.drugs import IL2
from regimens.errors import RegimenError
from regimens.exposure import Expected
from regimens.regimen.equalise import Equalised, equalise, il2_total
from regimens.scenario.regimens import flat_il2
from regimens.scenario.values import EQUAL_TOTAL, REAL_LIFE, Arm, Goal
from regimens.units import amount_text, decimal_text, duration_text, parse_duration
from regimens.yamlfile import Notes, Unreadable

if TYPE_CHECKING:
    from regimens.regimen import Regimen
    from regimens.scenario.schema import EqualiseShape, RealLifeShape
    from regimens.subject import Subject

OFF = Fraction(1, 5)
"""Relative difference from the wanted total that rounding may leave; the arm's name shows the total that is reached."""


def read_goal(shape: EqualiseShape | None, notes: Notes) -> Goal | None:
    """Return the total that arms are brought to; None where there is none or it cannot be read."""
    if shape is None:
        return None
    total = step = None
    with contextlib.suppress(Unreadable):
        total = flat_il2(shape.total, ("equalise", "total"), "total", notes)
    if shape.step is not None and shape.by != "amount":
        advice = "Leave it out, or write 'by: amount'."
        notes.add(
            ("equalise", "step"), f"A step rounds amounts, and 'by: {shape.by}' leaves those as they are.", advice, key=True
        )
    elif shape.step is not None:
        with contextlib.suppress(Unreadable):
            step = flat_il2(shape.step, ("equalise", "step"), "step", notes)
    return None if total is None or not notes.sound("equalise") else Goal(total, shape.by, step)


def read_real_life(shape: RealLifeShape | None, notes: Notes) -> RealLife | None:
    """Return how real doses differ from the plan; None where nothing is said or it cannot be read."""
    if shape is None:
        return None
    share, up_to_h = 0.0, Fraction(0)
    if shape.late is not None:
        share, up_to = shape.late.share, shape.late.up_to
        with contextlib.suppress(Unreadable):
            up_to_h = notes.read(("real_life", "late", "up_to"), lambda: parse_duration(up_to))
    if shape.after_a_miss is not None and not shape.missed:
        found = "No dose is ever missed, so none comes after a miss."
        notes.add(("real_life", "after_a_miss"), found, "Give 'missed' too.", lacking=("real_life",))
    elif not (shape.missed or share or shape.stop_early):
        advice = "Give a 'missed', 'late' or 'stop_early' above 0."
        notes.add(("real_life",), "'real_life' changes no dose.", advice, key=True, lacking=("real_life",))
    if not notes.sound("real_life"):
        return None
    return RealLife(shape.missed, shape.after_a_miss, share, float(up_to_h), shape.stop_early)


def with_variants(
    arms: Sequence[Arm], goal: Goal | None, life: RealLife | None, subject: Subject | None, notes: Notes
) -> Iterator[Arm]:
    """Yield every arm, its twin of equal total if it gives IL-2 and another total, and its twin in real life if it gives doses.

    A replayed arm has no twins: its doses are what happened. Nor is an arm with rules brought to an equal total, which follows
    from its rules.
    """
    for arm in arms:
        yield arm
        if arm.adherence is not None and arm.adherence.ledger is not None:
            continue
        ruled = arm.rules is not None or not notes.sound("arms", arm.range_of or arm.name, "rules")
        if goal is not None and not ruled and subject is not None and IL2 in arm.regimen.drugs:
            yield from _equal_total(arm, goal, subject, notes)
        if life is not None and arm.regimen.drugs:
            _check_late(arm, life, notes)
            adherence = Adherence(drawn=_drawn(arm), real_life=life)
            yield replace(arm, name=f"{arm.name}, {REAL_LIFE}", observed=(), variant=REAL_LIFE, of=arm.name, adherence=adherence)


def _drawn(arm: Arm) -> Regimen | None:
    return None if arm.adherence is None else arm.adherence.drawn


def _equal_total(arm: Arm, goal: Goal, subject: Subject, notes: Notes) -> Iterator[Arm]:
    if il2_total(arm.regimen, subject) == goal.total.value:
        return
    drawn = _drawn(arm)
    try:
        made = equalise(arm.regimen, goal.total, goal.by, goal.step, subject)
        ranges = None if drawn is None else equalise(drawn, goal.total, goal.by, goal.step, subject).regimen
    except RegimenError as error:
        notes.add(("equalise", "by"), f"Arm '{arm.name}' cannot be equalised by {goal.by}: {error.message}", error.advice)
        return
    if abs(made.total - made.target) > OFF * made.target:
        reached = amount_text(made.total, "IU")
        found = f"Arm '{arm.name}' cannot be brought to {goal.total} by {goal.by}: the nearest is {reached}."
        notes.add(("equalise", "by"), found, "Within 20 % is accepted: another lever, step or total may get there.")
        return
    said = _said(made)
    yield replace(
        arm,
        name=f"{arm.name}, {amount_text(made.total, 'IU')}",
        regimen=made.regimen,
        expected=(*(e for e in arm.expected if e.drug != IL2), Expected(IL2, total=made.total)),
        assumptions=(*arm.assumptions, said),
        observed=(),
        variant=EQUAL_TOTAL,
        of=arm.name,
        adherence=None if ranges is None else Adherence(drawn=ranges),
        changed=said,
        equalised=made,
    )


def _said(made: Equalised) -> str:
    """Return what equalising did, in a sentence or two; a total that rounding missed is said."""
    factor = decimal_text(made.factor)
    factor = f"{factor}, about {float(made.factor):.4g}" if "/" in factor else factor
    planned, target = amount_text(made.planned, "IU"), amount_text(made.target, "IU")
    said = (
        f"To give {target} of IL-2 instead of {planned}, {made.lever} went from {made.before} to {made.after} (factor {factor})."
    )
    if made.total == made.target:
        return said
    away = f"{amount_text(abs(made.total - made.target), 'IU')} {'more' if made.total > made.target else 'less'}"
    return f"{said} Rounding makes it {amount_text(made.total, 'IU')}, {away}."


def _check_late(arm: Arm, life: RealLife, notes: Notes) -> None:
    """Note a delay so long that a dose could reach the next one of its drug, or that its infusion could."""
    room = _room(_drawn(arm) or arm.regimen)
    if life.late and room is not None and life.up_to_h >= room:
        late = duration_text(Fraction(life.up_to_h))
        notes.add(
            ("real_life", "late", "up_to"),
            f"A dose of arm '{arm.name}' that is up to {late} late could reach the next one, {duration_text(room)} after it.",
            "'up_to' is shorter than the shortest interval of every arm.",
        )


def _room(regimen: Regimen) -> Fraction | None:
    """Return the shortest time (h) from the end of a dose to the next one of its drug; None where none follows."""
    rooms = []
    for drug in regimen.drugs:
        own = [dose for dose in regimen.earliest() if dose.drug == drug]
        rooms += [later.start - earlier.start - earlier.dose.duration for earlier, later in pairwise(own)]
    return min(rooms, default=None)

"""Arms as figures show them: those that give the same doses together, coloured by what differs.

Levels of one schedule (the same doses at the same times, in other amounts) are steps of one hue; every other schedule has a
hue of its own. Arms without doses are grey.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from regimens import wording
from regimens.drugs import leading
from regimens.figures import theme
from regimens.scenario.values import AS_WRITTEN

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.figures.theme import Ink
    from regimens.regimen import DoseEvents
    from regimens.statistics import Floats
    from regimens.study.comparison import Comparison
    from regimens.study.study import StudyArm


@dataclass(frozen=True, eq=False)
class DrugDoses:
    """The doses of one drug of one arm before the horizon; `given` is what the scenario's subject gets of each (IU or mg)."""

    drug: str
    events: DoseEvents = field(repr=False)
    given: Floats = field(repr=False)

    @property
    def cycles(self) -> list[tuple[int, Floats]]:
        """The start of every dose (h) by cycle, in order of the cycles."""
        return [(int(cycle), self.events.time_h[self.events.cycle == cycle]) for cycle in np.unique(self.events.cycle)]


@dataclass(frozen=True)
class Look:
    """An arm as figures show it: `names` are all arms that give its doses, `name` the first of them, `index` its place.

    `family` numbers the schedules that differ in more than their amounts, from 0; -1 is no dose. `words` are those of the
    plan; `varied` arms give different doses to different subjects. `doses` are those before the horizon, drug by drug, and
    `exposure` the totals of the whole plan; the drug that leads the arm comes first in both.
    """

    index: int
    names: tuple[str, ...]
    words: str
    ink: Ink
    dash: str
    family: int
    varied: bool = False
    doses: tuple[DrugDoses, ...] = field(default=(), compare=False, repr=False)
    exposure: tuple[DrugExposure, ...] = field(default=(), compare=False, repr=False)

    @property
    def name(self) -> str:
        """The name under which figures show the arm, which is that of its results."""
        return self.names[0]

    @property
    def heading(self) -> str:
        """The name, and how many other arms give the same doses: 'RA, 3 cycles (+1)'."""
        return self.name if len(self.names) == 1 else f"{self.name} (+{len(self.names) - 1})"

    @property
    def dosed(self) -> bool:
        """Whether the arm gives a dose before the horizon."""
        return self.family >= 0

    @property
    def colour(self) -> str:
        """The colour of the arm in a figure."""
        return self.ink.light

    def doses_of(self, drug: str | None) -> DrugDoses | None:
        """Return the doses of one drug before the horizon, None where the arm gives none."""
        return next((doses for doses in self.doses if doses.drug == drug), None)

    def exposure_to(self, drug: str | None) -> DrugExposure | None:
        """Return the totals of one drug, None where the arm does not give it."""
        return next((row for row in self.exposure if row.drug == drug), None)


def looks(comparison: Comparison) -> tuple[Look, ...]:
    """Return the arms as written in the order of the scenario, those that give the same doses as one."""
    written = [arm for arm in comparison.study.arms if arm.arm.variant == AS_WRITTEN]
    groups: dict[int, list[StudyArm]] = {}
    for arm in written:
        groups.setdefault(arm.twin, []).append(arm)
    firsts = [members[0] for members in groups.values()]
    families = _families(firsts)
    inks = _inks(firsts, families)
    order = [first.place for first in firsts if families[first.place] >= 0]
    return tuple(
        Look(
            first.place,
            tuple(member.name for member in members),
            _words(first) if families[first.place] >= 0 else wording.NO_DOSES,
            inks[first.place],
            theme.DASHES[order.index(first.place) % len(theme.DASHES)] if first.place in order else "solid",
            families[first.place],
            first.varies,
            tuple(_doses(comparison, first, drug) for drug in in_order(first.planned.drug)),
            _exposure(comparison, first),
        )
        for first, members in zip(firsts, groups.values(), strict=True)
    )


def _words(arm: StudyArm) -> str:
    return arm.arm.plan_in_words + ("" if arm.guide is None else f"; {wording.BY_RULES}")


def in_order(drugs: Iterable[str]) -> tuple[str, ...]:
    """Return drugs with the leading one first and the others by name."""
    known = set(drugs)
    first = leading(known)
    return tuple(sorted(known, key=lambda drug: (drug != first, drug)))


def _doses(comparison: Comparison, arm: StudyArm, drug: str) -> DrugDoses:
    events, subject = arm.planned.only((drug,)), comparison.scenario.subject
    return DrugDoses(drug, events, events.in_person(float(subject.weight_kg), float(subject.bsa_m2)))


def _exposure(comparison: Comparison, arm: StudyArm) -> tuple[DrugExposure, ...]:
    rows = {row.drug: row for row in comparison.exposure.of(arm.name)}
    return tuple(rows[drug] for drug in in_order(rows))


def _families(arms: Sequence[StudyArm]) -> dict[int, int]:
    """Return the family of every arm by place: -1 without doses, else one number for the same times, drugs and routes."""
    known: dict[object, int] = {}
    found = {}
    for arm in arms:
        plan = arm.planned
        shape = (
            plan.time_h.tobytes(),
            plan.drug,
            plan.route,
            plan.basis,
            plan.duration_h.tobytes(),
            arm.arm.adherence,
            arm.arm.rules,
        )
        found[arm.place] = known.setdefault(shape, len(known)) if len(plan) else -1
    return found


def _inks(arms: Sequence[StudyArm], families: dict[int, int]) -> dict[int, Ink]:
    """Return the colour of every arm: a step of the hue of its family by its total; one accent where hues run out."""
    count = max(families.values(), default=-1) + 1
    found = {arm.place: theme.CONTEXT for arm in arms}
    for family in range(count):
        members = sorted((arm for arm in arms if families[arm.place] == family), key=lambda arm: float(arm.planned.amount.sum()))
        hue = theme.HUES[family] if count <= len(theme.HUES) else theme.ACCENT
        inks = theme.steps(hue, len(members)) if count <= len(theme.HUES) else (hue,) * len(members)
        found |= {arm.place: ink for arm, ink in zip(members, inks, strict=True)}
    return found

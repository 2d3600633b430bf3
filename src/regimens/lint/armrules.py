"""Rules about the doses of one arm, a function each: it yields (what was found, what to do about it)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from regimens.drugs import IL2
from regimens.exposure import cut_off
from regimens.regimen.frequencywords import WEEKDAY_NUMBERS
from regimens.regimen.parts import Course, Cycle, Weekly, each_dose
from regimens.regimen.quantities import Amount
from regimens.regimen.seams import seams
from regimens.units import amount_text, decimal_text
from regimens.wording import listing

if TYPE_CHECKING:
    from regimens.exposure import Expected
    from regimens.regimen import Regimen
    from regimens.regimen.parts import Part
    from regimens.regimen.planned import PlannedDose
    from regimens.subject import Subject

Said = tuple[str, str]
"""What was found, and what to do about it."""

DAY = Fraction(24)

VIAL_STEP = Fraction(10_000)
"""IU: what 0.01 mL is, the graduation of a 1 mL syringe, of aldesleukin diluted to 1 MIU/mL."""

STEP = Amount(VIAL_STEP, "IU")

VIAL = "the steps of a 1 mL syringe in 0.01 mL at 1 MIU/mL; undiluted, at the label's 18 MIU/mL, a step is 0.18 MIU"


@dataclass(frozen=True)
class LintedArm:
    """One regimen to look at, its rests resolved: `name` is that of its arm, '' of a text.

    `horizon_h` and `day_0`, the weekday of day 0, are None where they are not known.
    Nothing is `expected` of it here: that is checked before.
    """

    name: str
    regimen: Regimen
    subject: Subject
    horizon_h: Fraction | None = None
    day_0: str | None = None
    expected: tuple[Expected, ...] = ()

    @property
    def who(self) -> str:
        """The arm as the subject of a sentence ends: "Arm 'daily': "; nothing of a text."""
        return f"Arm '{self.name}': " if self.name else ""

    @property
    def planned(self) -> tuple[PlannedDose, ...]:
        """Every dose of it."""
        return self.regimen.written_out()


def after_horizon(arm: LintedArm) -> Iterator[Said]:
    """Doses at or after the horizon, and infusions that it ends."""
    if arm.horizon_h is None:
        return
    for sentence in cut_off(arm, arm.horizon_h, arm.subject):
        yield sentence, "A longer horizon holds them."


def cycle_cut_short(arm: LintedArm) -> Iterator[Said]:
    """Cycles of which the horizon leaves some doses and takes others."""
    if arm.horizon_h is None:
        return
    for (drug, cycle), doses in groupby(sorted(arm.planned, key=_turn), _turn):
        starts = [dose.start for dose in doses]
        before = sum(start < arm.horizon_h for start in starts)
        if 0 < before < len(starts) and any(dose.cycle > 1 for dose in arm.planned if dose.drug == drug):
            days = decimal_text(arm.horizon_h / DAY)
            found = (
                f"cycle {cycle} of {drug} is cut short: the horizon of {days} days leaves {before} of its {len(starts)} doses."
            )
            yield f"{arm.who}{found}", "A horizon after the end of a cycle holds all of it."


def weekend_doses(arm: LintedArm) -> Iterator[Said]:
    """Doses on Saturdays and Sundays, where the weekday of day 0 is stated or taken of a weekday that the arm names."""
    if arm.day_0 is None:
        return
    first = WEEKDAY_NUMBERS[arm.day_0.strip().lower()]
    for drug in arm.regimen.drugs:
        days = [(first + int(dose.start // DAY)) % 7 for dose in arm.planned if dose.drug == drug]
        saturdays, sundays = days.count(5), days.count(6)
        if saturdays or sundays:
            found = f"{arm.who}{saturdays + sundays} of {len(days)} doses of {drug} fall on a weekend"
            yield f"{found} ({saturdays} on Saturdays, {sundays} on Sundays; day 0 is a {arm.day_0}).", "Clinics may be closed."


def no_whole_days(arm: LintedArm) -> Iterator[Said]:
    """Doses at changing times of day in a plan that has no interval of which a day is a multiple, such as every 8 h."""
    for drug, parts in arm.regimen.plans:
        if any(DAY % every == 0 and every < DAY for every in _intervals(parts)):
            continue
        times = list(dict.fromkeys(dose.start % DAY for dose in arm.planned if dose.drug == drug))
        if len(times) > 1:
            shown = listing([f"{decimal_text(time)} h" for time in times[:4]]) + (" and others" if len(times) > 4 else "")
            found = (
                f"{arm.who}doses of {drug} start at {len(times)} different times of day: {shown} after that of the first moment."
            )
            yield found, "Intervals and rests of whole days keep the time of day."


def no_vial_step(arm: LintedArm) -> Iterator[Said]:
    """Amounts of IL-2 that no syringe gives: flat ones between steps, and ones per m2 or per kg that are not rounded."""
    amounts = dict.fromkeys(dose.amount for drug, parts in arm.regimen.plans if drug == IL2 for dose in each_dose(parts))
    for amount in amounts:
        if amount.basis == "flat" and amount.value % VIAL_STEP:
            yield f"{arm.who}{amount} is no multiple of {amount_text(VIAL_STEP, 'IU')} ({VIAL}).", "Round the amount."
        elif amount.basis != "flat" and amount.step is None:
            kg, m2 = arm.subject.weight_kg, arm.subject.bsa_m2
            size = f"{decimal_text(kg)} kg" if amount.basis == "per kg" else f"{decimal_text(m2)} m2"
            given = amount_text(amount.for_size(kg, m2), "IU")
            found = f"{amount} has no step: a person of {size} gets {given}, and every other size another amount."
            yield f"{arm.who}{found}", f"Write for example '{amount.in_steps_of(STEP)}' ({VIAL})."


def changed_interval(arm: LintedArm) -> Iterator[Said]:
    """Courses with another interval that follow without a rest."""
    for seam in seams(arm.regimen):
        yield f"{arm.who}{seam.in_words}", ""


def _turn(dose: PlannedDose) -> tuple[str, int]:
    return dose.drug, dose.cycle


def _intervals(parts: tuple[Part, ...]) -> Iterator[Fraction]:
    for part in parts:
        if isinstance(part, Cycle):
            yield from _intervals(part.parts)
        elif isinstance(part, Course):
            yield DAY if isinstance(part.every, Weekly) else part.every.hours


ARM_RULES: Mapping[str, Callable[[LintedArm], Iterator[Said]]] = {
    "after-horizon": after_horizon,
    "cycle-cut-short": cycle_cut_short,
    "weekend": weekend_doses,
    "no-whole-days": no_whole_days,
    "no-vial-step": no_vial_step,
    "changed-interval": changed_interval,
}
"""Name of a rule about one arm -> the rule."""

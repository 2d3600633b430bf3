"""The differences of two regimens as values: what each gives of each drug, and from when on they differ. All exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from regimens.exposure import exposure_of

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.regimen import Dose, Regimen
    from regimens.regimen.planned import PlannedDose
    from regimens.subject import Subject


@dataclass(frozen=True)
class Facts:
    """What one regimen gives of one drug. Each tuple has its different values in the order of first use.

    `doses` are the doses as written, with amount, route and infusion time. `intervals` (h) lie between neighbouring doses of a
    cycle, `pauses` (h) between the last dose of a cycle and the first of the next. `exposure` has totals, counts and days.
    """

    doses: tuple[Dose, ...]
    intervals: tuple[Fraction, ...]
    pauses: tuple[Fraction, ...]
    exposure: DrugExposure

    @property
    def amounts(self) -> tuple[str, ...]:
        """The different amounts of a dose, as written."""
        return _different(str(dose.amount) for dose in self.doses)

    @property
    def routes(self) -> tuple[str, ...]:
        """The different routes."""
        return _different(dose.route for dose in self.doses)

    @property
    def infusions(self) -> tuple[Fraction, ...]:
        """The different infusion times (h), 0 for a bolus."""
        return tuple(dict.fromkeys(dose.duration for dose in self.doses))

    @property
    def cycles(self) -> int:
        """Number of cycles."""
        return len(self.exposure.per_cycle)


@dataclass(frozen=True)
class DrugDifference:
    """One drug in two regimens: the facts of each, None where it is not given.

    `same_doses` is whether both give the same doses of it at the same times.
    """

    drug: str
    first: Facts | None
    second: Facts | None
    same_doses: bool


@dataclass(frozen=True)
class Difference:
    """Two regimens beside each other.

    `drugs` has every drug of either, in the order of names. `same_cycles` is whether cycles and doses are counted alike, so that
    the dose events of the same doses are equal. `from_h` is the first time (h) at which one gives what the other does not, None
    where both give the same; `first` and `second` are the doses at that time.
    """

    regimens: tuple[Regimen, Regimen]
    subject: Subject
    drugs: tuple[DrugDifference, ...]
    same_cycles: bool
    from_h: Fraction | None
    same_longest: bool
    first: tuple[PlannedDose, ...] = ()
    second: tuple[PlannedDose, ...] = ()

    @property
    def same_doses(self) -> bool:
        """Whether both give the same doses at the same times."""
        return self.from_h is None

    @property
    def same_start(self) -> bool:
        """Whether both start at steady state of the same repeated dose, or neither does."""
        return self.regimens[0].start == self.regimens[1].start


def difference_of(first: Regimen, second: Regimen, subject: Subject) -> Difference:
    """Return the difference of two regimens; rests that are ranges are taken at their shortest, totals are the subject's."""
    shortest = first.with_rests("shortest"), second.with_rests("shortest")
    planned = shortest[0].written_out(), shortest[1].written_out()
    facts = [_facts(regimen, doses, subject) for regimen, doses in zip(shortest, planned, strict=True)]
    drugs = sorted({*facts[0], *facts[1]})
    given = _given(planned[0]), _given(planned[1])
    differ = [key for key in {*given[0], *given[1]} if given[0].get(key) != given[1].get(key)]
    changed = {drug for _, drug in differ}
    from_h = min((start for start, _ in differ), default=None)
    return Difference(
        regimens=(first, second),
        subject=subject,
        drugs=tuple(DrugDifference(drug, facts[0].get(drug), facts[1].get(drug), drug not in changed) for drug in drugs),
        same_cycles=_counted(planned[0]) == _counted(planned[1]),
        from_h=from_h,
        same_longest=_given(first.with_rests("longest").written_out()) == _given(second.with_rests("longest").written_out()),
        first=tuple(dose for dose in planned[0] if dose.start == from_h),
        second=tuple(dose for dose in planned[1] if dose.start == from_h),
    )


def _given(planned: Sequence[PlannedDose]) -> dict[tuple[Fraction, str], Dose]:
    return {(dose.start, dose.drug): dose.dose for dose in planned}


def _counted(planned: Sequence[PlannedDose]) -> list[tuple[Fraction, str, int, int]]:
    return [(dose.start, dose.drug, dose.cycle, dose.number) for dose in planned]


def _facts(regimen: Regimen, planned: Sequence[PlannedDose], subject: Subject) -> dict[str, Facts]:
    found = {}
    for row in exposure_of(regimen, subject):
        own = [dose for dose in planned if dose.drug == row.drug]
        gaps = [(later.start - earlier.start, later.cycle == earlier.cycle) for earlier, later in pairwise(own)]
        found[row.drug] = Facts(
            doses=tuple(dict.fromkeys(dose.dose for dose in own)),
            intervals=tuple(dict.fromkeys(gap for gap, inside in gaps if inside)),
            pauses=tuple(dict.fromkeys(gap for gap, inside in gaps if not inside)),
            exposure=row,
        )
    return found


def _different(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))

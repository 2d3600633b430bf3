"""Exposure: how much of each drug a regimen gives, exactly, and whether that is what the scenario expects.

Sums are of rationals, so totals are exact. They are of the planned regimen at one body size, before the horizon cuts any
dose off.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from regimens.drugs import IL2, SPECIFIC_ACTIVITY, display_unit
from regimens.errors import ExposureMismatch, Problem
from regimens.units import amount_text, decimal_text, duration_text

if TYPE_CHECKING:
    import pandas as pd

    from regimens.regimen import Regimen
    from regimens.regimen.planned import PlannedDose
    from regimens.subject import Subject

WEEK_H = 168


@dataclass(frozen=True)
class Expected:
    """What a protocol says about one drug: total (IU or mg), number of doses, elapsed day of the last dose; None = not said.

    `line` and `column` are the place in the scenario file, counted from 1.
    """

    drug: str
    total: Fraction | None = None
    doses: int | None = None
    last_day: int | None = None
    line: int | None = field(default=None, compare=False)
    column: int | None = field(default=None, compare=False)


class Arm(Protocol):
    """An arm as the audit reads it."""

    @property
    def name(self) -> str:
        """Name of the arm."""

    @property
    def regimen(self) -> Regimen:
        """Regimen of the arm, every rest resolved."""

    @property
    def expected(self) -> tuple[Expected, ...]:
        """What the protocol says, at most one entry a drug."""


@dataclass(frozen=True)
class DrugExposure:
    """Totals of one drug of one arm. Amounts in `unit` (IU or mg), times in h or elapsed days, all exact.

    `amounts` are the different amounts per dose in the order of first use, each with its number of doses. `span_h` is the
    treated span: from the first dose to one interval after the last. `peak_7_days` is the highest sum over [t, t + 168 h).
    `per_week` is over the treated span and None for a drug given once.
    """

    arm: str
    drug: str
    unit: str
    doses: int
    amounts: tuple[tuple[Fraction, int], ...]
    total: Fraction
    per_cycle: tuple[Fraction, ...]
    first_h: Fraction
    last_h: Fraction
    days_on: int
    span_h: Fraction
    peak_7_days: Fraction
    expected: Expected | None = None

    @property
    def days_off(self) -> int:
        """Days of the treated span, counted in whole days, without a dose."""
        return max(0, -(-self.span_h // 24) - self.days_on)

    @property
    def per_week(self) -> Fraction | None:
        """Mean amount per week of the treated span."""
        return self.total * WEEK_H / self.span_h if self.span_h else None

    @property
    def last_day(self) -> int:
        """Elapsed day of the last dose; the scenario begins on day 0."""
        return int(self.last_h // 24)

    @property
    def total_ug(self) -> Fraction | None:
        """The total in ug, for a drug whose specific activity is declared."""
        activity = SPECIFIC_ACTIVITY.get(self.drug)
        return None if activity is None or self.unit != "IU" else activity.ug(self.total)

    @property
    def total_nmol(self) -> Fraction | None:
        """The total in nmol, for a drug whose specific activity is declared."""
        activity = SPECIFIC_ACTIVITY.get(self.drug)
        return None if activity is None or self.unit != "IU" else activity.nmol(self.total)

    @property
    def arithmetic(self) -> str:
        """The sum in words: '20 doses of 1.5 MIU are 30 MIU'."""
        terms = [f"{n} dose{'s' * (n > 1)} of {amount_text(value, self.unit)}" for value, n in self.amounts]
        return f"{' and '.join(terms)} {'is' if self.doses == 1 else 'are'} {amount_text(self.total, self.unit)}"

    @property
    def differences(self) -> tuple[Problem, ...]:
        """One problem for each number that differs from what is expected, with the line of the scenario."""
        expected = self.expected
        if expected is None:
            return ()
        who = f"Arm '{self.arm}'" if self.drug == IL2 else f"Arm '{self.arm}', {self.drug}"
        said = []
        if expected.total is not None and expected.total != self.total:
            said.append(f"{who}: {self.arithmetic}, but `expect` says {amount_text(expected.total, self.unit)}.")
        if expected.doses is not None and expected.doses != self.doses:
            said.append(f"{who}: the regimen has {self.doses} doses, but `expect` says {expected.doses}.")
        if expected.last_day is not None and expected.last_day != self.last_day:
            said.append(
                f"{who}: the last dose is on day {self.last_day} (the scenario begins on day 0), "
                f"but `expect` says day {expected.last_day}."
            )
        return tuple(Problem(sentence, line=expected.line, column=expected.column) for sentence in said)


@dataclass(frozen=True)
class ExposureTable:
    """The exposure of every arm and drug, in the order of the arms; arms without doses have no row."""

    rows: tuple[DrugExposure, ...]

    def of(self, arm: str) -> tuple[DrugExposure, ...]:
        """Return the rows of one arm."""
        return tuple(row for row in self.rows if row.arm == arm)

    @property
    def differences(self) -> tuple[Problem, ...]:
        """Every difference from what the scenario expects."""
        return tuple(problem for row in self.rows for problem in row.differences)

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a DataFrame: amounts in `unit` (MIU or mg), times in h or days.

        Columns: arm, drug, doses, amount, total, unit, cycles, first_h, last_h, days_on, span_days, per_week, peak_7_days,
        expected, ok, days_off, total_ug, total_nmol.
        """
        import pandas as pd

        columns = list(_frame_row(_EMPTY))
        return pd.DataFrame([_frame_row(row) for row in self.rows], columns=columns)


def exposure_of(regimen: Regimen, subject: Subject, arm: str = "", expected: Iterable[Expected] = ()) -> tuple[DrugExposure, ...]:
    """Return the exposure of each drug of `regimen` for a body of that size."""
    wanted = {entry.drug: entry for entry in expected}
    planned = regimen.written_out()
    return tuple(
        _drug_exposure(arm, drug, [dose for dose in planned if dose.drug == drug], subject, wanted.get(drug))
        for drug in regimen.drugs
    )


def exposure_of_arms(arms: Sequence[Arm], subject: Subject) -> ExposureTable:
    """Return the exposure of all arms, whatever is expected."""
    return ExposureTable(tuple(row for arm in arms for row in exposure_of(arm.regimen, subject, arm.name, arm.expected)))


def audit(arms: Sequence[Arm], subject: Subject, path: str = "") -> ExposureTable:
    """Return the exposure of all arms; ExposureMismatch with every difference from what is expected.

    `path` is the scenario file, which the message names.
    """
    table = exposure_of_arms(arms, subject)
    if table.differences:
        raise ExposureMismatch(table.differences, path)
    return table


def cut_off(arm: Arm, horizon_h: Fraction, subject: Subject) -> tuple[str, ...]:
    """Return sentences about what the horizon cuts off: doses at or after it, which are not given, and infusions that it ends."""
    planned, days = arm.regimen.written_out(), decimal_text(horizon_h / 24)
    said = []
    late = [dose for dose in planned if dose.start >= horizon_h]
    if late:
        lost = [f"{amount_text(_sum(doses, subject), unit)} of {drug}" for (drug, unit), doses in _by_drug(late)]
        said.append(
            f"Arm '{arm.name}': {len(late)} of {len(planned)} doses lie at or after the horizon of {days} days and are not given "
            f"({', '.join(lost)})."
        )
    said += [
        f"Arm '{arm.name}': the infusion of {dose.drug} from {duration_text(dose.start)} to "
        f"{duration_text(dose.start + dose.dose.duration)} is not over at the horizon of {days} days. Totals count all of it."
        for dose in planned
        if dose.start < horizon_h < dose.start + dose.dose.duration
    ]
    return tuple(said)


def _by_drug(planned: list[PlannedDose]) -> list[tuple[tuple[str, str], list[PlannedDose]]]:
    def key(dose: PlannedDose) -> tuple[str, str]:
        return dose.drug, dose.dose.amount.unit

    return [(drug, list(doses)) for drug, doses in groupby(sorted(planned, key=key), key)]


def _given(dose: PlannedDose, subject: Subject) -> Fraction:
    return dose.dose.amount.for_size(subject.weight_kg, subject.bsa_m2)


def _sum(planned: Iterable[PlannedDose], subject: Subject) -> Fraction:
    return sum((_given(dose, subject) for dose in planned), Fraction(0))


def _drug_exposure(arm: str, drug: str, planned: list[PlannedDose], subject: Subject, expected: Expected | None) -> DrugExposure:
    given = [_given(dose, subject) for dose in planned]
    cycles = sorted({dose.cycle for dose in planned})
    return DrugExposure(
        arm=arm,
        drug=drug,
        unit=planned[0].dose.amount.unit,
        doses=len(planned),
        amounts=tuple((value, given.count(value)) for value in dict.fromkeys(given)),
        total=sum(given, Fraction(0)),
        per_cycle=tuple(_sum((dose for dose in planned if dose.cycle == cycle), subject) for cycle in cycles),
        first_h=planned[0].start,
        last_h=planned[-1].start,
        days_on=len({dose.start // 24 for dose in planned}),
        span_h=planned[-1].until - planned[0].start,
        peak_7_days=_highest_sum([dose.start for dose in planned], given, Fraction(WEEK_H)),
        expected=expected,
    )


def _highest_sum(starts: list[Fraction], given: list[Fraction], window: Fraction) -> Fraction:
    highest = running = Fraction(0)
    first = 0
    for start, amount in zip(starts, given, strict=True):
        running += amount
        while starts[first] <= start - window:
            running -= given[first]
            first += 1
        highest = max(highest, running)
    return highest


_EMPTY = DrugExposure("", "", "mg", 0, (), Fraction(0), (), Fraction(0), Fraction(0), 0, Fraction(0), Fraction(0))


def _frame_row(row: DrugExposure) -> dict[str, object]:
    unit, size = display_unit(row.unit)
    expected = None if row.expected is None or row.expected.total is None else float(row.expected.total / size)
    return {
        "arm": row.arm,
        "drug": row.drug,
        "doses": row.doses,
        "amount": "; ".join(decimal_text(value / size) for value, _ in row.amounts),
        "total": float(row.total / size),
        "unit": unit,
        "cycles": len(row.per_cycle),
        "first_h": float(row.first_h),
        "last_h": float(row.last_h),
        "days_on": row.days_on,
        "span_days": float(row.span_h / 24),
        "per_week": None if row.per_week is None else float(row.per_week / size),
        "peak_7_days": float(row.peak_7_days / size),
        "expected": expected,
        "ok": None if row.expected is None else not row.differences,
        "days_off": row.days_off,
        "total_ug": None if row.total_ug is None else float(row.total_ug),
        "total_nmol": None if row.total_nmol is None else float(row.total_nmol),
    }

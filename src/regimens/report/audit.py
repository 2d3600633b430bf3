"""The exposure audit: what each schedule adds up to, beside what its source says."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens import wording
from regimens.drugs import display_unit, label
from regimens.figures.arms import in_order
from regimens.report.numbers import cycle_totals
from regimens.report.text import schedules, subjects
from regimens.scenario.values import AS_WRITTEN
from regimens.units import decimal_text

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.figures.view import View
    from regimens.study.comparison import Comparison

_SIGNS = {schedules.MATCHES: "✓", schedules.DIFFERS: "✗", schedules.UNSTATED: ""}


@dataclass(frozen=True)
class Entry:
    """A row of the audit: an arm and drug, all cells as text; `verdict` in words, `sign` beside it."""

    arm: str
    drug: str
    doses: str
    amount: str
    total: str
    cycles: str
    first: str
    last: str
    per_week: str
    peak: str
    expected: str
    verdict: str
    sign: str


def audit(comparison: Comparison, view: View) -> tuple[Entry, ...]:
    """Return the rows of the audit, an arm as written and drug each; all arms without doses have one row."""
    entries, still = [], []
    for arm in comparison.scenario.arms:
        rows = {row.drug: row for row in comparison.exposure.of(arm.name)}
        if arm.variant != AS_WRITTEN:
            continue
        entries += [_entry(comparison, view, rows[drug]) for drug in in_order(rows)]
        still += [] if rows else [arm.name]
    return (*entries, _without(still)) if still else tuple(entries)


def finding(entries: tuple[Entry, ...]) -> str:
    """Return what the audit found, in a sentence."""
    given = [entry for entry in entries if entry.drug != wording.MISSING]
    checked = [entry for entry in given if entry.verdict != schedules.UNSTATED]
    wrong = [entry.arm for entry in checked if entry.verdict == schedules.DIFFERS]
    return schedules.audited(len(checked), len(given) - len(checked), wrong)


def _without(arms: list[str]) -> Entry:
    blank = (wording.MISSING,) * 6
    return Entry(
        "; ".join(arms), wording.MISSING, "0", wording.MISSING, "0", *blank, schedules.UNSTATED, _SIGNS[schedules.UNSTATED]
    )


def _entry(comparison: Comparison, view: View, row: DrugExposure) -> Entry:
    stated = None if row.expected is None else row.expected.total
    verdict = schedules.UNSTATED if stated is None else schedules.DIFFERS if row.differences else schedules.MATCHES
    return Entry(
        row.arm,
        label(row.drug),
        wording.exact(row.doses),
        "; ".join(decimal_text(value / display_unit(row.unit)[1]) for value, _ in row.amounts),
        subjects.total(row, view, comparison.scenario.subject),
        cycle_totals(row.per_cycle, row.unit) if len(row.per_cycle) > 1 else wording.MISSING,
        wording.days(row.first_h),
        wording.days(row.last_h),
        _rounded(row.per_week, row.unit),
        _rounded(row.peak_7_days, row.unit),
        wording.MISSING if stated is None else wording.amount(stated, row.unit),
        verdict,
        _SIGNS[verdict],
    )


def _rounded(value: Fraction | None, unit: str) -> str:
    if value is None:
        return wording.MISSING
    return f"{wording.exact(float(f'{wording.shown(value, unit):.3g}'))} {display_unit(unit)[0]}"

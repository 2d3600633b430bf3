"""The exposure audit: what each schedule adds up to, beside what its source says."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.drugs import display_unit, label
from regimens.report.numbers import cycle_totals
from regimens.report.text import schedules, subjects, words
from regimens.units import decimal_text

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.report.layout import Layout, Look
    from regimens.study.comparison import Comparison

_SIGNS = {schedules.MATCHES: "✓", schedules.DIFFERS: "✗", schedules.UNSTATED: ""}


@dataclass(frozen=True)
class Entry:
    """A row of the audit: an arm and drug, all cells as text; `verdict` in words, `sign` beside it."""

    arm: Look
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


def audit(comparison: Comparison, layout: Layout) -> tuple[Entry, ...]:
    """Return the rows of the audit; an arm without doses has one that says so."""
    entries = []
    for look in layout.arms:
        entries += [_entry(comparison, layout, look, row) for row in look.exposure]
        if not look.exposure:
            entries.append(_without(look))
    return tuple(entries)


def finding(entries: tuple[Entry, ...]) -> str:
    """Return what the audit found, in a sentence."""
    given = [entry for entry in entries if entry.drug != words.MISSING]
    checked = [entry for entry in given if entry.verdict != schedules.UNSTATED]
    wrong = [entry.arm.name for entry in checked if entry.verdict == schedules.DIFFERS]
    return schedules.audited(len(checked), len(given) - len(checked), wrong)


def _without(look: Look) -> Entry:
    blank = (words.MISSING,) * 6
    return Entry(look, words.MISSING, "0", words.MISSING, "0", *blank, schedules.UNSTATED, _SIGNS[schedules.UNSTATED])


def _entry(comparison: Comparison, layout: Layout, look: Look, row: DrugExposure) -> Entry:
    stated = None if row.expected is None else row.expected.total
    verdict = schedules.UNSTATED if stated is None else schedules.DIFFERS if row.differences else schedules.MATCHES
    return Entry(
        look,
        label(row.drug),
        words.exact(row.doses),
        "; ".join(decimal_text(value / display_unit(row.unit)[1]) for value, _ in row.amounts),
        subjects.total(row, layout, comparison.scenario.subject),
        cycle_totals(row.per_cycle, row.unit) if len(row.per_cycle) > 1 else words.MISSING,
        words.days(row.first_h),
        words.days(row.last_h),
        _rounded(row.per_week, row.unit),
        _rounded(row.peak_7_days, row.unit),
        words.MISSING if stated is None else words.amount(stated, row.unit),
        verdict,
        _SIGNS[verdict],
    )


def _rounded(value: Fraction | None, unit: str) -> str:
    if value is None:
        return words.MISSING
    return f"{words.exact(float(f'{words.shown(value, unit):.3g}'))} {display_unit(unit)[0]}"

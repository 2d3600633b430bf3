"""The exposure audit: what each schedule adds up to, beside what its source says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import words
from regimens.report.cast import Cast, Look
from regimens.report.numbers import cycle_totals

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

MATCHES, DIFFERS, UNSTATED = "matches", "differs", "nothing stated"


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


def audit(comparison: Comparison, cast: Cast) -> tuple[Entry, ...]:
    """Return the rows of the audit; an arm without doses has one that says so."""
    entries = []
    rows = comparison.exposure.to_dict("records") if len(comparison.exposure) else []
    for look in cast.arms:
        mine = [row for row in rows if row["arm"] == look.name]
        entries += [_entry(comparison, look, row) for row in mine]
        if not mine:
            entries.append(_without(look, comparison.scenario.arms[look.index].expected is not None))
    return tuple(entries)


def finding(entries: tuple[Entry, ...]) -> str:
    """Return what the audit found, in a sentence."""
    checked = [entry for entry in entries if entry.drug != words.MISSING and entry.verdict != UNSTATED]
    open_rows = [entry for entry in entries if entry.drug != words.MISSING and entry.verdict == UNSTATED]
    wrong = [entry for entry in checked if entry.verdict == DIFFERS]
    if wrong:
        said = f"{words.sentence(words.count(len(wrong), 'total differs', 'totals differ'))[:-1]} from what was expected: "
        said += words.listing([entry.arm.name for entry in wrong]) + "."
    elif checked:
        all_of_them = {1: "The stated total matches", 2: "Both stated totals match"}
        said = all_of_them.get(len(checked), f"All {words.count(len(checked), 'stated total')} match")
        said += " the doses written out, exactly."
    else:
        said = "The scenario states no totals to check the doses against."
    if open_rows and checked:
        said += f" For {words.count(len(open_rows), 'further total')} the scenario states none."
    return said


def _without(look: Look, stated: bool) -> Entry:
    blank = [words.MISSING] * 5
    expected, verdict, sign = ("0", MATCHES, "✓") if stated else (words.MISSING, UNSTATED, "")
    return Entry(look, words.MISSING, "0", words.MISSING, "0", *blank, expected, verdict, sign)


def _entry(comparison: Comparison, look: Look, row: dict) -> Entry:
    unit, ok = row["unit"], row["ok"]
    parts = comparison.per_cycle.get((look.name, row["drug"]), ())
    stated = not words.missing(row["expected"]) and str(row["expected"]) != ""
    verdict = UNSTATED if not stated or words.missing(ok) else MATCHES if bool(ok) else DIFFERS
    return Entry(
        look,
        words.drug(row["drug"]),
        words.exact(row["doses"]),
        words.amount(row["amount"], unit),
        words.amount(row["total"], unit),
        cycle_totals(parts, unit) if len(parts) > 1 else words.MISSING,
        words.days(row["first_h"]),
        words.days(row["last_h"]),
        _rounded(row["per_week"], unit),
        _rounded(row["peak_7_days"], unit),
        words.amount(row["expected"], unit) if stated else words.MISSING,
        verdict,
        {MATCHES: "✓", DIFFERS: "✗", UNSTATED: ""}[verdict],
    )


def _rounded(value: object, unit: str) -> str:
    if words.missing(value):
        return words.MISSING
    size, named = words.million(float(value), unit)  # type: ignore[arg-type]
    return f"{words.exact(float(f'{size:.3g}'))} {named}"

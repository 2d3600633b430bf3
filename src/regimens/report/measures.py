"""Endpoints as the page says them: heading, unit, which way is better, numbers in the unit that people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report.text import words

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint
    from regimens.study.comparison import Comparison
    from regimens.study.rows import Summary

_PERCENT = 100.0


@dataclass(frozen=True)
class Measure:
    """An endpoint: as the scenario words it, heading, unit of its values and of differences, factor into both.

    `largest` is the largest value of any arm, in the unit of the summary: what is rounding error beside it is shown as 0.
    `exact` is whether values are sums or counts of doses, not read from a curve.
    """

    words: str
    label: str
    unit: str
    apart: str
    factor: float
    better: str
    share: bool
    largest: float = 0.0
    exact: bool = False

    def number(self, value: float) -> str:
        """Write a value in the unit of the page."""
        return words.number(words.settled(value, self.largest) * self.factor)

    def difference(self, value: float) -> str:
        """Write a difference with its unit."""
        return f"{self.number(value)} {self.apart}".strip()

    def between(self, low: float, high: float) -> str:
        """Write an interval that may reach below zero; nothing where an end is missing."""
        return "" if words.missing(low) or words.missing(high) else f"{self.number(low)} to {self.number(high)}"


def measures(comparison: Comparison) -> dict[str, Measure]:
    """Return every endpoint of the scenario that has values by its words, in the order of the scenario."""
    rows: dict[str, list[Summary]] = {}
    for row in comparison.summary:
        rows.setdefault(row.endpoint, []).append(row)
    return {e.words: _measure(e, rows[e.words]) for e in comparison.scenario.endpoints if e.words in rows}


def judged(comparison: Comparison) -> list[Measure]:
    """Return the endpoints that say which way is better; the first of them leads."""
    return [measure for measure in measures(comparison).values() if measure.better]


def _measure(endpoint: Endpoint, rows: Sequence[Summary]) -> Measure:
    label, better = endpoint.label, endpoint.better
    spread = [v for row in rows for v in (row.median, row.high) if not words.missing(v)]
    largest = max(map(abs, spread), default=0.0)
    if endpoint.statistic == "mean":
        return Measure(endpoint.words, label, "%", "percentage points", _PERCENT, better, True, largest)
    factor, unit = words.scaled(spread, rows[0].unit)
    beside = words.unit_beside(label, unit)
    fold = endpoint.observable.endswith("_fold") and not beside
    per = " per MIU" if label.endswith("per MIU") else ""
    apart = f"{'fold' if fold else beside}{per}".strip()
    return Measure(endpoint.words, label, beside, apart, factor, better, False, largest, not endpoint.observable)

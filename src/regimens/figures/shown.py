"""Endpoints as the page says them: heading, unit, which way is better, numbers in the unit that people read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens import wording

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint
    from regimens.study.comparison import Comparison
    from regimens.study.rows import Summary

_PERCENT = 100.0


@dataclass(frozen=True)
class ShownEndpoint:
    """An endpoint: as the scenario words it, heading, unit of its values and of differences, factor into both.

    `largest` is the largest value of any arm, in the unit of the summary: what is rounding error beside it is shown as 0.
    `of_population` is whether values are of the population and no subject's, as shares of subjects and SMDs are.
    `exact` is whether values are sums or counts of doses, not read from a curve.
    """

    words: str
    label: str
    unit: str
    apart: str
    factor: float
    better: str
    of_population: bool
    largest: float = 0.0
    exact: bool = False

    @property
    def title(self) -> str:
        """The label with the unit, unless the label names it."""
        return wording.axis_title(self.label, self.unit)

    def number(self, value: float) -> str:
        """Write a value in the unit of the page."""
        return wording.number(wording.settled(value, self.largest) * self.factor)

    def difference(self, value: float) -> str:
        """Write a difference with its unit."""
        return wording.MISSING if wording.missing(value) else f"{self.number(value)} {self.apart}".strip()

    def between(self, low: float, high: float) -> str:
        """Write an interval that may reach below zero; nothing where an end is missing."""
        return "" if wording.missing(low) or wording.missing(high) else f"{self.number(low)} to {self.number(high)}"


def shown_endpoints(comparison: Comparison) -> dict[str, ShownEndpoint]:
    """Return every endpoint of the scenario that has values by its words, in the order of the scenario."""
    rows: dict[str, list[Summary]] = {}
    for row in comparison.summary:
        rows.setdefault(row.endpoint, []).append(row)
    return {e.words: _measure(e, rows[e.words]) for e in comparison.scenario.endpoints if e.words in rows}


def shown_endpoint(comparison: Comparison, words: str) -> ShownEndpoint:
    """Return one endpoint by its words; KeyError where the scenario has no such one, or nothing has a value of it."""
    known = shown_endpoints(comparison)
    if words not in known:
        raise KeyError(f"The scenario has no endpoint '{words}' with values. It has {', '.join(map(repr, known)) or 'none'}.")
    return known[words]


def judged(comparison: Comparison) -> list[ShownEndpoint]:
    """Return the endpoints that say which way is better; the first of them leads."""
    return [shown for shown in shown_endpoints(comparison).values() if shown.better]


def _measure(endpoint: Endpoint, rows: Sequence[Summary]) -> ShownEndpoint:
    label, better = endpoint.label, endpoint.better
    spread = [v for row in rows for v in (row.median, row.high) if not wording.missing(v)]
    largest = max(map(abs, spread), default=0.0)
    if endpoint.statistic == "mean":
        return ShownEndpoint(endpoint.words, label, "%", "percentage points", _PERCENT, better, True, largest)
    if not endpoint.of_subjects:
        return ShownEndpoint(endpoint.words, label, rows[0].unit, rows[0].unit, 1.0, better, True, largest)
    factor, unit = wording.scaled(spread, rows[0].unit)
    beside = wording.unit_beside(label, unit)
    fold = endpoint.observable.endswith("_fold") and not beside
    per = " per MIU" if label.endswith("per MIU") else ""
    apart = f"{'fold' if fold else beside}{per}".strip()
    return ShownEndpoint(endpoint.words, label, beside, apart, factor, better, False, largest, not endpoint.observable)

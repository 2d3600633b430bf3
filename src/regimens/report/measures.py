"""Endpoints as the page says them: heading, unit, which way is better, numbers in the unit that people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import words

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

_PERCENT = 100.0


@dataclass(frozen=True)
class Measure:
    """An endpoint: as the scenario words it, heading, unit of its values and of differences, factor into both."""

    words: str
    label: str
    unit: str
    apart: str
    factor: float
    better: str
    share: bool

    def number(self, value: object) -> str:
        """Write a value in the unit of the page."""
        return words.MISSING if words.missing(value) else words.number(float(value) * self.factor)  # type: ignore[arg-type]

    def difference(self, value: object) -> str:
        """Write a difference with its unit."""
        return f"{self.number(value)} {self.apart}".strip()

    def between(self, low: object, high: object) -> str:
        """Write an interval that may reach below zero; nothing where an end is missing."""
        return "" if words.missing(low) or words.missing(high) else f"{self.number(low)} to {self.number(high)}"


def measures(comparison: Comparison) -> dict[str, Measure]:
    """Return every endpoint of the scenario by its words, in the order of the scenario."""
    found = {}
    by_endpoint = dict(iter(comparison.summary.groupby("endpoint", sort=False))) if len(comparison.summary) else {}
    for endpoint in comparison.scenario.endpoints:
        if endpoint.words in by_endpoint:
            found[endpoint.words] = _measure(endpoint, by_endpoint[endpoint.words])
    return found


def judged(comparison: Comparison) -> list[Measure]:
    """Return the endpoints that say which way is better; the first of them leads."""
    return [measure for measure in measures(comparison).values() if measure.better]


def _measure(endpoint: object, rows: object) -> Measure:
    label, better = endpoint.label, endpoint.better or ""  # type: ignore[attr-defined]
    if endpoint.kind == "share":  # type: ignore[attr-defined]
        return Measure(endpoint.words, label, "%", "percentage points", _PERCENT, better, True)  # type: ignore[attr-defined]
    spread = [v for v in (*rows["median"], *rows["high"]) if not words.missing(v)]  # type: ignore[index]
    factor, unit = words.time_scale(spread, str(rows["unit"].iloc[0]))  # type: ignore[index]
    beside = words.unit_beside(label, unit)
    fold = endpoint.observable.endswith("_fold") and not beside  # type: ignore[attr-defined]
    per = " per MIU" if label.endswith("per MIU") else ""
    apart = f"{'fold' if fold else beside}{per}".strip()
    return Measure(endpoint.words, label, beside, apart, factor, better, False)  # type: ignore[attr-defined]

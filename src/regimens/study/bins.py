"""Bins: the user's own values of an arm cut into spans of time, for a visual predictive check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from regimens.scenario.own import OwnValue
    from regimens.scenario.values import Scenario
    from regimens.statistics import Floats

LEAST_SUBJECTS = 20
"""Subjects from which an arm's values of an observable are checked: with fewer, a 5th percentile is the lowest value."""

MOST_TIMES = 12
"""Different times up to which each is a bin of its own: the visits of a trial."""

BINS = 8
"""Bins of about equal numbers of values where there are more times than that. Values of one time stay together."""


@dataclass(frozen=True, eq=False)
class Bin:
    """The values of one observable of an arm in a span of time, both ends included; `time_h` is the median of their times."""

    arm: str
    observable: str
    unit: str
    from_h: float
    to_h: float
    time_h: float
    subjects: int
    values: Floats = field(repr=False)


def bins_of(scenario: Scenario) -> tuple[Bin, ...]:
    """Return the bins of every arm and observable with values of at least LEAST_SUBJECTS subjects.

    None in a scenario of one typical subject, which has no percentiles. Files are taken together; a name in two files is two
    subjects.
    """
    if scenario.population is None:
        return ()
    by_curve: dict[tuple[str, str], list[OwnValue]] = {}
    for row in (row for data in scenario.own for row in data.values):
        by_curve.setdefault((row.arm, row.observable), []).append(row)
    return tuple(made for rows in by_curve.values() if _subjects(rows) >= LEAST_SUBJECTS for made in _bins(rows))


def bin_numbers(times_h: Floats) -> np.ndarray:
    """Return the number of the bin of every time, ascending with time: see MOST_TIMES and BINS."""
    _, place, counts = np.unique(times_h, return_inverse=True, return_counts=True)
    if len(counts) <= MOST_TIMES:
        return np.asarray(place)
    middle = np.cumsum(counts) - counts / 2
    return np.asarray(np.floor(middle * BINS / len(times_h)).astype(np.int64)[place])


def _bins(rows: list[OwnValue]) -> Iterator[Bin]:
    times_h = np.array([row.time_h for row in rows])
    values = np.array([row.value for row in rows])
    numbers = bin_numbers(times_h)
    for number in np.unique(numbers):
        these = np.flatnonzero(numbers == number)
        inside = times_h[these]
        span = float(inside.min()), float(inside.max()), float(np.median(inside))
        first = rows[these[0]]
        subjects = _subjects([rows[place] for place in these])
        yield Bin(first.arm, first.observable, first.unit, *span, subjects, values[these])


def _subjects(rows: list[OwnValue]) -> int:
    return len({(row.file, row.subject) for row in rows})

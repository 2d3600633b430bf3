"""What the engine measures of a curve while it integrates: its area, its extremes, and where it is beyond a threshold.

A measure is of one observable in a window of time. It is taken from every accepted step, so it depends on no grid of times.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    from regimens.engine.trajectories import Floats

SAME = 1e-5
"""Share of the rise of a curve, up to then, by which a later top must exceed an earlier one to count as higher: below it the
two are equally high, as far as the integration can tell, and the first counts."""

ROUNDING = 1e-9
"""Relative difference below which a curve is flat."""

MISSING = "missing"
"""The slot that is 0, and not a number once the curve was not finite: then no column of the measure is a number."""


@dataclass(frozen=True)
class Measure:
    """One measure of `observable` from `from_h` to `to_h` (h from the start); `columns` are the numbers that it gives.

    A curve that is not finite somewhere in the window, or before anything happens if the window begins there, has none.
    """

    observable: str
    from_h: float
    to_h: float

    columns: ClassVar[tuple[str, ...]] = ()
    powers_of_time: ClassVar[tuple[int, ...]] = ()
    """Power of time in the unit of each column: 1 for a time, 0 for a value of the observable."""
    slots: ClassVar[tuple[str, ...]] = ()
    """Numbers that the machine code keeps while it measures; the columns are the first of them."""


@dataclass(frozen=True)
class Area(Measure):
    """The integral of the curve over the window (unit of the observable x h)."""

    columns = ("area",)
    powers_of_time = (1,)
    slots = (*columns, MISSING)


@dataclass(frozen=True)
class Extreme(Measure):
    """The `side` ("highest" or "lowest") value of the curve in the window, and when it is first reached (h).

    Both sides of every dose count, and at the start the value before anything happens. A curve that climbs to its highest
    value has its time where it stops climbing. A later top counts as higher only where it exceeds the first by more than
    SAME of the rise until then.
    """

    side: str = "highest"

    columns = ("value", "time_h")
    powers_of_time = (0, 1)
    slots = (*columns, "top", "least", "climbing", MISSING)


@dataclass(frozen=True)
class Threshold:
    """A threshold of each subject: value + of_baseline b + of_size |b|, with b the subject's value before anything happens."""

    value: float = 0.0
    of_baseline: float = 0.0
    of_size: float = 0.0

    @property
    def numbers(self) -> tuple[float, float, float]:
        """The three numbers."""
        return self.value, self.of_baseline, self.of_size


@dataclass(frozen=True)
class Excursion(Measure):
    """The part of a curve strictly on one `side` ("above" or "below") of a threshold.

    Its columns are the time spent there (h), the area between curve and threshold (unit of the observable x h), and when the
    curve is there first and last (h): infinite and minus infinite where it never is.
    """

    side: str = "above"
    threshold: Threshold = Threshold()

    columns = ("hours", "area", "first_h", "last_h")
    powers_of_time = (1, 1, 1, 1)
    slots = (*columns, "limit", MISSING)


@dataclass(frozen=True)
class Measures:
    """The measures of one simulation, with the observables and windows that they share."""

    measures: tuple[Measure, ...]
    observables: tuple[str, ...]
    windows: tuple[tuple[float, float], ...]
    """Start and end (h) of every window."""

    @classmethod
    def of(cls, measures: Sequence[Measure]) -> Measures:
        """Return the distinct ones of some measures."""
        distinct = tuple(dict.fromkeys(measures))
        windows = dict.fromkeys((measure.from_h, measure.to_h) for measure in distinct)
        return cls(distinct, tuple(dict.fromkeys(measure.observable for measure in distinct)), tuple(windows))

    @property
    def columns(self) -> int:
        """How many numbers all measures give."""
        return sum(len(measure.columns) for measure in self.measures)

    @property
    def layout(self) -> dict[str, int]:
        """The slots of a thread's memory by name, and how many of each."""
        slots = (f"{place} {slot}" for place, measure in enumerate(self.measures) for slot in measure.slots)
        return dict.fromkeys(("measured", *slots), 1)

    @property
    def slots(self) -> int:
        """The number of slots of a thread's memory, 0 without measures."""
        return len(self.layout) if self.measures else 0

    def window(self, measure: Measure) -> int:
        """Return the place of the window of a measure."""
        return self.windows.index((measure.from_h, measure.to_h))

    @property
    def shape(self) -> str:
        """What the machine code depends on, as text: everything but the numbers of windows and thresholds."""
        parts = [
            (type(each).__name__, getattr(each, "side", ""), self.observables.index(each.observable), self.window(each))
            for each in self.measures
        ]
        return repr((self.observables, len(self.windows), parts))

    def numbers(self, hours_per_time: float) -> Floats:
        """Return the numbers of the machine code: each window in model time, then each threshold's three numbers."""
        bounds = [bound / hours_per_time for window in self.windows for bound in window]
        thresholds = [number for each in self._excursions for number in each.threshold.numbers]
        return np.array([*bounds, *thresholds], dtype=np.float64)

    def threshold_at(self, measure: Excursion) -> int:
        """Return the place of the threshold of an excursion in `numbers`."""
        return 2 * len(self.windows) + 3 * self._excursions.index(measure)

    @property
    def _excursions(self) -> list[Excursion]:
        return [each for each in self.measures if isinstance(each, Excursion)]

    def split(self, found: Floats, hours_per_time: float) -> dict[Measure, Floats]:
        """Return the (columns, subjects) numbers of every measure from those of all, (subjects, columns) in model time."""
        answers, place = {}, 0
        for measure in self.measures:
            scale = np.array([[hours_per_time**power] for power in measure.powers_of_time])
            answers[measure] = found[:, place : place + len(measure.columns)].T * scale
            place += len(measure.columns)
        return answers

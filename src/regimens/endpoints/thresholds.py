"""Endpoints that hold a curve against a threshold: how long it is above or below it, who ever is, and from when on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from regimens.endpoints.endpoint import NAME, PER_MIU, WINDOW, Endpoint, Found, Windowed, inside, opposite
from regimens.engine.measures import ROUNDING, Excursion, Extreme, Threshold
from regimens.errors import WordsError

if TYPE_CHECKING:
    from regimens.endpoints.simulated import DosedArm, SimulatedArm
    from regimens.endpoints.times import Visits
    from regimens.engine.measures import Measure
    from regimens.engine.trajectories import Floats

BEYOND = rf"{NAME} (?P<side>above|below) (?P<threshold>\S+)"
"""What is held against what: 'treg_fold above 2'."""

_DECIMAL = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")


def read_number(text: str) -> float:
    """Return a number from decimal digits; WordsError for anything else, and for one too large for a computer's number."""
    number = float(text) if _DECIMAL.fullmatch(text) else np.nan
    if not np.isfinite(number):
        raise WordsError(f"'{text}' is not a finite decimal number.", "Write the threshold in digits, for example 2 or 0.5.")
    return number


@dataclass(frozen=True)
class Beyond(Windowed):
    """An endpoint of the part of a curve that is on one `side` ("above" or "below") of a `threshold`, strictly."""

    side: str = "above"
    threshold: float = 0.0

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for; WordsError where the threshold is not a number."""
        threshold = read_number(found["threshold"] or "")
        return replace(super().read(words, found, visits), side=(found["side"] or "").lower(), threshold=threshold)

    def _better(self, better: str) -> str:
        """Return the observable's direction for more of the curve above the threshold, the opposite for more below it."""
        return better if self.side == "above" else opposite(better)

    def beyond(self, horizon_h: float, threshold: float) -> Excursion:
        """Return the part of the curve on this side of a threshold."""
        return Excursion(self.observable, *self.window(horizon_h), side=self.side, threshold=Threshold(threshold))


@dataclass(frozen=True)
class TimeBeyond(Beyond):
    """How long the curve is above or below the threshold in the window; `unit_of_time` is "hours" or "days"."""

    unit_of_time: str = "hours"

    kind = "time above or below"
    pattern = rf"(?P<unit>hours|days) {BEYOND}{WINDOW}{PER_MIU}"
    forms = ("hours treg_fold above 2", "days treg_fold above 2 to 12 weeks", "hours treg_fold below 0.5")

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for."""
        return replace(super().read(words, found, visits), unit_of_time=(found["unit"] or "").lower())

    def _unit(self, observable_unit: str) -> str:
        return {"hours": "h", "days": "days"}[self.unit_of_time]

    def _heading(self, label: str) -> str:
        return f"Time with {inside(label)} {self.side} {self.threshold:g}{self.when}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the time of each subject, in the unit asked for."""
        hours = arm.measured(self.beyond(arm.horizon_h, self.threshold), "hours")
        return hours / {"hours": 1.0, "days": 24.0}[self.unit_of_time]

    def measures(self, horizon_h: float) -> tuple[Measure, ...]:
        """Return the part beyond the threshold."""
        return (self.beyond(horizon_h, self.threshold),)


@dataclass(frozen=True)
class Share(Beyond):
    """1 for a subject whose curve is ever above (below) the threshold in the window, else 0."""

    kind = "share"
    statistic = "mean"
    pattern = rf"share with {BEYOND}{WINDOW}{PER_MIU}"
    forms = ("share with treg_fold above 2", "share with treg_fold below 0.5")

    def _unit(self, observable_unit: str) -> str:
        return "1"

    def _heading(self, label: str) -> str:
        return f"Share with {inside(label)} {self.side} {self.threshold:g}{self.when}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return 1 or 0 for each subject."""
        furthest = arm.measured(self._furthest(arm.horizon_h), "value")
        beyond = furthest > self.threshold if self.side == "above" else furthest < self.threshold
        return np.where(np.isnan(furthest), np.nan, beyond)

    def measures(self, horizon_h: float) -> tuple[Measure, ...]:
        """Return the extreme on this side."""
        return (self._furthest(horizon_h),)

    def _furthest(self, horizon_h: float) -> Extreme:
        return Extreme(self.observable, *self.window(horizon_h), side={"above": "highest", "below": "lowest"}[self.side])


@dataclass(frozen=True)
class TimeUntil(Beyond):
    """Hours from the start of the window until the curve is first above (below) the threshold; infinite where it never is.

    An infinite value keeps its place in the order of the subjects, so a median is right although some never get there.
    """

    kind = "time until"
    unreached = "not reached in the window"
    pattern = rf"time until {BEYOND}{WINDOW}"
    forms = ("time until treg_fold above 2", "time until treg_fold below 1.2 from 4 weeks")

    def _unit(self, observable_unit: str) -> str:
        return "h"

    def _heading(self, label: str) -> str:
        return f"Time until {inside(label)} is {self.side} {self.threshold:g}{self.when}"

    def _better(self, better: str) -> str:
        """Return the direction of a time until something: sooner is better for what is good, later for what is not."""
        return opposite(super()._better(better))

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the time of each subject from the start of the window (h)."""
        return arm.measured(self._clearly_beyond(arm.horizon_h), "first_h") - self.from_h

    def measures(self, horizon_h: float) -> tuple[Measure, ...]:
        """Return the part clearly beyond the threshold."""
        return (self._clearly_beyond(horizon_h),)

    def _clearly_beyond(self, horizon_h: float) -> Excursion:
        # A flat curve differs from its threshold by rounding.
        room = ROUNDING * abs(self.threshold)
        return self.beyond(horizon_h, self.threshold + (room if self.side == "above" else -room))


@dataclass(frozen=True)
class TimeToReturn(Endpoint):
    """Hours from the start until the curve is back within a `share` of its baseline for good.

    That is the end of the last time that it is outside; 0 for a curve that never is, infinite for one that still is at the
    horizon, missing where the baseline is 0.
    """

    share: float = 0.05

    kind = "time to return"
    unreached = "not back at the horizon"
    pattern = rf"time to return to baseline of {NAME} within (?P<share>\S+?) ?%"
    forms = ("time to return to baseline of treg_fold within 5 %",)

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for; WordsError where the share is not a number above zero."""
        percent = read_number(found["share"] or "")
        if percent <= 0:
            raise WordsError(f"'{words}' allows no distance from the baseline.", "Write a share above zero, for example 5 %.")
        return replace(super().read(words, found, visits), share=percent / 100.0)

    def _unit(self, observable_unit: str) -> str:
        return "h"

    def _heading(self, label: str) -> str:
        return f"Time to return of {inside(label)} to within {100.0 * self.share:g} % of baseline"

    def _better(self, better: str) -> str:
        return ""

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the time of each subject (h)."""
        last = np.max([arm.measured(measure, "last_h") for measure in self.measures(arm.horizon_h)], axis=0)
        baseline, at_end = arm.at(self._ends(arm.horizon_h), self.observable).T
        room = self.share * np.abs(baseline)
        back = np.where(np.abs(at_end - baseline) > room, np.inf, np.maximum(last, 0.0))
        return np.where(room > 0, back, np.nan)

    def measures(self, horizon_h: float) -> tuple[Measure, ...]:
        """Return the parts above and below the surroundings of the baseline."""
        rooms = (("above", self.share), ("below", -self.share))
        return tuple(
            Excursion(self.observable, 0.0, horizon_h, side=side, threshold=Threshold(of_baseline=1.0, of_size=room))
            for side, room in rooms
        )

    def reads_h(self, dosed: DosedArm) -> Floats:
        """Return the start and the horizon."""
        return self._ends(dosed.horizon_h)

    def _ends(self, horizon_h: float) -> Floats:
        return np.array([[0.0, horizon_h]])

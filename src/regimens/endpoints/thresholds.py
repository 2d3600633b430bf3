"""Endpoints that hold a curve against a threshold: how long it is above or below it, who ever is, and from when on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from regimens.endpoints.endpoint import NAME, PER_MIU, WINDOW, Found, Windowed, inside, opposite
from regimens.endpoints.times import Visits
from regimens.errors import WordsError

if TYPE_CHECKING:
    from regimens.endpoints.polynomials import Floats
    from regimens.endpoints.simulated import SimulatedArm
    from regimens.endpoints.window import Window

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

    def turned(self, arm: SimulatedArm) -> tuple[Window, Floats]:
        """Return the curves and the threshold of each subject, both negated where what lies below counts."""
        curves, threshold = arm.window(self.observable, *self.window(arm.horizon_h)), np.full(arm.subjects, self.threshold)
        return (curves, threshold) if self.side == "above" else (curves.negated(), -threshold)


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
        curves, threshold = self.turned(arm)
        return curves.above(threshold)[0] / {"hours": 1.0, "days": 24.0}[self.unit_of_time]


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
        curves, threshold = self.turned(arm)
        furthest = curves.peak()[0]
        return np.where(np.isnan(furthest), np.nan, furthest > threshold)

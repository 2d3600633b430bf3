"""Endpoints that read a curve at moments: at a time, at the end of a cycle, before a cycle or before doses."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from regimens.endpoints.endpoint import NAME, PER_MIU, Endpoint, Found, Windowed, inside
from regimens.endpoints.times import Visits, read_protocol_day, read_time, time_words
from regimens.errors import WordsError

if TYPE_CHECKING:
    from regimens.endpoints.simulated import DosedArm, SimulatedArm
    from regimens.engine.trajectories import Floats
    from regimens.regimen.events import DoseEvents

MOMENT = r"(?:protocol day (?P<day>[0-9]+)|(?!end of (?:cycle |each cycle\b))(?P<at>.+?))"
"""A moment in words: a protocol day, an elapsed time, the start or a visit."""

AFTER_LAST_DOSE_H = 24.0
"""Time from the last dose of a cycle to the end of the cycle (h)."""


@dataclass(frozen=True)
class AtTime(Endpoint):
    """An endpoint that is read at the time `at_h` (h)."""

    at_h: float = 0.0

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for; WordsError where the time cannot be read."""
        day = found["day"]
        at_h = read_time(found["at"] or "", visits) if day is None else read_protocol_day(day, words)
        return replace(super().read(words, found, visits), at_h=at_h)

    @property
    def named_h(self) -> tuple[float, ...]:
        """The times (h) that its words name: the time of the reading."""
        return (self.at_h,)

    def reads_h(self, dosed: DosedArm) -> Floats:
        """Return the time of the reading."""
        return np.array([[self.at_h]])

    def reading(self, arm: SimulatedArm) -> Floats:
        """Return the (subjects,) values at that time; at a dose time, the values just before the dose."""
        return arm.at(self.reads_h(arm.dosed), self.observable)[:, 0]


@dataclass(frozen=True)
class ValueAt(AtTime):
    """The value at a time; at a dose time, the value just before the dose."""

    kind = "value"
    pattern = rf"{NAME} at {MOMENT}{PER_MIU}"
    forms = ("treg_fold at 12 weeks", "treg_fold at protocol day 15", "treg_fold at baseline")

    def _heading(self, label: str) -> str:
        return f"{label}, at {time_words(self.at_h)}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the value of each subject at that time."""
        return self.reading(arm)


@dataclass(frozen=True)
class ChangeFromBaseline(AtTime):
    """The value at the time `at_h` (h) less the value before anything happens."""

    kind = "change from baseline"
    pattern = rf"change from baseline of {NAME} at {MOMENT}{PER_MIU}"
    forms = ("change from baseline of treg_fold at 12 weeks",)

    def _heading(self, label: str) -> str:
        return f"{label}, change from baseline at {time_words(self.at_h)}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the change of each subject."""
        return self.reading(arm) - arm.baseline(self.observable)


@dataclass(frozen=True)
class _OfCycle(Endpoint):
    """An endpoint of one cycle of the arm's leading drug; `number` counts from 1, and 0 means each cycle."""

    number: int = 0

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for; WordsError for cycle 0."""
        cycle = found["cycle"]
        if cycle is not None and int(cycle) == 0:
            raise WordsError(f"'{words}' names cycle 0.", "Cycles count from 1.")
        return replace(super().read(words, found, visits), number=int(cycle or 0))

    @abstractmethod
    def read_h(self, dosed: DosedArm, doses: DoseEvents) -> float:
        """Return when it is read (h) in a subject who gets these doses; NaN where the arm has no such time."""

    def reads_h(self, dosed: DosedArm) -> Floats:
        """Return the time of each subject's reading."""
        return dosed.of_doses(lambda doses: self.read_h(dosed, doses))[:, np.newaxis]

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the value of each subject at that time."""
        return arm.at(self.reads_h(arm.dosed), self.observable)[:, 0]

    @property
    def cycle(self) -> int | None:
        """Number of the cycle, 0 for each cycle."""
        return self.number

    def each(self, cycles: int) -> Iterator[Endpoint]:
        """Yield the endpoint, or one for every cycle of `cycles` where it is asked for each of them."""
        if self.number:
            yield self
            return
        for cycle in range(1, cycles + 1):
            yield replace(self, number=cycle, words=self.words.replace("each cycle", f"cycle {cycle}"))


@dataclass(frozen=True)
class EndOfCycle(_OfCycle):
    """The value 24 h after the last dose of a cycle, whether that dose is given or missed: the time it was due counts.

    Missing where the arm has no such cycle, where that time lies after the horizon, and where not all planned doses of the
    cycle come before the horizon.
    """

    kind = "end of cycle"
    pattern = rf"{NAME} at end of (?:each cycle|cycle (?P<cycle>[0-9]+)){PER_MIU}"
    forms = ("treg_fold at end of cycle 3", "treg_fold at end of each cycle")

    def _heading(self, label: str) -> str:
        return f"{label}, at end of cycle {self.number} ({AFTER_LAST_DOSE_H:g} h after its last dose)"

    def read_h(self, dosed: DosedArm, doses: DoseEvents) -> float:
        """Return the end of the cycle (h)."""
        due = dosed.due_h(doses, self.number)
        complete = len(due) > 0 and len(due) >= dosed.doses_in_cycle.get((dosed.drug, self.number), 0)
        end = float(due[-1]) + AFTER_LAST_DOSE_H if complete else np.nan
        return end if end <= dosed.horizon_h else np.nan


@dataclass(frozen=True)
class TroughBeforeCycle(_OfCycle):
    """The value just before the first dose of a cycle, given or missed; missing where none comes before the horizon."""

    kind = "trough"
    pattern = rf"trough of {NAME} before (?:each cycle|cycle (?P<cycle>[0-9]+)){PER_MIU}"
    forms = ("trough of treg_fold before cycle 2", "trough of treg_fold before each cycle")

    def _heading(self, label: str) -> str:
        return f"{label}, trough before cycle {self.number}"

    def read_h(self, dosed: DosedArm, doses: DoseEvents) -> float:
        """Return the time of the first dose of the cycle (h)."""
        due = dosed.due_h(doses, self.number)
        return float(due[0]) if len(due) else np.nan


@dataclass(frozen=True)
class LowestTrough(Windowed):
    """The lowest of the values just before the doses of the leading drug in the window, both ends included.

    Doses that are missed do not count. Missing where no dose lies in the window. The first dose counts as any other: before
    it is the baseline.
    """

    kind = "lowest trough"
    pattern = rf"trough of {NAME} from (?P<from>.+?)(?: to (?P<to>.+?))?{PER_MIU}"
    forms = ("trough of treg_fold from 2 weeks to 12 weeks",)

    def _heading(self, label: str) -> str:
        return f"Lowest {inside(label)} before a dose{self.when}"

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the lowest value of each subject before a dose."""
        before = arm.at(self.reads_h(arm.dosed), self.observable)
        lowest = np.where(np.isnan(before), np.inf, before).min(axis=1, initial=np.inf)
        return np.where(np.isinf(lowest), np.nan, lowest)

    def reads_h(self, dosed: DosedArm) -> Floats:
        """Return the times of the doses in the window."""
        from_h, to_h = self.window(dosed.horizon_h)
        given = (dosed.given_h(doses, {dosed.drug}) for doses in dosed.doses.sets)
        return dosed.doses.padded([time_h[(time_h >= from_h) & (time_h <= to_h)] for time_h in given], np.nan)

"""Endpoints: one number per subject, asked for in words such as `peak of treg_fold to 12 weeks`; or one per virtual trial.

Everything about a kind of endpoint stands in one class: the words that ask for it, its unit and heading, which way is
better, what the engine must measure or read for it, and how its values are found. The kinds are listed in `kinds.KINDS`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from regimens.endpoints.times import Visits, read_time, time_words
from regimens.engine.trajectories import OK
from regimens.errors import WordsError
from regimens.units import duration_text

if TYPE_CHECKING:
    from regimens.endpoints.simulated import DosedArm, SimulatedArm
    from regimens.engine.measures import Measure
    from regimens.engine.trajectories import Floats

NAME = r"(?P<observable>[A-Za-z_]\w*)"
PER_MIU = r"(?P<per> per MIU)?"
WINDOW = r"(?: from (?P<from>.+?))?(?: to (?P<to>.+?))?"
"""Parts of the patterns of kinds: an observable, the division by the IL-2 given, and a window of time."""

Found = Mapping[str, str | None]
"""The named groups of a pattern, as they were found in the words."""

_OPPOSITE = {"higher": "lower", "lower": "higher", "": ""}
_NAMES = {"Treg", "Th17", "NK"}


@dataclass(frozen=True)
class Endpoint(ABC):
    """One number per subject, or per trial. `words` is its name everywhere; `observable` is "" where it needs no curve.

    `label` is a heading for people, and `better` ("higher", "lower" or "" for neither) the direction that is good; both are
    set by `described`, when the observable is known.

    A kind has the class attributes `kind`, its name; `pattern`, a regular expression that the words must match as a whole;
    and `forms`, one right sentence for every form, which errors quote.
    """

    words: str
    observable: str = ""
    per_miu: bool = False
    label: str = ""
    better: str = ""

    kind: ClassVar[str]
    pattern: ClassVar[str]
    forms: ClassVar[tuple[str, ...]]
    statistic: ClassVar[str] = "median"
    """What stands for a population: the "median" of its subjects, or the "mean" where each subject is 0 or 1."""
    of_subjects: ClassVar[bool] = True
    """Whether each subject has a number of its own; else only the virtual trial has one that the subjects of a draw are."""
    unreached: ClassVar[str] = ""
    """What an infinite value means, for kinds that have it."""

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for; WordsError where a time or a number in them cannot be used."""
        return cls(words, found.get("observable") or "", per_miu=bool(found.get("per")))

    @property
    def named_h(self) -> tuple[float, ...]:
        """The times (h) that its words name."""
        return ()

    def measures(self, horizon_h: float) -> tuple[Measure, ...]:
        """Return what the engine must measure of the observable up to the horizon; `values` finds it in the arm."""
        return ()

    def reads_h(self, dosed: DosedArm) -> Floats:
        """Return the times (h) at which the observable must be read: (subjects, times), or (1, times) where all share them."""
        return np.empty((1, 0))

    @property
    def cycle(self) -> int | None:
        """Number of the cycle that it is about, 0 for each cycle, None for kinds that name no cycle."""
        return None

    def each(self, cycles: int) -> Iterator[Endpoint]:
        """Yield the endpoint, or one for every cycle of `cycles` where it is asked for each of them."""
        yield self

    def problem(self, horizon_h: float | None, drugs: Collection[str] | None, subjects: int | None) -> tuple[str, str] | None:
        """Return why arms that give these drugs to so many subjects up to the horizon cannot have it, and advice; or None.

        What is None is not known, and nothing is held against it.
        """
        if horizon_h is not None and any(time > horizon_h for time in self.named_h):
            return f"'{self.words}' reads after the horizon.", f"The horizon is {duration_text(Fraction(horizon_h))}."
        return None

    def doubt(self, subjects: int) -> str:
        """Return what a reader must know of it where a parameter draw has so many subjects, as a sentence; "" for nothing."""
        return ""

    def unit(self, observable_unit: str) -> str:
        """Return the unit of its numbers, given the unit of its observable ("1" of a plain number)."""
        unit = self._unit("" if observable_unit == "1" else observable_unit) or "1"
        return f"{unit} per MIU" if self.per_miu else unit

    def described(self, label: str, better: str) -> Self:
        """Return the endpoint with its heading and its better direction, given those of its observable."""
        heading = self._heading(label) + (" per MIU" if self.per_miu else "")
        return replace(self, label=heading, better=self._better(better))

    def _unit(self, observable_unit: str) -> str:
        return observable_unit

    @abstractmethod
    def _heading(self, label: str) -> str:
        """Return a heading for people, given the label of the observable."""

    def _better(self, better: str) -> str:
        return better

    @abstractmethod
    def values(self, arm: SimulatedArm) -> Floats:
        """Return the (subjects,) values; missing (NaN) where a subject has none."""

    @property
    def readings(self) -> tuple[Endpoint, ...]:
        """What must be known of each subject for it: itself, unless it is of a whole trial."""
        return (self,)

    def over_trials(self, readings: Sequence[Floats]) -> Floats:
        """Return its (draws, subjects) values from those of its readings; (draws, 1) where it is of a whole trial."""
        return readings[0]


@dataclass(frozen=True)
class Windowed(Endpoint):
    """An endpoint of a window of the curve, from `from_h` to `to_h` (None: the horizon); h."""

    from_h: float = 0.0
    to_h: float | None = None

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for; WordsError where the window has no length."""
        start, end = found.get("from"), found.get("to")
        from_h = read_time(start, visits) if start else 0.0
        to_h = read_time(end, visits) if end else None
        if to_h is not None and to_h <= from_h:
            raise WordsError(f"'{words}' ends before it starts.", "A window ends after its start.")
        return replace(super().read(words, found, visits), from_h=from_h, to_h=to_h)

    @property
    def named_h(self) -> tuple[float, ...]:
        """The times (h) that its words name: both ends of the window."""
        return (self.from_h,) if self.to_h is None else (self.from_h, self.to_h)

    def window(self, horizon_h: float) -> tuple[float, float]:
        """Return start and end of the window (h)."""
        return self.from_h, horizon_h if self.to_h is None else self.to_h

    def problem(self, horizon_h: float | None, drugs: Collection[str] | None, subjects: int | None) -> tuple[str, str] | None:
        """Return why arms that give these drugs to so many subjects up to the horizon cannot have it, and advice; or None."""
        if horizon_h is not None and self.to_h is None and self.from_h == horizon_h:
            end = duration_text(Fraction(horizon_h))
            return f"'{self.words}' ends before it starts.", f"Its window ends at the horizon of {end}."
        return super().problem(horizon_h, drugs, subjects)

    @property
    def when(self) -> str:
        """The window as it ends a heading: ' from 2 weeks to 12 weeks'; empty for all of the curve."""
        start = f" from {time_words(self.from_h)}" if self.from_h else ""
        return start + (f" to {time_words(self.to_h)}" if self.to_h is not None else "")


def endpoint_values(endpoint: Endpoint, arm: SimulatedArm) -> Floats:
    """Return the endpoint of every subject (subjects,); missing (NaN) where the subject failed or has no such value.

    Per MIU, values are divided by the IL-2 that the subject is given up to the horizon; missing where that is none.
    """
    values = endpoint.values(arm)
    if endpoint.per_miu:
        total_miu = arm.il2_iu / 1e6
        with np.errstate(divide="ignore", invalid="ignore"):
            values = np.where(total_miu > 0, values / total_miu, np.nan)
    # Adding zero turns a zero with a minus sign into one without.
    return np.where(arm.read.status == OK, values, np.nan) + 0.0


def opposite(better: str) -> str:
    """Return the other direction: "lower" of "higher"; none of none."""
    return _OPPOSITE[better]


def inside(label: str) -> str:
    """Return a label as it stands inside a heading: its first letter small, unless the word is a name such as Treg or IL-2."""
    first = label.split(" ")[0].rstrip(",")
    return label if first in _NAMES or first[1:] != first[1:].lower() else label[:1].lower() + label[1:]

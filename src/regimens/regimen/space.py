"""A space of schedules: equal doses at one interval or weekly pattern, in cycles with rests, each different schedule once.

Amounts are exact: the lowest, then steps up to the highest. A schedule is counted where its treated span, the first dose to one
interval after the last, is at most `within`; the rest after the last cycle does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from regimens.errors import RegimenError
from regimens.regimen.parts import Course, Cycle, Dose, Rest, Weekly
from regimens.regimen.quantities import Amount, Duration
from regimens.regimen.regimen import Regimen

if TYPE_CHECKING:
    from regimens.subject import Subject

MOST_AMOUNTS = 10_000
MOST_TIMINGS = 100_000
"""Amounts, and combinations of interval, doses, cycles and rest, that a space may have before anything is left out."""


@dataclass(frozen=True)
class Timing:
    """When doses are given: `doses` in a course, `cycles` of it, and the `rest` between two cycles (None: no rest)."""

    every: Duration | Weekly
    doses: int
    cycles: int = 1
    rest: Duration | None = None

    @property
    def all_doses(self) -> int:
        """Number of doses of all cycles."""
        return self.doses * self.cycles

    @cached_property
    def starts(self) -> tuple[Fraction, ...]:
        """Hours from the first dose to each dose."""
        course = _course(self)
        length = course.length + (self.rest.hours if self.rest is not None else 0)
        return tuple(length * cycle + course.start(dose) for cycle in range(self.cycles) for dose in range(self.doses))

    @property
    def span(self) -> Fraction:
        """Hours from the first dose to one interval after the last (a weekly pattern: to the end of its last week)."""
        rest = self.rest.hours if self.rest is not None else Fraction(0)
        return _course(self).length * self.cycles + rest * (self.cycles - 1)

    @property
    def days_on(self) -> int:
        """Number of days with a dose: the visits, where somebody else gives the doses."""
        return len({start // 24 for start in self.starts})

    @property
    def shortest(self) -> Timing:
        """The same timing in fewer words, where cycles follow each other as the doses of one course do."""
        if self.cycles == 1:
            return replace(self, rest=None)
        whole = isinstance(self.every, Duration) or self.doses % len(self.every.days) == 0
        return Timing(self.every, self.all_doses) if self.rest is None and whole else self

    def regimen(self, dose: Dose) -> Regimen:
        """Return the regimen of IL-2 that gives this dose at these times."""
        course = Course(dose, self.every, self.doses)
        if self.cycles == 1:
            return Regimen(course)
        return Regimen(Cycle(course, *([] if self.rest is None else [Rest(self.rest)]), repeats=self.cycles))


@dataclass(frozen=True)
class Candidate:
    """One schedule of a space: an amount, and when it is given."""

    amount: Amount
    timing: Timing
    route: str = "SC"

    @cached_property
    def regimen(self) -> Regimen:
        """The schedule as a regimen."""
        return self.timing.regimen(Dose(self.amount, self.route))

    @property
    def words(self) -> str:
        """The schedule as protocol text."""
        return self.regimen.in_words()

    def total(self, subject: Subject) -> Fraction:
        """Return the total (IU) in a subject, exactly."""
        return self.amount.for_size(subject.weight_kg, subject.bsa_m2) * self.timing.all_doses


def check_amounts(lowest: Amount, highest: Amount, step: Amount) -> None:
    """Raise RegimenError unless whole steps lead from the lowest amount up to the highest."""
    kinds = {(amount.unit, amount.basis, amount.cap, amount.step) for amount in (lowest, highest)}
    if len(kinds) > 1 or (step.unit, step.basis) != (lowest.unit, lowest.basis):
        raise RegimenError(
            f"Amounts from {lowest} to {highest} in steps of {step} are of different kinds.",
            "All three are flat amounts, or all three per m2, or all three per kg.",
        )
    if highest.value < lowest.value:
        raise RegimenError(f"Amounts from {lowest} to {highest} go down.", "'from' is the lowest amount, 'to' the highest.")
    steps = (highest.value - lowest.value) / step.value
    if steps.denominator != 1:
        near = replace(lowest, value=lowest.value + step.value * (steps // 1))
        raise RegimenError(f"{highest} is not reached from {lowest} in steps of {step}.", f"The nearest below is {near}.")
    if steps + 1 > MOST_AMOUNTS:
        raise RegimenError(
            f"Amounts from {lowest} to {highest} in steps of {step} are {int(steps) + 1:,}.",
            f"At most {MOST_AMOUNTS:,} are listed: use a larger step.",
        )


@dataclass(frozen=True)
class SearchSpace:
    """What may vary: amounts from `lowest` to `highest` in steps, intervals, doses of a course, cycles, rests (None: no rest).

    `doses` and `cycles` are (fewest, most). RegimenError for a space that cannot be listed.
    """

    lowest: Amount
    highest: Amount
    step: Amount
    every: tuple[Duration | Weekly, ...]
    doses: tuple[int, int]
    within: Duration
    cycles: tuple[int, int] = (1, 1)
    rests: tuple[Duration | None, ...] = (None,)
    route: str = "SC"

    def __post_init__(self) -> None:
        check_amounts(self.lowest, self.highest, self.step)
        if self.timings_written > MOST_TIMINGS:
            raise RegimenError(
                f"{self.timings_words} are {self.timings_written:,} combinations.",
                f"At most {MOST_TIMINGS:,} are listed: use narrower ranges or shorter lists.",
            )

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """Every amount, ascending."""
        count = int((self.highest.value - self.lowest.value) / self.step.value) + 1
        return tuple(replace(self.lowest, value=self.lowest.value + self.step.value * place) for place in range(count))

    @property
    def timings_written(self) -> int:
        """Combinations of interval, doses, cycles and rest as written, before any is left out."""
        return len(self.every) * (self.doses[1] - self.doses[0] + 1) * (self.cycles[1] - self.cycles[0] + 1) * len(self.rests)

    @property
    def timings_words(self) -> str:
        """How many intervals, numbers of doses, numbers of cycles and rests the space has, in words."""
        counts = (
            (len(self.every), "interval"),
            (self.doses[1] - self.doses[0] + 1, "number of doses"),
            (self.cycles[1] - self.cycles[0] + 1, "number of cycles"),
            (len(self.rests), "rest"),
        )
        return " x ".join(f"{count} {noun if count == 1 else _plural(noun)}" for count, noun in counts)

    @property
    def written(self) -> int:
        """Combinations as written, amounts included."""
        return len(self.amounts) * self.timings_written

    @cached_property
    def timings(self) -> tuple[Timing, ...]:
        """Every different timing that fits into `within`, in its shortest words, those of fewer cycles first."""
        found: dict[tuple[Fraction, ...], Timing] = {}
        for timing in self._combinations():
            if timing.span <= self.within.hours:
                found.setdefault(timing.starts, timing.shortest)
        return tuple(found.values())

    @property
    def shortest_span(self) -> Fraction:
        """Hours that the shortest timing takes, whether it fits or not."""
        return min(timing.span for timing in self._combinations())

    def _combinations(self) -> Iterator[Timing]:
        for cycles in range(self.cycles[0], self.cycles[1] + 1):
            for rest in self.rests if cycles > 1 else (None,):
                for every in self.every:
                    for doses in range(self.doses[0], self.doses[1] + 1):
                        yield Timing(every, doses, cycles, rest)


def _course(timing: Timing) -> Course:
    return Course(_ANY, timing.every, timing.doses)


def _plural(noun: str) -> str:
    return noun.replace("number", "numbers") if noun.startswith("number") else f"{noun}s"


_ANY = Dose(Amount(Fraction(1), "IU"))
"""A dose for courses of which only the times matter."""

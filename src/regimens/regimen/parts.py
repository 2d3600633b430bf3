"""The parts of a regimen as frozen values: doses, courses, rests, cycles, and a start at steady state.

They do not depend on a subject or a model. Amounts and times are exact; parts with the same meaning are equal however they
were built. A course lasts doses x interval (a weekly pattern: whole weeks), so the next part starts one interval after its
last dose. A `Dose` of its own is given once and lasts no time: the next part needs a rest, counted from that dose. Every
part has `doses` (their number) and `length` (h, with rests that are ranges at their shortest).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from regimens.drugs import IL2, ROUTES, UNNAMED
from regimens.errors import RegimenError
from regimens.regimen.quantities import Amount, Duration
from regimens.units import duration_text

MOST_DOSES = 100_000
"""Largest number of doses that one drug of a regimen may have: far above any protocol, and it catches typing errors."""


@dataclass(frozen=True)
class Dose:
    """One administration: amount, route, and the time an infusion takes (None = a bolus)."""

    amount: Amount
    route: str = "SC"
    over: Duration | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Amount):
            raise RegimenError(f"Dose needs an Amount, found {self.amount!r}.", "Write for example MIU(1) or mg(8).per_kg.")
        if self.route not in ROUTES:
            raise RegimenError(f"'{self.route}' is not a route.", f"Routes are {', '.join(ROUTES[:-1])} and {ROUTES[-1]}.")
        if self.over is not None and not isinstance(self.over, Duration):
            raise RegimenError(f"Infusion time must be a Duration, found {self.over!r}.", "Write for example over=hours(1).")
        if self.over is not None and self.over.hours <= 0:
            raise RegimenError(f"Infusion time must be longer than zero, found {self.over}.", "Leave it out for a bolus.")

    @property
    def duration(self) -> Fraction:
        """Hours the infusion takes; 0 for a bolus."""
        return Fraction(0) if self.over is None else self.over.hours

    @property
    def doses(self) -> int:
        """Number of doses: 1."""
        return 1

    @property
    def length(self) -> Fraction:
        """Hours until the next part: 0."""
        return Fraction(0)

    def __repr__(self) -> str:
        over = "" if self.over is None else f", over={self.over!r}"
        route = f", {self.route!r}" if self.route != "SC" or over else ""
        return f"Dose({self.amount!r}{route}{over})"


def _short(dose: Dose) -> str:
    """Return how a dose reads in Python, by its amount alone where that is enough."""
    return repr(dose.amount if dose == Dose(dose.amount) else dose)


@dataclass(frozen=True)
class Weekly:
    """A weekly pattern: doses on these elapsed days of each week, the first of which is day 0."""

    days: tuple[int, ...]

    def __post_init__(self) -> None:
        ordered = all(isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 6 for day in self.days)
        if not ordered or list(self.days) != sorted(set(self.days)) or not self.days or self.days[0] != 0:
            raise RegimenError(
                f"Days of a week must begin with 0 and rise to at most 6, found {', '.join(map(str, self.days)) or 'none'}.",
                "The first dose of a course is on day 0, for example days 0, 2 and 4.",
            )


THREE_A_WEEK = Weekly((0, 2, 4))
"""What '3 times a week' means."""


@dataclass(frozen=True, repr=False)
class Course:
    """Equal doses at one interval (a Duration) or one Weekly pattern; `doses` is the total and includes the first.

    >>> Course(MIU(1), every=days(2), doses=7)
    Course(MIU(1), every=days(2), doses=7)
    """

    dose: Dose
    every: Duration | Weekly
    doses: int

    def __init__(self, dose: Dose | Amount, every: Duration | Weekly, doses: int) -> None:
        object.__setattr__(self, "dose", Dose(dose) if isinstance(dose, Amount) else dose)
        object.__setattr__(self, "every", every)
        object.__setattr__(self, "doses", doses)
        self._check()

    def _check(self) -> None:
        if not isinstance(self.dose, Dose):
            raise RegimenError(
                f"Course needs a Dose or an Amount, found {self.dose!r}.",
                "Write for example Course(MIU(1), every=days(2), doses=7).",
            )
        _check_count(self.doses, "doses")
        if not isinstance(self.every, Duration | Weekly):
            raise RegimenError(
                f"Course needs a Duration or a Weekly pattern, found {self.every!r}.",
                "Write for example every=days(2) or every=Weekly((0, 2, 4)).",
            )
        if isinstance(self.every, Duration) and self.every.hours <= 0:
            raise RegimenError(f"Interval must be longer than zero, found {self.every}.")
        shortest = self.shortest_interval
        if self.dose.duration > shortest:
            raise RegimenError(
                f"An infusion over {self.dose.over} does not fit an interval of {duration_text(shortest)}.",
                "An infusion must end before the next dose starts.",
            )

    @property
    def shortest_interval(self) -> Fraction:
        """Hours between the two nearest dose starts of the pattern."""
        if isinstance(self.every, Duration):
            return self.every.hours
        ends = [*self.every.days[1:], 7]
        return Fraction(24 * min(end - start for start, end in zip(self.every.days, ends, strict=True)))

    @property
    def length(self) -> Fraction:
        """Hours the course lasts: doses x interval, or whole weeks."""
        if isinstance(self.every, Duration):
            return self.every.hours * self.doses
        return Fraction(168 * -(-self.doses // len(self.every.days)))

    def start(self, index: int) -> Fraction:
        """Hours from the start of the course to dose `index`, counted from 0."""
        if isinstance(self.every, Duration):
            return self.every.hours * index
        week, place = divmod(index, len(self.every.days))
        return Fraction(168 * week + 24 * self.every.days[place])

    def __repr__(self) -> str:
        return f"Course({_short(self.dose)}, every={self.every!r}, doses={self.doses})"


@dataclass(frozen=True, repr=False)
class Rest:
    """A planned pause: of one length, or with `longest` of a range, which the scenario resolves."""

    shortest: Duration
    longest: Duration

    def __init__(self, shortest: Duration, longest: Duration | None = None) -> None:
        object.__setattr__(self, "shortest", shortest)
        object.__setattr__(self, "longest", shortest if longest is None else longest)
        for end in (self.shortest, self.longest):
            if not isinstance(end, Duration):
                raise RegimenError(f"Rest needs a Duration, found {end!r}.", "Write for example Rest(days(14)).")
        if self.shortest.hours <= 0:
            raise RegimenError(f"Rest must be longer than zero, found {self.shortest}.")
        if self.longest.hours < self.shortest.hours:
            raise RegimenError(
                f"Rest must have its shorter length first, found {self.shortest} to {self.longest}.",
            )

    @property
    def is_range(self) -> bool:
        """Whether the pause is given as a range."""
        return self.shortest != self.longest

    @property
    def doses(self) -> int:
        """Number of doses: 0."""
        return 0

    @property
    def length(self) -> Fraction:
        """Hours of the rest, the shortest of a range."""
        return self.shortest.hours

    @property
    def whole_days(self) -> range:
        """The lengths in whole days that lie in the range; RegimenError if there is none."""
        days = range(int(-(-self.shortest.hours // 24)), int(self.longest.hours // 24) + 1)
        if not days:
            raise RegimenError(f"No whole day lies in a rest of {self.shortest} to {self.longest}.", "Write a range of days.")
        return days

    def __repr__(self) -> str:
        return f"Rest({self.shortest!r}, {self.longest!r})" if self.is_range else f"Rest({self.shortest!r})"


@dataclass(frozen=True, repr=False)
class AtSteadyState:
    """The start of a plan: at 0 h the subject has got `dose` at one interval for so long that its states come back after each.

    0 h is when the next of these doses would be given. They lie before it, so they are in no total and take no time.

    >>> AtSteadyState(MIU(1), every=days(1))
    AtSteadyState(MIU(1), every=days(1))
    """

    dose: Dose
    every: Duration

    def __init__(self, dose: Dose | Amount, every: Duration) -> None:
        object.__setattr__(self, "dose", Dose(dose) if isinstance(dose, Amount) else dose)
        object.__setattr__(self, "every", every)
        if not isinstance(self.dose, Dose) or not isinstance(self.every, Duration):
            found = self.every if isinstance(self.dose, Dose) else self.dose
            example = "Write for example AtSteadyState(MIU(1), every=days(1))."
            raise RegimenError(f"AtSteadyState needs a dose and a Duration, found {found!r}.", example)
        if self.every.hours <= 0:
            raise RegimenError(f"Interval must be longer than zero, found {self.every}.")
        if self.dose.duration > self.every.hours:
            raise RegimenError(
                f"An infusion over {self.dose.over} does not fit an interval of {duration_text(self.every.hours)}.",
                "It must end before the next one starts, or with it.",
            )

    @property
    def doses(self) -> int:
        """Number of doses from 0 h on: 0."""
        return 0

    @property
    def length(self) -> Fraction:
        """Hours until the next part: 0."""
        return Fraction(0)

    def __repr__(self) -> str:
        return f"AtSteadyState({_short(self.dose)}, every={self.every!r})"


@dataclass(frozen=True, repr=False)
class Cycle:
    """Parts in sequence, given `repeats` times: `Cycle(Course(...), Rest(...), repeats=3)`."""

    parts: tuple[Part, ...]
    repeats: int

    def __init__(self, *parts: Part, repeats: int) -> None:
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "repeats", repeats)
        check_parts(parts, in_cycle=True)
        _check_count(repeats, "repeats")

    @property
    def doses(self) -> int:
        """Number of doses in all repeats."""
        return self.repeats * sum(part.doses for part in self.parts)

    @property
    def length(self) -> Fraction:
        """Hours of all repeats."""
        return self.repeats * length_of(self.parts)

    def __repr__(self) -> str:
        return f"Cycle({', '.join(map(repr, self.parts))}, repeats={self.repeats})"


Part = Dose | Course | Rest | Cycle | AtSteadyState


def check_parts(parts: tuple[object, ...], in_cycle: bool = False) -> None:
    """Raise RegimenError unless `parts` is a sequence of at least one part, with a start at steady state only at its start."""
    if not parts:
        raise RegimenError("A plan or cycle needs at least one part, found none.", "Parts are Dose, Course, Rest and Cycle.")
    for place, part in enumerate(parts):
        if not isinstance(part, Dose | Course | Rest | Cycle | AtSteadyState):
            raise RegimenError(f"{part!r} is not a part of a regimen.", "Parts are Dose, Course, Rest and Cycle.")
        if isinstance(part, AtSteadyState) and (place or in_cycle):
            raise RegimenError("A steady state can only be the start of a plan.", "Put it first, outside any cycle.")


def _check_count(count: object, what: str) -> None:
    if isinstance(count, bool) or not isinstance(count, int):
        raise RegimenError(f"Number of {what} must be a whole number, found {count!r}.")
    if not 1 <= count <= MOST_DOSES:
        raise RegimenError(f"Number of {what} must be from 1 to {MOST_DOSES}, found {count}.")


def length_of(parts: Iterable[Part]) -> Fraction:
    """Return the hours that parts take one after the other, with rests that are ranges at their shortest."""
    return sum((part.length for part in parts), Fraction(0))


def rests(parts: Iterable[Part]) -> Iterator[Rest]:
    """Yield every rest of a plan once, those inside cycles too."""
    for part in parts:
        if isinstance(part, Rest):
            yield part
        elif isinstance(part, Cycle):
            yield from rests(part.parts)


def each_dose(parts: Iterable[Part]) -> Iterator[Dose]:
    """Yield the Dose of every course and every Dose of a plan once, those inside cycles and of its steady state too."""
    for part in parts:
        if isinstance(part, Cycle):
            yield from each_dose(part.parts)
        elif not isinstance(part, Rest):
            yield part if isinstance(part, Dose) else part.dose


def drug_of(parts: Iterable[Part]) -> str:
    """Return the drug of parts that name none: IL-2 if every amount is in IU, else UNNAMED ('drug')."""
    return UNNAMED if any(dose.amount.unit != "IU" for dose in each_dose(parts)) else IL2

"""The parts of a regimen as frozen values: doses, courses, rests, cycles.

They know no subject and no model. Amounts and times are exact; two parts that say the same are equal however they were
built. A course lasts doses x interval (a weekly pattern: whole weeks), so what follows starts one interval after its
last dose; a `Dose` standing alone is given once and lasts no time: what follows needs a rest, counted from that dose.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from regimens.drugs import IL2 as IL2
from regimens.errors import RegimenError
from regimens.regimen.quantities import Amount, Duration
from regimens.units import duration_text

ROUTES = ("SC", "IV")
MOST_DOSES = 100_000
"""Most doses that one drug of a regimen may have: far above any protocol, low enough to catch a slip of the pen."""


@dataclass(frozen=True)
class Dose:
    """One administration: amount, route, and the time an infusion takes (None = a bolus)."""

    amount: Amount
    route: str = "SC"
    over: Duration | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Amount):
            raise RegimenError(f"{self.amount!r} is no amount.", "Write for example MIU(1) or mg(8).per_kg.")
        if self.route not in ROUTES:
            raise RegimenError(f"'{self.route}' is not a route.", f"Routes are {' and '.join(ROUTES)}.")
        if self.over is not None and (not isinstance(self.over, Duration) or self.over.hours <= 0):
            raise RegimenError(f"An infusion over {self.over!s} is none.", "Leave the time out for a bolus.")

    @property
    def duration(self) -> Fraction:
        """Hours the infusion takes; 0 for a bolus."""
        return Fraction(0) if self.over is None else self.over.hours

    def __repr__(self) -> str:
        over = "" if self.over is None else f", over={self.over!r}"
        route = f", {self.route!r}" if self.route != "SC" or over else ""
        return f"Dose({self.amount!r}{route}{over})"


@dataclass(frozen=True)
class Weekly:
    """A weekly pattern: doses on these elapsed days of each week, the first of which is day 0."""

    days: tuple[int, ...]

    def __post_init__(self) -> None:
        ordered = all(isinstance(day, int) and not isinstance(day, bool) and 0 <= day <= 6 for day in self.days)
        if not ordered or list(self.days) != sorted(set(self.days)) or not self.days or self.days[0] != 0:
            raise RegimenError(
                f"{self.days!r} are no days of a week.",
                "Days rise from 0 to 6 and the first dose of a course is on day 0, for example 0, 2, 4.",
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
            raise RegimenError(f"{self.dose!r} is no dose.", "Write for example Course(MIU(1), every=days(2), doses=7).")
        _check_count(self.doses, "doses")
        if not isinstance(self.every, Duration | Weekly):
            raise RegimenError(f"{self.every!r} is no interval.", "Write for example every=days(2) or every=Weekly((0, 2, 4)).")
        if isinstance(self.every, Duration) and self.every.hours <= 0:
            raise RegimenError(f"An interval of {self.every} is none.", "Intervals are longer than zero.")
        shortest = self.shortest_interval
        if self.dose.duration > shortest:
            raise RegimenError(
                f"An infusion over {self.dose.over} does not fit an interval of {duration_text(shortest)}.",
                "An infusion ends before the next one starts.",
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
        dose = self.dose.amount if self.dose == Dose(self.dose.amount) else self.dose
        return f"Course({dose!r}, every={self.every!r}, doses={self.doses})"


@dataclass(frozen=True, repr=False)
class Rest:
    """A planned pause: of one length, or of a range that the scenario resolves (`longest` given)."""

    shortest: Duration
    longest: Duration

    def __init__(self, shortest: Duration, longest: Duration | None = None) -> None:
        object.__setattr__(self, "shortest", shortest)
        object.__setattr__(self, "longest", shortest if longest is None else longest)
        for end in (self.shortest, self.longest):
            if not isinstance(end, Duration):
                raise RegimenError(f"{end!r} is no time.", "Write for example Rest(days(14)).")
        if self.shortest.hours <= 0:
            raise RegimenError(f"A rest of {self.shortest} is none.", "Rests are longer than zero.")
        if self.longest.hours < self.shortest.hours:
            raise RegimenError(
                f"A rest of {self.shortest} to {self.longest} ends before it starts.", "Name the shorter end first."
            )

    @property
    def is_range(self) -> bool:
        """Whether the pause is given as a range."""
        return self.shortest != self.longest

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
class Cycle:
    """Parts in sequence, given `repeats` times: `Cycle(Course(...), Rest(...), repeats=3)`."""

    parts: tuple[Part, ...]
    repeats: int

    def __init__(self, *parts: Part, repeats: int) -> None:
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "repeats", repeats)
        check_parts(parts)
        _check_count(repeats, "repeats")

    def __repr__(self) -> str:
        return f"Cycle({', '.join(map(repr, self.parts))}, repeats={self.repeats})"


Part = Dose | Course | Rest | Cycle


def check_parts(parts: tuple[object, ...]) -> None:
    """Raise RegimenError unless `parts` is a sequence of at least one part."""
    if not parts:
        raise RegimenError("A cycle of no parts gives no dose.", "Name at least one course or dose.")
    for part in parts:
        if not isinstance(part, Dose | Course | Rest | Cycle):
            raise RegimenError(f"{part!r} is no part of a regimen.", "Parts are Dose, Course, Rest and Cycle.")


def _check_count(count: object, what: str) -> None:
    if isinstance(count, bool) or not isinstance(count, int):
        raise RegimenError(f"{count!r} is no number of {what}.", "A whole number is needed.")
    if count < 1:
        raise RegimenError(f"{count} {what} are none.", f"The number of {what} is a total and at least 1.")
    if count > MOST_DOSES:
        raise RegimenError(f"{count} {what} are more than a regimen may have.", f"At most {MOST_DOSES} are written out.")

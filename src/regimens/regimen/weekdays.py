"""Courses on named weekdays: which day of the plan is a Monday, and the weekly pattern that the names mean there."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.errors import RegimenError
from regimens.regimen.clause import DAY, Clause, times_a_week
from regimens.regimen.frequencywords import WEEKDAY_NUMBERS, WEEKDAYS, listed
from regimens.regimen.intervals import doses_in
from regimens.regimen.parts import Course, Dose, Part, Rest, Weekly
from regimens.regimen.quantities import Duration, days
from regimens.regimen.tokens import tokens_of

if TYPE_CHECKING:
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.dayswords import Weekdays

NO_DAY_0 = "nothing says on which weekday day 0 falls"
SAY_DAY_0 = "Say it: 'day 0: Monday' in a scenario, '--day-0 Monday' for explain, day_0='Monday' in Python."


@dataclass(frozen=True)
class Week:
    """Which weekday day 0 is, Monday = 0 (None = not known yet), and the drug whose first named day told it ('' = stated)."""

    day_0: int | None = None
    told_by: str | None = None


def week_of(day_0: str | None) -> Week:
    """Return the week in which day 0 falls on that weekday; RegimenError for what is no weekday."""
    if day_0 is None:
        return Week()
    number = WEEKDAY_NUMBERS.get(day_0.strip().lower())
    if number is None:
        raise RegimenError(f"'{day_0}' is not a weekday.", f"Weekdays are {listed(WEEKDAYS)}.")
    return Week(number, "")


def names_weekdays(text: str) -> bool:
    """Return whether protocol text that can be read names a weekday."""
    return any(token.word in WEEKDAY_NUMBERS or token.word == "mwf" for token in tokens_of(text))


def week_after(cursor: Cursor, week: Week, named: Weekdays, drug: str, clock: Fraction | None) -> Week:
    """Return the week in which a course on `named` days stands, `clock` hours after the start (None behind a range).

    Where day 0 is not stated, the first named day of a regimen is the day on which its course starts.
    """
    if clock is None:
        raise cursor.error("Weekdays cannot follow a rest that is a range.", named.token, "Write 'on days 0 and 3 of each week'.")
    if week.day_0 is None:
        return Week((named.days[0] - int(-(-clock // DAY))) % 7, drug)
    if week.told_by not in ("", drug):
        raise cursor.error(f"The plans of two drugs name weekdays, and {NO_DAY_0}.", named.token, SAY_DAY_0)
    return week


def place_weekdays(cursor: Cursor, clause: Clause, dose: Dose, named: Weekdays, day_0: int, clock: Fraction) -> tuple[Part, ...]:
    """Return the course on named weekdays, after a rest up to the first of them where it does not begin at once."""
    if clause.often is not None and times_a_week(clause.often) not in (None, len(named.days)):
        found = "The weekdays and how often do not agree."
        raise cursor.error(found, named.token, "Name the weekdays only. Cycles are written with brackets and a rest.")
    if clause.doses is None:
        cursor.fail("'x' and the total number of doses", ["x", "for", "over"])
    first_day = int(-(-clock // DAY))
    waits = sorted((day - day_0 - first_day) % 7 for day in named.days)
    pattern = tuple(wait - waits[0] for wait in waits)
    every = Weekly(pattern) if len(pattern) > 1 else days(7)
    doses = doses_in(cursor, clause.doses, every)
    course = cursor.checked(clause.start, lambda: Course(dose, every, doses))
    wait = DAY * (first_day + waits[0]) - clock
    return (Rest(Duration(wait)), course) if wait else (course,)

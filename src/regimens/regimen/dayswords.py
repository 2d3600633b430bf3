"""Days that are named in protocol text: 'on days 1, 8 and 15', 'days 1-5', 'at weeks 0, 2 and 6', 'on Mon, Wed and Fri'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.regimen.amountwords import is_unit
from regimens.regimen.frequencywords import WEEKDAY_NUMBERS, WEEKDAYS, PerWeek, listed, no_days, read_interval, read_often
from regimens.regimen.parts import MOST_DOSES, Weekly
from regimens.regimen.quantities import Duration, days

if TYPE_CHECKING:
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.tokens import Token

PROTOCOL, ELAPSED, UNSAID = "protocol", "elapsed", ""
"""How days are counted: the first day is 1, or 0, or that is not said."""

DAY, WEEK = Fraction(24), Fraction(168)


@dataclass(frozen=True)
class Days:
    """Days, or weeks, by their `numbers` as written; `size` of one in hours, `counted` from which first number."""

    token: Token
    numbers: tuple[int, ...]
    size: Fraction
    counted: str
    is_range: bool

    @property
    def noun(self) -> str:
        """What they are called in a sentence: 'days 1, 8 and 15'."""
        unit = "day" if self.size == DAY else "week"
        first, *_, last = (*self.numbers, self.numbers[-1])
        if self.is_range or len(self.numbers) > 7:
            return f"{unit}s {first}-{last}" if self.is_range else f"{unit}s {first}, ..., {last}"
        return f"{unit}{'s' * (len(self.numbers) > 1)} {listed(map(str, self.numbers))}"

    def starts(self, first: int) -> tuple[Fraction, ...]:
        """Return hours from the day that has the number `first`."""
        return tuple(self.size * (number - first) for number in self.numbers)


@dataclass(frozen=True)
class Weekdays:
    """Days of the week, Monday = 0, in the order in which they are named."""

    token: Token
    days: tuple[int, ...]


_UNITS = {"day": DAY, "days": DAY, "d": DAY, "week": WEEK, "weeks": WEEK, "wk": WEEK, "wks": WEEK}


def read_days(cursor: Cursor) -> Days | Weekly | Duration | Weekdays | None:
    """Read named days; None, and nothing is read, where none come next. 'of each week' makes them a weekly pattern."""
    start, place = cursor.next, cursor.place
    cursor.accept_one("on", "at", "every", "each")
    if cursor.next.word == "mwf" or cursor.next.word in WEEKDAY_NUMBERS:
        weekdays = Weekdays(start, _weekdays(cursor))
        if cursor.next.word == "of" and cursor.ahead(2).word == "week":
            cursor.place += 3
        return weekdays
    counted = next((word for word in (PROTOCOL, ELAPSED) if cursor.accept(word)), UNSAID)
    named = cursor.next.word in _UNITS and cursor.ahead().kind == "number"
    if start.word in ("every", "each") or (not named and not counted and start.word not in ("on", "at")):
        cursor.place = place
        return None
    if not named:
        cursor.fail("'days', 'weeks' or weekdays, by their numbers or names,", ["days", "weeks"])
    size = _UNITS[cursor.take().word]
    numbers, is_range = _numbers(cursor)
    if size == DAY and cursor.next.word in ("of", "each", "every", "a", "per") and _week_follows(cursor):
        return _weekly(cursor, start, numbers, counted)
    _check_rising(cursor, start, numbers)
    return Days(start, numbers, size, counted, is_range)


def read_every(cursor: Cursor) -> Duration | Weekly:
    """Read 'daily', 'every 2 days', '2 days' or '3 times a week'."""
    token = cursor.next
    often = read_often(cursor)
    if often is None:
        found = None if token.kind == "number" else read_days(cursor)
        often = found if isinstance(found, Duration | Weekly) else None if found else read_interval(cursor)
    if isinstance(often, PerWeek):
        raise no_days(cursor, often)
    if not isinstance(often, Duration | Weekly):
        raise cursor.error("This is not an interval.", token, "Write for example 'daily', 'every 2 days' or '3 times a week'.")
    return often


def read_turn(cursor: Cursor) -> Duration | None:
    """Read 'of each 28-day cycle' or 'in 28-day cycles' as a length; None, and nothing is read, for other words."""
    article = cursor.ahead().word in ("each", "every", "a", "the")
    if cursor.next.word not in ("of", "in", "per") or not (article or cursor.ahead().kind == "number"):
        return None
    cursor.place += 1 + article
    behind = cursor.accept("cycle") and (cursor.accept("of") or cursor.fail("'of' and the length of the cycle", ["of"]))
    size = cursor.number("the length of the cycle, such as '28-day',")
    cursor.accept("-")
    token = cursor.next
    length = size * cursor.unit_of_time()
    if length <= 0:
        raise cursor.error(f"A cycle must be longer than zero, found {cursor.written_since(token)}.", token)
    if not behind and not cursor.accept("cycles"):
        cursor.expect("cycle", "'cycle'")
    return Duration(length)


def _weekdays(cursor: Cursor) -> tuple[int, ...]:
    if cursor.accept("mwf"):
        return (0, 2, 4)
    named: list[int] = []
    while True:
        token = cursor.next
        day = WEEKDAY_NUMBERS[cursor.take().word]
        found = [day]
        if cursor.next.word in ("-", "to", "through") and cursor.ahead().word in WEEKDAY_NUMBERS:
            cursor.take()
            last = WEEKDAY_NUMBERS[cursor.take().word]
            found = [(day + step) % 7 for step in range((last - day) % 7 + 1)]
        for one in found:
            if one in named:
                raise cursor.error(f"{WEEKDAYS[one]} is named twice.", token, "Name each weekday once.")
            named.append(one)
        if not _another(cursor, lambda token: token.word in WEEKDAY_NUMBERS, "/"):
            return tuple(named)


def _numbers(cursor: Cursor) -> tuple[tuple[int, ...], bool]:
    """Read numbers and ranges of them, also 'd1, d8'; beside them whether they are one range."""
    found: list[int] = []
    ranges = items = 0
    while True:
        token, expected = cursor.next, "the number of a day, counted from 0"
        first = last = cursor.count(expected, lowest=0)
        if cursor.next.word in ("-", "to", "through") and cursor.ahead().kind == "number":
            cursor.take()
            last, ranges = cursor.count(expected, lowest=0), ranges + 1
        items += 1
        if not first <= last < first + MOST_DOSES or len(found) > MOST_DOSES:
            raise cursor.error(f"{first}-{last} is not a range of days.", token, "The first day stands first.")
        found += range(first, last + 1)
        if not _another(cursor, lambda token: token.kind == "number" or token.word in ("d", "day")):
            return tuple(found), ranges == items == 1
        cursor.accept_one("d", "day")


def _another(cursor: Cursor, belongs: Callable[[Token], bool], *signs: str) -> bool:
    """Move behind ',', 'and' or '&' where another day of the list follows: not where an amount does."""
    steps = 2 if cursor.next.word == "," and cursor.ahead().word == "and" else 1
    token, behind = cursor.ahead(steps), cursor.ahead(steps + 1)
    if cursor.next.word not in (",", "and", "&", *signs) or not belongs(token) or is_unit(behind):
        return False
    cursor.place += steps
    return True


def _week_follows(cursor: Cursor) -> bool:
    return "week" in (cursor.ahead().word, cursor.ahead(2).word)


def _weekly(cursor: Cursor, start: Token, numbers: tuple[int, ...], counted: str) -> Weekly | Duration:
    cursor.accept("of")
    cursor.accept_one("each", "every", "a", "per", "the")
    cursor.expect("week", "'of each week'")
    if counted == UNSAID and numbers[0] == 1:
        days_said, later = listed(map(str, numbers)), listed(str(number - 1) for number in numbers)
        raise cursor.error(
            f"'{cursor.written_since(start)}' can be read in two ways.",
            start,
            f"Write 'on protocol days {days_said} of each week' if the first day is 1; if it is 0, write a rest of 1 day before "
            f"'on days {later} of each week'.",
        )
    pattern = cursor.checked(start, lambda: Weekly(tuple(number - (counted == PROTOCOL) for number in numbers)))
    return days(7) if pattern.days == (0,) else pattern


def _check_rising(cursor: Cursor, start: Token, numbers: tuple[int, ...]) -> None:
    if list(numbers) != sorted(set(numbers)):
        raise cursor.error("Days are not in rising order.", start, "Name each day once, the first one first.")

"""How often, and how many, in protocol text: 'every 2 days', 'q8h', 'BID', '3 times a week', 'x 7 doses', 'for 12 weeks'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.regimen.parts import THREE_A_WEEK, Weekly
from regimens.regimen.quantities import Duration, days, hours

if TYPE_CHECKING:
    from regimens.errors import RegimenError
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.tokens import Token

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

WEEKDAY_NUMBERS = {name.lower()[:3]: place for place, name in enumerate(WEEKDAYS)}
WEEKDAY_NUMBERS |= {name.lower(): place for place, name in enumerate(WEEKDAYS)}
WEEKDAY_NUMBERS |= {f"{name.lower()}s": place for place, name in enumerate(WEEKDAYS)}
WEEKDAY_NUMBERS |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}
"""Name of a weekday, also cut short -> its number, Monday = 0."""

FREQUENCIES = ("daily", "twice", "weekly", "every", "once", "3 times a week", "on")
"""Words that a misspelt frequency may have been meant to be."""


def listed(words: Iterable[str]) -> str:
    """Return words as a list in prose: '0, 2 and 4'."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


@dataclass(frozen=True)
class Once:
    """One dose without an interval."""


@dataclass(frozen=True)
class PerWeek:
    """So many doses a week, of which the words do not say on which days."""

    count: int
    token: Token
    written: str


@dataclass(frozen=True)
class Extent:
    """How many: a `count` of doses, of cycles, or of what is not said (''), or a `span` of hours.

    `token` is its first token, `end` the place behind it in the text.
    """

    token: Token
    end: int
    count: int = 0
    of: str = ""
    span: Fraction = Fraction(0)


Often = Duration | Weekly | PerWeek | Once

_SINGLE: dict[str, Duration | Weekly] = {
    "daily": days(1), "qd": days(1), "od": days(1), "weekly": days(7), "qw": days(7), "qwk": days(7),
    "qod": days(2), "eod": days(2), "qow": days(14), "fortnightly": days(14),
    "bid": hours(12), "bd": hours(12), "tid": hours(8), "tds": hours(8), "qid": hours(6), "qds": hours(6),
    "tiw": THREE_A_WEEK,
}  # fmt: skip
"""Word -> the interval or weekly pattern that it means."""

_TWO_READINGS = {
    "biweekly": "Write 'every 2 weeks', or for two doses a week 'on days 0 and 3 of each week'.",
    "biw": "Write 'every 2 weeks', or for two doses a week 'on days 0 and 3 of each week'.",
    "bimonthly": "Write 'every 8 weeks', or for two doses a month 'every 2 weeks'.",
}
_NO_LENGTH = ("monthly", "quarterly", "yearly", "annually")

_COUNTS = {"once": 1, "twice": 2, "thrice": 3}
_ORDINALS = {"other": 2, "second": 2, "third": 3, "fourth": 4}
_PERIODS = {"day": Fraction(24), "d": Fraction(24), "week": Fraction(168), "wk": Fraction(168), "month": Fraction(0)}
_DOSES = ("dose", "doses", "injection", "injections", "infusion", "infusions")
_CYCLES = ("cycle", "cycles")
_PLURALS = ("days", "weeks", "hours", "minutes", "wks", "hrs", "mins")
_SPANS = ("day", "days", "week", "weeks", "wk", "wks", "month", "months")


def read_often(cursor: Cursor) -> Often | None:
    """Read how often; None, and nothing is read, where no such words come next."""
    token = cursor.next
    if token.word in _TWO_READINGS:
        raise cursor.error(f"'{token.text}' can be read in two ways.", token, _TWO_READINGS[token.word])
    if token.word in _NO_LENGTH:
        raise _no_length(cursor, token)
    if token.word in _SINGLE:
        return _SINGLE[cursor.take().word]
    if token.word in ("every", "each"):
        if cursor.ahead().word in WEEKDAY_NUMBERS:
            return None
        cursor.take()
        return read_interval(cursor)
    if token.word == "q" and cursor.ahead().kind == "number":
        cursor.take()
        return read_interval(cursor)
    if cursor.accept("alternate", "days") or cursor.accept("on", "alternate", "days"):
        return days(2)
    if cursor.accept("single", "dose") or cursor.accept("as", "a", "single", "dose"):
        return Once()
    return _counted(cursor, token)


def read_interval(cursor: Cursor) -> Duration:
    """Read what follows 'every': 'other day', '2 days', 'week', or '2 days' alone."""
    if cursor.next.word in _ORDINALS and cursor.ahead().word in _PERIODS:
        count = _ORDINALS[cursor.take().word]
        return Duration(count * cursor.unit_of_time())
    token = cursor.next
    if token.word in _PLURALS:
        raise cursor.error(f"'{token.text}' has no number.", token, "Write for example 'every 2 weeks' or 'every week'.")
    if token.kind == "number" and cursor.ahead().word in ("-", "to") and cursor.ahead(2).kind == "number":
        raise cursor.error("An interval cannot be a range.", token, "Write one length; a rest may be a range: 'rest 9-16 days'.")
    length = cursor.time("an interval") if token.kind == "number" else cursor.unit_of_time()
    if length <= 0:
        raise cursor.error(f"Interval must be longer than zero, found {cursor.written_since(token)}.", token)
    return Duration(length)


def _counted(cursor: Cursor, token: Token) -> Often | None:
    """Read 'twice daily', 'once a week', '3 times per week', '3x weekly'; 'once' alone is a dose given once."""
    days_a_week = cursor.ahead().word == "days" and cursor.ahead(2).word in ("a", "per", "each", "every")
    if token.kind == "number" and (cursor.ahead().word in ("times", "time", "x") or days_a_week):
        count = cursor.count("the number of doses")
        cursor.take()
    elif token.word in _COUNTS:
        count = _COUNTS[cursor.take().word]
    else:
        return None
    if cursor.next.word == "-" and cursor.ahead().word in ("daily", "weekly", "monthly"):
        cursor.take()
    if count == 1 and (cursor.next.word in ("every", "each", "q") or cursor.next.word in _SINGLE):
        return read_often(cursor)
    period = _period(cursor)
    if period is None and token.word == "once":
        return Once()
    if period is None and token.word == "twice":
        raise cursor.error("'twice' needs 'daily'.", token, "Two days of each week are written 'on days 0 and 3 of each week'.")
    if period is None:
        cursor.fail("'daily', 'a day', 'weekly' or 'a week'", ["daily", "weekly", "a"])
    return _per(cursor, count, period, token)


def _period(cursor: Cursor) -> Fraction | None:
    """Read 'daily', 'a week', 'per day' as hours; None, and nothing is read, for other words."""
    if cursor.next.word == "monthly":
        raise _no_length(cursor, cursor.next)
    for word, hours_of in (("daily", Fraction(24)), ("weekly", Fraction(168))):
        if cursor.accept(word):
            return hours_of
    if cursor.next.word not in ("a", "per", "each", "every", "/") or cursor.ahead().word not in _PERIODS:
        return None
    cursor.take()
    if cursor.next.word == "month":
        raise _no_length(cursor, cursor.next)
    return _PERIODS[cursor.take().word]


def _per(cursor: Cursor, count: int, period: Fraction, token: Token) -> Often:
    if period == 24 or count == 1:
        return Duration(period / count)
    if count == 3:
        return THREE_A_WEEK
    if count > 7:
        raise cursor.error(f"A week has no {count} days.", token, "Write 'every' and the time between two doses.")
    return days(1) if count == 7 else PerWeek(count, token, cursor.written_since(token))


def _no_length(cursor: Cursor, token: Token) -> RegimenError:
    ways = {
        "quarterly": "'every 12 weeks' (84 days), or for quarters of a year 'every 91 days'",
        "yearly": "'every 52 weeks' (364 days), or 'every 365 days'",
        "annually": "'every 52 weeks' (364 days), or 'every 365 days'",
    }
    written = ways.get(token.word, "'every 4 weeks' (28 days), or 'every 30 days'")
    return cursor.error(f"'{token.text}' has no fixed length.", token, f"Write {written}.")


def no_days(cursor: Cursor, often: PerWeek) -> RegimenError:
    """Return the error of so many doses a week without their days."""
    chosen = {2: (0, 3), 4: (0, 2, 4, 6)}.get(often.count, tuple(range(often.count)))
    numbers, names = listed(map(str, chosen)), listed(WEEKDAYS[day][:3] for day in chosen)
    return cursor.error(
        f"'{often.written}' does not say on which days.",
        often.token,
        f"Write for example 'on days {numbers} of each week'. Weekdays may be named: 'on {names}'.",
    )


def read_extent(cursor: Cursor) -> Extent | None:
    """Read 'x 5', 'x 7 doses', 'x 3 cycles', 'for 12 weeks'; None, and nothing is read, where no 'x' and no 'for' comes next."""
    token = cursor.next
    if cursor.accept("x") or (cursor.accept("for") and cursor.accept("a", "total", "of")):
        count = cursor.count("the total number of doses")
    elif token.word != "for":
        return None
    elif cursor.next.kind == "number" and cursor.ahead().word in (*_DOSES, *_CYCLES):
        count = cursor.count("how many")
    else:
        span = cursor.number("how long")
        cursor.accept("consecutive")
        span *= cursor.unit_of_time()
        return Extent(token, cursor.next.at, span=span)
    if cursor.accept_one(*_DOSES):
        return Extent(token, cursor.next.at, count, "doses")
    if cursor.accept_one(*_CYCLES):
        return Extent(token, cursor.next.at, count, "cycles")
    if cursor.next.word in _SPANS and cursor.ahead().kind != "number":
        span = count * cursor.unit_of_time()
        return Extent(token, cursor.next.at, span=span)
    return Extent(token, cursor.next.at, count)

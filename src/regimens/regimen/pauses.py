"""Pauses in protocol text: 'rest 14 days', 'rest 9-16 days', 'rest until day 28', 'from protocol day 8'."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.regimen.parts import Part, Rest, length_of, rests
from regimens.regimen.quantities import Duration

if TYPE_CHECKING:
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.tokens import Token


def read_anchor(cursor: Cursor, token: Token, before: tuple[Part, ...], depth: int) -> tuple[Part, ...]:
    """Read the protocol day on which what follows starts, as a rest up to it; `token` is the 'from' before it."""
    for word in ("protocol", "day"):
        cursor.expect(word, "'from protocol day' and its number")
    day = cursor.count("the number of a protocol day")
    if depth > 1:
        raise cursor.error(
            "'from protocol day' cannot stand inside a bracket, whose repeats start on different days.",
            token,
            "Use a rest there.",
        )
    if any(rest.is_range for rest in rests(before)):
        raise cursor.error("'from protocol day' cannot follow a rest that is a range.", token, "Use a rest there.")
    gap = Fraction(24 * (day - 1)) - length_of(before)
    if gap < 0:
        raise cursor.error(
            f"Protocol day {day} is before the end of the preceding parts, which last {Duration(length_of(before))}.",
            token,
            "Courses of one drug do not overlap.",
        )
    return (Rest(Duration(gap)),) if gap else ()


def read_rest_until(cursor: Cursor, token: Token, before: tuple[Part, ...]) -> tuple[Part, ...]:
    """Read the day or week up to which a rest lasts, counted from the start of the plan, or of the bracket it is in."""
    protocol = cursor.accept("protocol")
    size = 24 if cursor.accept("day") else 168 if not protocol and cursor.accept("week") else 0
    if not size:
        cursor.fail("'day' or 'week' and its number", ["day", "week"])
    number = cursor.count("the number of a day or week", lowest=int(protocol))
    if any(rest.is_range for rest in rests(before)):
        raise cursor.error("'rest until' cannot follow a rest that is a range.", token, "Write how long the rest is.")
    end, length = Fraction(size * (number - protocol)), length_of(before)
    if end <= length:
        raise cursor.error(
            f"The preceding parts last {Duration(length)}, no less than the {Duration(end)} until which the rest lasts.",
            token,
            "Days are counted from 0, the start; in brackets from the start of the bracket.",
        )
    return (Rest(Duration(end - length)),)


def read_rest(cursor: Cursor) -> Rest:
    """Read '14 days' or '9-16 days'."""
    cursor.accept_one("for", "of")
    token = cursor.next
    shortest = cursor.number("the length of the rest")
    longest = cursor.number("the longer end of the range") if cursor.accept("-") or cursor.accept("to") else shortest
    size = cursor.unit_of_time()
    return cursor.checked(token, lambda: Rest(Duration(shortest * size), Duration(longest * size)))

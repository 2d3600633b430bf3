"""Conditions of rules in words: comparisons joined by 'and', at how many visits in a row, and after what."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn

from regimens.errors import did_you_mean, nearest
from regimens.rules.values import CYCLES, DOSES, TIME, After, Comparison, When

if TYPE_CHECKING:
    from collections.abc import Collection

    from regimens.regimen.tokens import Token
    from regimens.rules.cursor import RuleCursor


@dataclass
class _Tail:
    """What follows the comparisons of a rule, in any order."""

    in_a_row: int = 1
    after: After | None = None


def read_when(cursor: RuleCursor) -> When:
    """Read what makes a rule apply."""
    all_of, tail = read_all_of(cursor, None), _Tail()
    while cursor.next.word in ("at", "after", "twice"):
        start = cursor.take()
        if start.word == "twice" or start.word == "at":
            count = 2 if start.word == "twice" else cursor.count("a number of visits", 2)
            if start.word == "at":
                cursor.one_of(("visits", "decisions", "looks"), "'visits'")
            cursor.whole("in", "a", "row")
            if tail.in_a_row > 1:
                raise cursor.error("It is said twice how many visits in a row are needed.", start, "Say it once.")
            tail.in_a_row = count
        elif tail.after is not None:
            raise cursor.error("It is said twice what has to be over.", start, "Say it once.")
        else:
            tail.after = _after(cursor)
    return When(all_of, tail.in_a_row, tail.after)


def _after(cursor: RuleCursor) -> After:
    unit = cursor.ahead().word
    if unit.removesuffix("s") in ("cycle", "dose"):
        count = Fraction(cursor.count(f"a number of {unit}"))
        cursor.take()
        return After(count, CYCLES if unit.startswith("cycle") else DOSES)
    if nearest(unit, (CYCLES, DOSES)) is not None:
        cursor.number("a number of cycles or doses, or a time")
        cursor.fail("'cycles', 'doses' or a unit of time", (CYCLES, DOSES))
    return After(cursor.time("a number of cycles or doses, or a time"), TIME)


def read_all_of(cursor: RuleCursor, alone: str | None) -> tuple[Comparison, ...]:
    """Read comparisons joined by 'and'; the first may leave out the observable where it can only be `alone`."""
    found = [_comparison(cursor, alone)]
    while cursor.accept("and"):
        found.append(_comparison(cursor, None))
    return tuple(found)


def _comparison(cursor: RuleCursor, alone: str | None) -> Comparison:
    observable = alone if alone is not None and cursor.next.word in ("above", "below") else read_observable(cursor)
    side = cursor.one_of(("above", "below"), "'above' or 'below'")
    if cursor.next.text == "-":
        cursor.fail("a number of 0 or more")
    return Comparison(observable, side, cursor.number("a number"))


def read_observable(cursor: RuleCursor) -> str:
    """Read the name of an observable that is looked at."""
    token = cursor.next
    if token.kind != "word":
        cursor.fail("the name of an observable")
    if cursor.known is not None and token.text not in cursor.known:
        _unknown(cursor, token, cursor.known)
    return cursor.take().text


def _unknown(cursor: RuleCursor, token: Token, known: Collection[str]) -> NoReturn:
    raise cursor.error(
        f"'{token.text}' is not looked at.", token, did_you_mean(token.text, known), "Rules see what 'look at' names."
    )

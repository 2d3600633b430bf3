"""A clause of protocol text: what is said of one dosing, in any order, before it is known which parts that makes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn

from regimens.regimen.amountwords import no_route, read_amount, read_over, read_route
from regimens.regimen.dayswords import Days, Weekdays, read_days, read_turn
from regimens.regimen.frequencywords import FREQUENCIES, Extent, Often, Once, read_extent, read_often
from regimens.regimen.parts import THREE_A_WEEK, Dose, Weekly
from regimens.regimen.quantities import Amount, Duration

if TYPE_CHECKING:
    from regimens.errors import RegimenError
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.tokens import Token

DAY = Fraction(24)


@dataclass(frozen=True)
class Clause:
    """What the words say: which dose, how often, on which days, how many doses; the length of a cycle and how many cycles.

    `start` is its first token, `behind` the one behind the amount. `daily` is the 'day' of '1 MIU/m2/day'. `turned` is whether
    the cycle is called one ('of each 28-day cycle').
    """

    start: Token
    behind: Token
    amount: Amount
    daily: Token | None = None
    route: str | None = None
    over: Duration | None = None
    often: Often | None = None
    days: Days | Weekdays | None = None
    doses: Extent | None = None
    turn: Duration | None = None
    turns: Extent | None = None
    turned: bool = False

    @property
    def schedule_said(self) -> bool:
        """Whether anything is said that a cycle could repeat."""
        return self.days is not None or self.doses is not None


def read_clause(cursor: Cursor, before: Dose | None = None) -> Clause:
    """Read a clause; one that begins without an amount has the dose of the course `before` it."""
    start = cursor.next
    if before is None:
        amount, daily = read_amount(cursor)
        clause = Clause(start, cursor.next, amount, daily)
    else:
        clause = Clause(start, start, before.amount, None, before.route, before.over)
    while (longer := _with_next(cursor, clause)) is not None:
        clause = longer
    return clause


def dose_of(cursor: Cursor, clause: Clause, route: str | None = None) -> Dose:
    """Return the dose of a clause, by `route` where it names none."""
    by = clause.route or route
    if by is None:
        cursor.place = cursor.tokens.index(clause.behind)
        no_route(cursor)
    return cursor.checked(clause.start, lambda: Dose(clause.amount, by, clause.over))


def read_dose(cursor: Cursor) -> Dose:
    """Read '1 MIU SC' or '8 mg/kg (max 800 mg) IV over 1 h'."""
    start = cursor.next
    amount, daily = read_amount(cursor)
    if daily is not None:
        raise cursor.error("This is the amount of one dose, not of a day.", daily, "Leave out '/day'.")
    route = read_route(cursor) or no_route(cursor)
    over = read_over(cursor)
    return cursor.checked(start, lambda: Dose(amount, route, over))


def no_frequency(cursor: Cursor) -> NoReturn:
    """Raise the error of a clause that does not say how often."""
    cursor.fail("how often, such as 'daily', 'every 2 days', 'weekly' or 'once',", list(FREQUENCIES))


def _with_next(cursor: Cursor, clause: Clause) -> Clause | None:
    """Return the clause with what the next words say; None, and nothing is read, where they are no part of it."""
    if clause.route is None and (route := read_route(cursor)) is not None:
        return replace(clause, route=route)
    if clause.over is None and (over := read_over(cursor)) is not None:
        return replace(clause, over=over)
    if cursor.next.word == "&":
        return _with_another_dose(cursor, clause)
    if clause.turn is None and (turn := read_turn(cursor)) is not None:
        return replace(clause, turn=turn, turned=True)
    if clause.turn is None and (longer := _with_often(cursor, clause)) is not None:
        return longer
    if clause.days is None and clause.turn is None and (clause.often == THREE_A_WEEK or not isinstance(clause.often, Weekly)):
        token, found = cursor.next, read_days(cursor)
        if isinstance(found, Weekly | Duration):
            return replace(clause, often=_agreeing(cursor, clause, found, token))
        if found is not None:
            return replace(clause, days=found)
    return _with_extent(cursor, clause)


def _with_often(cursor: Cursor, clause: Clause) -> Clause | None:
    if clause.often is not None and not clause.schedule_said:
        return None
    place, token = cursor.place, cursor.next
    often = read_often(cursor)
    if often is None:
        return None
    if clause.often is None and not (clause.daily is not None and clause.schedule_said):
        if clause.doses is not None and clause.days is None:
            _check_doses_first(cursor, clause, clause.doses, often, token)
        return replace(clause, often=often)
    if not isinstance(often, Duration):
        cursor.place = place
        return None
    return replace(clause, turn=often)


def _with_extent(cursor: Cursor, clause: Clause) -> Clause | None:
    if clause.turns is not None or (clause.doses is not None and clause.turn is None):
        return None
    extent = read_extent(cursor)
    if extent is None:
        return None
    return replace(clause, turns=extent) if clause.turn is not None else replace(clause, doses=extent)


def _check_doses_first(cursor: Cursor, clause: Clause, doses: Extent, often: Often, token: Token) -> None:
    """Raise RegimenError for 'x 5 every 28 days', which may mean five doses 28 days apart or five doses, repeated."""
    if not isinstance(often, Duration) or often.hours <= DAY:
        return
    dose = cursor.written(clause.start, doses.token.at)
    written = cursor.written_since(token)
    count = f"{Duration(doses.span)}" if doses.span else f"{doses.count}"
    one = f"'{dose} {written} x {doses.count or 5}' for doses {often} apart"
    daily = f"daily for {count}" if doses.span else f"daily x {count}"
    raise cursor.error(
        f"'{cursor.written_since(doses.token)}' can be read in two ways.",
        doses.token,
        f"Write {one}, or '{dose} {daily} {written} x 3 cycles' for daily doses that are repeated in cycles of {often}.",
    )


def _agreeing(cursor: Cursor, clause: Clause, found: Weekly | Duration, token: Token) -> Often:
    """Return the weekly pattern that days name, where it agrees with how often has been said before."""
    count = len(found.days) if isinstance(found, Weekly) else 1
    said = clause.often
    if said is not None and not isinstance(said, Once) and times_a_week(said) not in (count, None):
        raise cursor.error("The days of the week and how often do not agree.", token, "Say the days only.")
    return found


def times_a_week(often: Often) -> int | None:
    """Return how many days of a week have doses by words such as 'twice a week'; None where they do not count days."""
    if isinstance(often, Duration):
        return 1 if often.hours == 7 * DAY else None if often.hours == DAY else -1
    return len(often.days) if isinstance(often, Weekly) else None if isinstance(often, Once) else often.count


def _with_another_dose(cursor: Cursor, clause: Clause) -> Clause | None:
    """Return the clause with the sum of two doses at one moment, as in '1 MIU SC & 0.5 MIU SC daily x 5'."""
    if clause.route is None or cursor.ahead().kind not in ("number", "power"):
        return None
    if clause.often is not None or clause.schedule_said or clause.over is not None:
        return None
    sign = cursor.take()
    amount, daily = read_amount(cursor)
    route = read_route(cursor) or no_route(cursor)
    mine = (clause.amount.unit, clause.amount.basis, clause.amount.cap, clause.amount.step, clause.route)
    if mine != (amount.unit, amount.basis, None, None, route) or (daily is None) != (clause.daily is None):
        raise _not_one_dose(cursor, clause, amount, route, sign)
    return replace(clause, amount=replace(amount, value=amount.value + clause.amount.value))


def _not_one_dose(cursor: Cursor, clause: Clause, amount: Amount, route: str, sign: Token) -> RegimenError:
    return cursor.error(
        f"'{clause.amount} {clause.route}' and '{amount} {route}' at one moment cannot be added.",
        sign,
        "Two doses of one drug at one moment have one route and one kind of amount. Two drugs are named: "
        "'il2: 1 MIU SC daily x 5 & tocilizumab: 8 mg/kg IV once over 1 h'.",
    )

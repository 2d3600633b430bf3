"""From a clause of protocol text to its parts: one dose, a course, doses on named days, or a cycle of a stated length."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.regimen.clause import DAY, Clause, dose_of
from regimens.regimen.daylist import Parts, Spot, at_days, first_of, parts_at, starts_of, with_rest_at_end
from regimens.regimen.dayswords import ELAPSED, UNSAID, Days
from regimens.regimen.frequencywords import Once
from regimens.regimen.intervals import doses_in, every_of
from regimens.regimen.parts import Course, Cycle, Dose, Rest
from regimens.regimen.quantities import Duration

if TYPE_CHECKING:
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.tokens import Token


def place(cursor: Cursor, clause: Clause, spot: Spot) -> Parts:
    """Return the parts that a clause means, weekdays aside; RegimenError where it says too little, too much, or two things."""
    dose = dose_of(cursor, clause)
    clause = _with_turn(clause)
    if clause.turn is not None:
        return (_cycle(cursor, clause, dose, clause.turn),)
    if isinstance(clause.days, Days):
        return at_days(cursor, clause, dose, clause.days, spot)
    if isinstance(clause.often, Once) and clause.doses is None:
        return (dose,)
    return (_course(cursor, clause, dose),)


def _with_turn(clause: Clause) -> Clause:
    """Return the clause with an interval that is as long as all its days taken for the length of a cycle: 'days 1-5 q28d x 4'."""
    often, named = clause.often, clause.days
    if clause.turn is not None or not isinstance(named, Days) or not isinstance(often, Duration) or often.hours <= DAY:
        return clause
    if named.size != DAY and named.counted == UNSAID and named.numbers[0] > 0:
        return clause  # 'every 4 weeks at week 4' counts weeks from the start, not within four weeks
    span = named.size * (named.numbers[-1] - min(1, named.numbers[0]) + 1)
    if often.hours < span or named.counted == ELAPSED:
        return clause
    return replace(clause, often=None, turn=often, turns=clause.doses, doses=None)


def _course(cursor: Cursor, clause: Clause, dose: Dose) -> Course:
    every = every_of(cursor, clause)
    if clause.doses is None:
        cursor.fail("'x' and the total number of doses", ["x", "for", "over"])
    doses = doses_in(cursor, clause.doses, every)
    return cursor.checked(clause.start, lambda: Course(dose, every, doses))


def _cycle(cursor: Cursor, clause: Clause, dose: Dose, turn: Duration) -> Cycle:
    """Return the cycle of a stated length: its doses and a rest up to that length."""
    if isinstance(clause.days, Days):
        starts = starts_of(cursor, clause, clause.days, first_of(cursor, clause.days, in_cycle=True))
        _check_inside(cursor, clause.days.token, starts[-1], turn)
        body = parts_at(dose, starts, turn.hours)
        if len(body) > 1 and isinstance(body[-1], Course):
            body = (*body[:-1], *with_rest_at_end(body[-1]))
    else:
        course = _course(cursor, clause, dose)
        _check_inside(cursor, clause.start, course.start(course.doses - 1), turn)
        if isinstance(course.every, Duration):
            body = parts_at(dose, [course.start(index) for index in range(course.doses)], turn.hours)
        else:
            body = _padded(cursor, clause, course, turn)
    repeats = _repeats(cursor, clause, turn, sum(part.doses for part in body))
    return cursor.checked(clause.start, lambda: Cycle(*body, repeats=repeats))


def _padded(cursor: Cursor, clause: Clause, course: Course, turn: Duration) -> Parts:
    if course.length > turn.hours:
        raise cursor.error(f"The doses last {Duration(course.length)}, longer than a cycle of {turn}.", clause.start)
    return (course, Rest(Duration(turn.hours - course.length))) if turn.hours > course.length else (course,)


def _check_inside(cursor: Cursor, token: Token, last: Fraction, turn: Duration) -> None:
    if last >= turn.hours:
        raise cursor.error(
            f"The last dose is {Duration(last)} after the first day, outside a cycle of {turn}.",
            token,
            "A cycle is longer than the time up to its last dose.",
        )


def _repeats(cursor: Cursor, clause: Clause, turn: Duration, doses: int) -> int:
    turns = clause.turns
    if turns is None:
        cursor.fail("'x' and the number of cycles, such as 'x 3 cycles',", ["x", "for"])
    if turns.of == "cycles" or (turns.count and not turns.of and (not clause.turned or clause.doses is not None)):
        return turns.count
    if turns.of == "doses" and turns.count % doses == 0:
        return turns.count // doses
    if turns.of == "doses":
        raise cursor.error(
            f"{turns.count} doses are not a whole number of cycles of {doses}.", turns.token, "Write the number of cycles."
        )
    if turns.count:
        whole = turns.count // doses if turns.count % doses == 0 else 1
        other = f"'x {whole * doses} doses' for {whole} cycle{'s' * (whole > 1)}"
        raise cursor.error(
            f"'x {turns.count}' can be the number of cycles or of doses.",
            turns.token,
            f"Write 'x {turns.count} cycles' for {turns.count * doses} doses, or {other}.",
        )
    if turns.span <= 0 or turns.span % turn.hours:
        raise cursor.error(
            f"{Duration(turns.span)} is not a whole number of cycles of {turn}.", turns.token, "Write the number of cycles."
        )
    return int(turns.span / turn.hours)

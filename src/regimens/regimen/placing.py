"""From the clauses of protocol text to parts: doses at stated times, cycles of a stated length, weekdays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from regimens.regimen.clause import DAY, Clause, dose_of, no_frequency
from regimens.regimen.dayswords import ELAPSED, PROTOCOL, UNSAID, WEEK, Days
from regimens.regimen.frequencywords import Extent, Often, Once, PerWeek, no_days
from regimens.regimen.parts import MOST_DOSES, Course, Cycle, Dose, Part, Rest, Weekly, length_of, rests
from regimens.regimen.quantities import Duration, days

if TYPE_CHECKING:
    from regimens.errors import RegimenError
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.tokens import Token

Parts = tuple[Part, ...]


@dataclass(frozen=True)
class Spot:
    """Where in a plan a clause stands: what goes before it in its bracket, how deep, whether anything follows it there."""

    before: Parts
    depth: int
    followed: bool

    @property
    def ranged(self) -> bool:
        """Whether a rest before it is a range, so that its time is not fixed."""
        return any(rest.is_range for rest in rests(self.before))


def parts_at(dose: Dose, starts: Sequence[Fraction], end: Fraction | None) -> Parts:
    """Return the parts that give a dose at those hours, counted from now: courses where starts are equally far apart.

    They last until `end`; with None as long as their last course does.
    """
    parts: list[Part] = []
    clock, place = Fraction(0), 0
    while place < len(starts):
        if starts[place] > clock:
            parts.append(Rest(Duration(starts[place] - clock)))
        count, step = _run(starts, place, end)
        parts.append(dose if count == 1 else Course(dose, Duration(step), count))
        clock = starts[place] + (0 if count == 1 else count * step)
        place += count
    if end is not None and end > clock:
        parts.append(Rest(Duration(end - clock)))
    return tuple(parts)


def _run(starts: Sequence[Fraction], place: int, end: Fraction | None) -> tuple[int, Fraction]:
    """Return how many starts from `place` on make one course, and its interval; 1 where the dose stands alone.

    A course must be over when the next dose is due. Two doses are a course only if they are at most a day apart, or all there
    are.
    """
    if place + 1 == len(starts):
        return 1, Fraction(0)
    step, last = starts[place + 1] - starts[place], place + 1
    while last + 1 < len(starts) and starts[last + 1] - starts[last] == step:
        last += 1
    limit = end if last + 1 == len(starts) else starts[last + 1]
    if limit is not None and starts[last] + step > limit:
        last -= 1
    count = last - place + 1
    whole = place == 0 and last + 1 == len(starts)
    return (count, step) if count > 2 or (count == 2 and (step <= DAY or whole)) else (1, Fraction(0))


def place(cursor: Cursor, clause: Clause, spot: Spot) -> Parts:
    """Return the parts that a clause means, weekdays aside; RegimenError where it says too little, too much, or two things."""
    dose = dose_of(cursor, clause)
    clause = _with_turn(clause)
    if clause.turn is not None:
        return (_cycle(cursor, clause, dose, clause.turn),)
    if isinstance(clause.days, Days):
        return _at_days(cursor, clause, dose, clause.days, spot)
    if isinstance(clause.often, Once) and clause.doses is None:
        return (dose,)
    return (_course(cursor, clause, dose),)


def _with_turn(clause: Clause) -> Clause:
    """Return the clause with an interval that is as long as all its days taken for the length of a cycle: 'days 1-5 q28d x 4'."""
    often, named = clause.often, clause.days
    if clause.turn is not None or not isinstance(named, Days) or not isinstance(often, Duration) or often.hours <= DAY:
        return clause
    span = named.size * (named.numbers[-1] - min(1, named.numbers[0]) + 1)
    if often.hours < span or named.counted == ELAPSED:
        return clause
    return replace(clause, often=None, turn=often, turns=clause.doses, doses=None)


def _course(cursor: Cursor, clause: Clause, dose: Dose) -> Course:
    every = _every(cursor, clause)
    if clause.doses is None:
        cursor.fail("'x' and the total number of doses", ["x", "for", "over"])
    doses = doses_in(cursor, clause.doses, every)
    return cursor.checked(clause.start, lambda: Course(dose, every, doses))


def _every(cursor: Cursor, clause: Clause) -> Duration | Weekly:
    often = clause.often
    if clause.daily is not None:
        often = _of_a_day(cursor, clause, often)
    if isinstance(often, PerWeek):
        raise no_days(cursor, often)
    if isinstance(often, Once):
        raise cursor.error(
            "'once' is one dose, and a number of doses or a cycle is said too.",
            clause.start,
            "Write 'daily', 'weekly' or another interval in place of 'once'.",
        )
    if often is None and clause.doses is not None:
        written = cursor.written(clause.doses.token, clause.doses.end)
        advice = f"Write for example 'daily {written}'."
        raise cursor.error(f"'{written}' does not say how often.", clause.doses.token, advice)
    if often is None:
        no_frequency(cursor)
    return often


def _of_a_day(cursor: Cursor, clause: Clause, often: Often | None) -> Often:
    """Return how often an amount a day is given: daily, unless weekdays are named; RegimenError where it could be divided."""
    if often is None or often == days(1):
        return days(1)
    assert clause.daily is not None
    if not isinstance(often, Duration):
        return often
    amount = clause.amount
    per_dose = f"{amount} {clause.route or 'SC'}"
    share = type(amount)(amount.value * often.hours / DAY, amount.unit, amount.basis, amount.cap, amount.step)
    other = f"{share} {clause.route or 'SC'}"
    raise cursor.error(
        f"An amount a day that is given every {often} can be read in two ways.",
        clause.daily,
        f"Leave out '/day' and write '{per_dose} every {often}' or '{other} every {often}'.",
    )


def doses_in(cursor: Cursor, extent: Extent, every: Duration | Weekly) -> int:
    """Return the number of doses that an extent means at one interval or weekly pattern."""
    if extent.of == "cycles":
        raise cursor.error(
            "'cycles' are counted, but there is none here.",
            extent.token,
            "Write the length of the cycle ('daily x 5 every 28 days x 3 cycles'), or brackets: "
            "'(1 MIU SC daily x 5, rest 23 days) x 3'.",
        )
    if extent.count:
        return extent.count
    length, doses = (every.hours, 1) if isinstance(every, Duration) else (WEEK, len(every.days))
    if extent.span <= 0 or extent.span % length:
        raise cursor.error(
            f"{Duration(extent.span)} is not a whole number of intervals of {Duration(length)}.",
            extent.token,
            "Write 'x' and the total number of doses.",
        )
    return int(extent.span / length) * doses


def _cycle(cursor: Cursor, clause: Clause, dose: Dose, turn: Duration) -> Cycle:
    """Return the cycle of a stated length: its doses and a rest up to that length."""
    if isinstance(clause.days, Days):
        starts = _starts(cursor, clause, clause.days, _first(cursor, clause.days, in_cycle=True))
        _check_inside(cursor, clause.days.token, starts[-1], turn)
        body = parts_at(dose, starts, turn.hours)
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
    if turns.of == "cycles" or (turns.count and not turns.of and not clause.turned):
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


def _first(cursor: Cursor, named: Days, in_cycle: bool) -> int:
    """Return the number of the first day; RegimenError where it may be 0 or 1."""
    if named.counted == PROTOCOL and named.numbers[0] == 0:
        raise cursor.error("Protocol days are counted from 1.", named.token, "Elapsed days are counted from 0.")
    if named.counted == UNSAID and named.numbers[0] > 0 and not in_cycle:
        unit = named.noun.split(" ")[0]
        raise cursor.error(
            f"'{named.noun}' can be read in two ways.",
            named.token,
            f"Write 'protocol {named.noun}' if the first {unit.removesuffix('s')} is 1, 'elapsed {named.noun}' if it is 0. "
            f"Those of a cycle are written '{named.noun} of each 28-day cycle x 3 cycles'.",
        )
    return 0 if named.counted == ELAPSED or named.numbers[0] == 0 else 1


def _at_days(cursor: Cursor, clause: Clause, dose: Dose, named: Days, spot: Spot) -> Parts:
    first = _first(cursor, named, in_cycle=False)
    if spot.depth > 1 and first:
        raise cursor.error(
            "Protocol days cannot stand inside a bracket, whose repeats start on different days.",
            named.token,
            "Write elapsed days, counted from the start of the bracket.",
        )
    if spot.ranged:
        raise cursor.error("Days cannot be named after a rest that is a range.", named.token, "Use a rest there.")
    starts = [start - length_of(spot.before) for start in _starts(cursor, clause, named, first)]
    if starts[0] < 0:
        raise cursor.error(
            f"'{named.noun}' begins before the end of the preceding parts, which last {Duration(length_of(spot.before))}.",
            named.token,
            "Courses of one drug do not overlap.",
        )
    gap = starts[-1] - starts[-2] if len(starts) > 1 else Fraction(0)
    return parts_at(dose, starts, starts[-1] + (gap if gap <= DAY else 0) if spot.followed else None)


def _starts(cursor: Cursor, clause: Clause, named: Days, first: int) -> list[Fraction]:
    """Return the hours of the doses on named days, with as many a day as is said."""
    starts, often = list(named.starts(first)), clause.often
    if clause.daily is not None and named.size == DAY:
        often = _of_a_day(cursor, clause, often)
    if clause.daily is not None and named.size != DAY:
        raise _two_schedules(cursor, named)
    if isinstance(often, Duration) and often != days(1):
        starts = _at_interval(cursor, named, starts, often)
    elif isinstance(often, PerWeek | Weekly) or (often == days(1) and named.size != DAY):
        raise _two_schedules(cursor, named)
    if len(starts) > MOST_DOSES:
        raise cursor.error(f"Number of doses must be from 1 to {MOST_DOSES}, found {len(starts)}.", named.token)
    doses = clause.doses
    if doses is not None and doses_in(cursor, doses, often if isinstance(often, Duration) else days(1)) != len(starts):
        raise cursor.error(
            f"'{named.noun}' are {len(starts)} doses, and another number is said.",
            doses.token,
            f"Leave it out, or write the cycle that is repeated: '{named.noun} of each 28-day cycle x 3 cycles'.",
        )
    return starts


def _at_interval(cursor: Cursor, named: Days, starts: list[Fraction], often: Duration) -> list[Fraction]:
    if named.is_range and named.size == DAY:
        count = -((starts[0] - starts[-1] - DAY) // often.hours)
        return [starts[0] + index * often.hours for index in range(min(int(count), MOST_DOSES + 1))]
    if named.size == DAY and DAY % often.hours == 0:
        return [start + index * often.hours for start in starts for index in range(min(int(DAY / often.hours), MOST_DOSES + 1))]
    if any(later - earlier != often.hours for earlier, later in pairwise(starts)):
        raise _two_schedules(cursor, named)
    return starts


def _two_schedules(cursor: Cursor, named: Days) -> RegimenError:
    return cursor.error(f"'{named.noun}' and how often do not agree.", named.token, "Say one of them.")

"""Doses on days that are named one by one, as parts: courses where they are equally far apart, single doses elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from regimens.regimen.clause import DAY, Clause
from regimens.regimen.dayswords import ELAPSED, PROTOCOL, UNSAID, Days
from regimens.regimen.frequencywords import PerWeek
from regimens.regimen.intervals import doses_in, of_a_day
from regimens.regimen.parts import MOST_DOSES, Course, Dose, Part, Rest, Weekly, length_of, rests
from regimens.regimen.quantities import Duration, days

if TYPE_CHECKING:
    from regimens.errors import RegimenError
    from regimens.regimen.cursor import Cursor

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
        given: Parts = (dose,) if count == 1 else (Course(dose, Duration(step), count),)
        after = place + count
        joined = after < len(starts) and starts[place] + length_of(given) == starts[after]
        if joined and _run(starts, after, end)[0] > 1:
            given = with_rest_at_end(Course(dose, Duration(step), count))
        parts += given
        clock = starts[place] + length_of(given)
        place = after
    if end is not None and end > clock:
        parts.append(Rest(Duration(end - clock)))
    return tuple(parts)


def with_rest_at_end(course: Course) -> Parts:
    """Return the parts that give the doses of a course at an interval, and last as long, with its last dose alone and a rest.

    They stand where the days after the course are named: what follows is not one interval later because the course lasts so long.
    """
    assert isinstance(course.every, Duration)
    rest = Rest(course.every)
    if course.doses == 2:
        return (course.dose, rest, course.dose, rest)
    return (Course(course.dose, course.every, course.doses - 1), course.dose, rest)


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


def first_of(cursor: Cursor, named: Days, in_cycle: bool) -> int:
    """Return the number of the first day; RegimenError where it may be 0 or 1."""
    if named.counted == PROTOCOL and named.numbers[0] == 0:
        raise cursor.error("Protocol days are counted from 1.", named.token, "Elapsed days are counted from 0.")
    if named.counted == UNSAID and named.numbers[0] > 0 and not in_cycle:
        unit = "day" if named.size == DAY else "week"
        raise cursor.error(
            f"'{named.noun}' can be read in two ways.",
            named.token,
            f"Write 'protocol {named.noun}' if the first {unit} is 1, 'elapsed {named.noun}' if it is 0. "
            f"Those of a cycle are written '{_as_cycle(named)}'.",
        )
    return 0 if named.counted == ELAPSED or named.numbers[0] == 0 else 1


def _as_cycle(named: Days) -> str:
    """Return the days as those of a cycle that holds them, of four weeks at least."""
    weeks = max(4, -(-named.numbers[-1] // (7 if named.size == DAY else 1)))
    return f"{named.noun} of each {f'{7 * weeks}-day' if named.size == DAY else f'{weeks}-week'} cycle x 3 cycles"


def at_days(cursor: Cursor, clause: Clause, dose: Dose, named: Days, spot: Spot) -> Parts:
    """Return the parts of doses on named days, which are counted from the start of the plan or of the bracket around them."""
    first = first_of(cursor, named, in_cycle=False)
    if spot.depth > 1 and first:
        raise cursor.error(
            "Protocol days cannot stand inside a bracket, whose repeats start on different days.",
            named.token,
            "Write elapsed days, counted from the start of the bracket.",
        )
    if spot.ranged:
        raise cursor.error("Days cannot be named after a rest that is a range.", named.token, "Use a rest there.")
    starts = [start - length_of(spot.before) for start in starts_of(cursor, clause, named, first)]
    if starts[0] < 0:
        raise cursor.error(
            f"'{named.noun}' begins before the end of the preceding parts, which last {Duration(length_of(spot.before))}.",
            named.token,
            "Courses of one drug do not overlap.",
        )
    gap = starts[-1] - starts[-2] if len(starts) > 1 else Fraction(0)
    return parts_at(dose, starts, starts[-1] + (gap if gap <= DAY else 0) if spot.followed else None)


def starts_of(cursor: Cursor, clause: Clause, named: Days, first: int) -> list[Fraction]:
    """Return the hours of the doses on named days, with as many a day as is said."""
    starts, often = list(named.starts(first)), clause.often
    if clause.daily is not None and named.size == DAY:
        often = of_a_day(cursor, clause, often)
    if clause.daily is not None and named.size != DAY:
        raise _two_schedules(cursor, named)
    if isinstance(often, Duration) and often != days(1):
        starts = _at_interval(cursor, named, starts, often)
    elif isinstance(often, PerWeek | Weekly) or (often == days(1) and named.size != DAY):
        raise _two_schedules(cursor, named)
    if len(starts) > MOST_DOSES:
        raise _too_many(cursor, named, len(starts))
    doses = clause.doses
    if doses is not None and doses_in(cursor, doses, often if isinstance(often, Duration) else days(1)) != len(starts):
        raise cursor.error(
            f"'{named.noun}' are {len(starts)} doses, and another number is said.",
            doses.token,
            f"Leave it out, or write the cycle that is repeated: '{_as_cycle(named)}'.",
        )
    return starts


def _at_interval(cursor: Cursor, named: Days, starts: list[Fraction], often: Duration) -> list[Fraction]:
    if named.is_range and named.size == DAY:
        count = int(-((starts[0] - starts[-1] - DAY) // often.hours))
        if count > MOST_DOSES:
            raise _too_many(cursor, named, count)
        return [starts[0] + index * often.hours for index in range(count)]
    if named.size == DAY and DAY % often.hours == 0:
        daily = int(DAY / often.hours)
        if daily * len(starts) > MOST_DOSES:
            raise _too_many(cursor, named, daily * len(starts))
        return [start + index * often.hours for start in starts for index in range(daily)]
    if any(later - earlier != often.hours for earlier, later in pairwise(starts)):
        raise _two_schedules(cursor, named)
    return starts


def _too_many(cursor: Cursor, named: Days, doses: int) -> RegimenError:
    return cursor.error(f"Number of doses must be from 1 to {MOST_DOSES}, found {doses}.", named.token)


def _two_schedules(cursor: Cursor, named: Days) -> RegimenError:
    return cursor.error(f"'{named.noun}' and how often do not agree.", named.token, "Say one of them.")

"""How often and how many, of a clause that has been read: its interval or weekly pattern, and its number of doses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regimens.regimen.clause import DAY, Clause, no_frequency
from regimens.regimen.dayswords import WEEK
from regimens.regimen.frequencywords import Extent, Often, Once, PerWeek, no_days
from regimens.regimen.quantities import Duration, days

if TYPE_CHECKING:
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.parts import Weekly


def every_of(cursor: Cursor, clause: Clause) -> Duration | Weekly:
    """Return the interval or weekly pattern of a clause; RegimenError where it says none."""
    often = clause.often
    if clause.daily is not None:
        often = of_a_day(cursor, clause, often)
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
        advice = "Write 'once' for one dose." if clause.doses.count == 1 else f"Write for example 'daily {written}'."
        raise cursor.error(f"'{written}' does not say how often.", clause.doses.token, advice)
    if often is None:
        no_frequency(cursor)
    return often


def of_a_day(cursor: Cursor, clause: Clause, often: Often | None) -> Often:
    """Return how often an amount a day is given: daily, unless weekdays are named; RegimenError where it could be divided."""
    if often is None or often == days(1):
        return days(1)
    assert clause.daily is not None
    if not isinstance(often, Duration):
        return often
    amount = clause.amount
    per_dose = f"{amount} {clause.route or 'SC'}"
    share = replace(amount, value=amount.value * often.hours / DAY)
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

"""The start of a plan in protocol text: 'at steady state of 1 MIU SC daily'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.regimen.clause import DAY, Clause, dose_of, no_frequency, read_clause
from regimens.regimen.frequencywords import Once
from regimens.regimen.parts import AtSteadyState
from regimens.regimen.quantities import Duration

if TYPE_CHECKING:
    from regimens.regimen.cursor import Cursor
    from regimens.regimen.tokens import Token

WORDS = ("at", "steady", "state", "of")


def read_start(cursor: Cursor, token: Token, is_first: bool) -> AtSteadyState:
    """Read what follows 'at steady state of': a dose and its interval; `token` is the 'at' before it."""
    if not is_first:
        raise cursor.error(
            "A steady state can only be the start of a plan.",
            token,
            "Write 'at steady state of 1 MIU SC daily, ...' first; day 0 is when its next dose would be given.",
        )
    start = cursor.next
    clause = read_clause(cursor)
    _check_endless(cursor, clause, start)
    dose = dose_of(cursor, clause)
    every = Duration(DAY) if clause.often is None and clause.daily is not None else clause.often
    if every is None:
        no_frequency(cursor)
    if not isinstance(every, Duration):
        found = "given once" if isinstance(every, Once) else "on some days of the week"
        raise cursor.error(
            f"A dose {found} has no steady state of one interval.",
            start,
            "Write one interval: 'daily', 'every 2 days', 'weekly'.",
        )
    _check_endless(cursor, clause, start)
    return cursor.checked(start, lambda: AtSteadyState(dose, every))


def _check_endless(cursor: Cursor, clause: Clause, start: Token) -> None:
    """Raise RegimenError for a steady state of a number of doses, which may be meant to be given after it."""
    said = clause.doses or clause.turns
    if clause.days is not None or clause.turn is not None:
        raise cursor.error("A steady state is that of one dose at one interval.", start, "Leave out the days and the cycle.")
    if said is None:
        return
    whole, dose = cursor.written_since(start), cursor.written(start, said.token.at)
    raise cursor.error(
        f"'at steady state of {whole}' can be read in two ways.",
        said.token,
        f"Write 'at steady state of {dose}, {whole}' for doses that go on after day 0, or leave out "
        f"'{cursor.written_since(said.token)}': the doses before day 0 have no number.",
    )

"""The subjects as the page counts them: all of them, those behind the curves, those without a value."""

from __future__ import annotations

from regimens.report import words
from regimens.report.cast import Cast


def everybody(cast: Cast) -> str:
    """Return whom the run simulates: the typical subject, or how many in each parameter draw."""
    if cast.typical:
        return "one typical subject"
    return _virtual(cast.subjects) + (f" in each of {words.exact(cast.draws)} parameter draws" if cast.draws > 1 else "")


def curved(cast: Cast) -> str:
    """Return the virtual subjects behind the curves and the visits: all, or as many as come first in each draw."""
    if cast.curved == cast.subjects * cast.draws:
        return everybody(cast)
    if cast.draws == 1:
        return f"the first {words.exact(cast.curved)} of {_virtual(cast.subjects)}"
    draws = min(cast.draws, cast.curved)
    each = cast.curved // draws
    first = "the first" if each == 1 else f"the first {words.count(each, '').strip()}"
    of = words.exact(draws) if draws == cast.draws else f"the first {words.exact(draws)} of {words.exact(cast.draws)}"
    return f"{_virtual(cast.curved)}, {first} of each of {of} parameter draws"


def missing(short: int, cast: Cast) -> str:
    """Return how many have no value; over parameter draws, how the whole number comes about."""
    drawn = f" ({words.exact(cast.subjects)} in each of {words.exact(cast.draws)} parameter draws)" if cast.draws > 1 else ""
    return f"{words.exact(short)} of {_virtual(cast.subjects * cast.draws)} missing{drawn}"


def _virtual(count: int) -> str:
    return f"{'one' if count == 1 else words.exact(count)} virtual subject{'s' * (count != 1)}"

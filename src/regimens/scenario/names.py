"""Names that people read: arms, visits, endpoints, models. They are told apart by sight and hold nothing invisible."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories of characters that are not seen: controls, formats (bidirectional marks, zero widths), line ends."""


def as_seen(name: str) -> str:
    """Return what is left of a name for a reader: in NFKC form, without case, with single spaces."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())


def alike(names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield (first, other) places of names that cannot be told apart, `first` being the earliest of its kind."""
    seen: dict[str, int] = {}
    for place, name in enumerate(names):
        first = seen.setdefault(as_seen(name), place)
        if first != place:
            yield first, place


def fault_of(name: str, what: str) -> tuple[str, str] | None:
    """Return (message, advice) on a name that cannot be used for `what` ('an arm'), or None."""
    if not as_seen(name):
        return f"The name of {what} is blank.", "Write a name that can be read."
    for character in name:
        if unicodedata.category(character) in _INVISIBLE:
            return (
                f"The name of {what}, '{visible(name)}', holds the invisible character U+{ord(character):04X}.",
                "Leave it out: names are written to tables, pages and terminals.",
            )
    return None


def visible(name: str) -> str:
    """Return a name with its invisible characters written out, for a message."""
    return "".join(f"\\u{ord(c):04x}" if unicodedata.category(c) in _INVISIBLE else c for c in name)

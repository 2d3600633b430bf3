"""Names of a model in a target language: kept where the target allows them, else changed, and the changes can be listed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass
class Names:
    """Gives every name its spelling in a target; two names never get the same one.

    `reserved` are words that the target has for itself. Where `fold_case` is set the target reads upper and lower case as
    the same, and all names are written in capitals. Names longer than `longest` characters are cut. `prefixes` and `endings`
    are starts and ends of names that the target gives a meaning. `joint` stands before the number that makes a name unique.
    """

    reserved: Iterable[str]
    fold_case: bool = False
    longest: int = 200
    prefixes: Iterable[str] = ()
    endings: Iterable[str] = ()
    joint: str = ""
    _taken: set[str] = field(default_factory=set)
    changed: list[tuple[str, str]] = field(default_factory=list)
    """Old and new name of each that could not stay; a change to capitals alone is not listed."""

    def __post_init__(self) -> None:
        self._taken |= {self._key(word) for word in self.reserved}

    def spelled(self, name: str, what: str = "") -> str:
        """Return an unused spelling of `name`, and note it if it differs; `what` says in the list what is renamed."""
        found = self.fresh(name)
        if self._key(found) != self._key(name):
            self.changed.append((f"{what} {name}".lstrip(), found))
        return found

    def fresh(self, name: str) -> str:
        """Return an unused spelling made of `name`: itself, or with a number after it."""
        stem = re.sub(r"\W", "_", name, flags=re.ASCII).lstrip("_0123456789") or "x"
        stem = (stem.upper() if self.fold_case else stem)[: self.longest]
        if stem.startswith(tuple(self.prefixes)) or stem.endswith(tuple(self.endings)):
            stem = self._key(f"my{stem}x")[: self.longest]
        found, count = stem, 1
        while self._key(found) in self._taken:
            count += 1
            ending = f"{self.joint}{count}"
            found = stem[: self.longest - len(ending)] + ending
        self._taken.add(self._key(found))
        return found

    def _key(self, name: str) -> str:
        return name.upper() if self.fold_case else name


def words(text: str) -> frozenset[str]:
    """Return the words of a list that is written as text."""
    return frozenset(text.split())

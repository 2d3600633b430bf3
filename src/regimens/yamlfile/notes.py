"""Problems of one file, collected while its meaning is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from regimens.errors import Problem, WordsError
from regimens.yamlfile.located import Located

Loc = tuple[str | int, ...]

Read = TypeVar("Read")


class Unreadable(Exception):
    """Raised between a reader of values and its caller when a value has problems that are already noted."""


class Notes:
    """Collects the problems of one file, with places from its text."""

    def __init__(self, located: Located) -> None:
        self.located = located
        self.problems: list[Problem] = []

    def add(self, loc: Loc, message: str, advice: str = "", *, at: int | None = None, key: bool = False) -> None:
        """Note a problem at the value (or key) of `loc`, or at a character of its text."""
        line, column = self.located.place(loc, at) if at is not None else self.located.position(loc, key=key)
        self.problems.append(Problem(message, advice, line, column, self.located.where(loc)))

    def read(self, loc: Loc, build: Callable[[], Read]) -> Read:
        """Return what `build` builds; note what is wrong with its words and raise Unreadable."""
        try:
            return build()
        except WordsError as error:
            self.add(loc, error.message, error.advice, at=error.at if error.text is not None else None)
            raise Unreadable from None

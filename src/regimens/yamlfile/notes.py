"""The problems of one YAML file, collected with their places; what follows from a part that is wrong is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from regimens.errors import InputFileError, Problem, WordsError

if TYPE_CHECKING:
    from regimens.yamlfile.located import Loc, Located

UNUSABLE = "\0unusable\0"
"""Text that stands in place of a value of the wrong shape; no YAML file can hold it."""

Place = tuple[str | int, ...]
"""Keys and list indices from the top of the file down to one value."""

T = TypeVar("T")


class Unreadable(Exception):
    """Raised between a reader of values and its caller where a value has problems that are already noted."""


def tried(read: Callable[[], T]) -> T | None:
    """Return what `read` returns, None where it is unreadable."""
    try:
        return read()
    except Unreadable:
        return None


class Notes:
    """Collects the problems of one file, with their places in its text.

    `problems` begin with those of the file's shape. `unusable` are the places of the parts that these are about: such a part is
    not judged any further.
    """

    def __init__(self, located: Located, problems: Iterable[Problem] = (), unusable: Iterable[Place] = ()) -> None:
        self.located = located
        self.problems = list(problems)
        self._unusable = set(unusable)
        self._wrong: set[Place] = set()
        for place in self._unusable:
            self._mark(place)

    def add(
        self,
        loc: Loc,
        message: str,
        advice: str = "",
        *,
        at: int | None = None,
        key: bool = False,
        lacking: Loc | None = None,
    ) -> None:
        """Note a problem at the value (or key) of `loc`, or at character `at` of its text.

        A problem of a part whose shape is wrong is not said: what stands there is not what the user meant. Nor is said that a key
        is missing in the mapping `lacking`, where a key of that mapping is wrong: it may be the one.
        """
        place = tuple(loc)
        self._mark(place)
        if self._in_unusable(place) or UNUSABLE in message or UNUSABLE in advice:
            return
        if lacking is not None and self.has_wrong_key(*lacking):
            return
        line, column = self.located.place(loc, at) if at is not None else self.located.position(loc, key=key)
        self.problems.append(Problem(message, advice, line, column, self.located.where(loc)))

    def read(self, loc: Loc, build: Callable[[], T]) -> T:
        """Return what `build` builds; where it raises WordsError, note that at `loc` and raise Unreadable."""
        try:
            return build()
        except WordsError as error:
            self.add(loc, error.message, error.advice, at=error.at if error.text is not None else None)
            raise Unreadable from None

    def sound(self, *loc: str | int) -> bool:
        """Return whether nothing is wrong so far at `loc` or inside it, and it is not inside a part whose shape is wrong."""
        return loc not in self._wrong and not self._in_unusable(loc)

    def usable(self, *loc: str | int) -> bool:
        """Return whether the shape of the part at `loc` is right; parts inside it may be wrong."""
        return not self._in_unusable(loc)

    def has_wrong_key(self, *mapping: str | int) -> bool:
        """Return whether a key of the mapping itself is not known, or has a value of the wrong shape."""
        return any(wrong[:-1] == mapping for wrong in self._unusable if wrong)

    def error(self) -> InputFileError:
        """Return the error that says all problems."""
        return InputFileError(self.located.path, self.problems, self.located.text)

    def _mark(self, place: Place) -> None:
        self._wrong.update(place[:depth] for depth in range(len(place) + 1))

    def _in_unusable(self, place: Place) -> bool:
        return any(place[:depth] in self._unusable for depth in range(len(place) + 1))

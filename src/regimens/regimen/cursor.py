"""The cursor of the parser: a place in the tokens of protocol text, how to move it, and errors that point at it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NoReturn, TypeVar

from regimens.errors import RegimenError, UnitError, nearest
from regimens.regimen.tokens import Token, tokens_of
from regimens.units import TIME_ADVICE, exact, time_unit

Built = TypeVar("Built")

EXAMPLES = (
    "0.5 MIU SC daily x 5",
    "(1 MIU SC every other day x 7, rest 14 days) x 3",
    "(1.5 MIU SC daily x 5, rest 9-16 days) x 4",
    "1 MIU SC daily x 5, rest 9 days, 1 MIU SC every 2 weeks x 12",
    "0.26 MIU/m2 SC every 3 days x 28",
    "0.2 MIU/m2 SC 3 times a week x 72",
    "1 MIU SC twice daily x 10",
    "8 mg/kg (max 800 mg) IV once over 1 h",
    "from protocol day 8, 8 mg/kg IV once over 1 h",
    "il2: 0.5 MIU SC daily x 5; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h",
    "1 MIU SC on days 1, 8 and 15 of each 28-day cycle x 3 cycles",
    "1 MIU SC daily x 5 every 28 days x 3 cycles",
    "1 MIU SC on Mon, Wed and Fri x 12",
    "5 mg/kg IV over 2 h at weeks 0, 2 and 6",
    "load 3 MIU SC, then 1 MIU SC weekly x 4",
    "at steady state of 1 MIU SC daily, 3 MIU SC weekly x 4",
    "no dose",
)
"""Regimens that can be read; an error shows the one most like the text."""

_STARTS = ("rest", "from")


class Cursor:
    """A place in the tokens of a text: moves over words, numbers and units, and makes errors that point at a token."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.place = text, tokens_of(text), 0

    @property
    def next(self) -> Token:
        """The token at the place."""
        return self.tokens[self.place]

    def ahead(self, count: int = 1) -> Token:
        """Return the token so many places on; the end where there are fewer."""
        return self.tokens[min(self.place + count, len(self.tokens) - 1)]

    def written_since(self, start: Token) -> str:
        """Return the text from `start` up to the token at the place."""
        return self.text[start.at : self.next.at].rstrip()

    def written(self, start: Token, end: int) -> str:
        """Return the text from `start` up to the character `end`."""
        return self.text[start.at : end].rstrip()

    def take(self) -> Token:
        """Return the token at the place and move behind it (the end stays)."""
        token = self.next
        self.place += token.kind != "end"
        return token

    def accept(self, *words: str) -> bool:
        """Move behind `words` if they come next, and return whether they did."""
        ahead = self.tokens[self.place : self.place + len(words)]
        if [token.word for token in ahead] == list(words):
            self.place += len(words)
            return True
        return False

    def accept_one(self, *words: str) -> bool:
        """Move behind the next token if it is one of `words`, and return whether it is."""
        return self.next.kind != "end" and self.next.word in words and self.accept(self.next.word)

    def expect(self, word: str, expected: str) -> None:
        """Move behind `word`; RegimenError that names `expected` if another word comes next."""
        if not self.accept(word):
            self.fail(expected, [word])

    def number(self, expected: str) -> Fraction:
        """Read a number; RegimenError that names `expected` if none comes next."""
        if self.next.kind != "number":
            self.fail(expected)
        token = self.take()
        return self.checked(token, lambda: exact(Fraction(token.digits) if "/" in token.text else token.digits))

    def count(self, expected: str, lowest: int = 1) -> int:
        """Read a whole number of at least `lowest`; RegimenError that names `expected` if none comes next."""
        token = self.next
        if token.kind != "number" or not token.digits.isdigit() or int(token.digits) < lowest:
            self.fail(f"{expected} (a whole number from {lowest} up)")
        return int(self.take().digits)

    def time(self, expected: str) -> Fraction:
        """Read a number and its unit of time as hours; RegimenError that names `expected` if no number comes next."""
        return self.number(expected) * self.unit_of_time()

    def unit_of_time(self) -> Fraction:
        """Read a unit of time as hours."""
        before, token = self.tokens[self.place - 1], self.take()
        if token.kind != "word" and before.kind == "number":
            raise self.error(f"'{before.text}' has no unit.", token, f"Write for example '{before.text} days'. {TIME_ADVICE}")
        if token.kind != "word":
            raise self.error(f"Found {token} where a unit of time is expected.", token, TIME_ADVICE)
        return self.checked(token, lambda: time_unit(token.text))

    def fail(self, expected: str, words: Sequence[str] = ()) -> NoReturn:
        """Raise: what was found, what was expected, the word perhaps meant, the closest example."""
        token = self.next
        near = nearest(token.word, words) if token.kind == "word" and token.word not in words else None
        advice = [] if near is None else [f"Did you mean '{near}'?"]
        if token.word in _STARTS and "','" in expected:
            advice = ["Parts that follow each other are separated by ','."]
        raise self.error(f"Found {token} where {expected} is expected.", token, *advice, f"For example: {self.closest()}")

    def error(self, message: str, token: Token, *advice: str) -> RegimenError:
        """Return an error that points at `token`."""
        return RegimenError(message, " ".join(advice), text=self.text, at=token.at)

    def closest(self) -> str:
        """Return the example most like the text."""

        def likeness(example: str) -> float:
            return difflib.SequenceMatcher(None, self.text.lower(), example.lower()).ratio()

        return max(EXAMPLES[:-1], key=likeness)

    def checked(self, token: Token, build: Callable[[], Built]) -> Built:
        """Return what `build` returns; an error that it raises is raised again, pointing at `token`."""
        try:
            return build()
        except (RegimenError, UnitError) as error:
            raise self.error(error.message, token, error.advice) from None

"""The cursor of the parser: a place in the tokens of protocol text, how to move it, and errors that point at it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn, TypeVar

from regimens.errors import RegimenError, UnitError, nearest
from regimens.units import TIME_ADVICE, exact, time_unit

Built = TypeVar("Built")

LONGEST_TEXT = 2000

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
    "no dose",
)
"""Regimens that can be read; an error shows the one most like the text."""

_STARTS = ("rest", "from")

ABBREVIATIONS = {
    "qod": "every other day", "eod": "every other day", "qd": "daily", "od": "daily", "bid": "twice daily", "tid": "every 8 h",
    "qw": "weekly", "monthly": "every 4 weeks", "day": "daily", "d": "daily", "days": "daily",
}  # fmt: skip
"""Clinical abbreviation of a frequency -> the words of the grammar for it."""

_TOKEN = re.compile(
    r"""
    (?P<drug>[^\W\d]\w*)\s*(?=:)
  | (?P<number>[0-9]+/[0-9]*[1-9][0-9]* | (?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
  | (?P<word>m(?:2|²|\^2)(?![A-Za-z0-9]) | [sSiI]\.\s?[cCvV]\. | [A-Za-zµμ]+)
  | (?P<sign>[-–+,;:()/×*])
  | (?P<space>\s+)
  | (?P<other>.)
    """,
    re.VERBOSE,
)

_SAME_SIGN = {"–": "-", "×": "x", "*": "x"}


@dataclass(frozen=True)
class Token:
    """A piece of text: `kind` is drug, number, word, sign or end; `text` as written; `at` its 0-based place."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """The token for comparison: lower case, dots removed, × and * as x."""
        if self.kind == "number":
            return self.text
        text = _SAME_SIGN.get(self.text, self.text).lower().replace(".", "").replace(" ", "")
        return {"m²": "m2", "m^2": "m2"}.get(text, text)

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.text}'"


class Cursor:
    """A place in the tokens of a text: moves over words, numbers and units, and makes errors that point at a token."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.place = text, _tokens(text), 0

    @property
    def next(self) -> Token:
        """The token at the place."""
        return self.tokens[self.place]

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

    def expect(self, word: str, expected: str) -> None:
        """Move behind `word`; RegimenError that names `expected` if another word comes next."""
        if not self.accept(word):
            self.fail(expected, [word])

    def number(self, expected: str) -> Fraction:
        """Read a number; RegimenError that names `expected` if none comes next."""
        if self.next.kind != "number":
            self.fail(expected)
        token = self.take()
        return self.checked(token, lambda: exact(Fraction(token.text) if "/" in token.text else token.text))

    def count(self, expected: str, lowest: int = 1) -> int:
        """Read a whole number of at least `lowest`; RegimenError that names `expected` if none comes next."""
        token = self.next
        if token.kind != "number" or not token.text.isdigit() or int(token.text) < lowest:
            self.fail(f"{expected} (a whole number from {lowest} up)")
        return int(self.take().text)

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
        if token.word in ABBREVIATIONS and "how often" in expected:
            advice = [f"'{token.text}' is written '{ABBREVIATIONS[token.word]}' here."]
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


def _tokens(text: str) -> list[Token]:
    """Cut `text` into tokens, closed by one of kind 'end'; RegimenError at a character that no regimen contains."""
    if len(text) > LONGEST_TEXT:
        raise RegimenError(f"The text has {len(text)} characters.", f"A regimen in words has at most {LONGEST_TEXT}.")
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "other":
            raise RegimenError(
                f"Unexpected character '{match[0]}'.",
                "See `regimens explain --help` for examples.",
                text=text,
                at=match.start(),
            )
        if kind != "space":
            found.append(Token(kind, match[kind], match.start()))
    return [*found, Token("end", "", len(text.rstrip()))]

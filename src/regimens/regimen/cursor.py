"""A cursor over protocol text: what comes next, and errors that name the place, the need and a right sentence."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from regimens.errors import RegimenError, UnitError, did_you_mean
from regimens.regimen.tokens import Token, tokens

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
    "no dose",
)
"""Right sentences, shown when a text cannot be read."""

_STARTS = ("rest", "from")

ABBREVIATIONS = {
    "qod": "every other day", "eod": "every other day", "qd": "daily", "od": "daily", "bid": "twice daily", "tid": "every 8 h",
    "qw": "weekly", "monthly": "every 4 weeks", "day": "daily", "d": "daily", "days": "daily",
}  # fmt: skip
"""What clinicians write for a frequency, and the words that mean it here."""


class Cursor:
    """A place in the tokens of a text, and how to move it or say what is wrong there."""

    def __init__(self, text: str) -> None:
        self.text, self.tokens, self.place = text, tokens(text), 0

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
        """Move behind `words` if they come next, and say whether they did."""
        ahead = self.tokens[self.place : self.place + len(words)]
        if [token.word for token in ahead] == list(words):
            self.place += len(words)
            return True
        return False

    def expect(self, word: str, expected: str) -> None:
        """Move behind `word`, or raise that `expected` was needed."""
        if not self.accept(word):
            self.fail(expected, [word])

    def fail(self, expected: str, words: Sequence[str] = ()) -> NoReturn:
        """Raise: what was found, what was expected, the word perhaps meant, the closest right sentence."""
        token = self.next
        found = f"'{token.text}'" if token.kind != "end" else "the end"
        near = did_you_mean(token.word, words) if token.kind == "word" and words else ""
        advice = [near] if near.startswith("Did") and token.word not in words else []
        if token.word in ABBREVIATIONS and "how often" in expected:
            advice = [f"'{token.text}' is written '{ABBREVIATIONS[token.word]}' here."]
        if token.word in _STARTS and "','" in expected:
            advice = ["Parts that follow each other are separated by ','."]
        raise self.error(f"Found {found} where {expected} is expected.", token, *advice, f"For example: {self.closest()}")

    def error(self, message: str, token: Token, *advice: str) -> RegimenError:
        """Return an error that points at `token`."""
        return RegimenError(message, " ".join(advice), text=self.text, at=token.at)

    def closest(self) -> str:
        """Return the right sentence most like this text."""

        def likeness(example: str) -> float:
            return difflib.SequenceMatcher(None, self.text.lower(), example.lower()).ratio()

        return max(EXAMPLES[:-1], key=likeness)

    def checked(self, token: Token, build: Callable[[], object]):
        """Build a value; what is wrong with it is said at `token`."""
        try:
            return build()
        except (RegimenError, UnitError) as error:
            raise self.error(error.message, token, error.advice) from None

"""The tokens of protocol text: numbers, powers of ten, words, signs, names of drugs, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from regimens.errors import RegimenError

LONGEST_TEXT = 2000

NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""Numbers that may be written as words; the place of a word is its number."""

_TOKEN = re.compile(
    r"""
    (?P<drug>[^\W\d]\w*)\s*(?=:)
  | (?P<power>10(?:\s?\^\s?[0-9]{1,2}(?![0-9.]) | [⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))
  | (?P<number>[0-9]+/[0-9]*[1-9][0-9]* | (?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
  | (?P<word>m(?:2|²|\^2)(?![A-Za-z0-9]) | [sSiIpP]\.\s?[cCvVmMoOqQ]\. | (?:[A-Za-z]\.){1,3}[A-Za-z](?![A-Za-z])\.? | [A-Za-zµμ]+)
  | (?P<sign>[-–+,;:()/×*&])
  | (?P<space>\s+ | \.\s*\Z)
  | (?P<other>.)
    """,
    re.VERBOSE,
)

_SAME_SIGN = {"–": "-", "×": "x", "*": "x"}
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


@dataclass(frozen=True)
class Token:
    """A piece of text: `kind` is drug, number, power, word, sign or end; `text` as written; `at` its 0-based place."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """The token for comparison: lower case, dots removed, × and * as x."""
        if self.kind in ("number", "power"):
            return self.text
        text = _SAME_SIGN.get(self.text, self.text).lower().replace(".", "").replace(" ", "")
        return {"m²": "m2", "m^2": "m2"}.get(text, text)

    @property
    def digits(self) -> str:
        """The number as digits, for one written as a word too."""
        return str(NUMBERS.index(self.text.lower())) if self.text.lower() in NUMBERS else self.text

    @property
    def exponent(self) -> int:
        """The exponent of a power of ten."""
        return int(self.text.removeprefix("10").replace("^", "").translate(_DIGITS))

    @property
    def end(self) -> int:
        """The place behind the token."""
        return self.at + len(self.text)

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else f"'{self.text}'"


def tokens_of(text: str) -> list[Token]:
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
        if kind == "word" and match[0].lower() in NUMBERS:
            kind = "number"
        if kind != "space":
            found.append(Token(kind, match[kind] if kind != "number" else match[0], match.start()))
    return [*found, Token("end", "", len(text.rstrip()))]

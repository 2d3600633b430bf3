"""Protocol text cut into words, numbers and signs, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from regimens.errors import RegimenError

LONGEST_TEXT = 2000

_TOKEN = re.compile(
    r"""
    (?P<drug>[A-Za-z][A-Za-z0-9_]*)\s*(?=:)
  | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)
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


def tokens(text: str) -> list[Token]:
    """Cut `text` into tokens, closed by one of kind 'end'; RegimenError at a character that belongs to no regimen."""
    if len(text) > LONGEST_TEXT:
        raise RegimenError(f"The text has {len(text)} characters.", f"A regimen in words has at most {LONGEST_TEXT}.")
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "other":
            raise RegimenError(
                f"'{match[0]}' has no place in a regimen.",
                "See `regimens explain --help` for examples.",
                text=text,
                at=match.start(),
            )
        if kind != "space":
            found.append(Token(kind, match[kind], match.start()))
    return [*found, Token("end", "", len(text.rstrip()))]

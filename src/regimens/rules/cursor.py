"""The cursor of rules in words: its tokens, in which names of observables are words, and errors that point at them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence

from regimens.errors import RegimenError, nearest
from regimens.regimen.cursor import Cursor
from regimens.regimen.tokens import LONGEST_TEXT, NUMBERS, Token
from regimens.rules.values import AT_VISITS, BEFORE_CYCLE, BEFORE_DOSE

RULES = (
    "hold while eosinophil_fold above 3, resume one level lower when below 2",
    "raise one level if treg_fold below 2 at two visits in a row",
    "raise one level to at most 1.5 MIU if treg_fold below 2",
    "lower one level if treg_fold above 4",
    "lower two levels if treg_fold above 4 and eosinophil_fold above 2",
    "stop if treg_fold below 1.2 after 4 cycles",
    "keep treg_fold from 2 to 3 in steps of 0.25 MIU between 0.25 MIU and 3 MIU",
    "change the interval to 14 days if treg_fold above 4",
    "give tocilizumab 8 mg/kg (max 800 mg) IV once over 1 h if th17_treg_ratio_fold above 1.5 at two visits in a row",
    "give tocilizumab 8 mg/kg IV over 1 h at most three times at least 28 days apart if th17_treg_ratio_fold above 1.5",
    "stop at a total of 21 MIU",
    "cap doses at 1.5 MIU",
    "cap doses at 1.5 MIU from cycle 6",
)
LIMITS = (
    "total at most 21 MIU",
    "at most 1.5 MIU a dose",
    "at most 1.5 MIU a dose from cycle 6",
    "total tocilizumab at most 1600 mg",
)
DECISIONS = (BEFORE_CYCLE, BEFORE_DOSE, "every 2 weeks", AT_VISITS)
"""Texts that can be read; an error shows the one most like what was found."""

_TOKEN = re.compile(
    r"""
    (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
  | (?P<word>m(?:²|\^2) | [^\W\d]\w*)
  | (?P<sign>[-–+,;:()/×*&<>=≤≥%])
  | (?P<space>\s+ | \.\s*\Z)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)

_MEANT = {
    **dict.fromkeys(("increase", "escalate", "up", "titrate"), "raise"),
    **dict.fromkeys(("decrease", "reduce", "down", "halve"), "lower"),
    **dict.fromkeys(("pause", "suspend", "interrupt", "withhold", "skip"), "hold"),
    **dict.fromkeys(("discontinue", "end", "withdraw"), "stop"),
    **dict.fromkeys(("maintain", "target"), "keep"),
    **dict.fromkeys((">", "≥", "over", "exceeds", "greater", "more", "higher"), "above"),
    **dict.fromkeys(("<", "≤", "under", "less", "lower", "fewer"), "below"),
    **dict.fromkeys(("restart", "continue", "again"), "resume"),
}
"""Word of other protocols -> the word that is read here."""


class RuleCursor(Cursor):
    """A place in the tokens of a text on rules, whose names of observables are words; `examples` are texts that can be read.

    `known` are the observables that may be named; None: any.
    """

    def __init__(self, text: str, examples: Sequence[str], known: Collection[str] | None = ()) -> None:
        self.text, self.tokens, self.place, self.examples, self.known = text, _tokens_of(text), 0, tuple(examples), known

    def closest(self) -> str:
        """Return the example most like the text, of those that begin with the same word where there are some."""
        first = _MEANT.get(self.tokens[0].word, self.tokens[0].word)
        alike = [example for example in self.examples if example.split()[0] == first]

        def likeness(example: str) -> float:
            return difflib.SequenceMatcher(None, self.text.lower(), example.lower()).ratio()

        return max(alike or self.examples, key=likeness)

    def one_of(self, words: Sequence[str], expected: str) -> str:
        """Move behind one of `words` and return it; RegimenError that says which is perhaps meant if another comes next."""
        token = self.next
        if token.kind != "end" and token.word in words:
            return self.take().word
        if _MEANT.get(token.word) in words and nearest(token.word, words) is None:
            advice = f"Write '{_MEANT[token.word]}'."
            raise self.error(f"Found {token} where {expected} is expected.", token, advice, f"For example: {self.closest()}")
        self.fail(expected, words)

    def whole(self, *words: str) -> None:
        """Move behind these words; RegimenError at the first that is not there."""
        for word in words:
            self.one_of([word], f"'{word}'")

    def finish(self, more: str = "the end") -> None:
        """RegimenError unless the text is at its end."""
        if self.next.kind != "end":
            self.fail(more)


def _tokens_of(text: str) -> list[Token]:
    if len(text) > LONGEST_TEXT:
        raise RegimenError(f"The text has {len(text)} characters.", f"A rule has at most {LONGEST_TEXT}.")
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "other"
        if kind == "other":
            raise RegimenError(f"Unexpected character '{match[0]}'.", f"For example: {RULES[0]}", text=text, at=match.start())
        if kind == "word" and match[0].lower() in NUMBERS:
            kind = "number"
        if kind != "space":
            found.append(Token(kind, match[0], match.start()))
    return [*found, Token("end", "", len(text.rstrip()))]

"""Errors that a user can cause and correct, and the form of their messages.

    RegimensError
    |-- InputFileError      a file cannot be used; carries every problem found in it
    |-- WordsError          a piece of text cannot be read; carries the text and the place
    |   |-- UnitError       ... because of a quantity or its unit
    |   `-- RegimenError    ... because of the regimen it describes; also for a regimen built in Python
    |-- ModelError          a model cannot be used as declared
    |-- EvidenceError       a published regimen is unknown, or its sources do not fix it
    `-- ExposureMismatch    totals of a regimen differ from what the scenario expects

Every message has the form *where: what was found, quoted. What is accepted, or the nearest right thing.*
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MOST_SHOWN = 30
"""Largest number of problems of one file that a message shows; the rest are counted."""


class RegimensError(Exception):
    """Base of all errors that a user can cause and correct."""


@dataclass(frozen=True)
class Problem:
    """One fault of a file: `message` what was found, `advice` what would be right; line and column count from 1.

    `where` names the place by its keys where there is no text and so no line.
    """

    message: str
    advice: str = ""
    line: int | None = None
    column: int | None = None
    where: str = ""


class InputFileError(RegimensError):
    """A file that cannot be used. `problems` has all of its faults in file order; excerpts are cut from `text`."""

    def __init__(self, path: object, problems: Sequence[Problem], text: str = "") -> None:
        self.path = str(path)
        self.problems = tuple(sorted(problems, key=lambda p: (p.line or 0, p.column or 0)))
        self.text = text
        said = [self._said(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            said.append(f"{self.path}: {len(self.problems) - MOST_SHOWN} more problems are not shown.")
        super().__init__("\n".join(said))

    def _said(self, problem: Problem) -> str:
        place = f"{self.path}:{problem.line}" if problem.line is not None else ", ".join(filter(None, (self.path, problem.where)))
        lines = [f"{place}: {problem.message}"]
        if problem.line is not None and self.text:
            lines.append(excerpt(self.text, problem.line, problem.column))
        if problem.advice:
            lines.append(f"  {problem.advice}")
        return "\n".join(lines)


class WordsError(RegimensError):
    """Text that cannot be read: `at` is the 0-based place in `text` where reading stopped, if it is known."""

    def __init__(self, message: str, advice: str = "", *, text: str | None = None, at: int | None = None) -> None:
        self.message, self.advice, self.text, self.at = message, advice, text, at
        super().__init__(self._said())

    def _said(self) -> str:
        lines = [self.message]
        if self.text and self.at is not None and "\n" not in self.text:
            lines += [f"    {self.text}", "    " + " " * self.at + "^"]
        if self.advice:
            lines.append(f"  {self.advice}" if len(lines) > 1 else self.advice)
        return ("\n" if len(lines) > 2 else " ").join(lines)


class UnitError(WordsError):
    """A quantity without a usable number or unit."""


class RegimenError(WordsError):
    """A regimen that cannot be given, or text that does not describe a regimen."""


class ModelError(RegimensError):
    """A model that cannot be used as declared or asked for."""


class EvidenceError(RegimensError):
    """A published regimen that is not in the library, or that its sources do not fix."""


class ExposureMismatch(RegimensError):
    """Totals that differ from what the scenario expects: `differences` has one Problem for each number that differs.

    The message has one line for each. It begins with `path` and the line of the scenario; without a path the line number
    stands at the end.
    """

    def __init__(self, differences: Sequence[Problem], path: str = "") -> None:
        self.differences, self.path = tuple(differences), path
        super().__init__("\n".join(map(self._said, self.differences)))

    def _said(self, problem: Problem) -> str:
        if self.path:
            place = self.path if problem.line is None else f"{self.path}:{problem.line}"
            return f"{place}: {problem.message}"
        return problem.message if problem.line is None else f"{problem.message.removesuffix('.')} (line {problem.line})."


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the one of `known` most like `word`, case ignored; None where no likeness reaches `cutoff` (0 to 1)."""
    folded = {candidate.lower(): candidate for candidate in sorted(known)}
    near = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=cutoff)
    return folded[near[0]] if near else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return "Did you mean 'x'?" for the closest of `known`, or the whole list when none is close.

    Names of the list are quoted where one of them has a comma.
    """
    candidates = sorted(set(known))
    near = nearest(word, candidates)
    if near is not None:
        return f"Did you mean '{near}'?"
    if not candidates:
        return ""
    if len(candidates) == 1:
        return f"The only one known is '{candidates[0]}'."
    if any("," in name for name in candidates):
        candidates = [f"'{name}'" for name in candidates]
    return f"Known: {', '.join(candidates)}."


def excerpt(text: str, line: int, column: int | None, width: int = 100) -> str:
    """Return the lines around `line` of `text` with a caret under `column` (both from 1), long lines cut to `width`."""
    lines = text.splitlines()
    margin = len(str(line))
    start = max(0, (column or 1) - width // 2) if line <= len(lines) and len(lines[line - 1]) > width else 0
    shown = []
    for number in range(max(1, line - 1), min(line, len(lines)) + 1):
        marker = ">" if number == line else " "
        shown.append(f"  {marker} {number:>{margin}} | {lines[number - 1][start : start + width]}".rstrip())
    if column is not None:
        shown.append(f"    {' ' * margin} | {' ' * (column - 1 - start)}^")
    return "\n".join(shown)

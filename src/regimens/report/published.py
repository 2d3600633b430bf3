"""What documents saw beside what was simulated: a row an outcome, a cell a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens import wording
from regimens.report.numbers import Numbers
from regimens.report.text import outcomes as text
from regimens.study.published import Agreement, Published

if TYPE_CHECKING:
    from regimens.figures.view import View
    from regimens.report.references import Bibliography
    from regimens.study.comparison import Comparison

_KINDS = {
    Agreement.AGREES: "agrees",
    Agreement.DISAGREES: "differs",
    Agreement.UNDECIDED: "undecided",
    Agreement.NOT_MODELLED: "missing",
}
"""Class of a cell in the style sheet."""


@dataclass(frozen=True)
class Cell:
    """What one model says of an outcome, over its arms; `kind` is its class in the style sheet."""

    said: str
    kind: str
    value: str


@dataclass(frozen=True)
class Row:
    """What was seen, in which arms, what must hold of which endpoint, a cell a model; numbers of its sources."""

    seen: str
    arms: str
    holds: str
    cells: tuple[Cell, ...]
    cited: tuple[int, ...]


@dataclass(frozen=True)
class Outcomes:
    """Published outcomes: what is found, rows of those that an endpoint stands for, the others in a sentence, the numbers."""

    finding: str
    rows: tuple[Row, ...]
    others: str
    numbers: Numbers


def outcomes(comparison: Comparison, view: View, bibliography: Bibliography) -> Outcomes | None:
    """Return the section on published outcomes, None where the scenario lists none."""
    listed = comparison.scenario.outcomes
    if not listed:
        return None
    by_seen: dict[str, list[Published]] = {}
    for row in comparison.published:
        by_seen.setdefault(row.seen, []).append(row)
    known = [outcome for outcome in listed if outcome.endpoint is not None]
    rows = tuple(
        Row(
            outcome.seen,
            "; ".join(outcome.arms),
            text.holds(by_seen[outcome.seen][0]),
            tuple(_cell([row for row in by_seen[outcome.seen] if row.model == model]) for model in view.models),
            tuple(dict.fromkeys(bibliography.number_of(each) for each in outcome.sources)),
        )
        for outcome in known
    )
    others = text.others([outcome.seen for outcome in listed if outcome.endpoint is None])
    judged = [[row.agreement for row in by_seen[outcome.seen]] for outcome in known]
    return Outcomes(text.found(judged), rows, others, _numbers([row for row in comparison.published if row.endpoint]))


def _cell(rows: Sequence[Published]) -> Cell:
    """Return what a model says: one word where it says the same of all arms, else how many arms agree."""
    found = [row.agreement for row in rows if row.agreement != Agreement.NOT_MODELLED]
    if not found:
        return Cell(wording.NOT_MODELLED, _KINDS[Agreement.NOT_MODELLED], "")
    worst = next(each for each in (Agreement.DISAGREES, Agreement.UNDECIDED, Agreement.AGREES) if each in found)
    if len(found) == 1:
        (row,) = [row for row in rows if row.agreement != Agreement.NOT_MODELLED]
        return Cell(str(worst), _KINDS[worst], text.value(row))
    return Cell(text.counted(found), _KINDS[worst], "")


def _numbers(rows: Sequence[Published]) -> Numbers:
    made = tuple(
        (
            f"{row.seen}: {wording.under(row.arm, row.model)}",
            (text.holds(row), text.value(row) or wording.MISSING, str(row.agreement), wording.sentence(row.reason)),
        )
        for row in rows
        if row.agreement != Agreement.NOT_MODELLED
    )
    return Numbers(text.CAPTION, text.CORNER, text.HEADS, made)

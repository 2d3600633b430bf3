"""The verdict section: which differences every model supports, which none or only some do, and a table of all pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts import english
from regimens.contrasts.pairs import Pairs, compared
from regimens.contrasts.verdict import Finding
from regimens.contrasts.verdict import Verdict as Judged
from regimens.figures.shown import ShownEndpoint, judged
from regimens.report.text import verdicts, votes
from regimens.study.priors import has_fit, of_one_subject

if TYPE_CHECKING:
    from regimens.figures.view import View
    from regimens.study.comparison import Comparison

_LOOKS = {
    Finding.BETTER: ("supported", "✓"),
    Finding.NEVER_WORSE: ("never-worse", "≥"),
    Finding.SAME: ("same-schedule", "="),
    Finding.NOT_SUPPORTED: ("not-supported", "–"),
}
"""Class of a row in the style sheet, and the sign beside its verdict."""


@dataclass(frozen=True)
class Row:
    """The verdict on one pair in words, told from the side of the arm that is ahead.

    `kind` is its class in the style sheet, `sign` stands beside the verdict.
    """

    arm: str
    against: str
    kind: str
    sign: str
    said: str
    probabilities: str
    before: str
    reason: str


@dataclass(frozen=True)
class Table:
    """The verdicts on one endpoint; `before` is the heading of the probabilities before any data, "" where there are none."""

    label: str
    summary: str
    rows: tuple[Row, ...]
    before: str


@dataclass(frozen=True)
class Verdict:
    """What the comparison supports: sentences on the leading endpoint, further ones, the rule, a table an endpoint.

    `brief` are the sentences that a terminal shows.
    """

    found: str
    sentences: tuple[str, ...]
    further: tuple[str, ...]
    rule: str
    tables: tuple[Table, ...]
    brief: tuple[str, ...]


def verdict(comparison: Comparison, view: View) -> Verdict | None:
    """Return the verdict on the arms as written, None where there is one typical subject or no pair was judged.

    With one draw of the parameters there is nothing to judge by, save that arms give the same doses.
    """
    if view.typical or not comparison.versus.verdicts:
        return None
    known, pairs = judged(comparison), Pairs(comparison.versus.contrasts, comparison.versus.verdicts)
    names = [look.name for look in view.arms]
    if not known:
        return _only(verdicts.NO_DIRECTION)
    lead, *further = known
    rows = pairs.among(lead.words, names)
    same = verdicts.same(rows)
    if view.draws == 1:
        return _only(*same) if same else None
    still = frozenset(look.name for look in view.arms if not look.dosed)
    found, rule = verdicts.supported(rows, lead, still), verdicts.rule(comparison.scenario.rule, len(view.models))
    never, why_not, lacking = verdicts.never_worse(rows), verdicts.why_not(rows, len(view.models)), verdicts.not_modelled(rows)
    others = verdicts.others([(shown.label, pairs.among(shown.words, names)) for shown in further])
    caution = verdicts.exploratory([model for model in view.models if model in view.exploratory])
    tables = tuple(table(shown, pairs.among(shown.words, names)) for shown in known)
    structural, prior = votes.structural(rows), _before(comparison, known)
    brief = (found, never, why_not or "".join(same[:1]), structural, *lacking, rule)
    sentences = filter(None, (never, why_not, structural, *same, caution))
    more = filter(None, (*lacking, verdicts.weighted(rows), others, prior))
    return Verdict(found, tuple(sentences), tuple(more), rule, tables, tuple(filter(None, brief)))


def _before(comparison: Comparison, known: Sequence[ShownEndpoint]) -> str:
    """Return whose the probabilities before any data are, and where there are none."""
    study = comparison.study
    views = [view.before for row in comparison.versus.verdicts for view in row.views if view.before is not None]
    draws = max((view.contrast.draws for view in views if view.contrast is not None), default=0)
    whole = {endpoint.words for endpoint in study.scenario.endpoints if not of_one_subject(endpoint)}
    return votes.before(
        draws,
        [model.name for model in study.models if not has_fit(model)],
        [shown.label for shown in known if shown.words in whole],
        any(arm.arm.adherence is not None for arm in study.arms),
    )


def _only(found: str, *sentences: str) -> Verdict:
    return Verdict(found, sentences, (), "", (), (found, *sentences[:1]))


def table(shown: ShownEndpoint, rows: Sequence[Judged]) -> Table:
    """Return the verdicts on the pairs of one endpoint."""
    before = votes.BEFORE if any(view.before for row in rows for view in row.views) else ""
    return Table(shown.label, verdicts.summary(shown, compared(rows)), tuple(_row(row) for row in rows), before)


def _row(row: Judged) -> Row:
    kind, sign = _LOOKS[row.finding]
    ahead = row.winner or _ahead(row)
    behind = row.against if ahead == row.arm else row.arm
    reason = " ".join(filter(None, (wording.sentence(english.reason(row)), votes.of_row(row))))
    shown = verdicts.probabilities(row, ahead), verdicts.before(row, ahead)
    return Row(ahead, behind, kind, sign, english.finding(row), *shown, reason)


def _ahead(row: Judged) -> str:
    """Return the arm that the models favour on the whole; the first one where they favour neither."""
    known = [view.probability for view in row.views if not wording.missing(view.probability)]
    return row.against if known and sum(known) < 0.5 * len(known) else row.arm

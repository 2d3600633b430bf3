"""The verdict section: which differences every model supports, which none or only some do, and a table of all pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.contrasts import english
from regimens.contrasts.verdict import Finding
from regimens.contrasts.verdict import Verdict as Judged
from regimens.report.measures import Measure, judged
from regimens.report.pairs import Pairs, compared
from regimens.report.text import verdicts, words

if TYPE_CHECKING:
    from regimens.report.layout import Layout
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
    """The verdict on one pair in words; `kind` is its class in the style sheet, `sign` stands beside the verdict."""

    arm: str
    against: str
    kind: str
    sign: str
    said: str
    probabilities: str
    reason: str


@dataclass(frozen=True)
class Table:
    """The verdicts on one endpoint."""

    label: str
    summary: str
    rows: tuple[Row, ...]
    open: bool


@dataclass(frozen=True)
class Verdict:
    """What the comparison supports: sentences on the leading endpoint, the rule, a table an endpoint.

    `brief` are the sentences that a terminal shows.
    """

    found: str
    sentences: tuple[str, ...]
    rule: str
    tables: tuple[Table, ...]
    brief: tuple[str, ...]


def verdict(comparison: Comparison, layout: Layout) -> Verdict | None:
    """Return the verdict on the arms as written, None where there is one typical subject or no pair was judged.

    With one draw of the parameters there is nothing to judge by, save that arms give the same doses.
    """
    if layout.typical or not comparison.versus.verdicts:
        return None
    measures, pairs = judged(comparison), Pairs(comparison)
    names = [look.name for look in layout.arms]
    if not measures:
        return _only(verdicts.NO_DIRECTION)
    lead, *further = measures
    rows = pairs.among(lead.words, names)
    same = verdicts.same(rows)
    if layout.draws == 1:
        return _only(*same) if same else None
    still = frozenset(look.name for look in layout.arms if not look.dosed)
    found, rule = verdicts.supported(rows, lead, still), verdicts.rule(comparison.scenario.rule, len(layout.models))
    never, why_not, lacking = verdicts.never_worse(rows), verdicts.why_not(rows, len(layout.models)), verdicts.not_modelled(rows)
    others = verdicts.others([(measure.label, pairs.among(measure.words, names)) for measure in further])
    caution = verdicts.exploratory([model for model in layout.models if model in layout.exploratory])
    tables = tuple(table(measure, pairs.among(measure.words, names), measure is lead) for measure in measures)
    brief = (found, never, why_not or "".join(same[:1]), *lacking, rule)
    sentences = (never, why_not, *lacking, *same, others, caution)
    return Verdict(found, tuple(filter(None, sentences)), rule, tables, tuple(filter(None, brief)))


def _only(found: str, *sentences: str) -> Verdict:
    return Verdict(found, sentences, "", (), (found, *sentences[:1]))


def table(measure: Measure, rows: Sequence[Judged], opened: bool) -> Table:
    """Return the verdicts on the pairs of one endpoint; `opened` says whether the table is unfolded."""
    return Table(measure.label, verdicts.summary(measure, compared(rows)), tuple(_row(row) for row in rows), opened)


def _row(row: Judged) -> Row:
    kind, sign = _LOOKS[row.finding]
    reason = words.sentence(english.reason(row))
    return Row(row.arm, row.against, kind, sign, english.finding(row), verdicts.probabilities(row), reason)

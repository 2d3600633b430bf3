"""Equal totals: what was changed to bring every schedule to one total of IL-2, and which differences remain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import dumbbell, verdict
from regimens.report.measures import judged
from regimens.report.numbers import Numbers
from regimens.report.pairs import Pairs, compared, won
from regimens.report.text import variants, verdicts, words
from regimens.scenario.values import EQUAL_TOTAL

if TYPE_CHECKING:
    from regimens.report.dumbbell import Dumbbell
    from regimens.report.layout import Layout
    from regimens.study.comparison import Comparison


@dataclass(frozen=True)
class EqualTotal:
    """Every schedule at one total: what changed, effects before and after (all figures but the first are folded).

    `shown` is what the figures show and how to read them.
    """

    total: str
    changes: Numbers
    figures: tuple[Dumbbell, ...]
    finding: str
    supported: str
    table: verdict.Table | None
    shown: tuple[str, str]


def equal_total(comparison: Comparison, layout: Layout) -> EqualTotal | None:
    """Return the section on equal totals, None where no arm was changed."""
    if not comparison.equal_total or not layout.varied(EQUAL_TOTAL):
        return None
    total = _miu(comparison.equal_total[0].target_miu)
    figures = dumbbell.figures(comparison, layout, EQUAL_TOTAL)
    supported, table = _supported(comparison, layout, total)
    moves, shown = dumbbell.moves(comparison, layout, EQUAL_TOTAL), variants.both(EQUAL_TOTAL, layout, total)
    return EqualTotal(total, _changes(comparison, layout), figures, moves, supported, table, shown)


def _miu(value: float) -> str:
    return f"{words.exact(round(value, 6))} MIU"


def _changes(comparison: Comparison, layout: Layout) -> Numbers:
    said = {variant.name: variant.changed for variant in layout.varied(EQUAL_TOTAL)}
    rows = tuple(
        (
            row.of,
            (
                variants.change(row.lever, row.before, row.after),
                words.number(row.factor),
                *map(_miu, (row.planned_miu, row.target_miu, row.difference_miu)),
                said.get(row.arm) or words.MISSING,
            ),
        )
        for row in comparison.equal_total
    )
    return Numbers(variants.CHANGES_CAPTION, words.ARM, variants.CHANGES_HEADS, rows)


def _supported(comparison: Comparison, layout: Layout, total: str) -> tuple[str, verdict.Table | None]:
    measures = judged(comparison)
    if not measures or layout.draws == 1:
        return "", None
    lead, names = measures[0], [variant.name for variant in layout.varied(EQUAL_TOTAL)]
    rows = Pairs(comparison).among(lead.words, names)
    known = compared(rows)
    if not known:
        return "", None
    said = variants.supported_at(total, len(names), len(won(known)), len(known), lead, verdicts.wins(known))
    return said, verdict.table(lead, rows, False)

"""Every schedule at one total of IL-2: what was moved to get there, and what is left of the differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.report import dumbbell, verdict, words
from regimens.report.cast import Cast
from regimens.report.dumbbell import Dumbbell
from regimens.report.measures import judged
from regimens.report.numbers import Numbers
from regimens.report.pairs import Pairs
from regimens.scenario.values import EQUAL_TOTAL

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison


@dataclass(frozen=True)
class EqualTotal:
    """Every schedule at one total: what changed, effects before and after, the first one on the page, the rest behind it."""

    total: str
    changes: Numbers
    figures: tuple[Dumbbell, ...]
    finding: str
    supported: str
    table: verdict.Table | None


def equal_total(comparison: Comparison, cast: Cast) -> EqualTotal | None:
    """Return the section on equal totals, None where no arm was changed."""
    frame = comparison.equal_total
    if not len(frame) or not cast.varied(EQUAL_TOTAL):
        return None
    total = f"{words.exact(round(float(frame['target_miu'].iloc[0]), 6))} MIU"
    figures = dumbbell.figures(comparison, cast, EQUAL_TOTAL)
    supported, table = _supported(comparison, cast, total)
    return EqualTotal(total, _changes(comparison, cast), figures, dumbbell.moves(comparison, cast, EQUAL_TOTAL), supported, table)


def _changes(comparison: Comparison, cast: Cast) -> Numbers:
    said = {variant.name: variant.changed for variant in cast.varied(EQUAL_TOTAL)}
    rows = [
        (
            row.of,
            (
                f"{row.lever}: {row.before} → {row.after}",
                words.number(row.factor),
                f"{words.exact(round(row.planned_miu, 6))} MIU",
                f"{words.exact(round(row.target_miu, 6))} MIU",
                f"{words.exact(round(row.difference_miu, 6) + 0.0)} MIU",
                said.get(row.arm) or words.MISSING,
            ),
        )
        for row in comparison.equal_total.itertuples()
    ]
    heads = ("What moved", "Factor", "Total as written", "Target", "Off by", "In words")
    return Numbers("What brought every arm to the same total", "Arm", heads, tuple(rows))


def _supported(comparison: Comparison, cast: Cast, total: str) -> tuple[str, verdict.Table | None]:
    measures_ = judged(comparison)
    if not measures_ or cast.draws == 1:
        return "", None
    names = [variant.name for variant in cast.varied(EQUAL_TOTAL)]
    rows = Pairs(comparison).among(measures_[0].words, names)
    if not rows:
        return "", None
    won = sum(bool(row.winner) for row in rows)
    said = (
        f"Among the {words.count(len(names), 'schedule')} that were changed, {words.count(won, '').strip()} of "
        f"{words.count(len(rows), 'pair')} {'is' if won == 1 else 'are'} supported at {total} on "
        f"{words.inside(measures_[0].label)}"
    )
    found = verdict.wins(rows)
    return f"{said}{f': {found}' if found else ''}.", verdict.table(measures_[0], rows, False)

"""How far the models of a comparison can be trusted, from committed results of the shipped models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.credibility.agreement import shipped_agreement
from regimens.credibility.truthpage import accounts, structural
from regimens.credibility.truths import shipped_truths, shipped_votes
from regimens.model.fitted import posterior_draws
from regimens.report.numbers import Numbers
from regimens.report.text import trust as text

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison


@dataclass(frozen=True)
class Trust:
    """Sentences and a table; the table is None where nothing is committed of the models of the comparison."""

    sentences: tuple[str, ...] = ()
    numbers: Numbers | None = None


def _fits(comparison: Comparison) -> tuple[str, ...]:
    """Return the names of the models that are at their shipped fit, of which results are committed."""
    return tuple(model.name for model in comparison.study.models if posterior_draws(model.declared) is not None)


def orderings(comparison: Comparison) -> Trust:
    """Return what the models of a comparison say of published orderings."""
    own = _fits(comparison)
    rows = [row for row in shipped_agreement() if row.model in own] if own else []
    by_model = {model: [row for row in rows if row.model == model] for model in own}
    if not rows:
        return Trust()
    cells = {(row.id, row.model): text.ordering_cell(row) for row in rows}
    seen = {row.id: row.seen for row in rows}
    table = tuple((said, tuple(cells.get((name, model), "") for model in by_model)) for name, said in seen.items())
    said = (text.orderings(by_model), text.contradicted(by_model), text.CREDIBILITY)
    return Trust(tuple(filter(None, said)), Numbers(text.ORDERINGS, text.ORDERINGS_CORNER, tuple(by_model), table))


def truths(comparison: Comparison) -> Trust:
    """Return what verdicts of the models of a comparison are worth where another model is true, on the shipped pairs."""
    own = _fits(comparison)
    found = [each for each in accounts(shipped_truths()) if each.truth in own] if len(own) > 1 else []
    if not found:
        return Trust()
    counted = {model: votes for model, votes in structural(shipped_votes(), comparison.scenario.rule).items() if model in own}
    rows = tuple((each.truth, text.truth_cells(each)) for each in found)
    said = (text.truths(found), text.votes(counted))
    return Trust(tuple(filter(None, said)), Numbers(text.TRUTHS, text.TRUTHS_CORNER, text.TRUTHS_HEADS, rows))

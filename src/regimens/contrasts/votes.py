"""What models say before any data, beside what they say after it: contrasts under the priors, and structural votes.

A model that is as sure of an order before any data as the rule asks it to be after them has not learnt the order: its equations
and priors decide it. Its vote is structural.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import View

if TYPE_CHECKING:
    from regimens.contrasts.contrast import Contrast
    from regimens.contrasts.verdict import Verdict


def with_priors(rows: Sequence[Contrast], before: Sequence[Contrast]) -> tuple[Contrast, ...]:
    """Return contrasts, each with its probability `before` any data where there is one."""
    known = {(row.model, row.endpoint, row.arm, row.against): row.probability for row in before}
    return tuple(replace(row, prior=known.get((row.model, row.endpoint, row.arm, row.against), row.prior)) for row in rows)


def with_votes(verdicts: Sequence[Verdict], before: Sequence[Contrast]) -> tuple[Verdict, ...]:
    """Return verdicts, each model's view with what it says before any data."""
    known = {(row.model, row.endpoint, row.arm, row.against): row for row in before if row.draws > 1}

    def seen(verdict: Verdict, view: View) -> View:
        row = known.get((view.model, verdict.endpoint, verdict.arm, verdict.against))
        return view if row is None else replace(view, before=View(view.model, row))

    return tuple(replace(row, views=tuple(seen(row, view) for view in row.views)) for row in verdicts)

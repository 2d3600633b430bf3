"""Agreement: how probable the parameter draws of each model make a published ordering."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from regimens import shipped
from regimens.contrasts.verdict import Rule, reaches
from regimens.credibility.results import Cells, read_rows
from regimens.credibility.simulated import simulated
from regimens.population import Population
from regimens.study.published import Agreement
from regimens.study.study import resolve
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Outcomes
    from regimens.credibility.orderings import Ordering
    from regimens.statistics import Floats

POPULATION = Population(subjects=20, seed=20260101, draws=100)
"""Who an ordering is simulated in: the statistic of a draw is that of 20 subjects."""

SURE = Rule().probability
"""The probability from which a model agrees, and whose complement is a disagreement: that of the default rule of verdicts."""


@dataclass(frozen=True)
class Judged:
    """One ordering under one model; the probability is missing where the ordering is not modelled."""

    id: str = column("id of the ordering, as in evidence/orderings.yaml")
    seen: str = column("what was seen, in a sentence")
    model: str = column("model")
    probability: float = column("share of parameter draws in which all outcomes of the ordering hold, a tie counted half", "1")
    draws: int = column("parameter draws with a value; 0 where the model lacks an observable or an input")

    @property
    def agreement(self) -> Agreement:
        """What the model says of the ordering."""
        if not self.draws:
            return Agreement.NOT_MODELLED
        if reaches(self.probability, SURE):
            return Agreement.AGREES
        return Agreement.DISAGREES if reaches(1.0 - self.probability, SURE) else Agreement.UNDECIDED


ORDERINGS = table_of("orderings", "published ordering and model", Judged)


def judge(
    orderings: Sequence[Ordering], population: Population = POPULATION, executor: Executor | None = None
) -> Iterator[Judged]:
    """Yield what every model says of every ordering, in `population`, drawn from the shipped posteriors.

    In each draw the outcomes of an ordering look at the population statistic of their endpoints (the median of the subjects, the
    mean for shares), and all of them must hold.
    """
    for ordering in orderings:
        study = resolve(replace(ordering.scenario, population=population))
        outcomes = simulated(study, executor)
        for model in outcomes.models:
            held = _held(ordering, model, outcomes)
            draws = int(np.count_nonzero(~np.isnan(held)))
            yield Judged(ordering.id, ordering.statement, model, float(np.nanmean(held)) if draws else float("nan"), draws)


def _held(ordering: Ordering, model: str, outcomes: Outcomes) -> Floats:
    """Return in which draws all outcomes hold: 1, 0, or a half for a tie; empty where the model cannot say."""
    found = []
    for seen in ordering.scenario.outcomes:
        condition = seen.condition
        if seen.endpoint is None or condition is None:
            return np.array([])
        for arm in seen.arms:
            known = model in outcomes.models_of(arm, *condition.arms)
            if not known or not all(outcomes.unit(model, endpoint) for endpoint in seen.endpoints):
                return np.array([])
            found.append(condition.held(condition.by_draw(outcomes, model, arm, seen.endpoint)))
    together: Floats = np.min(found, axis=0)
    return together


def shipped_agreement() -> tuple[Judged, ...]:
    """Return the committed result for the shipped models and orderings; empty where none is shipped."""
    return read_agreement(shipped.folder("posteriors") / "orderings.csv")


def read_agreement(path: Path) -> tuple[Judged, ...]:
    """Read a committed result; empty where there is no such file, InputFileError with every problem of it."""

    def row(cells: Cells) -> Judged:
        return Judged(
            cells.text("id"),
            cells.text("seen"),
            cells.text("model"),
            cells.number("probability", blank=True),
            cells.count("draws"),
        )

    return read_rows(path, ORDERINGS, row)

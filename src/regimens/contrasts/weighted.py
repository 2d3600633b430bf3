"""Weighted verdicts: the rule of a verdict asked of the models together, each counted by a weight, beside the strict rule.

A weighted verdict says what holds on average over the models, and so less than the strict one, which every model must support.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import Finding, Reason, fewest_draws, reaches

if TYPE_CHECKING:
    from regimens.contrasts.contrast import Contrast
    from regimens.contrasts.verdict import Verdict


@dataclass(frozen=True)
class Weight:
    """The weight of a model, from 0 to 1, and the interval that holds it."""

    weight: float
    low: float
    high: float


Weights = Mapping[str, Weight]
"""Weights by the name of the model. Those of the models of a pair are scaled to a sum of 1."""


class Unweighted(StrEnum):
    """Why a pair has no weighted verdict."""

    NO_WEIGHTS = "no weights of models are shipped"
    NO_WEIGHT = "a model of the pair has no weight"
    ALL_ZERO = "the models of the pair have weights of zero"
    NO_STRICT = "the pair cannot be judged by the strict rule either"


@dataclass(frozen=True)
class Weighted:
    """What the models of a pair say together.

    `winner` is the arm that the rule calls better ("" for neither). `probability` is that the first arm beats the second, the
    weighted mean of the models; `low` and `high` are its least and greatest value while every weight stays in its interval. `why`
    says why there is none, with the models that have no weight as `without`; the numbers are then missing.
    """

    winner: str = ""
    probability: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    why: Unweighted | None = None
    without: tuple[str, ...] = ()

    @property
    def finding(self) -> Finding | None:
        """What it says of the pair; None where there is no weighted verdict."""
        return None if self.why else Finding.BETTER if self.winner else Finding.NOT_SUPPORTED


def with_weights(verdicts: Sequence[Verdict], weights: Weights | None) -> tuple[Verdict, ...]:
    """Return the verdicts, each with its weighted one; `weights` is None where none are shipped."""
    return tuple(replace(verdict, weighted=_weighted(verdict, weights)) for verdict in verdicts)


def _weighted(verdict: Verdict, weights: Weights | None) -> Weighted:
    contrasts = [view.contrast for view in verdict.views if view.contrast is not None and view.lack is None]
    known = len(contrasts) == len(verdict.views) > 0 and all(row.draws > 1 for row in contrasts)
    if verdict.finding == Finding.SAME or verdict.reason == Reason.PARAMETERS_KNOWN or not known:
        return Weighted(why=Unweighted.NO_STRICT)
    if weights is None:
        return Weighted(why=Unweighted.NO_WEIGHTS)
    without = tuple(row.model for row in contrasts if row.model not in weights)
    if without:
        return Weighted(why=Unweighted.NO_WEIGHT, without=without)
    own = [weights[row.model] for row in contrasts]
    total = sum(each.weight for each in own)
    if total <= 0:
        return Weighted(why=Unweighted.ALL_ZERO)
    shares = [each.weight / total for each in own]
    chances = [row.probability for row in contrasts]
    low, high = extremes(chances, own)
    return Weighted(_winner(verdict, contrasts, shares), _mean(shares, chances), low, high)


def _winner(verdict: Verdict, contrasts: Sequence[Contrast], shares: Sequence[float]) -> str:
    """Return the arm that the rule calls better where the draws of all models count as those of one, by their weights."""
    rule = verdict.rule
    better, worse = (_mean(shares, [getattr(row, name) for row in contrasts]) for name in ("better", "worse"))
    differing = better + worse
    if verdict.draws < fewest_draws(rule.probability) or not differing or not reaches(differing, rule.differ):
        return ""
    first = better >= worse
    large = _mean(shares, [row.relevantly_better if first else row.relevantly_worse for row in contrasts])
    sure = reaches(max(better, worse) / differing, rule.probability) and reaches(large / differing, rule.probability)
    return (verdict.arm if first else verdict.against) if sure else ""


def _mean(shares: Sequence[float], values: Sequence[float]) -> float:
    return sum(share * value for share, value in zip(shares, values, strict=True))


def extremes(values: Sequence[float], weights: Sequence[Weight]) -> tuple[float, float]:
    """Return the least and the greatest weighted mean of `values` while every weight stays in its own interval.

    Weights are scaled to a sum of 1 after they are chosen. The mean is extreme where all weights on one side of some value are at
    one end of their intervals and all others at the other end.
    """
    order = sorted(range(len(values)), key=lambda place: values[place])
    means = list(_cut_means(values, weights, order))
    return min(means), max(means)


def _cut_means(values: Sequence[float], weights: Sequence[Weight], order: Sequence[int]) -> Iterator[float]:
    for cut in range(len(order) + 1):
        for before, after in (("low", "high"), ("high", "low")):
            chosen = {place: getattr(weights[place], before if rank < cut else after) for rank, place in enumerate(order)}
            if total := sum(chosen.values()):
                yield sum(chosen[place] * values[place] for place in order) / total

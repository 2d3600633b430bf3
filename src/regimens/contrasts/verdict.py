"""Verdicts: whether one arm is better than another on an endpoint, over all models that have both, and the reason as a value.

The rule: every model gives one arm at least the probability of the rule, counted among the draws in which the two arms differ,
they differ in at least a stated share of the draws, and the same probability holds of a difference of a stated size.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import Contrast, Pair, differences

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Outcomes
    from regimens.contrasts.weighted import Weighted
    from regimens.endpoints import Endpoint

MOST_ASKED = 100
"""Draws that are enough for any rule."""

_ROUNDING = 1e-12
"""1 - 0.05 and 0.95 may differ in their last place."""


@dataclass(frozen=True)
class Rule:
    """When one arm is called better: the `probability` that every model must give to the same direction among the draws in
    which the arms differ, the share of draws, `differ`, in which they must, and the relevant `difference`: a share of the larger
    of the two values, by which the better arm must be better with the same probability. 0 is any difference.
    """

    probability: float = 0.95
    differ: float = 0.5
    difference: float = 0.05


class Finding(StrEnum):
    """What a verdict says of a pair."""

    BETTER = "better"
    NEVER_WORSE = "never worse"
    SAME = "same schedule"
    NOT_SUPPORTED = "not supported"


class Reason(StrEnum):
    """Why a verdict says so."""

    AGREED = "every model gives the winner the probability of the rule"
    NEVER_WORSE = "no draw of any model makes the winner worse, and some make it better"
    SAME_DOSES = "both arms give the same doses at the same times"
    NOT_MODELLED = "no model has an input for the drugs of both arms"
    PARAMETERS_KNOWN = "the parameters are taken as known"
    LACKING = "something is missing under some model"
    FEW_DRAWS = "there are too few parameter draws for the rule"
    NOT_TOLD_APART = "no model tells the two arms apart"
    DISAGREE = "models are sure of opposite directions"
    LEAN_APART = "models lean to different arms"
    TOO_SMALL = "every model is sure of the winner, but not of a relevant difference"
    UNSURE = "not every model reaches the probability of the rule"


class Lack(StrEnum):
    """What a model lacks for a verdict."""

    ENDPOINT = "the model has no such endpoint"
    VALUE = "an arm has no value"
    SHARED_SUBJECT = "no subject has a value in both arms"
    UNCERTAINTY = "nothing is known about the uncertainty of its parameters"
    SHARED_DRAWS = "only one draw has subjects with a value in both arms"


@dataclass(frozen=True)
class View:
    """What one model says of a pair. `contrast` is None where the model has no such endpoint; `empty` names the arms without a
    value; `differing_subjects` is the share of subjects whose values differ between the arms. `before` is what the model says
    before any data, under its priors; None where that is not known.
    """

    model: str
    contrast: Contrast | None
    lack: Lack | None = None
    empty: tuple[str, ...] = ()
    differing_subjects: float = 0.0
    before: View | None = None

    @property
    def differs(self) -> bool:
        """Whether any subject's values differ between the arms."""
        return self.differing_subjects > 0

    @property
    def probability(self) -> float:
        """Probability that the first arm beats the second, ties half; NaN where the model has none."""
        return float("nan") if self.contrast is None else self.contrast.probability

    @property
    def differing(self) -> float:
        """Share of draws in which the arms differ."""
        return 0.0 if self.contrast is None else self.contrast.better + self.contrast.worse

    @property
    def among_differing(self) -> float:
        """Probability that the first arm is better among the draws in which the arms differ; 0.5 where they never do."""
        if self.contrast is None or not self.differing:
            return 0.5
        return self.contrast.better / self.differing if self.contrast.equal else self.contrast.probability


@dataclass(frozen=True)
class Verdict:
    """The verdict on one pair and endpoint. `winner` is the arm that is better or never worse ("" for neither); `views` are those
    of the models that have inputs for the drugs of both arms, `not_modelled` the other models; `draws` is the number of draws.
    `weighted` is the weighted verdict beside it, None where it was not asked for.
    """

    endpoint: str
    arm: str
    against: str
    finding: Finding
    winner: str
    reason: Reason
    views: tuple[View, ...]
    not_modelled: tuple[str, ...]
    rule: Rule
    draws: int
    weighted: Weighted | None = None

    def favours(self, view: View) -> tuple[str, float]:
        """Return the arm that a model favours ("" for neither) and the probability it gives it among the draws that differ."""
        share = view.among_differing
        if share == 0.5:
            return "", share
        return (self.arm, share) if share > 0.5 else (self.against, 1.0 - share)

    def sure(self, view: View) -> bool:
        """Return whether a model gives one arm the probability of the rule in enough draws that differ."""
        arm, share = self.favours(view)
        return bool(arm) and reaches(share, self.rule.probability) and reaches(view.differing, self.rule.differ)

    def relevant(self, view: View) -> float:
        """Return the probability of a relevant difference for the arm that a model favours, among the draws that differ."""
        arm, _ = self.favours(view)
        if view.contrast is None or not arm:
            return 0.0
        return (view.contrast.relevantly_better if arm == self.arm else view.contrast.relevantly_worse) / view.differing

    def vote(self, view: View) -> str:
        """Return the arm that a model is sure is better, by any difference, from enough draws for the rule; "" for neither."""
        enough = view.contrast is not None and view.contrast.draws >= fewest_draws(self.rule.probability)
        return self.favours(view)[0] if enough and self.sure(view) else ""

    def structural(self, view: View) -> bool:
        """Return whether a model votes for the same arm before any data as after: its structure gives the answer."""
        return view.before is not None and self.vote(view) != "" and self.vote(view) == self.vote(view.before)


def reaches(share: float, limit: float) -> bool:
    """Return whether a share is at least the limit, up to its last digits."""
    return share >= limit - _ROUNDING


def fewest_draws(probability: float) -> int:
    """Return the number of draws below which no share of them supports the probability: 20 for 95 %, at most MOST_ASKED."""
    return min(MOST_ASKED, math.ceil(1.0 / (1.0 - probability) - 1e-9)) if probability < 1.0 else MOST_ASKED


def verdicts(outcomes: Outcomes, contrasts: Sequence[Contrast], pairs: Sequence[Pair], rule: Rule) -> tuple[Verdict, ...]:
    """Return a verdict for each pair on each endpoint with a direction. A swapped pair has the same verdict."""
    found = {(row.endpoint, row.arm, row.against, row.model): row for row in contrasts}
    return tuple(
        _verdict(outcomes, endpoint, pair, found, rule) for endpoint in outcomes.endpoints if endpoint.better for pair in pairs
    )


def _verdict(
    outcomes: Outcomes, endpoint: Endpoint, pair: Pair, found: Mapping[tuple[str, str, str, str], Contrast], rule: Rule
) -> Verdict:
    models = outcomes.models_of(*pair)
    views = tuple(_view(outcomes, endpoint, pair, model, found.get((endpoint.words, *pair, model))) for model in models)
    draws = max((outcomes.draws_of(model) for model in models), default=1)
    others = tuple(model for model in outcomes.models if model not in models)
    made = Verdict(endpoint.words, *pair, Finding.NOT_SUPPORTED, "", Reason.UNSURE, views, others, rule, draws)
    finding, winner, reason = _judge(made, outcomes, pair)
    return Verdict(endpoint.words, *pair, finding, winner, reason, views, others, rule, draws)


def _view(outcomes: Outcomes, endpoint: Endpoint, pair: Pair, model: str, contrast: Contrast | None) -> View:
    if contrast is None:
        return View(model, None, Lack.ENDPOINT)
    empty = tuple(arm for arm in pair if np.isnan(outcomes.of(model, arm, endpoint)).all())
    lack = _lack(outcomes, model, contrast, empty)
    own = differences(*(outcomes.of(model, arm, endpoint) for arm in pair))
    differ = np.count_nonzero((own > 0) | (own < 0)) / max(1, contrast.n)
    return View(model, contrast, lack, empty, differ)


def _lack(outcomes: Outcomes, model: str, contrast: Contrast, empty: tuple[str, ...]) -> Lack | None:
    if empty:
        return Lack.VALUE
    if contrast.n == 0:
        return Lack.SHARED_SUBJECT
    if outcomes.draws_of(model) == 1:
        return Lack.UNCERTAINTY
    return Lack.SHARED_DRAWS if contrast.draws == 1 else None


def _judge(made: Verdict, outcomes: Outcomes, pair: Pair) -> tuple[Finding, str, Reason]:
    no = Finding.NOT_SUPPORTED
    if pair in outcomes.same or pair[::-1] in outcomes.same:
        return Finding.SAME, "", Reason.SAME_DOSES
    if not made.views:
        return no, "", Reason.NOT_MODELLED
    if made.draws == 1 and outcomes.asked_draws == 1:
        return no, "", Reason.PARAMETERS_KNOWN
    if any(view.lack for view in made.views):
        return no, "", Reason.LACKING
    if not any(view.differs for view in made.views):
        return no, "", Reason.NOT_TOLD_APART
    favoured = [made.favours(view)[0] for view in made.views]
    named = set(favoured) - {""}
    enough = made.draws >= fewest_draws(made.rule.probability)
    if len(named) == 1 and "" not in favoured and all(made.sure(view) for view in made.views):
        (winner,) = named
        if not enough:
            return no, "", Reason.FEW_DRAWS
        large = all(reaches(made.relevant(view), made.rule.probability) for view in made.views)
        return (Finding.BETTER, winner, Reason.AGREED) if large else (no, "", Reason.TOO_SMALL)
    if len(named) == 1 and enough and all(_never_worse(view, named == {made.arm}) for view in made.views):
        return Finding.NEVER_WORSE, named.pop(), Reason.NEVER_WORSE
    if len({made.favours(view)[0] for view in made.views if made.sure(view)}) > 1:
        return no, "", Reason.DISAGREE
    return no, "", Reason.LEAN_APART if len(named) > 1 else Reason.UNSURE


def _never_worse(view: View, first: bool) -> bool:
    contrast = view.contrast
    return contrast is not None and (contrast.worse if first else contrast.better) == 0.0

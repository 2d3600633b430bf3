"""Variants of arms: whether real life turns the order of arms round, what a choice on paper costs, and the length of rests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import paired, probability, sign
from regimens.contrasts.outcomes import Outcomes, levels
from regimens.statistics import Floats, over_draws
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint

NEAR = 0.02
"""Relative distance from the best within which a length of rest is flat. Assumed: a small part of the daily change of Treg."""


@dataclass(frozen=True)
class Flip:
    """Whether real life turns the order of two arms round, on one endpoint under one model."""

    model: str = column("model")
    endpoint: str = column("endpoint, in the words of the scenario")
    arm: str = column("the first arm, as written")
    against: str = column("the arm it is held against, as written")
    probability_full: float = column("probability that arm beats against when every dose is given as written", "1")
    probability_real: float = column("the same in real life", "1")
    flipped: float = column("share of draws in which one arm is ahead as written and the other in real life", "1")


@dataclass(frozen=True)
class Regret:
    """What it costs in real life to choose the arm that is best as written, on one endpoint under one model."""

    model: str = column("model")
    endpoint: str = column("endpoint, in the words of the scenario")
    chosen: str = column("the arm with the best median over draws as written")
    best: str = column("the arm with the best median over draws in real life")
    regret: float = column("how much better `best` is in real life: median over draws; 0 where both are the same arm", "unit")
    regret_low: float = column("lower end of its 90 % confidence interval", "unit")
    regret_high: float = column("upper end of its 90 % confidence interval", "unit")
    unit: str = column("unit of the regret")


@dataclass(frozen=True)
class RestResponse:
    """The response to one length of a rest that the protocol gives as a range."""

    arm: str = column("arm, as the scenario names it")
    model: str = column("model")
    endpoint: str = column("endpoint, in the words of the scenario")
    rest_days: float = column("length of the rest", "days")
    median: float = column("median over draws of the population statistic", "unit of the endpoint")
    confidence_low: float = column("lower end of its 90 % confidence interval", "unit of the endpoint")
    confidence_high: float = column("upper end of its 90 % confidence interval", "unit of the endpoint")
    flat: bool = column("whether this length is as good as the best: within 2 %, or not beaten with the probability of the rule")


FLIPS = table_of("flips", "model, endpoint and pair of arms as written", Flip)
REGRET = table_of("regret", "model and endpoint", Regret)
REST_RESPONSE = table_of("rest_response", "arm, model, endpoint and length of rest", RestResponse)


def flips(outcomes: Outcomes, real: Mapping[str, str]) -> tuple[Flip, ...]:
    """Return for every two arms of `real` whether real life turns their order round.

    `real` maps an arm as written to the same arm in real life. Equal values are no order, so nothing turns round there.
    Endpoints without a direction and pairs with fewer than two draws are left out.
    """
    found = []
    for model in outcomes.models:
        for endpoint in outcomes.endpoints:
            for arm, against in combinations(real, 2) if endpoint.better else ():
                full = paired(outcomes, model, endpoint, arm, against)
                lived = paired(outcomes, model, endpoint, real[arm], real[against])
                kept = ~np.isnan(full + lived)
                if kept.sum() > 1:
                    chances = [probability(each[kept], endpoint) for each in (full, lived)]
                    turned = np.sign(full[kept]) * np.sign(lived[kept]) < 0
                    found.append(Flip(model, endpoint.words, arm, against, chances[0], chances[1], float(turned.mean())))
    return tuple(found)


def regret(outcomes: Outcomes, real: Mapping[str, str]) -> tuple[Regret, ...]:
    """Return what it costs in real life to choose the arm that is best as written; a choice is made once, not in every draw.

    Endpoints without a direction, or of which fewer than two arms have values both ways, are left out.
    """
    found = []
    for model in outcomes.models if real else ():
        for endpoint in (each for each in outcomes.endpoints if each.better):
            score = sign(endpoint) * levels(outcomes, model, endpoint, [*real, *real.values()])
            full, lived = score[: len(real)], score[len(real) :]
            known = np.flatnonzero(~np.isnan(full + lived).all(axis=1))
            if len(known) > 1:
                chosen, best, cost = costs(full[known], lived[known])
                one, other = (list(real)[known[place]] for place in (chosen, best))
                found.append(Regret(model, endpoint.words, one, other, *over_draws(cost), outcomes.unit(model, endpoint)))
    return tuple(found)


def costs(full: Floats, lived: Floats) -> tuple[int, int, Floats]:
    """Return the arms with the best median as written and in real life, and by how much the second beats the first in each
    draw of real life, of (arms, draws) scores.
    """
    kept = ~np.isnan(full + lived).any(axis=0)
    chosen, best = (int(np.median(score[:, kept], axis=1).argmax()) for score in (full, lived))
    first, second = lived[best, kept], lived[chosen, kept]
    with np.errstate(invalid="ignore"):
        return chosen, best, np.where(first == second, 0.0, first - second)


def rest_response(outcomes: Outcomes, rests: Mapping[str, Sequence[tuple[float, str]]], rule: float) -> tuple[RestResponse, ...]:
    """Return the population statistic of each length of rest.

    `rests` maps the name of an arm to the (days, arm) of its lengths of rest. The best length has the best median over
    draws. A length is flat where its median is within 2 % of that of the best, or where the best one beats it with less
    than the probability `rule`, which takes more than one draw to say. Nothing is flat where an endpoint has no direction.
    Lengths without values are left out.
    """
    found = []
    for base, lengths in rests.items():
        arms = [arm for _, arm in lengths]
        for model in outcomes.models:
            for endpoint in outcomes.endpoints:
                bounds = [over_draws(level) for level in levels(outcomes, model, endpoint, arms)]
                flat = _flat(outcomes, model, endpoint, arms, np.array([middle for middle, _, _ in bounds]), rule)
                found += [
                    RestResponse(base, model, endpoint.words, float(days), *ends, is_flat)
                    for (days, _), ends, is_flat in zip(lengths, bounds, flat, strict=True)
                    if not np.isnan(ends[0])
                ]
    return tuple(found)


def _flat(outcomes: Outcomes, model: str, endpoint: Endpoint, arms: Sequence[str], medians: Floats, rule: float) -> list[bool]:
    if not endpoint.better or np.isnan(medians).all():
        return [False] * len(arms)
    best = int(np.nanargmax(sign(endpoint) * medians))
    near = np.abs(medians - medians[best]) <= NEAR * abs(medians[best])
    chances = [probability(paired(outcomes, model, endpoint, arms[best], arm), endpoint) for arm in arms]
    return [bool(close or chance < rule) for close, chance in zip(near, chances, strict=True)]

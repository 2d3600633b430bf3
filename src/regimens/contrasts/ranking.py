"""Ranking: how probable it is that each arm is the best of all, and which arms no other arm beats on gain and cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import alike, sign
from regimens.contrasts.outcomes import Outcomes, groups, levels
from regimens.statistics import Floats, over_draws
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint


@dataclass(frozen=True)
class Best:
    """How probable it is that one arm is the best of its variant."""

    model: str = column("model")
    endpoint: str = column("endpoint, in the words of the scenario")
    arm: str = column("arm")
    probability: float = column("share of draws in which the arm has the best population statistic, ties split", "1")
    variant: str = column("as written, equal total or real life: arms are ranked within one")


@dataclass(frozen=True)
class TradeOff:
    """What one arm gains and costs. Gain and cost are medians over draws of the population statistic."""

    model: str = column("model")
    arm: str = column("arm")
    variant: str = column("as written, equal total or real life: arms are compared within one")
    gain: float = column("median gain", "unit of the endpoint")
    gain_low: float = column("lower end of its 90 % confidence interval", "unit of the endpoint")
    gain_high: float = column("upper end of its 90 % confidence interval", "unit of the endpoint")
    cost: float = column("median cost", "unit of the endpoint")
    cost_low: float = column("lower end of its 90 % confidence interval", "unit of the endpoint")
    cost_high: float = column("upper end of its 90 % confidence interval", "unit of the endpoint")
    front: bool = column("whether no other arm is at least as good on both medians and better on one")
    dominated: float = column("share of draws in which another arm is; missing with one draw", "1")


BEST = table_of("best", "model, endpoint and arm", Best)
TRADE_OFF = table_of("trade_off", "model and arm", TradeOff)


def best(outcomes: Outcomes, variants: Mapping[str, str]) -> tuple[Best, ...]:
    """Return the share of draws in which each arm has the best population statistic of its variant, ties split.

    `variants` maps each arm to its variant. The shares of a model, endpoint and variant add up to 1. Arms without a value
    are left out, and so are endpoints without a direction, variants of which fewer than two arms have a value, and runs of
    one draw.
    """
    return tuple(
        Best(model, endpoint.words, arms[place], share, variant)
        for model in outcomes.models
        for endpoint in outcomes.endpoints
        if endpoint.better
        for variant, arms in groups(variants).items()
        for place, share in chances(sign(endpoint) * levels(outcomes, model, endpoint, arms))
    )


def chances(score: Floats) -> list[tuple[int, float]]:
    """Return (arm, share of draws in which its score is highest) of (arms, draws) scores; empty where nothing can be said."""
    known = np.flatnonzero(~np.isnan(score).all(axis=1))
    score = score[known]
    score = score[:, ~np.isnan(score).any(axis=0)]
    if len(known) < 2 or score.shape[1] < 2:
        return []
    return [(int(place), float(share)) for place, share in zip(known, winners(score).mean(axis=1), strict=True)]


def winners(score: Floats) -> Floats:
    """Return what each arm has of the first place in each draw: 1, or 1/k where k arms are equal: (arms, draws)."""
    first = alike(score, score.max(axis=0))
    return np.asarray(first / first.sum(axis=0))


def trade_off(outcomes: Outcomes, gain: Endpoint, cost: Endpoint, variants: Mapping[str, str]) -> tuple[TradeOff, ...]:
    """Return gain and cost of every arm: more of `gain` is good, more of `cost` is bad.

    An arm without one of the two values is not on the front; a model without one of the two endpoints has no rows.
    """
    return tuple(
        row
        for model in outcomes.models
        if outcomes.knows(model, gain) and outcomes.knows(model, cost)
        for variant, arms in groups(variants).items()
        for row in _trade_offs(outcomes, model, (gain, cost), variant, arms)
    )


def _trade_offs(
    outcomes: Outcomes, model: str, endpoints: tuple[Endpoint, Endpoint], variant: str, arms: tuple[str, ...]
) -> list[TradeOff]:
    gains, costs = (levels(outcomes, model, endpoint, arms) for endpoint in endpoints)
    shown = [(over_draws(gain), over_draws(cost)) for gain, cost in zip(gains, costs, strict=True)]
    known = np.array([not np.isnan(gain[0] + cost[0]) for gain, cost in shown])
    beaten = dominated(np.array([[gain[0]] for gain, _ in shown]), np.array([[cost[0]] for _, cost in shown]))[:, 0]
    kept = ~np.isnan(gains[known] + costs[known]).any(axis=0)
    share = dominated(gains[:, kept], costs[:, kept]).mean(axis=1) if kept.sum() > 1 else np.full(len(arms), np.nan)
    share[~known] = np.nan
    return [
        TradeOff(model, arm, variant, *gain, *cost, bool(known[place] and not beaten[place]), float(share[place]))
        for place, (arm, (gain, cost)) in enumerate(zip(arms, shown, strict=True))
    ]


def dominated(gain: Floats, cost: Floats) -> np.ndarray:
    """Return where an arm of (arms, draws) values is dominated by another one in the same draw: (arms, draws), of bool."""
    more, as_much = _compare(gain, gain[:, None])
    less, as_little = _compare(-cost, -cost[:, None])
    # [i, j, draw]: arm j is at least as good as arm i on both, and better on one
    return np.asarray(((more | as_much) & (less | as_little) & (more | less)).any(axis=1))


def _compare(one: Floats, other: Floats) -> tuple[np.ndarray, np.ndarray]:
    same = alike(one, other)
    return (one > other) & ~same, same

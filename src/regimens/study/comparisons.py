"""Comparisons: which arms are held against which, and all that follows from their contrasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from regimens.contrasts.contrast import Contrast, Pair, contrasts
from regimens.contrasts.ranking import Best, TradeOff, best, trade_off
from regimens.contrasts.sensitivity import Sensitivity, sensitivity
from regimens.contrasts.variants import Flip, Regret, RestResponse, flips, regret, rest_response
from regimens.contrasts.verdict import Finding, Verdict, verdicts
from regimens.contrasts.votes import with_priors, with_votes
from regimens.contrasts.weighted import Weights, with_weights
from regimens.scenario.values import AS_WRITTEN, REAL_LIFE, Scenario

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Outcomes

MOST_EXPLAINED = 3
"""Pairs that sensitivities are shown of."""


@dataclass(frozen=True, eq=False)
class Comparisons:
    """What the arms of a study come to against each other, as rows; a part that does not apply has no rows."""

    contrasts: tuple[Contrast, ...] = field(repr=False)
    verdicts: tuple[Verdict, ...] = field(repr=False)
    best: tuple[Best, ...] = field(default=(), repr=False)
    trade_off: tuple[TradeOff, ...] = field(default=(), repr=False)
    sensitivity: tuple[Sensitivity, ...] = field(default=(), repr=False)
    rest_response: tuple[RestResponse, ...] = field(default=(), repr=False)
    flips: tuple[Flip, ...] = field(default=(), repr=False)
    regret: tuple[Regret, ...] = field(default=(), repr=False)


def comparisons(
    scenario: Scenario, outcomes: Outcomes, weights: Weights | None = None, before: Outcomes | None = None
) -> Comparisons:
    """Return everything that compares the arms of a scenario.

    `weights` are those of its models, None where none are shipped; `before` is of the study before any data, None without one.
    """
    variants = {arm.name: arm.variant for arm in scenario.arms}
    real = {arm.of: arm.name for arm in scenario.arms if arm.variant == REAL_LIFE}
    pairs = pairs_of(scenario)
    prior = contrasts(before, pairs, scenario.rule.difference) if before is not None else ()
    held = with_priors(contrasts(outcomes, pairs, scenario.rule.difference), prior)
    said = with_votes(with_weights(verdicts(outcomes, held, pairs, scenario.rule), weights), prior)
    pair = scenario.trade_off
    return Comparisons(
        contrasts=held,
        verdicts=said,
        best=best(outcomes, variants),
        trade_off=() if pair is None else trade_off(outcomes, pair.gain, pair.cost, variants),
        sensitivity=sensitivity(outcomes, open_pairs(scenario, held, said)) if outcomes.draws > 1 else (),
        rest_response=rest_response(outcomes, _rests(scenario), scenario.rule.probability),
        flips=flips(outcomes, real),
        regret=regret(outcomes, real),
    )


def pairs_of(scenario: Scenario) -> list[Pair]:
    """Return the pairs (arm, against): within each variant every two arms, and each other variant with the arm as written."""
    variants = dict.fromkeys(arm.variant for arm in scenario.arms)
    within = [
        (one.name, other.name)
        for variant in variants
        for one, other in combinations([arm for arm in scenario.arms if arm.variant == variant], 2)
    ]
    return within + [(arm.name, arm.of) for arm in scenario.arms if arm.variant != AS_WRITTEN]


def open_pairs(scenario: Scenario, held: Sequence[Contrast], said: Sequence[Verdict]) -> list[Pair]:
    """Return the pairs of arms as written whose verdict is most open on the leading endpoint, at most MOST_EXPLAINED.

    These are the pairs that are not supported although the models together lean furthest to one arm; where all are supported,
    the first pairs.
    """
    written = {arm.name for arm in scenario.arms if arm.variant == AS_WRITTEN}
    leading = next((endpoint.words for endpoint in scenario.endpoints if endpoint.better), None)
    chances: dict[Pair, list[float]] = {}
    for row in held:
        if row.endpoint == leading and row.probability == row.probability:
            chances.setdefault((row.arm, row.against), []).append(row.probability)
    rows = [row for row in said if row.endpoint == leading and {row.arm, row.against} <= written and row.finding != Finding.SAME]

    def order(row: Verdict) -> tuple[bool, float]:
        known = chances.get((row.arm, row.against), [0.5])
        return row.finding != Finding.NOT_SUPPORTED, -abs(sum(known) / len(known) - 0.5)

    return [(row.arm, row.against) for row in sorted(rows, key=order)[:MOST_EXPLAINED]]


def _rests(scenario: Scenario) -> dict[str, list[tuple[float, str]]]:
    found: dict[str, list[tuple[float, str]]] = {}
    for arm in scenario.arms:
        if arm.rest_days is not None and arm.variant == AS_WRITTEN:
            found.setdefault(arm.range_of, []).append((float(arm.rest_days), arm.name))
    return found

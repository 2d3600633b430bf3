"""Trade-off: what each arm gains and what it costs, and which arms no other arm beats on both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import alike
from regimens.contrasts.levels import groups, levels
from regimens.contrasts.outcomes import Outcomes
from regimens.endpoints import Endpoint
from regimens.statistics import over_draws

if TYPE_CHECKING:
    import pandas as pd

TRADE_OFF = (
    "model", "arm", "variant", "gain", "gain_low", "gain_high", "cost", "cost_low", "cost_high", "front", "dominated",
)  # fmt: skip
"""Columns of the trade-off."""


def trade_off(outcomes: Outcomes, gain: Endpoint, cost: Endpoint, variants: Mapping[str, str]) -> pd.DataFrame:
    """Return gain and cost of every arm (medians over draws, 90 % confidence intervals), as rows of the columns TRADE_OFF.

    More of `gain` is good and more of `cost` is bad. `front`: no other arm of the variant dominates it by the medians shown,
    that is, is at least as good on both and better on one. `dominated` is the share of draws in which one does, missing
    with one draw. An arm without one of the two values is not on the front; a model without one of the two has no rows.
    """
    import pandas as pd

    rows = [
        row
        for model in outcomes.models
        if outcomes.knows(model, gain) and outcomes.knows(model, cost)
        for variant, arms in groups(variants).items()
        for row in _rows(outcomes, model, (gain, cost), variant, arms)
    ]
    return pd.DataFrame(rows, columns=list(TRADE_OFF))


def _rows(
    outcomes: Outcomes, model: str, endpoints: tuple[Endpoint, Endpoint], variant: str, arms: tuple[str, ...]
) -> list[tuple[object, ...]]:
    gains, costs = (levels(outcomes, model, endpoint, arms) for endpoint in endpoints)
    shown = [(over_draws(gain), over_draws(cost)) for gain, cost in zip(gains, costs, strict=True)]
    known = np.array([not np.isnan(gain[0] + cost[0]) for gain, cost in shown])
    beaten = dominated(np.array([[gain[0]] for gain, _ in shown]), np.array([[cost[0]] for _, cost in shown]))[:, 0]
    kept = ~np.isnan(gains[known] + costs[known]).any(axis=0)
    share = dominated(gains[:, kept], costs[:, kept]).mean(axis=1) if kept.sum() > 1 else np.full(len(arms), np.nan)
    share[~known] = np.nan
    return [
        (model, arm, variant, *gain, *cost, bool(known[place] and not beaten[place]), float(share[place]))
        for place, (arm, (gain, cost)) in enumerate(zip(arms, shown, strict=True))
    ]


def dominated(gain: np.ndarray, cost: np.ndarray) -> np.ndarray:
    """Return where an arm of (arms, draws) values is dominated by another one in the same draw: (arms, draws), of bool."""
    more, as_much = _compare(gain, gain[:, None])
    less, as_little = _compare(-cost, -cost[:, None])
    # [i, j, draw]: arm j at least as good as arm i on both, and better on one
    return ((more | as_much) & (less | as_little) & (more | less)).any(axis=1)


def _compare(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    same = alike(one, other)
    return (one > other) & ~same, same

"""Best: how probable it is that each arm is the best of its variant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import alike, sign
from regimens.contrasts.levels import groups, levels
from regimens.contrasts.outcomes import Outcomes

if TYPE_CHECKING:
    import pandas as pd

BEST = ("model", "endpoint", "arm", "probability", "variant")
"""Columns of the probabilities of being best."""


def best(outcomes: Outcomes, variants: Mapping[str, str]) -> pd.DataFrame:
    """Return the share of draws in which each arm has the best population statistic of its variant, ties split.

    `variants` maps each arm to its variant. The shares of a model, endpoint and variant add up to 1. Arms without a value
    have no row, nor have endpoints without a direction, variants of which fewer than two arms have a value, and runs of one
    draw. Columns: BEST.
    """
    import pandas as pd

    rows = []
    for model in outcomes.models:
        for endpoint in outcomes.endpoints:
            for variant, arms in groups(variants).items() if endpoint.better else ():
                score = sign(endpoint) * levels(outcomes, model, endpoint, arms)
                for place, share in chances(score):
                    rows.append((model, endpoint.words, arms[place], share, variant))
    return pd.DataFrame(rows, columns=list(BEST))


def chances(score: np.ndarray) -> list[tuple[int, float]]:
    """Return (arm, share of draws in which its score is highest) of (arms, draws) scores; empty where nothing can be said."""
    known = np.flatnonzero(~np.isnan(score).all(axis=1))
    score = score[known]
    score = score[:, ~np.isnan(score).any(axis=0)]
    if len(known) < 2 or score.shape[1] < 2:
        return []
    return [(int(place), float(share)) for place, share in zip(known, winners(score).mean(axis=1), strict=True)]


def winners(score: np.ndarray) -> np.ndarray:
    """Return what each arm has of the first place in each draw: 1, or 1/k where k arms are alike: (arms, draws)."""
    first = alike(score, score.max(axis=0))
    return first / first.sum(axis=0)

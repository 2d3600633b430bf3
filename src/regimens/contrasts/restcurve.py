"""Rest curve: the response against the length of the rest, and the part where its length makes no supported difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import paired, probability, sign
from regimens.contrasts.levels import levels
from regimens.contrasts.outcomes import Outcomes
from regimens.endpoints import Endpoint
from regimens.statistics import over_draws

if TYPE_CHECKING:
    import pandas as pd

REST_RESPONSE = ("arm", "model", "endpoint", "rest_days", "median", "confidence_low", "confidence_high", "flat")
"""Columns of the response to the length of the rest."""

NEAR = 0.02
"""What lies within 2 % of the best counts as flat, however sure: assumed, a small part of what Treg vary by from day to day."""


def rest_response(outcomes: Outcomes, rests: Mapping[str, Sequence[tuple[float, str]]], rule: float) -> pd.DataFrame:
    """Return the population statistic of each length of rest, as rows of the columns REST_RESPONSE.

    `rests` maps the name of an arm to the (days, arm) of its lengths of rest. The best length has the best median over
    draws. A length is `flat` where its median is within 2 % of that of the best, or where the best one beats it with less
    than the probability `rule`, which takes more than one draw to say. Nothing is flat where an endpoint has no direction.
    Endpoints without values have no rows.
    """
    import pandas as pd

    rows = []
    for base, lengths in rests.items():
        arms = [arm for _, arm in lengths]
        for model in outcomes.models:
            for endpoint in outcomes.endpoints:
                found = [over_draws(level) for level in levels(outcomes, model, endpoint, arms)]
                flat = _flat(outcomes, model, endpoint, arms, np.array([middle for middle, _, _ in found]), rule)
                rows += [
                    (base, model, endpoint.words, float(days), *bounds, is_flat)
                    for (days, _), bounds, is_flat in zip(lengths, found, flat, strict=True)
                    if not np.isnan(bounds[0])
                ]
    return pd.DataFrame(rows, columns=list(REST_RESPONSE))


def _flat(
    outcomes: Outcomes, model: str, endpoint: Endpoint, arms: Sequence[str], medians: np.ndarray, rule: float
) -> list[bool]:
    if not endpoint.better or np.isnan(medians).all():
        return [False] * len(arms)
    best = int(np.nanargmax(sign(endpoint) * medians))
    near = np.abs(medians - medians[best]) <= NEAR * abs(medians[best])
    chances = [probability(paired(outcomes, model, endpoint, arms[best], arm), endpoint) for arm in arms]
    return [bool(close or chance < rule) for close, chance in zip(near, chances, strict=True)]

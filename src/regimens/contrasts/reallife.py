"""Real life: whether missed, late and abandoned doses turn the order of arms round, and what a choice on paper costs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.best import winners
from regimens.contrasts.contrast import paired, probability, sign
from regimens.contrasts.levels import levels
from regimens.contrasts.outcomes import Outcomes
from regimens.contrasts.quantiles import over_draws

if TYPE_CHECKING:
    import pandas as pd

FLIPS = ("model", "endpoint", "arm", "against", "probability_full", "probability_real", "flipped")
"""Columns of the flips."""

REGRET = ("model", "endpoint", "chosen", "regret", "regret_low", "regret_high", "unit")
"""Columns of the regret."""


def flips(outcomes: Outcomes, real: Mapping[str, str]) -> pd.DataFrame:
    """Return for every two arms of `real` whether real life turns their order round, as rows of the columns FLIPS.

    `real` maps an arm as written to the same arm in real life. `probability_full` and `probability_real` are the
    probabilities that arm beats against when every dose is given as written, and in real life; `flipped` is the share of
    draws in which one arm is ahead as written and the other in real life. A tie is no order, so nothing turns round there.
    Endpoints without a direction and pairs with fewer than two draws have no rows.
    """
    import pandas as pd

    rows = []
    for model in outcomes.models:
        for endpoint in outcomes.endpoints:
            for pair in combinations(real, 2) if endpoint.better else ():
                full = paired(outcomes, model, endpoint, *pair)
                lived = paired(outcomes, model, endpoint, *(real[arm] for arm in pair))
                kept = ~np.isnan(full + lived)
                if kept.sum() > 1:
                    chances = [probability(each[kept], endpoint) for each in (full, lived)]
                    turned = np.sign(full[kept]) * np.sign(lived[kept]) < 0
                    rows.append((model, endpoint.words, *pair, *chances, float(turned.mean())))
    return pd.DataFrame(rows, columns=list(FLIPS))


def regret(outcomes: Outcomes, real: Mapping[str, str]) -> pd.DataFrame:
    """Return what it costs in real life to choose the arm that is best as written, as rows of the columns REGRET.

    In each draw the arm with the best population statistic as written is chosen, and its real life is held against the arm
    that is best in real life: 0 where the choice is right. `chosen` is the arm chosen most often; `regret` is the median over
    draws with its 90 % confidence interval. Where arms are alike as written, the mean of their costs counts. Endpoints
    without a direction, or of which fewer than two arms have values both ways, have no rows.
    """
    import pandas as pd

    rows = []
    for model in outcomes.models if real else ():
        for endpoint in (each for each in outcomes.endpoints if each.better):
            score = sign(endpoint) * levels(outcomes, model, endpoint, [*real, *real.values()])
            full, lived = score[: len(real)], score[len(real) :]
            known = np.flatnonzero(~np.isnan(full + lived).all(axis=1))
            if len(known) > 1:
                chosen, cost = costs(full[known], lived[known])
                unit = outcomes.unit(model, endpoint)
                rows.append((model, endpoint.words, list(real)[known[chosen]], *over_draws(cost), unit))
    return pd.DataFrame(rows, columns=list(REGRET))


def costs(full: np.ndarray, lived: np.ndarray) -> tuple[int, np.ndarray]:
    """Return the arm that is chosen most often and the cost of the choice in each draw, of (arms, draws) scores."""
    kept = ~np.isnan(full + lived).any(axis=0)
    choice = winners(full[:, kept])
    cost = lived[:, kept].max(axis=0) - (choice * lived[:, kept]).sum(axis=0)
    return int(choice.sum(axis=1).argmax()), np.maximum(cost, 0.0)

"""Real life: whether missed, late and abandoned doses turn the order of arms round, and what a choice on paper costs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import paired, probability, sign
from regimens.contrasts.levels import levels
from regimens.contrasts.outcomes import Outcomes
from regimens.statistics import over_draws

if TYPE_CHECKING:
    import pandas as pd

FLIPS = ("model", "endpoint", "arm", "against", "probability_full", "probability_real", "flipped")
"""Columns of the flips."""

REGRET = ("model", "endpoint", "chosen", "best", "regret", "regret_low", "regret_high", "unit")
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

    `chosen` is the arm with the best median over draws as written, `best` the one with the best median in real life: a choice
    is made once, not in every draw. `regret` is how much better `best` is in real life, the median over draws with its 90 %
    confidence interval; 0 where both are the same arm. Endpoints without a direction, or of which fewer than two arms have
    values both ways, have no rows.
    """
    import pandas as pd

    rows = []
    for model in outcomes.models if real else ():
        for endpoint in (each for each in outcomes.endpoints if each.better):
            score = sign(endpoint) * levels(outcomes, model, endpoint, [*real, *real.values()])
            full, lived = score[: len(real)], score[len(real) :]
            known = np.flatnonzero(~np.isnan(full + lived).all(axis=1))
            if len(known) > 1:
                chosen, best, cost = costs(full[known], lived[known])
                arms = [list(real)[known[place]] for place in (chosen, best)]
                rows.append((model, endpoint.words, *arms, *over_draws(cost), outcomes.unit(model, endpoint)))
    return pd.DataFrame(rows, columns=list(REGRET))


def costs(full: np.ndarray, lived: np.ndarray) -> tuple[int, int, np.ndarray]:
    """Return the arms with the best median as written and in real life, and by how much the second beats the first in each
    draw of real life, of (arms, draws) scores.
    """
    kept = ~np.isnan(full + lived).any(axis=0)
    chosen, best = (int(np.median(score[:, kept], axis=1).argmax()) for score in (full, lived))
    first, second = lived[best, kept], lived[chosen, kept]
    with np.errstate(invalid="ignore"):
        return chosen, best, np.where(first == second, 0.0, first - second)

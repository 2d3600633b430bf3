"""Sensitivity: which parameters decide a contrast, over draws of typical values and over subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import Pair, differences
from regimens.contrasts.outcomes import Outcomes
from regimens.contrasts.quantiles import over_subjects

if TYPE_CHECKING:
    import pandas as pd

SENSITIVITY = ("model", "endpoint", "arm", "against", "parameter", "over", "correlation", "n")
"""Columns of the sensitivity."""

FEWEST = 3
"""Below three points every rank correlation is -1 or 1."""


def sensitivity(outcomes: Outcomes, pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return Spearman correlations of arm - against with every parameter, as rows of the columns SENSITIVITY.

    `over` "draws" correlates the population statistic of a draw with the typical values of that draw: what decides the
    verdict. `over` "subjects" correlates each subject's own difference with its own parameters, all draws pooled: who gains.
    Ties have average ranks; the largest correlation comes first. Parameters and differences that do not vary have no rows.
    """
    import pandas as pd

    rows = []
    for model in outcomes.models:
        draws, people = _parameters(outcomes.centres, model), _parameters(outcomes.people, model)
        for endpoint in outcomes.endpoints:
            for pair in pairs:
                own = differences(*(outcomes.of(model, arm, endpoint) for arm in pair))
                what = (model, endpoint.words, *pair)
                rows += _rows(what, "draws", draws, over_subjects(own, endpoint.statistic))
                rows += _rows(what, "subjects", people, own.ravel())
    return pd.DataFrame(rows, columns=list(SENSITIVITY))


def _parameters(of: Mapping[str, tuple[tuple[str, ...], np.ndarray]], model: str) -> _Parameters:
    names, values = of.get(model, ((), np.empty((0, 0))))
    return _Parameters(names, values.reshape(-1, len(names)) if names else values)


def _rows(what: tuple[str, ...], over: str, parameters: _Parameters, values: np.ndarray) -> list[tuple[object, ...]]:
    present = ~np.isnan(values)
    count = int(np.count_nonzero(present))
    if not parameters.names or count < FEWEST:
        return []
    found = _standard_ranks(values[present][:, None])[:, 0] @ parameters.ranks(present)
    order = [at for at in np.argsort(-np.abs(found), kind="stable") if not np.isnan(found[at])]
    return [(*what, parameters.names[at], over, float(np.clip(found[at], -1.0, 1.0)), count) for at in order]


class _Parameters:
    """Parameters (points, parameters); their ranks are kept for the next contrast, which mostly has the same points."""

    def __init__(self, names: tuple[str, ...], values: np.ndarray) -> None:
        self.names, self._values = names, values
        self._points, self._ranks = np.zeros(0, bool), np.empty((0, 0))

    def ranks(self, points: np.ndarray) -> np.ndarray:
        """Return the standard ranks of the parameters among the given points (a mask)."""
        if not np.array_equal(points, self._points):
            self._points, self._ranks = points, _standard_ranks(self._values[points])
        return self._ranks


def _standard_ranks(values: np.ndarray) -> np.ndarray:
    """Return average ranks of each column, centred and of length 1, so that products are correlations; NaN if constant."""
    from scipy.stats import rankdata

    ranks = rankdata(values, axis=0)
    ranks -= ranks.mean(axis=0)
    length = np.sqrt((ranks**2).sum(axis=0))
    return ranks / np.where(length > 0, length, np.nan)

"""Sensitivity: which parameters decide a contrast, over draws of typical values and over subjects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import Pair, differences
from regimens.contrasts.outcomes import Outcomes
from regimens.statistics import over_subjects

if TYPE_CHECKING:
    import pandas as pd

SENSITIVITY = ("model", "endpoint", "arm", "against", "parameter", "over", "correlation", "n")
"""Columns of the sensitivity."""

FEWEST = 3
"""Below three points every rank correlation is -1 or 1."""

Named = tuple[tuple[str, ...], np.ndarray]
"""Names of parameters, and their values in the last axis of an array."""


def sensitivity(outcomes: Outcomes, pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return Spearman correlations of arm - against with every parameter, as rows of the columns SENSITIVITY.

    `over` "draws" correlates the population statistic of a draw with the typical values of that draw: what decides the
    verdict. `over` "subjects" correlates each subject's own difference with its own parameters, both ranked among the subjects
    of one draw, and takes all draws together: who gains, whatever the draw. Ties have average ranks; the largest correlation
    comes first. Parameters and differences that do not vary have no rows.
    """
    import pandas as pd

    rows = []
    for model in outcomes.models:
        names, centres = outcomes.centres.get(model, NOTHING)
        draws = _Parameters(names, centres[None] if names else centres)
        people = _Parameters(*outcomes.people.get(model, NOTHING))
        for endpoint in outcomes.endpoints:
            for pair in pairs:
                own = differences(*(outcomes.of(model, arm, endpoint) for arm in pair))
                what = (model, endpoint.words, *pair)
                rows += _rows(what, "draws", draws, over_subjects(own, endpoint.statistic)[None])
                rows += _rows(what, "subjects", people, own)
    return pd.DataFrame(rows, columns=list(SENSITIVITY))


NOTHING: Named = ((), np.empty((0, 0, 0)))


def _rows(what: tuple[str, ...], over: str, parameters: _Parameters, values: np.ndarray) -> list[tuple[object, ...]]:
    """Return the rows of (groups, points) differences: points are ranked within their group."""
    present = ~np.isnan(values)
    count = int(np.count_nonzero(present))
    if not parameters.names or count < FEWEST:
        return []
    found = _standard_ranks(values[:, :, None])[:, 0] @ parameters.ranks(present)
    order = [at for at in np.argsort(-np.abs(found), kind="stable") if not np.isnan(found[at])]
    return [(*what, parameters.names[at], over, float(np.clip(found[at], -1.0, 1.0)), count) for at in order]


class _Parameters:
    """Parameters (groups, points, parameters); their ranks are kept for the next contrast, which mostly has the same points."""

    def __init__(self, names: tuple[str, ...], values: np.ndarray) -> None:
        self.names, self._values = names, values
        self._points, self._ranks = np.zeros(0, bool), np.empty((0, 0))

    def ranks(self, points: np.ndarray) -> np.ndarray:
        """Return the standard ranks of the parameters among the given points (a mask)."""
        if not np.array_equal(points, self._points):
            self._points = points
            self._ranks = _standard_ranks(np.where(points[:, :, None], self._values, np.nan))
        return self._ranks


def _standard_ranks(values: np.ndarray) -> np.ndarray:
    """Return average ranks within each group of (groups, points, columns), centred there, groups laid end to end and each
    column of length 1, so that products are correlations; 0 where a value is missing, NaN where a column never varies.
    """
    from scipy.stats import rankdata

    missing = np.isnan(values)
    ranks = rankdata(values, axis=1, nan_policy="omit" if missing.any() else "propagate")
    counts = np.maximum((~missing).sum(axis=1, keepdims=True), 1)
    centred = np.where(missing, 0.0, ranks - np.where(missing, 0.0, ranks).sum(axis=1, keepdims=True) / counts)
    flat = centred.reshape(-1, values.shape[2])
    length = np.sqrt((flat**2).sum(axis=0))
    return flat / np.where(length > 0, length, np.nan)

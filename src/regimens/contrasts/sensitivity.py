"""Sensitivity: rank correlations of contrasts with parameters, over draws of typical values and over subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import Pair, differences
from regimens.statistics import Floats, over_subjects
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Named, Outcomes

FEWEST = 3
"""Below three points every rank correlation is -1 or 1."""

NOTHING: Named = ((), np.empty((0, 0, 0)))


@dataclass(frozen=True)
class Sensitivity:
    """How far one parameter decides one contrast."""

    model: str = column("model")
    endpoint: str = column("endpoint, in the words of the scenario")
    arm: str = column("the first arm")
    against: str = column("the arm it is held against")
    parameter: str = column("parameter of the model")
    over: str = column("draws: typical values of each draw; subjects: each subject's own parameters")
    correlation: float = column("Spearman correlation of arm - against with the parameter", "1")
    n: int = column("points behind the correlation")


SENSITIVITY = table_of("sensitivity", "model, endpoint, pair of arms, parameter and kind of correlation", Sensitivity)


def sensitivity(outcomes: Outcomes, pairs: Sequence[Pair]) -> tuple[Sensitivity, ...]:
    """Return the Spearman correlations of arm - against with every parameter.

    Over "draws", the population statistic of a draw is correlated with the typical values of that draw: these decide the verdict.
    Over "subjects", each subject's own difference is correlated with its own parameters, both ranked among the subjects of one
    draw, all draws together; an endpoint of whole trials has none of these. Ties have average ranks; the largest correlation
    comes first. Parameters and differences that do not vary are left out.
    """
    found: list[Sensitivity] = []
    for model in outcomes.models:
        names, centres = outcomes.centres.get(model, NOTHING)
        draws = _Parameters(names, centres[None] if names else centres)
        people = _Parameters(*outcomes.people.get(model, NOTHING))
        for endpoint in outcomes.endpoints:
            for pair in pairs:
                if model not in outcomes.models_of(*pair):
                    continue
                own = differences(*(outcomes.of(model, arm, endpoint) for arm in pair))
                what = (model, endpoint.words, *pair)
                found += _correlations(what, "draws", draws, over_subjects(own, endpoint.statistic)[None])
                if endpoint.of_subjects:
                    found += _correlations(what, "subjects", people, own)
    return tuple(found)


def _correlations(what: tuple[str, str, str, str], over: str, parameters: _Parameters, values: Floats) -> list[Sensitivity]:
    """Return the correlations of (groups, points) differences: points are ranked within their group."""
    present = ~np.isnan(values)
    count = int(np.count_nonzero(present))
    if not parameters.names or count < FEWEST:
        return []
    found = _standard_ranks(values[:, :, None])[:, 0] @ parameters.ranks(present)
    order = [at for at in np.argsort(-np.abs(found), kind="stable") if not np.isnan(found[at])]
    return [Sensitivity(*what, parameters.names[at], over, float(np.clip(found[at], -1.0, 1.0)), count) for at in order]


class _Parameters:
    """Parameters (groups, points, parameters). Their ranks are cached: the next contrast mostly has the same points."""

    def __init__(self, names: tuple[str, ...], values: Floats) -> None:
        self.names, self._values = names, values
        self._points, self._ranks = np.zeros(0, bool), np.empty((0, 0))

    def ranks(self, points: np.ndarray) -> Floats:
        """Return the standard ranks of the parameters among the given points (a mask)."""
        if not np.array_equal(points, self._points):
            self._points = points
            self._ranks = _standard_ranks(np.where(points[:, :, None], self._values, np.nan))
        return self._ranks


def _standard_ranks(values: Floats) -> Floats:
    """Return average ranks within each group of (groups, points, columns), centred there, groups laid end to end and each
    column of length 1, so that products are correlations; 0 where a value is missing, NaN where a column never varies.
    """
    import pandas as pd

    missing = np.isnan(values)
    columns = pd.DataFrame(values.swapaxes(0, 1).reshape(values.shape[1], -1))
    ranks = columns.rank().to_numpy().reshape(values.shape[1], len(values), -1).swapaxes(0, 1)
    counts = np.maximum((~missing).sum(axis=1, keepdims=True), 1)
    centred = np.where(missing, 0.0, ranks - np.where(missing, 0.0, ranks).sum(axis=1, keepdims=True) / counts)
    flat = centred.reshape(-1, values.shape[2])
    length = np.sqrt((flat**2).sum(axis=0))
    return np.asarray(flat / np.where(length > 0, length, np.nan))

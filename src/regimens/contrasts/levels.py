"""Levels: the population statistic of each of several arms in each draw, over the same subjects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from regimens.contrasts.outcomes import Outcomes
from regimens.endpoints import Endpoint
from regimens.statistics import over_subjects


def levels(outcomes: Outcomes, model: str, endpoint: Endpoint, arms: Sequence[str]) -> np.ndarray:
    """Return the median (mean for shares) over subjects of each arm and draw: (arms, draws).

    Subjects that are missing in one arm are left out of all, so that arms differ by their doses and not by who is counted.
    An arm without any value is missing (NaN) and takes nobody out.
    """
    values = [outcomes.of(model, arm, endpoint) for arm in arms]
    missing = [np.isnan(each) for each in values]
    counted = [each for each in missing if not each.all()]
    out = np.logical_or.reduce(counted) if counted else np.zeros_like(missing[0])
    if out.any():
        values = [np.where(out, np.nan, each) for each in values]
    return np.stack([over_subjects(each, endpoint.statistic) for each in values])


def groups(variants: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the arms of each variant from a mapping arm -> variant, in the order of the mapping."""
    return {name: tuple(arm for arm in variants if variants[arm] == name) for name in dict.fromkeys(variants.values())}

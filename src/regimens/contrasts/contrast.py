"""Contrasts: one arm against another, subject by subject, with how sure the parameter draws are of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.outcomes import Outcomes
from regimens.endpoints import Endpoint
from regimens.statistics import over_draws, over_subjects, prediction_interval

if TYPE_CHECKING:
    import pandas as pd

Pair = tuple[str, str]

EQUAL = 1e-5
"""Values this close, relative to the larger, are equal: arms with the same doses up to a time differ by up to 4e-7 before it,
because the integration steps towards different doses; every draw would call one of them better."""

CONTRASTS = (
    "model", "endpoint", "arm", "against", "unit", "difference", "difference_low", "difference_high", "ratio", "ratio_low",
    "ratio_high", "subject_low", "subject_high", "probability", "better_off", "n", "draws",
)  # fmt: skip
"""Columns of the contrasts."""


def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return where two values differ by no more than the integration can err; False where one is missing.

    Infinite values are alike where they are equal: neither subject got there.
    """
    with np.errstate(invalid="ignore"):
        near = np.abs(one - other) <= EQUAL * np.maximum(np.abs(one), np.abs(other))
    return np.where(np.isinf(one) | np.isinf(other), one == other, near)


def differences(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return `one` - `other`, exactly 0 where they are alike, missing where either is."""
    with np.errstate(invalid="ignore"):
        difference = one - other
    difference[alike(one, other)] = 0.0
    return difference


def paired(outcomes: Outcomes, model: str, endpoint: Endpoint, arm: str, against: str) -> np.ndarray:
    """Return the population statistic of `arm` - `against` in each draw: (draws,), missing where no subject has both."""
    difference = differences(outcomes.of(model, arm, endpoint), outcomes.of(model, against, endpoint))
    return over_subjects(difference, endpoint.statistic)


def sign(endpoint: Endpoint) -> float:
    """Return 1 where higher is better, -1 where lower is, and missing (NaN) where the endpoint has no direction."""
    return {"higher": 1.0, "lower": -1.0}.get(endpoint.better, float("nan"))


def share_better(difference: np.ndarray, endpoint: Endpoint) -> float:
    """Return the share of differences (any shape) that favour the first arm, ties half; missing without a direction."""
    present = difference.size - np.count_nonzero(np.isnan(difference))
    if not endpoint.better or not present:
        return float("nan")
    favours = np.count_nonzero(difference * sign(endpoint) > 0)
    return (favours + 0.5 * np.count_nonzero(difference == 0)) / present


def probability(by_draw: np.ndarray, endpoint: Endpoint) -> float:
    """Return the probability that the first arm beats the second: the share of draws that favour it, ties half.

    Missing (NaN) without a direction, and with fewer than two draws: one set of parameters says nothing of certainty.
    """
    if np.count_nonzero(~np.isnan(by_draw)) < 2:
        return float("nan")
    return share_better(by_draw, endpoint)


def contrasts(outcomes: Outcomes, pairs: Sequence[Pair]) -> pd.DataFrame:
    """Return every pair (arm, against) on every endpoint under every model, as rows of the columns CONTRASTS.

    A subject without both values is left out of the pair in that draw, a draw without such subjects altogether; `n` and
    `draws` count what is left. `difference` is the median over draws of the population statistic of arm - against, with its
    90 % confidence interval; `ratio` likewise of arm / against (of the two means where a subject is 0 or 1): alike values have
    the ratio 1, a ratio to 0 counts as endless and is missing where it would have to be shown. `subject_low` to
    `subject_high` is the 90 % prediction interval of the difference, `better_off` the share of subjects better off, ties
    half. Endpoints that no arm has under a model have no rows.
    """
    import pandas as pd

    rows = [
        _row(outcomes, model, endpoint, pair)
        for model in outcomes.models
        for endpoint in outcomes.endpoints
        if outcomes.knows(model, endpoint)
        for pair in pairs
    ]
    return pd.DataFrame(rows, columns=list(CONTRASTS))


def _row(outcomes: Outcomes, model: str, endpoint: Endpoint, pair: Pair) -> tuple[object, ...]:
    one, other = (outcomes.of(model, arm, endpoint) for arm in pair)
    difference = differences(one, other)
    by_draw = over_subjects(difference, endpoint.statistic)
    return (
        model,
        endpoint.words,
        *pair,
        outcomes.unit(model, endpoint),
        *over_draws(by_draw),
        *over_draws(_ratios(one, other, difference, endpoint.statistic)),
        *prediction_interval(difference),
        probability(by_draw, endpoint),
        share_better(difference, endpoint),
        int(np.count_nonzero(~np.isnan(difference))),
        int(np.count_nonzero(~np.isnan(by_draw))),
    )


def _ratios(one: np.ndarray, other: np.ndarray, difference: np.ndarray, statistic: str) -> np.ndarray:
    """Return one ratio a draw: the median over subjects, or the ratio of the two means over the same subjects."""
    if statistic == "mean":
        missing = np.isnan(difference)
        over, under = (over_subjects(np.where(missing, np.nan, values), "mean") for values in (one, other))
        return _quotient(over, under, differences(over, under))
    return over_subjects(_quotient(one, other, difference), statistic)


def _quotient(one: np.ndarray, other: np.ndarray, difference: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 1.0, one / other)

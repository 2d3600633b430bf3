"""Contrasts: one arm against another, subject by subject, and how probable the parameter draws make a difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.statistics import Floats, over_draws, over_subjects, prediction_interval
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Outcomes
    from regimens.endpoints import Endpoint

Pair = tuple[str, str]

EQUAL = 1e-5
"""Relative difference up to which two values are equal. Arms with the same doses up to some time differ by up to 4e-7 before it,
because the integration steps towards different doses; without the limit every draw would call one of them better."""


_ROUNDING = 1e-12
"""A difference of 5 % may fall short of 0.05 in its last digits."""


@dataclass(frozen=True)
class Contrast:
    """One arm against another on one endpoint under one model; NaN where a number is missing.

    `probability` counts draws that favour neither arm as half; `better`, `equal` and `worse` count them apart.
    """

    model: str = column("model")
    endpoint: str = column("endpoint, in the words of the scenario")
    arm: str = column("the first arm")
    against: str = column("the arm it is held against")
    unit: str = column("unit of the differences")
    difference: float = column("arm - against: median over draws of the population statistic of the paired differences", "unit")
    difference_low: float = column("lower end of its 90 % confidence interval", "unit")
    difference_high: float = column("upper end of its 90 % confidence interval", "unit")
    ratio: float = column(
        "arm / against: median over draws (of the two means for a share); 1 where both are equal; missing for an SMD", "1"
    )
    ratio_low: float = column("lower end of its 90 % confidence interval", "1")
    ratio_high: float = column("upper end of its 90 % confidence interval", "1")
    subject_low: float = column(
        "lower end of the 90 % prediction interval of one subject's difference; missing for an SMD", "unit"
    )
    subject_high: float = column("upper end of it; missing for an SMD", "unit")
    probability: float = column("probability that arm beats against: share of draws, equal draws half", "1")
    better_off: float = column("share of subjects better off with arm, equal ones half; missing for an SMD", "1")
    n: int = column("subjects with a value in both arms, over all draws; of an SMD, virtual trials")
    draws: int = column("draws with at least one of these")
    better: float = column("share of draws in which arm is better", "1")
    equal: float = column("share of draws in which both are equal", "1")
    worse: float = column("share of draws in which arm is worse", "1")
    relevantly_better: float = column("share of draws in which arm is better by at least the relevant difference", "1")
    relevantly_worse: float = column("share of draws in which arm is worse by at least the relevant difference", "1")
    prior: float = column(
        "probability before any data: the same under the priors of the model, for the typical subject; blank where there is none",
        "1",
        default=float("nan"),
    )


CONTRASTS = table_of("contrasts", "model, endpoint and pair of arms", Contrast)


def alike(one: Floats, other: Floats) -> np.ndarray:
    """Return where two values are equal as far as the integration can tell; False where one is missing."""
    with np.errstate(invalid="ignore"):
        close = np.abs(one - other) <= EQUAL * np.maximum(np.abs(one), np.abs(other))
    return np.asarray((one == other) | (close & np.isfinite(one) & np.isfinite(other)))


def differences(one: Floats, other: Floats) -> Floats:
    """Return `one` - `other`: exactly 0 where they are equal, missing where either is."""
    with np.errstate(invalid="ignore"):
        difference = np.asarray(one - other)
    difference[alike(one, other)] = 0.0
    return difference


def paired(outcomes: Outcomes, model: str, endpoint: Endpoint, arm: str, against: str) -> Floats:
    """Return the population statistic of `arm` - `against` in each draw: (draws,), missing where no subject has both."""
    difference = differences(outcomes.of(model, arm, endpoint), outcomes.of(model, against, endpoint))
    return over_subjects(difference, endpoint.statistic)


def sign(endpoint: Endpoint) -> float:
    """Return 1 where higher is better, -1 where lower is, and NaN where the endpoint has no direction."""
    return {"higher": 1.0, "lower": -1.0}.get(endpoint.better, float("nan"))


@dataclass(frozen=True)
class Shares:
    """The shares of differences that favour the first arm, neither, and the second arm; NaN where there is none to count."""

    better: float
    equal: float
    worse: float


def shares(difference: Floats, endpoint: Endpoint) -> Shares:
    """Return the shares of the differences (any shape) by whom they favour; NaN without a direction."""
    present = difference.size - np.count_nonzero(np.isnan(difference))
    if not endpoint.better or not present:
        return Shares(float("nan"), float("nan"), float("nan"))
    equal, better = np.count_nonzero(difference == 0), np.count_nonzero(difference * sign(endpoint) > 0)
    return Shares(better / present, equal / present, (present - equal - better) / present)


def share_better(difference: Floats, endpoint: Endpoint) -> float:
    """Return the share of differences (any shape) that favour the first arm, ties half; NaN without a direction."""
    present = difference.size - np.count_nonzero(np.isnan(difference))
    if not endpoint.better or not present:
        return float("nan")
    favours = np.count_nonzero(difference * sign(endpoint) > 0)
    return float((favours + 0.5 * np.count_nonzero(difference == 0)) / present)


def probability(by_draw: Floats, endpoint: Endpoint) -> float:
    """Return the probability that the first arm beats the second: the share of draws that favour it, ties half.

    NaN without a direction, and with fewer than two draws: one set of parameters says nothing about certainty.
    """
    if np.count_nonzero(~np.isnan(by_draw)) < 2:
        return float("nan")
    return share_better(by_draw, endpoint)


def relevant(by_draw: Floats, one: Floats, other: Floats, least: float) -> Floats:
    """Return the differences of all draws, 0 where they are smaller than the share `least` of the larger of two values.

    Everything is (draws,): the statistic of the paired differences, and that of each arm over the subjects of the pair.
    """
    with np.errstate(invalid="ignore"):
        small = np.abs(by_draw) < (least - _ROUNDING) * np.maximum(np.abs(one), np.abs(other))
    return np.where(small, 0.0, by_draw)


def contrasts(outcomes: Outcomes, pairs: Sequence[Pair], least: float) -> tuple[Contrast, ...]:
    """Return the contrast of every pair (arm, against) on every endpoint under every model in which both arms are modelled.

    `least` is the relevant difference: a share of the larger of the two values (`Rule.difference`).

    A subject without both values is left out of the pair in that draw, a draw without such subjects altogether; `n` and
    `draws` count what is left. A ratio to 0 counts as infinite and is missing where it would have to be shown. Endpoints
    that no arm has under a model have no contrast.
    """
    return tuple(
        _contrast(outcomes, model, endpoint, pair, least)
        for model in outcomes.models
        for endpoint in outcomes.endpoints
        if outcomes.knows(model, endpoint)
        for pair in pairs
        if model in outcomes.models_of(*pair)
    )


def _contrast(outcomes: Outcomes, model: str, endpoint: Endpoint, pair: Pair, least: float) -> Contrast:
    one, other = (outcomes.of(model, arm, endpoint) for arm in pair)
    difference = differences(one, other)
    by_draw = over_subjects(difference, endpoint.statistic)
    chance = probability(by_draw, endpoint)
    counted, large = (
        shares(each, endpoint) if not np.isnan(chance) else Shares(chance, chance, chance)
        for each in (by_draw, relevant(by_draw, *_levels(one, other, difference, endpoint.statistic), least))
    )
    return Contrast(
        model,
        endpoint.words,
        *pair,
        outcomes.unit(model, endpoint),
        *over_draws(by_draw),
        # Of two SMDs a ratio says nothing: each may be 0 or negative.
        *(over_draws(_ratios(one, other, difference, endpoint.statistic)) if endpoint.of_subjects else 3 * (np.nan,)),
        *(prediction_interval(difference) if endpoint.of_subjects else 2 * (np.nan,)),
        chance,
        share_better(difference, endpoint) if endpoint.of_subjects else np.nan,
        int(np.count_nonzero(~np.isnan(difference))),
        int(np.count_nonzero(~np.isnan(by_draw))),
        counted.better,
        counted.equal,
        counted.worse,
        large.better,
        large.worse,
    )


def _levels(one: Floats, other: Floats, difference: Floats, statistic: str) -> tuple[Floats, Floats]:
    """Return the statistic of each arm in each draw, over the subjects that have a value in both."""
    missing = np.isnan(difference)
    over, under = (over_subjects(np.where(missing, np.nan, values), statistic) for values in (one, other))
    return over, under


def _ratios(one: Floats, other: Floats, difference: Floats, statistic: str) -> Floats:
    """Return one ratio a draw: the median over subjects, or the ratio of the two means over the same subjects."""
    if statistic == "mean":
        over, under = _levels(one, other, difference, statistic)
        return _quotient(over, under, differences(over, under))
    return over_subjects(_quotient(one, other, difference), statistic)


def _quotient(one: Floats, other: Floats, difference: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(difference == 0, 1.0, one / other)

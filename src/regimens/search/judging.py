"""Judging: one score of each schedule from its aim under several models and draws, and which schedules no other one beats.

Values are signed so that higher is better. All models weigh the same, and so do all draws of a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens.scenario.search import Judge, Kind

if TYPE_CHECKING:
    from regimens.statistics import Floats

Flags = np.ndarray


def mean_over_draws(values: Floats) -> Floats:
    """Return the mean over the last axis; missing values are left out, and a row without any is missing."""
    present = ~np.isnan(values)
    count = present.sum(axis=-1)
    total = np.where(present, values, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def tail_mean(values: Sequence[Floats], tail: float) -> Floats:
    """Return the mean of the worst share `tail` of all draws of all models: (schedules,) from one (schedules, draws) a model."""
    pooled = np.concatenate(values, axis=1)
    weight = np.concatenate([np.full(each.shape[1], 1.0 / (len(values) * each.shape[1])) for each in values])
    order = np.argsort(pooled, axis=1, kind="stable")
    ordered, weights = np.take_along_axis(pooled, order, axis=1), weight[order]
    before = np.cumsum(weights, axis=1) - weights
    taken = np.clip(tail - before, 0.0, weights)
    found: Floats = (np.where(taken > 0, ordered, 0.0) * taken).sum(axis=1) / taken.sum(axis=1)
    return found


def regrets(means: Floats, allowed: Flags) -> Floats:
    """Return how far each schedule falls short of the best allowed one under each model: (models, schedules), never below 0
    among the allowed; missing where a model allows none.
    """
    best = np.where(allowed & ~np.isnan(means), means, -np.inf).max(axis=1, initial=-np.inf)
    return np.where(np.isinf(best)[:, np.newaxis], np.nan, best[:, np.newaxis] - means)


def scores(judge: Judge, means: Floats, tails: Floats, allowed: Flags) -> Floats:
    """Return one score a schedule, higher is better: -inf where it is missing under a model.

    `means` are (models, schedules), `tails` the (schedules,) of `tail_mean`, `allowed` (schedules,) those that may be best.
    """
    match judge.kind:
        case Kind.MEAN:
            found = means.mean(axis=0)
        case Kind.WORST:
            found = means.min(axis=0)
        case Kind.CVAR:
            found = tails
        case Kind.REGRET:
            found = -regrets(means, allowed).max(axis=0)
    return np.where(np.isnan(found), -np.inf, found)


def ranking(score: Floats, allowed: Flags) -> np.ndarray:
    """Return the places of the allowed schedules, the best first; equal scores in the order of the space."""
    order = np.argsort(-score, kind="stable")
    return order[allowed[order] & np.isfinite(score[order])]


def front(gain: Floats, cost: Floats, allowed: Flags) -> np.ndarray:
    """Return the places of the allowed schedules that no other one beats, by rising cost: less cost is better, more gain is
    better.

    Of schedules with equal gain and cost the first one stands for all.
    """
    places = np.flatnonzero(allowed & np.isfinite(gain) & np.isfinite(cost))
    order = places[np.lexsort((places, -gain[places], cost[places]))]
    found, best = [], -np.inf
    for place in order:
        if gain[place] > best:
            found.append(place)
            best = gain[place]
    return np.array(found, dtype=np.int64)


def spread_out(places: np.ndarray) -> np.ndarray:
    """Return places in an order that covers their range evenly from the start: both ends, the middle, the quarters, and so on."""
    count = len(places)
    if count < 3:
        return places
    bits = max(1, (count - 1).bit_length())
    turned = [int(f"{place:0{bits}b}"[::-1], 2) for place in range(1 << bits)]
    order = [0, count - 1, *(place for place in turned if 0 < place < count - 1)]
    return places[order]


def in_turns(lists: Sequence[np.ndarray], most: int) -> np.ndarray:
    """Return at most `most` different places: the first of every list, then the second of every list, and so on."""
    found: dict[int, None] = {}
    for turn in range(max((len(each) for each in lists), default=0)):
        for each in lists:
            if turn < len(each) and len(found) < most:
                found.setdefault(int(each[turn]))
    return np.array(sorted(found), dtype=np.int64)

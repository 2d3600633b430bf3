"""Trials: the samples of two arms, simulated under one hypothesis, with subjects who leave and a limit of quantification."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from regimens.chance import streams, uniforms

if TYPE_CHECKING:
    from regimens.chance import Integers
    from regimens.settle.hypotheses import Hypotheses
    from regimens.statistics import Floats

OUTSIDE_NOISE, OUTSIDE_SHIFT = 2.0, 0.15
"""A truth that is none of the models: the covariance of its samples is so many times as large, and each arm is shifted with this
SD on the log scale."""

GOLDEN = 0.6180339887498949
"""The golden ratio less 1."""

NO_LIMIT = -np.inf
"""Logarithm of a limit of quantification of 0: every sample is quantified."""

BELOW = -np.inf
"""What stands for a sample below the limit of quantification."""


@dataclass(frozen=True)
class Sampling:
    """How trials are made: `subjects` of each arm, the share of them who leave, and the logarithm of the limit of quantification.

    A subject who leaves does so before any of the samples, each as likely. `seed` is that of the scenario.
    """

    subjects: int
    dropout: float
    seed: int
    limit: float = NO_LIMIT


@dataclass(frozen=True, eq=False)
class Trial:
    """The logarithms of the samples of both arms, (subjects, days) each: NaN after a subject left, BELOW under `limit`."""

    arms: tuple[Floats, Floats] = field(repr=False)
    limit: float = NO_LIMIT

    @property
    def days(self) -> int:
        """Number of sampling days."""
        return int(self.arms[0].shape[1])

    def on(self, days: Sequence[int]) -> Trial:
        """Return the same trial with only some of its sampling days."""
        first, second = (arm[:, list(days)] for arm in self.arms)
        return replace(self, arms=(first, second))


def truths(hypotheses: Hypotheses, seed: int, first: int, count: int) -> Integers:
    """Return the hypothesis that is true in each of `count` trials from `first` on, as likely as its weight: (count,).

    Trials follow each other at steps of the golden ratio from a start that is drawn, so that every model and its draws are true
    nearly as often as their weights say. The truth of a trial depends on nothing but its number.
    """
    steps = np.cumsum(hypotheses.prior)
    chance = (uniforms(seed, "truth of the first trial", 1)[0] + GOLDEN * np.arange(first, first + count)) % 1.0
    return np.asarray(np.minimum(np.searchsorted(steps, chance), len(steps) - 1), dtype=np.int64)


def trial_data(hypotheses: Hypotheses, sampling: Sampling, trial: int, truth: int, outside: bool = False) -> Trial:
    """Return the samples of trial number `trial` under a hypothesis; `outside` for a truth that is none of them."""
    first, second = (_samples(hypotheses, sampling, trial, truth, arm, outside) for arm in (0, 1))
    return Trial((first, second), sampling.limit)


def _samples(hypotheses: Hypotheses, sampling: Sampling, trial: int, truth: int, arm: int, outside: bool) -> Floats:
    days, subjects = hypotheses.days, sampling.subjects
    purpose = f"trial of {subjects}, arm {arm}"
    drawn = streams(sampling.seed, purpose, np.array([trial]), np.array([0]), subjects * (days + 2) + 1)[0]
    normal = ndtri(drawn[: subjects * days]).reshape(subjects, days)
    leaving = drawn[subjects * days : -1].reshape(2, subjects)
    covariance = hypotheses.covariance[hypotheses.model[truth], arm] * (OUTSIDE_NOISE if outside else 1.0)
    shift = OUTSIDE_SHIFT * ndtri(drawn[-1]) if outside else 0.0
    values = hypotheses.mean[truth, arm] + shift + normal @ np.linalg.cholesky(covariance).T
    seen = np.where(leaving[0] < sampling.dropout, (leaving[1] * days).astype(np.int64), days)
    values = np.where(values < sampling.limit, BELOW, values)
    return np.asarray(np.where(np.arange(days) < seen[:, np.newaxis], values, np.nan))

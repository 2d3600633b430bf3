"""Weighing: what the data of a simulated trial make of every model and parameter draw.

A hypothesis is one parameter draw of one model. Under it the logarithms of the samples of a subject are normal: their mean is
that of the draw's virtual subjects, their covariance that of the model's subjects (pooled over draws) and of the measurement.
All models weigh the same before the trial, and so do all draws of a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from regimens.chance import streams, uniforms

if TYPE_CHECKING:
    from regimens.statistics import Floats

LEAST_SIZE = 20
"""Effective number of hypotheses below which the weights of a trial are tempered, and below which nothing is reported."""

OUTSIDE_NOISE, OUTSIDE_SHIFT = 2.0, 0.15
"""A truth that is none of the models: the covariance of its samples is so many times as large, and each arm is shifted with this
SD on the log scale."""


@dataclass(frozen=True, eq=False)
class Hypotheses:
    """All parameter draws of all models for one pair of arms, on the days of one design.

    `model` (hypotheses,) numbers the models; `gain` is how much better the first arm is (its sign decides who is better, 0 for
    neither); `mean` is (hypotheses, 2, days), `covariance` (models, 2, days, days), of logarithms.
    """

    model: np.ndarray
    gain: Floats = field(repr=False)
    mean: Floats = field(repr=False)
    covariance: Floats = field(repr=False)

    @property
    def prior(self) -> Floats:
        """The weight of each hypothesis before the trial: (hypotheses,), adds up to 1."""
        counts = np.bincount(self.model)
        return np.asarray(1.0 / (np.count_nonzero(counts) * counts[self.model]))

    @property
    def better(self) -> Floats:
        """1 where the first arm is better, 0 where the second is, 0.5 where neither is: (hypotheses,)."""
        return 0.5 + 0.5 * np.sign(self.gain)

    @property
    def null(self) -> Hypotheses:
        """The same with the samples of the first arm in both: no arm differs from the other."""
        mean, covariance = (np.repeat(each[:, :1], 2, axis=1) for each in (self.mean, self.covariance))
        return replace(self, gain=np.zeros_like(self.gain), mean=mean, covariance=covariance)

    def on(self, days: Sequence[int]) -> Hypotheses:
        """Return the hypotheses on some of the days."""
        chosen = np.array(days, dtype=np.int64)
        return replace(self, mean=self.mean[:, :, chosen], covariance=self.covariance[:, :, chosen][:, :, :, chosen])


@dataclass(frozen=True, eq=False)
class Group:
    """Subjects of one arm (0 or 1) who gave the first `seen` samples: how many, their mean and their scatter about it."""

    arm: int
    seen: int
    count: int
    mean: Floats
    scatter: Floats


def log_likelihood(hypotheses: Hypotheses, groups: Sequence[Group]) -> Floats:
    """Return the logarithm of the likelihood of a trial under every hypothesis (hypotheses,), up to a constant."""
    found = np.zeros(len(hypotheses.model))
    for number in np.unique(hypotheses.model):
        mine = hypotheses.model == number
        for group in groups:
            covariance = hypotheses.covariance[number, group.arm, : group.seen, : group.seen]
            precision, (_, size) = np.linalg.inv(covariance), np.linalg.slogdet(covariance)
            away = group.mean - hypotheses.mean[mine, group.arm, : group.seen]
            squares = np.einsum("hi,ij,hj->h", away, precision, away)
            found[mine] -= 0.5 * (group.count * (squares + size) + np.sum(precision * group.scatter))
    return found


def t_test(groups: Sequence[Group], days: int, level: float = 0.05) -> bool:
    """Return whether a two-sided t-test of the last of so many samples tells two arms apart, on the logarithms.

    Subjects who left before it do not count; with fewer than two in an arm it tells nothing.
    """
    last = {group.arm: group for group in groups if group.seen == days}
    if len(last) < 2 or min(group.count for group in last.values()) < 2:
        return False
    freedom = last[0].count + last[1].count - 2
    variance = (last[0].scatter[-1, -1] + last[1].scatter[-1, -1]) / freedom
    error = np.sqrt(variance * (1 / last[0].count + 1 / last[1].count))
    return bool(abs(last[0].mean[-1] - last[1].mean[-1]) > stdtrit(freedom, 1 - level / 2) * error)


@dataclass(frozen=True)
class Weighed:
    """What a trial makes of the pair: the probability that the first arm is better, the mean gain, the effective number of
    hypotheses before tempering, and the power to which the likelihood was raised (1: not tempered).
    """

    probability: float
    gain: float
    size: float
    power: float


def weigh(hypotheses: Hypotheses, likelihood: Floats, truth: int | None = None) -> Weighed:
    """Weigh all hypotheses by the likelihood of a trial; the `truth` that made its data does not take part.

    Where fewer than LEAST_SIZE hypotheses have effective weight, the likelihood is raised to the largest power below 1 that
    leaves so many.
    """
    prior = np.log(hypotheses.prior)
    if truth is not None:
        prior[truth] = -np.inf
    weights = _weights(prior, likelihood, 1.0)
    size, power = _size(weights), 1.0
    if size < LEAST_SIZE:
        low, high = 0.0, 1.0
        for _ in range(40):
            power = 0.5 * (low + high)
            low, high = (power, high) if _size(_weights(prior, likelihood, power)) >= LEAST_SIZE else (low, power)
        power = low
        weights = _weights(prior, likelihood, power)
    return Weighed(float(weights @ hypotheses.better), float(weights @ hypotheses.gain), size, power)


def _weights(prior: Floats, likelihood: Floats, power: float) -> Floats:
    total = prior + power * likelihood
    raised = np.exp(total - total.max())
    return np.asarray(raised / raised.sum())


def _size(weights: Floats) -> float:
    return float(1.0 / np.sum(weights**2))


def truths(hypotheses: Hypotheses, trials: int, seed: int) -> np.ndarray:
    """Return the hypothesis that is true in each trial, as likely as its weight before the trial: (trials,)."""
    steps = np.cumsum(hypotheses.prior)
    chance = uniforms(seed, "truth of a trial", trials)
    return np.minimum(np.searchsorted(steps, chance), len(steps) - 1)


def trial_data(
    hypotheses: Hypotheses, subjects: int, dropout: float, seed: int, trial: int, truth: int, outside: bool = False
) -> list[Group]:
    """Return the samples of one trial of `subjects` an arm under a hypothesis; `outside` for a truth that is none of them.

    A subject who leaves, with the probability `dropout`, does so before any of the samples, each as likely.
    """
    days, made = hypotheses.mean.shape[2], []
    for arm in (0, 1):
        drawn = streams(seed, f"trial of {subjects}, arm {arm}", np.array([trial]), np.array([0]), subjects * (days + 2) + 1)[0]
        normal, leaving = (
            ndtri(drawn[: subjects * days]).reshape(subjects, days),
            drawn[subjects * days : -1].reshape(2, subjects),
        )
        covariance = hypotheses.covariance[hypotheses.model[truth], arm] * (OUTSIDE_NOISE if outside else 1.0)
        shift = OUTSIDE_SHIFT * ndtri(drawn[-1]) if outside else 0.0
        values = hypotheses.mean[truth, arm] + shift + normal @ np.linalg.cholesky(covariance).T
        seen = np.where(leaving[0] < dropout, (leaving[1] * days).astype(np.int64), days)
        for count in np.unique(seen[seen > 0]):
            chosen = values[seen == count, :count]
            mean = chosen.mean(axis=0)
            away = chosen - mean
            made.append(Group(arm, int(count), len(chosen), mean, away.T @ away))
    return made

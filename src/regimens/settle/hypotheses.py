"""Hypotheses: every parameter draw of every model, as what it says of the samples of two arms.

Under a hypothesis the logarithms of the samples of a subject are normal: their mean is that of the draw's virtual subjects, their
covariance that of the model's subjects (pooled over draws) and of the measurement. All models weigh the same before the trial,
and so do all draws of a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.verdict import reaches

if TYPE_CHECKING:
    from regimens.chance import Integers
    from regimens.contrasts.verdict import Rule
    from regimens.scenario.settle import Settle
    from regimens.statistics import Floats

FLOOR = 1e-8
"""Variance that is added to every sample, so that a sample without any spread, such as a fold at baseline, can be weighed."""


@dataclass(frozen=True, eq=False)
class Hypotheses:
    """All parameter draws of all models for one pair of arms, on the days of one design.

    `model` (hypotheses,) numbers the models; `gain` is how much better the first arm is (its sign decides who is better, 0 for
    neither); `mean` is (hypotheses, 2, days), `covariance` (models, 2, days, days), of logarithms.
    """

    model: Integers
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
    def before(self) -> float:
        """The probability that the first arm is better, before the trial."""
        return float(self.prior @ self.better)

    @property
    def regret(self) -> float:
        """The expected loss of choosing the arm with the larger mean, before the trial."""
        ahead = 1.0 if float(self.prior @ self.gain) >= 0 else -1.0
        return float(self.prior @ np.maximum(0.0, -ahead * self.gain))

    @property
    def days(self) -> int:
        """Number of sampling days."""
        return int(self.mean.shape[2])

    @property
    def null(self) -> Hypotheses:
        """The same with the samples of the first arm in both: no arm differs from the other."""
        mean, covariance = (np.repeat(each[:, :1], 2, axis=1) for each in (self.mean, self.covariance))
        return replace(self, gain=np.zeros_like(self.gain), mean=mean, covariance=covariance)

    def on(self, days: Sequence[int]) -> Hypotheses:
        """Return the hypotheses on some of the days."""
        chosen = np.array(days, dtype=np.int64)
        return replace(self, mean=self.mean[:, :, chosen], covariance=self.covariance[:, :, chosen][:, :, :, chosen])

    def agreed(self, rule: Rule) -> bool:
        """Return whether every model gives the same arm the probability of the rule among its draws in which the arms differ,
        and the arms differ in the rule's share of draws.
        """
        sides = set()
        for number in np.unique(self.model):
            gain = self.gain[self.model == number]
            differ, ahead = int(np.count_nonzero(gain)), int(np.count_nonzero(gain > 0))
            first = ahead / max(1, differ)
            sure = reaches(max(first, 1.0 - first), rule.probability) and reaches(differ / len(gain), rule.differ)
            sides.add((first > 0.5) if sure else None)
        return len(sides) == 1 and None not in sides


def hypotheses_of(gains: Sequence[Floats], logs: Sequence[Floats], noise: Floats) -> Hypotheses:
    """Return the hypotheses of models with these gains, (draws,), and logarithms of samples, (2, days, draws, subjects), each.

    `noise` (days, days) is the covariance of what the measurement adds.
    """
    counts = [len(gain) for gain in gains]
    return Hypotheses(
        model=np.repeat(np.arange(len(counts)), counts),
        gain=np.concatenate(gains),
        mean=np.concatenate([np.moveaxis(each.mean(axis=3), 2, 0) for each in logs]),
        covariance=np.stack([_pooled(each) + noise for each in logs]),
    )


def noise_of(settle: Settle, days: Sequence[Fraction]) -> Floats:
    """Return the covariance of what measuring adds to the logarithms of samples on these days: (days, days)."""
    elapsed = np.array([float(day) for day in days])
    apart = np.abs(elapsed[:, np.newaxis] - elapsed)
    steady = np.log1p(settle.day_to_day**2) * np.exp(-apart / float(settle.correlated_days))
    return np.asarray(steady + (np.log1p(settle.assay**2) + FLOOR) * np.eye(len(elapsed)))


def _pooled(logs: Floats) -> Floats:
    """Return the covariance of the samples between the subjects of a draw, pooled over draws: (2, days, days)."""
    away = logs - logs.mean(axis=3, keepdims=True)
    degrees = max(1, logs.shape[2] * (logs.shape[3] - 1))
    return np.asarray(np.einsum("aids,ajds->aij", away, away) / degrees)

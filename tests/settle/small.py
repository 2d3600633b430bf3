"""Small hypotheses and scenarios of trials, with closed forms."""

from __future__ import annotations

import numpy as np

from regimens.scenario import Scenario
from regimens.settle.hypotheses import Hypotheses

TEXT = """\
title: Which trial settles it
models: [turnover, effect_turnover]
horizon: 3 weeks
population: {subjects: 4, seed: 4, draws: 20}
arms:
  daily: {regimen: 0.5 MIU SC daily x 8}
  twice: {regimen: 2 MIU SC every 7 days x 2}
  again: {regimen: "(0.5 MIU SC daily x 4) x 2"}
  none: {regimen: no dose}
endpoints: [mean of treg_fold to 3 weeks]
settle:
  endpoint: mean of treg_fold to 3 weeks
  pairs: [[daily, twice]]
  trials: 40
  designs:
    early: {subjects: 4, days: [3, 8]}
    late: {subjects: 12, days: [21]}
"""


def scenario(*changes: tuple[str, str]) -> Scenario:
    """Return the small scenario with some of its text replaced."""
    return Scenario.from_text(changed(*changes))


def changed(*changes: tuple[str, str]) -> str:
    """Return the text of the small scenario with some of it replaced."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def one_sample(theta: object, spread: float = 0.5) -> Hypotheses:
    """Return hypotheses of one model about the mean `theta` of the first arm on one day; the second arm has the mean 0."""
    gain = np.asarray(theta, dtype=float)
    mean = np.zeros((len(gain), 2, 1))
    mean[:, 0, 0] = gain
    return Hypotheses(np.zeros(len(gain), dtype=np.int64), gain, mean, np.full((1, 2, 1, 1), spread**2))


def several_days(models: int = 2, draws: int = 40, days: int = 3) -> Hypotheses:
    """Return hypotheses of some models on some days, with means and covariances at random, the same at every call."""
    generator = np.random.default_rng(11)
    model = np.repeat(np.arange(models), draws)
    mean = generator.normal(size=(models * draws, 2, days))
    root = generator.normal(size=(models, 2, days, days))
    covariance = root @ np.swapaxes(root, 2, 3) + 0.2 * np.eye(days)
    return Hypotheses(model, mean[:, 0, 0] - mean[:, 1, 0], mean, covariance)

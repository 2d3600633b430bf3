"""Coverage: how often a confidence interval of a contrast holds the truth, when the truth is a draw of the posterior itself.

A check of the code and of nothing else: models and posterior are taken as right here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from regimens.contrasts.contrast import Pair, paired
from regimens.contrasts.outcomes import Outcomes
from regimens.scenario.values import Scenario
from regimens.statistics import over_draws
from regimens.study.tasks import Measuring, perform, runs

TRUTH_SUBJECTS = 1000
"""Subjects in whom the true contrast is taken: enough that chance moves it by a twentieth of what they differ by."""


@dataclass(frozen=True)
class Covered:
    """One contrast of one repetition: the truth and the 90 % confidence interval that was to hold it."""

    repetition: int
    model: str
    endpoint: str
    pair: Pair
    truth: float
    low: float
    high: float

    @property
    def held(self) -> bool:
        """Whether the interval holds the truth."""
        return self.low <= self.truth <= self.high


def repeat(scenario: Scenario, pairs: Sequence[Pair], repetition: int) -> Iterator[Covered]:
    """Yield every contrast of one repetition: another seed, so other draws of the posterior and other subjects.

    The scenario's draws give the intervals. The truth is one draw more, which they never see, in TRUTH_SUBJECTS subjects.
    """
    population = replace(scenario.population, seed=scenario.population.seed + repetition)
    scenario = replace(scenario, population=population)
    for place, model in enumerate(scenario.models):
        believed = _outcomes(scenario, model.name, perform(Measuring(scenario, place, 0, runs(scenario))), population.draws)
        known = replace(scenario, population=replace(population, draws=population.draws + 1, subjects=TRUTH_SUBJECTS))
        last = Measuring(known, place, population.draws * TRUTH_SUBJECTS, TRUTH_SUBJECTS)
        true = _outcomes(known, model.name, perform(last), 1)
        for endpoint in scenario.endpoints:
            for pair in pairs:
                truth = float(paired(true, model.name, endpoint, *pair)[0])
                _, low, high = over_draws(paired(believed, model.name, endpoint, *pair))
                yield Covered(repetition, model.name, endpoint.words, pair, truth, low, high)


def _outcomes(scenario: Scenario, model: str, found: dict[str, np.ndarray], draws: int) -> Outcomes:
    shape = (len(scenario.endpoints), draws, -1)
    values = {(model, arm.name): found["values"][place].reshape(shape) for place, arm in enumerate(scenario.arms)}
    return Outcomes(tuple(arm.name for arm in scenario.arms), (model,), scenario.endpoints, values)

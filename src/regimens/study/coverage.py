"""Coverage: how often a confidence interval of a contrast holds the truth, when the truth is a draw of the posterior itself.

A check of the code and of nothing else: models and posterior are taken as right here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from regimens.contrasts.contrast import Pair, paired
from regimens.contrasts.outcomes import Outcomes
from regimens.statistics import over_draws
from regimens.study.perform import perform
from regimens.study.study import Study, resolve
from regimens.study.tasks import EndpointsTask

if TYPE_CHECKING:
    from regimens.population import Population
    from regimens.scenario.values import Scenario
    from regimens.work import Result

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

    The scenario's draws give the intervals. The truth is one further draw, which the intervals never see, in TRUTH_SUBJECTS
    subjects.
    """
    given = scenario.population
    if given is None:
        raise ValueError("Coverage needs a scenario with a population.")
    population = replace(given, seed=given.seed + repetition)
    believed = _with(scenario, population)
    known = _with(scenario, replace(population, draws=population.draws + 1, subjects=TRUTH_SUBJECTS))
    for model in believed.models:
        found = _outcomes(believed, model.name, perform(EndpointsTask(believed, model.place, 0, believed.runs)), population.draws)
        last = EndpointsTask(known, model.place, population.draws * TRUTH_SUBJECTS, TRUTH_SUBJECTS)
        true = _outcomes(known, model.name, perform(last), 1)
        for endpoint in scenario.endpoints:
            for pair in pairs:
                truth = float(paired(true, model.name, endpoint, *pair)[0])
                _, low, high = over_draws(paired(found, model.name, endpoint, *pair))
                yield Covered(repetition, model.name, endpoint.words, pair, truth, low, high)


def _with(scenario: Scenario, population: Population) -> Study:
    return resolve(replace(scenario, population=population))


def _outcomes(study: Study, model: str, found: Result, draws: int) -> Outcomes:
    shape = (len(study.scenario.endpoints), draws, -1)
    values = {(model, arm.name): found["values"][arm.place].reshape(shape) for arm in study.arms}
    return Outcomes(tuple(arm.name for arm in study.arms), (model,), study.scenario.endpoints, values)

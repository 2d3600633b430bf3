"""The virtual subjects of every arm under every model and draw, and the hypotheses about pairs of arms that follow from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import differences, sign
from regimens.endpoints import parse_endpoint
from regimens.engine.trajectories import OK
from regimens.errors import RegimensError
from regimens.scenario.values import AS_WRITTEN
from regimens.settle.hypotheses import hypotheses_of, noise_of
from regimens.settle.weighing import LEAST_SIZE
from regimens.statistics import over_subjects
from regimens.study.perform import perform
from regimens.study.study import Study, resolve
from regimens.study.tasks import EndpointsTask

if TYPE_CHECKING:
    from regimens.scenario.settle import Pair, Settle
    from regimens.scenario.values import Scenario
    from regimens.settle.hypotheses import Hypotheses
    from regimens.statistics import Floats
    from regimens.study.study import StudyModel
    from regimens.work import Runner

RUNS = 500
"""Runs of a task that simulates subjects."""


def study_of(scenario: Scenario, settle: Settle) -> Study:
    """Return the study of the arms as written, with the endpoint and every sample as endpoints."""
    samples = (parse_endpoint(settle.sample(day)) for day in settle.days)
    endpoints = tuple({endpoint.words: endpoint for endpoint in (settle.endpoint, *samples)}.values())
    arms = tuple(arm for arm in scenario.arms if arm.variant == AS_WRITTEN)
    return resolve(
        replace(
            scenario, arms=arms, endpoints=endpoints, individuals=0, visits=(), trade_off=None, equalise=None, real_life=None,
            noise=None, outcomes=(), own=(),
        )
    )  # fmt: skip


def _knows(model: StudyModel, settle: Settle) -> bool:
    return None not in (model.unit_of(settle.endpoint.observable), model.unit_of(settle.observable))


@dataclass(frozen=True, eq=False)
class Simulated:
    """The simulated subjects of all arms of a study.

    `models` are those that know the endpoint and the samples, and have parameter draws. `values` are (arms, endpoints, draws,
    subjects) by the name of the model, `failed` is the number of runs whose integration failed.
    """

    settle: Settle
    study: Study
    models: Sequence[StudyModel]
    values: dict[str, Floats] = field(repr=False)
    failed: int

    def possible(self) -> list[tuple[Pair, Hypotheses]]:
        """Return every pair of arms with different doses that some model knows, with its hypotheses.

        RegimensError where there is none, or none can be weighed: why the first cannot.
        """
        found: list[tuple[Pair, Hypotheses]] = []
        refused: list[RegimensError] = []
        for pair in combinations([arm.name for arm in self.study.arms], 2):
            if pair in self.study.same_doses or not all(self.study.arm(name).drugs for name in pair) or not self._known(pair):
                continue
            try:
                found.append((pair, self.hypotheses(pair)))
            except RegimensError as error:
                refused.append(error)
        if found:
            return found
        if refused:
            raise refused[0]
        raise RegimensError("No two arms with different doses are modelled together. Name other arms, or 'pairs'.")

    def hypotheses(self, pair: Pair) -> Hypotheses:
        """Return every draw of the models that know both arms, on all days of all designs."""
        known = [values for _, values in self._known(pair)]
        if not known:
            raise RegimensError(f"No model knows both '{pair[0]}' and '{pair[1]}', the endpoint and the samples.")
        draws = sum(values.shape[2] for values in known)
        if draws - 1 < LEAST_SIZE:
            raise RegimensError(
                f"The models have {draws} parameter draws in all; {LEAST_SIZE + 1} are needed to weigh them. Add draws."
            )
        noise = noise_of(self.settle, self.settle.days)
        return hypotheses_of([self._gain(values) for values in known], [self._logs(values) for values in known], noise)

    def models_of(self, pair: Pair) -> list[str]:
        """Return the names of the models of the hypotheses of a pair, in their order."""
        return [model.name for model, _ in self._known(pair)]

    def _known(self, pair: Pair) -> list[tuple[StudyModel, Floats]]:
        """Return the values of both arms under each model that knows both: (2, endpoints, draws, subjects)."""
        arms = [self.study.arm(name).place for name in pair]
        return [(model, self.values[model.name][arms]) for model in self.models if set(arms) <= set(model.modelled)]

    def _gain(self, values: Floats) -> Floats:
        """Return how much better the first arm is in each draw: (draws,), 0 where the two cannot be told apart."""
        endpoint = self.settle.endpoint
        return np.nan_to_num(sign(endpoint) * over_subjects(differences(values[0, 0], values[1, 0]), endpoint.statistic))

    def _logs(self, values: Floats) -> Floats:
        """Return the logarithms of the samples: (2, days, draws, subjects). RegimensError for a sample that is not above 0."""
        words = [endpoint.words for endpoint in self.study.measured]
        samples = values[:, [words.index(self.settle.sample(day)) for day in self.settle.days]]
        if not np.all(samples > 0):
            raise RegimensError(
                f"'{self.settle.observable}' is 0 or missing at some sample, and trials are simulated on its logarithm. "
                "Sample another observable, or on other days."
            )
        return np.asarray(np.log(samples))


def simulate_subjects(settle: Settle, study: Study, done: Runner, chunk: int | None) -> Simulated:
    """Simulate the subjects of all arms under all models; `chunk` is the number of runs of a task."""
    each, shape = chunk or RUNS, (len(study.arms), len(study.measured), study.runs)
    work = [
        EndpointsTask(study, model.place, first, min(each, study.runs - first))
        for model in study.models
        for first in range(0, study.runs, each)
    ]
    values, failed = {model.place: np.full(shape, np.nan) for model in study.models}, 0
    for task, found in done(perform, work):
        values[task.model][:, :, task.first : task.first + task.count] = found["values"]
        failed += int((found["status"] != OK).sum())
    by_draw = {model.name: values[model.place].reshape(*shape[:2], -1, study.cohort.subjects) for model in study.models}
    models = [model for model in study.models if _knows(model, settle) and model.uncertain]
    return Simulated(settle, study, models, by_draw, failed)

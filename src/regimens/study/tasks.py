"""Tasks: the simulation of a study cut into parts that do not depend on each other.

A task is a value that any process can do (`perform`). Its numbers do not depend on how the runs are cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regimens.study.priors import before_data
from regimens.study.trials import checked_bins, runs_of_trials, trial_count

if TYPE_CHECKING:
    from regimens.study.study import Study, StudyModel

LEAST_RUNS, MOST_RUNS, PARTS = 200, 4000, 20
"""Least and most runs of a task, and into how many tasks a model's runs are cut between these: few large tasks spend less time
outside the engine, many small ones keep more processors busy and lose less when a run is stopped."""


@dataclass(frozen=True)
class EndpointsTask:
    """Task: the endpoints of every arm under one model, for `count` runs from run `first` on."""

    study: Study = field(repr=False)
    model: int
    first: int
    count: int

    @property
    def key(self) -> str:
        """The name of the task, unique in its study."""
        return f"endpoints-{self.model}-{self.first}-{self.count}"


@dataclass(frozen=True)
class BandsTask:
    """Task: the bands of every observable of every arm under one model, on the grid of the scenario."""

    study: Study = field(repr=False)
    model: int

    @property
    def key(self) -> str:
        """The name of the task, unique in its study."""
        return f"bands-{self.model}"

    @property
    def arms(self) -> list[int]:
        """Places of the arms whose bands differ, in the order of the results."""
        return sorted({self.study.arms[place].twin for place in self.study.models[self.model].modelled})


@dataclass(frozen=True)
class TrialsTask:
    """Task: the percentiles of `count` simulated trials of one arm under one model, from trial `first` on."""

    study: Study = field(repr=False)
    model: int
    arm: int
    first: int
    count: int

    @property
    def key(self) -> str:
        """The name of the task, unique in its study."""
        return f"trials-{self.model}-{self.arm}-{self.first}-{self.count}"


@dataclass(frozen=True)
class DecisionsTask:
    """Task: the doses and decisions of the first subjects of one arm with rules under one model, and the check of its ledger."""

    study: Study = field(repr=False)
    model: int
    arm: int

    @property
    def key(self) -> str:
        """The name of the task, unique in its study."""
        return f"decisions-{self.model}-{self.arm}"


@dataclass(frozen=True)
class FixedTask:
    """Task: the endpoints of one arm with rules if all doses of its drug were the planned ones times `factor`, as an
    EndpointsTask has them.
    """

    study: Study = field(repr=False)
    model: int
    arm: int
    factor: float
    first: int
    count: int

    @property
    def key(self) -> str:
        """The name of the task, unique in its study."""
        return f"fixed-{self.model}-{self.arm}-{self.factor!r}-{self.first}-{self.count}"


@dataclass(frozen=True)
class PriorTask:
    """Task: the endpoints of the typical subject in every draw of the priors of one model of a study `before_data`."""

    study: Study = field(repr=False)
    model: int

    @property
    def key(self) -> str:
        """The name of the task, unique in its study."""
        return f"prior-{self.model}"


Task = EndpointsTask | BandsTask | TrialsTask | DecisionsTask | FixedTask | PriorTask


def tasks(study: Study, chunk: int | None = None) -> list[Task]:
    """Return all tasks of a study, in the same order always.

    A task has at most `chunk` runs, if not given a number that suits the study: see LEAST_RUNS.
    """
    chunk = chunk or _chunk(study)
    # The longest first, so that no thread waits for the last one.
    made: list[Task] = [BandsTask(study, model.place) for model in study.models if model.modelled]
    before = before_data(study)
    made += [PriorTask(before, model.place) for model in before.models] if before is not None else []
    for model in study.models:
        made += [
            EndpointsTask(study, model.place, first, min(chunk, study.runs - first)) for first in range(0, study.runs, chunk)
        ]
        made += _trials_tasks(study, model, chunk)
        made += [DecisionsTask(study, model.place, place) for place in model.modelled if study.arms[place].guide is not None]
    return made


def fixed_tasks(study: Study, factors: Mapping[tuple[int, int], float], chunk: int | None = None) -> list[Task]:
    """Return the tasks that give arms with rules at fixed doses: `factors` by (place of the model, place of the arm)."""
    chunk = chunk or _chunk(study)
    return [
        FixedTask(study, model, arm, factor, first, min(chunk, study.runs - first))
        for (model, arm), factor in factors.items()
        for first in range(0, study.runs, chunk)
    ]


def _chunk(study: Study) -> int:
    return min(max(-(-study.runs // PARTS), LEAST_RUNS), MOST_RUNS)


def _trials_tasks(study: Study, model: StudyModel, chunk: int) -> Iterator[TrialsTask]:
    """Yield the tasks of own values that are checked, whole trials each."""
    for arm in (study.arms[place] for place in model.modelled):
        if bins := checked_bins(study, model, arm):
            each, count = max(1, chunk // len(runs_of_trials(study, arm, bins, 0, 1))), trial_count(study, arm)
            for first in range(0, count, each):
                yield TrialsTask(study, model.place, arm.place, first, min(each, count - first))

"""The endpoints of a study alone: what a comparison simulates, without its curves and pages."""

from __future__ import annotations

import contextlib
from concurrent.futures import Executor
from typing import TYPE_CHECKING

import numpy as np

from regimens.study.collect import Collected, outcomes_of
from regimens.study.perform import perform
from regimens.study.tasks import EndpointsTask
from regimens.work import local, run

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Outcomes
    from regimens.study.study import Study

CHUNK = 1000
"""Runs of a task; the numbers do not depend on it."""


def simulated(study: Study, executor: Executor | None = None) -> Outcomes:
    """Return the endpoints of every arm under every model, with the same subjects and draws as a comparison of the study.

    `executor` does the work, threads of this process if not given.
    """
    work = [
        EndpointsTask(study, model.place, first, min(CHUNK, study.runs - first))
        for model in study.models
        if model.modelled
        for first in range(0, study.runs, CHUNK)
    ]
    shape = (len(study.measured), study.cohort.draws, study.cohort.subjects)
    values = {
        (model.name, study.arms[place].name): np.full((len(study.measured), study.runs), np.nan)
        for model in study.models
        for place in model.modelled
    }
    with (
        contextlib.nullcontext(executor) if executor is not None else local() as workers,
        contextlib.closing(run(perform, work, workers)) as results,
    ):
        for task, found in zip(work, results, strict=True):
            model = study.models[task.model]
            for place in model.modelled:
                values[model.name, study.arms[place].name][:, task.first : task.first + task.count] = found["values"][place]
    by_draw = {key: found.reshape(shape) for key, found in values.items()}
    return outcomes_of(study, Collected(by_draw, {}, {}, {}, (0, 0)))

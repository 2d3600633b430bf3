"""One run: subjects and output times in, results out. `simulate` and the search for a steady state both go through here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.blocks import Programme, Results, Subjects, blocks, integrate
from regimens.engine.kernel import kernel_of, measuring_of
from regimens.engine.measures import Measures

if TYPE_CHECKING:
    from regimens.engine.trajectories import Floats, Integers, Tolerances
    from regimens.model.compile import CompiledModel

NO_MEASURES = Measures.of(())


@dataclass(frozen=True)
class Settings:
    """How to integrate: tolerances, and the number of threads (None: one for each processor)."""

    tolerances: Tolerances
    threads: int | None

    @property
    def workers(self) -> int:
        """The number of threads."""
        return self.threads or _processors()


def run(
    compiled: CompiledModel,
    subjects: Subjects,
    output_time: Floats,
    chosen: Integers,
    settings: Settings,
    measures: Measures = NO_MEASURES,
) -> Results:
    """Integrate all subjects. `output_time` is (1 or subjects, times) in model time, `chosen` are places of readouts."""
    results = Results.of(subjects.people.subjects, output_time.shape[1], len(compiled.states), chosen, measures)
    if output_time.shape[1]:
        measuring = measuring_of(compiled, measures) if measures.measures else None
        numbers = measures.numbers(compiled.hours_per_time)
        programme = Programme(kernel_of(compiled), measuring, numbers, settings.tolerances, compiled.hours_per_time)
        for block in blocks(compiled, programme.kernel, subjects, np.ascontiguousarray(output_time)):
            integrate(programme, block, results, settings.workers)
    return results


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

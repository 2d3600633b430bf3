"""Simulate: subjects, doses and times in, trajectories out."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regimens.engine.job import Job
from regimens.engine.kernel import Kernel, kernel_of
from regimens.engine.timeline import Timeline, read_doses, timeline
from regimens.engine.trajectories import OK, Statistics, Tolerances, Trajectories
from regimens.errors import ModelError, did_you_mean
from regimens.model.compile import CompiledModel
from regimens.model.parameters import Parameters
from regimens.regimen.events import DoseEvents

BLOCK_ACTIONS = 1 << 20
"""Subjects are integrated in blocks whose timelines have at most about so many actions: 24 MB of working memory."""

LOOK_UP_S = 0.1
"""How often the waiting thread looks up, so that Ctrl-C is heard on every system."""


def simulate(
    compiled: CompiledModel,
    parameters: Parameters,
    events: DoseEvents | Sequence[DoseEvents],
    times_h: np.ndarray | Sequence[float],
    *,
    observables: Sequence[str] | None = None,
    tolerances: Tolerances = Tolerances(),  # noqa: B008 - a frozen value
    threads: int | None = None,
) -> Trajectories:
    """Integrate every subject and return the wanted quantities at the wanted times.

    `events` are the doses of all subjects, or one set for each. `times_h` is (times,), or (subjects, times) for times of
    each subject's own: hours from 0, ascending, repeats allowed; at the time of a dose the value is the one just before it.
    Nothing happens after the last time. `observables` may name any of `compiled.readouts`, which are the model's observables
    and then its states; all observables if not given. Doses per kg and per m2 meet `parameters`. Results do not depend on
    `threads` (as many as there are processors, if not given), on the other subjects, or on their order.

    A subject that cannot be integrated has a status and values that are not numbers from where it stopped; nothing is raised.
    Raises ModelError for parameters, observables or doses that the model does not have, ValueError for arrays of wrong shape.
    """
    values = _values(compiled, parameters)
    times = _times(times_h, parameters.subjects)
    names = tuple(compiled.observables if observables is None else observables)
    doses = read_doses(compiled, events, parameters.subjects)
    results = _Results.of(parameters.subjects, times.shape[1], _chosen(compiled, names))
    kernel, clock = kernel_of(compiled), np.ascontiguousarray(times / compiled.hours_per_time)
    workers = threads or _processors()
    size = max(1024, BLOCK_ACTIONS // (3 * doses.time_h.shape[1] + 1))
    for first in range(0, parameters.subjects if times.shape[1] else 0, size):
        rows = slice(first, min(first + size, parameters.subjects))
        table = kernel.table(values[rows])
        end = np.broadcast_to(clock[rows if len(clock) > 1 else slice(None), -1], (len(table),))
        plan = timeline(compiled, parameters[rows], doses[rows], table, end)
        states = np.where(plan.sound[:, np.newaxis], table[:, : len(compiled.states)], np.nan)
        block = _Block(values[rows], np.ascontiguousarray(states), plan, clock[rows] if len(clock) > 1 else clock)
        _integrate(kernel, block, results, rows, tolerances, workers)
    return results.trajectories(times_h, times, names, compiled.hours_per_time)


def _values(compiled: CompiledModel, parameters: Parameters) -> np.ndarray:
    for name in parameters.names:
        if name not in compiled.parameters:
            raise ModelError(
                f"Model '{compiled.model.name}' has no parameter '{name}'. {did_you_mean(name, compiled.parameters)}"
            )
    for name in compiled.parameters:
        if name not in parameters.names:
            raise ModelError(f"Parameter '{name}' of model '{compiled.model.name}' has no value.")
    order = [parameters.names.index(name) for name in compiled.parameters]
    return np.ascontiguousarray(parameters.values[:, order], dtype=np.float64)


def _times(times_h: np.ndarray | Sequence[float], subjects: int) -> np.ndarray:
    times = np.atleast_2d(np.asarray(times_h, dtype=np.float64))
    if times.ndim != 2 or (np.ndim(times_h) == 2 and len(times) != subjects):
        raise ValueError(f"times_h has shape {np.shape(times_h)}; (times,) or ({subjects}, times) is accepted.")
    if not np.all(np.isfinite(times)) or np.any(times < 0.0) or np.any(np.diff(times, axis=1) < 0.0):
        raise ValueError("times_h must be finite hours from 0, ascending.")
    return times


def _chosen(compiled: CompiledModel, names: tuple[str, ...]) -> np.ndarray:
    for name in names:
        if name not in compiled.readouts:
            advice = did_you_mean(name, compiled.readouts)
            raise ModelError(f"Model '{compiled.model.name}' has no observable or state '{name}'. {advice}")
    return np.array([compiled.readouts.index(name) for name in names], dtype=np.int64)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class _Block:
    """What some subjects are integrated from."""

    values: np.ndarray
    initial: np.ndarray
    plan: Timeline
    clock: np.ndarray


@dataclass(frozen=True)
class _Results:
    """What the driver fills in, for all subjects."""

    chosen: np.ndarray
    out: np.ndarray
    status: np.ndarray
    accepted: np.ndarray
    rejected: np.ndarray
    written: np.ndarray
    stopped: np.ndarray

    @classmethod
    def of(cls, subjects: int, times: int, chosen: np.ndarray) -> _Results:
        counts = (np.zeros(subjects, dtype=np.int64) for _ in range(4))
        return cls(chosen, np.empty((subjects, times, len(chosen))), *counts, np.zeros(subjects))

    def trajectories(
        self, times_h: np.ndarray | Sequence[float], times: np.ndarray, names: tuple[str, ...], hours_per_time: float
    ) -> Trajectories:
        """Return the results with blanks where a subject had stopped."""
        failed = np.flatnonzero(self.status != OK)
        for subject in failed:
            self.out[subject, self.written[subject] :] = np.nan
        last = times[:, -1] if times.shape[1] else np.zeros(1)
        return Trajectories(
            times if np.ndim(times_h) == 2 else times[0],
            names,
            self.out,
            self.status,
            np.where(self.status == OK, last, self.stopped * hours_per_time),
            Statistics(int(self.accepted.sum()), int(self.rejected.sum()), len(failed)),
        )


def _integrate(
    kernel: Kernel, block: _Block, results: _Results, rows: slice, tolerances: Tolerances, workers: int
) -> None:
    """Integrate one block on several threads. On Ctrl-C the threads are halted before it is passed on."""
    counters = np.zeros(2, dtype=np.int64)
    arrays = {
        "values": block.values,
        "initial": block.initial,
        "action_time": block.plan.time,
        "action_target": block.plan.target,
        "action_value": block.plan.value,
        "output_time": block.clock,
        "chosen": results.chosen,
        "next": counters[:1],
        "halt": counters[1:],
    }
    arrays |= {name: getattr(results, name)[rows] for name in _FILLED}
    subjects = len(block.values)
    job = Job(
        **{name: array.ctypes.data for name, array in arrays.items()},
        subjects=subjects,
        times=block.clock.shape[1],
        columns=len(results.chosen),
        max_steps=tolerances.max_steps,
        time_stride=_stride(block.plan.time),
        target_stride=_stride(block.plan.target),
        value_stride=_stride(block.plan.value),
        output_stride=_stride(block.clock),
        rtol=tolerances.rtol,
        atol=tolerances.atol,
    )
    running = [threading.Thread(target=kernel.run, args=(job,)) for _ in range(max(1, min(workers, -(-subjects // 8))))]
    try:
        for thread in running:
            thread.start()
        for thread in running:
            while thread.is_alive():
                thread.join(LOOK_UP_S)
    finally:
        counters[1] = 1
        for thread in running:
            if thread.ident is not None:
                thread.join()


_FILLED = ("out", "status", "accepted", "rejected", "written", "stopped")


def _stride(rows: np.ndarray) -> int:
    return rows.shape[1] if len(rows) > 1 else 0

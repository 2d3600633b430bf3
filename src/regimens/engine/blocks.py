"""Subjects in blocks: what a block is integrated from, the threads that do it, and where the results go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from regimens.engine.job import Job
from regimens.engine.kernel import Kernel
from regimens.engine.timeline import Doses, Timeline, timeline
from regimens.engine.trajectories import OK, Statistics, Tolerances, Trajectories
from regimens.model.compile import CompiledModel
from regimens.model.parameters import Parameters

BLOCK_ACTIONS = 1 << 20
"""A block has so many subjects that their timelines have about so many actions at most: 24 MB of working memory."""

LEAST_BLOCK = 1024
"""But no fewer subjects than this, for the threads wait for each other at the end of a block."""

LOOK_UP_S = 0.1
"""How often the waiting thread looks up, so that Ctrl-C is heard on every system."""


@dataclass(frozen=True)
class Block:
    """Some subjects: their rows among all, parameters, initial states, actions, and output times in model time."""

    rows: slice
    values: np.ndarray
    initial: np.ndarray
    plan: Timeline
    clock: np.ndarray


@dataclass(frozen=True)
class Results:
    """What the driver fills in for all subjects; `chosen` are the places of the wanted readouts."""

    chosen: np.ndarray
    out: np.ndarray
    status: np.ndarray
    accepted: np.ndarray
    rejected: np.ndarray
    written: np.ndarray
    stopped: np.ndarray

    @classmethod
    def of(cls, subjects: int, times: int, chosen: np.ndarray) -> Results:
        """Return results with nothing in them yet."""
        counts = (np.zeros(subjects, dtype=np.int64) for _ in range(4))
        return cls(chosen, np.empty((subjects, times, len(chosen))), *counts, np.zeros(subjects))

    def trajectories(self, times_h: np.ndarray, names: tuple[str, ...], hours_per_time: float) -> Trajectories:
        """Return the results, with what is not a number from where a subject stopped."""
        failed = np.flatnonzero(self.status != OK)
        for subject in failed:
            self.out[subject, self.written[subject] :] = np.nan
        last = times_h[..., -1] if times_h.shape[-1] else 0.0
        return Trajectories(
            times_h,
            names,
            self.out,
            self.status,
            np.where(self.status == OK, last, self.stopped * hours_per_time),
            Statistics(int(self.accepted.sum()), int(self.rejected.sum()), len(failed)),
        )


def blocks(compiled: CompiledModel, kernel: Kernel, people: Parameters, doses: Doses, times_h: np.ndarray) -> Iterator[Block]:
    """Yield the subjects block by block. `times_h` is (1 or subjects, times); `people` are in the model's own order."""
    clock = np.ascontiguousarray(times_h / compiled.hours_per_time)
    size = max(LEAST_BLOCK, BLOCK_ACTIONS // (3 * doses.time_h.shape[1] + 1))
    for first in range(0, people.subjects, size):
        rows = slice(first, min(first + size, people.subjects))
        mine, my_clock = people[rows], clock if len(clock) == 1 else clock[rows]
        table = kernel.table(mine.values)
        plan = timeline(compiled, mine, doses[rows], table, np.broadcast_to(my_clock[:, -1], (len(table),)), first)
        initial = np.where(plan.sound[:, np.newaxis], table[:, : len(compiled.states)], np.nan)
        yield Block(rows, mine.values, initial, plan, my_clock)


def integrate(kernel: Kernel, block: Block, results: Results, tolerances: Tolerances, workers: int) -> None:
    """Integrate one block on several threads. On Ctrl-C the threads are halted before it is passed on."""
    counters = np.zeros(2, dtype=np.int64)
    job = _job(block, results, tolerances, counters)
    count = max(1, min(workers, -(-len(block.values) // 8)))
    running = [threading.Thread(target=kernel.run, args=(job,)) for _ in range(count)]
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


def _job(block: Block, results: Results, tolerances: Tolerances, counters: np.ndarray) -> Job:
    """Return the driver's arguments; they hold addresses only, so everything they point at has to outlive the run."""
    plan = block.plan
    arrays = {
        "values": block.values,
        "initial": block.initial,
        "action_time": plan.time,
        "action_target": plan.target,
        "action_value": plan.value,
        "output_time": block.clock,
        "chosen": results.chosen,
        "next": counters[:1],
        "halt": counters[1:],
    }
    for name in ("out", "status", "accepted", "rejected", "written", "stopped"):
        arrays[name] = getattr(results, name)[block.rows]
    return Job(
        **{name: array.ctypes.data for name, array in arrays.items()},
        subjects=len(block.values),
        times=block.clock.shape[1],
        columns=len(results.chosen),
        max_steps=tolerances.max_steps,
        time_stride=_stride(plan.time),
        target_stride=_stride(plan.target),
        value_stride=_stride(plan.value),
        output_stride=_stride(block.clock),
        rtol=tolerances.rtol,
        atol=tolerances.atol,
    )


def _stride(rows: np.ndarray) -> int:
    return rows.shape[1] if len(rows) > 1 else 0

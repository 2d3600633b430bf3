"""Blocks of subjects: their inputs as arrays, the threads that integrate them, and the results."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.engine.changes import Changes, initial_states
from regimens.engine.kernel import LEAST_SCALE, PERIOD_H, Job, Kernel, Measuring
from regimens.engine.timeline import Timeline, timeline
from regimens.engine.trajectories import OK, Floats, Integers, Statistics, Tolerances, Trajectories

if TYPE_CHECKING:
    from regimens.engine.given import Doses
    from regimens.engine.measures import Measures
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters

BLOCK_ACTIONS = 1 << 20
"""Largest number of actions in the timelines of a block, which bounds working memory to about 24 MB."""

LEAST_BLOCK = 1024
"""Smallest number of subjects in a block, whatever BLOCK_ACTIONS says: threads wait for each other at the end of a block."""

LOOK_UP_S = 0.1
"""How often the waiting thread wakes up, so that Ctrl-C takes effect on every system."""


@dataclass(frozen=True)
class Block:
    """A range of subjects: rows among all, parameters, where they start, actions, and output times in model time.

    `values` is (subjects, parameters), `output_time` (1 or subjects, times). `saved` and `resumed` are those of
    `kernel.ARRAYS`, None where no subject goes on from another one.
    """

    rows: slice
    values: Floats
    start: Start
    plan: Timeline
    output_time: Floats
    saved: Floats | None = None
    resumed: Integers | None = None


@dataclass(frozen=True)
class Results:
    """What the driver writes for all subjects; `chosen` are the places of the wanted readouts.

    `out` is (subjects, times, readouts), `measured` (subjects, columns of all measures), the other arrays are (subjects,); they
    are described at `kernel.ARRAYS`.
    """

    chosen: Integers
    out: Floats
    status: Integers
    accepted: Integers
    rejected: Integers
    written: Integers
    stopped: Floats
    measured: Floats
    end_states: Floats
    end_scales: Floats

    @classmethod
    def of(cls, subjects: int, times: int, states: int, chosen: Integers, measures: Measures) -> Results:
        """Return results before the integration."""
        status, accepted, rejected, written = np.zeros((4, subjects), dtype=np.int64)
        out = np.empty((subjects, times, len(chosen)))
        measured = np.full((subjects, measures.columns), np.nan)
        ends = np.full((2, subjects, states), np.nan)
        return cls(chosen, out, status, accepted, rejected, written, np.zeros(subjects), measured, ends[0], ends[1])

    def trajectories(self, times_h: Floats, names: tuple[str, ...], measures: Measures, hours_per_time: float) -> Trajectories:
        """Return the results, with NaN after a subject stopped."""
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
            measures.split(self.measured, hours_per_time),
            Statistics(int(self.accepted.sum()), int(self.rejected.sum()), len(failed)),
        )


@dataclass(frozen=True)
class Start:
    """Where subjects start: the `time` (subjects,) in model time, before any action at it, and `states` and `scales` (subjects,
    states) at it. What the scales were before decides on the steps to come, so a run that goes on with them is the same run.
    """

    time: Floats
    states: Floats
    scales: Floats

    @classmethod
    def at_zero(cls, states: Floats) -> Start:
        """Return a start at 0 h, where no state has a scale yet."""
        return cls(np.zeros(len(states)), states, np.full(states.shape, LEAST_SCALE))

    def __getitem__(self, rows: slice | Integers | npt.NDArray[np.bool_]) -> Start:
        """Return some subjects."""
        return Start(self.time[rows], self.states[rows], self.scales[rows])


@dataclass(frozen=True)
class Subjects:
    """Who is integrated, and what is done to them.

    `people` has the model's order of parameters. `start` is where they start, None for the model's initial states at 0 h.
    `numbers` (subjects,) are the numbers of the subjects in messages.
    """

    people: Parameters
    doses: Doses
    changes: Changes
    start: Start | None
    numbers: Integers


def blocks(compiled: CompiledModel, kernel: Kernel, subjects: Subjects, output_time: Floats) -> Iterator[Block]:
    """Yield the subjects block by block. `output_time` is (1 or subjects, times) in model time."""
    people, actions = subjects.people, 3 * subjects.doses.time_h.shape[1] + 1
    actions += (3 + len(compiled.states)) * subjects.changes.kind.shape[1]
    size = max(LEAST_BLOCK, BLOCK_ACTIONS // actions)
    for first in range(0, people.subjects, size):
        rows = slice(first, min(first + size, people.subjects))
        some, changes = people[rows], subjects.changes[rows]
        times = output_time if len(output_time) == 1 else output_time[rows]
        table = kernel.table(some.values)
        end = np.broadcast_to(times[:, -1], (len(table),))
        plan = timeline(compiled, some, subjects.doses[rows], changes, table, end, subjects.numbers[rows])
        initial = table[:, : len(compiled.states)]
        start = Start.at_zero(initial) if subjects.start is None else subjects.start[rows]
        states = np.where(plan.sound[:, np.newaxis], initial_states(changes, start.states, initial), np.nan)
        yield Block(rows, some.values, Start(*map(np.ascontiguousarray, (start.time, states, start.scales))), plan, times)


@dataclass(frozen=True)
class Programme:
    """What is run on every block: the kernel, the functions that take the measures with their numbers, the
    tolerances, and the hours in a unit of the model's time."""

    kernel: Kernel
    measuring: Measuring | None
    numbers: Floats
    tolerances: Tolerances
    hours_per_time: float


def integrate(programme: Programme, block: Block, results: Results, workers: int) -> None:
    """Integrate one block on several threads. On Ctrl-C the threads are stopped before KeyboardInterrupt is raised."""
    counters = np.zeros(2, dtype=np.int64)
    job = _job(programme, block, results, counters)
    count = max(1, min(workers, -(-len(block.values) // 8)))
    running = [threading.Thread(target=programme.kernel.run, args=(job,)) for _ in range(count)]
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


def _job(programme: Programme, block: Block, results: Results, counters: Integers) -> Job:
    """Return the driver's arguments. They hold addresses only: the caller keeps all arrays alive until the run has ended."""
    plan, measuring, tolerances = block.plan, programme.measuring, programme.tolerances
    arrays = {
        "values": block.values,
        "begin": block.start.time,
        "initial": block.start.states,
        "scales": block.start.scales,
        "action_time": plan.time,
        "action_target": plan.target,
        "action_value": plan.value,
        "output_time": block.output_time,
        "chosen": results.chosen,
        "next": counters[:1],
        "halt": counters[1:],
        "measure_numbers": programme.numbers,
    }
    for name in ("out", "status", "accepted", "rejected", "written", "stopped", "measured", "end_states", "end_scales"):
        arrays[name] = getattr(results, name)[block.rows]
    if block.saved is not None and block.resumed is not None:
        arrays |= {"saved": block.saved, "resumed": block.resumed}
    return Job(
        **{name: array.ctypes.data for name, array in arrays.items()},
        **({} if measuring is None else measuring.loaded.addresses),
        measure_slots=0 if measuring is None else measuring.slots,
        saved_slots=0 if block.saved is None else block.saved.shape[1],
        subjects=len(block.values),
        times=block.output_time.shape[1],
        columns=len(results.chosen),
        max_steps=tolerances.max_steps,
        time_stride=_stride(plan.time),
        target_stride=_stride(plan.target),
        value_stride=_stride(plan.value),
        output_stride=_stride(block.output_time),
        rtol=tolerances.rtol,
        atol=tolerances.atol,
        period=PERIOD_H / programme.hours_per_time,
    )


def _stride(rows: Floats | Integers) -> int:
    """Return the number of elements from one subject to the next, 0 where all subjects share a row."""
    return rows.shape[1] if len(rows) > 1 else 0

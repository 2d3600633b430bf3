"""Running tasks: done in any order by an executor, with results given in the order of the tasks."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.errors import RegimensError
from regimens.work.task import Progress, Result, T, Work, check_keys, no_progress

if TYPE_CHECKING:
    from regimens.work.store import Store

AHEAD = 2
"""Tasks per worker that are submitted, or finished and waiting for an earlier one. It bounds the memory."""

POLL_S = 0.1
"""How often the waiting thread wakes up, so that Ctrl-C takes effect on every system."""


def local(workers: int | None = None) -> Executor:
    """Return threads of this process, by default as many as processors: the engine and numpy release Python's lock."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return ThreadPoolExecutor(workers or processors, thread_name_prefix="regimens")


def run(
    work: Work[T],
    tasks: Sequence[T],
    executor: Executor,
    store: Store | None = None,
    progress: Progress = no_progress,
) -> Generator[Result, None, None]:
    """Have `executor` do the tasks; yield one result per task, in the order of `tasks`.

    Results that `store` has are read from it; all others are saved there as soon as they are finished. At most `AHEAD` tasks
    per worker are submitted or waiting to be yielded, so tasks are submitted only while results are consumed.

    An exception in a task, or in this thread (Ctrl-C), cancels the tasks that have not started and is raised. Raises
    RegimensError if the workers are lost, ValueError if two tasks have the same key.
    """
    check_keys(tasks)
    window = _Window(work, tasks, executor, store, progress)
    try:
        yield from window.results()
    except BrokenExecutor as error:
        raise RegimensError(f"The workers are lost: {error} {_advice(store)}") from error
    finally:
        window.cancel()


def _advice(store: Store | None) -> str:
    if store is None:
        return "No finished task was saved; start the run again."
    return "Finished tasks are saved: the same command with `--resume` continues the run."


class _Window:
    """The tasks from the first that is not yet yielded to the last that is submitted."""

    def __init__(self, work: Work[T], tasks: Sequence[T], executor: Executor, store: Store | None, progress: Progress) -> None:
        self.work, self.tasks, self.executor, self.store, self.progress = work, tasks, executor, store, progress
        self.submitted = self.finished = 0
        self.pending: dict[Future[Result], int] = {}
        self.ready: dict[int, Result] = {}

    def results(self) -> Iterator[Result]:
        self.progress(0, len(self.tasks))
        for place in range(len(self.tasks)):
            self.submit(place)
            self.collect(0.0)
            while place not in self.ready:
                self.collect(POLL_S)
            yield self.ready.pop(place)

    def submit(self, first: int) -> None:
        last = min(len(self.tasks), first + AHEAD * _workers(self.executor))
        for place in range(self.submitted, last):
            known = None if self.store is None else self.store.load(self.tasks[place].key)
            if known is None:
                self.pending[self.executor.submit(self.work, self.tasks[place])] = place
            else:
                self.finish(place, known)
            self.submitted = place + 1

    def collect(self, timeout_s: float) -> None:
        for future in sorted(wait(self.pending, timeout_s, FIRST_COMPLETED).done, key=self.pending.__getitem__):
            place = self.pending.pop(future)
            result = future.result()
            if self.store is not None:
                self.store.save(self.tasks[place].key, result)
            self.finish(place, result)

    def finish(self, place: int, result: Result) -> None:
        self.ready[place] = result
        self.finished += 1
        self.progress(self.finished, len(self.tasks))

    def cancel(self) -> None:
        for future in self.pending:
            future.cancel()


def _workers(executor: Executor) -> int:
    # Executors of the standard library have this number in a private attribute only.
    return getattr(executor, "workers", None) or getattr(executor, "_max_workers", None) or os.cpu_count() or 1


@dataclass(frozen=True)
class Runner:
    """Has tasks done by an executor, kept by a store; called with a function and its tasks it yields (task, result)."""

    executor: Executor
    store: Store | None
    progress: Progress

    def __call__(self, work: Work[T], tasks: Sequence[T]) -> Iterator[tuple[T, Result]]:
        """Yield each task with its result, in the order of the tasks."""
        with contextlib.closing(run(work, tasks, self.executor, self.store, self.progress)) as results:
            yield from zip(tasks, results, strict=True)

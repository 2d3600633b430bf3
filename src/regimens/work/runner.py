"""Tasks done in any order, and their results given in the order of the tasks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait

from regimens.errors import RegimensError
from regimens.work.store import Store
from regimens.work.tasks import Result, Task, Told, Work, check_keys

AHEAD = 2
"""Tasks for each worker that are handed out, or done and waiting for one before them; it bounds the memory."""

LOOK_UP_S = 0.1
"""How often the waiting thread looks up, so that Ctrl-C is heard on every system."""


def local(workers: int | None = None) -> Executor:
    """Return threads of this machine, as many as processors if not given: the engine and numpy let them run at once."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return ThreadPoolExecutor(workers or here, thread_name_prefix="regimens")


def run(
    work: Work,
    tasks: Sequence[Task],
    executor: Executor,
    store: Store | None = None,
    told: Told = lambda done, total: None,
) -> Iterator[Result]:
    """Have `executor` do the tasks; yield one result for each, in the order of `tasks`, whatever the order of finishing.

    Results that `store` has are taken from it, all others are kept there as soon as they are done. At most `AHEAD` tasks for
    each worker are handed out or waiting to be yielded, so the tasks go on only while the results are being taken.

    An exception in a task, or in this thread (Ctrl-C), cancels what has not begun and is raised. Raises RegimensError if the
    workers are lost, ValueError if two tasks have one key.
    """
    check_keys(tasks)
    window = _Window(work, tasks, executor, store, told)
    try:
        yield from window.results()
    except BrokenExecutor as error:
        raise RegimensError(f"The workers are lost: {error} {_advice(store)}") from error
    finally:
        window.cancel()


def _advice(store: Store | None) -> str:
    if store is None:
        return "Nothing was kept; run it again."
    return "What was finished is kept: the same command with `--resume` goes on from there."


class _Window:
    """The tasks between the first that is not yet yielded and the last that is handed out."""

    def __init__(self, work: Work, tasks: Sequence[Task], executor: Executor, store: Store | None, told: Told) -> None:
        self.work, self.tasks, self.executor, self.store, self.told = work, tasks, executor, store, told
        self.begun = self.done = 0
        self.flying: dict[Future[Result], int] = {}
        self.ready: dict[int, Result] = {}

    def results(self) -> Iterator[Result]:
        self.told(0, len(self.tasks))
        for place in range(len(self.tasks)):
            self.begin(place)
            self.take(0.0)
            while place not in self.ready:
                self.take(LOOK_UP_S)
            yield self.ready.pop(place)

    def begin(self, first: int) -> None:
        last = min(len(self.tasks), first + AHEAD * _workers(self.executor))
        for place in range(self.begun, last):
            known = None if self.store is None else self.store.load(self.tasks[place].key)
            if known is None:
                self.flying[self.executor.submit(self.work, self.tasks[place])] = place
            else:
                self.finish(place, known)
            self.begun = place + 1

    def take(self, patience_s: float) -> None:
        for future in sorted(wait(self.flying, patience_s, FIRST_COMPLETED).done, key=self.flying.__getitem__):
            place = self.flying.pop(future)
            result = future.result()
            if self.store is not None:
                self.store.save(self.tasks[place].key, result)
            self.finish(place, result)

    def finish(self, place: int, result: Result) -> None:
        self.ready[place] = result
        self.done += 1
        self.told(self.done, len(self.tasks))

    def cancel(self) -> None:
        for future in self.flying:
            future.cancel()


def _workers(executor: Executor) -> int:
    # The executors of the standard library know their number under this name only.
    return getattr(executor, "workers", None) or getattr(executor, "_max_workers", None) or os.cpu_count() or 1

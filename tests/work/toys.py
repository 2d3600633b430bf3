"""Tasks that cost nothing, and executors that finish them as a test wants it."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np

from regimens.errors import ModelError


@dataclass(frozen=True)
class Toy:
    """A task that is known by its number."""

    number: int

    @property
    def key(self) -> str:
        return f"toy {self.number}"


def toys(count):
    return [Toy(number) for number in range(count)]


def sizes(task):
    """Return arrays of several kinds and shapes that depend on the task alone."""
    rng = np.random.default_rng(task.number)
    return {
        "curve": rng.standard_normal((task.number % 4, 3)),
        "count": np.arange(task.number % 3),
        "one": np.array(np.nan if task.number % 5 == 0 else task.number / 7),
    }


def slow_sizes(task):
    time.sleep(0.02)
    return {**sizes(task), "pid": np.array(os.getpid())}


def fails(task):
    if task.number == 3:
        raise ModelError("The third task cannot be done.")
    return sizes(task)


def dies(task):
    os.kill(os.getpid(), signal.SIGKILL)


class Recorder:
    """Work that remembers which tasks it was asked for."""

    def __init__(self):
        self.numbers = []

    def __call__(self, task):
        self.numbers.append(task.number)
        return sizes(task)


class AtOnce(Executor):
    """Does every task when it is handed in."""

    def __init__(self, workers):
        self.workers = workers
        self.futures = []

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        self.futures.append(future)
        future.set_result(fn(*args, **kwargs))
        return future


class Scripted(AtOnce):
    """Does the tasks in `done` when they are handed in, fails as `errors` says for some, and leaves the others waiting."""

    def __init__(self, workers, done=(), errors=None):
        super().__init__(workers)
        self._done, self._errors = done, errors or {}

    def submit(self, fn, /, task):
        future = Future()
        self.futures.append(future)
        if task.number in self._done:
            future.set_result(fn(task))
        if task.number in self._errors:
            future.set_exception(self._errors[task.number])
        return future


class Shuffled(Executor):
    """Finishes the tasks that it has in an order drawn by chance."""

    def __init__(self, workers, seed):
        self.workers = workers
        self._rng = random.Random(seed)
        self._waiting = []
        self._changed = threading.Condition()
        self._over = False
        self._thread = threading.Thread(target=self._finish)
        self._thread.start()

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        with self._changed:
            self._waiting.append((future, fn, args))
            self._changed.notify()
        return future

    def _finish(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._over)
                if self._over:
                    return
                future, fn, args = self._waiting.pop(self._rng.randrange(len(self._waiting)))
            future.set_result(fn(*args))

    def shutdown(self, wait=True, *, cancel_futures=False):
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join()


def same(found, expected):
    """Say whether two lists of results are alike to the last bit, order of names included."""
    return [bits(result) for result in found] == [bits(result) for result in expected]


def bits(result):
    return [(name, array.dtype.str, array.shape, array.tobytes()) for name, array in result.items()]

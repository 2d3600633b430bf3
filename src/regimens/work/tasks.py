"""Tasks: what a run is cut into, and what doing one gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np

Result = dict[str, np.ndarray]
"""What doing a task gives: arrays of numbers by name, in an order that is kept."""


class Task(Protocol):
    """A value that can be pickled. Its `key` says which part of the run it is: stable text, no two tasks of a run alike."""

    @property
    def key(self) -> str:
        """The text that the task is known by, in this run and in one that goes on with it."""


T = TypeVar("T", bound=Task)

Work = Callable[[T], Result]
"""How a task is done: a function at the top of a module, so that other processes can find it by name."""

Told = Callable[[int, int], None]
"""Who is told how many tasks are done, of how many."""


def check_keys(tasks: Sequence[Task]) -> None:
    """Raise ValueError if two tasks have the same key: one would get the other's result."""
    seen: set[str] = set()
    for task in tasks:
        if task.key in seen:
            raise ValueError(f"Two tasks have the key {task.key!r}.")
        seen.add(task.key)

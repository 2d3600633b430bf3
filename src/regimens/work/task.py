"""What a run is divided into: tasks, what doing one gives, and that result as bytes.

The bytes are a heading, the SHA-256 of all that follows, one line of JSON (the key, the names of the arrays), and each array in
numpy's .npy format. A damaged file is recognised by its checksum. Equal results give equal bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Result = dict[str, npt.NDArray[Any]]
"""The result of a task: arrays of numbers by name. The order of the names is kept."""


class Task(Protocol):
    """A value that can be pickled. Its `key` identifies the task within the run: stable text, different for every task."""

    @property
    def key(self) -> str:
        """The text that identifies the task, in this run and when the run is resumed."""


T = TypeVar("T", bound=Task)

Work = Callable[[T], Result]
"""A function that does a task. It is defined at the top level of a module, so that other processes can import it."""

Progress = Callable[[int, int], object]
"""A function that is called with the number of finished tasks and the number of all tasks."""


def no_progress(finished: int, total: int) -> None:
    """Ignore the progress of a run."""


def check_keys(tasks: Sequence[Task]) -> None:
    """Raise ValueError if two tasks have the same key: one would get the other's result."""
    seen: set[str] = set()
    for task in tasks:
        if task.key in seen:
            raise ValueError(f"Two tasks have the key {task.key!r}.")
        seen.add(task.key)


HEADING = b"regimens finished task 1\n"
"""The first bytes; the number is the version of the format."""

START = len(HEADING) + hashlib.sha256().digest_size


def to_bytes(key: str, result: Result, run: str) -> bytes:
    """Return the result of the task `key` as bytes. `run` identifies the run: bytes of another run are not read back.

    Raises TypeError unless all values are arrays of booleans, integers and floats.
    """
    for name, array in result.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            raise TypeError(f"Task {key!r}: '{name}' must be an array of numbers.")
    body = io.BytesIO()
    body.write(json.dumps({"key": key, "arrays": list(result)}).encode() + b"\n")
    for array in result.values():
        np.lib.format.write_array(body, array, allow_pickle=False)
    return HEADING + _checksum(run, body.getbuffer()) + body.getbuffer()


def from_bytes(content: bytes, key: str, run: str) -> Result | None:
    """Return the result that `to_bytes` wrote for this key and run; None for bytes that are damaged or of another task or run."""
    whole = memoryview(content)
    if whole[: len(HEADING)] != HEADING or whole[len(HEADING) : START] != _checksum(run, whole[START:]):
        return None
    body = io.BytesIO(whole[START:])
    head = json.loads(body.readline())
    if head["key"] != key:
        return None
    return {name: np.lib.format.read_array(body, allow_pickle=False) for name in head["arrays"]}


def _checksum(run: str, body: memoryview[int]) -> bytes:
    digest = hashlib.sha256(run.encode() + b"\0")
    digest.update(body)
    return digest.digest()

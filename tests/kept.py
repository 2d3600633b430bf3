"""What is costly to make and wanted by many files of tests: made once in a run, whichever worker wants it first."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

FOLDER_VARIABLE = "REGIMENS_TESTS_FOLDER"
"""Environment variable that names the folder which the workers of a run share; `conftest.py` makes and removes it."""


def once(make: Callable[..., T]) -> Callable[..., T]:
    """Return `make` with a memory: its result is kept in the process, and pickled for the other workers of the run.

    Two workers that want it at the same moment both make it, and write the same file twice.
    """

    @functools.cache
    @functools.wraps(make)
    def kept(*given: object) -> T:
        folder = os.environ.get(FOLDER_VARIABLE)
        if not folder:
            return make(*given)
        name = hashlib.sha256(f"{make.__module__}.{make.__qualname__}{given!r}".encode()).hexdigest()
        file = Path(folder) / name
        with contextlib.suppress(FileNotFoundError):
            return pickle.loads(file.read_bytes())
        made = make(*given)
        written = file.with_name(f"{name}.{os.getpid()}")
        written.write_bytes(pickle.dumps(made))
        with contextlib.suppress(PermissionError):  # on Windows, while the other worker reads what it has just written itself
            written.replace(file)
        return made

    return kept

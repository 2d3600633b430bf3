"""Finished tasks on disk, from which an interrupted run is resumed."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from regimens.errors import RegimensError
from regimens.work.lock import NAME as LOCK
from regimens.work.lock import Lock, check_no_link
from regimens.work.task import Result, from_bytes, to_bytes

RUN = "run.json"
"""The file that records which run the finished tasks in a folder belong to, and when that run began."""

SUFFIX = ".task"

Fingerprint = Mapping[str, str | int | float | None]
"""Everything that the results of a run depend on, by names that a user understands."""


class Store:
    """A folder with the finished tasks of one run. Only the process that runs it reads and writes it, never a worker.

    `started` is when the run was first started. `reused` counts the finished tasks that were found and can be used, `deleted`
    those of an earlier run that were deleted. `unsaved` counts results that could not be written, `save_error` is the last
    reason; the run continues without saving them. A store is closed by `with`.
    """

    def __init__(self, folder: Path, run: str, started: datetime.datetime, lock: Lock, reused: int, deleted: int) -> None:
        self.folder, self.started, self.reused, self.deleted = folder, started, reused, deleted
        self.unsaved, self.save_error = 0, ""
        self._run, self._lock = run, lock

    @classmethod
    def open(cls, folder: Path, fingerprint: Fingerprint, resume: bool = False) -> Store:
        """Open `folder` for the run with this fingerprint, and lock it.

        With `resume` the finished tasks found there are used; if there are none, a new run starts. Without `resume` they are
        deleted. Raises RegimensError if they belong to another run (with all differences), if another process has the lock, or
        if the folder is a symbolic link; OSError if the folder cannot be written.
        """
        check_no_link(folder)
        lock = Lock.take(folder)
        try:
            now = {**fingerprint, "format of the store": 1}
            digest = hashlib.sha256(json.dumps(now, sort_keys=True).encode()).hexdigest()
            found = _read_run(folder)
            tasks = _count(folder)
            _clear_torn(folder)
            if resume and found is not None:
                _check_same(folder, found["fingerprint"], now)
                return cls(folder, digest, datetime.datetime.fromisoformat(found["began"]), lock, tasks, 0)
            _clear(folder)
            started = datetime.datetime.now().astimezone().replace(microsecond=0)
            _write_run(folder, {"began": started.isoformat(), "fingerprint": now})
            return cls(folder, digest, started, lock, 0, tasks)
        except BaseException:
            lock.release()
            raise

    @staticmethod
    def finished_result(folder: Path) -> Path | None:
        """Return the path of the result, and delete `folder`, if its run was killed after the result was written; else None.

        Raises RegimensError if the folder is a symbolic link.
        """
        check_no_link(folder)
        result = (_read_run(folder) or {}).get("result")
        if result is None or not Path(result).exists():
            return None
        lock = Lock.take(folder)
        _clear(folder)
        lock.release()
        return Path(result)

    def record_result(self, result: Path) -> None:
        """Record where the result will be written; once it exists, this folder is not needed any more. Raises OSError."""
        _write_run(self.folder, {**(_read_run(self.folder) or {}), "result": str(result.resolve())})

    def load(self, key: str) -> Result | None:
        """Return the result of the task `key`; None if it is missing or damaged."""
        try:
            return from_bytes(self._path(key).read_bytes(), key, self._run)
        except OSError:
            return None

    def save(self, key: str, result: Result) -> None:
        """Save the result of the task `key`, completely or not at all. An OSError is counted in `unsaved`, not raised."""
        try:
            _write(self._path(key), to_bytes(key, result, self._run))
        except OSError as error:
            self.unsaved += 1
            self.save_error = error.strerror or str(error)

    def count(self) -> int:
        """Return the number of finished tasks."""
        return _count(self.folder)

    def remove(self) -> None:
        """Delete the folder with all its files, once the result of the run is written, and close the store."""
        with contextlib.suppress(OSError):
            _clear(self.folder)
        self._lock.release()

    def close(self) -> None:
        """Release the lock; delete the folder if it has no finished tasks. A second call does nothing."""
        if self._lock.held and not self.count():
            with contextlib.suppress(OSError):
                _clear(self.folder)
        self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def _path(self, key: str) -> Path:
        return self.folder / (hashlib.sha256(key.encode()).hexdigest()[:32] + SUFFIX)


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.glob(f"*{SUFFIX}"))


def _read_run(folder: Path) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((folder / RUN).read_text(encoding="utf-8"))
        datetime.datetime.fromisoformat(found["began"])
        return found if isinstance(found["fingerprint"], dict) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_run(folder: Path, record: Mapping[str, object]) -> None:
    _write(folder / RUN, json.dumps(record, indent=2, ensure_ascii=False).encode() + b"\n")


def _check_same(folder: Path, there: Fingerprint, now: Fingerprint) -> None:
    def said(prints: Fingerprint, name: str) -> str:
        return repr(prints[name]) if name in prints else "nothing"

    names = [*now, *(name for name in there if name not in now)]
    other = [name for name in names if said(there, name) != said(now, name)]
    if other:
        lines = [f"  {name}: {said(there, name)} there, {said(now, name)} now" for name in other]
        first = f"{folder}: the finished tasks in this folder belong to another run and cannot be resumed. Differences:"
        last = "Leave out `--resume` to start a new run; that deletes these tasks."
        raise RegimensError("\n".join([first, *lines, last]))


def _clear_torn(folder: Path) -> None:
    """Delete partly written files of a killed process: names that start with a dot."""
    for path in folder.glob(".*"):
        # Some network file systems have files of their own here, which cannot be deleted.
        with contextlib.suppress(OSError):
            _remove(path)


def _clear(folder: Path) -> None:
    # The record is deleted first: if the process is killed here, the remaining tasks belong to no run and are not used.
    (folder / RUN).unlink(missing_ok=True)
    for path in folder.iterdir():
        if path.name != LOCK:
            _remove(path)


def _remove(path: Path) -> None:
    """Delete a file, a link (not its target), or a folder. `rmtree` does not follow links either."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _write(path: Path, content: bytes) -> None:
    """Write a file completely or not at all. The folder is not synced: after a power cut the file may be missing."""
    handle, name = tempfile.mkstemp(prefix=".", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise

"""The store: finished tasks on disk, from which a run that was broken off goes on."""

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

from regimens.errors import RegimensError
from regimens.work.done import from_bytes, to_bytes
from regimens.work.lock import NAME as LOCK
from regimens.work.lock import Lock
from regimens.work.tasks import Result

RUN = "run.json"
"""The file that says of which run a folder holds the finished tasks, and when that run began."""

SUFFIX = ".task"

Fingerprint = Mapping[str, str | int | float | None]
"""All that the results of a run depend on, by names that a user understands."""


class Store:
    """A folder with the finished tasks of one run. Only the process that runs it reads and writes here, never a worker.

    `began` is when the run began, before it was broken off for the first time; `kept` how many tasks were there already when
    the folder was opened, `dropped` how many of an earlier run were cleared away. `unsaved` counts results that the disk did
    not take, for the `trouble` it named last: the run goes on without them. A store is closed by `with`.
    """

    def __init__(self, folder: Path, run: str, began: datetime.datetime, lock: Lock, kept: int, dropped: int) -> None:
        self.folder, self.began, self.kept, self.dropped = folder, began, kept, dropped
        self.unsaved, self.trouble = 0, ""
        self._run, self._lock = run, lock

    @classmethod
    def open(cls, folder: Path, fingerprint: Fingerprint, resume: bool = False) -> Store:
        """Open `folder` for the run with this fingerprint, and lock it.

        With `resume` the tasks that are kept there count as done; where nothing is kept, a new run begins. Without it they
        are cleared away. Raises RegimensError if they are of another run (it says in what they differ) or if another process
        is at work there, OSError if the disk does not take the folder.
        """
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
            began = datetime.datetime.now().astimezone().replace(microsecond=0)
            _write_run(folder, {"began": began.isoformat(), "fingerprint": now})
            return cls(folder, digest, began, lock, 0, tasks)
        except BaseException:
            lock.release()
            raise

    @staticmethod
    def ended(folder: Path) -> Path | None:
        """Return where the result of the run in `folder` is, if it was killed after it had written that; clear the rest away."""
        result = (_read_run(folder) or {}).get("result")
        if result is None or not Path(result).exists():
            return None
        lock = Lock.take(folder)
        _clear(folder)
        lock.release()
        return Path(result)

    def ends_at(self, result: Path) -> None:
        """Note where the result is about to be: once it is there whole, this folder is of no more use. Raises OSError."""
        _write_run(self.folder, {**(_read_run(self.folder) or {}), "result": str(result.resolve())})

    def load(self, key: str) -> Result | None:
        """Return the result of the task `key`; None if it is not here whole, and has to be done."""
        try:
            return from_bytes(self._path(key).read_bytes(), key, self._run)
        except OSError:
            return None

    def save(self, key: str, result: Result) -> None:
        """Keep the result of the task `key`, all of it or nothing; a disk that does not take it is counted, not raised."""
        try:
            _write(self._path(key), to_bytes(key, result, self._run))
        except OSError as error:
            self.unsaved += 1
            self.trouble = error.strerror or str(error)

    def count(self) -> int:
        """Return how many finished tasks are here."""
        return _count(self.folder)

    def remove(self) -> None:
        """Remove the folder and all it holds, when the result of the run is written, and close the store."""
        with contextlib.suppress(OSError):
            _clear(self.folder)
        self._lock.release()

    def close(self) -> None:
        """Let other runs use the folder; it stays if it has finished tasks. A second time does nothing."""
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


def _read_run(folder: Path) -> dict | None:
    try:
        found = json.loads((folder / RUN).read_text(encoding="utf-8"))
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
        first = f"{folder}: what is kept there is of another run, and cannot be gone on with. They differ in"
        last = "Leave out `--resume` to begin anew; that clears it away."
        raise RegimensError("\n".join([first, *lines, last]))


def _clear_torn(folder: Path) -> None:
    """Remove what a process that was killed left in the middle of writing: names that start with a dot."""
    for path in folder.glob(".*"):
        # Some shared disks keep names of their own, which nobody may remove.
        with contextlib.suppress(OSError):
            _remove(path)


def _clear(folder: Path) -> None:
    # The record goes first: without it, what is left is taken for nothing at all, should the process be killed in here.
    (folder / RUN).unlink(missing_ok=True)
    for path in folder.iterdir():
        if path.name != LOCK:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


def _write(path: Path, content: bytes) -> None:
    """Write a file, all of it or nothing. That its name outlives a power cut is not asked for: then it is written again."""
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

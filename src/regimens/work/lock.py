"""A lock on a folder, held by one run at a time and let go by the system when its process ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import sys
from pathlib import Path

from regimens.errors import RegimensError

NAME = "lock"

TAKEN = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}
"""What the system answers when another process has the lock. A disk that knows no locks answers otherwise, and gets none."""

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        # Not flock: that one would live on in the forked workers of a process that was killed.
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_held: set[Path] = set()
"""Folders locked by this process, which the system would let lock them again."""


class Lock:
    """The lock of one folder, from `take` to `release`."""

    def __init__(self, folder: Path, handle: int) -> None:
        self._folder = folder
        self._handle: int | None = handle
        _held.add(folder)

    @classmethod
    def take(cls, folder: Path) -> Lock:
        """Return the lock of `folder`, which is made if need be. Raises RegimensError if another run has it."""
        if folder.resolve() in _held:
            raise _another(folder, f"process {os.getpid()}, this one")
        while True:
            handle = _open(folder)
            try:
                _take(handle)
            except OSError as error:
                if error.errno in TAKEN:
                    owner = os.read(handle, 200).decode(errors="replace")
                    os.close(handle)
                    raise _another(folder, owner or "it has just begun") from None
            if _is(folder / NAME, handle):
                break
            # The run that had it has just ended, and removed the file that was opened here.
            os.close(handle)
        lock = cls(folder.resolve(), handle)
        with contextlib.suppress(OSError):
            os.truncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, f"process {os.getpid()} on {platform.node()}".encode())
        return lock

    @property
    def held(self) -> bool:
        """Whether it has not been let go yet."""
        return self._handle is not None

    def release(self) -> None:
        """Let the lock go, and remove its file, and its folder if that holds nothing else; a second time does nothing."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        _held.discard(self._folder)
        # While it is held nobody else can have begun there; but Windows removes no file that is open.
        steps = [lambda: _remove(self._folder), lambda: os.close(handle)]
        for step in reversed(steps) if sys.platform == "win32" else steps:
            step()


def _open(folder: Path) -> int:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            return os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:
            # The run before has just removed the folder.
            continue
        except OSError:
            with contextlib.suppress(OSError):
                folder.rmdir()
            raise


def _remove(folder: Path) -> None:
    with contextlib.suppress(OSError):
        (folder / NAME).unlink()
        folder.rmdir()


def _is(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False


def _another(folder: Path, owner: str) -> RegimensError:
    return RegimensError(
        f"{folder}: another run of the same comparison is going on there ({owner}). "
        "Wait until it has ended, or name another folder with `--out`."
    )

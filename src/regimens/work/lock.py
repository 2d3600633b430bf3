"""A lock on a folder: held by one run at a time, released by the operating system when its process ends for any reason."""

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
"""Error numbers that mean that another process has the lock. A file system without locks gives others; then nothing is locked."""

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(handle, 1 << 20, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int) -> None:
        # Not flock: forked workers would still hold that lock after their parent was killed.
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


_held: set[Path] = set()
"""Folders locked by this process: the system would let the same process lock them again."""


class Lock:
    """The lock of one folder, from `take` to `release`."""

    def __init__(self, folder: Path, handle: int) -> None:
        self._folder = folder
        self._handle: int | None = handle
        _held.add(folder)

    @classmethod
    def take(cls, folder: Path) -> Lock:
        """Lock `folder`, created if necessary. Raises RegimensError if another run has the lock or its file is a link."""
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
                    raise _another(folder, owner or "just started") from None
            if _is(folder / NAME, handle):
                break
            # The run that had the lock has just ended and deleted the file that was opened here.
            os.close(handle)
        lock = cls(folder.resolve(), handle)
        with contextlib.suppress(OSError):
            os.truncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, f"process {os.getpid()} on {platform.node()}".encode())
        return lock

    @property
    def held(self) -> bool:
        """Whether the lock has not been released yet."""
        return self._handle is not None

    def release(self) -> None:
        """Release the lock; delete its file, and its folder if that is empty. A second call does nothing."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        _held.discard(self._folder)
        if sys.platform == "win32":  # Windows deletes no open file.
            os.close(handle)
            _remove(self._folder)
        else:  # Deleted before the lock is released, while no other run can have started here.
            _remove(self._folder)
            os.close(handle)


def _open(folder: Path) -> int:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            check_no_link(folder / NAME)
            return os.open(folder / NAME, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        except FileNotFoundError:
            # The previous run has just deleted the folder.
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


def check_no_link(path: Path) -> None:
    """Raise RegimensError if `path` is a symbolic link: another user may have placed it, and its target would be changed."""
    if path.is_symlink():
        raise RegimensError(
            f"{path}: this is a symbolic link, and its target would be overwritten or deleted. A run keeps its finished tasks in "
            "a folder of its own. Delete the link, or name another folder with `--out`."
        )


def _another(folder: Path, owner: str) -> RegimensError:
    return RegimensError(
        f"{folder}: another run of the same comparison uses this folder ({owner}). "
        "Wait until it has ended, or name another folder with `--out`."
    )

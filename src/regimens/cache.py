"""The folder for compiled models, which can be made again: losing it costs only time.

Its files are machine code that is loaded into the process, so on POSIX systems a folder or file is used only if the current user
owns it and neither group nor others may write to it. Otherwise the cache is off: nothing is read and nothing is written.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

FOLDER_VARIABLE = "REGIMENS_CACHE_DIR"
"""Environment variable that names the folder; it takes precedence over all other rules."""


def folder() -> Path:
    """Return the cache folder: REGIMENS_CACHE_DIR, else `regimens` in XDG_CACHE_HOME, LOCALAPPDATA or ~/.cache."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        if parent := os.environ.get(variable):
            return Path(parent) / "regimens"
    return Path(os.path.expanduser("~")) / ".cache" / "regimens"


def read(name: str) -> bytes | None:
    """Return what was stored under `name`; None if it is missing, cannot be read, or others may write to it."""
    try:
        if not _private(os.stat(folder())):
            return None
        with (folder() / name).open("rb") as file:
            return file.read() if _private(os.fstat(file.fileno())) else None
    except OSError:
        return None


def write(name: str, content: bytes) -> None:
    """Store `content` under `name`, completely or not at all. If that is not possible, nothing is stored and nothing raised."""
    try:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _private(os.stat(folder())):
            return
        handle, temporary = tempfile.mkstemp(dir=folder(), prefix=".", suffix=".tmp")  # Its mode is 0o600.
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, folder() / name)
    except OSError:
        _remove(temporary)


def _private(found: os.stat_result) -> bool:
    """Whether the current user owns a file or folder, and no one else may write to it. Always true on Windows."""
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return

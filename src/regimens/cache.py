"""The folder for things that can be made again: compiled models. Losing it, or not having one, costs only time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

FOLDER_VARIABLE = "REGIMENS_CACHE_DIR"
"""Environment variable that names the folder, before all other rules."""


def folder() -> Path:
    """Return the cache folder: REGIMENS_CACHE_DIR, else `regimens` in XDG_CACHE_HOME, LOCALAPPDATA or ~/.cache."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        if parent := os.environ.get(variable):
            return Path(parent) / "regimens"
    return Path(os.path.expanduser("~")) / ".cache" / "regimens"


def read(name: str) -> bytes | None:
    """Return what was stored under `name`, or None if there is nothing that can be read."""
    try:
        return (folder() / name).read_bytes()
    except OSError:
        return None


def write(name: str, content: bytes) -> None:
    """Store `content` under `name`, all of it or nothing; a folder that cannot be written is left alone."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), prefix=".", suffix=".tmp")
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, folder() / name)
    except OSError:
        _remove(temporary)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return

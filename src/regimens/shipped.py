"""Folders of the shipped files: at the top level of a checkout, in `_files` inside an installed package."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(kind: str) -> Path:
    """Return the folder of "models", "scenarios", "schema", "evidence" or "posteriors"."""
    installed = _PACKAGE / "_files" / kind
    return installed if installed.is_dir() else _PACKAGE.parents[1] / kind


def names(kind: str) -> tuple[str, ...]:
    """Return the names (without ending) of the shipped models or scenarios, sorted."""
    return tuple(sorted(path.stem for path in folder(kind).glob("*.yaml")))

"""Reading one YAML file: its text, the parsing, and what is said when it is not YAML."""

from __future__ import annotations

from pathlib import Path

from regimens.errors import InputFileError, Problem
from regimens.textfile import LARGEST_FILE, read_text
from regimens.yamlfile.building import build
from regimens.yamlfile.located import Located

__all__ = ["LARGEST_FILE", "read"]


def read(path: str | Path) -> Located:
    """Read a YAML 1.2 file whose top level is a mapping. Nothing in it is executed and keys stay text.

    Raises InputFileError for faults of the file or of its YAML: all duplicate keys at once, otherwise the first fault.
    """
    file = read_text(path, "YAML", (".yaml", ".yml"))
    root = build(file.path, file.text)
    if not isinstance(root.data, dict):
        found = "a list" if isinstance(root.data, list) else f"'{root.written[:60]}'"
        problem = Problem(f"The file holds {found}.", "A mapping of 'key: value' lines is needed.", root.line, root.column)
        raise InputFileError(path, [problem], file.text)
    return Located(file.path, file.text, file.digest, root.data, root)

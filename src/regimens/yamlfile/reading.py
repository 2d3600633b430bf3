"""Reading one YAML file: its text, the parsing, and what is said when it is not YAML."""

from __future__ import annotations

import hashlib
from pathlib import Path

from regimens.errors import InputFileError, Problem
from regimens.textfile import LARGEST_FILE, read_text
from regimens.yamlfile.building import build
from regimens.yamlfile.located import Located

__all__ = ["LARGEST_FILE", "parse", "read"]


def read(path: str | Path) -> Located:
    """Read a YAML 1.2 file whose top level is a mapping. Nothing in it is executed and keys stay text.

    Raises InputFileError for faults of the file or of its YAML: all duplicate keys at once, otherwise the first fault.
    """
    file = read_text(path, "YAML", (".yaml", ".yml"))
    return _located(file.path, file.text, file.digest)


def parse(text: str, name: str) -> Located:
    """Read YAML that is no file, as `read` does; messages call it `name`."""
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) > LARGEST_FILE:
        raise InputFileError(name, [Problem(f"The text has {len(raw):,} bytes.", f"At most {LARGEST_FILE:,} are read.")])
    return _located(name, text, hashlib.sha256(raw).hexdigest())


def _located(path: str, text: str, digest: str) -> Located:
    root = build(path, text)
    if not isinstance(root.data, dict):
        found = "a list" if isinstance(root.data, list) else f"'{root.written[:60]}'"
        problem = Problem(f"The file holds {found}.", "A mapping of 'key: value' lines is needed.", root.line, root.column)
        raise InputFileError(path, [problem], text)
    return Located(path, text, digest, root.data, root)

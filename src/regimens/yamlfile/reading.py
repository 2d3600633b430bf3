"""Reading one YAML file: the guards before it is parsed, the parsing, and what is said when it is not YAML."""

from __future__ import annotations

import codecs
import hashlib
import stat
from pathlib import Path

from regimens.errors import InputFileError, Problem, did_you_mean
from regimens.yamlfile.building import build
from regimens.yamlfile.located import Located

LARGEST_FILE = 1_000_000
"""Bytes of the largest file that is read."""


def read(path: str | Path) -> Located:
    """Read a YAML 1.2 file whose top level is a mapping. Nothing in it is executed and keys stay text.

    Raises InputFileError for faults of the file or of its YAML: all duplicate keys at once, otherwise the first fault.
    """
    raw = _bytes_of(Path(path))
    text = _text_of(path, raw)
    root = build(str(path), text)
    if not isinstance(root.data, dict):
        found = "a list" if isinstance(root.data, list) else f"'{root.written[:60]}'"
        problem = Problem(f"The file holds {found}.", "A mapping of 'key: value' lines is needed.", root.line, root.column)
        raise InputFileError(path, [problem], text)
    return Located(str(path), text, hashlib.sha256(raw).hexdigest(), root.data, root)


def _bytes_of(path: Path) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _refused(path, "This is a folder.", "A YAML file is needed.")
        if not stat.S_ISREG(status.st_mode):
            raise _refused(path, "This is no ordinary file.", "A YAML file is needed.")
        if status.st_size > LARGEST_FILE:
            raise _too_large(path, status.st_size)
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise _refused(path, "There is no such file.", _similar(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(path, f"The file cannot be read ({reason.lower()}).") from None
    if len(raw) > LARGEST_FILE:
        raise _too_large(path, len(raw))
    return raw


def _too_large(path: Path, size: int) -> InputFileError:
    return _refused(path, f"The file has {size:,} bytes.", f"At most {LARGEST_FILE:,} are read.")


def _refused(path: object, message: str, advice: str = "") -> InputFileError:
    return InputFileError(path, [Problem(message, advice)])


def _similar(path: Path) -> str:
    try:
        beside = [other.name for other in path.parent.iterdir() if other.suffix in (".yaml", ".yml")]
    except OSError:
        return ""
    near = did_you_mean(path.name, beside)
    return near if near.startswith("Did") else ""


def _text_of(path: object, raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _refused(path, "The file is UTF-16 text.", "Save it as UTF-8.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.start + (len(codecs.BOM_UTF8) if raw.startswith(codecs.BOM_UTF8) else 0)
        message = f"The byte 0x{raw[start]:02X} at offset {start} is not UTF-8 text."
        problem = Problem(message, "Save the file as UTF-8.", raw.count(b"\n", 0, start) + 1)
        raise InputFileError(path, [problem]) from None

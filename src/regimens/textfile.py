"""Text files: checks before a file is read, and the errors for a file that cannot be read."""

from __future__ import annotations

import codecs
import hashlib
import math
import stat
from dataclasses import dataclass, field
from pathlib import Path

from regimens.errors import InputFileError, Problem, nearest

LARGEST_FILE = 1_000_000
"""Bytes of the largest file that is read."""

LIKE_ENOUGH = 0.75
"""Likeness (0 to 1) of two file names, endings left out, from which one is suggested for the other."""


@dataclass(frozen=True)
class TextFile:
    """The text of a file, its path as given, and the SHA-256 of its bytes."""

    path: str
    text: str = field(repr=False)
    digest: str


def read_text(path: str | Path, kind: str, endings: tuple[str, ...], largest: int = LARGEST_FILE) -> TextFile:
    """Read the UTF-8 text of a file of some `kind` ('YAML'); InputFileError where it cannot be read.

    For a missing file the error suggests a file of nearly the same name in its folder, with one of the `endings`. A file of
    more than `largest` bytes is refused.
    """
    raw = _bytes_of(Path(path), kind, endings, largest)
    return TextFile(str(path), _text_of(path, raw), hashlib.sha256(raw).hexdigest())


def _bytes_of(path: Path, kind: str, endings: tuple[str, ...], largest: int) -> bytes:
    check_file(path, kind, endings, largest)
    with path.open("rb") as file:
        raw = file.read(largest + 1)
    if len(raw) > largest:
        raise _too_large(path, len(raw), largest)
    return raw


def check_file(path: Path, kind: str, endings: tuple[str, ...], largest: float = math.inf) -> None:
    """Raise InputFileError, as `read_text` does, for a file that cannot be read or has more than `largest` bytes."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _refused(path, "This is a folder.", f"A {kind} file is needed.")
        if not stat.S_ISREG(status.st_mode):
            raise _refused(path, "This is not a regular file.", f"A {kind} file is needed.")
        if status.st_size > largest:
            raise _too_large(path, status.st_size, largest)
        with path.open("rb"):
            pass
    except (FileNotFoundError, NotADirectoryError):
        raise _refused(path, "There is no such file.", _similar(path, endings)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refused(path, f"The file cannot be read ({reason.lower()}).") from None


def _too_large(path: Path, size: int, largest: float) -> InputFileError:
    return _refused(path, f"The file has {size:,} bytes.", f"At most {largest:,} are read.")


def _refused(path: object, message: str, advice: str = "") -> InputFileError:
    return InputFileError(path, [Problem(message, advice)])


def _similar(path: Path, endings: tuple[str, ...]) -> str:
    try:
        beside = {other.stem: other.name for other in sorted(path.parent.iterdir()) if other.suffix in endings}
    except OSError:
        return ""
    near = nearest(path.stem, beside, LIKE_ENOUGH)
    return "" if near is None else f"Did you mean '{beside[near]}'?"


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

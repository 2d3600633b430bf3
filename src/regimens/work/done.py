"""A finished task as bytes: arrays behind a checksum, so that what a crash or a disk did to them is noticed.

The bytes are a heading, the SHA-256 of all that follows, one line of JSON (the key, the arrays' names), and each array in
numpy's .npy format. The same result gives the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json

import numpy as np

from regimens.work.tasks import Result

HEADING = b"regimens finished task 1\n"
"""What the bytes start with; the number counts changes of the format."""

START = len(HEADING) + hashlib.sha256().digest_size


def to_bytes(key: str, result: Result, run: str) -> bytes:
    """Return the result of the task `key` as bytes. `run` says of which run; bytes of another run are not read back.

    Raises TypeError for anything but arrays of booleans, integers and floats.
    """
    for name, array in result.items():
        if not isinstance(array, np.ndarray) or array.dtype.kind not in "biuf":
            raise TypeError(f"Task {key!r}: '{name}' is no array of numbers.")
    body = io.BytesIO()
    body.write(json.dumps({"key": key, "arrays": list(result)}).encode() + b"\n")
    for array in result.values():
        np.lib.format.write_array(body, array, allow_pickle=False)
    return HEADING + _checksum(run, body.getbuffer()) + body.getbuffer()


def from_bytes(content: bytes, key: str, run: str) -> Result | None:
    """Return the result that `to_bytes` wrote for this key and run; None for all other bytes: torn, damaged, of another task."""
    whole = memoryview(content)
    if whole[: len(HEADING)] != HEADING or whole[len(HEADING) : START] != _checksum(run, whole[START:]):
        return None
    body = io.BytesIO(whole[START:])
    head = json.loads(body.readline())
    if head["key"] != key:
        return None
    return {name: np.lib.format.read_array(body, allow_pickle=False) for name in head["arrays"]}


def _checksum(run: str, body: memoryview) -> bytes:
    digest = hashlib.sha256(run.encode() + b"\0")
    digest.update(body)
    return digest.digest()

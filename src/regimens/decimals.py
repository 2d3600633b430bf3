"""Numbers written as text, read strictly: plain decimal notation with ASCII digits, such as -12, 0.5 or 1.5e-3.

Python's `float` and `int` also accept `7_0`, `nan`, `inf`, `٧٠` and surrounding white space. None of these is accepted here.
"""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile(r"[-+]?[0-9]{1,18}")


def number_of(text: str, mark: str = ".") -> float | None:
    """Return the finite number that `text` writes with the decimal mark `mark` ('.' or ','), or None if it is not one."""
    plain = plain_decimal(text, mark)
    return None if plain is None else float(plain)


def whole_number_of(text: str) -> int | None:
    """Return the whole number that `text` writes with at most 18 digits (so that it fits in 64 bits), or None."""
    return int(text) if _WHOLE.fullmatch(text) else None


def plain_decimal(text: str, mark: str = ".") -> str | None:
    """Return `text` with a decimal point in place of `mark`, or None if it does not write a finite number."""
    if mark != ".":
        if "." in text:
            return None
        text = text.replace(mark, ".")
    return text if _NUMBER.fullmatch(text) and math.isfinite(float(text)) else None

"""Units of model files as text: products, quotients and whole powers of a closed table of symbols."""

from __future__ import annotations

import re

from regimens.errors import UnitError, did_you_mean

SYMBOLS = {
    "IU": "[activity]",
    "kIU": "1000 * IU",
    "MIU": "1000 * kIU",
    "cells": "[cells]",
    "g": "[mass]",
    "kg": "1000 * g",
    "mg": "0.001 * g",
    "ug": "0.001 * mg",
    "ng": "0.001 * ug",
    "umol": "[substance]",
    "nmol": "0.001 * umol",
    "pmol": "0.001 * nmol",
    "L": "[volume]",
    "mL": "0.001 * L",
    "uL": "0.001 * mL",
    "h": "[time]",
    "min": "h / 60",
    "day": "24 * h",
    "week": "7 * day",
    "m2": "[area]",
}
"""Symbols that a unit may use, each with its definition: a dimension of its own or a multiple of another symbol.

IU is an activity of a substance, not a mass: only a factor declared in the model file turns one into the other.
"""

_HINTS = {
    "MU": "Million international units are 'MIU'.",
    "mIU": "Write 'MIU' (million) or 'IU'.",
    "M": "Write 'MIU' (million) or 'nmol/mL'.",
    "d": "Did you mean 'day'?",
    "hr": "Did you mean 'h'?",
    "cell": "Did you mean 'cells'?",
}
_FACTOR = re.compile(r"(?P<symbol>[A-Za-zµμ][A-Za-z0-9µμ]*|1)(?:\s*(?:\^|\*\*)\s*(?P<power>-?[1-9]))?")
_JOINT = re.compile(r"\s*(?P<joint>\*(?!\*)|·|/)\s*|\s+")


def parse_unit(text: str) -> dict[str, int]:
    """Return the powers of the symbols of `text`: 'cells/uL/day' gives cells 1, uL -1, day -1; '1' gives none.

    Raises UnitError with the place in the text. Text is never handed to another parser.
    """
    powers: dict[str, int] = {}
    at, sign = len(text) - len(text.lstrip()), 1
    end = len(text.rstrip())
    while True:
        factor = _FACTOR.match(text, at, end)
        if factor is None:
            raise UnitError(f"'{text}' is not a unit.", "Units are written like 'IU/mL', '1/day' or 'cells/uL/day'.", at=at)
        symbol = factor["symbol"].replace("µ", "u").replace("μ", "u")
        if symbol != "1":
            if symbol not in SYMBOLS:
                raise UnitError(f"'{factor['symbol']}' is not a unit that models use.", _hint(symbol), at=at)
            powers[symbol] = powers.get(symbol, 0) + sign * int(factor["power"] or 1)
        if factor.end() == end:
            return {symbol: power for symbol, power in powers.items() if power}
        joint = _JOINT.match(text, factor.end(), end)
        if joint is None:
            raise UnitError(f"'{text}' is not a unit.", "Factors are joined with '*' or '/'.", at=factor.end())
        sign = -1 if joint["joint"] == "/" else 1
        at = joint.end()


def _hint(symbol: str) -> str:
    if symbol in _HINTS:
        return _HINTS[symbol]
    exact = next((known for known in SYMBOLS if known.lower() == symbol.lower()), None)
    if exact:
        return f"Did you mean '{exact}'?"
    near = did_you_mean(symbol, SYMBOLS)
    return near if near.startswith("Did") else f"Known: {', '.join(SYMBOLS)} and 1."

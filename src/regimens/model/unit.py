"""Units of model files: products of powers of a closed table of symbols, with their scale.

No text of a file is evaluated: only the symbols of `SYMBOLS` are known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from regimens.errors import UnitError, did_you_mean

SYMBOLS: dict[str, tuple[Fraction, str]] = {
    "IU": (Fraction(1), "IU"),
    "kIU": (Fraction(1000), "IU"),
    "MIU": (Fraction(10**6), "IU"),
    "cells": (Fraction(1), "cells"),
    "ng": (Fraction(1), "ng"),
    "ug": (Fraction(1000), "ng"),
    "mg": (Fraction(10**6), "ng"),
    "g": (Fraction(10**9), "ng"),
    "kg": (Fraction(10**12), "ng"),
    "pmol": (Fraction(1), "pmol"),
    "nmol": (Fraction(1000), "pmol"),
    "umol": (Fraction(10**6), "pmol"),
    "uL": (Fraction(1), "uL"),
    "mL": (Fraction(1000), "uL"),
    "L": (Fraction(10**6), "uL"),
    "min": (Fraction(1), "min"),
    "h": (Fraction(60), "min"),
    "day": (Fraction(24 * 60), "min"),
    "week": (Fraction(7 * 24 * 60), "min"),
    "m2": (Fraction(1), "m2"),
}
"""Every symbol as a multiple of the smallest symbol of its dimension.

IU is an activity of a substance, not a mass: only a factor declared in the model file turns one into the other.
"""

LARGEST_LOGARITHM = 700.0
"""Logarithms of factors are kept within this, so that factors are finite and above 0."""

_HINTS = {
    "MU": "Million international units are 'MIU'.",
    "mIU": "Write 'MIU' (million) or 'IU'.",
    "M": "Write 'MIU' (million) or 'nmol/mL'.",
    "d": "Did you mean 'day'?",
    "hr": "Did you mean 'h'?",
    "pg": "Write 'ng': 1000 pg are 1 ng.",
    "cell": "Did you mean 'cells'?",
}
_FACTOR = re.compile(r"(?P<symbol>[A-Za-zµμ][A-Za-z0-9µμ]*|1)(?:\s*(?:\^|\*\*)\s*(?P<power>-?[1-9]))?")
_JOINT = re.compile(r"\s*(?P<joint>\*(?!\*)|·|/)\s*|\s+")


@dataclass(frozen=True)
class Unit:
    """A product of symbols: `powers` has each symbol once with its power, which is not 0, in alphabetical order."""

    powers: tuple[tuple[str, Fraction], ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        powers = dict(self.powers)
        for symbol, power in other.powers:
            powers[symbol] = powers.get(symbol, Fraction(0)) + power
        return unit_of(powers)

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def __pow__(self, exponent: Fraction | int) -> Unit:
        return unit_of({symbol: power * exponent for symbol, power in self.powers})

    def __str__(self) -> str:
        over = [_written(symbol, power) for symbol, power in self.powers if power > 0]
        under = [f"/{_written(symbol, -power)}" for symbol, power in self.powers if power < 0]
        return ("*".join(over) or "1") + "".join(under)


ONE = Unit()


def unit_of(powers: Mapping[str, Fraction]) -> Unit:
    """Return the unit with these powers of symbols."""
    return Unit(tuple(sorted((symbol, power) for symbol, power in powers.items() if power)))


@cache
def factor(found: Unit, wanted: Unit) -> float | None:
    """Return how many `wanted` one `found` is; None if their dimensions differ."""
    logarithm = 0.0
    dimensions: dict[str, Fraction] = {}
    for symbol, power in (found / wanted).powers:
        multiple, base = SYMBOLS[symbol]
        logarithm += float(power) * math.log(multiple)
        dimensions[base] = dimensions.get(base, Fraction(0)) + power
    return None if any(dimensions.values()) else math.exp(min(max(logarithm, -LARGEST_LOGARITHM), LARGEST_LOGARITHM))


@cache
def exact_factor(found: Unit, wanted: Unit) -> Fraction | None:
    """Return exactly how many `wanted` one `found` is, of units as `parse_unit` reads them; None if their dimensions differ."""
    size = Fraction(1)
    dimensions: dict[str, Fraction] = {}
    for symbol, power in (found / wanted).powers:
        multiple, base = SYMBOLS[symbol]
        size *= multiple ** int(power)
        dimensions[base] = dimensions.get(base, Fraction(0)) + power
    return None if any(dimensions.values()) else size


@cache
def parse_unit(text: str) -> Unit:
    """Return the unit that `text` names: 'cells/uL/day', 'IU/mL', 'mg * L^-1'; '1' is a plain number.

    Raises UnitError with the place in the text.
    """
    powers: dict[str, Fraction] = {}
    at, sign = len(text) - len(text.lstrip()), 1
    end = len(text.rstrip())
    while True:
        found = _FACTOR.match(text, at, end)
        if found is None:
            raise UnitError(f"'{text}' is not a unit.", "Units are written like 'IU/mL', '1/day' or 'cells/uL/day'.", at=at)
        symbol = found["symbol"].replace("µ", "u").replace("μ", "u")
        if symbol != "1":
            if symbol not in SYMBOLS:
                raise UnitError(f"'{found['symbol']}' is not a unit that models use.", _hint(symbol), at=at)
            powers[symbol] = powers.get(symbol, Fraction(0)) + sign * int(found["power"] or 1)
        if found.end() == end:
            return unit_of(powers)
        joint = _JOINT.match(text, found.end(), end)
        if joint is None:
            raise UnitError(f"'{text}' is not a unit.", "Factors are joined with '*' or '/'.", at=found.end())
        sign = -1 if joint["joint"] == "/" else 1
        at = joint.end()


def _written(symbol: str, power: Fraction) -> str:
    if power == 1:
        return symbol
    return f"{symbol}^{power}" if power.denominator == 1 else f"{symbol}^{float(power):g}"


def _hint(symbol: str) -> str:
    if symbol in _HINTS:
        return _HINTS[symbol]
    exact = next((known for known in SYMBOLS if known.lower() == symbol.lower()), None)
    if exact:
        return f"Did you mean '{exact}'?"
    near = did_you_mean(symbol, SYMBOLS)
    return near if near.startswith("Did") else f"Known: {', '.join(SYMBOLS)} and 1."

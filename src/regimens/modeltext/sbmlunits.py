"""Units of model files as products of the base units of SBML, and back.

A unit keeps its name in the id of its definition (`unit_IU_per_mL`), so that IU and cells, which are both items in SBML, are told
apart when a file is read back. Units of other files are recognised by their base units, in which an item is read as `cells`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from regimens.errors import UnitError
from regimens.model.unit import SYMBOLS, Unit, parse_unit, unit_of

UNIT_PREFIX = "unit_"

Factor = tuple[float, str, float]
"""(multiplier, base unit of SBML, exponent): (multiplier * base unit)^exponent."""

_BASES = {
    "IU": (1.0, "item"),
    "cells": (1.0, "item"),
    "ng": (1e-9, "gram"),
    "pmol": (1e-12, "mole"),
    "uL": (1e-6, "litre"),
    "min": (60.0, "second"),
    "m2": (1.0, "metre"),
}
"""The smallest symbol of each dimension (`model.unit.SYMBOLS`) in base units; m2 is the square of the one given."""

SAME = 1e-9
"""Relative difference up to which two multipliers count as the same."""


def base_factors(unit: Unit) -> list[Factor]:
    """Return `unit` in base units of SBML, one factor for each of its symbols."""
    return [_factor(symbol, power) for symbol, power in unit.powers]


def _factor(symbol: str, power: Fraction) -> Factor:
    multiple, smallest = SYMBOLS[symbol]
    size, kind = _BASES[smallest]
    if smallest == "m2":
        return 1.0, kind, 2.0 * float(power)
    return _rounded(float(multiple) * size), kind, float(power)


def _rounded(value: float) -> float:
    """Return a multiplier without the rounding error of its product: 1e-3, not 0.0009999999999999998."""
    return float(f"{value:.12g}")


def unit_id(text: str) -> str:
    """Return the id of the definition of a unit that is not 1: 'cells/uL/day' is 'unit_cells_per_uL_per_day'."""
    over, *under = text.replace("^", "_pow_").split("/")
    return UNIT_PREFIX + "_per_".join(["" if over == "1" else over.replace("*", "_times_"), *under]).lstrip("_")


def unit_of_factors(factors: Iterable[Factor], identifier: str = "") -> str | None:
    """Return the unit of a definition as model files write it; None if it cannot be written there."""
    factors = list(factors)
    named = _unit_of_id(identifier)
    if named is not None and _same(base_factors(named), factors):
        return str(named)
    powers: dict[str, Fraction] = {}
    for multiplier, kind, exponent in factors:
        if kind == "dimensionless" and math.isclose(multiplier, 1.0, rel_tol=SAME):
            continue
        found = _symbol(multiplier, kind, exponent)
        if found is None:
            return None
        powers[found[0]] = powers.get(found[0], Fraction(0)) + found[1]
    return str(unit_of(powers))


def _symbol(multiplier: float, kind: str, exponent: float) -> tuple[str, Fraction] | None:
    power = Fraction(exponent).limit_denominator(100)
    if kind == "kilogram":
        multiplier, kind = multiplier * 1000, "gram"
    if kind == "metre":
        if not math.isclose(multiplier, 1.0, rel_tol=SAME) or power.denominator != 1 or power % 2:
            return None
        return "m2", power / 2
    for symbol in ("cells", *(known for known in SYMBOLS if known not in ("cells", "IU", "kIU", "MIU", "m2"))):
        size, base, _ = _factor(symbol, Fraction(1))
        if base == kind and math.isclose(size, multiplier, rel_tol=SAME) and power.denominator == 1:
            return symbol, power
    return None


def _unit_of_id(identifier: str) -> Unit | None:
    if not identifier.startswith(UNIT_PREFIX):
        return None
    text = identifier.removeprefix(UNIT_PREFIX)
    text = f"1/{text.removeprefix('per_')}" if text.startswith("per_") else text
    try:
        return parse_unit(text.replace("_per_", "/").replace("_times_", "*").replace("_pow_", "^"))
    except UnitError:
        return None


def _same(one: Iterable[Factor], other: Iterable[Factor]) -> bool:
    """Return whether two products of base units are the same in dimension and in size."""
    exponents: dict[str, float] = {}
    logarithm = 0.0
    for sign, factors in ((1.0, one), (-1.0, other)):
        for multiplier, kind, exponent in factors:
            exponents[kind] = exponents.get(kind, 0.0) + sign * exponent
            logarithm += sign * exponent * math.log(multiplier)
    return abs(logarithm) < SAME and all(abs(value) < SAME for value in exponents.values())

"""Body size of subjects, and how much a person of some size gets of a dose per kg or per m2."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import overload

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.str_]

BASES = ("flat", "per m2", "per kg")
"""What an amount is multiplied by in a person: 1, body surface area (m2), weight (kg)."""


@dataclass(frozen=True)
class Subject:
    """Weight (kg), height (cm) and body surface area (m2), exact so that totals are. The default is the typical subject."""

    weight_kg: Fraction = Fraction(70)
    height_cm: Fraction = Fraction(167)
    bsa_m2: Fraction = Fraction("1.8")


def mosteller(weight_kg: Fraction, height_cm: Fraction) -> Fraction:
    """Return the body surface area (m2), rounded to 0.01 m2 as in practice, so that totals per m2 stay exact decimals.

    Source: Mosteller 1987, doi:10.1056/NEJM198710223171717.
    """
    return Fraction(round(float(weight_kg * height_cm / 3600) ** 0.5 * 100), 100)


def mosteller_m2(weight_kg: np.ndarray, height_cm: np.ndarray) -> np.ndarray:
    """Return the body surface areas (m2) of many subjects, rounded as `mosteller` does."""
    return np.round(np.sqrt(weight_kg * height_cm / 3600.0), 2)


@overload
def amount_in_person(
    amount: Fraction, basis: str, weight_kg: Fraction, bsa_m2: Fraction, cap: Fraction | None = None
) -> Fraction: ...
@overload
def amount_in_person(amount: Floats, basis: Words, weight_kg: Floats, bsa_m2: Floats, cap: Floats) -> Floats: ...
def amount_in_person(
    amount: Fraction | Floats,
    basis: str | Words,
    weight_kg: Fraction | Floats,
    bsa_m2: Fraction | Floats,
    cap: Fraction | Floats | None = None,
) -> Fraction | Floats:
    """Return what a person gets of a dose (IU or mg): `amount` times the size that `basis` names, at most `cap`.

    Takes exact numbers of one person, where None is no cap; or arrays that broadcast, where an infinite cap is none.
    """
    size = np.where(basis == "per m2", bsa_m2, np.where(basis == "per kg", weight_kg, 1))[()]
    wanted = amount * size
    return wanted if cap is None else np.minimum(wanted, cap)

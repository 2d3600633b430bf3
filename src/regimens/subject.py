"""The body that doses per kg and per m2 meet."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np


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

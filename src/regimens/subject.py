"""The body that doses per kg and per m2 meet."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction


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

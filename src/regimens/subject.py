"""Body size of subjects, and what a person of some size gets of a dose per kg or per m2."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import overload

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.float64] | npt.NDArray[np.object_]

BASES = ("flat", "per m2", "per kg")
"""What an amount is multiplied by in a person: 1, body surface area (m2), weight (kg)."""

SLACK = 1e-14
"""Relative difference within which a floating-point number of steps is a half or a whole one: some fifty roundings."""


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


def mosteller_m2(weight_kg: Floats, height_cm: Floats) -> Floats:
    """Return the body surface areas (m2) of many subjects, rounded as `mosteller` does."""
    return np.asarray(np.round(np.sqrt(weight_kg * height_cm / 3600.0), 2), dtype=np.float64)


@overload
def amount_in_person(
    amount: Fraction,
    basis: str,
    weight_kg: Fraction,
    bsa_m2: Fraction,
    cap: Fraction | None = None,
    step: Fraction | None = None,
) -> Fraction: ...
@overload
def amount_in_person(amount: Floats, basis: Words, weight_kg: Floats, bsa_m2: Floats, cap: Floats, step: Floats) -> Floats: ...
def amount_in_person(
    amount: Fraction | Floats,
    basis: str | Words,
    weight_kg: Fraction | Floats,
    bsa_m2: Fraction | Floats,
    cap: Fraction | Floats | None = None,
    step: Fraction | Floats | None = None,
) -> Fraction | Floats:
    """Return what a person gets of a dose, in the unit of `amount` (IU or mg).

    That is `amount` times the size that `basis` names, at most `cap`. Where there is a `step` (the smallest difference that
    a syringe can give) the product is rounded to its nearest multiple, halves up, and the cap down to a multiple; neither to
    less than one step. An amount of 0 stays 0.

    Takes exact numbers of one person, where None is no cap and no step; or arrays that broadcast, where an infinite cap is
    no cap and a step of 0 is no step.
    """
    # Exact numbers become arrays of objects, so that there is one calculation for both.
    m2, kg, names = np.asarray(bsa_m2), np.asarray(weight_kg), np.asarray(basis)
    wanted = np.asarray(amount) * np.where(names == "per m2", m2, np.where(names == "per kg", kg, 1))
    most, each = (None if cap is None else np.asarray(cap)), np.asarray(0 if step is None else step)
    given = wanted if most is None else np.minimum(wanted, most)
    if np.any(each > 0):
        slack = np.asarray(Fraction(0) if isinstance(amount, Fraction) else SLACK)
        given = np.where(each > 0, _in_steps(wanted, most, np.where(each > 0, each, 1), slack), given)
    person: Fraction | Floats = given[()] if isinstance(given, np.ndarray) else given
    return person


def _in_steps(wanted: Numbers, most: Numbers | None, step: Numbers, slack: Numbers) -> Numbers:
    """Return the nearest multiples of `step`, halves up, at most `most` rounded down; not less than a step, but 0 stays 0."""
    steps = np.maximum((2 * wanted * (1 + slack) + step) // (2 * step), 1)
    if most is not None:
        allowed = np.floor(most / step * (1 + slack))
        steps = np.minimum(steps, np.maximum(allowed, 1))
    return np.where(wanted == 0, 0, steps * step)

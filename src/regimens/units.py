"""The closed table of units: reading text as exact canonical numbers, and writing them.

Canonical units are IU (IL-2) and mg (other drugs) for amounts, hours for times, kg and m2 for body sizes. Numbers are exact
rationals: a protocol's 0.26 MIU is exactly 260000 IU. IU belong to a substance; they become ug or
nmol only through the declared specific activity of that drug (`regimens.drugs`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from numbers import Integral

from regimens.errors import UnitError, nearest

Exact = int | float | str | Decimal | Fraction


AMOUNT_UNITS: dict[str, tuple[str, Fraction]] = {
    "IU": ("IU", Fraction(1)),
    "kIU": ("IU", Fraction(1_000)),
    "MIU": ("IU", Fraction(1_000_000)),
    "ug": ("mg", Fraction(1, 1_000)),
    "mg": ("mg", Fraction(1)),
    "g": ("mg", Fraction(1_000)),
}
"""Unit of amount -> its canonical unit and its size in canonical units."""

TIME_UNITS: dict[str, Fraction] = {
    "min": Fraction(1, 60),
    "h": Fraction(1),
    "day": Fraction(24),
    "week": Fraction(168),
}
"""Unit of time -> hours."""

BASES = {"m2": "per m2", "kg": "per kg"}
"""Unit after the slash of an amount -> the basis of the dose."""

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_AMOUNT_ALIASES = {"µg": "ug", "μg": "ug", "mcg": "ug"}
_TIME_ALIASES = {
    "minute": "min", "minutes": "min", "mins": "min", "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
    "days": "day", "d": "day", "weeks": "week", "w": "week", "wk": "week", "wks": "week",
}  # fmt: skip

AMOUNT_ADVICE = "Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg)."
TIME_ADVICE = "Times are written in min, h, days or weeks."

REFUSED_AMOUNTS = {
    "mIU": "'mIU' would be a thousandth of an IU. Write 'MIU' for a million IU.",
    "MU": "'MU' has been printed for several different units. Write 'MIU' for a million IU.",
    "mU": "'mU' has been printed for several different units. Write 'MIU' for a million IU.",
    "M": "'M' alone does not say which unit. Write 'MIU' for a million IU.",
    "U": "'U' alone does not say which unit. IL-2 is dosed in IU: write 'IU', 'kIU' or 'MIU'.",
    "million": "'million' is a number. Write 'MIU' for a million IU.",
    "WIU": "1 WIU is 10,000 IU (50 WIU are 0.5 MIU). Write the amount in IU, kIU or MIU.",
}
"""Words that are no unit of amount though they may be meant as one -> why, and what to write."""


def exact(number: Exact, what: str = "value") -> Fraction:
    """Return `number` as the exact rational that is written (0.1 is 1/10); UnitError unless it is a finite number.

    Text is a decimal number in the digits 0 to 9, with or without exponent: no '_', no ','. A number other than zero has a
    size from 1e-30 to 1e30. `what` names the number in the message.
    """
    value = _rational_or_decimal(number)
    if value is None or (isinstance(value, Decimal) and not value.is_finite()):
        raise UnitError(f"{what.capitalize()} must be a finite number, found {number!r}.")
    if value and not -30 <= _magnitude(value) <= 30:
        raise UnitError(f"{what.capitalize()} must be between 1e-30 and 1e30 in size, found {number!r}.", "Check its exponent.")
    return Fraction(value)


def _rational_or_decimal(number: object) -> Fraction | Decimal | None:
    if isinstance(number, float):
        return Decimal(float.__repr__(number))
    if isinstance(number, str):
        try:
            return Decimal(number.strip()) if _NUMBER.fullmatch(number.strip()) else None
        except InvalidOperation:
            return None
    if isinstance(number, Integral) and not isinstance(number, bool):
        return Fraction(int(number))
    return number if isinstance(number, Decimal | Fraction) else None


def _magnitude(value: Fraction | Decimal) -> float:
    """Return the power of ten of a number other than zero, for a Fraction to within one."""
    if isinstance(value, Decimal):
        return value.adjusted()
    return (value.numerator.bit_length() - value.denominator.bit_length()) * math.log10(2)


def amount_unit(word: str) -> tuple[str, Fraction]:
    """Return (canonical unit, size) of a unit of amount; UnitError for any other word, with the nearest unit."""
    word = _AMOUNT_ALIASES.get(word, word)
    if word in AMOUNT_UNITS:
        return AMOUNT_UNITS[word]
    raise UnitError(f"'{word}' is not a unit of amount.", _unit_advice(word))


def time_unit(word: str) -> Fraction:
    """Return the hours of a unit of time; UnitError for any other word, with the accepted ones."""
    name = _TIME_ALIASES.get(word.lower(), word.lower())
    if name in TIME_UNITS:
        return TIME_UNITS[name]
    if name in {"month", "months", "year", "years", "mo"}:
        raise UnitError(
            f"'{word}' has no fixed length.",
            f"Write a number of weeks or days (28 days, 4 weeks). {TIME_ADVICE}",
        )
    raise UnitError(f"'{word}' is not a unit of time.", TIME_ADVICE)


def _unit_advice(word: str) -> str:
    if word in REFUSED_AMOUNTS:
        return REFUSED_AMOUNTS[word]
    near = nearest(word, AMOUNT_UNITS)
    return AMOUNT_ADVICE if near is None else f"Did you mean '{near}'? {AMOUNT_ADVICE}"


def decimal_text(value: Fraction) -> str:
    """Write a rational as a decimal where it is one (1/4 -> '0.25'), else as a fraction ('1/3')."""
    denominator = value.denominator
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    if denominator != 1:
        return str(value)
    places = max(twos, fives)
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def best_amount_unit(value: Fraction, canonical: str) -> tuple[str, Fraction]:
    """Return the unit (and its size) in which an amount is written: MIU from 10 kIU up, else IU; mg from 0.1 mg up, else ug."""
    if canonical == "IU":
        return ("MIU", AMOUNT_UNITS["MIU"][1]) if value == 0 or abs(value) >= 10_000 else ("IU", Fraction(1))
    return ("mg", Fraction(1)) if value == 0 or abs(value) >= Fraction(1, 10) else ("ug", Fraction(1, 1000))


def amount_text(value: Fraction, canonical: str) -> str:
    """Write a canonical amount with its unit: 500000 IU -> '0.5 MIU' (unit by `best_amount_unit`)."""
    unit, size = best_amount_unit(value, canonical)
    return f"{decimal_text(value / size)} {unit}"


def duration_text(hours: Fraction) -> str:
    """Write a time in days where it is a whole number of them, else in h or min: 48 -> '2 days'."""
    for unit, size in (("day", Fraction(24)), ("h", Fraction(1))):
        if hours % size == 0 or (unit == "h" and hours >= 1 and "/" not in decimal_text(hours)):
            count = decimal_text(hours / size)
            return f"{count} {unit}" + ("s" if unit == "day" and count != "1" else "")
    return f"{decimal_text(hours * 60)} min"


def day_text(hours: Fraction) -> str:
    """Write a time from the start as its day, elapsed and in the count of protocols: 'day 35 (protocol day 36)'."""
    return f"day {elapsed_text(hours)} (protocol day {int(hours // 24) + 1})"


def elapsed_text(hours: Fraction) -> str:
    """Write a time from the start in days, to four digits where it is no whole number of them."""
    return decimal_text(hours / 24) if hours % 24 == 0 else f"{float(hours / 24):.4g}"


_QUANTITY = re.compile(rf"\s*(?P<number>{_NUMBER.pattern})\s*(?P<unit>\S.*?)?\s*$")


def parse_quantity(text: str, units: Iterable[str]) -> tuple[Fraction, str]:
    """Read '70 kg' as an exact number and one of `units`; UnitError otherwise."""
    accepted = list(units)
    number, unit, at = _number_and_unit(text, accepted[0])
    if unit not in accepted:
        raise UnitError(f"'{unit}' is not a unit that fits here.", f"Write {' or '.join(accepted)}.", text=text, at=at)
    return number, unit


def parse_duration(text: str) -> Fraction:
    """Read '24 weeks' or '6 h' as exact hours; UnitError otherwise, and for a time of zero or less."""
    number, unit, at = _number_and_unit(text, "weeks")
    try:
        hours = number * time_unit(unit)
    except UnitError as error:
        raise UnitError(error.message, error.advice, text=text, at=at) from None
    if hours <= 0:
        raise UnitError(f"Time must be longer than zero, found '{text}'.", text=text, at=0)
    return hours


def _number_and_unit(text: str, example: str) -> tuple[Fraction, str, int]:
    """Return the number, its unit as written and the place of the unit; `example` is a unit for the advice."""
    match = _QUANTITY.match(text)
    if match is None:
        raise UnitError(f"'{text}' is not a number with a unit.", f"Write for example '10 {example}'.", text=text, at=0)
    if match["unit"] is None:
        advice = f"Write for example '{match['number']} {example}'."
        raise UnitError(f"'{text}' has no unit.", advice, text=text, at=len(text))
    return exact(match["number"]), match["unit"], match.start("unit")

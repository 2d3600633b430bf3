"""The closed table of units: text to exact canonical numbers and back.

Canonical units are IU (IL-2) and mg (other drugs) for amounts, hours for times, kg and m2 for bodies. Numbers are exact
rationals: a protocol's 0.26 MIU is 260000 IU and not the float next to it. IU belong to a substance; they become ug or
nmol only through the declared specific activity of that drug (`regimens.drugs`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from regimens.errors import UnitError, did_you_mean

Exact = int | float | str | Decimal | Fraction

AMOUNT_UNITS: dict[str, tuple[str, Fraction]] = {
    "IU": ("IU", Fraction(1)),
    "kIU": ("IU", Fraction(1_000)),
    "MIU": ("IU", Fraction(1_000_000)),
    "ug": ("mg", Fraction(1, 1_000)),
    "mg": ("mg", Fraction(1)),
    "g": ("mg", Fraction(1_000)),
}
"""Unit of amount -> its canonical unit and its size in that."""

TIME_UNITS: dict[str, Fraction] = {
    "min": Fraction(1, 60),
    "h": Fraction(1),
    "day": Fraction(24),
    "week": Fraction(168),
}
"""Unit of time -> hours."""

BASES = {"m2": "per m2", "kg": "per kg"}
"""What may stand behind the slash of an amount -> the basis of the dose."""

_AMOUNT_ALIASES = {"µg": "ug", "μg": "ug", "mcg": "ug"}
_TIME_ALIASES = {
    "minute": "min", "minutes": "min", "mins": "min", "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
    "days": "day", "d": "day", "weeks": "week", "wk": "week", "wks": "week",
}  # fmt: skip

AMOUNT_ADVICE = "Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg)."
TIME_ADVICE = "Times are written in min, h, days or weeks."

_REFUSED_AMOUNTS = {
    "mIU": "'mIU' would be a thousandth of an IU. Write 'MIU' for a million IU.",
    "MU": "'MU' has been printed for several different units. Write 'MIU' for a million IU.",
    "mU": "'mU' has been printed for several different units. Write 'MIU' for a million IU.",
    "M": "A bare 'M' is no unit. Write 'MIU' for a million IU.",
    "U": "A bare 'U' is no unit: IL-2 is dosed in IU. Write 'IU', 'kIU' or 'MIU'.",
    "million": "'million' stands before a unit. Write 'MIU' for a million IU.",
    "WIU": "1 WIU is 10,000 IU (50 WIU are 0.5 MIU). Write the amount in IU, kIU or MIU.",
}


def exact(number: Exact, what: str = "number") -> Fraction:
    """Return `number` as the exact rational it is written as (0.1 is 1/10); UnitError unless it is a finite number."""
    if isinstance(number, bool) or not isinstance(number, int | float | str | Decimal | Fraction):
        raise UnitError(f"{number!r} is no {what}.", "A number is needed.")
    if isinstance(number, float):
        if not math.isfinite(number):
            raise UnitError(f"{number!r} is no {what}.", "A finite number is needed.")
        number = repr(number)
    if isinstance(number, str):
        try:
            number = Decimal(number)
        except InvalidOperation:
            raise UnitError(f"{number!r} is no {what}.", "A number is needed.") from None
    if isinstance(number, Decimal):
        if not number.is_finite():
            raise UnitError(f"'{number}' is no {what}.", "A finite number is needed.")
        if number.adjusted() > 30 or number.adjusted() < -30:
            raise UnitError(f"'{number}' is no {what} that a protocol could mean.", "Check its exponent.")
    return Fraction(number)


def amount_unit(word: str) -> tuple[str, Fraction]:
    """Return (canonical unit, size) of a unit of amount; UnitError with the right spelling for any other word."""
    word = _AMOUNT_ALIASES.get(word, word)
    if word in AMOUNT_UNITS:
        return AMOUNT_UNITS[word]
    raise UnitError(f"'{word}' is not a unit of amount.", _unit_advice(word))


def time_unit(word: str) -> Fraction:
    """Return the hours of a unit of time; UnitError with the right spelling for any other word."""
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
    if word in _REFUSED_AMOUNTS:
        return _REFUSED_AMOUNTS[word]
    near = did_you_mean(word, AMOUNT_UNITS)
    return f"{near} {AMOUNT_ADVICE}" if near.startswith("Did") else AMOUNT_ADVICE


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
    """Return the unit (and its size) in which an amount reads best: MIU from 10 kIU up, mg from 0.1 mg up."""
    if canonical == "IU":
        return ("MIU", AMOUNT_UNITS["MIU"][1]) if value == 0 or abs(value) >= 10_000 else ("IU", Fraction(1))
    return ("mg", Fraction(1)) if value == 0 or abs(value) >= Fraction(1, 10) else ("ug", Fraction(1, 1000))


def amount_text(value: Fraction, canonical: str) -> str:
    """Write a canonical amount with the unit in which it reads best: 500000 IU -> '0.5 MIU'."""
    unit, size = best_amount_unit(value, canonical)
    return f"{decimal_text(value / size)} {unit}"


def duration_text(hours: Fraction) -> str:
    """Write a time in whole days where it is that, else in h or min: 48 -> '2 days'."""
    for unit, size in (("day", Fraction(24)), ("h", Fraction(1))):
        if hours % size == 0 or (unit == "h" and hours >= 1 and "/" not in decimal_text(hours)):
            count = decimal_text(hours / size)
            return f"{count} {unit}" + ("s" if unit == "day" and count != "1" else "")
    return f"{decimal_text(hours * 60)} min"


_QUANTITY = re.compile(r"\s*(?P<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(?P<unit>\S.*?)?\s*$")


def parse_quantity(text: str, units: Iterable[str]) -> tuple[Fraction, str]:
    """Read '70 kg' as an exact number and one of `units`; UnitError otherwise."""
    accepted = list(units)
    example = f"A number with its unit is needed, for example '10 {accepted[0]}'."
    match = _QUANTITY.match(text)
    if match is None:
        raise UnitError(f"'{text}' is no quantity.", example, text=text, at=0)
    if match["unit"] is None:
        raise UnitError(f"'{text}' has no unit.", example, text=text, at=len(text))
    if match["unit"] not in accepted:
        raise UnitError(
            f"'{match['unit']}' is not a unit that fits here.",
            f"Write {' or '.join(accepted)}.",
            text=text,
            at=match.start("unit"),
        )
    return exact(match["number"]), match["unit"]


def parse_duration(text: str) -> Fraction:
    """Read '24 weeks' or '6 h' as exact hours; UnitError otherwise. Zero and negative times are refused."""
    match = _QUANTITY.match(text)
    if match is None or match["unit"] is None:
        raise UnitError(f"'{text}' is no time.", f"A number with its unit is needed. {TIME_ADVICE}", text=text, at=0)
    try:
        size = time_unit(match["unit"])
    except UnitError as error:
        raise UnitError(error.message, error.advice, text=text, at=match.start("unit")) from None
    hours = exact(match["number"]) * size
    if hours <= 0:
        raise UnitError(f"'{text}' is not longer than zero.", "A time greater than zero is needed.", text=text, at=0)
    return hours

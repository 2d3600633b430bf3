"""Lengths of time and amounts of drug as exact frozen values, and the functions that build them: `days(2)`, `MIU(1).per_m2`."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from regimens.errors import RegimenError, did_you_mean
from regimens.subject import BASES, amount_in_person
from regimens.units import Exact, amount_text, amount_unit, best_amount_unit, decimal_text, duration_text, exact


@dataclass(frozen=True)
class Duration:
    """A length of time, exact, in hours. Built by `minutes`, `hours`, `days` or `weeks`."""

    hours: Fraction

    def __repr__(self) -> str:
        for name, size in (("days", Fraction(24)), ("hours", Fraction(1)), ("minutes", Fraction(1, 60))):
            if self.hours % size == 0:
                return f"{name}({self.hours // size})"
        return f"hours({_pasteable(self.hours)})"

    def __str__(self) -> str:
        return duration_text(self.hours)


def minutes(count: Exact) -> Duration:
    """Return a time of `count` minutes."""
    return Duration(exact(count, "number of minutes") / 60)


def hours(count: Exact) -> Duration:
    """Return a time of `count` hours."""
    return Duration(exact(count, "number of hours"))


def days(count: Exact) -> Duration:
    """Return a time of `count` days of 24 h."""
    return Duration(exact(count, "number of days") * 24)


def weeks(count: Exact) -> Duration:
    """Return a time of `count` weeks of 168 h."""
    return Duration(exact(count, "number of weeks") * 168)


@dataclass(frozen=True)
class Amount:
    """How much: `value` in `unit` (IU or mg), `basis` flat, per m2 or per kg, at most `cap` (None = no cap).

    With a `step` each person's dose is the nearest multiple of it (None = not rounded), as a syringe can give. Numbers are kept
    as exact fractions, in `unit`. RegimenError for an amount that cannot be given.
    """

    value: Fraction
    unit: str
    basis: str = "flat"
    cap: Fraction | None = None
    step: Fraction | None = None

    def __post_init__(self) -> None:
        for name in ("value", "cap", "step"):
            given = getattr(self, name)
            if given is not None and not isinstance(given, Fraction):
                object.__setattr__(self, name, exact(given, name))
        if self.basis not in BASES:
            raise RegimenError(f"Unknown basis '{self.basis}' of an amount.", did_you_mean(str(self.basis), BASES))
        if self.value <= 0:
            raise RegimenError(
                f"An amount of {amount_text(self.value, self.unit)} cannot be given.",
                "Amounts are greater than zero; an arm without doses is written 'no dose'.",
            )
        if self.cap is not None and self.cap <= 0:
            raise RegimenError(f"A cap of {amount_text(self.cap, self.unit)} allows no dose.", "Caps are greater than zero.")
        if self.cap is not None and self.basis == "flat":
            raise RegimenError("A flat amount needs no cap.", "Caps belong to amounts per m2 or per kg.")
        if self.step is not None and self.step <= 0:
            raise RegimenError(f"A step of {amount_text(self.step, self.unit)} gives no dose.", "Steps are greater than zero.")
        if self.step is not None and self.basis == "flat":
            raise RegimenError("A flat amount needs no step.", "Steps belong to amounts per m2 or per kg.")
        if self.step is not None and self.cap is not None and self.cap < self.step:
            cap, step = amount_text(self.cap, self.unit), amount_text(self.step, self.unit)
            raise RegimenError(f"A cap of {cap} is less than a step of {step}.", "A cap is at least one step.")

    @property
    def per_m2(self) -> Amount:
        """The same amount for each m2 of body surface."""
        return Amount(self.value, self.unit, "per m2")

    @property
    def per_kg(self) -> Amount:
        """The same amount for each kg of body weight."""
        return Amount(self.value, self.unit, "per kg")

    def at_most(self, cap: Amount) -> Amount:
        """The same amount, never more than `cap` (a flat amount of the same kind of unit) in one dose."""
        return Amount(self.value, self.unit, self.basis, self._limit("cap", cap), self.step)

    def in_steps_of(self, step: Amount) -> Amount:
        """The same amount, rounded for each person to the nearest multiple of `step` (a flat amount of the same kind of unit)."""
        return Amount(self.value, self.unit, self.basis, self.cap, self._limit("step", step))

    def _limit(self, what: str, limit: Amount) -> Fraction:
        if limit.unit != self.unit or limit.basis != "flat":
            advice = f"A {what} is a flat amount in {self.unit} or its multiples."
            raise RegimenError(f"'{limit}' cannot be the {what} of '{self}'.", advice)
        return limit.value

    def for_size(self, weight_kg: Fraction, bsa_m2: Fraction) -> Fraction:
        """Return what a subject of that weight and body surface gets, in the canonical unit, cap and step applied."""
        return amount_in_person(self.value, self.basis, weight_kg, bsa_m2, self.cap, self.step)

    def __str__(self) -> str:
        unit, size = best_amount_unit(self.value, self.unit)
        text = f"{decimal_text(self.value / size)} {unit}" + {"flat": "", "per m2": "/m2", "per kg": "/kg"}[self.basis]
        limits = [] if self.cap is None else [f"max {amount_text(self.cap, self.unit)}"]
        limits += [] if self.step is None else [f"in steps of {amount_text(self.step, self.unit)}"]
        return f"{text} ({', '.join(limits)})" if limits else text

    def __repr__(self) -> str:
        text = _flat_repr(self.value, self.unit) + {"flat": "", "per m2": ".per_m2", "per kg": ".per_kg"}[self.basis]
        text += "" if self.cap is None else f".at_most({_flat_repr(self.cap, self.unit)})"
        return text + ("" if self.step is None else f".in_steps_of({_flat_repr(self.step, self.unit)})")


def amount(count: Exact, unit: str) -> Amount:
    """Return a flat amount of `count` of a unit: 'IU', 'kIU', 'MIU', 'ug', 'mg' or 'g'. UnitError for another unit."""
    canonical, size = amount_unit(unit)
    return Amount(exact(count, "amount") * size, canonical)


def IU(count: Exact) -> Amount:
    """Return an amount of IL-2 in IU."""
    return amount(count, "IU")


def MIU(count: Exact) -> Amount:
    """Return an amount of IL-2 in million IU."""
    return amount(count, "MIU")


def mg(count: Exact) -> Amount:
    """Return an amount of a drug in mg."""
    return amount(count, "mg")


def _pasteable(value: Fraction) -> str:
    text = decimal_text(value)
    if "/" in text:
        return repr(value)
    return text if len(text) <= 15 else repr(text)


def _flat_repr(value: Fraction, canonical: str) -> str:
    unit, size = best_amount_unit(value, canonical)
    if unit == "ug":
        unit, size = "mg", Fraction(1)
    return f"{unit}({_pasteable(value / size)})"

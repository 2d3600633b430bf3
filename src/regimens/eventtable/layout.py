"""What is declared about an event table: its dialect, its units, and which compartment is which drug and route."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import get_args

from regimens.drugs import ROUTES, unit_of
from regimens.errors import UnitError, did_you_mean
from regimens.eventtable.dialect import Dialect, Rule
from regimens.subject import amount_in_person
from regimens.units import BASES, amount_unit, decimal_text, parse_quantity, time_unit

RULES: tuple[Rule, ...] = get_args(Rule)

STANDARD = ("ID", "TIME", "AMT", "EVID", "CMT", "RATE", "DUR", "II", "ADDL", "SS", "DV", "MDV")
"""Columns that mean the same in every table; any other is a covariate."""

WRITTEN = ("CYCLE", "DOSE", "BASIS", "MAX", "STEP")
"""What columns of an exported table hold that no program reads: cycle of a dose; amount as planned, its basis, cap and step."""

BASIS_CODES = ("flat", "per m2", "per kg")
"""The basis of a dose by its code in a column of them."""

Fault = tuple[tuple[str, ...], str, str]
"""The keys of what is wrong with a declaration, message, advice."""


@dataclass(frozen=True)
class Modelled:
    """What RATE -1 ("rate") or -2 ("duration") stands for: a `value` (h, or IU or mg per h), or the `column` that has it."""

    kind: str
    value: Fraction | None = None
    column: str = ""


@dataclass(frozen=True)
class Target:
    """What a dose into a compartment is: drug, route, the size of its unit (IU or mg), the basis of amounts."""

    drug: str
    route: str
    size: Fraction
    basis: str
    modelled: Modelled | None = None


@dataclass(frozen=True)
class Layout:
    """How an event table is to be read.

    `time` is the unit of TIME, II and DUR; `amount` maps each drug to the unit of AMT ("MIU", "mg/kg"), RATE is in that per unit
    of time. `compartments` maps what CMT says to drug and route ("il2 SC"); one text alone is the only input. `columns` has the
    names of columns that are not called by their own word. `modelled` maps drug and route to what a RATE of -1 or -2 is:
    "duration 2 h", "rate 0.5 MIU/h", or "duration D1" with a column. `covariates` is nocb or locf, "" for that of the dialect.
    `arms` has the names of the arms of IDs, `subject` weight and bsa ("70 kg", "1.8 m2") of the person whose AMT an exported
    table has.
    """

    dialect: Dialect
    time: str
    amount: Mapping[str, str]
    compartments: Mapping[str, str] | str
    columns: Mapping[str, str] = field(default_factory=dict)
    modelled: Mapping[str, str] = field(default_factory=dict)
    covariates: str = ""
    arms: Mapping[str, str] = field(default_factory=dict)
    subject: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def hours(self) -> Fraction:
        """The unit of time in h."""
        return time_unit(self.time)

    @cached_property
    def rule(self) -> str:
        """The rule for covariates that change."""
        return self.covariates or self.dialect.covariates

    @cached_property
    def targets(self) -> dict[str, Target]:
        """What CMT says -> what a dose into it is; the key is '' where CMT is not needed."""
        found = {"": self.compartments} if isinstance(self.compartments, str) else self.compartments
        return {cmt: self._target(said) for cmt, said in found.items()}

    def _target(self, said: str) -> Target:
        drug, route = said.split()
        unit, basis = _unit(self.amount[drug])
        modelled = _modelled(self.modelled[said]) if said in self.modelled else None
        return Target(drug, route, amount_unit(unit)[1], basis, modelled)


def written_amount(
    planned: Fraction,
    basis: str,
    weight_kg: Fraction,
    bsa_m2: Fraction,
    cap: Fraction | None,
    step: Fraction | None,
    size: Fraction,
) -> str:
    """Return AMT of a planned dose for a person, in a unit of `size` (IU or mg): exactly where that is a decimal."""
    return written_number(amount_in_person(planned, basis, weight_kg, bsa_m2, cap, step) / size)


def written_number(value: Fraction) -> str:
    """Return a number as a table has it: exactly where it is a decimal, else with the digits of a float."""
    text = decimal_text(value)
    return text if "/" not in text else repr(float(value))


def layout_faults(layout: Layout) -> Iterator[Fault]:
    """Yield everything that is wrong with what a layout declares."""
    try:
        time_unit(layout.time)
    except UnitError as error:
        yield ("time",), error.message, error.advice
    yield from _amount_faults(layout)
    yield from _compartment_faults(layout)
    for role in layout.columns:
        if role.upper() not in (*STANDARD, *WRITTEN):
            known = did_you_mean(role.upper(), (*STANDARD, *WRITTEN))
            yield ("columns", role), f"'{role}' is not the meaning of a column.", known
    if layout.covariates and layout.covariates not in RULES:
        yield ("covariates",), f"Unknown rule '{layout.covariates}' for covariates.", "Write 'nocb' or 'locf'."
    yield from _modelled_faults(layout)


def _inputs(layout: Layout) -> dict[tuple[str, ...], str]:
    """Return drug and route of every compartment by the keys of its declaration."""
    if isinstance(layout.compartments, str):
        return {("compartments",): layout.compartments}
    return {("compartments", cmt): said for cmt, said in layout.compartments.items()}


def _amount_faults(layout: Layout) -> Iterator[Fault]:
    given = {said.split()[0] for said in _inputs(layout).values() if said.strip()}
    for drug in sorted(given - set(layout.amount)):
        example = "MIU" if unit_of(drug) == "IU" else "mg"
        yield (
            ("amount",),
            f"The unit of the amounts of '{drug}' is not declared.",
            f"Write for example 'amount: {{{drug}: {example}}}'.",
        )
    for drug, written in layout.amount.items():
        if drug not in given:
            yield ("amount", drug), f"No compartment takes '{drug}'.", did_you_mean(drug, given)
        try:
            unit, _ = _unit(written)
            canonical, _ = amount_unit(unit)
        except UnitError as error:
            yield ("amount", drug), error.message, error.advice
            continue
        if canonical != unit_of(drug):
            right = "IU, kIU or MIU" if unit_of(drug) == "IU" else "ug, mg or g"
            yield ("amount", drug), f"Amounts of '{drug}' cannot be in '{written}'.", f"Write {right}."


def _compartment_faults(layout: Layout) -> Iterator[Fault]:
    if not layout.compartments:
        yield ("compartments",), "No compartment is declared.", "Write for example 'compartments: {1: il2 SC}'."
    for keys, said in _inputs(layout).items() if layout.compartments else ():
        words = said.split()
        if len(words) != 2 or not words[0].isidentifier() or words[1] not in ROUTES:
            advice = f"A drug and a route are needed, such as 'il2 SC'. Routes: {', '.join(ROUTES)}."
            yield keys, f"'{said}' is not a drug and a route.", advice


def _modelled_faults(layout: Layout) -> Iterator[Fault]:
    known = set(_inputs(layout).values())
    for said, written in layout.modelled.items():
        if said not in known:
            yield ("modelled", said), f"No compartment takes '{said}'.", did_you_mean(said, known)
        try:
            _modelled(written)
        except UnitError as error:
            yield ("modelled", said), error.message, error.advice


def _unit(written: str) -> tuple[str, str]:
    """Split 'MIU/m2' into its unit and the basis of doses."""
    unit, _, size = written.partition("/")
    if size and size.strip() not in BASES:
        raise UnitError(f"'{written}' is not a unit of doses.", "Amounts are flat, per m2 or per kg: MIU, MIU/m2, mg/kg.")
    return unit.strip(), BASES[size.strip()] if size else "flat"


def _modelled(written: str) -> Modelled:
    advice = "Write for example 'duration 2 h' or 'rate 0.5 MIU/h', or a column in place of the quantity."
    kind, _, what = written.partition(" ")
    what = what.strip()
    if kind not in ("rate", "duration") or not what:
        raise UnitError(f"'{written}' does not say a rate or a duration.", advice)
    if what.isidentifier():
        return Modelled(kind, column=what)
    number, unit = parse_quantity(what, [what.lstrip("0123456789.eE+- ")])
    if number <= 0:
        raise UnitError(
            f"A {kind} is longer than zero, found '{what}'." if kind == "duration" else f"A rate is above zero, found '{what}'."
        )
    if kind == "duration":
        return Modelled(kind, number * time_unit(unit))
    amount, slash, per = unit.partition("/")
    if not slash:
        raise UnitError(f"'{what}' is not a rate.", advice)
    return Modelled(kind, number * amount_unit(amount)[1] / time_unit(per))

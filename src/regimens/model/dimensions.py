"""Units of a model's formulas: every equation is checked for dimension and for scale, IU/L against IU/mL."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.drugs import unit_of
from regimens.errors import UnitError
from regimens.model.expression import TIME, Binary, Call, Expression, Name, Negation, Number, in_formula, names_in
from regimens.model.unit import ONE, Unit, factor, parse_unit

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.yamlfile import Loc, Notes

SAME_SCALE = 1e-9
"""Relative difference of scale up to which two units count as the same; covers the rounding of roots of units."""

READABLE = ("parameters", "constants", "definitions", "states")
"""Keys of a model file whose entries formulas can name."""

LARGEST_EXPONENT = 100
"""Largest exponent of a quantity that has a unit."""


class UnitFault(Exception):
    """A formula whose units do not fit; `advice` says what would be right."""

    def __init__(self, message: str, advice: str = "") -> None:
        self.message, self.advice = message, advice
        super().__init__(message)


def check(model: Model, notes: Notes) -> None:
    """Note every formula of `model` whose unit is not the declared one; formulas of what has no readable unit are passed over."""
    units = _units(model, notes)
    if notes.usable("time"):
        units[TIME] = parse_unit(model.time_unit)
    for loc, said, formula, declared in _formulas(model, units):
        if declared is None or not notes.sound(*loc) or not units.keys() >= set(names_in(formula)):
            continue
        try:
            _compare(said, formula, _unit_of(formula, units), declared)
        except UnitFault as fault:
            notes.add(loc, fault.message, fault.advice)


def _units(model: Model, notes: Notes) -> dict[str, Unit]:
    """Return the unit of every name in formulas, without names whose unit is wrong or that are declared twice."""
    named = [(parameter.name, parameter.unit) for parameter in model.parameters]
    named += [(definition.name, definition.unit) for definition in model.definitions]
    named += [(state.name, state.unit) for state in model.states]
    names, units = [name for name, _ in named], {}
    for name, unit in named:
        with contextlib.suppress(UnitError):
            if names.count(name) == 1 and all(notes.sound(section, name, "unit") for section in READABLE):
                units[name] = parse_unit(unit)
    return units


def _formulas(model: Model, units: Mapping[str, Unit]) -> Iterator[tuple[Loc, str, Expression, Unit | None]]:
    """Yield the place in the file, the name, the formula and the declared unit (None if it is not known) of every formula."""
    time = units.get(TIME)
    for definition in model.definitions:
        loc = ("definitions", definition.name, "formula")
        yield loc, definition.name, definition.formula, units.get(definition.name)
    for state in model.states:
        unit = units.get(state.name)
        yield ("states", state.name, "initial"), f"{state.name}(0)", state.initial, unit
        yield ("states", state.name, "rate"), f"d({state.name})/dt", state.rate, unit / time if unit and time else None
    for index, entry in enumerate(model.inputs):
        unit, amount = units.get(entry.state), parse_unit(unit_of(entry.drug))
        said = f"The bioavailability of {entry.drug} {entry.route}"
        yield ("inputs", index, "bioavailability"), said, entry.bioavailability, unit / amount if unit else None
        yield ("inputs", index, "lag"), f"The lag of {entry.drug} {entry.route}", entry.lag, time
    for observable in model.observables:
        with contextlib.suppress(UnitError):
            loc = ("observables", observable.name, "formula")
            yield loc, observable.name, observable.formula, parse_unit(observable.unit)


def _compare(said: str, formula: Expression, found: Unit | None, declared: Unit) -> None:
    if found is not None and not _same_unit(found, declared):
        raise _fault(f"{said} = {in_formula(formula)} is {_in(found)} where {_said(declared)} is needed", found, declared)


def _same_unit(found: Unit, wanted: Unit) -> bool:
    scale = factor(found, wanted)
    return scale is not None and math.isclose(scale, 1.0, rel_tol=SAME_SCALE)


def _fault(message: str, found: Unit, wanted: Unit, advice: str = "") -> UnitFault:
    """Return the fault of two units that differ; for two of one dimension, with the constant that would make them the same."""
    scale = factor(found, wanted)
    if scale is None:
        return UnitFault(f"{message}.", advice)
    unit, verb, value = (found / wanted, "divide", 1 / scale) if scale < 1 else (wanted / found, "multiply", scale)
    text = str(unit)
    name = text.replace("/", "_per_") if re.fullmatch(r"\w+/\w+", text) else "factor"
    advice = f"Under 'constants' declare {name}: {{value: {value:.12g}, unit: {text}}} and {verb} by it."
    return UnitFault(f"{message}: they differ by a factor of {value:.6g}.", advice)


def _unit_of(expression: Expression, units: dict[str, Unit]) -> Unit | None:
    """Return the unit of `expression`; None for zero, which fits any unit."""
    match expression:
        case Number(value):
            return None if value == 0 else ONE
        case Name(name):
            return units[name]
        case Negation(operand):
            return _unit_of(operand, units)
        case Binary("**", base, exponent):
            return _power(expression, base, exponent, units)
        case Binary(operator, left, right):
            return _combined(expression, operator, _unit_of(left, units), _unit_of(right, units))
        case Call():
            return _called(expression, [_unit_of(argument, units) for argument in expression.arguments])


def _combined(whole: Expression, operator: str, left: Unit | None, right: Unit | None) -> Unit | None:
    if operator in "+-":
        return _common(whole, (left, right))
    if left is None:
        return None
    return left * (right or ONE) if operator == "*" else left / (right or ONE)


def _called(call: Call, found: Sequence[Unit | None]) -> Unit | None:
    if call.function in ("min", "max"):
        return _common(call, found)
    if call.function == "sqrt":
        return None if found[0] is None else found[0] ** Fraction(1, 2)
    if call.function == "hill":
        _common(call, found[:2])
        _demand_pure(call, call.arguments[2], found[2])
    else:
        _demand_pure(call, call.arguments[0], found[0])
    return ONE


def _demand_pure(whole: Expression, part: Expression, unit: Unit | None) -> None:
    if unit is not None and not _same_unit(unit, ONE):
        message = f"In {in_formula(whole)}, '{in_formula(part)}' is {_in(unit)} where a plain number is needed."
        raise UnitFault(message, "Divide it by a quantity of the same unit.")


def _common(whole: Expression, found: Sequence[Unit | None]) -> Unit | None:
    """Return the unit that all of `found` have; raises UnitFault where two differ."""
    known = [unit for unit in found if unit is not None]
    for other in known[1:]:
        if not _same_unit(known[0], other):
            pair = f"{in_formula(whole)} puts {_said(known[0])} and {_said(other)} together"
            raise _fault(pair, known[0], other, "Both have to be in the same unit.")
    return known[0] if known else None


def _power(whole: Expression, base: Expression, exponent: Expression, units: dict[str, Unit]) -> Unit | None:
    _demand_pure(whole, exponent, _unit_of(exponent, units))
    unit = _unit_of(base, units)
    if unit is None or _same_unit(unit, ONE):
        return unit
    literal = _literal(exponent)
    if literal is None:
        message = f"In {in_formula(whole)}, '{in_formula(base)}' is {_in(unit)} and its exponent is not a number."
        raise UnitFault(message, "Divide the base by a quantity of the same unit.")
    if abs(literal) > LARGEST_EXPONENT:
        message = f"In {in_formula(whole)}, '{in_formula(base)}' is {_in(unit)} and its exponent is above {LARGEST_EXPONENT}."
        raise UnitFault(message, "Divide the base by a quantity of the same unit.")
    return unit**literal


def _literal(expression: Expression) -> Fraction | None:
    """Return the value of an exponent that is a number, as 2, -0.5 or 1/3; None for any other formula."""
    match expression:
        case Number(value):
            return Fraction(value).limit_denominator(1000)
        case Negation(operand):
            literal = _literal(operand)
            return None if literal is None else -literal
        case Binary("/", Number(top), Number(bottom)) if bottom:
            return (Fraction(top) / Fraction(bottom)).limit_denominator(1000)
    return None


def _said(unit: Unit) -> str:
    return "a plain number" if unit == ONE else str(unit)


def _in(unit: Unit) -> str:
    return "a plain number" if unit == ONE else f"in {unit}"

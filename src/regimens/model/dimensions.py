"""Units of a model's formulas: every equation is checked for dimension and for scale, IU/L against IU/mL.

Units are combined by walking the expression tree; pint does the arithmetic of units and nothing else. No text of a
file reaches pint: units come as powers of a closed table of symbols.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from regimens.drugs import unit_of
from regimens.errors import InputFileError, Problem
from regimens.model.declaration import Model
from regimens.model.expression import TIME, Binary, Call, Expression, Name, Negation, Number, in_formula
from regimens.model.unit_words import SYMBOLS, parse_unit
from regimens.yamlfile import Located

if TYPE_CHECKING:
    import pint

SAME_SCALE = 1e-9
"""Relative difference of scale below which two units are the same: rounding of the factors in `SYMBOLS`."""


class UnitFault(Exception):
    """A formula whose parts do not fit; `advice` says what would."""

    def __init__(self, message: str, advice: str = "") -> None:
        self.message, self.advice = message, advice
        super().__init__(message)


def check(model: Model, located: Located) -> None:
    """Check every formula of `model` against its declared unit; `located` is the file it was read from.

    Raises InputFileError with one problem for every formula that does not fit.
    """
    units = {TIME: _unit(model.time_unit)}
    for part in (*model.parameters, *model.definitions, *model.states):
        units[part.name] = _unit(part.unit)
    problems = []
    for loc, said, formula, declared in _formulas(model):
        try:
            _compare(said, formula, _unit_of(formula, units), declared)
        except UnitFault as fault:
            problems.append(Problem(fault.message, fault.advice, *located.position(loc)))
    if problems:
        raise InputFileError(located.path, problems, located.text)


def _formulas(model: Model) -> Iterator[tuple[tuple, str, Expression, pint.Unit]]:
    time = _unit(model.time_unit)
    for definition in model.definitions:
        loc = ("definitions", definition.name, "formula")
        yield loc, definition.name, definition.formula, _unit(definition.unit)
    for state in model.states:
        unit = _unit(state.unit)
        yield ("states", state.name, "initial"), f"{state.name}(0)", state.initial, unit
        yield ("states", state.name, "rate"), f"d({state.name})/dt", state.rate, unit / time
    state_units = {state.name: _unit(state.unit) for state in model.states}
    for index, entry in enumerate(model.inputs):
        amount = _unit(unit_of(entry.drug))
        said = f"The bioavailability of {entry.drug} {entry.route}"
        loc = ("inputs", index)
        yield (*loc, "bioavailability"), said, entry.bioavailability, state_units[entry.state] / amount
        yield (*loc, "lag"), f"The lag of {entry.drug} {entry.route}", entry.lag, time
    for observable in model.observables:
        loc = ("observables", observable.name, "formula")
        yield loc, observable.name, observable.formula, _unit(observable.unit)


def _compare(said: str, formula: Expression, found: pint.Unit | None, declared: pint.Unit) -> None:
    factor = 1.0 if found is None else _factor(found, declared)
    if factor is not None and math.isclose(factor, 1.0, rel_tol=SAME_SCALE):
        return
    message = f"{said} = {in_formula(formula)} is {_in(found)} where {_said(declared)} is needed"
    if factor is None:
        raise UnitFault(f"{message}.")
    raise _wrong_scale(message, found, declared)


def _wrong_scale(message: str, found: pint.Unit, wanted: pint.Unit) -> UnitFault:
    """Return the fault of two units of one dimension, with the constant that would make them the same."""
    unit, verb = found / wanted, "divide"
    if _factor(unit, _unit("1")) > 1:
        unit, verb = wanted / found, "multiply"
    value = 1 / _factor(unit, _unit("1"))
    text = _said(unit)
    name = text.replace("/", "_per_") if re.fullmatch(r"\w+/\w+", text) else "factor"
    advice = f"Under 'constants' declare {name}: {{value: {value:.12g}, unit: {text}}} and {verb} by it."
    return UnitFault(f"{message}: they differ by a factor of {value:.6g}.", advice)


def _unit_of(expression: Expression, units: dict[str, pint.Unit]) -> pint.Unit | None:
    """Return the unit of `expression`; None for zero, which fits any."""
    match expression:
        case Number(value):
            return None if value == 0 else _unit("1")
        case Name(name):
            return units[name]
        case Negation(operand):
            return _unit_of(operand, units)
        case Binary("**", base, exponent):
            return _power(expression, base, exponent, units)
        case Binary(operator, left, right):
            sides = _unit_of(left, units), _unit_of(right, units)
            if operator in "+-":
                return _same(expression, sides)
            if sides[0] is None:
                return None
            other = _unit("1") if sides[1] is None else sides[1]
            return sides[0] * other if operator == "*" else sides[0] / other
        case Call(function, arguments):
            return _called(expression, function, [_unit_of(argument, units) for argument in arguments])


def _called(expression: Call, function: str, found: list[pint.Unit | None]) -> pint.Unit | None:
    if function in ("min", "max"):
        return _same(expression, found)
    if function == "sqrt":
        return None if found[0] is None else found[0] ** 0.5
    if function == "hill":
        _same(expression, found[:2])
    for argument, unit in zip(expression.arguments, found, strict=True):
        if function != "hill" or argument is expression.arguments[2]:
            _demand_pure(expression, argument, unit)
    return _unit("1")


def _is_pure(unit: pint.Unit | None) -> bool:
    factor = 1.0 if unit is None else _factor(unit, _unit("1"))
    return factor is not None and math.isclose(factor, 1.0, rel_tol=SAME_SCALE)


def _demand_pure(whole: Expression, part: Expression, unit: pint.Unit | None) -> None:
    if not _is_pure(unit):
        message = f"In {in_formula(whole)}, '{in_formula(part)}' is {_in(unit)} where a plain number is needed"
        raise UnitFault(f"{message}.", "Divide it by a quantity of the same unit.")


def _same(whole: Expression, found: list[pint.Unit | None] | tuple[pint.Unit | None, ...]) -> pint.Unit | None:
    known = [unit for unit in found if unit is not None]
    for other in known[1:]:
        factor = _factor(known[0], other)
        pair = f"{in_formula(whole)} puts {_said(known[0])} and {_said(other)} together"
        if factor is None:
            raise UnitFault(f"{pair}.", "Both have to be in the same unit.")
        if not math.isclose(factor, 1.0, rel_tol=SAME_SCALE):
            raise _wrong_scale(pair, known[0], other)
    return known[0] if known else None


def _power(whole: Expression, base: Expression, exponent: Expression, units: dict[str, pint.Unit]) -> pint.Unit | None:
    _demand_pure(whole, exponent, _unit_of(exponent, units))
    unit = _unit_of(base, units)
    if _is_pure(unit):
        return unit
    literal = _literal(exponent)
    if literal is None:
        message = f"In {in_formula(whole)}, '{in_formula(base)}' is {_in(unit)} and its exponent is not a number"
        raise UnitFault(f"{message}.", "Divide the base by a quantity of the same unit.")
    return unit ** (literal.numerator if literal.denominator == 1 else float(literal))


def _literal(expression: Expression) -> Fraction | None:
    match expression:
        case Number(value):
            return Fraction(value).limit_denominator(1000)
        case Negation(operand):
            value = _literal(operand)
            return None if value is None else -value
        case Binary("/", Number(top), Number(bottom)) if bottom:
            return (Fraction(top) / Fraction(bottom)).limit_denominator(1000)
    return None


def _factor(found: pint.Unit, wanted: pint.Unit) -> float | None:
    """Return how many `wanted` one `found` is; None if their dimensions differ."""
    factor, rest = _registry().get_root_units(found / wanted)
    return float(factor) if rest.dimensionless else None


@cache
def _unit(text: str) -> pint.Unit:
    """Return the unit that `text` declares."""
    import pint

    return _registry().Unit(pint.util.UnitsContainer(parse_unit(text)))


def _said(unit: pint.Unit | None) -> str:
    if unit is None or unit == _unit("1"):
        return "a plain number"
    return f"{unit:C}".replace("**", "^")


def _in(unit: pint.Unit | None) -> str:
    said = _said(unit)
    return said if said.startswith("a ") else f"in {said}"


@cache
def _registry() -> pint.UnitRegistry:
    """Return the one registry: only the symbols of `SYMBOLS`, which also loads in a few milliseconds."""
    import pint

    registry = pint.UnitRegistry(None, cache_folder=None)
    for symbol, definition in SYMBOLS.items():
        registry.define(f"{symbol} = {definition}")
    return registry

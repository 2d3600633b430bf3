"""Antimony: the model as rate rules and assignment rules, with units and doses in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from regimens.model.expression import TIME, Name, in_formula
from regimens.model.unit import parse_unit
from regimens.modeltext.names import Names, words
from regimens.modeltext.parts import (
    Parts,
    commented,
    decimal,
    heading,
    parameter_words,
    parts_of,
    renamed,
    said,
    things_of,
)
from regimens.modeltext.printing import Notation, write
from regimens.modeltext.sbmlunits import UNIT_PREFIX, base_factors, unit_id

if TYPE_CHECKING:
    from regimens.model.declaration import Model

RESERVED = words("""
    hill smaller larger time avogadro pi exponentiale true false inf infinity nan notanumber INF NaN abs acos arccos acosh
    arccosh acot arccot acoth arccoth acsc arccsc acsch arccsch and asec arcsec asech arcsech asin arcsin atan arctan atanh
    arctanh asinh arcsinh ceil ceiling cos cosh cot coth csc csch delay divide eq exp factorial floor ge geq gt implies le
    leq ln log log10 lt max min minus neq not or piecewise plus pow power quotient rateOf rem root sec sech sin sinh sqr
    sqrt tan tanh times xor modulo lambda semantics normal truncatedNormal uniform exponential truncatedExponential gamma
    truncatedGamma poisson truncatedPoisson bernoulli binomial chisquare laplace cauchy rayleigh lognormal model module end
    function var const species formula compartment reaction event operator DNA gene in is at after has import substanceOnly
    unit default priority persistent t0 fromTrigger delete ext extent time_unit substance volume area length ampere
    becquerel candela celsius coulomb dimensionless farad gram gray henry hertz item joule katal kelvin kilogram litre liter
    lumen lux metre meter mole newton ohm pascal radian second siemens sievert steradian tesla volt watt weber identical
    mean stdev std variance distribution boundary algebraic around
""")
"""Words of Antimony and of formulas of SBML."""

FUNCTIONS = {"exp": "exp", "log": "ln", "sqrt": "sqrt", "min": "smaller", "max": "larger", "hill": "hill"}

NOTATION = Notation(decimal, FUNCTIONS, power="^")

BODIES = {
    "smaller": ("a", "b", "piecewise(a, a < b, b)"),
    "larger": ("a", "b", "piecewise(a, a > b, b)"),
    "hill": ("x", "ec50", "h", "piecewise(0, x <= 0, 1/(1 + (ec50/x)^h))"),
}
"""Functions that the text declares: their arguments, then what they are. They need no function of SBML's second version."""


def antimony_text(model: Model) -> str:
    """Return the text of `model`; ModelError as `compile_model` raises it."""
    parts = parts_of(model)
    names = Names(RESERVED, prefixes=(UNIT_PREFIX,), joint="_")
    spelled = {TIME: "time"} | {state.name: names.spelled(state.name) for state in model.states}
    spelled |= {parameter.name: names.spelled(parameter.name) for parameter in model.parameters}
    spelled |= {definition.name: names.spelled(definition.name) for definition in model.definitions}
    body = [*_units(model), "", *_parameters(parts, spelled), *_states(parts, spelled), *_definitions(parts, spelled)]
    body += _observables(parts, spelled, names)
    identifier = names.fresh(model.name)
    return "\n".join(
        [
            *commented([*heading(parts, "Antimony", left_out(parts)), *renamed(names.changed)], "//"),
            *(f"function {name}({', '.join(what[:-1])})\n  {what[-1]}\nend" for name, what in BODIES.items()),
            *["", f"model {identifier}()", *(f"  {line}".rstrip() for line in body), "end"],
            *[f'{identifier} is "{_quoted(model.title)}"', ""],
        ]
    )


def left_out(parts: Parts) -> Iterator[str]:
    """Yield what neither Antimony nor SBML has a place for, as sentences."""
    for given in parts.model.inputs:
        portion, lag = in_formula(given.bioavailability), in_formula(given.lag)
        where = f"{given.drug} {given.route} enters {given.state}"
        yield f"Doses: {where}, times {portion}, after a lag of {lag} {parts.model.time_unit}."
    if parts.varying:
        yield f"Variation between subjects (CV): {', '.join(f'{p.name} {p.cv:g}' for p in parts.varying)}."


def _units(model: Model) -> Iterator[str]:
    """Yield the definition of every unit. IU and cells are both counts of items: SBML does not know IU."""
    yield f"unit time_unit = {_unit_formula(model.time_unit)}"
    for text in dict.fromkeys([model.time_unit, *(str(parse_unit(thing.unit)) for thing in things_of(model))]):
        if text != "1":
            yield f"unit {unit_id(text)} = {_unit_formula(text)}"


def _unit_formula(text: str) -> str:
    """Return a unit in units that Antimony knows, such as '(item) / (1e-3 litre)'."""
    over: list[str] = []
    under: list[str] = []
    for multiplier, kind, exponent in base_factors(parse_unit(text)):
        size = "" if multiplier == 1.0 else f"{multiplier!r} "
        power = "" if abs(exponent) == 1 else f"^{abs(exponent):g}"
        (over if exponent > 0 else under).append(f"({size}{kind}){power}")
    return "".join([" * ".join(over) or "1", *(f" / {factor}" for factor in under)])


def _described(name: str, label: str, unit: str) -> Iterator[str]:
    text = str(parse_unit(unit))
    yield f"{name} has {'dimensionless' if text == '1' else unit_id(text)}"
    if label:
        yield f'{name} is "{_quoted(label)}"'


def _quoted(text: str) -> str:
    """Return a text for between double quotes."""
    return said(text).replace('"', "'")


def _parameters(parts: Parts, spelled: Mapping[str, str]) -> Iterator[str]:
    for p in parts.model.parameters:
        yield f"const {spelled[p.name]} = {decimal(p.value)}  // {parameter_words(p)}"
        yield from _described(spelled[p.name], p.label, p.unit)


def _states(parts: Parts, spelled: Mapping[str, str]) -> Iterator[str]:
    for state in parts.model.states:
        name = spelled[state.name]
        yield f"var {name} = {write(parts.initial[state.name], NOTATION, spelled)}"
        yield f"{name}' = {write(parts.rates[state.name], NOTATION, spelled)}"
        yield from _described(name, state.label, state.unit)


def _definitions(parts: Parts, spelled: Mapping[str, str]) -> Iterator[str]:
    for definition in (*parts.before, *parts.along):
        name = spelled[definition.name]
        yield f"var {name} := {write(definition.formula, NOTATION, spelled)}"
        yield from _described(name, definition.label, definition.unit)


def _observables(parts: Parts, spelled: Mapping[str, str], names: Names) -> Iterator[str]:
    for observable in parts.model.observables:
        formula = parts.observables[observable.name]
        if formula == Name(observable.name):
            continue
        name = names.spelled(observable.name, "observable")
        yield f"var {name} := {write(formula, NOTATION, spelled)}"
        yield from _described(name, observable.label, observable.unit)

"""From the keys and values of a model file to a `Model`: names, units, formulas, and what each formula may read."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from regimens.errors import UnitError, did_you_mean
from regimens.model.declaration import Correlation, Definition, Input, Model, Observable, Parameter, Source, State
from regimens.model.dimensions import READABLE
from regimens.model.expression import FUNCTIONS, TIME, Expression, FormulaError, Number, names_in, parse_formula
from regimens.model.parameters import positive_definite
from regimens.model.unit import parse_unit

if TYPE_CHECKING:
    from regimens.model.schema import InputShape, ModelShape, NamedShape, ParameterShape
    from regimens.yamlfile import Loc, Notes

ASSUMED = "assumed"
"""What the `source` of a parameter without a source says."""

BY_DEFINITION = Source("definition", "Exact by the definition of the units.")
"""The source of every entry under 'constants'."""

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")

Refusal = Callable[[str], tuple[str, str]]
"""For a name that exists but may not be read in a formula: the end of the message ("which is a state") and the advice."""


def interpret(shape: ModelShape, notes: Notes, name: str) -> Model:
    """Return the model `name` that a file declares; notes all problems, and what has one stands for nothing in the model."""
    _check_names(shape, notes)
    _check_units(shape, notes)
    formulas = _Formulas(shape, notes)
    return Model(
        name=name,
        title=shape.title,
        description=shape.description,
        sources=_sources(shape, notes),
        time_unit=shape.time,
        parameters=_parameters(shape, notes),
        definitions=_definitions(shape, formulas),
        states=_states(shape, formulas, notes),
        inputs=_inputs(shape, formulas, notes),
        observables=_observables(shape, formulas),
        digest=notes.located.digest,
        exploratory=shape.exploratory,
        correlations=_correlations(shape, notes),
    )


def _declared(section: str, shape: ModelShape, notes: Notes) -> bool:
    """Return whether all names of a section are known: its shape is right, or no key of the file can be meant to be it."""
    return notes.usable(section) and (section in shape.model_fields_set or not notes.has_wrong_key())


def _readable(shape: ModelShape) -> Iterator[tuple[str, str, NamedShape]]:
    """Yield section, name and entry of everything that formulas can read."""
    yield from (("parameters", name, entry) for name, entry in shape.parameters.items())
    yield from (("constants", name, entry) for name, entry in shape.constants.items())
    yield from (("definitions", name, entry) for name, entry in shape.definitions.items())
    yield from (("states", name, entry) for name, entry in shape.states.items())


def _kind(section: str) -> str:
    return section.removesuffix("s")


def _check_names(shape: ModelShape, notes: Notes) -> None:
    first: dict[str, str] = {}
    for section, name, _ in _readable(shape):
        _check_name((section, name), name, notes)
        if first.setdefault(name, section) != section:
            message = f"'{name}' is the name of a {_kind(section)} and of a {_kind(first[name])}."
            notes.add((section, name), message, "Every name means one thing.", key=True)
    for name in shape.observables:
        _check_name(("observables", name), name, notes)


def _check_name(loc: Loc, name: str, notes: Notes) -> None:
    if name == TIME or name in FUNCTIONS:
        taken = "the time since the start" if name == TIME else "a function"
        notes.add(loc, f"'{name}' cannot be a name: formulas read it as {taken}.", "Choose another name.", key=True)
    elif not _IDENTIFIER.fullmatch(name) or keyword.iskeyword(name):
        advice = "A name has letters, digits and '_', starts with a letter, and is not a keyword of Python."
        notes.add(loc, f"'{name}' cannot be a name.", advice, key=True)


def _check_units(shape: ModelShape, notes: Notes) -> None:
    measured = ((("observables", name, "unit"), entry.unit) for name, entry in shape.observables.items())
    for loc, unit in (*(((section, name, "unit"), entry.unit) for section, name, entry in _readable(shape)), *measured):
        try:
            parse_unit(unit)
        except UnitError as error:
            notes.add(loc, error.message, error.advice, at=error.at or 0)


def _sources(shape: ModelShape, notes: Notes) -> tuple[Source, ...]:
    used = {parameter.source for parameter in shape.parameters.values()}
    every = _declared("parameters", shape, notes) and all(notes.usable("parameters", name, "source") for name in shape.parameters)
    for key in shape.sources:
        if key in (ASSUMED, BY_DEFINITION.key):
            notes.add(("sources", key), f"'{key}' cannot be the key of a source.", "Choose another key.", key=True)
        elif every and key not in used:
            advice = "Name it as the 'source' of a parameter, or remove it."
            notes.add(("sources", key), f"No parameter has the source '{key}'.", advice, key=True)
    sources = (Source(key, entry.text, entry.doi) for key, entry in shape.sources.items())
    return (*sources, *([BY_DEFINITION] if shape.constants else []))


def _parameters(shape: ModelShape, notes: Notes) -> tuple[Parameter, ...]:
    parameters = []
    for name, entry in shape.parameters.items():
        _check_parameter(name, entry, shape, notes)
        low, high = entry.bounds
        source = None if entry.source == ASSUMED else entry.source
        known = (entry.value, entry.unit, low, high, entry.cv, source, entry.label, entry.note, entry.uncertainty, entry.share)
        parameters.append(Parameter(name, *known))
    for name, fixed in shape.constants.items():
        parameters.append(Parameter(name, fixed.value, fixed.unit, fixed.value, fixed.value, 0.0, BY_DEFINITION.key, fixed.label))
    return tuple(parameters)


def _check_parameter(name: str, entry: ParameterShape, shape: ModelShape, notes: Notes) -> None:
    loc = ("parameters", name)
    low, high = entry.bounds
    if entry.source != ASSUMED and entry.source not in shape.sources and _declared("sources", shape, notes):
        advice = f"{did_you_mean(entry.source, shape.sources)} The source of a value without a source is 'assumed'."
        notes.add((*loc, "source"), f"'{entry.source}' is not a key of 'sources'.", advice.lstrip())
    told = {key: notes.usable(*loc, key) for key in ("value", "bounds", "cv")}
    if told["value"] and told["bounds"] and not low <= entry.value <= high:
        message = f"The value {entry.value:g} of '{name}' lies outside its bounds {low:g} to {high:g}."
        notes.add((*loc, "value"), message)
    elif told["cv"] and told["bounds"] and entry.cv > 0 and low <= 0:
        message = f"'{name}' varies between subjects (cv {entry.cv:g}), but its lower bound is {low:g}."
        notes.add((*loc, "bounds"), message, "Variation is log-normal: it needs bounds above 0, or a cv of 0.")
    if entry.share and told["bounds"] and not (low >= 0 and high <= 1):
        message = f"'{name}' is a share, but its bounds are {low:g} to {high:g}."
        notes.add((*loc, "bounds"), message, "A share lies from 0 to 1.")
    if entry.share and entry.unit != "1":
        notes.add((*loc, "unit"), f"'{name}' is a share, but its unit is '{entry.unit}'.", "A share has the unit '1'.")
    if entry.uncertainty > 0 and entry.value <= 0:
        message = f"'{name}' has an uncertainty, but its value is {entry.value:g}."
        notes.add((*loc, "value"), message, "Uncertainty is log-normal: it needs a value above 0.")
    elif entry.uncertainty > 0 and told["bounds"] and low < 0:
        message = f"'{name}' has an uncertainty, but its lower bound is {low:g}."
        notes.add((*loc, "bounds"), message, "Uncertainty is log-normal: it needs bounds of 0 and above.")
    elif entry.uncertainty > 0 and told["bounds"] and low == high:
        message = f"'{name}' has an uncertainty, but its bounds leave one value, {low:g}."
        notes.add((*loc, "bounds"), message, "Give bounds around the value, or no uncertainty.")


def _correlations(shape: ModelShape, notes: Notes) -> tuple[Correlation, ...]:
    varying = {name for name, entry in shape.parameters.items() if entry.cv > 0}
    every = _declared("parameters", shape, notes)
    found = []
    for place, entry in enumerate(shape.correlations):
        first, second = entry.between
        found.append(Correlation((first, second), entry.value))
        for end, name in enumerate(entry.between):
            if every and name not in varying:
                message = f"'{name}' is not a parameter that varies between subjects."
                notes.add(("correlations", place, "between", end), message, did_you_mean(name, varying))
        if first == second:
            notes.add(("correlations", place, "between"), f"'{first}' is correlated with itself.")
    if found and notes.sound("correlations") and not positive_definite(found):
        message = "No population can have all of these correlations: their matrix is not positive definite."
        notes.add(("correlations",), message, "Make some of them weaker.", key=True)
    return tuple(found)


def _definitions(shape: ModelShape, formulas: _Formulas) -> tuple[Definition, ...]:
    definitions = []
    above = dict.fromkeys((*formulas.constant, *shape.states, TIME))
    for name, entry in shape.definitions.items():
        formula = formulas.read(("definitions", name, "formula"), entry.formula, f"'{name}'", above, _not_above)
        definitions.append(Definition(name, formula, entry.unit, entry.label))
        above[name] = None
    return tuple(definitions)


def _states(shape: ModelShape, formulas: _Formulas, notes: Notes) -> tuple[State, ...]:
    states = []
    for name, entry in shape.states.items():
        loc = ("states", name)
        said = f"The initial value of '{name}'"
        initial = formulas.read_constant((*loc, "initial"), entry.initial, said)
        rate = formulas.read((*loc, "rate"), entry.rate, f"d({name})/dt", formulas.everything)
        if entry.nonnegative and isinstance(entry.initial, float) and entry.initial < 0:
            message = f"{said} is {entry.initial:g}, but the state cannot be negative."
            notes.add((*loc, "initial"), message, "A state that may be negative says 'nonnegative: false'.")
        states.append(State(name, entry.unit, initial, rate, entry.label, entry.nonnegative))
    return tuple(states)


def _inputs(shape: ModelShape, formulas: _Formulas, notes: Notes) -> tuple[Input, ...]:
    inputs: dict[tuple[str, str], Input] = {}
    for index, entry in enumerate(shape.inputs):
        loc = ("inputs", index)
        known = {key: notes.usable(*loc, key) for key in ("drug", "route")}
        said = " ".join(getattr(entry, key) for key, usable in known.items() if usable) or "this drug"
        _check_input(loc, said, entry, shape, notes)
        if (entry.drug, entry.route) in inputs and all(known.values()):
            notes.add(loc, f"Doses of {said} enter twice.", "Remove one of the two inputs.")
        portion = formulas.read_constant((*loc, "bioavailability"), entry.bioavailability, f"The bioavailability of {said}")
        lag = formulas.read_constant((*loc, "lag"), entry.lag, f"The lag of {said}")
        if not all(known.values()):
            continue
        inputs[entry.drug, entry.route] = Input(entry.drug, entry.route, entry.state, portion, lag, entry.infusion)
    return tuple(inputs.values())


def _check_input(loc: tuple[str, int], said: str, entry: InputShape, shape: ModelShape, notes: Notes) -> None:
    if not _IDENTIFIER.fullmatch(entry.drug):
        advice = "The name of a drug has letters, digits and '_', as in il2 or tocilizumab."
        notes.add((*loc, "drug"), f"'{entry.drug}' cannot be the name of a drug.", advice)
    if entry.state not in shape.states and notes.usable("states"):
        message = f"Doses of {said} enter '{entry.state}', which is not a state."
        notes.add((*loc, "state"), message, did_you_mean(entry.state, shape.states))
    if isinstance(entry.bioavailability, float) and not 0 <= entry.bioavailability <= 1:
        message = f"The bioavailability of {said} is {entry.bioavailability:g}."
        notes.add((*loc, "bioavailability"), message, "A share from 0 to 1 is needed, or a formula of parameters.")


def _observables(shape: ModelShape, formulas: _Formulas) -> tuple[Observable, ...]:
    observables = []
    for name, entry in shape.observables.items():
        formula = formulas.read(("observables", name, "formula"), entry.formula, f"'{name}'", formulas.everything)
        observables.append(Observable(name, formula, entry.unit, entry.label, entry.better))
    return tuple(observables)


class _Formulas:
    """Reads the formulas of one model file: notes what is wrong with each, and knows which names it may read."""

    def __init__(self, shape: ModelShape, notes: Notes) -> None:
        self._notes = notes
        self._every = all(_declared(section, shape, notes) for section in READABLE)
        self._kinds = {name: _kind(section) for section, name, _ in _readable(shape)}
        self.constant = dict.fromkeys((*shape.parameters, *shape.constants))
        """Names that are constant for a subject; a dict, for its order and fast look-ups."""
        self.everything = dict.fromkeys((*self._kinds, TIME))

    def read_constant(self, loc: Loc, written: str | float, owner: str) -> Expression:
        """Read a formula of parameters and constants alone."""
        return self.read(loc, written, owner, self.constant, self._not_constant, "parameter or constant")

    def read(
        self,
        loc: Loc,
        written: str | float,
        owner: str,
        readable: Collection[str],
        refusal: Refusal | None = None,
        kinds: str = "state, parameter or definition",
    ) -> Expression:
        """Read a formula of names in `readable`; `refusal` is for names that exist but are not readable here.

        A formula that cannot be read is noted and stands as 0.
        """
        text = written if isinstance(written, str) else repr(written)
        try:
            expression = parse_formula(text)
        except FormulaError as error:
            self._notes.add(loc, error.message, error.advice, at=error.at)
            return Number(0.0)
        for name in dict.fromkeys(names_in(expression)):
            if name in readable or not (self._every or name in self._kinds):
                continue
            if refusal is not None and (name in self._kinds or name == TIME):
                why, advice = refusal(name)
            else:
                why, advice = f"which is not a {kinds}", did_you_mean(name, (known for known in readable if known != TIME))
            self._notes.add(loc, f"{owner} uses '{name}', {why}.", advice, at=_first(name, text))
        return expression

    def _not_constant(self, name: str) -> tuple[str, str]:
        what = f"a {self._kinds[name]}" if name in self._kinds else "not known before the start"
        return f"which is {what}", "Only parameters and constants can be used here."


def _not_above(name: str) -> tuple[str, str]:
    return "which is not defined above it", "A definition can only read definitions above it: change their order."


def _first(name: str, text: str) -> int:
    found = re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", text)
    return found.start() if found else 0

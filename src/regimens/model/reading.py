"""From the shape of a model file to a `Model`: names, formulas and what each formula may read."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from regimens.errors import InputFileError, Problem, UnitError, did_you_mean
from regimens.model.correlations import positive_definite
from regimens.model.declaration import Correlation, Definition, Input, Model, Observable, Parameter, Source, State
from regimens.model.expression import FUNCTIONS, TIME, Expression, FormulaError, Number, names_in, parse_formula
from regimens.model.shape import ModelShape, ParameterShape
from regimens.model.unit_words import parse_unit
from regimens.yamlfile import Located

ASSUMED = "assumed"
"""What a parameter without a source says."""

BY_DEFINITION = Source("definition", "Exact by the definition of the units.")
"""The source of every entry under 'constants'."""

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KINDS = {"parameters": "parameter", "constants": "constant", "definitions": "definition", "states": "state"}


class Reading:
    """One pass over a model file that collects every problem before it gives up."""

    def __init__(self, shape: ModelShape, located: Located) -> None:
        self._shape, self._located = shape, located
        self._problems: list[Problem] = []
        self._constants = (*shape.parameters, *shape.constants)
        self._kind = {name: kind for section, kind in _KINDS.items() for name in getattr(shape, section)}

    def model(self, name: str) -> Model:
        """Return the model; raises InputFileError with all problems found."""
        shape = self._shape
        self._check_names()
        self._check_units()
        model = Model(
            name=name,
            title=shape.title,
            description=shape.description,
            sources=self._sources(),
            time_unit=shape.time,
            parameters=self._parameters(),
            definitions=self._definitions(),
            states=self._states(),
            inputs=self._inputs(),
            observables=self._observables(),
            digest=self._located.digest,
            exploratory=shape.exploratory,
            correlations=self._correlations(),
        )
        if self._problems:
            raise InputFileError(self._located.path, self._problems, self._located.text)
        return model

    def _found(self, loc: tuple, message: str, advice: str = "", *, key: bool = False) -> None:
        self._problems.append(Problem(message, advice, *self._located.position(loc, key=key)))

    def _check_names(self) -> None:
        first: dict[str, str] = {}
        for section in (*_KINDS, "observables"):
            for name in getattr(self._shape, section):
                self._check_name((section, name), name)
                if section != "observables" and first.setdefault(name, section) != section:
                    message = f"'{name}' is the name of a {_KINDS[section]} and of a {_KINDS[first[name]]}."
                    self._found((section, name), message, "Every name means one thing.", key=True)

    def _check_name(self, loc: tuple, name: str) -> None:
        if name == TIME or name in FUNCTIONS:
            taken = "the time since the start" if name == TIME else "a function"
            self._found(loc, f"'{name}' cannot be a name: formulas read it as {taken}.", "Choose another.", key=True)
        elif not _IDENTIFIER.fullmatch(name) or keyword.iskeyword(name):
            advice = "Names are letters, digits and '_', start with a letter, and are no words of Python."
            self._found(loc, f"'{name}' cannot be a name.", advice, key=True)

    def _check_units(self) -> None:
        for section in (*_KINDS, "observables"):
            for name, entry in getattr(self._shape, section).items():
                try:
                    parse_unit(entry.unit)
                except UnitError as error:
                    place = self._located.place((section, name, "unit"), error.at or 0)
                    self._problems.append(Problem(error.message, error.advice, *place))

    def _sources(self) -> tuple[Source, ...]:
        shape = self._shape
        used = {parameter.source for parameter in shape.parameters.values()}
        for key in shape.sources:
            if key in (ASSUMED, BY_DEFINITION.key):
                self._found(("sources", key), f"'{key}' cannot be the key of a source.", "Choose another.", key=True)
            elif key not in used:
                message = f"The source '{key}' stands behind no parameter."
                self._found(("sources", key), message, "Name it in a parameter's 'source', or remove it.", key=True)
        sources = [Source(key, entry.text, entry.doi) for key, entry in shape.sources.items()]
        return (*sources, *([BY_DEFINITION] if shape.constants else []))

    def _parameters(self) -> tuple[Parameter, ...]:
        shape, parameters = self._shape, []
        for name, entry in shape.parameters.items():
            self._check_parameter(name, entry)
            low, high = entry.bounds
            source = None if entry.source == ASSUMED else entry.source
            parameter = Parameter(name, entry.value, entry.unit, low, high, entry.cv, source, entry.label, entry.note)
            parameters.append(replace(parameter, uncertainty=entry.uncertainty))
        for name, fixed in shape.constants.items():
            value, source = fixed.value, BY_DEFINITION.key
            parameters.append(Parameter(name, value, fixed.unit, value, value, 0.0, source, fixed.label))
        return tuple(parameters)

    def _check_parameter(self, name: str, entry: ParameterShape) -> None:
        loc = ("parameters", name)
        low, high = entry.bounds
        if entry.source != ASSUMED and entry.source not in self._shape.sources:
            advice = f"{did_you_mean(entry.source, self._shape.sources)} A value without a source says 'assumed'."
            self._found((*loc, "source"), f"'{entry.source}' is no key of 'sources'.", advice.lstrip())
        if not low <= entry.value <= high:
            message = f"The value {entry.value:g} of '{name}' lies outside its bounds {low:g} to {high:g}."
            self._found((*loc, "value"), message)
        elif entry.cv > 0 and low <= 0:
            message = f"'{name}' varies between subjects (cv {entry.cv:g}), but its lower bound is {low:g}."
            self._found((*loc, "bounds"), message, "Variation is log-normal: bounds above 0, or a cv of 0.")
        if entry.uncertainty > 0 and entry.value <= 0:
            message = f"'{name}' has an uncertainty, but its value is {entry.value:g}."
            self._found((*loc, "value"), message, "Uncertainty is log-normal: a value above 0, or no uncertainty.")

    def _correlations(self) -> tuple[Correlation, ...]:
        varying = [name for name, entry in self._shape.parameters.items() if entry.cv > 0]
        found = []
        for place, entry in enumerate(self._shape.correlations):
            found.append(Correlation((entry.between[0], entry.between[1]), entry.value))
            for end, name in enumerate(entry.between):
                if name not in varying:
                    message = f"'{name}' is no parameter that varies between subjects."
                    self._found(("correlations", place, "between", end), message, did_you_mean(name, varying))
            if entry.between[0] == entry.between[1]:
                self._found(("correlations", place, "between"), f"'{entry.between[0]}' is correlated with itself.")
        if found and not positive_definite(found):
            self._found(("correlations",), "No population can have all of these correlations at once.", "Weaken some.", key=True)
        return tuple(found)

    def _definitions(self) -> tuple[Definition, ...]:
        definitions, above = [], [*self._constants, *self._shape.states, TIME]
        for name, entry in self._shape.definitions.items():
            formula = self._formula(("definitions", name, "formula"), entry.formula, f"'{name}'", above, self._late)
            definitions.append(Definition(name, formula, entry.unit, entry.label))
            above.append(name)
        return tuple(definitions)

    def _states(self) -> tuple[State, ...]:
        states = []
        for name, entry in self._shape.states.items():
            loc = ("states", name)
            said = f"The initial value of '{name}'"
            initial = self._formula((*loc, "initial"), entry.initial, said, self._constants, self._not_constant)
            rate = self._formula((*loc, "rate"), entry.rate, f"d({name})/dt", self._everything)
            if entry.nonnegative and isinstance(entry.initial, float) and entry.initial < 0:
                message = f"{said} is {entry.initial:g}, but the state cannot be negative."
                self._found((*loc, "initial"), message, "A state that may be negative says 'nonnegative: false'.")
            states.append(State(name, entry.unit, initial, rate, entry.label, entry.nonnegative))
        return tuple(states)

    def _inputs(self) -> tuple[Input, ...]:
        inputs: list[Input] = []
        for index, entry in enumerate(self._shape.inputs):
            loc = ("inputs", index)
            said = f"{entry.drug} {entry.route}"
            if not _IDENTIFIER.fullmatch(entry.drug):
                advice = "Drugs are written with letters, digits and '_': il2, tocilizumab."
                self._found((*loc, "drug"), f"'{entry.drug}' cannot be the name of a drug.", advice)
            if entry.state not in self._shape.states:
                message = f"Doses of {said} enter '{entry.state}', which is no state."
                self._found((*loc, "state"), message, did_you_mean(entry.state, self._shape.states))
            if any((entry.drug, entry.route) == (i.drug, i.route) for i in inputs):
                self._found(loc, f"Doses of {said} enter twice.", "Remove one of the two inputs.")
            if isinstance(entry.bioavailability, float) and not 0 <= entry.bioavailability <= 1:
                message = f"The bioavailability of {said} is {entry.bioavailability:g}."
                self._found((*loc, "bioavailability"), message, "A share from 0 to 1 is needed, or a formula of parameters.")
            portion, lag = (
                self._formula((*loc, part), getattr(entry, part), f"The {part} of {said}", self._constants, self._not_constant)
                for part in ("bioavailability", "lag")
            )
            inputs.append(Input(entry.drug, entry.route, entry.state, portion, lag))
        return tuple(inputs)

    def _observables(self) -> tuple[Observable, ...]:
        observables = []
        for name, entry in self._shape.observables.items():
            formula = self._formula(("observables", name, "formula"), entry.formula, f"'{name}'", self._everything)
            observables.append(Observable(name, formula, entry.unit, entry.label, entry.better))
        return tuple(observables)

    @property
    def _everything(self) -> list[str]:
        return [*self._constants, *self._shape.states, *self._shape.definitions, TIME]

    def _formula(
        self,
        loc: tuple,
        written: str | float,
        owner: str,
        readable: Collection[str],
        refusal: Callable[[str], tuple[str, str]] | None = None,
    ) -> Expression:
        """Read one formula; `refusal` says why a name that exists may not be read here."""
        text = written if isinstance(written, str) else repr(written)
        try:
            expression = parse_formula(text)
        except FormulaError as error:
            self._problems.append(Problem(error.message, error.advice, *self._located.place(loc, error.at)))
            return Number(0.0)
        for name in _distinct(names_in(expression)):
            if name in readable:
                continue
            if name in self._kind or name == TIME:
                why, advice = refusal(name) if refusal else ("", "")
            else:
                why, advice = self._unknown(name, readable, refusal)
            message = f"{owner} uses '{name}', {why}."
            self._problems.append(Problem(message, advice, *self._located.place(loc, _first(name, text))))
        return expression

    def _unknown(self, name: str, readable: Collection[str], refusal: object) -> tuple[str, str]:
        kinds = "parameter or constant" if refusal == self._not_constant else "state, parameter or definition"
        return f"which is no {kinds}", did_you_mean(name, [known for known in readable if known != TIME])

    def _late(self, name: str) -> tuple[str, str]:
        return "which is not defined above it", "Definitions read those above them: change their order."

    def _not_constant(self, name: str) -> tuple[str, str]:
        kind = self._kind.get(name)
        what = f"a {kind}" if kind else "not known before the start"
        return f"which is {what}", "Only parameters and constants can be used here."


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _first(name: str, text: str) -> int:
    found = re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", text)
    return found.start() if found else 0

"""SBML files as model files: rate rules, reactions, assignment rules, initial assignments and function definitions.

A model file is made, not only a model in memory: it has a place for the inputs, sources and spreads that SBML does not have.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from regimens.errors import InputFileError, ModelError, Problem
from regimens.model.expression import TIME, Binary, Expression, Name, in_formula, names_in
from regimens.model.file import model_in
from regimens.modeltext.elementary import literal
from regimens.modeltext.parts import said
from regimens.modeltext.sbml import needed
from regimens.modeltext.sbmlgather import Gathered, Quantity, elements_of
from regimens.modeltext.sbmlunits import Factor, unit_of_factors
from regimens.textfile import TextFile, read_text
from regimens.yamlfile import parse
from regimens.yamlfile.writing import yaml_text

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.modeltext.sbmlmath import Element

LARGEST_SBML = 10_000_000
"""Bytes of the largest SBML file that is read."""

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0}
"""Time units that may be stated for a file that states none, in seconds."""

VERSION_2_MATH = "l3v2extendedmath"
"""What libSBML calls the formulas of version 2 of level 3, which are no package."""

MOST_NAMED = 5
"""Elements that a note names; the others are counted."""


@dataclass(frozen=True)
class ImportedModel:
    """A model file made of an SBML file: its `text`, and `notes` on what is to be completed and what differs."""

    name: str
    text: str
    notes: tuple[str, ...]

    @property
    def model(self) -> Model:
        """The model in the text."""
        return model_in(parse(self.text, f"{self.name}.yaml"))


def read_sbml(path: str | Path, time: str | None = None) -> ImportedModel:
    """Return the model file that the SBML file at `path` (level 2 or 3) says; doses, sources and spreads are left to be added.

    `time` ("s", "min", "h" or "day") is the unit of time of a file that states none. Raises InputFileError with all that is
    wrong in the file or beyond model files (events, delays, algebraic rules, fast reactions, compartments that change, ...), each
    with its element and line; RegimensError without the extra `sbml`.
    """
    libsbml = needed("libsbml", "Reading SBML")
    file = read_text(path, "SBML", (".xml", ".sbml"), LARGEST_SBML)
    if time is not None and time not in SECONDS:
        raise ModelError(f"'{time}' is not a unit of time of SBML files. Known: {', '.join(SECONDS)}.")
    document = _document(libsbml, file)
    seconds = _seconds(document.getModel(), file, time)
    units, why_plain = _units(document.getModel())
    if not why_plain and seconds not in (SECONDS["h"], SECONDS["day"]):
        why_plain = f"The file counts time in units of {seconds:g} s, model files in h or day"
    if not why_plain:
        made = _imported(_gathered(libsbml, document, file), file, units, "h" if seconds == SECONDS["h"] else "day")
        try:
            assert made.model
        except InputFileError as error:
            why_plain = f"The units that the file declares do not fit each other: {said(error.problems[0].message).rstrip('.')}"
        else:
            return made
    return _in_plain_numbers(libsbml, document, file, seconds, why_plain)


def _document(libsbml: ModuleType, file: TextFile) -> Element:
    """Return the document in level 3, with local parameters made global and functions written out."""
    document = libsbml.readSBMLFromString(file.text)
    _refuse_faults(libsbml, document, file)
    if document.getLevel() == 1:
        problem = Problem("This is SBML level 1.", "Levels 2 and 3 are read: convert the file with the program that wrote it.", 1)
        raise InputFileError(file.path, [problem], file.text)
    if document.getModel() is None:
        raise InputFileError(file.path, [Problem("The document holds no model.", "One <model> is needed.")], file.text)
    packages = [document.getPlugin(at) for at in range(document.getNumPlugins())] if document.getLevel() > 2 else []
    for plugin in packages:
        if plugin.getPackageName() != VERSION_2_MATH and document.getPackageRequired(plugin.getURI()):
            message = f"The document needs the SBML package '{plugin.getPackageName()}'."
            raise InputFileError(file.path, [Problem(message, "Core SBML is read: flatten the model first.")], file.text)
    for option in ("promoteLocalParameters", "expandFunctionDefinitions"):
        properties = libsbml.ConversionProperties()
        properties.addOption(option, True)
        if document.convert(properties) != libsbml.LIBSBML_OPERATION_SUCCESS:
            problem = Problem(f"The conversion '{option}' of libSBML does not succeed.", "Check the file with an SBML validator.")
            raise InputFileError(file.path, [problem], file.text)
    silent = document.getLevel() == 2 and document.getModel().getUnitDefinition("time") is None
    if document.getLevel() == 2 and not document.setLevelAndVersion(3, 1, False):
        problem = Problem(
            "This document of SBML level 2 cannot be converted to level 3.", "Convert it with the program that wrote it."
        )
        raise InputFileError(file.path, [problem], file.text)
    if silent:  # What the conversion puts there is the default of level 2, which many files do not mean.
        document.getModel().unsetTimeUnits()
    return document


def _refuse_faults(libsbml: ModuleType, document: Element, file: TextFile) -> None:
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    if document.getModel() is not None:
        document.checkConsistency()
    lines = len(file.text.splitlines())
    faults = [document.getError(at) for at in range(document.getNumErrors())]
    problems = [
        Problem(f"This is not right in SBML: {_words(fault).rstrip('.')}.", "", min(fault.getLine(), lines) or None)
        for fault in faults
        if (fault.isError() or fault.isFatal()) and fault.getErrorId() != libsbml.MissingXMLEncoding
    ]
    if problems:
        raise InputFileError(file.path, problems, file.text)


def _words(fault: Element) -> str:
    """Return what libSBML says of this place; of the paragraphs of the standard, which it puts before that, the short form."""
    particular = re.split(r"Reference: .*\n", fault.getMessage())[1:]
    return said(*particular) or said(fault.getShortMessage()) or said(fault.getMessage())


def _seconds(model: Element, file: TextFile, given: str | None) -> float:
    """Return the time unit of the document in seconds, as it or else `given` states it."""
    line = model.getLine() or None
    if not model.isSetTimeUnits():
        if given is None:
            advice = f'State it: --time {", ".join(SECONDS)} (time="h" in Python). Level 2 means s, but many files do not.'
            raise InputFileError(file.path, [Problem("The file states no unit of time.", advice, line)], file.text)
        return SECONDS[given]
    if given is not None:
        message = f"The file states its unit of time, '{model.getTimeUnits()}', and '{given}' is stated too."
        raise InputFileError(file.path, [Problem(message, "Leave --time out.", line)], file.text)
    size = 1.0
    name = model.getTimeUnits()
    definition = model.getUnitDefinition(name)
    factors = [(1.0, name, 1.0)] if definition is None else _factors(definition)
    for multiplier, _, exponent in factors:
        size *= multiplier**exponent
    if [(kind, exponent) for _, kind, exponent in factors] != [("second", 1.0)]:
        problem = Problem(
            f"The unit of time is '{name}', which is not a time.", "Seconds or a multiple are needed.", model.getLine() or None
        )
        raise InputFileError(file.path, [problem], file.text)
    known = [seconds for seconds in SECONDS.values() if math.isclose(seconds, size, rel_tol=1e-9)]
    return known[0] if known else size


def _factors(definition: Element) -> list[Factor]:
    from libsbml import UnitKind_toString as kind_name

    return [
        (unit.getMultiplier() * 10.0 ** unit.getScale(), kind_name(unit.getKind()), unit.getExponentAsDouble())
        for unit in (definition.getUnit(at) for at in range(definition.getNumUnits()))
    ]


def _units(model: Element) -> tuple[dict[str, str], str]:
    """Return the unit of every quantity and reaction by id, and why they cannot be used ("" if they can)."""
    units: dict[str, str] = {}
    missing, unknown = [], []
    quantities = [
        *elements_of(model.getListOfCompartments()),
        *elements_of(model.getListOfSpecies()),
        *elements_of(model.getListOfParameters()),
    ]
    laws = [(reaction.getId(), reaction.getKineticLaw()) for reaction in elements_of(model.getListOfReactions())]
    for identifier, element in [*((q.getId(), q) for q in quantities), *((i, law) for i, law in laws if law is not None)]:
        definition = element.getDerivedUnitDefinition()
        if definition is None or definition.getNumUnits() == 0:
            missing.append(identifier)
            continue
        unit = unit_of_factors(_factors(definition), element.getUnits() if element.getElementName() == "parameter" else "")
        units[identifier] = unit or "1"
        if unit is None:
            unknown.append(identifier)
    if missing:
        return units, f"The file declares no unit for {_listed(missing)}"
    if unknown:
        return units, f"Model files do not have the unit of {_listed(unknown)}"
    return units, ""


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    shown = ", ".join(names[:MOST_NAMED])
    return f"{shown} and {more} more" if more > 0 else shown


def _gathered(libsbml: ModuleType, document: Element, file: TextFile, per_time: str = "") -> Gathered:
    """Return what the document says; with `per_time`, a constant of that name turns the time of the model file into its own."""
    gathered = Gathered(libsbml, document.getModel())
    if per_time:
        gathered.time = Binary("*", Name(TIME), Name(gathered.fresh(per_time)))
    gathered.gather()
    if gathered.problems:
        raise InputFileError(file.path, gathered.problems, file.text)
    return gathered


def _in_plain_numbers(libsbml: ModuleType, document: Element, file: TextFile, seconds: float, why: str) -> ImportedModel:
    """Return a model file whose quantities are plain numbers: only time has a unit there."""
    time = "h" if seconds == SECONDS["h"] else "day"
    gathered = _gathered(libsbml, document, file, f"per_{time}")
    per_time = next(name for name in names_in(gathered.time) if name != TIME)
    for name, state in gathered.states.items():
        assert state.formula is not None
        gathered.states[name] = replace(state, formula=Binary("*", Name(per_time), state.formula))
    constant = {
        per_time: {"value": SECONDS[time] / seconds, "unit": f"1/{time}", "label": f"time units of the SBML file in one {time}"}
    }
    note = (
        f"{why}: all quantities are plain numbers here, and '{per_time}' gives rates and times their unit. "
        "The bioavailability of an input needs a constant such as per_IU: {value: 1, unit: 1/IU}."
    )
    made = _imported(gathered, file, {}, time, constant, note)
    try:
        assert made.model
    except InputFileError as error:
        problems = [Problem(f"No model file can be made of this: {p.message}", p.advice) for p in error.problems]
        raise InputFileError(file.path, problems) from None
    return made


def _imported(
    gathered: Gathered,
    file: TextFile,
    units: Mapping[str, str],
    time: str,
    constants: Mapping[str, object] | None = None,
    note: str = "",
) -> ImportedModel:
    model, name = gathered.model, Path(file.path).stem
    notes = [*([note] if note else []), *_notes(gathered)]

    def described(quantity: Quantity) -> dict[str, object]:
        label = said(quantity.element.getName())
        unit = units.get(quantity.element.getId(), "1")
        return {"unit": unit, **({"label": label} if label else {})}

    starts = _starts(gathered, units)
    data: dict[str, object] = {
        "title": said(model.getName()) or model.getId() or name,
        "description": f"Read from the SBML file {Path(file.path).name}.",
        "time": time,
        "parameters": {
            q.name: {
                **{
                    "value": q.value,
                    "bounds": [q.value, q.value],
                    "cv": 0,
                    "source": "assumed",
                    "note": "Value of the SBML file.",
                },
                **described(q),
            }
            for q in (*gathered.parameters.values(), *starts.values())
        },
        "constants": constants or {},
        "definitions": {q.name: {"formula": _text(q.formula), **described(q)} for q in gathered.definitions.values()},
        "states": {
            q.name: _state(replace(q, initial=Name(starts[q.name].name)) if q.name in starts else q, described(q))
            for q in gathered.states.values()
        },
        "inputs": [],
        "observables": {
            q.name: {"formula": q.name, "label": q.name, **described(q)}
            for q in (*gathered.states.values(), *gathered.definitions.values())
            if q.element.getElementName() != "reaction" and q.name not in _constant(gathered)
        },
    }
    head = [
        f"# Made of the SBML file {Path(file.path).name}. To be completed or known:",
        *(f"# - {said(words)}" for words in notes),
    ]
    data = {key: value for key, value in data.items() if key == "inputs" or value not in ({}, [])}
    return ImportedModel(name, "\n".join(head) + "\n" + yaml_text(data), tuple(notes))


def _starts(gathered: Gathered, units: Mapping[str, str]) -> dict[str, Quantity]:
    """Return a parameter for every state that has a unit and starts at a number other than 0: a number alone has no unit."""
    found = {}
    for name, state in gathered.states.items():
        assert state.initial is not None
        value = None if any(True for _ in names_in(state.initial)) else literal(state.initial)
        if value and units.get(state.element.getId(), "1") != "1":
            found[name] = Quantity(state.element, gathered.fresh(f"{name}_start"), value=value)
    return found


def _state(quantity: Quantity, described: dict[str, object]) -> dict[str, object]:
    signed = {} if quantity.element.getElementName() == "species" else {"nonnegative": False}
    return {**described, "initial": _text(quantity.initial), "rate": _text(quantity.formula), **signed}


def _text(formula: Expression | None) -> str | float:
    """Return a formula as a model file has it; a number stays a number."""
    assert formula is not None
    value = None if any(True for _ in names_in(formula)) else literal(formula)
    return in_formula(formula) if value is None else value


def _constant(gathered: Gathered) -> set[str]:
    """Return the definitions that do not change over time."""
    constant: set[str] = set()
    for name, definition in gathered.definitions.items():
        assert definition.formula is not None
        if all(other in gathered.parameters or other in constant for other in names_in(definition.formula)):
            constant.add(name)
    return constant


def _notes(gathered: Gathered) -> Iterator[str]:
    """Yield what the user has to complete, and where the model file may differ from the SBML file."""
    yield (
        "inputs: SBML has no doses. Say which state the doses of each drug and route enter; "
        "doses are amounts, so that the bioavailability of a concentration is 1 / its volume."
    )
    yield "source, bounds, cv: every parameter says 'assumed', has its value as bounds, and is the same in everyone."
    yield from (f"'{old}' is called '{new}' here: the name has another meaning in model files." for old, new in gathered.renamed)
    if gathered.open_powers:
        yield "A power whose exponent is not a number counts a base below 0 as 0 here; SBML does not."
    if gathered.model.getNumConstraints():
        yield "The constraints of the SBML file are not kept."

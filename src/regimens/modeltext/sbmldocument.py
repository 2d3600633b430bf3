"""SBML documents: faults, level 2 made level 3, functions written out, and the units that are declared."""

from __future__ import annotations

import math
import re
from types import ModuleType
from typing import TYPE_CHECKING

from regimens.errors import InputFileError, Problem
from regimens.modeltext.parts import said
from regimens.modeltext.sbmlgather import elements_of
from regimens.modeltext.sbmlunits import Factor, unit_of_factors

if TYPE_CHECKING:
    from regimens.modeltext.sbmlmath import Element
    from regimens.textfile import TextFile

SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0, "day": 86400.0}
"""Time units that may be stated for a file that states none, in seconds."""

VERSION_2_MATH = "l3v2extendedmath"
"""What libSBML calls the formulas of version 2 of level 3, which are no package."""

MOST_NAMED = 5
"""Elements that a note names; the others are counted."""


def document_of(libsbml: ModuleType, file: TextFile) -> Element:
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


def seconds_of(model: Element, file: TextFile, given: str | None) -> float:
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
        problem = Problem(f"The unit of time is '{name}', which is not a time.", "Seconds or a multiple are needed.", line)
        raise InputFileError(file.path, [problem], file.text)
    known = [seconds for seconds in SECONDS.values() if math.isclose(seconds, size, rel_tol=1e-9)]
    return known[0] if known else size


def _factors(definition: Element) -> list[Factor]:
    from libsbml import UnitKind_toString as kind_name

    return [
        (unit.getMultiplier() * 10.0 ** unit.getScale(), kind_name(unit.getKind()), unit.getExponentAsDouble())
        for unit in (definition.getUnit(at) for at in range(definition.getNumUnits()))
    ]


def units_of(model: Element) -> tuple[dict[str, str], str]:
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

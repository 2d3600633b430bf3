"""SBML files as model files: rate rules, reactions, assignment rules, initial assignments and function definitions.

A model file is made, not only a model in memory: it has a place for the inputs, sources and spreads that SBML does not have.
"""

from __future__ import annotations

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
from regimens.modeltext.sbmldocument import SECONDS, document_of, seconds_of, units_of
from regimens.modeltext.sbmlgather import Gathered, Quantity
from regimens.textfile import TextFile, read_text
from regimens.yamlfile import parse
from regimens.yamlfile.writing import yaml_text

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.modeltext.sbmlmath import Element

LARGEST_SBML = 10_000_000
"""Bytes of the largest SBML file that is read."""

FIXED = {"cv": 0, "source": "assumed", "note": "Value of the SBML file."}
"""What every parameter of a model file that is made of SBML says."""


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
    document = document_of(libsbml, file)
    seconds = seconds_of(document.getModel(), file, time)
    units, why_plain = units_of(document.getModel())
    if not why_plain and seconds not in (SECONDS["h"], SECONDS["day"]):
        why_plain = f"The file counts time in units of {seconds:g} s, model files in h or day"
    if not why_plain:
        made = _imported(_gathered(libsbml, document, file), file, units, "h" if seconds == SECONDS["h"] else "day")
        faults = _faults(made)
        if not faults:
            return made
        why_plain = f"The units that the file declares do not fit each other: {said(faults[0].message).rstrip('.')}"
    return _in_plain_numbers(libsbml, document, file, seconds, why_plain)


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
    faults = [Problem(f"No model file can be made of this: {fault.message}", fault.advice) for fault in _faults(made)]
    if faults:
        raise InputFileError(file.path, faults)
    return made


def _faults(made: ImportedModel) -> tuple[Problem, ...]:
    """Return what is wrong with a model file that was made."""
    try:
        model_in(parse(made.text, f"{made.name}.yaml"))
    except InputFileError as error:
        return error.problems
    return ()


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
            q.name: {"value": q.value, "bounds": [q.value, q.value], **FIXED, **described(q)}
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
    for old, new in gathered.renamed:
        taken = "the name has another meaning in model files"
        why = "names in model files do not begin with an underscore" if old.startswith("_") else taken
        yield f"'{old}' is called '{new}' here: {why}."
    if gathered.open_powers:
        yield "A power whose exponent is not a number counts a base below 0 as 0 here; SBML does not."
    if gathered.model.getNumConstraints():
        yield "The constraints of the SBML file are not kept."

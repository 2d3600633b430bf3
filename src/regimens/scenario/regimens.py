"""The regimen of an arm: from text, parts, a mapping drug -> plan or a name in the library; problems with their place."""

from __future__ import annotations

from regimens.errors import EvidenceError
from regimens.evidence import LibraryEntry, entry
from regimens.regimen import Course, Cycle, Dose, Regimen
from regimens.regimen.parts import Part
from regimens.regimen.words import parse_dose, parse_frequency, parse_plan, parse_regimen, parse_rest
from regimens.scenario.file import ArmShape, CycleShape, DosingShape, RestShape
from regimens.yamlfile import Loc, Notes, Unreadable


def read_regimen(arm: ArmShape, loc: Loc, notes: Notes) -> tuple[Regimen, LibraryEntry | None]:
    """Return the regimen of an arm that has `regimen` or `use`, ranges unresolved, and the library's entry if it is from there.

    Raises Unreadable after noting what is wrong.
    """
    if arm.use is not None:
        found = _published(arm.use, (*loc, "use"), notes)
        return found.regimen, found
    return _written(arm, loc, notes), None


def _published(name: str, loc: Loc, notes: Notes) -> LibraryEntry:
    try:
        found = entry(name)
    except EvidenceError as error:
        notes.add(loc, str(error))
        raise Unreadable from None
    if found.regimen is None:
        advice = "Write a regimen, and under 'assumptions' what you took."
        notes.add(loc, f"The sources of '{name}' leave it open: {found.open}", advice)
        raise Unreadable
    return found


def _written(arm: ArmShape, loc: Loc, notes: Notes) -> Regimen:
    given, loc = arm.regimen, (*loc, "regimen")
    if isinstance(given, str):
        return notes.read(loc, lambda: parse_regimen(given))
    if isinstance(given, list):
        parts = _read_parts(given, loc, notes)
        return notes.read(loc, lambda: Regimen(*parts))
    plans: dict[str, tuple[Part, ...]] = {}
    for drug, plan in given.items():
        if not drug.isidentifier():
            notes.add((*loc, drug), f"'{drug}' is no name of a drug.", "Use letters, digits and _ only.", key=True)
            raise Unreadable
        if isinstance(plan, str):
            plans[drug] = notes.read((*loc, drug), lambda plan=plan: parse_plan(plan))
        else:
            plans[drug] = _read_parts(plan, (*loc, drug), notes)
    return notes.read(loc, lambda: Regimen(**{drug: parts for drug, parts in plans.items() if parts}))


def _read_parts(shapes: list, loc: Loc, notes: Notes) -> tuple[Part, ...]:
    return tuple(_read_part(shape, (*loc, index), notes) for index, shape in enumerate(shapes))


def _read_part(shape: DosingShape | RestShape | CycleShape, loc: Loc, notes: Notes) -> Part:
    if isinstance(shape, RestShape):
        return notes.read((*loc, "rest"), lambda: parse_rest(shape.rest))
    if isinstance(shape, CycleShape):
        parts = _read_parts(shape.cycle, (*loc, "cycle"), notes)
        return notes.read(loc, lambda: Cycle(*parts, repeats=shape.repeats))
    dose: Dose = notes.read((*loc, "dose"), lambda: parse_dose(shape.dose))
    if shape.every is None and shape.doses is None:
        return dose
    if shape.every is None or shape.doses is None:
        missing, present = ("every", "doses") if shape.every is None else ("doses", "every")
        notes.add(loc, f"'{present}' is given without '{missing}'.", "A course needs both; a dose given once needs neither.")
        raise Unreadable
    every = notes.read((*loc, "every"), lambda: parse_frequency(shape.every or ""))
    return notes.read(loc, lambda: Course(dose, every, shape.doses or 0))

"""The doses of an arm from an event table: which ID, how the table is laid out, and what was taken from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from regimens.errors import InputFileError, RegimenError, RegimensError
from regimens.eventtable import DIALECTS, EventSubject, EventTable, regimen_of_events
from regimens.eventtable.layout import Layout, layout_faults
from regimens.eventtable.reading import read_with, sidecar_layout
from regimens.scenario.armschema import TableShape
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from pathlib import Path

    from regimens.regimen import Regimen
    from regimens.scenario.beside import Beside

DECLARED = ("dialect", "time", "amount", "compartments")
"""Keys that say how a table is laid out; all of them, or none where that is in the file beside it."""


def read_table_arm(given: str | TableShape, loc: Loc, beside: Beside, notes: Notes) -> tuple[Regimen, EventTable, str]:
    """Return the regimen of one ID of a table, the table, and what was taken from it; Unreadable after noting what is wrong."""
    shape = TableShape(file=given) if isinstance(given, str) else given
    path = beside.file(shape.file, loc if isinstance(given, str) else (*loc, "file"), notes)
    layout = _layout(shape, path, loc, notes)
    for keys, message, advice in layout_faults(layout):
        notes.add((*loc, *keys) if isinstance(given, TableShape) else loc, message, advice)
    if any(layout_faults(layout)):
        raise Unreadable
    try:
        table = read_with(path, layout)
    except InputFileError as error:
        notes.add(loc, f"The table '{shape.file}' cannot be used:\n{error}")
        raise Unreadable from None
    subject = _subject(table, shape, loc, notes)
    try:
        regimen = regimen_of_events(subject.doses, subject.dose_lines.tolist())
    except RegimenError as error:
        notes.add(loc, f"The doses of ID {subject.id} of '{shape.file}' make no regimen: {error.message}", error.advice)
        raise Unreadable from None
    return regimen, table, _taken(shape, table, subject)


def _layout(shape: TableShape, path: Path, loc: Loc, notes: Notes) -> Layout:
    missing = [key for key in DECLARED if getattr(shape, key) is None]
    if missing == list(DECLARED):
        try:
            layout = sidecar_layout(path)
        except RegimensError as error:
            notes.add(loc, f"The table '{shape.file}' cannot be used:\n{error}")
            raise Unreadable from None
        return replace(layout, columns={**layout.columns, **shape.columns}, modelled={**layout.modelled, **shape.modelled})
    if missing or shape.dialect is None or shape.time is None or shape.amount is None or shape.compartments is None:
        listed = " and ".join(f"'{key}'" for key in missing)
        advice = (
            "A table needs all of 'dialect', 'time', 'amount' and 'compartments', or none where a JSON file beside it has them."
        )
        notes.add(loc, f"The table '{shape.file}' does not say {listed}.", advice, key=True)
        raise Unreadable
    return Layout(DIALECTS[shape.dialect], shape.time, shape.amount, shape.compartments, shape.columns, shape.modelled)


def _subject(table: EventTable, shape: TableShape, loc: Loc, notes: Notes) -> EventSubject:
    if shape.id is not None:
        try:
            return table.subject(shape.id)
        except RegimensError as error:
            notes.add((*loc, "id"), str(error))
            raise Unreadable from None
    first = table.subjects[0]
    for other in table.subjects[1:]:
        if replace(other.doses, arm="") != replace(first.doses, arm=""):
            found = f"The IDs of '{shape.file}' have different doses: {first.id} and {other.id}."
            notes.add(loc, found, "Say which one is meant: 'id: ...'.")
            raise Unreadable
    return first


def _taken(shape: TableShape, table: EventTable, subject: EventSubject) -> str:
    """Return a sentence on where the doses are from, with what was noted while they were read."""
    program, unit = table.layout.dialect.program, table.layout.time
    said = f"The doses are those of ID {subject.id} of '{shape.file}', read as {program} reads it, times in {unit}."
    if subject.doses.duration_h.any():
        said += " Where bioavailability is not 1, the model's input says whether infusions keep their rate or their duration."
    of_subject = (note for note in table.notes if not note.startswith("ID ") or note.startswith(f"ID {subject.id}"))
    return " ".join([said, *of_subject])

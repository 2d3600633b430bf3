"""The key `observed` at the top of a scenario: which files of own observations there are, and how they are laid out."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from regimens.errors import InputFileError
from regimens.scenario.own import Layout, OwnData
from regimens.scenario.ownchecks import Known, Unfit, checked
from regimens.scenario.ownfile import read_own
from regimens.units import time_unit
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.scenario.beside import Beside
    from regimens.scenario.ownschema import ObservedShape


def read_observed(
    given: ObservedShape | list[ObservedShape] | None, beside: Beside, known: Known, notes: Notes
) -> tuple[OwnData, ...]:
    """Return the observations of every file, or built in Python; notes what is wrong with them."""
    several = isinstance(given, list)
    shapes = given if isinstance(given, list) else [] if given is None else [given]
    found = []
    for place, shape in enumerate(shapes):
        loc: Loc = ("observed", place) if several else ("observed",)
        with contextlib.suppress(Unreadable):
            if shape.file in [other.file for other in shapes[:place]] and place not in beside.observed:
                notes.add((*loc, "file"), f"The file '{shape.file}' is named twice.", "Name every file once.")
                continue
            built = beside.observed.get(place)
            found.append(_read(shape, loc, beside, known, notes) if built is None else _taken(built, loc, known, notes))
    return tuple(found)


def layout_value(layout: Layout, file: str) -> dict[str, object]:
    """Return a layout as the mapping of a scenario file."""
    found: dict[str, object] = {
        "file": file,
        "columns": dict(layout.columns),
        "observable": layout.observable,
        "time": layout.time,
        "unit": layout.unit,
        "interval": layout.interval,
        "arms": dict(layout.arms),
        "observables": dict(layout.observables),
    }
    return {key: value for key, value in found.items() if value not in ("", {})}


def _read(shape: ObservedShape, loc: Loc, beside: Beside, known: Known, notes: Notes) -> OwnData:
    layout = _layout(shape)
    with contextlib.suppress(Unreadable):
        notes.read((*loc, "time"), partial(time_unit, layout.time))
    for key, names, fault_of in (
        ("arms", layout.arms, known.arm_fault),
        ("observables", layout.observables, known.observable_fault),
    ):
        for written, name in names.items():
            if fault := fault_of(name):
                notes.add((*loc, key, written), *fault)
    _check_observable(layout, loc, known, notes)
    path = beside.file(shape.file, (*loc, "file"), notes)
    if not notes.sound(*loc) or not known.around.every_model:
        # Without all models the units of the rows are not known.
        raise Unreadable
    try:
        return read_own(path, shape.file, layout, known)
    except InputFileError as error:
        notes.add((*loc, "file"), f"The data of '{shape.file}' cannot be used:\n{error}")
        raise Unreadable from None


def _layout(shape: ObservedShape) -> Layout:
    return Layout(
        time=shape.time,
        columns=shape.columns.model_dump(exclude_none=True),
        observable=shape.observable or "",
        unit=shape.unit or "",
        interval=shape.interval or "",
        arms=shape.arms,
        observables=shape.observables,
    )


def _check_observable(layout: Layout, loc: Loc, known: Known, notes: Notes) -> None:
    """Note an observable that no model has, and a unit that cannot be that of the observable."""
    if layout.observable and (fault := known.observable_fault(layout.observable)):
        notes.add((*loc, "observable"), *fault)
    elif layout.observable in known.units and layout.unit:
        try:
            known.size_of(layout.unit, layout.observable)
        except Unfit as unfit:
            notes.add((*loc, "unit"), *unfit.fault)


def _taken(built: OwnData, loc: Loc, known: Known, notes: Notes) -> OwnData:
    if not known.around.every_model:
        raise Unreadable
    data, faults = checked(built, known)
    for message, advice in faults:
        notes.add(loc, message, advice)
    return data

"""Reading an event table: CSV or Parquet in, the doses, observations and covariates of every ID out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens.errors import InputFileError, Problem, RegimenError, RegimensError, did_you_mean
from regimens.eventtable.cells import Cells, Problems, Stop, cells_of, digest_of
from regimens.eventtable.columns import columns_of
from regimens.eventtable.dialect import DIALECTS, NONMEM, Dialect
from regimens.eventtable.doserow import RowReader
from regimens.eventtable.dosing import Dosing, Plan, counted
from regimens.eventtable.layout import Layout, layout_faults
from regimens.eventtable.records import OBSERVATION, OTHER, Floats, Reader, Records
from regimens.eventtable.table import EventSubject, EventTable, Flags, Steps

if TYPE_CHECKING:
    from regimens.regimen.events import DoseEvents

SIDECAR_KEYS = ("dialect", "time", "amount", "compartments", "columns", "modelled", "covariates", "arms", "subject")
"""Keys of the file beside an exported table that say how it is read."""

SIZES = {
    "per kg": ("weight", ("WT", "WGT", "WEIGHT", "BW", "BWT")),
    "per m2": ("body surface area", ("BSA",)),
}
"""What a dose is for on each basis, and the usual names of its column."""


def read_event_table(
    path: str | Path,
    *,
    dialect: str | Dialect | None = None,
    time: str | None = None,
    amount: Mapping[str, str] | None = None,
    compartments: Mapping[str, str] | Mapping[int, str] | str | None = None,
    columns: Mapping[str, str] | None = None,
    modelled: Mapping[str, str] | None = None,
    covariates: str = "",
    horizon_h: float | None = None,
) -> EventTable:
    """Return the event table in a CSV or Parquet file: doses, resets, steady states, observations and covariates of every ID.

    `dialect` is 'nonmem', 'mrgsolve', 'rxode2' or 'pkpdsim'; `time` the unit of times ('h', 'day'); `amount` the unit of each
    drug ({'il2': 'MIU'}); `compartments` what CMT says ({1: 'il2 SC'}), or the only input ('il2 SC'). They are declared, never
    guessed; for a table that `regimens export` wrote they may be left out, for they are in the JSON file beside it. `columns`
    names columns that are called otherwise ({'AMT': 'DOSE'}), `modelled` says what RATE -1 and -2 are ({'il2 IV': 'duration
    2 h'}), `covariates` is 'nocb' or 'locf' (default: that of the dialect). Doses at or after `horizon_h` are not given.

    Columns are ID, TIME, AMT, EVID and, where needed, CMT, RATE, DUR, II, ADDL, SS, DV, MDV, in upper or in lower case; any
    other is a covariate. '.', blank and NA are missing; lines that begin with '#' are comments, and so are rows with 'C' in a
    first column C. Additional doses are written out exactly.

    InputFileError with every problem of the file, each with its line and column; RegimensError where something is not declared.
    """
    given = {"dialect": dialect, "time": time, "amount": amount, "compartments": compartments}
    if all(value is None for value in given.values()):
        layout = sidecar_layout(Path(path))
    else:
        layout = _declared(path, given, columns or {}, modelled or {}, covariates)
    return read_with(Path(path), layout, None if horizon_h is None else Fraction(horizon_h))


def read_with(path: Path, layout: Layout, horizon_h: Fraction | None = None) -> EventTable:
    """Return the event table in a file that is laid out as `layout` says; errors as for `read_event_table`."""
    faults = [Problem(message, advice, where=", ".join(keys)) for keys, message, advice in layout_faults(layout)]
    if faults:
        raise InputFileError(path, faults)
    problems, notes = Problems(path), list[str]()
    try:
        cells = cells_of(path, problems)
        columns = columns_of(cells, layout, problems)
        if problems.found:
            raise problems.error()
        reader = Reader(cells, layout, columns, problems)
        dosing = Dosing(RowReader(layout, columns, cells.mark, problems), horizon_h, notes)
        subjects = []
        for records in reader.records():
            dosing.rows.mark, dosing.rows.mark_from = cells.mark, cells.mark_from  # known once the first rows are read
            subjects.append(_subject(records, reader, dosing))
        dosing.rows.check_compartments()
        if not subjects and not problems.found:
            problems.add(None, "", "The file has no rows.", "At least one dose or observation is needed.")
    except Stop:
        raise problems.error() from None
    if problems.found:
        raise problems.error()
    read = tuple(_without(subject, reader.texts) for subject in subjects)
    return EventTable(str(path), digest_of(path), layout, read, (*_file_notes(cells, reader, dosing), *notes))


def sidecar_layout(path: Path) -> Layout:
    """Return how an exported table is laid out, from the JSON file beside it."""
    beside = path.with_suffix(".json")
    try:
        said: dict[str, Any] = json.loads(beside.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RegimensError(
            f"{path}: nothing is declared about this table, and there is no '{beside.name}' beside it. "
            "Declare dialect, time, amount and compartments."
        ) from None
    except (OSError, ValueError) as error:
        raise InputFileError(
            beside, [Problem(f"The file cannot be read as JSON ({error}).", "Export the table again.")]
        ) from None
    missing = [key for key in SIDECAR_KEYS[:4] if key not in said] if isinstance(said, dict) else list(SIDECAR_KEYS[:4])
    if missing:
        listed = ", ".join(f"'{key}'" for key in missing)
        raise InputFileError(beside, [Problem(f"It does not say {listed}.", "Export the table again, or declare it.")])
    if "subject" in said and not _is_person(said["subject"]):
        advice = 'Export the table again, or write for example {"weight": "70 kg", "bsa": "1.8 m2"}.'
        raise InputFileError(beside, [Problem(f"'subject' is {json.dumps(said['subject'])}.", advice)])
    return _layout(path, {key: said[key] for key in SIDECAR_KEYS if key in said})


def _is_person(subject: object) -> bool:
    """Return whether a mapping has a weight in kg and a body surface area in m2, as `regimens export` writes them."""
    size = r"[0-9]+([./][0-9]+)? "
    return isinstance(subject, dict) and all(
        re.fullmatch(size + unit, str(subject.get(key))) for key, unit in (("weight", "kg"), ("bsa", "m2"))
    )


def _declared(
    path: str | Path, given: Mapping[str, object], columns: Mapping[str, str], modelled: Mapping[str, str], covariates: str
) -> Layout:
    missing = [f"'{key}'" for key, value in given.items() if value is None]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        example = "dialect='nonmem', time='h', amount={'il2': 'MIU'}, compartments={1: 'il2 SC'}"
        raise RegimensError(f"{path}: {' and '.join(missing)} {verb} not declared. Write for example {example}.")
    return _layout(path, {**given, "columns": columns, "modelled": modelled, "covariates": covariates})


def _layout(path: str | Path, said: Mapping[str, Any]) -> Layout:
    dialect = said["dialect"]
    if not isinstance(dialect, Dialect):
        if dialect not in DIALECTS:
            raise RegimensError(f"{path}: unknown dialect '{dialect}'. {did_you_mean(str(dialect), DIALECTS)}")
        dialect = DIALECTS[dialect]
    compartments = said["compartments"]
    if not isinstance(compartments, str):
        compartments = {str(cmt): words for cmt, words in compartments.items()}
    return Layout(**{**said, "dialect": dialect, "compartments": compartments})


def _subject(records: Records, reader: Reader, dosing: Dosing) -> EventSubject:
    time_h, lines = np.concatenate(records.time_h), np.concatenate(records.lines)
    for row in (np.flatnonzero(time_h[1:] < time_h[:-1]) + 1).tolist():
        name = reader.columns.name("TIME")
        here, above = (f"{time / float(reader.layout.hours):.15g}" for time in (time_h[row], time_h[row - 1]))
        said = f"{name} is {here}, before the row above ({above})."
        advice = "Sort the rows of an ID by time; where time starts anew at a reset, give each occasion an ID of its own."
        reader.problems.add(int(lines[row]), name, said, advice)
    plan = dosing.plan(records.id, records.events)
    late = sum(1 for dose in plan.given if dose.additional and float(dose.start) > time_h[-1])
    dosing.late += [late] if late else []
    evid = np.concatenate(records.evid)
    read = np.flatnonzero((evid == OBSERVATION) | (evid == OTHER))
    after = _after_doses(time_h, read, records, plan, reader)
    return EventSubject(
        records.id,
        _doses(records, plan, reader),
        time_h[read],
        np.concatenate(records.dv)[read],
        after,
        {name: _steps(time_h, np.concatenate(values)) for name, values in records.covariates.items() if name not in reader.texts},
        np.array([dose.event.line for dose in plan.ordered], dtype=np.int64),
    )


def _doses(records: Records, plan: Plan, reader: Reader) -> DoseEvents:
    """Return the doses of an ID; none where the file has a problem, which is raised in the end."""
    arm = reader.layout.arms.get(records.id, "")
    if not reader.problems.found:
        try:
            return plan.events(arm)
        except RegimenError as error:
            reader.problems.add(int(records.lines[0][0]), "", f"ID {records.id}: {error.message}", error.advice)
    return Plan().events(arm)


def _after_doses(time_h: Floats, read: np.ndarray[Any, np.dtype[np.intp]], records: Records, plan: Plan, reader: Reader) -> Flags:
    """Return which of the rows that are read come after the doses at their time."""
    last = np.full(len(time_h), -np.inf)
    acting = [event.place for event in records.events]
    last[acting] = time_h[acting]
    after = np.maximum.accumulate(last)[read] == time_h[read]
    extra = np.array([float(dose.start) for dose in plan.given if dose.additional], dtype=np.float64)
    additional = np.isin(time_h[read], extra)
    if not reader.layout.dialect.additional_first or not additional.any():
        return np.asarray(after)
    own = np.isin(time_h[read], time_h[acting]) & ~after & additional
    for row in read[own].tolist():
        said = "An additional dose acts before this row, and a dose with a row of its own after it, at the same time."
        line = int(np.concatenate(records.lines)[row])
        reader.problems.add(line, reader.columns.name("TIME"), said, "Move the row behind the dose, or read it at another time.")
    return np.asarray(after | additional)


def _steps(time_h: Floats, values: Floats) -> float | Steps:
    """Return a covariate: one number where it stays the same."""
    known = values[~np.isnan(values)]
    if not len(known):
        return np.nan
    return float(known[0]) if np.all(known == known[0]) else Steps(time_h, values)


def _without(subject: EventSubject, texts: set[str]) -> EventSubject:
    """Return a subject without the covariates that turned out to hold text."""
    if not texts & subject.covariates.keys():
        return subject
    return replace(subject, covariates={name: held for name, held in subject.covariates.items() if name not in texts})


def _file_notes(cells: Cells, reader: Reader, dosing: Dosing) -> list[str]:
    found = [cells.note] if cells.note else []
    if cells.comments:
        found.append(f"{cells.comments} {'line is a comment' if cells.comments == 1 else 'lines are comments'} and not read.")
    found += [f"The column '{name}' holds text and is not read." for name in sorted(reader.texts)]
    if dosing.late and reader.layout.dialect is NONMEM:
        doses, ids = counted(sum(dosing.late), "additional dose"), counted(len(dosing.late), "ID")
        found.append(f"Given here, but not by NONMEM: {doses} of {ids} after the last record of the ID.")
    return [*found, *_size_notes(reader)]


def _size_notes(reader: Reader) -> Iterator[str]:
    """Yield which columns of weights or body surface areas do not change doses per kg or per m2."""
    for basis in sorted({target.basis for target in reader.layout.targets.values()} & SIZES.keys()):
        what, names = SIZES[basis]
        for name in reader.columns.covariates:
            if name.upper() in names and name not in reader.texts:
                yield f"Doses {basis} are for the {what} of the simulated subject; the covariate '{name}' does not change them."

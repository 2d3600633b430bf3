"""Reading exposure rows (SDTM EX): doses of every subject from constant-dosing intervals; what is not known stays open."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from regimens.csvfile import Table, read_table
from regimens.errors import InputFileError, Problem
from regimens.exposurerows.cells import Cells
from regimens.exposurerows.interval import Interval, interval_of
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents
from regimens.regimen.parts import MOST_DOSES

NEEDED = ("USUBJID", "EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRQ", "EXROUTE", "EXSTDTC", "EXENDTC")
"""Columns that a file must have."""

USED = (*NEEDED, "EXGRPID", "EXSTAT", "EXOCCUR", "EXDUR", "EXDOSTOT")

IGNORED = (
    "STUDYID", "DOMAIN", "SUBJID", "SITEID", "EXSEQ", "EXREFID", "EXSPID", "EXLNKID", "EXLNKGRP", "EXCAT", "EXSCAT", "EXPRESP",
    "EXREASND", "EXDOSTXT", "EXDOSFRM", "EXDOSRGM", "EXLOT", "EXLOC", "EXLAT", "EXDIR", "EXFAST", "EXADJ", "EXSTDY",
    "EXENDY", "EXTPT", "EXTPTNUM", "EXELTM", "EXTPTREF", "EXRFTDTC", "EXTRTV", "EXVAMT", "EXVAMTU", "EPOCH", "TAETORD",
    "VISIT", "VISITNUM", "VISITDY", "EXMETHOD", "ARM", "ARMCD", "ACTARM", "TRTA", "TRTP", "TRTAN", "TRTPN", "SAFFL", "AGE", "SEX",
)  # fmt: skip
"""Other columns of EX, and those that analysis data add, which may be there and are not read."""

LARGEST = 50_000_000
"""Bytes of the largest file that is read."""


@dataclass(frozen=True)
class ExposureRows:
    """The doses of the subjects of a file with exposure rows.

    `doses` has a subject's DoseEvents by USUBJID, with times from the first EXSTDTC of the subject on; only subjects all of whose
    rows are complete are there. `open` lists, with line and column, what the other rows do not say: partial dates, intervals
    without an end, frequencies that fix no times. Nothing of it is completed. `notes` are sentences on how rows were taken.
    """

    doses: Mapping[str, DoseEvents]
    open: tuple[Problem, ...]
    notes: tuple[str, ...]
    path: str = ""
    digest: str = field(default="", repr=False)


def read_exposure_rows(path: str | Path, drug: str | Mapping[str, str] | None = None) -> ExposureRows:
    """Read a CSV file of exposure rows, its columns in upper or in lower case.

    `drug` is the drug of all rows, or says it for each EXTRT; without it EXTRT is the drug's name, in lower case ('ALDESLEUKIN'
    is il2). InputFileError with every cell that cannot be read: unknown terms, amounts that are no numbers, dates that are none,
    ends before starts, rows that stand there twice, the same dose at the same time in two rows.
    """
    table, lower = _table(path)
    rows = [Cells(row, lower) for row in table.rows]
    given = [cells for cells in rows if cells.given]
    faults = list(_repeated(given))
    subjects: dict[str, list[Interval | None]] = {}
    for cells in given:
        subjects.setdefault(cells["USUBJID"], []).append(interval_of(cells, drug))
        faults += cells.faults
    known = {subject: [found for found in intervals if found] for subject, intervals in subjects.items()}
    if not faults:
        faults += _too_many(interval for intervals in known.values() for interval in intervals)
    if not faults:
        faults += (problem for intervals in known.values() for problem in _given_twice(intervals))
    if faults:
        raise InputFileError(table.path, faults, table.text)
    complete = {subject: intervals for subject, intervals in known.items() if all(subjects[subject])}
    notes = [table.note] if table.note else []
    if len(given) < len(rows):
        notes.append(f"Rows with EXSTAT 'NOT DONE' or EXOCCUR 'N' are no doses: {len(rows) - len(given)}.")
    notes += [note for subject, intervals in complete.items() for note in _taken(subject, intervals)]
    doses = {subject: _events(subject, intervals) for subject, intervals in complete.items()}
    missing = tuple(problem for cells in given for problem in cells.missing)
    return ExposureRows(doses, missing, tuple(notes), table.path, table.digest)


def _table(path: str | Path) -> tuple[Table, bool]:
    """Return the rows, and whether columns are in lower case; InputFileError for columns that are missing or unknown."""
    heading = read_table(path, (), (), allow_extra=True, largest=LARGEST).heading
    lower = sum(name.islower() for name in heading) > len(heading) / 2
    needed, known = ([name.lower() if lower else name for name in names] for names in (NEEDED, (*USED, *IGNORED)))
    return read_table(path, needed, known, largest=LARGEST), lower


def _repeated(given: Iterable[Cells]) -> Iterator[Problem]:
    """Yield a problem for every row that says the same as an earlier one."""
    seen: dict[tuple[str, ...], int] = {}
    for cells in given:
        line = seen.setdefault(tuple(cells[column] for column in USED), cells.row.line)
        if line != cells.row.line:
            yield cells.problem("USUBJID", f"This row says the same as line {line}.", "Remove one of them.")


def _too_many(intervals: Iterable[Interval]) -> Iterator[Problem]:
    for interval in intervals:
        if interval.count > MOST_DOSES:
            advice = f"At most {MOST_DOSES} are accepted. Check its dates."
            yield Problem(f"This row has {interval.count} doses.", advice, interval.cells.row.line)


def _given_twice(intervals: Sequence[Interval]) -> Iterator[Problem]:
    """Yield a problem for every row that gives a dose which an earlier row of the subject gives at the same time."""
    for one, other, shared in _overlaps(intervals):
        if (one.amount, one.basis, one.route) == (other.amount, other.basis, other.route):
            message = f"Line {one.cells.row.line} says the same dose of {one.drug} at the same time, first on {shared.date()}."
            advice = "Correct the dates, or write two equal doses at one time as one of twice the amount."
            yield other.cells.problem("EXSTDTC", message, advice)


def _overlaps(intervals: Sequence[Interval]) -> Iterator[tuple[Interval, Interval, datetime]]:
    """Yield the pairs of rows that give a drug at the same time, the earlier line first, and the first such time.

    Where one of the two has no times of day, days count.
    """
    in_time = sorted(intervals, key=lambda interval: interval.start.at)
    for index, interval in enumerate(in_time):
        for later in itertools.islice(in_time, index + 1, None):
            if later.start.day > interval.last_day:
                break
            shared = _shared(interval, later) if later.drug == interval.drug else None
            if shared is not None:
                one, other = sorted((interval, later), key=lambda either: either.cells.row.line)
                yield one, other, shared


def _shared(one: Interval, other: Interval) -> datetime | None:
    """Return the first time at which both of two rows give a dose, None where they share none."""
    timed = one.start.timed and other.start.timed
    first = one.begin(timed)
    times, theirs = (interval.seconds_from(first, timed) for interval in (one, other))
    shared = next((second for second in times if second in theirs), None)
    return None if shared is None else first + timedelta(seconds=shared)


def _taken(subject: str, intervals: Sequence[Interval]) -> Iterator[str]:
    """Yield what was taken of a subject's rows."""
    timed = all(interval.start.timed for interval in intervals)
    if not timed and any(moment.timed for interval in intervals for moment in (interval.start, interval.end) if moment):
        yield f"Subject '{subject}': times of day are left out, for not every EXSTDTC has one."
    if timed and any(interval.every_h and interval.end and not interval.end.timed for interval in intervals):
        yield f"Subject '{subject}': an EXENDTC without a time of day is the end of that day."
    for interval in intervals:
        if interval.may_be_infused:
            line = f"line {interval.cells.row.line}"
            yield f"Subject '{subject}': {line} ends after its last dose and has no EXDUR; its doses are boluses."
    for one, other, shared in _overlaps(intervals):
        lines = f"lines {one.cells.row.line} and {other.cells.row.line}"
        yield f"Subject '{subject}': {lines} both give {one.drug}, first on {shared.date()}; both doses count."


def _events(subject: str, intervals: Sequence[Interval]) -> DoseEvents:
    timed = all(interval.start.timed for interval in intervals)
    first = min((interval.begin(timed) for interval in intervals), default=datetime.min)
    rows: list[tuple[int, str, Interval]] = []
    for interval in intervals:
        rows += [(second, interval.drug, interval) for second in interval.seconds_from(first, timed)]
    rows.sort(key=lambda row: row[:2])
    given = [interval for *_, interval in rows]
    counts: Counter[tuple[str, int]] = Counter()
    numbers = []
    for interval in given:
        counts[interval.drug, interval.cycle] += 1
        numbers.append(counts[interval.drug, interval.cycle])
    return DoseEvents(
        time_h=np.array([second / 3600 for second, *_ in rows], dtype=float),
        drug=tuple(interval.drug for interval in given),
        amount=np.array([interval.amount for interval in given], dtype=float),
        basis=tuple(interval.basis for interval in given),
        cap=np.full(len(rows), NO_CAP),
        step=np.full(len(rows), NO_STEP),
        route=tuple(interval.route for interval in given),
        duration_h=np.array([interval.infusion_h for interval in given], dtype=float),
        cycle=np.array([interval.cycle for interval in given], dtype=np.int64),
        number=np.array(numbers, dtype=np.int64),
        arm=subject,
    )

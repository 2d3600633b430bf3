"""Reading exposure rows (SDTM EX): doses of every subject from constant-dosing intervals; what is not known stays open."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path

import numpy as np

from regimens.csvfile import Row, Table, read_table
from regimens.drugs import unit_of
from regimens.errors import InputFileError, Problem, did_you_mean
from regimens.exposurerows.terms import (
    NO_INTERVAL,
    ONCE,
    ROUTE_TERMS,
    UNIT_TERMS,
    drug_of_treatment,
    interval_h,
    unit_of_term,
)
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents
from regimens.regimen.parts import MOST_DOSES
from regimens.units import exact

NEEDED = ("USUBJID", "EXTRT", "EXDOSE", "EXDOSU", "EXDOSFRQ", "EXROUTE", "EXSTDTC", "EXENDTC")
"""Columns that a file must have."""

USED = (*NEEDED, "EXGRPID", "EXSTAT", "EXOCCUR")

IGNORED = (
    "STUDYID", "DOMAIN", "SUBJID", "SITEID", "EXSEQ", "EXREFID", "EXSPID", "EXLNKID", "EXLNKGRP", "EXCAT", "EXSCAT", "EXPRESP",
    "EXREASND", "EXDOSTXT", "EXDOSFRM", "EXDOSTOT", "EXDOSRGM", "EXLOT", "EXLOC", "EXLAT", "EXDIR", "EXFAST", "EXADJ", "EXSTDY",
    "EXENDY", "EXDUR", "EXTPT", "EXTPTNUM", "EXELTM", "EXTPTREF", "EXRFTDTC", "EXTRTV", "EXVAMT", "EXVAMTU", "EPOCH", "TAETORD",
    "VISIT", "VISITNUM", "VISITDY", "EXMETHOD", "ARM", "ARMCD", "ACTARM", "TRTA", "TRTP", "TRTAN", "TRTPN", "SAFFL", "AGE", "SEX",
)  # fmt: skip
"""Other columns of EX, and those that analysis data add, which may be there and are not read."""

LARGEST = 50_000_000
"""Bytes of the largest file that is read."""

_DATE = re.compile(r"(?P<date>\d{4}-\d{2}-\d{2})(?:T(?P<time>\d{2}:\d{2}(?::\d{2})?))?")
_PARTIAL = re.compile(r"\d{4}|\d{4}-\d{2}|[\d-]*-{2}[\d-]*(?:T[\d:-]*)?|\d{4}-\d{2}-\d{2}T(?:\d{2}|[\d:-]*-[\d:-]*)?")
_CYCLE = re.compile(r"CYCLE (?P<number>[1-9][0-9]*)", re.IGNORECASE)


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


@dataclass(frozen=True)
class _Interval:
    """One row: doses of one drug from `start` to `end` (None where there is one dose), every `every_h`; times to the second."""

    line: int
    drug: str
    amount: float
    basis: str
    route: str
    cycle: int
    start: datetime
    end: datetime | None
    every_h: int | None
    timed: bool


def read_exposure_rows(path: str | Path, drug: str | Mapping[str, str] | None = None) -> ExposureRows:
    """Read a CSV file of exposure rows, its columns in upper or in lower case.

    `drug` is the drug of all rows, or says it for each EXTRT; without it EXTRT is the drug's name, in lower case ('ALDESLEUKIN'
    is il2). InputFileError with every cell that cannot be read: unknown terms, amounts that are no numbers, dates that are none,
    ends before starts, rows that stand there twice.
    """
    table, lower = _table(path)
    faults: list[Problem] = []
    missing: list[Problem] = []
    subjects: dict[str, list[_Interval]] = {}
    incomplete: set[str] = set()
    seen: dict[tuple[str, ...], int] = {}
    given = [cells for cells in (_Cells(row, lower) for row in table.rows) if cells.given]
    for cells in given:
        found = _interval(cells, drug, seen, faults, missing)
        intervals = subjects.setdefault(cells["USUBJID"], [])
        if found is None:
            incomplete.add(cells["USUBJID"])
        else:
            intervals.append(found)
    if not faults:
        faults += _too_many(subjects)
    if faults:
        raise InputFileError(table.path, faults, table.text)
    complete = {subject: intervals for subject, intervals in subjects.items() if subject not in incomplete}
    notes = [table.note] if table.note else []
    if len(given) < len(table.rows):
        notes.append(f"Rows with EXSTAT 'NOT DONE' or EXOCCUR 'N' are no doses: {len(table.rows) - len(given)}.")
    notes += [note for subject, intervals in complete.items() for note in _taken(subject, intervals)]
    doses = {subject: _events(subject, intervals) for subject, intervals in complete.items()}
    return ExposureRows(doses, tuple(missing), tuple(notes), table.path, table.digest)


class _Cells:
    """The cells of a row by the standard name of their column; '' where the file does not have it."""

    def __init__(self, row: Row, lower: bool) -> None:
        self.row, self.lower = row, lower

    def name(self, column: str) -> str:
        return column.lower() if self.lower else column

    def __getitem__(self, column: str) -> str:
        return self.row[self.name(column)]

    def problem(self, column: str, message: str, advice: str = "") -> Problem:
        return self.row.problem(self.name(column), message, advice)

    @property
    def given(self) -> bool:
        """Whether the row is about doses that were given."""
        return self["EXSTAT"].upper() != "NOT DONE" and self["EXOCCUR"].upper() != "N"


def _table(path: str | Path) -> tuple[Table, bool]:
    """Return the rows, and whether columns are in lower case; InputFileError for columns that are missing or unknown."""
    heading = read_table(path, (), (), allow_extra=True, largest=LARGEST).heading
    lower = sum(name.islower() for name in heading) > len(heading) / 2
    needed, known = ([name.lower() if lower else name for name in names] for names in (NEEDED, (*USED, *IGNORED)))
    return read_table(path, needed, known, largest=LARGEST), lower


def _interval(
    cells: _Cells,
    drug: str | Mapping[str, str] | None,
    seen: dict[tuple[str, ...], int],
    faults: list[Problem],
    missing: list[Problem],
) -> _Interval | None:
    """Return the interval of a row; None after noting a fault, or what is not known."""
    before = len(faults) + len(missing)
    key = tuple(cells[column] for column in USED)
    if key in seen:
        faults.append(cells.problem("USUBJID", f"This row says the same as line {seen[key]}.", "Remove one of them."))
    seen.setdefault(key, cells.row.line)
    if not cells["USUBJID"]:
        faults.append(cells.problem("USUBJID", "The subject is blank.", "Every row has a USUBJID."))
    name = _drug(cells, drug, faults)
    amount, basis = _amount(cells, name, faults, missing)
    route = ROUTE_TERMS.get(cells["EXROUTE"].upper())
    if route is None:
        advice = f"Known: {', '.join(ROUTE_TERMS)}."
        faults.append(cells.problem("EXROUTE", f"Unknown route '{cells['EXROUTE']}'.", advice))
    every = _every(cells, faults, missing)
    start, end = (_moment(cells, column, faults, missing) for column in ("EXSTDTC", "EXENDTC"))
    if start is None and not cells["EXSTDTC"]:
        missing.append(cells.problem("EXSTDTC", "The start is not known.", _NOT_COMPLETED))
    if every is not None and end is None and not cells["EXENDTC"]:
        message = f"The end of these doses ({cells['EXDOSFRQ']}) is not known."
        missing.append(cells.problem("EXENDTC", message, _NOT_COMPLETED))
    if start is not None and end is not None and end[0] < start[0] and (end[1] == start[1] or end[0].date() < start[0].date()):
        faults.append(cells.problem("EXENDTC", f"'{cells['EXENDTC']}' is before the start, '{cells['EXSTDTC']}'.", ""))
    timed = start is not None and start[1] and (end is None or end[1])
    if (
        cells["EXDOSFRQ"].upper() == ONCE
        and not timed
        and start is not None
        and end is not None
        and end[0].date() > start[0].date()
    ):
        message = "One dose ends on a later date, and no times of day say how long it took."
        missing.append(cells.problem("EXENDTC", message, _NOT_COMPLETED))
    if len(faults) + len(missing) > before or start is None or amount is None or route is None:
        return None
    group = _CYCLE.fullmatch(cells["EXGRPID"])
    return _Interval(
        line=cells.row.line,
        drug=name,
        amount=float(amount),
        basis=basis,
        route=route,
        cycle=int(group["number"]) if group else 1,
        start=start[0],
        end=None if end is None else end[0],
        every_h=every,
        timed=timed,
    )


_NOT_COMPLETED = "It is listed as open and not completed; the doses of this subject are left out."


def _drug(cells: _Cells, drug: str | Mapping[str, str] | None, faults: list[Problem]) -> str:
    treatment = cells["EXTRT"]
    if isinstance(drug, str):
        return drug
    if drug is not None and treatment not in drug:
        faults.append(cells.problem("EXTRT", f"Nothing says which drug '{treatment}' is.", did_you_mean(treatment, drug)))
    name = drug_of_treatment(treatment) if drug is None else drug.get(treatment, "")
    if not treatment:
        faults.append(cells.problem("EXTRT", "The treatment is blank.", "Every row names its EXTRT."))
    return name


def _amount(cells: _Cells, drug: str, faults: list[Problem], missing: list[Problem]) -> tuple[Fraction | None, str]:
    if not cells["EXDOSE"]:
        missing.append(cells.problem("EXDOSE", "The amount is not known.", _NOT_COMPLETED))
        return None, ""
    number = cells.row.decimal(cells.name("EXDOSE"))
    if number is None or number.startswith("-"):
        faults.append(cells.problem("EXDOSE", f"'{cells['EXDOSE']}' is no amount.", "An amount is a number of 0 or more."))
    found = unit_of_term(cells["EXDOSU"])
    if found is None:
        advice = f"Known: {', '.join(UNIT_TERMS)}, each also with '/kg' or '/m2'."
        faults.append(cells.problem("EXDOSU", f"Unknown unit '{cells['EXDOSU']}'.", advice))
        return None, ""
    unit, size, basis = found
    if drug and unit != unit_of(drug):
        message = f"An amount of {drug} in '{cells['EXDOSU']}'."
        faults.append(cells.problem("EXDOSU", message, f"IL-2 is dosed in IU and other drugs in mg: {drug} in {unit_of(drug)}."))
    return (None if number is None else exact(number) * size), basis


def _every(cells: _Cells, faults: list[Problem], missing: list[Problem]) -> int | None:
    """Return the hours between doses, None for one dose."""
    term = cells["EXDOSFRQ"].upper()
    if term == ONCE:
        return None
    if not term:
        missing.append(cells.problem("EXDOSFRQ", "How often doses were given is not known.", _NOT_COMPLETED))
        return None
    if term in NO_INTERVAL:
        missing.append(cells.problem("EXDOSFRQ", f"'{cells['EXDOSFRQ']}' {NO_INTERVAL[term]}.", _NOT_COMPLETED))
        return None
    every = interval_h(term)
    if every is None:
        advice = "Known: ONCE, QD, BID, TID, QID, QOD, QW, and the like of Q8H, Q3D, Q2W and EVERY 6 WEEKS."
        faults.append(cells.problem("EXDOSFRQ", f"Unknown frequency '{cells['EXDOSFRQ']}'.", advice))
    return every


def _moment(cells: _Cells, column: str, faults: list[Problem], missing: list[Problem]) -> tuple[datetime, bool] | None:
    """Return a date and whether it has a time of day; None where the cell is blank, and after noting what is not known."""
    text = cells[column]
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if match is None and _PARTIAL.fullmatch(text):
        missing.append(cells.problem(column, f"'{text}' is a partial date.", _NOT_COMPLETED))
        return None
    try:
        if match is not None:
            return datetime.fromisoformat(text), match["time"] is not None
    except ValueError:
        pass
    advice = "Write it as 2027-03-01, or with the local time of day as 2027-03-01T09:00."
    faults.append(cells.problem(column, f"'{text}' is no date.", advice))
    return None


def _too_many(subjects: Mapping[str, Sequence[_Interval]]) -> Iterator[Problem]:
    for intervals in subjects.values():
        for interval in intervals:
            if _count(interval) > MOST_DOSES:
                message = f"This row has {_count(interval)} doses."
                yield Problem(message, f"At most {MOST_DOSES} are accepted. Check its dates.", interval.line)


def _count(interval: _Interval, timed: bool = False) -> int:
    """Return the number of doses of a row. Without times of day, the doses of the last date count."""
    if interval.every_h is None or interval.end is None:
        return 1
    if timed:
        return int((interval.end - interval.start) / timedelta(hours=interval.every_h)) + 1
    days = (interval.end.date() - interval.start.date()).days
    return (24 * (days + 1) - 1) // interval.every_h + 1


def _taken(subject: str, intervals: Sequence[_Interval]) -> Iterator[str]:
    """Yield what was taken of a subject's rows."""
    if any(interval.timed for interval in intervals) and not all(interval.timed for interval in intervals):
        yield f"Subject '{subject}': times of day are left out, for not all rows have them."


def _events(subject: str, intervals: Sequence[_Interval]) -> DoseEvents:
    timed = bool(intervals) and all(interval.timed for interval in intervals)
    first = min((_begin(interval, timed) for interval in intervals), default=datetime.min)
    rows: list[tuple[int, str, _Interval]] = []
    for interval in intervals:
        begin, every = _seconds(_begin(interval, timed) - first), 3600 * (interval.every_h or 0)
        rows += [(begin + index * every, interval.drug, interval) for index in range(_count(interval, timed))]
    rows.sort(key=lambda row: row[:2])
    given = [interval for *_, interval in rows]
    counts: Counter[tuple[str, int]] = Counter()
    numbers = []
    for interval in given:
        counts[interval.drug, interval.cycle] += 1
        numbers.append(counts[interval.drug, interval.cycle])
    return DoseEvents(
        time_h=np.array([seconds / 3600 for seconds, *_ in rows], dtype=float),
        drug=tuple(interval.drug for interval in given),
        amount=np.array([interval.amount for interval in given], dtype=float),
        basis=tuple(interval.basis for interval in given),
        cap=np.full(len(rows), NO_CAP),
        step=np.full(len(rows), NO_STEP),
        route=tuple(interval.route for interval in given),
        duration_h=np.array([_infusion_s(interval) / 3600 for interval in given], dtype=float),
        cycle=np.array([interval.cycle for interval in given], dtype=np.int64),
        number=np.array(numbers, dtype=np.int64),
        arm=subject,
    )


def _begin(interval: _Interval, timed: bool) -> datetime:
    return interval.start if timed else interval.start.replace(hour=0, minute=0, second=0)


def _infusion_s(interval: _Interval) -> int:
    """Return the seconds from the start to the end of one dose, 0 where its times of day are not known."""
    one = interval.every_h is None and interval.timed and interval.end is not None
    return _seconds(interval.end - interval.start) if one and interval.end is not None else 0


def _seconds(span: timedelta) -> int:
    return span.days * 86_400 + span.seconds

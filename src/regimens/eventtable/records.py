"""The records of each ID: cells as numbers, rows of doses as they are written, and what is wrong with a row by itself."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.decimals import number_of, plain_decimal
from regimens.errors import UnitError
from regimens.units import exact

if TYPE_CHECKING:
    from regimens.eventtable.cells import Cells, Chunk, Problems
    from regimens.eventtable.columns import Columns
    from regimens.eventtable.layout import Layout

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

MISSING = frozenset({".", "", "NA"})
"""Cells that stand for no value."""

A_NUMBER = "A plain decimal number is needed; '.', NA or a blank cell where there is none."

ITEMS = ("AMT", "RATE", "DUR", "II", "ADDL", "SS")
"""Columns that only a dose has something in."""

OBSERVATION, DOSE, OTHER, RESET, RESET_AND_DOSE = range(5)
"""The values of EVID."""

UNREAD = -1
"""The EVID of a row whose own cannot be read, which is noted."""

MOST_REMEMBERED = 1_000_000
"""Texts whose numbers are remembered."""


@dataclass(frozen=True)
class Event:
    """A row that does something: its line, its place among the rows of its ID, and its cells by what they are for."""

    line: int
    place: int
    evid: int
    cells: Mapping[str, str]


@dataclass
class Records:
    """The rows of one ID: arrays (rows,), NaN where there is no value; and its events."""

    id: str
    lines: list[Whole] = field(default_factory=list)
    time_h: list[Floats] = field(default_factory=list)
    evid: list[Whole] = field(default_factory=list)
    dv: list[Floats] = field(default_factory=list)
    covariates: dict[str, list[Floats]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    size: int = 0


@dataclass
class Reader:
    """Reads chunks into the records of each ID."""

    cells: Cells
    layout: Layout
    columns: Columns
    problems: Problems
    texts: set[str] = field(default_factory=set)
    """Covariates that hold text, which are not read."""
    _known: dict[str, dict[str, float | None]] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)
    _ids: dict[Fraction | str, tuple[str, int]] = field(default_factory=dict)
    _run: dict[tuple[Fraction | str, ...], int] = field(default_factory=dict)
    _last: tuple[str, str] | None = None

    def records(self) -> Iterator[Records]:
        """Yield the records of each ID in the order of the file."""
        current: Records | None = None
        for chunk in self.cells.chunks():
            if not chunk.lines:
                continue
            for start, stop, piece in self._pieces(chunk):
                name = piece.id
                if current is not None and current.id != name:
                    yield current
                    current = None
                if current is None:
                    if name in self._seen:
                        line = chunk.lines[start]
                        advice = "Put all rows of an ID together, or give each occasion an ID of its own."
                        self.problems.add(
                            line, self.columns.name("ID"), f"ID {name} appears again, after rows of other IDs.", advice
                        )
                    else:
                        self._check_id(name, chunk.lines[start])
                    self._seen.add(name)
                    current = Records(name)
                self._append(current, piece, start, stop)
        if current is not None:
            yield current

    def _check_id(self, name: str, line: int) -> None:
        """Note an ID that is the number of another one, written otherwise."""
        other, above = self._ids.setdefault(name if name in MISSING else self._value(name), (name, line))
        if other != name:
            advice = "Write an ID the same way in all its rows, and give different subjects different numbers."
            self.problems.add(
                line, self.columns.name("ID"), f"ID {name} is the same number as ID {other} of line {above}.", advice
            )

    def _append(self, current: Records, piece: Records, start: int, stop: int) -> None:
        current.events += [
            Event(event.line, event.place - start + current.size, event.evid, event.cells) for event in piece.events
        ]
        for name in ("lines", "time_h", "evid", "dv"):
            getattr(current, name).append(getattr(piece, name)[0][start:stop].copy())
        for name, (values,) in piece.covariates.items():
            current.covariates.setdefault(name, []).append(values[start:stop].copy())
        current.size += stop - start

    def _pieces(self, chunk: Chunk) -> Iterator[tuple[int, int, Records]]:
        """Yield (start, stop, records) of each run of rows of one ID; arrays of the records are those of the chunk."""
        ids = np.array([text.strip() for text in self._column(chunk, "ID")], dtype=object)
        time_h = self._numbers(chunk, "TIME", self._hours)
        evid = self._evid(chunk)
        dv = self._numbers(chunk, "DV", self._number) if "DV" in self.columns.of else np.full(len(ids), np.nan)
        if "MDV" in self.columns.of:
            dv = np.where(self._numbers(chunk, "MDV", self._number) == 1, np.nan, dv)
        self._check_times(chunk, ids, time_h)
        self._check_items(chunk, evid)
        self._check_repeated(chunk, ids, time_h, evid)
        covariates = {name: self._covariate(chunk, name, place) for name, place in self.columns.covariates.items()}
        acting = np.flatnonzero(np.isin(evid, (DOSE, RESET, RESET_AND_DOSE))).tolist()
        events = [self._event(chunk, row, int(evid[row])) for row in acting]
        cuts = [0, *(np.flatnonzero(ids[1:] != ids[:-1]) + 1).tolist(), len(ids)]
        lines = np.array(chunk.lines, dtype=np.int64)
        next_event = 0
        for start, stop in itertools.pairwise(cuts):
            piece = Records(ids[start], [lines], [time_h], [evid], [dv])
            piece.covariates = {name: [values] for name, values in covariates.items() if name not in self.texts}
            first = next_event
            while next_event < len(acting) and acting[next_event] < stop:
                next_event += 1
            piece.events = events[first:next_event]
            yield start, stop, piece

    def _column(self, chunk: Chunk, role: str) -> Sequence[str]:
        return chunk.columns[self.columns.of[role]] if role in self.columns.of else ("",) * len(chunk.lines)

    def _event(self, chunk: Chunk, row: int, evid: int) -> Event:
        cells = {role: chunk.columns[place][row].strip() for role, place in self.columns.of.items()}
        for name in {target.modelled.column for target in self.layout.targets.values() if target.modelled}:
            cells |= {name: chunk.columns[self.columns.covariates[name]][row].strip()} if name else {}
        return Event(chunk.lines[row], row, evid, cells)

    def _numbers(self, chunk: Chunk, role: str, read: Callable[[str], float | None]) -> Floats:
        """Return a column as numbers, NaN where it has none; notes cells that hold anything else."""
        texts = self._column(chunk, role)
        known = self._known.setdefault(role, {})
        if len(known) > MOST_REMEMBERED:
            known.clear()
        for text in set(texts) - known.keys():
            known[text] = np.nan if text.strip() in MISSING else read(text.strip())
        found = list(map(known.__getitem__, texts))
        if None in found:
            name = self.columns.name(role)
            for row, value in enumerate(found):
                if value is None:
                    self.problems.add(chunk.lines[row], name, *_no_number(name, texts[row].strip(), self.cells.mark_from))
                    found[row] = np.nan
        return np.array(found, dtype=np.float64)

    def _number(self, text: str) -> float | None:
        return number_of(text, self.cells.mark)

    def _hours(self, text: str) -> float | None:
        if self.layout.hours == 1:
            return self._number(text)
        plain = plain_decimal(text, self.cells.mark)
        return None if plain is None else float(Fraction(plain) * self.layout.hours)

    def _evid(self, chunk: Chunk) -> Whole:
        values = self._numbers(chunk, "EVID", self._number)
        dialect = self.layout.dialect
        others = dict(dialect.other_events)
        wrong = np.flatnonzero(~np.isin(values, (0, 1, 2, 3, 4) if dialect.repeats else (0, 1, 2)))
        for row in wrong.tolist():
            text, name = self._column(chunk, "EVID")[row].strip(), self.columns.name("EVID")
            if text in MISSING:
                said, advice = f"'{name}' is blank.", "Every row has one: 0 is an observation, 1 a dose."
            elif values[row] in others:
                said = f"{name} is {text}, which in {dialect.program} {others[int(values[row])]}."
                advice = (
                    "Only doses that are added (1) and resets of all compartments (3, 4) can be given here. Leave the row out."
                )
            elif not dialect.repeats and values[row] in (RESET, RESET_AND_DOSE):
                said, advice = (
                    f"{name} is {text}, but {dialect.program} reads no resets from a table.",
                    "Declare another dialect.",
                )
            elif np.isnan(values[row]):
                values[row] = UNREAD  # noted where it was read
                continue
            else:
                said, advice = f"{name} is {text}, which {dialect.program} does not know.", "Known are 0, 1, 2, 3 and 4."
            self.problems.add(chunk.lines[row], name, said, advice)
            values[row] = UNREAD
        return values.astype(np.int64)

    def _check_times(self, chunk: Chunk, ids: npt.NDArray[np.object_], time_h: Floats) -> None:
        name = self.columns.name("TIME")
        texts = self._column(chunk, "TIME")
        for row in np.flatnonzero(time_h < 0).tolist():
            advice = "Count all times from the first moment, which is 0."
            self.problems.add(chunk.lines[row], name, f"{name} is {texts[row].strip()}, before 0.", advice)
        for row in np.flatnonzero(np.isnan(time_h)).tolist():
            if texts[row].strip() in MISSING:
                self.problems.add(chunk.lines[row], name, f"'{name}' is blank.", "Every row has a time.")
        for row in np.flatnonzero([not text for text in ids.tolist()]).tolist():
            self.problems.add(
                chunk.lines[row], self.columns.name("ID"), f"'{self.columns.name('ID')}' is blank.", "Every row has one."
            )

    def _check_items(self, chunk: Chunk, evid: Whole) -> None:
        """Note rows that give nothing but have something in a column of doses."""
        idle = np.isin(evid, (OBSERVATION, OTHER, RESET))
        for role in ITEMS:
            texts = self._column(chunk, role)
            filled = {text for text in set(texts) if not self._is_nothing(text.strip())}
            if filled:
                name = self.columns.name(role)
                for row in np.flatnonzero(idle & np.array([text in filled for text in texts])).tolist():
                    kind = {OBSERVATION: "an observation", OTHER: "no dose", RESET: "a reset"}[int(evid[row])]
                    said = f"{name} is '{texts[row].strip()}', but the row is {kind} (EVID {evid[row]})."
                    advice = "A dose has EVID 1, a reset with a dose 4. Any other row has 0, '.', NA or a blank cell there."
                    self.problems.add(chunk.lines[row], name, said, advice)

    def _is_nothing(self, text: str) -> bool:
        return text in MISSING or self._number(text) == 0

    def _check_repeated(self, chunk: Chunk, ids: npt.NDArray[np.object_], time_h: Floats, evid: Whole) -> None:
        """Note doses and resets that another row at the same time has already, however its numbers are written."""
        same = np.zeros(len(ids), dtype=bool)
        same[1:] = (ids[1:] == ids[:-1]) & (time_h[1:] == time_h[:-1])
        same[0] = self._last == (ids[0], float(time_h[0]).hex())
        near = np.flatnonzero(same | np.append(same[1:], True)).tolist()
        for row in near:
            if not same[row]:
                self._run.clear()
            if evid[row] not in (DOSE, RESET, RESET_AND_DOSE):
                continue
            cells = tuple(self._value(column[row].strip()) for column in chunk.columns)
            first = self._run.setdefault(cells, chunk.lines[row])
            if first != chunk.lines[row]:
                advice = (
                    "Remove it." if evid[row] == RESET else "Remove it; two equal doses at one time are one of twice the amount."
                )
                self.problems.add(chunk.lines[row], "", f"This row repeats line {first}.", advice)
        self._last = (ids[-1], float(time_h[-1]).hex())

    def _value(self, text: str) -> Fraction | str:
        """Return the number in a cell, or its text where it holds anything else."""
        number = exact_number(text, self.cells.mark)
        return text if number is None else number

    def _covariate(self, chunk: Chunk, name: str, place: int) -> Floats:
        """Return a covariate as numbers; a column with text in it is not read."""
        if name in self.texts:
            return np.empty(0)
        texts, known = chunk.columns[place], self._known.setdefault(f" {name}", {})
        if len(known) > MOST_REMEMBERED:
            known.clear()
        for text in set(texts) - known.keys():
            known[text] = np.nan if text.strip() in MISSING else self._number(text.strip())
        found = list(map(known.__getitem__, texts))
        if None in found:
            self.texts.add(name)
            return np.empty(0)
        return np.array(found, dtype=np.float64)


def _no_number(name: str, text: str, mark_from: str) -> tuple[str, str]:
    if name.upper() == "TIME" and (":" in text or "/" in text or text.count("-") == 2):
        return f"{name} is '{text}'.", "Clock times and dates are not read; give the elapsed time as a number."
    return f"{name} is '{text}', which is not a number.", f"{A_NUMBER} {mark_from}".strip()


@lru_cache(maxsize=100_000)
def exact_number(text: str, mark: str) -> Fraction | None:
    """Return the number in a cell exactly, 0 where it has none, None where it holds anything else."""
    if text in MISSING:
        return Fraction(0)
    plain = plain_decimal(text, mark)
    try:
        return None if plain is None else exact(plain)
    except UnitError:
        return None

"""Writing dose events as an event table: rows with II and ADDL where that is exact, and what is declared about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from regimens.drugs import unit_of
from regimens.errors import RegimenError
from regimens.eventtable.layout import BASIS_CODES, WRITTEN, written_amount, written_number
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents
from regimens.units import AMOUNT_UNITS, best_amount_unit, decimal_text

if TYPE_CHECKING:
    from regimens.eventtable.dialect import Dialect
    from regimens.regimen.changes import StateChange
    from regimens.subject import Subject

NO_VALUE = "."

MOST_DIGITS = 40
"""Digits of a rate after which it is not written more exactly: some twice those of the duration that it stands for."""


@dataclass(frozen=True)
class Row:
    """A row of a table: its time (h), and what its columns say beside ID and TIME; `rank` orders rows at one time."""

    time: Fraction
    rank: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class _Dose:
    """What a dose is apart from its time, as decimals; amounts in IU or mg."""

    drug: str
    route: str
    amount: Fraction
    basis: str
    cap: Fraction | None
    step: Fraction | None
    duration: Fraction
    cycle: int


@dataclass(frozen=True)
class Fitting:
    """What a table has to agree with to fit the text of a model: hours in the unit of TIME, and the number of each compartment.

    Amounts are then in IU and mg, the units of a model's states.
    """

    name: str
    time: str
    hours: Fraction
    compartments: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Tables:
    """A table of several arms: its text, and the mapping of the file beside it."""

    text: str
    sidecar: Mapping[str, object]


def event_table(
    arms: Mapping[str, DoseEvents],
    dialect: Dialect,
    subject: Subject,
    horizon_h: Fraction,
    notes: Sequence[str] = (),
    fitting: Fitting | None = None,
) -> Tables:
    """Return the table of arms, one ID each in their order from 1; RegimenError for what a dialect cannot say.

    AMT of a dose per kg or per m2 is what `subject` gets; its amount as planned, basis, cap and step stand in columns of their
    own, so that the table can be read back. At `horizon_h` is a row without a dose (EVID 2) where the dialect needs an end. With
    `fitting`, time, amounts and compartments are those of a model's text; RegimenError for a drug that it has no input for.
    """
    pairs = sorted({pair for events in arms.values() for pair in _pairs(events)})
    if not pairs:
        raise RegimenError("No arm gives a dose before the horizon.", "A table needs at least one.")
    fitting = fitting or Fitting("", "h", Fraction(1), {pair: place for place, pair in enumerate(pairs, 1)})
    for drug, route in pairs:
        if (drug, route) not in fitting.compartments:
            known = ", ".join(f"{a} {b}" for a, b in fitting.compartments)
            raise RegimenError(f"Model '{fitting.name}' has no input for '{drug} {route}'.", f"It has: {known}.")
    compartments = {pair: fitting.compartments[pair] for pair in pairs}
    units = {drug: unit_of(drug) if fitting.name else _unit(drug, arms.values()) for drug, _ in pairs}
    writer = _Writer(dialect, subject, compartments, units, horizon_h, fitting.hours)
    rows = {name: list(writer.rows(name, events)) for name, events in arms.items()}
    columns = _columns(rows, dialect)
    lines = [",".join(columns)]
    for number, own in enumerate(rows.values(), 1):
        for row in own:
            cells = {"ID": str(number), "TIME": writer.time(row.time), **row.cells}
            lines.append(",".join(cells.get(name, NO_VALUE) for name in columns))
    sidecar: dict[str, object] = {
        "dialect": dialect.name,
        "time": fitting.time,
        "amount": units,
        "compartments": {str(place): f"{drug} {route}" for (drug, route), place in compartments.items()},
        "columns": {role.lower(): role for role in WRITTEN if role in columns},
        "arms": {str(number): name for number, name in enumerate(rows, 1)},
        "subject": {"weight": f"{decimal_text(subject.weight_kg)} kg", "bsa": f"{decimal_text(subject.bsa_m2)} m2"},
        "horizon": f"{decimal_text(horizon_h)} h",
        "notes": list(notes),
    }
    return Tables("\n".join(lines) + "\n", sidecar)


def _pairs(events: DoseEvents) -> Iterator[tuple[str, str]]:
    yield from zip(events.drug, events.route, strict=True)
    yield from ((change.drug, change.route) for change in events.changes if change.kind != "reset")


def _unit(drug: str, arms: Iterable[DoseEvents]) -> str:
    """Return the unit in which amounts of a drug are written: MIU, or IU where a dose is small; mg, or ug."""
    given = (
        float(amount)
        for events in arms
        for name, amount in zip(events.drug, events.amount, strict=True)
        if name == drug and amount
    )
    return best_amount_unit(_decimal(min(given, default=0.0)), unit_of(drug))[0]


def _columns(rows: Mapping[str, Sequence[Row]], dialect: Dialect) -> list[str]:
    used = {name for own in rows.values() for row in own for name, cell in row.cells.items() if cell not in (NO_VALUE, "0")}
    cycles = any(row.cells.get("CYCLE", "1") != "1" for own in rows.values() for row in own)
    written = [name for name in WRITTEN if name in used and (name != "CYCLE" or cycles)]
    if "DOSE" in written:
        written = [name for name in WRITTEN if name in written or name == "BASIS"]
    repeated = ["ADDL", "II", "SS"] if dialect.repeats else []
    return ["ID", "TIME", "EVID", "AMT", "DUR" if dialect.duration else "RATE", "CMT", *repeated, "DV", "MDV", *written]


@dataclass(frozen=True)
class _Writer:
    dialect: Dialect
    subject: Subject
    compartments: Mapping[tuple[str, str], int]
    units: Mapping[str, str]
    horizon: Fraction
    hours: Fraction

    def time(self, hours: Fraction) -> str:
        """Write a time in the unit of the table."""
        return written_number(hours / self.hours)

    def rows(self, name: str, events: DoseEvents) -> Iterator[Row]:
        """Yield the rows of an arm in order of time."""
        try:
            rows = sorted(self._rows(events), key=lambda row: (row.time, row.rank))
        except RegimenError as error:
            raise RegimenError(
                f"Arm '{name}' cannot be written for {self.dialect.program}: {error.message}", error.advice
            ) from None
        yield from rows
        if self.dialect.ends:
            yield Row(self.horizon, 0, {"EVID": "2", "CMT": "1", "AMT": NO_VALUE, "DV": NO_VALUE, "MDV": "1"})

    def _rows(self, events: DoseEvents) -> Iterator[Row]:
        doses: dict[_Dose, list[float]] = {}
        for place, start in enumerate(events.time_h.tolist()):
            doses.setdefault(_dose(events, place), []).append(start)
        cuts = [change.time_h for change in events.changes if change.kind != "added steady state"]
        for rank, change in enumerate(events.changes):
            yield from self._changed(change, rank, doses, cuts)
        for dose, starts in doses.items():
            cells = self._cells(dose)
            while starts:
                yield self._run(dose, cells, starts, cuts, len(events.changes))

    def _changed(self, change: StateChange, rank: int, doses: dict[_Dose, list[float]], cuts: Sequence[float]) -> Iterator[Row]:
        if not self.dialect.repeats:
            raise RegimenError(f"It has {change.in_words} at {change.time_h:.15g} h.", "This dialect has none; use another one.")
        time = _decimal(change.time_h)
        if change.kind == "reset":
            yield Row(time, rank, {"EVID": "3", "CMT": "1", "AMT": NO_VALUE, "DV": NO_VALUE, "MDV": "1"})
            return
        steady = {"SS": "1" if change.kind == "steady state" else "2"}
        dose = next((dose for dose, starts in doses.items() if change.time_h in starts and _is_of(dose, change)), None)
        if dose is not None:
            starts = doses[dose]
            first = starts.index(change.time_h)
            later = starts[first:]
            row = self._run(dose, self._cells(dose), later, cuts, rank, interval=_decimal(change.interval_h))
            doses[dose] = starts[:first] + later
            yield Row(time, rank, {**row.cells, **steady, "II": self.time(_decimal(change.interval_h))})
        elif change.duration_h == change.interval_h and change.basis == "flat":
            cells = self._cells(_of_change(change))
            rate = _decimal(change.amount) / _decimal(change.duration_h) * self.hours / self._size(change.drug)
            yield Row(time, rank, {**cells, **steady, "AMT": "0", "RATE": _shortest(rate), "DUR": NO_VALUE})
        else:
            raise RegimenError(
                f"It starts at the {change.kind} of a dose that is not given at {change.time_h:.15g} h.",
                "A table gives the dose of a steady state with it.",
            )

    def _run(
        self,
        dose: _Dose,
        cells: Mapping[str, str],
        starts: list[float],
        cuts: Sequence[float],
        rank: int,
        interval: Fraction | None = None,
    ) -> Row:
        """Take the longest run of equal intervals from the front of `starts`, and return its row."""
        first, size = _decimal(starts[0]), 1
        step = interval
        if self.dialect.repeats and len(starts) > 1:
            step = interval or _decimal(starts[1]) - first
            until = min((cut for cut in cuts if cut > starts[0]), default=float("inf"))
            fits = dose.duration <= step
            while fits and size < len(starts) and starts[size] < until and float(first + size * step) == starts[size]:
                size += 1
        del starts[:size]
        repeated = {"II": self.time(step), "ADDL": str(size - 1)} if size > 1 and step else {}
        return Row(first, rank, {**cells, **repeated})

    def _cells(self, dose: _Dose) -> dict[str, str]:
        size = self._size(dose.drug)
        kg, m2 = self.subject.weight_kg, self.subject.bsa_m2
        amount = written_amount(dose.amount, dose.basis, kg, m2, dose.cap, dose.step, size)
        cells = {"EVID": "1", "CMT": str(self.compartments[dose.drug, dose.route]), "AMT": amount, "DV": NO_VALUE, "MDV": "1"}
        if dose.duration and self.dialect.duration:
            cells["DUR"] = self.time(dose.duration)
        elif dose.duration:
            cells["RATE"] = _rate_text(Fraction(amount), dose.duration / self.hours)
        cells["CYCLE"] = str(dose.cycle)
        if dose.basis != "flat" or dose.cap is not None or dose.step is not None:
            cells |= {"DOSE": decimal_text(dose.amount / size), "BASIS": str(BASIS_CODES.index(dose.basis))}
            cells |= {"MAX": decimal_text(dose.cap / size)} if dose.cap is not None else {}
            cells |= {"STEP": decimal_text(dose.step / size)} if dose.step is not None else {}
        return cells

    def _size(self, drug: str) -> Fraction:
        return AMOUNT_UNITS[self.units[drug]][1]


def _decimal(value: float) -> Fraction:
    """Return a float as the decimal that it is written as."""
    return Fraction(repr(value))


def _dose(events: DoseEvents, place: int) -> _Dose:
    cap, step = float(events.cap[place]), float(events.step[place])
    if not events.amount[place]:
        raise RegimenError(f"Dose {place + 1} has the amount 0.", "A table has doses above 0 only; leave it out.")
    return _Dose(
        events.drug[place],
        events.route[place],
        _decimal(float(events.amount[place])),
        events.basis[place],
        None if cap == NO_CAP else _decimal(cap),
        None if step == NO_STEP else _decimal(step),
        _decimal(float(events.duration_h[place])),
        int(events.cycle[place]),
    )


def _of_change(change: StateChange) -> _Dose:
    cap = None if change.cap == NO_CAP else _decimal(change.cap)
    step = None if change.step == NO_STEP else _decimal(change.step)
    return _Dose(change.drug, change.route, _decimal(change.amount), change.basis, cap, step, _decimal(change.duration_h), 1)


def _is_of(dose: _Dose, change: StateChange) -> bool:
    own = _of_change(change)
    return (dose.drug, dose.route, dose.amount, dose.basis, dose.cap, dose.step, dose.duration) == (
        own.drug, own.route, own.amount, own.basis, own.cap, own.step, own.duration,
    )  # fmt: skip


def _shortest(value: Fraction) -> str:
    return _rounded(value, MOST_DIGITS) if "/" in decimal_text(value) else decimal_text(value)


@lru_cache(maxsize=10_000)
def _rate_text(amount: Fraction, duration: Fraction) -> str:
    """Write the rate of an infusion in as few digits as give its duration back exactly."""
    for digits in range(6, MOST_DIGITS):
        text = _rounded(amount / duration, digits)
        if float(amount / Fraction(text)) == float(duration):
            return text
    raise RegimenError("The rate of an infusion cannot be written.")


def _rounded(value: Fraction, digits: int) -> str:
    with localcontext() as context:
        context.prec = digits
        return decimal_text(Fraction(Decimal(value.numerator) / Decimal(value.denominator)))

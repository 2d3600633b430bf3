"""Dosing diary: the doses of a regimen from a start date on, as an iCalendar file (RFC 5545) for calendars and phones.

Times are local and floating: they have no time zone, so that 09:00 is 09:00 wherever the diary is read. Needs the package
icalendar.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import quote

from regimens.drugs import label
from regimens.errors import RegimenError, RegimensError
from regimens.units import amount_text, day_text, decimal_text

if TYPE_CHECKING:
    from regimens.regimen import Amount, Regimen
    from regimens.regimen.planned import PlannedDose

MORNING = time(9)
"""Clock time of the first dose where doses lie within a day and no time is given."""

RESEARCH = "For research. Not for treatment decisions."


@dataclass(frozen=True)
class Appointment:
    """One dose in a diary. `start` is a date for an event of a whole day, else a local time; `end` is that of an infusion."""

    uid: str
    start: date | datetime
    end: datetime | None
    summary: str
    description: str


@dataclass(frozen=True)
class Person:
    """What is known of the size of the person: `weight_kg` and `bsa_m2`, None where it is not known."""

    weight_kg: Fraction | None = None
    bsa_m2: Fraction | None = None


def within_days(regimen: Regimen) -> bool:
    """Return whether any dose starts at another time of day than the first moment."""
    return any(dose.start % 24 for dose in regimen.written_out())


def appointments(
    regimen: Regimen, first: date, at: time | None = None, name: str = "", person: Person = Person()
) -> tuple[Appointment, ...]:
    """Return an appointment for each dose, in the order of time; `first` is the date of day 0, `at` the clock time of 0 h.

    Without `at` they are of whole days, unless doses lie within a day: then 0 h is MORNING. `name` is that of the arm. Amounts
    per kg or per m2 are also given for the person, where the size is known. RegimenError for a regimen whose rests are ranges,
    that gives no dose, or that runs beyond the year 9999.
    """
    if regimen.has_ranges:
        raise RegimenError("A rest of this regimen is a range, and a diary needs its days.", "Write one length of the rest.")
    planned = regimen.written_out()
    if not planned:
        raise RegimenError("The regimen gives no dose, so a diary has nothing to hold.")
    counts = {key: len(list(doses)) for key, doses in groupby(sorted(map(_turn, planned)))}
    cycles = dict(sorted(counts))
    hours = at if at is not None else MORNING if within_days(regimen) else None
    digest = hashlib.sha256("\n".join([name, regimen.in_words(), first.isoformat()]).encode()).hexdigest()[:16]
    try:
        return tuple(
            Appointment(
                uid=f"{quote(name)}/{dose.drug}/c{dose.cycle}/d{dose.number}-{digest}".lstrip("/"),
                start=_day(dose.start, first) if hours is None else _moment(dose.start, first, hours),
                end=_moment(dose.start + dose.dose.duration, first, hours) if hours and dose.dose.duration else None,
                summary=_summary(dose, person),
                description="\n".join(_description(dose, counts[_turn(dose)], cycles[dose.drug], name, person)),
            )
            for dose in planned
        )
    except OverflowError:
        raise RegimenError(f"From {first.isoformat()} on, the regimen runs beyond the year 9999.") from None


def diary(regimen: Regimen, first: date, at: time | None = None, name: str = "", person: Person = Person()) -> str:
    """Return the text of an iCalendar file with the `appointments`; the same arguments, the same text.

    RegimensError if icalendar is not installed; RegimenError as `appointments`.
    """
    try:
        from icalendar import Calendar, Event
    except ImportError:
        raise RegimensError("A diary needs the package icalendar: pip install 'regimens[diary]'.") from None
    title = f"Doses: {name}" if name else "Doses"
    calendar = Calendar()
    head = {"prodid": "-//regimens//dosing diary//EN", "version": "2.0", "x-wr-calname": title}
    for key, value in (head | {"x-wr-caldesc": f"{regimen.in_words()}. {RESEARCH}"}).items():
        calendar.add(key, value)
    stamp = datetime.combine(first, time(), tzinfo=UTC)
    for appointment in appointments(regimen, first, at, name, person):
        event = Event()
        event.add("uid", appointment.uid)
        event.add("dtstamp", stamp)
        event.add("dtstart", appointment.start)
        if appointment.end is not None:
            event.add("dtend", appointment.end)
        event.add("summary", appointment.summary)
        event.add("description", appointment.description)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text.decode("utf-8")


def _turn(dose: PlannedDose) -> tuple[str, int]:
    return dose.drug, dose.cycle


def _day(start: Fraction, first: date) -> date:
    return first + timedelta(days=int(start // 24))


def _moment(start: Fraction, first: date, at: time) -> datetime:
    """Return the local time of an hour, to the nearest second."""
    return datetime.combine(first, at) + timedelta(seconds=round(start * 3600))


def _summary(dose: PlannedDose, person: Person) -> str:
    amount, size = dose.dose.amount, _size(dose.dose.amount, person)
    shown = str(amount) if size is None else amount_text(amount.for_size(size, size), amount.unit)
    return f"{label(dose.drug)} {shown} {dose.dose.route}" + ("" if dose.dose.over is None else f" over {dose.dose.over}")


def _description(dose: PlannedDose, doses: int, cycles: int, name: str, person: Person) -> Iterator[str]:
    if name:
        yield f"Arm: {name}."
    cycle = f" of cycle {dose.cycle} of {cycles}" if cycles > 1 else ""
    yield f"Dose {dose.number} of {doses}{cycle}, {day_text(dose.start)}."
    amount, size = dose.dose.amount, _size(dose.dose.amount, person)
    if size is None:
        yield f"Amount {amount}: the size of the person is not given."
    elif amount.basis != "flat":
        shown = f"{decimal_text(size)} {amount.basis.removeprefix('per ')}"
        yield f"Amount {amount}, for {shown} {amount_text(amount.for_size(size, size), amount.unit)}."
    yield RESEARCH


def _size(amount: Amount, person: Person) -> Fraction | None:
    """Return what an amount is multiplied by in the person, None where that is not known."""
    return {"flat": Fraction(1), "per kg": person.weight_kg, "per m2": person.bsa_m2}[amount.basis]

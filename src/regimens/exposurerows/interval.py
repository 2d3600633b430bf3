"""One exposure row: the constant-dosing interval that its cells say, or what cannot be read in them and what is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from regimens.exposurerows.amount import amount_of, check_total, drug_of
from regimens.exposurerows.cells import Cells, Moment, moment_of
from regimens.exposurerows.infusion import duration_h
from regimens.exposurerows.terms import INFUSED, NO_INTERVAL, ONCE, ROUTE_TERMS, interval_h

_CYCLE = re.compile(r"CYCLE (?P<number>[1-9][0-9]*)", re.IGNORECASE)
_LAST = time(23, 59, 59)


@dataclass(frozen=True)
class Interval:
    """One row: doses of one drug from `start` to `end` (None where there is one dose), every `every_h`; times to the second.

    `infusion_h` is the duration of each dose, 0 for a bolus.
    """

    cells: Cells = field(repr=False)
    drug: str
    amount: float
    basis: str
    route: str
    cycle: int
    start: Moment
    end: Moment | None
    every_h: int | None
    infusion_h: float

    def begin(self, timed: bool) -> datetime:
        """Return the start, or 00:00 of its date."""
        return self.start.at if timed else self.start.at.replace(hour=0, minute=0, second=0)

    @property
    def count(self) -> int:
        """The number of doses from the start to the end. An end without a time of day is the end of that day.

        Without a time of day of the start, every day has all of its doses, the last one too.
        """
        if self.every_h is None or self.end is None:
            return 1
        begin, end = self.start.at, self.end.at
        if not (self.start.timed and self.end.timed):
            begin, end = self.begin(self.start.timed), datetime.combine(self.end.day, _LAST)
        return (end - begin) // timedelta(hours=self.every_h) + 1

    @property
    def may_be_infused(self) -> bool:
        """Whether boluses may have been infusions: intravenous, and the row ends after its last dose."""
        if self.every_h is None or self.end is None or not (self.start.timed and self.end.timed) or self.infusion_h:
            return False
        rest = (self.end.at - self.start.at) % timedelta(hours=self.every_h)
        return bool(rest) and self.cells["EXROUTE"].upper() in INFUSED

    @property
    def last_day(self) -> date:
        """The date on which doses end."""
        return self.start.day if self.every_h is None or self.end is None else self.end.day

    def seconds_from(self, first: datetime, timed: bool) -> range:
        """Return the times of the doses in seconds after `first`, from the start or from 00:00 of its date on."""
        begin, every = (self.begin(timed) - first) // timedelta(seconds=1), 3600 * (self.every_h or 1)
        return range(begin, begin + self.count * every, every)


def interval_of(cells: Cells, drug: str | Mapping[str, str] | None) -> Interval | None:
    """Return the interval of a row; None after noting in `cells` what cannot be read or is not known."""
    if not cells["USUBJID"]:
        cells.refuse("USUBJID", "The subject is blank.", "Every row has a USUBJID.")
    name = drug_of(cells, drug)
    amount, basis = amount_of(cells, name, named=drug is None)
    route = ROUTE_TERMS.get(cells["EXROUTE"].upper())
    if route is None:
        cells.refuse("EXROUTE", f"Unknown route '{cells['EXROUTE']}'.", f"Known: {', '.join(ROUTE_TERMS)}.")
    every = _every(cells)
    start, end = _ends(cells, every)
    infusion_h = duration_h(cells, every, start, end)
    check_total(cells, every)
    if cells.faults or cells.missing or start is None or amount is None or route is None:
        return None
    group = _CYCLE.fullmatch(cells["EXGRPID"])
    cycle = int(group["number"]) if group else 1
    return Interval(cells, name, float(amount), basis, route, cycle, start, end, every, infusion_h)


def _every(cells: Cells) -> int | None:
    """Return the hours between doses, None for one dose."""
    term = cells["EXDOSFRQ"].upper()
    if term == ONCE:
        return None
    if not term:
        cells.leave_open("EXDOSFRQ", "How often doses were given is not known.")
        return None
    if term in NO_INTERVAL:
        cells.leave_open("EXDOSFRQ", f"'{cells['EXDOSFRQ']}' {NO_INTERVAL[term]}.")
        return None
    every = interval_h(term)
    if every is None:
        advice = "Known: ONCE, QD, BID, TID, QID, QOD, QW, and the like of Q8H, Q3D, Q2W and EVERY 6 WEEKS."
        cells.refuse("EXDOSFRQ", f"Unknown frequency '{cells['EXDOSFRQ']}'.", advice)
    return every


def _ends(cells: Cells, every: int | None) -> tuple[Moment | None, Moment | None]:
    """Return the start and the end, None for what is blank and after noting what is wrong or not known."""
    start, end = (moment_of(cells, column) for column in ("EXSTDTC", "EXENDTC"))
    if start is None and not cells["EXSTDTC"]:
        cells.leave_open("EXSTDTC", "The start is not known.")
    if every is not None and end is None and not cells["EXENDTC"]:
        cells.leave_open("EXENDTC", f"The end of these doses ({cells['EXDOSFRQ']}) is not known.")
    if start is None or end is None:
        return start, end
    if end.day < start.day or (end.timed == start.timed and end.at < start.at):
        cells.refuse("EXENDTC", f"'{cells['EXENDTC']}' is before the start, '{cells['EXSTDTC']}'.")
    return start, end

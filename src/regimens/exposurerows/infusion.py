"""How long each dose of an exposure row took: from EXDUR, else from the start and the end of one dose."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from regimens.exposurerows.terms import DRIP, INFUSED

if TYPE_CHECKING:
    from regimens.exposurerows.cells import Cells, Moment

_NUMBER = r"\d+(?:\.\d+)?"
_DURATION = re.compile(
    rf"P(?=.*\d)(?:(?P<weeks>{_NUMBER})W|(?:(?P<days>{_NUMBER})D)?"
    rf"(?:T(?=\d)(?:(?P<hours>{_NUMBER})H)?(?:(?P<minutes>{_NUMBER})M)?(?:(?P<seconds>{_NUMBER})S)?)?)"
)


def duration_h(cells: Cells, every: int | None, start: Moment | None, end: Moment | None) -> float:
    """Return the hours that each dose took, 0 for a bolus, after noting what does not agree or is not known.

    EXDUR in hours, minutes or seconds is the duration of each dose; in days or weeks it is the length of the row.
    """
    if start is None or cells.faults or cells.missing:
        return 0.0
    length, of_row = _length(cells)
    if length is not None and of_row and not _spans(length, start, end):
        cells.leave_open("EXDUR", f"'{cells['EXDUR']}' is not the time from EXSTDTC to EXENDTC.")
    elif length is not None and not of_row:
        if every is not None and length >= timedelta(hours=every):
            cells.leave_open("EXDUR", f"'{cells['EXDUR']}' is not shorter than the time between doses ({cells['EXDOSFRQ']}).")
        if every is None and end is not None and not _ends_with(length, start, end):
            cells.leave_open("EXDUR", f"'{cells['EXDUR']}' is not the time from EXSTDTC to EXENDTC.")
        return length / timedelta(hours=1)
    return _from_ends(cells, start, end) if every is None and end is not None else _unknown_drip(cells)


def _from_ends(cells: Cells, start: Moment, end: Moment) -> float:
    """Return the hours of one dose without an EXDUR of its own, from its start and end."""
    if not (start.timed and end.timed):
        if end.day > start.day:
            cells.leave_open("EXENDTC", "One dose ends on a later date, and no times of day say how long it took.")
        return _unknown_drip(cells)
    if end.at > start.at and cells["EXROUTE"].upper() not in INFUSED:
        message = f"This dose ends later than it starts, but only intravenous doses are infusions ({cells['EXROUTE']})."
        cells.leave_open("EXENDTC", message)
    return (end.at - start.at) / timedelta(hours=1)


def _unknown_drip(cells: Cells) -> float:
    if cells["EXROUTE"].upper() == DRIP:
        cells.leave_open("EXROUTE", f"How long this infusion ({cells['EXROUTE']}) took is not known.")
    return 0.0


def _length(cells: Cells) -> tuple[timedelta | None, bool]:
    """Return the time that EXDUR says (None where it is blank or not understood), and whether it is the length of the row."""
    text = cells["EXDUR"]
    match = _DURATION.fullmatch(text)
    if match is None:
        if text:
            cells.leave_open("EXDUR", f"'{text}' is no duration in hours and minutes, as PT1H30M is, or in days, as P5D is.")
        return None, False
    said = {unit: float(number) for unit, number in match.groupdict().items() if number is not None}
    try:
        return timedelta(**said), not said.keys() & {"hours", "minutes", "seconds"}
    except OverflowError:
        cells.leave_open("EXDUR", f"'{text}' is longer than any infusion.")
        return None, False


def _spans(length: timedelta, start: Moment, end: Moment | None) -> bool:
    """Return whether a row has a length in days, its last day counted or not."""
    return end is not None and length.days - (end.day - start.day).days in (0, 1)


def _ends_with(length: timedelta, start: Moment, end: Moment) -> bool:
    """Return whether one dose of a length can go from start to end, as far as times of day are known."""
    if start.timed and end.timed:
        return end.at - start.at == length
    day = timedelta(days=1)
    late = timedelta() if start.timed else day - timedelta(seconds=1)
    since = datetime.combine(end.day, time()) - start.at
    return since - late <= length < since + day

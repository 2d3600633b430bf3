"""Times in the words of an endpoint: elapsed times, the start, protocol days and the visits of a scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping

from regimens.errors import UnitError, WordsError
from regimens.units import parse_duration, time_unit

Visits = Mapping[str, float]
"""Name of a visit -> its time (h); not a number where the time is not known."""

ANY_VISIT = ""
"""The name that stands for every other one in visits of which not even the names are known."""

_START = ("start", "baseline")
_ZERO = re.compile(r"0+(?:\.0*)?\s*(?P<unit>[A-Za-z]+)")
_NUMBERED = re.compile(r"(?P<unit>week|day|hour)s? (?P<number>[0-9]+)", re.IGNORECASE)
_RESERVED = re.compile(r"(protocol day|end of cycle) .*|end of each cycle\b.*", re.IGNORECASE)


def read_time(text: str, visits: Visits) -> float:
    """Return a time (h) from words: the name of a visit, `start`, `baseline` or an elapsed time; zero is a time.

    WordsError for anything else.
    """
    for name, time_h in visits.items():
        if name.lower() == text.lower():
            return time_h
    if text.lower() in _START:
        return 0.0
    if ANY_VISIT in visits and not reads_as_time(text):
        return visits[ANY_VISIT]
    numbered = _NUMBERED.fullmatch(text)
    if numbered is not None:
        right = f"{numbered['number']} {numbered['unit']}s"
        raise WordsError(f"'{text}' is not a time.", f"Elapsed times are written '{right}'; or name a visit of the scenario.")
    try:
        return _elapsed(text)
    except UnitError as error:
        known = f" Visits of this scenario: {', '.join(visits)}." if visits else ""
        raise WordsError(error.message, error.advice + known) from None


def _elapsed(text: str) -> float:
    zero = _ZERO.fullmatch(text)
    if zero is None:
        return float(parse_duration(text))
    return 0.0 * float(time_unit(zero["unit"]))


def read_protocol_day(number: str, words: str) -> float:
    """Return the start (h) of a protocol day; WordsError, which names the endpoint's `words`, for day 0."""
    if int(number) < 1:
        raise WordsError(f"'{words}' names protocol day 0.", "Protocol days count from 1, the day of the first moment.")
    return 24.0 * (int(number) - 1)


def reads_as_time(text: str) -> bool:
    """Return whether `text` already means a time, so that no visit can have that name."""
    try:
        _elapsed(text)
    except UnitError:
        return text.strip().lower() in _START or _RESERVED.fullmatch(text.strip()) is not None
    return True


def time_words(time_h: float) -> str:
    """Write a time in whole weeks or days where it is that, else in h."""
    if time_h and time_h % 168 == 0:
        return f"{time_h / 168:g} week{'s' * (time_h != 168)}"
    return f"{time_h / 24:g} day{'s' * (time_h != 24)}" if time_h % 24 == 0 else f"{time_h:g} h"

"""Endpoints in words, such as `peak of treg_fold to 12 weeks`: what is asked of the curve of every subject."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from regimens.errors import UnitError, WordsError
from regimens.units import parse_duration

FORMS = (
    "peak of treg_fold",
    "time of peak of treg_fold",
    "mean of treg_fold to 12 weeks",
    "AUC of treg_fold",
    "AUC of treg_fold above baseline",
    "hours treg_fold above 2",
    "days treg_fold above 2 to 12 weeks",
    "share with treg_fold above 2",
    "treg_fold at 12 weeks",
    "treg_fold at protocol day 15",
    "treg_fold at end of cycle 3",
    "trough of treg_fold before cycle 2",
    "trough of treg_fold before each cycle",
    "peak of treg_fold per MIU",
)
"""One right sentence for every form an endpoint may have; each may also end in `per MIU`."""

_NAME = r"(?P<observable>[A-Za-z_]\w*)"
_WINDOW = r"(?: from (?P<from>.+?))?(?: to (?P<to>.+?))?(?P<per> per MIU)?"
_PATTERNS = {
    "peak": rf"peak of {_NAME}{_WINDOW}",
    "time of peak": rf"time of peak of {_NAME}{_WINDOW}",
    "mean": rf"mean of {_NAME}{_WINDOW}",
    "AUC": rf"AUC of {_NAME}{_WINDOW}",
    "AUC above baseline": rf"AUC of {_NAME} above baseline{_WINDOW}",
    "time above": rf"(?P<unit>hours|days) {_NAME} above (?P<threshold>\d+(?:\.\d+)?|\.\d+){_WINDOW}",
    "share": rf"share with {_NAME} above (?P<threshold>\d+(?:\.\d+)?|\.\d+){_WINDOW}",
    "end of cycle": rf"{_NAME} at end of cycle (?P<cycle>\d+)(?P<per> per MIU)?",
    "trough": rf"trough of {_NAME} before (?P<each>each cycle|cycle (?P<cycle>\d+))(?P<per> per MIU)?",
    "value": rf"{_NAME} at (?:protocol day (?P<day>\d+)|(?P<at>.+?))(?P<per> per MIU)?",
}


@dataclass(frozen=True)
class Endpoint:
    """One number per subject. `words` is how it is named everywhere; times in h; None where a field has no meaning.

    `kind` is a key of the forms: peak, time of peak, mean, AUC, AUC above baseline, time above, share, value, end of cycle,
    trough. A share is 1 for a subject whose observable is ever above the threshold in the window, else 0.
    Windows run from `from_h` to `to_h` (None: the horizon). `cycle` 0 means each cycle and is expanded by the scenario.
    `label` is a heading for people, and `better` ("higher", "lower" or "" for neither) says which way is the good one; both
    are set when the observable is known.
    """

    words: str
    kind: str
    observable: str
    from_h: float = 0.0
    to_h: float | None = None
    threshold: float | None = None
    unit: str = ""
    cycle: int | None = None
    per_miu: bool = False
    label: str = ""
    better: str = ""

    @property
    def statistic(self) -> str:
        """What stands for a population: the "median" of its subjects, or the "mean" where each subject is 0 or 1."""
        return "mean" if self.kind == "share" else "median"

    @property
    def cuts_h(self) -> tuple[float, ...]:
        """Times at which curves must be cut for this endpoint."""
        return (self.from_h,) if self.to_h is None else (self.from_h, self.to_h)


def parse_endpoint(text: str, visits: Mapping[str, float] | None = None) -> Endpoint:
    """Read an endpoint from words; `visits` maps names of visits to times (h). WordsError with the nearest right form."""
    words = " ".join(text.split())
    for kind, pattern in _PATTERNS.items():
        match = re.fullmatch(pattern, words, flags=re.IGNORECASE)
        if match is not None:
            return _read(kind, words, match.groupdict(), visits or {})
    near = max(FORMS, key=lambda form: difflib.SequenceMatcher(None, words.lower(), form.lower()).ratio())
    raise WordsError(f"'{text}' is no endpoint.", f"The nearest form is '{near}'.")


def _read(kind: str, words: str, found: dict[str, str | None], visits: Mapping[str, float]) -> Endpoint:
    endpoint = Endpoint(words, kind, found["observable"] or "", per_miu=bool(found.get("per")))
    if found.get("from"):
        endpoint = replace(endpoint, from_h=_time(found["from"] or "", visits))
    if found.get("to"):
        endpoint = replace(endpoint, to_h=_time(found["to"] or "", visits))
    if endpoint.to_h is not None and endpoint.to_h <= endpoint.from_h:
        raise WordsError(f"'{words}' ends before it starts.", "A window ends after its start.")
    if found.get("day") is not None and int(found["day"] or 0) < 1:
        raise WordsError(f"'{words}' names protocol day 0.", "Protocol days count from 1, the day of the first moment.")
    if found.get("day"):
        time_h = 24.0 * (int(found["day"] or 0) - 1)
        endpoint = replace(endpoint, from_h=time_h, to_h=time_h)
    elif found.get("at"):
        time_h = _time(found["at"] or "", visits)
        endpoint = replace(endpoint, from_h=time_h, to_h=time_h)
    if found.get("threshold"):
        endpoint = replace(endpoint, threshold=float(found["threshold"] or 0), unit=(found.get("unit") or "").lower())
    if "cycle" in found:
        endpoint = replace(endpoint, cycle=int(found["cycle"] or 0))
        if found["cycle"] is not None and endpoint.cycle == 0:
            raise WordsError(f"'{words}' names cycle 0.", "Cycles count from 1.")
    return endpoint


def reads_as_time(text: str) -> bool:
    """Return whether `text` already means a time, so that no visit can be called that."""
    try:
        parse_duration(text)
    except UnitError:
        return re.fullmatch(r"(?i)(protocol day|end of cycle) .*", text.strip()) is not None
    return True


def _time(text: str, visits: Mapping[str, float]) -> float:
    for name, time_h in visits.items():
        if name.lower() == text.lower():
            return time_h
    if re.fullmatch(r"(?i)(week|day|hour)s? \d+", text):
        unit, count = text.split(" ")
        raise WordsError(
            f"'{text}' is no time.", f"Elapsed times are written '{count} {unit}s'; or name a visit of the scenario."
        )
    try:
        return float(parse_duration(text))
    except UnitError as error:
        known = f" Visits of this scenario: {', '.join(visits)}." if visits else ""
        raise WordsError(error.message, error.advice + known) from None


def unit_of(endpoint: Endpoint, observable_unit: str) -> str:
    """Return the unit of an endpoint's numbers, given the unit of its observable."""
    base = "" if observable_unit == "1" else observable_unit
    unit = {
        "time of peak": "h",
        "time above": {"hours": "h", "days": "days"}.get(endpoint.unit, ""),
        "share": "1",
        "AUC": f"{base} h".strip(),
        "AUC above baseline": f"{base} h".strip(),
    }.get(endpoint.kind, base or "1")
    return (f"{unit} per MIU" if unit != "1" else "1 per MIU") if endpoint.per_miu else unit


def label_of(endpoint: Endpoint, observable_label: str) -> str:
    """Return a heading for people, given the label of the observable."""
    window = ""
    if endpoint.kind not in {"value", "end of cycle", "trough"} and endpoint.to_h is not None:
        window = f" to {_days(endpoint.to_h)}"
    if endpoint.from_h and endpoint.kind not in {"value", "end of cycle", "trough"}:
        window = f" from {_days(endpoint.from_h)}{window}"
    label = {
        "peak": f"Peak {_lower(observable_label)}",
        "time of peak": f"Time of peak {_lower(observable_label)}",
        "mean": f"Mean {_lower(observable_label)}",
        "AUC": f"AUC of {_lower(observable_label)}",
        "AUC above baseline": f"AUC above baseline of {_lower(observable_label)}",
        "time above": f"Time with {_lower(observable_label)} above {endpoint.threshold or 0:g}",
        "share": f"Share with {_lower(observable_label)} above {endpoint.threshold or 0:g}",
        "value": f"{observable_label}, at {_days(endpoint.from_h)}",
        "end of cycle": f"{observable_label}, at end of cycle {endpoint.cycle} (24 h after its last dose)",
        "trough": f"{observable_label}, trough before cycle {endpoint.cycle}",
    }[endpoint.kind]
    return label + window + (" per MIU" if endpoint.per_miu else "")


def _lower(label: str) -> str:
    """Lower-case the first letter unless the word is a name such as Treg or IL-2."""
    first = label.split(" ")[0].rstrip(",")
    return label if first in {"Treg", "Th17", "NK"} or first[1:] != first[1:].lower() else label[:1].lower() + label[1:]


def _days(time_h: float) -> str:
    if time_h and time_h % 168 == 0:
        return f"{time_h / 168:g} week{'s' * (time_h != 168)}"
    return f"{time_h / 24:g} day{'s' * (time_h != 24)}" if time_h % 24 == 0 else f"{time_h:g} h"

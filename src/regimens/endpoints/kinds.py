"""The kinds of endpoints, and reading one of them from words."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from regimens.endpoints.areas import Area, AreaAboveBaseline, Mean
from regimens.endpoints.extremes import Minimum, Peak, TimeOfMinimum, TimeOfPeak
from regimens.endpoints.moments import ChangeFromBaseline, EndOfCycle, LowestTrough, TroughBeforeCycle, ValueAt
from regimens.endpoints.thresholds import Share, TimeBeyond, TimeToReturn, TimeUntil
from regimens.endpoints.totals import Doses, TotalGiven
from regimens.endpoints.trials import StandardisedDifference
from regimens.errors import WordsError

if TYPE_CHECKING:
    from regimens.endpoints.endpoint import Endpoint
    from regimens.endpoints.times import Visits

KINDS: tuple[type[Endpoint], ...] = (
    Peak,
    TimeOfPeak,
    Minimum,
    TimeOfMinimum,
    Mean,
    Area,
    AreaAboveBaseline,
    TimeBeyond,
    Share,
    TimeUntil,
    TimeToReturn,
    ValueAt,
    ChangeFromBaseline,
    EndOfCycle,
    TroughBeforeCycle,
    LowestTrough,
    StandardisedDifference,
    TotalGiven,
    Doses,
)
"""Every kind of endpoint. Words match the pattern of one kind at most."""

FORMS = tuple(form for kind in KINDS for form in kind.forms)
"""One right sentence for every form an endpoint may have."""


def parse_endpoint(text: str, visits: Visits | None = None) -> Endpoint:
    """Read an endpoint from words; `visits` maps names of visits to times (h). WordsError with the nearest right form."""
    words = " ".join(text.split())
    for kind in KINDS:
        match = re.fullmatch(kind.pattern, words, flags=re.IGNORECASE)
        if match is not None:
            return kind.read(words, match.groupdict(), visits or {})
    near = max(FORMS, key=lambda form: difflib.SequenceMatcher(None, words.lower(), form.lower()).ratio())
    raise WordsError(f"'{text}' is not an endpoint.", f"The nearest form is '{near}'.")

"""An event table as read: for every ID its doses, its observations and its covariates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.errors import RegimensError, did_you_mean

if TYPE_CHECKING:
    from regimens.eventtable.layout import Layout
    from regimens.regimen.events import DoseEvents

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

MOST_NAMED = 20
"""Most IDs that a message lists."""


@dataclass(frozen=True, eq=False)
class Steps:
    """A covariate that changes: its `value` on each record at `time_h` (h, ascending), NaN where the table has none."""

    time_h: Floats
    value: Floats


@dataclass(frozen=True, eq=False)
class EventSubject:
    """The records of one ID.

    `doses` are its doses with resets and steady states. `time_h` (records,) are the times of its observations and of other
    records that are read (EVID 2), ascending; `dv` the value observed, NaN where there is none. `after_doses` says which of them
    are read after the doses at their time; the others are read before. `covariates` has a number for what stays the same.
    `dose_lines` are the lines of the rows of `doses`.
    """

    id: str
    doses: DoseEvents = field(repr=False)
    time_h: Floats = field(repr=False)
    dv: Floats = field(repr=False)
    after_doses: Flags = field(repr=False)
    covariates: Mapping[str, float | Steps] = field(repr=False)
    dose_lines: Whole = field(repr=False)


@dataclass(frozen=True, eq=False)
class EventTable:
    """All subjects of a table in its order; `notes` say what was taken how. `path` and `digest` (SHA-256) are of the file."""

    path: str
    digest: str = field(repr=False)
    layout: Layout = field(repr=False)
    subjects: tuple[EventSubject, ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    def subject(self, name: str | int) -> EventSubject:
        """Return the records of an ID; RegimensError if there is none."""
        for subject in self.subjects:
            if subject.id == str(name):
                return subject
        known = [subject.id for subject in self.subjects]
        advice = (
            did_you_mean(str(name), known)
            if len(known) <= MOST_NAMED
            else f"It has {len(known)} IDs, from {known[0]} to {known[-1]}."
        )
        raise RegimensError(f"{self.path}: there is no ID {name}. {advice}")

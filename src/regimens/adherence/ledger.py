"""Ledger: every dose that was planned for a subject, when it was really given, how much, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from regimens.regimen.events import NO_CAP, DoseEvents

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "arm", "subject", "drug", "cycle", "dose", "planned_h", "given_h", "planned", "given",
    "basis", "max", "route", "duration_h", "reason",
)  # fmt: skip
"""Columns of a ledger, as in its file."""

AS_PLANNED, REST_DRAWN, LATE, MISSED, STOPPED = REASONS = ("as planned", "rest drawn", "late", "missed", "stopped")
"""Why a dose was given as it was, or was not."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """The doses of all subjects of one arm, a row each, sorted by subject, then time, then drug.

    Columns: arm, subject, drug, cycle, dose, planned_h, given_h, planned, given, basis, max, route, duration_h, reason.
    Subjects count from 0. `planned_h` is when the plan of the arm has the dose, with rests at their midpoint; `given_h` is
    when it was given, or was due if it was not given. `planned` and `given` are amounts in IU or mg (per m2 or per kg where
    `basis` says so, at most `max`, blank = no cap); a dose that is not given has `given` 0 and stays in the ledger. `reason`
    is one of: as planned, rest drawn, late, missed, stopped. Doses due at or after the horizon have no row. `path` and
    `digest` (SHA-256) name the file that a ledger was read from.
    """

    rows: pd.DataFrame = field(repr=False)
    path: str = ""
    digest: str = ""

    def __eq__(self, other: object) -> bool:
        return self.rows.equals(other.rows) if isinstance(other, Ledger) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.digest, len(self.rows)))

    @property
    def subjects(self) -> int:
        """How many subjects the ledger has, counted from 0."""
        return 0 if self.rows.empty else int(self.rows["subject"].max()) + 1

    def to_csv(self) -> str:
        """Return the ledger as the text of a CSV file; numbers read back as the same floats."""
        return self.rows.to_csv(index=False, lineterminator="\n")

    def of(self, first: int, count: int, arm: str) -> Ledger:
        """Return the rows of the subjects `first` to `first + count - 1`, of an arm of that name."""
        subject = self.rows["subject"]
        chosen = self.rows[(subject >= first) & (subject < first + count)]
        return Ledger(chosen.assign(arm=arm).reset_index(drop=True), self.path, self.digest)

    def before(self, horizon_h: float) -> Ledger:
        """Return the ledger without doses at or after `horizon_h`."""
        return Ledger(self.rows[self.rows["given_h"] < horizon_h].reset_index(drop=True), self.path, self.digest)

    def events(self, first: int, count: int, arm: str) -> tuple[DoseEvents, ...]:
        """Return the doses of the subjects `first` to `first + count - 1` as given; those not given have the amount 0."""
        columns = {name: self.rows[name].to_numpy() for name in COLUMNS}
        order = np.lexsort((columns["drug"].astype(str), columns["given_h"], columns["subject"]))
        columns = {name: column[order] for name, column in columns.items()}
        cap = np.where(np.isnan(columns["max"]), NO_CAP, columns["max"])
        ends = np.searchsorted(columns["subject"], np.arange(first, first + count + 1))
        return tuple(
            DoseEvents(
                time_h=columns["given_h"][mine],
                drug=tuple(columns["drug"][mine]),
                amount=columns["given"][mine],
                basis=tuple(columns["basis"][mine]),
                cap=cap[mine],
                route=tuple(columns["route"][mine]),
                duration_h=columns["duration_h"][mine],
                cycle=columns["cycle"][mine],
                number=columns["dose"][mine],
                arm=arm,
            )
            for mine in (slice(start, end) for start, end in pairwise(ends))
        )

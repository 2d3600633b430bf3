"""The ledger of an arm: every planned dose of every subject, when and how much of it was given, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents
from regimens.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

LEDGER = Table(
    "ledger",
    "dose of a subject, where subjects differ in their doses",
    (
        Column("arm", "arm"),
        Column("subject", "subject, from 0"),
        Column("drug", "drug"),
        Column("cycle", "outermost cycle of the drug, from 1"),
        Column("dose", "dose within the cycle, from 1"),
        Column("planned_h", "when the plan of the arm has the dose, rests at their midpoint", "h"),
        Column("given_h", "when it was given, or was due if it was not given", "h"),
        Column("planned", "amount planned, or given by a rule; per kg or per m2 where `basis` says so", "IU or mg"),
        Column("given", "amount given, likewise; 0 for a dose that was not given", "IU or mg"),
        Column("basis", "flat, per m2 or per kg"),
        Column("max", "largest amount that one person gets; blank for no cap", "IU or mg"),
        Column("step", "amounts of a person are multiples of this; blank for no step", "IU or mg"),
        Column("route", "route"),
        Column("duration_h", "time an infusion takes; 0 for a bolus", "h"),
        Column(
            "reason",
            "as planned, rest drawn, late, missed or stopped; by a rule: held, reduced, raised, spaced, stopped by rule or "
            "given by rule. A late dose is late, whatever its amount",
        ),
        Column("model", "model whose curves the rules of the arm looked at; blank for an arm without rules"),
    ),
)
"""A ledger as in its file. Doses due at or after the horizon have no row."""

COLUMNS = LEDGER.header

ADDED = ("step", "model")
"""Columns that files of earlier versions do not have; blank where they are missing."""

AS_PLANNED, REST_DRAWN, LATE, MISSED, STOPPED = ("as planned", "rest drawn", "late", "missed", "stopped")
HELD, REDUCED, RAISED, SPACED = ("held", "reduced", "raised", "spaced")
STOPPED_BY_RULE, GIVEN_BY_RULE = ("stopped by rule", "given by rule")
REASONS = (
    AS_PLANNED, REST_DRAWN, LATE, MISSED, STOPPED, HELD, REDUCED, RAISED, SPACED, STOPPED_BY_RULE, GIVEN_BY_RULE
)  # fmt: skip
"""Why a dose was given as it was, or was not given."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """The doses of all subjects of one arm, a row each, sorted by subject, then time, then drug.

    `rows` has the columns of LEDGER. `path` and `digest` (SHA-256) name the file that a ledger was read from.
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

    @classmethod
    def joined(cls, ledgers: Sequence[Ledger]) -> Ledger:
        """Return the rows of several ledgers below each other."""
        import pandas as pd

        return cls(pd.concat([ledger.rows for ledger in ledgers], ignore_index=True))

    def of(self, first: int, count: int, arm: str) -> Ledger:
        """Return the rows of the subjects `first` to `first + count - 1`, of an arm of that name."""
        subject = self.rows["subject"]
        chosen = self.rows[(subject >= first) & (subject < first + count)]
        return Ledger(chosen.assign(arm=arm).reset_index(drop=True), self.path, self.digest)

    def before(self, horizon_h: float) -> Ledger:
        """Return the ledger without doses at or after `horizon_h`."""
        return Ledger(self.rows[self.rows["given_h"] < horizon_h].reset_index(drop=True), self.path, self.digest)

    def events(self, first: int, count: int, arm: str, amounts: str = "given") -> tuple[DoseEvents, ...]:
        """Return the doses of the subjects `first` to `first + count - 1`, with the amounts of the column 'given' or 'planned'.

        Doses that were not given have the amount 0 in 'given'.
        """
        columns = {name: self.rows[name].to_numpy() for name in COLUMNS}
        order = np.lexsort((columns["drug"].astype(str), columns["given_h"], columns["subject"]))
        columns = {name: column[order] for name, column in columns.items()}
        cap = np.where(np.isnan(columns["max"]), NO_CAP, columns["max"])
        step = np.where(np.isnan(columns["step"]), NO_STEP, columns["step"])
        ends = np.searchsorted(columns["subject"], np.arange(first, first + count + 1))
        return tuple(
            DoseEvents(
                time_h=columns["given_h"][mine],
                drug=tuple(columns["drug"][mine]),
                amount=columns[amounts][mine],
                basis=tuple(columns["basis"][mine]),
                cap=cap[mine],
                step=step[mine],
                route=tuple(columns["route"][mine]),
                duration_h=columns["duration_h"][mine],
                cycle=columns["cycle"][mine],
                number=columns["dose"][mine],
                arm=arm,
            )
            for mine in (slice(start, end) for start, end in pairwise(ends))
        )

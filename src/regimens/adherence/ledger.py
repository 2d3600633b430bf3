"""The ledger of an arm: every planned dose of every subject, when and how much of it was given, and why; and its totals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents, DosePlan
from regimens.regimen.parts import IL2
from regimens.subject import Floats

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "arm", "subject", "drug", "cycle", "dose", "planned_h", "given_h", "planned", "given",
    "basis", "max", "step", "route", "duration_h", "reason",
)  # fmt: skip
"""Columns of a ledger, as in its file."""

ADDED = ("step",)
"""Columns that files of earlier versions do not have; blank where they are missing."""

AS_PLANNED, REST_DRAWN, LATE, MISSED, STOPPED = REASONS = ("as planned", "rest drawn", "late", "missed", "stopped")
"""Why a dose was given as it was, or was not given."""

GIVEN = ("arm", "of", "planned_miu", "given_miu", "given_low", "given_high", "missed", "late", "stopped")
"""Columns of the table of what was given."""

TAIL = 0.05
"""Share of subjects outside of each end of the 90 % intervals."""

DIGITS = 12
"""Significant digits of totals in the table of what was given: fewer than floats have, so that 8.35 is not 8.350000000000001."""


@dataclass(frozen=True, eq=False)
class Ledger:
    """The doses of all subjects of one arm, a row each, sorted by subject, then time, then drug.

    Columns: arm, subject, drug, cycle, dose, planned_h, given_h, planned, given, basis, max, step, route, duration_h, reason.
    Subjects count from 0. `planned_h` is when the plan of the arm has the dose, with rests at their midpoint; `given_h` is
    when it was given, or was due if it was not given. `planned` and `given` are amounts in IU or mg (per m2 or per kg where
    `basis` says so; of what a person gets, `max` is the cap and `step` the step, blank = none); a dose that is not given has
    `given` 0 and stays in the ledger. `reason` is one of: as planned, rest drawn, late, missed, stopped. Doses due at or after
    the horizon have no row. `path` and
    `digest` (SHA-256) name the file that a ledger was read from.
    """

    rows: pd.DataFrame = field(repr=False)
    path: str = ""
    digest: str = ""

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


def given_table(arms: Iterable[tuple[str, str, Ledger]], weight_kg: Floats, bsa_m2: Floats) -> pd.DataFrame:
    """Return the table of what was planned and given before the horizon, a row for each (arm, of, ledger).

    `weight_kg` and `bsa_m2` are (subjects,) or (draws, subjects), the body sizes for amounts per kg and per m2. Amounts are
    MIU of IL-2 in a subject: medians, and the 90 % interval of what is given. `missed` and `late` are shares of the planned
    doses of all drugs, `stopped` is the share of subjects who stopped early.
    """
    import pandas as pd

    rows = [(arm, of, *_given_row(ledger, weight_kg, bsa_m2)) for arm, of, ledger in arms]
    return pd.DataFrame(rows, columns=list(GIVEN))


def _given_row(ledger: Ledger, weight_kg: Floats, bsa_m2: Floats) -> tuple[float, ...]:
    subjects, reason = weight_kg.shape[-1], ledger.rows["reason"].to_numpy()
    planned, given = (
        DosePlan.of(ledger.events(0, subjects, "", amounts), subjects).total(IL2, weight_kg, bsa_m2) / 1e6
        for amounts in ("planned", "given")
    )
    low, middle, high = np.quantile(given, [TAIL, 0.5, 1.0 - TAIL])
    stopped = ledger.rows["subject"].to_numpy()[reason == STOPPED]
    doses = max(1, len(reason))
    return (
        *(float(f"{total:.{DIGITS}g}") for total in (np.median(planned), middle, low, high)),
        float(np.sum(reason == MISSED) / doses),
        float(np.sum(reason == LATE) / doses),
        len(np.unique(stopped)) / subjects,
    )

"""Ledger: every dose that was planned for a subject, when it was really given, how much, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Ledger:
    """The doses of all subjects of one arm, a row each.

    Columns: arm, subject, drug, cycle, dose, planned_h, given_h, planned, given, basis, max, route, duration_h, reason.
    `planned` and `given` are amounts in IU or mg (per m2 or per kg where `basis` says so); a dose that is not given has
    `given` 0 and stays in the ledger. `reason` is one of: as planned, rest drawn, late, missed, stopped.
    """

    rows: pd.DataFrame = field(repr=False)

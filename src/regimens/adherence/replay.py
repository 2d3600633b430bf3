"""The plan behind a ledger: its planned doses as a regimen, for totals and for the drugs that models must have inputs for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens.drugs import IL2
from regimens.regimen import Amount, Dose, Duration, Regimen
from regimens.regimen.composed import FINEST, TimedDose, composed
from regimens.units import exact

if TYPE_CHECKING:
    from regimens.adherence.ledger import Ledger


def plan_of(ledger: Ledger) -> Regimen:
    """Return the regimen of all planned doses of a ledger, those of different subjects counted once.

    Where there are several cycles, each becomes a Cycle that is not repeated; equal doses at one interval are a Course.
    RegimenError where the planned doses make no regimen, for example if two of one drug start at the same time.
    """
    rows = ledger.rows.drop_duplicates(["drug", "cycle", "dose"]).sort_values(["drug", "planned_h"], kind="stable")
    doses = [_planned(row) for row in rows.to_dict("records")]
    return composed(doses)


def _planned(row: Mapping[Hashable, Any]) -> TimedDose:
    cap, step = (None if np.isnan(row[name]) else exact(float(row[name])) for name in ("max", "step"))
    amount = Amount(exact(float(row["planned"])), "IU" if row["drug"] == IL2 else "mg", row["basis"], cap, step)
    over = Duration(_hours(row["duration_h"])) if row["duration_h"] > 0 else None
    return TimedDose(row["drug"], row["cycle"], _hours(row["planned_h"]), Dose(amount, row["route"], over))


def _hours(value: float) -> Fraction:
    """Return a time as the fraction with a small denominator next to its float: 20 min are a third of an hour again."""
    return Fraction(value).limit_denominator(FINEST)

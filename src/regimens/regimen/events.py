"""Dose events: a regimen written out on the time axis, one row a dose, sorted by time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

BASES = ("flat", "per m2", "per kg")
"""What an amount meets in the subject: nothing, body surface area (m2), weight (kg)."""

NO_CAP = np.inf


@dataclass(frozen=True, eq=False)
class DoseEvents:
    """The doses of one arm up to a horizon, as columns of equal length sorted by time.

    `time_h` start of the dose (h); `amount` in IU (IL-2) or mg (other drugs), per m2 or per kg where `basis` says so;
    `cap` the most that one subject gets (IU or mg, infinite = no cap); `duration_h` of the infusion, 0 = bolus;
    `cycle` and `number` count from 1: the outermost cycle of the drug (1 where there is none) and the dose within it.
    `arm` names the arm in the ids. Bytes of two equal schedules are equal however the schedules were written.
    """

    time_h: np.ndarray
    drug: tuple[str, ...]
    amount: np.ndarray
    basis: tuple[str, ...]
    cap: np.ndarray
    route: tuple[str, ...]
    duration_h: np.ndarray
    cycle: np.ndarray
    number: np.ndarray
    arm: str = ""

    def __len__(self) -> int:
        return len(self.time_h)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DoseEvents):
            return NotImplemented
        return self.arm == other.arm and all(_equal(mine, theirs) for mine, theirs in self._pairs(other))

    __hash__ = None  # type: ignore[assignment]

    def _pairs(self, other: DoseEvents) -> Iterator[tuple[object, object]]:
        for name in self.__dataclass_fields__:
            if name != "arm":
                yield getattr(self, name), getattr(other, name)

    @property
    def ids(self) -> tuple[str, ...]:
        """Stable names of the doses: 'arm/drug/c2/d3' is the third dose of the second cycle."""
        return tuple(
            f"{self.arm}/{drug}/c{cycle}/d{number}"
            for drug, cycle, number in zip(self.drug, self.cycle, self.number, strict=True)
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame: arm, drug, cycle, dose, time_h, amount, basis, route, duration_h, max, id."""
        import pandas as pd

        return pd.DataFrame(
            {
                "arm": [self.arm] * len(self),
                "drug": list(self.drug),
                "cycle": self.cycle,
                "dose": self.number,
                "time_h": self.time_h,
                "amount": self.amount,
                "basis": list(self.basis),
                "route": list(self.route),
                "duration_h": self.duration_h,
                "max": np.where(np.isinf(self.cap), np.nan, self.cap),
                "id": list(self.ids),
            }
        )


def _equal(mine: object, theirs: object) -> bool:
    if isinstance(mine, np.ndarray):
        return bool(np.array_equal(mine, theirs))
    return mine == theirs

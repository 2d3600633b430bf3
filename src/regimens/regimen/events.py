"""Dose events: a regimen written out on the time axis, one row a dose, sorted by time; and which subject gets which."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from regimens.subject import BASES, amount_in_person

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BASES", "NO_CAP", "DoseEvents", "DosePlan"]

Floats = npt.NDArray[np.float64]

Kind = TypeVar("Kind", bound=np.generic)

NO_CAP = np.inf
"""The cap of a dose that has none."""


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

    def only(self, drugs: Collection[str]) -> DoseEvents:
        """Return the doses of some drugs."""
        kept = [row for row, drug in enumerate(self.drug) if drug in drugs]
        if len(kept) == len(self):
            return self
        columns = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "arm"}
        return replace(
            self,
            **{
                name: column[kept] if isinstance(column, np.ndarray) else tuple(column[row] for row in kept)
                for name, column in columns.items()
            },
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


@dataclass(frozen=True, eq=False)
class DosePlan:
    """The doses of all subjects: the distinct `sets` of doses, and `which` of them each subject gets.

    `which` is (subjects,), the place of each subject's set in `sets`; None where everybody gets the one set.
    """

    sets: tuple[DoseEvents, ...]
    which: npt.NDArray[np.int64] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, doses: DoseEvents | Sequence[DoseEvents] | DosePlan, subjects: int) -> DosePlan:
        """Return the plan of so many subjects: from doses for all of them, from a set for each, or from a plan.

        Raises ValueError for another number of sets than of subjects.
        """
        if isinstance(doses, DoseEvents):
            return cls((doses,))
        if not isinstance(doses, DosePlan):
            places = {id(events): events for events in doses}
            order = {key: place for place, key in enumerate(places)}
            doses = cls(tuple(places.values()), np.array([order[id(events)] for events in doses], dtype=np.int64))
        if doses.which is not None and len(doses.which) != subjects:
            found = len(doses.which)
            raise ValueError(f"{found} sets of dose events for {subjects} subjects; give one for each, or one for all.")
        return doses

    @property
    def shared(self) -> bool:
        """Whether everybody gets the same doses."""
        return self.which is None

    def of_subject(self, subject: int) -> DoseEvents:
        """Return the doses of one subject, counted from 0."""
        return self.sets[0 if self.which is None else int(self.which[subject])]

    def only(self, drugs: Collection[str]) -> DosePlan:
        """Return the plan with the doses of some drugs."""
        return DosePlan(tuple(events.only(drugs) for events in self.sets), self.which)

    def padded(self, columns: Sequence[npt.NDArray[Kind]], fill: object) -> npt.NDArray[Kind]:
        """Return one column of every set as an array (subjects, most doses of a set), or (1, doses) where all share a set.

        `columns` are the columns, one a set; rows that are shorter than the longest end in `fill`.
        """
        most = max((len(column) for column in columns), default=0)
        found = np.full((len(columns), most), fill, dtype=columns[0].dtype if columns else np.float64)
        for row, column in zip(found, columns, strict=True):
            row[: len(column)] = column
        return found if self.which is None else found[self.which]

    def total(self, drug: str, weight_kg: Floats, bsa_m2: Floats) -> Floats:
        """Return how much of a drug (IU or mg) each subject gets, caps applied, summed in order of time.

        Bodies are (subjects,) or (draws, subjects), and so is what is returned.
        """
        own = self.only((drug,))
        amount = own.padded([events.amount for events in own.sets], 0.0)
        basis = own.padded([np.array(events.basis, dtype="U6") for events in own.sets], "flat")
        cap = own.padded([events.cap for events in own.sets], NO_CAP)
        total = np.zeros(np.shape(weight_kg))
        for dose in range(amount.shape[1]):
            total += amount_in_person(amount[:, dose], basis[:, dose], weight_kg, bsa_m2, cap[:, dose])
        return total

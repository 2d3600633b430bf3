"""Dose events: a regimen written out on the time axis, one row a dose; and the dose plan: which subject gets which doses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from regimens.drugs import IL2
from regimens.errors import RegimenError, did_you_mean
from regimens.regimen.changes import StateChange, check_changes
from regimens.regimen.eventchecks import NUMBERS, WORDS, check_lengths, check_order, check_values, numbers
from regimens.subject import amount_in_person

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Kind = TypeVar("Kind", bound=np.generic)

NO_CAP, NO_STEP = np.inf, 0.0
"""The cap and the step of a dose that has none."""

COUNTS = ("cycle", "number")

FRAME = {
    "arm": "arm", "drug": "drug", "cycle": "cycle", "dose": "number", "time_h": "time_h", "amount": "amount",
    "basis": "basis", "route": "route", "duration_h": "duration_h", "max": "cap", "step": "step", "id": "ids",
}  # fmt: skip
"""Column of a DataFrame of doses -> what it holds. A blank `max` or `step` is none."""


@dataclass(frozen=True, eq=False)
class DoseEvents:
    """The doses of one arm up to a horizon, as columns of equal length in ascending order of time.

    `time_h` start of the dose (h, 0 or later); `amount` in IU (IL-2) or mg (other drugs), per m2 or per kg where `basis` says
    so, 0 for a dose that is not given; `cap` the most that one person gets (IU or mg, infinite = no cap); `step` of which a
    person's dose is a multiple (IU or mg, 0 = none); `route` SC, IV, IM, PO or inhaled; `duration_h` of the infusion, 0 = bolus;
    `cycle` and `number` count from 1: the outermost cycle of the drug (1 where there is none) and the dose within it. `arm`
    names the arm in the ids. Doses at the same time may stand in any order. Bytes of two equal schedules are equal however the
    schedules were written.

    `changes` are what is done to the state besides, in ascending order of time: resets, steady states. A change acts before
    the doses at its time.

    RegimenError for columns of different lengths, for every dose with a value that cannot be given, and for changes that are
    not sorted.
    """

    time_h: Floats
    drug: tuple[str, ...]
    amount: Floats
    basis: tuple[str, ...]
    cap: Floats
    step: Floats
    route: tuple[str, ...]
    duration_h: Floats
    cycle: Whole
    number: Whole
    arm: str = ""
    changes: tuple[StateChange, ...] = ()

    def __post_init__(self) -> None:
        for name in NUMBERS:
            object.__setattr__(self, name, numbers(name, getattr(self, name), whole=name in COUNTS))
        for name in WORDS:
            object.__setattr__(self, name, tuple(getattr(self, name)))
        columns = self._columns()
        check_lengths(columns)
        check_values(columns)
        check_order(self.time_h)
        object.__setattr__(self, "changes", check_changes(self.changes))

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> DoseEvents:
        """Return the doses of a DataFrame with the columns of `to_frame`, sorted by time.

        Only `time_h` and `amount` are needed. Without a column, a dose is of `il2`, flat, under the skin (SC), a bolus, without
        `max` and `step`, in cycle 1, and doses are numbered in each cycle of a drug. `id` is not read; it must agree.
        RegimenError for other columns, for several arms, and for values that cannot be given.
        """
        _check_frame(frame)
        # As objects, words and numbers are those of Python, as messages show them.
        given = {FRAME[str(name)]: column.to_numpy(dtype=object) for name, column in frame.items()}
        for name, none in (("max", NO_CAP), ("step", NO_STEP)):
            if name in frame:
                given[FRAME[name]] = np.where(frame[name].isna(), none, given[FRAME[name]])
        columns = {name: given.get(name, np.full(len(frame), none, dtype=object)) for name, none in _DEFAULTS.items()}
        columns |= {name: numbers(name, columns[name], whole=name in COUNTS) for name in NUMBERS}
        check_values(columns)
        order = np.argsort(columns["time_h"], kind="stable")
        columns = {name: column[order] for name, column in columns.items()}
        made = cls(
            columns["time_h"],
            tuple(columns["drug"]),
            columns["amount"],
            tuple(columns["basis"]),
            columns["cap"],
            columns["step"],
            tuple(columns["route"]),
            columns["duration_h"],
            columns["cycle"],
            columns["number"] if "number" in given else _numbered(columns["drug"], columns["cycle"]),
            str(given["arm"][0]) if len(given.get("arm", ())) else "",
        )
        _check_ids(made.ids, given.get("ids"), order)
        return made

    def _columns(self) -> Mapping[str, npt.NDArray[np.generic] | tuple[str, ...]]:
        """Return the columns by name, without the arm."""
        return {name: getattr(self, name) for name in (*NUMBERS, *WORDS)}

    def __len__(self) -> int:
        return len(self.time_h)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DoseEvents):
            return NotImplemented
        theirs = other._columns()
        same = all(_equal(mine, theirs[name]) for name, mine in self._columns().items())
        return same and self.arm == other.arm and self.changes == other.changes

    __hash__ = None  # type: ignore[assignment]  # a frozen value whose columns are arrays has no hash

    @property
    def ids(self) -> tuple[str, ...]:
        """Stable names of the doses: 'arm/drug/c2/d3' is the third dose of the second cycle."""
        return tuple(
            f"{self.arm}/{drug}/c{cycle}/d{number}"
            for drug, cycle, number in zip(self.drug, self.cycle, self.number, strict=True)
        )

    def only(self, drugs: Collection[str]) -> DoseEvents:
        """Return the doses of some drugs, with the resets and what changes the state for them."""
        kept = [row for row, drug in enumerate(self.drug) if drug in drugs]
        changes = tuple(change for change in self.changes if change.kind == "reset" or change.drug in drugs)
        if len(kept) == len(self) and changes == self.changes:
            return self
        return DoseEvents(
            self.time_h[kept],
            _chosen(self.drug, kept),
            self.amount[kept],
            _chosen(self.basis, kept),
            self.cap[kept],
            self.step[kept],
            _chosen(self.route, kept),
            self.duration_h[kept],
            self.cycle[kept],
            self.number[kept],
            self.arm,
            changes,
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame: arm, drug, cycle, dose, time_h, amount, basis, route, duration_h, max, step, id.

        `max` and `step` are blank where there is none. It has the doses only, not the `changes`.
        """
        import pandas as pd

        columns = {name: getattr(self, held) for name, held in FRAME.items()}
        columns |= {name: list(columns[name]) for name in (*WORDS, "id")}
        columns["arm"] = [self.arm] * len(self)
        columns["max"] = np.where(self.cap == NO_CAP, np.nan, self.cap)
        columns["step"] = np.where(self.step == NO_STEP, np.nan, self.step)
        return pd.DataFrame(columns)

    def in_person(self, weight_kg: float, bsa_m2: float) -> Floats:
        """Return what a person of that size gets of each dose (doses,), in IU or mg."""
        return amount_in_person(
            self.amount, np.array(self.basis, dtype="U6"), np.array(weight_kg), np.array(bsa_m2), self.cap, self.step
        )


_DEFAULTS = {
    "time_h": np.nan, "drug": IL2, "amount": np.nan, "basis": "flat", "cap": NO_CAP, "step": NO_STEP, "route": "SC",
    "duration_h": 0.0, "cycle": 1, "number": 1,
}  # fmt: skip
"""Column -> what its doses have where a DataFrame does not say."""


def _chosen(words: tuple[str, ...], rows: Sequence[int]) -> tuple[str, ...]:
    return tuple(words[row] for row in rows)


def _equal(mine: npt.NDArray[np.generic] | tuple[str, ...], theirs: npt.NDArray[np.generic] | tuple[str, ...]) -> bool:
    if isinstance(mine, np.ndarray) and isinstance(theirs, np.ndarray):
        return bool(np.array_equal(mine, theirs))
    return bool(mine == theirs)


def _check_frame(frame: pd.DataFrame) -> None:
    """Raise RegimenError for columns that are unknown, missing or there twice, and for doses of several arms."""
    names = [str(name) for name in frame.columns]
    for place, name in enumerate(names):
        if name not in FRAME:
            raise RegimenError(f"'{name}' is not a column of doses.", did_you_mean(name, set(FRAME) - set(names)))
        if name in names[:place]:
            raise RegimenError(f"The column '{name}' is there twice.", "Remove one of them.")
    for name in ("time_h", "amount"):
        if name not in names:
            raise RegimenError(f"The column '{name}' is missing.", "Doses need time_h (h) and amount (IU, or mg).")
    arms = sorted({str(arm) for arm in frame["arm"]}) if "arm" in names else []
    if len(arms) > 1:
        raise RegimenError(f"The doses are of {len(arms)} arms: {', '.join(map(repr, arms))}.", "Keep the rows of one arm.")


def _numbered(drug: npt.NDArray[np.object_], cycle: Whole) -> Whole:
    """Return the running number of each dose within its cycle of its drug, from 1."""
    seen: dict[tuple[str, int], int] = {}
    found = np.empty(len(drug), dtype=np.int64)
    for row, key in enumerate(zip(drug.tolist(), cycle.tolist(), strict=True)):
        found[row] = seen[key] = seen.get(key, 0) + 1
    return found


def _check_ids(ids: Sequence[str], found: npt.NDArray[np.object_] | None, order: npt.NDArray[np.intp]) -> None:
    """Raise RegimenError where the column 'id' names a dose otherwise; `order` are the rows as they were found, by time."""
    for row, right in zip(order.tolist(), ids, strict=True):
        if found is not None and found[row] != right:
            raise RegimenError(
                f"Dose {row + 1}: id is {found[row]!r}.", f"The id of this dose is {right!r}; the column may be left out."
            )


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
        step = own.padded([events.step for events in own.sets], NO_STEP)
        total = np.zeros(np.shape(weight_kg))
        for dose in range(amount.shape[1]):
            row = amount[:, dose], basis[:, dose]
            total += amount_in_person(*row, weight_kg, bsa_m2, cap[:, dose], step[:, dose])
        return total

"""The doses of an arm as columns, and what each subject gets of them as a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents, DosePlan

if TYPE_CHECKING:
    from regimens.adherence.realise import Timed
    from regimens.regimen.changes import StateChange
    from regimens.regimen.planned import PlannedDose
    from regimens.rules.ladder import Floats, Integers

Words = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class DoseColumns:
    """What all subjects have in common of the doses of an arm, (doses,); `amount` is the planned one, with its `basis`."""

    drug: Words
    route: Words
    basis: Words
    amount: Floats
    cap: Floats
    step: Floats
    duration_h: Floats
    cycle: Integers
    number: Integers

    @classmethod
    def of(cls, doses: Sequence[PlannedDose]) -> DoseColumns:
        """Return the columns of some doses."""
        amounts = [dose.dose.amount for dose in doses]
        return cls(
            np.array([dose.drug for dose in doses], dtype=object),
            np.array([dose.dose.route for dose in doses], dtype=object),
            np.array([amount.basis for amount in amounts], dtype=object),
            np.array([float(amount.value) for amount in amounts]),
            np.array([NO_CAP if amount.cap is None else float(amount.cap) for amount in amounts]),
            np.array([NO_STEP if amount.step is None else float(amount.step) for amount in amounts]),
            np.array([float(dose.dose.duration) for dose in doses]),
            np.array([dose.cycle for dose in doses], dtype=np.int64),
            np.array([dose.number for dose in doses], dtype=np.int64),
        )

    def events(self, order: Integers, time_h: Floats, given: Floats, arm: str, changes: tuple[StateChange, ...]) -> DoseEvents:
        """Return the doses of one subject; `order` are their places, `time_h` and `given` are (doses,) of all."""
        return DoseEvents(
            time_h=time_h[order],
            drug=tuple(self.drug[order]),
            amount=given[order],
            basis=tuple(self.basis[order]),
            cap=self.cap[order],
            step=self.step[order],
            route=tuple(self.route[order]),
            duration_h=self.duration_h[order],
            cycle=self.cycle[order],
            number=self.number[order],
            arm=arm,
            changes=changes,
        )


def dose_plan(timed: Timed, given: Floats, horizon_h: float, arm: str = "", changes: tuple[StateChange, ...] = ()) -> DosePlan:
    """Return the doses of all subjects that are due before the horizon; those not given have the amount 0."""
    columns = DoseColumns.of(timed.doses)
    time_h = np.where(timed.due_h < horizon_h, timed.given_h, np.inf)
    alike = np.ascontiguousarray(np.concatenate([time_h, np.where(np.isfinite(time_h), given, 0.0)], axis=1))
    whole = alike.view(np.dtype((np.void, alike.dtype.itemsize * alike.shape[1])))[:, 0]
    _, first, which = np.unique(whole, return_index=True, return_inverse=True)
    orders, counts = np.argsort(time_h[first], axis=1, kind="stable"), np.isfinite(time_h[first]).sum(axis=1)
    sets = tuple(
        columns.events(order[:count], time_h[row], given[row], arm, changes)
        for row, order, count in zip(first, orders, counts, strict=True)
    )
    return DosePlan(sets) if len(sets) == 1 else DosePlan(sets, which.astype(np.int64))

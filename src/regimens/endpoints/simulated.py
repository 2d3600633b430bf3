"""What an endpoint reads: one arm simulated under one model, its curves and the doses of its subjects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from regimens.endpoints.curves import Curves
    from regimens.endpoints.polynomials import Floats
    from regimens.endpoints.window import Window
    from regimens.regimen.events import DoseEvents, DosePlan
    from regimens.regimen.regimen import Regimen


@dataclass(frozen=True, eq=False)
class SimulatedArm:
    """The subjects of one arm under one model.

    `doses` are those of each subject up to `horizon_h`; a dose that is not given has the amount 0
    at the time it was due. `il2_iu` (subjects,) is the IL-2 that each subject is given up to the horizon (IU). `drug` is the
    drug whose cycles count, and `doses_in_cycle` the planned number of doses of each (drug, cycle), whatever the horizon.
    """

    curves: Curves
    doses: DosePlan = field(repr=False)
    horizon_h: float
    il2_iu: Floats = field(repr=False)
    drug: str
    doses_in_cycle: Mapping[tuple[str, int], int] = field(repr=False)

    @property
    def subjects(self) -> int:
        """Number of subjects."""
        return len(self.curves.status)

    def window(self, observable: str, from_h: float, to_h: float) -> Window:
        """Return the curves of one observable between two times (h)."""
        return self.curves.window(observable, from_h, to_h)

    def baseline(self, observable: str) -> Floats:
        """Return the (subjects,) values before anything happens."""
        return self.curves.at([0.0], observable)[:, 0]

    def of_doses(self, number: Callable[[DoseEvents], float]) -> Floats:
        """Return a number found from the doses of each subject, (subjects,)."""
        found = np.array([number(doses) for doses in self.doses.sets], dtype=float)
        return np.broadcast_to(found, self.subjects) if self.doses.which is None else found[self.doses.which]

    def values_at(self, time_h: Floats, observable: str) -> Floats:
        """Return the (subjects,) values at a time of each subject's own (subjects,; h); missing where the time is."""
        return self.curves.at_own(time_h[:, None], observable)[:, 0]

    def due_h(self, doses: DoseEvents, cycle: int) -> Floats:
        """Return the times (h) of the doses of a cycle that come before the horizon, given or missed."""
        counted = (doses.cycle == cycle) & (np.array(doses.drug, dtype=object) == self.drug)
        times: Floats = doses.time_h[counted & (doses.time_h < self.horizon_h)]
        return times

    def given_h(self, doses: DoseEvents, drugs: Collection[str]) -> Floats:
        """Return the times (h) of the doses of some drugs that are given before the horizon."""
        drug = np.isin(np.array(doses.drug, dtype="U"), list(drugs))
        times: Floats = doses.time_h[drug & (doses.amount > 0) & (doses.time_h < self.horizon_h)]
        return times


def doses_in_cycle(regimen: Regimen) -> Mapping[tuple[str, int], int]:
    """Return the number of planned doses of each (drug, cycle) of a regimen, whatever the horizon."""
    return Counter((dose.drug, dose.cycle) for dose in regimen.earliest())

"""Endpoints about what is given, which need no curve: the total of IL-2 and the number of doses."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from regimens.drugs import IL2
from regimens.drugs import label as label_of_drug
from regimens.endpoints.endpoint import Endpoint, Found
from regimens.errors import did_you_mean

if TYPE_CHECKING:
    from regimens.endpoints.simulated import SimulatedArm
    from regimens.endpoints.times import Visits
    from regimens.engine.trajectories import Floats


@dataclass(frozen=True)
class TotalGiven(Endpoint):
    """The IL-2 that a subject is given up to the horizon, caps applied, in `unit_of_amount` ("IU" or "MIU")."""

    unit_of_amount: str = "IU"

    kind = "total"
    pattern = r"total (?P<unit>(?-i:IU|MIU))"
    forms = ("total IU", "total MIU")

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for."""
        return replace(super().read(words, found, visits), unit_of_amount=found["unit"] or "")

    def _unit(self, observable_unit: str) -> str:
        return self.unit_of_amount

    def _heading(self, label: str) -> str:
        return f"Total {label_of_drug(IL2)}"

    def _better(self, better: str) -> str:
        return ""

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the total of each subject, in the unit asked for."""
        return arm.il2_iu / {"IU": 1.0, "MIU": 1e6}[self.unit_of_amount]


@dataclass(frozen=True)
class Doses(Endpoint):
    """How many doses a subject is given up to the horizon, of all drugs or of one `drug`; doses that are missed do not count."""

    drug: str = ""

    kind = "doses"
    pattern = r"doses(?: of (?P<drug>\S+))?"
    forms = ("doses", "doses of il2")

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for."""
        return replace(super().read(words, found, visits), drug=found["drug"] or "")

    def problem(self, horizon_h: float | None, drugs: Collection[str] | None, subjects: int | None) -> tuple[str, str] | None:
        """Return that no arm gives the drug, and the nearest that one does; None where it is given."""
        if drugs is not None and self.drug and self.drug not in drugs:
            return f"'{self.words}': no arm of this scenario gives '{self.drug}'.", did_you_mean(self.drug, drugs)
        return super().problem(horizon_h, drugs, subjects)

    def _unit(self, observable_unit: str) -> str:
        return ""

    def _heading(self, label: str) -> str:
        return f"Doses of {label_of_drug(self.drug)}" if self.drug else "Doses"

    def _better(self, better: str) -> str:
        return ""

    def values(self, arm: SimulatedArm) -> Floats:
        """Return the number of doses of each subject."""
        dosed = arm.dosed
        count = dosed.of_doses(lambda doses: len(dosed.given_h(doses, {self.drug} if self.drug else set(doses.drug))))
        return np.broadcast_to(count, (arm.subjects,))

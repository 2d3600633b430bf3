"""Endpoints of a whole virtual trial: one number for all subjects of a parameter draw together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from regimens.endpoints.endpoint import NAME, Endpoint, Found, endpoint_values, inside
from regimens.endpoints.moments import MOMENT, AtTime, ValueAt
from regimens.endpoints.times import Visits, time_words
from regimens.errors import WordsError
from regimens.statistics import standardised_difference

if TYPE_CHECKING:
    from regimens.endpoints.simulated import SimulatedArm
    from regimens.engine.trajectories import Floats

FEWEST = 2
"""Subjects below which a trial has no standard deviation."""


@dataclass(frozen=True)
class StandardisedDifference(AtTime):
    """The standardised mean difference (SMD) of a trial: mean after less mean before, in standard deviations.

    Hedges' g of the readings at the time `at_h` against those before anything happens (`standardised_difference`). The trial
    is all subjects of a parameter draw, or the first `subjects` of them where the words say how many (0: all); whoever has
    not both readings is left out. Missing where the subjects do not differ, and with fewer than two of them.
    """

    subjects: int = 0

    kind = "SMD"
    of_subjects = False
    pattern = rf"SMD of {NAME} from (?:baseline|start) to {MOMENT}(?: with (?P<subjects>[0-9]+) subjects)?"
    forms = ("SMD of treg from baseline to 12 days", "SMD of treg from baseline to 12 days with 20 subjects")

    @classmethod
    def read(cls, words: str, found: Found, visits: Visits) -> Self:
        """Return the endpoint that `words` ask for; WordsError where they name the baseline twice or too few subjects."""
        stated = found["subjects"]
        made = replace(super().read(words, found, visits), subjects=int(stated or 0))
        if made.at_h == 0.0:
            raise WordsError(f"'{words}' holds the baseline against itself.", "Name a later time, for example 12 days.")
        if stated is not None and made.subjects < FEWEST:
            raise WordsError(f"'{words}' has too few subjects.", f"A standard deviation needs at least {FEWEST}.")
        return made

    def problem(self, horizon_h: float | None, drugs: Collection[str] | None, subjects: int | None) -> tuple[str, str] | None:
        """Return that the trial has more subjects than a draw, if it has; or what else is wrong; or None."""
        if subjects is not None and self.subjects > subjects:
            have = f"A parameter draw of this scenario has {subjects} subject{'s' * (subjects != 1)}."
            return f"'{self.words}' asks for {self.subjects} subjects.", f"{have} Name no more, or add some under 'population'."
        return super().problem(horizon_h, drugs, subjects)

    def doubt(self, subjects: int) -> str:
        """Return that it is missing, or of fewer subjects than stated, where a draw has too few of them."""
        if subjects < FEWEST:
            return f"'{self.words}' is missing: it needs at least {FEWEST} subjects in a parameter draw, and there is {subjects}."
        if self.subjects > subjects:
            return f"'{self.words}' is of {subjects} subjects here: this run has no more in a parameter draw."
        return ""

    def _unit(self, observable_unit: str) -> str:
        return "SD"

    def _heading(self, label: str) -> str:
        trial = f", {self.subjects} subjects" if self.subjects else ""
        return f"SMD of {inside(label)}, baseline to {time_words(self.at_h)}{trial}"

    @property
    def readings(self) -> tuple[Endpoint, ...]:
        """The value before anything happens and the one at the time, of each subject."""
        moments = (("baseline", 0.0), (f"{self.at_h!r} h", self.at_h))
        return tuple(ValueAt(f"{self.observable} at {words}", self.observable, at_h=time_h) for words, time_h in moments)

    def over_trials(self, readings: Sequence[Floats]) -> Floats:
        """Return the number of each draw, (draws, 1), from the (draws, subjects) readings before and after."""
        before, after = (values[:, : self.subjects or None] for values in readings)
        return standardised_difference(before, after)[:, np.newaxis]

    def values(self, arm: SimulatedArm) -> Floats:
        """Return, for each subject, the number of the trial that all subjects of the arm are, from their true values."""
        readings = [endpoint_values(reading, arm)[np.newaxis] for reading in self.readings]
        return np.broadcast_to(self.over_trials(readings)[0], (arm.subjects,))

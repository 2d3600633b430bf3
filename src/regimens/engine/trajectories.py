"""What the engine returns: values over time for every subject, and how each integration ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

    from regimens.engine.measures import Measure

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

OK, STEP_LIMIT, NON_FINITE, STEP_UNDERFLOW, NEGATIVE = 0, 1, 2, 3, 4
GROWS, OSCILLATES, UNSETTLED, BY_TIME = 5, 6, 7, 8
STATUS_WORDS = {
    OK: "ok",
    STEP_LIMIT: "step limit",
    NON_FINITE: "a state is no finite number",
    STEP_UNDERFLOW: "the step became too small",
    NEGATIVE: "a state fell below zero",
    GROWS: "no steady state: a state grows without bound",
    OSCILLATES: "no steady state: it repeats only after several intervals",
    UNSETTLED: "no steady state within the largest number of intervals",
    BY_TIME: "no steady state: the model depends on time",
}
NO_STEADY_STATE = (GROWS, OSCILLATES, UNSETTLED, BY_TIME)
"""Codes of subjects that have no steady state to start at."""


@dataclass(frozen=True)
class Tolerances:
    """Largest error of one step, `rtol` of each state plus `atol` of its scale, and largest number of steps.

    Both tolerances are plain numbers. The scale of a state is in effect the largest magnitude that it has had so far in the
    subject (`engine/scale.py`), so neither the unit of a state nor that of the doses matters. By default a
    state keeps its relative exactness down to a hundredth of its scale.
    """

    rtol: float = 1e-6
    atol: float = 1e-8
    max_steps: int = 500_000


@dataclass(frozen=True)
class Statistics:
    """Counts of one call of `simulate`: accepted and rejected steps over all subjects, and subjects that failed."""

    steps: int
    rejected: int
    failed: int


@dataclass(frozen=True, eq=False)
class Trajectories:
    """Values of observables over time.

    `times_h` is (times,), or (subjects, times) where each subject has its own times. `values` is (subjects, times,
    observables) in the units of the model, NaN after the integration of a subject stopped. `status` (subjects,) holds the
    codes of STATUS_WORDS, `stopped_h` (subjects,) the time that each integration reached. `measured` holds the (columns,
    subjects) numbers of every measure, NaN for a subject that failed. `intervals` (subjects,) is the number of intervals that
    were simulated in search of steady states, 0 where they were solved exactly, None where none was asked for.
    """

    times_h: Floats
    observables: tuple[str, ...]
    values: Floats = field(repr=False)
    status: Integers
    stopped_h: Floats
    measured: dict[Measure, Floats] = field(repr=False)
    statistics: Statistics
    intervals: Integers | None = None

    def of(self, observable: str) -> Floats:
        """Return the (subjects, times) values of one observable."""
        return self.values[:, :, self.observables.index(observable)]

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with a row a subject and time: subject (from 0), time_h, then a column for each observable."""
        import pandas as pd

        subjects, times = self.values.shape[:2]
        values = self.values.reshape(subjects * times, len(self.observables))
        return pd.DataFrame(
            {
                "subject": np.repeat(np.arange(subjects), times),
                "time_h": np.broadcast_to(self.times_h, (subjects, times)).ravel(),
                **{name: values[:, place] for place, name in enumerate(self.observables)},
            }
        )

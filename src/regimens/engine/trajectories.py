"""Trajectories: what comes out of the engine, values over time for every subject, and how each subject ended."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

OK, STEP_LIMIT, NON_FINITE, STEP_UNDERFLOW = 0, 1, 2, 3
STATUS_WORDS = {
    OK: "ok",
    STEP_LIMIT: "step limit",
    NON_FINITE: "a state is no finite number",
    STEP_UNDERFLOW: "the step became too small",
}


@dataclass(frozen=True)
class Tolerances:
    """What one step of the integration may err by: `rtol` of each state plus `atol` in the state's own unit."""

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

    `times_h` is (times,) or, where subjects are read at times of their own, (subjects, times); `values` is
    (subjects, times, observables) in the units of the model, not a number after a subject stopped; `status` (subjects,)
    holds the codes of STATUS_WORDS and `stopped_h` (subjects,) the time each integration reached.
    """

    times_h: np.ndarray
    observables: tuple[str, ...]
    values: np.ndarray = field(repr=False)
    status: np.ndarray
    stopped_h: np.ndarray
    statistics: Statistics

    def of(self, observable: str) -> np.ndarray:
        """Return the (subjects, times) values of one observable."""
        return self.values[:, :, self.observables.index(observable)]

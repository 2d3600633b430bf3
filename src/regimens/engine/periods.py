"""The period map of a repeated dose: from the states just before a dose to those one or more intervals later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.blocks import Subjects
from regimens.engine.changes import Changes, read_changes
from regimens.engine.given import read_doses
from regimens.engine.path import LEAST_SHARE
from regimens.engine.running import Settings, run
from regimens.engine.trajectories import OK, Floats, Integers
from regimens.regimen.events import DoseEvents, DosePlan

if TYPE_CHECKING:
    import numpy.typing as npt

    from regimens.engine.given import Mask
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters
    from regimens.regimen.changes import StateChange

READINGS = 4
"""Times at which an interval is read, to know how large the states are within it."""

RAISED = 1e-4
"""Share of a state by which it is raised to find a column of the map's derivative."""


@dataclass(frozen=True)
class Repeated:
    """Who gets which dose for ever, one row a search.

    `people` has the model's order of parameters, `which` (rows,) are the places of the rows' doses in `doses`, `numbers` (rows,)
    the numbers of the subjects in messages.
    """

    people: Parameters
    doses: tuple[StateChange, ...]
    which: Integers
    numbers: Integers

    def __getitem__(self, rows: slice | npt.NDArray[np.intp] | Mask) -> Repeated:
        """Return some rows."""
        return Repeated(self.people[rows], self.doses, self.which[rows], self.numbers[rows])


def periods(
    compiled: CompiledModel, settings: Settings, repeated: Repeated, start: Floats, intervals: int
) -> tuple[Floats, Integers]:
    """Return the states (rows, READINGS x intervals, states) while the dose is given so often, and the status codes."""
    sets = tuple(_repeats(dose, intervals) for dose in repeated.doses)
    plan = DosePlan(sets, repeated.which)
    changes = read_changes(compiled, plan)
    changes = Changes(changes.kind, changes.interval_h, changes.doses, from_zero(compiled, start)[:, np.newaxis])
    subjects = Subjects(repeated.people, read_doses(compiled, plan), changes, None, repeated.numbers)
    times_h = np.array([dose.interval_h for dose in repeated.doses])[repeated.which, np.newaxis]
    times_h = times_h * (np.arange(1, READINGS * intervals + 1) / READINGS)
    states = np.array(compiled.equations.read_states, dtype=np.int64)
    results = run(compiled, subjects, times_h / compiled.hours_per_time, states, settings)
    for row in np.flatnonzero(results.status != OK):
        results.out[row, results.written[row] :] = np.nan
    return results.out, results.status


def from_zero(compiled: CompiledModel, states: Floats) -> Floats:
    """Return states (rows, states) with 0 in place of the small errors below zero of those that cannot be negative."""
    nonnegative = np.array([state.nonnegative for state in compiled.model.states])
    return np.where(nonnegative & (states < 0.0), 0.0, states)


def derivative(
    compiled: CompiledModel, settings: Settings, repeated: Repeated, states: Floats, largest: Floats
) -> tuple[Floats, Floats]:
    """Return the states one interval later (rows, states), and their derivative (rows, states, states) by the states before.

    `largest` are the largest magnitudes that the states have had, for those that are near zero.
    """
    count, n = states.shape
    raised = RAISED * np.maximum(np.abs(states), LEAST_SHARE * largest)
    raised[raised == 0.0] = RAISED
    starts = np.repeat(states[:, np.newaxis], n + 1, axis=1)
    starts[:, 1 + np.arange(n), np.arange(n)] += raised
    read, _ = periods(compiled, settings, repeated[np.repeat(np.arange(count), n + 1)], starts.reshape(-1, n), 1)
    ends = read[:, -1].reshape(count, n + 1, n)
    return ends[:, 0], np.swapaxes(ends[:, 1:] - ends[:, :1], 1, 2) / raised[:, np.newaxis]


def _repeats(dose: StateChange, count: int) -> DoseEvents:
    """Return a dose so many times from 0 h on, after the change that sets the states and brings what is pending."""
    return DoseEvents(
        time_h=dose.interval_h * np.arange(count, dtype=np.float64),
        drug=(dose.drug,) * count,
        amount=np.full(count, dose.amount),
        basis=(dose.basis,) * count,
        cap=np.full(count, dose.cap),
        step=np.full(count, dose.step),
        route=(dose.route,) * count,
        duration_h=np.full(count, dose.duration_h),
        cycle=np.ones(count, dtype=np.int64),
        number=np.arange(1, count + 1),
        changes=(replace(dose, time_h=0.0, kind="steady state"),),
    )

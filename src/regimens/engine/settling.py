"""The steady states that changes of the state ask for, and `steady_state`, which finds that of one dose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.changes import ADDED, STEADY, Changes
from regimens.engine.checks import checked_people
from regimens.engine.periods import Repeated
from regimens.engine.running import Settings
from regimens.engine.steady import MOST_INTERVALS, WITHIN, Search, SteadyState, find
from regimens.engine.trajectories import Floats, Integers, Tolerances

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters
    from regimens.regimen.changes import StateChange
    from regimens.regimen.events import DosePlan


@dataclass(frozen=True)
class Settled:
    """How the searches of each subject (subjects,) ended: the intervals of all of them, and the first code that is not OK."""

    intervals: Integers
    status: Integers


def settle(
    compiled: CompiledModel, people: Parameters, plan: DosePlan, changes: Changes, last_h: Floats, settings: Settings
) -> tuple[Changes, Settled | None]:
    """Return the changes with the states that they set or add, and how the searches ended; None where there was none.

    `last_h` (1 or subjects, 1) is when subjects end, or (1, 0) where nothing is read. Changes at or after it, which never act,
    are not searched for.
    """
    ends = np.broadcast_to(last_h if last_h.shape[1] else np.zeros((1, 1)), (people.subjects, 1))
    kind = np.broadcast_to(changes.kind, (people.subjects, changes.kind.shape[1]))
    at = np.broadcast_to(changes.time_h, kind.shape)
    subject, place = np.nonzero((kind >= STEADY) & ((at == 0.0) | (at < ends)))
    if not len(subject):
        return changes, None
    which = np.zeros(people.subjects, dtype=np.int64) if plan.which is None else plan.which
    known = [[_dose(change) for change in events.changes] for events in plan.sets]
    doses = [known[row][column] for row, column in zip(which[subject].tolist(), place.tolist(), strict=True)]
    added = np.flatnonzero(kind[subject, place] == ADDED)
    doses += [replace(doses[row], amount=0.0) for row in added]
    distinct = tuple(dict.fromkeys(doses))
    places = {dose: number for number, dose in enumerate(distinct)}
    numbers = np.concatenate([subject, subject[added]])
    repeated = Repeated(people[numbers], distinct, np.array([places[dose] for dose in doses], dtype=np.int64), numbers)
    found = find(Search(compiled, settings, WITHIN, MOST_INTERVALS), repeated)
    states = np.full((*kind.shape, len(compiled.states)), np.nan)
    states[subject, place] = found.states[: len(subject)]
    states[subject[added], place[added]] -= found.states[len(subject) :]
    intervals, status = np.zeros((2, people.subjects), dtype=np.int64)
    np.add.at(intervals, numbers, found.intervals)
    for row in reversed(range(len(numbers))):
        status[numbers[row]] = found.status[row] or status[numbers[row]]
    return replace(changes, states=states), Settled(intervals, status)


def _dose(change: StateChange) -> StateChange:
    """Return what the search for a steady state depends on, the same whenever it is needed; a reset as it is."""
    return change if change.kind == "reset" else replace(change, time_h=0.0, kind="steady state")


def steady_state(
    compiled: CompiledModel,
    parameters: Parameters,
    repeated: StateChange,
    *,
    tolerances: Tolerances = Tolerances(),  # noqa: B008 - a frozen value
    within: float = WITHIN,
    most: int = MOST_INTERVALS,
    threads: int | None = None,
) -> SteadyState:
    """Return the steady state of a dose that is repeated for ever, just before it is given, for each subject.

    `repeated` says which dose and how often; when it would act is not read. With a lag the state is that at the nominal time of
    a dose, before it has arrived.

    A model whose rates are linear in its states is solved exactly, from one interval that is simulated from several states. For
    any other model the dose is repeated from the initial states on until no state is further than `within` from its limit, at
    most `most` times; Newton's method, which takes over where changes are slow, simulates some intervals more. There is no
    steady state where a state grows without bound, where states come back only after several intervals, and where the rates
    depend on `time`: the status says so, and the states are not a number.

    Results depend neither on `threads` nor on the other subjects nor on their order. Raises ModelError as `simulate` does,
    ValueError for a reset and where `within` or `most` is not above 0.
    """
    if repeated.kind == "reset":
        raise ValueError("A reset has no steady state; give a StateChange of the kind 'steady state'.")
    if not within > 0.0 or most < 1:
        raise ValueError(f"within is {within:g} and most is {most}; both must be above 0.")
    numbers: Integers = np.arange(parameters.subjects)
    rows = Repeated(checked_people(compiled, parameters), (_dose(repeated),), np.zeros_like(numbers), numbers)
    return find(Search(compiled, Settings(tolerances, threads), within, most), rows)

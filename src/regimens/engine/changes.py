"""Changes of the state as columns: resets and steady states, and the doses of a steady state that still wait for their lag."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.given import Doses, Floats, Integers, Mask, Reaching, alike, entries
from regimens.regimen.events import NO_CAP, NO_STEP, DosePlan

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel
    from regimens.regimen.changes import StateChange

NONE, RESET, STEADY, ADDED = 0, 1, 2, 3
"""Codes of the kinds of changes; NONE where a row has fewer changes than others."""

CODES = {"reset": RESET, "steady state": STEADY, "added steady state": ADDED}


@dataclass(frozen=True)
class Changes:
    """Changes as columns. Arrays are (rows, changes), one row a subject or one for all, in ascending order of time.

    `kind` holds the codes above, `doses` the repeated doses of steady states (the time of a dose is that of its change).
    `states` (rows, changes, states) are those that a change sets or adds; a reset's are not read.
    """

    kind: Integers
    interval_h: Floats
    doses: Doses
    states: Floats

    @property
    def time_h(self) -> Floats:
        """When the changes act (h)."""
        return self.doses.time_h

    def __getitem__(self, rows: slice) -> Changes:
        """Return the changes of some subjects."""
        shared = slice(None)
        own = shared if len(self.kind) == 1 else rows
        states = self.states[shared if len(self.states) == 1 else rows]
        return Changes(self.kind[own], self.interval_h[own], self.doses[rows], states)

    def alike(self, initial: Floats) -> bool:
        """Whether the changes after 0 h are the same in all rows, with the states that they set; `initial` are a reset's."""
        later = np.where(self.time_h > 0.0, self.kind, NONE)
        states = (not np.any(later == RESET) or alike(initial)) and (not np.any(later >= STEADY) or alike(self.states))
        return states and alike(self.kind) and alike(self.interval_h)

    def until(self, time_h: Floats, after: int = -1) -> Floats:
        """Return when (h) what is given at `time_h` (rows, n) is ended by a change, infinite where it never is.

        Changes act before the doses at their time, so only later ones end a dose; `after` is the place of the change that the
        doses belong to, which ends with any change behind it.
        """
        found = np.full(np.broadcast_shapes(time_h.shape, (len(self.kind), 1)), np.inf)
        for place in reversed(range(after + 1, self.kind.shape[1])):
            time = self.time_h[:, place, np.newaxis]
            ends = np.isin(self.kind[:, place, np.newaxis], (RESET, STEADY))
            found = np.where(ends & ((time > time_h) | (after >= 0)), time, found)
        return found


def read_changes(compiled: CompiledModel, plan: DosePlan) -> Changes:
    """Return the changes of all subjects; their states are not a number until they are found."""
    sets = [events.changes for events in plan.sets]

    def column(name: str, fill: float) -> Floats:
        return plan.padded([np.array([getattr(change, name) for change in changes], dtype=np.float64) for changes in sets], fill)

    doses = Doses(
        time_h=column("time_h", np.inf),
        amount=column("amount", 0.0),
        basis=plan.padded([np.array([change.basis for change in changes], dtype="U6") for changes in sets], "flat"),
        cap=column("cap", NO_CAP),
        step=column("step", NO_STEP),
        duration_h=column("duration_h", 0.0),
        entry=plan.padded([_entries(compiled, changes) for changes in sets], -1),
    )
    kind = plan.padded([np.array([CODES[change.kind] for change in changes], dtype=np.int64) for changes in sets], NONE)
    return Changes(kind, column("interval_h", 0.0), doses, np.full((*kind.shape, len(compiled.states)), np.nan))


def _entries(compiled: CompiledModel, changes: tuple[StateChange, ...]) -> Integers:
    """Return the places of the inputs, -1 for a reset."""
    repeated = [change for change in changes if change.kind != "reset"]
    found = iter(entries(compiled, [change.drug for change in repeated], [change.route for change in repeated]))
    return np.array([-1 if change.kind == "reset" else next(found) for change in changes], dtype=np.int64)


def initial_states(changes: Changes, start: Floats, initial: Floats) -> Floats:
    """Return the states (subjects, states) after the changes at 0 h, from those of the `start` and of a reset (`initial`)."""
    states = start
    for place in range(changes.kind.shape[1]):
        kind, time = changes.kind[:, place, np.newaxis], changes.time_h[:, place, np.newaxis]
        kind = np.where(time == 0.0, kind, NONE)
        found = changes.states[:, place]
        states = np.where(kind == RESET, initial, states)
        states = np.where(kind == STEADY, found, np.where(kind == ADDED, states + found, states))
    return np.ascontiguousarray(states)


@dataclass(frozen=True)
class Pending:
    """Doses of a steady state that were given before it and reach the states after it, as (rows, doses) in model time.

    `start` and `stop` are those of the whole dose; `since` (rows, 1) is when the steady state is set; `kept` is False where
    a row has fewer doses.
    """

    start: Floats
    stop: Floats
    since: Floats
    kept: Mask


def pending(changes: Changes, place: int, reaching: Reaching, hours_per_time: float) -> Pending:
    """Return the pending doses of one change.

    With the lag as `whole` intervals and a remainder, doses arrive the remainder after the change and then once an interval,
    `whole` of them, until the first dose after the change does. One more may still be infused at the change.
    """
    repeats = reaching.real[:, place, np.newaxis] & (changes.kind[:, place, np.newaxis] >= STEADY)
    with np.errstate(all="ignore"):
        interval = np.where(repeats, changes.interval_h[:, place, np.newaxis] / hours_per_time, 1.0)
        length = changes.doses.duration_h[:, place, np.newaxis] / hours_per_time
        lag = np.where(repeats & np.isfinite(reaching.lag[:, place, np.newaxis]), reaching.lag[:, place, np.newaxis], 0.0)
        rest = np.fmod(lag, interval)
        whole = np.round((lag - rest) / interval)
        number = np.arange(-1.0, np.max(whole, initial=0.0))
        since = changes.time_h[:, place, np.newaxis] / hours_per_time
        offset = rest + number * interval
        start, stop = since + offset, since + offset + length
    running = (number >= 0.0) | (offset + length > 0.0)
    return Pending(start, stop, since, repeats & (number < whole) & running)

"""Integrating subjects from one decision to the next, each from where it was before its next dose at the decision before.

A leg of a subject ends where the whole run stops too, just before the first dose after a decision arrives, whatever its amount,
so that what decisions look at is what the whole run has, to the last bit. A dose that a rule adds before that is known only
after the decision. The subject then goes on from the leg before, and what was looked at is the whole run's within its tolerance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.given import Doses, entries
from regimens.engine.leg import Legs, of_columns
from regimens.engine.trajectories import OK
from regimens.regimen.events import DoseEvents, DosePlan

if TYPE_CHECKING:
    from regimens.adherence.realise import Timed
    from regimens.engine import Tolerances
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters
    from regimens.regimen.changes import StateChange
    from regimens.rules.dosecolumns import DoseColumns
    from regimens.rules.ladder import Bools, Floats, Integers


class Advance:
    """Subjects of one model, each integrated up to a time of its own. Doses due at or after `horizon_h` are not given, and
    `changes` are what the plan does to the state besides doses.

    `safe` is where each subject goes on whatever is decided next; `ahead` is where its last leg ended, behind the decision at
    `decided_h`, and holds unless that decision adds a dose before it (its time is NaN where there is none).
    """

    def __init__(
        self,
        compiled: CompiledModel,
        people: Parameters,
        tolerances: Tolerances,
        observables: tuple[str, ...],
        columns: DoseColumns,
        horizon_h: float,
        changes: tuple[StateChange, ...] = (),
    ) -> None:
        self.compiled, self.observables, self.horizon_h, self.changes = compiled, observables, horizon_h, changes
        self.legs = Legs(compiled, people, DosePlan((_no_dose(changes),)), observables, tolerances)
        self.columns, self.entry = columns, entries(compiled, columns.drug.tolist(), columns.route.tolist())
        self.safe, self.ahead = self.legs.begin(), self.legs.begin()
        self.ahead.time[:] = np.nan
        self.decided_h = np.full(people.subjects, -np.inf)
        self.sound = np.ones(people.subjects, dtype=bool)
        self.steps = np.zeros(2, dtype=np.int64)

    def to(self, now_h: Floats, rows: Integers, timed: Timed, given: Floats, looked_h: Floats, true: Floats) -> None:
        """Integrate the subjects `rows` beyond the decisions at `now_h` (rows,), and fill in `true` (subjects, decisions, looks)
        at all times of `looked_h` on the way; a subject that cannot be integrated sees nothing from then on.
        """
        sound = self.sound[rows]
        rows, now_h = rows[sound], now_h[sound]
        if not len(rows):
            return
        hours = self.compiled.hours_per_time
        arrives, over = self._arrivals(rows, timed)
        self._go_on(rows, now_h / hours, self._next(rows, self.decided_h[rows], timed, arrives), looked_h, true)
        until = self._next(rows, now_h, timed, arrives)
        start = self.safe[rows]
        looks = looked_h[rows].reshape(len(rows), -1) / hours
        with np.errstate(invalid="ignore"):
            wanted = (looks >= start.time[:, np.newaxis]) & (looks <= until[:, np.newaxis])
        wanted &= np.isnan(true[rows].reshape(len(rows), -1))
        needed = np.any(wanted, axis=1) | ((until > start.time) & (self.ahead.time[rows] != until))
        self.decided_h[rows] = now_h
        if np.any(needed):
            some = np.flatnonzero(needed)
            in_plan = timed.due_h[rows[some]] < self.horizon_h
            pending = self._pending(rows[some], until[some], np.where(in_plan, arrives[some], np.inf), over[some])
            doses = self._doses(rows[some], start.time[some], until[some], np.where(in_plan, arrives[some], np.inf), timed, given)
            self._run(rows[some], until[some], doses, pending, wanted[some], looks[some], true)

    def _go_on(self, rows: Integers, now: Floats, expected: Floats, looked_h: Floats, true: Floats) -> None:
        """Let subjects go on from the end of their last leg where the decision before added no dose before it."""
        ahead = self.ahead.time[rows]
        holds = ahead == expected
        again = rows[~holds]
        with np.errstate(invalid="ignore"):
            true[again] = np.where(looked_h[again] > self.decided_h[again, np.newaxis, np.newaxis], np.nan, true[again])
        self.ahead.time[again] = np.nan
        moves = rows[holds & (ahead <= now)]
        for name in ("time", "states", "scales"):
            getattr(self.safe, name)[moves] = getattr(self.ahead, name)[moves]

    def _run(
        self, rows: Integers, until: Floats, doses: Doses, pending: Bools, wanted: Bools, looks: Floats, true: Floats
    ) -> None:
        count = int(wanted.sum(axis=1).max(initial=0))
        times = np.sort(np.where(wanted, looks, until[:, np.newaxis]), axis=1)[:, :count]
        start = self.safe[rows]
        leg = self.legs.run(rows, start, doses, times, until)
        self.steps += leg.steps
        flat = true.reshape(len(true), -1)
        for entry in np.flatnonzero(wanted.any(axis=0)):
            mine = np.flatnonzero(wanted[:, entry])
            place = np.sum(times[mine] < looks[mine, entry, np.newaxis], axis=1)
            flat[rows[mine], entry] = leg.values[mine, place, entry % len(self.observables)]
        fine = leg.status == OK
        self.sound[rows[~fine]] = False
        kept = fine & ~pending & (until > start.time)
        for name in ("time", "states", "scales"):
            getattr(self.ahead, name)[rows[kept]] = getattr(leg.end, name)[kept]
        self.ahead.time[rows[fine & ~kept]] = np.nan

    def _arrivals(self, rows: Integers, timed: Timed) -> tuple[Floats, Floats]:
        """Return when doses begin to arrive and when they are all in, in model time, those included that rules may add between
        planned doses; infinite for other doses that nobody gets yet.
        """
        return self.legs.arrivals(rows, self.entry, timed.given_h[rows], self.columns.duration_h)

    def _next(self, rows: Integers, decided_h: Floats, timed: Timed, arrives: Floats) -> Floats:
        """Return when the first dose of those given at or after a decision arrives, or the end, in model time."""
        with np.errstate(invalid="ignore"):
            after = timed.given_h[rows] >= decided_h[:, np.newaxis]
        first = np.where(after & ~np.isnan(arrives), arrives, np.inf).min(axis=1, initial=np.inf)
        found: Floats = np.minimum(first, self.horizon_h / self.compiled.hours_per_time)
        return found

    def _doses(self, rows: Integers, start: Floats, until: Floats, arrives: Floats, timed: Timed, given: Floats) -> Doses:
        """Return the doses that arrive from `start` to `until`, one row a subject."""
        inside = ~(arrives < start[:, np.newaxis]) & ~(arrives >= until[:, np.newaxis])
        columns = np.flatnonzero(inside.any(axis=0))
        shape = (len(rows), len(timed.doses))
        own = self.columns
        parts = (own.basis.astype("U6"), own.cap, own.step, own.duration_h, self.entry)
        one = Doses(timed.given_h[rows], given[rows], *(np.broadcast_to(part, shape) for part in parts))
        return of_columns(one, columns, inside[:, columns])

    def _pending(self, rows: Integers, until: Floats, arrives: Floats, over: Floats) -> Bools:
        """Return in which rows a dose has begun to arrive before `until` and is not all in then."""
        ends = until[:, np.newaxis]
        found: Bools = np.any((arrives < ends) & (over > ends), axis=1)
        hours = self.compiled.hours_per_time
        for change in self.changes:
            if change.kind != "reset" and change.amount:
                # Doses of before a steady state that wait for their lag arrive after it.
                entry = entries(self.compiled, [change.drug], [change.route])
                _, last = self.legs.arrivals(rows, entry, np.array([[change.time_h]]), np.array([change.duration_h]))
                found |= (change.time_h / hours < until) & (last[:, 0] >= until)
        return found


def _no_dose(changes: tuple[StateChange, ...]) -> DoseEvents:
    """Return no dose, with changes of the state."""
    none, number = np.empty(0), np.empty(0, dtype=np.int64)
    return DoseEvents(none, (), none, (), none, none, (), none, number, number, changes=changes)

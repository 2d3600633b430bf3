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
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents, DosePlan

if TYPE_CHECKING:
    from regimens.adherence.realise import Timed
    from regimens.engine import Tolerances
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters
    from regimens.regimen.changes import StateChange
    from regimens.regimen.planned import PlannedDose
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
        horizon_h: float,
        changes: tuple[StateChange, ...] = (),
    ) -> None:
        self.compiled, self.observables, self.horizon_h, self.changes = compiled, observables, horizon_h, changes
        self.legs = Legs(compiled, people, DosePlan((_no_dose(changes),)), observables, tolerances)
        self.safe, self.ahead = self.legs.begin(), self.legs.begin()
        self.ahead.time[:] = np.nan
        self.decided_h = np.full(people.subjects, -np.inf)
        self.sound = np.ones(people.subjects, dtype=bool)
        self.steps = np.zeros(2, dtype=np.int64)

    def to(self, now_h: Floats, rows: Integers, timed: Timed, given: Floats, looked_h: Floats, true: Floats) -> None:
        """Integrate the subjects `rows` beyond the decisions at `now_h` (rows,), and fill in `true` (subjects, decisions, looks) at
        all times of `looked_h` on the way; a subject that cannot be integrated sees nothing from then on.
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
            pending = self._pending(rows[some], until[some], arrives[some], over[some])
            doses = self._doses(rows[some], start.time[some], until[some], arrives[some], timed, given)
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
        for mine, new in (
            (self.safe.time, self.ahead.time),
            (self.safe.states, self.ahead.states),
            (self.safe.scales, self.ahead.scales),
        ):
            mine[moves] = new[moves]

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
        for mine, new in ((self.ahead.time, until), (self.ahead.states, leg.end.states), (self.ahead.scales, leg.end.scales)):
            mine[rows[kept]] = new[kept]
        self.ahead.time[rows[fine & ~kept]] = np.nan

    def _arrivals(self, rows: Integers, timed: Timed) -> tuple[Floats, Floats]:
        """Return when doses begin to arrive and when they are all in, in model time; infinite for doses that are not given."""
        due = timed.due_h[rows] < self.horizon_h
        columns = [dose.drug for dose in timed.doses], [dose.dose.route for dose in timed.doses]
        arrives, over = self.legs.arrivals(rows, *columns, np.where(due, timed.given_h[rows], np.inf), _durations(timed.doses))
        return arrives, over

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
        amounts = [dose.dose.amount for dose in timed.doses]
        shape = (len(rows), len(timed.doses))
        one = Doses(
            time_h=timed.given_h[rows],
            amount=given[rows],
            basis=np.broadcast_to(np.array([amount.basis for amount in amounts], dtype="U6"), shape),
            cap=np.broadcast_to([NO_CAP if amount.cap is None else float(amount.cap) for amount in amounts], shape),
            step=np.broadcast_to([NO_STEP if amount.step is None else float(amount.step) for amount in amounts], shape),
            duration_h=np.broadcast_to(_durations(timed.doses), shape),
            entry=np.broadcast_to(
                entries(self.compiled, [dose.drug for dose in timed.doses], [dose.dose.route for dose in timed.doses]), shape
            ),
        )
        return of_columns(one, columns, inside[:, columns])

    def _pending(self, rows: Integers, until: Floats, arrives: Floats, over: Floats) -> Bools:
        """Return in which rows a dose has begun to arrive before `until` and is not all in then."""
        ends = until[:, np.newaxis]
        found: Bools = np.any((arrives < ends) & (over > ends), axis=1)
        hours = self.compiled.hours_per_time
        for change in self.changes:
            if change.kind != "reset" and change.amount:
                # Doses of before a steady state that wait for their lag arrive after it.
                times = np.array([change.time_h]), np.array([change.duration_h])
                _, last = self.legs.arrivals(rows, [change.drug], [change.route], times[0][np.newaxis], times[1])
                found |= (change.time_h / hours < until) & (last[:, 0] >= until)
        return found


def _durations(doses: tuple[PlannedDose, ...]) -> Floats:
    return np.array([float(dose.dose.duration) for dose in doses])


def _no_dose(changes: tuple[StateChange, ...]) -> DoseEvents:
    """Return no dose, with changes of the state."""
    none, number = np.empty(0), np.empty(0, dtype=np.int64)
    return DoseEvents(none, (), none, (), none, none, (), none, number, number, changes=changes)


def dose_plan(timed: Timed, given: Floats, horizon_h: float, arm: str = "", changes: tuple[StateChange, ...] = ()) -> DosePlan:
    """Return the doses of all subjects that are due before the horizon; those not given have the amount 0."""
    time_h = np.where(timed.due_h < horizon_h, timed.given_h, np.inf)
    alike = np.ascontiguousarray(np.concatenate([time_h, np.where(np.isfinite(time_h), given, 0.0)], axis=1))
    whole = alike.view(np.dtype((np.void, alike.dtype.itemsize * alike.shape[1])))[:, 0]
    _, first, which = np.unique(whole, return_index=True, return_inverse=True)
    sets = tuple(_events(timed, time_h[row], given[row], arm, changes) for row in first)
    return DosePlan(sets) if len(sets) == 1 else DosePlan(sets, which.astype(np.int64))


def _events(timed: Timed, time_h: Floats, given: Floats, arm: str, changes: tuple[StateChange, ...]) -> DoseEvents:
    order = np.argsort(time_h, kind="stable")
    order = order[np.isfinite(time_h[order])]
    doses = [timed.doses[place] for place in order]
    amounts = [dose.dose.amount for dose in doses]
    return DoseEvents(
        time_h=time_h[order],
        drug=tuple(dose.drug for dose in doses),
        amount=given[order],
        basis=tuple(amount.basis for amount in amounts),
        cap=np.array([NO_CAP if amount.cap is None else float(amount.cap) for amount in amounts], dtype=float),
        step=np.array([NO_STEP if amount.step is None else float(amount.step) for amount in amounts], dtype=float),
        route=tuple(dose.dose.route for dose in doses),
        duration_h=np.array([float(dose.dose.duration) for dose in doses], dtype=float),
        cycle=np.array([dose.cycle for dose in doses], dtype=np.int64),
        number=np.array([dose.number for dose in doses], dtype=np.int64),
        arm=arm,
        changes=changes,
    )

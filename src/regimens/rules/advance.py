"""Integrating subjects from one decision to the next, from the state that each had at the decision before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine import simulate
from regimens.engine.kernel import kernel_of
from regimens.engine.trajectories import OK
from regimens.model.expression import TIME, Name, names_in
from regimens.regimen.events import NO_CAP, NO_STEP, DoseEvents, DosePlan

if TYPE_CHECKING:
    from regimens.adherence.realise import Timed
    from regimens.engine import Tolerances
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters
    from regimens.regimen.changes import StateChange
    from regimens.rules.ladder import Bools, Floats, Integers


class Advance:
    """Subjects of one model, each integrated up to a time of its own.

    Where doses that were given before still wait for their lag or run in, a subject goes on from an earlier time. A subject of a
    model that reads the time itself, or that hides a state behind an observable of that name, always begins at 0 h. `changes`
    are what the plan does to the state besides doses.
    """

    def __init__(
        self,
        compiled: CompiledModel,
        people: Parameters,
        tolerances: Tolerances,
        observables: tuple[str, ...],
        changes: tuple[StateChange, ...] = (),
    ) -> None:
        self.compiled, self.people, self.tolerances = compiled, people, tolerances
        self.observables, self.changes = observables, changes
        self.initial = compiled.initial(_ordered(compiled, people))
        self.from_h, self.states = np.zeros(people.subjects), self.initial.copy()
        self.sound = np.ones(people.subjects, dtype=bool)
        self.goes_on = _can_go_on(compiled)
        self.least = np.array([0.0 if state.nonnegative else -np.inf for state in compiled.model.states])
        self.lag_h = _lags(compiled, people)

    def to(self, until_h: Floats, rows: Integers, timed: Timed, given: Floats, looked_h: Floats, true: Floats) -> None:
        """Integrate the subjects `rows` up to `until_h` (rows,), and fill in `true` (subjects, decisions, looks) at all times of
        `looked_h` on the way; a subject that cannot be integrated sees nothing from then on.
        """
        sound = self.sound[rows]
        rows, until_h = rows[sound], until_h[sound]
        if not len(rows):
            return
        from_h = self.from_h[rows]
        looks = looked_h[rows].reshape(len(rows), -1)
        with np.errstate(invalid="ignore"):
            wanted = (looks >= from_h[:, np.newaxis]) & (looks <= until_h[:, np.newaxis])
        wanted &= np.isnan(true[rows].reshape(len(rows), -1))
        count = int(wanted.sum(axis=1).max(initial=0))
        times = np.sort(np.where(wanted, looks, until_h[:, np.newaxis]), axis=1)[:, :count]
        times = np.concatenate([times, until_h[:, np.newaxis]], axis=1)
        read = simulate(
            self.compiled,
            self.people[rows],
            self._doses(rows, from_h, until_h, timed, given),
            times - from_h[:, np.newaxis],
            observables=(*self.observables, *self.compiled.states),
            tolerances=self.tolerances,
            threads=1,
            start=self.states[rows],
        )
        self._fill(rows, wanted, looks, times, read.values, true)
        fine = read.status == OK
        self._save(rows[fine], until_h[fine], read.values[fine, -1, len(self.observables) :], timed, given)
        again = ~fine & (from_h > 0.0)
        self.sound[rows[~fine & ~again]] = False
        if np.any(again):
            self.from_h[rows[again]], self.states[rows[again]] = 0.0, self.initial[rows[again]]
            self.to(until_h[again], rows[again], timed, given, looked_h, true)

    def _save(self, rows: Integers, until_h: Floats, states: Floats, timed: Timed, given: Floats) -> None:
        """Let subjects go on from these states, except where a dose is on its way.

        A state that is all but gone may be below zero by its error of integration, which its size at a new start would not allow.
        """
        if self.goes_on:
            kept = ~self._pending(rows, until_h, timed, given)
            self.states[rows[kept]] = np.maximum(states[kept], self.least)
            self.from_h[rows[kept]] = until_h[kept]

    def _fill(self, rows: Integers, wanted: Bools, looks: Floats, times: Floats, values: Floats, true: Floats) -> None:
        flat = true.reshape(len(true), -1)
        for entry in np.flatnonzero(wanted.any(axis=0)):
            mine = np.flatnonzero(wanted[:, entry])
            place = np.sum(times[mine] < looks[mine, entry, np.newaxis], axis=1)
            flat[rows[mine], entry] = values[mine, place, entry % len(self.observables)]

    def _doses(self, rows: Integers, from_h: Floats, until_h: Floats, timed: Timed, given: Floats) -> DosePlan:
        given_h = timed.given_h[rows]
        inside = (given_h >= from_h[:, np.newaxis]) & (given_h < until_h[:, np.newaxis]) & (given[rows] > 0.0)
        return _plan(timed, np.where(inside, given_h - from_h[:, np.newaxis], np.inf), given[rows], "", from_h, self.changes)

    def _pending(self, rows: Integers, until_h: Floats, timed: Timed, given: Floats) -> Bools:
        """Return in which rows a dose given before `until_h` is not all in yet."""
        inputs = self.compiled.inputs
        entry = [inputs[dose.drug, dose.dose.route] for dose in timed.doses]
        over = np.array([float(dose.dose.duration) for dose in timed.doses])
        given_h = timed.given_h[rows]
        until = until_h[:, np.newaxis]
        before = (given_h < until) & (given[rows] > 0.0)
        # A dose that comes in at this very moment is left to the next block, so it may not be of this one.
        found: Bools = np.any(before & (given_h + over + self.lag_h[rows][:, entry] >= until), axis=1)
        for change in self.changes:
            if change.kind != "reset" and change.amount:
                # Doses of before a steady state that wait for their lag arrive after it.
                lag = self.lag_h[rows, inputs[change.drug, change.route]]
                found |= (change.time_h < until_h) & (change.time_h + lag + change.duration_h >= until_h)
        return found


def dose_plan(timed: Timed, given: Floats, horizon_h: float, arm: str = "", changes: tuple[StateChange, ...] = ()) -> DosePlan:
    """Return the doses of all subjects that are due before the horizon; those not given have the amount 0."""
    time_h = np.where(timed.due_h < horizon_h, timed.given_h, np.inf)
    return _plan(timed, time_h, given, arm, np.zeros(len(given)), changes)


def _plan(timed: Timed, time_h: Floats, given: Floats, arm: str, from_h: Floats, changes: tuple[StateChange, ...]) -> DosePlan:
    """Return the doses of all subjects from the times `from_h` (subjects,) on, where their `time_h` are counted from; doses at an
    infinite time are left out.
    """
    begins = from_h[:, np.newaxis] if changes else np.zeros((len(from_h), 1))
    alike = np.ascontiguousarray(np.concatenate([begins, time_h, np.where(np.isfinite(time_h), given, 0.0)], axis=1))
    whole = alike.view(np.dtype((np.void, alike.dtype.itemsize * alike.shape[1])))[:, 0]
    _, first, which = np.unique(whole, return_index=True, return_inverse=True)
    sets = tuple(_events(timed, time_h[row], given[row], arm, _after(changes, float(from_h[row]))) for row in first)
    return DosePlan(sets) if len(sets) == 1 else DosePlan(sets, which.astype(np.int64))


def _after(changes: tuple[StateChange, ...], from_h: float) -> tuple[StateChange, ...]:
    return tuple(replace(change, time_h=change.time_h - from_h) for change in changes if change.time_h >= from_h)


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


def _ordered(compiled: CompiledModel, people: Parameters) -> Floats:
    """Return (subjects, parameters) in the model's order."""
    order = [people.names.index(name) for name in compiled.parameters]
    return np.ascontiguousarray(people.values[:, order])


def _lags(compiled: CompiledModel, people: Parameters) -> Floats:
    """Return the lag of every input (subjects, inputs; h)."""
    inputs = len(compiled.model.inputs)
    table = kernel_of(compiled).table(_ordered(compiled, people))
    lags: Floats = table[:, len(compiled.states) + inputs :] * compiled.hours_per_time
    return lags


def _can_go_on(compiled: CompiledModel) -> bool:
    """Return whether subjects can go on from a state that was read: no formula reads the time, and all states can be read."""
    model = compiled.model
    formulas = [
        *(state.rate for state in model.states),
        *(definition.formula for definition in model.definitions),
        *(observable.formula for observable in model.observables),
    ]
    hidden = [o for o in model.observables if o.name in compiled.states and o.formula != Name(o.name)]
    return not hidden and not any(TIME in names_in(formula) for formula in formulas)

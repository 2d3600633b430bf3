"""The timeline of each subject: doses, ends of infusions, changes of the state and the end of the simulation as one row of
actions sorted by time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.changes import ADDED, NONE, RESET, Changes, pending
from regimens.engine.given import Doses, Floats, Integers, Mask, Reaching, alike, in_persons, rows_of
from regimens.errors import ModelError

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters


@dataclass(frozen=True)
class Timeline:
    """Actions in ascending model time; arrays are (rows, actions) with one row a subject or one for all.

    With n states, a `target` below n is the state to which `value` is added; n + i means that the infusion rate into state i
    becomes `value`; 2 n is the end; 2 n + 1 + i means that state i becomes `value`; 3 n + 1 means that what is known of the
    subject is saved at the place `value`. `sound` (subjects,) is False where a time or an amount is not a finite number.
    """

    time: Floats
    target: Integers
    value: Floats
    sound: Mask


def timeline(
    compiled: CompiledModel,
    parameters: Parameters,
    doses: Doses,
    changes: Changes,
    table: Floats,
    end: Floats,
    numbers: Integers,
) -> Timeline:
    """Return the actions of some subjects.

    `table` (subjects, columns) is the kernel's table of the subjects, `end` (subjects,) the model time at which they end,
    `numbers` (subjects,) their numbers in messages. An action at or after the end does not happen. At one time infusions end,
    then states change, then doses are given. Changes at 0 h are part of the start (`changes.initial_states`) and no actions.

    Raises ModelError where the lag or the bioavailability of a dose is negative. One that is not a number makes its subject
    unsound.
    """
    states = len(compiled.states)
    shares = table[:, states:]
    persons, again = in_persons(parameters, doses), in_persons(parameters, changes.doses)
    each = (doses.time_h, doses.duration_h, persons, doses.entry, shares, end)
    repeated = (changes.time_h, changes.doses.duration_h, again, changes.doses.entry)
    count = 1 if changes.alike(table[:, :states]) and all(alike(part) for part in (*each, *repeated)) else len(table)
    table, shares, end = table[:count], shares[:count], end[:count]
    given = Reaching.of(compiled, persons, doses, shares, numbers)
    repeats = Reaching.of(compiled, again, changes.doses, shares, numbers)
    _check_constant(compiled, changes, repeats)
    parts = [_given(compiled, doses, changes, given)]
    parts += [_still_pending(compiled, changes, repeats, place) for place in range(changes.kind.shape[1])]
    sound = np.all(np.isfinite(repeats.amount + repeats.lag) | ~repeats.real, axis=1)
    with np.errstate(all="ignore"):
        sound = sound & np.all(np.isfinite(given.amount + parts[0].start + parts[0].whole) | ~given.real, axis=1)
    arrivals = Arrivals.joined(parts, count)
    ends = (end[:, np.newaxis], np.full((len(end), 1), 2 * states), np.zeros((len(end), 1)))
    acted = (ends, *_changed(compiled, changes, table), *arrivals.actions(states))
    return _sorted(list(acted), end, np.broadcast_to(sound, (len(numbers),)))


def _check_constant(compiled: CompiledModel, changes: Changes, repeats: Reaching) -> None:
    """Raise ModelError for a constant infusion into an input that keeps the rate and takes a share of it."""
    constant = repeats.real & (changes.interval_h > 0.0) & (changes.doses.duration_h == changes.interval_h)
    if np.any(constant & (repeats.stretch != 1.0)):
        raise ModelError(
            f"Model '{compiled.model.name}': a constant infusion is given into an input that keeps the rate, and whose "
            "bioavailability is not 1. It must be 1 there."
        )


@dataclass(frozen=True)
class Arrivals:
    """Boluses and infusions with their times, (rows, doses) in model time.

    `start` to `stop` is what happens of a dose, `whole` the length of an infusion if nothing cuts it short, 0 for a bolus;
    `happens` is False where there is no dose.
    """

    start: Floats
    stop: Floats
    whole: Floats
    amount: Floats
    into: Integers
    happens: Mask

    @classmethod
    def joined(cls, parts: list[Arrivals], count: int) -> Arrivals:
        """Return the columns of several, with `count` rows."""
        names = cls.__dataclass_fields__
        return cls(*(np.concatenate([rows_of(getattr(part, name), count) for part in parts], axis=1) for name in names))

    def actions(self, states: int) -> list[Part]:
        """Return the actions of all boluses, then those of the infusions into each state."""
        infused = self.happens & (self.whole > 0.0)
        boluses = (np.where(self.happens & ~infused, self.start, np.inf), self.into, self.amount)
        return [
            boluses,
            *(_rates(states, state, infused & (self.into == state), self) for state in np.unique(self.into[infused])),
        ]


def _given(compiled: CompiledModel, doses: Doses, changes: Changes, given: Reaching) -> Arrivals:
    """Return when the doses arrive; a later reset or steady state cuts infusions short and cancels what has not arrived."""
    hours = compiled.hours_per_time
    with np.errstate(all="ignore"):
        start = doses.time_h / hours + given.lag
        duration_h = doses.duration_h * given.stretch
        stop = (doses.time_h + duration_h) / hours + given.lag
        length = np.broadcast_to(duration_h / hours, start.shape)
    if not changes.kind.shape[1]:
        return Arrivals(start, stop, length, given.amount, given.into, given.real)
    until = changes.until(doses.time_h) / hours
    stop = np.minimum(stop, until)
    return Arrivals(start, stop, length, given.amount, given.into, given.real & (start < until))


def _still_pending(compiled: CompiledModel, changes: Changes, repeats: Reaching, place: int) -> Arrivals:
    """Return when the doses of a steady state arrive that were given before it."""
    hours = compiled.hours_per_time
    found = pending(changes, place, repeats, hours)
    until = changes.until(changes.time_h[:, place, np.newaxis], place) / hours
    start, stop = np.maximum(found.start, found.since), np.minimum(found.stop, until)
    length = changes.doses.duration_h[:, place, np.newaxis] * repeats.stretch[:, place, np.newaxis] / hours
    amount, into = repeats.amount[:, place, np.newaxis], repeats.into[:, place, np.newaxis]
    wide = (np.broadcast_to(part, start.shape) for part in (start, stop, length, amount, into, found.kept & (start < until)))
    return Arrivals(*wide)


def _changed(compiled: CompiledModel, changes: Changes, table: Floats) -> list[Part]:
    """Return the actions of the changes after 0 h: each sets all states, or adds to all of them."""
    states = len(compiled.states)
    places = np.arange(states)
    parts: list[Part] = []
    for place in range(changes.kind.shape[1]):
        time, kind = (array[:, place, np.newaxis] for array in (changes.time_h, changes.kind))
        happens = (kind != NONE) & (time > 0.0)
        value = np.where(kind == RESET, table[:, :states], changes.states[:, place])
        target = np.where(kind == ADDED, places, 2 * states + 1 + places)
        when = np.where(happens, time / compiled.hours_per_time, np.inf) + np.zeros(states)
        parts.append((rows_of(when, len(table)), rows_of(target, len(table)), rows_of(value, len(table))))
    return parts


Part = tuple[Floats, Integers, Floats]
"""Times, targets and values of some actions, each (rows, actions)."""


def _rates(states: int, state: int, mine: Mask, arrivals: Arrivals) -> Part:
    """Return the total infusion rate into a state from each start and each end of one of `mine` on."""
    with np.errstate(all="ignore"):
        rate = np.where(mine, arrivals.amount / np.where(mine, arrivals.whole, 1.0), 0.0)
    # Ends stand before starts, so that infusions back to back do not add up for an instant.
    time = np.concatenate([np.where(mine, arrivals.stop, np.inf), np.where(mine, arrivals.start, np.inf)], axis=1)
    change = np.concatenate([-rate, rate], axis=1)
    running = np.concatenate([-mine.astype(np.int64), mine.astype(np.int64)], axis=1)
    order = np.argsort(time, axis=1, kind="stable")
    time, change, running = (np.take_along_axis(a, order, axis=1) for a in (time, change, running))
    total = np.where(np.cumsum(running, axis=1) == 0, 0.0, np.cumsum(change, axis=1))
    return time, np.full(time.shape, states + state), total


def _sorted(parts: list[Part], end: Floats, sound: Mask) -> Timeline:
    """Put actions in order of time, at equal times in the order of `parts`; drop those after the end of the last subject."""
    time, target, value = (np.concatenate(np.atleast_2d(*arrays), axis=1) for arrays in zip(*parts, strict=True))
    order = np.argsort(time, axis=1, kind="stable")
    width = int(np.max(np.sum(time < end[:, np.newaxis], axis=1))) + 1
    time, target, value = (np.take_along_axis(a, order, axis=1)[:, :width] for a in (time, target, value))
    return Timeline(np.ascontiguousarray(time), np.ascontiguousarray(target, dtype=np.int64), np.ascontiguousarray(value), sound)

"""One leg of a run that is made in parts: from where subjects start to a later time each, from which the next leg goes on.

A leg that ends where the whole run stops anyway, just before a dose, takes the steps of the whole run: its values are those of
the whole run to the last bit, and so are those of the legs after it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.blocks import Start, Subjects
from regimens.engine.changes import NONE, read_changes
from regimens.engine.checks import checked_people
from regimens.engine.kernel import kernel_of
from regimens.engine.running import Settings, run
from regimens.engine.settling import settle
from regimens.engine.trajectories import OK, Floats, Integers, Tolerances
from regimens.model.declaration import KEEPS_RATE
from regimens.regimen.events import DosePlan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from regimens.engine.given import Doses, Mask
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters


@dataclass(frozen=True, eq=False)
class Leg:
    """What a leg gives: `values` (subjects, times, readouts), NaN after a subject stopped; the `end`, from which the next leg
    goes on; the status codes; and the steps, accepted and rejected.
    """

    values: Floats
    end: Start
    status: Integers
    steps: Integers


class Legs:
    """Legs of subjects of one model. `changes` is a plan whose changes of the state all subjects have; its doses are not read."""

    def __init__(
        self, compiled: CompiledModel, people: Parameters, changes: DosePlan, readouts: Sequence[str], tolerances: Tolerances
    ) -> None:
        self.compiled, self.people = compiled, checked_people(compiled, people)
        self.plan, self.changes = changes, read_changes(compiled, changes)
        self.chosen = np.array([compiled.readouts.index(name) for name in readouts], dtype=np.int64)
        self.settings = Settings(tolerances, 1)
        self.table = kernel_of(compiled).table(self.people.values)

    def begin(self) -> Start:
        """Return where all subjects start at 0 h."""
        return Start.at_zero(self.table[:, : len(self.compiled.states)].copy())

    def arrivals(self, rows: Integers, entry: Integers, time_h: Floats, duration_h: Floats) -> tuple[Floats, Floats]:
        """Return when doses given to the subjects `rows` at `time_h` (1 or rows, doses) begin to arrive, and when they are all
        in, in model time; `entry` (doses,) are the places of their inputs, `duration_h` (doses,) how long they are infused.
        """
        inputs, first, hours = self.compiled.model.inputs, len(self.compiled.states), self.compiled.hours_per_time
        lag, available = (self.table[rows][:, first + place + entry] for place in (len(inputs), 0))
        keeps_rate = np.array([each.infusion == KEEPS_RATE for each in inputs], dtype=bool)[entry]
        return time_h / hours + lag, (time_h + duration_h * np.where(keeps_rate, available, 1.0)) / hours + lag

    def run(self, rows: Integers, start: Start, doses: Doses, times: Floats, until: Floats) -> Leg:
        """Integrate the subjects `rows` from their `start` to `until` (rows,), and read them at `times` (rows, times), both in
        model time. `doses` has those that arrive from the start on.
        """
        hours, changes = self.compiled.hours_per_time, self.changes
        before = changes.time_h / hours < start.time[:, np.newaxis]
        kind = np.where(before, NONE, np.broadcast_to(changes.kind, before.shape))
        changes = replace(changes, kind=kind, interval_h=np.broadcast_to(changes.interval_h, before.shape))
        plan = DosePlan(self.plan.sets, np.zeros(len(rows), dtype=np.int64))
        people, ends = self.people[rows], np.nextafter(until * hours, np.inf)
        changes, settled = settle(self.compiled, people, plan, changes, ends[:, np.newaxis], self.settings)
        subjects = Subjects(people, doses, changes, start, rows)
        output = np.concatenate([times, until[:, np.newaxis]], axis=1)
        found = run(self.compiled, subjects, output, self.chosen, self.settings)
        if settled is not None:
            found.status[:] = np.where(settled.status > 0, settled.status, found.status)
        for row in np.flatnonzero(found.status != OK):
            found.out[row, found.written[row] :] = np.nan
        steps = np.array([found.accepted.sum(), found.rejected.sum()])
        return Leg(found.out[:, :-1], Start(until, found.end_states, found.end_scales), found.status, steps)


def of_columns(doses: Doses, columns: Integers, real: Mask) -> Doses:
    """Return some columns of doses, and of these the doses where `real` (rows, columns)."""
    found = {name: getattr(doses, name)[:, columns] for name in doses.__dataclass_fields__}
    return replace(doses, **{**found, "entry": np.where(real, found["entry"], -1)})

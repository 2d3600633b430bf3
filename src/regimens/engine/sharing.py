"""Every subject under every one of several sets of doses: what sets have in common at their start is integrated once.

A set of doses leaves another one, its parent, after the doses that both begin with. There the parent's subjects are saved as they
are, with their measures, and those of the set go on from them. At a dose the integration chooses its step size anew, so the
results equal those of `simulate` bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from regimens.engine.blocks import BLOCK_ACTIONS, Block, Programme, Results, Start, integrate
from regimens.engine.changes import Changes, read_changes
from regimens.engine.checks import checked_people
from regimens.engine.given import Doses, read_doses
from regimens.engine.kernel import kernel_of, measuring_of, saved_slots
from regimens.engine.measures import Measure, Measures
from regimens.engine.running import Settings
from regimens.engine.simulation import check_measures, check_times, chosen_readouts, simulate
from regimens.engine.timeline import Timeline, timeline
from regimens.engine.trajectories import Floats, Integers, Tolerances, Trajectories
from regimens.model.parameters import Parameters
from regimens.regimen.events import DoseEvents, DosePlan

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel

MOST_SAVED = 1 << 22
"""Largest number of saved numbers of a block of subjects, which bounds them to 32 MB."""


def simulate_sets(
    compiled: CompiledModel,
    parameters: Parameters,
    sets: Sequence[DoseEvents],
    times_h: Floats | Sequence[float],
    *,
    observables: Sequence[str],
    measures: Sequence[Measure] = (),
    tolerances: Tolerances = Tolerances(),  # noqa: B008 - a frozen value
    threads: int | None = None,
) -> Trajectories:
    """Return what `simulate` does of every subject under every set of doses: row `set x subjects + subject`.

    Sets with infusions, state changes or several inputs, and `times_h` that differ between subjects, share nothing.
    """
    if np.ndim(times_h) == 2 or not all(map(_plain, sets)) or len({way for each in sets for way in _ways(each)}) > 1:
        everyone, plan = tiled(parameters, len(sets)), DosePlan(tuple(sets), np.repeat(np.arange(len(sets)), parameters.subjects))
        return simulate(
            compiled, everyone, plan, times_h, observables=observables, measures=measures, tolerances=tolerances, threads=threads
        )
    times = check_times(times_h, parameters.subjects)
    chosen, wanted = chosen_readouts(compiled, tuple(observables)), Measures.of(measures)
    check_measures(compiled, wanted, times)
    people, settings = checked_people(compiled, parameters), Settings(tolerances, threads)
    kernel, hours = kernel_of(compiled), compiled.hours_per_time
    measuring = measuring_of(compiled, wanted) if wanted.measures else None
    programme = Programme(kernel, measuring, wanted.numbers(hours), tolerances, hours)
    run = _Run(compiled, programme, people, kernel.table(people.values), times / hours, chosen, wanted, settings.workers)
    return run.of(tuple(sets)).trajectories(times[0], tuple(observables), wanted, hours)


def tiled(people: Parameters, count: int) -> Parameters:
    """Return the people so many times, one after the other."""
    return Parameters(
        people.names, *(np.concatenate([part] * count) for part in (people.values, people.weight_kg, people.bsa_m2))
    )


def _plain(events: DoseEvents) -> bool:
    return not events.changes and not np.any(events.duration_h > 0.0) and bool(np.all(np.diff(events.time_h) > 0.0))


def _ways(events: DoseEvents) -> set[tuple[str, str]]:
    return set(zip(events.drug, events.route, strict=True))


@dataclass
class Branch:
    """One set of doses from the place on where it leaves its parent: `doses` are those that both begin with.

    `parent` is the place of the parent among all sets, -1 for a set that starts at 0; `round` is one more than that of the
    parent; `left` are the numbers of doses after which other sets leave this one.
    """

    parent: int = -1
    doses: int = 0
    round: int = 0
    left: set[int] = field(default_factory=set)


def branches_of(sets: Sequence[DoseEvents], most: Sequence[int]) -> list[Branch]:
    """Return the branch of every set. Sets share at most so many doses with others: `most` of each set."""
    found = [Branch() for _ in sets]
    root: dict[object, Any] = {}
    for place in sorted(range(len(sets)), key=lambda place: (-len(sets[place]), place)):
        one, mine, node = sets[place], found[place], root
        doses = zip(one.time_h, one.amount, one.basis, one.cap, one.step, strict=True)
        for number, dose in enumerate(doses, 1):
            if number > most[place]:
                break
            if dose in node:
                mine.parent, node = node[dose]
                mine.doses = number
            else:
                node[dose] = (place, {})
                node = node[dose][1]
    for mine in found:
        if mine.parent >= 0:
            found[mine.parent].left.add(mine.doses)
    for place in sorted(range(len(sets)), key=lambda place: (-len(sets[place]), place)):
        mine = found[place]
        mine.round = 0 if mine.parent < 0 else found[mine.parent].round + 1
    return found


@dataclass(frozen=True, eq=False)
class _Run:
    """What does not depend on the sets: the model, its machine code, the people, their table, and what is read and measured."""

    compiled: CompiledModel
    programme: Programme
    people: Parameters
    table: Floats
    times: Floats
    chosen: Integers
    measures: Measures
    workers: int

    def of(self, sets: tuple[DoseEvents, ...]) -> Results:
        """Return the results of all sets."""
        plan = DosePlan(sets, np.arange(len(sets)))
        doses, changes = read_doses(self.compiled, plan), read_changes(self.compiled, DosePlan(sets[:1]))
        branches = branches_of(sets, self._arriving(doses))
        rounds = [[place for place, one in enumerate(branches) if one.round == number] for number in range(len(sets))]
        slots = saved_slots(len(self.compiled.states), self.measures.slots)
        actions = max(sum(len(sets[place]) + 2 for place in among) for among in rounds if among)
        saved = sum(len(one.left) for one in branches) * slots
        each = max(8, min(BLOCK_ACTIONS // actions, MOST_SAVED // max(1, saved)))
        whole = Results.of(
            len(sets) * self.people.subjects, self.times.shape[1], len(self.compiled.states), self.chosen, self.measures
        )
        for first in range(0, self.people.subjects, each):
            some = slice(first, min(first + each, self.people.subjects))
            block = _Blocked(self, some, doses, changes, branches, slots)
            for among in rounds:
                if among:
                    block.integrate(among)
            block.copy_to(whole)
        return whole

    def _arriving(self, doses: Doses) -> list[int]:
        """Return how many doses of every set arrive before the end in everybody: only these can be shared."""
        inputs = len(self.compiled.model.inputs)
        lags = self.table[:, len(self.compiled.states) + inputs :]
        entry = int(doses.entry.max(initial=-1))
        latest = 0.0 if entry < 0 else float(np.max(lags[:, entry]))
        arrives = (doses.entry >= 0) & (doses.time_h / self.compiled.hours_per_time + latest < self.times[0, -1])
        return [int(count) for count in arrives.sum(axis=1)]


class _Blocked:
    """Some subjects under all sets, round by round: every set comes after its parent."""

    def __init__(self, run: _Run, some: slice, doses: Doses, changes: Changes, branches: Sequence[Branch], slots: int) -> None:
        self.run, self.some, self.doses, self.changes, self.branches = run, some, doses, changes, branches
        self.people, self.table = run.people[some], run.table[some]
        places = [(place, number) for place, one in enumerate(branches) for number in sorted(one.left)]
        self.kept = {where: index * self.count for index, where in enumerate(places)}
        self.saved = np.full((len(places) * self.count, slots), np.nan)
        self.results = Results.of(
            len(branches) * self.count, run.times.shape[1], len(run.compiled.states), run.chosen, run.measures
        )

    @property
    def count(self) -> int:
        """The number of subjects."""
        return self.people.subjects

    def integrate(self, among: Sequence[int]) -> None:
        """Integrate some sets from where they leave their parents."""
        run, count = self.run, self.count
        rows = (np.array(among)[:, np.newaxis] * count + np.arange(count)).ravel()
        people, table = tiled(self.people, len(among)), np.concatenate([self.table] * len(among))
        end = np.broadcast_to(run.times[:, -1], (len(table),))
        numbers = np.tile(np.arange(count) + (self.some.start or 0), len(among))
        plan = timeline(run.compiled, people, self._rest(among), self.changes, table, end, numbers)
        resumed = np.full(len(rows), -1, dtype=np.int64)
        results = Results.of(len(rows), run.times.shape[1], len(run.compiled.states), run.chosen, run.measures)
        for index, place in enumerate(among):
            one, own = self.branches[place], slice(index * count, (index + 1) * count)
            if one.parent >= 0:
                resumed[own] = self.kept[one.parent, one.doses] + np.arange(count)
                results.out[own] = self.results.out[one.parent * count : (one.parent + 1) * count]
        initial = np.where(plan.sound[:, np.newaxis], table[:, : len(run.compiled.states)], np.nan)
        start = Start.at_zero(np.ascontiguousarray(initial))
        block = Block(slice(0, len(rows)), people.values, start, self._saving(plan, among), run.times, self.saved, resumed)
        integrate(run.programme, block, results, run.workers)
        for name in _EACH:
            getattr(self.results, name)[rows] = getattr(results, name)
        for index, place in enumerate(among):
            self._as_parent(place, resumed[index * count : (index + 1) * count])

    def _as_parent(self, place: int, resumed: Integers) -> None:
        """Let the subjects of a set end as those of the parent did that stopped before they could be saved."""
        parent = self.branches[place].parent
        if parent < 0:
            return
        stopped = np.flatnonzero(np.isnan(self.saved[resumed, 0]))
        for name in _EACH:
            values = getattr(self.results, name)
            values[place * self.count + stopped] = values[parent * self.count + stopped]

    def _rest(self, among: Sequence[int]) -> Doses:
        """Return the doses of some sets that come after those of their parents, a row for every set and subject."""
        given = np.array([self.branches[place].doses for place in among])
        left = (self.doses.entry[among] >= 0).sum(axis=1) - given
        columns = given[:, np.newaxis] + np.arange(max(left.max(), 0))
        beyond = columns >= (given + left)[:, np.newaxis]
        columns = np.minimum(columns, max(self.doses.time_h.shape[1] - 1, 0))

        def taken(part: np.ndarray) -> np.ndarray:
            return np.repeat(np.take_along_axis(part[among], columns, axis=1), self.count, axis=0)

        found = Doses(*(taken(getattr(self.doses, name)) for name in Doses.__dataclass_fields__))
        if np.all(self.doses.basis == "flat"):
            found = replace(found, basis=np.full((1, 1), "flat"))
        return replace(found, entry=np.where(np.repeat(beyond, self.count, axis=0), -1, found.entry))

    def _saving(self, plan: Timeline, among: Sequence[int]) -> Timeline:
        """Return the timeline of some sets with actions that save their subjects where other sets leave them."""
        if not any(self.branches[place].left for place in among):
            return plan
        width, count = plan.time.shape[1], self.count
        orders = [list(self._order(place, width)) for place in among]
        longest = max(map(len, orders))
        source = np.array([[column for column, _ in order] + [width - 1] * (longest - len(order)) for order in orders])
        kept = np.array([[place for _, place in order] + [-1] * (longest - len(order)) for order in orders])
        source, kept = np.repeat(source, count, axis=0), np.repeat(kept, count, axis=0)
        wide = (len(source), width)
        time, value = (np.take_along_axis(np.broadcast_to(part, wide), source, axis=1) for part in (plan.time, plan.value))
        target = np.take_along_axis(np.broadcast_to(plan.target, wide), source, axis=1)
        saves = kept >= 0
        value[saves] = (kept + np.tile(np.arange(count), len(among))[:, np.newaxis])[saves]
        target[saves] = 3 * len(self.run.compiled.states) + 1
        return Timeline(time, target, value, plan.sound)

    def _order(self, place: int, width: int) -> Iterator[tuple[int, int]]:
        """Yield each column of a timeline, and -1; after a dose at which other sets leave, it again with the place to save at."""
        one = self.branches[place]
        for column in range(width):
            yield column, -1
            number = one.doses + column + 1
            if number in one.left:
                yield column, self.kept[place, number]

    def copy_to(self, whole: Results) -> None:
        """Copy the results of these subjects into those of all."""
        sets = len(self.branches)
        for name in _EACH:
            part, all_of_them = getattr(self.results, name), getattr(whole, name)
            all_of_them.reshape(sets, -1, *part.shape[1:])[:, self.some] = part.reshape(sets, self.count, *part.shape[1:])


_EACH = ("out", "status", "accepted", "rejected", "written", "stopped", "measured")
"""The arrays of `Results` with a row for each subject."""

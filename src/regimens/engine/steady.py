"""Steady states: the states that come back after every interval of a dose repeated for ever, for each subject.

The period map takes the states just before a dose to those one interval later. A model whose rates are linear in its states has
an affine map x -> A x + b: its columns are simulated, and (I - A) x = b is solved. For any other model the map is applied, from
the initial states on, until the states no longer change. Where they change slowly, Newton's method on the map goes the rest of
the way; it counts only if it ends where the changes so far lead, at a point that attracts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.engine.blocks import Subjects
from regimens.engine.changes import Changes, read_changes
from regimens.engine.given import read_doses
from regimens.engine.kernel import kernel_of
from regimens.engine.running import Settings, run
from regimens.engine.trajectories import BY_TIME, GROWS, OK, OSCILLATES, UNSETTLED, Floats, Integers, Tolerances
from regimens.regimen.events import DoseEvents, DosePlan

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters
    from regimens.regimen.changes import StateChange

MOST_INTERVALS = 1000
"""Largest number of intervals that are simulated in search of a steady state."""

WITHIN = 1e-6
"""How far a steady state found by iteration may be from the limit: this share of each state, or of LEAST_SHARE of the largest
magnitude that the state has within an interval."""

LEAST_SHARE = 1e-2

SETTLED_AT_ONCE = 1e-3
"""A change over one interval below this share of the tolerance ends the search without regard to how fast changes shrink."""

CHUNKS = (8, 16, 32, 64)
"""Intervals simulated in a row before the subjects that have settled are taken out; the last number goes on."""

READINGS = 4
"""Times at which an interval is read, to know how large the states are within it."""

BLOCK = 4096
"""Subjects searched at a time, which bounds working memory."""

ALMOST_ONE = 1.0 - 1e-6
"""A linear model with an eigenvalue of the period map above this has no steady state that can be solved for."""

LONGEST_CYCLE = 8
"""Largest number of intervals after which states may repeat for the search to call it an oscillation."""

SAME = 1e-2
"""States repeat after p intervals if they differ by less than this share of what changes over one."""

STEADY_GROWTH = 1e-6
"""Changes that differ by less than this share over the last chunk are a growth without bound."""

NEWTON_AFTER, NEWTON_STEPS = 24, 12
"""Intervals after which Newton's method is tried, at the end of each chunk, and the largest number of its steps."""

RAISED = 1e-4
"""Share of a state by which it is raised to find a column of the map's derivative."""

FURTHER = 3.0
"""Newton's method is distrusted if it ends further away than so many times the distance that the last changes suggest."""

FINER, FINEST = 0.1, 0.01
"""Factors of the tolerances for iteration, and for the columns of a linear map."""
LEAST_RTOL = 1e-11

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SteadyState:
    """The steady state of each subject, just before a dose.

    `states` is (subjects, states) in the order of the model's states, not a number where there is none; `intervals` (subjects,)
    the number of simulated intervals, 0 where it was solved exactly; `status` (subjects,) the codes of STATUS_WORDS.
    """

    states: Floats = field(repr=False)
    intervals: Integers
    status: Integers


@dataclass(frozen=True)
class Repeated:
    """Who gets which dose for ever: one row a search. `people` has the model's order of parameters, `which` (rows,) are the
    places of the rows' doses in `doses`, `numbers` (rows,) the numbers of the subjects in messages."""

    people: Parameters
    doses: tuple[StateChange, ...]
    which: Integers
    numbers: Integers

    def __getitem__(self, rows: slice | npt.NDArray[np.intp] | Mask) -> Repeated:
        """Return some rows."""
        return Repeated(self.people[rows], self.doses, self.which[rows], self.numbers[rows])


@dataclass(frozen=True)
class Search:
    """What a search needs besides its rows."""

    compiled: CompiledModel
    settings: Settings
    within: float
    most: int


def find(search: Search, repeated: Repeated) -> SteadyState:
    """Return the steady state of every row; no row depends on the others."""
    count, states = len(repeated.which), len(search.compiled.states)
    found = SteadyState(np.full((count, states), np.nan), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64))
    equations = search.compiled.equations
    if equations.by_time:
        found.status[:] = BY_TIME
        return found
    linear = not any(equations.graph.varies(node) for node in equations.jacobian.values())
    for first in range(0, count, BLOCK):
        rows = np.arange(first, min(first + BLOCK, count))
        if linear:
            found.states[rows] = _solved(search, repeated[rows])
            rows = rows[np.isnan(found.states[rows]).any(axis=1)]
        if len(rows):
            found.states[rows], found.intervals[rows], found.status[rows] = _iterated(search, repeated[rows])
    found.states[:] = _from_zero(search.compiled, found.states)
    return found


def _from_zero(compiled: CompiledModel, states: Floats) -> Floats:
    """Return states (rows, states) with 0 in place of the small errors below zero of those that cannot be negative."""
    nonnegative = np.array([state.nonnegative for state in compiled.model.states])
    return np.where(nonnegative & (states < 0.0), 0.0, states)


def _solved(search: Search, repeated: Repeated) -> Floats:
    """Return the states (rows, states) that solve (I - A) x = b, not a number where that is not possible.

    Each row is simulated for one interval with the dose, from its initial states, and without the dose from these and from
    these with one state raised.
    """
    compiled, rows, n = search.compiled, len(repeated.which), len(search.compiled.states)
    initial = kernel_of(compiled).table(repeated.people.values)[:, :n]
    raised = np.maximum(np.abs(initial), 1.0)
    starts = np.repeat(initial[:, np.newaxis], n + 2, axis=1)
    starts[:, 2 + np.arange(n), np.arange(n)] += raised
    none = tuple(replace(dose, amount=0.0) for dose in repeated.doses)
    many = repeated[np.repeat(np.arange(rows), n + 2)]
    which = many.which + np.where(np.arange(rows * (n + 2)) % (n + 2) == 0, 0, len(none))
    many = Repeated(many.people, repeated.doses + none, which, many.numbers)
    ends, _ = _periods(replace(search, settings=_finer(search.settings, FINEST)), many, starts.reshape(-1, n), 1)
    ends = ends[:, -1].reshape(rows, n + 2, n)
    matrix = np.swapaxes(ends[:, 2:] - ends[:, 1:2], 1, 2) / raised[:, np.newaxis]
    constant = ends[:, 0] - np.einsum("rij,rj->ri", matrix, initial)
    states = np.full((rows, n), np.nan)
    good = np.flatnonzero(np.isfinite(ends).all(axis=(1, 2)))
    good = good[np.abs(np.linalg.eigvals(matrix[good])).max(axis=1, initial=0.0) < ALMOST_ONE]
    states[good] = np.linalg.solve(np.eye(n) - matrix[good], constant[good][..., np.newaxis])[..., 0]
    return states


def _iterated(search: Search, repeated: Repeated) -> tuple[Floats, Integers, Integers]:
    """Return states (rows, states), numbers of intervals and status codes of every row by repeating the dose."""
    compiled, count, n = search.compiled, len(repeated.which), len(search.compiled.states)
    search = replace(search, settings=_finer(search.settings, FINER))
    now = kernel_of(compiled).table(repeated.people.values)[:, :n].copy()
    found, intervals = np.full((count, n), np.nan), np.zeros(count, dtype=np.int64)
    status, largest = np.full(count, UNSETTLED, dtype=np.int64), np.abs(now)
    left = np.arange(count)
    for chunk in _chunks(search.most):
        read, codes = _periods(search, repeated[left], now[left], chunk)
        largest[left] = np.fmax(largest[left], np.nanmax(np.abs(read), axis=1, initial=0.0))
        ends = np.concatenate([now[left, np.newaxis], read[:, READINGS - 1 :: READINGS]], axis=1)
        path = Path.of(ends, largest[left])
        settled = path.settled(search.within)
        done = settled > 0
        codes = np.where(done, OK, np.where(codes != OK, codes, path.verdict(search.within)))
        rows, steps = left[done], settled[done]
        found[rows], status[left] = ends[done, steps], codes
        intervals[left] += np.where(done, settled, chunk)
        now[left] = ends[:, -1]
        slow = np.flatnonzero((codes == UNSETTLED) & (intervals[left] >= NEWTON_AFTER) & (path.ahead > 0.0))
        if len(slow):
            rows = left[slow]
            found[rows], tried = _newton(search, repeated[rows], now[rows], largest[rows], path.ahead[slow])
            intervals[rows] += tried
            codes[slow] = np.where(np.isnan(found[rows]).any(axis=1), UNSETTLED, OK)
            status[rows] = codes[slow]
        left = left[codes == UNSETTLED]
        if not len(left):
            break
    return found, intervals, status


def _newton(search: Search, repeated: Repeated, start: Floats, largest: Floats, ahead: Floats) -> tuple[Floats, Integers]:
    """Return the limits (rows, states) near `start`, not a number where Newton's method finds none that can be trusted, and
    the numbers of intervals simulated. `ahead` (rows,) is how far the limit is likely to be, as a share of the states.
    """
    count, n = start.shape
    search = replace(search, settings=_finer(search.settings, FINEST))
    found, intervals = np.full((count, n), np.nan), np.zeros(count, dtype=np.int64)
    now, left = start.copy(), np.arange(count)
    for _ in range(NEWTON_STEPS):
        ends, matrix = _derivative(search, repeated[left], now[left], largest[left])
        intervals[left] += n + 1
        radius = np.full(len(left), np.inf)
        sound = np.isfinite(matrix).all(axis=(1, 2)) & np.isfinite(ends).all(axis=1)
        radius[sound] = np.abs(np.linalg.eigvals(matrix[sound])).max(axis=1, initial=0.0)
        keep = radius < ALMOST_ONE
        left, ends, matrix = left[keep], ends[keep], matrix[keep]
        step = np.asarray(np.linalg.solve(np.eye(n) - matrix, (ends - now[left])[..., np.newaxis])[..., 0], dtype=np.float64)
        now[left] += step
        sizes = np.maximum(np.abs(now[left]), LEAST_SHARE * largest[left])
        near = Path.largest(now[left] - start[left], sizes) <= FURTHER * ahead[left] + search.within
        done = near & (Path.largest(step, sizes) <= search.within)
        found[left[done]] = now[left[done]]
        left = left[near & ~done]
        if not len(left):
            break
    return found, intervals


def _derivative(search: Search, repeated: Repeated, states: Floats, largest: Floats) -> tuple[Floats, Floats]:
    """Return the states one interval later (rows, states), and their derivative (rows, states, states) by the states before."""
    count, n = states.shape
    raised = RAISED * np.maximum(np.abs(states), LEAST_SHARE * largest)
    raised[raised == 0.0] = RAISED
    starts = np.repeat(states[:, np.newaxis], n + 1, axis=1)
    starts[:, 1 + np.arange(n), np.arange(n)] += raised
    read, _ = _periods(search, repeated[np.repeat(np.arange(count), n + 1)], starts.reshape(-1, n), 1)
    ends = read[:, -1].reshape(count, n + 1, n)
    return ends[:, 0], np.swapaxes(ends[:, 1:] - ends[:, :1], 1, 2) / raised[:, np.newaxis]


def _finer(settings: Settings, factor: float) -> Settings:
    """Return the settings with smaller tolerances: errors of one interval add up over those that the states remember."""
    given = settings.tolerances
    rtol = max(factor * given.rtol, min(given.rtol, LEAST_RTOL))
    return replace(settings, tolerances=Tolerances(rtol, given.atol * rtol / given.rtol, given.max_steps))


def _chunks(most: int) -> Iterator[int]:
    """Yield the numbers of intervals to simulate in a row, `most` in all."""
    left, place = most, 0
    while left > 0:
        yield min(left, CHUNKS[min(place, len(CHUNKS) - 1)])
        left -= CHUNKS[min(place, len(CHUNKS) - 1)]
        place += 1


def _periods(search: Search, repeated: Repeated, start: Floats, intervals: int) -> tuple[Floats, Integers]:
    """Return the states (rows, READINGS x intervals, states) while the dose is given so often, and the status codes."""
    compiled = search.compiled
    sets = tuple(_repeats(dose, intervals) for dose in repeated.doses)
    plan = DosePlan(sets, repeated.which)
    changes = read_changes(compiled, plan)
    changes = Changes(changes.kind, changes.interval_h, changes.doses, _from_zero(compiled, start)[:, np.newaxis])
    subjects = Subjects(repeated.people, read_doses(compiled, plan), changes, None, repeated.numbers)
    times_h = np.array([dose.interval_h for dose in repeated.doses])[repeated.which, np.newaxis]
    times_h = times_h * (np.arange(1, READINGS * intervals + 1) / READINGS)
    states = np.array(compiled.equations.read_states, dtype=np.int64)
    results = run(compiled, subjects, times_h / compiled.hours_per_time, states, search.settings)
    for row in np.flatnonzero(results.status != OK):
        results.out[row, results.written[row] :] = np.nan
    return results.out, results.status


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


@dataclass(frozen=True)
class Path:
    """The states of every row at the ends of a chunk of intervals (rows, 1 + intervals, states), first those at its start;
    `sizes` the magnitudes that changes are measured by; `steps` (rows, intervals) the largest change over each interval.
    """

    ends: Floats
    sizes: Floats
    steps: Floats

    @classmethod
    def of(cls, ends: Floats, largest: Floats) -> Path:
        """Return the path of states of which `largest` are the largest magnitudes."""
        sizes = np.maximum(np.abs(ends), LEAST_SHARE * largest[:, np.newaxis])
        return cls(ends, sizes, cls.largest(ends[:, 1:] - ends[:, :-1], sizes[:, 1:]))

    @staticmethod
    def largest(changes: Floats, sizes: Floats) -> Floats:
        """Return the largest relative change of a state; a state that was never anything but zero has none."""
        with np.errstate(all="ignore"):
            found: Floats = np.max(np.where(changes == 0.0, 0.0, np.abs(changes) / sizes), axis=-1, initial=0.0)
        return found

    @property
    def ahead(self) -> Floats:
        """How far the limit of each row is likely to be, 0 where changes do not shrink (see `settled`)."""
        back = min(4, self.steps.shape[1] - 1)
        if not back:
            return np.zeros(len(self.steps))
        with np.errstate(all="ignore"):
            factor = (self.steps[:, -1] / self.steps[:, -1 - back]) ** (1.0 / back)
            left: Floats = np.where(factor < 1.0, self.steps[:, -1] * factor / (1.0 - factor), 0.0)
        return left

    def settled(self, within: float) -> Integers:
        """Return after how many intervals each row is at its limit, 0 where it is not.

        If changes shrink by a factor q in an interval, a change d leaves d q / (1 - q) until the limit.
        """
        steps, count = self.steps, self.steps.shape[1]
        near = steps <= SETTLED_AT_ONCE * within
        for place in range(1, count):
            back = min(place, 4)
            with np.errstate(all="ignore"):
                factor = (steps[:, place] / steps[:, place - back]) ** (1.0 / back)
                left = steps[:, place] * factor / (1.0 - factor)
                near[:, place] |= (factor < 1.0) & (left <= within) & (steps[:, place] <= within)
        return np.where(near.any(axis=1), near.argmax(axis=1) + 1, 0)

    def verdict(self, within: float) -> Integers:
        """Return UNSETTLED for each row, or OSCILLATES or GROWS where the chunk shows that more intervals will not help."""
        found = np.full(len(self.ends), UNSETTLED, dtype=np.int64)
        count = self.steps.shape[1]
        if count < 2 * LONGEST_CYCLE:
            return found
        last = self.steps[:, -LONGEST_CYCLE:].max(axis=1)
        found[self._grows() & (last > within)] = GROWS
        for period in range(2, LONGEST_CYCLE + 1):
            again = self.largest(self.ends[:, period:] - self.ends[:, :-period], self.sizes[:, period:])
            found[(again[:, -LONGEST_CYCLE:].max(axis=1) <= SAME * last) & (last > within)] = OSCILLATES
        return found

    def _grows(self) -> Mask:
        """Return in which rows the state that changes most has changed as much over the last interval as over a middle one."""
        middle, rows = len(self.steps[0]) // 2, np.arange(len(self.ends))
        last, before = self.ends[:, -1] - self.ends[:, -2], self.ends[:, middle] - self.ends[:, middle - 1]
        with np.errstate(all="ignore"):
            fastest = np.argmax(np.abs(last) / self.sizes[:, -1], axis=1)
            even: Mask = np.abs(last[rows, fastest] / before[rows, fastest] - 1.0) <= STEADY_GROWTH
        return even

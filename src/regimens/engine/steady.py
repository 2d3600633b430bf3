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

from regimens.engine.kernel import kernel_of
from regimens.engine.path import LEAST_SHARE, Path
from regimens.engine.periods import READINGS, Repeated, derivative, from_zero, periods
from regimens.engine.trajectories import BY_TIME, OK, UNSETTLED, Floats, Integers, Tolerances

if TYPE_CHECKING:
    from regimens.engine.running import Settings
    from regimens.model.compile import CompiledModel

MOST_INTERVALS = 1000
"""Largest number of intervals that are simulated in search of a steady state."""

WITHIN = 1e-6
"""How far a steady state found by iteration may be from the limit: this share of each state, or of LEAST_SHARE of the largest
magnitude that the state has within an interval."""

CHUNKS = (8, 16, 32, 64)
"""Intervals simulated in a row before the subjects that have settled are taken out; the last number goes on."""

BLOCK = 4096
"""Subjects searched at a time, which bounds working memory."""

ALMOST_ONE = 1.0 - 1e-6
"""A linear model with an eigenvalue of the period map above this has no steady state that can be solved for."""

NEWTON_AFTER, NEWTON_STEPS = 24, 12
"""Intervals after which Newton's method is tried, at the end of each chunk, and the largest number of its steps."""

FURTHER = 3.0
"""Newton's method is distrusted if it ends further away than so many times the distance that the last changes suggest."""

FINER, FINEST = 0.1, 0.01
"""Factors of the tolerances for iteration, and for the columns of a linear map."""
LEAST_RTOL = 1e-11


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
    found.states[:] = from_zero(search.compiled, found.states)
    return found


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
    ends, _ = periods(compiled, _finer(search.settings, FINEST), many, starts.reshape(-1, n), 1)
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
    settings = _finer(search.settings, FINER)
    now = kernel_of(compiled).table(repeated.people.values)[:, :n].copy()
    found, intervals = np.full((count, n), np.nan), np.zeros(count, dtype=np.int64)
    status, largest = np.full(count, UNSETTLED, dtype=np.int64), np.abs(now)
    left = np.arange(count)
    for chunk in _chunks(search.most):
        read, codes = periods(compiled, settings, repeated[left], now[left], chunk)
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
    settings = _finer(search.settings, FINEST)
    found, intervals = np.full((count, n), np.nan), np.zeros(count, dtype=np.int64)
    now, left = start.copy(), np.arange(count)
    for _ in range(NEWTON_STEPS):
        ends, matrix = derivative(search.compiled, settings, repeated[left], now[left], largest[left])
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

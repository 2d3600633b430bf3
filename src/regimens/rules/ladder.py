"""The ladder: what rules decide, for many subjects at once, from what is seen of them and from what was decided before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.rules.caps import CapAt, StopAt
from regimens.rules.values import Change, Comparison, Give, Hold, Keep, Rules, Space, Stop

if TYPE_CHECKING:
    from fractions import Fraction

    from regimens.regimen.quantities import Amount, Duration

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NOTHING, HELD, RESUMED, RAISED, LOWERED, STOPPED, SPACED, GAVE, MISSED, OVER = range(10)
ACTIONS = (
    "as before",
    "held",
    "resumed",
    "raised",
    "lowered",
    "stopped",
    "interval changed",
    "dose of another drug",
    "not made: dose missed",
    "not made: stopped",
)
"""What came of a decision, by its code."""

NONE = -1
"""In place of a rule where none applies or holds."""


@dataclass(frozen=True, eq=False)
class State:
    """What was decided so far, a row a subject.

    `level` is the place of the amount, `held` the rule that holds doses (NONE where they are given), `stopped` whether doses
    have stopped, `stride` every how many-th slot has a dose, `left_out` the number of slots left out since the last dose that was
    given. Of each rule, (rows, rules), `streak` is at how many decisions in a row its comparisons held, no more than it needs,
    `used` how many doses of another drug it gave, and `used_h` when the last one (infinitely early where that does not matter).
    """

    level: Integers
    held: Integers
    stopped: Bools
    stride: Integers
    left_out: Integers
    streak: Integers
    used: Integers
    used_h: Floats

    def __getitem__(self, rows: Bools | Integers) -> State:
        """Return some rows."""
        return State(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def put(self, rows: Bools | Integers, other: State) -> State:
        """Return the state with `rows` replaced by those of another."""
        found = {name: getattr(self, name).copy() for name in self.__dataclass_fields__}
        for name, values in found.items():
            values[rows] = getattr(other, name)
        return State(**found)


@dataclass(frozen=True, eq=False)
class Decided:
    """A decision, a row a subject: the state after it, the place of the rule that was followed (or NONE), and what came of it."""

    state: State
    rule: Integers
    action: Integers


@dataclass(frozen=True)
class Ladder:
    """Rules with the planned amount of the drug that they are about (None where the plan has several).

    `grid` is the time between two slots, and `planned_stride` the number of slots from one planned dose to the next, both of
    rules that change the interval (see `slots.py`).
    """

    rules: Rules
    planned: Amount | None
    grid: Duration | None = None
    planned_stride: int = 1

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts by level; none where every dose is as planned."""
        return self.rules.amounts

    @cached_property
    def start(self) -> int:
        """The level of the planned amount, the nearest where it is none."""
        if not self.amounts or self.planned is None:
            return 0
        planned = self.planned.value
        return min(range(len(self.amounts)), key=lambda place: abs(self.amounts[place].value - planned))

    def begin(self, rows: int) -> State:
        """Return the state before any decision."""
        count = len(self.rules.ladder)
        return State(
            np.full(rows, self.start, dtype=np.int64),
            np.full(rows, NONE, dtype=np.int64),
            np.zeros(rows, dtype=bool),
            np.full(rows, self.planned_stride, dtype=np.int64),
            np.zeros(rows, dtype=np.int64),
            np.zeros((rows, count), dtype=np.int64),
            np.zeros((rows, count), dtype=np.int64),
            np.full((rows, count), -np.inf),
        )

    def highest(self, cycle: int) -> int:
        """Return the highest level that caps allow in an outermost cycle."""
        caps = [cap.amount.value for cap in self.rules.caps if isinstance(cap, CapAt) and cycle >= cap.cycle]
        allowed = [place for place, amount in enumerate(self.amounts) if not caps or amount.value <= min(caps)]
        return max(allowed, default=0)

    @cached_property
    def most(self) -> Fraction | None:
        """The total (IU or mg) at which doses stop; None where there is none."""
        return min((cap.total.value for cap in self.rules.caps if isinstance(cap, StopAt)), default=None)

    def decided(self, state: State, seen: Floats, may: Bools, now_h: Floats) -> Decided:
        """Return what is decided at `now_h` (rows,): `seen` (rows, looks) are measured values, NaN where there is none, `may`
        (rows, rules) says where what a rule waits for is over.

        The first rule that applies is followed. A rule that would change nothing does not apply: a rise at the highest level.
        While doses are held, only that rule and the rules above it that stop are looked at, and no decision counts for others.
        A change of the level or the interval, a hold and its end begin to count decisions in a row anew for all other rules.
        """
        rows = len(seen)
        met = np.stack([self._all(rule.when.all_of, seen) for rule in self.rules.ladder], axis=1)
        needed = np.array([rule.when.in_a_row for rule in self.rules.ladder])
        streak = np.where(met, np.minimum(state.streak + 1, needed), 0)
        fires = met & (streak >= needed) & may & ~state.stopped[:, np.newaxis]
        found = _Found(replace(state, streak=streak), np.full(rows, NONE, dtype=np.int64), np.zeros(rows, dtype=np.int64))
        for place, rule in enumerate(self.rules.ladder):
            free = found.open & (found.state.held == NONE) & fires[:, place]
            match rule:
                case Hold():
                    self._hold(found, place, rule, free, seen)
                case Stop():
                    found.follow(place, found.open & fires[:, place], STOPPED)
                case Change():
                    self._move(found, place, free, self._beyond(found.state.level, rule))
                case Keep():
                    self._keep(found, place, rule, seen, found.open & (found.state.held == NONE) & may[:, place])
                case Space():
                    stride = self.stride(rule)
                    found.follow(place, free & (found.state.stride != stride), SPACED)
                    found.state.stride[(found.rule == place) & (found.action == SPACED)] = stride
                case Give():
                    self._give(found, place, rule, free, now_h)
        found.state.stopped[found.action == STOPPED] = True
        begun_anew = np.isin(found.action, (HELD, RESUMED, RAISED, LOWERED, SPACED))
        for place, rule in enumerate(self.rules.ladder):
            goes_on = (found.action == HELD) & (place < found.rule) & isinstance(rule, Stop)
            found.state.streak[begun_anew & ~goes_on, place] = 0
        return Decided(found.state, found.rule, found.action)

    def stride(self, rule: Space) -> int:
        """Return the number of slots from one dose to the next that a rule sets."""
        assert self.grid is not None
        return int(rule.interval.hours / self.grid.hours)

    def _all(self, comparisons: tuple[Comparison, ...], seen: Floats) -> Bools:
        names = self.rules.observables
        held: Bools = np.ones(len(seen), dtype=bool)
        for each in comparisons:
            value = seen[:, names.index(each.observable)]
            with np.errstate(invalid="ignore"):
                met: Bools = value > float(each.limit) if each.side == "above" else value < float(each.limit)
            held = held & met
        return held

    def _hold(self, found: _Found, place: int, rule: Hold, free: Bools, seen: Floats) -> None:
        mine = found.open & (found.state.held == place)
        names = self.rules.observables
        looked = ~np.any(np.isnan(seen[:, [names.index(c.observable) for c in rule.when.all_of]]), axis=1)
        over = self._all(rule.resume, seen) if rule.resume else looked & ~self._all(rule.when.all_of, seen)
        found.follow(place, mine & ~over, HELD)
        found.follow(place, mine & over, RESUMED)
        found.follow(place, free, HELD)
        back = (found.rule == place) & (found.action == RESUMED)
        found.state.held[(found.rule == place) & (found.action == HELD)] = place
        found.state.held[back] = NONE
        if self.amounts:
            found.state.level[back] = np.clip(found.state.level[back] + rule.levels, 0, len(self.amounts) - 1)

    def _give(self, found: _Found, place: int, rule: Give, free: Bools, now_h: Floats) -> None:
        apart = 0.0 if rule.apart is None else float(rule.apart.hours)
        left = (found.state.used[:, place] < rule.times) & (now_h - found.state.used_h[:, place] >= apart)
        found.follow(place, free & left, GAVE)
        gave = (found.rule == place) & (found.action == GAVE)
        found.state.used[gave, place] += 1
        if rule.apart is not None:
            found.state.used_h[gave, place] = now_h[gave]

    def _beyond(self, level: Integers, rule: Change) -> Integers:
        """Return the levels after a change, never beyond the end of the ladder or of the rule."""
        values = [amount.value for amount in self.amounts]
        if rule.levels > 0:
            last = max((p for p, v in enumerate(values) if rule.to is None or v <= rule.to.value), default=0)
            return np.maximum(level, np.minimum(level + rule.levels, last))
        last = min((p for p, v in enumerate(values) if rule.to is None or v >= rule.to.value), default=len(values) - 1)
        return np.minimum(level, np.maximum(level + rule.levels, last))

    def _move(self, found: _Found, place: int, where: Bools, level: Integers) -> None:
        found.follow(place, where & (level > found.state.level), RAISED)
        found.follow(place, where & (level < found.state.level), LOWERED)
        moved = (found.rule == place) & np.isin(found.action, (RAISED, LOWERED))
        found.state.level[moved] = level[moved]

    def _keep(self, found: _Found, place: int, rule: Keep, seen: Floats, where: Bools) -> None:
        value = seen[:, self.rules.observables.index(rule.observable)]
        amounts = np.array([float(amount.value) for amount in self.amounts])
        with np.errstate(divide="ignore", invalid="ignore"):
            outside = (value < float(rule.low)) | (value > float(rule.high))
            wanted = amounts[found.state.level] * float(rule.middle) / np.maximum(value, 0.0)
            steps = np.clip(np.rint((wanted - amounts[0]) / float(rule.step.value)), 0, len(amounts) - 1)
        level = np.where(outside, steps, found.state.level).astype(np.int64)
        self._move(found, place, where & outside, level)


@dataclass
class _Found:
    """A decision that is being made; the arrays of `state` are its own."""

    state: State
    rule: Integers
    action: Integers

    def __post_init__(self) -> None:
        self.state = State(*(getattr(self.state, name).copy() for name in State.__dataclass_fields__))

    @property
    def open(self) -> Bools:
        """Where no rule was followed yet and doses have not stopped."""
        found: Bools = (self.rule == NONE) & ~self.state.stopped
        return found

    def follow(self, place: int, where: Bools, action: int) -> None:
        """Follow a rule in some rows."""
        chosen = where & self.open
        self.rule[chosen], self.action[chosen] = place, action

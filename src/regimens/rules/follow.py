"""Following rules: the doses that each subject gets where they depend on its curve, and the log of all decisions.

The engine integrates from decision to decision. All numbers of an arm are then those of the doses found here, simulated like
any other doses: so an arm in which no rule ever applies has the bytes of the arm without rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from regimens.adherence.ledger import (
    AS_PLANNED,
    HELD,
    RAISED,
    REASONS,
    REDUCED,
    REST_DRAWN,
    SPACED,
    STOPPED,
    STOPPED_BY_RULE,
)
from regimens.chance import streams
from regimens.rules.advance import Advance
from regimens.rules.dosecolumns import DoseColumns, dose_plan
from regimens.rules.ladder import GAVE, MISSED, NONE, OVER, Bools, Floats, Integers, State
from regimens.rules.optional import between_planned, timed_with_optional
from regimens.rules.timetable import Timetable, amounts_given, timetable
from regimens.rules.values import Give
from regimens.subject import amount_in_person

if TYPE_CHECKING:
    from regimens.adherence.realise import Timed
    from regimens.engine import Tolerances
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters
    from regimens.regimen.changes import StateChange
    from regimens.regimen.events import DosePlan
    from regimens.rules.guide import Guide
    from regimens.rules.slots import Slot

OPEN = np.isin(REASONS, (AS_PLANNED, REST_DRAWN))
"""Which of REASONS give way to what a rule did."""

ROUNDING = 1e-12
"""Share of a total by which its sum may be wrong."""


@dataclass(frozen=True, eq=False)
class Chance:
    """What the noise of looks depends on: a seed, and the number and the parameter draw of each subject (subjects,)."""

    seed: int
    subjects: Integers
    draws: Integers


@dataclass(frozen=True, eq=False)
class Log:
    """All decisions. Arrays are (subjects, decisions), those of looks (subjects, decisions, looks).

    `time_h` is NaN where a decision is not made; `true` and `seen` are values without and with noise, NaN where nothing is seen,
    `looked_h` when they were measured; `rule` is the place of the rule that was followed (-1: none), `action` a place in ACTIONS;
    `level`, `held`, `stopped` and `stride` are the state after the decision.
    """

    time_h: Floats
    looked_h: Floats
    true: Floats = field(repr=False)
    seen: Floats = field(repr=False)
    rule: Integers
    action: Integers
    level: Integers
    held: Integers
    stopped: Bools
    stride: Integers


@dataclass(frozen=True, eq=False)
class Followed:
    """What rules made of a plan: when doses are given and why, how much (subjects, doses), and the decisions.

    Doses that a rule gives have a column of their own, due at an infinite time where the rule never applied. `steps` of the
    integration that led to the decisions are accepted and rejected.
    """

    timed: Timed
    given: Floats
    log: Log
    changes: tuple[StateChange, ...] = ()
    steps: tuple[int, int] = (0, 0)

    def plan(self, horizon_h: float, arm: str = "") -> DosePlan:
        """Return the doses of all subjects, with what the plan does to their state besides."""
        return dose_plan(self.timed, self.given, horizon_h, arm, self.changes)


def follow(
    guide: Guide,
    timed: Timed,
    compiled: CompiledModel,
    people: Parameters,
    horizon_h: float,
    tolerances: Tolerances,
    chance: Chance | None = None,
    changes: tuple[StateChange, ...] = (),
) -> Followed:
    """Return the doses that subjects get by the rules of an arm, in one model.

    `timed` is when its doses are due and given, `people` who the subjects are, `chance` what noise depends on (None: no noise),
    `changes` what the plan does to the state besides doses. Every subject is decided on by its own curve and noise alone. The
    noise of a look depends on the seed, the subject, the parameter draw, the observable and the running number of the decision:
    not on the arm or the model.
    """
    timed = timed_with_optional(guide, timed)
    columns = DoseColumns.of(timed.doses)
    advance = Advance(compiled, people, tolerances, guide.rules.observables, columns, horizon_h, changes)
    course = _Course(guide, timed, advance, horizon_h)
    noise = _noise(guide, chance, len(timed.due_h))
    course.give(0)
    for decision in range(len(guide.decisions)):
        course.decide(decision, noise[:, decision])
        course.give(decision + 1)
    return course.followed()


def _noise(guide: Guide, chance: Chance | None, rows: int) -> Floats:
    """Return what true values are multiplied by when they are seen (rows, decisions, looks)."""
    looks, count = guide.rules.look_at, len(guide.decisions)
    factor = np.ones((rows, count, len(looks)))
    for place, look in enumerate(looks):
        if chance is not None and look.noise:
            drawn = streams(chance.seed, f"look {look.observable}", chance.subjects, chance.draws, count)
            factor[:, :, place] = np.exp(np.sqrt(np.log1p(look.noise**2)) * ndtri(drawn))
    return factor


class _Course:
    """An arm on its way: what was given and decided so far.

    `columns` are those of the planned doses of the drug, `slots` those of all times at which it may be given, in their order,
    `optional` the first column of each rule that gives another drug, by the place of the rule. `total` is what subjects got.
    """

    def __init__(self, guide: Guide, timed: Timed, advance: Advance, horizon_h: float) -> None:
        rows, count, looks = len(timed.due_h), len(guide.decisions), len(guide.rules.look_at)
        self.guide, self.advance, self.horizon_h = guide, advance, horizon_h
        gives = [(place, rule) for place, rule in enumerate(guide.rules.ladder) if isinstance(rule, Give)]
        between = len(timed.doses) - between_planned(guide)
        self.optional, first = {}, between - sum(rule.times for _, rule in gives)
        self.columns = [place for place, dose in enumerate(timed.doses[:first]) if dose.drug == guide.drug]
        for place, rule in gives:
            self.optional[place], first = first, first + rule.times
        extra = iter(range(between, len(timed.doses)))
        self.slots = [next(extra) if slot.after_h else self.columns[slot.planned] for slot in guide.slots]
        self.total, self.stopped_early = np.zeros(rows), timed.reason[:, self.columns] == REASONS.index(STOPPED)
        self.timed = replace(
            timed,
            planned_h=timed.planned_h.copy(),
            due_h=timed.due_h.copy(),
            given_h=timed.given_h.copy(),
            is_given=timed.is_given.copy(),
            reason=timed.reason.copy(),
        )
        self.given = timed.given
        self.table = self._table(horizon_h)
        self.state = guide.ladder.begin(rows)
        delay = np.array([float(look.delay.hours) for look in guide.rules.look_at])
        looked = self.table.time_h[:, :, np.newaxis] - delay
        with np.errstate(invalid="ignore"):
            self.looked_h = np.where(looked >= 0.0, looked, np.nan)
        self.true = np.full((rows, count, looks), np.nan)
        self.seen = np.full((rows, count, looks), np.nan)
        self.rule = np.full((rows, count), NONE, dtype=np.int64)
        self.action = np.zeros((rows, count), dtype=np.int64)
        self.after: list[State] = []

    def _table(self, horizon_h: float) -> Timetable:
        own, guide = self.columns, self.guide
        given_h, is_given = self.timed.given_h[:, own], self.timed.is_given[:, own]
        due_h, slot_h = self.timed.due_h[:, own], self.timed.given_h[:, self.slots]
        found = timetable(guide.rules, guide.doses, guide.decisions, due_h, given_h, is_given, slot_h)
        with np.errstate(invalid="ignore"):
            return replace(found, time_h=np.where(found.time_h < horizon_h, found.time_h, np.nan))

    def decide(self, decision: int, noise: Floats) -> None:
        """Look at every subject at one decision, and follow the first rule that applies."""
        made = ~np.isnan(self.table.time_h[:, decision])
        rows = np.flatnonzero(made & ~self.state.stopped)
        self.action[:, decision] = np.where(self.state.stopped, OVER, np.where(made, 0, MISSED))
        if len(rows):
            self.advance.to(self.table.time_h[rows, decision], rows, self.timed, self.given, self.looked_h, self.true)
            self.seen[rows, decision] = self.true[rows, decision] * noise[rows]
            now_h, may = self.table.time_h[rows, decision], self.table.may[rows, decision]
            decided = self.guide.ladder.decided(self.state[rows], self.seen[rows, decision], may, now_h)
            self.state = self.state.put(rows, decided.state)
            self.rule[rows, decision], self.action[rows, decision] = decided.rule, decided.action
            self._give_optional(rows, decision)
        self.after.append(self.state)

    def _give_optional(self, rows: Integers, decision: int) -> None:
        for place, first in self.optional.items():
            now = rows[(self.rule[rows, decision] == place) & (self.action[rows, decision] == GAVE)]
            columns = first + self.state.used[now, place] - 1
            self._add(now, columns, self.table.time_h[now, decision])
            self.given[now, columns] = self.advance.columns.amount[columns]

    def _add(self, rows: Integers, columns: Integers | int, time_h: Floats) -> None:
        """Give doses that the plan does not have."""
        for times in (self.timed.planned_h, self.timed.due_h, self.timed.given_h):
            times[rows, columns] = time_h
        self.timed.is_given[rows, columns] = True

    def give(self, block: int) -> None:
        """Set the amounts of the doses that follow so many decisions, and before the next."""
        amounts = np.array([float(amount.value) for amount in self.guide.ladder.amounts])
        for place, (column, slot) in enumerate(zip(self.slots, self.guide.slots, strict=True)):
            rows = np.flatnonzero(self.table.block[:, place] == block)
            if not len(rows):
                continue
            self._cap(rows, slot.dose.cycle)
            mine = self.state[rows]
            closed = mine.stopped | (mine.held != NONE)
            due, left_out = amounts_given(mine.level, closed, mine.stride, mine.left_out, slot.dose.number == 1)
            self.state.left_out[rows] = left_out
            planned = float(self.advance.columns.amount[column])
            wanted = amounts[mine.level] if len(amounts) else np.full(len(rows), planned)
            comes = self._comes(rows, column, slot)
            due &= ~self._stop_at_total(rows, column, due & comes, wanted)
            if slot.after_h:
                rows, wanted = rows[due & comes], wanted[due & comes]
                self._add(rows, column, self.timed.given_h[rows, column])
                self.given[rows, column] = wanted
                continue
            self.given[rows, column] = np.where(due & comes, wanted, 0.0)
            self._say_why(rows, column, self.state[rows], due, wanted, planned)

    def _comes(self, rows: Integers, column: int, slot: Slot) -> Bools:
        """Return who comes for a dose: between planned doses all who have not stopped for good."""
        between = ~self.stopped_early[rows, slot.planned] & (self.timed.given_h[rows, column] < self.horizon_h)
        found: Bools = between if slot.after_h else self.timed.is_given[rows, column]
        return found

    def _cap(self, rows: Integers, cycle: int) -> None:
        """Move subjects at a level above what caps allow down to the highest that is not."""
        highest = self.guide.ladder.highest(cycle)
        if self.guide.rules.caps and np.any(self.state.level[rows] > highest):
            self.state = replace(self.state, level=self.state.level.copy())
            self.state.level[rows] = np.minimum(self.state.level[rows], highest)

    def _stop_at_total(self, rows: Integers, column: int, given: Bools, wanted: Floats) -> Bools:
        """Return in which rows a dose would lead above the total at which doses stop; count the others."""
        most = self.guide.ladder.most
        if most is None:
            return np.zeros(len(rows), dtype=bool)
        own, people = self.advance.columns, self.advance.legs.people
        sizes = people.weight_kg[rows], people.bsa_m2[rows]
        basis = np.full(len(rows), own.basis[column], dtype="U6")
        amount = np.where(given, amount_in_person(wanted, basis, *sizes, own.cap[column], own.step[column]), 0.0)
        over: Bools = self.total[rows] + amount > float(most) * (1.0 + ROUNDING)
        self.total[rows] += np.where(over, 0.0, amount)
        if np.any(over):
            self.state = replace(self.state, stopped=self.state.stopped.copy())
            self.state.stopped[rows[over]] = True
        return over

    def _say_why(self, rows: Integers, column: int, state: State, due: Bools, wanted: Floats, planned: float) -> None:
        reason = self.timed.reason[rows, column]
        comes = self.timed.is_given[rows, column]
        why = np.select(
            [state.stopped, state.held != NONE, ~due, wanted < planned, wanted > planned],
            [REASONS.index(name) for name in (STOPPED_BY_RULE, HELD, SPACED, REDUCED, RAISED)],
            default=NONE,
        )
        # A dose that is missed stays missed. A late one stays late unless it is not given.
        changed = comes & (why != NONE) & (OPEN[reason] | ~due)
        self.timed.reason[rows[changed], column] = why[changed]

    def followed(self) -> Followed:
        """Return what was given and decided."""

        def after(name: str) -> np.ndarray:
            columns = [getattr(state, name) for state in self.after]
            return np.stack(columns, axis=1) if columns else np.zeros((len(self.given), 0), dtype=np.int64)

        log = Log(
            self.table.time_h,
            self.looked_h,
            self.true,
            self.seen,
            self.rule,
            self.action,
            after("level"),
            after("held"),
            after("stopped").astype(bool),
            after("stride"),
        )
        accepted, rejected = self.advance.steps.tolist()
        return Followed(self.timed, self.given, log, self.advance.changes, (accepted, rejected))

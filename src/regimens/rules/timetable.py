"""The timetable of rules: when doses are decided on in each subject, which doses follow from which decision, and from which
decision on each rule may apply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from regimens.rules.values import AS_PLANNED, AT_VISITS, BEFORE_CYCLE, BEFORE_DOSE, CYCLES, DOSES, Rules

if TYPE_CHECKING:
    from regimens.regimen.planned import PlannedDose
    from regimens.rules.ladder import Bools, Floats, Integers


@dataclass(frozen=True)
class Decision:
    """One decision of a plan: its planned time, and the place of the dose that it is made at (None: at a fixed time)."""

    time_h: Fraction
    dose: int | None


@dataclass(frozen=True, eq=False)
class Timetable:
    """The decisions on the doses of one drug.

    `time_h` (rows, decisions) has NaN where a decision is not made; `may` (rows, decisions, rules) says where what a rule waits
    for is over; `block` (rows, slots) is the number of decisions up to each slot, those that are not made included: 0 before
    the first.
    """

    time_h: Floats
    may: Bools
    block: Integers


def decisions_of(rules: Rules, doses: Sequence[PlannedDose], visits_h: Sequence[Fraction]) -> tuple[Decision, ...]:
    """Return the decisions on the planned doses of one drug, in order of time; none after the last dose.

    A first dose that is given as planned is not decided on: decisions come after it.
    """
    if not doses:
        return ()
    last, first = doses[-1].start, doses[0].start
    when = rules.decide
    if when.when == BEFORE_DOSE:
        found = [Decision(dose.start, place) for place, dose in enumerate(doses)]
    elif when.when == BEFORE_CYCLE:
        found = [Decision(dose.start, place) for place, dose in enumerate(doses) if dose.number == 1]
    elif when.when == AT_VISITS:
        found = [Decision(time, None) for time in sorted(set(visits_h)) if time <= last]
    else:
        assert when.interval is not None
        every = when.interval.hours
        found = [Decision(place * every, None) for place in range(int(last / every) + 1)]
    return tuple(each for each in found if rules.first_dose != AS_PLANNED or each.time_h > first)


def timetable(
    rules: Rules,
    doses: Sequence[PlannedDose],
    decisions: Sequence[Decision],
    due_h: Floats,
    given_h: Floats,
    is_given: Bools,
    slot_h: Floats,
) -> Timetable:
    """Return the timetable of subjects whose doses of the drug are due, given at, and given so, all (rows, doses); `slot_h`
    (rows, slots) is when a dose may come.

    A decision is made when its dose is given. One at a dose that is missed is not made, nor is one at a fixed time at which a
    dose is due that is missed, and none after the last dose that the subject comes for.
    """
    rows = len(due_h)
    last = np.max(np.where(is_given, given_h, -np.inf), axis=1, initial=-np.inf)
    time = np.empty((rows, len(decisions)))
    for place, each in enumerate(decisions):
        if each.dose is not None:
            time[:, place] = np.where(is_given[:, each.dose], given_h[:, each.dose], np.nan)
            continue
        at = float(each.time_h)
        missed = np.any((due_h == at) & ~is_given, axis=1) & ~np.any((given_h == at) & is_given, axis=1)
        time[:, place] = np.where(missed | (at > last), np.nan, at)
    made = ~np.isnan(time)
    block = np.zeros(slot_h.shape, dtype=np.int64)
    for place in range(len(decisions)):
        with np.errstate(invalid="ignore"):
            after = made[:, place, np.newaxis] & (slot_h >= time[:, place, np.newaxis])
        block = np.where(after, place + 1, block)
    return Timetable(time, _may(rules, doses, time, due_h), block)


def _may(rules: Rules, doses: Sequence[PlannedDose], time_h: Floats, due_h: Floats) -> Bools:
    """Return (rows, decisions, rules) where what a rule waits for is over."""
    may = np.ones((*time_h.shape, len(rules.ladder)), dtype=bool)
    ends = [list(group)[-1] for _, group in groupby(range(len(doses)), key=lambda place: doses[place].cycle)]
    for place, rule in enumerate(rules.ladder):
        after = rule.when.after
        if after is None:
            continue
        for decision in range(time_h.shape[1]):
            at = time_h[:, decision, np.newaxis]
            with np.errstate(invalid="ignore"):
                if after.of == CYCLES:
                    over = np.sum(due_h[:, ends] < at, axis=1) >= int(after.count)
                elif after.of == DOSES:
                    over = np.sum(due_h < at, axis=1) >= int(after.count)
                else:
                    over = at[:, 0] >= float(after.count)
            may[:, decision, place] = over
    return may


def amounts_given(
    state_level: Integers, held: Bools, stride: Integers, left_out: Integers, begins_cycle: bool
) -> tuple[Bools, Integers]:
    """Return in which rows a dose is given at the next slot, and how many slots were left out after it.

    With a stride of 2 every second slot has a dose; the first of a cycle always has.
    """
    due = np.ones(len(state_level), dtype=bool) if begins_cycle else left_out + 1 >= stride
    given = due & ~held
    return given, np.where(given, 0, np.where(held, left_out, left_out + 1))


def dose_given(held: bool, stride: int, left_out: int, begins_cycle: bool) -> tuple[bool, int]:
    """Return what `amounts_given` does for one subject."""
    given = (begins_cycle or left_out + 1 >= stride) and not held
    return given, 0 if given else left_out if held else left_out + 1

"""From the plan of an arm to the doses that each subject gets: rests drawn from their range, doses missed, late or not taken
after stopping early; or the doses of an earlier ledger again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from regimens.adherence.ledger import AS_PLANNED, COLUMNS, LATE, MISSED, REASONS, REST_DRAWN, STOPPED, Ledger
from regimens.chance import streams

if TYPE_CHECKING:
    import pandas as pd

    from regimens.regimen import DoseEvents, Regimen
    from regimens.regimen.planned import PlannedDose
    from regimens.subject import Floats

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class RealLife:
    """How given doses differ from planned ones: probabilities, and hours.

    `missed` is the probability that a dose is missed; `after_a_miss` replaces it where the dose before was missed (None: the
    same). `late` is the probability that a dose that is given is late, by a time uniform on (0, `up_to_h`]. `stop_early` is
    the probability that a subject stops at one of the doses, each with the same probability.
    """

    missed: float = 0.0
    after_a_miss: float | None = None
    late: float = 0.0
    up_to_h: float = 0.0
    stop_early: float = 0.0


@dataclass(frozen=True)
class Adherence:
    """Why the doses of subjects differ: `drawn` is the plan with rests that are still ranges, drawn for each subject and
    cycle; `real_life` is how given doses differ from planned ones; `ledger` has doses that are given again as they are there.
    """

    drawn: Regimen | None = None
    real_life: RealLife | None = None
    ledger: Ledger | None = field(default=None, repr=False)


AS_IN_THE_PLAN = RealLife()


@dataclass(frozen=True, eq=False)
class Realised:
    """What the subjects of one arm get: `events` of each subject in order, and the `ledger` of all of them.

    `cut` counts the doses of a replayed ledger, of these subjects, that were given at or after the horizon and are left out.
    """

    events: tuple[DoseEvents, ...] = field(repr=False)
    ledger: Ledger
    cut: int = 0


@dataclass(frozen=True, eq=False)
class Timed:
    """When the doses of a plan are due and given. Arrays are (subjects, doses), doses sorted by drug, then time.

    `planned_h` is when the plan has them (one row for all, or one each), `given_h` when they are given, or were due if they are
    not; `reason` are places in REASONS.
    """

    doses: tuple[PlannedDose, ...]
    planned_h: Floats
    due_h: Floats
    given_h: Floats
    is_given: npt.NDArray[np.bool_]
    reason: Integers

    @property
    def amounts(self) -> Floats:
        """The planned amounts (doses,; IU or mg, per kg or per m2 where that is their basis)."""
        return np.array([float(dose.dose.amount.value) for dose in self.doses])

    @property
    def given(self) -> Floats:
        """The amounts given if they are those of the plan (subjects, doses)."""
        return np.where(self.is_given, self.amounts, 0.0)


@dataclass(frozen=True)
class _Chance:
    """What random numbers depend on: a seed, the numbers of the subjects, and the parameter draw of each."""

    seed: int
    subjects: Integers
    draws: Integers

    def of(self, purpose: str, length: int) -> Floats:
        return streams(self.seed, purpose, self.subjects, self.draws, length)


def realise(
    arm_name: str,
    regimen: Regimen,
    adherence: Adherence,
    horizon_h: float,
    seed: int,
    subjects: Sequence[int] | Integers,
    draws: Sequence[int] | Integers | int = 0,
) -> Realised:
    """Return what the subjects of these numbers, of the parameter draws of these numbers, get of one arm before `horizon_h`.

    `regimen` is the plan with its rests resolved. What happens to a subject depends on the seed, the subject, the parameter
    draw (each draw has subjects of its own) and the dose (drug and running number) alone: not on the arm's name, on other
    arms, on how the schedule is written, or on how many subjects there are. So a subject who stops early does so in every arm.

    - A rest that is a range takes a whole number of days, each with the same probability, drawn for every subject and every
      time the rest comes.
    - A subject who stops early stops at one of the doses before the horizon, each with the same probability: that dose and
      all that are due at the same time or later, of every drug, are 'stopped'.
    - A dose is 'missed' with its probability, which depends on whether the dose of that drug before it was missed.
    - What comes before 0 h is as it is planned: a start at steady state is that of doses that were all given.
    - A dose that is given may be 'late', by less than the time until the next planned dose of that drug (less the time of an
      infusion). One that would come at or after the horizon is not given; its reason stays 'late'.

    Doses that are not given stay in the events with the amount 0 at the time they were due; doses due at or after the horizon
    have none. The doses of a ledger are given again as they are there, up to the horizon, for the subjects it has, the same in
    every parameter draw.
    """
    who = np.asarray(subjects, dtype=np.int64)
    if adherence.ledger is not None:
        return _replayed(arm_name, adherence.ledger, horizon_h, who)
    chance = _Chance(seed, who, np.broadcast_to(np.asarray(draws, dtype=np.int64), who.shape))
    rows = ledger_rows(arm_name, _timed(regimen, adherence, horizon_h, chance), horizon_h)
    # Subjects of several draws may have one number; their place tells them apart.
    events = tuple(replace(own, changes=regimen.changes) for own in Ledger(rows).events(0, len(who), arm_name))
    return Realised(events, Ledger(rows.assign(subject=who[rows["subject"].to_numpy()])))


def _replayed(arm_name: str, ledger: Ledger, horizon_h: float, who: Integers) -> Realised:
    first, count = (int(who.min()), int(np.ptp(who)) + 1) if len(who) else (0, 0)
    late = ledger.rows[(ledger.rows["given_h"] >= horizon_h) & (ledger.rows["given"] > 0)]
    kept = ledger.before(horizon_h)
    events = kept.events(first, count, arm_name)
    return Realised(
        tuple(events[subject - first] for subject in who),
        kept.of(first, count, arm_name),
        int(np.isin(late["subject"].to_numpy(), who).sum()),
    )


def timed(
    regimen: Regimen,
    adherence: Adherence,
    horizon_h: float,
    seed: int,
    subjects: Sequence[int] | Integers,
    draws: Sequence[int] | Integers | int = 0,
) -> Timed:
    """Return when the doses of a plan are due to subjects and given, as `realise` describes; arguments are as there."""
    who = np.asarray(subjects, dtype=np.int64)
    return _timed(
        regimen, adherence, horizon_h, _Chance(seed, who, np.broadcast_to(np.asarray(draws, dtype=np.int64), who.shape))
    )


def _timed(regimen: Regimen, adherence: Adherence, horizon_h: float, chance: _Chance) -> Timed:
    plan, doses = adherence.drawn or regimen, doses_of(regimen, adherence)
    planned_h = np.array([[float(dose.start) for dose in _by_drug(regimen)]])
    if adherence.drawn is None and adherence.real_life is None:
        due_h = np.repeat(planned_h, len(chance.subjects), axis=0)
        return Timed(doses, planned_h, due_h, due_h, due_h < horizon_h, np.full(due_h.shape, REASONS.index(AS_PLANNED)))
    due_h = _due(plan, doses, chance)
    reason = np.where(due_h == planned_h, REASONS.index(AS_PLANNED), REASONS.index(REST_DRAWN))
    given_h, is_given = _deviating(doses, due_h, reason, adherence.real_life or AS_IN_THE_PLAN, horizon_h, chance)
    return Timed(doses, planned_h, due_h, given_h, is_given, reason)


def ledger_rows(arm_name: str, timed: Timed, horizon_h: float, given: Floats | None = None, model: str = "") -> pd.DataFrame:
    """Return the rows of a ledger, sorted by subject and time; subjects are numbered by their place.

    `given` (subjects, doses) are the amounts given, those of the plan if not said; `model` is the one whose curves rules looked
    at. Doses due at or after the horizon have no row.
    """
    import pandas as pd

    doses, given_h = timed.doses, timed.given_h
    # Columns are sorted by drug and the sort is stable, so that doses at one time stand in the order of their drugs.
    order = np.argsort(given_h, axis=1, kind="stable")
    subject, place = np.nonzero(np.take_along_axis(timed.due_h < horizon_h, order, axis=1))
    dose = order[subject, place]
    amounts = timed.given if given is None else given
    cap = _column(doses, lambda dose: _or_blank(dose.dose.amount.cap), float)
    step = _column(doses, lambda dose: _or_blank(dose.dose.amount.step), float)
    columns = (
        np.full(len(dose), arm_name, dtype=object),
        subject,
        _column(doses, lambda dose: dose.drug)[dose],
        _column(doses, lambda dose: dose.cycle, np.int64)[dose],
        _column(doses, lambda dose: dose.number, np.int64)[dose],
        np.broadcast_to(timed.planned_h, given_h.shape)[subject, dose],
        given_h[subject, dose],
        timed.amounts[dose],
        amounts[subject, dose],
        _column(doses, lambda dose: dose.dose.amount.basis)[dose],
        cap[dose],
        step[dose],
        _column(doses, lambda dose: dose.dose.route)[dose],
        _column(doses, lambda dose: float(dose.dose.duration), float)[dose],
        np.array(REASONS, dtype=object)[timed.reason[subject, dose]],
        np.full(len(dose), model, dtype=object),
    )
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def doses_of(regimen: Regimen, adherence: Adherence) -> tuple[PlannedDose, ...]:
    """Return the doses of a plan in the order of the columns of `Timed`: by drug, then time."""
    return tuple(_by_drug(adherence.drawn or regimen))


def _by_drug(regimen: Regimen) -> list[PlannedDose]:
    return sorted(regimen.earliest(), key=lambda dose: dose.drug)


def _column(doses: Sequence[PlannedDose], of: Callable[[PlannedDose], object], dtype: npt.DTypeLike = object) -> npt.NDArray[Any]:
    return np.array([of(dose) for dose in doses], dtype=dtype)


def _or_blank(value: Fraction | None) -> float:
    return np.nan if value is None else float(value)


def _due(plan: Regimen, doses: Sequence[PlannedDose], chance: _Chance) -> Floats:
    """Return when each dose is due (subjects, doses; h): exact, then rounded once."""
    due = np.empty((len(chance.subjects), len(doses)))
    passed, days = _rests(plan, chance)
    for column, dose in enumerate(doses):
        counts, which = np.unique(days[dose.drug][:, dose.ranges], return_inverse=True)
        base = dose.start + passed[dose.drug][dose.ranges]
        due[:, column] = np.array([float(base + 24 * int(count)) for count in counts])[which]
    return due


def _rests(plan: Regimen, chance: _Chance) -> tuple[dict[str, list[Fraction]], dict[str, Integers]]:
    """Return by drug, for every number of ranges passed: hours from all shortest ends to the first whole days (exact), and
    (subjects, ranges + 1) how many days more each subject rested in all of them.
    """
    passed: dict[str, list[Fraction]] = {}
    days: dict[str, Integers] = {}
    for drug in plan.drugs:
        hours, extra = [Fraction(0)], [np.zeros(len(chance.subjects), dtype=np.int64)]
        ranges = plan.ranges(drug)
        drawn = chance.of(f"rest {drug}", len(ranges))
        for index, rest in enumerate(ranges):
            lengths = rest.whole_days
            hours.append(hours[-1] + 24 * lengths[0] - rest.shortest.hours)
            extra.append(extra[-1] + (drawn[:, index] * len(lengths)).astype(np.int64))
        passed[drug], days[drug] = hours, np.array(extra).T
    return passed, days


def _deviating(
    doses: Sequence[PlannedDose], due_h: Floats, reason: Integers, life: RealLife, horizon_h: float, chance: _Chance
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return when each dose is given, or was due (h), and whether it is given, both (subjects, doses).

    `reason` (subjects, doses), places in REASONS, is changed in place where a dose is missed, late or stopped.
    """
    given_h = due_h.copy()
    stopped = due_h >= _stop(due_h, life, horizon_h, chance)[:, np.newaxis]
    for drug in dict.fromkeys(dose.drug for dose in doses):
        own = [column for column, dose in enumerate(doses) if dose.drug == drug]
        missed = np.zeros(len(due_h), dtype=bool)
        misses, delayed, delay = (chance.of(f"{purpose} {drug}", len(own)) for purpose in ("missed", "late", "late by"))
        for number, column in enumerate(own):
            again = life.missed if life.after_a_miss is None else life.after_a_miss
            missed = misses[:, number] < np.where(missed, again, life.missed)
            late = (delayed[:, number] < life.late) & ~missed & ~stopped[:, column]
            room = _room(due_h, own, number, float(doses[column].dose.duration))
            given_h[late, column] += (delay[:, number] * np.minimum(life.up_to_h, room))[late]
            reason[missed, column] = REASONS.index(MISSED)
            reason[late, column] = REASONS.index(LATE)
    reason[stopped] = REASONS.index(STOPPED)
    is_given = (given_h < horizon_h) & (reason != REASONS.index(MISSED)) & ~stopped
    return np.where(is_given, given_h, due_h), is_given


def _room(due_h: Floats, own: Sequence[int], number: int, duration_h: float) -> Floats:
    """Return the time from the end of one dose of a drug to its next one (subjects,; h), infinite after the last."""
    if number + 1 == len(own):
        return np.full(len(due_h), np.inf)
    return due_h[:, own[number + 1]] - due_h[:, own[number]] - duration_h


def _stop(due_h: Floats, life: RealLife, horizon_h: float, chance: _Chance) -> Floats:
    """Return when each subject stops (subjects,; h); infinite for those who do not."""
    never = np.full(len(due_h), np.inf)
    if not life.stop_early or not due_h.shape[1]:
        return never
    before = np.sort(np.where(due_h < horizon_h, due_h, np.inf), axis=1)
    at = (chance.of("stops at", 1)[:, 0] * np.sum(before < np.inf, axis=1)).astype(np.int64)
    return np.where(chance.of("stops early", 1)[:, 0] < life.stop_early, before[np.arange(len(before)), at], never)

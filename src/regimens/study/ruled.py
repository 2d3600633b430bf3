"""Arms with rules: their doses in each model, what is kept of them, and the check that their ledger gives the same curves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.adherence.ledger import REASONS, Ledger
from regimens.adherence.ledgerfile import ledger_of_csv
from regimens.adherence.realise import Adherence, Timed, doses_of, ledger_rows, timed
from regimens.engine import simulate
from regimens.regimen import DosePlan
from regimens.rules.follow import Chance, Followed, follow
from regimens.rules.ladder import ACTIONS, MISSED, NONE, OVER
from regimens.rules.optional import with_optional
from regimens.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

    from regimens.engine import Tolerances
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters
    from regimens.population.draw import Runs
    from regimens.regimen import DoseEvents
    from regimens.rules.guide import Guide
    from regimens.statistics import Floats
    from regimens.study.study import Study, StudyArm
    from regimens.work import Result

LOGGED = 200
"""Subjects whose decisions and doses are written down one by one: the first of the first parameter draw."""

REPLAYED = 20
"""Subjects of every arm with rules and model whose ledger is simulated again in each run."""

ON_HOLD, STOPPED = -1, -2
"""In place of a level where doses are held, or have stopped."""

DECISIONS = Table(
    "decisions",
    "decision on the doses of a subject and observable that it looked at",
    (
        Column("arm", "arm"),
        Column("model", "model"),
        Column("draw", "parameter draw, from 0"),
        Column("subject", "subject, from 0"),
        Column("decision", "decision, from 1"),
        Column("time_h", "when it was made; blank where it was not made", "h"),
        Column("observable", "observable that was looked at"),
        Column("measured_h", "when that was measured; blank where it was not", "h"),
        Column("true", "its value", "unit of the observable"),
        Column("seen", "its value as it was measured, with noise", "unit of the observable"),
        Column("rule", "rule that was followed, in words; blank where none applied"),
        Column("action", ", ".join(ACTIONS[:-1]) + f" or {ACTIONS[-1]}"),
        Column("amount", "amount of the doses that follow, as the plan has it; 0 while doses are held or after a stop"),
        Column("interval", "multiple of the planned interval; may be a part of it where a rule says so"),
    ),
)
"""Every decision on the first subjects."""


@dataclass(frozen=True, eq=False)
class RuledArm:
    """What rules made of one arm under one model.

    `total` (draws, subjects; IU or mg) is given up to the horizon, `level` (draws, subjects, decisions + 1) is the level before
    the first decision and after each, ON_HOLD or STOPPED, `reasons` (draws, subjects, REASONS) counts planned doses by reason.
    `planned` (draws, subjects; IU or mg) is what the plan has up to the horizon, `others` (draws, subjects, drugs; IU or mg) what
    rules gave of other drugs.
    """

    total: Floats = field(repr=False)
    planned: Floats = field(repr=False)
    level: np.ndarray = field(repr=False)
    reasons: np.ndarray = field(repr=False)
    others: Floats = field(repr=False)


@dataclass(frozen=True)
class Replay:
    """How the ledger of an arm with rules, simulated as fixed doses, agrees with its curves: in how many `subjects` of the sample
    all values are equal to the last bit, and the largest relative difference of what decisions looked at.
    """

    arm: str
    model: str
    sample: int
    subjects: int
    apart: float

    def in_words(self) -> str:
        """Return it as a sentence without its full stop."""
        looked = f"within {self.apart:.1g} of it" if self.apart else "on it to the last bit"
        return f"{self.subjects} of {self.sample} subjects have the same curve to the last bit; values at decisions are {looked}"


def followed(study: Study, arm: StudyArm, compiled: CompiledModel, runs: Runs, people: Parameters) -> Followed:
    """Return what runs get of an arm with rules in one model."""
    assert arm.guide is not None
    scenario, seed = study.scenario, study.cohort.seed
    adherence = (None if study.cohort.typical else arm.arm.adherence) or Adherence()
    when = timed(arm.arm.regimen, adherence, scenario.horizon_h, seed, runs.subject, runs.draw)
    chance = None if study.cohort.typical else Chance(seed, runs.subject, runs.draw)
    return follow(arm.guide, when, compiled, people, scenario.horizon_h, scenario.tolerances, chance, arm.planned.changes)


KEPT = ("total", "planned", "level", "reasons", "others")
"""Names of what a task keeps of runs."""


def kept(arm: StudyArm, found: Followed, doses: DosePlan, people: Parameters) -> dict[str, np.ndarray]:
    """Return what a task keeps of runs: arrays of `RuledArm`, a row a run."""
    assert arm.guide is not None
    sizes = people.weight_kg, people.bsa_m2
    total, planned = doses.total(arm.guide.drug, *sizes), DosePlan((arm.planned,)).total(arm.guide.drug, *sizes)
    log = found.log
    level = np.where(log.stopped, STOPPED, np.where(log.held != NONE, ON_HOLD, log.level))
    start = np.full((len(total), 1), arm.guide.ladder.start)
    own = [place for place, dose in enumerate(found.timed.doses) if dose.drug == arm.guide.drug]
    reason, due = found.timed.reason[:, own], np.isfinite(found.timed.due_h[:, own])
    counts = np.stack([np.sum((reason == code) & due, axis=1) for code in range(len(REASONS))], axis=1)
    others = [doses.total(drug, *sizes) for drug in arm.guide.rules.drugs]
    return {
        "total": total,
        "planned": planned,
        "level": np.concatenate([start, level], axis=1),
        "reasons": counts,
        "others": np.stack(others, axis=1) if others else np.empty((len(total), 0)),
    }


_TIMED = ("planned_h", "due_h", "given_h", "is_given", "reason")
_LOG = ("time_h", "looked_h", "true", "seen", "rule", "action", "level", "held", "stopped", "stride")


def written_down(study: Study, arm: StudyArm, compiled: CompiledModel, found: Followed, people: Parameters) -> Result:
    """Return the doses and decisions of some subjects as arrays; of a sample the check of their ledger, and their curves."""
    arrays = {f"timed {name}": np.array(getattr(found.timed, name)) for name in _TIMED}
    arrays |= {f"log {name}": np.array(getattr(found.log, name)) for name in _LOG}
    sample = min(REPLAYED, len(found.given))
    same, apart, curves = _replayed(study, arm, compiled, found, people[:sample])
    return {**arrays, "given": found.given, "same": same, "apart": np.array([apart]), "curves": curves}


def _replayed(
    study: Study, arm: StudyArm, compiled: CompiledModel, found: Followed, people: Parameters
) -> tuple[np.ndarray, float, Floats]:
    """Return for the first subjects whether their ledger, written and read again, gives the same curve to the last bit, by how
    much values at decisions differ from those that were looked at, and their curves of the first observable that is looked at.
    """
    sample, scenario = people.subjects, study.scenario
    horizon_h, tolerances = scenario.horizon_h, scenario.tolerances
    names = [observable.name for observable in compiled.model.observables]
    text = Ledger(ledger_rows(arm.name, found.timed, horizon_h, found.given)).to_csv()
    doses = tuple(replace(events, changes=found.changes) for events in ledger_of_csv(text).events(0, sample, arm.name))
    plan = found.plan(horizon_h, arm.name)
    first = [plan.of_subject(subject) for subject in range(sample)]
    grid = scenario.observe_h
    one, other = (
        simulate(compiled, people, events, grid, observables=names, tolerances=tolerances, threads=1) for events in (first, doses)
    )
    same = np.all((one.values == other.values) | (np.isnan(one.values) & np.isnan(other.values)), axis=(1, 2))
    curves = one.of(arm.looked_at[0])
    return same, _apart(arm.guide, found, compiled, people, doses, tolerances, horizon_h), curves


def _apart(
    guide: Guide | None,
    found: Followed,
    compiled: CompiledModel,
    people: Parameters,
    doses: tuple[DoseEvents, ...],
    tolerances: Tolerances,
    horizon_h: float,
) -> float:
    """Return the largest relative difference of what decisions looked at from the curve of the whole run."""
    assert guide is not None
    count = people.subjects
    looked, true = found.log.looked_h[:count], found.log.true[:count]
    flat = looked.reshape(count, -1)
    if not flat.shape[1] or np.all(np.isnan(true)):
        return 0.0
    order = np.argsort(np.where(np.isnan(flat), 0.0, flat), axis=1, kind="stable")
    times = np.take_along_axis(np.where(np.isnan(flat), 0.0, flat), order, axis=1)
    # To the end of the whole run, whose last steps are then those of the curve.
    whole = np.concatenate([times, np.full((count, 1), horizon_h)], axis=1)
    read = simulate(compiled, people, doses, whole, observables=guide.rules.observables, tolerances=tolerances, threads=1)
    back = np.argsort(order, axis=1, kind="stable")
    values = np.take_along_axis(read.values[:, :-1], back[:, :, np.newaxis], axis=1)
    looks = np.arange(flat.shape[1]) % len(guide.rules.observables)
    again = values[:, np.arange(flat.shape[1]), looks].reshape(true.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        apart = np.abs(again - true) / np.maximum(np.abs(again), np.finfo(float).tiny)
    return float(np.nanmax(apart))


def ledger_of(study: Study, arm: StudyArm, model: str, found: Result) -> Ledger:
    """Return the ledger of the subjects that were written down."""
    assert arm.guide is not None
    adherence = (None if study.cohort.typical else arm.arm.adherence) or Adherence()
    doses = with_optional(arm.guide, doses_of(arm.arm.regimen, adherence))
    when = Timed(doses, *(found[f"timed {name}"] for name in _TIMED))
    return Ledger(ledger_rows(arm.name, when, study.scenario.horizon_h, found["given"], model))


def decision_rows(study: Study, arm: StudyArm, model: str, found: Result) -> pd.DataFrame:
    """Return the rows of DECISIONS of the subjects that were written down."""
    guide = arm.guide
    assert guide is not None
    log = {name: found[f"log {name}"] for name in _LOG}
    subjects, count = log["time_h"].shape
    looks = len(guide.rules.look_at)
    subject, decision, look = (axis.ravel() for axis in np.indices((subjects, count, looks)))
    words = np.array([*(rule.in_words() for rule in guide.rules.ladder), ""], dtype=object)
    closed = log["stopped"].astype(bool) | (log["held"] != NONE)
    said = np.array([str(amount) for amount in guide.ladder.amounts] or ["as planned"], dtype=object)
    amount = np.where(closed, "0", said[np.where(len(guide.ladder.amounts), log["level"], 0)])
    made = ~np.isin(log["action"], (MISSED, OVER))
    steps = guide.ladder.planned_stride
    at = (subject, decision)
    return DECISIONS.frame(
        {
            "arm": np.full(len(subject), arm.name, dtype=object),
            "model": np.full(len(subject), model, dtype=object),
            "draw": np.zeros(len(subject), dtype=np.int64),
            "subject": subject,
            "decision": decision + 1,
            "time_h": np.where(made, log["time_h"], np.nan)[at],
            "observable": np.array(guide.rules.observables, dtype=object)[look],
            "measured_h": np.where(made[..., np.newaxis], log["looked_h"], np.nan)[subject, decision, look],
            "true": np.where(made[..., np.newaxis], log["true"], np.nan)[subject, decision, look],
            "seen": log["seen"][subject, decision, look],
            "rule": words[log["rule"]][at],
            "action": np.array(ACTIONS, dtype=object)[log["action"]][at],
            "amount": amount[at],
            "interval": (log["stride"] if steps == 1 else log["stride"] / steps)[at],
        }
    )

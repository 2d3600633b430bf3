"""Rows on arms with rules: totals, share at each level over time, and the fixed doses that give the same mean total."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from regimens.adherence.ledger import HELD, RAISED, REASONS, REDUCED, STOPPED_BY_RULE
from regimens.contrasts.contrast import CONTRASTS, Contrast, contrasts
from regimens.contrasts.outcomes import Outcomes
from regimens.contrasts.verdict import Verdict, verdicts
from regimens.drugs import display_unit, unit_of
from regimens.statistics import TAILS
from regimens.study.collect import values_of
from regimens.study.ruled import ON_HOLD, STOPPED, Replay, RuledArm
from regimens.study.tasks import FixedTask, Task, fixed_tasks
from regimens.tables import Column, Table, column, table_of

if TYPE_CHECKING:
    from regimens.rules.possible import Possible
    from regimens.statistics import Floats
    from regimens.study.collect import Collected, Key
    from regimens.study.study import Study, StudyArm
    from regimens.work import Result

DIGITS = 12
"""Significant digits of totals: fewer than floats have, so that 8.35 is not 8.350000000000001."""

FIXED = "fixed at the same mean total"
"""What the arm with fixed doses is called, behind the name of the arm with rules."""


@dataclass(frozen=True)
class RuledTotal:
    """How much the subjects of an arm with rules got of one drug up to the horizon, over all parameter draws. Shares are missing
    for a drug that rules give beside that of the plan.
    """

    arm: str = column("arm")
    model: str = column("model")
    drug: str = column("drug that the rules change or give")
    unit: str = column("unit of the totals")
    planned: float = column("total of the plan up to the horizon, in the median subject", "MIU or mg")
    mean: float = column("mean total", "MIU or mg")
    median: float = column("median total", "MIU or mg")
    low: float = column("lower end of the 90 % prediction interval over subjects and draws", "MIU or mg")
    high: float = column("upper end of it", "MIU or mg")
    least: float = column("least total of a subject", "MIU or mg")
    most: float = column("largest total of a subject", "MIU or mg")
    raised: float = column("share of the planned doses that were larger than planned", "1")
    reduced: float = column("share of the planned doses that were smaller than planned", "1")
    held: float = column("share of subjects of whom a dose was held", "1")
    stopped: float = column("share of subjects whom a rule stopped", "1")


@dataclass(frozen=True)
class LevelShare:
    """How many subjects of an arm with rules were at one level after one decision."""

    arm: str = column("arm")
    model: str = column("model")
    decision: int = column("decision, from 1; 0 for the time before the first")
    time_h: float = column("when the plan has the decision", "h")
    level: str = column("amount of a dose, held, or stopped")
    share: float = column("share of subjects, over draws", "1")


RULED_TOTALS = table_of("rule_totals", "arm with rules, model and drug", RuledTotal)
LEVEL_SHARES = table_of("rule_levels", "arm with rules, model, decision and level", LevelShare)
SAME_MEAN = Table(
    "rule_equal_total",
    "arm with rules, model and endpoint: against fixed doses that give the same mean total",
    (
        Column("mean_total", "mean total of the arm, and total of the fixed doses", "MIU or mg"),
        Column("factor", "fixed doses are the planned ones times this", "1"),
        *(column for column in CONTRASTS.columns if column.name != "prior"),
    ),
)


@dataclass(frozen=True, eq=False)
class SameMean:
    """An arm with rules against the doses of its plan times one factor for each model, which give the same mean total there.

    `factor` and `mean` (MIU or mg) are by model.
    """

    arm: str
    unit: str
    mean: Mapping[str, float]
    factor: Mapping[str, float]
    contrasts: tuple[Contrast, ...] = field(repr=False)
    verdicts: tuple[Verdict, ...] = field(repr=False)


@dataclass(frozen=True, eq=False)
class Ruled:
    """All that is said of arms with rules; a part that does not apply has no rows. `possible` is known before the run, `steps`
    are those of the fixed doses (accepted, rejected).
    """

    possible: tuple[Possible, ...] = ()
    totals: tuple[RuledTotal, ...] = ()
    levels: tuple[LevelShare, ...] = ()
    same_mean: tuple[SameMean, ...] = ()
    replays: tuple[Replay, ...] = ()
    steps: tuple[int, int] = (0, 0)


Perform = Callable[[list[Task]], Iterable[tuple[Task, "Result"]]]
"""Does some tasks more and gives each with its result."""


def ruled_of(study: Study, collected: Collected, possible: tuple[Possible, ...], perform: Perform) -> Ruled:
    """Return what rules did in a study whose other tasks are done."""
    if not collected.ruled:
        return Ruled(possible)
    steps = np.zeros(2, dtype=np.int64)

    def counted(work: list[Task]) -> Iterable[tuple[Task, Result]]:
        for task, result in perform(work):
            steps[:] += result["steps"]
            yield task, result

    same_mean = _same_means(study, collected, counted)
    return Ruled(
        possible,
        tuple(row for key, found in collected.ruled.items() for row in _totals(study, key, found)),
        tuple(row for key, found in collected.ruled.items() for row in _levels(study, key, found)),
        same_mean,
        tuple(
            Replay(arm, model, len(found["same"]), int(np.sum(found["same"])), float(found["apart"][0]))
            for (model, arm), found in collected.written.items()
        ),
        (int(steps[0]), int(steps[1])),
    )


def _unit(arm: StudyArm) -> tuple[str, int]:
    assert arm.guide is not None
    return display_unit(arm.guide.doses[0].dose.amount.unit)


def _totals(study: Study, key: Key, found: RuledArm) -> Iterable[RuledTotal]:
    guide = study.arm(key[1]).guide
    assert guide is not None
    counts = {name: found.reasons[..., REASONS.index(name)] for name in (RAISED, REDUCED, HELD, STOPPED_BY_RULE)}
    planned = max(1, int(found.reasons.sum()))
    shares = (
        *(float(counts[name].sum() / planned) for name in (RAISED, REDUCED)),
        *(float(np.mean(counts[name] > 0)) for name in (HELD, STOPPED_BY_RULE)),
    )
    yield _total(key, guide.drug, found.planned, found.total, shares)
    for place, drug in enumerate(guide.rules.drugs):
        yield _total(key, drug, np.zeros_like(found.planned), found.others[..., place], (np.nan,) * 4)


def _total(key: Key, drug: str, planned: Floats, total: Floats, shares: tuple[float, ...]) -> RuledTotal:
    unit, size = display_unit(unit_of(drug))
    totals = total.ravel() / size
    low, high = np.quantile(totals, TAILS)
    numbers = (np.median(planned) / size, totals.mean(), np.median(totals), low, high, totals.min(), totals.max())
    model, arm = key
    return RuledTotal(arm, model, drug, unit, *(float(f"{number:.{DIGITS}g}") for number in numbers), *shares)


def _levels(study: Study, key: Key, found: RuledArm) -> Iterable[LevelShare]:
    arm = study.arm(key[1])
    assert arm.guide is not None
    named = {place: str(amount) for place, amount in enumerate(arm.guide.ladder.amounts)} or {0: "as planned"}
    named |= {ON_HOLD: "held", STOPPED: "stopped"}
    times = [arm.guide.doses[0].start, *(decision.time_h for decision in arm.guide.decisions)]
    codes = found.level.reshape(-1, found.level.shape[-1])
    for decision, time in enumerate(times):
        if time < study.scenario.horizon_h:
            places, counts = np.unique(codes[:, decision], return_counts=True)
            shares = dict(zip(places.tolist(), (counts / len(codes)).tolist(), strict=True))
            for place, level in named.items():
                if place in shares:
                    yield LevelShare(arm.name, key[0], decision, float(time), level, shares[place])


def _same_means(study: Study, collected: Collected, perform: Perform) -> tuple[SameMean, ...]:
    """Return each arm with rules, as written, against fixed doses of the same mean total in the same subjects."""
    factors: dict[tuple[int, int], float] = {}
    for model in study.models:
        for place in model.modelled:
            found = collected.ruled.get((model.name, study.arms[place].name))
            if found is not None and found.total.mean() > 0 and study.arms[place].twin == place:
                factors[model.place, place] = float(found.total.mean() / found.planned.mean())
    values = {pair: np.full((len(study.measured), study.runs), np.nan) for pair in factors}
    for task, result in perform(fixed_tasks(study, factors)):
        if isinstance(task, FixedTask):
            values[task.model, task.arm][:, task.first : task.first + task.count] = result["values"]
    return tuple(
        _same_mean(study, study.arms[place], collected, factors, values) for place in dict.fromkeys(place for _, place in factors)
    )


def _same_mean(
    study: Study,
    arm: StudyArm,
    collected: Collected,
    factors: Mapping[tuple[int, int], float],
    values: Mapping[tuple[int, int], Floats],
) -> SameMean:
    models = [model for model in study.models if (model.place, arm.place) in factors]
    fixed, size = f"{arm.name}, {FIXED}", _unit(arm)[1]
    shape = (len(study.measured), study.cohort.draws, study.cohort.subjects)
    held = Outcomes(
        arms=(arm.name, fixed),
        models=tuple(model.name for model in models),
        endpoints=study.scenario.endpoints,
        values={
            (model.name, name): values_of(study, model, name, found)
            for model in models
            for name, found in (
                (arm.name, collected.values[model.name, arm.name]),
                (fixed, values[model.place, arm.place].reshape(shape)),
            )
        },
        units={
            (model.name, endpoint.words): endpoint.unit(unit)
            for model in models
            for endpoint in study.scenario.endpoints
            if (unit := model.unit_of(endpoint.observable)) is not None
        },
        asked_draws=study.cohort.draws,
    )
    pairs = [(arm.name, fixed)]
    rows = contrasts(held, pairs, study.scenario.rule.difference)
    means = {model.name: float(collected.ruled[model.name, arm.name].total.mean() / size) for model in models}
    return SameMean(
        arm.name,
        _unit(arm)[0],
        {name: float(f"{mean:.{DIGITS}g}") for name, mean in means.items()},
        {model.name: factors[model.place, arm.place] for model in models},
        rows,
        verdicts(held, rows, pairs, study.scenario.rule),
    )

"""Settling: which trial would settle which of two arms is better, over models and parameter draws.

Trials are simulated under every hypothesis in turn, and all other hypotheses are weighed by their data. A pair is settled
where the probability that one arm is better reaches that of the scenario's verdicts.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import differences, sign
from regimens.contrasts.verdict import reaches
from regimens.endpoints import parse_endpoint
from regimens.engine.trajectories import OK
from regimens.errors import RegimensError
from regimens.scenario.values import AS_WRITTEN
from regimens.search.weighing import LEAST_SIZE, Hypotheses, log_likelihood, t_test, trial_data, truths, weigh
from regimens.statistics import over_subjects
from regimens.study.provenance import Provenance, provenance_of
from regimens.study.study import Study, resolve
from regimens.study.tasks import EndpointsTask, perform
from regimens.tables import column, table_of
from regimens.work import Progress, Store, local, no_progress, run

if TYPE_CHECKING:
    from regimens.scenario.settle import Design, Pair, Settle
    from regimens.scenario.values import Scenario
    from regimens.statistics import Floats
    from regimens.study.study import StudyModel

CHUNK = 500

FLOOR = 1e-8
"""Variance that is added to every sample, so that a sample without any spread, such as a fold at baseline, can be weighed."""


@dataclass(frozen=True)
class DesignResult:
    """What trials of one design make of a pair."""

    arm: str = column("the first arm")
    against: str = column("the second arm")
    design: str = column("design of the trial")
    subjects: int = column("subjects of each arm")
    samples: int = column("samples of the whole trial, where nobody leaves")
    before: float = column("probability that the first arm is better, before the trial", "1")
    settled: float = column("share of trials after which one arm is better with the probability of the verdicts", "1")
    settled_error: float = column("standard error of that share", "1")
    wrong: float = column("share of trials that settle it for the arm that is not better", "1")
    regret_before: float = column("expected loss of choosing by what is known before the trial", "unit of the endpoint")
    regret: float = column("expected loss of choosing after the trial", "unit of the endpoint")
    size: float = column("effective number of hypotheses after the trial, before tempering: median over trials")
    tempered: float = column("share of trials in which the weights were tempered to keep 20 hypotheses", "1")
    t_test: float = column(
        "share of trials in which a t-test (two-sided, 5 %, logarithms) tells the arms apart at the last sample", "1"
    )
    type_1: float = column("the same where both arms have the samples of the first: its type I error", "1")
    outside_settled: float = column("share of trials settled where no model is true: more noise, and a shift of each arm", "1")
    outside_wrong: float = column("share of these that settle it for the arm that is not better", "1")


@dataclass(frozen=True)
class DayResult:
    """What one sampling day of a design adds."""

    arm: str = column("the first arm")
    against: str = column("the second arm")
    design: str = column("design of the trial")
    day: float = column("elapsed day of the sample", "days")
    alone: float = column("share of trials that this day alone settles", "1")
    without: float = column("share of trials that the other days settle; blank where there is no other", "1")


DESIGNS = table_of("designs", "pair and design", DesignResult)
DAYS = table_of("days", "pair, design and sampling day", DayResult)


@dataclass(frozen=True, eq=False)
class Settled:
    """The result: rows for every pair and design. `models` are those that know both arms, the endpoint and the samples."""

    scenario: Scenario
    settle: Settle
    models: tuple[str, ...]
    pairs: tuple[Pair, ...]
    designs: tuple[DesignResult, ...]
    days: tuple[DayResult, ...]
    provenance: Provenance = field(repr=False)


def settle_pairs(
    scenario: Scenario,
    *,
    executor: Executor | None = None,
    store: Store | None = None,
    progress: Progress = no_progress,
    chunk: int | None = None,
) -> Settled:
    """Simulate the trials of the key `settle` of a scenario, and weigh all models and draws by their data.

    RegimensError for a scenario without that key, without parameter draws, or in which fewer than LEAST_SIZE draws of all models
    are left to weigh.
    """
    settle = scenario.settle
    where = scenario.path or scenario.name
    if settle is None:
        raise RegimensError(f"{where}: there is no 'settle' in this scenario. Add the endpoint and the designs.")
    if scenario.population is None or scenario.population.draws == 1:
        raise RegimensError(
            f"{where}: the parameters are taken as known (one draw), so there is nothing that a trial could settle. "
            "Add draws, for example 'population: {subjects: 20, seed: 1, draws: 200}'."
        )
    study = _study(scenario, settle)
    values, failed = _simulated(study, executor, store, progress, chunk)
    models = [model for model in study.models if _knows(model, settle) and model.uncertain]
    found = _Settling(scenario, settle, study, models, values)
    pairs = settle.pairs or (found.most_contested(),)
    rows = [(pair, design) for pair in pairs for design in settle.designs]
    return Settled(
        scenario,
        settle,
        tuple(model.name for model in models),
        pairs,
        tuple(found.design(pair, design) for pair, design in rows),
        tuple(row for pair, design in rows for row in found.each_day(pair, design)),
        provenance_of(study, (0, 0), failed),
    )


def _study(scenario: Scenario, settle: Settle) -> Study:
    """Return the study of the arms as written, with the endpoint and every sample as endpoints."""
    samples = (parse_endpoint(settle.sample(day)) for day in settle.days)
    endpoints = tuple({endpoint.words: endpoint for endpoint in (settle.endpoint, *samples)}.values())
    arms = tuple(arm for arm in scenario.arms if arm.variant == AS_WRITTEN)
    return resolve(
        replace(
            scenario, arms=arms, endpoints=endpoints, individuals=0, visits=(), trade_off=None, equalise=None, real_life=None,
            noise=None, outcomes=(), own=(),
        )
    )  # fmt: skip


def _knows(model: StudyModel, settle: Settle) -> bool:
    return None not in (model.unit_of(settle.endpoint.observable), model.unit_of(settle.observable))


def _simulated(
    study: Study, executor: Executor | None, store: Store | None, progress: Progress, chunk: int | None
) -> tuple[dict[str, Floats], int]:
    """Return (arms, endpoints, draws, subjects) for each model by its name, and the number of runs whose integration failed."""
    each, shape = chunk or CHUNK, (len(study.arms), len(study.measured), study.runs)
    work = [
        EndpointsTask(study, model.place, first, min(each, study.runs - first))
        for model in study.models
        for first in range(0, study.runs, each)
    ]
    values, failed = {model.place: np.full(shape, np.nan) for model in study.models}, 0
    with (
        contextlib.nullcontext(executor) if executor is not None else local() as workers,
        contextlib.closing(run(perform, work, workers, store, progress)) as results,
    ):
        for task, found in zip(work, results, strict=True):
            values[task.model][:, :, task.first : task.first + task.count] = found["values"]
            failed += int((found["status"] != OK).sum())
    by_draw = {model.name: values[model.place].reshape(*shape[:2], -1, study.cohort.subjects) for model in study.models}
    return by_draw, failed


@dataclass(frozen=True, eq=False)
class _Settling:
    """The simulated subjects of all arms, and what trials make of pairs of them."""

    scenario: Scenario
    settle: Settle
    study: Study
    models: Sequence[StudyModel]
    values: dict[str, Floats]

    def hypotheses(self, pair: Pair) -> Hypotheses:
        """Return every draw of the models that know both arms, on all days of all designs."""
        known = self._known(pair)
        if not known:
            raise RegimensError(f"No model knows both '{pair[0]}' and '{pair[1]}', the endpoint and the samples.")
        counts = [values.shape[2] for values in known]
        if sum(counts) - 1 < LEAST_SIZE:
            raise RegimensError(
                f"The models have {sum(counts)} parameter draws in all; {LEAST_SIZE + 1} are needed to weigh them. Add draws."
            )
        logs = [self._logs(values) for values in known]
        return Hypotheses(
            model=np.repeat(np.arange(len(known)), counts),
            gain=np.concatenate([self._gain(values) for values in known]),
            mean=np.concatenate([np.moveaxis(each.mean(axis=3), 2, 0) for each in logs]),
            covariance=np.stack([_pooled(each) + self._noise() for each in logs]),
        )

    def most_contested(self) -> Pair:
        """Return the pair of arms whose probability is nearest to one half.

        RegimensError where no model knows two arms with different doses, or where no such pair can be weighed: why the first
        cannot.
        """
        found: dict[Pair, float] = {}
        refused: list[RegimensError] = []
        for pair in combinations([arm.name for arm in self.study.arms], 2):
            if pair in self.study.same_doses or not all(self.study.arm(name).drugs for name in pair) or not self._known(pair):
                continue
            try:
                hypotheses = self.hypotheses(pair)
            except RegimensError as error:
                refused.append(error)
            else:
                found[pair] = abs(float(hypotheses.prior @ hypotheses.better) - 0.5)
        if found:
            return min(found, key=lambda pair: found[pair])
        if refused:
            raise refused[0]
        raise RegimensError("No two arms with different doses are modelled together. Name other arms, or 'pairs'.")

    def _known(self, pair: Pair) -> list[Floats]:
        """Return the values of both arms under each model that knows both: (2, endpoints, draws, subjects)."""
        arms = [self.study.arm(name).place for name in pair]
        return [self.values[model.name][arms] for model in self.models if set(arms) <= set(model.modelled)]

    def _gain(self, values: Floats) -> Floats:
        """Return how much better the first arm is in each draw: (draws,), 0 where the two cannot be told apart."""
        endpoint = self.settle.endpoint
        return np.nan_to_num(sign(endpoint) * over_subjects(differences(values[0, 0], values[1, 0]), endpoint.statistic))

    def _logs(self, values: Floats) -> Floats:
        """Return the logarithms of the samples: (2, days, draws, subjects). RegimensError for a sample that is not above 0."""
        words = [endpoint.words for endpoint in self.study.measured]
        samples = values[:, [words.index(self.settle.sample(day)) for day in self.settle.days]]
        if not np.all(samples > 0):
            raise RegimensError(
                f"'{self.settle.observable}' is 0 or missing at some sample, and trials are simulated on its logarithm. "
                "Sample another observable, or on other days."
            )
        return np.asarray(np.log(samples))

    def _noise(self) -> Floats:
        days = np.array([float(day) for day in self.settle.days])
        apart = np.abs(days[:, np.newaxis] - days)
        steady = np.log1p(self.settle.day_to_day**2) * np.exp(-apart / float(self.settle.correlated_days))
        return np.asarray(steady + (np.log1p(self.settle.assay**2) + FLOOR) * np.eye(len(days)))

    def _places(self, design: Design) -> list[int]:
        return [self.settle.days.index(day) for day in design.days]

    def design(self, pair: Pair, design: Design) -> DesignResult:
        """Return what trials of a design make of a pair."""
        everything = self.hypotheses(pair)
        hypotheses = everything.on(self._places(design))
        gain, before = hypotheses.gain, float(hypotheses.prior @ hypotheses.better)
        chosen = float(hypotheses.prior @ gain)
        inside, size, tempered, regret = self._trials(hypotheses, design.subjects)
        outside, *_ = self._trials(hypotheses, design.subjects, outside=True)
        power, type_1 = (self._t_tests(each, design.subjects) for each in (hypotheses, hypotheses.null))
        settled = float(np.mean(inside != 0))
        return DesignResult(
            *pair,
            design.name,
            design.subjects,
            design.samples,
            before,
            settled,
            float(np.sqrt(settled * (1 - settled) / len(inside))),
            float(np.mean(inside < 0)),
            float(hypotheses.prior @ np.maximum(0.0, -gain if chosen >= 0 else gain)),
            float(np.mean(regret)),
            float(np.median(size)),
            float(np.mean(tempered)),
            power,
            type_1,
            float(np.mean(outside != 0)),
            float(np.mean(outside < 0)),
        )

    def each_day(self, pair: Pair, design: Design) -> list[DayResult]:
        """Return what each sampling day of a design settles alone, and what the others settle without it."""
        places, rows = self._places(design), []
        everything = self.hypotheses(pair)
        for at, (place, day) in enumerate(zip(places, design.days, strict=True)):
            others = places[:at] + places[at + 1 :]
            alone = float(np.mean(self._trials(everything.on([place]), design.subjects)[0] != 0))
            without = float(np.mean(self._trials(everything.on(others), design.subjects)[0] != 0)) if others else float("nan")
            rows.append(DayResult(*pair, design.name, float(day), alone, without))
        return rows

    def _t_tests(self, hypotheses: Hypotheses, subjects: int) -> float:
        """Return the share of trials in which a t-test of the last sample tells the arms apart."""
        seed, settle, days = self.study.cohort.seed, self.settle, hypotheses.mean.shape[2]
        made = (
            trial_data(hypotheses, subjects, settle.dropout, seed, trial, int(truth))
            for trial, truth in enumerate(truths(hypotheses, settle.trials, seed))
        )
        return float(np.mean([t_test(groups, days) for groups in made]))

    def _trials(self, hypotheses: Hypotheses, subjects: int, outside: bool = False) -> tuple[Floats, Floats, Floats, Floats]:
        """Return, of every trial (trials,): 1 where it is settled rightly, -1 wrongly and 0 not; the effective number of
        hypotheses; whether it was tempered; and the loss of choosing by it.
        """
        seed, rule, settle = self.study.cohort.seed, self.scenario.rule.probability, self.settle
        found = np.zeros((4, settle.trials))
        for trial, truth in enumerate(truths(hypotheses, settle.trials, seed)):
            data = trial_data(hypotheses, subjects, settle.dropout, seed, trial, int(truth), outside)
            made = weigh(hypotheses, log_likelihood(hypotheses, data), int(truth))
            true = hypotheses.gain[truth]
            side = 1.0 if reaches(made.probability, rule) else -1.0 if reaches(1.0 - made.probability, rule) else 0.0
            right = -1.0 if side * true < 0 else 1.0
            found[:, trial] = abs(side) * right, made.size, made.power < 1.0, max(0.0, -true if made.gain >= 0 else true)
        return found[0], found[1], found[2], found[3]


def _pooled(logs: Floats) -> Floats:
    """Return the covariance of the samples between the subjects of a draw, pooled over draws: (2, days, days)."""
    away = logs - logs.mean(axis=3, keepdims=True)
    degrees = max(1, logs.shape[2] * (logs.shape[3] - 1))
    return np.asarray(np.einsum("aids,ajds->aij", away, away) / degrees)

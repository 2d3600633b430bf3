"""Collect: the results of all tasks of a study put together, as arrays by model and arm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.outcomes import Named, Outcomes
from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.study.noise import noise_factor
from regimens.study.perform import people
from regimens.study.ruled import KEPT, RuledArm
from regimens.study.tasks import BandsTask, DecisionsTask, FixedTask, PriorTask, Task, TrialsTask
from regimens.study.trials import PERCENTILES, checked_bins, trial_count

if TYPE_CHECKING:
    from regimens.statistics import Floats
    from regimens.study.study import Study, StudyModel
    from regimens.work import Result

MOST_PEOPLE = 200_000
"""Runs up to which the parameters of every subject are held against its outcomes."""

Key = tuple[str, str]
"""Names of a model and an arm."""


@dataclass(frozen=True, eq=False)
class Bands:
    """The curves of one arm under one model on the grid of the scenario, `time_h` (times,).

    `median`, `low`, `high` (90 % prediction interval) and `confidence_low`, `confidence_high` (90 % confidence interval of the
    typical subject's curve; NaN where there is none) are (observables, times); `individuals` is (observables, runs, times) and
    `visits` (observables, runs, visits), of the first runs behind the bands.
    """

    observables: tuple[str, ...]
    time_h: Floats = field(repr=False)
    median: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    confidence_low: Floats = field(repr=False)
    confidence_high: Floats = field(repr=False)
    individuals: Floats = field(repr=False)
    visits: Floats = field(repr=False)

    def row(self, observable: str) -> int:
        """Return the place of an observable in the first axis; ValueError if the model has no such observable."""
        return self.observables.index(observable)


@dataclass(frozen=True, eq=False)
class Collected:
    """Results by (model, arm) names; an arm that a model does not have inputs for has no entry under it.

    `values` are (measured endpoints, draws, subjects), in the order of the study's `measured`; `status` and `stopped_h` (draws,
    subjects); arms that give the same doses share their bands; `steps` counts accepted and rejected steps of the integration.
    `trials` are the percentiles of simulated trials where the user's own values are checked, (bins, trials, percentiles).
    `ruled` is what rules made of the arms that have some, `written` the doses and decisions of their first subjects.
    `intervals` (draws, subjects), of arms that start at steady state, counts the intervals simulated in search of it. `before`
    are values and statuses of the study `before_data`, None where it has none.
    """

    values: dict[Key, Floats] = field(repr=False)
    status: dict[Key, np.ndarray] = field(repr=False)
    stopped_h: dict[Key, Floats] = field(repr=False)
    bands: dict[Key, Bands] = field(repr=False)
    steps: tuple[int, int]
    trials: dict[Key, Floats] = field(default_factory=dict, repr=False)
    ruled: dict[Key, RuledArm] = field(default_factory=dict, repr=False)
    written: dict[Key, Result] = field(default_factory=dict, repr=False)
    intervals: dict[Key, np.ndarray] = field(default_factory=dict, repr=False)
    before: Collected | None = field(default=None, repr=False)

    @property
    def failed(self) -> int:
        """Number of runs whose integration failed, over all arms and models."""
        return int(sum((status != OK).sum() for status in self.status.values()))


def collect(study: Study, results: Iterable[tuple[Task, Result]]) -> Collected:
    """Put the results of all tasks together; each is released as soon as it is copied."""
    shape = (study.cohort.draws, study.cohort.subjects)
    pairs = [(model.name, study.arms[place].name) for model in study.models for place in model.modelled]
    values = {pair: np.full((len(study.measured), study.runs), np.nan) for pair in pairs}
    status = {pair: np.zeros(study.runs, dtype=np.int8) for pair in pairs}
    stopped = {pair: np.zeros(study.runs) for pair in pairs}
    started = {arm.name for arm in study.arms if arm.planned.changes}
    intervals = {pair: np.zeros(study.runs, dtype=np.int64) for pair in pairs if pair[1] in started}
    drawn: dict[tuple[int, int], Bands] = {}
    trials: dict[Key, Floats] = {}
    written: dict[Key, Result] = {}
    kept: dict[tuple[int, int], dict[int, Result]] = {}
    prior: list[tuple[PriorTask, Result]] = []
    steps = np.zeros(2, dtype=np.int64)
    for task, found in results:
        steps += found["steps"]
        if isinstance(task, PriorTask):
            prior.append((task, found))
            continue
        model = study.models[task.model]
        if isinstance(task, BandsTask):
            drawn |= {(task.model, arm): _bands(study, task, found, row) for row, arm in enumerate(task.arms)}
            continue
        if isinstance(task, DecisionsTask):
            written[model.name, study.arms[task.arm].name] = found
            continue
        if isinstance(task, FixedTask):
            continue
        if isinstance(task, TrialsTask):
            arm = study.arms[task.arm]
            missing = np.full((len(checked_bins(study, model, arm)), trial_count(study, arm), len(PERCENTILES)), np.nan)
            trials.setdefault((model.name, arm.name), missing)[:, task.first : task.first + task.count] = found["percentiles"]
            continue
        rows = slice(task.first, task.first + task.count)
        for place in model.modelled:
            key = (model.name, study.arms[place].name)
            values[key][:, rows] = found["values"][place]
            status[key][rows] = found["status"][place]
            stopped[key][rows] = found["stopped_h"][place]
            if study.arms[place].guide is not None:
                kept.setdefault((task.model, place), {})[task.first] = {name: found[f"{name} {place}"] for name in KEPT}
            if key in intervals:
                intervals[key][rows] = found["intervals"][place]
    return Collected(
        values={pair: found.reshape(-1, *shape) for pair, found in values.items()},
        status={pair: found.reshape(shape) for pair, found in status.items()},
        stopped_h={pair: found.reshape(shape) for pair, found in stopped.items()},
        bands={
            (model.name, study.arms[place].name): drawn[model.place, study.arms[place].twin]
            for model in study.models
            for place in model.modelled
        },
        steps=(int(steps[0]), int(steps[1])),
        trials=trials,
        ruled={
            (study.models[model].name, study.arms[place].name): _ruled(shape, [own[first] for first in sorted(own)])
            for (model, place), own in kept.items()
        },
        written=written,
        intervals={pair: found.reshape(shape) for pair, found in intervals.items()},
        before=_before(prior) if prior else None,
    )


def _before(prior: Iterable[tuple[PriorTask, Result]]) -> Collected:
    """Return what was found under the priors, one subject a draw; its steps are counted with all others."""
    by_key = {
        (task.study.models[task.model].name, task.study.arms[place].name): (found, place)
        for task, found in prior
        for place in task.study.models[task.model].modelled
    }
    values, status, stopped = (
        {key: found[name][place][..., np.newaxis] for key, (found, place) in by_key.items()}
        for name in ("values", "status", "stopped_h")
    )
    return Collected(values, status, stopped, {}, (0, 0))


def _ruled(shape: tuple[int, int], parts: list[Result]) -> RuledArm:
    """Return what was kept of the runs of one arm with rules, in the order of the runs."""
    whole = {name: np.concatenate([part[name] for part in parts]) for name in KEPT}
    return RuledArm(**{name: found.reshape(*shape, *found.shape[1:]) for name, found in whole.items()})


def _bands(study: Study, task: BandsTask, found: Result, row: int) -> Bands:
    names = ("median", "low", "high", "confidence_low", "confidence_high", "individuals", "visits")
    observables = tuple(observable.name for observable in study.models[task.model].observables)
    return Bands(observables, study.scenario.observe_h, *(found[name][row] for name in names))


def outcomes_of(study: Study, collected: Collected) -> Outcomes:
    """Return the endpoints with the parameters behind them, for contrasts; arms that are not modelled are missing (NaN)."""
    missing = np.broadcast_to(np.nan, (len(study.measured), study.cohort.draws, study.cohort.subjects))
    values = {
        (model.name, arm.name): values_of(study, model, arm.name, collected.values.get((model.name, arm.name), missing))
        for model in study.models
        for arm in study.arms
    }
    return Outcomes(
        arms=tuple(arm.name for arm in study.arms),
        models=tuple(model.name for model in study.models),
        endpoints=study.scenario.endpoints,
        values=values,
        centres={
            model.name: (tuple(p.name for p in model.declared.parameters), model.centres[: model.draws]) for model in study.models
        },
        people=_people(study),
        same=study.same_doses,
        units={
            (model.name, endpoint.words): endpoint.unit(observable_unit)
            for model in study.models
            for endpoint in study.scenario.endpoints
            if (observable_unit := model.unit_of(endpoint.observable)) is not None
        },
        not_modelled=study.not_modelled,
        asked_draws=study.cohort.draws,
    )


def values_of(study: Study, model: StudyModel, arm: str, measured: Floats) -> tuple[Floats, ...]:
    """Return what `Outcomes` holds of each endpoint, from the (measured endpoints, draws, subjects) values of one arm.

    What a trial reads has the noise of the scenario; an endpoint of subjects is a true value.
    """
    true = dict(zip(study.measured, measured, strict=True))
    found = []
    for endpoint in study.scenario.endpoints:
        readings = [true[reading] for reading in endpoint.readings]
        if not endpoint.of_subjects and model.unit_of(endpoint.observable) is not None:
            times_h = [reading.named_h[0] for reading in endpoint.readings]
            noisy = [_noise(study, (arm, model.name), endpoint.observable, time_h) for time_h in times_h]
            readings = [reading * factor for reading, factor in zip(readings, noisy, strict=True)]
        found.append(endpoint.over_trials(readings).reshape(model.draws, -1))
    return tuple(found)


def _noise(study: Study, where: Key, observable: str, time_h: float) -> Floats | float:
    """Return what readings are multiplied by when they are measured: (draws, subjects), or 1 in a scenario without noise."""
    noise, cohort = study.scenario.noise, study.cohort
    if noise is None:
        return 1.0
    runs = np.stack(np.divmod(np.arange(study.runs), cohort.subjects), axis=1)
    return noise_factor(noise, cohort.seed, where, observable, time_h, runs).reshape(cohort.draws, -1)


def _people(study: Study) -> dict[str, Named]:
    if study.cohort.draws == 1 or study.runs > MOST_PEOPLE:
        return {}
    found = {}
    for model in study.models:
        parameters = people(study, model, np.arange(study.runs))
        found[model.name] = (parameters.names, parameters.values.reshape(model.draws, -1, len(parameters.names)))
    return found


def failures(study: Study, collected: Collected) -> list[str]:
    """Return a sentence for every arm and model about the subjects whose integration failed."""
    said = []
    for (model, arm), status in collected.status.items():
        failed = np.argwhere(status != OK)
        if not len(failed):
            continue
        draw, subject = failed[0]
        reason = STATUS_WORDS[int(status[draw, subject])]
        stopped = collected.stopped_h[model, arm][draw, subject]
        several = len(status) > 1
        which = f"subject {subject} of draw {draw}" if several else f"subject {subject}"
        each = f" ({status.shape[1]} in each of {len(status)} parameter draws)" if several else ""
        said.append(
            f"Arm '{arm}' under '{model}': {len(failed)} of {status.size} subjects{each} stopped before "
            f"{study.scenario.horizon_h:g} h ({reason}; first: {which} at {stopped:.1f} h). "
            "Their endpoints are missing."
        )
    return said

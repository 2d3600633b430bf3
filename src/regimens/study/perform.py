"""Doing the tasks of a study: what each of them gives."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from regimens.adherence.realise import realise
from regimens.endpoints import DosedArm, endpoint_values, simulate_arm
from regimens.engine import Trajectories, simulate
from regimens.model.compile import CompiledModel, compile_model
from regimens.population.draw import Runs, draw_subjects
from regimens.regimen.events import DosePlan
from regimens.statistics import Floats, median_and_interval
from regimens.study.ruled import KEPT, LOGGED, followed, kept, written_down
from regimens.study.study import BAND_RUNS, Study, StudyArm, StudyModel
from regimens.study.tasks import BandsTask, DecisionsTask, EndpointsTask, FixedTask, PriorTask, Task, TrialsTask
from regimens.study.trials import checked_bins, percentiles_of, runs_of_trials

if TYPE_CHECKING:
    from regimens.model.declaration import Model
    from regimens.model.parameters import Parameters
    from regimens.rules.follow import Followed
    from regimens.work import Result


def perform(task: Task) -> Result:
    """Do a task.

    An EndpointsTask gives `values` (arms, measured endpoints, runs), `status`, `stopped_h` and `intervals` (arms, runs; those
    simulated in search of a steady state), and `steps`: accepted, rejected. A BandsTask gives, each (arms, observables, times),
    `median`, `low`, `high` of the prediction interval and `confidence_low`, `confidence_high` of the typical subject's curve;
    `individuals` (arms, observables, runs, times); `visits` (arms, observables, runs, visits); `steps`. Arms that are not
    modelled have NaN values and status 0. A TrialsTask gives `percentiles` (bins, trials, percentiles) and `steps`. A
    DecisionsTask gives what `ruled.written_down` does, a FixedTask `values` (measured endpoints, runs); an EndpointsTask of arms
    with rules, too, what `ruled.kept` does, with the place of the arm behind each name. A PriorTask gives what an EndpointsTask
    of all of its draws does.
    """
    match task:
        case EndpointsTask():
            return _endpoints(task)
        case BandsTask():
            return _bands(task)
        case DecisionsTask():
            return _decisions(task)
        case FixedTask():
            return _fixed(task)
        case PriorTask():
            return _endpoints(EndpointsTask(task.study, task.model, 0, task.study.runs))
    return _trials(task)


def _endpoints(task: EndpointsTask) -> Result:
    study, model = task.study, task.study.models[task.model]
    numbers = np.arange(task.first, task.first + task.count)
    runs = Runs(*np.divmod(numbers, study.cohort.subjects))
    parameters = people(study, model, numbers)
    values = np.full((len(study.arms), len(study.measured), task.count), np.nan)
    status = np.zeros((len(study.arms), task.count), dtype=np.int64)
    stopped = np.full((len(study.arms), task.count), study.scenario.horizon_h)
    intervals = np.zeros((len(study.arms), task.count), dtype=np.int64)
    steps = np.zeros(2, dtype=np.int64)
    more: Result = {}
    for place in model.modelled:
        arm = study.arms[place]
        if arm.twin < place:
            for part in (values, status, stopped, intervals):
                part[place] = part[arm.twin]
            more |= {f"{name} {place}": more[f"{name} {arm.twin}"] for name in KEPT if arm.guide is not None}
            continue
        doses, ruled = _doses(study, model, arm, runs, parameters)
        values[place], read = _measured(study, model, arm, doses, parameters)
        status[place], stopped[place] = read.status, read.stopped_h
        intervals[place] = 0 if read.intervals is None else read.intervals
        steps += _steps(read, ruled)
        if ruled is not None:
            more |= {f"{name} {place}": array for name, array in kept(arm, ruled, doses, parameters).items()}
    return {"values": values, "status": status, "stopped_h": stopped, "intervals": intervals, "steps": steps, **more}


def _measured(
    study: Study, model: StudyModel, arm: StudyArm, doses: DosePlan, parameters: Parameters
) -> tuple[Floats, Trajectories]:
    """Return (measured endpoints, runs) of an arm whose subjects get these doses, missing where the model lacks one."""
    scenario = study.scenario
    names = {observable.name for observable in model.observables}
    measured = [(row, endpoint) for row, endpoint in enumerate(study.measured) if endpoint.observable in names | {""}]
    simulated = simulate_arm(
        compiled(model.declared),
        parameters,
        DosedArm(doses, scenario.horizon_h, arm.drug or "", arm.doses_in_cycle),
        [endpoint for _, endpoint in measured],
        tolerances=scenario.tolerances,
        threads=1,
    )
    values = np.full((len(study.measured), parameters.subjects), np.nan)
    for row, endpoint in measured:
        values[row] = endpoint_values(endpoint, simulated)
    return values, simulated.read


def arm_values(study: Study, model: StudyModel, arm: StudyArm, numbers: np.ndarray) -> tuple[Floats, np.ndarray]:
    """Return (measured endpoints, runs) of one arm for the runs of these numbers, and the (runs,) status of the integration."""
    runs = Runs(*np.divmod(numbers, study.cohort.subjects))
    parameters = people(study, model, numbers)
    values, read = _measured(study, model, arm, _doses(study, model, arm, runs, parameters)[0], parameters)
    return values, read.status


def _decisions(task: DecisionsTask) -> Result:
    study, model, arm = task.study, task.study.models[task.model], task.study.arms[task.arm]
    runs = Runs(*np.divmod(np.arange(min(LOGGED, study.cohort.subjects)), study.cohort.subjects))
    parameters = _people(study, model, runs)
    prepared = compiled(model.declared)
    found = followed(study, arm, prepared, runs, parameters)
    return {**written_down(study, arm, prepared, found, parameters), "steps": np.array(found.steps)}


def _fixed(task: FixedTask) -> Result:
    study, model, arm = task.study, task.study.models[task.model], task.study.arms[task.arm]
    assert arm.guide is not None
    runs = Runs(*np.divmod(np.arange(task.first, task.first + task.count), study.cohort.subjects))
    parameters = _people(study, model, runs)
    own = np.array(arm.planned.drug, dtype=object) == arm.guide.drug
    doses = replace(arm.planned, amount=arm.planned.amount * np.where(own, task.factor, 1.0))
    values, read = _measured(study, model, arm, DosePlan((doses,)), parameters)
    return {"values": values, "steps": np.array([read.statistics.steps, read.statistics.rejected])}


def people(study: Study, model: StudyModel, numbers: np.ndarray) -> Parameters:
    """Return the parameters of the runs of these numbers."""
    return _people(study, model, Runs(*np.divmod(numbers, study.cohort.subjects)))


def _people(study: Study, model: StudyModel, runs: Runs) -> Parameters:
    scenario = study.scenario
    if study.cohort.typical:
        return draw_subjects(None, model.declared, scenario.subject, model.centres[runs.draw])
    return draw_subjects(scenario.population, model.declared, scenario.subject, model.centres[runs.draw], runs)


def _doses(
    study: Study, model: StudyModel, arm: StudyArm, runs: Runs, parameters: Parameters
) -> tuple[DosePlan, Followed | None]:
    """Return what the subjects of runs get, and where that follows from rules, how."""
    if arm.guide is None:
        return given(study, arm, runs), None
    found = followed(study, arm, compiled(model.declared), runs, parameters)
    return found.plan(study.scenario.horizon_h, arm.name), found


def _steps(read: Trajectories, ruled: Followed | None) -> np.ndarray:
    """Return the steps of a run, accepted and rejected, with those that led to the decisions on its doses."""
    steps = np.array([read.statistics.steps, read.statistics.rejected])
    return steps if ruled is None else steps + ruled.steps


def given(study: Study, arm: StudyArm, runs: Runs) -> DosePlan:
    """Return what the subjects of runs get of an arm without rules: the plan, or what adherence makes of it."""
    adherence = arm.arm.adherence
    if adherence is None or (study.cohort.typical and adherence.ledger is None):
        return DosePlan((arm.planned,))
    made = realise(
        arm.name, arm.arm.regimen, adherence, study.scenario.horizon_h, study.cohort.seed, runs.subject, runs.draw
    )  # fmt: skip
    return DosePlan.of(made.events, len(runs))


def _trials(task: TrialsTask) -> Result:
    study, model, arm = task.study, task.study.models[task.model], task.study.arms[task.arm]
    bins = checked_bins(study, model, arm)
    runs = runs_of_trials(study, arm, bins, task.first, task.count)
    times = np.unique([made.time_h for made in bins])
    parameters = _people(study, model, runs)
    doses, ruled = _doses(study, model, arm, runs, parameters)
    read = _read(study, model, parameters, doses, times)
    places = {observable.name: place for place, observable in enumerate(model.observables)}
    values = [read.values[:, int(np.searchsorted(times, made.time_h)), places[made.observable]] for made in bins]
    steps = _steps(read, ruled)
    return {"percentiles": percentiles_of(study, model, arm, bins, runs, values), "steps": steps}


@functools.lru_cache(maxsize=16)
def compiled(model: Model) -> CompiledModel:
    """Return `model` compiled, once in a process."""
    return compile_model(model)


def _bands(task: BandsTask) -> Result:
    study, model, numbers = task.study, task.study.models[task.model], task.study.band_runs
    parameters = people(study, model, numbers)
    centres = model.centres[:BAND_RUNS]
    typical = (
        draw_subjects(None, model.declared, study.scenario.subject, centres) if len(centres) > 1 and model.uncertain else None
    )
    found = [_bands_of(study, model, study.arms[place], parameters, typical) for place in task.arms]
    together = {name: np.array([each[name] for each in found]) for name in found[0] if name != "steps"}
    return {**together, "steps": np.sum([each["steps"] for each in found], axis=0)}


def _bands_of(study: Study, model: StudyModel, arm: StudyArm, parameters: Parameters, typical: Parameters | None) -> Result:
    scenario = study.scenario
    visits = [time for _, time in scenario.visits]
    times = np.union1d(scenario.observe_h, visits)
    runs = Runs(*np.divmod(study.band_runs, study.cohort.subjects))
    doses, ruled = _doses(study, model, arm, runs, parameters)
    read = _read(study, model, parameters, doses, times)
    grid, seen = np.searchsorted(times, scenario.observe_h), np.searchsorted(times, visits)
    bands = [median_and_interval(read.values[:, grid, place]) for place in range(len(model.observables))]
    median, low, high = (np.array(part) for part in zip(*bands, strict=True))
    confidence_low, confidence_high, more = _typical(study, model, arm, typical)
    return {
        "median": median,
        "low": low,
        "high": high,
        "confidence_low": confidence_low,
        "confidence_high": confidence_high,
        "individuals": read.values[: scenario.individuals][:, grid].transpose(2, 0, 1).copy(),
        "visits": read.values[:, seen].transpose(2, 0, 1).copy(),
        "steps": more + _steps(read, ruled),
    }


def _typical(study: Study, model: StudyModel, arm: StudyArm, typical: Parameters | None) -> tuple[Floats, Floats, np.ndarray]:
    """Return the interval, over at most BAND_RUNS parameter draws, of the curve of the typical subject; and the steps taken.

    Missing with one draw and for a model without a known uncertainty (`typical` is None), and for an arm whose subjects differ
    in their doses: none of them is typical.
    """
    if typical is None or arm.varies:
        missing = np.full((len(model.observables), len(study.scenario.observe_h)), np.nan)
        return missing, missing, np.zeros(2, dtype=np.int64)
    read = _read(study, model, typical, DosePlan((arm.planned,)), study.scenario.observe_h)
    bounds = [median_and_interval(read.values[:, :, place])[1:] for place in range(len(model.observables))]
    steps = np.array([read.statistics.steps, read.statistics.rejected])
    return np.array([low for low, _ in bounds]), np.array([high for _, high in bounds]), steps


def _read(study: Study, model: StudyModel, parameters: Parameters, doses: DosePlan, times_h: np.ndarray) -> Trajectories:
    return simulate(
        compiled(model.declared),
        parameters,
        doses,
        times_h,
        read=study.scenario.read,
        observables=[observable.name for observable in model.observables],
        tolerances=study.scenario.tolerances,
        threads=1,
    )

"""Runs: the simulation of a scenario cut into tasks that know nothing of each other, and what each task gives.

A run is one subject of one parameter draw; runs are numbered draw after draw. A task is a value that any process can do, and
its numbers do not depend on how the runs were cut.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from regimens.drugs import IL2, leading
from regimens.endpoints import Curves, SimulatedArm, draw_curves, endpoint_values
from regimens.endpoints.simulated import doses_in_cycle
from regimens.engine import Trajectories, simulate
from regimens.model.compile import CompiledModel, compile_model
from regimens.model.declaration import Model
from regimens.model.parameters import Parameters
from regimens.population.draw import Block, draw
from regimens.population.uncertainty import centres, uncertain
from regimens.regimen.events import DosePlan
from regimens.scenario.values import Arm, Scenario
from regimens.statistics import INTERVAL
from regimens.study.dosing import alike, given, known_drugs, planned

BAND_RUNS = 400
"""Runs behind the prediction intervals of the curves: the first subjects of every parameter draw."""

CHUNK_RUNS = 200
"""Runs of a task: enough to keep the vector units busy, few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Measuring:
    """Task: the endpoints of every arm under one model, for `count` runs from run `first` on."""

    scenario: Scenario = field(repr=False)
    model: int
    first: int
    count: int

    @property
    def key(self) -> str:
        """What the task is called among the tasks of its scenario."""
        return f"endpoints-{self.model}-{self.first}-{self.count}"


@dataclass(frozen=True)
class Drawing:
    """Task: the bands of every observable of one arm under one model, on the grid of the scenario."""

    scenario: Scenario = field(repr=False)
    model: int
    arm: int

    @property
    def key(self) -> str:
        """What the task is called among the tasks of its scenario."""
        return f"bands-{self.model}-{self.arm}"


Task = Measuring | Drawing


def tasks(scenario: Scenario, chunk: int = CHUNK_RUNS) -> list[Task]:
    """Return everything that has to be done for `scenario`, at most `chunk` runs to a task; the order is always the same."""
    drawn = sorted(set(alike(scenario.arms, [planned(scenario, arm) for arm in scenario.arms])))
    made: list[Task] = []
    for model in range(len(scenario.models)):
        made += [
            Measuring(scenario, model, first, min(chunk, runs(scenario) - first)) for first in range(0, runs(scenario), chunk)
        ]
        made += [Drawing(scenario, model, arm) for arm in drawn]
    return made


def runs(scenario: Scenario) -> int:
    """Return the number of runs of each arm under each model."""
    return 1 if scenario.population is None else scenario.population.draws * scenario.population.subjects


def perform(task: Task) -> dict[str, np.ndarray]:
    """Do a task. Measuring gives `values` (arms, endpoints, runs), `status` and `stopped_h` (arms, runs), and `steps`: accepted,
    rejected. Drawing gives, each (observables, times), `median`, `low`, `high` of the prediction interval and
    `confidence_low`, `confidence_high` of the typical subject's curve; `individuals` (observables, runs, times); `visits`
    (observables, runs, visits); `steps`.
    """
    return _measured(task) if isinstance(task, Measuring) else _drawn(task)


def _measured(task: Measuring) -> dict[str, np.ndarray]:
    scenario, model = task.scenario, task.scenario.models[task.model]
    numbers = np.arange(task.first, task.first + task.count)
    parameters = people(scenario, model, numbers)
    wanted = [endpoint.observable for endpoint in scenario.endpoints]
    names = [observable.name for observable in model.observables if observable.name in wanted]
    arms = scenario.arms
    values = np.full((len(arms), len(scenario.endpoints), task.count), np.nan)
    status, stopped = np.zeros((len(arms), task.count), dtype=np.int64), np.full((len(arms), task.count), scenario.horizon_h)
    steps = np.zeros(2, dtype=np.int64)
    first_alike = alike(arms, [planned(scenario, arm) for arm in arms])
    for place, arm in enumerate(arms):
        if first_alike[place] < place:
            values[place], status[place], stopped[place] = (part[first_alike[place]] for part in (values, status, stopped))
            continue
        doses = given(scenario, arm, numbers)
        curves = _curves(scenario, model, parameters, doses.only(known_drugs(model)), names, scenario_cuts(scenario))
        simulated = simulated_arm(scenario, arm, curves, doses, parameters)
        for row, endpoint in enumerate(scenario.endpoints):
            if not endpoint.observable or endpoint.observable in names:
                values[place, row] = endpoint_values(endpoint, simulated)
        status[place], stopped[place] = curves.status, curves.stopped_h
        steps += (curves.statistics.steps, curves.statistics.rejected)
    return {"values": values, "status": status, "stopped_h": stopped, "steps": steps}


def scenario_cuts(scenario: Scenario) -> tuple[float, ...]:
    """Return the times (h) at which curves must be cut for the endpoints."""
    return tuple(time for endpoint in scenario.endpoints for time in endpoint.cuts_h)


def simulated_arm(scenario: Scenario, arm: Arm, curves: Curves, doses: DosePlan, parameters: Parameters) -> SimulatedArm:
    """Return what endpoints read of an arm: its curves, what its subjects are given and what was planned."""
    total, drug = doses.total(IL2, parameters.weight_kg, parameters.bsa_m2), leading(arm.regimen.drugs) or ""
    return SimulatedArm(curves, doses, scenario.horizon_h, total, drug, doses_in_cycle(arm.regimen))


def people(scenario: Scenario, model: Model, numbers: np.ndarray) -> Parameters:
    """Return the parameters of the runs of these numbers, which rise by one within a draw."""
    population = scenario.population
    centre = centres(population, model)
    if population is None:
        return draw(None, model, scenario.subject, centre[0])
    rows, subjects = numbers // population.subjects, numbers % population.subjects
    cuts = np.flatnonzero(np.diff(rows)) + 1
    parts = [
        draw(population, model, scenario.subject, centre[row[0]], Block(int(row[0]), int(mine[0]), len(mine)))
        for row, mine in zip(np.split(rows, cuts), np.split(subjects, cuts), strict=True)
    ]
    return joined(parts)


def joined(parts: Sequence[Parameters]) -> Parameters:
    """Return the subjects of all parts, one after another."""
    columns = ([getattr(part, name) for part in parts] for name in ("values", "weight_kg", "bsa_m2"))
    return Parameters(parts[0].names, *(np.concatenate(column) for column in columns))


def _curves(
    scenario: Scenario, model: Model, parameters: Parameters, doses: DosePlan, names: Sequence[str], cuts: Sequence[float]
) -> Curves:
    return draw_curves(
        compiled(model),
        parameters,
        doses,
        scenario.horizon_h,
        observables=names,
        cuts_h=cuts,
        tolerances=scenario.tolerances,
        threads=1,
    )


@functools.lru_cache(maxsize=16)
def compiled(model: Model) -> CompiledModel:
    """Return `model` compiled, once in a process."""
    return compile_model(model)


def band_runs(scenario: Scenario) -> np.ndarray:
    """Return the numbers of the runs behind the prediction intervals of the curves: at most about BAND_RUNS."""
    population = scenario.population
    if population is None:
        return np.zeros(1, dtype=np.int64)
    draws = min(population.draws, BAND_RUNS)
    each = min(population.subjects, -(-BAND_RUNS // draws))
    return (np.arange(draws)[:, None] * population.subjects + np.arange(each)).ravel()


def _drawn(task: Drawing) -> dict[str, np.ndarray]:
    scenario, model, arm = task.scenario, task.scenario.models[task.model], task.scenario.arms[task.arm]
    numbers, visits = band_runs(scenario), [time for _, time in scenario.visits]
    times = np.union1d(scenario.observe_h, visits)
    read = _read(scenario, model, people(scenario, model, numbers), given(scenario, arm, numbers), times)
    grid, seen = np.searchsorted(times, scenario.observe_h), np.searchsorted(times, visits)
    bands = [middle_and_bounds(read.values[:, grid, place]) for place in range(len(model.observables))]
    median, low, high = (np.array(part) for part in zip(*bands, strict=True))
    confidence_low, confidence_high, more = _typical(task)
    return {
        "median": median,
        "low": low,
        "high": high,
        "confidence_low": confidence_low,
        "confidence_high": confidence_high,
        "individuals": read.values[: scenario.individuals][:, grid].transpose(2, 0, 1).copy(),
        "visits": read.values[:, seen].transpose(2, 0, 1).copy(),
        "steps": more + np.array([read.statistics.steps, read.statistics.rejected]),
    }


def _typical(task: Drawing) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the bounds, over at most BAND_RUNS parameter draws, of the curve of the typical subject; and the steps taken.

    Missing with one draw, for a model of whose uncertainty nothing is known, and for an arm whose subjects differ in their
    doses: no one of them is typical.
    """
    scenario, model, arm = task.scenario, task.scenario.models[task.model], task.scenario.arms[task.arm]
    centre = centres(scenario.population, model)[:BAND_RUNS]
    if len(centre) == 1 or not uncertain(model) or arm.adherence is not None:
        missing = np.full((len(model.observables), len(scenario.observe_h)), np.nan)
        return missing, missing, np.zeros(2, dtype=np.int64)
    typical = joined([draw(None, model, scenario.subject, row) for row in centre])
    read = _read(scenario, model, typical, DosePlan.of(planned(scenario, arm), len(centre)), scenario.observe_h)
    bounds = [middle_and_bounds(read.values[:, :, place])[1:] for place in range(len(model.observables))]
    steps = np.array([read.statistics.steps, read.statistics.rejected])
    return np.array([low for low, _ in bounds]), np.array([high for _, high in bounds]), steps


def _read(scenario: Scenario, model: Model, parameters: Parameters, doses: DosePlan, times_h: np.ndarray) -> Trajectories:
    return simulate(
        compiled(model),
        parameters,
        doses.only(known_drugs(model)),
        times_h,
        observables=[observable.name for observable in model.observables],
        tolerances=scenario.tolerances,
        threads=1,
    )


def middle_and_bounds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return median and the bounds of the 90 % interval over the first axis, ignoring what is missing."""
    present = values[~np.isnan(values).reshape(len(values), -1).any(axis=1)]
    if not len(present):
        missing = np.full(values.shape[1:], np.nan)
        return missing, missing, missing
    tail = (1.0 - INTERVAL) / 2.0
    low, median, high = np.quantile(present, [tail, 0.5, 1.0 - tail], axis=0)
    return median, low, high

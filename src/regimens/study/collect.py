"""Gathered: what all tasks of a scenario gave, put together in the order of the tasks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from regimens.contrasts.outcomes import Outcomes
from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.model.declaration import Model
from regimens.population.uncertainty import centres, uncertain
from regimens.scenario.values import Scenario
from regimens.study.dosing import alike, planned, same_doses
from regimens.study.tasks import Drawing, Task, people, runs

MOST_PEOPLE = 200_000
"""Runs up to which the parameters of every subject are held against its outcomes."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """Results of every arm under every model, by (model, arm) names.

    `values` are (endpoints, draws, subjects), `status` and `stopped_h` (draws, subjects); `bands` hold what a Drawing gives
    (arms that give the same doses share it); `steps` counts accepted and rejected steps of the integration.
    """

    values: dict[tuple[str, str], np.ndarray] = field(repr=False)
    status: dict[tuple[str, str], np.ndarray] = field(repr=False)
    stopped_h: dict[tuple[str, str], np.ndarray] = field(repr=False)
    bands: dict[tuple[str, str], dict[str, np.ndarray]] = field(repr=False)
    steps: tuple[int, int]


def gather(scenario: Scenario, results: Iterable[tuple[Task, dict[str, np.ndarray]]]) -> Gathered:
    """Put the results of all tasks together; each is let go as soon as it is taken in."""
    population = scenario.population
    shape = (1, 1) if population is None else (population.draws, population.subjects)
    pairs = [(model.name, arm.name) for model in scenario.models for arm in scenario.arms]
    values = {pair: np.full((len(scenario.endpoints), runs(scenario)), np.nan) for pair in pairs}
    status = {pair: np.zeros(runs(scenario), dtype=np.int8) for pair in pairs}
    stopped = {pair: np.zeros(runs(scenario)) for pair in pairs}
    drawn: dict[tuple[str, int], dict[str, np.ndarray]] = {}
    steps = np.zeros(2, dtype=np.int64)
    for task, found in results:
        steps += found["steps"]
        model = scenario.models[task.model].name
        if isinstance(task, Drawing):
            drawn[model, task.arm] = found
            continue
        rows = slice(task.first, task.first + task.count)
        for place, arm in enumerate(scenario.arms):
            values[model, arm.name][:, rows] = found["values"][place]
            status[model, arm.name][rows] = found["status"][place]
            stopped[model, arm.name][rows] = found["stopped_h"][place]
    same = alike(scenario.arms, [planned(scenario, arm) for arm in scenario.arms])
    return Gathered(
        values={pair: found.reshape(-1, *shape) for pair, found in values.items()},
        status={pair: found.reshape(shape) for pair, found in status.items()},
        stopped_h={pair: found.reshape(shape) for pair, found in stopped.items()},
        bands={
            (model.name, arm.name): drawn[model.name, same[place]]
            for model in scenario.models
            for place, arm in enumerate(scenario.arms)
        },
        steps=(int(steps[0]), int(steps[1])),
    )


def outcomes(scenario: Scenario, gathered: Gathered) -> Outcomes:
    """Return what was measured, with the parameters behind it, for contrasts."""
    draws = {model.name: _draws(scenario, model) for model in scenario.models}
    values = {(m, arm): found.reshape(len(found), draws[m], -1) for (m, arm), found in gathered.values.items()}
    middles = {model.name: centres(scenario.population, model)[: draws[model.name]] for model in scenario.models}
    return Outcomes(
        arms=tuple(arm.name for arm in scenario.arms),
        models=tuple(model.name for model in scenario.models),
        endpoints=scenario.endpoints,
        values=values,
        centres={model.name: (tuple(p.name for p in model.parameters), middles[model.name]) for model in scenario.models},
        people=dict(_people(scenario)),
        same=same_doses(scenario.arms, [planned(scenario, arm) for arm in scenario.arms]),
        units={
            (model.name, endpoint.words): endpoint.unit(unit)
            for model in scenario.models
            for endpoint in scenario.endpoints
            for name, unit in (("", "1"), *((observable.name, observable.unit) for observable in model.observables))
            if name == endpoint.observable
        },
    )


def _draws(scenario: Scenario, model: Model) -> int:
    """Return the parameter draws of a model: one with all subjects, where nothing is known of how uncertain it is."""
    return 1 if scenario.population is None or not uncertain(model) else scenario.population.draws


def _people(scenario: Scenario) -> Iterator[tuple[str, tuple[tuple[str, ...], np.ndarray]]]:
    population = scenario.population
    if population is None or population.draws == 1 or runs(scenario) > MOST_PEOPLE:
        return
    for model in scenario.models:
        found = people(scenario, model, np.arange(runs(scenario)))
        yield model.name, (found.names, found.values.reshape(_draws(scenario, model), -1, len(found.names)))


def failures(scenario: Scenario, gathered: Gathered) -> list[str]:
    """Return a sentence for every arm and model about the subjects whose integration failed."""
    said = []
    for (model, arm), status in gathered.status.items():
        failed = np.argwhere(status != OK)
        if not len(failed):
            continue
        draw, subject = failed[0]
        reason = STATUS_WORDS[int(status[draw, subject])]
        several = len(status) > 1
        which = f"subject {subject} of draw {draw}" if several else f"subject {subject}"
        each = f" ({status.shape[1]} in each of {len(status)} parameter draws)" if several else ""
        said.append(
            f"Arm '{arm}' under '{model}': {len(failed)} of {status.size} subjects{each} stopped before "
            f"{scenario.horizon_h:g} h ({reason}; first: {which} at {gathered.stopped_h[model, arm][draw, subject]:.1f} h). "
            "Their endpoints are missing."
        )
    return said

"""Simulate: subjects, doses and times in, trajectories out."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from regimens.engine.blocks import Results, blocks, integrate
from regimens.engine.kernel import kernel_of
from regimens.engine.timeline import read_doses
from regimens.engine.trajectories import Tolerances, Trajectories
from regimens.errors import ModelError, did_you_mean
from regimens.model.compile import CompiledModel
from regimens.model.parameters import Parameters
from regimens.regimen.events import DoseEvents, DosePlan


def simulate(
    compiled: CompiledModel,
    parameters: Parameters,
    events: DoseEvents | Sequence[DoseEvents] | DosePlan,
    times_h: np.ndarray | Sequence[float],
    *,
    observables: Sequence[str] | None = None,
    tolerances: Tolerances = Tolerances(),  # noqa: B008 - a frozen value
    threads: int | None = None,
) -> Trajectories:
    """Integrate every subject and return the wanted quantities at the wanted times.

    `events` are the doses of all subjects, or one set for each. `times_h` is (times,), or (subjects, times) for times of
    each subject's own: hours from 0, ascending, repeats allowed; at the time of a dose the value is the one just before it.
    Nothing happens after the last time. `observables` may name any of `compiled.readouts`, which are the model's observables
    and then its states; all observables if not given. Doses per kg and per m2 meet `parameters`. Results do not depend on
    `threads` (as many as there are processors, if not given), on the other subjects, or on their order.

    A subject that cannot be integrated has a status and values that are not numbers from where it stopped; nothing is raised.
    Raises ModelError for parameters, observables or doses that the model does not have, ValueError for arrays of wrong shape.
    """
    times = _times(times_h, parameters.subjects)
    names = tuple(compiled.observables if observables is None else observables)
    chosen = _chosen(compiled, names)
    people = Parameters(compiled.parameters, _values(compiled, parameters), parameters.weight_kg, parameters.bsa_m2)
    doses = read_doses(compiled, DosePlan.of(events, parameters.subjects))
    results = Results.of(parameters.subjects, times.shape[1], chosen)
    if times.shape[1]:
        kernel, workers = kernel_of(compiled), threads or _processors()
        for block in blocks(compiled, kernel, people, doses, times):
            integrate(kernel, block, results, tolerances, workers)
    return results.trajectories(times if np.ndim(times_h) == 2 else times[0], names, compiled.hours_per_time)


def _values(compiled: CompiledModel, parameters: Parameters) -> np.ndarray:
    for name in parameters.names:
        if name not in compiled.parameters:
            raise ModelError(
                f"Model '{compiled.model.name}' has no parameter '{name}'. {did_you_mean(name, compiled.parameters)}"
            )
    for name in compiled.parameters:
        if name not in parameters.names:
            raise ModelError(f"Parameter '{name}' of model '{compiled.model.name}' has no value.")
    order = [parameters.names.index(name) for name in compiled.parameters]
    return np.ascontiguousarray(parameters.values[:, order], dtype=np.float64)


def _times(times_h: np.ndarray | Sequence[float], subjects: int) -> np.ndarray:
    times = np.atleast_2d(np.asarray(times_h, dtype=np.float64))
    if times.ndim != 2 or (np.ndim(times_h) == 2 and len(times) != subjects):
        raise ValueError(f"times_h has shape {np.shape(times_h)}; (times,) or ({subjects}, times) is accepted.")
    if not np.all(np.isfinite(times)) or np.any(times < 0.0) or np.any(np.diff(times, axis=1) < 0.0):
        raise ValueError("times_h must be finite hours from 0, ascending.")
    return times


def _chosen(compiled: CompiledModel, names: tuple[str, ...]) -> np.ndarray:
    for name in names:
        if name not in compiled.readouts:
            advice = did_you_mean(name, compiled.readouts)
            raise ModelError(f"Model '{compiled.model.name}' has no observable or state '{name}'. {advice}")
    return np.array([compiled.readouts.index(name) for name in names], dtype=np.int64)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""The one function of the engine: subjects, doses and times in, trajectories out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.blocks import Programme, Results, blocks, integrate
from regimens.engine.kernel import kernel_of, measuring_of
from regimens.engine.measures import Excursion, Measure, Measures
from regimens.engine.timeline import read_doses
from regimens.engine.trajectories import Floats, Integers, Tolerances, Trajectories
from regimens.errors import ModelError, did_you_mean
from regimens.model.parameters import Parameters
from regimens.regimen.events import DoseEvents, DosePlan

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel


def simulate(
    compiled: CompiledModel,
    parameters: Parameters,
    events: DoseEvents | Sequence[DoseEvents] | DosePlan,
    times_h: Floats | Sequence[float],
    *,
    observables: Sequence[str] | None = None,
    measures: Sequence[Measure] = (),
    tolerances: Tolerances = Tolerances(),  # noqa: B008 - a frozen value
    threads: int | None = None,
) -> Trajectories:
    """Integrate every subject; return observables at `times_h`.

    `events` are the doses of all subjects, or one set for each subject. `times_h` is (times,), or (subjects, times) if each
    subject has its own times: hours from 0, ascending, repeats allowed. At the time of a dose the value is the one just before
    the dose. Doses after the last time are not given. `measures` are taken of whole curves while they are integrated; their
    windows lie before the last time. `observables` may name any of `compiled.readouts` (the model's
    observables, then its states); default: all observables. Doses per kg and per m2 are multiplied by the weight or body
    surface area in `parameters`. `threads` defaults to the number of processors. Results depend neither on `threads` nor on
    the other subjects nor on their order.

    A subject that cannot be integrated gets a status code, and its values are NaN after the time at which it stopped. So does a
    subject in which a state falls clearly below zero, unless the model declares `nonnegative: false` for that state (the rule is
    at `step.CLEARLY`).
    Raises ModelError for parameters, observables or doses that the model does not have and for a share outside 0 to 1,
    ValueError for arrays of wrong shape and for a measure whose window or threshold is not possible.
    """
    times = _times(times_h, parameters.subjects)
    names = tuple(compiled.observables if observables is None else observables)
    chosen, wanted = _chosen(compiled, names), Measures.of(measures)
    _check_measures(compiled, wanted, times)
    people = Parameters(compiled.parameters, _values(compiled, parameters), parameters.weight_kg, parameters.bsa_m2)
    doses = read_doses(compiled, DosePlan.of(events, parameters.subjects))
    results = Results.of(parameters.subjects, times.shape[1], chosen, wanted)
    if times.shape[1]:
        workers, numbers = threads or _processors(), wanted.numbers(compiled.hours_per_time)
        measuring = measuring_of(compiled, wanted) if wanted.measures else None
        programme = Programme(kernel_of(compiled), measuring, numbers, tolerances, compiled.hours_per_time)
        for block in blocks(compiled, programme.kernel, people, doses, times):
            integrate(programme, block, results, workers)
    return results.trajectories(times if np.ndim(times_h) == 2 else times[0], names, wanted, compiled.hours_per_time)


def _check_measures(compiled: CompiledModel, measures: Measures, times: Floats) -> None:
    """Raise ModelError for an observable that the model does not have, ValueError for a window that cannot be measured."""
    _chosen(compiled, measures.observables)
    last = times[:, -1].min(initial=np.inf) if times.shape[1] else 0.0
    for from_h, to_h in measures.windows:
        # In the model's unit of time two times that differ in their last digit may be one.
        if not (0.0 <= from_h / compiled.hours_per_time < to_h / compiled.hours_per_time and to_h <= last):
            window = f"A measure from {from_h:g} h to {to_h:g} h"
            raise ValueError(f"{window}: its window must have a length and lie between 0 and the last time, {last:g} h.")
    for measure in measures.measures:
        if isinstance(measure, Excursion) and not np.all(np.isfinite(measure.threshold.numbers)):
            raise ValueError(f"The threshold of a measure of '{measure.observable}' is not a finite number.")


def _values(compiled: CompiledModel, parameters: Parameters) -> Floats:
    """Return (subjects, parameters) in the model's order."""
    for name in parameters.names:
        if name not in compiled.parameters:
            raise ModelError(
                f"Model '{compiled.model.name}' has no parameter '{name}'. {did_you_mean(name, compiled.parameters)}"
            )
    for name in compiled.parameters:
        if name not in parameters.names:
            raise ModelError(f"Parameter '{name}' of model '{compiled.model.name}' has no value.")
    order = [parameters.names.index(name) for name in compiled.parameters]
    values = np.ascontiguousarray(parameters.values[:, order], dtype=np.float64)
    _check_shares(compiled, values)
    return values


def _check_shares(compiled: CompiledModel, values: Floats) -> None:
    """Raise ModelError for the first subject with a share outside 0 to 1; `values` is (subjects, parameters)."""
    shares = [place for place, parameter in enumerate(compiled.model.parameters) if parameter.share]
    for row, column in np.argwhere((values[:, shares] < 0.0) | (values[:, shares] > 1.0))[:1]:
        name, value = compiled.parameters[shares[column]], values[row, shares[column]]
        raise ModelError(
            f"Model '{compiled.model.name}': the share '{name}' is {value:.6g} in subject {row} (counted from 0). "
            "It must lie from 0 to 1."
        )


def _times(times_h: Floats | Sequence[float], subjects: int) -> Floats:
    """Return the times as (1 or subjects, times)."""
    times = np.atleast_2d(np.asarray(times_h, dtype=np.float64))
    if times.ndim != 2 or (np.ndim(times_h) == 2 and len(times) != subjects):
        raise ValueError(f"times_h has shape {np.shape(times_h)}; its shape must be (times,) or ({subjects}, times).")
    if not np.all(np.isfinite(times)) or np.any(times < 0.0) or np.any(np.diff(times, axis=1) < 0.0):
        raise ValueError("times_h must be finite, not negative, and ascending (hours).")
    return times


def _chosen(compiled: CompiledModel, names: tuple[str, ...]) -> Integers:
    """Return the places of the named readouts."""
    for name in names:
        if name not in compiled.readouts:
            advice = did_you_mean(name, compiled.readouts)
            raise ModelError(f"Model '{compiled.model.name}' has no observable or state '{name}'. {advice}")
    return np.array([compiled.readouts.index(name) for name in names], dtype=np.int64)


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

"""The one function of the engine: subjects, doses and times in, trajectories out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from regimens.engine.blocks import Start, Subjects
from regimens.engine.changes import read_changes
from regimens.engine.checks import checked_people
from regimens.engine.given import read_doses
from regimens.engine.measures import Excursion, Measure, Measures
from regimens.engine.running import Settings, run
from regimens.engine.settling import settle
from regimens.engine.trajectories import Floats, Integers, Tolerances, Trajectories
from regimens.errors import ModelError, did_you_mean
from regimens.regimen.events import DoseEvents, DosePlan

if TYPE_CHECKING:
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters

Reading = Literal["before doses", "after doses"]

READINGS: tuple[Reading, ...] = get_args(Reading)
"""On which side of a dose a value at its time is read."""

AFTER, AFTER_ZERO = 2.0**-48, 1e-20
"""How much later than a dose a value after it is read: this share of the time (sixteen units in the last place, so that a
lag that was rounded does not matter), and at 0 this part of the model's unit of time."""


def simulate(
    compiled: CompiledModel,
    parameters: Parameters,
    events: DoseEvents | Sequence[DoseEvents] | DosePlan,
    times_h: Floats | Sequence[float],
    *,
    start: Floats | Sequence[Sequence[float]] | None = None,
    read: Reading = "before doses",
    observables: Sequence[str] | None = None,
    measures: Sequence[Measure] = (),
    tolerances: Tolerances = Tolerances(),  # noqa: B008 - a frozen value
    threads: int | None = None,
) -> Trajectories:
    """Integrate every subject; return observables at `times_h`.

    `events` are the doses of all subjects, or one set for each subject. `times_h` is (times,), or (subjects, times) if each
    subject has its own times: hours from 0, ascending, repeats allowed. Doses after the last time are not given. `measures` are
    taken of whole curves while they are integrated; their windows lie before the last time. `observables` may name any of
    `compiled.readouts` (the model's observables, then its states); default: all observables. Doses per kg and per m2 are
    multiplied by the weight or body surface area in `parameters`. `threads` defaults to the number of processors. Results depend
    neither on `threads` nor on the other subjects nor on their order.

    `start` (subjects, states) are the states at 0 h in the order of `compiled.states`, in place of the model's initial states.
    At one time values are read first, then infusions end, then the state changes (`events.changes`), then doses are given; with
    `read` "after doses" values are read last. What the changes at 0 h make is the state at the start: it is what is read at 0 h
    and the baseline of measures. A reset always goes to the model's initial states. A steady state is searched for each
    subject as `steady_state` does; it sets the states to those just before a dose, and doses of before that still wait for
    their lag arrive after it. An added steady state adds the difference to the steady state without the dose.

    A subject that cannot be integrated gets a status code, and its values are NaN after the time at which it stopped. So does a
    subject in which a state falls clearly below zero, unless the model declares `nonnegative: false` for that state (the rule is
    at `step.CLEARLY`), and a subject without a steady state, from the time on at which it should begin.
    Raises ModelError for parameters, observables or doses that the model does not have and for a share outside 0 to 1,
    ValueError for arrays of wrong shape, for a `start` that is not finite or that cannot be negative, and for a measure whose
    window or threshold is not possible.
    """
    times = check_times(times_h, parameters.subjects)
    names = tuple(compiled.observables if observables is None else observables)
    chosen, wanted = chosen_readouts(compiled, names), Measures.of(measures)
    check_measures(compiled, wanted, times)
    people = checked_people(compiled, parameters)
    plan, settings = DosePlan.of(events, people.subjects), Settings(tolerances, threads)
    last = times[:, -1:] if read == "before doses" else np.nextafter(times[:, -1:], np.inf)
    changes, settled = settle(compiled, people, plan, read_changes(compiled, plan), last, settings)
    numbers = np.arange(people.subjects)
    subjects = Subjects(people, read_doses(compiled, plan), changes, _start(compiled, start, people.subjects), numbers)
    results = run(compiled, subjects, _output_time(compiled, times, read), chosen, settings, wanted)
    if settled is not None:
        results.status[:] = np.where(settled.status > 0, settled.status, results.status)
    found = results.trajectories(times if np.ndim(times_h) == 2 else times[0], names, wanted, compiled.hours_per_time)
    return found if settled is None else replace(found, intervals=settled.intervals)


def _start(compiled: CompiledModel, start: Floats | Sequence[Sequence[float]] | None, subjects: int) -> Start | None:
    """Return the start from the given states (subjects, states) at 0 h."""
    if start is None:
        return None
    states, wanted = np.asarray(start, dtype=np.float64), (subjects, len(compiled.states))
    if states.shape != wanted:
        order = ", ".join(compiled.states)
        raise ValueError(f"start has shape {states.shape}; its shape must be {wanted}, states in the order {order}.")
    for row, column in np.argwhere(~np.isfinite(states))[:1]:
        found = f"start of '{compiled.states[column]}' is {states[row, column]:g} in subject {row} (counted from 0)"
        raise ValueError(f"{found}; it must be a finite number.")
    nonnegative = np.array([state.nonnegative for state in compiled.model.states])
    for row, column in np.argwhere(nonnegative & (states < 0.0))[:1]:
        found = f"start of '{compiled.states[column]}' is {states[row, column]:g} in subject {row} (counted from 0)"
        raise ValueError(f"{found}; this state cannot be negative. Put 0 in place of what another run left below zero.")
    return Start.at_zero(states)


def _output_time(compiled: CompiledModel, times_h: Floats, read: Reading) -> Floats:
    """Return the times in model time, moved behind the doses at them where these come first."""
    if read not in READINGS:
        raise ValueError(f"read is {read!r}; it must be {' or '.join(map(repr, READINGS))}.")
    times = times_h / compiled.hours_per_time
    return times if read == "before doses" else np.maximum(times * (1.0 + AFTER), AFTER_ZERO)


def check_measures(compiled: CompiledModel, measures: Measures, times: Floats) -> None:
    """Raise ModelError for an observable that the model does not have, ValueError for a window that cannot be measured."""
    chosen_readouts(compiled, measures.observables)
    last = times[:, -1].min(initial=np.inf) if times.shape[1] else 0.0
    for from_h, to_h in measures.windows:
        # In the model's unit of time two times that differ in their last digit may be one.
        if not (0.0 <= from_h / compiled.hours_per_time < to_h / compiled.hours_per_time and to_h <= last):
            window = f"A measure from {from_h:g} h to {to_h:g} h"
            raise ValueError(f"{window}: its window must have a length and lie between 0 and the last time, {last:g} h.")
    for measure in measures.measures:
        if isinstance(measure, Excursion) and not np.all(np.isfinite(measure.threshold.numbers)):
            raise ValueError(f"The threshold of a measure of '{measure.observable}' is not a finite number.")


def check_times(times_h: Floats | Sequence[float], subjects: int) -> Floats:
    """Return the times as (1 or subjects, times)."""
    times = np.atleast_2d(np.asarray(times_h, dtype=np.float64))
    if times.ndim != 2 or (np.ndim(times_h) == 2 and len(times) != subjects):
        raise ValueError(f"times_h has shape {np.shape(times_h)}; its shape must be (times,) or ({subjects}, times).")
    if not np.all(np.isfinite(times)) or np.any(times < 0.0) or np.any(np.diff(times, axis=1) < 0.0):
        raise ValueError("times_h must be finite, not negative, and ascending (hours).")
    return times


def chosen_readouts(compiled: CompiledModel, names: tuple[str, ...]) -> Integers:
    """Return the places of the named readouts."""
    for name in names:
        if name not in compiled.readouts:
            advice = did_you_mean(name, compiled.readouts)
            raise ModelError(f"Model '{compiled.model.name}' has no observable or state '{name}'. {advice}")
    return np.array([compiled.readouts.index(name) for name in names], dtype=np.int64)

"""What an endpoint reads: one arm simulated under one model, what was measured of its curves, and the doses of its subjects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import IL2
from regimens.engine import Tolerances, Trajectories, simulate, simulate_sets
from regimens.engine.sharing import tiled
from regimens.regimen.events import DosePlan

if TYPE_CHECKING:
    from regimens.endpoints.endpoint import Endpoint
    from regimens.engine.measures import Measure
    from regimens.engine.trajectories import Floats
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters
    from regimens.regimen.events import DoseEvents
    from regimens.regimen.regimen import Regimen


@dataclass(frozen=True, eq=False)
class DosedArm:
    """What the subjects of one arm get.

    `doses` are those of each subject up to `horizon_h`; a dose that is not given has the amount 0 at the time it was due.
    `drug` is the drug whose cycles count, and `doses_in_cycle` the planned number of doses of each (drug, cycle), whatever the
    horizon.
    """

    doses: DosePlan = field(repr=False)
    horizon_h: float
    drug: str
    doses_in_cycle: Mapping[tuple[str, int], int] = field(repr=False)

    def of_doses(self, number: Callable[[DoseEvents], float]) -> Floats:
        """Return a number found from the doses of each subject, (subjects,), or (1,) where all get the same."""
        found = np.array([number(doses) for doses in self.doses.sets], dtype=float)
        return found if self.doses.which is None else found[self.doses.which]

    def due_h(self, doses: DoseEvents, cycle: int) -> Floats:
        """Return the times (h) of the doses of a cycle that come before the horizon, given or missed."""
        counted = (doses.cycle == cycle) & (np.array(doses.drug, dtype=object) == self.drug)
        times: Floats = doses.time_h[counted & (doses.time_h < self.horizon_h)]
        return times

    def given_h(self, doses: DoseEvents, drugs: Collection[str]) -> Floats:
        """Return the times (h) of the doses of some drugs that are given before the horizon."""
        drug = np.isin(np.array(doses.drug, dtype="U"), list(drugs))
        times: Floats = doses.time_h[drug & (doses.amount > 0) & (doses.time_h < self.horizon_h)]
        return times


@dataclass(frozen=True, eq=False)
class SimulatedArm:
    """The subjects of one arm under one model: what they got, who they are, and what was read and measured of their curves."""

    dosed: DosedArm
    people: Parameters = field(repr=False)
    read: Trajectories

    @property
    def horizon_h(self) -> float:
        """The end of the simulation (h)."""
        return self.dosed.horizon_h

    @property
    def subjects(self) -> int:
        """Number of subjects."""
        return len(self.read.status)

    @cached_property
    def il2_iu(self) -> Floats:
        """The IL-2 that each subject is given up to the horizon, caps applied (subjects,; IU)."""
        return self.dosed.doses.total(IL2, self.people.weight_kg, self.people.bsa_m2)

    def measured(self, measure: Measure, column: str) -> Floats:
        """Return one column of a measure (subjects,)."""
        found: Floats = self.read.measured[measure][measure.columns.index(column)]
        return found

    def at(self, times_h: Floats, observable: str) -> Floats:
        """Return the (subjects, times) values at times that were read, just before a dose there; missing where a time is.

        `times_h` is (subjects, times), or (1, times) where all subjects share them.
        """
        known = np.atleast_2d(self.read.times_h)
        place = (known[:, np.newaxis, :] < times_h[:, :, np.newaxis]).sum(axis=2)
        values = self.read.of(observable)
        found = np.take_along_axis(values, np.broadcast_to(place, (len(values), place.shape[1])), axis=1)
        return np.where(np.isnan(times_h), np.nan, found)

    def baseline(self, observable: str) -> Floats:
        """Return the (subjects,) values before anything happens."""
        return self.at(np.zeros((1, 1)), observable)[:, 0]


def simulate_arm(
    compiled: CompiledModel,
    people: Parameters,
    dosed: DosedArm,
    endpoints: Iterable[Endpoint],
    *,
    tolerances: Tolerances | None = None,
    threads: int | None = None,
) -> SimulatedArm:
    """Simulate an arm and measure what these endpoints need; those whose observable the model lacks are left out."""
    wanted = [endpoint for endpoint in endpoints if endpoint.observable in compiled.readouts]
    read = simulate(
        compiled,
        people,
        dosed.doses,
        times_read_h(dosed, wanted),
        observables=list(dict.fromkeys(endpoint.observable for endpoint in wanted)),
        measures=[measure for endpoint in wanted for measure in endpoint.measures(dosed.horizon_h)],
        tolerances=tolerances or Tolerances(),
        threads=threads,
    )
    return SimulatedArm(dosed, people, read)


def simulate_schedules(
    compiled: CompiledModel,
    people: Parameters,
    sets: Sequence[DoseEvents],
    horizon_h: float,
    endpoints: Sequence[Endpoint],
    tolerances: Tolerances,
) -> SimulatedArm:
    """Simulate every subject under every set of doses of IL-2, and measure what these endpoints need.

    Row `set x subjects + subject` is a subject under a set. The model has the observables of all endpoints, and none of them is
    about a cycle.
    """
    plan = DosePlan(tuple(sets), np.repeat(np.arange(len(sets)), people.subjects))
    dosed = DosedArm(plan, horizon_h, IL2, {})
    read = simulate_sets(
        compiled,
        people,
        sets,
        times_read_h(dosed, endpoints),
        observables=list(dict.fromkeys(endpoint.observable for endpoint in endpoints if endpoint.observable)),
        measures=[measure for endpoint in endpoints for measure in endpoint.measures(horizon_h)],
        tolerances=tolerances,
        threads=1,
    )
    return SimulatedArm(dosed, tiled(people, len(sets)), read)


def times_read_h(dosed: DosedArm, endpoints: Sequence[Endpoint]) -> Floats:
    """Return the times (h) that endpoints read, with the start and the horizon: (times,), or (subjects, times) if they differ."""
    reads = [endpoint.reads_h(dosed) for endpoint in endpoints]
    ends = np.array([[0.0, dosed.horizon_h]])
    rows = max((len(times) for times in reads), default=1)
    if rows == 1:
        times: Floats = np.unique(np.concatenate([ends, *reads], axis=1))
        return times[~np.isnan(times)]
    own = np.concatenate([np.broadcast_to(times, (rows, times.shape[1])) for times in (ends, *reads)], axis=1)
    return np.sort(np.where(np.isnan(own), dosed.horizon_h, own), axis=1)


def doses_in_cycle(regimen: Regimen) -> Mapping[tuple[str, int], int]:
    """Return the number of planned doses of each (drug, cycle) of a regimen, whatever the horizon."""
    return Counter((dose.drug, dose.cycle) for dose in regimen.earliest())

"""Predictions of a model for the data points of a fit, at many parameter points at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine import Tolerances, Trajectories, simulate
from regimens.model.parameters import Parameters
from regimens.regimen import DoseEvents, hours

if TYPE_CHECKING:
    from regimens.fit.datapoints import Target
    from regimens.model.compile import CompiledModel
    from regimens.statistics import Floats

BASELINE = "T0"
"""The parameter of a model that is replaced by a study's own Treg baseline."""

FIT_TOLERANCES = Tolerances(rtol=1e-4, atol=1e-7)
"""Looser than the default of the package, but much tighter than standard errors of a few per cent."""

PEAK_STEP_H = 0.5
"""Grid on which a peak is searched: within 0.1 % of the maximum of a curve with a half-life of hours."""

WEEK_H = 168.0
"""A peak is searched in the first week of its window and on its last day, where the curve of a course is highest or steady."""


@dataclass(frozen=True, eq=False)
class _Group:
    """Targets that are predicted by one simulation, with all of their times."""

    events: DoseEvents
    times_h: Floats
    members: tuple[int, ...]
    first: Target


class Predictor:
    """Predicts `targets` with a model; points give the log values of the parameters `names`, the others are typical."""

    def __init__(self, compiled: CompiledModel, targets: Sequence[Target], names: Sequence[str]) -> None:
        self.compiled, self.targets = compiled, tuple(targets)
        self.typical = np.array([parameter.value for parameter in compiled.model.parameters])
        places = {parameter.name: place for place, parameter in enumerate(compiled.model.parameters)}
        self.columns = [places[name] for name in names]
        self.baseline = places.get(BASELINE)
        self.groups = _grouped(self.targets)

    def __call__(self, points: Floats) -> Floats:
        """Return (points, targets) logarithms of predictions at (points, names) log values; NaN where the simulation failed."""
        values = np.tile(self.typical, (len(points), 1))
        values[:, self.columns] = np.exp(points)
        return self.of_values(values)

    def of_values(self, values: Floats) -> Floats:
        """Return (sets, targets) logarithms of predictions at (sets, parameters) values of all parameters."""
        found = np.full((len(values), len(self.targets)), np.nan)
        for group in self.groups:
            curves = self._simulated(group, values)
            for place in group.members:
                target = self.targets[place]
                chosen = np.isin(group.times_h, _times_h(target))
                with np.errstate(divide="ignore", invalid="ignore"):
                    found[:, place] = np.log(curves.of(target.observable)[:, chosen].max(axis=1))
        return found

    def _simulated(self, group: _Group, values: Floats) -> Trajectories:
        target = group.first
        if target.baseline is not None and self.baseline is not None:
            values = values.copy()
            values[:, self.baseline] *= target.baseline / self.typical[self.baseline]
        count = len(values)
        parameters = Parameters(self.compiled.parameters, values, np.full(count, target.weight_kg), np.full(count, target.bsa_m2))
        observables = list(dict.fromkeys(self.targets[place].observable for place in group.members))
        return simulate(
            self.compiled, parameters, group.events, group.times_h, observables=observables, tolerances=FIT_TOLERANCES
        )


def _grouped(targets: Sequence[Target]) -> tuple[_Group, ...]:
    keys: dict[tuple[object, ...], list[int]] = {}
    for place, target in enumerate(targets):
        keys.setdefault((target.regimen, target.weight_kg, target.bsa_m2, target.baseline), []).append(place)
    groups = []
    for members in keys.values():
        times = np.unique(np.concatenate([_times_h(targets[place]) for place in members]))
        first = targets[members[0]]
        events = first.regimen.events(hours(float(times[-1]) + 1.0))
        groups.append(_Group(events, times, tuple(members), first))
    return tuple(groups)


def _times_h(target: Target) -> Floats:
    """Return the times at which a target needs its observable."""
    if target.time_h is not None:
        return np.array([target.time_h])
    start, end = target.window_h or (0.0, 24.0)
    first = np.arange(start, min(end, start + WEEK_H) + PEAK_STEP_H / 2, PEAK_STEP_H)
    return np.union1d(first, np.arange(max(start, end - 24.0), end + PEAK_STEP_H / 2, PEAK_STEP_H))

"""Predictions: what a model says for each row of evidence, for many parameter points at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from regimens.engine import Tolerances, simulate
from regimens.model.compile import CompiledModel
from regimens.model.parameters import Parameters
from regimens.regimen import DoseEvents, Regimen, hours

BASELINE = "T0"
"""The parameter of a model that a study's own Treg baseline replaces."""

FIT_TOLERANCES = Tolerances(rtol=1e-4, atol=1e-7)
"""Loose beside the package's default, tight beside standard errors of a few per cent."""

PEAK_STEP_H = 0.5
"""Grid on which a peak is looked for in a fit: within 0.1 % of the top of a curve with a half-life of hours."""


WEEK_H = 168.0
"""A peak is looked for in the first week of its window and on its last day: where a course is highest or steady."""


@dataclass(frozen=True)
class Target:
    """What one row asks of a model: an observable at `time_h`, or its peak in the window where `time_h` is None.

    `baseline` is the study's own median Treg count (cells/uL), None where it has none.
    """

    regimen: Regimen
    observable: str
    time_h: float | None
    window_h: tuple[float, float] | None
    weight_kg: float
    bsa_m2: float
    baseline: float | None

    @property
    def times_h(self) -> np.ndarray:
        """The times at which the row needs its observable."""
        if self.time_h is not None:
            return np.array([self.time_h])
        start, end = self.window_h or (0.0, 24.0)
        first = np.arange(start, min(end, start + WEEK_H) + PEAK_STEP_H / 2, PEAK_STEP_H)
        return np.union1d(first, np.arange(max(start, end - 24.0), end + PEAK_STEP_H / 2, PEAK_STEP_H))


@dataclass(frozen=True, eq=False)
class _Group:
    """Targets that one simulation serves, with the union of their times."""

    events: DoseEvents
    times_h: np.ndarray
    members: tuple[int, ...]
    first: Target


class Predictor:
    """Predicts the rows of `targets` under a model; `names` are the parameters that points replace, on the log scale."""

    def __init__(self, compiled: CompiledModel, targets: Sequence[Target], names: Sequence[str]) -> None:
        self.compiled, self.targets = compiled, tuple(targets)
        self.typical = np.array([parameter.value for parameter in compiled.model.parameters])
        places = {parameter.name: place for place, parameter in enumerate(compiled.model.parameters)}
        self.columns = [places[name] for name in names]
        self.baseline = places.get(BASELINE)
        self.groups = _grouped(self.targets)

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Return (points, rows) logarithms of predictions at (points, names) log values; not a number where it failed."""
        values = np.tile(self.typical, (len(points), 1))
        values[:, self.columns] = np.exp(points)
        return self.of_values(values)

    def of_values(self, values: np.ndarray) -> np.ndarray:
        """Return (rows of `values`, rows of evidence) logarithms of predictions at whole parameter sets."""
        found = np.full((len(values), len(self.targets)), np.nan)
        for group in self.groups:
            read = self._simulated(group, values)
            for place in group.members:
                target = self.targets[place]
                chosen = np.isin(group.times_h, target.times_h)
                with np.errstate(divide="ignore", invalid="ignore"):
                    found[:, place] = np.log(read.of(target.observable)[:, chosen].max(axis=1))
        return found

    def _simulated(self, group: _Group, values: np.ndarray):
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
        times = np.unique(np.concatenate([targets[place].times_h for place in members]))
        first = targets[members[0]]
        events = first.regimen.events(hours(float(times[-1]) + 1.0))
        groups.append(_Group(events, times, tuple(members), first))
    return tuple(groups)

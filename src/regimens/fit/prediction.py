"""Predictions of a model for the data points of a fit, at many sets of parameter values at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from regimens.engine import Tolerances, Trajectories, simulate
from regimens.model.fitted import BASELINE
from regimens.model.parameters import Parameters
from regimens.regimen import DoseEvents, hours

if TYPE_CHECKING:
    from regimens.fit.datapoints import Target
    from regimens.model.compile import CompiledModel
    from regimens.statistics import Floats

FIT_TOLERANCES = Tolerances(rtol=1e-4, atol=1e-7)
"""Looser than the default of the package, but much tighter than standard errors of a few per cent."""

PEAK_STEP_H = 0.5
"""Grid on which the peak of a curve is searched: within 0.1 % of the maximum of a curve with a half-life of hours."""

DAY_TO_DAY = 0.15
"""Standard deviation of the logarithm of one person's readings from day to day: Treg share of CD4, intraclass correlation 0.86
(daclizumab, n = 1353)."""

NOISE_SETS = 32
"""Sets of noise over which the highest of several noisy readings is averaged."""


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
        self.compiled, self.targets, self.names = compiled, tuple(targets), tuple(names)
        self.typical = np.array([parameter.value for parameter in compiled.model.parameters])
        places = {parameter.name: place for place, parameter in enumerate(compiled.model.parameters)}
        self.columns = [places[name] for name in names]
        self.baseline = places.get(BASELINE)
        self.groups = _grouped(self.targets)

    def __call__(self, points: Floats) -> Floats:
        """Return (points, targets) logarithms of predictions at (points, names) log values; NaN where the simulation failed."""
        return self.of_values(self.values_at(points))

    def only(self, places: Sequence[int]) -> Predictor:
        """Return the predictor of some of the targets."""
        return Predictor(self.compiled, [self.targets[place] for place in places], self.names)

    def values_at(self, points: Floats) -> Floats:
        """Return the values (points, parameters) of all parameters at (points, names) log values."""
        values = np.tile(self.typical, (len(points), 1))
        values[:, self.columns] = np.exp(points)
        return values

    def of_values(self, values: Floats) -> Floats:
        """Return (sets, targets) logarithms of predictions at (sets, parameters) values of all parameters."""
        found = np.full((len(values), len(self.targets)), np.nan)
        for group in self.groups:
            curves = self._simulated(group, values)
            for place in group.members:
                target = self.targets[place]
                chosen = np.isin(group.times_h, _times_h(target))
                with np.errstate(divide="ignore", invalid="ignore"):
                    logs = np.log(curves.of(target.observable)[:, chosen])
                found[:, place] = _highest_reading(logs) if target.readings_h else logs.max(axis=1)
        return found

    def _simulated(self, group: _Group, values: Floats) -> Trajectories:
        target = group.first
        count = len(values)
        parameters = Parameters(
            self.compiled.parameters,
            self._with_baseline(target, values),
            np.full(count, target.weight_kg),
            np.full(count, target.bsa_m2),
        )
        observables = list(dict.fromkeys(self.targets[place].observable for place in group.members))
        return simulate(
            self.compiled, parameters, group.events, group.times_h, observables=observables, tolerances=FIT_TOLERANCES
        )

    def _with_baseline(self, target: Target, values: Floats) -> Floats:
        """Return `values` with the study's own baseline: its median, and its spread where subjects differ from the typical."""
        if target.baseline is None or self.baseline is None:
            return values
        parameter, values = self.compiled.model.parameters[self.baseline], values.copy()
        power = target.baseline_sd / np.sqrt(np.log1p(parameter.cv**2)) if target.baseline_sd and parameter.cv else 1.0
        values[:, self.baseline] = target.baseline * (values[:, self.baseline] / self.typical[self.baseline]) ** power
        return values


def _highest_reading(logs: Floats) -> Floats:
    """Return the mean over sets of noise of the highest of noisy readings, from logarithms (sets, readings) without noise."""
    shares = qmc.Sobol(logs.shape[1], scramble=True, rng=np.random.default_rng(1)).random(NOISE_SETS)
    noise = DAY_TO_DAY * ndtri(np.clip(shares, 1e-9, 1.0 - 1e-9))
    return np.asarray((logs[:, None, :] + noise).max(axis=2).mean(axis=1))


def _grouped(targets: Sequence[Target]) -> tuple[_Group, ...]:
    """Return targets in groups of one subject whose doses are the same up to the last time that each target needs."""
    groups: list[list[int]] = []
    for place in sorted(range(len(targets)), key=lambda place: -_last_h(targets[place])):
        same = [group for group in groups if _begins_like(targets[place], targets[group[0]])]
        if same:
            same[-1].append(place)
        else:
            groups.append([place])
    found = []
    for members in groups:
        first = targets[members[0]]
        times = np.unique(np.concatenate([_times_h(targets[place]) for place in members]))
        found.append(_Group(_doses(first, _last_h(first)), times, tuple(sorted(members)), first))
    return tuple(found)


def _begins_like(target: Target, longer: Target) -> bool:
    """Return whether the simulation of `longer` is that of `target` as far as this goes."""
    until_h = _last_h(target)
    return _subject(target) == _subject(longer) and _doses(target, until_h) == _doses(longer, until_h)


def _subject(target: Target) -> tuple[float | None, ...]:
    return target.weight_kg, target.bsa_m2, target.baseline, target.baseline_sd


def _doses(target: Target, until_h: float) -> DoseEvents:
    return target.regimen.events(hours(until_h + 1.0))


def _last_h(target: Target) -> float:
    return float(_times_h(target)[-1])


def _times_h(target: Target) -> Floats:
    """Return the times at which a target needs its observable."""
    if target.time_h is not None:
        return np.array([target.time_h])
    if target.readings_h:
        return np.array(target.readings_h)
    start, end = target.window_h or (0.0, 24.0)
    return np.arange(start, end + PEAK_STEP_H / 2, PEAK_STEP_H)

"""Curves: trajectories as polynomials between doses, so that peaks and areas do not depend on an observation grid.

The time axis of every subject is cut at each dose (after its lag), at each infusion end and wherever an endpoint begins or
ends; the gaps are cut further into panels that start short and grow, because what follows a dose is fast first and slow
later. The engine is read at the right-sided Radau nodes of every panel. Between those, the polynomial through the nodes is
the curve: of order eight, and never across a dose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.endpoints import polynomials
from regimens.endpoints.window import Window
from regimens.engine import Trajectories, simulate
from regimens.engine.trajectories import OK, Statistics, Tolerances
from regimens.model.evaluate import evaluate
from regimens.model.expression import names_in
from regimens.regimen.events import DoseEvents, DosePlan

if TYPE_CHECKING:
    from regimens.endpoints.polynomials import Floats
    from regimens.model.compile import CompiledModel
    from regimens.model.parameters import Parameters

FIRST_PANEL_H, GROWTH, LONGEST_PANEL_H = 0.5, 1.5, 24.0
"""Panels after a dose are half an hour long, then grow up to a day: endpoints of the shipped models are then right to 1e-5 in
the worst of 200 subjects drawn with their parameters, and to 1e-6 in most."""


@dataclass(frozen=True, eq=False)
class Panels:
    """Where the curves of each subject are cut: `edges_h` is (subjects, panels + 1), rising; panels may be empty."""

    edges_h: Floats

    @property
    def times_h(self) -> Floats:
        """The (subjects, 1 + panels x NODES) times to read: the start, then the nodes of every panel."""
        widths = np.diff(self.edges_h, axis=1)
        nodes = self.edges_h[:, :-1, None] + widths[:, :, None] * polynomials.RADAU
        # The last node is the edge itself, exactly, so that a reading there is the one just before a dose.
        nodes[:, :, -1] = self.edges_h[:, 1:]
        return np.concatenate([self.edges_h[:, :1], nodes.reshape(len(nodes), -1)], axis=1)


def panels_between(breaks_h: Floats, horizon_h: float) -> Panels:
    """Return the panels of subjects whose curves may bend at `breaks_h` (subjects, breaks; in any order; h)."""
    subjects = len(breaks_h)
    ends = np.full((subjects, 1), float(horizon_h))
    inner = np.sort(np.clip(breaks_h, 0.0, horizon_h), axis=1)
    starts = np.concatenate([np.zeros((subjects, 1)), inner], axis=1)
    stops = np.concatenate([inner, ends], axis=1)
    pieces = [starts[:, :1]]
    for gap in range(starts.shape[1]):
        start, stop = starts[:, gap : gap + 1], stops[:, gap : gap + 1]
        offsets, widths = _offsets(float((stop - start).max()))
        # Each subject's own gap decides how many panels it needs, so that the numbers of a subject do not depend on the others.
        wanted = np.append(offsets[:-1] + 0.5 * widths, np.inf) < stop - start
        pieces.append(np.where(wanted, np.minimum(start + offsets, stop), stop))
    return Panels(np.concatenate(pieces, axis=1))


def _offsets(longest: float) -> tuple[Floats, Floats]:
    """Return the right edges of the panels of the longest gap, from its start, and the widths of all but the last."""
    offsets, widths, width = [], [], FIRST_PANEL_H
    reached = 0.0
    while reached + 1.5 * width < longest:
        reached += width
        offsets.append(reached)
        widths.append(width)
        width = min(GROWTH * width, LONGEST_PANEL_H)
    return np.array([*offsets, np.inf]), np.array(widths)


@dataclass(frozen=True, eq=False)
class Curves:
    """Continuous trajectories of one arm under one model.

    `start` is (observables, subjects): the values before anything happens; `nodes` is (observables, NODES, subjects, panels);
    `status` and `stopped_h` are those of Trajectories. A subject whose status is not ok has no numbers. All arithmetic is
    subject by subject in a fixed order: what is read of a subject does not depend on who else is in the batch.
    """

    observables: tuple[str, ...]
    edges_h: Floats
    start: Floats = field(repr=False)
    nodes: Floats = field(repr=False)
    status: npt.NDArray[np.int64]
    stopped_h: Floats
    statistics: Statistics

    def _of(self, observable: str) -> Floats:
        nodes: Floats = self.nodes[self.observables.index(observable)]
        return nodes

    def at(self, times_h: Sequence[float] | Floats, observable: str) -> Floats:
        """Return the (subjects, times) values at shared times; at a dose time, the value just before the dose."""
        times = np.asarray(times_h, dtype=float)
        return self.at_own(np.broadcast_to(times, (len(self.edges_h), len(times))), observable)

    def at_own(self, times_h: Floats, observable: str) -> Floats:
        """Return the (subjects, times) values at times of each subject's own, (subjects, times); not a number at NaN."""
        panels = self.edges_h.shape[1] - 1
        found = [np.searchsorted(edges, times, side="left") for edges, times in zip(self.edges_h, times_h, strict=True)]
        panel = np.clip(np.array(found).reshape(times_h.shape) - 1, 0, panels - 1)
        rows = np.arange(len(times_h))[:, None]
        left = self.edges_h[rows, panel]
        width = self.edges_h[rows, panel + 1] - left
        place = (times_h - left) / np.where(width > 0, width, 1.0)
        result = polynomials.evaluate(polynomials.powers(self._of(observable)[:, rows, panel]), place)
        return np.where(times_h <= 0.0, self.start[self.observables.index(observable)][:, None], result)

    def window(self, observable: str, from_h: float, to_h: float) -> Window:
        """Return the curves of one observable between two times (h), which are cuts of the panels."""
        left, right = self.edges_h[:, :-1], self.edges_h[:, 1:]
        inside = (left >= from_h) & (right <= to_h)
        before = self.start[self.observables.index(observable)] if from_h <= 0.0 else None
        return Window(self._of(observable), np.where(inside, right - left, 0.0), left, before)


def lags_h(compiled: CompiledModel, parameters: Parameters) -> Floats:
    """Return the lag (inputs, subjects; h) before a dose acts, for each input of the model."""
    values: dict[str, Floats] = dict(zip(parameters.names, parameters.values.T, strict=True))
    for definition in compiled.model.definitions:
        if set(names_in(definition.formula)) <= set(values):
            values[definition.name] = np.asarray(evaluate(definition.formula, values))
    lags = [np.asarray(evaluate(entry.lag, values)) * compiled.hours_per_time for entry in compiled.model.inputs]
    return np.array([np.broadcast_to(lag, (parameters.subjects,)) for lag in lags]).reshape(-1, parameters.subjects)


def _bends(compiled: CompiledModel, parameters: Parameters, plan: DosePlan) -> Floats:
    """Return where curves may bend, (subjects, bends; h): each dose as it acts and each end of an infusion."""
    entry = plan.padded([_inputs(compiled, events) for events in plan.sets], 0)
    time_h = plan.padded([events.time_h for events in plan.sets], np.inf)
    duration_h = plan.padded([events.duration_h for events in plan.sets], 0.0)
    entry = np.broadcast_to(entry, (parameters.subjects, entry.shape[1]))
    starts = time_h + np.take_along_axis(lags_h(compiled, parameters).T, entry, axis=1)
    ends = np.where(duration_h > 0, starts + duration_h, np.inf)
    return np.concatenate([starts, ends[:, np.any(duration_h > 0, axis=0)]], axis=1)


def _inputs(compiled: CompiledModel, events: DoseEvents) -> npt.NDArray[np.int64]:
    return np.array([compiled.inputs[pair] for pair in zip(events.drug, events.route, strict=True)], dtype=np.int64)


def draw_curves(
    compiled: CompiledModel,
    parameters: Parameters,
    events: DoseEvents | Sequence[DoseEvents] | DosePlan,
    horizon_h: float,
    *,
    observables: Iterable[str],
    cuts_h: Iterable[float] = (),
    tolerances: Tolerances | None = None,
    threads: int | None = None,
) -> Curves:
    """Simulate one arm and return its curves up to `horizon_h`, cut also at `cuts_h` (where endpoints begin and end).

    `events` are the doses of all subjects, or one set for each.
    """
    names, plan = tuple(observables), DosePlan.of(events, parameters.subjects)
    cuts = np.tile(np.array(sorted(set(cuts_h)), dtype=float), (parameters.subjects, 1))
    panels = panels_between(np.concatenate([_bends(compiled, parameters, plan), cuts], axis=1), horizon_h)
    read: Trajectories = simulate(
        compiled,
        parameters,
        plan,
        panels.times_h,
        observables=names,
        tolerances=tolerances or Tolerances(),
        threads=threads,
    )
    read.values[read.status != OK] = np.nan
    shape = (parameters.subjects, panels.edges_h.shape[1] - 1, polynomials.NODES, len(names))
    nodes = np.ascontiguousarray(read.values[:, 1:].reshape(shape).transpose(3, 2, 0, 1))
    start = np.ascontiguousarray(read.values[:, 0].T)
    return Curves(names, panels.edges_h, start, nodes, read.status, read.stopped_h, read.statistics)

"""Curves: trajectories as polynomials between doses, so that peaks and areas do not depend on an observation grid.

The time axis of every subject is cut at each dose (after its lag), at each infusion end and wherever an endpoint begins or
ends; the gaps are cut further into panels that start short and grow, because what follows a dose is fast first and slow
later. The engine is read at the right-sided Radau nodes of every panel. Between those, the polynomial through the nodes is
the curve: of order eight, and never across a dose.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.polynomial import Polynomial, legendre

from regimens.engine import Trajectories, simulate
from regimens.engine.trajectories import OK, Statistics, Tolerances
from regimens.model.compile import CompiledModel
from regimens.model.evaluate import evaluate
from regimens.model.expression import names_in
from regimens.model.parameters import Parameters
from regimens.regimen.events import DoseEvents

NODES = 8
"""Readings per panel: polynomials of degree 7, areas exact to degree 14."""

FIRST_PANEL_H, GROWTH, LONGEST_PANEL_H = 0.25, 1.6, 24.0
"""Panels after a dose are 0.25 h long, then grow up to 24 h: endpoints of the shipped models are then right to 1e-6."""

SAME = 1e-9
"""Relative difference below which two heights are the same peak; the earlier one counts."""

SCAN = 17
"""Points per panel on which extremes and crossings are looked for before they are refined."""


def _radau_right(count: int) -> np.ndarray:
    """Right-sided Radau nodes on (0, 1]: roots of P_n - P_(n-1). Source: Hairer & Wanner 1996, section IV.5."""
    roots = legendre.Legendre([0.0] * (count - 1) + [-1.0, 1.0]).roots()
    return np.append((np.sort(roots.real)[:-1] + 1.0) / 2.0, 1.0)


def _lagrange(nodes: np.ndarray) -> list[Polynomial]:
    return [Polynomial.fromroots(np.delete(nodes, j)) / np.prod(node - np.delete(nodes, j)) for j, node in enumerate(nodes)]


RADAU = _radau_right(NODES)
_BASIS = _lagrange(RADAU)
_WEIGHTS = np.array([basis.integ()(1.0) for basis in _BASIS])
_SCAN_AT = np.linspace(0.0, 1.0, SCAN)
_SCAN_MATRIX = np.array([basis(_SCAN_AT) for basis in _BASIS])
_COEFFICIENTS = np.array([basis.coef for basis in _BASIS])


@dataclass(frozen=True, eq=False)
class Panels:
    """Where the curves of each subject are cut: `edges_h` is (subjects, panels + 1), rising; panels may be empty."""

    edges_h: np.ndarray

    @property
    def times_h(self) -> np.ndarray:
        """The (subjects, 1 + panels x NODES) times to read: the start, then the nodes of every panel."""
        widths = np.diff(self.edges_h, axis=1)
        nodes = self.edges_h[:, :-1, None] + widths[:, :, None] * RADAU
        # The last node is the edge itself, exactly, so that a reading there is the one just before a dose.
        nodes[:, :, -1] = self.edges_h[:, 1:]
        return np.concatenate([self.edges_h[:, :1], nodes.reshape(len(nodes), -1)], axis=1)


def panels_between(breaks_h: np.ndarray, horizon_h: float) -> Panels:
    """Return the panels of subjects whose curves may bend at `breaks_h` (subjects, breaks; in any order; h)."""
    subjects = len(breaks_h)
    ends = np.full((subjects, 1), float(horizon_h))
    inner = np.sort(np.clip(breaks_h, 0.0, horizon_h), axis=1)
    starts = np.concatenate([np.zeros((subjects, 1)), inner], axis=1)
    stops = np.concatenate([inner, ends], axis=1)
    pieces = [starts[:, :1]]
    for gap in range(starts.shape[1]):
        offsets = _offsets(float((stops[:, gap] - starts[:, gap]).max()))
        pieces.append(np.minimum(starts[:, gap : gap + 1] + offsets, stops[:, gap : gap + 1]))
    return Panels(np.concatenate(pieces, axis=1))


def _offsets(length: float) -> np.ndarray:
    """Right edges of the panels of a gap, from its start; the last reaches its end."""
    offsets, width = [], FIRST_PANEL_H
    reached = 0.0
    while reached + 1.5 * width < length:
        reached += width
        offsets.append(reached)
        width = min(GROWTH * width, LONGEST_PANEL_H)
    return np.array([*offsets, np.inf])


@dataclass(frozen=True, eq=False)
class Curves:
    """Continuous trajectories of one arm under one model.

    `start` is (subjects, observables): the values before anything happens; `nodes` is (subjects, panels, NODES,
    observables); `status` and `stopped_h` are those of Trajectories. A subject whose status is not ok has no numbers.
    """

    observables: tuple[str, ...]
    edges_h: np.ndarray
    start: np.ndarray = field(repr=False)
    nodes: np.ndarray = field(repr=False)
    status: np.ndarray
    stopped_h: np.ndarray
    statistics: Statistics

    def _of(self, observable: str) -> np.ndarray:
        return self.nodes[..., self.observables.index(observable)]

    def at(self, times_h: Sequence[float] | np.ndarray, observable: str) -> np.ndarray:
        """Return the (subjects, times) values at shared times; at a dose time, the value just before the dose."""
        times = np.asarray(times_h, dtype=float)
        nodes, result = self._of(observable), np.empty((len(self.edges_h), len(times)))
        for row, edges in enumerate(self.edges_h):
            panel = np.clip(np.searchsorted(edges, times, side="left") - 1, 0, len(edges) - 2)
            width = edges[panel + 1] - edges[panel]
            place = (times - edges[panel]) / np.where(width > 0, width, 1.0)
            powers = place[:, None] ** np.arange(NODES)
            result[row] = np.einsum("tn,tn->t", nodes[row, panel] @ _COEFFICIENTS, powers)
        result[:, times <= 0.0] = self.start[:, [self.observables.index(observable)]]
        return result

    def _window(self, from_h: float, to_h: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the (subjects, panels) widths inside the window, 0 outside, and their left edges."""
        left, right = self.edges_h[:, :-1], self.edges_h[:, 1:]
        inside = (left >= from_h) & (right <= to_h)
        return np.where(inside, right - left, 0.0), left

    def area(self, observable: str, from_h: float, to_h: float) -> np.ndarray:
        """Return the integral over the window (unit x h) for each subject; the window ends on cuts of the panels."""
        widths, _ = self._window(from_h, to_h)
        return np.einsum("sp,spn,n->s", widths, self._of(observable), _WEIGHTS)

    def peak(self, observable: str, from_h: float, to_h: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the highest value in the window and when it is first reached (h), for each subject.

        Both sides of every dose count: the right-hand side is the polynomial at the left edge of its panel.
        """
        widths, left = self._window(from_h, to_h)
        nodes = self._of(observable)
        scanned = np.where(widths[:, :, None] > 0, nodes @ _SCAN_MATRIX, -np.inf)
        scanned = np.where(np.isnan(scanned), -np.inf, scanned)
        tops = scanned.max(axis=2)
        highest = tops.max(axis=1)
        best = (tops >= (highest - SAME * np.abs(highest))[:, None]).argmax(axis=1)
        rows = np.arange(len(nodes))
        value, time = np.full(len(nodes), -np.inf), np.zeros(len(nodes))
        # The top may lie just across an edge of the panel where the scan is highest.
        for panel in (np.maximum(best - 1, 0), best, np.minimum(best + 1, tops.shape[1] - 1)):
            height, place = _highest(nodes[rows, panel], scanned[rows, panel].argmax(axis=1))
            gains = (widths[rows, panel] > 0) & (height > value + SAME * np.abs(height))
            value, time = (
                np.where(gains, height, value),
                np.where(gains, left[rows, panel] + place * widths[rows, panel], time),
            )
        if from_h <= 0.0:
            start = self.start[:, self.observables.index(observable)]
            at_start = start >= value - SAME * np.abs(value)
            value, time = np.maximum(start, value), np.where(at_start, 0.0, time)
        return value, time

    def above(self, observable: str, threshold: np.ndarray, from_h: float, to_h: float) -> tuple[np.ndarray, np.ndarray]:
        """Return for each subject the time above its threshold (h) and the area between curve and threshold (unit x h)."""
        widths, _ = self._window(from_h, to_h)
        excess = self._of(observable) - threshold[:, None, None]
        scanned = np.where(np.isnan(excess @ _SCAN_MATRIX), -np.inf, excess @ _SCAN_MATRIX)
        whole = (scanned > 0).all(axis=2)
        duration = np.einsum("sp,sp->s", widths, whole)
        area = np.einsum("sp,spn,n->s", widths * whole, np.where(whole[..., None], excess, 0.0), _WEIGHTS)
        mixed = (scanned > 0).any(axis=2) & ~whole & (widths > 0)
        subject, panel = np.nonzero(mixed)
        part, size = _positive_part(excess[subject, panel] @ _COEFFICIENTS)
        np.add.at(duration, subject, part * widths[subject, panel])
        np.add.at(area, subject, size * widths[subject, panel])
        return duration, area


def _highest(nodes: np.ndarray, near: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Refine maxima of (subjects, NODES) panels near scan points, by cutting the bracket in thirds."""
    coefficients = nodes @ _COEFFICIENTS
    step = 1.0 / (SCAN - 1)
    low, high = np.clip((near - 1) * step, 0.0, 1.0), np.clip((near + 1) * step, 0.0, 1.0)
    for _ in range(60):
        first, second = low + (high - low) / 3.0, high - (high - low) / 3.0
        rising = _evaluate(coefficients, first) < _evaluate(coefficients, second)
        low, high = np.where(rising, first, low), np.where(rising, high, second)
    middle = (low + high) / 2.0
    candidates = np.array([near * step, middle])
    values = np.array([_evaluate(coefficients, place) for place in candidates])
    chosen = values.argmax(axis=0)
    rows = np.arange(len(near))
    return values[chosen, rows], candidates[chosen, rows]


def _evaluate(coefficients: np.ndarray, place: np.ndarray) -> np.ndarray:
    value = np.zeros_like(place)
    for power in range(NODES - 1, -1, -1):
        value = value * place + coefficients[:, power]
    return value


def _positive_part(coefficients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the share of [0, 1] on which each polynomial is positive, and its integral there."""
    integral = np.concatenate([np.zeros((len(coefficients), 1)), coefficients / np.arange(1, NODES + 1)], axis=1)
    share, area = np.zeros(len(coefficients)), np.zeros(len(coefficients))
    for low, high in pairwise(_SCAN_AT):
        left, right = np.full(len(coefficients), low), np.full(len(coefficients), high)
        starts, ends = _evaluate(coefficients, left), _evaluate(coefficients, right)
        root = _root(coefficients, left, right, starts)
        start = np.where(starts > 0, left, root)
        end = np.where(ends > 0, right, root)
        inside = (starts > 0) | (ends > 0)
        share += np.where(inside, end - start, 0.0)
        area += np.where(inside, _antiderivative(integral, end) - _antiderivative(integral, start), 0.0)
    return share, area


def _antiderivative(integral: np.ndarray, place: np.ndarray) -> np.ndarray:
    value = np.zeros_like(place)
    for power in range(NODES, -1, -1):
        value = value * place + integral[:, power]
    return value


def _root(coefficients: np.ndarray, left: np.ndarray, right: np.ndarray, starts: np.ndarray) -> np.ndarray:
    low, high = left.copy(), right.copy()
    for _ in range(48):
        middle = (low + high) / 2.0
        same = (_evaluate(coefficients, middle) > 0) == (starts > 0)
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return (low + high) / 2.0


def lags_h(compiled: CompiledModel, parameters: Parameters, events: DoseEvents) -> np.ndarray:
    """Return the lag (subjects, doses; h) before each dose acts in each subject."""
    values: dict[str, np.ndarray] = dict(zip(parameters.names, parameters.values.T, strict=True))
    for definition in compiled.model.definitions:
        if set(names_in(definition.formula)) <= set(values):
            values[definition.name] = np.asarray(evaluate(definition.formula, values))
    lags = [np.asarray(evaluate(entry.lag, values)) * compiled.hours_per_time for entry in compiled.model.inputs]
    inputs = [compiled.inputs[pair] for pair in zip(events.drug, events.route, strict=True)]
    columns = [np.broadcast_to(lags[place], (parameters.subjects,)) for place in inputs]
    return np.array(columns).T.reshape(parameters.subjects, len(events))


def draw_curves(
    compiled: CompiledModel,
    parameters: Parameters,
    events: DoseEvents,
    horizon_h: float,
    *,
    observables: Iterable[str],
    cuts_h: Iterable[float] = (),
    tolerances: Tolerances | None = None,
    threads: int | None = None,
) -> Curves:
    """Simulate one arm and return its curves up to `horizon_h`, cut also at `cuts_h` (where endpoints begin and end)."""
    names = tuple(observables)
    starts = events.time_h + lags_h(compiled, parameters, events)
    bends = np.concatenate([starts, starts + events.duration_h], axis=1)
    cuts = np.tile(np.array(sorted(set(cuts_h)), dtype=float), (parameters.subjects, 1))
    panels = panels_between(np.concatenate([bends, cuts], axis=1), horizon_h)
    read: Trajectories = simulate(
        compiled,
        parameters,
        events,
        panels.times_h,
        observables=names,
        tolerances=tolerances or Tolerances(),
        threads=threads,
    )
    shape = (parameters.subjects, panels.edges_h.shape[1] - 1, NODES, len(names))
    values = np.where((read.status == OK)[:, None, None], read.values, np.nan)
    return Curves(names, panels.edges_h, values[:, 0], values[:, 1:].reshape(shape), read.status, read.stopped_h, read.statistics)

"""Polynomials through the readings of a panel: values, means, extremes and crossings, many panels at once.

A polynomial is given by its NODES readings at the right-sided Radau nodes, in the first axis of an array; all arithmetic is
element by element, so that what is found of a panel does not depend on the others.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numpy.polynomial import Polynomial, legendre

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NODES = 8
"""Readings per panel: polynomials of degree 7, areas exact to degree 14."""

SCAN = 17
"""Points per panel on which extremes and crossings are looked for before they are refined."""

NEWTON, AT_REST = 30, 1e-13
"""Most Newton steps, each kept in its bracket, that refine an extreme or a crossing; and the step, in panels, that ends them."""


def radau_right(count: int) -> Floats:
    """Right-sided Radau nodes on (0, 1]: roots of P_n - P_(n-1). Source: Hairer & Wanner 1996, section IV.5."""
    roots = legendre.Legendre([0.0] * (count - 1) + [-1.0, 1.0]).roots()
    return np.append((np.sort(roots.real)[:-1] + 1.0) / 2.0, 1.0)


def _lagrange(nodes: Floats) -> list[Polynomial]:
    return [Polynomial.fromroots(np.delete(nodes, j)) / np.prod(node - np.delete(nodes, j)) for j, node in enumerate(nodes)]


RADAU = radau_right(NODES)
_BASIS = _lagrange(RADAU)
_WEIGHTS = np.array([basis.integ()(1.0) for basis in _BASIS])
_SCAN_AT = np.linspace(0.0, 1.0, SCAN)
_SCAN_MATRIX = np.array([basis(_SCAN_AT) for basis in _BASIS])
_COEFFICIENTS = np.array([basis.coef for basis in _BASIS])
_AT_EDGE = np.array([basis(0.0) for basis in _BASIS])
_AT_EDGE_WITHOUT_FIRST = np.array([basis(0.0) for basis in _lagrange(RADAU[1:])])
_REACH = 2.0
"""Half ranges of its nodes by which a polynomial may leave their middle; one that goes further is not resolved."""


def summed(values: Floats) -> Floats:
    """Return the sums of (subjects, panels), panel after panel, so that empty panels change no digit."""
    return np.add.accumulate(values, axis=1)[:, -1]


def combined(weights: Floats, nodes: Floats) -> Floats:
    """Return sum_j weights_j nodes_j, the terms in order: a matrix product may group them by where a subject stands."""
    total: Floats = weights[0] * nodes[0]
    for weight, node in zip(weights[1:], nodes[1:], strict=True):
        total += weight * node
    return total


def mean(nodes: Floats) -> Floats:
    """Return the mean of each polynomial over its panel."""
    return combined(_WEIGHTS, nodes)


def left_edge(nodes: Floats) -> tuple[Floats, Floats]:
    """Return the value of each polynomial at the left edge, where there is no node, and by how much it may be wrong.

    The second is the difference from the polynomial that leaves out the first node.
    """
    value = combined(_AT_EDGE, nodes)
    return value, np.abs(value - combined(_AT_EDGE_WITHOUT_FIRST, nodes[1:]))


def scan(nodes: Floats) -> Floats:
    """Return the (SCAN, ...) values on the scan points of polynomials given by (NODES, ...) readings."""
    return np.array([combined(weights, nodes) for weights in _SCAN_MATRIX.T])


def powers(nodes: Floats) -> Floats:
    """Return the coefficients (powers, ...) of the polynomials on [0, 1]."""
    return np.array([combined(weights, nodes) for weights in _COEFFICIENTS.T])


def bound(nodes: Floats) -> tuple[Floats, Floats]:
    """Return a lower and an upper bound of every polynomial on its panel."""
    low, high = nodes.min(axis=0), nodes.max(axis=0)
    middle, reach = (low + high) / 2.0, _REACH * (high - low) / 2.0
    return middle - reach, middle + reach


def rough_top(scanned: Floats) -> Floats:
    """Return the tops of (SCAN, panels) scans, by the parabola through the highest point and its neighbours."""
    at, columns = np.clip(scanned.argmax(axis=0), 1, SCAN - 2), np.arange(scanned.shape[1])
    before, middle, after = (scanned[at + step, columns] for step in (-1, 0, 1))
    bend: Floats = 2.0 * middle - before - after
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = (after - before) ** 2 / (8.0 * bend)
    inside = (bend > 0) & (np.abs(after - before) < 2.0 * bend)
    top: Floats = np.where(inside, middle + gain, scanned.max(axis=0))
    return top


def highest(nodes: Floats) -> tuple[Floats, Floats]:
    """Return height and place of the highest point of polynomials given by (NODES, panels) readings."""
    coefficients = powers(nodes)
    scanned = scan(nodes)
    step = 1.0 / (SCAN - 1)
    near = np.where(np.isnan(scanned), -np.inf, scanned).argmax(axis=0) * step
    slope = derivative(coefficients)
    middle = crossing(slope, np.clip(near - step, 0.0, 1.0), np.clip(near + step, 0.0, 1.0))
    candidates = np.array([near, middle])
    values = np.array([evaluate(coefficients, place) for place in candidates])
    chosen, rows = values.argmax(axis=0), np.arange(len(near))
    return values[chosen, rows], candidates[chosen, rows]


def evaluate(coefficients: Floats, place: Floats) -> Floats:
    """Return the value of each polynomial at its place."""
    value = np.zeros_like(place)
    for coefficient in coefficients[::-1]:
        value = value * place + coefficient
    return value


def derivative(coefficients: Floats) -> Floats:
    """Return the coefficients of the derivatives."""
    return np.array([power * coefficients[power] for power in range(1, len(coefficients))])


def may_turn(values: Floats) -> Flags:
    """Return between which neighbouring scan points (SCAN - 1, ...) a polynomial may touch zero and turn back.

    `values` are (SCAN, ...) on the scan points. Between two points at distance 1 a parabola goes beyond both by at most an
    eighth of its second difference; twice that is allowed.
    """
    bend = np.abs(values[2:] - 2.0 * values[1:-1] + values[:-2])
    bend = np.maximum(np.concatenate([bend[:1], bend]), np.concatenate([bend, bend[-1:]]))
    near = np.minimum(np.abs(values[:-1]), np.abs(values[1:])) <= bend / 4.0
    may: Flags = near & ((values[:-1] > 0) == (values[1:] > 0))
    return may


def signs(coefficients: Floats) -> tuple[Floats, Flags]:
    """Return places in [0, 1], rising (places, panels), and whether each polynomial (powers, panels) is positive there.

    Between neighbouring places it changes its sign at most once: they are the scan points, and after each of them the point
    where the polynomial turns back on the other side of zero before the next one. Where there is none, the scan point is
    repeated.
    """
    count = coefficients.shape[1]
    places = np.repeat(np.repeat(_SCAN_AT, 2)[:-1, None], count, axis=1)
    values = np.array([evaluate(coefficients, place) for place in places[::2]])
    positive = np.repeat(values > 0, 2, axis=0)[:-1]
    piece, panel = np.nonzero(may_turn(values))
    slope = derivative(coefficients[:, panel])
    left, right = _SCAN_AT[piece], _SCAN_AT[piece + 1]
    turns = (evaluate(slope, left) > 0) != (evaluate(slope, right) > 0)
    piece, panel, place = piece[turns], panel[turns], crossing(slope[:, turns], left[turns], right[turns])
    beyond = (evaluate(coefficients[:, panel], place) > 0) != positive[2 * piece, panel]
    piece, panel = piece[beyond], panel[beyond]
    places[2 * piece + 1, panel] = place[beyond]
    positive[2 * piece + 1, panel] ^= True
    return places, positive


def changes_sign(coefficients: Floats) -> Flags:
    """Return whether each polynomial (powers, panels) is positive on some of [0, 1] and not on all of it."""
    positive = signs(coefficients)[1]
    changes: Flags = positive.any(axis=0) & ~np.asarray(positive.all(axis=0))
    return changes


def positive_span(coefficients: Floats) -> tuple[Floats, Floats]:
    """Return where on [0, 1] each polynomial (powers, panels) is positive first and last; missing (NaN) where nowhere."""
    places, positive = signs(coefficients)
    columns, last_place = np.arange(positive.shape[1]), len(places) - 1
    some = positive.any(axis=0)
    first, last = positive.argmax(axis=0), last_place - positive[::-1].argmax(axis=0)
    starts, ends = (np.where(some, places[at, columns], np.nan) for at in (first, last))
    enters, leaves = some & (first > 0), some & (last < last_place)
    for found, at, step, of in ((starts, first, -1, enters), (ends, last, 1, leaves)):
        near = np.sort([places[at[of], columns[of]], places[at[of] + step, columns[of]]], axis=0)
        found[of] = crossing(coefficients[:, of], near[0], near[1])
    return starts, ends


def positive_part(coefficients: Floats) -> tuple[Floats, Floats]:
    """Return the share of [0, 1] on which each polynomial (powers, panels) is positive, and its integral there."""
    integral = np.array([np.zeros(coefficients.shape[1]), *(c / power for power, c in enumerate(coefficients, 1))])
    places, positive = signs(coefficients)
    starts, ends = positive[:-1], positive[1:]
    left, right = places[:-1].copy(), places[1:].copy()
    piece, panel = np.nonzero(starts != ends)
    root = crossing(coefficients[:, panel], left[piece, panel], right[piece, panel])
    falls = starts[piece, panel]
    left[piece[~falls], panel[~falls]] = root[~falls]
    right[piece[falls], panel[falls]] = root[falls]
    inside = starts | ends
    share = np.where(inside, right - left, 0.0)
    area = np.where(inside, evaluate(integral, right) - evaluate(integral, left), 0.0)
    return summed(share.T), summed(area.T)


def crossing(coefficients: Floats, low: Floats, high: Floats) -> Floats:
    """Return where each polynomial (powers, panels) changes its sign between `low` and `high`; some place inside if nowhere."""
    rising = evaluate(coefficients, high) > 0
    slope = derivative(coefficients)
    place = (low + high) / 2.0
    moving = np.ones(place.shape, dtype=bool)
    for _ in range(NEWTON):
        value, steepness = evaluate(coefficients, place), evaluate(slope, place)
        beyond = (value > 0) == rising
        low, high = np.where(beyond, low, place), np.where(beyond, place, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            step = place - value / steepness
        step = np.where((step >= low) & (step <= high), step, (low + high) / 2.0)
        # A place that has come to rest stays there, however long the others take.
        moving &= np.abs(step - place) > AT_REST
        if not moving.any():
            break
        place = np.where(moving, step, place)
    return place

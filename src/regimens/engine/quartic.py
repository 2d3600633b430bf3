"""Polynomials of degree 4 on [0, 1], one a lane, as LLVM IR: through five nodes, their top, and where they are positive.

The nodes are those of Lobatto's rule, so that the mean is exact to degree 7. What is between the nodes is found from the
monotone pieces of the polynomial: its first derivative is monotone between the roots of the second, and the polynomial between
those of the first.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from llvmlite import ir
from numpy.polynomial import Polynomial

from regimens.engine.lanes import INTS, MASK, SLOT_BYTES, VECTOR, Lanes, everywhere, integer, reserve, weighted, while_nonzero

_INNER = float(np.sqrt(3.0 / 7.0)) / 2.0
NODES = (0.0, 0.5 - _INNER, 0.5, 0.5 + _INNER, 1.0)
WEIGHTS = (1.0 / 20.0, 49.0 / 180.0, 16.0 / 45.0, 49.0 / 180.0, 1.0 / 20.0)
"""Lobatto's rule with five nodes (Hairer & Wanner 1996, section IV.5)."""

MOST_NEWTON, AT_REST = 50, 1e-14
"""Most Newton steps, each kept in its bracket, that locate a root; and the step that ends them."""

Vectors = list[ir.Value]


def _matrix(basis: list[Polynomial]) -> list[tuple[float, ...]]:
    """Return the matrix that turns values at the nodes into the coefficients of `basis`."""
    values = np.array([[float(b(node)) for b in basis] for node in NODES])
    return [tuple(float(x) for x in row) for row in np.linalg.inv(values)]


_POWERS = _matrix([Polynomial([0.0] * k + [1.0]) for k in range(5)])
_BERNSTEIN = _matrix(
    [Polynomial([0.0, 1.0]) ** k * Polynomial([1.0, -1.0]) ** (4 - k) * c for k, c in enumerate((1.0, 4.0, 6.0, 4.0, 1.0))]
)


def mean(v: Lanes, values: Vectors) -> ir.Value:
    """Emit the mean over [0, 1] of the polynomial with these values at the nodes."""
    return weighted(v, WEIGHTS, values)


def bernstein(v: Lanes, values: Vectors) -> Vectors:
    """Emit the five Bernstein coefficients; the polynomial lies within their range, and is monotone where they are."""
    return [values[0], *(weighted(v, row, values) for row in _BERNSTEIN[1:4]), values[4]]


def _powers(v: Lanes, values: Vectors) -> Vectors:
    """Emit the coefficients of the powers 0 to 4."""
    return [values[0], *(weighted(v, row, values) for row in _POWERS[1:])]


def _at(v: Lanes, coefficients: Vectors, place: ir.Value) -> ir.Value:
    value = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = v.multiply_add(value, place, coefficient)
    return value


def _derivative(v: Lanes, coefficients: Vectors) -> Vectors:
    return [v.multiply(float(power), coefficient) for power, coefficient in enumerate(coefficients[1:], 1)]


ROOT_ARGUMENTS = (VECTOR, (VECTOR,) * 7)
TOP_ARGUMENTS = (ir.LiteralStructType([VECTOR] * 2), (VECTOR,) * 5)
POSITIVE_ARGUMENTS = (ir.LiteralStructType([VECTOR] * 4), (VECTOR,) * 5)
"""Result and arguments of the three functions below."""


def emit_root(function: ir.Function) -> None:
    """Write `root(c0, .., c4, low, high)`: where the polynomial changes its sign between low and high; high where it does not.

    A polynomial whose value at the last node has another sign by rounding than what the powers give at 1 crosses zero there.
    """
    b = ir.IRBuilder(function.append_basic_block("entry"))
    v = Lanes(b)
    *coefficients, low, high = function.args
    slope = _derivative(v, coefficients)
    rising = v.compare(">", _at(v, coefficients, high), 0.0)
    changes = b.xor(rising, v.compare(">", _at(v, coefficients, low), 0.0))
    middle = v.multiply(0.5, v.add(low, high))
    variables = [middle, low, high, b.zext(changes, INTS)]
    memory = [_stored(b, value) for value in variables]
    with while_nonzero(b, b.select(_any(b, v, changes), integer(MOST_NEWTON), integer(0))) as loop:
        place, left, right, moving = (b.load(address, typ=value.type) for address, value in zip(memory, variables, strict=True))
        moving = b.trunc(moving, MASK)
        value = _at(v, coefficients, place)
        beyond = b.not_(b.xor(v.compare(">", value, 0.0), rising))
        left, right = v.select(beyond, left, place), v.select(beyond, place, right)
        newton = v.subtract(place, v.divide(value, _at(v, slope, place)))
        inside = b.and_(v.compare(">=", newton, left), v.compare("<=", newton, right))
        step = v.select(inside, newton, v.multiply(0.5, v.add(left, right)))
        still = b.and_(moving, v.compare(">", v.magnitude(v.subtract(step, place)), AT_REST))
        updated = (v.select(moving, step, place), left, right, b.zext(still, INTS))
        for address, new in zip(memory, updated, strict=True):
            b.store(new, address)
        loop.following = b.select(_any(b, v, still), b.sub(loop.value, integer(1)), integer(0))
    b.ret(v.select(changes, b.load(memory[0], typ=VECTOR), high))


def _stored(b: ir.IRBuilder, value: ir.Value) -> ir.Value:
    address = reserve(b, value.type, SLOT_BYTES)
    b.store(value, address)
    return address


def _any(b: ir.IRBuilder, v: Lanes, mask: ir.Value) -> ir.Value:
    return b.icmp_signed("!=", v.bits(mask), integer(0))


def _turns(v: Lanes, root: ir.Function, coefficients: Vectors) -> Vectors:
    """Emit three places, rising, between which, and the ends of [0, 1], the polynomial is monotone."""
    b = v.builder
    c, d, e = coefficients[2:]
    a2, a1, a0 = v.multiply(12.0, e), v.multiply(6.0, d), v.multiply(2.0, c)
    size = v.root(v.subtract(v.multiply(a1, a1), v.multiply(v.multiply(4.0, a2), a0)))
    q = v.multiply(-0.5, v.add(a1, v.select(v.compare("<", a1, 0.0), v.negate(size), size)))
    bends = [_inside(v, v.divide(q, a2)), _inside(v, v.divide(a0, q))]
    bends = [v.smaller(*bends), v.larger(*bends)]
    slope = [*_derivative(v, coefficients), everywhere(0.0)]
    edges = [everywhere(0.0), *bends, everywhere(1.0)]
    return [b.call(root, [*slope, low, high]) for low, high in pairwise(edges)]


def _inside(v: Lanes, place: ir.Value) -> ir.Value:
    """Emit the place where it is inside [0, 1], else 0."""
    inside = v.builder.and_(v.compare(">", place, 0.0), v.compare("<", place, 1.0))
    return v.select(inside, place, 0.0)


def emit_top(function: ir.Function, root: ir.Function) -> None:
    """Write `top(v0, .., v4)`: the highest value on [0, 1] of the polynomial through the nodes, and the first place of it."""
    b = ir.IRBuilder(function.append_basic_block("entry"))
    v, values = Lanes(b), list(function.args)
    # Of the rise from the first node, so that a curve that hardly rises loses no digits, and a constant one is constant.
    coefficients = _powers(v, [v.subtract(value, values[0]) for value in values])
    candidates = [(v.add(values[0], _at(v, coefficients, place)), place) for place in _turns(v, root, coefficients)]
    best, where = values[0], everywhere(0.0)
    for value, place in (*candidates, (values[4], everywhere(1.0))):
        higher = v.compare(">", value, best)
        best, where = v.select(higher, value, best), v.select(higher, place, where)
    _return(b, [best, where])


def emit_positive(function: ir.Function, root: ir.Function) -> None:
    """Write `positive(v0, .., v4)`: the share of [0, 1] on which the polynomial through the nodes is above 0, its integral
    there, and the first and last place where it is; infinite and minus infinite where nowhere.
    """
    b = ir.IRBuilder(function.append_basic_block("entry"))
    v, values = Lanes(b), list(function.args)
    coefficients = _powers(v, values)
    integral = [everywhere(0.0), *(v.multiply(1.0 / power, c) for power, c in enumerate(coefficients, 1))]
    places = [everywhere(0.0), *_turns(v, root, coefficients), everywhere(1.0)]
    heights = [v.select(v.compare("<", place, 1.0), _at(v, coefficients, place), values[4]) for place in places]
    above = [v.compare(">", height, 0.0) for height in heights]
    share, area, first, last = (everywhere(number) for number in (0.0, 0.0, np.inf, -np.inf))
    for piece in range(4):
        low, high, starts, ends = places[piece], places[piece + 1], above[piece], above[piece + 1]
        crossing = b.call(root, [*coefficients, low, high])
        changes = b.xor(starts, ends)
        left = v.select(b.and_(changes, ends), crossing, low)
        right = v.select(b.and_(changes, starts), crossing, high)
        some = b.or_(starts, ends)
        share = v.add(share, v.select(some, v.subtract(right, left), 0.0))
        area = v.add(area, v.select(some, v.subtract(_at(v, integral, right), _at(v, integral, left)), 0.0))
        first = v.select(b.and_(some, v.compare("<", left, first)), left, first)
        last = v.select(some, right, last)
    _return(b, [share, area, first, last])


def _return(b: ir.IRBuilder, values: Vectors) -> None:
    answer: ir.Value = ir.Constant(ir.LiteralStructType([VECTOR] * len(values)), ir.Undefined)
    for place, value in enumerate(values):
        answer = b.insert_value(answer, value, place)
    b.ret(answer)

"""Machine code for one attempted step of eight subjects, each with its own time and step size."""

from __future__ import annotations

import math
from dataclasses import dataclass

from llvmlite import ir

from regimens.engine import rodas5p
from regimens.engine.codegen import Frame, Unit
from regimens.engine.lanes import INTS, LANES, Lanes, each_lane, everywhere, integer
from regimens.engine.linear_algebra import Factors, emit_factors, emit_solution, plan
from regimens.engine.trajectories import NEGATIVE, NON_FINITE, OK, STEP_LIMIT, STEP_UNDERFLOW
from regimens.engine.vectormath import emit_rough_exp2, emit_rough_log2

SAFETY = math.log2(0.9)
PROPORTIONAL, INTEGRAL = 0.85, 0.15
"""Exponents of this error and of the last one in the step size, times the order. On these models they reject fewer steps than
the usual 0.7 and 0.4."""
LARGEST_GROWTH, LARGEST_CUT = math.log2(8.0), math.log2(0.1)
"""Limits to a change of the step size; like SAFETY, logarithms with base 2."""
LEAST_MEMORY = -26.6
"""Smallest log2 of the squared error that the controller remembers: an error of 1e-4 of the tolerance."""
HOPELESS = 1e40
"""Squared error that replaces NaN and infinity."""
LEAST_PIVOT = 1e-8
"""A pivot below this fraction of 1 / (GAMMA h) means that the matrix is nearly singular: the step is rejected."""
STRETCH = 1.01
"""A step is stretched to the next stop if less than a hundredth of the step would remain."""
LEAST_STEP = 8.9e-16
"""Smallest step as a fraction of the time: four units in the last place."""
LEAST_STEP_AT_ZERO = 1e-24
"""Smallest step at time 0, in the model's time unit."""
CLEARLY = 1000.0
"""A state that cannot be negative has failed if it ends an accepted step below -CLEARLY (rtol + atol) L, where L is its scale
(`engine/scale.py`), in effect the largest magnitude that it has had at the start of a step of this subject, so with initial value
and doses. The estimated error of an accepted step is at most sqrt(states) (rtol + atol) L; the factor leaves room for errors
that add up over steps."""

DUE, ARRIVED, LOST = 0, 1, 2
"""The three masks in the result of `step`: lanes with an output due, at a stop, and failed with the code in slot `status`."""


@dataclass(frozen=True)
class Attempt:
    """An attempted step: start time, length, states and their scales, stages, states at the end, and squared error in units of
    the tolerance."""

    t: ir.Value
    h: ir.Value
    y: list[ir.Value]
    scales: list[ir.Value]
    stages: list[list[ir.Value]]
    end: list[ir.Value]
    error: ir.Value


def emit_step(unit: Unit) -> None:
    """Write `step(frame, rtol, atol, max_steps, keep)`: attempt a step in every lane and accept the good ones.

    It returns the three masks. What `Curves` reads is kept where an output is due, and always where `keep` is not 0.
    """
    b, (base, rtol, atol, max_steps, keep) = unit.begin("step")
    v, frame = Lanes(b), Frame(unit.layout, b, base)
    t, wanted, stop = frame.load("t"), frame.load("h"), frame.load("stop")
    last = v.compare(">=", v.multiply_add(STRETCH, wanted, t), stop)
    h = v.select(last, v.subtract(stop, t), wanted)
    rtol, atol = v.spread(rtol), v.spread(atol)
    attempt = _attempt(unit, v, frame, t, h, rtol, atol)
    good = b.and_(v.compare("<=", attempt.error, 1.0), b.icmp_signed(">=", frame.load("subject"), everywhere(0, INTS)))
    now = v.select(good, v.select(last, stop, v.add(t, h)), t)
    due = v.bits(b.and_(good, v.compare("<=", frame.load("due"), now)))
    negative = b.and_(v.bits(good), v.bits(_below_zero(unit, v, attempt, v.add(rtol, atol))))
    with b.if_then(b.icmp_signed("!=", b.or_(due, keep), integer(0))):
        _keep(frame, attempt)
    for place, (old, new) in enumerate(zip(attempt.y, attempt.end, strict=True)):
        frame.store("y", v.select(good, new, old), place)
    frame.store("t", now)
    _control(frame, v, attempt, good, h)
    answer = _answer(frame, v, due, b.and_(good, last), now, max_steps)
    with each_lane(b, negative) as lane:
        frame.put("status", lane, integer(NEGATIVE))
    b.ret(b.or_(answer, b.shl(negative, integer(LANES * LOST))))


def _attempt(unit: Unit, v: Lanes, frame: Frame, t: ir.Value, h: ir.Value, rtol: ir.Value, atol: ir.Value) -> Attempt:
    """Emit the eight stages of the method and the error estimate."""
    equations = unit.equations
    y = frame.load_all("y", len(equations.states))
    derivatives = [*equations.jacobian.values(), *equations.by_time.values()]
    fixed = unit.fixed(frame, [*equations.rates, *derivatives])
    found = dict(zip(derivatives, unit.evaluate(v, derivatives, fixed, t, y), strict=True))
    inverse = v.divide(1.0, h)
    factors = _factorise(unit, v, found, v.multiply(inverse, 1.0 / rodas5p.GAMMA))
    stages: list[list[ir.Value]] = []
    point = y
    for i in range(rodas5p.STAGES):
        point = _argument(v, y, point, stages)
        right = unit.rates(v, frame, fixed, v.multiply_add(rodas5p.C[i], h, t), point)
        for place in range(len(y)):
            if i:
                right[place] = v.multiply_add(inverse, _sum(v, rodas5p.B[i], stages, place), right[place])
            if place in equations.by_time and rodas5p.D[i]:
                by_time = found[equations.by_time[place]]
                right[place] = v.multiply_add(v.multiply(rodas5p.D[i], h), by_time, right[place])
        stages.append(emit_solution(v, factors, right))
    end = [v.add(a, u) for a, u in zip(point, stages[-1], strict=True)]
    scales = _scales(frame, v, y)
    error = _squared_error(v, stages, y, end, rtol, [v.multiply(atol, scale) for scale in scales])
    tiny = v.compare("<", factors.smallest, v.multiply(inverse, LEAST_PIVOT / rodas5p.GAMMA))
    return Attempt(t, h, y, scales, stages, end, v.select(tiny, HOPELESS, error))


def _factorise(unit: Unit, v: Lanes, found: dict[int, ir.Value], diagonal: ir.Value) -> Factors:
    """Emit the factors of I / (GAMMA h) - J."""
    n, jacobian = len(unit.equations.states), unit.equations.jacobian
    matrix = {entry: v.negate(found[node]) for entry, node in jacobian.items() if entry[0] != entry[1]}
    for i in range(n):
        node = jacobian.get((i, i))
        matrix[i, i] = diagonal if node is None else v.subtract(diagonal, found[node])
    return emit_factors(v, plan(n, jacobian), matrix)


def _argument(v: Lanes, y: list[ir.Value], point: list[ir.Value], stages: list[list[ir.Value]]) -> list[ir.Value]:
    """Emit the states at which the next stage evaluates f."""
    i = len(stages)
    if i == 0:
        return y
    if rodas5p.A[i][:-1] == rodas5p.A[i - 1] and rodas5p.A[i][-1] == 1.0:
        return [v.add(a, u) for a, u in zip(point, stages[-1], strict=True)]
    return [_sum(v, rodas5p.A[i], stages, place, a) for place, a in enumerate(y)]


def _sum(
    v: Lanes,
    weights: tuple[float, ...],
    stages: list[list[ir.Value]],
    place: int,
    total: ir.Value | None = None,
) -> ir.Value:
    """Emit total + sum_j weights[j] stages[j][place]."""
    for weight, stage in zip(weights, stages, strict=True):
        if weight:
            total = v.multiply(weight, stage[place]) if total is None else v.multiply_add(weight, stage[place], total)
    return total


def _scales(frame: Frame, v: Lanes, y: list[ir.Value]) -> list[ir.Value]:
    """Store and emit the scales of the states, of which those at the start of this step are now part."""
    scales = [v.larger(frame.load("scale", place), v.magnitude(state)) for place, state in enumerate(y)]
    for place, scale in enumerate(scales):
        frame.store("scale", scale, place)
    return scales


def _squared_error(
    v: Lanes, stages: list[list[ir.Value]], y: list[ir.Value], end: list[ir.Value], rtol: ir.Value, least: list[ir.Value]
) -> ir.Value:
    """Emit the mean over states of (error / (rtol |y| + least))^2; HOPELESS where an end state or the mean is not finite."""
    squares: ir.Value | float = 0.0
    total: ir.Value | float = 0.0
    for place, (old, new) in enumerate(zip(y, end, strict=True)):
        first, second = (v.magnitude(_sum(v, weights, stages, place)) for weights in rodas5p.ESTIMATES)
        size = v.larger(v.magnitude(old), v.magnitude(new))
        ratio = v.divide(v.larger(first, second), v.multiply_add(rtol, size, least[place]))
        squares = v.multiply_add(ratio, ratio, squares)
        total = v.add(total, new)
    mean = v.multiply(squares, 1.0 / len(y))
    finite = v.builder.and_(v.compare("==", v.subtract(total, total), 0.0), v.compare("<", mean, HOPELESS))
    return v.select(finite, mean, HOPELESS)


def _keep(frame: Frame, attempt: Attempt) -> None:
    """Store what `Curves` reads of this step."""
    frame.store("began", attempt.t)
    frame.store("span", attempt.h)
    for place, old in enumerate(attempt.y):
        frame.store("before", old, place)
    for i, stage in enumerate(attempt.stages):
        for place, value in enumerate(stage):
            frame.store(f"stage {i}", value, place)


def _below_zero(unit: Unit, v: Lanes, attempt: Attempt, tolerance: ir.Value) -> ir.Value:
    """Emit the mask of lanes in which a state that cannot be negative ends clearly below zero (see CLEARLY)."""
    allowed, lowest = v.multiply(CLEARLY, tolerance), v.number(0.0)
    for place in unit.nonnegative:
        lowest = v.smaller(lowest, v.multiply_add(allowed, attempt.scales[place], attempt.end[place]))
    return v.compare("<", lowest, 0.0)


def _control(frame: Frame, v: Lanes, attempt: Attempt, good: ir.Value, h: ir.Value) -> None:
    """Store the next step sizes and the counts of steps."""
    size = emit_rough_log2(v, v.larger(attempt.error, 1e-30))
    change = v.smaller(_change(frame, v, size, good), v.select(good, frame.load("growth"), 0.0))
    change = v.larger(change, LARGEST_CUT)
    live = v.builder.icmp_signed(">=", frame.load("subject"), everywhere(0, INTS))
    frame.store("h", v.select(live, v.multiply(h, emit_rough_exp2(v, change)), frame.load("h")))
    frame.store("memory", v.select(good, v.larger(size, LEAST_MEMORY), frame.load("memory")))
    frame.store("pace", v.add(change, v.select(good, 0.0, frame.load("pace"))))
    frame.store("growth", v.select(good, LARGEST_GROWTH, 0.0))
    for name, mask in (("accepted", good), ("rejected", v.builder.not_(good))):
        frame.store(name, v.builder.add(frame.load(name), v.builder.zext(mask, INTS)))


def _change(frame: Frame, v: Lanes, size: ir.Value, good: ir.Value) -> ir.Value:
    """Emit log2 of the change of the step size; `size` is log2 of the squared errors, hence half the exponents.

    After a good step it is the smaller of two: that of a PI controller, and the one that is right if error and step size go on
    changing as from the last good step to this one. Without the second, every other step into a sharp turn is rejected
    (K. Gustafsson, ACM TOMS 17:533, 1991 and 20:496, 1994).
    """
    memory, order = frame.load("memory"), rodas5p.ORDER
    steady = v.multiply_add(size, -0.5 * PROPORTIONAL / order, SAFETY)
    steady = v.multiply_add(memory, 0.5 * INTEGRAL / order, steady)
    trend = v.multiply_add(v.multiply_add(-2.0, size, memory), 0.5 / order, v.add(frame.load("pace"), SAFETY))
    return v.select(good, v.smaller(trend, steady), steady)


def _answer(frame: Frame, v: Lanes, due: ir.Value, arrived: ir.Value, now: ir.Value, max_steps: ir.Value) -> ir.Value:
    """Store the status codes; emit the three masks as one integer."""
    b = v.builder
    h = frame.load("h")
    least = v.multiply_add(v.magnitude(now), LEAST_STEP, LEAST_STEP_AT_ZERO)
    steps = b.add(frame.load("accepted"), frame.load("rejected"))
    lost = {
        STEP_LIMIT: b.icmp_signed(">=", steps, v.spread(max_steps)),
        NON_FINITE: b.fcmp_unordered("uno", h, h),
        STEP_UNDERFLOW: v.compare("<", h, least),
    }
    status = everywhere(OK, INTS)
    for code, mask in lost.items():
        status = b.select(mask, everywhere(code, INTS), status)
    frame.store("status", status)
    live = b.icmp_signed(">=", frame.load("subject"), everywhere(0, INTS))
    stopped = b.and_(b.and_(live, b.not_(arrived)), b.icmp_signed("!=", status, everywhere(OK, INTS)))
    answer = b.or_(due, b.shl(v.bits(arrived), integer(LANES * ARRIVED)))
    return b.or_(answer, b.shl(v.bits(stopped), integer(LANES * LOST)))

"""Machine code for the scale of each state, the size that absolute tolerances are a fraction of.

The scale of a state is the largest magnitude that it has had so far in this subject, doses included. A state that was never
anything but zero has none, and no step from zero is exact relative to a value that grows like a high power of time (the last
compartment of a chain). Such a state gets SHARE of its reach: what the other states, each at its scale, and constant inputs would
change in it within a day, its own loss counted. Both follow a change of the unit of any state, of the time or of the doses, and
depend on nothing but the past of the subject.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.engine.codegen import Frame, Unit
from regimens.engine.kernel import LEAST_SCALE
from regimens.engine.lanes import INTS, MASK, Lanes, everywhere, while_nonzero

if TYPE_CHECKING:
    from llvmlite import ir

SHARE = 1e-2
"""First scale as a fraction of the reach. A reach may be too large, as an effect that saturates is taken for linear; one too
small costs some steps."""

LARGEST_REACH = 1e200
"""A reach above this, or one that is no number, counts as none."""


def emit_scale(unit: Unit) -> None:
    """Write `scale(frame, period)`: renew the scales in the lanes marked fresh; `period` is `kernel.PERIOD_H` in model time.

    Where every state has one, that is all. Else reach passes on from state to state, so the body runs once more than the longest
    path from a state with a scale to one without. A state keeps the reach that it has when it is first reached: its loss may
    saturate, and is largest near zero.
    """
    b, (base, period) = unit.begin("scale")
    v, frame = Lanes(b), Frame(unit.layout, b, base)
    places = range(len(unit.equations.states))
    fresh = b.icmp_signed("!=", frame.load("fresh"), everywhere(0, INTS))
    waiting = everywhere(0, MASK)
    for place in places:
        largest = v.larger(frame.load("scale", place), v.magnitude(frame.load("y", place)))
        unknown = v.compare("<=", largest, LEAST_SCALE)
        waiting = b.or_(waiting, unknown)
        frame.store("reach", v.select(unknown, 0.0, largest), place)
        frame.store("scale", v.select(fresh, largest, frame.load("scale", place)), place)
    with while_nonzero(b, v.bits(b.and_(waiting, fresh))) as loop:
        known = frame.load_all("reach", len(places))
        news = everywhere(0, MASK)
        for place, reach in enumerate(_reach(unit, v, frame, v.spread(period), known)):
            unknown = v.compare("==", known[place], 0.0)
            news = b.or_(news, b.and_(unknown, v.compare(">", reach, 0.0)))
            frame.store("reach", v.select(unknown, reach, known[place]), place)
            scale = frame.load("scale", place)
            least = v.select(b.and_(fresh, unknown), v.multiply(SHARE, reach), 0.0)
            frame.store("scale", v.larger(least, scale), place)
        loop.following = v.bits(b.and_(news, fresh))
    b.ret_void()


def _reach(unit: Unit, v: Lanes, frame: Frame, period: ir.Value, known: list[ir.Value]) -> list[ir.Value]:
    """Emit the reach of every state where all states are as large as `known`."""
    equations = unit.equations
    slopes = list(equations.jacobian.values())
    fixed, time = unit.fixed(frame, [*equations.rates, *slopes]), frame.load("t")
    rates = unit.rates(v, frame, fixed, time, known)
    slope_of = dict(zip(equations.jacobian, unit.evaluate(v, slopes, fixed, time, known), strict=True))
    reaches = []
    for row, rate in enumerate(rates):
        change, loss = v.magnitude(rate), v.number(1.0)
        for (affected, by), slope in slope_of.items():
            if affected == row and by == row:
                loss = v.multiply_add(period, v.larger(v.negate(slope), v.number(0.0)), loss)
            elif affected == row:
                change = v.multiply_add(v.magnitude(slope), known[by], change)
        reach = v.divide(v.multiply(period, change), loss)
        reaches.append(v.select(v.compare("<", reach, LARGEST_REACH), reach, 0.0))
    return reaches

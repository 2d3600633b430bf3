"""exp and log of eight doubles, and approximations of exp2 and log2, as LLVM IR.

No mathematical library is called, so results do not depend on which one is installed. Errors of `exp` and `log` are
below 1.5 units in the last place; tested against numpy.
"""

from __future__ import annotations

import math

from llvmlite import ir

from regimens.engine.lanes import INTS, VECTOR, Lanes, everywhere

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""ln 2 in two parts, the first short enough that its product with an exponent is exact (fdlibm, e_log.c, 1993)."""

_LOG_SERIES = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
"""Minimax coefficients of (log(1+f) - 2s) / s in s^2, s = f / (2+f) (fdlibm, e_log.c, 1993)."""

_EXP_DEGREE = 13
"""Taylor terms on |r| <= ln(2)/2: the next one is below 5e-18."""

_EXP_LARGEST, _EXP_SMALLEST = 709.782712893384, -708.3964185322641
"""Above the first the result is infinite; below the second it is less than the smallest normal number and set to 0."""

_ROUND = 6755399441055744.0
"""1.5 x 2^52: adding it rounds to the nearest integer, which is then in the low bits."""

_MANTISSA = (1 << 52) - 1
_ONE_BITS = 0x3FF0000000000000
_ROOT_HALF_BITS = 0x3FE6A09E667F3BCD
_SMALLEST_NORMAL = 2.2250738585072014e-308


def emit_exp(v: Lanes, x: ir.Value) -> ir.Value:
    """Return e^x: infinite above 709.78, 0 below -708.40, NaN for NaN."""
    inside = v.select(v.compare(">", x, _EXP_LARGEST), _EXP_LARGEST, x)
    inside = v.select(v.compare("<", inside, _EXP_SMALLEST), _EXP_SMALLEST, inside)
    shifted = _add_exactly(v, v.multiply(inside, 1.0 / math.log(2.0)), _ROUND)
    whole = _add_exactly(v, shifted, -_ROUND)
    r = v.multiply_add(whole, -_LN2_HIGH, inside)
    r = v.multiply_add(whole, -_LN2_LOW, r)
    series: ir.Value | float = 1.0 / math.factorial(_EXP_DEGREE)
    for power in range(_EXP_DEGREE - 1, -1, -1):
        series = v.multiply_add(series, r, 1.0 / math.factorial(power))
    result = _scale(v, series, shifted)
    result = v.select(v.compare(">", x, _EXP_LARGEST), math.inf, result)
    return v.select(v.compare("<", x, _EXP_SMALLEST), 0.0, result)


def _add_exactly(v: Lanes, a: ir.Value, b: float) -> ir.Value:
    """Add without fusing: the rounding of this sum is needed."""
    return v.builder.fadd(a, everywhere(b))


def _scale(v: Lanes, a: ir.Value, shifted: ir.Value) -> ir.Value:
    """Return a 2^k with k in the low bits of `shifted`, in two steps because 2^1024 is out of range."""
    b = v.builder
    bits = b.bitcast(shifted, INTS)
    k = b.ashr(b.shl(bits, everywhere(32, INTS)), everywhere(32, INTS))
    half = b.ashr(k, everywhere(1, INTS))
    for part in (half, b.sub(k, half)):
        factor = b.bitcast(b.shl(b.add(part, everywhere(1023, INTS)), everywhere(52, INTS)), VECTOR)
        a = v.multiply(a, factor)
    return a


def emit_log(v: Lanes, x: ir.Value) -> ir.Value:
    """Return log x: minus infinity from 0 to the smallest normal number, NaN below 0."""
    k, f = _exponent_and_rest(v, x)
    s = v.divide(f, v.add(f, 2.0))
    square = v.multiply(s, s)
    series: ir.Value | float = _LOG_SERIES[-1]
    for coefficient in reversed(_LOG_SERIES[:-1]):
        series = v.multiply_add(series, square, coefficient)
    rest = v.multiply(series, square)
    half_square = v.multiply(v.multiply(f, 0.5), f)
    small = v.multiply_add(s, v.add(half_square, rest), v.multiply(k, _LN2_LOW))
    result = v.subtract(v.multiply(k, _LN2_HIGH), v.subtract(v.subtract(half_square, small), f))
    result = v.select(v.compare("<", x, _SMALLEST_NORMAL), -math.inf, result)
    result = v.select(v.compare("<", x, 0.0), math.nan, result)
    ordinary = v.compare("<", x, math.inf)
    return v.select(ordinary, result, x)


def _exponent_and_rest(v: Lanes, x: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Write x = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); return k and f."""
    b = v.builder
    bits = b.bitcast(x, INTS)
    above = b.sub(bits, everywhere(_ROOT_HALF_BITS, INTS))
    k = b.ashr(above, everywhere(52, INTS))
    mantissa = b.bitcast(b.sub(bits, b.shl(k, everywhere(52, INTS))), VECTOR)
    return _to_double(v, k), v.subtract(mantissa, 1.0)


def _to_double(v: Lanes, k: ir.Value) -> ir.Value:
    """Return integers below 2^51 in magnitude as doubles, exactly."""
    b = v.builder
    biased = b.add(k, b.bitcast(everywhere(_ROUND), INTS))
    return b.fsub(b.bitcast(biased, VECTOR), everywhere(_ROUND))


def emit_rough_log2(v: Lanes, x: ir.Value) -> ir.Value:
    """Return log2 of a positive normal x with an error below 0.01, for step sizes."""
    b = v.builder
    bits = b.bitcast(x, INTS)
    k = b.ashr(b.sub(bits, everywhere(_ONE_BITS, INTS)), everywhere(52, INTS))
    fraction = b.or_(b.and_(bits, everywhere(_MANTISSA, INTS)), everywhere(_ONE_BITS, INTS))
    m = b.bitcast(fraction, VECTOR)
    curve = v.multiply_add(v.multiply_add(-0.33582878, m, 2.0), m, -1.65871022)
    return v.add(_to_double(v, k), curve)


def emit_rough_exp2(v: Lanes, x: ir.Value) -> ir.Value:
    """Return 2^x with an error below 0.3 % for |x| < 1000, for step sizes."""
    b = v.builder
    shifted = _add_exactly(v, x, _ROUND)
    f = v.subtract(x, _add_exactly(v, shifted, -_ROUND))
    curve = v.multiply_add(v.multiply_add(0.2402265, f, 0.6931472), f, 1.0)
    k = b.shl(b.bitcast(shifted, INTS), everywhere(52, INTS))
    return b.bitcast(b.add(b.bitcast(curve, INTS), k), VECTOR)

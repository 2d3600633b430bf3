"""Polynomials of degree 4 in machine code against numpy: their mean, bounds, roots, tops, and where they are positive."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from llvmlite import ir
from numpy.polynomial import Polynomial

from regimens.engine import kernel, quartic
from regimens.engine.codegen import REALIGN
from regimens.engine.lanes import BYTE, LANES, POINTER, SLOT_BYTES, VECTOR, VOID, Lanes, integer
from tests.examples import examples

ROUNDING = 1e-12
"""Share of the largest value of a polynomial within which its values may be off by rounding."""
PLACE = 1e-9

NODES = np.array(quartic.NODES)

Call = Callable[[str, np.ndarray], np.ndarray]


def _declared(module: ir.Module, name: str, result: ir.Type, taken: Sequence[ir.Type]) -> ir.Function:
    function = ir.Function(module, ir.FunctionType(result, taken), name)
    set.add(function.attributes, REALIGN)
    return function


def _parts(b: ir.IRBuilder, function: ir.Function, values: list[ir.Value]) -> list[ir.Value]:
    answer = b.call(function, values)
    if answer.type == VECTOR:
        return [answer]
    return [b.extract_value(answer, place) for place in range(len(answer.type.elements))]


RESULTS = {"root": 1, "top": 2, "positive": 4, "mean": 1, "bernstein": 5}


@pytest.fixture(scope="module")
def call() -> Call:
    """Compile each function, and one that loads its vectors from memory and stores what it gives."""
    module = ir.Module()
    root = _declared(module, "root", *quartic.ROOT_ARGUMENTS)
    top = _declared(module, "top", *quartic.TOP_ARGUMENTS)
    positive = _declared(module, "positive", *quartic.POSITIVE_ARGUMENTS)
    quartic.emit_root(root)
    quartic.emit_top(top, root)
    quartic.emit_positive(positive, root)
    emit = {
        "root": lambda b, x: _parts(b, root, x),
        "top": lambda b, x: _parts(b, top, x),
        "positive": lambda b, x: _parts(b, positive, x),
        "mean": lambda b, x: [quartic.mean(Lanes(b), x)],
        "bernstein": lambda b, x: quartic.bernstein(Lanes(b), x),
    }
    for name in RESULTS:
        function = _declared(module, f"test_{name}", VOID, (POINTER, POINTER))
        b = ir.IRBuilder(function.append_basic_block())
        source, target = function.args

        def place(base: ir.Value, number: int, b: ir.IRBuilder = b) -> ir.Value:
            return b.gep(base, [integer(number * SLOT_BYTES)], source_etype=BYTE)

        taken = [b.load(place(source, number), typ=VECTOR, align=8) for number in range(7 if name == "root" else 5)]
        for number, value in enumerate(emit[name](b, taken)):
            b.store(value, place(target, number), align=8)
        b.ret_void()
    loaded = kernel.load(kernel.object_code(str(module), kernel.host()), tuple(f"test_{name}" for name in RESULTS))

    def run(name: str, arguments: np.ndarray) -> np.ndarray:
        """Return the (results, lanes) of arguments (arguments, lanes)."""
        arguments, out = np.ascontiguousarray(arguments, dtype=np.float64), np.empty((RESULTS[name], LANES))
        ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(loaded.addresses[f"test_{name}"])(
            arguments.ctypes.data, out.ctypes.data
        )
        assert loaded.keeper is not None
        return out

    return run


def at_nodes(polynomials: Sequence[Polynomial]) -> np.ndarray:
    """Return the (nodes, lanes) values; polynomials that are too few are repeated."""
    return np.array([polynomials[lane % len(polynomials)](NODES) for lane in range(LANES)]).T


def of_roots(scale: float, roots: Sequence[complex]) -> Polynomial:
    """Return scale x the product of x - root."""
    return scale * Polynomial(np.real(np.polynomial.polynomial.polyfromroots(roots)) if len(roots) else [1.0])


def through(values: np.ndarray) -> Polynomial:
    """Return the polynomial through values at the nodes."""
    return Polynomial(np.linalg.solve(np.vander(NODES, 5, increasing=True), values))


real = st.floats(-0.5, 1.5)
pair = st.builds(lambda x, y: (complex(x, y), complex(x, -y)), real, st.floats(0.0, 1.0))
roots = st.one_of(
    st.lists(real, max_size=4),
    pair,
    st.builds(lambda p, x: (*p, *x), pair, st.lists(real, max_size=2)),
    st.builds(lambda p, q: (*p, *q), pair, pair),
    real.map(lambda x: (x, x)),
    st.builds(lambda x, gap: (x, x + gap), st.floats(0.0, 0.99), st.sampled_from([1e-12, 1e-8, 1e-5, 1e-3])),
)
scale = st.builds(lambda sign, power: sign * 10.0**power, st.sampled_from([-1.0, 1.0]), st.integers(-8, 8))
usual = st.floats(-1.0, 1.0).map(lambda x: x if abs(x) > 1e-100 else 0.0)
values = st.one_of(
    st.lists(usual, min_size=5, max_size=5).map(np.array),
    st.lists(st.integers(-2, 2), min_size=5, max_size=5).map(lambda numbers: np.array(numbers, dtype=float)),
    st.builds(lambda size, places: of_roots(size, places)(NODES), scale, roots),
)
lanes = st.lists(values, min_size=LANES, max_size=LANES).map(lambda columns: np.array(columns).T)

BUMPS = [
    Polynomial([-0.52, 1.0]) * Polynomial([0.54, -1.0]),
    Polynomial([-0.01, 1.0]) * Polynomial([0.02, -1.0]),
    Polynomial([-0.98, 1.0]) * Polynomial([0.99, -1.0]) * Polynomial([3.0, 1.0]),
    Polynomial([-0.52, 1.0]) * Polynomial([0.54, -1.0]) * Polynomial([0.3, -1.0, 1.0]),
    of_roots(-1.0, (0.1, 0.12, 0.8, 0.82)),
    of_roots(1.0, (0.1, 0.12, 0.8, 0.82)),
    of_roots(1e6, (0.25, 0.2500001)),
    of_roots(-1e6, (0.25, 0.2500001)),
]
"""Above zero, or below it, for less than a sixteenth of the interval."""
TOUCHING = [
    of_roots(-1.0, (0.5, 0.5)),
    of_roots(1.0, (0.5, 0.5)),
    of_roots(1.0, (0.25, 0.25, 0.75, 0.75)),
    of_roots(-1.0, (0.25, 0.25, 0.75, 0.75)),
    of_roots(1.0, (0.5, 0.5, 0.5)),
    of_roots(-1.0, (0.0, 0.0)),
    of_roots(1.0, (1.0, 1.0, 1.0)),
    of_roots(-1.0, (0.5, 0.5, 0.5, 0.5)),
]
SIMPLE = [Polynomial([number]) for number in (0.0, 1.0, -1.0, 1e-300)] + [
    Polynomial([-0.5, 1.0]),
    Polynomial([0.5, -1.0]),
    Polynomial([0.0, 1.0]),
    Polynomial([-1.0, 1.0]),
]


def breaks(polynomial: Polynomial) -> np.ndarray:
    """Return 0, 1, and what may be roots between: the real parts of all complex roots.

    Numpy's roots are spoilt by a leading coefficient that is only rounding, so those of 1 / x are taken too.
    """
    least = 1e-15 * np.abs(polynomial.coef).max()
    found, turned = (Polynomial(c).trim(least).roots() for c in (polynomial.coef, polynomial.coef[::-1]))
    found = np.append(found, 1.0 / turned[turned != 0]).real
    return np.unique([0.0, *found[(found > 0) & (found < 1)], 1.0])


def positive_of(polynomial: Polynomial) -> tuple[float, float, float, float]:
    """Return share, integral, first and last place where a polynomial is above 0."""
    edges = breaks(polynomial)
    left, right = edges[:-1], edges[1:]
    some = polynomial((left + right) / 2) > 0
    if not some.any():
        return 0.0, 0.0, np.inf, -np.inf
    whole = polynomial.integ()
    return (right - left)[some].sum(), (whole(right) - whole(left))[some].sum(), left[some].min(), right[some].max()


@examples(60)
@given(lanes)
@example(at_nodes(BUMPS))
@example(at_nodes(TOUCHING))
@example(at_nodes(SIMPLE))
@example(-at_nodes(BUMPS))
@example(np.tile([[0.0], [0.0], [0.0], [-1.0], [4e-33]], LANES))  # at 1 above zero by less than rounding
@example(np.tile([[-1.0], [-0.75], [-0.5], [-0.25], [1e-17]], LANES))
def test_where_a_polynomial_is_positive(call, columns):
    """What is found lies between the answers for the polynomial moved down and up by its rounding."""
    found = call("positive", columns)
    for column, (share, area, first, last) in zip(columns.T, found.T, strict=True):
        size = max(np.abs(column).max(), 1e-290)
        exact = through(column / size)
        low, high = positive_of(exact - ROUNDING), positive_of(exact + ROUNDING)
        assert low[0] - PLACE <= share <= high[0] + PLACE
        assert area / size == pytest.approx(positive_of(exact)[1], abs=10 * ROUNDING)
        assert high[2] - PLACE <= first <= low[2] + PLACE
        assert low[3] - PLACE <= last <= high[3] + PLACE
        assert (share == 0.0 and area == 0.0) or first <= last


@pytest.mark.parametrize(
    ("polynomial", "share", "first", "last"),
    [
        (BUMPS[0], 0.02, 0.52, 0.54),
        (BUMPS[1], 0.01, 0.01, 0.02),
        (BUMPS[4], 0.04, 0.1, 0.82),
        (BUMPS[5], 0.96, 0.0, 1.0),
        (SIMPLE[0], 0.0, np.inf, -np.inf),
        (SIMPLE[1], 1.0, 0.0, 1.0),
        (SIMPLE[2], 0.0, np.inf, -np.inf),
        (SIMPLE[4], 0.5, 0.5, 1.0),
        (SIMPLE[5], 0.5, 0.0, 0.5),
        (SIMPLE[6], 1.0, 0.0, 1.0),
        (SIMPLE[7], 0.0, np.inf, -np.inf),
        (of_roots(1.0, (0.2, 0.4, 0.6, 0.8)), 0.6, 0.0, 1.0),
        (of_roots(-1.0, (0.2, 0.4, 0.6, 0.8)), 0.4, 0.2, 0.8),
    ],
)
def test_a_polynomial_with_known_roots_is_positive_between_them(call, polynomial, share, first, last):
    found = call("positive", at_nodes([polynomial]))
    assert np.all(found == found[:, :1])
    area = quartic_area(polynomial)
    assert found[:, 0] == pytest.approx([share, area, first, last], abs=1e-12)


def quartic_area(polynomial: Polynomial) -> float:
    """Return the integral of the positive part on [0, 1], by Gauss's rule between the roots."""
    edges = breaks(polynomial)
    x, weights = np.polynomial.legendre.leggauss(5)
    middle, half = (edges[1:] + edges[:-1]) / 2, (edges[1:] - edges[:-1]) / 2
    return sum(
        float(h * weights @ np.maximum(polynomial(m + h * x), 0.0)) for m, h in zip(middle, half, strict=True)
    )  # fmt: skip


@examples(60)
@given(lanes)
@example(at_nodes(BUMPS))
@example(at_nodes(TOUCHING))
@example(at_nodes(SIMPLE))
@example(-at_nodes(TOUCHING))
def test_the_top_of_a_polynomial(call, columns):
    for column, (height, place) in zip(columns.T, call("top", columns).T, strict=True):
        size = max(np.abs(column).max(), 1e-290)
        exact = through(column / size)
        places = breaks(exact.deriv())
        assert height / size == pytest.approx(exact(places).max(), abs=ROUNDING)
        assert exact(place) == pytest.approx(height / size, abs=ROUNDING)
        assert 0.0 <= place <= 1.0
        assert height >= max(column[0], column[4])


@pytest.mark.parametrize(
    ("polynomial", "height", "place"),
    [
        (Polynomial([-0.52, 1.0]) * Polynomial([0.54, -1.0]), 1e-4, 0.53),
        (Polynomial([3.0]), 3.0, 0.0),
        (Polynomial([3.0, 1.0]), 4.0, 1.0),
        (Polynomial([3.0, -1.0]), 3.0, 0.0),
        (of_roots(1.0, (0.0, 1.0)), 0.0, 0.0),
        (of_roots(-1.0, (0.5, 0.5, 0.5, 0.5)), 0.0, 0.5),
    ],
)
def test_of_equal_tops_the_first_counts(call, polynomial, height, place):
    found = call("top", at_nodes([polynomial]))
    assert np.all(found == found[:, :1])
    # The top of (x - 0.5)^4 is flat: a rounding of 1e-16 moves it by 1e-4 or more.
    assert found[:, 0] == pytest.approx([height, place], abs=1e-9 if place != 0.5 else 1e-3)


@examples(60)
@given(st.lists(st.tuples(scale, roots), min_size=LANES, max_size=LANES), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_root_is_where_the_sign_changes(call, made, one, other):
    low, high = min(one, other), max(one, other)
    coefficients = np.array([np.resize(np.append(of_roots(*each).coef, np.zeros(5)), 5) for each in made]).T
    found = call("root", np.concatenate([coefficients, np.full((1, LANES), low), np.full((1, LANES), high)]))[0]
    for column, place in zip(coefficients.T, found, strict=True):
        exact, size = Polynomial(column), np.abs(column).max()
        assert low <= place <= high
        if np.abs(exact([low, high])).min() <= ROUNDING * size:
            continue
        if (exact(low) > 0) == (exact(high) > 0):
            assert place == high
        else:
            # Either the value is 0 up to rounding, or the sign changes within the rounding of the place.
            near = exact(np.clip([place - 1e-13, place, place + 1e-13], low, high))
            assert np.abs(near).min() <= ROUNDING * size


@examples(50)
@given(st.lists(st.floats(-1.0, 1.0), min_size=8, max_size=8), st.integers(0, 7))
def test_the_mean_is_exact_to_degree_7(call, coefficients, degree):
    polynomial = Polynomial(coefficients[: degree + 1])
    found = call("mean", at_nodes([polynomial]))[0]
    assert found == pytest.approx(np.full(LANES, polynomial.integ()(1.0)), abs=1e-14)


def test_the_mean_of_a_polynomial_of_degree_8_is_not_exact(call):
    assert abs(call("mean", at_nodes([Polynomial([0.0] * 8 + [1.0])]))[0, 0] - 1 / 9) > 1e-6


@examples(60)
@given(lanes)
@example(at_nodes(BUMPS))
@example(at_nodes(SIMPLE))
def test_bernstein_coefficients_give_the_polynomial_and_bound_it(call, columns):
    found = call("bernstein", columns)
    assert np.array_equal(found[[0, 4]], columns[[0, 4]])
    x = np.linspace(0.0, 1.0, 101)
    basis = np.array([c * x**k * (1 - x) ** (4 - k) for k, c in enumerate((1, 4, 6, 4, 1))])
    for column, coefficients in zip(columns.T, found.T, strict=True):
        size = max(np.abs(column).max(), 1e-290)
        curve = through(column / size)(x)
        assert np.abs(coefficients @ basis / size - curve).max() <= ROUNDING
        assert coefficients.min() / size - ROUNDING <= curve.min()
        assert curve.max() <= coefficients.max() / size + ROUNDING


@examples(25)
@given(lanes)
def test_a_lane_has_the_same_bytes_whatever_the_others_hold(call, columns):
    for name in ("top", "positive", "mean", "bernstein"):
        together = call(name, columns)
        for lane in range(LANES):
            alone = call(name, np.repeat(columns[:, lane : lane + 1], LANES, axis=1))
            assert alone[:, lane].tobytes() == together[:, lane].tobytes()
            turned = call(name, np.roll(columns, 3, axis=1))
            assert np.roll(turned, -3, axis=1).tobytes() == together.tobytes()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_lane_that_is_no_number_leaves_the_others_alone(call, bad):
    columns = at_nodes(BUMPS)
    spoilt = columns.copy()
    spoilt[2, 3] = bad
    others = np.arange(LANES) != 3
    for name in ("top", "positive"):
        assert call(name, spoilt)[:, others].tobytes() == call(name, columns)[:, others].tobytes()

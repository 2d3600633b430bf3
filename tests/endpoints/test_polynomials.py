"""Polynomials of panels: nodes, and sign changes that lie between two scan points."""

import numpy as np
import pytest
from numpy.polynomial import Polynomial

from regimens.endpoints.polynomials import RADAU, changes_sign, positive_part, positive_span, powers, radau_right
from regimens.endpoints.window import Window

CLOSE = 1e-9  # the powers of a polynomial through nodes near 1 cancel


def nodes_of(polynomial):
    return polynomial(RADAU)[:, None]


# Positive between 0.52 and 0.54, less than a sixteenth of the panel; and the opposite.
BUMP = Polynomial.fromroots([0.52, 0.54]) * -1
CASES = [
    # polynomial, share positive, first and last place where it is positive
    (BUMP, 0.02, 0.52, 0.54),
    (-BUMP, 0.98, 0.0, 1.0),
    (BUMP * Polynomial([1.0, 1.0]), 0.02, 0.52, 0.54),
    (Polynomial.fromroots([0.3]), 0.7, 0.3, 1.0),
    (-Polynomial.fromroots([0.3]), 0.3, 0.0, 0.3),
    (-Polynomial.fromroots([0.0, 0.01]), 0.01, 0.0, 0.01),
    (-Polynomial.fromroots([0.98, 0.99]), 0.01, 0.98, 0.99),
    (Polynomial.fromroots([0.52, 0.54, 0.9]), 0.12, 0.52, 1.0),
]


@pytest.mark.parametrize(("polynomial", "share", "first", "last"), CASES)
def test_where_a_polynomial_is_positive_is_found_however_short_it_is(polynomial, share, first, last):
    coefficients = powers(nodes_of(polynomial))
    found, area = positive_part(coefficients)
    assert found[0] == pytest.approx(share, abs=CLOSE)
    starts, ends = positive_span(coefficients)
    assert (starts[0], ends[0]) == (pytest.approx(first, abs=CLOSE), pytest.approx(last, abs=CLOSE))
    assert changes_sign(coefficients)[0]
    fine = polynomial(np.linspace(0, 1, 200_001))
    assert area[0] == pytest.approx(np.trapezoid(np.maximum(fine, 0), dx=1 / 200_000), abs=1e-9)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_polynomial_of_one_sign_is_that_everywhere_or_nowhere(sign):
    coefficients = powers(nodes_of(sign * (Polynomial.fromroots([0.53, 0.53]) + 1e-6)))
    assert not changes_sign(coefficients)[0]
    assert positive_part(coefficients)[0][0] == (sign > 0)
    spans = [place[0] for place in positive_span(coefficients)]
    assert spans == [0.0, 1.0] if sign > 0 else np.isnan(spans).all()


@pytest.mark.parametrize(("polynomial", "share"), [(case[0], case[1]) for case in CASES])
def test_the_time_above_a_threshold_counts_what_lies_between_two_scan_points(polynomial, share):
    window = Window(nodes_of(polynomial + 2.0)[:, :, None], np.array([[24.0]]), np.array([[0.0]]), None)
    assert window.above(np.array([2.0]))[0][0] == pytest.approx(24.0 * share, abs=24 * CLOSE)


def test_radau_nodes_are_those_of_the_literature():
    sixth = np.sqrt(6.0)
    assert radau_right(3) == pytest.approx([(4 - sixth) / 10, (4 + sixth) / 10, 1.0], rel=1e-14)
    assert RADAU[-1] == 1.0

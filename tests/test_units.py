"""Numbers, quantities and times as text: exact values, and what is said about text that is none of these."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from regimens.errors import UnitError
from regimens.units import exact, parse_duration, parse_quantity


@pytest.mark.parametrize("number", [0.26, "0.26", " .26 ", "26e-2", Decimal("0.26"), Fraction(26, 100), np.float64(0.26)])
def test_a_number_is_exactly_what_is_written(number):
    assert exact(number) == Fraction(26, 100)


def test_whole_numbers_of_numpy_are_numbers():
    assert exact(np.int64(3)) == 3


@pytest.mark.parametrize("number", ["7_0", "1,5", "0x10", "nan", "inf", "", "1/3", "٣", float("inf"), Decimal("nan"), None, True])
def test_what_is_not_a_finite_number_is_refused(number):
    with pytest.raises(UnitError) as raised:
        exact(number)
    assert str(raised.value) == f"Value must be a finite number, found {number!r}."


@pytest.mark.parametrize("number", ["1e31", "1e-31", 1e31, 10**32, Fraction(1, 10**32)])
def test_numbers_of_an_absurd_size_are_refused(number):
    with pytest.raises(UnitError) as raised:
        exact(number, "amount")
    assert str(raised.value) == f"Amount must be between 1e-30 and 1e30 in size, found {number!r}. Check its exponent."


@pytest.mark.parametrize("number", ["1e30", "-1e30", "1e-30", 10**30, Fraction(1, 10**30), "0e999", 0])
def test_numbers_up_to_that_size_are_accepted(number):
    assert exact(number) == Fraction(number)


def test_times_and_quantities_are_exact():
    assert parse_duration("2.5 weeks") == 420
    assert parse_duration("20 min") == Fraction(1, 3)
    assert parse_quantity("70.5 kg", ["kg"]) == (Fraction(141, 2), "kg")


TIMES = "Times are written in min, h, days or weeks."
REFUSED = {
    "16": "'16' has no unit.\n    16\n      ^\n  Write for example '16 weeks'.",
    "soon": "'soon' is not a number with a unit.\n    soon\n    ^\n  Write for example '10 weeks'.",
    "0 h": "Time must be longer than zero, found '0 h'.\n    0 h\n    ^",
    "-1 day": "Time must be longer than zero, found '-1 day'.\n    -1 day\n    ^",
    "2 fortnights": f"'fortnights' is not a unit of time.\n    2 fortnights\n      ^\n  {TIMES}",
    "1 month": f"'month' has no fixed length.\n    1 month\n      ^\n  Write a number of weeks or days (28 days, 4 weeks). {TIMES}",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_not_a_time_is_answered_with_what_would_be_right(text):
    with pytest.raises(UnitError) as raised:
        parse_duration(text)
    assert str(raised.value) == REFUSED[text]


def test_a_quantity_in_another_unit_is_answered_with_those_that_fit():
    with pytest.raises(UnitError) as raised:
        parse_quantity("150 lb", ["kg", "g"])
    assert str(raised.value) == "'lb' is not a unit that fits here.\n    150 lb\n        ^\n  Write kg or g."

"""A finished task on disk: it comes back to the last bit, or not at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from regimens.work.task import from_bytes, to_bytes
from tests.work.toys import Toy, bits, sizes

NUMBERS = arrays.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.int8, np.bool_]), arrays.array_shapes(min_dims=0, min_side=0)
)
RESULTS = st.dictionaries(st.text(max_size=8), NUMBERS, max_size=4)
WHOLE = to_bytes("toy 7", sizes(Toy(7)), "run")


@given(RESULTS, st.text(max_size=12))
def test_a_result_comes_back_to_the_last_bit_with_its_names_in_order(result, key):
    assert bits(from_bytes(to_bytes(key, result, "run"), key, "run")) == bits(result)


@given(RESULTS)
def test_the_same_result_gives_the_same_bytes(result):
    again = {name: array.copy() for name, array in result.items()}
    assert to_bytes("a", result, "run") == to_bytes("a", again, "run")


@given(st.integers(0, len(WHOLE) - 1))
def test_a_file_that_was_cut_off_anywhere_is_not_read(length):
    assert from_bytes(WHOLE[:length], "toy 7", "run") is None


@given(st.integers(0, 8 * len(WHOLE) - 1))
def test_a_file_with_any_bit_turned_round_is_not_read(place):
    damaged = bytearray(WHOLE)
    damaged[place // 8] ^= 1 << place % 8
    assert from_bytes(bytes(damaged), "toy 7", "run") is None


def test_a_file_with_something_after_its_end_is_not_read():
    assert from_bytes(WHOLE + b"\0", "toy 7", "run") is None


def test_a_file_of_another_task_or_of_another_run_is_not_read():
    assert from_bytes(WHOLE, "toy 8", "run") is None
    assert from_bytes(WHOLE, "toy 7", "another run") is None
    assert bits(from_bytes(WHOLE, "toy 7", "run")) == bits(sizes(Toy(7)))


@pytest.mark.parametrize("wrong", [3.0, [1, 2], np.array(["a"]), np.array([None]), np.array([1j])])
def test_anything_but_arrays_of_numbers_is_refused(wrong):
    with pytest.raises(TypeError, match=r"^Task 'a': 'x' must be an array of numbers\.$"):
        to_bytes("a", {"x": wrong}, "run")

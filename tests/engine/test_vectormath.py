"""exp, log and their rough forms against numpy."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import numpy as np
import pytest
from llvmlite import ir

from regimens.engine import kernel
from regimens.engine.lanes import INT, POINTER, SLOT_BYTES, VECTOR, VOID, Lanes, each_below, integer
from regimens.engine.vectormath import emit_exp, emit_log, emit_rough_exp2, emit_rough_log2

ULPS = 2.0
"""Both functions promise less than 1.5 units in the last place; numpy itself may be off by half a unit."""

FUNCTIONS = {"exp": emit_exp, "log": emit_log, "log2": emit_rough_log2, "exp2": emit_rough_exp2}


@pytest.fixture(scope="module")
def apply() -> Callable[[str, np.ndarray], np.ndarray]:
    """Compile each function as a loop over an array of eights."""
    module = ir.Module()
    for name, emit in FUNCTIONS.items():
        function = ir.Function(module, ir.FunctionType(VOID, (POINTER, INT, POINTER)), f"test_{name}")
        b = ir.IRBuilder(function.append_basic_block())
        source, count, target = function.args
        with each_below(b, count) as i:
            offset = b.mul(i, integer(SLOT_BYTES))
            x = b.load(b.gep(source, [offset], source_etype=ir.IntType(8)), typ=VECTOR, align=8)
            b.store(emit(Lanes(b), x), b.gep(target, [offset], source_etype=ir.IntType(8)), align=8)
        b.ret_void()
    names = tuple(f"test_{name}" for name in FUNCTIONS)
    loaded = kernel.load(kernel.object_code(str(module), kernel.host()), names)

    def run(name: str, x: np.ndarray) -> np.ndarray:
        padded = np.resize(np.asarray(x, dtype=np.float64), -(-len(x) // 8) * 8)
        out = np.empty_like(padded)
        call = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)
        call(loaded.addresses[f"test_{name}"])(padded.ctypes.data, len(padded) // 8, out.ctypes.data)
        assert loaded.keeper is not None
        return out[: len(x)]

    return run


def test_exp_agrees_with_numpy_to_the_last_places(apply):
    x = np.concatenate([np.linspace(-708.0, 709.7, 100_001), np.linspace(-1, 1, 10_001), [0.0, -0.0, 1e-300]])
    expected = np.exp(x)
    assert np.max(np.abs(apply("exp", x) - expected) / np.spacing(expected)) < ULPS


def test_exp_at_its_edges(apply):
    x = np.array([np.inf, -np.inf, np.nan, 709.9, -750.0, 1e300, -1e300, 709.78])
    found = apply("exp", x)
    assert np.array_equal(found[:7], [np.inf, 0.0, np.nan, np.inf, 0.0, np.inf, 0.0], equal_nan=True)
    assert np.isfinite(found[7])


def test_log_agrees_with_numpy_to_the_last_places(apply):
    x = np.concatenate([np.logspace(-307, 308, 100_001), np.linspace(0.5, 2.0, 10_001)])
    expected = np.log(x)
    error = np.abs(apply("log", x) - expected) / np.spacing(np.maximum(np.abs(expected), 1e-300))
    assert np.max(error[expected != 0.0]) < ULPS
    assert apply("log", np.array([1.0]))[0] == 0.0


def test_log_at_its_edges(apply):
    found = apply("log", np.array([0.0, -0.0, -1.0, np.inf, np.nan, -np.inf, 1e-310]))
    assert np.array_equal(found, [-np.inf, -np.inf, np.nan, np.inf, np.nan, np.nan, -np.inf], equal_nan=True)


def test_the_rough_forms_are_good_enough_to_choose_a_step(apply):
    x = np.logspace(-40, 40, 10_001)
    assert np.max(np.abs(apply("log2", x) - np.log2(x))) < 0.01
    y = np.linspace(-60, 60, 10_001)
    assert np.max(np.abs(apply("exp2", y) / np.exp2(y) - 1)) < 0.01

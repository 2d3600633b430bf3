"""The engine against solutions that can be written down."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.engine import Tolerances, simulate
from regimens.model.compile import compile_model
from regimens.model.parameters import Parameters, typical_subject
from tests.engine.models import doses, driven, model, oral, signed, subjects, together, turnover

TIGHT = Tolerances(rtol=1e-10, atol=1e-12)
CLOSE = 1e-8
"""Hundreds of steps at 1e-10 each."""

LINEAR = compile_model(oral())
TIMES = np.linspace(0.0, 200.0, 401)


def value_of(parameters: Parameters, name: str) -> np.ndarray:
    return parameters.values[:, [parameters.names.index(name)]]


def absorbed(parameters: Parameters, since: np.ndarray, amount: float) -> np.ndarray:
    """Concentration at `since` hours after one dose under the skin, lag included."""
    ka, ke, volume, share, lag = (value_of(parameters, name) for name in ("ka", "ke", "V", "F", "tlag"))
    t = np.maximum(since - lag, 0.0)
    return share * amount * ka / (volume * (ka - ke)) * (np.exp(-ke * t) - np.exp(-ka * t))


def infused(rate: float, k: float, since: np.ndarray, length: float) -> np.ndarray:
    """Amount after an infusion of constant rate into a compartment that empties at k."""
    during = rate / k * (1 - np.exp(-k * np.clip(since, 0.0, length)))
    return during * np.exp(-k * np.clip(since - length, 0.0, None))


def test_oral_doses_superpose_with_lag_and_bioavailability():
    people = subjects(oral(), 30)
    given = [0.0, 24.0, 30.0, 100.3]
    found = simulate(LINEAR, people, doses(given, 100.0), TIMES, tolerances=TIGHT).of("concentration")
    expected = sum(absorbed(people, TIMES - start, 100.0) for start in given)
    assert np.abs(found - expected).max() < CLOSE * expected.max()


def test_a_bolus_into_the_blood_falls_exponentially_and_is_not_seen_at_its_own_time():
    one = typical_subject(oral())
    found = simulate(LINEAR, one, doses([10.0], 100.0, route="IV"), [0.0, 10.0, 10.0, 10.0 + 1e-9, 20.0], tolerances=TIGHT)
    expected = [0.0, 0.0, 0.0, 5.0, 5.0 * np.exp(-1.0)]
    assert found.of("concentration")[0] == pytest.approx(expected, rel=CLOSE)


def test_a_pool_under_constant_infusion_rises_to_its_steady_state():
    compiled = compile_model(turnover())
    one = typical_subject(turnover())
    k, kin, kout, slope = one.values[0]
    times = np.linspace(0.0, 480.0, 81)
    found = simulate(compiled, one, doses([0.0], 50.0 * 20, route="IV", duration_h=480.0), times, tolerances=TIGHT)
    days, rate = times / 24, 50.0
    level = rate / k
    expected = kin / kout + slope * level * (
        (1 - np.exp(-kout * days)) / kout - (np.exp(-k * days) - np.exp(-kout * days)) / (kout - k)
    )
    assert np.abs(found.of("pool")[0] / expected - 1).max() < CLOSE


def test_infusions_start_and_end_where_they_say_with_lag_on_top():
    compiled = compile_model(turnover())
    one = typical_subject(turnover())
    times = np.array([5.0, 6.0, 8.9, 9.0, 20.0])
    found = simulate(compiled, one, doses([6.0], 30.0, route="IV", duration_h=3.0), times, observables=["drug"], tolerances=TIGHT)
    expected = infused(10.0, 0.1, times - 6.0, 3.0)
    assert found.values[0, :, 0] == pytest.approx(expected, rel=CLOSE, abs=CLOSE)


def test_infusions_back_to_back_equal_one():
    compiled = compile_model(turnover())
    one = typical_subject(turnover())
    times = np.linspace(0.0, 72.0, 145)
    whole = simulate(compiled, one, doses([3.0], 36.0, route="IV", duration_h=12.0), times, tolerances=TIGHT)
    parts = simulate(
        compiled, one, doses([3.0, 4.5, 10.0], [4.5, 16.5, 15.0], route="IV", duration_h=[1.5, 5.5, 5.0]), times, tolerances=TIGHT
    )
    assert np.allclose(whole.values, parts.values, rtol=CLOSE)


def test_overlapping_infusions_and_boluses_add_up():
    compiled = compile_model(turnover())
    one = typical_subject(turnover())
    times = np.linspace(0.0, 40.0, 81)
    both = together(doses([2.0, 5.0], [24.0, 30.0], route="IV", duration_h=[12.0, 3.0]), doses([5.0, 8.0], 7.0, route="IV"))
    found = simulate(compiled, one, both, times, observables=["drug"], tolerances=TIGHT).values[0, :, 0]
    expected = infused(2.0, 0.1, times - 2.0, 12.0) + infused(10.0, 0.1, times - 5.0, 3.0)
    for start in (5.0, 8.0):
        expected = expected + np.where(times > start, 7.0 * np.exp(-0.1 * (times - start)), 0.0)
    assert found == pytest.approx(expected, rel=CLOSE, abs=CLOSE)


def test_explicit_time_is_the_models_own_and_enters_the_derivatives():
    compiled = compile_model(driven())
    one = typical_subject(driven())
    times = np.linspace(0.0, 30.0, 301)
    found = simulate(compiled, one, doses([], 0.0), times, tolerances=TIGHT)
    assert np.abs(found.of("x_now")[0] / np.exp(-0.2 * times) - 1).max() < 1e-7
    assert np.array_equal(found.of("clock")[0], times)


def test_times_of_a_model_in_days_are_asked_for_in_hours():
    declared = turnover()
    found = simulate(
        compile_model(declared),
        typical_subject(declared),
        doses([0.0], 10.0, route="IV"),
        [24.0],
        observables=["drug"],
        tolerances=TIGHT,
    )
    assert found.values[0, 0, 0] == pytest.approx(10.0 * np.exp(-2.4), rel=CLOSE)


@pytest.mark.parametrize("rate", [0.5, 3.0, 40.0])
def test_a_solution_that_grows_is_as_exact_as_one_that_falls(rate: float):
    """I / (gamma h) - J is singular for the step h = 1 / (gamma rate), which must be cut and not taken."""
    declared = model("growing", {"x": ("1e-6", "rate*x")}, {"rate": rate})
    times = np.linspace(0.0, 20.0 / rate, 11)
    found = simulate(
        compile_model(declared), typical_subject(declared), doses([], 0.0), times, observables=["x"], tolerances=TIGHT
    )
    assert found.values[0, :, 0] == pytest.approx(1e-6 * np.exp(rate * times), rel=1e-6)


def test_oscillations_keep_their_phase():
    declared = signed(model("swing", {"x": ("1", "w*y"), "y": ("0", "-w*x")}, {"w": 2.0}), "x", "y")
    times = np.linspace(0.0, 50.0, 101)
    found = simulate(
        compile_model(declared), typical_subject(declared), doses([], 0.0), times, observables=["x"], tolerances=TIGHT
    )
    assert np.abs(found.values[0, :, 0] - np.cos(2.0 * times)).max() < 1e-7

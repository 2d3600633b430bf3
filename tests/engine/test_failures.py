"""Subjects that cannot be integrated end with a status and missing values, never with a wrong number."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from regimens.engine import STATUS_WORDS, Tolerances, Trajectories, simulate
from regimens.engine.step import CLEARLY
from regimens.engine.trajectories import NEGATIVE, NON_FINITE, OK, STEP_LIMIT, STEP_UNDERFLOW
from regimens.model.compile import compile_model
from regimens.model.declaration import Model
from regimens.model.parameters import Parameters, typical_subject
from tests.engine.models import POP_DOSES, doses, edge, model, oral, pop, signed, subjects, tmdd, turnover

EXPLODING = model("exploding", {"x": ("1", "x**2")}, {"unused": 1.0})
"""x = 1 / (1 - t): there is no solution after t = 1."""

TIGHT = Tolerances(1e-9, 1e-11)
CLOSE = 1e-6


def test_a_solution_that_ends_stops_there_with_a_status():
    times = [0.0, 0.5, 0.9, 1.5, 2.0]
    found = simulate(compile_model(EXPLODING), typical_subject(EXPLODING), doses([], 0.0), times, observables=["x"])
    assert found.status[0] == STEP_UNDERFLOW
    assert found.values[0, :3, 0] == pytest.approx([1.0, 2.0, 10.0], rel=1e-4)
    assert np.all(np.isnan(found.values[0, 3:]))
    assert found.stopped_h[0] == pytest.approx(1.0, abs=1e-3)
    assert found.statistics.failed == 1


def test_the_step_limit_stops_a_subject_and_not_its_neighbours():
    crowd, compiled = subjects(pop(), 9, spread=0.6), compile_model(pop())
    given, times = doses(POP_DOSES[:7], 500.0), [0.0, 300.0]
    free = simulate(compiled, crowd, given, times)
    alone = [simulate(compiled, crowd[i : i + 1], given, times).statistics for i in range(9)]
    attempts = [one.steps + one.rejected for one in alone]
    slowest = int(np.argmax(attempts))
    limit = sorted(attempts)[-2] + 1
    found = simulate(compiled, crowd, given, times, tolerances=Tolerances(max_steps=limit))
    others = np.arange(9) != slowest
    assert found.status[slowest] == STEP_LIMIT
    assert np.all(found.status[others] == OK)
    assert np.all(np.isnan(found.values[slowest, 1]))
    assert 0.0 < found.stopped_h[slowest] < 300.0
    assert np.array_equal(found.values[others], free.values[others])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["ka", "F", "tlag", "V"])
def test_a_parameter_that_is_not_finite_gives_a_status_and_missing_values(bad: float, name: str):
    crowd = subjects(oral(), 3, spread=0.0)
    crowd.values[1, crowd.names.index(name)] = bad
    found = simulate(compile_model(oral()), crowd, doses([1.0], 10.0), [0.0, 5.0, 50.0])
    assert found.status[0] == found.status[2] == OK
    assert found.status[1] != OK or (name, bad) == ("V", np.inf) or name == "V"
    if found.status[1] != OK:
        assert np.all(np.isnan(found.values[1, 1:]))


def test_an_initial_value_that_is_not_finite_gives_a_status():
    declared = model("bad start", {"x": ("log(p)", "-x"), "y": ("1", "-y")}, {"p": -1.0})
    found = simulate(compile_model(declared), typical_subject(declared), doses([], 0.0), [0.0, 1.0], observables=["y"])
    assert found.status[0] == NON_FINITE
    assert np.isnan(found.values[0, 1, 0])


def test_a_rate_that_becomes_infinite_gives_a_status():
    declared = model("pole", {"x": ("1", "-1/(time - 2)**2")}, {"unused": 1.0})
    found = simulate(compile_model(declared), typical_subject(declared), doses([], 0.0), [0.0, 1.0, 3.0], observables=["x"])
    assert found.status[0] in STATUS_WORDS
    assert found.status[0] != OK
    assert found.values[0, 1, 0] == pytest.approx(0.5, rel=1e-4)
    assert np.isnan(found.values[0, 2, 0])


FALLING = model(
    "falling",
    {"x": ("x0", "-1"), "y": ("1", "-y")},
    {"x0": 1.0},
    into={("il2", "IV"): "x"},
    observables={"level": "x"},
)
"""x = x0 + doses - t: below zero from x0 + doses on."""


def falling(declared: Model = FALLING, *, amount: float = 0.0, times: list[float], x0: list[float]) -> Trajectories:
    one = typical_subject(declared)
    people = Parameters(one.names, np.array(x0)[:, np.newaxis], np.full(len(x0), 70.0), np.full(len(x0), 1.8))
    return simulate(compile_model(declared), people, doses([0.5], amount, route="IV"), times)


def test_a_state_that_falls_below_zero_stops_its_subject_with_a_status_and_not_its_neighbours():
    found = falling(times=[0.0, 0.5, 3.0, 3.5, 50.0], x0=[1.0, 100.0, 3.25])
    assert [STATUS_WORDS[code] for code in found.status] == ["a state fell below zero", "ok", "a state fell below zero"]
    assert np.all((found.stopped_h[[0, 2]] > [1.0, 3.25]) & (found.stopped_h[[0, 2]] <= 50.0))
    assert found.stopped_h[1] == 50.0
    assert found.values[1, :, 0] == pytest.approx([100.0, 99.5, 97.0, 96.5, 50.0])
    assert found.values[[0, 2], :2, 0] == pytest.approx(np.array([[1.0, 0.5], [3.25, 2.75]]))
    reached = np.array([0.0, 0.5, 3.0, 3.5, 50.0]) <= found.stopped_h[:, np.newaxis]
    assert np.array_equal(np.isfinite(found.values[..., 0]), reached)
    assert found.statistics.failed == 2


def test_a_state_that_may_be_negative_is_ok_below_zero():
    found = falling(signed(FALLING, "x"), times=[0.0, 0.5, 3.0], x0=[1.0])
    assert found.status[0] == OK
    assert found.values[0, :, 0] == pytest.approx([1.0, 0.5, -2.0])


def test_a_state_that_starts_below_zero_has_a_status_unless_it_may_be_negative():
    rising = model("rising", {"x": ("-1", "1")}, {"unused": 1.0}, observables={"level": "x"})
    for declared, code in ((rising, NEGATIVE), (signed(rising, "x"), OK)):
        found = simulate(compile_model(declared), typical_subject(declared), doses([], 0.0), [0.0, 0.5], observables=["x"])
        assert found.status[0] == code


def test_a_fall_below_zero_in_the_very_last_step_is_found():
    found = falling(times=[0.0, 1.01], x0=[1.0])
    assert found.status[0] == NEGATIVE
    assert found.stopped_h[0] == 1.01


@pytest.mark.parametrize("tolerances", [Tolerances(), Tolerances(1e-8, 1e-10)])
@pytest.mark.parametrize("amount", [0.0, 7.0])
def test_below_zero_is_measured_by_the_tolerance_and_by_the_largest_value_with_doses(tolerances: Tolerances, amount: float):
    one, compiled = typical_subject(FALLING), compile_model(FALLING)
    allowed = CLEARLY * (tolerances.rtol + tolerances.atol) * (1.0 + amount - 0.5 * (amount > 0.0))
    for factor, code in ((0.99, OK), (1.01, NEGATIVE)):
        times = [0.0, 1.0 + amount + factor * allowed]
        found = simulate(compiled, one, doses([0.5], amount, route="IV"), times, tolerances=tolerances)
        assert found.status[0] == code


def test_a_lane_that_is_filled_again_forgets_the_values_of_the_subject_before():
    many = falling(times=[0.0, 1.01], x0=[1e6] * 8 + [1.0] * 8)
    assert many.status.tolist() == [OK] * 8 + [NEGATIVE] * 8


HILL_TIMES = np.array([0.0, 1.0, 1.5, 3.0, 8.0, 30.0])


def hill_run(**values: float) -> tuple[np.ndarray, np.ndarray]:
    """Return y and the share at HILL_TIMES after a bolus of 5 at 1 h, c = 5 exp(-0.2 (t - 1))."""
    declared = edge()
    one = typical_subject(declared)
    for name, value in values.items():
        one.values[0, one.names.index(name)] = value
    found = simulate(
        compile_model(declared), one, doses([1.0], 5.0, route="IV"), HILL_TIMES, observables=["y", "share"], tolerances=TIGHT
    )
    assert found.status[0] == OK
    return found.of("y")[0], found.of("share")[0]


def test_before_the_drug_a_hill_term_is_zero_and_so_is_what_it_drives():
    y, share = hill_run(h=4.0)
    assert y[0] == y[1] == share[0] == 0.0


def test_a_hill_term_with_ec50_zero_is_one_as_soon_as_there_is_drug():
    y, share = hill_run(ec50=0.0, h=4.0)
    since = np.maximum(HILL_TIMES - 1.0, 0.0)
    assert np.allclose(y, 1 - np.exp(-since), atol=CLOSE)
    assert share[2:].tolist() == [1.0] * 4


@pytest.mark.parametrize("h", [0.3, 1.0, 2.0, 7.5, 60.0, 400.0])
def test_hill_terms_of_any_steepness_are_right(h: float):
    _, share = hill_run(h=h)
    c = 5.0 * np.exp(-0.2 * (HILL_TIMES[2:] - 1.0))
    with np.errstate(over="ignore"):
        expected = 1 / (1 + c**-h)
    assert np.allclose(share[2:], expected, rtol=1e-5, atol=1e-9)


def test_a_square_root_and_a_half_power_of_a_state_that_starts_at_zero_are_right():
    y, _ = hill_run(base=1.0, ec50=1e6, h=4.0)
    since = HILL_TIMES[2:] - 1.0
    expected = np.sqrt(5.0) * (np.exp(-0.1 * since) - np.exp(-since)) / 0.9
    assert np.allclose(y[2:], expected, rtol=CLOSE)


def test_a_state_with_no_target_at_all_stays_where_it_is():
    declared = tmdd()
    one = typical_subject(declared)
    one.values[0, one.names.index("ksyn")] = 0.0
    found = simulate(compile_model(declared), one, doses([0.0], 10.0), [0.0, 100.0], observables=["R", "RL", "L"])
    assert found.status[0] == OK
    assert np.all(found.values[0, 1, :2] == 0.0)
    assert found.values[0, 1, 2] > 0.0


@pytest.mark.parametrize("declared", [pop(), tmdd(), turnover(), oral(), edge(3.0)], ids=lambda m: m.name)
def test_subjects_from_four_decades_end_with_the_right_answer_or_a_status(declared):
    count = 120
    one = typical_subject(declared)
    wide = one.values * 10 ** np.random.default_rng(8).uniform(-2, 2, (count, len(one.names)))
    people = Parameters(one.names, wide, np.full(count, 70.0), np.full(count, 1.8))
    compiled = compile_model(declared)
    given = doses([0.0, 48.0], 50.0, route=declared.inputs[0].route)
    times = np.linspace(0.0, 200.0, 21)
    limit = 50_000
    found, tight = (
        simulate(compiled, people, given, times, observables=compiled.states, tolerances=Tolerances(r, r / 100, limit))
        for r in (1e-6, 1e-9)
    )
    assert set(found.status) <= set(STATUS_WORDS)
    assert np.all(np.isfinite(found.values[found.status == OK]))
    both = (found.status == OK) & (tight.status == OK)
    assert both.sum() > 0.8 * count
    scale = np.maximum(np.abs(tight.values[both]).max(axis=1, keepdims=True), 1e-4)
    assert np.max(np.abs(found.values[both] - tight.values[both]) / scale) < 1e-3


def test_the_processors_treatment_of_tiny_numbers_is_as_before(monkeypatch: pytest.MonkeyPatch):
    class Here:
        """A thread that runs in the one that starts it."""

        ident = None

        def __init__(self, target, args):
            self.work = lambda: target(*args)

        def start(self):
            self.work()

        def is_alive(self):
            return False

    monkeypatch.setattr(threading, "Thread", Here)
    simulate(compile_model(oral()), typical_subject(oral()), doses([0.0], 1.0), [0.0, 100.0])
    tiny = np.full(16, 1e-310)
    assert np.all(tiny * 0.5 > 0.0)

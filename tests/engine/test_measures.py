"""What the engine measures: closed forms, windows and jumps, what changes no byte, curves that are hard, and bad input."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from regimens.engine import Tolerances, Trajectories, simulate
from regimens.engine.measures import Area, Excursion, Extreme, Measure, Threshold
from regimens.engine.trajectories import OK
from regimens.errors import ModelError
from regimens.model.compile import CompiledModel, compile_model
from regimens.model.parameters import Parameters, typical_subject
from regimens.regimen.events import DoseEvents
from tests.engine.models import doses, model, oral, subjects

TIGHT = Tolerances(1e-10, 1e-12)
EXACT = 1e-8
K = 0.1

DECAY = model(
    "decay",
    {"x": ("x0", "-k*x")},
    {"x0": 0.0, "k": K},
    into={("il2", "IV"): "x"},
    observables={
        "level": "x", "raised": "1 + x", "fallen": "1 - x", "twice": "2*x", "squared": "x**2", "logarithm": "log(x - 1)",
        "inverse": "1/x", "zero": "0*x", "clock": "time", "wave": "sin_like", "hour": "time - 12",
    },
    definitions={"sin_like": "(time - 3)*(time - 5)*(time - 9)"},
)  # fmt: skip
"""x = x0 exp(-k t) and what is left of boluses."""
COMPILED = compile_model(DECAY)


def bolus(*times: float, amount: float = 1.0) -> DoseEvents:
    return doses(list(times), amount, route="IV")


def measured(
    measures: list[Measure],
    events: DoseEvents | list[DoseEvents],
    end_h: float,
    people: Parameters | None = None,
    compiled: CompiledModel = COMPILED,
    tolerances: Tolerances = TIGHT,
) -> Trajectories:
    people = typical_subject(compiled.model) if people is None else people
    return simulate(compiled, people, events, [0.0, end_h], measures=measures, tolerances=tolerances)


def of_one(measure: Measure, events: DoseEvents, end_h: float, **more: object) -> list[float]:
    """Return the columns of one measure of one subject."""
    return measured([measure], events, end_h, **more).measured[measure][:, 0].tolist()


def above(value: float, from_h: float, to_h: float, observable: str = "level") -> Excursion:
    return Excursion(observable, from_h, to_h, threshold=Threshold(value))


def below(value: float, from_h: float, to_h: float, observable: str = "level") -> Excursion:
    return replace(above(value, from_h, to_h, observable), side="below")


def left(*hours: float) -> float:
    """What is left of boluses of 1 given so many hours ago."""
    return float(np.exp(-K * np.array(hours)).sum())


# Closed forms, with windows at doses, off them, and at the times that are read.


def test_the_area_of_a_window_is_what_is_lost_in_it():
    for from_h, to_h in [(0.0, 50.0), (10.0, 30.0), (10.0, 11.0), (9.75, 10.0), (3.1, 3.2), (0.0, 10.0), (49.0, 50.0)]:
        given = sum(from_h <= time < to_h for time in (0.0, 10.0, 30.0))
        level = [sum(np.exp(-K * (t - d)) for d in (0.0, 10.0, 30.0) if d < t) for t in (from_h, to_h)]
        exact = (given + level[0] - level[1]) / K
        assert of_one(Area("level", from_h, to_h), bolus(0.0, 10.0, 30.0), 50.0) == pytest.approx([exact], rel=EXACT)


@pytest.mark.parametrize(
    ("from_h", "to_h", "highest", "lowest"),
    [
        (0.0, 50.0, [left(0, 10), 10.0], [0.0, 0.0]),
        (0.0, 10.0, [1.0, 0.0], [0.0, 0.0]),
        # A window that begins at a dose begins after it, and one that ends at a dose ends before it.
        (10.0, 20.0, [left(0, 10), 10.0], [left(10, 20), 20.0]),
        (10.0, 30.0, [left(0, 10), 10.0], [left(20, 30), 30.0]),
        (5.0, 10.0, [left(5), 5.0], [left(10), 10.0]),
        (5.0, 15.0, [left(0, 10), 10.0], [left(10), 10.0]),
        (12.3, 12.4, [left(2.3, 12.3), 12.3], [left(2.4, 12.4), 12.4]),
    ],
)
def test_extremes_stand_at_doses_and_at_the_ends_of_windows(from_h, to_h, highest, lowest):
    top, bottom = Extreme("level", from_h, to_h), Extreme("level", from_h, to_h, side="lowest")
    found = measured([top, bottom], bolus(0.0, 10.0, 30.0), 50.0).measured
    assert found[top][:, 0] == pytest.approx(highest, rel=EXACT, abs=EXACT)
    assert found[bottom][:, 0] == pytest.approx(lowest, rel=EXACT, abs=EXACT)


def test_what_is_beyond_a_threshold_lies_between_jumps_and_crossings():
    # Above 0.5 from each bolus of 1 until it has halved; the second is given on what is left of the first.
    half, second = np.log(2) / K, np.log(2 * left(0, 20)) / K
    exact = [half + second, (1 - 0.5 + left(0, 20) - 0.5) / K - 0.5 * (half + second), 0.0, 20 + second]
    assert of_one(above(0.5, 0.0, 60.0), bolus(0.0, 20.0), 60.0) == pytest.approx(exact, rel=EXACT)
    # Below it in the rest, and at first before anything happens.
    found = of_one(below(0.5, 0.0, 60.0), bolus(0.0, 20.0), 60.0)
    assert found[0] == pytest.approx(60 - half - second, rel=EXACT)
    assert found[2:] == [0.0, 60.0]
    assert of_one(below(0.5, 1e-6, 60.0), bolus(0.0, 20.0), 60.0)[2] == pytest.approx(half, rel=EXACT)


def test_overlapping_windows_are_measured_each_for_itself():
    windows = [(0.0, 50.0), (5.0, 25.0), (20.0, 30.0), (24.9, 25.1), (5.0, 50.0), (0.0, 0.5)]
    asked = [Area("level", *window) for window in windows]
    found = measured(asked, bolus(0.0, 10.0, 30.0), 50.0).measured
    for measure in asked:
        assert found[measure].tolist() == [of_one(measure, bolus(0.0, 10.0, 30.0), 50.0)]


def test_windows_that_follow_each_other_add_up():
    cuts = [0.0, 0.3, 10.0, 17.2, 30.0, 30.001, 44.0, 50.0]
    of_windows: list[Measure] = []
    for window in [*pairwise(cuts), (0.0, 50.0)]:
        of_windows += [Area("level", *window), above(0.4, *window), below(0.4, *window)]
    found = measured(of_windows, bolus(0.0, 10.0, 30.0), 50.0).measured
    for kind in range(3):
        *parts, whole = [found[measure][0, 0] for measure in of_windows[kind::3]]
        assert sum(parts) == pytest.approx(whole, rel=1e-12)
    assert found[of_windows[-2]][0, 0] + found[of_windows[-1]][0, 0] == pytest.approx(50.0, rel=1e-12)


def test_an_observable_of_explicit_time_is_measured_at_its_time():
    """The cubic (t - 3)(t - 5)(t - 9) is exact in every step, so that all is exact to rounding."""
    turn = (17 + np.sqrt(28)) / 3, (17 - np.sqrt(28)) / 3
    cubic = np.polynomial.Polynomial.fromroots([3.0, 5.0, 9.0])
    whole = cubic.integ()
    assert of_one(Area("wave", 2.0, 10.0), bolus(1.7), 12.0) == pytest.approx([whole(10.0) - whole(2.0)], rel=1e-12)
    exact = [1 - 0 + 2 + 1 - 1, whole(5) - whole(3) + whole(10) - whole(9), 3.0, 10.0]
    assert of_one(above(0.0, 2.0, 10.0, "wave"), bolus(1.7), 12.0) == pytest.approx(exact, rel=1e-12)
    assert of_one(Extreme("wave", 2.0, 9.0), bolus(1.7), 12.0) == pytest.approx([cubic(turn[1]), turn[1]], rel=1e-9)
    assert of_one(Extreme("wave", 4.0, 9.5, side="lowest"), bolus(1.7), 12.0) == pytest.approx(
        [cubic(turn[0]), turn[0]], rel=1e-9
    )
    assert of_one(Extreme("clock", 2.0, 7.0), bolus(1.7), 12.0) == [7.0, 7.0]


DAILY = replace(
    DECAY,
    name="daily",
    time_unit="day",
    states=(replace(DECAY.states[0], rate=model("", {"x": ("0", "-24*k*x")}, {}).states[0].rate),),
)


def test_a_model_in_days_gives_the_numbers_of_one_in_hours():
    asked = [Area("level", 3.0, 40.0), Extreme("level", 3.0, 40.0), above(0.4, 3.0, 40.0), below(0.4, 0.0, 40.0)]
    one, other = (measured(asked, bolus(0.0, 10.0, 30.0), 50.0, compiled=compile_model(each)) for each in (DECAY, DAILY))
    for measure in asked:
        assert one.measured[measure] == pytest.approx(other.measured[measure], rel=EXACT)


# What changes no byte.

CROWD = subjects(oral(), 17)
ORAL = compile_model(oral())
DOSED = doses([0.0, 24.0, 48.0, 120.0], 10.0)
ASKED: list[Measure] = [
    Area("concentration", 0.0, 200.0),
    Extreme("concentration", 0.0, 200.0),
    Extreme("concentration", 20.0, 60.0, side="lowest"),
    above(0.1, 0.0, 200.0, "concentration"),
    Excursion("central", 10.0, 150.0, side="below", threshold=Threshold(2.0)),
]


def bytes_of(found: Trajectories, rows: slice = slice(None)) -> list[bytes]:
    return [numbers[:, rows].tobytes() for numbers in found.measured.values()]


def crowd(people: Parameters = CROWD, events: DoseEvents | list[DoseEvents] = DOSED, **more: object) -> Trajectories:
    return simulate(ORAL, people, events, [0.0, 100.0, 200.0], **{"measures": ASKED, **more})


def test_threads_company_and_order_change_no_byte_of_measures():
    whole = crowd(threads=1)
    assert all(np.ptp(numbers[0]) > 0 for numbers in whole.measured.values())
    assert bytes_of(crowd(threads=3)) == bytes_of(whole)
    for rows in (slice(0, 1), slice(1, 9), slice(9, 17), slice(4, 5)):
        assert bytes_of(crowd(CROWD[rows])) == bytes_of(whole, rows)
    order = np.random.default_rng(1).permutation(17)
    turned = crowd(CROWD[order])
    for measure in ASKED:
        assert turned.measured[measure].tobytes() == whole.measured[measure][:, order].tobytes()


@pytest.mark.parametrize("count", [0, 1, 9, 17])
def test_there_is_a_column_of_numbers_for_every_subject(count):
    found = crowd(CROWD[:count])
    for measure in ASKED:
        assert found.measured[measure].shape == (len(measure.columns), count)
        assert np.isfinite(found.measured[measure][:2]).all()


def test_subjects_without_any_may_have_their_own_times():
    found = simulate(ORAL, CROWD[:0], DOSED, np.empty((0, 2)), measures=ASKED)
    assert found.measured[ASKED[0]].shape == (1, 0)


def test_subjects_with_their_own_doses_have_the_numbers_they_have_alone():
    own = [doses([0.0, 10.0 + row, 90.0 - row], 5.0 + row) for row in range(17)]
    whole = crowd(events=own)
    for row in range(17):
        assert bytes_of(crowd(CROWD[row : row + 1], own[row])) == bytes_of(whole, slice(row, row + 1))


def test_measures_change_no_byte_of_trajectories():
    plain, with_measures = crowd(measures=[]), crowd()
    assert plain.measured == {}
    assert plain.values.tobytes() == with_measures.values.tobytes()
    assert plain.statistics == with_measures.statistics


def test_another_measure_changes_no_byte_of_this_one():
    """Nor do its window, its observable, the order of the measures, or times that are read."""
    others = [Extreme("depot", 3.3, 7.7), Area("concentration", 19.9, 20.1), below(1.0, 77.7, 123.4, "central")]
    together = crowd(measures=[*others, *ASKED[::-1], *ASKED])
    times = np.linspace(0.0, 200.0, 201)
    read = simulate(ORAL, CROWD, DOSED, times, measures=ASKED)
    for measure in ASKED:
        alone = crowd(measures=[measure]).measured[measure].tobytes()
        assert together.measured[measure].tobytes() == alone
        assert read.measured[measure].tobytes() == alone


def test_a_measure_that_is_asked_for_twice_is_taken_once():
    found = crowd(measures=[ASKED[0], ASKED[1], ASKED[0]])
    assert list(found.measured) == [ASKED[0], ASKED[1]]


# Subjects that fail.

FALLING = model("falling", {"x": ("x0", "-1")}, {"x0": 1.0}, observables={"level": "x", "shifted": "10 + x"})
"""x = x0 - t fails soon after x0 hours."""
KINDS: list[Measure] = [Area("level", 0.0, 1.0), Extreme("level", 0.0, 5.0), above(0.5, 0.0, 5.0)]


def test_a_subject_that_fails_has_no_measures_not_even_of_a_window_before():
    one = typical_subject(FALLING)
    people = Parameters(one.names, np.array([[1.0], [100.0], [2.0]]), np.full(3, 70.0), np.full(3, 1.8))
    found = measured(KINDS, bolus(), 5.0, people, compile_model(FALLING))
    assert (found.status == OK).tolist() == [False, True, False]
    for measure in KINDS:
        assert np.isnan(found.measured[measure]).tolist() == [[True, False, True]] * len(measure.columns)


def test_a_lane_that_is_filled_again_forgets_the_subject_before():
    """Eight subjects that fail and eight that do not, then the same again, on one thread."""
    one = typical_subject(FALLING)
    x0 = np.concatenate([np.full(8, 1.0), np.linspace(50, 60, 8), np.full(8, 2.0), np.linspace(9, 10, 9)])
    people = Parameters(one.names, x0[:, np.newaxis], np.full(33, 70.0), np.full(33, 1.8))
    compiled = compile_model(FALLING)
    found = simulate(compiled, people, bolus(), [5.0], measures=KINDS, threads=1, tolerances=TIGHT)
    fine = np.flatnonzero(found.status == OK)
    assert fine.tolist() == [*range(8, 16), *range(24, 33)]
    area, top, excursion = (found.measured[measure][:, fine] for measure in KINDS)
    assert area[0] == pytest.approx(x0[fine] - 0.5, rel=EXACT)
    assert top[0].tolist() == x0[fine].tolist()
    assert top[1].tolist() == [0.0] * 17
    assert excursion[0] == pytest.approx(np.full(17, 5.0), rel=1e-14)
    assert excursion[3].tolist() == [5.0] * 17


# Curves that are hard.

FLAT = model("flat", {"x": ("2", "0")}, {"p": 3.0}, into={("il2", "IV"): "x"}, observables={"level": "x"})


@pytest.mark.parametrize("end_h", [1e-6, 1.0, 1000.0, 1e6])
def test_a_curve_that_is_constant_has_its_extremes_at_once_and_is_never_beyond_its_value(end_h):
    compiled = compile_model(FLAT)
    top, bottom = Extreme("level", 0.0, end_h), Extreme("level", 0.0, end_h, side="lowest")
    asked = [Area("level", 0.0, end_h), top, bottom, above(2.0, 0.0, end_h), below(2.0, 0.0, end_h), above(1.0, 0.0, end_h)]
    found = measured(asked, bolus(), end_h, compiled=compiled).measured
    area, *extremes, over, under, whole = (found[measure][:, 0].tolist() for measure in asked)
    assert area == pytest.approx([2.0 * end_h], rel=1e-14)
    assert extremes == [[2.0, 0.0], [2.0, 0.0]]
    assert over == under == [0.0, 0.0, np.inf, -np.inf]
    assert whole == pytest.approx([end_h, end_h, 0.0, end_h], rel=1e-14)
    later = of_one(Extreme("level", 0.5 * end_h, end_h), bolus(), end_h, compiled=compiled)
    assert later == [2.0, 0.5 * end_h]


def test_a_threshold_at_the_baseline_is_left_at_the_bolus_and_never_reached_again():
    over = Excursion("raised", 0.0, 50.0, threshold=Threshold(of_baseline=1.0))
    assert of_one(over, bolus(7.0), 50.0) == pytest.approx([43.0, (1 - left(43)) / K, 7.0, 50.0], rel=EXACT)
    under = replace(over, side="below")
    assert of_one(under, bolus(7.0), 50.0) == [0.0, 0.0, np.inf, -np.inf]
    mirrored = Excursion("fallen", 0.0, 50.0, side="below", threshold=Threshold(of_baseline=1.0))
    assert of_one(mirrored, bolus(7.0), 50.0) == pytest.approx(of_one(over, bolus(7.0), 50.0), rel=EXACT)


def test_a_threshold_is_made_of_a_number_a_share_of_the_baseline_and_one_of_its_size():
    """From x0 = 4, the curve 1 - x begins at -3: above 0.5 - 3 / 2 + 3 / 6 = -0.5 once x is below 1.5."""
    people = typical_subject(DECAY)
    people.values[0, people.names.index("x0")] = 4.0
    measure = Excursion("fallen", 0.0, 50.0, threshold=Threshold(0.5, 0.5, 1 / 6))
    first = np.log(4.0 / 1.5) / K
    assert of_one(measure, bolus(), 50.0, people=people)[2] == pytest.approx(first, rel=EXACT)


def test_a_threshold_that_the_peak_only_touches_is_never_exceeded():
    assert of_one(above(1.0, 0.0, 50.0), bolus(7.0), 50.0) == [0.0, 0.0, np.inf, -np.inf]
    assert of_one(below(0.0, 0.0, 50.0), bolus(7.0), 50.0) == [0.0, 0.0, np.inf, -np.inf]
    # Just below the peak, the curve is above it until it has fallen by so much.
    found = of_one(above(1.0 - 1e-6, 0.0, 50.0), bolus(7.0), 50.0)
    assert found[0] == pytest.approx(-np.log(1 - 1e-6) / K, rel=1e-6)
    assert found[2] == 7.0


def test_a_jump_across_a_threshold_ends_what_is_below_it_at_the_dose():
    assert of_one(below(0.5, 0.0, 8.0), bolus(7.0), 8.0) == pytest.approx([7.0, 3.5, 0.0, 7.0], rel=1e-12)
    found = of_one(above(0.5, 0.0, 8.0), bolus(7.0), 8.0)
    assert found == pytest.approx([1.0, (1 - left(1)) / K - 0.5, 7.0, 8.0], rel=EXACT)


def test_a_long_step_is_measured_as_a_short_one():
    """After 30 days nothing happens any more, and steps are as long as they may be."""
    asked = [above(1e-3, 0.0, 1e5), Extreme("level", 0.0, 1e5), Area("level", 0.0, 1e5)]
    found = measured(asked, bolus(1.0), 1e5)
    assert found.statistics.steps < 1000
    over, top, area = (found.measured[measure][:, 0] for measure in asked)
    assert over == pytest.approx(
        [np.log(1000) / K, (1 - 1e-3) / K - 1e-3 * np.log(1000) / K, 1.0, 1 + np.log(1000) / K], rel=EXACT
    )
    assert top.tolist() == [1.0, 1.0]
    assert area[0] == pytest.approx(1 / K, rel=EXACT)


SPOILT: list[tuple[Measure, ...]] = [
    tuple(kind(name, 0.0, 50.0) for kind in (Area, Extreme, Excursion)) for name in ("logarithm", "inverse")
]


@pytest.mark.parametrize("asked", SPOILT, ids=["logarithm", "inverse"])
def test_a_curve_that_is_not_finite_somewhere_in_the_window_has_no_measures(asked):
    """log(x - 1) is no number while x is below 1, and 1 / x is infinite while x is 0."""
    found = measured(list(asked), bolus(7.0, amount=3.0), 50.0)
    assert found.status[0] == OK
    for measure in asked:
        assert np.isnan(found.measured[measure]).all()


def test_a_curve_that_is_not_finite_before_or_after_the_window_has_its_measures():
    asked = [Area("logarithm", 7.0, 12.0), Extreme("logarithm", 7.0, 12.0), above(0.5, 7.0, 12.0, "logarithm")]
    area, top, over = (measured(asked, bolus(7.0, amount=3.0), 50.0).measured[measure][:, 0] for measure in asked)
    t = np.linspace(0.0, 5.0, 200_001)
    assert area[0] == pytest.approx(np.trapezoid(np.log(3 * np.exp(-K * t) - 1), t), rel=1e-7)
    assert top == pytest.approx([np.log(2.0), 7.0], rel=EXACT)
    assert over[0] == pytest.approx(np.log(3 / (1 + np.exp(0.5))) / K, rel=1e-7)
    of_baseline = Excursion("logarithm", 7.0, 12.0, threshold=Threshold(of_baseline=1.0))
    assert np.isnan(of_one(of_baseline, bolus(7.0, amount=3.0), 50.0)).all()


def test_an_extreme_at_the_edge_of_a_window_is_found_on_both_sides_of_the_edge():
    """The lowest of the cubic between 5 and 9 is at 7.43."""
    turn = (17 + np.sqrt(28)) / 3
    before, after = Extreme("wave", 5.0, turn, side="lowest"), Extreme("wave", turn, 9.0, side="lowest")
    found = measured([before, after], bolus(), 12.0).measured
    assert found[before][1, 0] == pytest.approx(turn, rel=1e-7)
    assert found[after][1, 0] == pytest.approx(turn, rel=1e-7)
    assert found[before][0, 0] == pytest.approx(found[after][0, 0], rel=1e-12)


def test_a_lowest_value_is_the_highest_of_the_curve_turned_over():
    low, high = Extreme("fallen", 0.0, 50.0, side="lowest"), Extreme("level", 0.0, 50.0)
    found = measured([low, high], bolus(3.0, 20.0), 50.0).measured
    assert found[low][0, 0] == pytest.approx(1 - found[high][0, 0], rel=1e-12)
    assert found[low][1, 0] == found[high][1, 0] == 20.0


@pytest.mark.parametrize(("share", "when"), [(0.9e-5, 3.0), (1.1e-5, 40.0)])
def test_a_later_top_counts_as_higher_beyond_a_share_of_the_rise(share, when):
    """The first bolus rises by 1, the second to 1 + share: what is left of the first, and the rest."""
    given = doses([3.0, 40.0], np.array([1.0, 1.0 + share - left(37)]), route="IV")
    value, time = of_one(Extreme("level", 0.0, 50.0), given, 50.0)
    assert value == pytest.approx(1 + share, rel=1e-9)
    assert time == when


# Bad input.


@pytest.mark.parametrize(
    ("from_h", "to_h", "shown"),
    [
        (5.0, 5.0, "5 h to 5 h"),
        (6.0, 5.0, "6 h to 5 h"),
        (-1.0, 5.0, "-1 h to 5 h"),
        (0.0, 50.5, "0 h to 50.5 h"),
        (np.nan, 5.0, "nan h to 5 h"),
        (0.0, np.nan, "0 h to nan h"),
        (0.0, np.inf, "0 h to inf h"),
    ],
)
def test_a_window_must_have_a_length_and_lie_before_the_last_time(from_h, to_h, shown):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        measured([Area("level", from_h, to_h)], bolus(), 50.0)
    expected = f"A measure from {shown}: its window must have a length and lie between 0 and the last time, 50 h."
    assert str(caught.value) == expected


@pytest.mark.parametrize("start", [0.3, 5.0, 7.0, 10.0, 11.9])
def test_a_window_as_short_as_a_number_can_say_has_the_value_there_or_no_length(start):
    """In days both ends may be the same number."""
    end = float(np.nextafter(start, 100.0))
    measures = [Area("level", start, end), Extreme("level", start, end), above(0.1, start, end)]
    for compiled, scale in ((COMPILED, 1.0), (compile_model(DAILY), 24.0)):
        if start / scale == end / scale:
            with pytest.raises(ValueError, match="its window must have a length"):
                measured(measures, bolus(0.0), 12.0, compiled=compiled)
            continue
        area, top, over = (found[:, 0] for found in measured(measures, bolus(0.0), 12.0, compiled=compiled).measured.values())
        assert 0.0 < area[0] <= 1e-14
        assert top == pytest.approx([left(start), start], rel=EXACT)
        assert over == pytest.approx([end - start, area[0] - 0.1 * (end - start), start, end], rel=1e-7, abs=1e-14)


def test_a_window_must_lie_before_the_last_time_of_every_subject():
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        simulate(ORAL, CROWD[:2], DOSED, [[0.0, 100.0], [0.0, 60.0]], measures=[Area("depot", 0.0, 80.0)])
    expected = "A measure from 0 h to 80 h: its window must have a length and lie between 0 and the last time, 60 h."
    assert str(caught.value) == expected


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["value", "of_baseline", "of_size"])
def test_a_threshold_must_be_finite(name, bad):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole message is asserted
        measured([Excursion("level", 0.0, 5.0, threshold=replace(Threshold(), **{name: bad}))], bolus(), 50.0)
    assert str(caught.value) == "The threshold of a measure of 'level' is not a finite number."


def test_a_measure_needs_an_observable_or_state_of_the_model():
    with pytest.raises(ModelError) as caught:
        measured([Area("levle", 0.0, 5.0)], bolus(), 50.0)
    assert str(caught.value) == "Model 'decay' has no observable or state 'levle'. Did you mean 'level'?"

"""What is measured of the shipped models against closed forms: peaks, areas and times above a threshold need no grid."""

from dataclasses import replace
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from regimens.endpoints import DosedArm, endpoint_values, parse_endpoint, simulate_arm
from regimens.endpoints.simulated import doses_in_cycle
from regimens.engine import Tolerances, simulate
from regimens.engine.measures import Excursion, Threshold
from regimens.model import compile_model, find_model, typical_subject
from regimens.model.parameters import Parameters
from regimens.population import Population, draw_subjects
from regimens.regimen import parse_regimen, weeks
from regimens.regimen.events import DosePlan
from regimens.subject import Subject
from tests.judge import Judge

TIGHT = Tolerances(rtol=1e-9, atol=1e-11)
CLOSED_FORM = 1e-6  # relative
HORIZON = 8 * 168.0

MODEL = find_model("turnover", values="declared")
COMPILED = compile_model(MODEL)
TYPICAL = typical_subject(MODEL)
JUDGE = 1e-8  # the judge's own relative error: a hundredth of what it judges


@cache
def events_of(text, horizon=HORIZON):
    return parse_regimen(text).events(weeks(Fraction(horizon) / 168))


def measured(words, text, parameters=None, *, model=MODEL, visits=None, horizon=HORIZON, tolerances=TIGHT):
    """Return the (endpoints, subjects) values of endpoints in words, all measured in one simulation."""
    people = typical_subject(model) if parameters is None else parameters
    regimen = parse_regimen(text)
    dosed = DosedArm(DosePlan.of(events_of(text, horizon), people.subjects), horizon, "il2", doses_in_cycle(regimen))
    endpoints = [parse_endpoint(each, visits or {}) for each in words]
    arm = simulate_arm(compile_model(model), people, dosed, endpoints, tolerances=tolerances)
    return np.array([endpoint_values(endpoint, arm) for endpoint in endpoints])


def read_at(text, times_h, observable, parameters=None):
    """Return the (times,) values of an observable of the first subject."""
    people = typical_subject(MODEL) if parameters is None else parameters
    return simulate(COMPILED, people, events_of(text), times_h, observables=[observable], tolerances=TIGHT).values[0, :, 0]


def value_of(parameters, name):
    return parameters.values[0, parameters.names.index(name)]


def serum(text, times_h):
    """One-compartment oral superposition in closed form: serum IL-2 (IU/mL) of the typical subject."""
    f, cl, v, ka, lag = (value_of(TYPICAL, name) for name in ("F", "CL", "V", "ka", "tlag"))
    ke, events = cl / v, events_of(text)
    since = np.asarray(times_h, dtype=float)[:, None] - events.time_h - lag * 24
    days = np.maximum(since, 0.0) / 24
    return (f * events.amount * ka / (v * 1000 * (ka - ke)) * (np.exp(-ke * days) - np.exp(-ka * days))).sum(axis=1)


REGIMENS = [
    "1 MIU SC once",
    "1 MIU SC daily x 5",
    "(1 MIU SC every other day x 7, rest 14 days) x 2",
    "0.25 MIU SC twice daily x 20",
]


@pytest.mark.parametrize("text", REGIMENS)
def test_serum_il2_is_the_superposition_of_its_doses(text):
    times = np.linspace(0.3, HORIZON, 5001)
    exact = serum(text, times)
    assert np.abs(read_at(text, times, "serum_il2") - exact).max() < CLOSED_FORM * exact.max()


@pytest.mark.parametrize("text", REGIMENS)
def test_the_area_under_serum_il2_is_dose_over_clearance(text):
    subject = typical_subject(MODEL)
    exact = value_of(subject, "F") * events_of(text).amount.sum() / value_of(subject, "CL") * 24 / 1000
    assert measured(["AUC of serum_il2"], text)[0, 0] == pytest.approx(exact, rel=CLOSED_FORM)


PEAK = ["peak of serum_il2", "time of peak of serum_il2"]


def test_the_peak_of_one_dose_is_where_the_closed_form_has_it():
    subject = typical_subject(MODEL)
    ka, ke = value_of(subject, "ka"), value_of(subject, "CL") / value_of(subject, "V")
    when = np.log(ka / ke) / (ka - ke) * 24 + value_of(subject, "tlag") * 24
    height, at = measured(PEAK, "1 MIU SC once")[:, 0]
    assert height == pytest.approx(serum("1 MIU SC once", [when])[0], rel=CLOSED_FORM)
    assert at == pytest.approx(when, rel=1e-4)  # the top is flat: half the digits of the height


def test_the_peak_of_a_bolus_into_serum_is_the_value_just_after_the_dose():
    subject = typical_subject(MODEL)
    ke, v = value_of(subject, "CL") / value_of(subject, "V") / 12, value_of(subject, "V")
    exact = 1e6 / (1000 * v) * (1 + np.exp(-ke) + np.exp(-2 * ke))
    height, at = measured(PEAK, "1 MIU IV every 2 h x 3")[:, 0]
    assert height == pytest.approx(exact, rel=CLOSED_FORM)
    assert at == pytest.approx(4.0, abs=1e-12)


def test_a_reading_at_a_dose_time_is_the_one_just_before_the_dose():
    subject = typical_subject(MODEL)
    ke, v = value_of(subject, "CL") / value_of(subject, "V"), value_of(subject, "V")
    before = 1e6 / (1000 * v) * np.exp(-ke)
    found = measured(["serum_il2 at baseline", "serum_il2 at 1 day"], "1 MIU IV daily x 3")[:, 0]
    assert found == pytest.approx([0.0, before], rel=CLOSED_FORM)


def test_time_above_a_threshold_is_between_the_crossings_of_the_closed_form():
    above, top = measured(["hours serum_il2 above 3", "time of peak of serum_il2"], "1 MIU SC once")[:, 0]
    first = brentq(lambda t: serum("1 MIU SC once", [t])[0] - 3, 0.46, top, xtol=1e-12)
    last = brentq(lambda t: serum("1 MIU SC once", [t])[0] - 3, top, 60.0, xtol=1e-12)
    assert above == pytest.approx(last - first, rel=CLOSED_FORM)


def test_the_area_above_a_threshold_is_that_of_the_closed_form():
    text, above = "1 MIU SC daily x 3", Excursion("serum_il2", 0.0, HORIZON, threshold=Threshold(3.0))
    points = [24 * k + shift for k in range(3) for shift in (0.456, 4, 12)]
    exact = quad(lambda t: max(serum(text, [t])[0] - 3, 0.0), 0, 100, points=points, limit=500, epsabs=1e-10)[0]
    read = simulate(COMPILED, typical_subject(MODEL), events_of(text), [HORIZON], measures=[above], tolerances=TIGHT)
    assert read.measured[above][above.columns.index("area"), 0] == pytest.approx(exact, rel=CLOSED_FORM)


def test_peak_and_mean_of_treg_fold_agree_with_lsoda():
    text = "1 MIU SC daily x 2"
    one: Parameters = draw_subjects(Population(1, 5), MODEL, Subject())
    times = np.linspace(0.0, HORIZON, 20001)
    values = dict(zip(one.names, one.values[0], strict=True))
    judged = Judge(MODEL, values).states(events_of(text), times, rtol=JUDGE, atol=JUDGE)
    fold = judged[:, [state.name for state in MODEL.states].index("treg")] / values["T0"]
    height, mean = measured(["peak of treg_fold", "mean of treg_fold"], text, one)[:, 0]
    assert height == pytest.approx(fold.max(), rel=2e-6)  # LSODA is read every 0.07 h
    assert mean == pytest.approx(np.trapezoid(fold, times) / HORIZON, rel=CLOSED_FORM)


def test_shorter_steps_change_no_endpoint():
    """A tolerance a thousand times tighter gives the same numbers: the curves are resolved."""
    text = "(1 MIU SC every other day x 7, rest 14 days) x 2"
    subjects = draw_subjects(Population(20, 11), MODEL, Subject())
    words = [
        "peak of treg_fold",
        "AUC of treg_fold above baseline",
        "days treg_fold above 1.5",
        "peak of serum_il2",
        "AUC of serum_il2",
    ]
    coarse, fine = (measured(words, text, subjects, tolerances=each) for each in (TIGHT, Tolerances(1e-12, 1e-14)))
    for word, one, other in zip(words, coarse, fine, strict=True):
        assert np.abs(one - other).max() <= CLOSED_FORM * np.abs(other).max(), word


def test_without_doses_nothing_changes():
    subjects = draw_subjects(Population(9, 3), MODEL, Subject())
    words = [
        "peak of treg_fold",
        "minimum of treg_fold",
        "time of peak of treg_fold",
        "AUC of treg_fold above baseline",
        "peak of treg_fold per MIU",
    ]
    peak, lowest, when, area, per_miu = measured(words, "no dose", subjects)
    assert np.abs(peak - 1.0).max() < 1e-12
    assert np.abs(lowest - 1.0).max() < 1e-12
    assert when.tolist() == [0.0] * 9
    assert area.max() < 1e-9
    assert np.isnan(per_miu).all()


def test_windows_cut_areas_and_peaks():
    text = "(1 MIU SC every other day x 7, rest 14 days) x 2"
    words = [f"AUC of treg_fold{window}" for window in ("", " to 2 weeks", " from 2 weeks to 4 weeks", " from 4 weeks")]
    whole, *parts, later = measured([*words, "time of peak of treg_fold from 4 weeks"], text)[:, 0]
    assert sum(parts) == pytest.approx(whole, rel=1e-12)
    assert 672.0 < later <= HORIZON


def test_values_at_cycles_visits_and_times_are_read_from_the_curve():
    text, visits = "(1 MIU SC every other day x 7, rest 14 days) x 2", {"first look": 5 * 24.0}
    moments = {
        "treg_fold at first look": 5 * 24,
        "treg_fold at end of cycle 1": 12 * 24 + 24,
        "treg_fold at protocol day 15": 14 * 24,
        "trough of treg_fold before cycle 2": 28 * 24,
        "treg_fold at 6 weeks": 42 * 24,
    }
    *found, lacking = measured([*moments, "treg_fold at end of cycle 3"], text, visits=visits)[:, 0]
    read = read_at(text, [0.0, *sorted(set(moments.values())), HORIZON], "treg_fold")
    places = [1 + sorted(set(moments.values())).index(time) for time in moments.values()]
    assert found == read[places].tolist()
    assert np.isnan(lacking)


def test_a_subject_that_failed_has_no_endpoint():
    people = draw_subjects(Population(3, 1), MODEL, Subject())
    peak = parse_endpoint("peak of treg_fold")
    dosed = DosedArm(DosePlan.of(events_of("1 MIU SC daily x 5"), 3), HORIZON, "il2", {})
    arm = simulate_arm(COMPILED, people, dosed, [peak])
    failed = replace(arm, read=replace(arm.read, status=np.array([0, 1, 0])))
    assert np.isnan(endpoint_values(peak, arm)).tolist() == [False] * 3
    assert np.isnan(endpoint_values(peak, failed)).tolist() == [False, True, False]


def test_the_time_of_a_peak_is_where_a_slight_rise_ends():
    """The rise of `tconv_fold` is 6e-4 of its height; a step before the top ends within 1e-5 of the height."""
    model, text = find_model("balance", values="declared"), "0.1 MIU SC weekly x 4"
    words = ["peak of tconv_fold", "time of peak of tconv_fold"]
    height, at = measured(words, text, model=model, tolerances=Tolerances())[:, 0]
    grid = np.arange(500.0, 550.0, 0.01)
    read = simulate(
        compile_model(model), typical_subject(model), events_of(text), grid, observables=["tconv_fold"], tolerances=TIGHT
    )
    dense = read.values[0, :, 0]
    assert at == pytest.approx(grid[dense.argmax()], abs=0.05)  # the top is flat: the grid sees 1e-12 of it
    assert at == pytest.approx(524.57, abs=0.01)
    assert height == pytest.approx(dense.max(), rel=1e-9)


@pytest.mark.parametrize("text", ["1 MIU SC daily x 5", "0.1 MIU SC weekly x 4"])
def test_the_time_above_any_threshold_does_not_depend_on_the_steps(text):
    people = draw_subjects(Population(12, 3), MODEL, Subject())
    peak = np.median(measured(["peak of treg_fold"], text, people))
    words = [f"hours treg_fold above {1.0 + share * (peak - 1.0):.6f}" for share in (0.02, 0.2, 0.5, 0.8, 0.95)]
    coarse, fine = (measured(words, text, people, tolerances=each) for each in (TIGHT, Tolerances(1e-12, 1e-14)))
    assert np.all(fine.max(axis=1) > 0)
    assert np.abs(coarse - fine).max() <= CLOSED_FORM * fine.max()


def test_a_curve_that_only_rises_from_its_baseline_has_its_minimum_there():
    """Of 200 subjects some take up the dose within minutes."""
    people = draw_subjects(Population(200, 1), MODEL, Subject())
    words = ["minimum of treg_fold", "time of minimum of treg_fold"]
    text = "(1 MIU SC daily x 3, rest 4 days) x 3"
    lowest, when = measured(words, text, people, horizon=4 * 168.0, tolerances=Tolerances())
    assert np.abs(lowest - 1.0).max() < 1e-7
    assert when.max() == 0.0

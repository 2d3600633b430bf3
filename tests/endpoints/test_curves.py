"""Curves and endpoints against closed forms: peaks, areas and times above a threshold do not depend on a grid."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

from regimens.endpoints import Curves, SimulatedArm, draw_curves, endpoint_values, parse_endpoint
from regimens.endpoints.curves import panels_between
from regimens.engine import Tolerances, simulate
from regimens.model import compile_model, find_model, typical_subject
from regimens.model.parameters import Parameters
from regimens.population import Population, draw_subjects
from regimens.regimen import parse_regimen, weeks
from regimens.regimen.events import DosePlan
from regimens.subject import Subject

TIGHT = Tolerances(rtol=1e-9, atol=1e-11)
CLOSED_FORM = 1e-6  # relative; what the issue asks for, an order above what the polynomials give
HORIZON = 8 * 168.0
CYCLES = {("il2", 1): 7, ("il2", 2): 7}
OBSERVABLES = ["serum_il2", "treg", "treg_fold"]

MODEL = find_model("turnover", values="declared")
COMPILED = compile_model(MODEL)


def curves_of(text, parameters=None, cuts=(), horizon=HORIZON, tolerances=TIGHT):
    events = parse_regimen(text).events(weeks(Fraction(horizon) / 168))
    subjects = typical_subject(MODEL) if parameters is None else parameters
    drawn = draw_curves(COMPILED, subjects, events, horizon, observables=OBSERVABLES, cuts_h=cuts, tolerances=tolerances)
    return drawn, events


def measure(endpoint, curves, events, horizon, total_miu):
    return endpoint_values(endpoint, SimulatedArm(curves, DosePlan((events,)), horizon, total_miu * 1e6, "il2", CYCLES))


def value_of(parameters, name):
    return parameters.values[0, parameters.names.index(name)]


def serum(text, times_h, parameters=None):
    """One-compartment oral superposition in closed form: serum IL-2 (IU/mL) of the first subject."""
    parameters = parameters or typical_subject(MODEL)
    f, cl, v, ka, lag = (value_of(parameters, name) for name in ("F", "CL", "V", "ka", "tlag"))
    ke = cl / v
    since = np.asarray(times_h, dtype=float)[:, None] - parse_regimen(text).events(weeks(8)).time_h - lag * 24
    days = np.maximum(since, 0.0) / 24
    amount = parse_regimen(text).events(weeks(8)).amount
    return (f * amount * ka / (v * 1000 * (ka - ke)) * (np.exp(-ke * days) - np.exp(-ka * days))).sum(axis=1)


REGIMENS = [
    "1 MIU SC once",
    "1 MIU SC daily x 5",
    "(1 MIU SC every other day x 7, rest 14 days) x 2",
    "0.25 MIU SC twice daily x 20",
]


@pytest.mark.parametrize("text", REGIMENS)
def test_serum_il2_is_the_superposition_of_its_doses(text):
    curves, _ = curves_of(text)
    times = np.linspace(0.3, HORIZON, 5001)
    exact = serum(text, times)
    assert np.abs(curves.at(times, "serum_il2")[0] - exact).max() < CLOSED_FORM * exact.max()


@pytest.mark.parametrize("text", REGIMENS)
def test_the_area_under_serum_il2_is_dose_over_clearance(text):
    curves, events = curves_of(text)
    subject = typical_subject(MODEL)
    exact = value_of(subject, "F") * events.amount.sum() / value_of(subject, "CL") * 24 / 1000
    assert curves.window("serum_il2", 0.0, HORIZON).area()[0] == pytest.approx(exact, rel=CLOSED_FORM)


def test_the_peak_of_one_dose_is_where_the_closed_form_has_it():
    curves, _ = curves_of("1 MIU SC once")
    subject = typical_subject(MODEL)
    ka, ke = value_of(subject, "ka"), value_of(subject, "CL") / value_of(subject, "V")
    when = np.log(ka / ke) / (ka - ke) * 24 + value_of(subject, "tlag") * 24
    height, at = curves.window("serum_il2", 0.0, HORIZON).peak()
    assert height[0] == pytest.approx(serum("1 MIU SC once", [when])[0], rel=CLOSED_FORM)
    assert at[0] == pytest.approx(when, rel=1e-4)  # the top is flat: half the digits of the height


def test_the_peak_of_a_bolus_into_serum_is_the_value_just_after_the_dose():
    curves, _ = curves_of("1 MIU IV every 2 h x 3")
    subject = typical_subject(MODEL)
    ke, v = value_of(subject, "CL") / value_of(subject, "V") / 12, value_of(subject, "V")
    exact = 1e6 / (1000 * v) * (1 + np.exp(-ke) + np.exp(-2 * ke))
    height, at = curves.window("serum_il2", 0.0, HORIZON).peak()
    assert height[0] == pytest.approx(exact, rel=CLOSED_FORM)
    assert at[0] == pytest.approx(4.0, abs=1e-6)


def test_a_reading_at_a_dose_time_is_the_one_just_before_the_dose():
    curves, _ = curves_of("1 MIU IV daily x 3")
    subject = typical_subject(MODEL)
    ke, v = value_of(subject, "CL") / value_of(subject, "V"), value_of(subject, "V")
    before = 1e6 / (1000 * v) * np.exp(-ke)
    assert curves.at([0.0, 24.0], "serum_il2")[0] == pytest.approx([0.0, before], rel=CLOSED_FORM)


def test_time_above_a_threshold_is_between_the_crossings_of_the_closed_form():
    curves, events = curves_of("1 MIU SC once")
    top = curves.window("serum_il2", 0.0, HORIZON).peak()[1][0]
    first = brentq(lambda t: serum("1 MIU SC once", [t])[0] - 3, 0.46, top, xtol=1e-12)
    last = brentq(lambda t: serum("1 MIU SC once", [t])[0] - 3, top, 60.0, xtol=1e-12)
    endpoint = parse_endpoint("hours serum_il2 above 3")
    assert measure(endpoint, curves, events, HORIZON, np.ones(1))[0] == pytest.approx(last - first, rel=CLOSED_FORM)


def test_the_area_above_a_threshold_is_that_of_the_closed_form():
    curves, _ = curves_of("1 MIU SC daily x 3")
    points = [24 * k + shift for k in range(3) for shift in (0.456, 4, 12)]
    exact = quad(lambda t: max(serum("1 MIU SC daily x 3", [t])[0] - 3, 0.0), 0, 100, points=points, limit=500, epsabs=1e-10)[0]
    assert curves.window("serum_il2", 0.0, HORIZON).above(np.array([3.0]))[1][0] == pytest.approx(exact, rel=CLOSED_FORM)


def judge(text, parameters, times):
    """Radau at 1e-10, restarted at every dose: Treg fold of the first subject."""
    subject, events = parameters.values[0], parse_regimen(text).events(weeks(8))
    values = dict(zip(parameters.names, subject, strict=True))
    y, out, now = np.array([0.0, 0.0, values["T0"]]), np.empty(len(times)), 0.0
    actions = sorted([(t + 24 * values["tlag"], a * values["F"]) for t, a in zip(events.time_h, events.amount, strict=True)])
    for until, amount in [*actions, (HORIZON, 0.0)]:
        inside = (times > now) & (times <= until)
        read = solve_ivp(
            lambda t, y: COMPILED.rhs(t / 24, y, subject) / 24,
            (now, until),
            y,
            method="Radau",
            rtol=1e-10,
            atol=1e-10,
            dense_output=True,
        )
        out[inside] = read.sol(times[inside])[2] / values["T0"]
        y, now = read.y[:, -1] + np.array([amount, 0.0, 0.0]), until
    return out


@pytest.mark.no_cover  # the judge is Python, and the tracer would double its time
def test_peak_and_mean_of_treg_fold_agree_with_radau():
    text = "1 MIU SC daily x 5"
    one: Parameters = draw_subjects(Population(1, 5), MODEL, Subject())
    curves, events = curves_of(text, one)
    times = np.linspace(1e-9, HORIZON, 20001)
    fold = judge(text, one, times)
    height = curves.window("treg_fold", 0.0, HORIZON).peak()[0][0]
    assert height == pytest.approx(fold.max(), rel=2e-6)  # the judge's own grid of 0.07 h around the top
    mean = measure(parse_endpoint("mean of treg_fold"), curves, events, HORIZON, np.ones(1))[0]
    assert mean == pytest.approx(np.trapezoid(fold, times) / HORIZON, rel=CLOSED_FORM)


def test_halving_the_panels_changes_no_endpoint():
    """Twice as many cuts as needed, and the default ones, give the same numbers: the curves are resolved."""
    text = "(1 MIU SC every other day x 7, rest 14 days) x 2"
    subjects = draw_subjects(Population(20, 11), MODEL, Subject())
    coarse, events = curves_of(text, subjects)
    fine, _ = curves_of(text, subjects, cuts=np.arange(0.7, HORIZON, 1.3))
    for words in (
        "peak of treg_fold",
        "AUC of treg_fold above baseline",
        "days treg_fold above 1.5",
        "peak of serum_il2",
        "AUC of serum_il2",
    ):
        endpoint = parse_endpoint(words)
        one, other = (measure(endpoint, curves, events, HORIZON, np.ones(20)) for curves in (coarse, fine))
        assert np.abs(one - other).max() <= CLOSED_FORM * max(1.0, np.abs(other).max()), words


def test_without_doses_nothing_changes():
    curves, events = curves_of("no dose", draw_subjects(Population(9, 3), MODEL, Subject()))
    assert np.abs(curves.nodes[2] - 1.0).max() < 1e-12
    height, at = curves.window("treg_fold", 0.0, HORIZON).peak()
    assert np.abs(height - 1.0).max() < 1e-12
    assert at.tolist() == [0.0] * 9
    assert measure(parse_endpoint("AUC of treg_fold above baseline"), curves, events, HORIZON, np.zeros(9)).max() < 1e-9
    assert np.isnan(measure(parse_endpoint("peak of treg_fold per MIU"), curves, events, HORIZON, np.zeros(9))).all()


def test_windows_cut_areas_and_peaks():
    curves, events = curves_of("(1 MIU SC every other day x 7, rest 14 days) x 2", cuts=[336.0, 672.0])
    whole = curves.window("treg_fold", 0.0, HORIZON).area()[0]
    parts = [curves.window("treg_fold", a, b).area()[0] for a, b in ((0.0, 336.0), (336.0, 672.0), (672.0, HORIZON))]
    assert sum(parts) == pytest.approx(whole, rel=1e-12)
    later = measure(parse_endpoint("time of peak of treg_fold from 4 weeks"), curves, events, HORIZON, np.ones(1))[0]
    assert 672.0 < later <= HORIZON


def test_values_at_cycles_visits_and_times_are_read_from_the_curve():
    curves, events = curves_of("(1 MIU SC every other day x 7, rest 14 days) x 2")
    visits = {"first look": 5 * 24.0}
    for words, time in [
        ("treg_fold at end of cycle 1", 12 * 24 + 24),
        ("trough of treg_fold before cycle 2", 28 * 24),
        ("treg_fold at 6 weeks", 42 * 24),
        ("treg_fold at protocol day 15", 14 * 24),
        ("treg_fold at first look", 5 * 24),
    ]:
        value = measure(parse_endpoint(words, visits), curves, events, HORIZON, np.ones(1))[0]
        assert value == curves.at([time], "treg_fold")[0, 0], words
    assert np.isnan(measure(parse_endpoint("treg_fold at end of cycle 3"), curves, events, HORIZON, np.ones(1))[0])


def test_a_subject_that_failed_has_no_endpoint():
    curves, events = curves_of("1 MIU SC daily x 5", draw_subjects(Population(3, 1), MODEL, Subject()))
    failed: Curves = replace(curves, status=np.array([0, 1, 0]))
    values = measure(parse_endpoint("peak of treg_fold"), failed, events, HORIZON, np.ones(3))
    assert np.isnan(values).tolist() == [False, True, False]


def test_panels_end_on_every_break_and_never_pass_the_horizon():
    breaks = np.array([[0.5, 24.5, 48.5], [0.7, 24.7, 30.0]])
    edges = panels_between(breaks, 40.0).edges_h
    assert (np.diff(edges, axis=1) >= 0).all()
    assert edges[:, 0].tolist() == [0.0, 0.0]
    assert edges[:, -1].tolist() == [40.0, 40.0]
    assert {0.5, 24.5} <= set(edges[0])
    assert {0.7, 24.7, 30.0} <= set(edges[1])


def test_the_time_of_a_peak_is_where_a_slight_rise_ends():
    """The rise of `tconv_fold` is 6e-4 of its height; the panel before the top ends 4 h early, within 1e-5 of the height."""
    model = find_model("balance", values="declared")
    events = parse_regimen("0.1 MIU SC weekly x 4").events(weeks(8))
    curves = draw_curves(compile_model(model), typical_subject(model), events, HORIZON, observables=["tconv_fold"])
    height, at = curves.window("tconv_fold", 0.0, HORIZON).peak()
    grid = np.arange(500.0, 550.0, 0.01)
    read = simulate(compile_model(model), typical_subject(model), events, grid, observables=["tconv_fold"], tolerances=TIGHT)
    dense = read.values[0, :, 0]
    assert at[0] == pytest.approx(grid[dense.argmax()], abs=0.05)  # the top is flat: the grid sees 1e-12 of it
    assert at[0] == pytest.approx(524.58, abs=0.01)
    assert height[0] == pytest.approx(dense.max(), rel=1e-9)


@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("text", ["1 MIU SC daily x 5", "0.1 MIU SC weekly x 4"])
def test_the_time_above_any_threshold_does_not_depend_on_the_panels(text, share):
    subjects = draw_subjects(Population(12, 3), MODEL, Subject())
    coarse, _ = curves_of(text, subjects)
    fine, _ = curves_of(text, subjects, cuts=np.arange(0.3, HORIZON, 1.7))
    curves = [each.window("treg_fold", 0.0, HORIZON) for each in (coarse, fine)]
    threshold = 1.0 + share * (curves[1].peak()[0] - 1.0)
    one, other = (each.above(threshold)[0] for each in curves)
    assert np.abs(one - other).max() <= CLOSED_FORM * other.max()


def test_a_curve_that_only_rises_from_its_baseline_has_its_minimum_there():
    """Of 200 subjects some take up the dose so fast that the polynomial of the first half hour undershoots by 5e-5."""
    subjects = draw_subjects(Population(200, 1), MODEL, Subject())
    events = parse_regimen("(1 MIU SC daily x 3, rest 4 days) x 3").events(weeks(4))
    curves = draw_curves(COMPILED, subjects, events, 4 * 168.0, observables=["treg_fold"])
    lowest, when = curves.window("treg_fold", 0.0, 4 * 168.0).lowest()
    assert np.abs(lowest - 1.0).max() < 1e-7
    assert when.max() == 0.0

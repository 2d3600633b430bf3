"""What holds for every shipped model under every kind of regimen; a new model file inherits all of it."""

from fractions import Fraction

import numpy as np
import pytest

from regimens import shipped
from regimens.engine import Tolerances, simulate, steady_state
from regimens.model import compile_model, find_model, typical_subject
from regimens.model.declaration import HOURS_PER
from regimens.model.evaluate import evaluate
from regimens.model.expression import parse_formula
from regimens.population import Population, draw_subjects
from regimens.regimen import parse_regimen, weeks
from regimens.subject import Subject
from tests.judge import Judge

pytestmark = pytest.mark.no_cover  # slow under the tracer, and no line is run by them alone

MODELS = {name: find_model(name, values="declared") for name in shipped.names("models")}
REGIMENS = {
    "once": "1 MIU SC once",
    "course": "1.5 MIU SC daily x 5",
    "cycles": "(1 MIU SC every other day x 7, rest 14 days) x 3",
    "per m2": "0.26 MIU/m2 SC every 3 days x 28",
    "twice daily": "0.5 MIU SC twice daily x 20",
    "infusions": "(2 MIU IV once over 4 h, rest 3 days) x 4",
    "induction": "1 MIU SC daily x 5, rest 9 days, 1 MIU SC every 2 weeks x 4",
}
HORIZON = weeks(16)
TIMES = np.arange(0.0, 16 * 168.0 + 1.0, 6.0)
TIGHT = Tolerances(rtol=1e-9, atol=1e-11)

BELOW_ZERO = Tolerances().atol  # of the largest value of a state: what the absolute tolerance leaves below zero
AT_REST = 1e-9  # relative to baseline, over a year, as the issue on evidence asks
JUDGED = 1e-6  # relative to the largest value: the default tolerance
JUDGE = 1e-8  # the judge's own relative error: a hundredth of what it judges
ELIMINATION = {
    "turnover": "CL / V * central",
    "effect_turnover": "CL / V * central",
    "expansion": "CL / V * central + uptake",
    "balance": "CL / V * central + uptake",
}
"""All the ways in which IL-2 leaves, in IU a model time unit, in the names of the model file."""

SATURABLE = {
    "expansion": {"Vm": 0.0},  # uptake by receptors saturates, and grows with the Treg that IL-2 makes
    "balance": {"Vm": 0.0},
}
"""Models whose serum IL-2 is not linear in dose, each with what has to be switched off for it to be."""

TRAPEZOID = 2e-3  # relative: trapezoids of 0.25 h, across doses
ADDITIVE = 1e-8  # relative: two runs at 1e-9


def run(model, text, parameters=None, names=None, tolerances=Tolerances(), horizon=HORIZON, times=TIMES):  # noqa: B008
    events = parse_regimen(text).events(horizon)
    parameters = draw_subjects(Population(8, 4), model, Subject()) if parameters is None else parameters
    return simulate(compile_model(model), parameters, events, times, observables=names, tolerances=tolerances)


def states_of(model):
    return [state.name for state in model.states]


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]


@pytest.fixture(params=REGIMENS)
def text(request):
    return REGIMENS[request.param]


def test_states_stay_finite_and_not_negative(model, text):
    read = run(model, text, names=states_of(model))
    assert (read.status == 0).all()
    largest = np.abs(read.values).max(axis=(0, 1))
    assert (read.values.min(axis=(0, 1)) >= -BELOW_ZERO * largest).all()


def test_without_doses_every_state_rests_for_a_year(model):
    times = np.arange(0.0, 365 * 24.0, 24.0)
    read = run(model, "no dose", names=states_of(model), times=times, horizon=weeks(53))
    start = read.values[:, :1]
    assert np.abs(read.values - start).max() <= AT_REST * max(1.0, np.abs(start).max())


def test_long_after_the_last_dose_everything_is_back_at_baseline(model):
    times = np.array([0.0, 500 * 24.0])
    read = run(model, "1 MIU SC daily x 5", names=states_of(model), times=times, horizon=weeks(80))
    start = np.abs(read.values[:, 0])
    assert (np.abs(read.values[:, 1] - read.values[:, 0]) <= 1e-3 * np.maximum(start, 1.0)).all()


def test_drug_that_went_in_and_is_gone_was_cleared(model):
    """Mass balance: everything that becomes available leaves by clearance or uptake, integrated from the formulas."""
    assert model.name in ELIMINATION, "add how IL-2 leaves this model"
    parameters = typical_subject(model)
    value = dict(zip(parameters.names, parameters.values[0], strict=True))
    times = np.arange(0.0, 16 * 168.0 + 1e-9, 0.25)
    read = run(model, "1 MIU SC daily x 5", parameters, names=states_of(model), tolerances=TIGHT, times=times)
    names = value | dict(zip(states_of(model), read.values[0].T, strict=True))
    for definition in model.definitions:
        names[definition.name] = evaluate(definition.formula, names)
    cleared = np.trapezoid(evaluate(parse_formula(ELIMINATION[model.name]), names), times) / HOURS_PER[model.time_unit]
    assert cleared + names["depot"][-1] + names["central"][-1] == pytest.approx(value["F"] * 5e6, rel=TRAPEZOID)


def added_and_together(model, switched):
    """Return serum IL-2 of two schedules added up, and of both given together, with some parameters replaced."""
    parameters = draw_subjects(Population(8, 4), model, Subject())
    for name, value in switched.items():
        parameters.values[:, parameters.names.index(name)] = value
    times = np.arange(0.0, 672.0, 3.0)
    parts = ["1 MIU SC daily x 3", "from protocol day 5, 1.5 MIU SC weekly x 2"]
    one, other, both = (
        run(model, text, parameters, ["serum_il2"], TIGHT, times=times).values for text in (*parts, ", ".join(parts))
    )
    return one + other, both


def test_serum_il2_is_additive_where_nothing_saturates(model):
    added, together = added_and_together(model, SATURABLE.get(model.name, {}))
    assert np.abs(together - added).max() <= ADDITIVE * together.max()


@pytest.mark.parametrize("name", SATURABLE)
def test_uptake_that_saturates_makes_serum_il2_not_additive(name):
    added, together = added_and_together(MODELS[name], {})
    assert np.abs(together - added).max() > 0.1 * together.max()


def treg_after(model, amount):
    """Return times (h) and Treg, fold of baseline, (subjects, times) over 12 weeks after a course of five days."""
    times = np.arange(0.0, 12 * 168.0 + 1.0, 3.0)
    return times, run(model, f"{amount} MIU SC daily x 5", names=["treg_fold"], times=times).values[..., 0]


def test_more_il2_never_means_fewer_treg_over_twelve_weeks(model):
    """Over the whole time, for everyone: a dip after a dose or precursors used up early may not outweigh the gain."""
    (times, low), (_, high) = treg_after(model, 0.5), treg_after(model, 2)
    assert (np.trapezoid(high, times) >= np.trapezoid(low, times)).all()


@pytest.mark.parametrize("name", [name for name in MODELS if "away" not in states_of(MODELS[name])])
def test_more_il2_never_means_fewer_treg_at_any_time_where_no_treg_leave_the_blood(name):
    (_, low), (_, high) = treg_after(MODELS[name], 0.5), treg_after(MODELS[name], 2)
    assert (high - low).min() >= -JUDGED


@pytest.mark.parametrize("name", [name for name in MODELS if "away" in states_of(MODELS[name])])
def test_a_dose_takes_treg_out_of_blood_before_it_adds_any(name):
    read = run(MODELS[name], "1 MIU SC once", names=["treg_fold"]).values[..., 0]
    assert (read[:, TIMES == 12.0] < 1.0).all()
    assert (read[:, TIMES == 5 * 24.0] > 1.0).all()


def test_balance_is_expansion_with_more_states_that_change_nothing_in_it():
    small, large = MODELS["expansion"], MODELS["balance"]
    for part in ("parameters", "definitions", "states", "inputs", "observables"):
        assert [entry for entry in getattr(small, part) if entry not in getattr(large, part)] == []
    assert (small.exploratory, large.exploratory) == (False, True)


def test_tocilizumab_lowers_th17_and_leaves_treg_alone():
    il2 = "0.5 MIU SC daily x 5"
    both = f"il2: {il2}; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h"
    alone, added = (
        run(MODELS["balance"], text, names=["th17_fold", "treg_fold", "th17_treg_ratio_fold"], tolerances=TIGHT).values
        for text in (il2, both)
    )
    later = TIMES > 24.0
    assert (added[:, later, 0] < alone[:, later, 0]).all()
    assert (added[:, later, 2] < alone[:, later, 2]).all()
    assert np.abs(added[..., 1] - alone[..., 1]).max() <= JUDGED


def test_back_to_back_infusions_are_one_infusion(model):
    one = run(model, "4 MIU IV once over 8 h", tolerances=TIGHT)
    two = run(model, "2 MIU IV every 4 h over 4 h x 2", tolerances=TIGHT)
    largest = np.abs(one.values).max(axis=(0, 1))
    assert (np.abs(one.values - two.values).max(axis=(0, 1)) <= ADDITIVE * largest).all()


def test_a_batch_of_one_is_a_row_of_a_batch_bit_by_bit(model, text):
    parameters = draw_subjects(Population(8, 4), model, Subject())
    whole = run(model, text, parameters).values
    assert run(model, text, parameters[3:4]).values.tobytes() == whole[3:4].tobytes()
    order = np.array([5, 0, 7, 2, 1, 6, 3, 4])
    assert run(model, text, parameters[order]).values.tobytes() == whole[order].tobytes()


STEADY = {"daily": "1 MIU SC daily", "infusions": "1 MIU IV every 12 h over 4 h", "weekly per m2": "0.5 MIU/m2 SC weekly"}


@pytest.fixture(params=STEADY)
def repeated(request):
    return STEADY[request.param]


def test_a_start_at_steady_state_stays_there_and_very_many_intervals_lead_to_it(model, repeated):
    """Relative to the largest value of each state; some states of the larger models take years."""
    begun, many = parse_regimen(f"at steady state of {repeated}, {repeated} x 21"), parse_regimen(f"{repeated} x 301")
    every, names = float(begun.start[1].every.hours), states_of(model)
    parameters = draw_subjects(Population(4, 4), model, Subject())
    stays = run(model, begun.in_words(), parameters, names, times=every * np.arange(21), horizon=weeks(400))
    assert (stays.status == 0).all()
    comes = run(
        model, many.in_words(), parameters, names, times=every * np.array([100, 300, 300.02, 300.05, 300.5]), horizon=weeks(400)
    ).values
    size = np.maximum(np.abs(comes).max(axis=1), 1e-9)
    assert (np.abs(stays.values - stays.values[:, :1]) <= 20 * JUDGED * size[:, np.newaxis]).all()
    off = (np.abs(comes[:, :2] - stays.values[:, :1]) / size[:, np.newaxis]).max(axis=2)
    assert ((off[:, 1] <= 0.5 * off[:, 0]) | (off[:, 1] <= 20 * JUDGED)).all()


def test_a_steady_state_is_the_same_alone_and_in_any_order(model):
    parameters = draw_subjects(Population(8, 4), model, Subject())
    (change,) = parse_regimen("at steady state of 1 MIU SC daily, 1 MIU SC once").changes
    whole = steady_state(compile_model(model), parameters, change)
    order = np.array([5, 0, 7, 2, 1, 6, 3, 4])
    mixed = steady_state(compile_model(model), parameters[order], change, threads=2)
    assert mixed.states.tobytes() == whole.states[order].tobytes()
    assert steady_state(compile_model(model), parameters[3:4], change).states.tobytes() == whole.states[3:4].tobytes()
    assert np.array_equal(mixed.intervals, whole.intervals[order])


def test_doses_per_m2_meet_the_body_of_each_subject(model):
    big = typical_subject(model, Subject(Fraction(110), Fraction(180), Fraction("2.35")))
    flat = typical_subject(model)
    assert run(model, "1 MIU/m2 SC daily x 5", big).values.tobytes() == run(model, "2.35 MIU SC daily x 5", flat).values.tobytes()


def test_two_drawn_subjects_agree_with_lsoda(model):
    """The judge runs at JUDGE on equations that Python evaluates, with doses per m2 and infusions among SC doses."""
    text = "1.5 MIU SC daily x 3, rest 2 days, 0.5 MIU/m2 IV once over 3 h, rest 4 days, 1 MIU SC once"
    events = parse_regimen(text).events(HORIZON)
    population = draw_subjects(Population(2, 20260101), model, Subject())
    times = np.unique(np.concatenate([np.arange(0.0, 480.0, 24.0), [1.0, 3.7, 120.0, 170.5]]))
    read = run(model, text, population, names=states_of(model), times=times)
    for row in range(2):
        judge = Judge(model, dict(zip(population.names, population.values[row], strict=True)))
        exact = judge.states(events, times, rtol=JUDGE, atol=JUDGE)
        scale = np.abs(exact).max(axis=0)
        assert (np.abs(read.values[row] - exact).max(axis=0) <= JUDGED * scale).all(), f"subject {row}"


def test_linear_turnover_under_constant_infusion_is_the_closed_form():
    from tests.models.linear import INFUSED, LINEAR, exact_treg

    times = np.arange(0.0, 336.0, 1.0)
    read = simulate(compile_model(LINEAR), typical_subject(LINEAR), INFUSED, times, observables=["treg"])
    exact = exact_treg(times)
    assert np.abs(read.values[0, :, 0] / exact - 1.0).max() <= JUDGED

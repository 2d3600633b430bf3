"""Tasks: the same numbers however they are cut into tasks, whoever does them, and whoever else is simulated."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

from regimens.endpoints import DosedArm, endpoint_values, simulate_arm
from regimens.engine import simulate
from regimens.model.compile import compile_model
from regimens.population import draw_subjects
from regimens.population.draw import Runs
from regimens.population.uncertainty import centres
from regimens.regimen import weeks
from regimens.regimen.events import DosePlan
from regimens.study.collect import collect
from regimens.study.perform import given, people, perform
from regimens.study.study import BAND_RUNS, resolve
from regimens.study.tasks import LEAST_RUNS, MOST_RUNS, BandsTask, EndpointsTask, tasks
from regimens.work import run
from tests import small

ARMS = (
    small.ARMS
    + """\
  cycles:
    regimen: (1 MIU SC daily x 2, rest 3-9 days) x 2
    rest: drawn
"""
)
LIFE = "real_life: {missed: 0.3, late: {share: 0.3, up_to: 6 h}, stop_early: 0.2}\n"
ENDPOINTS = (
    "[peak of treg_fold, time of peak of treg_fold, mean of treg_fold to 2 weeks, AUC of treg_fold above baseline, hours treg_fold above 1.5, "
    "share with treg_fold above 2, treg_fold at 8 days, treg_fold at end of cycle 2, trough of treg_fold before cycle 2, peak of serum_il2 per MIU]"
)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """Everything that may differ between subjects: parameters, bodies, rests and what goes astray."""
    population = "{subjects: 5, seed: 3, draws: 3, body: {weight: {typical: 70 kg, cv: 0.2}}}"
    return small.scenario(tmp_path_factory.mktemp("busy"), population=population, arms=ARMS, endpoints=ENDPOINTS, more=LIFE)


def arrays(collected):
    """Return every number that was collected, by name."""
    found = {}
    for name in ("values", "status", "stopped_h"):
        found |= {(name, *pair): array for pair, array in getattr(collected, name).items()}
    for pair, bands in collected.bands.items():
        found |= {(name, *pair): array for name, array in vars(bands).items() if isinstance(array, np.ndarray)}
    return found, collected.steps


def done(scenario, executor, chunk):
    study = resolve(scenario)
    work = tasks(study, chunk)
    return arrays(collect(study, zip(work, run(perform, work, executor), strict=True)))


def same(one, other):
    assert one[1] == other[1]
    assert one[0].keys() == other[0].keys()
    for key, array in one[0].items():
        assert (array.shape, array.dtype, array.tobytes()) == (
            other[0][key].shape,
            other[0][key].dtype,
            other[0][key].tobytes(),
        ), key


@pytest.fixture(scope="module")
def whole(busy):
    with ThreadPoolExecutor(1) as executor:
        return done(busy, executor, 1000)


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_how_runs_are_cut_into_tasks_changes_no_byte(chunk, busy, whole):
    with ThreadPoolExecutor(2) as executor:
        same(done(busy, executor, chunk), whole)


@pytest.mark.parametrize(("subjects", "largest"), [(5, 5), (500, LEAST_RUNS), (10_000, 500), (1_000_000, MOST_RUNS)])
def test_tasks_grow_with_the_number_of_runs(subjects, largest, tmp_path):
    study = resolve(small.scenario(tmp_path, population=f"{{subjects: {subjects}, seed: 3}}"))
    counts = [task.count for task in tasks(study) if isinstance(task, EndpointsTask)]
    assert sum(counts) == subjects
    assert max(counts) == largest
    assert min(counts[:-1], default=largest) == largest


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_another_process_gives_the_same_bytes(busy, whole):
    # A new interpreter and no fork: this process has threads, whose locks a fork would copy as they are.
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        same(done(busy, executor, 6), whole)


def test_something_was_compared(busy, whole):
    found = whole[0]
    values = found["values", "turnover", "cycles, real life"]
    assert values.shape == (10, 3, 5)
    # Of each endpoint somebody has a value, and subjects differ.
    assert np.all([np.nanstd(row) > 0 for row in values])
    assert {array.dtype for key, array in found.items() if key[0] == "values"} == {np.dtype(float)}


@pytest.mark.parametrize("arm", ["high", "cycles", "low, real life"])
def test_a_subject_alone_has_the_numbers_it_has_among_others(arm, busy):
    study = resolve(busy)
    (model,), chosen = study.models, study.arm(arm)
    numbers = np.arange(study.runs)
    parameters, doses = people(study, model, numbers), given(study, chosen, Runs(*np.divmod(numbers, study.cohort.subjects)))
    assert len(set(parameters.values[:, parameters.names.index("tlag")])) == len(numbers)
    compiled = compile_model(model.declared)

    def measured(crowd, got):
        dosed = DosedArm(got, busy.horizon_h, chosen.drug, chosen.doses_in_cycle)
        simulated = simulate_arm(compiled, crowd, dosed, busy.endpoints, threads=1)
        return np.array([endpoint_values(endpoint, simulated) for endpoint in busy.endpoints])

    together = measured(parameters, doses)
    for row in range(len(numbers)):
        own = DosePlan.of(doses.of_subject(row), 1)
        assert measured(parameters[row : row + 1], own)[:, 0].tobytes() == together[:, row].tobytes()


def test_runs_are_numbered_draw_after_draw(busy):
    study = resolve(busy)
    (model,) = study.models
    parameters = people(study, model, np.arange(3, 12))
    centre = centres(busy.population, model.declared)
    middle = draw_subjects(busy.population, model.declared, busy.subject, centre[1], Runs.of(1, 0, 5))
    assert parameters.values[2:7].tobytes() == middle.values.tobytes()
    assert parameters.weight_kg[2:7].tobytes() == middle.weight_kg.tobytes()


def test_arms_that_give_the_same_doses_share_their_results(tmp_path):
    arms = small.ARMS + "  low again:\n    regimen: [{dose: 500000 IU SC, every: 24 h, doses: 5}]\n"
    scenario = small.scenario(tmp_path, arms=arms)
    study, found = small.collected(scenario)
    (bands,) = (task for task in tasks(study) if isinstance(task, BandsTask))
    assert bands.arms == [study.arm(name).place for name in ("low", "high", "placebo")]
    assert found.bands["turnover", "low again"] is found.bands["turnover", "low"]
    for name in ("values", "status", "stopped_h"):
        pair = (getattr(found, name)["turnover", arm].tobytes() for arm in ("low", "low again"))
        assert len(set(pair)) == 1
    assert found.values["turnover", "low"].tobytes() != found.values["turnover", "high"].tobytes()


def test_a_share_is_the_share_of_subjects_whose_peak_is_above(tmp_path):
    scenario = small.scenario(
        tmp_path, population="{subjects: 20, seed: 3, draws: 4}", endpoints="[peak of treg_fold, share with treg_fold above 2.5]"
    )
    found = small.collected(scenario)[1]
    peak, above = found.values["turnover", "high"]
    assert set(above.ravel()) == {0.0, 1.0}
    assert above.tolist() == (peak > 2.5).astype(float).tolist()


def test_bands_are_quantiles_of_the_curves_of_the_same_subjects(tmp_path):
    scenario = small.scenario(tmp_path, population="{subjects: 9, seed: 3, draws: 5}")
    (model,) = scenario.models
    names = tuple(observable.name for observable in model.observables)
    times = scenario.observe_h
    found = small.collected(scenario)[1].bands["turnover", "high"]
    events = next(arm for arm in scenario.arms if arm.name == "high").regimen.events(weeks(3), "high")
    centre = centres(scenario.population, model)
    crowd = [
        draw_subjects(scenario.population, model, scenario.subject, centre[number], Runs.of(number, 0, 9)) for number in range(5)
    ]
    curves = np.concatenate([simulate(compile_model(model), part, events, times, observables=names).values for part in crowd])
    low, median, high = np.quantile(curves, [0.05, 0.5, 0.95], axis=0)
    for name, expected in (("low", low), ("median", median), ("high", high)):
        np.testing.assert_allclose(getattr(found, name), expected.T, rtol=1e-12, err_msg=name)
    typical = [draw_subjects(None, model, scenario.subject, row) for row in centre]
    middles = np.concatenate([simulate(compile_model(model), one, events, times, observables=names).values for one in typical])
    low, high = np.quantile(middles, [0.05, 0.95], axis=0)
    np.testing.assert_allclose(found.confidence_low, low.T, rtol=1e-12)
    np.testing.assert_allclose(found.confidence_high, high.T, rtol=1e-12)
    assert np.all(found.confidence_low[:, 5:] < found.confidence_high[:, 5:])


def test_with_one_draw_the_typical_curve_has_no_band(tmp_path):
    scenario = small.scenario(tmp_path, population="{subjects: 3, seed: 3}")
    found = small.collected(scenario)[1].bands["turnover", "low"]
    assert np.isnan(found.confidence_low).all()
    assert np.isnan(found.confidence_high).all()
    assert not np.isnan(found.median).any()


def test_without_a_population_there_is_one_run(tmp_path):
    scenario = small.scenario(tmp_path, population="")
    study = resolve(scenario)
    assert (study.runs, study.band_runs.tolist()) == (1, [0])
    found = small.collected(scenario)[1]
    bands = found.bands["turnover", "low"]
    assert found.values["turnover", "low"].shape == (4, 1, 1)
    assert bands.low.tobytes() == bands.high.tobytes() == bands.median.tobytes()


@pytest.mark.parametrize(
    ("population", "first", "count"),
    [
        ("{subjects: 5, seed: 1, draws: 3}", [0, 1, 2, 3, 4, 5], 15),
        ("{subjects: 1000, seed: 1}", [0, 1, 2], BAND_RUNS),
        ("{subjects: 1000, seed: 1, draws: 300}", [0, 1, 1000, 1001, 2000], 600),
    ],
)
@pytest.mark.parametrize("individuals", [0, 5])
def test_bands_are_of_the_first_subjects_of_every_draw_however_many_are_shown(population, individuals, first, count, tmp_path):
    words = small.text(population=population).replace("24 h}", f"24 h, individuals: {individuals}}}")
    numbers = resolve(small.written(tmp_path, words)).band_runs
    assert numbers[: len(first)].tolist() == first
    assert len(numbers) == count


def test_tasks_are_named_by_what_they_do(tmp_path):
    scenario = small.scenario(tmp_path, models="[turnover, expansion]", endpoints="[peak of treg_fold]")
    assert [task.key for task in tasks(resolve(scenario), 10)] == [
        "bands-0", "bands-1", "prior-0", "prior-1", "endpoints-0-0-10", "endpoints-0-10-10", "endpoints-0-20-4",
        "endpoints-1-0-10", "endpoints-1-10-10", "endpoints-1-20-4",
    ]  # fmt: skip

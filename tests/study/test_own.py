"""Own observations beside a comparison: rows, bins, and the visual predictive check against what is simulated another way."""

import hashlib
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.engine import simulate
from regimens.model.compile import compile_model
from regimens.population import Population
from regimens.population.draw import Runs, draw_subjects
from regimens.regimen.events import DosePlan
from regimens.scenario.own import OwnData, OwnGroup, OwnValue
from regimens.scenario.values import Noise, Scenario
from regimens.study.bins import BINS, LEAST_SUBJECTS, MOST_TIMES, bin_numbers
from regimens.study.comparison import compare
from regimens.study.folder import fingerprint
from regimens.study.own import own_of
from regimens.study.perform import perform
from regimens.study.study import resolve
from regimens.study.tasks import TrialsTask, tasks
from regimens.study.trials import LEAST_TRIALS, MOST_SUBJECTS
from tests import small

ARMS = {"daily": "1 MIU SC daily x 5", "none": "no dose"}
TIMES = (0.0, 96.0, 240.0)


def values(count=LEAST_SUBJECTS, arm="daily", file="", times=TIMES, size=1.0):
    """Return values that grow with the number of the subject, the same at every time."""
    return tuple(
        OwnValue(arm, str(subject), "treg_fold", "1", time, size * (1 + subject / 10), file)
        for subject in range(count)
        for time in times
    )


SIX = Population(6, 3, 4)


def built(*data, population=SIX, arms=ARMS, models="turnover", **more):
    return Scenario.build(
        title="T", arms=arms, models=models, horizon="3 weeks", endpoints="peak of treg_fold", population=population,
        observe={"every": "24 h"}, observed=list(data), **more,
    )  # fmt: skip


TIMES_H = st.lists(st.integers(0, 60).map(float), min_size=1, max_size=200).map(np.array)


@given(TIMES_H)
def test_bins_are_spans_of_time_that_never_part_values_of_one_time(times_h):
    numbers = bin_numbers(times_h)
    order = np.argsort(times_h, kind="stable")
    assert (np.diff(numbers[order]) >= 0).all()
    assert all(len(set(numbers[times_h == time])) == 1 for time in set(times_h))
    if len(set(times_h)) <= MOST_TIMES:
        assert len(set(numbers)) == len(set(times_h))
    else:
        assert len(set(numbers)) <= BINS


def test_many_different_times_are_binned_by_equal_counts():
    times_h = np.random.default_rng(1).permutation(np.sqrt(np.arange(80.0)))
    assert np.bincount(bin_numbers(times_h)).tolist() == [10] * BINS


def test_own_rows_are_those_of_all_files_in_order():
    group = OwnGroup("none", "treg_fold", "1", 24.0, "mean", 1.1, 0.9, 1.3, "SD", 12)
    own = compare(built(OwnData(values(3)), OwnData(groups=(group,)), OwnData(values(2, "none")))).own
    assert own.values == values(3) + values(2, "none")
    assert own.groups == (group,)
    assert own.checks == ()


def test_values_are_checked_from_twenty_subjects_on_and_a_name_in_two_files_is_two_subjects():
    assert compare(built(OwnData(values(19)))).own.checks == ()
    assert len(compare(built(OwnData(values(20)))).own.checks) == len(TIMES) * 3
    in_two = compare(built(OwnData(values(10, file="a.csv")), OwnData(values(10, file="b.csv")))).own.checks
    assert {(row.n, row.subjects) for row in in_two} == {(20, 20)}
    assert compare(built(OwnData(values(30)), population=None)).own.checks == ()


def test_observed_percentiles_are_those_of_the_values_in_the_bin():
    checks = compare(built(OwnData(values(41, times=(96.0,))))).own.checks
    assert [(row.percentile, row.n, row.from_h, row.time_h, row.to_h) for row in checks] == [
        (percentile, 41, 96.0, 96.0, 96.0) for percentile in (5, 50, 95)
    ]
    assert [row.observed for row in checks] == pytest.approx([1.2, 3.0, 4.8], rel=1e-12)


def direct(scenario, draw, first, count, times_h):
    """Simulate subjects of one draw by the functions that users have; return their Treg (subjects, times)."""
    (model,) = resolve(scenario).models
    runs = Runs.of(draw, first, count)
    people = draw_subjects(scenario.population, model.declared, scenario.subject, model.centres[draw], runs)
    plan = DosePlan((resolve(scenario).arm("daily").planned,))
    return simulate(compile_model(model.declared), people, plan, times_h).of("treg_fold")


def test_trials_go_through_the_draws_and_have_subjects_of_their_own():
    scenario = built(OwnData(values(25)))
    (task,) = (task for task in tasks(resolve(scenario), 10_000) if isinstance(task, TrialsTask))
    found = perform(task)["percentiles"]
    assert found.shape == (len(TIMES), LEAST_TRIALS, 3)
    for trial, draw, first in ((0, 0, 0), (3, 3, 0), (4, 0, 25), (199, 3, 49 * 25)):
        wanted = np.quantile(direct(scenario, draw, first, 25, TIMES), [0.05, 0.5, 0.95], axis=0)
        np.testing.assert_allclose(found[:, trial], wanted.T, rtol=1e-9)
    checks = compare(scenario).own.checks
    assert {(row.trials, row.simulated_subjects) for row in checks} == {(LEAST_TRIALS, 25)}
    numbers = [[row.low, row.simulated, row.high] for row in checks]
    wanted = np.quantile(found, [0.05, 0.5, 0.95], axis=1).transpose(1, 2, 0).reshape(-1, 3)
    np.testing.assert_allclose(numbers, wanted, rtol=1e-12)


def test_a_bin_with_fewer_subjects_is_compared_with_trials_of_as_many():
    rows = values(30, times=(96.0,)) + values(3, times=(240.0,))
    scenario = built(OwnData(rows))
    checks = compare(scenario).own.checks
    assert [row.simulated_subjects for row in checks] == [30] * 3 + [3] * 3
    (task,) = (task for task in tasks(resolve(scenario), 10_000) if isinstance(task, TrialsTask))
    wanted = np.quantile(direct(scenario, 0, 0, 3, [240.0]), [0.05, 0.5, 0.95])
    np.testing.assert_allclose(perform(task)["percentiles"][1, 0], wanted, rtol=1e-9)


def test_how_trials_are_cut_into_tasks_changes_no_number():
    scenario = built(OwnData(values(20)), noise=Noise(0.1, 0.1))
    assert compare(scenario, chunk=70).own == compare(scenario).own


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_the_noise_of_the_scenario_is_in_what_is_simulated():
    scenario = built(OwnData(values(MOST_SUBJECTS, times=(0.0,))), noise=Noise(day_to_day=0.3, residual=0.4))
    low, middle, high = compare(scenario).own.checks
    # At 0 h the fold is 1 in everybody, so that what is read is the noise alone.
    sd = math.sqrt(math.log1p(0.3**2) + math.log1p(0.4**2))
    assert [low.simulated, middle.simulated, high.simulated] == pytest.approx(
        [math.exp(-1.645 * sd), 1.0, math.exp(1.645 * sd)], rel=0.03
    )
    assert low.low < low.simulated < low.high < middle.low < middle.high < high.low
    assert {row.noise for row in (low, middle, high)} == {True}
    without = compare(replace(scenario, noise=None))
    np.testing.assert_allclose([(row.low, row.simulated, row.high) for row in without.own.checks], 1.0, rtol=1e-12)
    assert {row.noise for row in without.own.checks} == {False}
    assert without.warnings[-1] == (
        "What was measured differs from the true value, from day to day and by the assay; the scenario has no `noise`, so the "
        "simulated percentiles of the predictive check hold none, and those at 5 % and 95 % may lie too close together."
    )


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_nine_in_ten_percentiles_of_values_of_the_model_itself_lie_in_their_intervals():
    """The trials are simulated once: they depend on how many subjects were observed and when, and not on the values."""
    times_h, blocks, population = (48.0, 96.0, 144.0, 240.0), 20, Population(6, 3, 1)
    seen = direct(built(population=population), 0, 10_000, blocks * 20, times_h)

    def scenario(block, size):
        rows = (
            OwnValue("daily", str(who), "treg_fold", "1", time, size * float(seen[who, place]))
            for who in range(block * 20, block * 20 + 20)
            for place, time in enumerate(times_h)
        )
        return built(OwnData(tuple(rows)), population=population)

    _, results = small.collected(scenario(0, 1.0))

    def inside(size):
        checks = [row for block in range(blocks) for row in own_of(resolve(scenario(block, size)), results).checks]
        assert len(checks) == blocks * len(times_h) * 3
        return sum(row.low <= row.observed <= row.high for row in checks) / len(checks)

    # The standard error of the share is about 0.04, as the percentiles of one arm are correlated.
    assert inside(1.0) == pytest.approx(0.9, abs=0.08)
    assert inside(3.0) < 0.02


def test_real_people_are_as_many_as_they_are(tmp_path):
    (tmp_path / "people.csv").write_text("weight_kg,height_cm\n60,165\n82,180\n70,170\n", encoding="utf-8")
    scenario = built(OwnData(values(20)), population={"people": "people.csv", "seed": 1}, folder=tmp_path)
    checks = compare(scenario).own.checks
    assert {(row.trials, row.simulated_subjects, row.subjects) for row in checks} == {(1, 3, 20)}
    assert all(math.isnan(row.low) and math.isnan(row.high) and row.simulated > 0 for row in checks)


def test_arms_and_observables_that_a_model_does_not_know_are_not_checked_there(tmp_path):
    (tmp_path / "other.yaml").write_text(small.EXPLODING.replace("k * x * x", "0 * k * x"), encoding="utf-8")
    arms = {"daily": {"regimen": {"il2": "1 MIU SC daily x 5", "tocilizumab": "560 mg IV once over 1 h"}}, "none": "no dose"}
    scenario = built(
        OwnData(values(20) + values(20, "none")), models=["turnover", "balance", "other.yaml"], arms=arms, folder=tmp_path
    )
    checks = compare(scenario).own.checks
    assert list(dict.fromkeys((row.model, row.arm) for row in checks)) == [
        ("turnover", "none"),
        ("balance", "daily"),
        ("balance", "none"),
    ]


def test_the_file_is_part_of_what_a_result_depends_on(tmp_path):
    (tmp_path / "my.csv").write_text("arm,time,mean\nlow,1,2\n", encoding="utf-8")
    words = small.text(more="observed: {file: my.csv, time: days, unit: '1', observable: treg_fold}\n")
    scenario = small.written(tmp_path, words)
    path = tmp_path / "my.csv"
    record = compare(scenario).provenance.as_mapping()
    assert record["observed"] == {str(path): hashlib.sha256(path.read_bytes()).hexdigest()}
    before = fingerprint(scenario)
    path.write_text("arm,time,mean\nlow,1,2.0\n", encoding="utf-8")
    after = fingerprint(small.written(tmp_path, words))
    assert {name for name in after if after[name] != before[name]} == {f"file {path}"}
    assert "observed" not in compare(replace(scenario, own=())).provenance.as_mapping()


def test_tables_hold_the_rows_and_those_of_subjects_may_be_left_out(tmp_path):
    made = compare(built(OwnData(values(20)), OwnData(groups=(OwnGroup("none", "treg_fold", "1", 24.0, "median", 1.1),))))
    assert {"own_values", "own_groups", "predictive_check"} <= set(made.tables)
    assert made.to_frame("own_values")["value"].tolist() == [row.value for row in made.own.values]
    assert made.to_frame("own_groups").loc[0, ["statistic", "middle", "interval"]].tolist() == ["median", 1.1, ""]
    made.save(tmp_path / "without", subjects=False)
    names = {path.name for path in (tmp_path / "without").iterdir()}
    assert "own_values.csv" not in names
    assert {"own_groups.csv", "predictive_check.csv"} <= names

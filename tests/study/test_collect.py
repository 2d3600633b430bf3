"""Collected: results of all tasks in their places, and subjects that failed said and left out."""

from __future__ import annotations

import numpy as np
import pytest

from regimens.model.fitted import fitted
from regimens.population.uncertainty import centres
from regimens.regimen import weeks
from regimens.study import collect as module
from regimens.study.collect import outcomes_of
from regimens.study.comparison import compare
from regimens.study.perform import people
from regimens.study.study import resolve
from tests import small


def collect(scenario, *chunk, **order):
    return small.collected(scenario, *chunk, **order)[1]


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    return small.scenario(tmp_path_factory.mktemp("small"), models="[turnover, balance]")


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_every_number_is_in_its_place_whatever_order_results_come_in(scenario):
    there, back = collect(scenario, 5), collect(scenario, 5, order=lambda work: work[::-1])
    assert there.steps == back.steps
    for pair, values in there.values.items():
        assert values.shape == (4, 4, 6)
        assert values.tobytes() == back.values[pair].tobytes()
        assert there.bands[pair].median.tobytes() == back.bands[pair].median.tobytes()


def test_a_model_without_the_observable_has_no_value(scenario):
    values = collect(scenario).values
    known = {observable.name for observable in scenario.models[1].observables}
    for place, endpoint in enumerate(scenario.endpoints):
        assert not np.isnan(values["turnover", "low"][place]).any()
        assert np.isnan(values["balance", "low"][place]).all() == (endpoint.observable not in known)


def test_outcomes_know_who_the_subjects_were_and_which_arms_are_the_same(tmp_path):
    arms = small.ARMS + "  low again:\n    regimen: 0.5 MIU SC daily x 5\n"
    scenario = small.scenario(tmp_path, arms=arms)
    found = outcomes_of(*small.collected(scenario))
    (model,) = scenario.models
    assert found.same == {("low", "low again"), ("low again", "low")}
    names, typical = found.centres["turnover"]
    assert names == tuple(p.name for p in model.parameters)
    assert typical.tobytes() == centres(scenario.population, model).tobytes()
    names, crowd = found.people["turnover"]
    assert crowd.shape == (4, 6, len(names))
    assert len(set(crowd[:, :, names.index("CL")].ravel())) == 24
    assert found.units == {
        ("turnover", "peak of treg_fold"): "1",
        ("turnover", "share with treg_fold above 2"): "1",
        ("turnover", "mean of treg_fold to 2 weeks"): "1",
        ("turnover", "peak of serum_il2"): "IU/mL",
    }
    assert (found.draws, fitted(model).name) == (4, "turnover")


def test_of_a_very_large_population_parameters_are_not_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MOST_PEOPLE", 23)
    scenario = small.scenario(tmp_path, endpoints="[peak of treg_fold]")
    assert outcomes_of(*small.collected(scenario)).people == {}


@pytest.fixture
def exploding(tmp_path):
    def made(population):
        (tmp_path / "exploding.yaml").write_text(small.EXPLODING, encoding="utf-8")
        endpoints = "[peak of size, share with size above 1.5, size at 1 days]"
        return small.scenario(tmp_path, models="[exploding.yaml]", population=population, endpoints=endpoints)

    return made


@pytest.mark.parametrize(
    ("population", "whole", "which"),
    [
        ("{subjects: 12, seed: 5}", "12 subjects", "subject {1}"),
        ("{subjects: 4, seed: 5, draws: 3}", "12 subjects (4 in each of 3 parameter draws)", "subject {1} of draw {0}"),
    ],
)
def test_subjects_that_fail_are_counted_said_and_missing(population, whole, which, exploding):
    scenario = exploding(population)
    result = compare(scenario)
    study = resolve(scenario)
    rates = people(study, study.models[0], np.arange(12)).values[:, 0].reshape(result.collected.status["exploding", "low"].shape)
    ends = rates > 1 / scenario.horizon_h
    failed = int(ends.sum())
    assert 1 <= failed < 12
    first = tuple(np.argwhere(ends)[0])
    said = [
        f"Arm '{arm}' under 'exploding': {failed} of {whole} stopped before 504 h (the step became too small; first: "
        f"{which.format(*first)} at {1 / rates[first]:.1f} h). Their endpoints are missing."
        for arm in ("low", "high", "placebo")
    ]
    assert [sentence for sentence in result.warnings if "stopped" in sentence] == said
    found = {(row.arm, row.status): row.subjects for row in result.to_frame("statuses").itertuples()}
    assert found == {
        (arm, status): count
        for arm in ("low", "high", "placebo")
        for status, count in (("ok", 12 - failed), ("the step became too small", failed))
    }
    for values in result.collected.values.values():
        assert np.isnan(values).tolist() == [ends.tolist()] * 3
    assert result.to_frame("summary")["missing"].tolist() == [failed] * 9
    assert result.to_frame("summary")["n"].tolist() == [12 - failed] * 9
    assert result.provenance.failed == 3 * failed
    table = result.to_frame("endpoints")
    numbers = table[[endpoint.words for endpoint in result.scenario.endpoints]]
    assert set(table.loc[numbers.isna().all(axis=1), "status"]) == {"the step became too small"}
    assert set(table.loc[numbers.notna().all(axis=1), "status"]) == {"ok"}
    assert (table["status"] != "ok").sum() == 3 * failed
    # Who is left has the number of the closed form: x at one day is 1 / (1 - 24 k).
    day = result.collected.values["exploding", "low"][2]
    np.testing.assert_allclose(day[~ends], 1 / (1 - 24 * rates[~ends]), rtol=1e-4)


def test_endpoints_without_a_curve_and_values_that_are_not_reached(tmp_path):
    endpoints = "[total MIU, doses, time until treg_fold above 1000, time to return to baseline of treg_fold within 0.001 %]"
    scenario = small.scenario(tmp_path, population="{subjects: 3, seed: 3}", endpoints=endpoints)
    result = compare(scenario)
    table = result.to_frame("endpoints")
    low = table[table["arm"] == "low"]
    plan = next(arm for arm in scenario.arms if arm.name == "low").regimen.events(weeks(3))
    for words, value, unit in (
        ("total MIU", plan.amount.sum() / 1e6, "MIU"),
        ("doses", len(plan), "1"),
        ("time until treg_fold above 1000", np.inf, "h"),
        ("time to return to baseline of treg_fold within 0.001 %", np.inf, "h"),
    ):
        assert low[words].tolist() == [value] * 3
        assert result.summary_of("low", "turnover", words).unit == unit
    assert set(table["status"]) == {"ok"}


def test_a_scenario_may_ask_for_nothing_of_the_curves(tmp_path):
    scenario = small.scenario(tmp_path, population="{subjects: 3, seed: 3}", endpoints="[doses]")
    assert compare(scenario).to_frame("summary")["median"].tolist() == [
        len(arm.regimen.events(weeks(3))) for arm in scenario.arms
    ]

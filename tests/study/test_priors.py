"""Before any data: the probability of a contrast under the priors, where it is known, and what has none."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr

from regimens.population.uncertainty import prior_centres
from regimens.scenario import Scenario
from regimens.study.collect import collect
from regimens.study.comparison import compare
from regimens.study.perform import perform
from regimens.study.priors import PRIOR_DRAWS, before_data
from regimens.study.study import resolve
from regimens.study.tasks import PriorTask, tasks
from regimens.study.warnings import warnings_of
from tests import small
from tests.credibility.models import ship_fits, threshold

TWO = "  more: {regimen: 2 MIU SC once}\n  less: {regimen: 1 MIU SC once}\n"
GAIN, LEAST, SPREAD, DRAWS = 1.3e-6, 1e-6, 0.5, 200
BETTER = float(ndtr(math.log(GAIN / LEAST) / SPREAD))
"""P(gain > LEAST) of a log-normal gain: the probability before any data that more of a dose is better."""


def scenario(models, arms=TWO, endpoints="[treg_fold at 1 week]", draws=DRAWS, more=""):
    population = f"{{subjects: 2, seed: 3, draws: {draws}}}"
    return Scenario.from_text(
        small.text(models=f"[{', '.join(models)}]", population=population, arms=arms, endpoints=endpoints, more=more)
    )


@pytest.fixture
def learnt(tmp_path, monkeypatch):
    """A model in which more is better with the probability BETTER before the data, and surely after them; as a scenario names it."""
    path = threshold(tmp_path, "learnt", GAIN, LEAST, SPREAD)
    ship_fits(monkeypatch, tmp_path, learnt=list(np.linspace(2e-6, 3e-6, DRAWS)))
    return path


def prior_of(comparison):
    return comparison.to_frame("contrasts").set_index(["model", "endpoint", "arm", "against"])["prior"]


def test_the_probability_before_any_data_is_that_of_the_prior(learnt):
    found = compare(scenario([learnt]))
    (row,) = found.versus.contrasts
    gains = prior_centres(3, DRAWS, found.study.models[0].declared)[:, 1]
    assert row.probability == 1.0
    assert row.prior == np.mean(gains > LEAST)
    assert abs(row.prior - BETTER) < 4 * math.sqrt(BETTER * (1 - BETTER) / DRAWS)


def test_a_model_that_learnt_an_order_gives_no_structural_vote(learnt):
    (row,) = compare(scenario([learnt])).to_frame("verdicts").to_dict("records")
    assert (row["verdict"], row["probabilities"], row["structural"]) == ("more better", "learnt 1", "")
    assert row["priors"].startswith("learnt 0.")


def test_a_model_as_sure_before_any_data_gives_a_structural_vote(tmp_path, monkeypatch):
    path = threshold(tmp_path, "certain", 1e-5, LEAST, 0.2)
    ship_fits(monkeypatch, tmp_path, certain=list(np.linspace(2e-6, 3e-6, DRAWS)))
    (row,) = compare(scenario([path])).to_frame("verdicts").to_dict("records")
    assert (row["verdict"], row["priors"], row["structural"]) == ("more better", "certain 1", "certain")


def test_a_model_that_the_data_turned_round_gives_no_structural_vote(tmp_path, monkeypatch):
    path = threshold(tmp_path, "turned", 1e-5, LEAST, 0.2, value=3.0)
    ship_fits(monkeypatch, tmp_path, turned=list(np.linspace(1e-7, 2e-7, DRAWS)))
    (row,) = compare(scenario([path])).to_frame("verdicts").to_dict("records")
    assert (row["verdict"], row["priors"], row["structural"]) == ("less better", "turned 1", "")


def test_too_few_draws_for_the_rule_give_no_structural_vote(tmp_path, monkeypatch):
    path = threshold(tmp_path, "certain", 1e-5, LEAST, 0.2)
    ship_fits(monkeypatch, tmp_path, certain=list(np.linspace(2e-6, 3e-6, DRAWS)))
    (row,) = compare(scenario([path], draws=19)).to_frame("verdicts").to_dict("records")
    assert (row["priors"], row["structural"]) == ("certain 1", "")


def test_a_model_without_a_fit_has_no_other_probability_before_the_data(learnt, tmp_path):
    own = threshold(tmp_path, "own", GAIN, LEAST, SPREAD)
    found = prior_of(compare(scenario([learnt, own])))
    assert found.notna().to_dict() == {
        ("learnt", "treg_fold at 1 week", "more", "less"): True,
        ("own", "treg_fold at 1 week", "more", "less"): False,
    }
    assert before_data(resolve(scenario([own]))) is None


def test_there_is_nothing_before_the_data_where_parameters_are_taken_as_known(learnt):
    assert before_data(resolve(scenario([learnt], draws=1))) is None


def test_what_one_subject_has_no_value_of_is_left_out(learnt):
    endpoints = "[treg_fold at 1 week, share with treg_fold above 2, time of peak of treg_fold]"
    found = compare(scenario([learnt], endpoints=endpoints))
    study = before_data(found.study)
    assert [endpoint.words for endpoint in study.scenario.endpoints] == ["treg_fold at 1 week"]
    assert prior_of(found).notna().tolist() == [True, False, False]
    assert before_data(resolve(scenario([learnt], endpoints="[share with treg_fold above 2]"))) is None


def test_arms_whose_doses_go_astray_are_left_out(learnt):
    life = "real_life: {missed: 0.5, late: {share: 0.2, up_to: 6 h}, stop_early: 0.2}\n"
    found = prior_of(compare(scenario([learnt], more=life)))
    assert {(arm, against): bool(known) for (_, _, arm, against), known in found.notna().items()} == {
        ("more", "less"): True,
        ("more, real life", "less, real life"): False,
        ("more, real life", "more"): False,
        ("less, real life", "less"): False,
    }


RULED = """\
  ruled:
    regimen: 1 MIU SC daily x 3
    rules:
      decide: before each dose
      look at: {treg_fold: {noise: 0.2}}
      rules: [raise one level if treg_fold below 1]
      levels: [1 MIU, 3 MIU]
  fixed: {regimen: 2 MIU SC daily x 3}
"""


def test_arms_with_rules_follow_them_in_the_typical_subject_without_noise(learnt):
    # Where doses raise Treg, 3 MIU by the rules are less than 6 MIU. Where doses lower them, 1 + 3 + 3 MIU are given, more than 6.
    # Without the rules, 3 MIU would be better in every draw in which doses lower Treg.
    found = compare(scenario([learnt], arms=RULED, endpoints="[treg_fold at 2 weeks]"))
    gains = prior_centres(3, DRAWS, found.study.models[0].declared)[:, 1]
    assert 0.1 < np.mean(gains < LEAST) < 0.9
    assert prior_of(found).tolist() == [0.0]


def test_arms_at_steady_state_have_a_probability_before_any_data(tmp_path):
    arms = "  fresh: {regimen: 2 MIU SC weekly x 2}\n  treated: {regimen: 'at steady state of 1 MIU SC daily, 2 MIU SC weekly x 2'}\n"
    made = small.scenario(tmp_path, arms=arms, population="{subjects: 2, seed: 3, draws: 5}", endpoints="[treg_fold at 1 h]")
    # Treg under the doses before day 0 are above the baseline in any draw.
    assert prior_of(compare(made)).tolist() == [0.0]


def test_the_numbers_do_not_depend_on_how_runs_are_cut(learnt):
    whole, cut = (compare(scenario([learnt], draws=30), chunk=chunk).collected.before for chunk in (None, 7))
    assert whole.values.keys() == cut.values.keys()
    assert all(whole.values[key].tobytes() == cut.values[key].tobytes() for key in whole.values)


def test_more_draws_keep_the_first_ones_up_to_the_most(learnt, tmp_path, monkeypatch):
    few, many = (compare(scenario([learnt], draws=draws)).collected.before for draws in (20, 60))
    assert all(many.values[key][:, :20].tobytes() == few.values[key].tobytes() for key in few.values)
    own = tmp_path / "many"
    own.mkdir()
    path = threshold(own, "many", GAIN, LEAST)
    ship_fits(monkeypatch, own, many=list(np.linspace(2e-6, 3e-6, PRIOR_DRAWS + 100)))
    study = before_data(resolve(scenario([path], draws=PRIOR_DRAWS + 100)))
    assert (study.cohort.draws, len(study.models[0].centres), study.runs) == (PRIOR_DRAWS, PRIOR_DRAWS, PRIOR_DRAWS)


def test_failed_simulations_before_the_data_are_counted(learnt):
    study = resolve(scenario([learnt], draws=5))
    done = [(task, perform(task)) for task in tasks(study)]
    ((task, found),) = [(task, found) for task, found in done if isinstance(task, PriorTask)]
    found["status"][0, :2] = 1
    assert task.key == "prior-0"
    assert warnings_of(study, collect(study, done), ()) == (
        "Before any data: 2 of 10 simulations of the typical subject under draws of the priors stopped early. Their draws are left "
        "out of the probabilities before any data.",
    )

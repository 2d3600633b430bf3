"""A search as a whole: against brute force, closed forms, its own limits, any cutting of the work, and a run that was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from regimens.errors import RegimensError
from regimens.exposure import exposure_of
from regimens.regimen import days
from regimens.regimen.space import Candidate
from regimens.report.search import page
from regimens.report.text import searching
from regimens.scenario import Arm, Scenario
from regimens.search.confirm import fresh_draws, with_fresh_draws
from regimens.search.edges import Edge, edges_of
from regimens.search.export import answer_scenario, files_of, frame_of, screened_frame
from regimens.search.found import SCHEDULES
from regimens.search.run import BrokenOff, find_schedules
from regimens.search.screen import TOLERANCES, collect_screen, screen, screen_tasks, typical_values
from regimens.study.comparison import compare
from regimens.study.study import resolve
from regimens.work import Store, local

from . import small

ROUNDING = 1e-12
"""Sums of the same numbers in another order."""


@pytest.fixture(scope="module")
def found():
    return find_schedules(small.scenario())


EXACTLY = ("population:", "solver: {rtol: 5.0e-7, atol: 5.0e-9}\npopulation:")
"""Other tolerances than the default are those of the confirmation too: then it has the numbers of `compare`, to the last bit."""


@pytest.fixture(scope="module")
def everything(found):
    """The aim of every schedule of the space, as `compare` finds it: {model: {words: (draws, subjects)}}."""
    scenario = small.scenario(EXACTLY)
    arms = tuple(Arm(one.words, one.regimen) for one in found.candidates)
    whole = compare(replace(scenario, arms=arms, endpoints=(scenario.search.aim,), search=None))
    aim = scenario.search.aim
    return {model: {arm.name: whole.outcomes.of(model, arm.name, aim) for arm in arms} for model in whole.outcomes.models}


def _by_brute_force(everything, judge):
    """Return the score of every schedule by plain loops over models and draws."""
    medians = {m: {a: [float(np.median(draw)) for draw in v] for a, v in arms.items()} for m, arms in everything.items()}
    means = {m: {a: sum(v) / len(v) for a, v in arms.items()} for m, arms in medians.items()}
    names = list(next(iter(means.values())))
    if judge == "mean":
        return {a: sum(means[m][a] for m in means) / len(means) for a in names}
    if judge == "worst model":
        return {a: min(means[m][a] for m in means) for a in names}
    if judge == "regret":
        return {a: -max(max(means[m].values()) - means[m][a] for m in means) for a in names}
    worst = {a: sorted(value for m in medians for value in medians[m][a]) for a in names}
    return {a: sum(v[: len(v) // 4]) / (len(v) // 4) for a, v in worst.items()}


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize("judge", ["mean", "worst model", "cvar 25 %", "regret"])
def test_a_search_equals_brute_force(found, everything, judge):
    made = find_schedules(small.scenario(EXACTLY, ("judged by: regret", f"judged by: {judge}")))
    expected = _by_brute_force(everything, judge)
    rows = [row for row in made.schedules if not row.reference]
    assert {row.schedule for row in rows} == set(expected)
    for row in rows:
        assert row.score == pytest.approx(expected[row.schedule], abs=ROUNDING)
    assert rows[0].schedule == max(expected, key=expected.get)
    assert [row.score for row in rows] == pytest.approx(sorted(expected.values(), reverse=True), abs=ROUNDING)


def test_the_screen_ranks_as_the_typical_subject_of_every_draw(found):
    """The whole screen at once, and each schedule by itself, give the same bytes."""
    study, search = found.study, found.search
    horizon = search.space.within
    for row, model in enumerate(found.models):
        for place in (0, 5, len(found.candidates) - 1):
            alone, failed = typical_values(study, model, search, (found.candidates[place].regimen.events(horizon),))
            assert failed == 0
            assert found.screened.means[row, 0, place] == alone[0, 0].mean()


def test_the_confirmation_is_as_exact_as_it_says(found, everything):
    """Every endpoint of every subject, at the tolerances that a search has by itself."""
    for model, values in zip(found.models, found.confirmed.values, strict=True):
        for place, name in enumerate(found.confirmed.names):
            if name in everything[model.name]:
                assert np.abs(values[place, 0] / everything[model.name][name] - 1).max() < 3e-5


def test_the_screen_is_as_exact_as_it_says(found, monkeypatch):
    study, search = found.study, found.search
    sets = tuple(one.regimen.events(search.space.within) for one in found.candidates)
    for model in found.models:
        loose, _ = typical_values(study, model, search, sets)
        monkeypatch.setattr("regimens.search.screen.TOLERANCES", replace(TOLERANCES, rtol=1e-6, atol=1e-8))
        exact, _ = typical_values(study, model, search, sets)
        monkeypatch.undo()
        assert np.abs(loose / exact - 1).max() < 1e-3
        assert np.median(np.abs(loose / exact - 1)) < 3e-5


def _bytes(found):
    return {name: content for name, content in files_of(found, page(found)).items() if not callable(content)}


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize(("workers", "chunk"), [(1, None), (2, 1), (3, 7)])
def test_neither_workers_nor_chunks_change_a_byte(found, workers, chunk):
    with local(workers) as executor:
        other = find_schedules(found.scenario, executor=executor, chunk=chunk)
    assert _bytes(other) == _bytes(found)
    assert screened_frame(other).equals(screened_frame(found))


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_run_that_was_broken_off_ends_with_the_same_bytes(found, tmp_path):
    def stop(done, total):
        if done == 2 and total > 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), Store.open(tmp_path / "kept", {"a": 1}) as store:
        find_schedules(found.scenario, store=store, progress=stop, chunk=2)
    with Store.open(tmp_path / "kept", {"a": 1}, resume=True) as store:
        assert store.reused > 0
        assert _bytes(find_schedules(found.scenario, store=store, chunk=2)) == _bytes(found)


def _stopped_at(found, stage, done):
    """Return what Ctrl-C leaves when so many tasks are done of the second stage (confirm) or the third (fresh)."""
    begun = []

    def progress(finished, total):
        begun.extend([total] if finished == 0 else [])
        if len(begun) == stage and finished == done:
            raise KeyboardInterrupt

    with pytest.raises(BrokenOff) as stopped, local(1) as executor:
        find_schedules(found.scenario, executor=executor, progress=progress, chunk=6)
    return stopped.value.found


def test_ctrl_c_leaves_the_answer_of_the_draws_that_are_done(found):
    known = _stopped_at(found, stage=2, done=23)
    draws = known.study.cohort.draws
    assert 20 <= draws < 24
    whole = find_schedules(small.scenario(("draws: 24", f"draws: {draws}")))
    assert [row.aim for row in known.under_models] == [row.aim for row in whole.under_models]
    assert known.fresh is None
    said = f"A look at reduced size: {draws} of 24 draws. Run it in full before you conclude anything."
    assert searching.reduced(known) == said
    assert said in page(known)


def test_ctrl_c_while_the_winners_are_confirmed_again_leaves_the_first_answer(found):
    known = _stopped_at(found, stage=3, done=1)
    assert [row.score for row in known.schedules] == [row.score for row in found.schedules]
    assert known.fresh is None


def _written(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_killed_command_goes_on_and_ends_with_the_same_bytes(tmp_path):
    (tmp_path / "s.yaml").write_text(small.changed(("subjects: 3", "subjects: 20")), encoding="utf-8")
    command = [sys.executable, "-m", "regimens", "search", "s.yaml", "--workers", "1", "--out"]

    def begun(*arguments):
        return subprocess.Popen(
            [*command, *arguments], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )

    def ended(process):
        _, said = process.communicate()
        assert process.returncode == 0, said

    ended(begun("whole"))
    started = begun("killed")
    while started.poll() is None and not any(tmp_path.glob(".unfinished-killed-*/*.task")):
        time.sleep(0.005)
    with contextlib.suppress(ProcessLookupError):
        os.kill(started.pid, signal.SIGKILL)
    _, said = started.communicate()
    assert started.returncode == -signal.SIGKILL, said
    ended(begun("killed", "--resume"))
    assert _written(tmp_path / "killed") == _written(tmp_path / "whole")


LIMITED = (
    ("total at most 4 MIU", "total at most 4 MIU, doses at most 4, peak of serum_il2 at most 3 in 60 % of subjects"),
    ("judged by: regret", "judged by: mean"),
)


def test_no_reported_schedule_breaks_a_limit():
    """Each schedule found is held against the limits by its exposure and by a simulation of its own."""
    scenario = small.scenario(*LIMITED)
    found = find_schedules(scenario)
    reported = [row for row in found.schedules if row.rank is not None]
    assert 0 < len(reported) < len(found.candidates)
    parsed = Scenario.build(
        title="T", arms={row.schedule: row.schedule for row in reported}, models=list(scenario.models), horizon="3 weeks",
        endpoints=["peak of serum_il2"], population=scenario.population,
    )  # fmt: skip
    simulated = compare(parsed)
    for row in reported:
        (exposure,) = exposure_of(parsed.arms[[arm.name for arm in parsed.arms].index(row.schedule)].regimen, scenario.subject)
        assert exposure.total <= 4_000_000
        assert exposure.doses <= 4
        for model in ("turnover", "effect_turnover"):
            peaks = simulated.outcomes.of(model, row.schedule, parsed.endpoints[0])
            assert ((peaks <= 3).mean(axis=1) >= 0.6).mean() >= 0.5
    beyond = [row for row in found.schedules if row.rank is None and not row.reference]
    assert all(not row.within_limits for row in beyond)


def test_the_arms_of_the_scenario_are_shown_beside_but_never_chosen(found):
    (arm,) = [row for row in found.schedules if row.reference]
    assert (arm.schedule, arm.rank, arm.total_miu, arm.doses, arm.flat, arm.front) == ("five days", None, 5.0, 5, False, False)
    assert arm.largest_regret == pytest.approx(-arm.score)


def test_all_schedules_of_one_total_are_flat_where_only_the_total_counts(tmp_path):
    """Under a linear model the area under the curve is the total by the clearance, whenever the doses are given."""
    space = [
        ("AUC of gain", "AUC of amount"),
        ("amount: {from: 0.5 MIU, to: 1.5 MIU, step: 0.25 MIU}", "amount: {from: 0.5 MIU, to: 2 MIU, step: 0.5 MIU}"),
    ]
    scenario = small.bent(
        tmp_path, *space, ("doses: 2\n", "doses: 1-4\n"), ("total at most 4 MIU", "total at most 2 MIU, total at least 2 MIU")
    )
    found = find_schedules(scenario)
    rows = [row for row in found.schedules if not row.reference]
    assert {row.total_miu for row in rows} == {2.0}
    assert len(rows) == 5
    assert all(row.flat for row in rows)
    assert all(row.flat for row in found.under_models if row.schedule in {one.schedule for one in rows})
    simplest = found.candidates[found.confirmed.places[found.answer.simplest]]
    assert simplest.words == "2 MIU SC daily x 1"


def test_a_planted_optimum_is_found(tmp_path):
    found = find_schedules(small.bent(tmp_path))
    best = found.candidates[found.confirmed.places[found.answer.best]]
    assert best.amount.value == 750_000
    amounts = {one.amount.value for one in found.candidates}
    assert min(amounts) < 750_000 < max(amounts)
    edges = edges_of(found.search.space, found.search.limits, best, found.scenario.subject)
    assert not {Edge.LOWEST_AMOUNT, Edge.HIGHEST_AMOUNT} & set(edges)


def test_an_optimum_outside_the_space_is_reported_at_its_edge(tmp_path):
    found = find_schedules(small.bent(tmp_path, b="5.0e-7"))
    best = found.candidates[found.confirmed.places[found.answer.best]]
    assert best.amount.value == 1_500_000
    assert Edge.HIGHEST_AMOUNT in edges_of(found.search.space, found.search.limits, best, found.scenario.subject)
    assert searching.edges(found).startswith("The best schedule lies at edges of the space (highest amount, ")


def test_winners_are_confirmed_on_draws_that_the_search_did_not_use(found):
    scenario = found.scenario
    assert found.fresh_draws == 24
    for model, more in zip(found.study.models, resolve(with_fresh_draws(scenario)).models, strict=True):
        assert np.array_equal(more.centres[:24], model.centres)
        assert len(more.centres) == 48
        assert not np.array_equal(more.centres[24:], model.centres)
    again = [row for row in found.under_models if not np.isnan(row.fresh)]
    assert {row.schedule for row in again} >= {found.confirmed.names[place] for place in found.answer.best_of}
    assert all(row.fresh != row.aim for row in again)


def test_fresh_draws_are_at_most_those_that_are_left_in_the_posterior():
    scenario = small.scenario()
    with_draws = [replace(scenario, population=replace(scenario.population, draws=draws)) for draws in (1, 150, 300, 400)]
    assert [fresh_draws(each) for each in with_draws] == [0, 150, 100, 0]


def test_the_answer_can_be_compared_at_once(found):
    scenario = answer_scenario(found)
    again = Scenario.from_text(scenario.to_yaml())
    assert [arm.name for arm in again.arms][-1] == "five days"
    assert again.arms[0].regimen.in_words() == found.confirmed.names[found.answer.best]
    assert again.endpoints[0].words == "mean of treg_fold to 3 weeks"
    assert compare(again).exposure.differences == ()


def test_arms_that_start_at_steady_state_are_left_out_and_that_is_said():
    arms = "arms:\n  five days: {regimen: 1 MIU SC daily x 5}"
    steady = "\n  treated: {regimen: 'at steady state of 1 MIU SC daily, 1 MIU SC daily x 5'}"
    found = find_schedules(small.scenario((arms, arms + steady), (", draws: 24", ""), ("turnover, effect_turnover", "turnover")))
    assert [row.schedule for row in found.schedules if row.reference] == ["five days"]
    assert next(searching.certainty(found)) == (
        "'treated' starts at steady state and the schedules without earlier doses: it is left out of the comparison."
    )
    assert "treated" not in [arm.name for arm in answer_scenario(found).arms]


def test_the_score_of_no_regret_is_written_without_a_sign():
    found = find_schedules(small.scenario((", draws: 24", ""), ("turnover, effect_turnover", "turnover")))
    assert str(found.schedules[0].score) == "0.0"


def test_a_course_that_exists_only_as_the_most_cycles_lies_at_that_edge():
    search = small.scenario(("[9 days]", "[none, 9 days]"), ("limits: [total at most 4 MIU]\n  ", "")).search
    space, subject = search.space, small.scenario().subject
    at = {timing.doses: edges_of(space, (), Candidate(space.lowest, timing), subject)
          for timing in space.timings if timing.cycles == 1 and timing.every == days(1)}  # fmt: skip
    lowest = (Edge.LOWEST_AMOUNT, Edge.SHORTEST_INTERVAL)
    assert at == {
        2: (*lowest, Edge.FEWEST_DOSES),
        3: lowest,
        4: (*lowest, Edge.MOST_CYCLES),
        6: (*lowest, Edge.MOST_DOSES, Edge.MOST_CYCLES),
    }


def test_a_limit_on_few_subjects_is_not_asked_of_the_typical_one():
    """A tenth of the subjects reach what the typical subject never does."""
    limit = "share with treg_fold above 2.5 at least 1 in 10 % of subjects"
    scenario = small.scenario(("total at most 4 MIU", limit), ("subjects: 3", "subjects: 30"), ("draws: 24", "draws: 4"))
    found = find_schedules(scenario)
    assert np.isnan(found.screened.held).all()
    assert any(row.within_limits and not row.reference for row in found.schedules)
    typical = found.screened.means[:, found.search.row(found.search.endpoint_limits[0].endpoint)]
    assert (typical < 0.5).any()


def test_a_limit_that_no_schedule_meets_is_told_with_the_nearest():
    limit = "share with treg_fold above 50 at least 1 in 50 % of subjects"
    with pytest.raises(RegimensError) as raised:
        find_schedules(small.scenario(("total at most 4 MIU", limit)))
    assert str(raised.value) == (
        f"No schedule meets '{limit}' under every model. '0.5 MIU SC daily x 2' comes nearest: it meets it in 0 % of the draws of "
        "'turnover', and 50 % are needed."
    )


def test_an_aim_that_no_schedule_has_is_told():
    aim = "trough of treg_fold from 18 days to 20 days"
    with pytest.raises(RegimensError) as raised:
        find_schedules(small.scenario(("mean of treg_fold to 3 weeks", aim), ("within: 3 weeks", "within: 12 days")))
    assert str(raised.value) == (
        f"No schedule within the limits has a value of '{aim}' under every model; the fewest have one under 'turnover'. "
        "Choose an aim that every schedule has, such as a mean or a peak."
    )


def test_a_model_without_a_known_uncertainty_is_named(tmp_path):
    text = small.BENT.replace(", uncertainty: 0.2", "")
    (tmp_path / "bent.yaml").write_text(text, encoding="utf-8")
    scenario = small.changed(
        ("[turnover, effect_turnover]", "[bent.yaml]"), ("peak of treg", "peak of gain"), ("treg_fold to 3 weeks", "gain")
    ).replace("peak of gain_fold", "peak of gain")
    found = find_schedules(Scenario.from_text(scenario, folder=tmp_path))
    said = "The uncertainty of the parameters of bent is not known, so no verdict tells two schedules apart."
    assert said in list(searching.certainty(found))
    assert all(row.flat for row in found.schedules if not row.reference)


def test_a_scenario_without_a_search_is_refused():
    scenario = replace(small.scenario(), search=None)
    with pytest.raises(RegimensError) as raised:
        find_schedules(scenario)
    assert str(raised.value) == "scenario: there is no 'search' in this scenario. Add what may vary and the aim."


def test_with_one_draw_nothing_is_told_apart():
    found = find_schedules(small.scenario((", draws: 24", "")))
    assert all(row.flat for row in found.schedules if not row.reference)
    assert found.fresh is None
    assert searching.flat(found) == searching.UNTOLD
    assert "simplest" not in " ".join(arm.name for arm in answer_scenario(found).arms)
    assert "The parameters are taken as known (one draw): no schedule can be told from another, so all are flat." in list(
        searching.certainty(found)
    )


def test_with_few_draws_nothing_is_told_apart():
    found = find_schedules(small.scenario(("draws: 24", "draws: 4")))
    assert all(row.flat for row in found.schedules if not row.reference)
    assert "4 draws are too few for the rule of verdicts, which needs 20: no schedule is told from another." in list(
        searching.certainty(found)
    )


def test_with_one_model_the_answer_says_what_it_cannot():
    found = find_schedules(small.scenario(("[turnover, effect_turnover]", "[turnover]")))
    assert searching.ONE_MODEL in list(searching.certainty(found))


def test_a_model_without_the_aim_is_left_out_and_named(tmp_path):
    (tmp_path / "bent.yaml").write_text(small.BENT, encoding="utf-8")
    text = small.changed(("[turnover, effect_turnover]", "[turnover, bent.yaml]"))
    found = find_schedules(Scenario.from_text(text, folder=tmp_path))
    assert [model.name for model in found.models] == ["turnover"]
    assert "Not ranked by bent: no input for IL-2 by this route, or no such endpoint." in list(searching.certainty(found))


def test_lowest_total_is_the_cheapest_schedule_within_the_limits():
    changes = (
        ("highest mean of treg_fold to 3 weeks", "lowest total"),
        ("total at most 4 MIU", "mean of treg_fold to 3 weeks at least 1.1 in 50 % of subjects"),
    )
    found = find_schedules(small.scenario(*changes))
    ranked = [row for row in found.schedules if row.rank is not None]
    assert ranked[0].total_miu == min(row.total_miu for row in ranked)
    assert ranked[0].score == -ranked[0].largest_regret == 0.0


def test_an_aim_may_be_limited_too():
    """Its better direction is that of the search, whatever that of its observable."""
    limit = "peak of treg_fold at least 1.8 in 50 % of subjects"
    made = find_schedules(
        small.scenario(("highest mean of treg_fold to 3 weeks", "lowest peak of treg_fold"), ("total at most 4 MIU", limit))
    )
    ranked = [row for row in made.schedules if row.rank is not None]
    assert 0 < len(ranked) < len(made.candidates)
    aims = {(row.schedule, row.model): row.aim for row in made.under_models}
    for model in ("turnover", "effect_turnover"):
        best = made.confirmed.names[made.answer.best_of[[m.name for m in made.models].index(model)]]
        assert aims[best, model] == min(aims[row.schedule, model] for row in ranked)


def test_shares_of_first_places_add_up_and_tables_have_what_they_declare(found):
    first = Counter()
    for row in found.under_models:
        first[row.model] += row.first
    assert all(total == pytest.approx(1.0) for total in first.values())
    frame = frame_of(found, SCHEDULES)
    assert list(frame.columns) == list(SCHEDULES.header)
    assert screened_frame(found)["confirmed"].all()


def test_the_screen_knows_the_best_after_every_task(found):
    study, search = found.study, found.search
    looked: list[int] = []
    tasks = screen_tasks(study, search, found.candidates, 4)
    collect_screen(
        study, search, found.candidates, ((task, screen(task)) for task in tasks), lambda known: looked.append(known.looked_at)
    )
    assert looked == [*range(4, len(found.candidates), 4), len(found.candidates)]

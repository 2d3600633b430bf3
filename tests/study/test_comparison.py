"""Comparisons: the same schedule written in other ways is equal, more arms change nothing, and noise stays outside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from regimens import shipped
from regimens.statistics import over_subjects
from regimens.study.comparison import compare
from regimens.study.study import BAND_RUNS
from tests import small

LIFE = "real_life: {missed: 0.2, after_a_miss: 0.5, late: {share: 0.3, up_to: 6 h}, stop_early: 0.2}\n"
CYCLES = "(1 MIU SC daily x 3, rest 3-9 days) x 2"
PARTS = """\
    regimen:
      - cycle:
          - {dose: 1000000 IU SC, every: 24 h, doses: 3}
          - {rest: 72-216 h}
        repeats: 2
"""
TWICE = f"  in words:\n    regimen: {CYCLES}\n    rest: %s\n  in parts:\n{PARTS}    rest: %s\n  by drug:\n    regimen: {{il2: '{CYCLES}'}}\n    rest: %s\n"
ENDPOINTS = "[peak of treg_fold, share with treg_fold above 2, treg_fold at end of cycle 2, peak of serum_il2]"


@pytest.mark.parametrize("more", ["", LIFE], ids=["as planned", "real life"])
@pytest.mark.parametrize("rest", ["shortest", "drawn"])
def test_one_schedule_written_in_three_ways_is_exactly_equal(rest, more, tmp_path):
    arms = TWICE % (rest, rest, rest)
    result = compare(small.scenario(tmp_path, arms=arms, more=more, endpoints=ENDPOINTS))
    variants = {arm.name: arm.variant for arm in result.scenario.arms}
    assert len(variants) == (6 if more else 3)
    held = result.to_frame("contrasts")
    held = held[[variants[r.arm] == variants[r.against] for r in held.itertuples()]]
    assert len(held) == 4 * (6 if more else 3)
    for name in ("difference", "difference_low", "difference_high", "subject_low", "subject_high"):
        assert set(held[name]) == {0.0}, name
    for name in ("ratio", "ratio_low", "ratio_high"):
        shares = held["endpoint"].str.startswith("share")
        assert set(held.loc[~shares, name]) == {1.0}, name
    directed = held["endpoint"] != "peak of serum_il2"
    assert set(held.loc[directed, "probability"]) == set(held.loc[directed, "better_off"]) == {0.5}
    said = result.to_frame("verdicts")
    said = said[[variants[r.arm] == variants[r.against] for r in said.itertuples()]]
    assert len(said) == 3 * (6 if more else 3)
    assert set(said["verdict"]) == {"same schedule"}
    assert set(said["winner"]) == {""}
    assert set(said["reason"]) == {"both arms give the same doses at the same times"}
    assert set(said["probabilities"]) == {"turnover 0.5"}


def numbers(result, arms):
    """Return every table that speaks of arms, as bytes, with the rows of `arms` only."""
    found = {}
    for name in (
        "trajectories",
        "individuals",
        "summary",
        "statuses",
        "observations",
        "ledger",
        "given",
        "contrasts",
        "verdicts",
    ):
        table = result.to_frame(name)
        chosen = table[table["arm"].isin(arms)]
        if "against" in table:
            chosen = chosen[chosen["against"].isin(arms)]
        found[name] = chosen.to_csv(index=False)
    return found | {pair: values.tobytes() for pair, values in result.collected.values.items() if pair[1] in arms}


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_an_arm_more_changes_no_number_of_the_others(tmp_path):
    words = small.text(more=LIFE + "noise: {residual: 0.2}\nvisits: {later: 10 days}\n").replace("24 h}", "24 h, individuals: 2}")
    few = small.written(tmp_path, words)
    many = small.written(tmp_path, words.replace("arms:\n", f"arms:\n  first of all:\n    regimen: {CYCLES}\n    rest: drawn\n"))
    names = [arm.name for arm in few.arms]
    assert len(many.arms) == len(few.arms) + 2
    one, other = numbers(compare(few), names), numbers(compare(many), names)
    assert all(one.values())
    assert one.keys() == other.keys()
    for name, content in one.items():
        assert content == other[name], name


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_threads_and_small_tasks_change_no_table(tmp_path):
    scenario = small.scenario(tmp_path, more=LIFE)
    one, other = compare(scenario), compare(scenario, chunk=5)
    names = [arm.name for arm in scenario.arms]
    assert numbers(one, names) == numbers(other, names)
    assert one.provenance == other.provenance


def test_it_is_told_how_many_tasks_are_done(tmp_path):
    heard = []
    compare(small.scenario(tmp_path), progress=lambda done, total: heard.append((done, total)), chunk=10)
    assert heard == [(done, 5) for done in range(6)]


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A comparison in real life, whose ledger was written to a file beside its scenario."""
    folder = tmp_path_factory.mktemp("lived")
    arms = f"{small.ARMS}  cycles:\n    regimen: {{il2: '{CYCLES}', tocilizumab: 8 mg/kg (max 600 mg) IV weekly x 3 over 1 h}}\n    rest: drawn\n"
    population = "{subjects: 6, seed: 3, draws: 3, body: {weight: {typical: 70 kg, cv: 0.2}}}"
    endpoints = ENDPOINTS.replace("]", ", mean of treg_fold to 2 weeks per MIU]")
    words = small.text(models="[balance]", arms=arms, population=population, more=LIFE, endpoints=endpoints)
    result = compare(small.written(folder, words))
    result.to_frame("ledger").to_csv(folder / "ledger.csv", index=False)
    return folder, words, result


@pytest.mark.parametrize("arm", ["low, real life", "high, real life", "cycles", "cycles, real life"])
def test_a_ledger_that_was_written_gives_the_same_results_again(arm, lived):
    folder, words, before = lived
    start = words.index("arms:\n") + len("arms:\n")
    arms = f"  again:\n    ledger: ledger.csv\n    arm: {arm}\n  two cycles:\n    regimen: {CYCLES}\n    rest: midpoint\n"
    result = compare(small.written(folder, words[:start] + arms + words[words.index("endpoints: ") :]))
    assert [entry.name for entry in result.scenario.arms] == ["again", "two cycles", "two cycles, real life"]
    # A ledger holds the people of the first parameter draw.
    mine, theirs = result.collected.values["balance", "again"], before.collected.values["balance", arm]
    assert mine[:, 0].tobytes() == theirs[:, 0].tobytes()
    mine, theirs = result.collected.status["balance", "again"], before.collected.status["balance", arm]
    assert mine[0].tobytes() == theirs[0].tobytes()
    was = before.to_frame("ledger")[before.to_frame("ledger")["arm"] == arm].drop(columns="arm").reset_index(drop=True)
    again = result.to_frame("ledger")[result.to_frame("ledger")["arm"] == "again"].drop(columns="arm").reset_index(drop=True)
    pd.testing.assert_frame_equal(again, was)
    columns = ["given_miu", "given_low", "given_high", "missed", "late", "stopped"]
    given = before.to_frame("given").set_index("arm").loc[arm, columns].tolist()
    assert result.to_frame("given").set_index("arm").loc["again", columns].tolist() == given
    assert result.provenance.ledgers.keys() == {str(folder / "ledger.csv")}


def test_a_ledger_of_one_subject_is_replayed_for_the_typical_one(tmp_path):
    words = small.text(
        population="{subjects: 1, seed: 3}",
        more="real_life: {missed: 0.6}\n",
        endpoints="[peak of treg_fold, peak of treg_fold per MIU]",
    )
    first = compare(small.written(tmp_path, words))
    doses = first.to_frame("ledger")[first.to_frame("ledger")["arm"] == "low, real life"]
    assert 0 < (doses["reason"] == "missed").sum() < len(doses)
    first.to_frame("ledger").to_csv(tmp_path / "ledger.csv", index=False)
    arms = "  again:\n    ledger: ledger.csv\n    arm: low, real life\n  plan:\n    regimen: 0.5 MIU SC daily x 5\n"
    again = compare(small.scenario(tmp_path, population="", arms=arms, endpoints="[peak of treg_fold, peak of serum_il2]"))
    pd.testing.assert_frame_equal(again.to_frame("ledger").drop(columns="arm"), doses.drop(columns="arm").reset_index(drop=True))
    peaks = {arm: again.collected.values["turnover", arm][0, 0, 0] for arm in ("again", "plan")}
    assert 1.0 < peaks["again"] < peaks["plan"]
    assert again.to_frame("given")[["arm", "planned_miu", "given_miu"]].to_numpy().tolist() == [
        ["again", 2.5, doses["given"].sum() / 1e6]
    ]


NOISE = "visits: {second: 2 days, later: 10 days}\n"


def test_visits_show_true_values_and_noise_of_the_asked_for_size_and_endpoints_have_none(tmp_path):
    population, endpoints = "{subjects: 100, seed: 3, draws: 4}", "[treg_fold at later, treg_fold at 2 days]"
    quiet = small.scenario(tmp_path, population=population, endpoints=endpoints, more=NOISE)
    loud = small.scenario(
        tmp_path, population=population, endpoints=endpoints, more=NOISE + "noise: {day_to_day: 0.3, residual: 0.2}\n"
    )
    silent, result = compare(quiet), compare(loud)
    assert silent.to_frame("observations").empty
    for pair, values in result.collected.values.items():
        assert values.tobytes() == silent.collected.values[pair].tobytes()
    pd.testing.assert_frame_equal(result.to_frame("trajectories"), silent.to_frame("trajectories"))
    table = result.to_frame("observations")
    assert table.columns.tolist() == ["arm", "model", "observable", "unit", "draw", "subject", "time_h", "true", "observed", "id"]
    assert len(table) == 3 * 2 * BAND_RUNS
    assert set(table["observable"]) == {"treg_fold"}
    by_arm = {}
    for arm, rows in table.groupby("arm"):
        for time, place in ((240.0, 0), (48.0, 1)):
            here = rows[rows["time_h"] == time]
            values = result.collected.values["turnover", arm][place][here["draw"], here["subject"]]
            np.testing.assert_allclose(here["true"], values, rtol=1e-5)
        by_arm[arm] = np.log(rows["observed"] / rows["true"]).to_numpy()
    # Of one person on one day, arms differ by the assay alone.
    for other in ("high", "placebo"):
        assay = by_arm["low"] - by_arm[other]
        size = np.sqrt(2 * np.log1p(0.2**2))
        assert assay.std() == pytest.approx(size, abs=3.5 * size / np.sqrt(2 * assay.size))
    noise = by_arm["low"].reshape(2, -1)
    asked = np.sqrt(np.log1p(0.3**2) + np.log1p(0.2**2))
    # The standard error of a standard deviation of n normal numbers is itself over sqrt(2 n); that of a mean is it over sqrt(n).
    assert noise.std() == pytest.approx(asked, abs=3.5 * asked / np.sqrt(2 * noise.size))
    assert abs(noise.mean()) < 3.5 * asked / np.sqrt(noise.size)
    assert abs(np.corrcoef(noise)[0, 1]) < 3.5 / np.sqrt(noise.shape[1])


@pytest.mark.parametrize(("noise", "cv"), [("day_to_day: 1.5", 1.5), ("residual: 0.1", 0.1)])
def test_one_kind_of_noise_alone_has_its_own_size(noise, cv, tmp_path):
    scenario = small.scenario(
        tmp_path, population="{subjects: 400, seed: 3}", endpoints="[treg_fold at later]", more=NOISE + f"noise: {{{noise}}}\n"
    )
    table = compare(scenario).to_frame("observations").query("arm == 'low'")
    spread, asked = np.log(table["observed"] / table["true"]).std(), np.sqrt(np.log1p(cv**2))
    assert spread == pytest.approx(asked, abs=3.5 * asked / np.sqrt(2 * len(table)))


def test_the_table_of_equal_totals_says_how_each_was_made(tmp_path):
    arms = small.ARMS.replace("2 MIU/m2", "2 MIU")
    result = compare(small.scenario(tmp_path, arms=arms, more="equalise: {total: 6 MIU, by: amount, step: 0.25 MIU}\n"))
    assert result.to_frame("equal_total").to_dict("records") == [
        {"arm": "low, 6.25 MIU", "of": "low", "lever": "amount", "before": "0.5 MIU", "after": "1.25 MIU", "factor": 2.4,
         "planned_miu": 2.5, "target_miu": 6.0, "difference_miu": 0.25},
        {"arm": "high, 6.25 MIU", "of": "high", "lever": "amount", "before": "2 MIU", "after": "1.25 MIU", "factor": 0.6,
         "planned_miu": 10.0, "target_miu": 6.0, "difference_miu": 0.25},
    ]  # fmt: skip
    row = (
        result.to_frame("contrasts")
        .query("arm == 'low, 6.25 MIU' and against == 'high, 6.25 MIU' and endpoint == 'peak of treg_fold'")
        .iloc[0]
    )
    assert (row["difference"], row["ratio"], row["probability"]) == (0.0, 1.0, 0.5)


def test_individual_curves_are_those_of_the_endpoints_and_as_many_as_asked_for(tmp_path):
    words = small.text(population="{subjects: 6, seed: 3, draws: 2}", endpoints="[treg_fold at 5 days]").replace(
        "24 h}", "24 h, individuals: 3}"
    )
    result = compare(small.written(tmp_path, words))
    table = result.to_frame("individuals").query("observable == 'treg_fold' and time_h == 120.0 and arm == 'low'")
    assert list(zip(table["draw"], table["subject"], strict=True)) == [(0, 0), (0, 1), (0, 2)]
    np.testing.assert_allclose(table["value"], result.collected.values["turnover", "low"][0, 0, :3], rtol=1e-5)


def test_a_body_table_has_every_subject_of_every_draw_where_bodies_differ(tmp_path):
    bodies = "{subjects: 3, seed: 3, draws: 2, body: {female: 0.5, weight: {typical: 70 kg, cv: 0.2}}}"
    table = compare(small.scenario(tmp_path, population=bodies)).to_frame("subjects")
    assert list(zip(table["draw"], table["subject"], strict=True)) == [(d, s) for d in range(2) for s in range(3)]
    assert len(set(table["weight_kg"])) == 6
    assert set(table["height_cm"]) == {167.0}
    assert compare(small.scenario(tmp_path)).to_frame("subjects").empty


@pytest.mark.no_cover  # slow under the tracer, and no line is run by them alone
@pytest.mark.parametrize("name", shipped.names("scenarios"))
def test_every_shipped_scenario_runs_at_a_reduced_size_and_has_a_page(name):
    result = small.shipped_run(name)
    assert set(result.to_frame("statuses")["status"]) <= {"ok", "not modelled"}
    assert not result.to_frame("summary")["median"].isna().all()
    html = small.shipped_page(name)
    for arm in result.scenario.arms:
        assert arm.name in html, arm.name


REPEATS, LEAST = 40, 28
"""The 5th to 95th percentile of n draws holds one draw more with probability 0.9 (n - 1) / (n + 1), which is 0.86 for 40; then
fewer than 28 of 40 do in 0.3 % of cases (binomial)."""


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_the_confidence_interval_of_a_contrast_holds_truths_drawn_from_the_posterior(tmp_path):
    arms = "  low:\n    regimen: 0.5 MIU SC daily x 5\n  high:\n    regimen: 2 MIU SC daily x 5\n"
    population = f"{{subjects: 10, seed: 99, draws: {REPEATS}}}"
    words = small.text(arms=arms, population=population, endpoints="[peak of treg_fold]").replace("3 weeks", "1 week")
    scenario = replace(small.written(tmp_path, words), observe_h=np.array([0.0, 168.0]))
    # The truth of a repetition is a row of the posterior, seen in many subjects; every seed has its own order of rows.
    world = compare(replace(scenario, population=replace(scenario.population, subjects=200))).outcomes
    low, high = (world.of("turnover", arm, world.endpoints[0]) for arm in ("low", "high"))
    truths = over_subjects(low - high, "median")
    assert len(set(truths)) > REPEATS / 2
    held = 0
    for repeat, truth in enumerate(truths):
        study = replace(scenario, population=replace(scenario.population, seed=1000 + repeat, draws=40))
        row = compare(study).to_frame("contrasts").iloc[0]
        assert (row["arm"], row["against"], row["draws"]) == ("low", "high", 40)
        held += row["difference_low"] <= truth <= row["difference_high"]
    assert held >= LEAST


@pytest.mark.parametrize(
    ("population", "who"), [("{subjects: 6, seed: 3, draws: 4}", "subjects: 6, draws: 4"), ("", "the typical subject")]
)
def test_the_repr_of_a_comparison_is_one_short_line(population, who, tmp_path):
    result = compare(small.scenario(tmp_path, population=population))
    assert repr(result) == f"<Comparison 'Small', arms: 3, models: 1, {who}>"

"""Arms with rules in a study: equal bits however the work is cut, ledgers that give the curves again, and what is said of them."""

import numpy as np
import pytest

from regimens import ExposureMismatch, Scenario, compare
from regimens.rules.ladder import ACTIONS
from regimens.rules.possible import possible_totals
from regimens.study.ruled import ON_HOLD, STOPPED
from regimens.study.study import guides_of
from regimens.subject import Subject
from tests.small import collected, scenario, text, written

LADDER = """\
    rules:
      decide: before each cycle
      look at: {treg_fold: {noise: 0.2, delay: 1 day}}
      rules:
        - stop if treg_fold above 6
        - hold while treg_fold above 3.5, resume when below 2
        - lower one level if treg_fold above 2.6
        - raise one level if treg_fold below 1.5
      levels: [0.5 MIU, 1 MIU, 2 MIU]
"""
PLAN = "    regimen: (1 MIU SC daily x 2, rest 2 days) x 5\n"
ARMS = f"  fixed:\n{PLAN}  ruled:\n{PLAN}{LADDER}"
NEVER = f"  fixed:\n{PLAN}  never:\n{PLAN}{LADDER[: LADDER.index('      rules:')]}      rules: [stop if treg_fold above 900]\n"
ENDPOINTS = "[peak of treg_fold, mean of treg_fold to 2 weeks, treg_fold at end of cycle 2]"


def small(folder, **parts):
    return scenario(folder, **{"arms": ARMS, "endpoints": ENDPOINTS, **parts})


def arrays(found):
    yield from (found.values[key] for key in sorted(found.values))
    yield from (found.status[key] for key in sorted(found.status))
    for bands in (found.bands[key] for key in sorted(found.bands)):
        yield from (bands.median, bands.low, bands.high, bands.individuals, bands.visits)
    for ruled in (found.ruled[key] for key in sorted(found.ruled)):
        yield from (ruled.total, ruled.planned, ruled.level, ruled.reasons)
    for kept in (found.written[key] for key in sorted(found.written)):
        yield from kept.values()


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize("more", ["", "real_life: {missed: 0.2, late: {share: 0.3, up_to: 6 h}, stop_early: 0.2}\n"])
def test_neither_chunks_nor_their_order_change_a_bit(more, tmp_path):
    read = small(tmp_path, more=more)
    _, whole = collected(read)
    _, cut = collected(read, chunk=5, order=lambda work: work[::-1])
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(arrays(whole), arrays(cut), strict=True))
    assert len(np.unique(whole.ruled["turnover", "ruled"].total)) > 2


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_more_subjects_change_nothing_for_the_first_ones(tmp_path):
    _, few = collected(small(tmp_path, population="{subjects: 3, seed: 3, draws: 2}"))
    _, many = collected(small(tmp_path, population="{subjects: 9, seed: 3, draws: 2}"))
    one, other = (found.ruled["turnover", "ruled"] for found in (few, many))
    assert np.array_equal(one.total, other.total[:, :3])
    assert np.array_equal(one.level, other.level[:, :3])


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize("start", ["", "at steady state of 0.5 MIU SC weekly, "])
@pytest.mark.parametrize("model", ["turnover", "expansion"])
def test_a_rule_that_never_applies_gives_the_bytes_of_the_fixed_arm(model, start, tmp_path):
    arms = NEVER.replace("regimen: ", f"regimen: {start}")
    study, found = collected(small(tmp_path, arms=arms, models=f"[{model}]"))
    assert study.arms[1].twin == 1
    assert found.values[model, "never"].tobytes() == found.values[model, "fixed"].tobytes()
    for name in ("median", "low", "high", "individuals", "visits"):
        one, other = (getattr(found.bands[model, arm], name) for arm in ("never", "fixed"))
        assert one.tobytes() == other.tobytes()
    assert np.all(found.ruled[model, "never"].level == 0)
    assert np.all(found.written[model, "never"]["same"])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return compare(small(tmp_path_factory.mktemp("ruled"), more="real_life: {missed: 0.2}\n"))


def test_the_ledger_given_again_gives_the_same_endpoints_to_the_last_bit(tmp_path):
    population = "{subjects: 6, seed: 3}"
    first = compare(small(tmp_path, population=population))
    (tmp_path / "ledger.csv").write_text(first.ledger.to_csv(), encoding="utf-8")
    again = "  again:\n    ledger: ledger.csv\n    arm: ruled\n    model: turnover\n"
    second = compare(small(tmp_path, population=population, arms=again))
    one, other = first.collected.values["turnover", "ruled"], second.collected.values["turnover", "again"]
    assert one.tobytes() == other.tobytes()
    assert Scenario.from_text(second.scenario.to_yaml(), folder=tmp_path) == second.scenario


def test_every_run_says_that_ledgers_give_their_curves_again(made):
    (row, real) = made.ruled.replays
    assert (row.arm, row.model, row.sample, row.subjects) == ("ruled", "turnover", 6, 6)
    assert real.subjects == real.sample
    assert (row.apart, real.apart) == (0.0, 0.0)
    assert made.provenance.as_mapping()["ledgers replayed"]["ruled, turnover"] == (
        "6 of 6 subjects have the same curve to the last bit; values at decisions are on it to the last bit"
    )


def test_shares_at_levels_add_up_and_totals_are_those_of_the_ledger(made):
    levels = made.to_frame("rule_levels")
    sums = levels.groupby(["arm", "decision"])["share"].sum()
    assert np.allclose(sums, 1.0)
    assert set(levels["level"]) <= {"0.5 MIU", "1 MIU", "2 MIU", "held", "stopped"}
    ledger = made.to_frame("ledger")
    own = ledger[(ledger["arm"] == "ruled") & (ledger["given_h"] < 504)]
    totals = own.groupby("subject")["given"].sum().to_numpy()
    assert np.array_equal(totals, made.collected.ruled["turnover", "ruled"].total[0])
    (row, _) = made.ruled.totals
    whole = made.collected.ruled["turnover", "ruled"].total / 1e6
    assert (row.mean, row.least, row.most) == (pytest.approx(whole.mean()), whole.min(), whole.max())
    assert row.planned == 10.0


def test_levels_in_the_table_are_those_of_the_log(made):
    log = made.to_frame("decisions")
    own = log[(log["arm"] == "ruled") & (log["subject"] == 0)]
    level = made.collected.ruled["turnover", "ruled"].level[0, 0, 1:]
    names = {0: "0.5 MIU", 1: "1 MIU", 2: "2 MIU", ON_HOLD: "0", STOPPED: "0"}
    assert own["amount"].tolist() == [names[code] for code in level]
    assert set(log["action"]) <= set(ACTIONS)
    followed = log[log["action"].isin(["raised", "lowered", "held", "stopped"])]
    assert (followed["rule"] != "").all()
    assert (log[log["action"] == "as before"]["rule"] == "").all()


def test_fixed_doses_of_the_same_mean_total_are_held_against_the_rules(made):
    frame = made.to_frame("rule_equal_total")
    own = frame[frame["arm"] == "ruled"]
    assert own["against"].unique().tolist() == ["ruled, fixed at the same mean total"]
    total = made.ruled.totals[0]
    assert own["mean_total"].unique().tolist() == [total.mean]
    assert own["factor"].iloc[0] == pytest.approx(total.mean / total.planned)
    assert {row.endpoint for row in made.ruled.same_mean[0].verdicts} == {
        "peak of treg_fold",
        "mean of treg_fold to 2 weeks",
        "treg_fold at end of cycle 2",
    }


def test_fixed_doses_of_the_same_mean_total_are_those_of_an_arm_written_so(tmp_path):
    first = compare(small(tmp_path, population="{subjects: 5, seed: 3}"))
    factor = first.ruled.same_mean[0].factor["turnover"]
    arms = f"  ruled:\n{PLAN}{LADDER}  other:\n{PLAN.replace('1 MIU', f'{factor * 1e6!r} IU')}"
    second = compare(small(tmp_path, population="{subjects: 5, seed: 3}", arms=arms))
    held = next(row for row in second.versus.contrasts if row.endpoint == "peak of treg_fold")
    same = next(row for row in first.ruled.same_mean[0].contrasts if row.endpoint == "peak of treg_fold")
    assert (held.difference, held.ratio) == (pytest.approx(same.difference, rel=1e-9), pytest.approx(same.ratio, rel=1e-9))


def test_a_limit_that_rules_can_break_ends_the_run_before_any_curve(tmp_path):
    read = small(tmp_path, arms=ARMS + "      limits: [total at most 12 MIU]\n")
    with pytest.raises(ExposureMismatch) as raised:
        compare(read)
    assert str(raised.value).replace(f"{tmp_path}/", "") == (
        "small.yaml:20: Arm 'ruled': `limits` says 'total at most 12 MIU', but the rules can lead to 18 MIU (2 doses of 1 MIU, "
        "then 8 doses of 2 MIU). The rule 'stop at a total of 12 MIU' makes it hold."
    )


def test_the_rule_that_the_message_names_makes_the_limit_hold(tmp_path):
    rule = "        - stop at a total of 12 MIU\n      levels:"
    arms = ARMS.replace("      levels:", rule) + "      limits: [total at most 12 MIU]\n"
    made = compare(small(tmp_path, arms=arms, population="{subjects: 20, seed: 3}"))
    (row,) = made.ruled.possible
    assert (row.largest, row.largest_doses) == (12.0, "2 doses of 1 MIU, then 5 doses of 2 MIU")
    totals = made.collected.ruled["turnover", "ruled"].total / 1e6
    assert totals.max() <= 12.0
    assert "stopped by rule" in set(made.to_frame("ledger")["reason"])
    assert made.ruled.replays[0].subjects == made.ruled.replays[0].sample


ISSUE = """\
  escalating:
    regimen: (0.5 MIU SC daily x 5, rest 9 days) x 8
    rules:
      decide: before each cycle
      look at: {treg_fold: {noise: 0.15, delay: 2 days}, eosinophil_fold: {noise: 0.1}}
      first dose: as planned
      rules:
        - hold while eosinophil_fold above 3, resume one level lower when below 2
        - raise one level if treg_fold below 2 at two visits in a row
        - lower one level if treg_fold above 4
        - stop if treg_fold below 1.2 after 4 cycles
        - stop at a total of 21 MIU
      levels: [0.25 MIU, 0.5 MIU, 1 MIU, 1.5 MIU, 3 MIU]
      limits: [total at most 21 MIU, at most 1.5 MIU a dose from cycle 6]
"""


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
def test_a_protocol_with_limits_runs_once_its_rules_make_them_hold(tmp_path):
    def long(arms):
        parts = {"models": "[balance]", "population": "{subjects: 6, seed: 3}", "endpoints": "[peak of treg_fold]"}
        return written(tmp_path, text(arms=arms, **parts).replace("horizon: 3 weeks", "horizon: 16 weeks"))

    without = ISSUE.replace("        - stop at a total of 21 MIU\n", "")
    with pytest.raises(ExposureMismatch) as raised:
        compare(long(without))
    assert [line.split("limits` says ")[1] for line in str(raised.value).splitlines()] == [
        "'total at most 21 MIU', but the rules can lead to 60 MIU (10 doses of 0.5 MIU, then 10 doses of 1 MIU, then 10 doses of "
        "1.5 MIU, then 10 doses of 3 MIU). The rule 'stop at a total of 21 MIU' makes it hold.",
        "'at most 1.5 MIU a dose from cycle 6', but the rules can lead to 3 MIU in cycle 7. The rule 'cap doses at 1.5 MIU from "
        "cycle 6' makes it hold.",
    ]
    (row,) = possible_totals(guides_of(long(ISSUE)), Subject())
    assert (row.largest, row.broken) == (21.0, ())
    made = compare(long(ISSUE))
    ledger = made.to_frame("ledger")
    assert ledger.groupby("subject")["given"].sum().max() <= 21e6
    assert ledger[ledger["cycle"] >= 6]["given"].max() <= 1.5e6
    assert Scenario.from_text(made.scenario.to_yaml()) == made.scenario


def test_a_model_without_what_rules_look_at_does_not_model_the_arm(tmp_path):
    arms = ARMS.replace("treg_fold: {noise: 0.2, delay: 1 day}", "treg_fold: {}, eosinophil_fold: {}").replace(
        "stop if treg_fold above 6", "stop if eosinophil_fold above 2"
    )
    made = compare(small(tmp_path, arms=arms, models="[turnover, balance]", population="{subjects: 2, seed: 1}"))
    assert ("turnover", "ruled") not in made.bands
    assert ("balance", "ruled") in made.bands
    assert [
        row.subjects for row in made.statuses if (row.arm, row.model, row.status) == ("ruled", "turnover", "not modelled")
    ] == [2]
    assert (
        "The model 'turnover' has no 'eosinophil_fold', at which rules look: the arm 'ruled' is not modelled under it."
        in made.warnings
    )


def test_the_typical_subject_follows_rules_without_noise(tmp_path):
    arms = ARMS.replace("{noise: 0.2, delay: 1 day}", "{delay: 1 day}")
    made = compare(small(tmp_path, arms=arms, population=""))
    log = made.to_frame("decisions")
    seen = log["true"].notna()
    assert seen.sum() == 4
    assert (log["true"] == log["seen"])[seen].all()


def test_what_is_missed_is_not_looked_at_in_the_twin_in_real_life(made):
    log, ledger = made.to_frame("decisions"), made.to_frame("ledger")
    real = log[(log["arm"] == "ruled, real life") & (log["action"] == "not made: dose missed")]
    assert len(real)
    assert real["time_h"].isna().all()
    missed = ledger[
        (ledger["arm"] == "ruled, real life") & (ledger["reason"] == "missed") & (ledger["dose"] == 1) & (ledger["cycle"] > 1)
    ]
    assert set(zip(real["subject"], real["decision"] + 1, strict=True)) == set(
        zip(missed["subject"], missed["cycle"], strict=True)
    )


def test_a_drug_that_rules_give_counts_where_models_are_chosen(tmp_path):
    ladder = LADDER.replace("stop if treg_fold above 6", "give tocilizumab 8 mg/kg IV once over 1 h if treg_fold above 2")
    made = compare(
        small(tmp_path, arms=f"  ruled:\n{PLAN}{ladder}", models="[turnover, balance]", population="{subjects: 3, seed: 1}")
    )
    assert {model for model, _ in made.bands} == {"balance"}
    ledger = made.to_frame("ledger")
    given = ledger[ledger["drug"] == "tocilizumab"]
    assert set(given["reason"]) == {"given by rule"}
    assert (given["given"] == 8.0).all()
    assert made.ruled.replays[0].subjects == made.ruled.replays[0].sample
    totals = {row.drug: row for row in made.ruled.totals}
    assert list(totals) == ["il2", "tocilizumab"]
    got = given.assign(mg=given["given"] * 70.0).groupby("subject")["mg"].sum().reindex(range(3), fill_value=0.0)
    row = totals["tocilizumab"]
    assert (row.unit, row.planned, row.mean, row.most) == ("mg", 0.0, pytest.approx(got.mean()), got.max())
    assert np.isnan([row.raised, row.reduced, row.held, row.stopped]).all()
    assert [(each.drug, each.least, each.largest, each.largest_doses) for each in made.ruled.possible][1] == (
        "tocilizumab",
        0.0,
        560.0,
        "1 dose of 560 mg",
    )
    again = text(
        arms="  again:\n    ledger: ledger.csv\n    arm: ruled\n",
        models="[balance]",
        population="{subjects: 3, seed: 1}",
        endpoints=ENDPOINTS,
    )
    (tmp_path / "ledger.csv").write_text(made.ledger.to_csv(), encoding="utf-8")
    second = compare(written(tmp_path, again.replace("arm: ruled\n", "arm: ruled\n    model: balance\n")))
    assert second.collected.values["balance", "again"].tobytes() == made.collected.values["balance", "ruled"].tobytes()


def test_another_drug_comes_so_often_at_most_and_so_far_apart(tmp_path):
    rule = "give tocilizumab 100 mg IV over 1 h at most two times at least 5 days apart if treg_fold above 0.5"
    ladder = LADDER.replace("stop if treg_fold above 6", rule).replace(
        "above 3.5, resume when below 2", "above 900, resume when below 2"
    )
    ladder += "      limits: [total tocilizumab at most 200 mg]\n"
    made = compare(small(tmp_path, arms=f"  ruled:\n{PLAN}{ladder}", models="[balance]", population="{subjects: 3, seed: 1}"))
    given = made.to_frame("ledger").query("drug == 'tocilizumab'")
    # Decisions are every 4 days: the second dose waits for the one after next.
    assert given.groupby("subject")["given_h"].apply(list).tolist() == [[96.0, 288.0]] * 3
    assert given["cycle"].tolist() == [1, 2] * 3
    log = made.to_frame("decisions")
    assert (log["action"] == "dose of another drug").sum() == 6
    (_, row) = made.ruled.possible
    assert (row.drug, row.largest_doses, row.limits) == ("tocilizumab", "2 doses of 100 mg", "total tocilizumab at most 200 mg")
    assert "The rules of ‘ruled’ gave tocilizumab: 200 mg a subject in the mean, 200 at the most." in made.to_html()


def test_a_total_of_another_drug_that_rules_can_break_is_refused(tmp_path):
    rule = "give tocilizumab 100 mg IV over 1 h at most three times if treg_fold above 0.5"
    ladder = LADDER.replace("stop if treg_fold above 6", rule) + "      limits: [total tocilizumab at most 200 mg]\n"
    with pytest.raises(ExposureMismatch) as raised:
        compare(small(tmp_path, arms=f"  ruled:\n{PLAN}{ladder}", models="[balance]"))
    assert str(raised.value).split(": ", 1)[1] == (
        "Arm 'ruled': `limits` says 'total tocilizumab at most 200 mg', but the rules can lead to 300 mg (3 doses of 100 mg)."
    )


def test_what_arms_with_rules_gave_stands_beside_what_others_gave(made):
    frame = made.to_frame("given")
    own = frame[frame["arm"] == "ruled"].iloc[0]
    assert (own["model"], own["planned_miu"], own["missed"]) == ("turnover", 10.0, 0.0)
    ledger = made.to_frame("ledger").query("arm == 'ruled' and given_h < 504")
    assert own["given_miu"] == pytest.approx(ledger.groupby("subject")["given"].sum().median() / 1e6)
    real = frame[frame["arm"] == "ruled, real life"].iloc[0]
    assert real["missed"] > 0.05
    assert frame[frame["arm"] == "fixed, real life"]["model"].tolist() == [""]


def test_steps_that_led_to_decisions_are_counted(tmp_path):
    plain = compare(small(tmp_path, arms=f"  fixed:\n{PLAN}", population="{subjects: 4, seed: 3}"))
    never = compare(small(tmp_path, arms=NEVER.split("  never:")[1].join(["  never:", ""]), population="{subjects: 4, seed: 3}"))
    # The doses of both are the same: what is more are the steps to the decisions, and those of the arm at the same mean total.
    more = never.provenance.steps - plain.provenance.steps
    assert never.ruled.steps[0] < more < plain.provenance.steps * 4

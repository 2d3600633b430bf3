"""What is legal and odd: each rule where it applies and where it does not, and the exact findings of every shipped scenario."""

import pytest

from regimens.lint import ARM_RULES, SCENARIO_RULES, lint_scenario, lint_text
from regimens.shipped import folder
from tests.test_cli import run

SCENARIO = """\
title: Odd
models: [{models}]
horizon: {horizon}
{more}arms:
  one:
    regimen: {regimen}
    {expect}
{arms}endpoints:
{endpoints}
"""


@pytest.fixture
def lint(tmp_path):
    def linted(
        regimen="1 MIU SC daily x 5",
        horizon="8 weeks",
        more="",
        arms="",
        endpoints=("mean of treg_fold",),
        models="turnover",
        expect="expect: {doses: 5}",
    ):
        listed = "\n".join(f"  - {text}" for text in endpoints)
        path = tmp_path / "odd.yaml"
        path.write_text(
            SCENARIO.format(
                models=models, horizon=horizon, more=more, regimen=regimen, expect=expect, arms=arms, endpoints=listed
            ),
            encoding="utf-8",
        )
        return [(found.rule, found.message, found.line, found.column) for found in lint_scenario(path)]

    return linted


def texts(text, day_0=None):
    return [(found.rule, found.message) for found in lint_text(text, day_0)]


def test_a_plain_scenario_and_a_plain_text_have_no_finding(lint):
    assert lint() == []
    assert texts("1 MIU SC daily x 5") == []


def test_doses_after_the_horizon_are_counted(lint):
    said = "Arm 'one': 3 of 5 doses lie at or after the horizon of 2 days and are not given (3 MIU of il2)."
    assert lint(horizon="2 days") == [("after-horizon", said, 6, 14)]
    assert lint(horizon="5 days") == []


def test_doses_that_a_scenario_takes_from_the_library_are_looked_at_where_it_names_them(lint):
    found = lint(arms="  two:\n    use: koreth-2011-1\n")
    assert [(rule, line, column) for rule, _, line, column in found] == [("no-expect", 8, 3), ("no-vial-step", 9, 10)]


def test_a_cycle_that_the_horizon_cuts_is_named(lint):
    cycles = "(1 MIU SC daily x 5, rest 9 days) x 2"
    assert lint(cycles, horizon="16 days")[1:] == [
        ("cycle-cut-short", "Arm 'one': cycle 2 of il2 is cut short: the horizon of 16 days leaves 2 of its 5 doses.", 6, 14)
    ]
    assert [rule for rule, *_ in lint(cycles, horizon="14 days")] == ["after-horizon"]
    assert lint(cycles, horizon="19 days") == []


def test_weekends_are_found_where_the_weekday_of_day_0_is_stated(lint):
    found = ("weekend", "2 of 7 doses of il2 fall on a weekend (1 on Saturdays, 1 on Sundays; day 0 is a Monday).")
    assert texts("1 MIU SC daily x 7", "Monday") == [found]
    assert texts("1 MIU SC daily x 7") == texts("1 MIU SC daily x 5", "Monday") == []
    assert texts("1 MIU SC weekly x 3", "Sunday") == [
        ("weekend", "3 of 3 doses of il2 fall on a weekend (0 on Saturdays, 3 on Sundays; day 0 is a Sunday).")
    ]
    said = "Arm 'one': 1 of 5 doses of il2 fall on a weekend (1 on Saturdays, 0 on Sundays; day 0 is a Tuesday)."
    assert lint(more="day 0: Tuesday\n") == [("weekend", said, 7, 14)]


def test_weekends_are_found_where_the_text_names_weekdays(lint):
    said = "4 of 4 doses of il2 fall on a weekend (2 on Saturdays, 2 on Sundays; day 0 is a Saturday)."
    assert texts("1 MIU SC on Sat and Sun x 4") == [("weekend", said)]
    assert texts("1 MIU SC on Mon, Wed and Fri x 4") == []
    assert ("weekend", f"Arm 'one': {said}", 6, 14) in lint(regimen="1 MIU SC on Sat and Sun x 4", expect="expect: {doses: 4}")


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("1 MIU SC daily x 2, rest 60 h, 1 MIU SC daily x 2", "2 different times of day: 0 h and 12 h"),
        ("1 MIU SC every 36 h x 3", "2 different times of day: 0 h and 12 h"),
        ("1 MIU SC every 25 h x 6", "6 different times of day: 0 h, 1 h, 2 h and 3 h and others"),
    ],
)
def test_times_of_day_that_change_without_being_meant_are_said(text, times):
    assert texts(text) == [("no-whole-days", f"doses of il2 start at {times} after that of the first moment.")]


@pytest.mark.parametrize("text", ["1 MIU SC every 8 h x 9", "1 MIU SC twice daily x 4", "1 MIU SC on days 0 and 3 of each week x 4",
                                  "rest 12 h, 1 MIU SC daily x 3"])  # fmt: skip
def test_times_of_day_that_are_meant_are_not_said(text):
    assert texts(text) == []


VIAL = "the steps of a 1 mL syringe in 0.01 mL at 1 MIU/mL; undiluted, at the label's 18 MIU/mL, a step is 0.18 MIU"


def test_amounts_of_il2_that_no_syringe_gives_are_said():
    assert texts("0.333 MIU SC daily x 5") == [("no-vial-step", f"0.333 MIU is no multiple of 0.01 MIU ({VIAL}).")]
    (found,) = lint_text("0.26 MIU/m2 SC weekly x 2")
    assert (found.message, found.advice) == (
        "0.26 MIU/m2 has no step: a person of 1.8 m2 gets 0.468 MIU, and every other size another amount.",
        f"Write for example '0.26 MIU/m2 (in steps of 0.01 MIU)' ({VIAL}).",
    )
    for text in ("1.46 MIU SC daily x 5", "0.26 MIU/m2 (in steps of 0.01 MIU) SC weekly x 2", "drug: 0.3333 mg/kg IV once"):
        assert texts(text) == []


def test_a_changed_interval_is_said_in_its_own_words():
    ((rule, message),) = texts("drug: 300 mg SC weekly x 5, 300 mg SC every 4 weeks x 11")
    assert rule == "changed-interval"
    assert message.startswith("drug: the interval changes without a rest. '300 mg SC every 4 weeks x 11' starts on day 35")


def test_an_arm_without_expect_is_said(lint):
    assert lint(expect="source: {text: a}") == [
        ("no-expect", "Arm 'one' has no 'expect': nothing checks its total of 5 MIU of il2.", 5, 3)
    ]
    assert lint(arms="  two: {regimen: no dose}\n") == []


def test_arms_that_give_the_same_doses_are_said(lint):
    two = "  two: {regimen: (0.5 MIU SC daily x 2) x 1, expect: {doses: 2}}\n"
    same = "  three: {regimen: '1 MIU SC QD x 5', expect: {doses: 5}}\n"
    steady = "  at rest: {regimen: 'at steady state of 1 MIU SC daily, 1 MIU SC QD x 5', expect: {doses: 5}}\n"
    assert lint(arms=steady) == []
    none = "  four: {regimen: no dose}\n  five: {regimen: no dose}\n"
    assert lint(arms=two + same + none) == [
        ("twins", "Arm 'three' gives the same doses as 'one': their curves are the same.", 9, 3),
        ("twins", "Arm 'five' gives no dose, as 'four' does: their curves are the same.", 11, 3),
    ]


def test_a_drug_that_a_model_has_no_input_for_is_said_once(lint):
    other = "  two: {regimen: 'il2: 1 MIU SC once; tocilizumab: 8 mg/kg IV once over 1 h', expect: {doses: {il2: 1}}}\n"
    assert lint(arms=other, models="turnover, expansion, balance") == [
        ("not-modelled", "turnover and expansion have no input for tocilizumab: arm 'two' is not modelled there.", 8, 3)
    ]
    assert lint(arms=other, models="balance", endpoints=["mean of treg_fold"]) == []


def test_an_endpoint_that_some_models_lack_is_said(lint):
    found = lint(models="turnover, balance", endpoints=["mean of treg_fold", "th17_fold at end of each cycle"])
    said = "'th17_fold at end of each cycle' has no number under turnover: it has no observable 'th17_fold'."
    assert found == [("endpoint-of-some-models", said, 10, 5)]


CYCLES = "(1 MIU SC daily x 5, rest 9 days) x 3"


def test_reading_at_peaks_and_near_doses_only_is_said(lint):
    near = ["peak of treg_fold", "treg_fold at 5 days", "treg_fold at 19 days"]
    said = "Arm 'one' is read near doses only: at peaks and, up to 24 h after a dose, on day 5 and 19."
    assert lint(CYCLES, endpoints=near, expect="expect: {doses: 15}") == [("only-peaks", said, 8, 1)]
    for more in (["treg_fold at 12 days"], ["mean of treg_fold"], ["minimum of treg_fold"]):
        assert lint(CYCLES, endpoints=near + more, expect="expect: {doses: 15}") == []
    assert lint(endpoints=near[:2]) == []


@pytest.mark.parametrize(
    ("population", "few"),
    [("", "one draw of the parameters supports"), ("population: {subjects: 5, seed: 1}\n", "one draw of the parameters supports"),
     ("population: {subjects: 5, seed: 1, draws: 19}\n", "19 draws of the parameters support")],
)  # fmt: skip
def test_a_verdict_without_draws_is_said(lint, population, few):
    ((rule, message, line, column),) = lint(more=f"{population}verdict: {{probability: 0.95}}\n")
    assert (rule, message, column) == ("no-verdict", f"There is a 'verdict', but {few} none.", 1)
    assert line == 4 + bool(population)
    assert lint(more="population: {subjects: 5, seed: 1, draws: 20}\nverdict: {probability: 0.95}\n") == []


def test_of_a_range_of_rests_the_longest_is_looked_at(lint):
    found = lint("(1 MIU SC daily x 5, rest 9-16 days) x 2", horizon="20 days", expect="rest: each")
    assert [message for rule, message, *_ in found if rule == "after-horizon"] == [
        "Arm 'one, rest 16 days': 5 of 10 doses lie at or after the horizon of 20 days and are not given (5 MIU of il2)."
    ]


SHIPPED = {
    "dose_finding": [],
    "dose_levels": [],
    "equal_total": [],
    "escalation": [
        (26, "no-vial-step", "Arm 'lowest dose': 0.67 MIU/m2 has no step: a person of 1.8 m2 gets 1.206 MIU, and every other size another amount."),
        (31, "no-vial-step", "Arm 'scheduled escalation': 0.67 MIU/m2 has no step: a person of 1.8 m2 gets 1.206 MIU, and every other size another amount."),
        (31, "no-vial-step", "Arm 'scheduled escalation': 1.33 MIU/m2 has no step: a person of 1.8 m2 gets 2.394 MIU, and every other size another amount."),
        (31, "no-vial-step", "Arm 'scheduled escalation': 2 MIU/m2 has no step: a person of 1.8 m2 gets 3.6 MIU, and every other size another amount."),
        (38, "no-vial-step", "Arm 'until Treg double': 0.67 MIU/m2 has no step: a person of 1.8 m2 gets 1.206 MIU, and every other size another amount."),
        (52, "no-vial-step", "Arm 'until Treg double, held on eosinophilia': 0.67 MIU/m2 has no step: a person of 1.8 m2 gets 1.206 MIU, and every other size another amount."),
        (69, "endpoint-of-some-models", "'peak of eosinophil_fold' has no number under turnover, effect_turnover and expansion: they have no observable 'eosinophil_fold'."),
    ],
    "find_schedule": [],
    "own_data": [],
    "published_trials": [
        (25, "after-horizon", "Arm '1 MIU x 5, then every 2 weeks': 6 of 17 doses lie at or after the horizon of 91 days and are not given (6 MIU of il2)."),
        (37, "no-vial-step", "Arm '0.26 MIU/m2 every 3 days': 0.26 MIU/m2 has no step: a person of 1.8 m2 gets 0.468 MIU, and every other size another amount."),
        (42, "after-horizon", "Arm '1 MIU daily': 89 of 180 doses lie at or after the horizon of 91 days and are not given (89 MIU of il2)."),
        (47, "no-vial-step", "Arm '1 MIU/m2 daily': 1 MIU/m2 has no step: a person of 1.8 m2 gets 1.8 MIU, and every other size another amount."),
    ],
    "real_life": [],
    "rest_ranges": [],
    "seed_trials": [
        (31, "not-modelled", "turnover, effect_turnover and expansion have no input for tocilizumab: arm 'RA, 0.5 MIU x 5 with tocilizumab' is not modelled there."),
        (46, "twins", "Arm 'RA placebo with methotrexate' gives no dose, as 'RA control' does: their curves are the same."),
        (49, "twins", "Arm 'Sjogren, 3 cycles' gives the same doses as 'RA, 3 cycles with methotrexate': their curves are the same."),
        (54, "twins", "Arm 'Sjogren placebo' gives no dose, as 'RA control' does: their curves are the same."),
        (79, "endpoint-of-some-models", "'cd25hi_fraction_fold at end of each cycle' has no number under turnover and effect_turnover: they have no observable 'cd25hi_fraction_fold'."),
        (80, "endpoint-of-some-models", "'th17_fold at one week after a 5-day course' has no number under turnover, effect_turnover and expansion: they have no observable 'th17_fold'."),
        (81, "endpoint-of-some-models", "'th17_treg_ratio_fold at one week after a 5-day course' has no number under turnover, effect_turnover and expansion: they have no observable 'th17_treg_ratio_fold'."),
        (83, "endpoint-of-some-models", "'SMD of th17_fold from baseline to one week after a 5-day course' has no number under turnover, effect_turnover and expansion: they have no observable 'th17_fold'."),
        (84, "endpoint-of-some-models", "'SMD of th17_treg_ratio_fold from baseline to one week after a 5-day course' has no number under turnover, effect_turnover and expansion: they have no observable 'th17_treg_ratio_fold'."),
    ],
    "settle": [],
}  # fmt: skip


def test_every_shipped_scenario_is_looked_at():
    assert sorted(SHIPPED) == sorted(path.stem for path in folder("scenarios").glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_findings_of_a_shipped_scenario_are_these(name):
    found = lint_scenario(folder("scenarios") / f"{name}.yaml")
    assert [(one.line, one.rule, one.message) for one in found] == SHIPPED[name]


def test_every_rule_is_in_one_table_by_its_own_name():
    assert not ARM_RULES.keys() & SCENARIO_RULES.keys()
    assert len({*ARM_RULES.values(), *SCENARIO_RULES.values()}) == len(ARM_RULES) + len(SCENARIO_RULES)


def test_the_command_names_place_rule_and_advice_and_ends_well(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.yaml").write_text(
        SCENARIO.format(models="turnover", horizon="8 weeks", more="", regimen="1 MIU SC daily x 5", expect="source: {text: a}",
                        arms="", endpoints="  - mean of treg_fold"), encoding="utf-8",
    )  # fmt: skip
    code, out, err = run(monkeypatch, capsys, "lint", "odd.yaml", "1 MIU SC daily x 5")
    assert (code, err) == (0, "")
    assert out == (
        "odd.yaml:5:3: Arm 'one' has no 'expect': nothing checks its total of 5 MIU of il2. [no-expect]\n"
        "  Add what the protocol says.\n"
        "1 MIU SC daily x 5: nothing odd was found.\n"
    )
    assert run(monkeypatch, capsys, "lint", "1 MUI SC daily x 5")[0] == 2
    code, _, err = run(monkeypatch, capsys, "lint", "odd.yaml", "--day-0", "Monday")
    assert code == 2
    assert err.endswith("Error: --day-0 is for protocol text. A scenario states its weekday itself, with 'day 0: Monday'.\n")
    assert run(monkeypatch, capsys, "lint", "1 MIU SC daily x 6", "--day-0", "Monday")[1] == (
        "1 MIU SC daily x 6: 1 of 6 doses of il2 fall on a weekend (1 on Saturdays, 0 on Sundays; day 0 is a Monday). [weekend]\n"
        "  Clinics may be closed.\n"
    )


def test_a_model_file_is_told_to_be_one(monkeypatch, capsys):
    path = folder("models") / "turnover.yaml"
    code, out, err = run(monkeypatch, capsys, "lint", str(path))
    lines = err.splitlines()
    assert (code, out, lines[0].removeprefix(str(path)).split(": ", 1)[1]) == (
        2,
        "",
        "This is a model file; a scenario is needed.",
    )
    assert lines[-1] == "  `regimens check` reads model files."

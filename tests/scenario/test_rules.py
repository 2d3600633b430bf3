"""Rules in a scenario file: what is read is written back the same, and every fault has its place and what would be right."""

import pytest

from regimens import MIU, Arm, Scenario, parse_regimen
from regimens.errors import InputFileError
from regimens.rules.values import Rules
from regimens.scenario.values import REAL_LIFE
from tests.small import written

RULES = """\
title: Escalation
models: [balance]
horizon: 20 weeks
population: {subjects: 4, seed: 1}
arms:
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
      levels: [0.25 MIU, 0.5 MIU, 1 MIU, 1.5 MIU, 3 MIU]
      limits: [total at most 60 MIU, at most 3 MIU a dose from cycle 6]
endpoints: [peak of treg_fold]
"""


def test_rules_of_a_file_read_back_equal():
    scenario = Scenario.from_text(RULES)
    assert Scenario.from_text(scenario.to_yaml()) == scenario
    (arm,) = scenario.arms
    assert arm.rules is not None
    assert [rule.in_words() for rule in arm.rules.ladder][1] == "raise one level if treg_fold below 2 at two visits in a row"
    assert [limit.line for limit in arm.rules.limits] == [18, 18]


def test_rules_built_in_python_are_those_of_the_file():
    rules = Rules.of(
        decide="before each cycle",
        look_at={"treg_fold": {"noise": 0.15, "delay": "2 days"}, "eosinophil_fold": {"noise": 0.1}},
        rules=[
            "hold while eosinophil_fold above 3, resume one level lower when below 2",
            "raise one level if treg_fold below 2 at two visits in a row",
            "lower one level if treg_fold above 4",
            "stop if treg_fold below 1.2 after 4 cycles",
        ],
        levels=["0.25 MIU", "0.5 MIU", MIU(1), "1.5 MIU", "3 MIU"],
        limits=["total at most 60 MIU", "at most 3 MIU a dose from cycle 6"],
    )
    built = Scenario.build(
        title="Escalation",
        arms=[Arm("escalating", parse_regimen("(0.5 MIU SC daily x 5, rest 9 days) x 8"), rules=rules)],
        models=["balance"],
        horizon="20 weeks",
        population={"subjects": 4, "seed": 1},
        endpoints=["peak of treg_fold"],
    )
    assert built == Scenario.from_text(RULES)


def test_an_arm_with_rules_has_a_twin_in_real_life_and_none_of_equal_total():
    more = "real_life: {missed: 0.1}\nequalise: {total: 21 MIU, by: amount}\narms:"
    scenario = Scenario.from_text(RULES.replace("arms:", more))
    assert [(arm.variant, arm.rules is not None) for arm in scenario.arms] == [("as written", True), (REAL_LIFE, True)]


BAD = {
    "noise: 0.15": ("noise: -0.15", 10, "'noise': found -0.15, a number; a number of at least 0 is needed.", ""),
    "decide: before each cycle": [
        (
            "decide: every 10 days",
            9,
            "The decision of day 10 (protocol day 11) is neither at a dose of the arm nor at a visit.",
            "Write 'before each cycle' or 'before each dose', or add it to 'visits'.",
        ),
        ("decide: at visits", 9, "Doses are decided at visits, and the scenario has none.", "Add 'visits'."),
        (
            "decide: every 40 weeks",
            9,
            "'every 280 days' is no time after the first dose and up to the last dose, day 102 (protocol day 103).",
            "Write 'before each dose' or a shorter interval.",
        ),
        (
            "decide: before each cylce",
            9,
            "Found 'cylce' where 'cycle' or 'dose' is expected.",
            "Did you mean 'cycle'? For example: before each cycle",
        ),
    ],
    "first dose: as planned\n      rules:\n        - hold while eosinophil_fold above 3, resume one level lower when below 2": (
        "first dose: by the rules\n      rules:\n        - hold while eosinophil_fold below 2, resume one level lower when above 3",
        13,
        "Rule 1 holds the first dose: under 'balance' the typical subject begins with treg_fold 1, eosinophil_fold 1.",
        "Write 'first dose: as planned', or move the limit.",
    ),
    "resume one level lower when below 2": [
        (
            "resume one level lower when below 4",
            13,
            "A value may be both 'eosinophil_fold above 3', which holds doses, and 'eosinophil_fold below 4', which resumes them.",
            "Resume at most at the limit of the hold.",
        ),
        (
            "resume one level lower when above 5",
            13,
            "Doses are held while 'eosinophil_fold above 3', and resume when 'eosinophil_fold above 5'.",
            "Both are 'above': write 'resume when below' and a number.",
        ),
        (
            "resume one level lower when below 0",
            13,
            "Doses can never resume: 'eosinophil_fold' is never below 0.",
            "Write a limit above 0.",
        ),
    ],
    "lower one level if treg_fold above 4": [
        (
            "lower one level if treg_fold above 1.5",
            15,
            "Rules 2 and 3 overlap: one raises and one lowers doses while treg_fold is between 1.5 and 2.",
            "Move one of the limits.",
        ),
        (
            "stop at a total of 21 MIU",
            15,
            "'stop at a total of 21 MIU' holds at every dose and is not decided on, but another rule comes after it.",
            "Write it behind the rules that are decided on.",
        ),
        (
            "lower one level if treg_fold below 1.5",
            15,
            "Rules 2 and 3 overlap: one raises and one lowers doses while treg_fold below 1.5.",
            "Move one of the limits.",
        ),
        (
            "raise one level if treg_fold below 2 at two visits in a row",
            15,
            "Rule 3 is the same as rule 2.",
            "Leave one of them out.",
        ),
        ("lower one level if treg_fld above 4", 15, "'treg_fld' is not looked at.", "Did you mean 'treg_fold'? Rules see what 'look at' names."),
    ],
    "stop if treg_fold below 1.2 after 4 cycles": [
        (
            "stop if treg_fold below 1.2 after 8 cycles",
            16,
            "Rule 4 is never followed: no decision is made after 8 cycles.",
            "Move it up, change it or leave it out.",
        ),
        (
            "raise one level if treg_fold below 1 at three visits in a row",
            16,
            "Rule 4 is never followed: rule 1 and rule 2 come first wherever it holds.",
            "Move it up, change it or leave it out.",
        ),
        (
            "stop if treg_fold below 0",
            16,
            "Rule 4 is never followed: its condition can never hold.",
            "Move it up, change it or leave it out.",
        ),
        (
            "change the interval to 25 h if treg_fold above 3",
            16,
            "'25 h' and the planned interval, 1 day, have a common step of only 1 h.",
            "All intervals of an arm are multiples of a time of at least 2 h.",
        ),
        (
            "give tocilizumab 8 mg/kg SC once if treg_fold above 3",
            16,
            "No model of this scenario takes tocilizumab by SC.",
            "The models take il2 (IV), il2 (SC), tocilizumab (IV).",
        ),
        (
            "give tocilizmab 8 mg/kg IV once if treg_fold above 3",
            16,
            "No model of this scenario takes tocilizmab by IV.",
            "Did you mean 'tocilizumab'? The models take il2 (IV), il2 (SC), tocilizumab (IV).",
        ),
        (
            "give tocilizumab 8 MIU IV once if treg_fold above 3",
            16,
            "'8 MIU' is not an amount of tocilizumab.",
            "Amounts of tocilizumab are in mg.",
        ),
        ("stop at a total of 1 MIU", 16, "The first cycle of the plan alone gives 2.5 MIU, and doses stop at 1 MIU.", "Raise that total, or plan less."),
        ("stop at a total of 21 mg", 16, "'21 mg' cannot be a total of il2.", "A total is a flat amount, in IU or its multiples."),
        ("cap doses at 0.1 MIU", 16, "Every level is above '0.1 MIU'.", "The lowest is 0.25 MIU."),
        ("cap doses at 0.3 MIU", 16, "The planned amount '0.5 MIU' is above '0.3 MIU'.", "Raise the cap, or plan less."),
        ("cap doses at 1 MIU/m2", 16, "'1 MIU/m2' cannot cap doses of il2.", "It is written as the doses of the plan are, in IU or its multiples."),
        ("cap doses at 1 MIU from cycle 9", 16, "The plan has no cycle 9.", "It has 8 cycles."),
        (
            "stop at total of 1 MIU",
            16,
            "Found 'total' where 'a' is expected.",
            "For example: stop at a total of 21 MIU",
        ),
        (
            "give il2 1 MIU SC once if treg_fold above 3",
            16,
            "The plan gives il2 already.",
            "Rules give a drug that the plan does not give; write doses of the plan in the regimen.",
        ),
        (
            "raise one level to at most 2 MIU if treg_fold below 1",
            16,
            "'2 MIU' is no level.",
            "The levels are 0.25 MIU, 0.5 MIU, 1 MIU, 1.5 MIU, 3 MIU.",
        ),
        (
            "keep treg_fold from 2 to 3 in steps of 0.25 MIU between 0.25 MIU and 3 MIU",
            17,
            "Rule 4 has amounts of its own.",
            "Leave 'levels' out: the rule says its amounts.",
        ),
    ],
    "levels: [0.25 MIU, 0.5 MIU, 1 MIU": [
        (
            "levels: [0.25 MIU, 0.6 MIU, 1 MIU",
            17,
            "The planned amount '0.5 MIU' is no level.",
            "The levels are 0.25 MIU, 0.6 MIU, 1 MIU, 1.5 MIU, 3 MIU.",
        ),
        (
            "levels: [0.25 MIU, 0.5 MIU, 2 MIU",
            17,
            "The level '1.5 MIU' comes after '2 MIU'.",
            "Levels are written from the least to the most.",
        ),
        (
            "levels: [0.25 MIU, 0.5 MIU, 1 MIU/m2",
            17,
            "The level '1 MIU/m2' is not in the unit of the plan, '0.5 MIU'.",
            "Write both alike.",
        ),
    ],
    "      levels: [0.25 MIU, 0.5 MIU, 1 MIU, 1.5 MIU, 3 MIU]\n": (
        "",
        13,
        "Rule 1 moves between levels, but there are none.",
        "Add for example 'levels: [0.25 MIU, 0.5 MIU, 1 MIU]'.",
    ),
    "total at most 60 MIU, at most 3 MIU a dose from cycle 6": [
        ("at most 1.5 MIU a dose", 17, "The level '3 MIU' is outside the limit 'at most 1.5 MIU a dose'.", "Leave the level out, or move the limit."),
        ("total tocilizumab at most 60 mg", 18, "No rule gives tocilizumab.", "Leave the drug out for that of the plan."),
        ("at most 3 MIU a dose from cycle 9", 18, "The plan has no cycle 9.", "It has 8 cycles."),
        ("total at most 60 MIU/m2", 18, "'60 MIU/m2' cannot be a limit of il2.", "A total is a flat amount, in IU or its multiples."),
        (
            "totl at most 60 MIU",
            18,
            "Found 'totl' where 'total at most' or 'at most' and an amount is expected.",
            "Did you mean 'total'? For example: total at most 21 MIU",
        ),
    ],
    "treg_fold: {noise: 0.15, delay: 2 days}, eosinophil_fold: {noise: 0.1}": [
        (
            "treg_fold: {delay: 2 dys}, eosinophil_fold: {noise: 0.1}",
            10,
            "'dys' is not a unit of time.",
            "Times are written in min, h, days or weeks.",
        ),
        (
            "treg_fold: {}, eosinophil_fold: {}, th17_fold: {}",
            10,
            "'th17_fold' is looked at, but no rule names it.",
            "Leave it out.",
        ),
    ],
    "models: [balance]": (
        "models: [turnover]",
        10,
        "'eosinophil_fold' is no observable of the models of this scenario.",
        "Known: serum_il2, treg, treg_fold, treg_share_fold.",
    ),
    "population: {subjects: 4, seed: 1}\n": (
        "",
        9,
        "The noise of 'treg_fold' needs a population: it differs between subjects.",
        "Add for example 'population: {subjects: 100, seed: 1}'.",
    ),
    "regimen: (0.5 MIU SC daily x 5, rest 9 days) x 8": [
        ("regimen: no dose", 8, "The arm gives no dose, so rules cannot change them.", "Leave 'rules' out."),
        (
            "regimen: (0.5 MIU SC daily x 5, rest 9 days, 1 MIU SC daily x 5, rest 9 days) x 4",
            17,
            "The plan has doses of il2 of several amounts.",
            "Rules that change amounts need a plan with one amount.",
        ),
    ],
}  # fmt: skip
CASES = [(old, change) for old, found in BAD.items() for change in (found if isinstance(found, list) else [found])]


@pytest.mark.parametrize(("old", "change"), CASES, ids=[change[0][-40:] for _, change in CASES])
def test_a_fault_of_rules_is_said_with_its_place_and_what_would_be_right(old, change, tmp_path):
    new, line, message, advice = change
    assert old in RULES
    with pytest.raises(InputFileError) as raised:
        written(tmp_path, RULES.replace(old, new))
    problem = raised.value.problems[0]
    assert (problem.message, problem.advice, problem.line) == (message, advice, line)
    assert problem.column is not None


def test_an_unknown_key_of_rules_has_the_nearest_known_one(tmp_path):
    with pytest.raises(InputFileError) as raised:
        written(tmp_path, RULES.replace("first dose:", "first does:"))
    assert [(p.message, p.advice, p.line) for p in raised.value.problems] == [
        ("'first does' is not a known key here.", "Did you mean 'first dose'?", 11)
    ]


def test_a_ledger_has_no_rules(tmp_path):
    arm = RULES.replace("regimen: (0.5 MIU SC daily x 5, rest 9 days) x 8", "ledger: a.csv\n    arm: x")
    (tmp_path / "a.csv").write_text(
        "arm,subject,drug,cycle,dose,planned_h,given_h,planned,given,basis,max,step,route,duration_h,reason,model\n"
        + "".join(f"x,{n},il2,1,1,0,0,1000000,1000000,flat,,,SC,0,as planned,balance\n" for n in range(4))
    )
    with pytest.raises(InputFileError) as raised:
        written(tmp_path, arm)
    assert [(p.message, p.advice) for p in raised.value.problems] == [
        ("The doses of a ledger are given again as they were, so rules cannot change them.", "Leave 'rules' out.")
    ]


def test_a_published_response_is_not_drawn_on_doses_that_change(tmp_path):
    arm = RULES.replace("    rules:\n", "    observed: [anything]\n    rules:\n", 1)
    with pytest.raises(InputFileError) as raised:
        written(tmp_path, arm)
    assert ("This response was seen under fixed doses, and the arm has rules.", "Leave it out.") in [
        (p.message, p.advice) for p in raised.value.problems
    ]


LIST = {
    ("lower one level if treg_fold above 4", "lower one level if treg_fold above 1.5"): """\
small.yaml:15: Rules 2 and 3 overlap: one raises and one lowers doses while treg_fold is between 1.5 and 2.
    14 |         - raise one level if treg_fold below 2 at two visits in a row
  > 15 |         - lower one level if treg_fold above 1.5
       |           ^
  Move one of the limits.""",
    ("stop if treg_fold below 1.2 after 4 cycles", "raise one level if treg_fold below 1 at three visits in a row"): """\
small.yaml:16: Rule 4 is never followed: rule 1 and rule 2 come first wherever it holds.
    15 |         - lower one level if treg_fold above 4
  > 16 |         - raise one level if treg_fold below 1 at three visits in a row
       |           ^
  Move it up, change it or leave it out.""",
    ("total at most 60 MIU, at most 3 MIU a dose from cycle 6", "at most 1.5 MIU a dose"): """\
small.yaml:17: The level '3 MIU' is outside the limit 'at most 1.5 MIU a dose'.
    16 |         - stop if treg_fold below 1.2 after 4 cycles
  > 17 |       levels: [0.25 MIU, 0.5 MIU, 1 MIU, 1.5 MIU, 3 MIU]
       |                                                   ^
  Leave the level out, or move the limit.""",
    ("lower when below 2", "lower when below 0"): """\
small.yaml:13: Doses can never resume: 'eosinophil_fold' is never below 0.
    12 |       rules:
  > 13 |         - hold while eosinophil_fold above 3, resume one level lower when below 0
       |           ^
  Write a limit above 0.""",
    ("decide: before each cycle", "decide: every 10 days"): """\
small.yaml:9: The decision of day 10 (protocol day 11) is neither at a dose of the arm nor at a visit.
    8 |     rules:
  > 9 |       decide: every 10 days
      |               ^
  Write 'before each cycle' or 'before each dose', or add it to 'visits'.""",
    ("models: [balance]", "models: [turnover]"): """\
small.yaml:10: 'eosinophil_fold' is no observable of the models of this scenario.
     9 |       decide: before each cycle
  > 10 |       look at: {treg_fold: {noise: 0.15, delay: 2 days}, eosinophil_fold: {noise: 0.1}}
       |                                                          ^
  Known: serum_il2, treg, treg_fold, treg_share_fold.""",
    (
        "as planned\n      rules:\n        - hold while eosinophil_fold above 3, resume one level lower when below 2",
        "by the rules\n      rules:\n        - hold while eosinophil_fold below 2, resume when above 3",
    ): """\
small.yaml:13: Rule 1 holds the first dose: under 'balance' the typical subject begins with treg_fold 1, eosinophil_fold 1.
    12 |       rules:
  > 13 |         - hold while eosinophil_fold below 2, resume when above 3
       |           ^
  Write 'first dose: as planned', or move the limit.""",
    ("lower one level if treg_fold above 4", "lwer one level if treg_fold above 4"): """\
small.yaml:15: Found 'lwer' where 'hold', 'raise', 'lower', 'stop', 'keep', 'change', 'give' or 'cap' is expected.
    14 |         - raise one level if treg_fold below 2 at two visits in a row
  > 15 |         - lwer one level if treg_fold above 4
       |           ^
  Did you mean 'lower'? For example: lower one level if treg_fold above 4""",
    ("noise: 0.15", "noise: -0.15"): """\
small.yaml:10: 'noise': found -0.15, a number; a number of at least 0 is needed.
     9 |       decide: before each cycle
  > 10 |       look at: {treg_fold: {noise: -0.15, delay: 2 days}, eosinophil_fold: {noise: 0.1}}
       |                                    ^""",
}


@pytest.mark.parametrize("change", LIST, ids=[new[-30:] for _, new in LIST])
def test_a_fault_that_many_make_is_said_with_its_line_and_column(change, tmp_path):
    with pytest.raises(InputFileError) as raised:
        written(tmp_path, RULES.replace(*change))
    assert str(raised.value).replace(f"{tmp_path}/", "") == LIST[change]

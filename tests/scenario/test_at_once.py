"""All problems of a scenario file come at once: of its shape and of its meaning, and none that only follows from another."""

import textwrap
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from regimens.errors import ExposureMismatch, InputFileError
from regimens.rules.possible import audit_with_rules
from regimens.scenario import Scenario
from regimens.scenario.values import planned_arms
from regimens.study.study import guides_of
from tests.examples import examples

GOOD = """\
title: A test
question: Which is better?
models: [turnover]
horizon: 8 weeks
observe: {every: 12 h, individuals: 2}
subject:
  weight: 70 kg
  height: 170 cm
population:
  subjects: 5
  seed: 1
  draws: 3
  cv: {CL: 0.3}
  body:
    female: 0.5
    weight: {typical: 66 kg, cv: 0.15}
visits:
  week 2: 2 weeks
  week 4: 4 weeks
arms:
  daily:
    regimen: 1 MIU SC daily x 5
    expect: {total: 5 MIU, doses: 5}
    observed: []
  parts:
    regimen:
      - {dose: 1 MIU SC, every: daily, doses: 5}
      - {rest: 9 days}
      - {dose: 1 MIU SC, every: 2 days, doses: 2}
  ranged:
    regimen: (1 MIU SC daily x 5, rest 9-10 days) x 2
    rest: each
  ruled:
    regimen: 1 MIU SC daily x 10
    rules:
      decide: before each dose
      look at:
        treg_fold: {delay: 12 h}
      rules:
        - hold while treg_fold above 3, resume when below 2
        - raise one level if treg_fold below 1.5
      levels: [1 MIU, 2 MIU]
      limits:
        - total at most 30 MIU
endpoints:
  - peak of treg_fold
  - treg_fold at week 2
  - mean of treg_fold to 4 weeks
  - treg_fold at end of cycle 2
outcomes:
  - seen: more gives more
    arm: daily
    endpoint: treg_fold at week 4
    was: above parts
trade_off:
  gain: peak of treg_fold
  cost: total MIU
equalise:
  total: 6 MIU
  by: amount
real_life:
  missed: 0.1
  late: {share: 0.1, up_to: 6 h}
noise: {residual: 0.1}
verdict: {probability: 0.9}
settle:
  endpoint: mean of treg_fold to 2 weeks
  designs:
    small:
      subjects: 10
      days: [0, 5, 14]
  pairs:
    - [daily, parts]
    - ["daily, 6 MIU", "ranged, rest 9 days"]
  responders:
    - above 2 on day 14
search:
  amount:
    from: 1 MIU
    to: 2 MIU
    step: 1 MIU
  every: [daily]
  doses: 5
  within: 4 weeks
  limits:
    - total at most 21 MIU
  aim: highest mean of treg_fold to 4 weeks
solver: {rtol: 0.000001}
"""

SHAPE = {
    "title: A test": "titel: A test",
    "question: Which is better?": "question: 5",
    "models: [turnover]": "models: turnover",
    "horizon: 8 weeks": "horizon: 8",
    "{every: 12 h, individuals: 2}": "{every: 12 h, individuals: -2}",
    "weight: 70 kg": "wieght: 70 kg",
    "subjects: 5": "subjects: five",
    "seed: 1": "sed: 1",
    "draws: 3": "draws: 0",
    "cv: {CL: 0.3}": "cv: {CL: 30}",
    "female: 0.5": "female: 50 %",
    "{typical: 66 kg, cv: 0.15}": "{typical: 66, cv: 0.15}",
    "week 2: 2 weeks": "week 2: 2",
    "visits:": "visit:",
    "    regimen: 1 MIU SC daily x 5": "    regimne: 1 MIU SC daily x 5",
    "{total: 5 MIU, doses: 5}": "{total: 5, doses: 5}",
    "observed: []": "observed: lilacs",
    "- {dose: 1 MIU SC, every: daily, doses: 5}": "- {dose: 1 MIU SC, every: daily, doses: five}",
    "- {rest: 9 days}": "- rest 9 days",
    "rest: each": "rest: all",
    "decide: before each dose": "deside: before each dose",
    "look at:": "lok at:",
    "treg_fold: {delay: 12 h}": "treg_fold: {delay: 12}",
    "- raise one level if treg_fold below 1.5": "- [raise one level if treg_fold below 1.5]",
    "levels: [1 MIU, 2 MIU]": "levels: [1, 2 MIU]",
    "- peak of treg_fold": "- {peak: treg_fold}",
    "arm: daily": "arm: 1",
    "seen: more gives more": "sean: more gives more",
    "gain: peak of treg_fold": "gian: peak of treg_fold",
    "  by: amount": "  by: amont",
    "missed: 0.1": "missed: 10",
    "{share: 0.1, up_to: 6 h}": "{share: 0.1, up_to: 6}",
    "noise: {residual: 0.1}": "noise: {residul: 0.1}",
    "verdict: {probability: 0.9}": "verdict: {probability: 90}",
    "designs:": "design:",
    "days: [0, 5, 14]": "days: [0, five, 14]",
    "- [daily, parts]": "- [daily]",
    "from: 1 MIU": "form: 1 MIU",
    "every: [daily]": "every: daily",
    "within: 4 weeks": "within: 4",
    "solver: {rtol: 0.000001}": "solver: {rtol: 1}",
}
"""Text of the good file -> text of a wrong shape."""

MEANING = {
    "models: [turnover]": "models: [turnovr]",
    "horizon: 8 weeks": "horizon: 8 months",
    "{every: 12 h, individuals: 2}": "{every: 12 h, individuals: 20}",
    "weight: 70 kg": "weight: 70 cm",
    "cv: {CL: 0.3}": "cv: {Cl: 0.3}",
    "{typical: 66 kg, cv: 0.15}": "{typical: 6600 kg, cv: 0.15}",
    "week 4: 4 weeks": "week 4: 4 wekes",
    "    regimen: 1 MIU SC daily x 5": "    regimen: 1 MUI SC daily x 5",
    "{total: 5 MIU, doses: 5}": "{total: 6 MIU, doses: 5}",
    "observed: []": "observed: [lilcs]",
    "- {dose: 1 MIU SC, every: daily, doses: 5}": "- {dose: 1 MIU SC, every: dayly, doses: 5}",
    "- {rest: 9 days}": "- {rest: 9 dais}",
    "regimen: (1 MIU SC daily x 5, rest 9-10 days) x 2": "regimen: (1 MIU SC daily x 5, rest 9-10 dais) x 2",
    "decide: before each dose": "decide: befor each dose",
    "- hold while treg_fold above 3, resume when below 2": "- hold while treg_flod above 3, resume when below 2",
    "levels: [1 MIU, 2 MIU]": "levels: [2 MIU, 4 MIU]",
    "- total at most 30 MIU": "- total at most 15 MIU",
    "- peak of treg_fold": "- peek of treg_fold",
    "- treg_fold at week 2": "- treg_flod at week 2",
    "- mean of treg_fold to 4 weeks": "- mean of treg_fold to 9 weeks",
    "- treg_fold at end of cycle 2": "- treg_fold at end of cycle 3",
    "arm: daily": "arm: dialy",
    "was: above parts": "was: over parts",
    "gain: peak of treg_fold": "gain: peak of serum_il",
    "  total: 6 MIU": "  total: 6 mg",
    "missed: 0.1": "after_a_miss: 0.1",
    "endpoint: mean of treg_fold to 2 weeks": "endpoint: mean of treg_fold to 12 weeks",
    "subjects: 10": "subjects: 0",
    "days: [0, 5, 14]": "days: [0, 14, 5]",
    "- [daily, parts]": "- [daily, partz]",
    '"ranged, rest 9 days"]': '"ranged, rest 8 days"]',
    "- above 2 on day 14": "- above 2 on day 15",
    "step: 1 MIU": "step: 3 MIU",
    "doses: 5\n  within": "doses: 5-x\n  within",
    "within: 4 weeks": "within: 40 weeks",
    "- total at most 21 MIU": "- total at most 21",
    "aim: highest mean of treg_fold to 4 weeks": "aim: high mean of treg_fold to 4 weeks",
}
"""Text of the good file -> text of the right shape that means nothing."""

DEPENDED_ON = ("models: [turnover]", "horizon: 8 weeks", "subjects: 5")
"""What other parts are held against: where one of these is wrong, less can be said about the others."""

DEPENDENT = (
    "- treg_fold at end of cycle 2",
    '"ranged, rest 9 days"]',
    "levels: [1 MIU, 2 MIU]",
    "- total at most 30 MIU",
)
"""What needs every arm to be read, or all rules of its arm."""

INDEPENDENT = [
    change
    for change in (*SHAPE.items(), *MEANING.items())
    if change[0] not in DEPENDED_ON and change not in [(old, MEANING[old]) for old in DEPENDENT]
]


def changed(changes):
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def problems(*changes):
    """Return what `regimens check` says about the good file with these changes, as (line, column, message, advice)."""
    try:
        scenario = Scenario.from_text(changed(changes))
        audit_with_rules(planned_arms(scenario), guides_of(scenario), scenario.subject)
    except InputFileError as error:
        found = error.problems
    except ExposureMismatch as mismatch:
        found = mismatch.differences
    else:
        found = ()
    return [(problem.line, problem.column, problem.message, problem.advice) for problem in found]


@cache
def alone(change):
    """Return what is said about a file with this fault only."""
    return tuple(problems(change))


def test_the_good_file_has_no_problem():
    assert problems() == []


@pytest.mark.parametrize("change", [*SHAPE.items(), *MEANING.items()], ids=lambda change: change[1])
def test_a_fault_is_said_alone(change):
    said = alone(change)
    # A misspelt key that is needed is said twice: as a key that is not known, and as one that is missing in its mapping.
    assert len(said) == 1 or (len(said) == 2 and all("is missing" in m or "not a known key" in m for _, _, m, _ in said))


@examples(10)
@given(st.lists(st.sampled_from(INDEPENDENT), min_size=2, max_size=4, unique_by=lambda change: change[0]))
def test_a_file_with_several_faults_is_told_all_that_is_said_about_each(changes):
    try:
        text = changed(changes)
    except AssertionError:
        assume(False)
    assert text != GOOD
    said = problems(*changes)
    assert sorted(said) == sorted(problem for change in changes for problem in alone(change))
    assert [line for line, _, _, _ in said] == sorted(line for line, _, _, _ in said)


def said(text):
    with pytest.raises(InputFileError) as raised:
        Scenario.from_text(text)
    return str(raised.value)


def test_faults_of_shape_and_of_meaning_come_in_the_order_of_lines():
    changes = [
        ("horizon: 8 weeks", "horizon: 8"),
        ("    regimen: 1 MIU SC daily x 5", "    regimen: 1 MUI SC daily x 5"),
        ("rest: each", "rests: each"),
        ("- peak of treg_fold", "- peek of treg_fold"),
        ("verdict: {probability: 0.9}", "verdict: {probability: 90}"),
        ("- [daily, parts]", "- [daily, partz]"),
    ]
    assert said(changed(changes)) == textwrap.dedent("""\
        <scenario>:4: 'horizon: 8' has no unit.
            3 | models: [turnover]
          > 4 | horizon: 8
              |          ^
          Write for example '8 weeks'.
        <scenario>:22: 'MUI' is not a unit of amount.
            21 |   daily:
          > 22 |     regimen: 1 MUI SC daily x 5
               |                ^
          Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg).
        <scenario>:32: 'rests' is not a known key here.
            31 |     regimen: (1 MIU SC daily x 5, rest 9-10 days) x 2
          > 32 |     rests: each
               |     ^
          Did you mean 'rest'?
        <scenario>:46: 'peek of treg_fold' is not an endpoint.
            45 | endpoints:
          > 46 |   - peek of treg_fold
               |     ^
          The nearest form is 'peak of treg_fold'.
        <scenario>:65: 'probability': found 90, a number; a number of at most 1 is needed.
            64 | noise: {residual: 0.1}
          > 65 | verdict: {probability: 90}
               |                        ^
        <scenario>:73: There is no arm 'partz'.
            72 |   pairs:
          > 73 |     - [daily, partz]
               |               ^
          Did you mean 'parts'?""")


def test_a_total_that_disagrees_is_said_with_the_faults_of_the_file():
    text = changed([("{total: 5 MIU, doses: 5}", "{total: 6 MIU, doses: 4}"), ("title: A test", "title: 5")])
    assert said(text) == textwrap.dedent("""\
        <scenario>:1: 'title': found 5, a number; text is needed.
          > 1 | title: 5
              |        ^
          Put it in quotes to keep it text.
        <scenario>:23: Arm 'daily': 5 doses of 1 MIU are 5 MIU, but `expect` says 6 MIU.
            22 |     regimen: 1 MIU SC daily x 5
          > 23 |     expect: {total: 6 MIU, doses: 4}
               |                     ^
        <scenario>:23: Arm 'daily': the regimen has 5 doses, but `expect` says 4.
            22 |     regimen: 1 MIU SC daily x 5
          > 23 |     expect: {total: 6 MIU, doses: 4}
               |                     ^""")


FOLLOWING = {
    "an arm with a broken text still counts as an arm": [
        ("    regimen: 1 MIU SC daily x 5", "    regimen: 1 MUI SC daily x 5"),
    ],
    "an arm that is no mapping still counts as an arm": [
        ("    regimen: 1 MIU SC daily x 5\n    expect: {total: 5 MIU, doses: 5}\n    observed: []\n", "    5\n"),
    ],
    "arms made of one that is not read may be named": [("  total: 6 MIU", "  total: 6 MUI")],
    "endpoints name a visit whose time cannot be read": [("week 2: 2 weeks", "week 2: 2 wekes")],
    "visits that are no mapping": [("visits:\n  week 2: 2 weeks\n  week 4: 4 weeks\n", "visits: [2 weeks, 4 weeks]\n")],
    "no observable is known without the models": [("models: [turnover]", "models: 5")],
    "observables of a model that cannot be read": [("models: [turnover]", "models: [turnovr]")],
    "what differs between subjects needs a population, which is there": [("  seed: 1", "  seed: one")],
    "a population that is no mapping": [
        (GOOD[GOOD.index("population:") : GOOD.index("visits:")], "population: 5\n"),
    ],
    "the draws of a population cannot be read": [("draws: 3", "draws: x")],
    "a rule names what a broken entry looks at": [("treg_fold: {delay: 12 h}", "treg_fold: {delay: 12 hours ago}")],
    "nothing is looked at": [("      look at:\n        treg_fold: {delay: 12 h}\n", "      look at: treg_fold\n")],
    "noise that adds nothing because it cannot be read": [("noise: {residual: 0.1}", "noise: {residual: lots}")],
    "doses that are never missed because it cannot be read how many are": [("missed: 0.1", "after_a_miss: 0.2\n  missed: x")],
}


@pytest.mark.parametrize("case", FOLLOWING)
def test_nothing_is_said_that_only_follows_from_another_fault(case):
    assert len(problems(*FOLLOWING[case])) == 1


def test_what_stands_under_a_misspelt_key_is_judged_as_that_of_the_key_that_is_meant():
    changes = [("    regimen: 1 MIU SC daily x 5", "    regimne: 1 MUI SC daily x 5"), ("every: [daily]", "evry: [dayly]")]
    assert [(line, message) for line, _, message, _ in problems(*changes)] == [
        (22, "'regimne' is not a known key here."),
        (22, "'MUI' is not a unit of amount."),
        (82, "'evry' is not a known key here."),
        (82, "'dayly' is not a unit of time."),
    ]


def test_a_key_that_is_like_no_other_is_left_out():
    changes = [("question: Which is better?", "colour: red"), ("title: A test", "title: [A test]")]
    assert [(line, message) for line, _, message, _ in problems(*changes)] == [
        (1, "'title': found a list; text is needed."),
        (2, "'colour' is not a known key here."),
    ]


def test_parts_of_one_regimen_do_not_hide_each_other():
    changes = [
        ("- {dose: 1 MIU SC, every: daily, doses: 5}", "- {dose: 1 MUI SC, every: dayly, doses: five}"),
        ("- {rest: 9 days}", "- {rest: 9 dais}"),
    ]
    assert [(line, column) for line, column, _, _ in problems(*changes)] == [(27, 18), (27, 33), (27, 47), (28, 18)]


def test_a_file_of_which_nothing_can_be_used_is_told_what_is_wrong_with_each_key():
    text = "".join(f"{key}: 5\n" for key in ("title", "models", "horizon", "arms", "endpoints"))
    with pytest.raises(InputFileError) as raised:
        Scenario.from_text(text)
    assert [(problem.line, problem.message) for problem in raised.value.problems] == [
        (1, "'title': found 5, a number; text is needed."),
        (2, "'models': found 5, a number; a list is needed."),
        (3, "'horizon: 5' has no unit."),
        (4, "'arms': found 5, a number; a mapping is needed."),
        (5, "'endpoints': found 5, a number; a list is needed."),
    ]

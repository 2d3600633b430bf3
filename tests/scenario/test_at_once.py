"""All problems of a scenario file come at once: of its shape and of its meaning, and none that only follows from another."""

import itertools
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regimens.errors import InputFileError
from regimens.scenario import Scenario

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
    "aim: highest mean of treg_fold to 4 weeks": "aim: highest mean of treg_fold",
}
"""Text of the good file -> text of the right shape that means nothing."""

CHANGES = [*SHAPE.items(), *((old, new) for old, new in MEANING.items() if old not in ())]

DEPENDENT = {
    "horizon": ("to 9 weeks", "to 12 weeks", "40 weeks"),
}


def changed(changes):
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def problems(changes):
    """Return what is said about the good file with these changes, each as (line, column, message, advice)."""
    try:
        Scenario.from_text(changed(changes))
    except InputFileError as error:
        return [(problem.line, problem.column, problem.message, problem.advice) for problem in error.problems]
    return []

"""Scenarios from text, mappings and plain Python: the same checks, the same messages, and a text that reads back equal."""

import dataclasses
import textwrap
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens import shipped
from regimens.adherence.realise import RealLife
from regimens.contrasts.verdict import Rule
from regimens.endpoints import parse_endpoint
from regimens.engine import Tolerances
from regimens.errors import InputFileError, RegimensError
from regimens.model import find_model, fitted
from regimens.model.declaration import Correlation
from regimens.population import Bodies, People, Population, Spread
from regimens.regimen import MIU, Course, Rest, days, hours, mg, parse_regimen, weeks
from regimens.regimen.parts import Dose
from regimens.regimen.regimen import Regimen
from regimens.scenario import Arm, Scenario, read_scenario
from regimens.scenario.values import Goal, Noise, Reference
from regimens.subject import Subject
from tests import small
from tests.examples import examples

TEXT = """\
title: A test
models: [turnover]
horizon: 8 weeks
arms:
  daily:
    regimen: 1 MIU SC daily x 5
    expect: {total: 5 MIU}
endpoints: [peak of treg_fold]
"""
VALUES = {
    "title": "A test",
    "models": ["turnover"],
    "horizon": "8 weeks",
    "arms": {"daily": {"regimen": "1 MIU SC daily x 5", "expect": {"total": "5 MIU"}}},
    "endpoints": ["peak of treg_fold"],
}


def built(**changes):
    parts = {
        "title": "A test",
        "arms": {"daily": "1 MIU SC daily x 5"},
        "models": ["turnover"],
        "horizon": "8 weeks",
        "endpoints": ["peak of treg_fold"],
    }
    return Scenario.build(**{**parts, **changes})


def said(**changes):
    with pytest.raises(InputFileError) as raised:
        built(**changes)
    return str(raised.value)


def people(**changes):
    parts = {
        "path": "",
        "digest": "",
        "weight_kg": np.array([60.0, 82.5]),
        "bsa_m2": np.array([1.7, 2.0]),
        "height_cm": np.array([165.0, np.nan]),
        "sex": ("female", ""),
        "given": {"T0": np.array([20.0, 31.0])},
        "ids": ("A", "B"),
    }
    return People(**{**parts, **changes})


def ledger():
    return small.ledger("daily", [1e6])


def test_a_file_its_text_its_mapping_and_python_values_are_one_scenario(tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text(TEXT, encoding="utf-8")
    read = Scenario.from_path(file)
    arm = Arm("daily", parse_regimen("1 MIU SC daily x 5"), expected=read.arms[0].expected)
    assert read == read_scenario(file)
    assert read == Scenario.from_text(TEXT)
    assert read == Scenario.from_dict(VALUES)
    assert read == built(arms=[arm])
    assert read == built(arms={"daily": {"regimen": Course(MIU(1), every=days(1), doses=5), "expect": {"total": MIU(5)}}})
    assert read != built()
    assert (read.name, Scenario.from_text(TEXT).name, Scenario.from_text(TEXT, name="mine").name) == ("s", "scenario", "mine")


def test_an_arm_may_be_text_a_regimen_one_of_its_parts_an_arm_or_a_mapping():
    regimen = parse_regimen("1 MIU SC daily x 5")
    ways = ["1 MIU SC daily x 5", regimen, Course(MIU(1), every=days(1), doses=5), Arm("any", regimen), {"regimen": regimen}]
    for way in ways:
        (arm,) = built(arms={"daily": way}).arms
        assert (arm.name, arm.regimen) == ("daily", regimen)
    parts = [Course(MIU(1), every=days(1), doses=5), Rest(days(9)), Dose(MIU(2))]
    assert built(arms={"A": {"regimen": parts}}).arms[0].regimen == Regimen(*parts)


def test_values_of_the_package_stand_for_what_a_file_would_say():
    life, spread = RealLife(missed=0.1, late=0.2, up_to_h=12.0), Spread(70.0, 0.2, 40.0, 120.0)
    bodies = Bodies(None, {"female": spread, "male": spread})
    scenario = built(
        arms={"both": Regimen(il2=Dose(MIU(1)), tocilizumab=Dose(mg(8).per_kg, "IV", over=hours(1)))},
        models=find_model("balance"),
        horizon=weeks(4),
        endpoints=parse_endpoint("peak of treg_fold"),
        observe={"every": hours(12), "individuals": np.int64(2)},
        subject=Subject(Fraction(80), Fraction(180), Fraction("2.01")),
        population=Population(4, seed=3, draws=2, cv={"CL": 0.3}, correlations=(Correlation(("CL", "V"), 0.5),), bodies=bodies),
        visits={"end of course": days(5)},
        assumptions="One.",
        verdict=Rule(0.9),
        equalise=Goal(MIU(3), "amount", MIU(0.5)),
        real_life=life,
        noise=Noise(0.1, 0.2),
        solver=Tolerances(rtol=1e-7),
    )
    assert [arm.name for arm in scenario.arms] == ["both", "both, 3 MIU", "both, real life"]
    assert (scenario.horizon_h, scenario.observe_h[1], scenario.individuals) == (672.0, 12.0, 2)
    assert (scenario.subject.bsa_m2, scenario.population.bodies, scenario.population.cv) == (
        Fraction("2.01"),
        bodies,
        {"CL": 0.3},
    )
    assert (scenario.visits, scenario.stated, scenario.rule) == ((("end of course", 120.0),), ("One.",), Rule(0.9))
    assert (scenario.real_life, scenario.noise, scenario.tolerances.rtol) == (life, Noise(0.1, 0.2), 1e-7)
    assert Scenario.from_text(scenario.to_yaml()) == scenario


def test_a_shipped_model_at_its_fitted_values_is_the_shipped_model():
    declared = find_model("turnover", values="declared")
    assert fitted(declared) != declared
    assert built(models=[fitted(declared)]) == built(models=["turnover"]) == built(models=declared)


def test_all_problems_of_a_mapping_come_at_once_with_the_keys_that_lead_to_them():
    assert said(arms={"daily": "1 MUI SC daily x 5"}, horizon=16, models=["turnover", 5]) == textwrap.dedent("""\
        <scenario>, horizon: 'horizon: 16' has no unit.
          Write for example '16 weeks'.
        <scenario>, models > 2: Entry 2 of 'models': found 5, a number; text is needed.
          Put it in quotes to keep it text.
        <scenario>, arms > daily > regimen: 'MUI' is not a unit of amount.
          Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg).""")
    assert said(arms={"daily": "1 MUI SC daily x 5"}, horizon="8 months") == textwrap.dedent("""\
        <scenario>, horizon: 'months' has no fixed length.
          Write a number of weeks or days (28 days, 4 weeks). Times are written in min, h, days or weeks.
        <scenario>, arms > daily > regimen: 'MUI' is not a unit of amount.
          Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg).""")


def test_a_problem_of_a_text_has_its_line():
    with pytest.raises(InputFileError) as raised:
        Scenario.from_text(TEXT.replace("1 MIU", "1 MUI"))
    assert str(raised.value) == textwrap.dedent("""\
        <scenario>:6: 'MUI' is not a unit of amount.
            5 |   daily:
          > 6 |     regimen: 1 MUI SC daily x 5
              |                ^
          Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg).""")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arms": {"A": object}}, "<scenario>, arms > A: Found type, a type that a scenario has no place for."),
        ({"visits": {5: "1 day"}}, "<scenario>, visits: Found the key 5.\n  Keys are text."),
        ({"noise": find_model("turnover")}, "<scenario>, noise: Found Model, which does not belong here."),
        ({"solver": Tolerances(max_steps=7)}, "<scenario>, solver: A scenario sets 'rtol' and 'atol' of its tolerances only; leave the others at their defaults."),
        ({"population": {"seed": 1, "people": "people.csv"}}, "<scenario>, population > people: 'people.csv' is a file, but this scenario has no folder.\n  Read the scenario from its file, or give 'folder', the folder that the file is in."),
        ({"population": Population(2, 1, people=people(given={"t0": np.ones(2)}))}, "<scenario>, population > people: Unknown parameter 't0' of the people: no model of this scenario has it.\n  Did you mean 'T0'?"),
        ({"arms": [dataclasses.replace(Arm("A", Regimen()), variant="real life", of="B")]}, "<scenario>, arms > A: Arm 'A' is a twin of 'B'. Give the arm as written; 'equalise' and 'real_life' make its twins."),
    ],
)  # fmt: skip
def test_values_that_a_scenario_has_no_place_for_are_refused(changes, message):
    assert said(**changes) == message


@pytest.mark.parametrize(
    ("arms", "message"),
    [
        ([Arm("A", Regimen()), Arm("A", Regimen())], "Two arms are named 'A'. Every arm needs a name of its own."),
        (["1 MIU SC once"], "Arm 1 is '1 MIU SC once'. Give a list of Arm, or a mapping from names to regimens."),
    ],
)
def test_a_list_of_arms_names_each_once(arms, message):
    with pytest.raises(RegimensError) as raised:
        built(arms=arms)
    assert str(raised.value) == message


def test_a_mapping_inside_itself_is_refused():
    values = dict(VALUES)
    values["arms"] = values
    with pytest.raises(InputFileError) as raised:
        Scenario.from_dict(values)
    assert "<scenario>, arms: Lists and mappings are nested more than 40 deep here." in str(raised.value)


def test_an_arm_checks_itself():
    for name, regimen, message in [
        ("A", "1 MIU SC once", "An arm has a name and a Regimen, found '1 MIU SC once'. Write Arm('A', parse_regimen('...'))."),
        (" ", Regimen(), "The name of an arm is blank. Write a name that can be read."),
        ("A\u202eB", Regimen(), "The name of an arm, 'A\\u202eB', holds the invisible character U+202E. Leave it out: names are written to tables, pages and terminals."),
    ]:  # fmt: skip
        with pytest.raises(RegimensError) as raised:
            Arm(name, regimen)
        assert str(raised.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"arms": ()}, "A scenario needs at least one arm, found none."),
        ({"models": ()}, "A scenario needs at least one model, found none."),
        ({"endpoints": ()}, "A scenario needs at least one endpoint, found none."),
        ({"horizon_h": 0.0}, "The horizon must be longer than zero, found 0 h."),
        ({"horizon_h": float("nan")}, "The horizon must be longer than zero, found nan h."),
        (
            {"arms": (Arm("A", Regimen()), Arm("a ", Regimen()))},
            "The arms 'A' and 'a ' cannot be told apart. Rename one of them.",
        ),
        (
            {"arms": (Arm("A", parse_regimen("1 MIU SC daily x 5, rest 9-16 days, 1 MIU SC once")),)},
            "A rest of arm 'A' is still a range. Use Scenario.build, or Regimen.with_rests.",
        ),
    ],
)
def test_a_scenario_checks_itself(changes, message):
    with pytest.raises(RegimensError) as raised:
        dataclasses.replace(built(), **changes)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subjects": 0}, "'subjects' of a population must be a whole number of at least 1, found 0."),
        ({"seed": -1}, "'seed' of a population must be a whole number of at least 0, found -1."),
        ({"draws": 2.5}, "'draws' of a population must be a whole number of at least 1, found 2.5."),
        ({"subjects": 3, "people": people()}, "The population has 3 subjects, but 2 people are given."),
    ],
)
def test_a_population_checks_itself(changes, message):
    with pytest.raises(RegimensError) as raised:
        Population(**{"subjects": 2, "seed": 1, **changes})
    assert str(raised.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weight_kg": np.array([])}, "People need at least one person, found none."),
        ({"sex": ("",)}, "'weight_kg' has 2 people, 'sex' has 1."),
        ({"ids": ("A", "A")}, "Two people have the id 'A'. Every person needs an id of their own."),
    ],
)
def test_people_check_themselves(changes, message):
    with pytest.raises(RegimensError) as raised:
        people(**changes)
    assert str(raised.value) == message


def test_people_and_ledgers_of_python_are_used_as_they_are():
    (arm,) = built(arms={"daily": {"ledger": ledger()}}).arms
    assert arm.regimen == parse_regimen("1 MIU SC once")
    scenario = built(population=Population(2, 1, people=people()))
    assert scenario.population.people == people()
    assert (
        scenario.assumptions[-1]
        == "The subjects' weight, body surface area, T0 are those of given people; all else about them is drawn."
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"models": [dataclasses.replace(find_model("turnover"), name="mine")]},
            "The model 'mine' was built in Python, and a scenario file can only name a file. Write the model to a file and name that: models=['mine.yaml'].",
        ),
        (
            {"arms": {"daily": {"ledger": ledger()}}},
            "A ledger was built in Python, and a scenario file can only name a file. Write a CSV file and read that.",
        ),
        (
            {"population": Population(2, 1, people=people())},
            "The people of the population were built in Python, and a scenario file can only name a file. Write a CSV file and read that.",
        ),
    ],
)
def test_what_no_file_can_say_is_not_written(changes, message):
    with pytest.raises(RegimensError) as raised:
        built(**changes).to_yaml()
    assert str(raised.value) == message


def test_a_value_that_a_file_would_lose_is_not_written():
    with pytest.raises(RegimensError) as raised:
        dataclasses.replace(built(), observe_h=np.array([0.0, 1.0, 3.0])).to_yaml()
    assert str(raised.value) == "A scenario file cannot say what this scenario holds under 'observe_h'."


@pytest.mark.parametrize("name", shipped.names("scenarios"))
def test_every_shipped_scenario_reads_back_equal(name):
    scenario = small.shipped_scenario(name)
    assert Scenario.from_text(scenario.to_yaml(), folder=scenario.folder) == scenario


def test_files_beside_a_scenario_are_written_by_their_names(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "people.csv").write_text("id,weight_kg,height_cm\n0,60,165\n", encoding="utf-8")
    (tmp_path / "data" / "ledger.csv").write_text(ledger().to_csv(), encoding="utf-8")
    model = (small.ROOT / "models" / "turnover.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(model, encoding="utf-8")
    arms = "  again:\n    ledger: ./data/ledger.csv\n    arm: daily\n    assumptions: Mine.\n"
    text = small.text(models="[./mine.yaml]", population="{seed: 1, people: data/people.csv}", arms=arms)
    scenario = small.written(tmp_path, text)
    assert Scenario.from_text(scenario.to_yaml(), folder=tmp_path) == scenario
    (arm,) = scenario.arms
    assert arm.assumptions == ("Mine.", "Its doses are those that arm 'daily' of data/ledger.csv gave, subject by subject.")


REGIMENS = [
    "no dose",
    "1 MIU SC daily x 5",
    "(0.26 MIU/m2 SC every 3 days x 7, rest 10 min) x 3",
    "from protocol day 8, 0.01 MIU/kg (max 0.8 MIU) IV once over 1 h",
]
NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
TITLES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
TIMES = st.sampled_from(["90 min", "6 h", "0.7 days", "1 week"])


@st.composite
def scenarios(draw):
    """Arms, settings and words of any kind that a scenario accepts."""
    arms = draw(st.lists(st.tuples(NAMES, st.sampled_from(REGIMENS)), min_size=1, max_size=3))
    given = {f"{place} {name}": {"regimen": text} for place, (name, text) in enumerate(arms)}
    ranged = {"regimen": "(1 MIU SC daily x 5, rest 9-11 days) x 2", "rest": draw(st.sampled_from(["each", "drawn", "midpoint"]))}
    given["with a range"] = {**ranged, "source": {"text": draw(TITLES)}, "assumptions": draw(st.lists(TITLES, max_size=2))}
    parts = {
        "title": draw(TITLES),
        "arms": given,
        "population": {"subjects": draw(st.integers(1, 9)), "seed": draw(st.integers(0, 2**63 - 1))},
        "horizon": draw(st.sampled_from(["50 weeks", "3000 h", "123.4 days"])),
        "observe": {"every": draw(TIMES)},
        "visits": {"visit " + draw(NAMES): draw(TIMES)},
    }
    if draw(st.booleans()):
        parts["real_life"] = {"missed": draw(st.floats(0.01, 1)), "stop_early": draw(st.floats(0, 1))}
    if draw(st.booleans()):
        parts["equalise"] = {"total": "12 MIU", "by": "amount"}
    if draw(st.booleans()):
        parts["population"]["body"] = {"weight": {"typical": "66.1 kg", "cv": draw(st.floats(0, 0.5))}}
    return parts


@examples(8)
@given(scenarios())
def test_what_is_built_reads_back_equal(parts):
    scenario = built(**parts)
    assert Scenario.from_text(scenario.to_yaml()) == scenario


def test_references_and_expectations_of_an_arm_are_kept():
    source = Reference("Someone 2020", "10.1/x", "NCT1")
    given = Arm("A", parse_regimen("1 MIU SC daily x 5"), sources=(source, Reference()), assumptions=("As read.",))
    (arm,) = built(arms=[given]).arms
    assert arm == given


def test_an_arm_of_python_says_how_its_ranges_are_taken():
    ranges = parse_regimen("(1 MIU SC daily x 5, rest 9-10 days) x 2")
    scenario = built(arms=[Arm("A", ranges, rest="each"), Arm("B", ranges, rest="midpoint")])
    assert [(arm.name, arm.range_of, arm.rest_days) for arm in scenario.arms] == [
        ("A, rest 9 days", "A", 9),
        ("A, rest 10 days", "A", 10),
        ("B", "", None),
    ]
    # One of them, taken into another scenario, is a regimen without a range.
    (one,) = built(arms=scenario.arms[:1]).arms
    assert (one.name, one.regimen, one.range_of) == ("A, rest 9 days", scenario.arms[0].regimen, "")

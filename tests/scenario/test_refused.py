"""What a scenario refuses although each part of it can be read: names, drugs, quantities without a unit, files elsewhere."""

import textwrap

import pytest

from regimens.errors import InputFileError
from regimens.scenario import Scenario, read_scenario
from regimens.scenario.names import alike, as_seen
from tests import small

BASE = """\
title: T
models: [balance]
horizon: 4 weeks
arms:
  low:
    regimen: 1 MIU SC daily x 5
endpoints: [peak of treg_fold]
"""
RENAME = "Rename an arm: case, spaces and Unicode forms do not tell names apart."
TAKEN = "he models take il2 (IV, SC), tocilizumab (IV)."


def problems(text, folder=None):
    with pytest.raises(InputFileError) as raised:
        Scenario.from_text(text, folder=folder)
    return [(problem.line, problem.message, problem.advice) for problem in raised.value.problems]


@pytest.mark.parametrize(("one", "other"), [("A", "a"), ("2 µg", "2 μg"), ("low  dose", "low dose "), ("ﬁrst", "FIRST"), ("Straße", "STRASSE"), ("é", "e\u0301")])  # fmt: skip
def test_names_that_people_cannot_tell_apart_are_one_name(one, other):
    assert as_seen(one) == as_seen(other)
    assert list(alike([one, "x", other, other])) == [(0, 2), (0, 3)]
    assert list(alike([one, other + "2"])) == []


def test_arms_that_look_the_same_are_refused_with_both_lines():
    text = BASE.replace("endpoints:", "  LOW:\n    regimen: no dose\nendpoints:")
    found = "The arms 'low' and 'LOW' look the same: one is written on line 5 and one is written on line 7."
    assert problems(text) == [(7, found, RENAME)]


def test_arms_that_look_like_a_twin_are_refused():
    text = BASE.replace("endpoints:", "  low, 10 miu:\n    regimen: no dose\nequalise: {total: 10 MIU, by: amount}\nendpoints:")
    found = "The arms 'low, 10 MIU' and 'low, 10 miu' look the same: one is made by 'equalise' of 'low' on line 5 and one is written on line 7."
    assert problems(text) == [(7, found, RENAME)]


def test_visits_that_look_the_same_are_refused_with_both_lines():
    text = BASE + "visits:\n  end: 1 week\n  END: 2 weeks\n"
    assert problems(text) == [
        (10, "The visits 'end' on line 9 and 'END' cannot be told apart.", "Rename one of them."),
    ]


@pytest.mark.parametrize("name", ["a\\tb", "a\\u202eb", "a\\u200bb", "a\\nb", "a\\x1bb"])
def test_names_with_invisible_characters_are_refused(name):
    character = name[1:-1].encode().decode("unicode_escape")
    said = f"holds the invisible character U+{ord(character):04X}."
    shown = f"a\\u{ord(character):04x}b"
    advice = "Leave it out: names are written to tables, pages and terminals."
    assert problems(BASE.replace("low:", f'"{name}":')) == [(5, f"The name of an arm, '{shown}', {said}", advice)]
    assert problems(BASE + f'visits: {{"{name}": 1 day}}\n') == [(8, f"The name of a visit, '{shown}', {said}", advice)]


@pytest.mark.parametrize("first", "=+-@")
def test_names_that_spreadsheets_would_calculate_are_refused(first):
    said = f"The name of an arm, '{first}2 MIU', begins with '{first}'."
    advice = "Begin with another character: spreadsheets read names in tables as formulas."
    assert problems(BASE.replace("low:", f'"{first}2 MIU":')) == [(5, said, advice)]


def test_two_models_of_one_name_are_refused_and_nothing_is_overwritten(tmp_path):
    text = (small.ROOT / "models" / "turnover.yaml").read_text(encoding="utf-8")
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "m.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "turnover.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "M.yaml").write_text(text, encoding="utf-8")
    rename = "Rename one of the files."
    for models, found in [
        ("[x/m.yaml, y/m.yaml]", "The models 'x/m.yaml' and 'y/m.yaml' are both named 'm'."),
        ("[turnover, turnover.yaml]", "The models 'turnover' and 'turnover.yaml' are both named 'turnover'."),
        ("[x/m.yaml, M.yaml]", "The models 'x/m.yaml' and 'M.yaml' are named 'm' and 'M'."),
    ]:
        assert problems(BASE.replace("[balance]", models), tmp_path) == [(2, found, rename)]


def test_a_model_named_twice_is_refused():
    assert problems(BASE.replace("[balance]", "[balance, balance]")) == [
        (2, "The model 'balance' is named twice.", "Name every model once.")
    ]


def test_an_amount_in_mg_needs_the_name_of_a_drug():
    found = "Arm 'low' gives an amount in mg without the name of a drug."
    mg = BASE.replace("1 MIU SC daily x 5", "5 mg IV once")
    assert problems(mg) == [(5, found, f"Write 'tocilizumab: ...'; t{TAKEN}")]
    assert problems(mg.replace("balance", "turnover")) == [(5, found, "The models take il2 (IV, SC).")]


def test_an_arm_of_which_no_model_takes_any_drug_is_refused():
    text = BASE.replace("1 MIU SC daily x 5", "'rituximab: 5 mg IV once'")
    assert problems(text) == [(5, "Arm 'low' gives 'rituximab', which no model of this scenario takes.", f"T{TAKEN}")]


def test_a_misspelt_drug_is_refused_beside_others():
    text = BASE.replace("1 MIU SC daily x 5", "{il2: 1 MIU SC once, tocilizumb: 5 mg IV once}")
    found = "Arm 'low' gives 'tocilizumb', which no model of this scenario takes."
    assert problems(text) == [(5, found, f"Did you mean 'tocilizumab'? T{TAKEN}")]


def test_a_drug_that_some_models_take_is_accepted():
    text = BASE.replace("[balance]", "[turnover, balance]").replace("1 MIU SC daily x 5", "'tocilizumab: 5 mg IV once'")
    assert Scenario.from_text(text).arms[0].regimen.drugs == ("tocilizumab",)


@pytest.mark.parametrize(
    ("old", "new", "found", "right"),
    [
        ("4 weeks", "16", "'horizon: 16'", "'16 weeks'"),
        ("4 weeks", "1.5", "'horizon: 1.5'", "'1.5 weeks'"),
        ("arms:", "observe: {every: 6}\narms:", "'every: 6'", "'6 h'"),
        ("arms:", "visits: {week 4: 4}\narms:", "'week 4: 4'", "'4 weeks'"),
        ("arms:", "population: {subjects: 2, seed: 1}\nreal_life: {late: {share: 0.5, up_to: 12}}\narms:", "'up_to: 12'", "'12 h'"),
        ("arms:", "equalise: {total: 21, by: amount}\narms:", "'total: 21'", "'21 MIU'"),
        ("arms:", "subject: {weight: 70}\narms:", "'weight: 70'", "'70 kg'"),
        ("1 MIU SC daily x 5", "[{dose: 1}]", "'dose: 1'", "'1 MIU SC'"),
        ("1 MIU SC daily x 5", "[{dose: 1 MIU SC}, {rest: 14}, {dose: 1 MIU SC}]", "'rest: 14'", "'14 days'"),
        ("x 5", "x 5\n    expect: {total: 5}", "'total: 5'", "'5 MIU' or '5 mg'"),
        ("arms:", "population: {subjects: 2, seed: 1, body: {weight: {typical: 70, cv: 0.1}}}\narms:", "'typical: 70'", "'70 kg' or '70 cm'"),
        ("arms:", "population: {subjects: 2, seed: 1, body: {weight: {typical: 70 kg, cv: 0.1, bounds: [40, 90 kg]}}}\narms:", "Entry 1 of 'bounds': '40'", "'40 kg' or '40 cm'"),
    ],
)  # fmt: skip
def test_a_bare_number_for_a_quantity_is_answered_with_its_unit(old, new, found, right):
    ((_, message, advice),) = problems(BASE.replace(old, new, 1))
    assert (message, advice) == (f"{found} has no unit.", f"Write for example {right}.")


OUTSIDE = "Copy the file into that folder and name the copy."


def test_data_files_outside_the_folder_of_a_scenario_are_neither_read_nor_quoted(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    secret = tmp_path / "secret.csv"
    secret.write_text("a secret\n", encoding="utf-8")
    (folder / "link.csv").symlink_to(secret)
    (folder / "up").symlink_to(tmp_path)
    for name in ("../secret.csv", str(secret), "link.csv", "up/secret.csv", "../mine/../secret.csv"):
        for text, line in (
            (BASE + f"population: {{seed: 1, people: '{name}'}}\n", 8),
            (BASE.replace("regimen: 1 MIU SC daily x 5", f"{{ledger: '{name}', arm: a}}"), 6),
        ):
            assert problems(text, folder) == [(line, f"'{name}' is not in the folder of the scenario.", OUTSIDE)]


def test_a_file_in_the_folder_may_be_reached_by_any_path(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "people.csv").write_text("weight_kg,height_cm\n60,165\n", encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "people.csv")
    for name in ("people.csv", "sub/../people.csv", "link.csv", str(tmp_path / "people.csv")):
        assert Scenario.from_text(BASE + f"population: {{seed: 1, people: '{name}'}}\n", folder=tmp_path).population.subjects == 1


def test_a_model_outside_the_folder_is_read(tmp_path):
    text = (small.ROOT / "models" / "balance.yaml").read_text(encoding="utf-8")
    for folder in ("models", "scenarios"):
        (tmp_path / folder).mkdir()
    (tmp_path / "models" / "mine.yaml").write_text(text, encoding="utf-8")
    file = tmp_path / "scenarios" / "s.yaml"
    file.write_text(BASE.replace("[balance]", "[../models/mine.yaml]"), encoding="utf-8")
    assert read_scenario(file).models[0].name == "mine"


def test_text_that_is_no_scenario_is_said_with_its_place():
    with pytest.raises(InputFileError) as raised:
        Scenario.from_text("- a\n")
    assert str(raised.value) == textwrap.dedent("""\
        <scenario>:1: The file holds a list.
          > 1 | - a
              | ^
          A mapping of 'key: value' lines is needed.""")
    with pytest.raises(InputFileError) as raised:
        Scenario.from_text("a" * 1_000_001)
    assert str(raised.value) == "<scenario>: The text has 1,000,001 bytes.\n  At most 1,000,000 are read."

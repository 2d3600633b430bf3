"""Exports: what is written of a scenario as exposure rows or JSON is read back to its doses; what is written of what."""

import json
from datetime import date

import pytest

from regimens import read_arms, read_exposure_rows
from regimens.cli.exporting import FORMATS, OF_MODELS, OF_SCENARIOS, TABLES, ex_files, json_files
from regimens.errors import RegimenError
from regimens.regimen import weeks
from regimens.scenario import read_scenario
from regimens.scenario.values import planned_arms
from regimens.shipped import folder
from tests.small import shipped_scenario
from tests.test_cli import run

MARCH = date(2027, 3, 1)
SCENARIOS = sorted(path.stem for path in folder("scenarios").glob("*.yaml"))

LIMITED = {"seed_trials": {"RA, 0.5 MIU x 5 with tocilizumab"}}
"""Arms with a cap, whose amounts are written as the subject gets them."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_rows_of_a_shipped_scenario_are_read_back_to_its_doses(name, tmp_path):
    ((file, text),) = ex_files(shipped_scenario(name), MARCH).items()
    assert file == f"{name}-ex.csv"
    (tmp_path / file).write_text(text, encoding="utf-8")
    found = read_exposure_rows(tmp_path / file)
    assert found.open == ()
    given = [arm for arm in planned_arms(shipped_scenario(name)) if arm.regimen.drugs]
    assert set(found.doses) == {arm.name for arm in given}
    for arm in given:
        events = arm.regimen.events(weeks(1000), arm.name)
        if arm.name in LIMITED.get(name, ()):
            assert found.doses[arm.name].time_h.tolist() == events.time_h.tolist()
            assert sorted(set(found.doses[arm.name].basis)) == ["flat"]
        else:
            assert found.doses[arm.name] == events


@pytest.mark.parametrize("name", SCENARIOS)
def test_the_json_of_a_shipped_scenario_is_read_back_to_its_arms(name, tmp_path):
    ((file, text),) = json_files(shipped_scenario(name)).items()
    (tmp_path / file).write_text(text, encoding="utf-8")
    found = read_arms(tmp_path / file)
    assert [(arm.name, arm.regimen) for arm in found] == [(a.name, a.regimen) for a in planned_arms(shipped_scenario(name))]


def test_what_rows_leave_out_is_said(capsys):
    ex_files(shipped_scenario("seed_trials"), MARCH)
    assert capsys.readouterr().err.splitlines()[:2] == [
        "Arm 'RA control' gives no dose and has no row.",
        "Arm 'RA, 0.5 MIU x 5 with tocilizumab': amounts with a cap or a step are those of the scenario's subject; "
        "rows cannot say the limit.",
    ]


NOTED = """\
title: Noted
models: [turnover]
horizon: 4 weeks
subject: {weight: 80 kg, bsa: 2 m2}
population: {subjects: 2, seed: 1}
arms:
  late: {regimen: '1 MIU SC daily x 3, rest until day 28, then weekly x 4'}
  one late: {regimen: '1 MIU SC every 2 weeks x 3'}
  drawn: {regimen: '(1 MIU SC daily x 2, rest 3-5 days) x 2', rest: drawn}
  second: {regimen: 'rest 1 day, 0.01 MIU/kg SC daily x 2'}
  none: {regimen: no dose}
endpoints: [doses]
"""
DRAWN = "Arm 'drawn': its rests are drawn for every subject; they are written at their midpoints."
LATE = [
    "Arm 'late': 4 doses are at or after the horizon of 672 h and not in the table.",
    "Arm 'one late': 1 dose is at or after the horizon of 672 h and not in the table.",
]
MOVED = "Arm 'second': the first dose is at 24 h; PKPDsim moves it to time 0 unless reset_time = FALSE."
NONE = "Arm 'none' has no dose."
PERSON = "AMT of a dose per kg or per m2 is that of a person of 80 kg and 2 m2; DOSE and BASIS have it as planned."


@pytest.mark.parametrize(
    ("form", "notes"),
    [
        ("nonmem", [*LATE, DRAWN, NONE, PERSON]),
        ("pkpdsim", [*LATE, DRAWN, MOVED, NONE, PERSON]),
        ("ex", [DRAWN, "Arm 'none' gives no dose and has no row."]),
        ("json", [DRAWN]),
    ],
)
def test_what_an_export_leaves_out_is_said_on_stderr_and_beside_a_table(form, notes, tmp_path, monkeypatch, capsys):
    (tmp_path / "noted.yaml").write_text(NOTED, encoding="utf-8")
    dated = ("--from", "2027-03-01") if form == "ex" else ()
    code, _, err = run(
        monkeypatch, capsys, "export", str(tmp_path / "noted.yaml"), "--to", form, "--out", str(tmp_path / "out"), *dated
    )
    assert (code, err.splitlines()) == (0, notes)
    if form in TABLES:
        assert json.loads((tmp_path / "out" / f"noted-{form}.json").read_text(encoding="utf-8"))["notes"] == notes


def test_an_arm_that_rows_cannot_say_is_named(tmp_path):
    text = (
        "title: A\nmodels: [turnover]\nhorizon: 1 week\narms: {odd: {regimen: 1 MIU SC every 1/7000 h x 2}}\nendpoints: [doses]\n"
    )
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RegimenError) as wrong:
        ex_files(read_scenario(tmp_path / "a.yaml"), MARCH)
    assert str(wrong.value) == "Arm 'odd': Exposure rows cannot say 1/7000 h: a time of il2 is no whole number of seconds."


EQUAL = str(folder("scenarios") / "equal_total.yaml")


@pytest.mark.parametrize("form", FORMATS)
def test_every_form_is_written_of_what_has_it_and_refused_of_the_other(form, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    dated = ("--from", "2027-03-01") if form == "ex" else ()
    doses = run(monkeypatch, capsys, "export", EQUAL, "--to", form, "--out", "doses", *dated)
    equations = run(monkeypatch, capsys, "export", "turnover", "--to", form, "--out", "equations", *dated)
    written = [path.name for path in sorted((tmp_path / "doses").glob("*"))]
    if form in OF_SCENARIOS:
        endings = ["csv", "json"] if form in TABLES else [{"ex": "csv"}.get(form, "json")]
        assert doses[0] == 0
        assert written == [f"equal_total{'' if form == 'json' else f'-{form}'}.{ending}" for ending in endings]
    else:
        accepted = "nonmem, mrgsolve, rxode2, pkpdsim, ex, json"
        assert doses[2] == f"{EQUAL}: the doses of a scenario are not written for '{form}', but for {accepted}.\n"
    if form in OF_MODELS:
        assert (equations[0], equations[1]) == (0, f"Written to equations/turnover{OF_MODELS[form]}\n")
    else:
        accepted = "nonmem, mrgsolve, rxode2, antimony, sbml"
        assert equations[2] == f"turnover: the equations of a model are not written for '{form}', but for {accepted}.\n"
    assert {doses[0], equations[0]} <= {0, 2}


@pytest.mark.parametrize("given", [("--to", "ex"), ("--to", "nonmem", "--from", "2027-03-01")])
def test_exposure_rows_and_nothing_else_have_a_first_date(given, monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, "export", EQUAL, *given)
    said = "--to ex needs the date of day 0, for example --from 2027-03-01; no other form has dates."
    assert (code, err.splitlines()[-1]) == (2, f"Error: {said}")


@pytest.mark.parametrize("given", [(EQUAL, "--to", "json"), ("turnover", "--to", "nonmem")])
def test_a_model_to_fit_is_for_event_tables_of_scenarios(given, monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, "export", *given, "--model", "turnover")
    said = "--model says what an event table of a scenario is to fit: --to nonmem, mrgsolve, rxode2, pkpdsim."
    assert (code, err.splitlines()[-1]) == (2, f"Error: {said}")


@pytest.mark.parametrize("form", [("sbml",), ("nonmem",), ("ex", "--from", "2027-03-01")])
def test_a_name_that_is_no_file_is_looked_for_among_the_models(monkeypatch, capsys, form):
    assert run(monkeypatch, capsys, "export", "turnovr", "--to", *form) == (
        2,
        "",
        "There is no model 'turnovr'. Did you mean 'turnover'? Shipped models: balance, effect_turnover, expansion, turnover.\n",
    )

"""The formats `ex` and `json` of an export: what is written of a scenario is read back to its doses."""

from datetime import date

import pytest

from regimens import read_arms, read_exposure_rows
from regimens.cli.export_ex import ex_files, json_files
from regimens.errors import RegimenError
from regimens.regimen import weeks
from regimens.scenario import read_scenario
from regimens.scenario.values import planned_arms
from regimens.shipped import folder

MARCH = date(2027, 3, 1)
SCENARIOS = sorted(path.stem for path in folder("scenarios").glob("*.yaml"))

LIMITED = {"seed_trials": {"RA, 0.5 MIU x 5 with tocilizumab"}}
"""Arms with a cap, whose amounts are written as the subject gets them."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_rows_of_a_shipped_scenario_are_read_back_to_its_doses(name, tmp_path):
    path = folder("scenarios") / f"{name}.yaml"
    ((file, text),) = ex_files(str(path), MARCH).items()
    assert file == f"{name}_ex.csv"
    (tmp_path / file).write_text(text, encoding="utf-8")
    found = read_exposure_rows(tmp_path / file)
    assert found.open == ()
    given = [arm for arm in planned_arms(read_scenario(path)) if arm.regimen.drugs]
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
    path = folder("scenarios") / f"{name}.yaml"
    ((file, text),) = json_files(str(path)).items()
    (tmp_path / file).write_text(text, encoding="utf-8")
    found = read_arms(tmp_path / file)
    assert [(arm.name, arm.regimen) for arm in found] == [(a.name, a.regimen) for a in planned_arms(read_scenario(path))]


def test_what_rows_leave_out_is_said(capsys):
    ex_files(str(folder("scenarios") / "seed_trials.yaml"), MARCH)
    assert capsys.readouterr().err.splitlines()[:2] == [
        "Arm 'RA control' gives no dose and has no row.",
        "Arm 'RA, 0.5 MIU x 5 with tocilizumab': amounts with a cap or a step are those of the scenario's subject; "
        "rows cannot say the limit.",
    ]


def test_an_arm_that_rows_cannot_say_is_named(tmp_path):
    text = (
        "title: A\nmodels: [turnover]\nhorizon: 1 week\narms: {odd: {regimen: 1 MIU SC every 1/7000 h x 2}}\nendpoints: [doses]\n"
    )
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(RegimenError) as wrong:
        ex_files(str(tmp_path / "a.yaml"), MARCH)
    assert str(wrong.value) == "Arm 'odd': Exposure rows cannot say 1/7000 h: a time of il2 is no whole number of seconds."

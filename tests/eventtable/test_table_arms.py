"""Event tables in scenarios: arms from tables, their totals and words, exports of scenarios, and the command line."""

import json
import textwrap
from dataclasses import replace
from fractions import Fraction

import pytest
from click.testing import CliRunner

from regimens.cli import commands
from regimens.errors import ExposureMismatch, InputFileError, RegimenError
from regimens.eventtable import read_event_table, regimen_of_events
from regimens.eventtable.dialect import PKPDSIM, RXODE2
from regimens.eventtable.writing import event_table
from regimens.exposure import audit
from regimens.model import find_model
from regimens.modeltext import model_text
from regimens.regimen import hours, parse_regimen, weeks
from regimens.regimen.changes import StateChange
from regimens.scenario import Scenario, read_scenario
from regimens.scenario.eventexport import event_files
from regimens.scenario.values import planned_arms
from regimens.shipped import folder
from regimens.subject import Subject

TABLE = """\
ID,TIME,AMT,EVID,II,ADDL,SS
1,0,1.5,1,1,4,0
2,0,1.5,1,1,4,0
2,14,1.5,1,1,4,0
3,0,1,1,1,6,1
4,0,1,1,1,6,0
4,9,.,3,.,.,.
5,0,1,1,1,2,0
5,2,2,1,.,.,0
6,2,1,1,1,2,2
"""
PYTHON = {"dialect": "nonmem", "time": "day", "amount": {"il2": "MIU"}, "compartments": "il2 SC"}
DECLARED = "dialect: nonmem, time: day, amount: {il2: MIU}, compartments: il2 SC"

SCENARIO = """\
title: From a table
models: [turnover]
horizon: 8 weeks
arms:
  as given:
    table: {file: doses.csv, %s}
    expect: {total: 15 MIU, doses: 10}
endpoints:
  - peak of treg_fold
"""


def scenario(folder, keys, table=TABLE):
    (folder / "doses.csv").write_text(table)
    (folder / "scenario.yaml").write_text(SCENARIO % keys)
    return folder / "scenario.yaml"


def refused(folder, keys, table=TABLE):
    path = scenario(folder, keys, table)
    with pytest.raises(InputFileError) as raised:
        read_scenario(path)
    return str(raised.value).replace(str(folder), "")


def test_an_arm_has_the_doses_of_an_id(tmp_path):
    read = read_scenario(scenario(tmp_path, f"{DECLARED}, id: 2"))
    (arm,) = read.arms
    assert arm.plan_in_words == "1.5 MIU SC daily x 5, rest 9 days, 1.5 MIU SC daily x 5"
    assert arm.assumptions == (
        "The doses are those of ID 2 of 'doses.csv', read as NONMEM reads it, times in day. "
        "Given here, but not by NONMEM: 16 additional doses of 4 IDs after the last record of the ID.",
    )
    assert audit(read.arms, read.subject).differences == ()


def test_what_the_table_leaves_to_the_model_is_an_assumption(tmp_path):
    table = "ID,TIME,AMT,RATE,EVID\n1,0,1.5,36,1\n"
    path = scenario(tmp_path, DECLARED.replace("SC", "IV"), table)
    path.write_text(path.read_text().replace("    expect: {total: 15 MIU, doses: 10}\n", ""))
    (arm,) = read_scenario(path).arms
    assert arm.plan_in_words == "1.5 MIU IV once over 1 h"
    assert arm.assumptions == (
        "The doses are those of ID 1 of 'doses.csv', read as NONMEM reads it, times in day. Where bioavailability is not 1, the "
        "model's input says whether infusions keep their rate or their duration.",
    )


def test_a_table_arm_is_written_as_text_that_says_the_same(tmp_path):
    read = read_scenario(scenario(tmp_path, f"{DECLARED}, id: 2"))
    assert Scenario.from_text(read.to_yaml()) == read


def test_a_table_whose_total_differs_from_what_is_expected_ends_the_run(tmp_path):
    read = read_scenario(scenario(tmp_path, f"{DECLARED}, id: 1"))
    with pytest.raises(ExposureMismatch) as raised:
        audit(read.arms, read.subject, "scenario.yaml")
    assert str(raised.value) == (
        "scenario.yaml:7: Arm 'as given': 5 doses of 1.5 MIU are 7.5 MIU, but `expect` says 15 MIU.\n"
        "scenario.yaml:7: Arm 'as given': the regimen has 5 doses, but `expect` says 10."
    )


def test_a_steady_state_in_the_first_row_is_the_start_of_the_regimen(tmp_path):
    read = read_scenario(scenario(tmp_path, f"{DECLARED}, id: 3"))
    assert read.arms[0].plan_in_words == "at steady state of 1 MIU SC daily, 1 MIU SC daily x 7"


def test_ids_with_other_doses_need_a_choice(tmp_path):
    assert refused(tmp_path, DECLARED) == textwrap.dedent("""\
        /scenario.yaml:6: The IDs of 'doses.csv' have different doses: 1 and 2.
            5 |   as given:
          > 6 |     table: {file: doses.csv, dialect: nonmem, time: day, amount: {il2: MIU}, compartments: il2 SC}
              |            ^
          Say which one is meant: 'id: ...'.""")
    same = "ID,TIME,AMT,EVID,II,ADDL\n1,0,1.5,1,1,9\n2,0,1.5,1,1,9\n"
    assert read_scenario(scenario(tmp_path, DECLARED, same)).arms[0].regimen == parse_regimen("1.5 MIU SC daily x 10")


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (
            f"{DECLARED}, id: 4",
            "The doses of ID 4 of 'doses.csv' make no regimen: There is a reset at 216 h, which no regimen has.",
        ),
        (
            f"{DECLARED}, id: 5",
            "The doses of ID 5 of 'doses.csv' make no regimen: Two doses of 'il2' are at 48 h (lines 8 and 9), which no regimen has.",
        ),
        (
            f"{DECLARED}, id: 6",
            "The doses of ID 6 of 'doses.csv' make no regimen: There is an added steady state at 48 h, which no regimen has.",
        ),
        (f"{DECLARED}, id: 9", "/doses.csv: there is no ID 9. Known: 1, 2, 3, 4, 5, 6."),
        ("dialect: nonmem, time: day", "The table 'doses.csv' does not say 'amount' and 'compartments'."),
        (f"{DECLARED}, columns: {{AMT: DOSE}}, id: 1", "/doses.csv:1: The column 'DOSE' ('columns: AMT') is missing."),
        (DECLARED.replace("MIU", "mg"), "Amounts of 'il2' cannot be in 'mg'."),
        (DECLARED.replace("day", "months"), "'months' has no fixed length."),
        ("id: 1", "/doses.csv: nothing is declared about this table, and there is no 'doses.json' beside it."),
    ],
)
def test_what_cannot_be_an_arm_is_said(tmp_path, keys, found):
    assert found in refused(tmp_path, keys)


def test_the_advice_for_a_reset_says_what_to_do(tmp_path):
    assert refused(tmp_path, f"{DECLARED}, id: 4").endswith("Give what comes after a reset as an arm of its own.")


def test_the_advice_for_two_doses_at_one_time_says_what_to_do(tmp_path):
    said = "Give their sum in one row where their route is the same, or simulate the table in Python (read_event_table)."
    assert refused(tmp_path, f"{DECLARED}, id: 5").endswith(said)
    events = read_event_table(tmp_path / "doses.csv", **PYTHON).subject(5).doses
    with pytest.raises(RegimenError) as raised:
        regimen_of_events(events)
    assert str(raised.value) == f"Two doses of 'il2' are at 48 h, which no regimen has. {said}"


def test_a_drug_that_no_model_takes_is_said(tmp_path):
    keys = "dialect: nonmem, time: day, amount: {il3: mg}, compartments: il3 SC, id: 1"
    path = scenario(tmp_path, keys)
    path.write_text(path.read_text().replace("    expect: {total: 15 MIU, doses: 10}\n", ""))
    with pytest.raises(InputFileError) as raised:
        read_scenario(path)
    assert str(raised.value).replace(str(path), "scenario.yaml") == textwrap.dedent("""\
        scenario.yaml:5: Arm 'as given' gives 'il3', which no model of this scenario takes.
            4 | arms:
          > 5 |   as given:
              |   ^
          Did you mean 'il2'? The models take il2 (IV, SC).""")


def test_an_exported_scenario_is_read_back_as_arms(tmp_path):
    text = """\
        title: Two drugs
        models: [turnover]
        horizon: 8 weeks
        arms:
          low: {regimen: '(0.5 MIU SC daily x 5, rest 9 days) x 3'}
          sized: {regimen: {il2: '1 MIU/m2 SC every 2 days x 4', tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h}}
          placebo: {regimen: no dose}
        endpoints: [peak of treg_fold]
        """
    read = Scenario.from_text(textwrap.dedent(text))
    files = event_files(read, "nonmem")
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    assert files["scenario-nonmem.csv"] == textwrap.dedent("""\
        ID,TIME,EVID,AMT,RATE,CMT,ADDL,II,SS,DV,MDV,CYCLE,DOSE,BASIS,MAX
        1,0,1,0.5,.,1,4,24,.,.,1,1,.,.,.
        1,336,1,0.5,.,1,4,24,.,.,1,2,.,.,.
        1,672,1,0.5,.,1,4,24,.,.,1,3,.,.,.
        1,1344,2,.,.,1,.,.,.,.,1,.,.,.,.
        2,0,1,1.8,.,1,3,48,.,.,1,1,1,1,.
        2,0,1,560,560,2,.,.,.,.,1,1,8,2,800
        2,1344,2,.,.,1,.,.,.,.,1,.,.,.,.
        3,1344,2,.,.,1,.,.,.,.,1,.,.,.,.
        """)
    table = read_event_table(tmp_path / "scenario-nonmem.csv")
    assert [subject.doses for subject in table.subjects] == [arm.regimen.events(weeks(8), arm.name) for arm in read.arms]
    again = textwrap.dedent(text).replace(
        "low: {regimen: '(0.5 MIU SC daily x 5, rest 9 days) x 3'}", "low: {table: {file: scenario-nonmem.csv, id: 1}}"
    )
    assert Scenario.from_text(again, folder=tmp_path).arms[0].regimen.events(weeks(8)) == read.arms[0].regimen.events(weeks(8))


SIZED = """\
title: Sized
models: [turnover]
horizon: 2 weeks
subject: {weight: 80 kg, bsa: 1.7 m2}
arms:
  a: {regimen: 'il2: 0.01 MIU/kg SC daily x 5'}
  b: {regimen: 'il2: 0.25 MIU/m2 (max 0.4 MIU) IV over 50 min daily x 3'}
endpoints: [doses]
"""


def test_an_amount_that_disagrees_with_the_planned_dose_is_refused(tmp_path):
    for name, content in event_files(Scenario.from_text(SIZED), "nonmem").items():
        (tmp_path / name).write_text(content)
    path = tmp_path / "scenario-nonmem.csv"
    assert [len(subject.doses) for subject in read_event_table(path).subjects] == [5, 3]
    path.write_text(path.read_text().replace(",0.8,", ",80,").replace(",0.4,", ",0.425,"))
    with pytest.raises(InputFileError) as raised:
        read_event_table(path)
    assert str(raised.value).replace(str(path), "t.csv") == textwrap.dedent("""\
        t.csv:2: AMT is 80, but DOSE 0.01 per kg is 0.8 for the subject of the JSON file (80 kg, 1.7 m2).
            1 | ID,TIME,EVID,AMT,RATE,CMT,ADDL,II,SS,DV,MDV,DOSE,BASIS,MAX
          > 2 | 1,0,1,80,.,2,4,24,.,.,1,0.01,2,.
              |       ^
          Change AMT and DOSE together (and RATE of an infusion), or export the changed scenario again.
        t.csv:4: AMT is 0.425, but DOSE 0.25 per m2, MAX 0.4 is 0.4 for the subject of the JSON file (80 kg, 1.7 m2).
            3 | 1,336,2,.,.,1,.,.,.,.,1,.,.,.
          > 4 | 2,0,1,0.425,0.48,1,2,24,.,.,1,0.25,1,0.4
              |       ^
          Change AMT and DOSE together (and RATE of an infusion), or export the changed scenario again.""")


def test_a_json_file_with_a_subject_that_cannot_be_read_is_refused(tmp_path):
    for name, content in event_files(Scenario.from_text(SIZED), "nonmem").items():
        (tmp_path / name).write_text(content.replace('"80 kg"', '"heavy"'))
    with pytest.raises(InputFileError) as raised:
        read_event_table(tmp_path / "scenario-nonmem.csv")
    assert str(raised.value) == (
        f'{tmp_path / "scenario-nonmem.json"}: \'subject\' is {{"weight": "heavy", "bsa": "1.7 m2"}}.\n'
        '  Export the table again, or write for example {"weight": "70 kg", "bsa": "1.8 m2"}.'
    )


def test_what_a_table_holds_is_declared_beside_it(tmp_path):
    read = Scenario.from_text(
        "title: One\nmodels: [turnover]\nhorizon: 1 week\narms:\n  a: {regimen: 1 MIU/kg SC once}\nendpoints: [peak of treg_fold]\n"
    )
    assert json.loads(event_files(read, "rxode2")["scenario-rxode2.json"]) == {
        "table": "scenario-rxode2.csv",
        "scenario": "One",
        "dialect": "rxode2",
        "time": "h",
        "amount": {"il2": "MIU"},
        "compartments": {"1": "il2 SC"},
        "columns": {"dose": "DOSE", "basis": "BASIS"},
        "arms": {"1": "a"},
        "subject": {"weight": "70 kg", "bsa": "1.8 m2"},
        "horizon": "168 h",
        "notes": ["AMT of a dose per kg or per m2 is that of a person of 70 kg and 1.8 m2; DOSE and BASIS have it as planned."],
    }


def test_rates_durations_and_single_rows_follow_the_dialect():
    events = {"a": parse_regimen("drug: 100 mg IV over 3 h daily x 3").events(weeks(1), "a")}
    lines = {
        name: event_table(events, dialect, Subject(), weeks(1).hours).text.splitlines()[1:]
        for name, dialect in (("rxode2", RXODE2), ("pkpdsim", PKPDSIM))
    }
    assert lines["rxode2"] == ["1,0,1,100,3,1,2,24,.,.,1", "1,168,2,.,.,1,.,.,.,.,1"]
    assert lines["pkpdsim"] == [f"1,{day * 24},1,100,33.333333333333333,1,.,1" for day in range(3)]


STEADY = "at steady state of 1 MIU SC daily, 1 MIU SC daily x 7"


@pytest.mark.parametrize("dialect", ["nonmem", "mrgsolve", "rxode2"])
def test_a_start_at_steady_state_is_written_and_read_back(tmp_path, dialect):
    events = parse_regimen(STEADY).events(weeks(2), "a")
    from regimens.eventtable import DIALECTS

    made = event_table({"a": events}, DIALECTS[dialect], Subject(), weeks(2).hours)
    (tmp_path / "t.csv").write_text(made.text)
    (tmp_path / "t.json").write_text(json.dumps(made.sidecar))
    infused = "DUR" if dialect == "rxode2" else "RATE"
    assert made.text.splitlines()[:2] == [f"ID,TIME,EVID,AMT,{infused},CMT,ADDL,II,SS,DV,MDV", "1,0,1,1,.,1,6,24,1,.,1"]
    assert read_event_table(tmp_path / "t.csv").subjects[0].doses == events


def test_resets_and_constant_infusions_are_written_and_read_back(tmp_path):
    from regimens.eventtable.dialect import NONMEM

    changes = (
        StateChange(0.0, "steady state", 1.0, "drug", 2.5, route="IV", duration_h=1.0),
        StateChange(48.0, "reset"),
        StateChange(72.0, "added steady state", 24.0, "drug", 100.0, route="IV", duration_h=3.0),
    )
    planned = parse_regimen("drug: 100 mg IV over 3 h daily x 6").events(weeks(1), "a")
    events = replace(planned, changes=changes)
    made = event_table({"a": events}, NONMEM, Subject(), weeks(1).hours)
    (tmp_path / "t.csv").write_text(made.text)
    (tmp_path / "t.json").write_text(json.dumps(made.sidecar))
    assert read_event_table(tmp_path / "t.csv").subjects[0].doses == events


@pytest.mark.parametrize(
    ("text", "dialect", "message"),
    [
        (
            STEADY,
            PKPDSIM,
            "Arm 'a' cannot be written for PKPDsim: It has a steady state at 0 h. This dialect has none; use another one.",
        ),
        (
            "at steady state of 1 MIU SC daily, 3 MIU SC weekly x 4",
            RXODE2,
            "Arm 'a' cannot be written for rxode2: It starts at the steady state of a dose that is not given at 0 h. "
            "A table gives the dose of a steady state with it.",
        ),
    ],
)
def test_what_a_dialect_cannot_say_is_refused(text, dialect, message):
    with pytest.raises(RegimenError) as raised:
        event_table({"a": parse_regimen(text).events(weeks(8), "a")}, dialect, Subject(), hours(1344).hours)
    assert str(raised.value) == message


def model_place(model, given):
    return [state.name for state in model.states].index(given.state) + 1


def arms_horizon(declared):
    return Fraction(declared["horizon"].removesuffix(" h"))


def test_the_command_line_exports_and_overwrites_nothing(tmp_path):
    path = scenario(tmp_path, f"{DECLARED}, id: 2")
    run = CliRunner().invoke(commands, ["export", str(path), "--to", "mrgsolve", "--out", str(tmp_path / "out")])
    written = [tmp_path / "out" / f"scenario-mrgsolve.{ending}" for ending in ("csv", "json")]
    assert (run.exit_code, run.output) == (0, "".join(f"Written to {file}\n" for file in written))
    assert read_event_table(written[0]).subjects[0].doses == read_scenario(path).arms[0].regimen.events(weeks(8), "as given")
    again = CliRunner().invoke(commands, ["export", str(path), "--to", "mrgsolve", "--out", str(tmp_path / "out")])
    assert str(again.exception) == f"{written[0]}: exists already. Name a new one; nothing is overwritten."


def test_a_table_for_a_model_has_its_time_amounts_and_compartments_and_says_the_same_doses(tmp_path):
    model = find_model("balance")
    for dialect in ("nonmem", "mrgsolve", "rxode2"):
        files = event_files(read_scenario(folder("scenarios") / "seed_trials.yaml"), dialect, model)
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        declared = json.loads((tmp_path / f"seed_trials-balance-{dialect}.json").read_text(encoding="utf-8"))
        assert (declared["time"], declared["amount"]) == ("day", {"il2": "IU", "tocilizumab": "mg"})
        places = {f"{given.drug} {given.route}": str(model_place(model, given)) for given in model.inputs}
        assert {places[pair]: pair for pair in declared["compartments"].values()} == declared["compartments"]
        table = read_event_table(tmp_path / f"seed_trials-balance-{dialect}.csv")
        arms = {arm.name: arm for arm in planned_arms(read_scenario(folder("scenarios") / "seed_trials.yaml"))}
        for subject in table.subjects:
            name = declared["arms"][str(subject.id)]
            planned = arms[name].regimen.events(hours(arms_horizon(declared)), subject.doses.arm)
            # An hour is no decimal part of a day, so a duration in days may differ in its last place.
            assert subject.doses.duration_h == pytest.approx(planned.duration_h, rel=1e-15)
            assert replace(subject.doses, duration_h=planned.duration_h) == planned


def test_a_table_for_a_model_has_the_columns_of_its_control_stream_first():
    scenario = read_scenario(folder("scenarios") / "dose_finding.yaml")
    text = event_files(scenario, "nonmem", find_model("turnover"))["dose_finding-turnover-nonmem.csv"]
    (stated,) = (line for line in model_text(find_model("turnover"), "nonmem").splitlines() if line.startswith("$INPUT"))
    columns = stated.split()[1:]
    assert text.splitlines()[0].split(",")[: len(columns)] == columns


def test_a_drug_without_an_input_cannot_be_written_for_the_model():
    with pytest.raises(RegimenError) as raised:
        event_files(read_scenario(folder("scenarios") / "seed_trials.yaml"), "nonmem", find_model("turnover"))
    assert str(raised.value) == "Model 'turnover' has no input for 'tocilizumab IV'. It has: il2 SC, il2 IV."


def test_a_model_has_no_doses_to_export(tmp_path):
    run = CliRunner().invoke(commands, ["export", "turnover", "--to", "pkpdsim", "--out", str(tmp_path)])
    said = "turnover: the equations of a model are not written for 'pkpdsim', but for nonmem, mrgsolve, rxode2, antimony, sbml."
    assert str(run.exception) == said

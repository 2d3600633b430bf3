"""What event tables say: cells, units, comments, delimiters, additional doses, steady states, covariates, declarations."""

import numpy as np
import pandas as pd
import pytest

from regimens.errors import InputFileError, RegimensError
from regimens.eventtable import read_event_table
from regimens.regimen import DoseEvents
from regimens.regimen.changes import StateChange

ONE = {"dialect": "nonmem", "time": "h", "amount": {"il2": "MIU"}, "compartments": {1: "il2 SC"}}


def read(tmp_path, text, **declared):
    path = tmp_path / "doses.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_event_table(path, **{**ONE, **declared})


def doses(times, amounts, **columns):
    return DoseEvents.from_frame(pd.DataFrame({"time_h": times, "amount": amounts, **columns}))


PLAIN = "ID,TIME,AMT,EVID,CMT,II,ADDL,DV\n1,0,1.5,1,1,24,4,.\n1,36,.,0,1,.,.,2.5\n"
SAME = {
    "lower case": PLAIN.lower(),
    "semicolons and decimal commas": "ID;TIME;AMT;EVID;CMT;II;ADDL;DV\n1;0;1,5;1;1;24;4;.\n1;36;.;0;1;.;.;2,5\n",
    "tabs": PLAIN.replace(",", "\t"),
    "the BOM of Excel": b"\xef\xbb\xbf" + PLAIN.encode(),
    "lines that end as on Windows": PLAIN.replace("\n", "\r\n"),
    "NA": PLAIN.replace(".,", "NA,").replace("1.5", "1.5"),
    "blank cells": PLAIN.replace(",.", ","),
    "comments": "# exported\n" + PLAIN.replace("1,36", "# not yet: 1,30\n1,36"),
    "a first column C": "C,ID,TIME,AMT,EVID,CMT,II,ADDL,DV\n.,1,0,1.5,1,1,24,4,.\nC,1,x,9,9,1,.,.,.\n.,1,36,.,0,1,.,.,2.5\n",
    "quotes and spaces": 'ID, TIME, AMT, EVID, CMT, II, ADDL, "DV"\n1, 0, "1.5", 1, 1, 24, 4, .\n1, 36, ., 0, 1, ., ., 2.5\n',
    "numbers with points and exponents": PLAIN.replace("1,0,1.5,1,1,24,4", "1,0.0,15e-1,1.0,1.0,24.0,4.0"),
    "doses with a row each": "ID,TIME,AMT,EVID,DV\n1,0,1.5,1,.\n1,24,1.5,1,.\n1,36,.,0,2.5\n1,48,1.5,1,.\n1,72,1.5,1,.\n1,96,1.5,1,.\n",
}


@pytest.mark.parametrize("way", SAME)
def test_a_table_says_the_same_however_it_is_written(tmp_path, way):
    (subject,) = read(tmp_path, SAME[way]).subjects
    assert subject.id == "1"
    assert subject.doses == doses([0.0, 24, 48, 72, 96], [1.5e6] * 5)
    assert (subject.time_h.tolist(), subject.dv.tolist(), subject.after_doses.tolist()) == ([36.0], [2.5], [False])


def test_a_parquet_file_is_read_as_a_csv_file_is(tmp_path):
    path = tmp_path / "doses.parquet"
    pd.DataFrame(
        {
            "ID": [1.0, 1.0], "TIME": [0.0, 36.0], "AMT": [1.5, np.nan], "EVID": [1, 0],
            "II": [24.0, np.nan], "ADDL": [4, None], "DV": [None, 2.5], "SEX": ["F", "F"],
        }
    ).to_parquet(path)  # fmt: skip
    table = read_event_table(path, **ONE)
    assert table.subject(1).doses == doses([0.0, 24, 48, 72, 96], [1.5e6] * 5)
    assert table.notes == (
        "The column 'SEX' holds text and is not read.",
        "Given here, but not by NONMEM: 3 additional doses of 1 ID after the last record of the ID.",
    )


def test_equal_observations_may_stand_above_and_below_a_dose(tmp_path):
    (subject,) = read(tmp_path, "ID,TIME,AMT,EVID\n1,0,100,1\n1,10,.,0\n1,10,100,1\n1,10,.,0\n1,10,.,0\n1,10,.,2\n").subjects
    assert subject.time_h.tolist() == [10.0] * 4
    assert subject.after_doses.tolist() == [False, True, True, True]


def test_what_was_taken_how_is_noted(tmp_path):
    text = "# from the site\nID;TIME;AMT;EVID;II;ADDL;ARM\n1;0;1,5;1;6;9;low\n1;24;.;3;.;.;low\n2;0;1,5;1;6;9;high\n2;54;1;4;.;.;high\n"
    assert read(tmp_path, text).notes == (
        "Read with ';' between cells and decimal commas.",
        "1 line is a comment and not read.",
        "The column 'ARM' holds text and is not read.",
        "ID 1: the reset on line 4 cancels 5 additional doses of line 3.",
        "ID 1: the reset on line 4 removes the dose of line 3 at the same time.",
        "ID 2: the reset on line 6 removes the dose of line 5 at the same time.",
    )


def test_a_steady_state_that_ends_what_was_given_is_called_so_in_notes(tmp_path):
    text = "ID,TIME,AMT,EVID,II,ADDL,SS\n1,0,1,1,10,3,.\n1,24,2,1,24,0,1\n"
    assert read(tmp_path, text).notes == ("ID 1: the steady state (SS 1) on line 3 cancels 1 additional dose of line 2.",)


def test_additional_doses_after_the_last_record_are_given_and_noted(tmp_path):
    text = "ID,TIME,AMT,EVID,II,ADDL\n1,0,1,1,24,99\n1,48,.,0,.,.\n2,0,1,1,24,2\n2,48,.,0,.,.\n3,0,1,1,24,1\n"
    found = read(tmp_path, text)
    assert [len(subject.doses) for subject in found.subjects] == [100, 3, 2]
    said = "Given here, but not by NONMEM: 98 additional doses of 2 IDs after the last record of the ID."
    assert found.notes == (said,)
    assert read(tmp_path, text, dialect="rxode2").notes == ()


def test_amounts_per_kg_are_not_for_the_weight_in_the_table(tmp_path):
    text = "ID,TIME,AMT,EVID,WT,BSA\n1,0,1,1,70,1.8\n"
    said = ("Doses per kg are for the weight of the simulated subject; the covariate 'WT' does not change them.",)
    assert read(tmp_path, text, amount={"il2": "MIU/kg"}).notes == said
    assert read(tmp_path, text).notes == ()


def test_additional_doses_lie_at_exact_times(tmp_path):
    text = "ID,TIME,AMT,EVID,II,ADDL\n1,0,0.1,1,0.1,1000\n"
    found = read(tmp_path, text, time="day").subjects[0].doses
    assert found.time_h.tolist() == [k * 24 / 10 for k in range(1001)]
    assert set(found.amount.tolist()) == {100_000.0}


def test_units_bases_and_compartments_are_those_that_are_declared(tmp_path):
    text = "ID,TIME,AMT,RATE,EVID,CMT\n1,0,1.5,0,1,1\n1,1,560,280,1,2\n1,2,300,0,1,3\n"
    declared = {
        "time": "day",
        "amount": {"il2": "MIU/m2", "tocilizumab": "mg", "rapamycin": "ug/kg"},
        "compartments": {1: "il2 SC", 2: "tocilizumab IV", 3: "rapamycin PO"},
    }
    columns = {
        "drug": ["il2", "tocilizumab", "rapamycin"], "route": ["SC", "IV", "PO"], "basis": ["per m2", "flat", "per kg"],
        "duration_h": [0.0, 48.0, 0.0],
    }  # fmt: skip
    assert read(tmp_path, text, **declared).subjects[0].doses == doses([0.0, 24, 48], [1.5e6, 560, 0.3], **columns)


def test_rxode2_has_durations(tmp_path):
    text = "id,time,amt,dur,rate,evid\n1,0,2,3,.,1\n1,24,2,.,4,1\n1,48,2,.,.,1\n"
    assert read(tmp_path, text, dialect="rxode2").subjects[0].doses.duration_h.tolist() == [3.0, 0.5, 0.0]


def test_columns_may_have_other_names(tmp_path):
    text = "SUBJ,HOURS,DOSE,EVID\n1,0,1.5,1\n"
    found = read(tmp_path, text, columns={"ID": "SUBJ", "TIME": "HOURS", "AMT": "DOSE"})
    assert found.subjects[0].doses == doses([0.0], [1.5e6])


def test_durations_may_stand_in_a_column(tmp_path):
    text = "ID,TIME,AMT,RATE,EVID,D1\n1,0,1,-2,1,3\n1,1,1,-2,1,4\n"
    found = read(tmp_path, text, time="day", modelled={"il2 SC": "duration D1"})
    assert found.subjects[0].doses.duration_h.tolist() == [72.0, 96.0]


def test_resets_and_steady_states_become_changes(tmp_path):
    text = "ID,TIME,AMT,RATE,EVID,II,ADDL,SS\n1,0,1,2,1,12,1,1\n1,20,.,.,3,.,.,.\n1,30,0,0.5,4,0,0,1\n1,40,1,.,1,24,.,2\n"
    found = read(tmp_path, text).subjects[0].doses
    assert found.changes == (
        StateChange(0.0, "steady state", 12.0, "il2", 1e6, duration_h=0.5),
        StateChange(20.0, "reset"),
        StateChange(30.0, "reset"),
        StateChange(30.0, "steady state", 1.0, "il2", 5e5, duration_h=1.0),
        StateChange(40.0, "added steady state", 24.0, "il2", 1e6),
    )
    assert found.time_h.tolist() == [0.0, 12.0, 40.0]


def test_covariates_are_numbers_or_steps(tmp_path):
    text = "ID,TIME,AMT,EVID,WT,CRP\n1,0,1,1,70,3\n1,24,.,2,70,.\n1,48,.,2,70,5\n2,0,1,1,60,.\n"
    first, second = read(tmp_path, text).subjects
    assert (first.covariates["WT"], second.covariates["WT"]) == (70.0, 60.0)
    np.testing.assert_array_equal(first.covariates["CRP"].value, [3.0, np.nan, 5.0])
    assert first.covariates["CRP"].time_h.tolist() == [0.0, 24.0, 48.0]
    assert np.isnan(second.covariates["CRP"])


def test_doses_at_or_after_a_horizon_are_noted_and_not_given(tmp_path):
    text = "ID,TIME,AMT,EVID,II,ADDL,SS\n1,0,1,1,24,9,1\n1,300,1,1,.,.,.\n"
    found = read(tmp_path, text, horizon_h=120)
    assert found.subjects[0].doses.time_h.tolist() == [0.0, 24.0, 48.0, 72.0, 96.0]
    assert found.notes == (
        "ID 1, line 2, ADDL: 5 doses of the row (SS=1, ADDL=9) are at or after the horizon of 120 h and not given.",
        "ID 1, line 3, TIME: 1 dose of the row (EVID=1) is at or after the horizon of 120 h and not given.",
    )


def test_an_unknown_id_is_said(tmp_path):
    with pytest.raises(RegimensError) as raised:
        read(tmp_path, PLAIN).subject(7)
    assert str(raised.value) == f"{tmp_path / 'doses.csv'}: there is no ID 7. The only one known is '1'."


def test_ids_are_read_across_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr("regimens.eventtable.cells.ROWS", 3)
    rows = [f"{1 + k // 10},{k % 10},{'1' if k % 2 == 0 else '.'},{int(k % 2 == 0)},{k}" for k in range(40)]
    table = read(tmp_path, "\n".join(["ID,TIME,AMT,EVID,X", *rows]) + "\n")
    assert [subject.id for subject in table.subjects] == ["1", "2", "3", "4"]
    for number, subject in enumerate(table.subjects):
        assert subject.doses == doses([0.0, 2, 4, 6, 8], [1e6] * 5)
        assert subject.time_h.tolist() == [1.0, 3, 5, 7, 9]
        assert subject.covariates["X"].value.tolist() == [10.0 * number + k for k in range(10)]


def test_a_row_that_repeats_one_of_the_chunk_before_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("regimens.eventtable.cells.ROWS", 2)
    with pytest.raises(InputFileError, match="This row repeats line 3"):
        read(tmp_path, "ID,TIME,AMT,EVID\n1,0,1,1\n1,24,1,1\n1,24,1,1\n")


def test_a_covariate_with_text_in_a_later_chunk_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("regimens.eventtable.cells.ROWS", 2)
    table = read(tmp_path, "ID,TIME,AMT,EVID,X\n1,0,1,1,1\n1,24,1,1,2\n2,0,1,1,3\n2,24,1,1,x\n")
    assert [dict(subject.covariates) for subject in table.subjects] == [{}, {}]


UNDECLARED = {
    "nothing": ({}, "{path}: nothing is declared about this table, and there is no 'doses.json' beside it. Declare dialect, time, amount and compartments."),
    "half": (
        {"dialect": "nonmem", "time": "h"},
        "{path}: 'amount' and 'compartments' are not declared. Write for example dialect='nonmem', time='h', "
        "amount={'il2': 'MIU'}, compartments={1: 'il2 SC'}.",
    ),
    "an unknown dialect": ({**ONE, "dialect": "nonmen"}, "{path}: unknown dialect 'nonmen'. Did you mean 'nonmem'?"),
    "an unknown time": ({**ONE, "time": "month"}, "{path}, time: 'month' has no fixed length.\n  Write a number of weeks or days (28 days, 4 weeks). Times are written in min, h, days or weeks."),
    "amounts without a unit": ({**ONE, "amount": {}}, "{path}, amount: The unit of the amounts of 'il2' is not declared.\n  Write for example 'amount: {{il2: MIU}}'."),
    "a unit of mass for IL-2": ({**ONE, "amount": {"il2": "mg"}}, "{path}, amount, il2: Amounts of 'il2' cannot be in 'mg'.\n  Write IU, kIU or MIU."),
    "no unit": ({**ONE, "amount": {"il2": "MU"}}, "{path}, amount, il2: 'MU' is not a unit of amount.\n  'MU' has been printed for several different units. Write 'MIU' for a million IU."),
    "no size": ({**ONE, "amount": {"il2": "MIU/cm"}}, "{path}, amount, il2: 'MIU/cm' is not a unit of doses.\n  Amounts are flat, per m2 or per kg: MIU, MIU/m2, mg/kg."),
    "a drug that no compartment takes": ({**ONE, "amount": {"il2": "MIU", "il3": "mg"}}, "{path}, amount, il3: No compartment takes 'il3'.\n  Did you mean 'il2'?"),
    "no route": ({**ONE, "compartments": {1: "il2"}}, "{path}, compartments, 1: 'il2' is not a drug and a route.\n  A drug and a route are needed, such as 'il2 SC'. Routes: SC, IV, IM, PO, inhaled."),
    "no compartment": ({**ONE, "compartments": {}, "amount": {}}, "{path}, compartments: No compartment is declared.\n  Write for example 'compartments: {{1: il2 SC}}'."),
    "a role of no column": ({**ONE, "columns": {"AMOUNT": "DOSE"}}, "{path}, columns, AMOUNT: 'AMOUNT' is not the meaning of a column.\n  Did you mean 'AMT'?"),
    "a column that is not there": ({**ONE, "columns": {"AMT": "DOSES"}}, "{path}:1: The column 'DOSES' ('columns: AMT') is missing.\n  > 1 | ID,TIME,AMT,EVID,CMT,II,ADDL,DV\n  The table has: ID, TIME, AMT, EVID, CMT, II, ADDL, DV."),
    "an unknown rule": ({**ONE, "covariates": "linear"}, "{path}, covariates: Unknown rule 'linear' for covariates.\n  Write 'nocb' or 'locf'."),
    "neither rate nor duration": ({**ONE, "modelled": {"il2 SC": "2 h"}}, "{path}, modelled, il2 SC: '2 h' does not say a rate or a duration.\n  Write for example 'duration 2 h' or 'rate 0.5 MIU/h', or a column in place of the quantity."),
    "a duration without a column": ({**ONE, "modelled": {"il2 SC": "duration D1"}}, "{path}:1: The column 'D1' ('modelled: il2 SC') is missing.\n  > 1 | ID,TIME,AMT,EVID,CMT,II,ADDL,DV\n  The table has: no other column."),
}  # fmt: skip


@pytest.mark.parametrize("what", UNDECLARED)
def test_what_is_not_declared_is_not_guessed(tmp_path, what):
    declared, message = UNDECLARED[what]
    path = tmp_path / "doses.csv"
    path.write_text(PLAIN)
    with pytest.raises(RegimensError) as raised:
        read_event_table(path, **declared)
    assert str(raised.value) == message.replace("{path}", str(path)).replace("{{", "{").replace("}}", "}")


def test_a_file_that_is_not_there_or_no_text_is_said(tmp_path):
    (tmp_path / "doses.csv").write_bytes("ID,TIME,AMT,EVID\n1,0,1,1\n".encode("utf-16"))
    for name, message in (
        ("doses.csv", "The file is not UTF-8 text.\n  Save it as CSV in UTF-8."),
        ("dose.csv", "There is no such file.\n  Did you mean 'doses.csv'?"),
        (".", "This is a folder.\n  A CSV file is needed."),
    ):
        with pytest.raises(InputFileError) as raised:
            read_event_table(tmp_path / name, **ONE)
        assert str(raised.value) == f"{tmp_path / name}: {message}"

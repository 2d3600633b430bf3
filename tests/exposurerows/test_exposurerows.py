"""Exposure rows in and out: doses of constant-dosing intervals, what stays open, every fault with its place, and round trips."""

from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regimens.errors import InputFileError, RegimenError
from regimens.exposurerows import COLUMNS, exposure_rows, read_exposure_rows
from regimens.regimen import Course, Cycle, Dose, Regimen, Rest, parse_regimen, weeks
from regimens.regimen.quantities import Amount, Duration
from regimens.subject import Subject
from tests.examples import examples

MARCH = date(2027, 3, 1)
HEADING = "USUBJID,EXTRT,EXDOSE,EXDOSU,EXDOSFRQ,EXROUTE,EXSTDTC,EXENDTC"
ROW = "S1,ALDESLEUKIN,1,MIU,QD,SUBCUTANEOUS,2027-03-01,2027-03-05"


@pytest.fixture
def read(tmp_path):
    def reading(*rows, heading=HEADING, **options):
        path = tmp_path / "ex.csv"
        path.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
        return read_exposure_rows(path, **options)

    return reading


def one(found):
    (events,) = found.doses.values()
    return events


def test_a_row_is_one_dose_at_each_interval_up_to_its_end(read):
    found = read(ROW)
    assert found.doses["S1"] == parse_regimen("1 MIU SC daily x 5").events(weeks(9), "S1")
    assert (found.open, found.notes) == ((), ())


TERMS = {
    ("ONCE", "2027-03-01", "2027-03-01"): [0],
    ("ONCE", "2027-03-01", ""): [0],
    ("QD", "2027-03-01", "2027-03-03"): [0, 24, 48],
    ("BID", "2027-03-01", "2027-03-02"): [0, 12, 24, 36],
    ("TID", "2027-03-01", "2027-03-01"): [0, 8, 16],
    ("Q8H", "2027-03-01T09:00", "2027-03-02T00:59"): [0, 8],
    ("Q8H", "2027-03-01T09:00", "2027-03-02T01:00:00"): [0, 8, 16],
    ("QOD", "2027-03-01", "2027-03-06"): [0, 48, 96],
    ("Q3D", "2027-03-01", "2027-03-07"): [0, 72, 144],
    ("QW", "2027-03-01", "2027-03-14"): [0, 168],
    ("q2w", "2027-03-01", "2027-03-15"): [0, 336],
    ("Q4W", "2028-02-01", "2028-02-29"): [0, 672],
    ("EVERY 6 WEEKS", "2027-03-01", "2027-04-12"): [0, 1008],
}


@pytest.mark.parametrize("row", TERMS)
def test_frequencies_are_the_terms_of_the_codelist(read, row):
    assert one(read(f"S1,ALDESLEUKIN,1,MIU,{row[0]},SUBCUTANEOUS,{row[1]},{row[2]}")).time_h.tolist() == TERMS[row]


def test_day_0_is_the_first_start_of_the_subject_and_doses_are_numbered_in_time(read):
    events = read(
        "S2,aldesleukin,500000,IU,ONCE,SUBCUTANEOUS,2027-03-20,2027-03-20",
        "S2,TOCILIZUMAB,8,mg/kg,ONCE,INTRAVENOUS,2027-03-10,2027-03-10",
        "S2,aldesleukin,1,10^6 IU,QD,SUBCUTANEOUS,2027-03-12,2027-03-13",
        "S3,Interleukin-2,0.26,MIU/m2,ONCE,SUBCUTANEOUS,2027-05-01,2027-05-01",
    ).doses
    assert events["S2"].time_h.tolist() == [0, 48, 72, 240]
    assert events["S2"].drug == ("tocilizumab", "il2", "il2", "il2")
    assert events["S2"].amount.tolist() == [8, 1e6, 1e6, 5e5]
    assert events["S2"].basis == ("per kg", "flat", "flat", "flat")
    assert events["S2"].number.tolist() == [1, 1, 2, 3]
    assert (events["S3"].time_h.tolist(), events["S3"].basis, events["S3"].amount.tolist()) == ([0], ("per m2",), [260_000])


def test_an_infusion_lasts_from_its_start_to_its_end(read):
    events = one(read("S1,tocilizumab,560,mg,ONCE,INTRAVENOUS,2027-03-01T09:00,2027-03-01T10:30"))
    assert (events.time_h.tolist(), events.duration_h.tolist()) == ([0], [1.5])


WITH_DURATION = HEADING + ",EXDUR"
DURATIONS = {
    "QD,INTRAVENOUS,2027-03-01,2027-03-03,PT2H": [2, 2, 2],
    "QD,INTRAVENOUS,2027-03-01,2027-03-02,PT1H30M": [1.5, 1.5],
    "QD,INTRAVENOUS DRIP,2027-03-01,2027-03-02,PT0.5H": [0.5, 0.5],
    "ONCE,INTRAVENOUS,2027-03-01T09:00,2027-03-01,PT90M": [1.5],
    "ONCE,INTRAVENOUS,2027-03-01,2027-03-02,PT20H": [20],
    "ONCE,INTRAVENOUS,2027-03-01,,P1DT12H": [36],
    "ONCE,SUBCUTANEOUS,2027-03-01T08:00,2027-03-05T08:00,PT96H": [96],
    "ONCE,INTRAVENOUS,2027-03-01T08:00,2027-03-05T08:00,P4D": [96],
    "QD,SUBCUTANEOUS,2027-03-01,2027-03-02,P2D": [0, 0],
}


@pytest.mark.parametrize("row", DURATIONS)
def test_exdur_in_hours_is_the_infusion_of_each_dose_and_in_days_the_length_of_the_row(read, row):
    found = read(f"S1,il2,1,MIU,{row}", heading=WITH_DURATION)
    assert (one(found).duration_h.tolist(), found.notes) == (DURATIONS[row], ())


TOTALS = ["QD,1", "QW,1", "ONCE,1", "BID,2", "TID,3", "Q5H,4", "Q5H,5", "QH,24"]


@pytest.mark.parametrize("row", TOTALS)
def test_exdostot_is_the_total_of_a_day(read, row):
    frequency, total = row.split(",")
    found = read(f"S1,il2,1,MIU,{frequency},SUBCUTANEOUS,2027-03-01,2027-03-01,{total}", heading=HEADING + ",EXDOSTOT")
    assert (list(found.doses), found.open) == (["S1"], ())


def test_times_of_day_count_where_every_start_of_the_subject_has_one(read):
    rows = (
        "S1,il2,1,MIU,ONCE,SUBCUTANEOUS,2027-03-01T20:00,2027-03-01",
        "S1,il2,1,MIU,ONCE,SUBCUTANEOUS,2027-03-02T08:00,2027-03-02",
    )
    found = read(*rows)
    assert (one(found).time_h.tolist(), found.notes) == ([0, 12], ())
    found = read(*rows, "S1,il2,1,MIU,ONCE,SUBCUTANEOUS,2027-03-03,")
    assert one(found).time_h.tolist() == [0, 24, 48]
    assert found.notes == ("Subject 'S1': times of day are left out, for not every EXSTDTC has one.",)


def test_an_end_without_a_time_of_day_is_the_end_of_that_day(read):
    found = read("S1,il2,1,MIU,BID,SUBCUTANEOUS,2027-03-02T20:00,2027-03-03")
    assert one(found).time_h.tolist() == [0, 12, 24]
    assert found.notes == ("Subject 'S1': an EXENDTC without a time of day is the end of that day.",)


def test_a_time_of_day_at_the_end_only_is_left_out_and_said(read):
    found = read("S1,il2,1,MIU,BID,SUBCUTANEOUS,2027-03-02,2027-03-03T08:00")
    assert one(found).time_h.tolist() == [0, 12, 24, 36]
    assert found.notes == ("Subject 'S1': times of day are left out, for not every EXSTDTC has one.",)


def test_a_row_with_times_has_as_many_doses_where_other_rows_leave_them_out(read):
    timed = "S1,il2,1,MIU,BID,SUBCUTANEOUS,2027-03-02T20:00,2027-03-03T20:00"
    assert len(one(read(timed))) == 3
    assert len(one(read(timed, "S1,il2,1,MIU,ONCE,SUBCUTANEOUS,2027-03-01,"))) == 4


def test_lower_case_and_the_other_columns_of_the_domain_are_accepted(read):
    heading = "studyid,usubjid,exseq,extrt,exdose,exdosu,exdosfrq,exroute,exstdtc,exendtc,exgrpid,epoch,exstat"
    found = read(
        "X,S1,1,il2,1,MIU,ONCE,SUBCUTANEOUS,2027-03-01,2027-03-01,Cycle 1,TREATMENT,",
        "X,S1,2,il2,1,MIU,ONCE,SUBCUTANEOUS,2027-03-08,2027-03-08,Cycle 2,TREATMENT,",
        "X,S1,3,il2,,,,,,,Cycle 2,TREATMENT,NOT DONE",
        heading=heading,
    )
    assert one(found).ids == ("S1/il2/c1/d1", "S1/il2/c2/d1")
    assert found.notes == ("Rows with EXSTAT 'NOT DONE' or EXOCCUR 'N' are no doses: 1.",)


@pytest.mark.parametrize("drug", ["il2", {"STUDY DRUG": "il2"}])
def test_a_treatment_may_be_said_to_be_a_drug(read, drug):
    assert one(read(ROW.replace("ALDESLEUKIN", "STUDY DRUG"), drug=drug)).drug == ("il2",) * 5


def test_semicolons_and_decimal_commas_are_read_and_said(read):
    found = read(ROW.replace(",", ";").replace(";1;", ";0,5;"), heading=HEADING.replace(",", ";"))
    assert one(found).amount.tolist() == [5e5] * 5
    assert found.notes == ("Read with ';' between cells and decimal commas.",)


CLOSING = "It is listed as open and not completed; the doses of this subject are left out."
OPEN = {
    "S1,il2,1,MIU,QD,SUBCUTANEOUS,2027-03,2027-03-05": ("'2027-03' is a partial date.", 30),
    "S1,il2,1,MIU,QD,SUBCUTANEOUS,2027,2027-03-05": ("'2027' is a partial date.", 30),
    "S1,il2,1,MIU,QD,SUBCUTANEOUS,2027-03-01,2027---05": ("'2027---05' is a partial date.", 41),
    "S1,il2,1,MIU,ONCE,SUBCUTANEOUS,2027-03-01T09,": ("'2027-03-01T09' is a partial date.", 32),
    "S1,il2,1,MIU,QD,SUBCUTANEOUS,2027-03-01,": ("The end of these doses (QD) is not known.", 41),
    "S1,il2,1,MIU,ONCE,SUBCUTANEOUS,,": ("The start is not known.", 32),
    "S1,il2,,MIU,ONCE,SUBCUTANEOUS,2027-03-01,": ("The amount is not known.", 8),
    "S1,il2,1,MIU,,SUBCUTANEOUS,2027-03-01,2027-03-01": ("How often doses were given is not known.", 14),
    "S1,il2,1,MIU,PRN,SUBCUTANEOUS,2027-03-01,2027-03-05": ("'PRN' is given as needed, so its doses are not known.", 14),
    "S1,il2,1,MIU,QM,SUBCUTANEOUS,2027-03-01,2027-06-01": ("'QM' has no fixed length.", 14),
    "S1,il2,1,MIU,3 TIMES PER WEEK,SUBCUTANEOUS,2027-03-01,2027-06-01": ("'3 TIMES PER WEEK' does not say on which days.", 14),
    "S1,il2,1,MIU,ONCE,INTRAVENOUS,2027-03-01,2027-03-02": ("One dose ends on a later date, and no times of day say how long it took.", 42),
}  # fmt: skip


MORE = {
    "ONCE,SUBCUTANEOUS,2027-03-01T08:00,2027-03-05T08:00,,":
        ("This dose ends later than it starts, but only intravenous doses are infusions (SUBCUTANEOUS).", 49),
    "ONCE,INTRAVENOUS BOLUS,2027-03-01T08:00,2027-03-01T09:00,,":
        ("This dose ends later than it starts, but only intravenous doses are infusions (INTRAVENOUS BOLUS).", 54),
    "QD,INTRAVENOUS DRIP,2027-03-01,2027-03-02,,": ("How long this infusion (INTRAVENOUS DRIP) took is not known.", 17),
    "QD,INTRAVENOUS,2027-03-01,2027-03-03,PT24H,": ("'PT24H' is not shorter than the time between doses (QD).", 51),
    "QD,INTRAVENOUS,2027-03-01,2027-03-03,P9D,": ("'P9D' is not the time from EXSTDTC to EXENDTC.", 51),
    "ONCE,INTRAVENOUS,2027-03-01,,P5D,": ("'P5D' is not the time from EXSTDTC to EXENDTC.", 43),
    "ONCE,INTRAVENOUS,2027-03-01T09:00,2027-03-01T10:00,PT2H,": ("'PT2H' is not the time from EXSTDTC to EXENDTC.", 65),
    "ONCE,INTRAVENOUS,2027-03-01T09:00,2027-03-02,PT2H,": ("'PT2H' is not the time from EXSTDTC to EXENDTC.", 59),
    "ONCE,INTRAVENOUS,2027-03-01,2027-03-03,PT20H,": ("'PT20H' is not the time from EXSTDTC to EXENDTC.", 53),
    "QD,INTRAVENOUS,2027-03-01,2027-03-03,2 HOURS,":
        ("'2 HOURS' is no duration in hours and minutes, as PT1H30M is, or in days, as P5D is.", 51),
    "ONCE,INTRAVENOUS,2027-03-01,,PT99999999999999H,": ("'PT99999999999999H' is longer than any infusion.", 43),
    "QD,INTRAVENOUS,2027-03-01,2027-03-03,PT,":
        ("'PT' is no duration in hours and minutes, as PT1H30M is, or in days, as P5D is.", 51),
    "QD,INTRAVENOUS,2027-03-01,2027-03-03,,99": ("The total of a day is '99', but '1' QD gives 1.", 52),
    "Q5H,INTRAVENOUS,2027-03-01,2027-03-03,,9": ("The total of a day is '9', but '1' Q5H gives 4 to 5.", 53),
}  # fmt: skip


@pytest.mark.parametrize("row", MORE)
def test_durations_and_totals_that_do_not_agree_with_the_row_are_open(read, row):
    found = read(f"S1,il2,1,MIU,{row}", heading=HEADING + ",EXDUR,EXDOSTOT")
    assert list(found.doses) == []
    (problem,) = found.open
    assert (problem.message, problem.line, problem.column, problem.advice) == (MORE[row][0], 2, MORE[row][1], CLOSING)


@pytest.mark.parametrize("row", OPEN)
def test_what_a_row_does_not_say_is_open_and_its_subject_is_left_out(read, row):
    found = read(row, ROW.replace("S1", "S2"))
    assert list(found.doses) == ["S2"]
    (problem,) = found.open
    assert (problem.message, problem.line, problem.column, problem.advice) == (*[OPEN[row][0], 2, OPEN[row][1]], CLOSING)


UNITS = "Known: IU, kIU, 10^3 IU, MIU, 10^6 IU, ug, mg, g, each also with '/kg' or '/m2'."
FAULTS = {
    "S1,il2,1,mIU,QD,SUBCUTANEOUS,2027-03-01,2027-03-05":
        ("Unknown unit 'mIU'.", f"'mIU' would be a thousandth of an IU. Write 'MIU' for a million IU. {UNITS}", 10),
    "S1,il2,1,mIU/m2,QD,SUBCUTANEOUS,2027-03-01,2027-03-05":
        ("Unknown unit 'mIU/m2'.", f"'mIU' would be a thousandth of an IU. Write 'MIU' for a million IU. {UNITS}", 10),
    "S1,il2,1,miu/m2,QD,SUBCUTANEOUS,2027-03-01,2027-03-05": ("Unknown unit 'miu/m2'.", f"Did you mean 'MIU'? {UNITS}", 10),
    "S1,il2,1,MIU/d,QD,SUBCUTANEOUS,2027-03-01,2027-03-05": ("Unknown unit 'MIU/d'.", UNITS, 10),
    "S1,rapamycin,1,TABLET,QD,ORAL,2027-03-01,2027-03-05": ("Unknown unit 'TABLET'.", UNITS, 16),
    "S1,PROLEUKIN,1,MIU,QD,SUBCUTANEOUS,2027-03-01,2027-03-05":
        ("An amount of proleukin in 'MIU'.",
         "IL-2 is dosed in IU and other drugs in mg: proleukin in mg. If PROLEUKIN is IL-2, read with drug={'PROLEUKIN': 'il2'}.", 16),
    "S1,il2,1,mg,QD,SUBCUTANEOUS,2027-03-01,2027-03-05":
        ("An amount of il2 in 'mg'.", "IL-2 is dosed in IU and other drugs in mg: il2 in IU.", 10),
    "S1,tocilizumab,1,IU,QD,SUBCUTANEOUS,2027-03-01,2027-03-05":
        ("An amount of tocilizumab in 'IU'.", "IL-2 is dosed in IU and other drugs in mg: tocilizumab in mg. "
         "If tocilizumab is IL-2, read with drug={'tocilizumab': 'il2'}.", 18),
    "S1,il2,one,MIU,QD,SUBCUTANEOUS,2027-03-01,2027-03-05": ("'one' is no amount.", "An amount is a number of 0 or more.", 8),
    "S1,il2,-1,MIU,QD,SUBCUTANEOUS,2027-03-01,2027-03-05": ("'-1' is no amount.", "An amount is a number of 0 or more.", 8),
    "S1,il2,1,MIU,QXD,SUBCUTANEOUS,2027-03-01,2027-03-05":
        ("Unknown frequency 'QXD'.", "Known: ONCE, QD, BID, TID, QID, QOD, QW, and the like of Q8H, Q3D, Q2W and EVERY 6 WEEKS.", 14),
    "S1,il2,1,MIU,QD,TOPICAL,2027-03-01,2027-03-05":
        ("Unknown route 'TOPICAL'.",
         "Known: SUBCUTANEOUS, INTRAVENOUS, INTRAMUSCULAR, ORAL, RESPIRATORY (INHALATION), INTRAVENOUS BOLUS, INTRAVENOUS DRIP.", 17),
    "S1,il2,1,MIU,QD,SUBCUTANEOUS,2027-02-30,2027-03-05":
        ("'2027-02-30' is no date.", "Write it as 2027-03-01, or with the local time of day as 2027-03-01T09:00.", 30),
    "S1,il2,1,MIU,QD,SUBCUTANEOUS,2027-03-06,2027-03-05": ("'2027-03-05' is before the start, '2027-03-06'.", "", 41),
    ",il2,1,MIU,QD,SUBCUTANEOUS,2027-03-01,2027-03-05": ("The subject is blank.", "Every row has a USUBJID.", 1),
    "S1,,1,MIU,QD,SUBCUTANEOUS,2027-03-01,2027-03-05": ("The treatment is blank.", "Every row names its EXTRT.", 4),
    "S1,il2,1,MIU,QH,SUBCUTANEOUS,2027-03-01,2097-03-05":
        ("This row has 613752 doses.", "At most 100000 are accepted. Check its dates.", None),
    "S1,il2,1,MIU,QD,SUBCUTANEOUS,2027-03-01T09:00,9999-12-31":
        ("This row has 2912019 doses.", "At most 100000 are accepted. Check its dates.", None),
}  # fmt: skip


@pytest.mark.parametrize("row", FAULTS)
def test_what_cannot_be_read_is_refused_with_its_place(read, row):
    with pytest.raises(InputFileError) as wrong:
        read(row)
    (problem,) = wrong.value.problems
    assert (problem.message, problem.advice, problem.line, problem.column) == (*FAULTS[row][:2], 2, FAULTS[row][2])


def test_a_drug_that_the_caller_named_keeps_its_unit(read):
    with pytest.raises(InputFileError) as wrong:
        read(ROW, drug={"ALDESLEUKIN": "rapamycin"})
    assert [(p.message, p.advice) for p in wrong.value.problems] == [
        ("An amount of rapamycin in 'MIU'.", "IL-2 is dosed in IU and other drugs in mg: rapamycin in mg."),
    ]


def test_all_problems_are_said_at_once_and_rows_that_stand_there_twice_too(read):
    with pytest.raises(InputFileError) as wrong:
        read(ROW, ROW, "S1,STUDY DRUG,1,MIU,QD,SUBCUTANEOUS,2027-03-09,2027-03-10", drug={"ALDESLEUKIN": "il2"})
    assert [(p.line, p.message) for p in wrong.value.problems] == [
        (3, "This row says the same as line 2."),
        (4, "Nothing says which drug 'STUDY DRUG' is."),
    ]


TWICE = {
    ("QD", "2027-03-01", "2027-03-05", "QD", "2027-03-03", "2027-03-08"): "2027-03-03",
    ("QD", "2027-03-03", "2027-03-08", "QD", "2027-03-01", "2027-03-05"): "2027-03-03",
    ("QD", "2027-03-01", "2027-03-05", "QOD", "2027-03-02", "2027-03-08"): "2027-03-02",
    ("QD", "2027-03-01T09:00", "2027-03-05", "ONCE", "2027-03-05T09:00", ""): "2027-03-05",
    ("QD", "2027-03-01T09:00", "2027-03-05", "ONCE", "2027-03-05", ""): "2027-03-05",
}


@pytest.mark.parametrize("rows", TWICE)
def test_the_same_dose_at_the_same_time_in_two_rows_is_refused_with_both_lines(read, rows):
    with pytest.raises(InputFileError) as wrong:
        read(*(f"S1,il2,1,MIU,{every},SUBCUTANEOUS,{start},{end}" for every, start, end in (rows[:3], rows[3:])))
    (problem,) = wrong.value.problems
    assert problem.message == f"Line 2 says the same dose of il2 at the same time, first on {TWICE[rows]}."
    assert problem.advice == "Correct the dates, or write two equal doses at one time as one of twice the amount."
    assert (problem.line, problem.column) == (3, 30 + len(rows[3]) - 2)


def test_a_total_or_an_amount_that_is_no_number_or_out_of_range_is_refused(read):
    with pytest.raises(InputFileError) as wrong:
        read(f"{ROW},some", f"{ROW.replace(',1,', ',1e40,')},1", heading=HEADING + ",EXDOSTOT")
    assert [(p.message, p.advice, p.line, p.column) for p in wrong.value.problems] == [
        ("'some' is no amount.", "An amount is a number of 0 or more.", 2, 60),
        ("Amount must be between 1e-30 and 1e30 in size, found '1e40'.", "Check its exponent.", 3, 16),
    ]


def test_intravenous_doses_that_may_have_been_infusions_are_boluses_and_said(read):
    found = read("S1,il2,1,MIU,QD,INTRAVENOUS,2027-03-01T09:00,2027-03-03T10:00")
    assert one(found).duration_h.tolist() == [0, 0, 0]
    assert found.notes == ("Subject 'S1': line 2 ends after its last dose and has no EXDUR; its doses are boluses.",)


def test_rows_that_overlap_without_a_dose_at_the_same_time_are_read_without_a_note(read):
    found = read(
        "S1,il2,1,MIU,QOD,SUBCUTANEOUS,2027-03-01,2027-03-05",
        "S1,il2,1,MIU,QOD,SUBCUTANEOUS,2027-03-02,2027-03-06",
        "S2,il2,1,MIU,QD,SUBCUTANEOUS,2027-03-01T08:00,2027-03-02T08:00",
        "S2,il2,1,MIU,QD,SUBCUTANEOUS,2027-03-01T20:00,2027-03-02T20:00",
    )
    assert [events.time_h.tolist() for events in found.doses.values()] == [[0, 24, 48, 72, 96, 120], [0, 12, 24, 36]]
    assert found.notes == ()


def test_other_doses_of_a_drug_at_the_same_time_count_and_are_said(read):
    found = read(ROW, "S1,il2,2,MIU,QD,SUBCUTANEOUS,2027-03-05,2027-03-06", "S1,tocilizumab,8,mg/kg,ONCE,INTRAVENOUS,2027-03-05,")
    assert one(found).amount.sum() == 5e6 + 4e6 + 8
    assert found.notes == ("Subject 'S1': lines 2 and 3 both give il2, first on 2027-03-05; both doses count.",)


def test_columns_that_are_missing_misspelt_or_in_mixed_case_are_named(read):
    with pytest.raises(InputFileError) as wrong:
        read(ROW, heading=HEADING.replace("EXDOSE", "Exdose").replace("EXTRT", "EXTRET"))
    assert [(p.message, p.advice, p.line, p.column) for p in wrong.value.problems] == [
        ("The column 'EXTRT' is missing.", f"Needed: {HEADING.replace(',', ', ')}.", 1, None),
        ("The column 'EXDOSE' is missing.", f"Needed: {HEADING.replace(',', ', ')}.", 1, None),
        ("Unknown column 'EXTRET'.", "Did you mean 'EXTRT'?", 1, 9),
        ("Unknown column 'Exdose'.", "Did you mean 'EXDOSE'?", 1, 16),
    ]


def written(regimen, name="A"):
    return [dict(zip(COLUMNS, row, strict=True)) for row in exposure_rows(regimen, MARCH, name, Subject())]


def test_a_course_is_one_row_where_a_term_says_its_interval():
    (row,) = written(parse_regimen("0.5 MIU SC every other day x 7"))
    assert row == {
        "DOMAIN": "EX", "USUBJID": "A", "EXSEQ": "1", "EXGRPID": "", "EXTRT": "ALDESLEUKIN", "EXDOSE": "500000", "EXDOSU": "IU",
        "EXDOSFRQ": "QOD", "EXROUTE": "SUBCUTANEOUS", "EXSTDTC": "2027-03-01", "EXENDTC": "2027-03-13",
        "EXDUR": "",
    }  # fmt: skip


def test_other_intervals_and_infusions_are_a_row_a_dose():
    rows = written(parse_regimen("tocilizumab: 8 mg/kg IV over 1 h every 5 weeks x 3"))
    assert [(row["EXDOSFRQ"], row["EXDOSU"], row["EXSTDTC"], row["EXENDTC"], row["EXDUR"]) for row in rows] == [
        ("ONCE", "mg/kg", f"2027-{day}T00:00:00", f"2027-{day}T01:00:00", "PT1H") for day in ("03-01", "04-05", "05-10")
    ]


def test_an_amount_with_a_cap_is_written_as_the_subject_gets_it():
    (row,) = written(parse_regimen("tocilizumab: 8 mg/kg (max 500 mg) IV once"))
    assert (row["EXDOSE"], row["EXDOSU"]) == ("500", "mg")


def test_what_rows_cannot_say_is_refused():
    with pytest.raises(RegimenError) as finer:
        written(Regimen(Course(Amount(Fraction(1), "IU"), Duration(Fraction(1, 7000)), 2)))
    assert str(finer.value) == "Exposure rows cannot say 1/7000 h: a time of il2 is no whole number of seconds."
    with pytest.raises(RegimenError) as steady:
        written(parse_regimen("at steady state of 1 MIU SC daily, 1 MIU SC daily x 3"))
    assert str(steady.value) == "Exposure rows cannot say a start at steady state. They say the doses of each date."
    with pytest.raises(RegimenError) as units:
        written(parse_regimen("heparin: 5000 IU SC once"))
    assert str(units.value) == "Exposure rows cannot say doses of heparin in IU. Only IL-2 is dosed in IU."


amounts = st.builds(
    Amount, st.integers(1, 10**9).map(lambda n: Fraction(n, 100)), st.just("IU"), st.sampled_from(["flat", "per m2", "per kg"])
)
intervals = st.sampled_from([2, 5, 8, 12, 24, 36, 48, 72, 168, 336, 504, 672, 840]) | st.integers(3600, 10**6).map(
    lambda seconds: Fraction(seconds, 3600)
)


@st.composite
def sayable(draw, unit):
    """Parts of one drug that exposure rows can say: no caps or steps, times of whole seconds, the first dose at 0 h."""
    parts = []
    for _ in range(draw(st.integers(1, 3))):
        hours = Fraction(draw(intervals))
        amount = draw(amounts)
        over = draw(st.none() | st.integers(1, 3600).map(lambda seconds: Duration(Fraction(seconds, 3600))))
        dose = Dose(Amount(amount.value, unit, amount.basis), draw(st.sampled_from(["SC", "IV", "IM", "PO", "inhaled"])), over)
        part = Course(dose, Duration(hours), draw(st.integers(1, 9)))
        if draw(st.booleans()):
            part = Cycle(part, Rest(Duration(Fraction(draw(intervals)))), repeats=draw(st.integers(1, 3)))
        parts.append(part)
    return tuple(parts)


@examples(80)
@given(sayable("IU"), st.none() | sayable("mg"))
def test_what_is_written_and_read_again_gives_identical_dose_events(tmp_path_factory, il2, other):
    regimen = Regimen(il2=il2, **({} if other is None else {"rapamycin": other}))
    path = tmp_path_factory.mktemp("ex") / "ex.csv"
    rows = exposure_rows(regimen, MARCH, "A", Subject())
    path.write_text("\n".join(",".join(row) for row in [COLUMNS, *rows]), encoding="utf-8")
    found = read_exposure_rows(path)
    assert found.open == ()
    assert found.doses["A"] == regimen.events(weeks(10_000), "A")
    assert np.array_equal(found.doses["A"].time_h, regimen.events(weeks(10_000)).time_h)

"""Tables of responses: the shipped one, and every way in which a user's own can be wrong."""

import math

import pytest

from regimens import shipped
from regimens.errors import InputFileError
from regimens.evidence import ANALYTES, read_responses
from regimens.evidence.responsefile import COLUMNS
from regimens.regimen import parse_regimen

FILE = shipped.folder("evidence") / "responses.csv"
SHIPPED = {row.id: row for row in read_responses(FILE)}
HEADING = "id,study,n,regimen,analyte,time_h,statistic,value,low,high,interval,unit,assumed_sd_log,role,baseline"
GOOD = "a,S,9,1 MIU SC daily x 5,Treg fold,168,mean,1.8,1.3,2.3,SD,fold,,fit,"


def read(tmp_path, *rows, heading=HEADING, **named):
    file = tmp_path / "mine.csv"
    file.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return read_responses(file, **named)


def said(tmp_path, *rows, heading=HEADING):
    with pytest.raises(InputFileError) as raised:
        read(tmp_path, *rows, heading=heading)
    return [(problem.line, problem.message, problem.advice) for problem in raised.value.problems]


def test_a_table_with_the_needed_columns_only_is_read(tmp_path):
    heading = "id,study,n,regimen,analyte,time_h,statistic,value,unit,role,assumed_sd_log"
    (row,) = read(tmp_path, "a,S,9,1 MIU SC daily x 5,Treg fold,168,mean,1.8,fold,fit,0.2", heading=heading)
    assert row.regimen == parse_regimen("1 MIU SC daily x 5")
    assert (row.observable, row.reading, row.time_h, row.value, row.se_log, row.role) == (
        "treg_fold",
        "at",
        168.0,
        1.8,
        0.2,
        "fit",
    )
    assert (row.baseline, row.bound, row.year, row.doi, row.line) == (None, "", None, "", 2)
    assert (row.subject.weight_kg, float(row.subject.bsa_m2)) == (70, 1.8)


@pytest.mark.parametrize("row", SHIPPED.values(), ids=SHIPPED)
def test_every_shipped_row_can_be_fitted_or_is_an_ordering(row):
    assert row.how_read
    assert row.note or row.assumed
    assert row.observable == ANALYTES[row.analyte].observable
    if row.statistic == "ordering":
        assert (row.value, row.se_log, row.role) == (None, None, "check")
    else:
        assert row.value > 0
        assert row.se_log > 0
        assert row.time_h > 0


def test_the_shipped_rows_and_their_roles_are_these():
    assert [row.id for row in SHIPPED.values() if row.role == "fit"] == [
        "dilfrequency-treg", "dilfrequency-cd25", "lilacs", "ra-treg", "ra-th17", "ra-ratio", "gvhd-treg", "il2-peak",
        "ms-treg-d5", "ms-cd25-d5", "ms-treg-d15", "lite-month1", "nk-daily-0.4", "nk-daily-1.75",
    ]  # fmt: skip
    assert [row.id for row in SHIPPED.values() if row.role == "check"] == [
        "dilt1d", "psa-treg", "psa-th17", "dm-treg", "ad-monthly", "tcz-ratio", "humrich-cd25hi", "lilacs-1.5",
        "lilacs-2.5", "ssc-d8", "nk-hiv", "tcz-cmax",
    ]  # fmt: skip
    assert [row.id for row in SHIPPED.values() if row.role == "shown"] == ["scht-treg"]


def test_studies_of_one_centre_are_one_source():
    sources = {row.id: row.source for row in SHIPPED.values()}
    assert sources["ra-treg"] == sources["psa-treg"] == sources["dm-treg"] == "Li XF group"
    assert sources["lite-month1"] == SHIPPED["lite-month1"].study


def test_a_peak_has_its_readings_and_nothing_else_has_any(tmp_path):
    heading = HEADING + ",readings_h"
    peak = "a,S,9,0.3 MIU/m2 SC once,Treg share peak,168,mean,1.3,,,,fold,0.1,check,,24 48 168"
    (row,) = read(tmp_path, peak, heading=heading)
    assert (row.observable, row.reading, row.readings_h) == ("treg_share_fold", "peak", (24.0, 48.0, 168.0))
    (unsorted,) = read(tmp_path, peak.replace("24 48 168", "168 24 48 24"), heading=heading)
    assert unsorted.readings_h == (24.0, 48.0, 168.0)  # doses are given up to the last of them
    assert said(tmp_path, peak.replace("48", "x"), heading=heading) == [
        (2, "'24 x 168' is not a list of times.", "Give hours with a space between them, such as '24 72 168'.")
    ]
    assert said(tmp_path, peak.replace("48", "4_8"), heading=heading) == [
        (2, "'24 4_8 168' is not a list of times.", "Give hours with a space between them, such as '24 72 168'.")
    ]
    assert said(tmp_path, peak.replace("48", "480"), heading=heading) == [
        (2, "'24 480 168' has a time outside 0 to 168 h.", "A peak is the highest value from 0 h to 'time_h'.")
    ]
    assert said(tmp_path, peak.replace("Treg share peak", "Treg fold"), heading=heading) == [
        (2, "'Treg fold' is read at one time.", "Only a peak has several readings.")
    ]


@pytest.mark.parametrize("regimen", ["1 MIU SC once", "no dose"])
def test_a_peak_without_a_time_needs_doses_that_last(tmp_path, regimen):
    heading = HEADING + ",readings_h"
    assert said(tmp_path, f"a,S,9,{regimen},serum IL-2 peak,,mean,1.3,,,,IU/mL,0.1,check,,1 2 4", heading=heading) == [
        (
            2,
            f"The time is blank, and the doses of '{regimen}' last 0 h.",
            "Give the time up to which the peak was looked for, in hours.",
        )
    ]


def test_readings_of_a_peak_may_have_the_decimal_commas_of_their_table(tmp_path):
    heading = (HEADING + ",readings_h").replace(",", ";")
    (row,) = read(tmp_path, "a;S;9;0.3 MIU/m2 SC once;Treg share peak;168;mean;1,3;;;;fold;0,1;check;;1,5 48", heading=heading)
    assert row.readings_h == (1.5, 48.0)


def test_bounds_are_bounds_with_their_assumed_error():
    gvhd, peak = SHIPPED["gvhd-treg"], SHIPPED["il2-peak"]
    assert (gvhd.bound, gvhd.value, gvhd.se_log, gvhd.time_h) == ("lower bound", 8.0, 0.2, 672.0)
    assert (peak.bound, peak.value, peak.se_log, peak.reading, peak.time_h) == ("upper bound", 2.5, 0.2, "peak", 672.0)


def test_a_count_of_th17_becomes_a_fold_of_its_baseline():
    row = SHIPPED["psa-th17"]
    assert row.value == pytest.approx(10.1 / 6.3)
    own, before = (math.log(high / low) / 1.349 * math.sqrt(math.pi / 2 / 22) for low, high in ((7.0, 20.0), (2.3, 11.5)))
    assert row.se_log == pytest.approx(math.sqrt(own**2 + before**2 - own * before))
    assert row.baseline_spread.se_log == pytest.approx(before)


def test_a_count_of_treg_stays_a_count_beside_its_baseline():
    row = SHIPPED["ra-treg"]
    assert (row.observable, row.value, row.baseline.value) == ("treg", 78.55, 18.67)
    assert row.se_log == pytest.approx(math.sqrt(math.log1p((44.67 / 78.55) ** 2 / 26)))


def test_a_share_becomes_a_fold_and_a_baseline_that_reaches_zero_lends_no_error():
    row = SHIPPED["scht-treg"]
    assert row.value == pytest.approx(11.1 / 4.8)
    assert row.baseline_spread is None
    assert float(row.subject.bsa_m2) == 1.2


def test_all_bad_rows_are_said_at_once_with_their_places(tmp_path):
    rows = [
        "a,S,0,1 MUI SC daily x 5,Treg foldd,168,mean,-1,,,,fold,,fitt,",
        "a,S,5,1 MIU SC daily x 5,Treg fold,day 8,mean,1.5,,,,fold,,fit,",
        "b,S,5,1 MIU SC daily x 5,Treg fold,99999,meen,1.5,1.2,1.9,IQRR,cells,0.1,check,",
    ]
    assert said(tmp_path, *rows) == [
        (2, "'0' is not a number of subjects.", "A whole number of at least 1 is needed."),
        (2, "'MUI' is not a unit of amount.", "Did you mean 'MIU'? Amounts are written in IU, kIU, MIU, ug, mg or g, each also per m2 or per kg (MIU/m2, mg/kg)."),
        (2, "Unknown analyte 'Treg foldd'.", "Did you mean 'Treg fold'?"),
        (2, "The value must be greater than zero, found '-1'.", "Values are compared on the log scale."),
        (2, "Unknown role 'fitt'.", "Did you mean 'fit'? Accepted: fit, check, shown."),
        (3, "The id 'a' is already used on line 2.", "Rename one of the rows."),
        (3, "'day 8' is not a number.", "'time_h' must be a plain decimal number or blank."),
        (3, "This row has neither a spread nor an assumed_sd_log.", "Give an interval, or the standard error on the log scale to use."),
        (4, "The time 99999 h lies outside the horizon, from 0 to 17472 h.", "Times are hours from the start: protocol day 8 is 168 h."),
        (4, "Unknown statistic 'meen'.", "Did you mean 'mean'? Accepted: mean, median, ratio, target, statement, ordering."),
        (4, "Unknown interval 'IQRR'.", "Did you mean 'IQR'? Accepted: SD, IQR, range, SE, CI95, lower bound, upper bound."),
        (4, "'cells' is not a unit of 'Treg fold'.", "'Treg fold' is given in fold."),
    ]  # fmt: skip


def test_the_message_points_into_the_regimen_of_the_row(tmp_path):
    with pytest.raises(InputFileError) as raised:
        read(tmp_path, GOOD, 'b,S,9,"0.5 MIU SC daly x 5",Treg fold,168,mean,1.8,1.3,2.3,SD,fold,,fit,')
    assert (
        str(raised.value).replace(str(tmp_path), "x")
        == """\
x/mine.csv:3: Found 'daly' where how often, such as 'daily', 'every 2 days', 'weekly' or 'once', is expected.
    2 | a,S,9,1 MIU SC daily x 5,Treg fold,168,mean,1.8,1.3,2.3,SD,fold,,fit,
  > 3 | b,S,9,"0.5 MIU SC daly x 5",Treg fold,168,mean,1.8,1.3,2.3,SD,fold,,fit,
      |                   ^
  Did you mean 'daily'? For example: 0.5 MIU SC daily x 5"""
    )


ONE_FAULT = {
    "a blank id": ("a,S", ",S", "This row has no id.", "Every row needs its own short name."),
    "a blank study": ("a,S", "a,", "The study is blank.", "Rows of one study are left out together, so each row needs its study."),
    "an assumed error in words": ("1.3,2.3,SD,fold,", ",,,fold,none", "'none' is not a number.", "'assumed_sd_log' must be a plain decimal number or blank."),
    "ends of an SD at different distances": ("1.3,2.3", "1.3,3.3", "The ends 1.3 and 3.3 are not as far below as above the value 1.8.", "The ends of an SD are the value minus and plus one SD."),
    "an ordering to fit": ("mean,1.8,1.3,2.3,SD", "ordering,,,,", "An ordering has no value to fit, found the role 'fit'.", "Give it the role 'check' or 'shown'."),
    "a blank n": ("S,9", "S,", "'n' is blank.", "A whole number of at least 1 is needed."),
    "half a subject": ("S,9", "S,9.5", "'9.5' is not a number of subjects.", "A whole number of at least 1 is needed."),
    "a blank time": (",168,", ",,", "The time is blank.", "Only a peak or an ordering may have no time."),
    "a time before the start": (",168,", ",-1,", "The time -1 h lies outside the horizon, from 0 to 17472 h.", "Times are hours from the start: protocol day 8 is 168 h."),
    "an infinite time": (",168,", ",inf,", "'inf' is not a number.", "'time_h' must be a plain decimal number or blank."),
    "a blank value": (",1.8,", ",,", "'value' is blank.", "Only a row with the statistic 'ordering' has no value."),
    "a value of zero": (",1.8,", ",0,", "The value must be greater than zero, found '0'.", "Values are compared on the log scale."),
    "one end": (",2.3,SD", ",,SD", "The interval 'SD' needs both ends, found only one.", "Give low and high."),
    "ends without a name": (",SD,", ",,", "low or high is given, but interval is blank.", "Accepted: SD, IQR, range, SE, CI95, lower bound, upper bound."),
    "ends the wrong way round": ("1.3,2.3", "2.3,1.3", "The interval from 2.3 to 1.3 does not contain the value 1.8.", ""),
    "a bound without an error": ("1.3,2.3,SD", ",,lower bound", "This row has neither a spread nor an assumed_sd_log.", "Give the standard error on the log scale to use."),
    "a bound with ends": ("2.3,SD", ",lower bound", "'low' is 1.3, but the value 1.8 is itself the lower bound.", "Leave the ends blank, or name the interval that they are the ends of."),
    "a range down to zero": ("1.3,2.3,SD", "0,2.3,range", "This row has neither a spread nor an assumed_sd_log (range: its lower end is not greater than zero and has no logarithm).", "Give an interval, or the standard error on the log scale to use."),
    "an assumed error of zero": ("fold,,fit", "fold,0,fit", "The assumed standard error must be greater than zero, found 0.", "It is a standard error on the log scale."),
    "ends without a width": ("1.3,2.3", "1.8,1.8", "The interval must have a width, found 1.8 at both ends.", ""),
    "no ends": (",1.3,2.3,SD", ",,,SD", "The interval 'SD' needs both ends, found none.", "Give low and high."),
    "an underscore in a number": (",1.8,", ",1_8,", "'1_8' is not a number.", "'value' must be a plain decimal number or blank."),
    "a blank role": (",fit,", ",,", "The role is blank.", "Accepted: fit, check, shown."),
    "a blank unit": ("SD,fold", "SD,", "The unit is blank.", "'Treg fold' is given in fold."),
    "a count without a baseline": ("Treg fold,168,mean,1.8,1.3,2.3,SD,fold", "Th17 count,168,mean,1.8,1.3,2.3,SD,cells/uL", "'Th17 count' in cells/uL is compared as a fold of its baseline, which is blank.", "Give the baseline, or the value as 'fold'."),
    "a baseline of zero": (",fit,", ",fit,0", "The baseline must be greater than zero, found '0'.", "Values are compared on the log scale."),
    "a range of rests": ("1 MIU SC daily x 5", '"(1 MIU SC daily x 5, rest 9-16 days) x 2"', "A rest of '(1 MIU SC daily x 5, rest 9-16 days) x 2' is a range.", "Give each rest one length; only an ordering may have a range."),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "message", "advice"), ONE_FAULT.values(), ids=ONE_FAULT)
def test_one_fault_is_said_once(tmp_path, old, new, message, advice):
    assert said(tmp_path, GOOD.replace(old, new, 1)) == [(2, message, advice)]


def test_a_spread_of_a_baseline_that_is_blank_is_refused(tmp_path):
    heading = HEADING.replace("baseline", "baseline_low,baseline_high,baseline_interval")
    assert said(tmp_path, GOOD + "20,40,IQR", heading=heading) == [
        (
            2,
            "baseline_low, baseline_high or baseline_interval is given, but baseline is blank.",
            "Give the baseline, or leave all of them blank.",
        )
    ]


def test_a_time_after_the_horizon_that_is_asked_for_is_refused(tmp_path):
    with pytest.raises(InputFileError, match=r"The time 168 h lies outside the horizon, from 0 to 100 h\."):
        read(tmp_path, GOOD, horizon_h=100)


def test_columns_that_are_missing_unknown_or_doubled_are_named(tmp_path):
    heading = HEADING.replace("role", "rolle").replace("low", "n")
    needed = "id, study, n, regimen, analyte, time_h, statistic, value, unit, role"
    assert said(tmp_path, GOOD, heading=heading) == [
        (1, "The column 'role' is missing.", f"Needed: {needed}."),
        (1, "The column 'n' appears twice.", "Remove or rename one of them."),
        (1, "Unknown column 'rolle'.", "Did you mean 'role'?"),
    ]


def test_a_row_with_a_cell_too_many_is_refused(tmp_path):
    assert said(tmp_path, GOOD + ",more") == [
        (2, "This row has 16 cells, the heading 15.", "Put text that contains a comma in quotes."),
    ]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (HEADING.encode() + b"\na,\xff\n", ":2: The byte 0xFF at offset 104 is not UTF-8 text.\n  Save the file as UTF-8."),
        (b"", ": The file is empty.\n  Its first line names columns: id, study, n, regimen, analyte, time_h, statistic, value, unit, role."),
        (HEADING.encode() + b'\na,"b\n', ":2: The quote that opens this cell is not closed.\n"
            f'    1 | {HEADING[:100]}\n  > 2 | a,"b\n      |   ^\n'
            "  Close a quoted cell at its end, and write a quote inside it twice."),
    ],
    ids=["not UTF-8", "empty", "an open quote"],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused(tmp_path, raw, message):
    file = tmp_path / "mine.csv"
    file.write_bytes(raw)
    with pytest.raises(InputFileError) as raised:
        read_responses(file)
    assert str(raised.value) == f"{file}{message}"


def test_a_missing_file_is_answered_with_the_nearest_name(tmp_path):
    (tmp_path / "mine.csv").touch()
    with pytest.raises(InputFileError) as raised:
        read_responses(tmp_path / "mime.csv")
    assert str(raised.value) == f"{tmp_path / 'mime.csv'}: There is no such file.\n  Did you mean 'mine.csv'?"


def test_quotes_blank_lines_and_windows_line_ends_do_not_move_the_lines(tmp_path):
    rows = ["", GOOD.replace("a,S", 'a,"S, with ""words"""'), "", GOOD.replace("a,S", "b,S").replace("fit", "ft")]
    file = tmp_path / "mine.csv"
    file.write_bytes("\r\n".join([HEADING, *rows, ""]).encode("utf-8-sig"))
    with pytest.raises(InputFileError) as raised:
        read_responses(file)
    assert [(p.line, p.column, p.message) for p in raised.value.problems] == [(5, 66, "Unknown role 'ft'.")]


def test_a_row_that_shares_subjects_names_the_other(tmp_path):
    assert [row.id for row in SHIPPED.values() if not row.independent] == ["psa-th17", "lilacs-1.5", "lilacs-2.5"]
    heading, second = HEADING + ",shares_with", GOOD.replace("a,S", "bb,S")
    assert [row.shares_with for row in read(tmp_path, GOOD + ",bb", second + ",", heading=heading)] == ["bb", ""]
    assert said(tmp_path, GOOD + ",bc", second + ",bb", heading=heading) == [
        (2, "No other row of this table has the id 'bc'.", "The only one known is 'bb'."),
        (3, "No other row of this table has the id 'bb'.", "The only one known is 'a'."),
    ]


def test_the_shipped_table_has_every_column():
    assert tuple(FILE.read_text(encoding="ascii").splitlines()[0].split(",")) == COLUMNS


def test_two_rows_that_name_each_other_are_refused_because_neither_would_count(tmp_path):
    heading, second = HEADING + ",shares_with", GOOD.replace("a,S", "bb,S")
    assert said(tmp_path, GOOD + ",bb", second + ",a", heading=heading) == [
        (
            3,
            "Row 'a' already says that it shares its subjects with this one.",
            "Leave it blank in the row that is to count as independent.",
        )
    ]

"""Own observations: which files are understood, what is refused and how it is said, and that no number is changed."""

import math
import textwrap
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from regimens import OwnData, OwnGroup, OwnValue
from regimens.errors import InputFileError, RegimensError
from regimens.scenario.values import Scenario
from tests import small
from tests.examples import examples

SUBJECTS = "observable: treg_fold\ntime: days\nunit: '1'"
ROWS = "subject,arm,time,value\n1,low,0,1\n1,low,7,2.1\n2,high,7,3.5\n"


def words(said, file="my.csv"):
    block = textwrap.indent(f"file: {file}\n{said}", "  ")
    return small.text(population="", more=f"observed:\n{block}\n")


def read(folder, said, rows):
    """Return the observations of a scenario that says this of a file with these rows."""
    (folder / "my.csv").write_text(rows, encoding="utf-8")
    (data,) = small.written(folder, words(said)).own
    return data


def refused(folder, said, rows):
    """Return the problems of the file, each as (line, column, message, advice)."""
    (folder / "my.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        small.written(folder, words(said))
    (problem,) = raised.value.problems
    assert problem.message.startswith("The data of 'my.csv' cannot be used:\n")
    return str(raised.value.problems[0].message).replace(f"{folder}/", "").partition("\n")[2]


def test_rows_with_a_subject_are_values_of_subjects(tmp_path):
    data = read(tmp_path, SUBJECTS, ROWS)
    assert data.values == (
        OwnValue("low", "1", "treg_fold", "1", 0.0, 1.0, "my.csv"),
        OwnValue("low", "1", "treg_fold", "1", 168.0, 2.1, "my.csv"),
        OwnValue("high", "2", "treg_fold", "1", 168.0, 3.5, "my.csv"),
    )
    assert (data.groups, data.subjects, data.blank, data.before, data.unused) == ((), 2, 0, 0, ())


def test_columns_may_have_other_names_and_arms_and_observables_too(tmp_path):
    said = """\
columns: {subject: ID, arm: TRT, time: TAFD, value: DV, observable: DVID, unit: UNIT}
time: h
arms: {A: low, B: high}
observables: {1: treg_fold, 2: serum_il2}"""
    rows = "ID;TRT;TAFD;DV;DVID;UNIT;Comment\n7;A;24;1,5;1;fold;x\n7;B;1,5;20;2;IU/mL;\n"
    data = read(tmp_path, said, rows)
    assert data.values == (
        OwnValue("low", "7", "treg_fold", "1", 24.0, 1.5, "my.csv"),
        OwnValue("high", "7", "serum_il2", "IU/mL", 1.5, 20.0, "my.csv"),
    )
    assert (data.unused, data.note) == (("Comment",), "Read with ';' between cells and decimal commas.")


def test_a_column_that_is_not_named_is_found_by_its_own_word_in_any_case(tmp_path):
    assert (
        read(tmp_path, SUBJECTS, ROWS.replace("subject,arm,time", "Subject,ARM,Time")).values
        == read(tmp_path, SUBJECTS, ROWS).values
    )


GROUPS = {
    "mean and SD": ("arm,time,mean,sd,n\nlow,1,2,0.3,12\n", "", ("mean", 2.0, 1.7, 2.3, "SD", 12)),
    "mean and SE": ("arm,time,mean,se\nlow,1,2,0.3\n", "", ("mean", 2.0, 1.7, 2.3, "SE", None)),
    "median alone": ("arm,time,median\nlow,1,2\n", "", ("median", 2.0, None, None, "", None)),
    "median and quartiles": ("arm,time,median,low,high\nlow,1,2,1.5,4\n", "interval: IQR", ("median", 2.0, 1.5, 4.0, "IQR", None)),
    "interval by row": ("arm,time,mean,low,high,interval,n\nlow,1,2,1.5,4,CI95,3\n", "", ("mean", 2.0, 1.5, 4.0, "CI95", 3)),
    "no interval in this row": ("arm,time,mean,low,high\nlow,1,2,,\n", "interval: range", ("mean", 2.0, None, None, "", None)),
    "a mean outside the quartiles": ("arm,time,mean,low,high\nlow,1,9,1,4\n", "interval: IQR", ("mean", 9.0, 1.0, 4.0, "IQR", None)),
    "an SE beside the SD": (
        "arm,time,mean,sd,se\nlow,1,2,0.3,0.1\n",
        "columns: {se: se}",
        ("mean", 2.0, 1.9, 2.1, "SE", None),
    ),
    "SD below zero": ("arm,time,mean,sd\nlow,1,2,3\n", "", ("mean", 2.0, -1.0, 5.0, "SD", None)),
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_rows_with_a_mean_or_median_are_groups(name, tmp_path):
    rows, more, (statistic, middle, low, high, interval, n) = GROUPS[name]
    data = read(tmp_path, f"{SUBJECTS}\n{more}", rows)
    assert data.groups == (
        OwnGroup("low", "treg_fold", "1", 24.0, statistic, middle, low, high, interval, n, "my.csv"),
    )  # fmt: skip
    assert data.values == ()


@examples(20, HealthCheck.function_scoped_fixture)
@given(number=st.decimals(-(10**6), 10**6, places=4), unit=st.sampled_from(["IU/mL", "kIU/L", "MIU/L", "IU/uL"]))
def test_a_value_is_the_nearest_float_to_what_is_written_times_its_unit(number, unit, tmp_path):
    size = {"IU/mL": 1, "kIU/L": 1, "MIU/L": 1000, "IU/uL": 1000}[unit]
    data = read(tmp_path, f"observable: serum_il2\ntime: h\nunit: {unit}", f"subject,arm,time,value\n1,low,1,{number}\n")
    assert data.values[0].value == float(Fraction(str(number)) * size)
    assert data.values[0].unit == "IU/mL"


def test_blank_values_and_times_before_0_are_left_out_and_said(tmp_path):
    (tmp_path / "my.csv").write_text(ROWS + "3,low,0,\n3,low,7,\n3,low,-1,1.1\n", encoding="utf-8")
    scenario = small.written(tmp_path, words(SUBJECTS))
    assert [row.subject for row in scenario.own[0].values] == ["1", "1", "2"]
    assert scenario.warnings == (
        "Of my.csv, 2 rows without a value are left out.",
        "Of my.csv, 1 row before time 0 is left out: the curves begin there.",
    )
    assert (
        scenario.assumptions[-1]
        == "Of my.csv, 3 values of 2 subjects are drawn on the curves as they are; no model is fitted to them."
    )


def test_a_subject_may_be_in_two_arms_and_have_several_observables_at_one_time(tmp_path):
    rows = "subject,arm,time,value,observable\n1,low,1,2,treg_fold\n1,high,1,2,treg_fold\n1,high,1,2,serum_il2\n"
    data = read(tmp_path, "columns: {unit: unit}\ntime: h", rows.replace("\n", ",1\n").replace("observable,1", "observable,unit").replace("il2,1", "il2,IU/mL"))  # fmt: skip
    assert [(row.arm, row.observable) for row in data.values] == [
        ("low", "treg_fold"), ("high", "treg_fold"), ("high", "serum_il2")
    ]  # fmt: skip


FAULTS = {
    "unknown arm": (
        SUBJECTS,
        ROWS + "3,hihg,1,2\n,lo,1,2\n",
        """\
        my.csv:5: Unknown arm 'hihg'.
            4 | 2,high,7,3.5
          > 5 | 3,hihg,1,2
              |   ^
          Did you mean 'high'? Or say under 'arms' which arm it is.
        my.csv:6: The name of a subject is blank.
            5 | 3,hihg,1,2
          > 6 | ,lo,1,2
              | ^
          Write a name that can be read.
        my.csv:6: Unknown arm 'lo'.
            5 | 3,hihg,1,2
          > 6 | ,lo,1,2
              |  ^
          Did you mean 'low'? Or say under 'arms' which arm it is.""",
    ),
    "numbers": (
        SUBJECTS,
        "subject,arm,time,value\n1,low,,<0.1\n1,low,1d,1\n1,low,22,2\n",
        """\
        my.csv:2: The time is blank.
            1 | subject,arm,time,value
          > 2 | 1,low,,<0.1
              |       ^
          Every row needs one; 0 is the first moment.
        my.csv:2: '<0.1' is not a number.
            1 | subject,arm,time,value
          > 2 | 1,low,,<0.1
              |        ^
          A plain decimal number is needed, or a blank cell.
        my.csv:3: '1d' is not a number.
            2 | 1,low,,<0.1
          > 3 | 1,low,1d,1
              |       ^
          A plain decimal number is needed.
        my.csv:4: The time 22 days is after the horizon of 21 days, where the curves end.
            3 | 1,low,1d,1
          > 4 | 1,low,22,2
              |       ^
          Move the horizon, or remove the row.""",
    ),
    "said twice": (
        SUBJECTS,
        "subject,arm,time,value\n1,low,7,2\n1,low,7.0,3\n",
        """\
        my.csv:3: This is a second value of treg_fold of subject '1' in arm 'low' at 7.0 days; the first is on line 2.
            2 | 1,low,7,2
          > 3 | 1,low,7.0,3
              |       ^
          Keep one of them.""",
    ),
    "missing columns": (
        "columns: {subject: ID, time: DAY}\nobservable: treg_fold\ntime: days\nunit: '1'",
        "ID,arm,DAYS\n1,low,7\n",
        """\
        my.csv:1: The column 'DAY' ('columns: time') is missing.
          > 1 | ID,arm,DAYS
          Did you mean 'DAYS'?
        my.csv:1: There is no column 'value'.
          > 1 | ID,arm,DAYS
          Name it in the scenario: 'columns: {value: ...}'.""",
    ),
    "what is not said": (
        "time: days",
        "subject,arm,time,value\n1,low,7,2\n",
        """\
        my.csv:1: The observable is not said.
          > 1 | subject,arm,time,value
          Add 'observable: treg_fold' in the scenario, or name its column under 'columns'.
        my.csv:1: The unit is not said.
          > 1 | subject,arm,time,value
          Add 'unit: cells/uL' in the scenario, or name its column under 'columns'.""",
    ),
    "what is said twice": (
        SUBJECTS,
        "subject,arm,time,value,unit\n1,low,7,2,1\n",
        """\
        my.csv:1: The unit is said twice: 'unit: 1' in the scenario, and by the column 'unit'.
          > 1 | subject,arm,time,value,unit
          Leave one of them out.""",
    ),
    "no kind": (
        SUBJECTS,
        "arm,time,value\nlow,7,2\n",
        """\
        my.csv:1: No column says whose the values are.
          > 1 | arm,time,value
          Name under 'columns' the 'subject', or the 'mean' or 'median' of a group.""",
    ),
    "two kinds": (
        SUBJECTS,
        "subject,arm,time,value,mean\n1,low,7,2,2\n",
        """\
        my.csv:1: There are columns for 'subject' and 'mean': a row is of a subject or of a group, not both.
          > 1 | subject,arm,time,value,mean
          Name under 'columns' the one that is meant.""",
    ),
    "columns of the other kind": (
        f"columns: {{subject: subject, sd: SD}}\n{SUBJECTS}\ninterval: SD",
        "subject,arm,time,value,SD\n1,low,7,2,2\n",
        """\
        my.csv:1: 'columns' names a 'sd', but rows with a 'subject' are of subjects and have none.
          > 1 | subject,arm,time,value,SD
          Leave it out.
        my.csv:1: 'interval: SD' is for groups, but rows with a 'subject' are of subjects.
          > 1 | subject,arm,time,value,SD
          Leave it out.""",
    ),
    "intervals": (
        f"{SUBJECTS}\ncolumns: {{interval: kind}}",
        "arm,time,median,low,high,kind,n\nlow,1,2,3,1,IQR,2\nlow,2,2,3,4,IQR,0\nlow,3,2,1,,IQR,1.5\nlow,4,2,1,3,SEM,\nlow,5,,1,3,SD,\n",
        """\
        my.csv:2: The interval ends at 1, below its start at 3.
            1 | arm,time,median,low,high,kind,n
          > 2 | low,1,2,3,1,IQR,2
              |         ^
          Give the lower end first.
        my.csv:3: The interval from 3 to 4 does not contain the median 2.
            2 | low,1,2,3,1,IQR,2
          > 3 | low,2,2,3,4,IQR,0
              |         ^
          Check the three numbers, and which column is which.
        my.csv:3: '0' is not a number of subjects.
            2 | low,1,2,3,1,IQR,2
          > 3 | low,2,2,3,4,IQR,0
              |                 ^
          A whole number of at least 1, or a blank cell.
        my.csv:4: The interval has no 'high' end.
            3 | low,2,2,3,4,IQR,0
          > 4 | low,3,2,1,,IQR,1.5
              |           ^
          Give both ends, or leave both cells blank.
        my.csv:4: '1.5' is not a number of subjects.
            3 | low,2,2,3,4,IQR,0
          > 4 | low,3,2,1,,IQR,1.5
              |                ^
          A whole number of at least 1, or a blank cell.
        my.csv:5: Unknown interval 'SEM'.
            4 | low,3,2,1,,IQR,1.5
          > 5 | low,4,2,1,3,SEM,
              |             ^
          Did you mean 'SE'? Accepted: SD, IQR, range, SE, CI95.
        my.csv:6: There is an interval, but no value.
            5 | low,4,2,1,3,SEM,
          > 6 | low,5,,1,3,SD,
              |        ^
          Leave all three cells blank, or none.""",
    ),
    "columns of intervals": (
        f"{SUBJECTS}\ninterval: IQR",
        "arm,time,median,low,sd,se\nlow,1,2,3,1,1\n",
        """\
        my.csv:1: There is a column 'low', but none for 'high'.
          > 1 | arm,time,median,low,sd,se
          An interval needs both.
        my.csv:1: The interval is said more than once: by 'low' and by 'sd' and by 'se'.
          > 1 | arm,time,median,low,sd,se
          Name under 'columns' the one that is meant.""",
    ),
    "an interval of nothing": (
        f"{SUBJECTS}\ninterval: IQR",
        "arm,time,mean,sd\nlow,1,2,-1\nlow,2,,1\n",
        """\
        my.csv:1: 'interval: IQR' has no columns 'low' and 'high'.
          > 1 | arm,time,mean,sd
          Name them under 'columns'.
        my.csv:2: The SD '-1' is below zero.
            1 | arm,time,mean,sd
          > 2 | low,1,2,-1
              |         ^
        my.csv:3: There is a SD, but no value.
            2 | low,1,2,-1
          > 3 | low,2,,1
              |        ^
          Leave both cells blank, or none.""",
    ),
    "units": (
        "time: days",
        "subject,arm,time,value,observable,unit\n1,low,1,2,treg_fold,IU/mL\n1,low,2,2,tregfold,1\n1,low,3,2,serum_il2,pg/mL\n1,low,4,2,serum_il2,\n",
        """\
        my.csv:2: 'IU/mL' cannot be converted to '1', the unit of 'treg_fold'.
            1 | subject,arm,time,value,observable,unit
          > 2 | 1,low,1,2,treg_fold,IU/mL
              |                     ^
          Give values in '1' or a multiple of it.
        my.csv:3: 'tregfold' is no observable of the models of this scenario.
            2 | 1,low,1,2,treg_fold,IU/mL
          > 3 | 1,low,2,2,tregfold,1
              |           ^
          Did you mean 'treg_fold'?
        my.csv:4: 'pg' is not a unit that models use.
            3 | 1,low,2,2,tregfold,1
          > 4 | 1,low,3,2,serum_il2,pg/mL
              |                     ^
          Write 'ng': 1000 pg are 1 ng.
        my.csv:5: The unit is blank.
            4 | 1,low,3,2,serum_il2,pg/mL
          > 5 | 1,low,4,2,serum_il2,
              |                     ^
          'serum_il2' has the unit 'IU/mL'.""",
    ),
    "one unit for two observables": (
        "time: days\nunit: '1'",
        "subject,arm,time,value,observable\n1,low,1,2,serum_il2\n1,low,2,2,serum_il2\n1,low,2,2,treg_fold\n",
        """\
        my.csv:2: '1' cannot be converted to 'IU/mL', the unit of 'serum_il2'.
            1 | subject,arm,time,value,observable
          > 2 | 1,low,1,2,serum_il2
              |           ^
          Give each row its unit in a column.""",
    ),
    "a number too large": (
        "time: days\nunit: MIU/uL\nobservable: serum_il2",
        "subject,arm,time,value\n1,low,1,1e308\n1,low,1e-99999999,1\n",
        """\
        my.csv:2: A number must be between 1e-30 and 1e30 in size, found '1e308'.
            1 | subject,arm,time,value
          > 2 | 1,low,1,1e308
              |         ^
          Check its exponent.
        my.csv:3: A number must be between 1e-30 and 1e30 in size, found '1e-99999999'.
            2 | 1,low,1,1e308
          > 3 | 1,low,1e-99999999,1
              |       ^
          Check its exponent.""",
    ),
    "an empty file": (SUBJECTS, "", "my.csv: The file is empty.\n  Its first line names columns."),
    "a heading alone": (SUBJECTS, "subject,arm,time,value\n", "my.csv: The file has no rows.\n  At least one value at 0 or later is needed."),
    "nothing that can be drawn": (
        SUBJECTS,
        "subject,arm,time,value\n1,low,1,\n1,low,-1,2\n",
        "my.csv: None of its 2 rows can be drawn: 1 have no value, 1 lie before time 0.\n  At least one value at 0 or later is needed.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_used_is_refused_with_file_line_and_column(name, tmp_path):
    said, rows, message = FAULTS[name]
    found = refused(tmp_path, said, rows)
    assert "\n".join(line for line in found.splitlines()) == textwrap.dedent(message)


CELLS = st.sampled_from(
    ["", "1", "low", "high", "-3", "2.5", "nan", "1e400", "=1", "treg_fold", "IQR", "SD", '"', "\u200b", "<1", "7,5"]
)
NAMES = [
    "subject",
    "arm",
    "time",
    "value",
    "mean",
    "median",
    "low",
    "high",
    "sd",
    "se",
    "interval",
    "n",
    "unit",
    "observable",
    "x",
]
FILES = st.integers(1, 8).flatmap(
    lambda width: st.tuples(
        st.lists(st.sampled_from(NAMES), min_size=width, max_size=width),
        st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=4),
    )
)


@examples(40, HealthCheck.function_scoped_fixture)
@given(file=FILES, said=st.sampled_from([SUBJECTS, "time: h", f"{SUBJECTS}\ninterval: SD"]), likely=st.booleans())
def test_any_file_is_read_or_refused_and_what_is_read_can_be_drawn(file, said, likely, tmp_path):
    heading, cells = file
    if likely:
        heading, cells = (
            ["subject", "arm", "time", "value"],
            [[f"{row}", "low", *[*line, "1", "1"][:2]] for row, line in enumerate(cells)],
        )
    (tmp_path / "my.csv").write_text("\n".join(";".join(row) for row in [heading, *cells]), encoding="utf-8")
    try:
        (data,) = small.written(tmp_path, words(said)).own
    except InputFileError:
        return
    rows = (*data.values, *data.groups)
    assert len(rows) + data.blank + data.before == sum(any(row) for row in cells)
    assert all(row.arm in ("low", "high") and 0 <= row.time_h <= 504 and row.observable == "treg_fold" for row in rows)
    assert all(math.isfinite(number) for row in rows for number in (row.value if isinstance(row, OwnValue) else row.middle,))


KEYS = {
    "a file that is not there": (
        SUBJECTS,
        "mine.csv",
        "small.yaml:6: The data of 'mine.csv' cannot be used:\nmine.csv: There is no such file.\n"
        "    5 | observed:\n  > 6 |   file: mine.csv\n      |         ^",
    ),
    "names of nothing": (
        "time: day s\nobservable: tregs\nunit: cells/uL\narms: {A: lowe}\nobservables: {1: serum_il}",
        "my.csv",
        "small.yaml:7: 'day s' is not a unit of time.\n    6 |   file: my.csv\n  > 7 |   time: day s\n      |         ^\n"
        "  Times are written in min, h, days or weeks.\n"
        "small.yaml:8: 'tregs' is no observable of the models of this scenario.\n"
        "    7 |   time: day s\n  > 8 |   observable: tregs\n      |               ^\n  Did you mean 'treg'?\n"
        "small.yaml:10: Unknown arm 'lowe'.\n     9 |   unit: cells/uL\n  > 10 |   arms: {A: lowe}\n       |             ^\n"
        "  Did you mean 'low'?\n"
        "small.yaml:11: 'serum_il' is no observable of the models of this scenario.\n"
        "    10 |   arms: {A: lowe}\n  > 11 |   observables: {1: serum_il}\n       |                    ^\n  Did you mean 'serum_il2'?",
    ),
    "a unit of something else": (
        "time: days\nobservable: treg_fold\nunit: cells/uL",
        "my.csv",
        "small.yaml:9: 'cells/uL' cannot be converted to '1', the unit of 'treg_fold'.\n"
        "    8 |   observable: treg_fold\n  > 9 |   unit: cells/uL\n      |         ^\n  Give values in '1' or a multiple of it.",
    ),
    "a file elsewhere": (
        SUBJECTS,
        "../my.csv",
        "small.yaml:6: '../my.csv' is not in the folder of the scenario.\n    5 | observed:\n  > 6 |   file: ../my.csv\n"
        "      |         ^\n  Copy the file into that folder and name the copy.",
    ),
    "an unknown column": (
        f"{SUBJECTS}\ncolumns: {{subjekt: subject}}",
        "my.csv",
        "small.yaml:10: 'subjekt' is not a known key here.\n     9 |   unit: '1'\n  > 10 |   columns: {subjekt: subject}\n"
        "       |             ^\n  Did you mean 'subject'?",
    ),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_that_cannot_be_right_are_refused_in_the_scenario(name, tmp_path):
    said, file, message = KEYS[name]
    (tmp_path / "my.csv").write_text(ROWS, encoding="utf-8")
    assert small.refused(tmp_path, words(said, file)) == message


def test_several_files_are_a_list_and_each_is_named_once(tmp_path):
    (tmp_path / "my.csv").write_text(ROWS, encoding="utf-8")
    (tmp_path / "groups.csv").write_text("arm,time,mean\nlow,1,2\n", encoding="utf-8")
    entries = ["my.csv", "groups.csv"]
    block = "".join(f"  - {{file: {name}, time: days, observable: treg_fold, unit: fold}}\n" for name in entries)
    scenario = small.written(tmp_path, small.text(population="", more=f"observed:\n{block}"))
    assert [(data.file, len(data.values), len(data.groups)) for data in scenario.own] == [("my.csv", 3, 0), ("groups.csv", 0, 1)]
    assert small.refused(tmp_path, small.text(population="", more=f"observed:\n{block.replace('groups', 'my')}")) == (
        "small.yaml:7: The file 'my.csv' is named twice.\n"
        "    6 |   - {file: my.csv, time: days, observable: treg_fold, unit: fold}\n"
        "  > 7 |   - {file: my.csv, time: days, observable: treg_fold, unit: fold}\n"
        "      |            ^\n  Name every file once."
    )


def test_models_that_differ_in_the_unit_of_an_observable_cannot_both_have_values(tmp_path):
    (tmp_path / "other.yaml").write_text(small.EXPLODING.replace("  size: {", "  treg: {"), encoding="utf-8")
    (tmp_path / "my.csv").write_text(ROWS, encoding="utf-8")
    said = small.refused(tmp_path, words(SUBJECTS.replace("treg_fold", "treg")).replace("[turnover]", "[turnover, other.yaml]"))
    assert said.splitlines()[0] == (
        "small.yaml:7: The models give 'treg' in different units, 'cells/uL' and '1', so no value can be drawn on all."
    )


def test_a_scenario_with_own_data_reads_back_equal(tmp_path):
    said = "columns: {time: DAY}\nobservable: treg_fold\ntime: weeks\nunit: '1'\narms: {A: low}\ninterval: IQR"
    (tmp_path / "my.csv").write_text("arm,DAY,median,low,high\nA,1,2,1,3\n", encoding="utf-8")
    scenario = small.written(tmp_path, words(said))
    again = Scenario.from_text(scenario.to_yaml(), folder=tmp_path)
    assert again == scenario
    assert again.own[0].groups == scenario.own[0].groups
    assert again.own[0].layout == scenario.own[0].layout
    assert replace(scenario, own=()) != scenario


VALUE, GROUP = OwnValue("daily", "1", "serum_il2", "IU/uL", 24.0, 0.5), OwnGroup("daily", "treg_fold", "1", 24.0, "mean", 2.0)


def built(*data):
    return Scenario.build(
        title="T", arms={"daily": "1 MIU SC daily x 5"}, models="turnover", horizon="3 weeks", endpoints="peak of treg_fold",
        observed=list(data),
    )  # fmt: skip


def test_data_of_python_are_taken_in_the_unit_of_their_observable():
    (data,) = built(OwnData((VALUE, replace(VALUE, time_h=-1.0)), (GROUP,))).own
    assert data == OwnData((replace(VALUE, unit="IU/mL", value=500.0),), (GROUP,), before=1)
    with pytest.raises(RegimensError) as raised:
        built(OwnData((VALUE,))).to_yaml()
    assert str(raised.value) == (
        "The observed data were built in Python, and a scenario file can only name a file. Write a CSV file and read that."
    )


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (replace(VALUE, arm="dayly"), "Value 1: Unknown arm 'dayly'.\n  Did you mean 'daily'?"),
        (replace(VALUE, subject="=1"), "Value 1: The name of a subject, '=1', begins with '='.\n  Begin with another character: spreadsheets read names in tables as formulas."),
        (replace(VALUE, value=float("nan")), "Value 1: Found nan, which is no finite number.\n  Leave the row out."),
        (replace(VALUE, time_h=505.0), "Value 1: 505 h is after the horizon of 21 days, where the curves end.\n  Move the horizon, or remove the row."),
        (replace(VALUE, unit="nmol/L"), "Value 1: 'nmol/L' cannot be converted to 'IU/mL', the unit of 'serum_il2'.\n  Give values in 'IU/mL' or a multiple of it."),
        (replace(VALUE, value=1e306), "Value 1: The value is too large.\n  Check its exponent and its unit."),
        (replace(GROUP, statistic="mode"), "Group 1: 'mode' is no statistic of a group.\n  Accepted: mean, median."),
        (replace(GROUP, low=1.0), "Group 1: The interval has one end only.\n  Give both, or none."),
        (replace(GROUP, low=1.0, high=3.0), "Group 1: '' is no interval of a group.\n  Accepted: SD, IQR, range, SE, CI95."),
        (replace(GROUP, low=3.0, high=1.0, interval="SD"), "Group 1: The interval ends at 1, below its start at 3.\n  Give the lower end first."),
        (replace(GROUP, n=0), "Group 1: A group has at least 1 subject, found 0."),
    ],
)  # fmt: skip
def test_data_of_python_that_do_not_fit_are_refused(row, message):
    with pytest.raises(InputFileError) as raised:
        built(OwnData((row,)) if isinstance(row, OwnValue) else OwnData((), (row,)))
    assert str(raised.value) == f"<scenario>, observed > 1: {message}"


def test_data_of_python_say_nothing_twice():
    with pytest.raises(InputFileError) as raised:
        built(OwnData((VALUE, VALUE)))
    assert str(raised.value) == (
        "<scenario>, observed > 1: Value 2: There is another one of the same arm, observable and time.\n  Keep one of them."
    )

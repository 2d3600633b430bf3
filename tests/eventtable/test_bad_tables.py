"""Tables with mistakes: every fault is said with its line and column, all of them at once; nothing is silently repaired."""

import textwrap

import pytest

from regimens.errors import RegimensError
from regimens.eventtable import read_event_table

ONE = {"dialect": "nonmem", "time": "h", "amount": {"il2": "MIU"}, "compartments": {1: "il2 SC"}}
TWO = {**ONE, "amount": {"il2": "MIU", "tocilizumab": "mg"}, "compartments": {1: "il2 SC", 2: "tocilizumab IV"}}
RXODE2 = {**ONE, "dialect": "rxode2"}
PKPDSIM = {**ONE, "dialect": "pkpdsim"}
MRGSOLVE = {**ONE, "dialect": "mrgsolve"}

FAULTS = {
    "AMT called DOSE": (
        ONE,
        "ID,TIME,DOSE,EVID\n1,0,1,1\n",
        """\
        doses.csv:1: The column 'AMT' is missing.
          > 1 | ID,TIME,DOSE,EVID
          It has the amount of a dose. If it is 'DOSE', add 'columns: {AMT: DOSE}'.""",
    ),
    "no EVID": (
        ONE,
        "ID,TIME,AMT\n1,0,1\n",
        """\
        doses.csv:1: The column 'EVID' is missing.
          > 1 | ID,TIME,AMT
          Without it a dose cannot be told from an observation: 0 is an observation, 1 a dose.""",
    ),
    "no CMT with two inputs": (
        TWO,
        "ID,TIME,AMT,EVID\n1,0,1,1\n",
        """\
        doses.csv:1: The column 'CMT' is missing, and doses may be of 'il2 SC' and 'tocilizumab IV'.
          > 1 | ID,TIME,AMT,EVID
          Add it, or declare one input: 'compartments: il2 SC'.""",
    ),
    "negative times": (
        ONE,
        "ID,TIME,AMT,EVID\n1,-24,1,1\n1,0,1,1\n",
        """\
        doses.csv:2: TIME is -24, before 0.
            1 | ID,TIME,AMT,EVID
          > 2 | 1,-24,1,1
              |   ^
          Count all times from the first moment, which is 0.""",
    ),
    "unsorted times within a subject": (
        ONE,
        "ID,TIME,AMT,EVID\n1,0,1,1\n1,48,1,1\n1,24,1,1\n",
        """\
        doses.csv:4: TIME is 24, before the row above (48).
            3 | 1,48,1,1
          > 4 | 1,24,1,1
              |   ^
          Sort the rows of an ID by time; where time starts anew at a reset, give each occasion an ID of its own.""",
    ),
    "rows of an ID apart": (
        ONE,
        "ID,TIME,AMT,EVID\n1,0,1,1\n2,0,1,1\n1,24,1,1\n",
        """\
        doses.csv:4: ID 1 appears again, after rows of other IDs.
            3 | 2,0,1,1
          > 4 | 1,24,1,1
              | ^
          Put all rows of an ID together, or give each occasion an ID of its own.""",
    ),
    "one ID written in several ways": (
        ONE,
        "ID,TIME,AMT,EVID\n1,0,1,1\n1.0,24,1,1\n2,0,1,1\n01,0,1,1\n",
        """\
        doses.csv:3: ID 1.0 is the same number as ID 1 of line 2.
            2 | 1,0,1,1
          > 3 | 1.0,24,1,1
              | ^
          Write an ID the same way in all its rows, and give different subjects different numbers.
        doses.csv:5: ID 01 is the same number as ID 1 of line 2.
            4 | 2,0,1,1
          > 5 | 01,0,1,1
              | ^
          Write an ID the same way in all its rows, and give different subjects different numbers.""",
    ),
    "a row twice": (
        ONE,
        "ID,TIME,AMT,EVID\n1,0,1,1\n1,24,1,1\n1,24,1,1\n",
        """\
        doses.csv:4: This row repeats line 3.
            3 | 1,24,1,1
          > 4 | 1,24,1,1
          Remove it; two equal doses at one time are one of twice the amount.""",
    ),
    "a dose twice, written otherwise": (
        ONE,
        "ID,TIME,AMT,EVID,RATE,NOTE\n1,0,100,1,.,a\n1,0,50,1,.,a\n1,0,100.0,1.0,0,a\n1,0,100,1,.,b\n",
        """\
        doses.csv:4: This row repeats line 2.
            3 | 1,0,50,1,.,a
          > 4 | 1,0,100.0,1.0,0,a
          Remove it; two equal doses at one time are one of twice the amount.""",
    ),
    "a reset twice": (
        ONE,
        "ID,TIME,AMT,EVID\n1,0,1,1\n1,24,.,3\n1,24,0,3\n",
        """\
        doses.csv:4: This row repeats line 3.
            3 | 1,24,.,3
          > 4 | 1,24,0,3
          Remove it.""",
    ),
    "ADDL without II": (
        ONE,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,1,1,1,0,0,4,0,.\n",
        """\
        doses.csv:2: ADDL is 4, but the row has no II.
            1 | ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV
          > 2 | 1,0,1,1,1,0,0,4,0,.
              |               ^
          II is the time between the doses.""",
    ),
    "SS without II": (
        ONE,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,1,1,1,0,0,0,1,.\n",
        """\
        doses.csv:2: SS is 1, but the row has no II.
            1 | ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV
          > 2 | 1,0,1,1,1,0,0,0,1,.
              |             ^
          II is the time between the doses that led to the steady state.""",
    ),
    "II shorter than the infusion": (
        ONE,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,12,1,1,1,8,3,0,.\n1,48,12,1,1,1,8,0,1,.\n",
        """\
        doses.csv:2: The infusion takes 12 h, longer than its II of 8 h.
            1 | ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV
          > 2 | 1,0,12,1,1,1,8,3,0,.
              |              ^
          An infusion ends before the next one starts: check RATE, II and their units.
        doses.csv:3: The infusion takes 12 h, longer than its II of 8 h.
            2 | 1,0,12,1,1,1,8,3,0,.
          > 3 | 1,48,12,1,1,1,8,0,1,.
              |               ^
          An infusion ends before the next one starts: check RATE, II and their units.""",
    ),
    "RATE -1 and -2 without a parameter": (
        ONE,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,1,1,1,-1,0,0,0,.\n1,24,1,1,1,-2,0,0,0,.\n",
        """\
        doses.csv:2: RATE is -1: the rate of 'il2 SC' is a parameter, and none is declared.
            1 | ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV
          > 2 | 1,0,1,1,1,-1,0,0,0,.
              |           ^
          Declare it: 'modelled: {il2 SC: rate 0.5 MIU/h}', or give the rate in the table.
        doses.csv:3: RATE is -2: the duration of 'il2 SC' is a parameter, and none is declared.
            2 | 1,0,1,1,1,-1,0,0,0,.
          > 3 | 1,24,1,1,1,-2,0,0,0,.
              |            ^
          Declare it: 'modelled: {il2 SC: duration 2 h}', or give the rate in the table.""",
    ),
    "an unknown RATE": (
        ONE,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,1,1,1,-3,0,0,0,.\n",
        """\
        doses.csv:2: RATE is -3.
            1 | ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV
          > 2 | 1,0,1,1,1,-3,0,0,0,.
              |           ^
          It is above 0, 0 for a bolus, -1 (the model has the rate) or -2 (it has the duration).""",
    ),
    "a compartment that is not declared": (
        TWO,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,1,1,1,0,0,0,0,.\n1,0,1,1,3,0,0,0,0,.\n1,24,1,1,.,0,0,0,0,.\n",
        """\
        doses.csv:3: CMT is 3, which is not declared.
            2 | 1,0,1,1,1,0,0,0,0,.
          > 3 | 1,0,1,1,3,0,0,0,0,.
              |         ^
          Declared under 'compartments': 1 (il2 SC), 2 (tocilizumab IV).
        doses.csv:4: CMT is blank.
            3 | 1,0,1,1,3,0,0,0,0,.
          > 4 | 1,24,1,1,.,0,0,0,0,.
              |          ^
          Declared under 'compartments': 1 (il2 SC), 2 (tocilizumab IV).""",
    ),
    "several compartments where one input is declared": (
        {**ONE, "compartments": "il2 SC"},
        "ID,TIME,AMT,EVID,CMT\n1,0,1,1,1\n1,1,1,1,1.0\n1,2,1,1,2\n1,3,.,0,9\n1,4,1,1,.\n2,0,1,1,7\n",
        """\
        doses.csv:4: CMT of doses is 1 (line 2), 2 (line 4), 7 (line 7), but one input is declared: 'il2 SC'.
            3 | 1,1,1,1,1.0
          > 4 | 1,2,1,1,2
              |         ^
          Say what each is: 'compartments: {1: il2 SC, 2: ...}'.""",
    ),
    "upper and lower case": (
        ONE,
        "ID,time,AMT,Evid\n1,0,1,1\n",
        """\
        doses.csv:1: Names of columns mix upper and lower case: 'ID', 'time', 'AMT', 'Evid'.
          > 1 | ID,time,AMT,Evid
              |             ^
          Write all of them in upper case, or all in lower case.""",
    ),
    "a column twice": (
        ONE,
        "ID,TIME,AMT,EVID,WT,WT\n1,0,1,1,70,70\n",
        """\
        doses.csv:1: The column 'WT' appears twice.
          > 1 | ID,TIME,AMT,EVID,WT,WT
              |                  ^
          Remove or rename one of them.""",
    ),
    "rows of other lengths": (
        ONE,
        "ID,TIME,AMT,EVID\n1,0,1\n1,24,1,1,0\n",
        """\
        doses.csv:2: This row has 3 cells, the heading 4.
            1 | ID,TIME,AMT,EVID
          > 2 | 1,0,1
          Put text that contains a comma in quotes.
        doses.csv:3: This row has 5 cells, the heading 4.
            2 | 1,0,1
          > 3 | 1,24,1,1,0
          Put text that contains a comma in quotes.""",
    ),
    "no numbers": (
        ONE,
        "ID,TIME,AMT,EVID\n1,10:30,1,1\n1,24,x,1\n1,48,1,dose\n",
        """\
        doses.csv:2: TIME is '10:30'.
            1 | ID,TIME,AMT,EVID
          > 2 | 1,10:30,1,1
              |   ^
          Clock times and dates are not read; give the elapsed time as a number.
        doses.csv:3: AMT is 'x', which is not a number.
            2 | 1,10:30,1,1
          > 3 | 1,24,x,1
              |      ^
          A plain decimal number is needed; '.', NA or a blank cell where there is none.
        doses.csv:4: EVID is 'dose', which is not a number.
            3 | 1,24,x,1
          > 4 | 1,48,1,dose
              |        ^
          A plain decimal number is needed; '.', NA or a blank cell where there is none.""",
    ),
    "decimal points in a file with a decimal comma": (
        ONE,
        "ID;TIME;AMT;EVID;DV;NOTE\n1;0;1.5;1;.;a\n1;1;.;0;2.5;3,2\n",
        """\
        doses.csv:2: AMT is '1.5', which is not a number.
            1 | ID;TIME;AMT;EVID;DV;NOTE
          > 2 | 1;0;1.5;1;.;a
              |     ^
          A plain decimal number is needed; '.', NA or a blank cell where there is none. The decimal mark of this file is ',', since line 3 has '3,2'.
        doses.csv:3: DV is '2.5', which is not a number.
            2 | 1;0;1.5;1;.;a
          > 3 | 1;1;.;0;2.5;3,2
              |         ^
          A plain decimal number is needed; '.', NA or a blank cell where there is none. The decimal mark of this file is ',', since line 3 has '3,2'.""",
    ),
    "spaces between cells": (
        ONE,
        "# exported\nID TIME AMT EVID\n1 0 100 1\n",
        """\
        doses.csv:2: The heading has only one cell, 'ID TIME AMT EVID'.
            1 | # exported
          > 2 | ID TIME AMT EVID
          Put commas, tabs or semicolons between cells; spaces and other characters are not read as such.""",
    ),
    "blank cells": (
        ONE,
        "ID,TIME,AMT,EVID\n1,.,1,1\n1,24,.,1\n1,48,1,.\n,72,1,1\n",
        """\
        doses.csv:2: 'TIME' is blank.
            1 | ID,TIME,AMT,EVID
          > 2 | 1,.,1,1
              |   ^
          Every row has a time.
        doses.csv:3: AMT is blank, but the row is a dose.
            2 | 1,.,1,1
          > 3 | 1,24,.,1
              |      ^
          A dose has an amount above 0; without one it is an observation (EVID 0), or no row.
        doses.csv:4: 'EVID' is blank.
            3 | 1,24,.,1
          > 4 | 1,48,1,.
              |        ^
          Every row has one: 0 is an observation, 1 a dose.
        doses.csv:5: 'ID' is blank.
            4 | 1,48,1,.
          > 5 | ,72,1,1
              | ^
          Every row has one.""",
    ),
    "amounts of 0 and below": (
        ONE,
        "ID,TIME,AMT,EVID\n1,0,0,1\n1,24,-1,1\n",
        """\
        doses.csv:2: AMT is 0, but the row is a dose.
            1 | ID,TIME,AMT,EVID
          > 2 | 1,0,0,1
              |     ^
          A dose has an amount above 0; without one it is an observation (EVID 0), or no row.
        doses.csv:3: AMT is -1, but the row is a dose.
            2 | 1,0,0,1
          > 3 | 1,24,-1,1
              |      ^
          A dose has an amount above 0; without one it is an observation (EVID 0), or no row.""",
    ),
    "an observation with an amount": (
        ONE,
        "ID,TIME,AMT,EVID,DV\n1,0,1,0,.\n1,24,1,3,.\n1,30,1,2,.\n",
        """\
        doses.csv:2: AMT is '1', but the row is an observation (EVID 0).
            1 | ID,TIME,AMT,EVID,DV
          > 2 | 1,0,1,0,.
              |     ^
          A dose has EVID 1, a reset with a dose 4. Any other row has 0, '.', NA or a blank cell there.
        doses.csv:3: AMT is '1', but the row is a reset (EVID 3).
            2 | 1,0,1,0,.
          > 3 | 1,24,1,3,.
              |      ^
          A dose has EVID 1, a reset with a dose 4. Any other row has 0, '.', NA or a blank cell there.
        doses.csv:4: AMT is '1', but the row is no dose (EVID 2).
            3 | 1,24,1,3,.
          > 4 | 1,30,1,2,.
              |      ^
          A dose has EVID 1, a reset with a dose 4. Any other row has 0, '.', NA or a blank cell there.""",
    ),
    "unknown events": (
        ONE,
        "ID,TIME,AMT,EVID\n1,0,1,5\n1,24,1,9\n",
        """\
        doses.csv:2: EVID is 5, which NONMEM does not know.
            1 | ID,TIME,AMT,EVID
          > 2 | 1,0,1,5
              |       ^
          Known are 0, 1, 2, 3 and 4.
        doses.csv:3: EVID is 9, which NONMEM does not know.
            2 | 1,0,1,5
          > 3 | 1,24,1,9
              |        ^
          Known are 0, 1, 2, 3 and 4.""",
    ),
    "replacing in mrgsolve": (
        MRGSOLVE,
        "ID,TIME,AMT,EVID\n1,0,1,8\n1,24,1,5\n",
        """\
        doses.csv:2: EVID is 8, which in mrgsolve replaces the amount in a compartment.
            1 | ID,TIME,AMT,EVID
          > 2 | 1,0,1,8
              |       ^
          Only doses that are added (1) and resets of all compartments (3, 4) can be given here. Leave the row out.
        doses.csv:3: EVID is 5, which mrgsolve does not know.
            2 | 1,0,1,8
          > 3 | 1,24,1,5
              |        ^
          Known are 0, 1, 2, 3 and 4.""",
    ),
    "replacing, multiplying and transit doses in rxode2": (
        RXODE2,
        "id,time,amt,evid\n1,0,1,5\n1,24,1,6\n1,30,1,7\n",
        """\
        doses.csv:2: evid is 5, which in rxode2 replaces the amount in a compartment.
            1 | id,time,amt,evid
          > 2 | 1,0,1,5
              |       ^
          Only doses that are added (1) and resets of all compartments (3, 4) can be given here. Leave the row out.
        doses.csv:3: evid is 6, which in rxode2 multiplies the amount in a compartment.
            2 | 1,0,1,5
          > 3 | 1,24,1,6
              |        ^
          Only doses that are added (1) and resets of all compartments (3, 4) can be given here. Leave the row out.
        doses.csv:4: evid is 7, which in rxode2 is a dose of a transit model.
            3 | 1,24,1,6
          > 4 | 1,30,1,7
              |        ^
          Only doses that are added (1) and resets of all compartments (3, 4) can be given here. Leave the row out.""",
    ),
    "additional doses that a reset meets in mrgsolve": (
        MRGSOLVE,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,1,1,1,0,24,4,0,.\n1,36,.,3,1,.,.,.,.,.\n",
        """\
        doses.csv:3: This row resets the state while 3 additional doses of line 2 are to come.
            2 | 1,0,1,1,1,0,24,4,0,.
          > 3 | 1,36,.,3,1,.,.,.,.,.
              |        ^
          What mrgsolve does with them is not documented. Lower ADDL, and give later doses a row.""",
    ),
    "repeats in PKPDsim": (
        PKPDSIM,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,1,1,1,0,24,4,0,.\n1,200,1,1,1,0,24,0,1,.\n1,300,.,3,.,.,.,.,.,.\n",
        """\
        doses.csv:2: ADDL is 4, but PKPDsim reads no ADDL from a table.
            1 | ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV
          > 2 | 1,0,1,1,1,0,24,4,0,.
              |                ^
          Give every dose a row, or declare another dialect.
        doses.csv:3: SS is 1, but PKPDsim reads no SS from a table.
            2 | 1,0,1,1,1,0,24,4,0,.
          > 3 | 1,200,1,1,1,0,24,0,1,.
              |                    ^
          Give every dose a row, or declare another dialect.
        doses.csv:4: EVID is 3, but PKPDsim reads no resets from a table.
            3 | 1,200,1,1,1,0,24,0,1,.
          > 4 | 1,300,.,3,.,.,.,.,.,.
              |         ^
          Declare another dialect.""",
    ),
    "DUR in NONMEM": (
        ONE,
        "ID,TIME,AMT,EVID,DUR\n1,0,1,1,2\n",
        """\
        doses.csv:1: 'DUR' is no duration of infusions in NONMEM.
          > 1 | ID,TIME,AMT,EVID,DUR
              |                  ^
          Give RATE; or declare the dialect 'rxode2'; or name it under 'modelled', where RATE is -2.""",
    ),
    "RATE and DUR in rxode2": (
        RXODE2,
        "id,time,amt,evid,rate,dur\n1,0,1,1,1,2\n",
        """\
        doses.csv:2: The row has both RATE and DUR.
            1 | id,time,amt,evid,rate,dur
          > 2 | 1,0,1,1,1,2
              |         ^
          Give one of them.""",
    ),
    "an SS that is not known, and counts that are none": (
        ONE,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,1,1,1,0,24,0,3,.\n1,24,1,1,1,0,24,1.5,0,.\n1,25,1,1,1,0,-24,1,0,.\n1,26,1,1,1,0,24,1000000,0,.\n",
        """\
        doses.csv:2: SS is 3.
            1 | ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV
          > 2 | 1,0,1,1,1,0,24,0,3,.
              |                  ^
          It is 0, 1 (steady state in place of what is there) or 2 (added to what is there).
        doses.csv:3: ADDL is 1.5.
            2 | 1,0,1,1,1,0,24,0,3,.
          > 3 | 1,24,1,1,1,0,24,1.5,0,.
              |                 ^
          It is the number of additional doses, 0 or more.
        doses.csv:4: II is -24.
            3 | 1,24,1,1,1,0,24,1.5,0,.
          > 4 | 1,25,1,1,1,0,-24,1,0,.
              |              ^
          It is the time between doses, above 0.
        doses.csv:5: ADDL is 1000000.
            4 | 1,25,1,1,1,0,-24,1,0,.
          > 5 | 1,26,1,1,1,0,24,1000000,0,.
              |                 ^
          At most 100000 doses are read.""",
    ),
    "an additional dose and an own one around an observation": (
        ONE,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,1,1,1,0,24,4,0,.\n1,24,.,0,1,.,.,.,.,1\n1,24,2,1,1,0,0,0,0,.\n",
        """\
        doses.csv:3: An additional dose acts before this row, and a dose with a row of its own after it, at the same time.
            2 | 1,0,1,1,1,0,24,4,0,.
          > 3 | 1,24,.,0,1,.,.,.,.,1
              |   ^
          Move the row behind the dose, or read it at another time.""",
    ),
    "a constant infusion with additional doses": (
        ONE,
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV\n1,0,0,1,1,1,0,2,1,.\n",
        """\
        doses.csv:2: ADDL is 2, but the row has no II.
            1 | ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS,DV
          > 2 | 1,0,0,1,1,1,0,2,1,.
              |               ^
          II is the time between the doses.""",
    ),
    "no rows": (
        ONE,
        "ID,TIME,AMT,EVID\n",
        """\
        doses.csv: The file has no rows.
          At least one dose or observation is needed.""",
    ),
    "an empty file": (
        ONE,
        "",
        """\
        doses.csv: The file is empty.
          Its first line names the columns: ID, TIME, AMT, EVID and so on.""",
    ),
    "quotes": (
        ONE,
        'ID,TIME,AMT,EVID\n1,"0,1,1\n1,24,1,1\n',
        """\
        doses.csv:3: This row cannot be read: unexpected end of data.
            2 | 1,"0,1,1
          > 3 | 1,24,1,1
          Close every quote in its own row.""",
    ),
}


def said(tmp_path, text, **declared):
    path = tmp_path / "doses.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegimensError) as raised:
        read_event_table(path, **declared)
    return str(raised.value).replace(str(path), "doses.csv")


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_said_with_line_and_column(tmp_path, fault):
    declared, text, message = FAULTS[fault]
    assert said(tmp_path, text, **declared) == textwrap.dedent(message)

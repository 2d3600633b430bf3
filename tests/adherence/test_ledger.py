"""Ledgers: written and read back to the last bit, replayed to the same curves, and refused with all of their problems."""

import numpy as np
import pytest
from hypothesis import given

from regimens.adherence.ledger import Ledger
from regimens.adherence.ledgerfile import read_ledger
from regimens.adherence.realise import Adherence, RealLife, realise
from regimens.adherence.replay import plan_of
from regimens.endpoints import DosedArm, endpoint_values, parse_endpoint, simulate_arm
from regimens.engine import simulate
from regimens.errors import InputFileError
from regimens.model import compile_model, find_model, typical_subject
from regimens.regimen import Regimen, parse_regimen
from regimens.regimen.events import DosePlan
from regimens.study.given import given_row
from tests.examples import examples
from tests.properties.regimens import regimens

HORIZON = 16 * 168.0
LIFE = RealLife(missed=0.2, late=0.3, up_to_h=6.0, stop_early=0.2)
RANGE = parse_regimen("(1.5 MIU SC daily x 5, rest 9-16 days) x 4")
CAPPED = parse_regimen("il2: 0.3 MIU/m2 (max 0.6 MIU) SC 3 times a week x 12; tocilizumab: 8 mg/kg IV every 2 weeks over 1 h x 3")

STEPPED = parse_regimen("0.02 MIU/kg (max 1.2 MIU, in steps of 0.05 MIU) SC daily x 9")


def realised(regimen, life=LIFE, subjects=4):
    adherence = Adherence(drawn=regimen if regimen.has_ranges else None, real_life=life)
    return realise("A, real life", regimen.with_rests("midpoint"), adherence, HORIZON, 7, range(subjects))


def written(tmp_path, ledger):
    file = tmp_path / "ledger.csv"
    file.write_text(ledger.to_csv(), encoding="utf-8")
    return file


@pytest.mark.parametrize("regimen", [RANGE, CAPPED, STEPPED], ids=["drawn rests", "caps and two drugs", "steps"])
def test_a_ledger_replays_the_very_doses_it_has(regimen, tmp_path):
    done = realised(regimen)
    read = read_ledger(written(tmp_path, done.ledger), "A, real life")
    again = realise("again", Regimen(), Adherence(ledger=read), HORIZON, 8, range(4))
    for mine, theirs in zip(done.events, again.events, strict=True):
        assert theirs.arm == "again"
        for name in ("time_h", "amount", "cap", "step", "duration_h", "cycle", "number"):
            assert getattr(mine, name).tobytes() == getattr(theirs, name).tobytes()
        assert (mine.drug, mine.basis, mine.route) == (theirs.drug, theirs.basis, theirs.route)
    assert again.ledger.rows.drop(columns="arm").equals(done.ledger.rows.drop(columns="arm"))


def test_a_replay_has_the_same_curves_and_endpoints(tmp_path):
    done = realised(RANGE, subjects=2)
    read = read_ledger(written(tmp_path, done.ledger), "A, real life")
    again = realise("A, real life", Regimen(), Adherence(ledger=read), HORIZON, 8, range(2))
    model = find_model("turnover")
    compiled, grid = compile_model(model), np.arange(0.0, HORIZON, 12.0)
    endpoints = [parse_endpoint(words) for words in ("peak of treg_fold", "AUC of treg_fold", "hours treg_fold above 1.5")]
    curves, values = [], []
    for mine in (done, again):
        dosed = DosedArm(DosePlan.of(mine.events, 2), HORIZON, "il2", {})
        crowd = typical_subject(model)[np.zeros(2, dtype=int)]
        arm = simulate_arm(compiled, crowd, dosed, endpoints)
        values.append(np.array([endpoint_values(endpoint, arm) for endpoint in endpoints]))
        curves.append(simulate(compiled, crowd, mine.events, grid, observables=["treg_fold"]).values)
    assert curves[0].tobytes() == curves[1].tobytes()
    assert values[0].tobytes() == values[1].tobytes()
    assert np.all(values[0][:, 0] != values[0][:, 1])


def test_a_ledger_without_steps_is_read_as_one_in_which_no_dose_has_a_step(tmp_path):
    old = tmp_path / "old.csv"
    old.write_text("\n".join([HEAD, *ROWS]).replace(",step", "").replace("flat,,,", "flat,,") + "\n", encoding="utf-8")
    new = tmp_path / "new.csv"
    new.write_text("\n".join([HEAD, *ROWS]) + "\n", encoding="utf-8")
    assert read_ledger(old, "A").rows.equals(read_ledger(new, "A").rows)


def test_any_range_of_subjects_can_be_replayed():
    done = realised(RANGE)
    part = realise("A", Regimen(), Adherence(ledger=done.ledger), HORIZON, 0, range(1, 3))
    assert [e.time_h.tobytes() for e in part.events] == [e.time_h.tobytes() for e in done.events[1:3]]


def test_a_shorter_horizon_cuts_a_replay_off():
    done = realised(RANGE)
    part = realise("A", Regimen(), Adherence(ledger=done.ledger), 240.0, 0, range(4))
    assert [len(e) for e in part.events] == [5] * 4


@pytest.mark.parametrize("horizon", [0.0, 24.0, 36.0, 48.0, 96.0, 97.0])
def test_a_replay_counts_the_given_doses_that_the_horizon_cuts_off(horizon):
    rows = realised(parse_regimen("1 MIU SC daily x 5"), RealLife(), subjects=3).ledger.rows
    rows.loc[4, ["given", "reason"]] = [0.0, "missed"]
    part = realise("A", Regimen(), Adherence(ledger=Ledger(rows)), horizon, 0, range(2))
    kept = int(np.ceil(horizon / 24))
    assert sum(len(events) for events in part.events) == 2 * min(kept, 5)
    assert part.cut == 2 * max(0, 5 - kept) - (kept < 5)


def test_doses_that_are_drawn_are_never_counted_as_cut():
    assert realise("A", parse_regimen("1 MIU SC daily x 5"), Adherence(real_life=LIFE), 30.0, 7, range(3)).cut == 0


PLANS = [
    "1 MIU SC daily x 5",
    "(1.5 MIU SC daily x 5, rest 12 days) x 4",
    "1 MIU SC daily x 5, rest 2 days, 1 MIU SC weekly x 6",
    "(1 MIU SC every other day x 3, rest 1 h) x 2",
    "0.2 MIU/m2 SC 3 times a week x 12",
    "2 MIU SC once, rest 1 days, 1 MIU SC once, rest 2 days, 1 MIU SC once",
    "8 mg/kg (max 800 mg) IV every 2 weeks over 1 h x 3",
    "0.02 MIU/kg (max 1.2 MIU, in steps of 0.05 MIU) SC daily x 9",
    "il2: 1 MIU SC daily x 5; tocilizumab: from protocol day 3, 8 mg/kg IV once over 1 h",
]  # fmt: skip


@pytest.mark.parametrize("text", PLANS)
def test_the_plan_behind_a_ledger_has_the_same_doses(text):
    regimen = parse_regimen(text)
    found = plan_of(realised(regimen, RealLife(late=0.5, up_to_h=0.5), subjects=2).ledger)
    assert [(d.start, d.drug, d.dose, d.cycle, d.number) for d in found.written_out()] == [
        (d.start, d.drug, d.dose, d.cycle, d.number) for d in regimen.written_out()
    ]


@examples(30)
@given(regimens())
def test_the_plan_behind_a_ledger_has_the_same_doses_whatever_the_regimen(regimen):
    regimen = regimen.with_rests("shortest")
    done = realise("A", regimen, Adherence(real_life=RealLife(missed=0.5, stop_early=0.5)), 1e7, 7, range(2))
    planned = regimen.written_out()
    found = plan_of(done.ledger).written_out()
    assert [(d.start, d.drug, d.dose, d.cycle, d.number) for d in found] == [
        (d.start, d.drug, d.dose, d.cycle, d.number) for d in planned
    ]


def test_a_plan_of_one_course_reads_as_one():
    assert plan_of(realised(parse_regimen("0.25 MIU SC daily x 84")).ledger).in_words() == "0.25 MIU SC daily x 84"


HEAD = "arm,subject,drug,cycle,dose,planned_h,given_h,planned,given,basis,max,step,route,duration_h,reason"
NEEDED = HEAD.replace("step,", "").replace(",", ", ")
ROWS = [
    "A,0,il2,1,1,0.0,0.0,1000000.0,1000000.0,flat,,,SC,0.0,as planned",
    "A,1,il2,1,1,0.0,2.5,1000000.0,1000000.0,flat,,,SC,0.0,late",
]


def said(tmp_path, *lines, arm="A"):
    file = tmp_path / "ledger.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(InputFileError) as raised:
        read_ledger(file, arm)
    return [(problem.line, problem.message, problem.advice) for problem in raised.value.problems]


def test_all_cells_that_are_wrong_are_said_at_once(tmp_path):
    wrong = "A,x,il 2,0,1,-1,soon,0,-5,per m3,no,0,spray,nan,forgot"
    assert sorted(said(tmp_path, HEAD, ROWS[0], wrong)) == [
        (3, "'basis' is 'per m3'.", "One of flat, per m2, per kg is needed."),
        (3, "'cycle' is '0'.", "A whole number from 1 up is needed."),
        (3, "'drug' is 'il 2'.", "A name of letters, digits and _ is needed."),
        (3, "'duration_h' is 'nan'.", "A time in h, 0 or more, is needed."),
        (3, "'given' is '-5'.", "An amount, 0 or more, is needed."),
        (3, "'given_h' is 'soon'.", "A time in h, 0 or more, is needed."),
        (3, "'max' is 'no'.", "An amount above 0, or nothing where there is no cap, is needed."),
        (3, "'planned' is '0'.", "An amount above 0 is needed."),
        (3, "'planned_h' is '-1'.", "A time in h, 0 or more, is needed."),
        (
            3,
            "'reason' is 'forgot'.",
            "One of as planned, rest drawn, late, missed, stopped, held, reduced, raised, spaced, stopped by rule, "
            "given by rule is needed.",
        ),
        (3, "'route' is 'spray'.", "One of SC, IV, IM, PO, inhaled is needed."),
        (3, "'step' is '0'.", "An amount above 0, or nothing where there is no step, is needed."),
        (3, "'subject' is 'x'.", "A whole number from 0 up is needed."),
    ]


def test_columns_that_are_missing_or_unknown_are_named(tmp_path):
    assert said(tmp_path, HEAD.replace("given_h", "given_hr"), *ROWS) == [
        (1, "The column 'given_h' is missing.", f"Needed: {NEEDED}."),
        (1, "Unknown column 'given_hr'.", "Did you mean 'given_h'?"),
    ]


def test_an_arm_that_the_ledger_does_not_have_is_answered_with_the_nearest(tmp_path):
    rows = [row.replace("A,", '"A, real life",', 1) for row in ROWS]
    assert said(tmp_path, HEAD, *rows, arm="A, real lif") == [
        (1, "The ledger has no arm 'A, real lif'.", "Did you mean 'A, real life'?")
    ]


def test_subjects_that_are_left_out_are_named(tmp_path):
    assert said(tmp_path, HEAD, ROWS[0], ROWS[1].replace("A,1,", "A,3,")) == [
        (1, "Arm 'A' has no rows of subject 1, 2.", "Subjects are counted from 0 without a gap.")
    ]


def test_a_dose_with_two_rows_is_refused(tmp_path):
    assert said(tmp_path, HEAD, ROWS[0], ROWS[0]) == [
        (3, "Subject 0 has dose 1 of cycle 1 of il2 a second time.", "Every dose has one row.")
    ]


def test_a_row_with_a_comma_too_many_is_refused(tmp_path):
    assert said(tmp_path, HEAD, ROWS[0] + ",") == [
        (2, "This row has 16 cells, the heading 15.", "Put text that contains a comma in quotes.")
    ]


@pytest.mark.parametrize("number", ["7_0", "٧", "1e", "1,5", "nan", "inf", " ", "0x1f"])
def test_what_only_python_takes_for_a_number_is_refused(number, tmp_path):
    row = ROWS[0].replace("1000000.0,1000000.0", f'1000000.0,"{number}"')
    found = f"'given' is '{number}'." if number.strip() else "'given' is blank."
    assert said(tmp_path, HEAD, row) == [(2, found, "An amount, 0 or more, is needed.")]


def test_a_whole_number_is_written_in_digits(tmp_path):
    assert said(tmp_path, HEAD, ROWS[0], ROWS[1].replace("A,1,", "A,1_0,")) == [
        (3, "'subject' is '1_0'.", "A whole number from 0 up is needed.")
    ]


@pytest.mark.parametrize("line", [HEAD.replace("subject", 'sub"ject'), HEAD.replace("subject", '"subject')])
def test_a_stray_quote_in_the_heading_is_shown_where_it_is(line, tmp_path):
    ((place, _, _), *_) = said(tmp_path, line, *ROWS)
    assert place == 1


def test_cells_may_be_separated_by_semicolons_with_decimal_commas(tmp_path):
    file = tmp_path / "ledger.csv"
    file.write_text("\n".join([HEAD, *ROWS]).replace(",", ";").replace(".", ",") + "\n", encoding="utf-8")
    plain = tmp_path / "plain.csv"
    plain.write_text("\n".join([HEAD, *ROWS]) + "\n", encoding="utf-8")
    assert read_ledger(file, "A").rows.equals(read_ledger(plain, "A").rows)


def test_a_file_of_nothing_is_refused(tmp_path):
    assert said(tmp_path, "") == [(None, "The file is empty.", f"Its first line names columns: {NEEDED}.")]


def test_what_was_given_meets_the_bodies_of_the_subjects():
    ledger = realised(CAPPED, RealLife(), subjects=3).ledger
    weight, bsa = np.array([50.0, 70.0, 110.0]), np.array([1.5, 1.8, 2.35])
    row = vars(given_row("A, real life", "A", ledger, weight, bsa))
    per_subject = 12 * np.minimum(0.3 * bsa, 0.6)
    low, middle, high = np.quantile(per_subject, [0.05, 0.5, 0.95])
    assert row == pytest.approx(
        {"arm": "A, real life", "of": "A", "planned_miu": middle, "given_miu": middle, "given_low": low, "given_high": high,
         "missed": 0.0, "late": 0.0, "stopped": 0.0, "model": ""}
    )  # fmt: skip


def test_missed_late_and_stopped_doses_are_counted_as_shares_of_what_was_planned():
    rows = realised(parse_regimen("1 MIU SC daily x 4"), RealLife(), subjects=2).ledger.rows
    rows.loc[[0, 1], "reason"] = ["missed", "late"]
    rows.loc[[6, 7], "reason"] = "stopped"
    rows.loc[[0, 6, 7], "given"] = 0.0
    row = vars(given_row("A", "", Ledger(rows), np.full(2, 70.0), np.full(2, 1.8)))
    assert (row["planned_miu"], row["given_miu"], row["missed"], row["late"], row["stopped"]) == (4.0, 2.5, 1 / 8, 1 / 8, 0.5)


def test_totals_are_shown_as_the_decimals_that_they_are():
    rows = realised(parse_regimen("1.5 MIU SC daily x 6"), RealLife(), subjects=3).ledger.rows
    rows.loc[0, ["given", "reason"]] = [1e5, "late"]  # 7.6 MIU, the others 9 MIU: the 5 % quantile is 7.74
    row = vars(given_row("A", "", Ledger(rows), np.full(3, 70.0), np.full(3, 1.8)))
    assert (row["planned_miu"], row["given_miu"], row["given_low"], row["given_high"]) == (9.0, 9.0, 7.74, 9.0)
    assert np.quantile([7.6, 9.0, 9.0], 0.05) != 7.74

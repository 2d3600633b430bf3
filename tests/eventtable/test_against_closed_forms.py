"""Tables of every kind of dose, simulated, against the closed forms of NONMEM's ADVAN1 to 4, 11 and 12."""

import numpy as np
import pytest

from regimens.eventtable import predict, read_event_table
from regimens.model import compile_model
from regimens.model.describe import inputs_in_words
from tests.eventtable.judge import LAG, SHARE, Form, advan, person

WITHIN = 6e-5
"""Relative: half a unit in the fifth digit, what NONMEM's tables print."""

MODELS = [
    (1, False, "IV"),
    (1, True, "PO"),
    (2, False, "IV"),
    (2, True, "PO"),
    (3, False, "IV"),
    (3, True, "PO"),
    (2, True, "IV"),
]
NAMES = ["ADVAN1", "ADVAN2", "ADVAN3", "ADVAN4", "ADVAN11", "ADVAN12", "ADVAN4 into the central compartment"]

TIMES = (0.5, 1.5, 3.0, 5.5, 8.0, 10.0, 11.75, 13.0, 16.5, 23.5, 25.0, 30.0, 47.5, 49.0, 60.0, 71.0)
HEADING = "ID,TIME,AMT,RATE,II,ADDL,SS,CMT,EVID,DV"

# What stands in the table (TIME,AMT,RATE,II,ADDL,SS,EVID), parameters, and the concentration as a function of form and time.
CASES = {
    "one bolus": (["0,100,0,0,0,0,1"], {}, lambda f, t: 100 * f.bolus(t)),
    "boluses with a row each": (
        ["0,100,0,0,0,0,1", "9,50,0,0,0,0,1", "24,25,0,0,0,0,1"],
        {},
        lambda f, t: 100 * f.bolus(t) + 50 * f.bolus(t - 9) + 25 * f.bolus(t - 24),
    ),
    "boluses by ADDL": (["0,100,0,12,3,0,1"], {}, lambda f, t: sum(100 * f.bolus(t - 12 * k) for k in range(4))),
    "boluses by ADDL every 0.1 h": (
        ["0,10,0,0.1,30,0,1"],
        {},
        lambda f, t: sum(10 * f.bolus(t - k / 10) for k in range(31)),
    ),
    "one infusion": (["0,100,20,0,0,0,1"], {}, lambda f, t: 20 * f.infusion(t, 5)),
    "infusions by ADDL": (["0,100,20,12,3,0,1"], {}, lambda f, t: sum(20 * f.infusion(t - 12 * k, 5) for k in range(4))),
    "infusions that overlap": (
        ["0,100,10,0,0,0,1", "4,60,20,0,0,0,1"],
        {},
        lambda f, t: 10 * f.infusion(t, 10) + 20 * f.infusion(t - 4, 3),
    ),
    "a steady state of boluses": (["0,100,0,12,0,1,1"], {}, lambda f, t: 100 * (f.before(t, 12) + f.bolus(t))),
    "a steady state of boluses that goes on": (
        ["0,100,0,12,3,1,1"],
        {},
        lambda f, t: 100 * (f.before(t, 12) + sum(f.bolus(t - 12 * k) for k in range(4))),
    ),
    "a steady state of infusions": (["0,100,25,12,0,1,1"], {}, lambda f, t: 25 * (f.before(t, 12, 4) + f.infusion(t, 4))),
    "a constant infusion at steady state": (["0,0,25,0,0,1,1"], {}, lambda f, t: 25 * f.constant(t)),
    "a steady state later, in place of what was there": (
        ["0,500,0,0,0,0,1", "9,100,0,12,0,1,1"],
        {},
        lambda f, t: np.where(t < 9, 500 * f.bolus(t), 100 * (f.before(t - 9, 12) + f.bolus(t - 9))),
    ),
    "a steady state that ends an infusion": (
        ["0,500,25,0,0,0,1", "9,100,0,12,0,1,1"],
        {},
        lambda f, t: np.where(t < 9, 25 * f.infusion(t, 20), 100 * (f.before(t - 9, 12) + f.bolus(t - 9))),
    ),
    "a steady state added to what is there": (
        ["0,500,0,0,0,0,1", "9,100,0,12,0,2,1"],
        {},
        lambda f, t: 500 * f.bolus(t) + np.where(t < 9, 0, 100 * (f.before(np.maximum(t - 9, 0), 12) + f.bolus(t - 9))),
    ),
    "two steady states a day": (
        ["0,100,0,24,2,1,1", "9,60,0,24,2,2,1"],
        {},
        lambda f, t: (
            100 * (f.before(t, 24) + sum(f.bolus(t - 24 * k) for k in range(3)))
            + np.where(t < 9, 0, 60 * (f.before(np.maximum(t - 9, 0), 24) + sum(f.bolus(t - 9 - 24 * k) for k in range(3))))
        ),
    ),
    "a reset": (["0,100,0,0,0,0,1", "9,0,0,0,0,0,3"], {}, lambda f, t: np.where(t < 9, 100 * f.bolus(t), 0.0)),
    "a reset with a dose": (
        ["0,100,0,0,0,0,1", "9,40,0,0,0,0,4"],
        {},
        lambda f, t: np.where(t < 9, 100 * f.bolus(t), 40 * f.bolus(t - 9)),
    ),
    "a reset during an infusion": (
        ["0,100,5,0,0,0,1", "9,40,10,0,0,0,4"],
        {},
        lambda f, t: np.where(t < 9, 5 * f.infusion(t, 20), 10 * f.infusion(t - 9, 4)),
    ),
    "a reset that ends additional doses": (
        ["0,100,0,6,9,0,1", "9,0,0,0,0,0,3", "20,30,0,0,0,0,1"],
        {},
        lambda f, t: np.where(t < 9, 100 * (f.bolus(t) + f.bolus(t - 6)), 30 * f.bolus(t - 20)),
    ),
    "a reset with doses that go on": (
        ["0,100,0,0,0,0,1", "9,40,0,12,3,0,4"],
        {},
        lambda f, t: np.where(t < 9, 100 * f.bolus(t), sum(40 * f.bolus(t - 9 - 12 * k) for k in range(4))),
    ),
    "a reset with a steady state": (
        ["0,100,0,0,0,0,1", "9,40,0,12,0,1,4"],
        {},
        lambda f, t: np.where(t < 9, 100 * f.bolus(t), 40 * (f.before(t - 9, 12) + f.bolus(t - 9))),
    ),
    "a lag": (["0,100,0,12,3,0,1"], {"ALAG": LAG}, lambda f, t: sum(100 * f.bolus(t - LAG - 12 * k) for k in range(4))),
    "a lag before an infusion": (["0,100,20,0,0,0,1"], {"ALAG": LAG}, lambda f, t: 20 * f.infusion(t - LAG, 5)),
    "a lag and a steady state": (
        ["0,100,0,12,3,1,1"],
        {"ALAG": LAG},
        lambda f, t: 100 * (f.before(t - LAG, 12) + sum(f.bolus(t - LAG - 12 * k) for k in range(4))),
    ),
    "a dose whose lag a reset ends": (
        ["0,100,0,0,0,0,1", "8.5,40,0,0,0,0,1", "9,0,0,0,0,0,3", "20,30,0,0,0,0,1"],
        {"ALAG": LAG},
        lambda f, t: np.where(t < 9, 100 * f.bolus(t - LAG), 30 * f.bolus(t - 20 - LAG)),
    ),
    "a bioavailability": (["0,100,0,12,3,0,1"], {"F": SHARE}, lambda f, t: sum(SHARE * 100 * f.bolus(t - 12 * k) for k in range(4))),
    "a bioavailability that shortens infusions": (
        ["0,100,20,12,3,0,1"],
        {"F": SHARE},
        lambda f, t: sum(20 * f.infusion(t - 12 * k, SHARE * 5) for k in range(4)),
    ),
    "a bioavailability that shortens infusions at steady state": (
        ["0,100,20,12,0,1,1"],
        {"F": SHARE},
        lambda f, t: 20 * (f.before(t, 12, SHARE * 5) + f.infusion(t, SHARE * 5)),
    ),
    "a bioavailability and a lag before infusions": (
        ["0,100,20,12,3,0,1"],
        {"F": SHARE, "ALAG": LAG},
        lambda f, t: sum(20 * f.infusion(t - LAG - 12 * k, SHARE * 5) for k in range(4)),
    ),
}  # fmt: skip


def read(tmp_path, rows, route, times, dialect="nonmem", **said):
    """The table of these dose rows and observations, sorted by time; doses stand before observations at their time."""
    doses = [(float(row.split(",")[0]), 0, row) for row in rows]
    rows = sorted([*doses, *((time, 1, f"{time},0,0,0,0,0,0") for time in times)])
    lines = [HEADING]
    for _, _, row in rows:
        time, amount, rate, interval, additional, steady, event = row.split(",")
        lines.append(f"1,{time},{amount},{rate},{interval},{additional},{steady},1,{event},.")
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines) + "\n")
    found = read_event_table(path, dialect=dialect, time="h", amount={"drug": "mg"}, compartments={1: f"drug {route}"}, **said)
    return found, found.subjects[0]


@pytest.mark.parametrize("kind", MODELS, ids=NAMES)
def test_every_kind_of_dose_is_what_its_closed_form_says(tmp_path, kind):
    compartments, absorbed, route = kind
    compiled, form = compile_model(advan(compartments, absorbed)), Form.of(compartments, absorbed and route == "PO")
    off = {}
    for words, (rows, changed, formula) in CASES.items():
        table, subject = read(tmp_path, rows, route, TIMES)
        found = predict(compiled, person(**changed), table.layout, subject)[0]
        expected = formula(form, np.array(TIMES))
        off[words] = float(np.max(np.abs(found - expected) / np.maximum(expected, 1e-3 * expected.max())))
    assert {words: error for words, error in off.items() if not error < WITHIN} == {}


def test_the_input_of_a_model_says_in_words_what_infusions_keep():
    assert inputs_in_words(advan(1, False)) == ["drug IV enters central, times F, after ALAG, infusions at the rate given."]
    assert inputs_in_words(advan(1, False, "keeps its duration")) == ["drug IV enters central, times F, after ALAG."]


def test_an_infusion_that_keeps_its_duration_has_its_rate_changed(tmp_path):
    compiled, form = compile_model(advan(1, False, "keeps its duration")), Form.of(1, False)
    table, subject = read(tmp_path, ["0,100,20,12,3,0,1"], "IV", TIMES)
    found = predict(compiled, person(F=SHARE), table.layout, subject)[0]
    expected = sum(SHARE * 20 * form.infusion(np.array(TIMES) - 12 * k, 5) for k in range(4))
    np.testing.assert_allclose(found, expected, rtol=WITHIN)


@pytest.mark.parametrize(("rate", "said"), [("-1", "rate 12.5 mg/h"), ("-2", "duration 8 h")])
def test_a_rate_or_a_duration_that_the_model_has_is_declared(tmp_path, rate, said):
    table, subject = read(tmp_path, [f"0,100,{rate},12,3,0,1"], "IV", TIMES, modelled={"drug IV": said})
    found = predict(compile_model(advan(1, False)), person(), table.layout, subject)[0]
    form = Form.of(1, False)
    np.testing.assert_allclose(found, sum(12.5 * form.infusion(np.array(TIMES) - 12 * k, 8) for k in range(4)), rtol=WITHIN)


def test_a_constant_infusion_into_an_input_that_takes_a_share_of_its_rate_is_refused(tmp_path):
    from regimens.errors import ModelError

    table, subject = read(tmp_path, ["0,0,25,0,0,1,1"], "IV", TIMES)
    with pytest.raises(ModelError) as raised:
        predict(compile_model(advan(1, False)), person(F=SHARE), table.layout, subject)
    assert str(raised.value) == (
        "Model 'advan_1_False': a constant infusion is given into an input that keeps the rate, and whose bioavailability is not 1. "
        "It must be 1 there."
    )


ORDERS = """\
ID,TIME,AMT,II,ADDL,EVID,DV
1,0,100,10,2,1,.
1,0,.,.,.,0,.
1,5,.,.,.,0,.
1,5,40,.,.,1,.
1,10,.,.,.,0,.
1,30,.,.,.,2,.
"""


def test_rows_at_one_time_act_in_their_order_and_additional_doses_act_first(tmp_path):
    path = tmp_path / "order.csv"
    path.write_text(ORDERS)
    table = read_event_table(path, dialect="nonmem", time="h", amount={"drug": "mg"}, compartments="drug IV")
    found = predict(compile_model(advan(1, False)), person(), table.layout, table.subjects[0])[0]
    form, at = Form.of(1, False), np.array([0.0, 5.0, 10.0, 30.0])
    doses = 100 * (form.bolus(at) + form.bolus(at - 10) + form.bolus(at - 20))
    np.testing.assert_allclose(found, doses + 40 * np.array([0, 0, 1, 1]) * form.bolus(at - 5), rtol=WITHIN)
    assert table.subjects[0].after_doses.tolist() == [True, False, True, False]


COVARIATES = """\
ID,TIME,AMT,EVID,DV,CL,V
1,0,100,1,.,3.7,21
1,4,.,0,.,3.7,21
1,4,50,1,.,5,21
1,9,.,0,.,2,30
1,12,.,0,.,.,30
1,20,.,0,.,6.5,18
1,26,.,2,.,6.5,18
"""


def decayed(amount, pieces):
    """What is left of an amount after pieces of (duration, CL, V)."""
    return amount * np.exp(-sum(length * cl / v for length, cl, v in pieces))


@pytest.mark.parametrize("rule", ["nocb", "locf"])
def test_parameters_take_the_value_of_the_next_record_or_of_the_last(tmp_path, rule):
    path = tmp_path / "covariates.csv"
    path.write_text(COVARIATES)
    said = {"dialect": "nonmem", "time": "h", "amount": {"drug": "mg"}, "compartments": "drug IV", "covariates": rule}
    table = read_event_table(path, **said)
    found = predict(compile_model(advan(1, False)), person(), table.layout, table.subjects[0])[0]
    # Clearance and volume of the stretches between records at 0, 4, 9, 12, 20 and 26 h; volumes at the times that are read.
    first, last = [(5, 2.0, 30.0), (3, 2.0, 30.0), (8, 6.5, 18.0), (6, 6.5, 18.0)], [(5, 5.0, 21.0), (3, 2.0, 30.0), (8, 2.0, 30.0), (6, 6.5, 18.0)]  # fmt: skip
    pieces = first if rule == "nocb" else last
    at_4 = decayed(100, [(4, 3.7, 21.0)])
    amounts = [at_4, *(decayed(at_4 + 50, pieces[: place + 1]) for place in range(4))]
    np.testing.assert_allclose(found, np.array(amounts) / np.array([21, 30, 30, 18, 18]), rtol=1e-4)


def test_a_reset_leaves_the_covariate_at_its_value(tmp_path):
    path = tmp_path / "covariates.csv"
    path.write_text("ID,TIME,AMT,EVID,CL\n1,0,100,1,2\n1,5,.,0,2\n1,8,.,0,6\n1,10,50,4,6\n1,15,.,0,6\n1,20,.,0,1\n")
    table = read_event_table(path, dialect="nonmem", time="h", amount={"drug": "mg"}, compartments="drug IV")
    found = predict(compile_model(advan(1, False)), person(), table.layout, table.subjects[0])[0]
    at_5 = decayed(100, [(5, 2, 21)])
    at_15 = decayed(50, [(5, 6, 21)])
    expected = [at_5, decayed(at_5, [(3, 6, 21)]), at_15, decayed(at_15, [(5, 1, 21)])]
    np.testing.assert_allclose(found, np.array(expected) / 21, rtol=1e-4)

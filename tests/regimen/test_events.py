"""Dose events and dose plans: what can be given, tables in and out, which subject gets which doses, and how much that is."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from regimens.errors import RegimenError
from regimens.regimen import hours, parse_regimen, weeks
from regimens.regimen.changes import StateChange
from regimens.regimen.events import DoseEvents, DosePlan
from regimens.regimen.quantities import Amount
from regimens.subject import BASES, amount_in_person
from tests.examples import examples
from tests.properties.regimens import amounts, regimens

WEIGHT = np.array([50.0, 70.0, 120.0])
BSA = np.array([1.5, 1.8, 2.3])


def events(words, arm=""):
    return parse_regimen(words).events(weeks(4), arm)


def test_doses_for_all_subjects_are_one_shared_set():
    doses = events("1 MIU SC daily x 5")
    plan = DosePlan.of(doses, 3)
    assert (plan.shared, plan.sets, plan.which) == (True, (doses,), None)
    assert plan.of_subject(2) is doses


def test_a_set_for_each_subject_keeps_each_distinct_set_once():
    a, b = events("1 MIU SC daily x 5"), events("no dose")
    plan = DosePlan.of([a, b, a], 3)
    assert (plan.shared, plan.sets, plan.which.tolist()) == (False, (a, b), [0, 1, 0])
    assert [plan.of_subject(subject) for subject in range(3)] == [a, b, a]


def test_a_plan_stays_the_plan_it_is():
    plan = DosePlan.of([events("1 MIU SC daily x 5")] * 2, 2)
    assert DosePlan.of(plan, 2) is plan


def test_nobody_has_no_sets():
    plan = DosePlan.of([], 0)
    assert (plan.sets, plan.shared) == ((), False)
    assert plan.total("il2", WEIGHT[:0], BSA[:0]).shape == (0,)


def test_another_number_of_sets_than_of_subjects_is_refused():
    for doses in ([events("no dose")] * 2, DosePlan.of([events("no dose")] * 2, 2)):
        with pytest.raises(ValueError, match=r"^2 sets of dose events for 3 subjects; give one for each, or one for all\.$"):
            DosePlan.of(doses, 3)


def test_a_plan_of_some_drugs_has_their_doses_and_nothing_else():
    both = events("il2: 1 MIU SC daily x 2; tocilizumab: 8 mg/kg (max 800 mg) IV weekly x 3")
    plan = DosePlan.of([both, events("2 MIU SC once")], 2).only({"tocilizumab"})
    assert plan.of_subject(0) == events("tocilizumab: 8 mg/kg (max 800 mg) IV weekly x 3")
    assert len(plan.of_subject(1)) == 0
    assert DosePlan.of(both, 1).only({"il2", "tocilizumab"}).of_subject(0) is both


def test_totals_count_each_drug_by_itself_with_body_size_and_caps():
    both = events("il2: 1 MIU SC daily x 2, 0.5 MIU/m2 SC daily x 2; tocilizumab: 8 mg/kg (max 800 mg) IV weekly x 3")
    plan = DosePlan.of(both, 3)
    assert plan.total("il2", WEIGHT, BSA).tolist() == [3_500_000.0, 3_800_000.0, 4_300_000.0]
    assert plan.total("tocilizumab", WEIGHT, BSA).tolist() == [1200.0, 1680.0, 2400.0]
    assert plan.total("rapamycin", WEIGHT, BSA).tolist() == [0.0, 0.0, 0.0]


def test_totals_of_sets_of_subjects_own_are_those_of_each_set_alone():
    sets = [events(words) for words in ("1 MIU SC daily x 3", "no dose", "0.01 MIU/kg (max 1 MIU) SC weekly x 2")]
    assert DosePlan.of(sets, 3).total("il2", WEIGHT, BSA).tolist() == [3_000_000.0, 0.0, 2_000_000.0]


def test_totals_of_several_parameter_draws_have_a_row_a_draw():
    plan = DosePlan.of([events("0.5 MIU/m2 SC daily x 2"), events("1 MIU SC once")], 2)
    bodies = np.array([[1.5, 1.8], [2.0, 2.2]])
    assert plan.total("il2", np.full((2, 2), 70.0), bodies).tolist() == [[1_500_000.0, 1_000_000.0], [2_000_000.0, 1_000_000.0]]


THREE = parse_regimen("0.5 MIU/m2 (max 1 MIU, in steps of 0.05 MIU) SC daily x 3").events(weeks(1))
FIRST = "A dose starts at 0 h or later."


def changed(name, *values):
    return {name: np.array(values) if name not in ("drug", "basis", "route") else values}


REFUSED = [
    (changed("time_h", -10.0, 0.0, 5.0), f"Dose 1: time_h is -10. {FIRST}"),
    (changed("time_h", 0.0, np.nan, np.inf), f"Dose 2: time_h is nan. {FIRST}\nDose 3: time_h is inf. {FIRST}"),
    (
        changed("time_h", 0.0, 48.0, 24.0),
        "Dose 3: time_h is 24, but the dose before is at 48. Sort by time; DoseEvents.from_frame does.",
    ),
    (changed("amount", 1.0, -2.5, 1.0), "Dose 2: amount is -2.5. An amount is 0 or more."),
    (changed("amount", 1.0, 1.0, np.nan), "Dose 3: amount is nan. An amount is 0 or more."),
    (changed("duration_h", 0.0, -1.0, np.inf), (
        "Dose 2: duration_h is -1. An infusion takes more than 0 h; 0 is a bolus.\n"
        "Dose 3: duration_h is inf. An infusion takes more than 0 h; 0 is a bolus."
    )),
    (changed("cap", 0.0, 1e6, np.nan), (
        "Dose 1: cap is 0. A cap is greater than 0; infinite is no cap.\n"
        "Dose 1: cap is 0, less than the step of 50000. A cap is at least one step.\n"
        "Dose 3: cap is nan. A cap is greater than 0; infinite is no cap."
    )),
    (changed("step", 0.0, -1.0, np.inf), (
        "Dose 2: step is -1. A step is greater than 0; 0 is no step.\n"
        "Dose 3: step is inf. A step is greater than 0; 0 is no step.\n"
        "Dose 3: cap is 1000000, less than the step of inf. A cap is at least one step."
    )),
    (changed("cycle", 0, 1, 1), "Dose 1: cycle is 0. Cycles are counted from 1."),
    (changed("number", 1.0, 1.5, 2.0), "Dose 2: number is 1.5. Doses are counted from 1 in each cycle."),
    (changed("basis", "flat", "perkg", "per m2"), "Dose 2: basis is 'perkg'. Did you mean 'per kg'?"),
    (changed("route", "SC", "spray", "SC"), "Dose 2: route is 'spray'. Known: IM, IV, PO, SC, inhaled."),
    (changed("drug", "il2", "", "il2"), "Dose 2: drug is ''. The name of a drug is needed."),
    (changed("drug", "il2", "il2", None), "Dose 3: drug is None. The name of a drug is needed."),
    (changed("amount", "1", "7_0", "2"), "Dose 1: amount is '1'. A number is needed."),
    (changed("amount", True, True, False), "Dose 1: amount is True. A number is needed."),
    (changed("amount", [1.0], [1.0], [1.0]), "The column 'amount' has the shape (3, 1). It has one number for every dose."),
    (changed("amount", 1.0), (
        "The columns of the doses have different lengths: time_h 3, amount 1, cap 3, step 3, duration_h 3, cycle 3, number 3, "
        "drug 3, basis 3, route 3. Each has one value for every dose."
    )),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "message"), REFUSED, ids=[message[:50] for _, message in REFUSED])
def test_doses_that_cannot_be_given_are_refused_with_their_number_and_value(columns, message):
    with pytest.raises(RegimenError) as raised:
        replace(THREE, **columns)
    assert str(raised.value) == message


def test_of_many_faults_the_first_are_shown_in_the_order_of_the_doses():
    many = parse_regimen("1 MIU SC daily x 7").events(weeks(1))
    with pytest.raises(RegimenError) as raised:
        replace(many, amount=np.full(7, -1.0), route=("spray", *many.route[1:]))
    shown = [f"Dose {dose}: amount is -1. An amount is 0 or more." for dose in range(1, 5)]
    assert str(raised.value).split("\n") == [
        shown[0], "Dose 1: route is 'spray'. Known: IM, IV, PO, SC, inhaled.", *shown[1:], "3 more faults are not shown.",
    ]  # fmt: skip


def test_an_amount_of_0_is_a_dose_that_is_not_given():
    missed = replace(THREE, amount=np.array([5e5, 0.0, 5e5]))
    assert DosePlan.of(missed, 3).total("il2", WEIGHT, BSA).tolist() == [1_500_000.0, 1_800_000.0, 2_000_000.0]


def test_a_frame_needs_times_and_amounts_only():
    read = DoseEvents.from_frame(pd.DataFrame({"time_h": [48, 0, 24], "amount": [3, 1, 2]}))
    assert (read.time_h.tolist(), read.amount.tolist(), read.number.tolist()) == ([0.0, 24.0, 48.0], [1.0, 2.0, 3.0], [1, 2, 3])
    assert (read.drug, read.basis, read.route, read.arm) == (("il2",) * 3, ("flat",) * 3, ("SC",) * 3, "")
    assert (read.cap.tolist(), read.step.tolist(), read.duration_h.tolist(), read.cycle.tolist()) == (
        [np.inf] * 3, [0.0] * 3, [0.0] * 3, [1] * 3,
    )  # fmt: skip


def test_doses_of_a_frame_are_numbered_in_each_cycle_of_each_drug():
    frame = pd.DataFrame({
        "time_h": [0, 0, 24, 48, 72], "amount": 1.0, "drug": ["il2", "mab", "il2", "il2", "mab"], "cycle": [1, 1, 1, 2, 1],
    })  # fmt: skip
    assert DoseEvents.from_frame(frame).ids == ("/il2/c1/d1", "/mab/c1/d1", "/il2/c1/d2", "/il2/c2/d1", "/mab/c1/d2")


def test_doses_of_a_frame_at_one_time_keep_their_order():
    frame = pd.DataFrame({"time_h": [5.0, 0.0, 5.0, 0.0], "amount": [1.0, 2.0, 3.0, 4.0]})
    assert DoseEvents.from_frame(frame).amount.tolist() == [2.0, 4.0, 1.0, 3.0]


def test_missing_cells_of_max_and_step_are_none():
    frame = pd.DataFrame({"time_h": [0.0, 1.0], "amount": 1.0, "max": [None, 2.0], "step": [pd.NA, 0.5]})
    read = DoseEvents.from_frame(frame.astype({"max": "Float64", "step": "Float64"}))
    assert (read.cap.tolist(), read.step.tolist()) == ([np.inf, 2.0], [0.0, 0.5])


FRAMES = [
    ({"time": [0.0]}, "'time' is not a column of doses. Did you mean 'time_h'?"),
    ({"amount": [1.0]}, "The column 'time_h' is missing. Doses need time_h (h) and amount (IU, or mg)."),
    ({"time_h": [0.0, 1.0], "amount": 1.0, "arm": ["b", "a"]}, "The doses are of 2 arms: 'a', 'b'. Keep the rows of one arm."),
    ({"time_h": [24.0, -1.0], "amount": 1.0}, f"Dose 2: time_h is -1. {FIRST}"),
    ({"time_h": [24.0, 0.0], "amount": ["1", 1]}, "Dose 1: amount is '1'. A number is needed."),
    ({"time_h": [0.0], "amount": 1.0, "drug": [np.nan]}, "Dose 1: drug is nan. The name of a drug is needed."),
    (
        {"time_h": [24.0, 0.0], "amount": 1.0, "id": [7, 7]},
        "Dose 2: id is 7. The id of this dose is '/il2/c1/d1'; the column may be left out.",
    ),
]


@pytest.mark.parametrize(("columns", "message"), FRAMES, ids=[message[:50] for _, message in FRAMES])
def test_a_frame_that_holds_no_doses_is_refused_in_words(columns, message):
    with pytest.raises(RegimenError) as raised:
        DoseEvents.from_frame(pd.DataFrame(columns))
    assert str(raised.value) == message


def test_a_column_that_is_there_twice_is_refused():
    frame = pd.DataFrame([[0.0, 1.0, 2.0]], columns=["time_h", "amount", "amount"])
    with pytest.raises(RegimenError) as raised:
        DoseEvents.from_frame(frame)
    assert str(raised.value) == "The column 'amount' is there twice. Remove one of them."


@examples(30)
@given(regimens().filter(lambda regimen: regimen.drugs), st.randoms(use_true_random=False))
def test_a_frame_of_doses_reads_back_equal_whatever_the_order_of_columns_and_times(regimen, random):
    doses = regimen.with_rests("shortest").events(hours(400), "an arm")
    frame = doses.to_frame()
    read = DoseEvents.from_frame(frame)
    assert replace(read, arm="an arm", changes=doses.changes) == doses  # a frame has the doses only
    assert read.arm == ("an arm" if len(doses) else "")
    columns = random.sample(list(frame.columns), len(frame.columns))
    again = DoseEvents.from_frame(frame[columns].iloc[::-1])
    assert sorted(again.ids) == sorted(doses.ids)
    assert again.time_h.tolist() == doses.time_h.tolist()


def test_a_step_rounds_what_each_person_gets_halves_up_and_never_to_nothing():
    def gets(value, basis, weight, bsa, cap=None, step=Fraction(50)):
        return amount_in_person(Fraction(value), basis, Fraction(weight), Fraction(bsa), cap, step)

    assert gets(260, "per m2", 70, "1.8") == 450  # 468
    assert gets(250, "per m2", 70, "1.7") == 450  # 425 lies half-way
    assert gets("0.1", "per kg", 70, "1.8") == 50
    assert gets(10, "per kg", 70, "1.8", Fraction(320)) == 300
    assert gets(10, "per kg", 70, "1.8", Fraction(320), None) == 320


@examples(60)
@example(Amount(Fraction(54899, 20), "IU", "per kg", None, Fraction(1, 100)), 1061, 100)  # half-way between 29 million steps
@given(amounts("IU", True), st.integers(300, 2000), st.integers(100, 300))
def test_arrays_of_people_get_what_exact_arithmetic_gives_each(amount, weight, area):
    weight, area = Fraction(weight, 10), Fraction(area, 100)
    exact = float(amount.for_size(weight, area))
    found = amount_in_person(
        np.array([float(amount.value)] * 2), np.array([amount.basis] * 2), np.array([float(weight)]), np.array([float(area)]),
        np.array([np.inf if amount.cap is None else float(amount.cap)]),
        np.array([0.0 if amount.step is None else float(amount.step)]),
    )  # fmt: skip
    assert found == pytest.approx([exact, exact], rel=1e-14)


def test_a_basis_is_one_of_the_three_that_scaling_knows():
    assert [Amount(Fraction(2), "IU", basis).for_size(Fraction(50), Fraction(3)) for basis in BASES] == [2, 6, 100]


RESET = StateChange(48.0, "reset")
CHANGES = {
    "not sorted": (
        lambda: (RESET, StateChange(24.0, "reset")),
        "Change 2: time_h is 24, but the change before is at 48. Sort changes by time.",
    ),
    "no tuple": (
        lambda: "reset",
        "changes is 'reset'. A tuple is needed, for example (StateChange(24.0, 'reset'),).",
    ),
    "a change without a tuple": (
        lambda: RESET,
        f"changes is {RESET!r}. A tuple is needed, for example (StateChange(24.0, 'reset'),).",
    ),
    "a word": (
        lambda: ["reset"],
        "Change 1 is 'reset'. A StateChange is needed, for example StateChange(24.0, 'reset').",
    ),
    "time as text": (lambda: (StateChange("0", "reset"),), "A reset: time_h is '0'. A number is needed."),
    "cap as text": (
        lambda: (StateChange(0.0, "steady state", 24.0, amount=1e6, cap="none"),),
        "A steady state: cap is 'none'. A number is needed.",
    ),
    "no drug": (
        lambda: (StateChange(0.0, "steady state", 24.0, drug=None, amount=1e6),),
        "A steady state: drug is None. The name of a drug is needed.",
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_of_the_state_that_cannot_be_is_refused_as_a_change(case):
    made, said = CHANGES[case]
    doses = parse_regimen("1 MIU SC daily x 5").events(weeks(1))
    with pytest.raises(RegimenError) as wrong:
        replace(doses, changes=made())
    assert str(wrong.value) == said
    assert replace(doses, changes=[RESET]).changes == (RESET,)

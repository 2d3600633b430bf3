"""Following rules: closed forms, doses as the ladder says, and the same bits in whatever company."""

from dataclasses import replace

import numpy as np
import pytest

from regimens.adherence.realise import RealLife
from regimens.engine import Tolerances, simulate
from regimens.model.compile import compile_model
from regimens.model.file import declared
from regimens.model.parameters import typical_subject
from regimens.population import Population, draw_subjects
from regimens.regimen import parse_regimen, weeks
from regimens.rules.ladder import ACTIONS
from regimens.rules.words import parse_rule
from regimens.subject import Subject
from tests.rules.arms import decay, followed, read_again, rules

K = 0.02


def given(found, drug="il2", subject=0):
    own = [place for place, dose in enumerate(found.timed.doses) if dose.drug == drug]
    return found.given[subject, own]


def actions(found, subject=0):
    return [ACTIONS[code] for code in found.log.action[subject]]


def test_a_hold_ends_at_the_time_that_the_decay_gives():
    held_above, back_below, dose, every = 2_000_000.0, 300_000.0, 1_000_000.0, 12.0
    found = followed(
        decay(K),
        "1 MIU IV every 12 h x 40",
        rules("hold while amount above 2000000, resume when below 300000", first_dose="as planned"),
    )
    q, x, expected, held = np.exp(-K * every), 0.0, [], False
    for _ in range(40):
        held = x > held_above if not held else not x < back_below
        expected.append(0.0 if held else dose)
        x = (x + expected[-1]) * q
    assert given(found).tolist() == expected
    first = expected.index(0.0)
    top = dose * q * (1 - q**first) / (1 - q)
    waits = int(np.ceil(np.log(top / back_below) / (K * every)))
    assert expected[first : first + waits + 1] == [0.0] * waits + [dose]
    assert actions(found)[first - 1 : first + waits] == ["held"] * waits + ["resumed"]


def test_a_proportional_rule_on_a_linear_model_comes_to_its_closed_form():
    middle, every, k = 2_000_000.0, 24.0, 0.05
    q = np.exp(-k * every)
    made = rules(
        "keep amount from 1990000 to 2010000 in steps of 1000 IU between 500000 IU and 9000000 IU", decide="every 10 days"
    )
    found = followed(decay(k), "1 MIU IV daily x 60", made)
    x, dose, expected = 0.0, 1_000_000.0, []
    for day in range(60):
        if day and day % 10 == 0 and not 1_990_000 <= x <= 2_010_000:
            dose = np.rint(dose * middle / x / 1000) * 1000
        expected.append(dose)
        x = (x + dose) * q
    assert given(found).tolist() == expected
    assert given(found)[-1] == pytest.approx(middle * (1 - q) / q, abs=1000)


def test_a_rule_that_never_applies_leaves_the_plan_as_it_is():
    plan = parse_regimen("(1 MIU IV daily x 5, rest 9 days) x 3").events(weeks(12), "")
    found = followed(decay(K), "(1 MIU IV daily x 5, rest 9 days) x 3", rules("stop if amount above 900000000"))
    assert found.plan(12 * 168.0).sets == (plan,)
    assert set(actions(found)) == {"as before"}


def test_levels_go_up_and_down_and_the_reasons_say_so():
    made = rules(
        "lower one level if amount above 3000000",
        "raise one level if amount below 1500000 at two visits in a row",
        levels=["0.5 MIU", "1 MIU", "2 MIU"],
    )
    found = followed(decay(0.05), "1 MIU IV daily x 12", made)
    x, level, streak, expected = 0.0, 1, 0, []
    levels, q = (5e5, 1e6, 2e6), np.exp(-0.05 * 24)
    for day in range(12):
        if day:
            streak = streak + 1 if x < 1.5e6 else 0
            if x > 3e6:
                level, streak = level - 1, 0
            elif streak >= 2 and level < 2:
                level, streak = level + 1, 0
        expected.append(levels[level])
        x = (x + expected[-1]) * q
    assert given(found).tolist() == expected
    assert found.timed.reason[0].tolist() == [0 if dose == 1e6 else 7 if dose > 1e6 else 6 for dose in expected]


def test_a_stop_ends_all_doses_and_all_decisions():
    found = followed(decay(0.001), "1 MIU IV daily x 8", rules("stop if amount above 2500000 after 4 doses"))
    assert given(found).tolist() == [1e6] * 4 + [0.0] * 4
    assert actions(found) == ["as before"] * 3 + ["stopped", *["not made: stopped"] * 3]
    assert found.timed.reason[0].tolist() == [0] * 4 + [9] * 4


def test_a_stop_above_a_hold_counts_the_visits_of_the_hold_and_one_below_it_does_not():
    hold, stop = "hold while amount above 1500000, resume when below 1", "stop if amount above 1000000 at two visits in a row"
    above = followed(decay(0.005), "1 MIU IV daily x 12", rules(stop, hold))
    assert actions(above)[:6] == ["as before", "held", "stopped", *["not made: stopped"] * 3]
    below = followed(decay(0.005), "1 MIU IV daily x 12", rules(hold, stop))
    assert actions(below)[:6] == ["as before", *["held"] * 5]


def test_doses_are_left_out_while_the_interval_is_longer_and_come_back():
    made = rules("change the interval to 3 days if amount above 1500000", "change the interval to 1 day if amount below 300000")
    found = followed(decay(K), "1 MIU IV daily x 14", made)
    x, stride, left, expected = 0.0, 1, 0, []
    for day in range(14):
        if day:
            stride = 3 if x > 1.5e6 else 1 if x < 3e5 else stride
        comes = day == 0 or left + 1 >= stride
        left = 0 if comes else left + 1
        expected.append(1e6 * comes)
        x = (x + expected[-1]) * np.exp(-K * 24)
    assert given(found).tolist() == expected
    assert 0.0 in expected
    assert {found.timed.reason[0, day] for day, dose in enumerate(expected) if dose == 0} == {8}


def test_another_drug_is_given_once_at_the_decision_that_asks_for_it():
    made = rules("give other 100 mg IV once if amount above 1200000")
    found = followed(decay(K), "1 MIU IV daily x 6", made)
    assert given(found).tolist() == [1e6] * 6
    decision = actions(found).index("dose of another drug")
    assert actions(found).count("dose of another drug") == 1
    assert found.timed.given_h[0, -1] == found.log.time_h[0, decision]
    events = found.plan(5000.0).sets[0]
    assert [(drug, amount) for drug, amount in zip(events.drug, events.amount, strict=True) if drug == "other"] == [
        ("other", 100.0)
    ]


def test_what_is_seen_is_as_old_as_the_delay_and_nothing_before_the_start():
    made = rules("stop if amount above 900000000", look_at={"amount": {"delay": "30 h"}})
    compiled = decay(K)
    found = followed(compiled, "1 MIU IV daily x 6", made)
    assert np.isnan(found.log.seen[0, 0, 0])
    assert np.array_equal(found.log.looked_h[0, 1:, 0], 24.0 * np.arange(2, 6) - 30.0)
    assert np.array_equal(found.log.true, read_again(compiled, typical_subject(compiled.model), found), equal_nan=True)


@pytest.mark.parametrize(
    ("compiled", "regimen"),
    [
        (decay(K, lag=60), "1 MIU IV daily x 12"),
        (decay(K, lag=5), "1 MIU IV daily x 12"),
        (decay(K), "1 MIU IV over 24 h daily x 12"),
        (decay(K, formula="x * (1 + k * time)"), "1 MIU IV daily x 12"),
        (decay(K, lag=24), "1 MIU IV daily x 12"),
        (decay(K, lag=3), "1 MIU IV over 20 h every 30 h x 12"),
    ],
)
@pytest.mark.parametrize("when", ["before each dose", "at visits"])
def test_decisions_see_what_one_run_of_the_same_doses_has_to_the_last_bit(compiled, regimen, when):
    made = rules("hold while amount above 1500000, resume when below 700000", decide=when)
    found = followed(
        compiled, regimen, made, visits=(20.0, 31.0, 40.0, 52.0, 64.0, 90.0, 110.0, 150.0, 190.0, 215.0, 240.0, 262.0)
    )
    assert {"held", "resumed"} <= set(actions(found))
    assert np.array_equal(found.log.true, read_again(compiled, typical_subject(compiled.model), found), equal_nan=True)


def test_a_run_that_is_cut_at_many_decisions_that_do_nothing_is_the_run_in_one_piece():
    compiled, people = drawn("expansion")
    made = rules("stop if treg_fold above 900000", look_at=("treg_fold", "serum_il2"), decide="at visits")
    made = replace(made, ladder=(*made.ladder, parse_rule("stop if serum_il2 above 1e12", ("serum_il2",))))
    visits = tuple(np.arange(5.0, 1600.0, 13.0))
    found = followed(compiled, CYCLES, made, people=people, visits=visits, tolerances=Tolerances(), horizon_h=2500.0)
    assert found.log.time_h.shape[1] > 100
    again = read_again(compiled, people, found, 2500.0, ("treg_fold", "serum_il2"), Tolerances())
    assert found.log.true.tobytes() == again.tobytes()


def test_what_is_looked_at_before_another_drug_is_given_is_that_of_one_run_within_its_tolerance():
    made = rules("give other 100 mg IV once if amount above 300000", "stop if rest above 1e9", look_at={"amount": {}, "rest": {}})
    compiled = decay(K)
    found = followed(compiled, "1 MIU IV every 50 h x 6", made)
    again = read_again(compiled, typical_subject(compiled.model), found, observables=("amount", "rest"))
    assert np.max(found.log.true[..., 1]) > 10.0
    assert np.allclose(found.log.true, again, rtol=1e-8)


PEOPLE = 40
ESCALATING = {
    "decide": "before each cycle",
    "look_at": {"treg_fold": {"noise": 0.2, "delay": "2 days"}},
    "levels": ["0.25 MIU", "0.5 MIU", "1 MIU", "2 MIU"],
}
LADDER = ("lower one level if treg_fold above 2.2", "raise one level if treg_fold below 1.7 at two visits in a row")
CYCLES = "(0.5 MIU SC daily x 5, rest 9 days) x 6"


def drawn(name):
    model = declared(name)
    return compile_model(model), draw_subjects(Population(subjects=PEOPLE, seed=5), model, Subject())


@pytest.mark.parametrize("name", ["turnover", "expansion"])
def test_a_subject_has_the_same_doses_in_whatever_company(name):
    compiled, people = drawn(name)
    whole = followed(compiled, CYCLES, rules(*LADDER, **ESCALATING), people=people, chance=True, tolerances=Tolerances())
    few = followed(compiled, CYCLES, rules(*LADDER, **ESCALATING), people=people[:7], chance=True, tolerances=Tolerances())
    for field in ("given",):
        assert np.array_equal(getattr(whole, field)[:7], getattr(few, field))
    for field in ("true", "seen", "rule", "action", "level"):
        assert np.array_equal(getattr(whole.log, field)[:7], getattr(few.log, field), equal_nan=field in ("true", "seen"))
    assert len(np.unique(whole.given, axis=0)) > 3


def test_decisions_see_what_one_run_has_in_people_who_differ():
    compiled, people = drawn("turnover")
    found = followed(compiled, CYCLES, rules(*LADDER, **ESCALATING), people=people, chance=True, tolerances=Tolerances())
    again = read_again(compiled, people, found, observables=("treg_fold",), tolerances=Tolerances())
    assert found.log.true.tobytes() == again.tobytes()


def test_noise_has_the_spread_that_was_asked_for_and_the_median_one():
    made = rules("stop if amount above 900000000", look_at={"amount": {"noise": 0.3}})
    found = followed(decay(K), "1 MIU IV daily x 6", made, subjects=2000, chance=True)
    ratio = np.log(found.log.seen / found.log.true).ravel()
    assert ratio.std() == pytest.approx(np.sqrt(np.log1p(0.09)), rel=0.05)
    assert abs(np.median(ratio)) < 0.02


def test_what_is_missed_is_not_looked_at_and_changes_nothing():
    life = RealLife(missed=0.3, late=0.3, up_to_h=6.0, stop_early=0.2)
    made = rules("raise one level if amount below 3000000", levels=["1 MIU", "2 MIU", "3 MIU"])
    found = followed(decay(0.05), "1 MIU IV daily x 6", made, subjects=200, life=life)
    missed = ~found.timed.is_given[:, 1:]
    assert np.array_equal(np.isnan(found.log.time_h), missed)
    assert np.all(np.isnan(found.log.seen[missed]))
    assert {ACTIONS[code] for code in found.log.action[missed]} == {"not made: dose missed"}
    assert np.array_equal(found.log.time_h[~missed], found.timed.given_h[:, 1:][~missed])
    made_before = np.cumsum(~missed, axis=1)
    assert np.array_equal(found.log.level, np.minimum(made_before, 2))
    assert np.all(found.given[~found.timed.is_given] == 0.0)
    late = found.timed.given_h > found.timed.due_h
    assert set(found.timed.reason[late & found.timed.is_given].tolist()) == {2}


def test_decisions_at_visits_are_made_at_their_times_and_none_after_the_last_dose():
    made = rules("raise one level if amount below 9000000", decide="at visits", levels=["1 MIU", "2 MIU"])
    found = followed(decay(K), "1 MIU IV weekly x 4", made, visits=(200.0, 504.0, 600.0))
    assert found.log.time_h[0].tolist() == [200.0, 504.0]
    assert given(found).tolist() == [1e6, 1e6, 2e6, 2e6]


def test_a_subject_that_cannot_be_integrated_sees_nothing_more():
    compiled = decay(K, formula="x")
    found = followed(compiled, "1 MIU IV daily x 5", rules("stop if amount above 1"), tolerances=Tolerances(max_steps=1))
    assert np.all(np.isnan(found.log.seen))
    assert given(found).tolist() == [1e6] * 5


def test_the_doses_found_give_one_curve_however_they_are_handed_over():
    compiled, people = drawn("turnover")
    found = followed(compiled, CYCLES, rules(*LADDER, **ESCALATING), people=people, chance=True, tolerances=Tolerances())
    plan, times = found.plan(5000.0), np.linspace(0.0, 2400.0, 50)
    together = simulate(compiled, people, plan, times).values
    apart = [simulate(compiled, people[[row]], plan.of_subject(row), times).values[0] for row in range(5)]
    assert np.array_equal(together[:5], np.array(apart))


def test_doses_come_at_an_interval_that_is_no_multiple_of_the_planned_one():
    made = rules("change the interval to 36 h if amount above 1500000", "change the interval to 12 h if amount below 700000")
    compiled = decay(K)
    found = followed(compiled, "1 MIU IV daily x 10", made)
    x, at, every, last, expected = 0.0, 0.0, 24.0, -np.inf, []
    for place in range(20):
        at = 12.0 * place
        if place and place % 2 == 0:
            every = 36.0 if x > 1.5e6 else 12.0 if x < 7e5 else every
        if at - last >= every:
            expected.append(at)
            last, x = at, x + 1e6
        x *= np.exp(-K * 12.0)
    events = found.plan(5000.0).sets[0]
    assert events.time_h[events.amount > 0.0].tolist() == expected
    assert {12.0, 36.0} <= set(np.diff(expected).tolist())
    assert np.allclose(found.log.true, read_again(compiled, typical_subject(compiled.model), found), rtol=1e-8)


def test_an_interval_that_never_changes_leaves_the_plan_as_it_is():
    plan = parse_regimen("(1 MIU IV daily x 5, rest 9 days) x 3").events(weeks(12), "")
    found = followed(
        decay(K), "(1 MIU IV daily x 5, rest 9 days) x 3", rules("change the interval to 36 h if amount above 900000000")
    )
    assert found.plan(12 * 168.0).sets == (plan,)


def test_no_dose_comes_between_planned_ones_after_a_subject_has_stopped():
    made = rules("change the interval to 12 h if amount below 9000000")
    found = followed(decay(K), "1 MIU IV daily x 10", made, subjects=200, life=RealLife(stop_early=0.5))
    stopped = found.timed.reason[:, :10] == 4
    first = np.where(stopped.any(axis=1), 24.0 * np.argmax(stopped, axis=1), np.inf)
    events = found.plan(5000.0)
    last = [of.time_h[of.amount > 0.0].max(initial=-1.0) for of in (events.of_subject(row) for row in range(200))]
    assert 20 < np.isfinite(first).sum() < 180
    assert np.all(last < first)
    assert max(last) == 228.0


def test_doses_stop_before_the_first_that_would_lead_above_the_total():
    made = rules("raise one level if amount below 9000000", "stop at a total of 9.5 MIU", levels=["1 MIU", "2 MIU", "3 MIU"])
    found = followed(decay(K), "1 MIU IV daily x 8", made)
    assert given(found).tolist() == [1e6, 2e6, 3e6, 3e6, 0.0, 0.0, 0.0, 0.0]
    assert found.timed.reason[0].tolist() == [0, 7, 7, 7, 9, 9, 9, 9]
    assert actions(found)[-3:] == ["not made: stopped"] * 3


def test_a_total_counts_what_a_person_of_that_size_gets_and_not_what_is_missed():
    made = rules("raise one level if amount below 1", "stop at a total of 5.5 MIU", levels=["1 MIU/m2", "2 MIU/m2"])
    people = replace(typical_subject(decay(K).model)[np.zeros(2, dtype=np.intp)], bsa_m2=np.array([1.8, 2.0]))
    found = followed(decay(K), "1 MIU/m2 IV daily x 5", made, people=people)
    assert np.sum(found.given > 0.0, axis=1).tolist() == [3, 2]
    life = RealLife(missed=0.5)
    made = rules("raise one level if amount below 1", "stop at a total of 2 MIU", levels=["1 MIU", "2 MIU"])
    missed = followed(decay(K), "1 MIU IV daily x 8", made, subjects=50, life=life)
    assert np.all(missed.given.sum(axis=1) == np.minimum(missed.timed.is_given.sum(axis=1), 2) * 1e6)


def test_a_cap_brings_a_level_down_in_its_cycle_and_the_log_says_so():
    made = rules(
        "raise one level if amount below 9000000",
        "cap doses at 2.5 MIU from cycle 3",
        decide="before each cycle",
        levels=["1 MIU", "2 MIU", "3 MIU"],
    )
    found = followed(decay(K), "(1 MIU IV daily x 2, rest 5 days) x 4", made)
    assert given(found).tolist() == [1e6, 1e6, 2e6, 2e6, 2e6, 2e6, 2e6, 2e6]
    assert found.log.level[0].tolist() == [1, 2, 2]

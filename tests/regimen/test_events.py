"""Dose events and dose plans: which subject gets which doses, and how much that is."""

import numpy as np
import pytest

from regimens.regimen import parse_regimen, weeks
from regimens.regimen.events import DosePlan

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

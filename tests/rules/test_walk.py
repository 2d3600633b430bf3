"""The walk over a ladder: its totals are those of all ways that measured values can go, tried one by one."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from regimens.errors import ExposureMismatch
from regimens.regimen import parse_regimen
from regimens.rules.guide import guide_of
from regimens.rules.ladder import NONE
from regimens.rules.possible import audit_with_rules
from regimens.rules.timetable import amounts_given, timetable
from regimens.rules.walk import walk
from regimens.subject import Subject
from tests.rules.arms import rules

LEVELS = ["0.25 MIU", "0.5 MIU", "1 MIU"]
FORMS = {
    "levels": ("raise one level if amount below 2 at two visits in a row", "lower two levels if amount above 4"),
    "a hold": ("hold while amount above 3, resume one level lower when below 1", "raise one level if amount below 2"),
    "a stop": ("stop if amount below 1 after 2 doses", "raise one level to at most 1 MIU if amount below 2"),
    "an interval": ("change the interval to 2 days if amount above 2", "raise one level if amount below 1"),
    "an interval that is no multiple": (
        "change the interval to 36 h if amount above 4",
        "change the interval to 12 h if amount below 1",
        "raise one level if amount below 2",
    ),
    "a total to stop at": (
        "raise one level if amount below 2",
        "lower one level if amount above 4",
        "stop at a total of 3.25 MIU",
    ),
    "a cap": ("raise one level if amount below 2", "cap doses at 0.7 MIU"),
}


def walked(made, regimen="0.5 MIU SC daily x 6"):
    guide = guide_of(made, parse_regimen(regimen))
    return walk(guide, Subject())


def all_totals(guide, values):
    """Return the totals (IU) of every way in which these values can be seen at the decisions before each dose but the first."""
    due = np.array([[float(dose.start) for dose in guide.doses]])
    slot_h = np.array([[float(slot.dose.start) for slot in guide.slots]])
    table = timetable(guide.rules, guide.doses, guide.decisions, due, due, np.ones(due.shape, dtype=bool), slot_h)
    amounts = np.array([int(amount.value) for amount in guide.ladder.amounts])
    ways = np.array(list(product(values, repeat=len(guide.decisions))))
    state, total, out = guide.ladder.begin(len(ways)), np.zeros(len(ways), dtype=int), np.zeros(len(ways), dtype=int)
    for slot in guide.slots:
        if slot.planned and not slot.after_h:
            decision = slot.planned - 1
            may, now = np.repeat(table.may[:, decision], len(ways), axis=0), np.full(len(ways), table.time_h[0, decision])
            state = guide.ladder.decided(state, ways[:, [decision]], may, now).state
        state = replace(state, level=np.minimum(state.level, guide.ladder.highest(slot.dose.cycle)))
        closed = state.stopped | (state.held != NONE)
        comes, out = amounts_given(state.level, closed, state.stride, out, slot.dose.number == 1)
        given = amounts[state.level] * comes
        if guide.ladder.most is not None:
            over = total + given > int(guide.ladder.most)
            given, state = given * ~over, replace(state, stopped=state.stopped | over)
        total += given
    return total


@pytest.mark.parametrize("form", FORMS)
def test_least_and_largest_are_those_of_all_ways(form):
    made = rules(*FORMS[form], levels=LEVELS)
    guide = guide_of(made, parse_regimen("0.5 MIU SC daily x 6"))
    totals = all_totals(guide, [0.5, 1.5, 2.5, 3.5, 5.0])
    found = walked(made)
    assert (found.least.total, found.largest.total) == (totals.min(), totals.max())
    assert found.never == {}


def test_a_delay_before_the_start_lets_no_rule_apply():
    soon = rules("raise one level if amount below 2", levels=LEVELS)
    late = rules("raise one level if amount below 2", levels=LEVELS, look_at={"amount": {"delay": "3 days"}})
    assert walked(soon).largest.total - walked(late).largest.total == 2 * 500_000


def test_a_range_kept_may_lead_to_either_end_from_the_first_decision_on():
    made = rules("keep amount from 2 to 3 in steps of 0.25 MIU between 0.25 MIU and 3 MIU")
    found = walked(made)
    assert found.least.in_words("IU") == "1.75 MIU (1 dose of 0.5 MIU, then 5 doses of 0.25 MIU)"
    assert found.largest.in_words("IU") == "15.5 MIU (1 dose of 0.5 MIU, then 5 doses of 3 MIU)"


def test_a_rule_below_one_that_always_comes_first_is_never_followed():
    made = rules("lower one level if amount above 2", "stop if amount above 3", levels=["0.25 MIU", "0.5 MIU"])
    assert walked(made).never == {}
    made = rules("hold while amount above 2", "stop if amount above 3")
    assert walked(made).never == {1: (0,)}


def guide(*limits, regimen="(0.5 MIU SC daily x 2, rest 5 days) x 4"):
    made = rules(
        "raise one level if amount below 2", decide="before each cycle", levels=["0.5 MIU", "1 MIU", "2 MIU"], limits=limits
    )
    return {"rising": guide_of(made, parse_regimen(regimen))}


def test_limits_that_hold_are_said_with_the_totals():
    _, (row,) = audit_with_rules((), guide("total at most 11 MIU", "at most 2 MIU a dose from cycle 3"), Subject())
    assert (row.planned, row.least, row.largest) == (4.0, 4.0, 11.0)
    assert row.largest_doses == "2 doses of 0.5 MIU, then 2 doses of 1 MIU, then 4 doses of 2 MIU"
    assert row.limits == "total at most 11 MIU; at most 2 MIU a dose from cycle 3"


def test_limits_that_can_be_broken_are_refused_with_the_way_there():
    with pytest.raises(ExposureMismatch) as raised:
        audit_with_rules(
            (), guide("total at most 10 MIU", "at most 1 MIU a dose from cycle 2", "at most 0.5 MIU a dose"), Subject(), "a.yaml"
        )
    assert str(raised.value) == (
        "a.yaml: Arm 'rising': `limits` says 'total at most 10 MIU', but the rules can lead to 11 MIU (2 doses of 0.5 MIU, then "
        "2 doses of 1 MIU, then 4 doses of 2 MIU). The rule 'stop at a total of 10 MIU' makes it hold.\n"
        "a.yaml: Arm 'rising': `limits` says 'at most 1 MIU a dose from cycle 2', but the rules can lead to 2 MIU in cycle 3. "
        "The rule 'cap doses at 1 MIU from cycle 2' makes it hold.\n"
        "a.yaml: Arm 'rising': `limits` says 'at most 0.5 MIU a dose', but the rules can lead to 1 MIU in cycle 2. "
        "The rule 'cap doses at 0.5 MIU' makes it hold."
    )


def test_more_ways_than_can_be_walked_are_an_error(monkeypatch):
    monkeypatch.setattr("regimens.rules.walk.MOST_WAYS", 20)
    made = rules("raise one level if amount below 2", "lower one level if amount above 4", levels=LEVELS)
    with pytest.raises(ValueError, match=r"^The rules can go more than 20 ways at one decision\.$"):
        walked(made, "0.5 MIU SC daily x 20")

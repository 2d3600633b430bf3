"""What holds for every regimen, drawn at random."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from regimens.exposure import exposure_of
from regimens.regimen import *  # noqa: F403 - names for pasted reprs
from regimens.regimen import Cycle, Regimen, hours, parse_regimen
from regimens.subject import Subject
from tests.examples import examples
from tests.properties.regimens import in_sevenths, plans, regimens

HEAVY = examples(30)


@HEAVY
@given(regimens())
def test_words_are_read_back_as_the_same_regimen(regimen):
    assert parse_regimen(regimen.in_words()) == regimen


@HEAVY
@given(plans("IU"), st.sampled_from(["il2", "drug", "mutein"]))
def test_words_are_read_back_as_the_same_regimen_where_no_number_is_a_decimal(parts, drug):
    regimen = Regimen(**{drug: in_sevenths(parts)})
    assert parse_regimen(regimen.in_words()) == regimen
    assert eval(repr(regimen), {**globals(), "Fraction": Fraction}) == regimen


@HEAVY
@given(regimens())
def test_a_pasted_repr_is_the_same_regimen(regimen):
    assert eval(repr(regimen), {**globals(), "Fraction": Fraction}) == regimen


@HEAVY
@given(regimens())
def test_doses_are_counted_without_writing_them_out(regimen):
    planned = regimen.with_rests("shortest").written_out()
    assert {drug: regimen.doses(drug) for drug in regimen.drugs} == {
        drug: sum(dose.drug == drug for dose in planned) for drug in regimen.drugs
    }


@HEAVY
@given(regimens())
def test_doses_are_sorted_and_those_of_one_drug_never_overlap(regimen):
    planned = regimen.with_rests("longest").written_out()
    assert [dose.start for dose in planned] == sorted(dose.start for dose in planned)
    for drug in regimen.drugs:
        own = [dose for dose in planned if dose.drug == drug]
        assert all(one.start + one.dose.duration <= next_one.start for one, next_one in pairwise(own))


@HEAVY
@given(plans("IU"))
def test_repeating_a_plan_multiplies_its_total_exactly(parts):
    subject = Subject(Fraction(83), Fraction(180), Fraction("2.04"))
    (one,) = exposure_of(Regimen(*parts).with_rests("shortest"), subject)
    (five,) = exposure_of(Regimen(Cycle(*parts, repeats=5)).with_rests("shortest"), subject)
    assert five.total == 5 * one.total
    assert five.doses == 5 * one.doses
    assert five.per_cycle == (one.total,) * 5


@HEAVY
@given(plans("IU"))
def test_the_parts_of_an_exposure_add_up(parts):
    (row,) = exposure_of(Regimen(*parts).with_rests("midpoint"), Subject())
    assert sum(row.per_cycle) == row.total == sum(value * count for value, count in row.amounts)
    assert row.peak_7_days <= row.total
    assert row.span_h >= row.last_h - row.first_h


@HEAVY
@given(regimens())
def test_no_event_lies_at_or_after_the_horizon(regimen):
    events = regimen.with_rests("shortest").events(hours(100))
    assert (events.time_h < 100).all()
    assert len(set(events.ids)) == len(events)
    assert np.isfinite(events.amount).all()

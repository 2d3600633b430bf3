"""What each model says of published outcomes: agreement, its reason, and the numbers behind it."""

import numpy as np
import pytest

from regimens.contrasts.condition import BeyondArm, BeyondNumber, Within
from regimens.contrasts.verdict import Rule
from regimens.scenario import Reference
from regimens.scenario.outcomes import PublishedOutcome
from regimens.study.comparison import compare
from regimens.study.published import OUTCOMES, Agreement, Because, published
from tests import small
from tests.contrasts.made import NAN, PEAK, each_subject, one_model

UNITS = {("turnover", PEAK.words): "1"}
SOURCE = (Reference("A trial", "10.1/2"), Reference(registration="NCT1"))


def said(condition, by_draw, other=None, rule=0.95, **rest):
    """Return the row of one outcome of arm A, whose subjects have the value of their draw."""
    arms = {"A": each_subject(by_draw, 3), "B": each_subject(by_draw if other is None else other, 3)}
    made = one_model(arms, units=UNITS, **{"asked_draws": len(by_draw), **rest})
    (row,) = published([PublishedOutcome("Treg up", ("A",), PEAK, condition, SOURCE)], made, Rule(rule))
    return row


def of_draws(holding, draws=100):
    """Return values of which so many are above 1."""
    return np.where(np.arange(draws) < holding, 1.5, 0.5)


@pytest.mark.parametrize(
    ("holding", "because", "agreement", "reason"),
    [
        (100, Because.HOLDS, "agrees", "it holds in 100 % of 100 draws, and at least 95 % is asked for"),
        (95, Because.HOLDS, "agrees", "it holds in 95 % of 100 draws, and at least 95 % is asked for"),
        (94, Because.BETWEEN, "undecided", "it holds in 94 % of 100 draws, between 5 % and 95 %"),
        (6, Because.BETWEEN, "undecided", "it holds in 6 % of 100 draws, between 5 % and 95 %"),
        (5, Because.FAILS, "does not agree", "it holds in 5 % of 100 draws, and at most 5 % is a disagreement"),
        (0, Because.FAILS, "does not agree", "it holds in 0 % of 100 draws, and at most 5 % is a disagreement"),
    ],
)
def test_the_rule_is_asked_of_the_draws(holding, because, agreement, reason):
    row = said(BeyondNumber("above", 1.0), of_draws(holding))
    assert (row.probability, row.draws, row.rule, row.because) == (pytest.approx(holding / 100), 100, 0.95, because)
    assert (row.agreement, row.reason) == (agreement, reason)
    assert said(BeyondNumber("below", 1.0), of_draws(100 - holding)).agreement == (
        {"agrees": "agrees", "does not agree": "does not agree"}.get(agreement, "undecided")
    )


def test_a_stricter_rule_agrees_less():
    assert said(BeyondNumber("above", 1.0), of_draws(95), rule=0.99).agreement == Agreement.UNDECIDED


def test_numbers_are_those_of_the_population_over_draws():
    row = said(BeyondNumber("above", 1.0), np.linspace(2.0, 4.0, 101))
    assert (row.median, row.low, row.high) == pytest.approx((3.0, 2.1, 3.9))
    assert (row.seen, row.arm, row.model, row.endpoint, row.condition) == ("Treg up", "A", "turnover", PEAK.words, "above 1")
    assert (row.quantity, row.unit, row.source, row.doi) == ("value", "1", "A trial; NCT1", "10.1/2")


def test_of_another_arm_the_differences_count_and_ties_count_half():
    values = of_draws(60)
    row = said(BeyondArm("above", "B"), values, values - np.where(np.arange(100) < 90, 0.25, 0.0))
    assert (row.quantity, row.median, row.low, row.high) == ("difference", 0.25, 0.0, 0.25)
    assert row.probability == pytest.approx(0.95)
    assert row.agreement == Agreement.AGREES


@pytest.mark.parametrize(
    ("low", "high", "because", "reason"),
    [
        (3.9, 5.0, Because.OVERLAP, "overlaps the published 3.9 to 5"),
        (2.5, 2.6, Because.OVERLAP, "overlaps the published 2.5 to 2.6"),
        (0.0, 9.0, Because.OVERLAP, "overlaps the published 0 to 9"),
        (3.91, 5.0, Because.APART, "does not overlap the published 3.91 to 5"),
        (1.0, 2.09, Because.APART, "does not overlap the published 1 to 2.09"),
    ],
)
def test_a_published_interval_is_held_against_the_confidence_interval(low, high, because, reason):
    values = np.linspace(2.0, 4.0, 101)
    row = said(Within(low, high), values)
    assert row.because == because
    assert row.agreement == (Agreement.AGREES if because == Because.OVERLAP else Agreement.DISAGREES)
    assert row.reason == f"the 90 % confidence interval of the simulated population {reason}"
    assert row.probability == pytest.approx(np.mean((values >= low) & (values <= high)))


@pytest.mark.parametrize("condition", [BeyondNumber("above", 1.0), Within(1.0, 2.0)])
@pytest.mark.parametrize(
    ("by_draw", "rest", "because", "reason"),
    [
        (of_draws(19, 19), {}, Because.FEW_DRAWS, "19 parameter draws cannot tell 95 %: at least 20 are needed"),
        ([1.5], {}, Because.PARAMETERS_KNOWN, "parameters were taken as known: ask for `draws` under `population`"),
        ([1.5], {"asked_draws": 50}, Because.UNCERTAINTY, "the uncertainty of the parameters of turnover is not known"),
        ([NAN] * 30, {}, Because.NO_VALUE, "no subject has a value under turnover"),
    ],
)
def test_where_draws_cannot_tell_it_is_undecided_and_said_why(by_draw, rest, because, reason, condition):
    row = said(condition, by_draw, **rest)
    assert (row.because, row.agreement, row.reason) == (because, Agreement.UNDECIDED, reason)


def test_a_published_interval_is_undecided_where_the_simulated_one_has_no_end():
    row = said(Within(1.0, 2.0), np.where(np.arange(100) < 50, 1.5, np.inf))
    assert (row.because, row.agreement) == (Because.NO_INTERVAL, Agreement.UNDECIDED)
    assert row.reason == "an end of the 90 % confidence interval is not reached under turnover"
    assert row.probability == 0.5


@pytest.mark.parametrize("arm", ["A", "B"])
def test_without_an_input_for_a_drug_of_either_arm_it_is_not_modelled(arm):
    row = said(BeyondArm("above", "B"), of_draws(100), not_modelled=frozenset({("turnover", arm)}))
    assert (row.because, row.agreement) == (Because.NO_INPUT, Agreement.NOT_MODELLED)
    assert row.reason == "turnover has no input for every drug that is given"
    assert np.isnan([row.median, row.low, row.high, row.probability]).all()


ARMS = small.ARMS + "  both:\n    regimen: {il2: 0.5 MIU SC daily x 5, tocilizumab: 8 mg/kg IV once}\n"
MORE = """\
outcomes:
  - {seen: Treg up, arm: [low, high], endpoint: treg_fold at 11 days, was: above 1}
  - {seen: Treg up more, arm: high, endpoint: treg_fold at 11 days, was: above low}
  - {seen: Up and down again, arm: low, endpoint: treg_fold at 20 days, was: below treg_fold at 11 days}
  - {seen: Th17/Treg falls more, arm: both, endpoint: th17_treg_ratio_fold at 11 days, was: below low}
  - {seen: Fewer flares, arm: low, endpoint: not modelled}
"""


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    population = "{subjects: 4, seed: 3, draws: 24}"
    return compare(
        small.scenario(tmp_path_factory.mktemp("seen"), models="[turnover, balance]", arms=ARMS, more=MORE, population=population)
    )


def test_there_is_a_row_for_each_outcome_arm_and_model(result):
    assert [(row.seen, row.arm, row.model) for row in result.published] == [
        (seen, arm, model)
        for seen, arm in (
            ("Treg up", "low"), ("Treg up", "high"), ("Treg up more", "high"),
            ("Up and down again", "low"), ("Th17/Treg falls more", "both"), ("Fewer flares", "low"),
        )
        for model in ("turnover", "balance")
    ]  # fmt: skip
    by = {(row.seen, row.arm, row.model): row for row in result.published}
    assert by["Th17/Treg falls more", "both", "turnover"].because == Because.NO_INPUT
    assert by["Fewer flares", "low", "balance"].reason == "no endpoint of the models stands for it"
    assert {row.agreement for row in result.published if row.seen == "Fewer flares"} == {Agreement.NOT_MODELLED}


def test_a_model_without_the_observable_has_no_such_endpoint(tmp_path):
    more = "outcomes: [{seen: Th17 up, arm: low, endpoint: th17_fold at 11 days, was: above 1}]\n"
    found = compare(
        small.scenario(tmp_path, models="[turnover, balance]", more=more, population="{subjects: 2, seed: 3, draws: 2}")
    )
    first, second = found.published
    assert (first.because, first.reason) == (Because.NO_OBSERVABLE, "turnover has no such endpoint")
    assert (second.because, second.unit) == (Because.FEW_DRAWS, "1")


def test_an_outcome_against_another_arm_has_the_numbers_of_the_contrast(result):
    (row,) = [row for row in result.published if (row.seen, row.model) == ("Treg up more", "turnover")]
    (held,) = [
        held
        for held in result.versus.contrasts
        if (held.model, held.endpoint, held.arm, held.against) == ("turnover", row.endpoint, "low", "high")
    ]
    turned = (-held.difference, -held.difference_high, -held.difference_low)
    assert (row.median, row.low, row.high) == pytest.approx(turned, rel=1e-12)
    assert row.probability == 1.0 - held.probability
    assert row.agreement == Agreement.AGREES


def test_an_outcome_of_one_arm_has_the_numbers_of_the_summary(result):
    (row,) = [row for row in result.published if (row.seen, row.arm, row.model) == ("Treg up", "low", "balance")]
    summary = result.summary_of("low", "balance", "treg_fold at 11 days")
    assert (row.low, row.high, row.unit) == (summary.confidence_low, summary.confidence_high, summary.unit)


def test_an_outcome_against_another_endpoint_is_of_the_same_subjects(result):
    later, earlier = (next(e for e in result.scenario.endpoints if e.words == f"treg_fold at {day} days") for day in (20, 11))
    values = [result.outcomes.of("turnover", "low", endpoint) for endpoint in (later, earlier)]
    (row,) = [row for row in result.published if (row.seen, row.model) == ("Up and down again", "turnover")]
    by_draw = np.median(values[0] - values[1], axis=1)
    assert row.median == pytest.approx(np.median(by_draw), rel=1e-12)
    assert row.probability == np.mean(by_draw < 0)


def test_the_table_of_outcomes_has_what_the_rows_have(result):
    table = result.to_frame("outcomes")
    assert tuple(table.columns) == OUTCOMES.header
    assert table["agreement"].tolist() == [row.agreement.value for row in result.published]
    assert table["reason"].tolist() == [row.reason for row in result.published]
    assert "outcomes" in result.tables


def test_a_scenario_without_outcomes_has_no_such_table(tmp_path):
    found = compare(small.scenario(tmp_path, population="{subjects: 2, seed: 3}"))
    assert found.published == ()
    assert "outcomes" not in found.tables

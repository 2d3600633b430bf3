"""Comparisons: which arms are held against which, which pairs are explained, and tables that come only when asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from regimens.adherence.ledger import COLUMNS
from regimens.adherence.realise import realise
from regimens.contrasts.contrast import Contrast
from regimens.contrasts.ranking import TRADE_OFF
from regimens.contrasts.verdict import Finding, Reason, Rule, Verdict
from regimens.study import given, warnings
from regimens.study.collect import outcomes_of
from regimens.study.comparison import compare
from regimens.study.comparisons import comparisons, open_pairs, pairs_of
from regimens.study.priors import before_data
from regimens.study.weights import weights_of
from tests import small

LIFE = "real_life: {missed: 0.3, late: {share: 0.2, up_to: 6 h}, stop_early: 0.2}\n"
EQUAL = "equalise: {total: 6 MIU, by: amount}\n"


def test_arms_are_compared_within_their_variant_and_with_the_arm_as_written(tmp_path):
    assert pairs_of(small.scenario(tmp_path, more=LIFE + EQUAL)) == [
        ("low", "high"),
        ("low", "placebo"),
        ("high", "placebo"),
        ("low, 6 MIU", "high, 6 MIU"),
        ("low, real life", "high, real life"),
        ("low, 6 MIU", "low"),
        ("low, real life", "low"),
        ("high, 6 MIU", "high"),
        ("high, real life", "high"),
    ]


def test_a_single_arm_has_nobody_to_be_compared_with(tmp_path):
    scenario = small.scenario(tmp_path, arms="  low:\n    regimen: 0.5 MIU SC daily x 5\n")
    assert pairs_of(scenario) == []
    result = compare(scenario)
    assert [
        len(table) for table in (result.versus.contrasts, result.versus.verdicts, result.versus.sensitivity, result.versus.best)
    ] == [0] * 4
    assert len(result.to_frame("summary")) == 4


ARMS = "".join(f"  {name}:\n    regimen: {dose} MIU SC daily x 5\n" for name, dose in zip("abcd", (1, 2, 3, 4), strict=True))
PAIRS = [("a", "b"), ("a", "c"), ("a", "d"), ("b", "c"), ("b", "d"), ("c", "d")]


def tables(leans, verdicts, endpoint="peak of treg_fold", names=lambda arm: arm):
    """Return contrasts and verdicts of all pairs: by pair the probabilities of two models, and what is found."""
    held, said = [], []
    for pair, both, finding in zip(PAIRS, leans, verdicts, strict=True):
        arms = tuple(map(names, pair))
        held += [Contrast("turnover", endpoint, *arms, "1", *[0.0] * 8, p, p, 1, 40, p, 0.0, 1 - p, p, 1 - p) for p in both]
        said.append(Verdict(endpoint, *arms, Finding(finding), "", Reason.UNSURE, (), (), Rule(), 40))
    return held, said


OPEN = "not supported"


@pytest.mark.parametrize(
    ("leans", "verdicts", "chosen"),
    [
        # Of those not supported, where the models lean furthest, either way.
        ([(0.6, 0.6), (0.05, 0.2), (1, 1), (0.9, 0.8), (0.7, 0.7), (0.5, 0.5)], [OPEN, OPEN, "better", OPEN, OPEN, OPEN], [("a", "c"), ("b", "c"), ("b", "d")]),
        # Those that are supported come last, and equal schedules never.
        ([(0.6, 0.6), (1, 1), (1, 1), (0.5, 0.5), (0.5, 0.5), (1, 1)], [OPEN, "better", "better", "same schedule", "same schedule", "better"], [("a", "b"), ("a", "c"), ("a", "d")]),
        ([(0.5, 0.5)] * 6, ["same schedule"] * 6, []),
    ],
)  # fmt: skip
def test_the_pairs_that_are_most_open_are_explained(leans, verdicts, chosen, tmp_path):
    scenario = small.scenario(tmp_path, arms=ARMS)
    assert open_pairs(scenario, *tables(leans, verdicts)) == chosen


def test_only_the_leading_endpoint_with_a_direction_and_arms_as_written_are_explained(tmp_path):
    scenario = small.scenario(
        tmp_path, arms=ARMS, endpoints="[peak of serum_il2, peak of treg_fold, mean of treg_fold]", more=LIFE
    )
    other = tables([(0.99, 0.99)] * 6, [OPEN] * 6, "mean of treg_fold")
    held, said = tables([(0.6, 0.6), (0.7, 0.7), *[(0.5, 0.5)] * 4], [OPEN, OPEN, *["same schedule"] * 4])
    lived = tables([(0.9, 0.9)] * 6, [OPEN] * 6, names=lambda arm: f"{arm}, real life")
    assert open_pairs(scenario, [*other[0], *held], [*other[1], *said, *lived[1]]) == [("a", "c"), ("a", "b")]
    undirected = replace(scenario, endpoints=scenario.endpoints[:1])
    assert open_pairs(undirected, held, said) == []


def test_tables_that_were_not_asked_for_have_their_columns_and_no_rows(tmp_path):
    result = compare(small.scenario(tmp_path))
    for name in (
        "trade_off",
        "rest_response",
        "flips",
        "regret",
        "ledger",
        "given",
        "equal_total",
        "observations",
        "subjects",
        "individuals",
    ):
        table = result.to_frame(name)
        assert table.empty, name
        assert len(table.columns) >= 5, name
    assert list(result.to_frame("trade_off").columns) == list(TRADE_OFF.header)
    assert list(result.to_frame("ledger").columns) == list(COLUMNS)
    assert not result.to_frame("sensitivity").empty


def test_a_trade_off_comes_when_it_is_asked_for(tmp_path):
    scenario = small.scenario(tmp_path, more="trade_off: {gain: mean of treg_fold to 2 weeks, cost: peak of serum_il2}\n")
    table = compare(scenario).to_frame("trade_off")
    assert table["arm"].tolist() == ["low", "high", "placebo"]
    # More gain costs more here, and no dose costs nothing: nobody dominates anybody.
    assert table["front"].tolist() == [True] * 3
    for name in ("gain", "cost"):
        assert table.set_index("arm")[name].rank().to_dict() == {"placebo": 1.0, "low": 2.0, "high": 3.0}, name


def test_with_one_draw_nothing_is_said_of_what_decides_and_every_verdict_says_why(tmp_path):
    result = compare(small.scenario(tmp_path, population="{subjects: 6, seed: 3}"))
    assert result.to_frame("sensitivity").empty
    assert set(result.to_frame("verdicts")["verdict"]) == {"not supported"}
    assert set(result.to_frame("verdicts")["reason"]) == {"parameters were taken as known: ask for `draws` under `population`"}
    assert result.to_frame("contrasts")["probability"].isna().all()


def test_each_day_of_a_rest_is_a_point_of_the_rest_response(tmp_path):
    arms = "  cycles:\n    regimen: (1 MIU SC daily x 3, rest 3-6 days) x 2\n    rest: each\n"
    table = compare(small.scenario(tmp_path, arms=arms, endpoints="[peak of treg_fold]", more=LIFE)).to_frame("rest_response")
    assert list(zip(table["arm"], table["rest_days"], strict=True)) == [("cycles", float(days)) for days in (3, 4, 5, 6)]


def test_real_life_says_what_was_given_what_turned_round_and_what_the_choice_costs(tmp_path):
    scenario = small.scenario(
        tmp_path, population="{subjects: 8, seed: 3, draws: 3, body: {weight: {typical: 70 kg, cv: 0.3}}}", more=LIFE
    )
    result = compare(scenario)
    assert result.to_frame("given")["arm"].tolist() == ["low, real life", "high, real life"]
    assert result.to_frame("given")["of"].tolist() == ["low", "high"]
    assert set(zip(result.to_frame("flips")["arm"], result.to_frame("flips")["against"], strict=True)) == {("low", "high")}
    assert not result.to_frame("regret").empty
    # Amounts per m2 meet the bodies of the first draw, as in the table of subjects.
    surface = result.to_frame("subjects").query("draw == 0")["bsa_m2"].to_numpy()
    rows = result.to_frame("ledger")[result.to_frame("ledger")["arm"] == "high, real life"]
    amounts = np.bincount(rows["subject"], rows["given"], 8) * surface / 1e6
    found = result.to_frame("given").set_index("arm").loc["high, real life"]
    assert found["given_miu"] == pytest.approx(np.median(amounts), rel=1e-12)
    assert [found["given_low"], found["given_high"]] == pytest.approx(np.quantile(amounts, [0.05, 0.95]), rel=1e-12)
    assert found["missed"] == np.mean(rows["reason"] == "missed")


def test_a_ledger_of_a_large_population_has_its_first_subjects_and_says_so(tmp_path, monkeypatch):
    scenario = small.scenario(tmp_path, more=LIFE, endpoints="[peak of treg_fold]")
    whole = compare(scenario)
    for module in (given, warnings):
        monkeypatch.setattr(module, "LEDGER_SUBJECTS", 2)
    result = compare(scenario)
    pd.testing.assert_frame_equal(
        result.to_frame("ledger"), whole.to_frame("ledger")[whole.to_frame("ledger")["subject"] < 2].reset_index(drop=True)
    )
    assert whole.warnings == (
        "The ledger has the doses of the subjects of the first parameter draw; those of all others follow from the seed.",
    )
    assert result.warnings == (
        "The ledger has the doses of the first 2 of 6 subjects of the first parameter draw; those of all others follow from "
        "the seed.",
    )
    assert compare(small.scenario(tmp_path)).warnings == ()


def test_the_ledger_is_what_subjects_get_under_the_seed_of_the_population(tmp_path):
    scenario = small.scenario(tmp_path, more=LIFE, endpoints="[peak of treg_fold]")
    result = compare(scenario)
    lived = [arm for arm in scenario.arms if arm.adherence is not None]
    expected = [realise(arm.name, arm.regimen, arm.adherence, 504.0, 3, range(6)).ledger.rows for arm in lived]
    pd.testing.assert_frame_equal(result.to_frame("ledger"), pd.concat(expected, ignore_index=True))


def test_comparing_the_same_outcomes_again_gives_the_same_rows(tmp_path):
    result = compare(small.scenario(tmp_path, more=LIFE))
    before = outcomes_of(before_data(result.study), result.collected.before)
    again = comparisons(result.scenario, result.outcomes, weights_of(result.study), before)
    assert repr(vars(again)) == repr(vars(result.versus))

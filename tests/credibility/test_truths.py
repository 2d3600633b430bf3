"""Verdicts under another truth, where the wrong share is known, and votes before any data."""

import math

import numpy as np
import pytest
from scipy.special import ndtr

from regimens import shipped
from regimens.contrasts.verdict import Rule
from regimens.credibility.results import rows_text
from regimens.credibility.truthpage import accounts, structural, truths_page
from regimens.credibility.truths import (
    TRUTHS,
    VOTES,
    Truth,
    Vote,
    at_prior,
    both,
    read_truths,
    read_votes,
    shipped_truths,
    shipped_votes,
    truths,
    votes,
)
from regimens.fit.prior import prior_of
from regimens.scenario import Scenario, read_scenario
from regimens.study.study import resolve
from tests import small
from tests.contrasts.made import PEAK, TIME, each_subject, outcomes
from tests.credibility.models import level

PAIR = [("A", "B")]
RULE = Rule()


def made(**by_model):
    """Return outcomes of A and B from A - B in each draw; B is 10 everywhere."""
    return outcomes({name: {"A": each_subject(10 + d), "B": each_subject(10 + 0 * d)} for name, d in by_model.items()})


def draws(better, small=0, count=100):
    """Return A - B: 2 in `better` draws, 0.1 (less than 5 %) in `small` ones, -2 in the others."""
    place = np.arange(count)
    return np.where(place < better, 2.0, np.where(place < better + small, 0.1, -2.0))


def test_a_verdict_is_wrong_in_the_draws_of_the_truth_that_contradict_it():
    rows = list(truths(made(sure=draws(100), other=draws(60, small=10)), PAIR, RULE))
    assert rows == [
        Truth(
            "sure",
            0.05,
            PEAK.words,
            "A",
            "B",
            "",
            pytest.approx(math.nan, nan_ok=True),
            pytest.approx(math.nan, nan_ok=True),
            100,
        ),
        Truth("other", 0.05, PEAK.words, "A", "B", "A", pytest.approx(0.3), pytest.approx(0.1), 100),
    ]


def test_the_winner_may_be_the_second_arm():
    *_, row = truths(made(sure=draws(0), other=draws(60)), PAIR, RULE)
    assert (row.winner, row.wrong, row.small) == ("B", pytest.approx(0.6), pytest.approx(0.0))


def test_all_other_models_must_support_a_verdict():
    rows = {row.truth: row for row in truths(made(one=draws(100), two=draws(100), three=draws(20)), PAIR, RULE)}
    assert {name: row.winner for name, row in rows.items()} == {"one": "", "two": "", "three": "A"}
    assert rows["three"].wrong == pytest.approx(0.8)


def test_accounts_count_what_is_supported_and_what_is_often_wrong():
    rows = tuple(truths(made(one=draws(100), two=draws(100), three=draws(20)), PAIR, RULE))
    found = {each.truth: each for each in accounts(rows)}
    assert (found["three"].judged, found["three"].supported, found["three"].often) == (1, 1, rows[2:])
    assert found["three"].wrong == pytest.approx(0.8)
    assert (found["one"].supported, found["one"].often, math.isnan(found["one"].wrong)) == (0, (), True)


def test_votes_stand_beside_each_other_for_endpoints_with_a_direction():
    (row,) = votes(made(one=draws(97)), made(one=draws(99)), PAIR)
    assert row == Vote("one", PEAK.words, "A", "B", pytest.approx(0.97), pytest.approx(0.99))
    without = outcomes({"one": {"A": each_subject(draws(97)), "B": each_subject(draws(3))}}, (TIME,))
    assert list(votes(without, without, PAIR)) == []


@pytest.mark.parametrize(
    ("prior", "posterior", "said"),
    [(0.96, 0.99, True), (0.5, 0.99, False), (0.02, 0.01, True), (0.99, 0.01, False), (0.99, 0.9, False)],
)
def test_a_vote_is_structural_where_the_prior_is_as_sure_of_the_same_order(prior, posterior, said):
    assert Vote("one", PEAK.words, "A", "B", prior, posterior).structural(RULE) is said


def test_structural_votes_are_counted_among_the_sure_ones():
    rows = [Vote("one", PEAK.words, "A", "B", *pair) for pair in ((0.96, 0.99), (0.5, 0.99), (0.5, 0.5))]
    assert structural(rows, RULE) == {"one": (1, 2)}


def test_a_vote_for_the_second_arm_is_sure_at_the_probability_of_the_rule_itself():
    vote = Vote("one", PEAK.words, "A", "B", 0.07, 0.07)  # 1 - 0.07 is less than 0.93 in its last digit
    assert structural([vote], Rule(0.93)) == {"one": (1, 1)}


def scenario(tmp_path, draws=200):
    """Return two doses under two models in which more is better where the gain is above 1e-6."""
    formula = "level + (gain - threshold) * given"
    sure = level(tmp_path, "sure", gain=1e-5, formula=formula, uncertainty=0)
    other = level(tmp_path, "other", gain=1.3e-6, formula=formula, uncertainty=0)
    for name in ("sure", "other"):
        path = tmp_path / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(
            text.replace("time_constant: {", "threshold: {value: 1e-6, unit: 1/IU}\n  time_constant: {"), encoding="utf-8"
        )
    arms = "  more: {regimen: 2 MIU SC once}\n  less: {regimen: 1 MIU SC once}\n"
    population = f"{{subjects: 2, seed: 3, draws: {draws}}}"
    text = small.text(models=f"[{sure}, {other}]", population=population, arms=arms, endpoints="[treg_fold at 1 week]")
    return Scenario.from_text(text)


def test_simulated_truths_have_the_wrong_share_of_the_closed_form(tmp_path):
    found, before = both(scenario(tmp_path))
    row = next(row for row in found if row.truth == "other")
    share = ndtr(-math.log(1.3) / 0.5)
    error = math.sqrt(share * (1 - share) / 200)
    assert (row.winner, row.draws, [each.difference for each in found]) == ("more", 200, [0.05, 0.05, 0.0, 0.0])
    assert abs(row.wrong - share) < 4 * error
    sure, other = before
    assert (sure.prior, sure.posterior, sure.structural(RULE)) == (1.0, 1.0, True)
    assert abs(other.prior - (1 - share)) < 4 * error
    assert other.posterior == pytest.approx(1 - row.wrong)


def test_draws_of_the_prior_have_its_centre_and_spread_and_leave_the_rest(tmp_path):
    study = resolve(scenario(tmp_path, draws=2000))
    moved = at_prior(study)
    for before, after in zip(study.models, moved.models, strict=True):
        names = [parameter.name for parameter in before.declared.parameters]
        logs = np.log(after.centres[:, names.index("gain")])
        prior = prior_of(before.declared)
        assert logs.mean() == pytest.approx(float(prior.centre[0]), abs=4 * 0.5 / math.sqrt(2000))
        assert logs.std() == pytest.approx(0.5, rel=0.08)
        np.testing.assert_array_equal(after.centres[:, names.index("level")], 1.0)


def test_committed_results_read_back(tmp_path):
    rows = (
        Truth("one", 0.05, "peak", "A", "B", "", math.nan, math.nan, 100),
        Truth("two", 0.05, "peak", "A", "B", "A", 0.25, 0.1, 100),
    )
    (tmp_path / "truths.csv").write_text(rows_text(TRUTHS, rows), encoding="utf-8")
    read = read_truths(tmp_path / "truths.csv")
    assert read[1] == rows[1]
    assert (read[0].winner, math.isnan(read[0].wrong)) == ("", True)
    some = (Vote("one", "peak", "A", "B", 0.5, 0.75),)
    (tmp_path / "votes.csv").write_text(rows_text(VOTES, some), encoding="utf-8")
    assert read_votes(tmp_path / "votes.csv") == some
    assert read_votes(tmp_path / "none.csv") == ()


def test_the_page_has_every_number():
    rows = [
        Truth("two", 0.05, "peak", "A", "B", "B", 0.25, 0.1, 100),
        Truth("two", 0.05, "peak", "A", "C", "", math.nan, math.nan, 100),
    ]
    rows.append(Truth("two", 0.05, "peak", "A", "D", "A", 0.54, -5.6e-17, 100))  # 1 - 0.54 - 0.46
    page = truths_page(rows, [Vote("one", "peak", "A", "B", 0.97, 0.99)], RULE)
    assert "| 5 % | two | 100 | 3 | 2 | 40 % | 1 |" in page
    assert "| peak | B | A | 25 % | 10 % |" in page
    assert "| peak | A | D | 54 % | 0 % |" in page
    assert "| one | 1 | 1 |" in page
    assert "| peak | A | B | **0.97 → 0.99** |" in page


def test_the_shipped_page_is_made_of_the_committed_results():
    page = shipped.folder("posteriors").parent / "docs" / "truths.md"
    rule = read_scenario(shipped.folder("scenarios") / "equal_total.yaml").rule
    assert page.read_text(encoding="utf-8") == truths_page(shipped_truths(), shipped_votes(), rule), "run_truths.py --render"

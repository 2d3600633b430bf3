"""What the page says of how far its models can be trusted, from results that are committed for shipped models."""

import pytest

from regimens import report
from regimens.credibility.agreement import Judged, shipped_agreement
from regimens.credibility.truthpage import Account
from regimens.credibility.truths import Truth
from regimens.report import trust
from regimens.report.text import trust as text
from regimens.scenario import Scenario
from regimens.study.comparison import compare
from tests import small
from tests.report import example
from tests.report.test_page import Page

NAN = float("nan")


def rows(**found):
    return {model: [Judged(str(n), f"Statement {n}", model, *each) for n, each in enumerate(own)] for model, own in found.items()}


def test_orderings_are_counted_by_model_and_those_that_all_contradict_are_named():
    found = rows(one=[(0.0, 100), (1.0, 100), (NAN, 0)], two=[(0.02, 100), (0.5, 100), (NAN, 0)])
    assert text.orderings(found) == (
        "Of published orderings that a model can show, one reproduces 1 of 2 and contradicts 1; two reproduces 0 of 2 and "
        "contradicts 1."
    )
    assert text.contradicted(found) == "Contradicted by every model that can show it: statement 0."
    assert text.contradicted(rows(one=[(0.5, 100)])) == ""
    assert [text.ordering_cell(row) for row in found["one"]] == [
        "does not agree (0\u00a0%)",
        "agrees (100\u00a0%)",
        "not modelled",
    ]


def test_truths_are_told_by_rule_the_strictest_first():
    bad = Truth("two", 0.05, "peak", "A", "B", "A", 0.6, 0.0, 100)
    found = [
        Account("one", 0.05, 60, 0, NAN, ()),
        Account("two", 0.05, 60, 22, 0.1, (bad, bad)),
        Account("one", 0.0, 60, 40, 0.2, ()),
    ]
    assert text.truths(found) == (
        "A verdict holds while one of its models is about right. On the shipped equal-total schedules, where each model in turn is "
        "taken as true and the others give the verdicts: with a relevant difference of 5 %, 0 to 22 of 60 are supported, wrong in up "
        "to 10\u00a0% of the draws on average, two of them wrong in more than half; if any difference counted, 40 of 60 are "
        "supported, wrong in up to 20\u00a0% of the draws on average."
    )
    assert [text.truth_cells(each) for each in found] == [
        ("5 %", "60", "0", "–", "0"),
        ("5 %", "60", "22", "10\u00a0%", "2"),
        ("any", "60", "40", "20\u00a0%", "0"),
    ]


def test_structural_votes_are_counted_and_models_without_any_left_out():
    assert text.votes({"one": (36, 45), "two": (0, 3)}) == (
        "Of the orders that a model is sure of there, it was as sure before any data, by its equations and priors alone, of 36 of 45 "
        "under one: structural votes."
    )
    assert text.votes({"two": (0, 3)}) == ""


def test_models_that_are_not_at_their_shipped_fit_have_no_such_results():
    made = example.drawn()
    assert (trust.orderings(made), trust.truths(made)) == (trust.Trust(), trust.Trust())
    assert "What the models reproduce" not in report.page(made)


@pytest.fixture(scope="module")
def real():
    return compare(
        Scenario.from_text(small.text(models="[turnover, effect_turnover]", population="{subjects: 2, seed: 3, draws: 3}"))
    )


def test_the_page_of_shipped_models_shows_what_they_reproduce_and_what_verdicts_are_worth(real):
    page = Page(report.page(real)).text
    ordered, true = trust.orderings(real), trust.truths(real)
    assert all(" ".join(said.split()) in page for said in (*ordered.sentences, *true.sentences))
    assert ordered.numbers.columns == ("turnover", "effect_turnover")
    assert [name for name, _ in ordered.numbers.rows] == list(dict.fromkeys(row.seen for row in shipped_agreement()))
    assert {name for name, _ in true.numbers.rows} == {"turnover", "effect_turnover"}


def test_a_page_without_a_verdict_says_nothing_of_verdicts():
    plain = compare(Scenario.from_text(small.text(population="")))
    assert "Verdicts under another truth" not in report.page(plain)

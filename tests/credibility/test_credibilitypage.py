"""docs/credibility.md: its numbers are those of the files it reads, and it says where there are none."""

import dataclasses

import pytest

from regimens import shipped
from regimens.contrasts.verdict import Rule
from regimens.contrasts.weighted import Weight
from regimens.credibility.agreement import Judged
from regimens.credibility.credibilitypage import Fit, Found, credibility_page, read_fit, shipped_page
from regimens.credibility.orderings import read_orderings
from regimens.credibility.truthpage import truths_page
from regimens.credibility.truths import Truth, Vote
from regimens.fit.datapoints import AT_LEAST
from regimens.fit.validation import Check, summary_of
from regimens.model import find_model
from tests.credibility.models import level
from tests.credibility.test_orderings import ENTRY, RISES


def check(name, observed, median, bound="", independent=True, probability=None, score=None, null_score=None):
    """Return the check of a row with an interval from 1.5 to 3."""
    return Check(
        name, "A", True, independent, "treg_fold", observed, bound, 1.5, median, 3, probability, score, null_score, null_score
    )


CHECKS = (
    check("inside", 2, 2.2, score=0.7, null_score=1.2),
    check("outside, by more than a factor of two", 4, 1.9, score=3.0, null_score=1.5),
    check("thought unlikely", 8, 5, AT_LEAST, probability=0.4),
    check("thought likely", 8, 9, AT_LEAST, probability=0.6),
    check("of subjects of another row", 1, 3, independent=False, score=9, null_score=9),
)


@pytest.fixture
def found(tmp_path):
    name = level(tmp_path)
    (tmp_path / "orderings.yaml").write_text(ENTRY + RISES, encoding="utf-8")
    return Found(
        models=[find_model(name)],
        fits={"level": Fit(8, 1.0038, 4472, 5, 2, 1)},
        summaries=(),
        weights=None,
        orderings=read_orderings(tmp_path / "orderings.yaml", [name]),
        judged=[Judged("a-2020", "More gives more", "level", 0.01, 100)],
        truths=[Truth("level", 0.05, "peak", "A", "B", "A", 0.6, 0.1, 100)],
        votes=[Vote("level", "peak", "A", "B", 0.99, 0.99)],
        rule=Rule(),
    )


def test_a_shipped_fit_has_its_account():
    for name in shipped.names("models"):
        fit = read_fit(shipped.folder("posteriors") / name)
        assert fit.rows > 0
        assert 0 <= fit.informed + fit.untouched <= fit.fitted


def test_the_page_has_the_numbers_of_the_files(found):
    page = credibility_page(found)
    assert "| level | 2 of 3 | 8 | 1.004, 4472 | 2 / 1 of 5 | none shipped |" in page
    assert "| level | 0 | 1 | 0 | 0 |" in page
    assert (
        "- level true: the others support 1 of 1 verdicts, wrong in 60 % of the draws on average, 1 of them in more than half."
        in page
    )
    assert "- level: 1 of the 1 orders that it is sure of it was as sure of before any data (structural votes)." in page
    assert "- More gives more (A 2020, a journal, doi:10.1000/a (to be verified)): contradicted." in page


def test_a_share_that_is_not_quite_none_is_not_rounded_to_it(found):
    rare = dataclasses.replace(found, truths=[dataclasses.replace(each, wrong=0.004) for each in found.truths])
    assert "- level true: the others support 1 of 1 verdicts, wrong in <1 % of the draws on average." in credibility_page(rare)
    assert "| <1 % |" in truths_page(rare.truths, rare.votes, rare.rule)


def test_checks_are_counted_over_independent_rows_and_weights_shown_where_they_are_shipped(found):
    summaries = [summary_of(found.models[0], CHECKS, ())]
    page = credibility_page(dataclasses.replace(found, summaries=summaries, weights={"level": Weight(0.4, 0.2, 0.7)}))
    assert "| 0.40 (0.20 to 0.70) |" in page
    assert "| level | 2 of 4 | 1 of 2 | 1.85 | 1.35 |" in page


def test_without_checks_the_page_says_where_they_are(found):
    said = "Published outcomes against predictions, hits and misses alike: [validation.md](validation.md)."
    assert said in credibility_page(found)


def test_the_shipped_page_is_made_of_the_shipped_files():
    page = shipped.folder("posteriors").parent / "docs" / "credibility.md"
    assert page.read_text(encoding="utf-8") == shipped_page(), "run scripts/render_credibility.py"

"""docs/credibility.md: its numbers are those of the files it reads, and it says where there are none."""

import dataclasses
import math

import pytest

from regimens import shipped
from regimens.contrasts.verdict import Rule
from regimens.contrasts.weighted import Weight
from regimens.credibility.agreement import Judged
from regimens.credibility.credibilitypage import Checks, Fit, Found, credibility_page, read_checks, read_fit
from regimens.credibility.orderings import read_orderings
from regimens.credibility.truthpage import truths_page
from regimens.credibility.truths import Truth, Vote
from regimens.model import find_model
from tests.credibility.models import level
from tests.credibility.test_orderings import ENTRY, RISES

CHECKS = """\
id,source,fitted,independent,observable,observed,bound,low,median,high,probability,score,null_score,group_score
a,A,yes,yes,treg_fold,2,,1.5,2.2,3,,0.7,1.2,
b,B,yes,yes,treg_fold,4,,1.5,1.9,3,,3.0,1.5,
c,C,no,yes,treg_fold,8,lower bound,1,5,20,0.4,,,
d,C,no,yes,treg_fold,8,lower bound,1,9,20,0.6,,,
e,C,no,no,treg_fold,1,,2,3,4,,9,9,
"""


@pytest.fixture
def found(tmp_path):
    name = level(tmp_path)
    (tmp_path / "orderings.yaml").write_text(ENTRY + RISES, encoding="utf-8")
    return Found(
        models=[find_model(name)],
        fits={"level": Fit(8, 1.0038, 4472, 5, 2, 1)},
        checks={"level": None},
        weights=None,
        orderings=read_orderings(tmp_path / "orderings.yaml", [name]),
        judged=[Judged("a-2020", "More gives more", "level", 0.01, 100)],
        truths=[Truth("level", 0.05, "peak", "A", "B", "A", 0.6, 0.1, 100)],
        votes=[Vote("level", "peak", "A", "B", 0.99, 0.99)],
        rule=Rule(),
    )


def test_checks_are_counted_over_independent_rows(tmp_path):
    path = tmp_path / "checks.csv"
    path.write_text(CHECKS, encoding="utf-8")
    assert read_checks(path) == Checks(
        hits=2, rows=4, near=1, values=2, score=pytest.approx(1.85), null_score=pytest.approx(1.35)
    )
    assert read_checks(tmp_path / "none.csv") is None


def test_checks_without_a_score_have_no_mean(tmp_path):
    path = tmp_path / "checks.csv"
    path.write_text("\n".join(CHECKS.splitlines()[:1] + CHECKS.splitlines()[3:4]), encoding="utf-8")
    assert math.isnan(read_checks(path).score)


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


def test_checks_and_weights_are_shown_where_they_are_shipped(found):
    more = dataclasses.replace(found, checks={"level": Checks(3, 4, 2, 3, 1.85, 1.35)}, weights={"level": Weight(0.4, 0.2, 0.7)})
    page = credibility_page(more)
    assert "| 0.40 (0.20 to 0.70) |" in page
    assert "| level | 3 of 4 | 2 of 3 | 1.85 | 1.35 |" in page

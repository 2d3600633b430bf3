"""What the page says of probabilities before any data: structural votes, whose they are, and where there are none."""

import numpy as np
import pytest

from regimens import report
from regimens.figures.view import view_of
from regimens.report import verdict
from regimens.report.text import verdicts, votes
from regimens.scenario import Scenario
from regimens.study.comparison import compare
from tests import small
from tests.contrasts.test_votes import draws, judged
from tests.credibility.models import ship_fits, threshold
from tests.report.test_page import Page

SURE, OPEN = draws(99), draws(50)


def test_structural_votes_are_counted_by_model_of_all_pairs_that_it_is_sure_of():
    row = judged({"one": SURE, "two": SURE}, {"one": SURE, "two": OPEN})
    other = judged({"one": SURE, "two": SURE}, {"one": OPEN, "two": OPEN})
    assert votes.structural([row, other]) == (
        "Structural votes, of the pairs that a model is sure of: 1 of 2 under one. The structure of this model gives these answers "
        "before any data, and the data have not changed them."
    )
    both = judged({"one": SURE, "two": draws(1)}, {"one": SURE, "two": draws(1)})
    assert votes.structural([both]) == (
        "Structural votes, of the pairs that a model is sure of: 1 of 1 under one and 1 of 1 under two. The structure of each model "
        "gives these answers before any data, and the data have not changed them."
    )


def test_without_structural_votes_it_is_said_where_there_could_be_some():
    assert votes.structural([judged({"one": SURE}, {"one": OPEN})]) == (
        "Structural votes: none. No model is sure of a pair before any data that it is sure of with them."
    )
    assert votes.structural([judged({"one": OPEN}, {"one": SURE})]) == ""
    assert votes.structural([judged({"one": SURE}, {})]) == ""


@pytest.mark.parametrize(
    ("after", "before", "said"),
    [
        ({"one": SURE}, {"one": SURE}, "The structure of one gives the answer ‘A’ before any data: a structural vote."),
        ({"one": SURE, "two": OPEN}, {"one": OPEN, "two": SURE}, ""),
        (
            {"one": SURE, "two": draws(1), "three": SURE},
            {"one": SURE, "two": draws(1), "three": SURE},
            "The structure of one and three gives the answer ‘A’ before any data, that of two the answer ‘B’: structural votes.",
        ),
    ],
)
def test_a_row_names_the_models_whose_structure_gives_its_answer(after, before, said):
    assert votes.of_row(judged(after, before)) == said


def test_probabilities_before_any_data_are_told_from_the_side_of_the_arm_ahead():
    row = judged({"one": SURE, "two": SURE}, {"one": draws(60)})
    assert verdicts.before(row, "A") == "one 60\u00a0%, two –"
    assert verdicts.before(row, "B") == "one 40\u00a0%, two –"


def test_it_is_said_once_whose_they_are_and_where_there_are_none():
    whose = "Probabilities before any data are those of the typical subject over 200 draws from the priors of each model."
    assert votes.before(200, [], [], False) == whose
    assert votes.before(200, ["own"], ["Share with Treg above 2"], True) == (
        f"{whose} There are none (–) under own, of which no fit is shipped; on share with Treg above 2, which one subject has no "
        "value of; for arms whose doses go astray, of which no subject is typical."
    )
    assert votes.before(0, ["own"], [], False) == (
        "There are no probabilities before any data: under own, of which no fit is shipped."
    )


TWO = "  more: {regimen: 2 MIU SC once}\n  less: {regimen: 1 MIU SC once}\n"


@pytest.fixture
def made(tmp_path, monkeypatch):
    """A comparison of two doses: a model that knows the order before any data, one that learnt it, one without a fit."""
    certain, learnt, own = (
        threshold(tmp_path, name, gain, 1e-6, spread)
        for name, gain, spread in (("certain", 1e-5, 0.2), ("learnt", 1.3e-6, 0.5), ("own", 1.3e-6, 0.5))
    )
    gains = list(np.linspace(2e-6, 3e-6, 40))
    ship_fits(monkeypatch, tmp_path, certain=gains, learnt=gains)
    text = small.text(
        models=f"[{certain}, {learnt}, {own}]",
        population="{subjects: 2, seed: 3, draws: 40}",
        arms=TWO,
        endpoints="[treg_fold at 1 week, share with treg_fold above 1.5]",
    )
    return compare(Scenario.from_text(text))


def test_the_page_shows_them_beside_the_probabilities_of_the_data(made):
    prior = made.to_frame("contrasts").set_index(["model", "endpoint"])["prior"]
    learnt = f"{100 * prior['learnt', 'treg_fold at 1 week']:.0f}\u00a0%"
    found = verdict.verdict(made, view_of(made))
    (row,) = found.tables[0].rows
    assert (found.tables[0].before, row.before) == ("The same before any data", f"certain 100\u00a0%, learnt {learnt}, own –")
    assert row.reason.endswith("The structure of certain gives the answer ‘more’ before any data: a structural vote.")
    assert (found.tables[1].before, prior["certain", "share with treg_fold above 1.5"]) == (
        "",
        pytest.approx(np.nan, nan_ok=True),
    )
    count = (
        "Structural votes, of the pairs that a model is sure of: 1 of 1 under certain. The structure of this model gives these "
        "answers before any data, and the data have not changed them."
    )
    assert count in found.sentences
    assert count in found.brief
    html = report.page(made)
    # On a phone the table has no headings: the cell says what it is.
    assert f'<td data-label="The same before any data">{row.before}</td>' in html
    text = Page(html).text
    assert text.count(count) == 1
    assert (
        "Probabilities before any data are those of the typical subject over 40 draws from the priors of each model. There are none "
        "(–) under own, of which no fit is shipped; on share with Treg, fold of baseline above 1.5, which one subject has no value of."
        in text
    )

"""Structural votes: a model as sure of an order before any data as after, by the rule of the verdict."""

import math

import numpy as np
import pytest

from regimens.contrasts import contrast, verdict
from regimens.contrasts.pairs import turned
from regimens.contrasts.verdict import Rule
from regimens.contrasts.votes import with_priors, with_votes
from tests.contrasts.made import each_subject, outcomes

PAIR = [("A", "B")]


def draws(better, equal=0, count=100, size=1.0):
    """Return A - B of draws: `better` of them favour A by `size`, `equal` neither, the others B."""
    place = np.arange(count)
    return np.where(place < better, size, np.where(place < better + equal, 0.0, -size))


def held(by_model):
    """Return the outcomes and contrasts of A - B in each draw of each model; B is 10 everywhere."""
    made = outcomes({name: {"A": each_subject(10 + d), "B": each_subject(10 + 0 * d)} for name, d in by_model.items()})
    return made, contrast.contrasts(made, PAIR, 0.05)


def judged(after, before, rule=Rule()):  # noqa: B008 - a frozen value
    """Return the verdict on A against B, with what its models say before any data."""
    made, rows = held(after)
    _, prior = held(before) if before else (None, ())
    (found,) = with_votes(verdict.verdicts(made, rows, PAIR, rule), prior)
    return found


@pytest.mark.parametrize(
    ("after", "before", "vote", "structural"),
    [
        (draws(99), draws(96), "A", True),
        (draws(1), draws(4), "B", True),
        (draws(99), draws(94), "A", False),
        (draws(99), draws(50), "A", False),
        (draws(99), draws(2), "A", False),
        (draws(90), draws(99), "", False),
        # What differs in fewer than half of the draws decides nothing, before or after.
        (draws(60, equal=40), draws(40, equal=60), "A", False),
        (draws(40, equal=60), draws(60, equal=40), "", False),
        (draws(60, equal=40), draws(60, equal=40), "A", True),
        # Fewer draws than the rule needs decide nothing.
        (draws(99), draws(19, count=19), "A", False),
        (draws(19, count=19), draws(99), "", False),
        # The size of the difference is not asked for: the direction is what the structure gives.
        (draws(99, size=0.1), draws(99, size=0.1), "A", True),
    ],
)
def test_a_vote_is_structural_where_the_rule_is_as_sure_of_the_same_arm_before_any_data(after, before, vote, structural):
    found = judged({"one": after}, {"one": before})
    (view,) = found.views
    assert (found.vote(view), found.structural(view)) == (vote, structural)


def test_a_model_of_which_nothing_is_known_before_any_data_gives_no_structural_vote():
    found = judged({"one": draws(99), "two": draws(99)}, {"one": draws(99)})
    assert [(view.before is None, found.structural(view)) for view in found.views] == [(False, True), (True, False)]


def test_a_contrast_has_its_probability_before_any_data_either_way_round():
    _, rows = held({"one": draws(99), "two": draws(99)})
    one, two = with_priors(rows, held({"one": draws(40)})[1])
    assert (one.prior, turned(one).prior) == (0.4, 0.6)
    assert math.isnan(two.prior)

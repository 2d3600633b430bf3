"""What the page says of the weighted verdict: where it differs from the strict one, and why there is none."""

import pytest

from regimens.contrasts.weighted import Weight
from regimens.report.text import verdicts
from tests.contrasts.test_weighted import draws, exactly, judged

HEAD = "The weighted verdict (the same rule, asked of the models together by their weights) "


def test_where_the_weights_would_support_more_it_is_said():
    row = judged({"one": draws(100), "two": draws(60)}, {"one": Weight(0.95, 0.9, 1.0), "two": Weight(0.05, 0.0, 0.1)})
    assert verdicts.weighted([row]) == (
        f"{HEAD}differs from the strict rule on one pair: it calls ‘A’ better than ‘B’ (98\u00a0%, 96 to 100\u00a0% over the weights)."
    )
    assert verdicts.probabilities(row, "A") == (
        "one 100\u00a0%, two 60\u00a0%; weighted 98\u00a0%, 96 to 100\u00a0% over the weights"
    )
    assert verdicts.probabilities(row, "B").endswith("; weighted 2\u00a0%, 0 to 4\u00a0% over the weights")


def test_where_both_say_the_same_it_is_said():
    row = judged({"one": draws(100), "two": draws(99)}, {"one": exactly(0.5), "two": exactly(0.5)})
    assert verdicts.weighted([row]) == f"{HEAD}says the same as the strict rule on the pair that it judges."
    assert verdicts.weighted([row, row]) == f"{HEAD}says the same as the strict rule on every pair that it judges."


def test_many_pairs_that_differ_are_counted():
    row = judged({"one": draws(100), "two": draws(60)}, {"one": exactly(0.95), "two": exactly(0.05)})
    said = "‘A’ better than ‘B’ (98\u00a0%)"
    assert verdicts.weighted([row] * 5) == (
        f"{HEAD}differs from the strict rule on five pairs: it calls {said}, {said}, {said} and two more pairs."
    )


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (None, "No weighted verdict: no weights of models are shipped."),
        ({"one": exactly(1.0)}, "No weighted verdict: two has no weight, because its fit is not among the shipped ones."),
        ({}, "No weighted verdict: one and two have no weight, because their fits are not among the shipped ones."),
        ({"one": exactly(0.0), "two": exactly(0.0)}, "No weighted verdict: the models of the pair have weights of zero."),
    ],
)
def test_why_there_is_none_is_said(weights, said):
    row = judged({"one": draws(100), "two": draws(60)}, weights)
    assert verdicts.weighted([row]) == said
    assert verdicts.chance(row, "A") == ""


def test_a_pair_that_cannot_be_judged_says_nothing_of_weights():
    assert verdicts.weighted([judged({"one": draws(1, 1)}, None)]) == ""

"""The key `settle`: what its words mean, and every mistake with its line and column."""

import re
from fractions import Fraction
from pathlib import Path

import pytest

from regimens.errors import InputFileError
from regimens.scenario import Scenario
from regimens.scenario.settle import Responders
from tests.settle.small import scenario

ROOT = Path(__file__).parents[2]

MORE = """\
  noise: {assay: 0.2, day_to_day: 0.1, correlated_over: 5 days}
  lloq: 0.5
  dropout: 0.1
  responders: [above 2 on day 8, above 1.5 on any day, ABOVE 1250000.25  on the last day]
  trials: 40
"""
ALL = ("  trials: 40\n", MORE)


def problems(*changes):
    """Return the problems of the small scenario with some of its text replaced, as (line, column, message, advice)."""
    with pytest.raises(InputFileError) as raised:
        scenario(*changes)
    return [(problem.line, problem.column, problem.message, problem.advice) for problem in raised.value.problems]


def test_what_should_be_settled_is_written_and_read_back():
    made = scenario(ALL)
    assert made.settle.lloq == 0.5
    assert made.settle.responders == (
        Responders(Fraction(2), Fraction(8)),
        Responders(Fraction(3, 2), "any day"),
        Responders(Fraction(5000001, 4), "the last day"),
    )
    assert Scenario.from_text(made.to_yaml()) == made


def test_what_is_left_out_is_not_there():
    settle = scenario().settle
    assert (settle.lloq, settle.dropout, settle.responders) == (0.0, 0.0, ())


FORMS = "Write for example 'above 2 on day 28', 'above 2 on the last day' or 'above 2 on any day'."


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "advice"),
    [
        ("[21]", "[22]", (21, 33), "The sample on day 22 comes after the horizon of 21 days.", "Move the horizon, or the sample."),
        ("[3, 8]", "[8, 3]", (20, 36), "Day 3 does not come after day 8.", "Days ascend."),
        ("[3, 8]", "[-1, 8]", (20, 33), "Day -1 is before the start.", "Days are elapsed: the first dose is on day 0."),
        (
            "subjects: 12", "subjects: 0", (21, 22),
            "A trial needs from 1 to 100000 subjects in each arm, found 0.", "'subjects' are those of one arm.",
        ),
        ("[daily, twice]", "[daily, thrice]", (13, 19), "There is no arm 'thrice'.", "Did you mean 'twice'?"),
        ("[daily, twice]", "[daily, daily]", (13, 11), "The pair names 'daily' twice.", "A pair needs two arms."),
        (
            "[daily, twice]", "[daily, again]", (13, 11),
            "'daily' and 'again' give the same doses at the same times: no trial can tell them apart.", "Name two arms that differ.",
        ),
        (
            "endpoint: mean of treg_fold to 3 weeks", "endpoint: time of peak of treg_fold", (12, 13),
            "'time of peak of treg_fold' has no better direction, so no arm can be better on it.",
            "Name an endpoint of which more, or less, is better.",
        ),
        (
            "endpoint: mean of treg_fold to 3 weeks", "endpoint: mean of treg_fald to 3 weeks", (12, 13),
            "'treg_fald' is no observable of the models of this scenario.", "Did you mean 'treg_fold'?",
        ),
        (
            "  pairs:", "  observable: treg_fald\n  pairs:", (13, 15),
            "'treg_fald' is no observable of the models of this scenario.", "Did you mean 'treg_fold'?",
        ),
        ("assay: 0.2", "assay: -0.1", (14, 18), "A coefficient of variation must be from 0 to 5, found -0.1.", "0.1 is 10 %."),
        ("day_to_day: 0.1", "day_to_day: 6", (14, 35), "A coefficient of variation must be from 0 to 5, found 6.", "0.1 is 10 %."),
        (
            "lloq: 0.5", "lloq: -1", (15, 9),
            "The lower limit of quantification must not be below zero, found -1.", "Leave it out where there is none.",
        ),
        (
            "dropout: 0.1", "dropout: 1", (16, 12),
            "Dropout must be at least 0 and below 1, found 1.", "It is the share of subjects who leave before the last sample.",
        ),
        ("above 2 on day 8", "treg above 2", (17, 16), "'treg above 2' does not say which subjects respond.", FORMS),
        ("above 2 on day 8", "above two on day 8", (17, 16), "'above two on day 8' does not say which subjects respond.", FORMS),
        ("above 2 on day 8", "above 0 on day 8", (17, 16), "Responders must be above a value larger than zero, found 0.", FORMS),
        ("above 2 on day 8", "above 2 on day 9", (17, 16), "No design samples on day 9.", "Days of samples: 3, 8, 21."),
        (
            "lloq: 0.5", "lloq: 1.8", (17, 34),
            "Whether a sample is above 1.5 is unknown below the limit of quantification of 1.8.", "Write 1.8 or more.",
        ),
        ("trials: 40", "trials: 5", (18, 11), "From 20 to 100000 trials can be simulated, found 5.",
         "400 trials give a share with a standard error of at most 2.5 %."),
        ("trials: 40", "trials: 40\n  wanted: 0", (19, 11), "The probability that is wanted must be above 0 and at most 1, found 0.",
         "0.8 is 80 %."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_column(old, new, place, message, advice):
    assert problems(ALL, (old, new)) == [(*place, message, advice)]


def test_parameters_taken_as_known_are_told_at_the_key():
    found = "The parameters are taken as known (one draw), so there is nothing that a trial could settle."
    advice = "Add draws, for example 'population: {subjects: 20, seed: 1, draws: 200}'."
    assert problems((", draws: 20", "")) == [(11, 1, found, advice)]
    assert problems(("population: {subjects: 4, seed: 4, draws: 20}\n", "")) == [(10, 1, found, advice)]


def test_all_mistakes_of_a_file_are_told_at_once():
    found = problems(
        ALL, ("[21]", "[22]"), ("subjects: 12", "subjects: 0"), ("[daily, twice]", "[daily, again]"), ("dropout: 0.1", "dropout: 1"),
        ("assay: 0.2", "assay: -0.2"), ("lloq: 0.5", "lloq: -0.5"), ("mean of treg_fold to 3 weeks\n  pairs", "mean of treg_fald to 3 weeks\n  pairs"),
        (", draws: 20", ""),
    )  # fmt: skip
    assert [message for _, _, message, _ in found] == [
        "The parameters are taken as known (one draw), so there is nothing that a trial could settle.",
        "'treg_fald' is no observable of the models of this scenario.",
        "'daily' and 'again' give the same doses at the same times: no trial can tell them apart.",
        "A coefficient of variation must be from 0 to 5, found -0.2.",
        "The lower limit of quantification must not be below zero, found -0.5.",
        "Dropout must be at least 0 and below 1, found 1.",
        "A trial needs from 1 to 100000 subjects in each arm, found 0.",
        "The sample on day 22 comes after the horizon of 21 days.",
    ]


def test_the_readme_and_the_shipped_scenario_can_be_read():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```yaml\n(settle:\n.*?)^```", readme, flags=re.DOTALL | re.MULTILINE)
    shipped = (ROOT / "scenarios" / "settle.yaml").read_text(encoding="utf-8")
    assert len(Scenario.from_text(shipped).settle.designs) >= 3
    assert len(Scenario.from_text(shipped[: shipped.index("settle:")] + text).settle.designs) == 2

"""Whom the page says its numbers are about: all subjects, those behind the curves, those without a value, one alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from regimens.adherence.realise import Adherence, RealLife
from regimens.figures.lines import drawn_of
from regimens.figures.view import view_of
from regimens.report import answer, verdict
from regimens.report.text import findings, reading, subjects

from . import example
from .test_page import Page


def counting(number: int, draws: int, curved: int, typical: bool = False):
    """Return the view of the example, of so many subjects."""
    return dataclasses.replace(view_of(example.drawn()), subjects=number, draws=draws, curved=curved, typical=typical)


def unsure(made, place: int, *names: str, varied: bool = False):
    """Return the comparison without confidence bands where the model (`place` 0) or the arm (1) has one of `names`.

    `varied`: the subjects of these arms differ in their doses.
    """

    def without(key, bands):
        missing = np.full_like(bands.median, np.nan)
        return dataclasses.replace(bands, confidence_low=missing, confidence_high=missing) if key[place] in names else bands

    astray = Adherence(real_life=RealLife(missed=0.1))
    arms = tuple(
        dataclasses.replace(arm, arm=dataclasses.replace(arm.arm, adherence=astray)) if varied and arm.name in names else arm
        for arm in made.study.arms
    )
    return dataclasses.replace(example.with_bands(made, without), study=dataclasses.replace(made.study, arms=arms))


def said_of_curves(made) -> str:
    """Return what is particular to the curves of the fold of a comparison."""
    return reading.curves(drawn_of(made, "treg_fold"))


@pytest.mark.parametrize(
    ("number", "draws", "curved", "typical", "said"),
    [
        (1, 1, 1, True, "one typical subject"),
        (1, 1, 1, False, "one virtual subject"),
        (200, 1, 200, False, "200 virtual subjects"),
        (100_000, 1, 400, False, "the first 400 of 100\u202f000 virtual subjects"),
        (50, 200, 400, False, "400 virtual subjects, the first two of each of 200 parameter draws"),
        (50, 400, 400, False, "400 virtual subjects, the first of each of 400 parameter draws"),
        (50, 1000, 400, False, "400 virtual subjects, the first of each of the first 400 of 1000 parameter draws"),
        (2, 200, 400, False, "2 virtual subjects in each of 200 parameter draws"),
        (1, 200, 200, False, "one virtual subject in each of 200 parameter draws"),
    ],
)
def test_curves_are_about_the_first_subjects_of_every_draw(number, draws, curved, typical, said):
    assert subjects.curved(counting(number, draws, curved, typical)) == said


def test_how_to_read_curves_counts_those_behind_them_and_not_the_whole_population():
    text = Page(example.page("drawn")).text
    assert "Lines are medians of 400 virtual subjects, the first ten of each of 40 parameter draws; light bands" in text
    assert "Lines are medians of 25 virtual subjects" not in text


def test_those_without_a_value_are_counted_among_all_subjects_of_all_draws():
    made = example.drawn()
    counted = dataclasses.replace(made, summary=tuple(dataclasses.replace(row, missing=137) for row in made.summary))
    cell = answer.answer(counted, view_of(counted)).rows[0].cells[0]
    assert cell.short == "137 of 1000 virtual subjects missing (25 in each of 40 parameter draws)"
    assert subjects.missing(137, counting(50, 200, 400)).startswith("137 of 10\u202f000 virtual subjects missing (50 in each")
    assert subjects.missing(2, counting(200, 1, 200)) == "2 of 200 virtual subjects missing"


def test_one_subject_in_each_draw_is_a_drawn_one_with_intervals_and_verdicts():
    made = example.drawn()
    on_page = counting(1, 40, 40)
    assert on_page.intervals
    assert findings.opening(made, on_page).endswith("one virtual subject in each of 40 parameter draws.")
    assert findings.certainty(on_page) == (
        "Intervals are 90 % prediction intervals: the middle 90 % of all virtual subjects. With one subject in each draw, confidence intervals and probabilities hold the chance of who it is, too."
    )
    assert verdict.verdict(made, on_page) == verdict.verdict(made, view_of(made))


def test_one_drawn_subject_alone_is_not_called_typical():
    on_page = counting(1, 1, 1)
    assert findings.certainty(on_page) == "One virtual subject only; no statement about certainty."
    assert not on_page.intervals
    assert reading.figures(on_page) == (
        "Lines are one virtual subject; grey dashes are the baseline and thresholds, strokes at the foot are doses."
    )


def test_the_typical_subject_has_neither_intervals_nor_verdicts():
    on_page = view_of(example.six(1))
    assert on_page.typical
    assert not on_page.intervals
    assert verdict.verdict(dataclasses.replace(example.six(1), versus=example.drawn().versus), on_page) is None
    assert reading.figures(on_page) == (
        "Lines are the typical subject; grey dashes are the baseline and thresholds, strokes at the foot are doses."
    )


def test_without_draws_bands_are_of_subjects_alone():
    assert reading.figures(view_of(example.six())) == (
        "Lines are medians of 200 virtual subjects; bands hold the middle 90 % of them; grey dashes are the baseline and "
        "thresholds, strokes at the foot are doses. Arms keep their colour; point at an arm in a legend and it stands out "
        "everywhere."
    )


def test_no_confidence_is_promised_to_arms_whose_subjects_differ_in_their_doses():
    one = said_of_curves(unsure(example.drawn(), 1, "Weekly", varied=True))
    assert "‘Weekly’: no confidence interval, for its subjects differ in their doses." in one
    two = said_of_curves(unsure(example.drawn(), 1, "Weekly", "Every 3 days", varied=True))
    assert "‘Every 3 days’ and ‘Weekly’: no confidence interval, for their subjects differ in their doses." in two


def test_where_no_arm_has_a_confidence_band_none_is_mentioned():
    made = unsure(example.drawn(), 1, *example.LADDER, varied=True)
    assert said_of_curves(made) == "Each grid line is a doubling."


def test_a_model_without_confidence_bands_is_named():
    made = unsure(example.drawn(), 0, "turnover")
    assert said_of_curves(made).endswith(" Under turnover, bands are prediction intervals, for no uncertainty is known.")


def test_arms_that_are_flat_under_every_draw_need_no_word_about_their_bands():
    assert said_of_curves(example.drawn()) == (
        "Bands are confidence intervals; prediction intervals follow arm by arm. Each grid line is a doubling."
    )


def test_an_arm_that_a_model_has_no_input_for_is_named_beside_the_curves():
    assert said_of_curves(example.mutein()) == "‘Mutein, weekly’ and ‘Mutein, two weeks’ are not modelled under turnover."

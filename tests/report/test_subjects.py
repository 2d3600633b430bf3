"""Whom the page says its numbers are about: all subjects, those behind the curves, those without a value, one alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from regimens import report
from regimens.adherence.realise import Adherence, RealLife
from regimens.report import answer, curves, verdict
from regimens.report.layout import Shown, as_written, layout
from regimens.report.text import findings, subjects
from regimens.report.text.captions import reading

from . import example
from .test_page import Page

FOLD = Shown("treg_fold", "Treg, fold of baseline", "")


def counting(number: int, draws: int, curved: int, typical: bool = False):
    """Return the layout of the example, of so many subjects."""
    return dataclasses.replace(layout(example.drawn()), subjects=number, draws=draws, curved=curved, typical=typical)


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


def caption(made, panels=curves.panels) -> str:
    """Return how to read the first curves of a comparison."""
    written, on_page = as_written(made), layout(made)
    return reading(on_page, panels(written, on_page, FOLD))


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


def test_the_caption_of_curves_counts_those_behind_them_and_not_the_whole_population():
    text = Page(report.page(example.drawn())).text
    assert "Lines are medians of 400 virtual subjects, the first ten of each of 40 parameter draws; bands are 90 %" in text
    assert "Lines are medians of 25 virtual subjects" not in text


def test_those_without_a_value_are_counted_among_all_subjects_of_all_draws():
    made = example.drawn()
    counted = dataclasses.replace(made, summary=tuple(dataclasses.replace(row, missing=137) for row in made.summary))
    cell = answer.answer(as_written(counted), layout(counted)).rows[0].cells[0]
    assert cell.short == "137 of 1000 virtual subjects missing (25 in each of 40 parameter draws)"
    assert subjects.missing(137, counting(50, 200, 400)).startswith("137 of 10\u202f000 virtual subjects missing (50 in each")
    assert subjects.missing(2, counting(200, 1, 200)) == "2 of 200 virtual subjects missing"


def test_one_subject_in_each_draw_is_a_drawn_one_with_intervals_and_verdicts():
    made = example.drawn()
    on_page = counting(1, 40, 40)
    assert on_page.intervals
    assert findings.opening(made, on_page).endswith("one virtual subject in each of 40 parameter draws.")
    assert findings.certainty(on_page) == (
        "Intervals are 90 % prediction intervals: where the middle 90 % of all virtual subjects lie, one in each of 40 parameter "
        "draws. With one subject in each draw, confidence intervals and probabilities hold the chance of who it is, too."
    )
    assert verdict.verdict(made, on_page) == verdict.verdict(made, layout(made))


def test_one_drawn_subject_alone_is_not_called_typical():
    on_page = counting(1, 1, 1)
    assert findings.certainty(on_page) == "One virtual subject only; no statement about certainty."
    assert not on_page.intervals
    assert "typical" not in reading(on_page, curves.panels(as_written(example.drawn()), on_page, FOLD))


def test_the_typical_subject_has_neither_intervals_nor_verdicts():
    on_page = layout(example.six(1))
    assert on_page.typical
    assert not on_page.intervals
    assert verdict.verdict(dataclasses.replace(example.six(1), versus=example.drawn().versus), on_page) is None


def test_no_band_is_promised_to_arms_whose_subjects_differ_in_their_doses():
    two = ("Weekly", "Every 3 days")
    assert "‘Weekly’ has no band here, for its subjects differ in their doses" in caption(
        unsure(example.drawn(), 1, "Weekly", varied=True)
    )
    said = caption(unsure(example.drawn(), 1, *two, varied=True), curves.arm_by_arm)
    assert "‘Every 3 days’ and ‘Weekly’ have no narrow band here, for their subjects differ in their doses" in said


def test_where_no_arm_has_a_confidence_band_none_is_mentioned():
    said = caption(unsure(example.drawn(), 1, *example.LADDER, varied=True))
    assert "bands hold the middle 90 % of them" in said
    assert "confidence" not in said


def test_a_model_without_confidence_bands_is_named():
    made = unsure(example.drawn(), 0, "turnover")
    assert "under turnover, bands are 90 % prediction intervals" in caption(made)
    assert "under turnover, there are no narrow bands" in caption(made, curves.arm_by_arm)


def test_arms_that_are_flat_under_every_draw_need_no_word_about_their_bands():
    assert "no band" not in caption(example.drawn())
    assert "no narrow band" not in caption(example.drawn(), curves.arm_by_arm)

"""What the page says of arms made from arms: equal totals, rests, real life; and of simulated observations."""

from __future__ import annotations

import dataclasses
import re

import pytest

from regimens import report
from regimens.report import equal_totals, real_life, rests, visits
from regimens.report.document import statuses
from regimens.report.layout import as_written, layout

from . import example
from .test_contrasts import on_page, with_versus
from .test_page import Page, figures


@pytest.fixture(scope="module")
def html() -> str:
    return report.page(example.drawn())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_variants_double_neither_the_answer_nor_the_curves(html, page):
    table = html[html.index('<table class="answer"') : html.index("</table>")]
    assert table.count('<tr role="row">') == 6
    assert {trace["meta"]["arm"] for trace in figures(html)["treg_fold-0"]["data"]} == set(range(6))
    assert "Curves show the arms as written; arms made from them have sections of their own." in page.text


def test_arms_keep_their_place_in_the_scenario():
    made = example.drawn()
    arms = made.study.arms
    mixed = (arms[0], arms[6], *arms[1:6])
    turned = example.with_scenario(made, arms=tuple(arm.arm for arm in mixed))
    found = layout(dataclasses.replace(turned, study=dataclasses.replace(turned.study, arms=mixed)))
    assert [look.index for look in found.arms] == [0, 2, 3, 4, 5, 6]
    assert found.number("Placebo") == 6
    assert [variant.of.name for variant in found.variants] == ["Daily, 12 weeks"]


def test_what_is_shown_as_written_leaves_the_comparison_itself_alone():
    made = example.drawn()
    assert {row.arm for row in as_written(made).summary} == set(example.LADDER)
    assert len({row.arm for row in made.summary}) == len(made.scenario.arms)


def test_equal_totals_say_what_moved_and_how_far_off_it_is():
    found = equal_totals.equal_total(*on_page(example.drawn()))
    assert found.total == "21 MIU"
    assert dict(found.changes.rows)["Five-day courses"] == (
        "amount: 1.5 MIU → 1.05 MIU", "0.700", "30 MIU", "21 MIU", "0 MIU", "Every dose times 0.7, so that the total is 21 MIU.",
    )  # fmt: skip


def test_equal_totals_say_who_leads_before_and_after_and_what_is_supported_then():
    found = equal_totals.equal_total(*on_page(example.drawn()))
    assert found.finding == (
        "At equal total, the highest median of mean Treg, fold of baseline moves from ‘Five-day courses’ to ‘Daily, 12 weeks’ under "
        "turnover; it moves from ‘Five-day courses’ to ‘Every 3 days’ under effect_turnover."
    )
    assert found.supported == (
        "Among the three schedules that were changed, two of three pairs are supported at 21 MIU on mean Treg, fold of baseline: "
        "‘Daily, 12 weeks, 21 MIU’ over ‘Five-day courses, 21 MIU’; ‘Weekly, 21 MIU’ over ‘Five-day courses, 21 MIU’."
    )


def test_an_arm_that_has_the_total_already_has_one_mark():
    found = equal_totals.equal_total(*on_page(example.drawn()))
    for _, rows, _ in found.figures[0].panels:
        single = {pull.arm.name for pull in rows if pull.after is None}
        assert single == {"Every other day, 3 cycles", "Every 3 days"}


def test_marks_of_before_and_after_hold_their_medians():
    made = example.drawn()
    numbers = equal_totals.equal_total(*on_page(made)).figures[0].numbers
    cells = dict(numbers.rows)["Weekly, turnover"]
    for cell, arm in ((cells[0], "Weekly"), (cells[2], "Weekly, 21 MIU")):
        assert float(cell) == pytest.approx(made.summary_of(arm, "turnover", "mean of treg_fold").median, abs=0.005)


def test_the_flat_part_of_the_rests_is_drawn_and_named():
    found = rests.rest_curves(*on_page(example.drawn()))[0]
    assert found.finding == (
        "Under turnover, the highest median is that of 11 days; 9 to 14 days are as good, as far as can be told; under "
        "effect_turnover, the highest median is that of 10 days; 9 to 12 days are as good, as far as can be told."
    )
    assert all(drawing.count('class="flat"') == 1 and "flat part" in drawing for _, drawing in found.drawings)


def test_a_flat_part_with_a_gap_is_drawn_in_two():
    made = example.drawn()
    flat = [dataclasses.replace(row, flat=row.rest_days in (9, 10, 14)) for row in made.versus.rest_response]
    found = rests.rest_curves(*on_page(with_versus(made, rest_response=flat)))[0]
    assert found.drawings[0][1].count('class="flat"') == 2
    assert "9 to 10 and 14 days are as good, as far as can be told" in found.finding


def test_one_length_of_rest_is_no_curve():
    made = example.drawn()
    one = [row for row in made.versus.rest_response if row.rest_days == 9]
    assert rests.rest_curves(*on_page(with_versus(made, rest_response=one))) == ()


def test_lengths_of_rest_that_are_alike_have_no_best():
    made = example.drawn()
    alike = [dataclasses.replace(row, median=2.5, flat=True) for row in made.versus.rest_response]
    found = rests.rest_curves(*on_page(with_versus(made, rest_response=alike)))[0]
    assert found.finding == "Under every model, the highest median is that of every length alike."


def test_real_life_shows_what_was_planned_and_what_was_given(page):
    found = real_life.real_life(*on_page(example.drawn()))
    assert [dose.arm.name for dose in found.doses] == [name for name in example.LADDER if name != "Placebo"]
    assert all(dose.low <= dose.middle <= dose.high for dose in found.doses)
    assert found.doses[0].shares == ("18", "14", "20")
    assert found.doses_finding == (
        "The median subject gets 75\u00a0% (‘Five-day courses’) to 80\u00a0% (‘Daily, 12 weeks’) of the planned IL-2."
    )


def test_real_life_says_which_orders_turn_round_and_what_a_choice_on_paper_costs():
    found = real_life.real_life(*on_page(example.drawn()))
    assert found.finding.endswith(
        "The order of seven of ten pairs turns round in at least 10\u00a0% of the draws, most often that of "
        "‘Every other day, 3 cycles’ and ‘Weekly’ (92\u00a0% under turnover)."
    )
    assert found.regrets[1] == (
        "Under effect_turnover, ‘Five-day courses’ is the best as written, but in real life ‘Every 3 days’ is better, by 0.0966 fold "
        "(90 % confidence interval −0.0280 to 0.927): that is what the choice on paper costs."
    )


def test_a_choice_that_is_right_in_real_life_too_is_called_right():
    made = example.drawn()
    none = [dataclasses.replace(row, best=row.chosen, regret=0.0, regret_low=0.0, regret_high=0.0) for row in made.versus.regret]
    calm = with_versus(made, regret=none, flips=[dataclasses.replace(row, flipped=0.0) for row in made.versus.flips])
    found = real_life.real_life(*on_page(calm))
    assert found.finding.endswith("In no pair does the order turn round in 10\u00a0% of the draws or more.")
    assert found.regrets[0] == (
        "Under turnover, ‘Every 3 days’ is the best as written and stays the best in real life: the choice on paper costs "
        "nothing."
    )


def test_observations_say_that_noise_is_no_part_of_the_curves():
    found = visits.visits(*on_page(example.drawn()))
    assert found.noise == (
        "Noise (15\u00a0% from day to day within a person and 5\u00a0% of the assay) is added to these observations alone: it is no "
        "part of the curves, the endpoints or the verdict."
    )
    assert re.fullmatch(
        r"Measuring makes the spread between subjects at the visits look 1\.\d+ times as wide as it is\.", found.finding
    )
    assert found.tables[0].columns == ("week 12, true", "week 12, observed", "week 24, true", "week 24, observed")
    assert [name for name, _ in found.tables[0].rows][:2] == [
        "Every other day, 3 cycles, turnover", "Every other day, 3 cycles, effect_turnover",
    ]  # fmt: skip


def test_observations_without_noise_are_as_wide_as_the_truth():
    made = example.drawn()
    exact = dataclasses.replace(made, visits=tuple(dataclasses.replace(row, observed=row.true) for row in made.visits))
    assert visits.visits(*on_page(exact)).finding == "Measuring hardly widens what is seen of the subjects at the visits."


def test_subjects_that_failed_are_counted_with_the_reason():
    table = statuses(*on_page(example.drawn()))
    counted = "2 of 1000 virtual subjects missing (25 in each of 40 parameter draws)"
    assert table.rows == (("Daily, 12 weeks, turnover", ("step limit", counted)),)
    assert statuses(*on_page(example.emptied(example.drawn(), "statuses"))) is None


def test_visits_say_who_is_observed():
    found = visits.visits(*on_page(example.drawn()))
    whom = "400 virtual subjects, the first ten of each of 40 parameter draws"
    assert found.observed == f"Those observed are {whom}."
    assert found.tables[0].caption == f"Treg, fold of baseline at the visits: median and middle 90 % of {whom}"

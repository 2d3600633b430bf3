"""What the page says of arms made from arms: equal totals, rests, real life; and of simulated observations."""

from __future__ import annotations

import dataclasses
import re

from regimens import wording
from regimens.figures.view import view_of
from regimens.report import answer, variants, visits
from regimens.report.document import statuses
from regimens.scenario.values import EQUAL_TOTAL, REAL_LIFE

from . import example
from .test_contrasts import on_page, with_versus


def test_variants_double_neither_the_answer_nor_the_curves():
    made = example.drawn()
    view = view_of(made)
    assert [row.arm.name for row in answer.answer(made, view).rows] == list(example.LADDER)
    assert {trace.meta["arm"] for trace in made.plot.curves("treg_fold").data} == set(range(6))


def test_arms_keep_their_place_in_the_scenario():
    made = example.drawn()
    arms = made.study.arms
    mixed = [dataclasses.replace(arm, place=place, twin=place) for place, arm in enumerate((arms[0], arms[6], *arms[1:6]))]
    turned = example.with_scenario(made, arms=tuple(arm.arm for arm in mixed))
    found = view_of(dataclasses.replace(turned, study=dataclasses.replace(turned.study, arms=tuple(mixed))))
    assert [look.index for look in found.arms] == [0, 2, 3, 4, 5, 6]
    assert [variant.of.name for variant in found.variants] == ["Daily, 12 weeks"]


def test_variants_know_what_they_are_made_from_and_what_changed():
    view = view_of(example.drawn())
    assert [each.name for each in view.varied(EQUAL_TOTAL)] == [
        "Daily, 12 weeks, 21 MIU",
        "Five-day courses, 21 MIU",
        "Weekly, 21 MIU",
    ]
    assert [each.of.name for each in view.varied(REAL_LIFE)] == list(example.LADDER)[:5]
    assert view.varied(EQUAL_TOTAL)[1].changed == "Every dose times 0.7, so that the total is 21 MIU."


def test_equal_totals_say_what_moved_and_how_far_off_it_is():
    found = variants.equal_total(*on_page(example.drawn()))
    ((name, changes),) = found.tables
    assert name == changes.caption == "What brought every arm to the same total"
    assert changes.columns == ("What moved", "Factor", "Total as written", "Target", "Off by")
    assert dict(changes.rows)["Five-day courses"] == ("amount: 1.5 MIU → 1.05 MIU", "0.700", "30 MIU", "21 MIU", "0 MIU")
    assert list(dict(changes.rows)) == ["Daily, 12 weeks", "Five-day courses", "Weekly"]


def test_equal_totals_say_who_leads_before_and_after_and_what_is_supported_then():
    found = variants.equal_total(*on_page(example.drawn()))
    assert found.finding == (
        "At equal total, the highest median of mean Treg, fold of baseline moves from ‘Five-day courses’ to ‘Daily, 12 weeks’ under "
        "turnover; it moves from ‘Five-day courses’ to ‘Every 3 days’ under effect_turnover."
    )
    assert found.sentences == (
        "Among the three schedules that were changed, two of three pairs are supported at 21 MIU on mean Treg, fold of baseline: "
        "‘Daily, 12 weeks, 21 MIU’ over ‘Five-day courses, 21 MIU’; ‘Weekly, 21 MIU’ over ‘Five-day courses, 21 MIU’.",
    )
    assert found.verdicts.summary == "Mean Treg, fold of baseline (higher is better): 2 of three pairs supported"
    assert len(found.verdicts.rows) == 3


def test_every_endpoint_has_a_figure_at_equal_total_and_the_first_says_how_to_read_it():
    found = variants.equal_total(*on_page(example.drawn())).pictures
    assert [picture.heading for picture in found][:3] == [
        "Mean Treg, fold of baseline", "Peak Treg, fold of baseline", "Time with Treg, fold of baseline above 2 (days)",
    ]  # fmt: skip
    assert len(found) == 6
    assert [picture.reading for picture in found] == [
        "Each schedule as written, and brought to 21 MIU; arms without a second mark have that total as written.", *[""] * 5,
    ]  # fmt: skip


def test_the_table_of_before_and_after_holds_medians_and_confidence_intervals():
    made = example.drawn()
    numbers = variants.equal_total(*on_page(made)).pictures[0].numbers
    assert numbers.columns == ("As written", "90 % confidence", "Equal total", "90 % confidence")
    cells = dict(numbers.rows)["Weekly, turnover"]
    for place, arm in ((0, "Weekly"), (2, "Weekly, 21 MIU")):
        row = made.summary_of(arm, "turnover", "mean of treg_fold")
        low, high = (wording.number(end) for end in (row.confidence_low, row.confidence_high))
        assert cells[place : place + 2] == (wording.number(row.median), f"{low} to {high}")
    assert dict(numbers.rows)["Every 3 days, turnover"][2:] == ("–", "–")


def test_without_arms_of_equal_total_or_of_real_life_there_are_no_such_sections():
    made = example.six()
    assert variants.equal_total(*on_page(made)) is None
    assert variants.real_life(*on_page(made)) is None
    assert variants.rests(*on_page(made)) is None


def rest_picture(made):
    """Return the one picture of the length of a rest."""
    (picture,) = variants.rests(*on_page(made)).pictures
    return picture


def test_the_flat_part_of_the_rests_is_named():
    found = rest_picture(example.drawn())
    assert found.heading == "Every other day, 3 cycles, by rest: peak Treg, fold of baseline by the length of the rest"
    assert found.finding == (
        "Under turnover, the highest median is that of 11 days; 9 to 14 days are as good, as far as can be told; under "
        "effect_turnover, the highest median is that of 10 days; 9 to 12 days are as good, as far as can be told."
    )
    assert found.numbers.columns == ("Peak Treg, fold of baseline", "90 % confidence", "Flat: as good as the best")
    assert [cells[2] for name, cells in found.numbers.rows if name.endswith(", turnover")] == ["yes"] * 6 + ["no"] * 2


def test_a_flat_part_with_a_gap_is_named_in_two():
    made = example.drawn()
    flat = [dataclasses.replace(row, flat=row.rest_days in (9, 10, 14)) for row in made.versus.rest_response]
    found = rest_picture(with_versus(made, rest_response=flat))
    assert "9 to 10 and 14 days are as good, as far as can be told" in found.finding


def test_one_length_of_rest_is_no_curve():
    made = example.drawn()
    one = [row for row in made.versus.rest_response if row.rest_days == 9]
    assert variants.rests(*on_page(with_versus(made, rest_response=one))) is None


def test_lengths_of_rest_that_are_alike_have_no_best():
    made = example.drawn()
    alike = [dataclasses.replace(row, median=2.5, flat=True) for row in made.versus.rest_response]
    found = rest_picture(with_versus(made, rest_response=alike))
    assert found.finding == "Under every model, the highest median is that of every length alike."


def test_real_life_shows_what_was_planned_and_what_was_given():
    found = variants.real_life(*on_page(example.drawn())).pictures[-1]
    assert found.finding == (
        "The median subject gets 75\u00a0% (‘Five-day courses’) to 80\u00a0% (‘Daily, 12 weeks’) of the planned IL-2."
    )
    assert found.reading == (
        "Outlines are the plan, bars what the median subject gets, lines the middle 90 % of subjects of the first parameter draw."
    )
    assert [name for name, _ in found.numbers.rows] == list(example.LADDER)[:5]
    cells = dict(found.numbers.rows)["Every other day, 3 cycles"]
    assert (cells[0], cells[3:]) == ("21.0", ("18", "14", "20"))


def test_real_life_says_which_orders_turn_round_and_what_a_choice_on_paper_costs():
    found = variants.real_life(*on_page(example.drawn()))
    assert found.finding == (
        "In real life, the highest median of mean Treg, fold of baseline moves from ‘Five-day courses’ to ‘Every 3 days’ under "
        "every model. The order of seven of ten pairs turns round in at least 10\u00a0% of the draws, most often that of "
        "‘Every other day, 3 cycles’ and ‘Weekly’ (92\u00a0% under turnover)."
    )
    assert found.sentences[1] == (
        "Under effect_turnover, ‘Five-day courses’ is the best as written, but in real life ‘Every 3 days’ is better, by 0.0966 fold "
        "(90 % confidence interval −0.0280 to 0.927): that is what the choice on paper costs."
    )
    assert [name for name, _ in found.tables] == ["Orders that turn round", "What a choice on paper costs"]


def test_a_choice_that_is_right_in_real_life_too_is_called_right():
    made = example.drawn()
    none = [dataclasses.replace(row, best=row.chosen, regret=0.0, regret_low=0.0, regret_high=0.0) for row in made.versus.regret]
    calm = with_versus(made, regret=none, flips=[dataclasses.replace(row, flipped=0.0) for row in made.versus.flips])
    found = variants.real_life(*on_page(calm))
    assert found.finding.endswith(" In no pair does the order turn round in 10\u00a0% of the draws or more.")
    assert found.sentences[0] == (
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

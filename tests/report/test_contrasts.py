"""What the page says where arms are compared over parameter draws: verdict, differences, pairs, trade-off, what decides."""

from __future__ import annotations

import dataclasses
import math
import re

import pytest

from regimens import report, wording
from regimens.contrasts.pairs import Pairs, percent, turned
from regimens.contrasts.verdict import Finding, Lack, Reason, Rule
from regimens.figures import titles
from regimens.figures.shown import judged
from regimens.figures.view import view_of
from regimens.report import against, verdict
from regimens.report.document import pictures_of
from regimens.report.pictures import curves_picture
from regimens.report.text import between_arms, reading, verdicts

from . import example
from .example import rows
from .test_page import Page

LEAD = "mean of treg_fold"
REFERENCE = "Every other day, 3 cycles"


@pytest.fixture(scope="module")
def html() -> str:
    return example.page("drawn")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def with_versus(made, **tables):
    """Return the comparison with other rows in what compares arms."""
    return dataclasses.replace(made, versus=dataclasses.replace(made.versus, **{k: tuple(v) for k, v in tables.items()}))


def on_page(comparison):
    return comparison, view_of(comparison)


def test_the_opening_states_subjects_and_draws(page):
    assert (
        "Five schedules of subcutaneous IL-2 and one arm without doses, 18.48 to 30 MIU in all, over 24 weeks, under two models, "
        "25 virtual subjects in each of 40 parameter draws." in page.text
    )


def pairs_of(made) -> Pairs:
    return Pairs(made.versus.contrasts, made.versus.verdicts)


def reduced_to(made, **counts: tuple[int, int]):
    """Return the comparison as if its scenario had asked for more: (asked for, done)."""
    return dataclasses.replace(made, provenance=dataclasses.replace(made.provenance, reduced=counts))


def test_a_run_of_reduced_size_says_so_in_sight():
    made = example.drawn()
    smaller = reduced_to(made, subjects=(500, 25), draws=(200, 40))
    said = "A first look at reduced size: 25 of 500 subjects and 40 of 200 draws. Run it in full before you conclude anything."
    assert said in Page(report.page(smaller)).text
    assert said not in Page(example.page("drawn")).text


def test_the_verdict_names_the_pairs_that_every_model_supports(page):
    assert (
        "On mean Treg, fold of baseline (higher is better), seven of 15 pairs are supported: every schedule over no doses; "
        "‘Five-day courses’ over ‘Every other day, 3 cycles’; ‘Every 3 days’ over ‘Weekly’." in page.text
    )


def test_the_verdict_says_why_the_other_pairs_are_not_supported(page):
    assert (
        "Not supported: eight pairs; in one, the models contradict each other; in three, some models are sure of a direction and "
        "others are not; in four, no model is sure of a direction. The models contradict each other on "
        "‘Daily, 12 weeks’ against ‘Weekly’." in page.text
    )


def test_the_verdict_counts_what_is_supported_on_the_other_endpoints(page):
    assert (
        "Supported on the other endpoints: 14 of 15 on peak Treg, fold of baseline; 2 of 15 on time with Treg, fold of baseline "
        "above 2; 7 of 15 on peak Treg, fold of baseline per MIU; 12 of 15 on share with Treg, fold of baseline above 3; 15 of 15 "
        "on peak IL-2 in serum." in page.text
    )


@pytest.mark.parametrize(
    ("by", "models", "said"),
    [
        (Rule(), 2, "The rule: one arm is called better than another only if every model gives at least 95 % probability to the "
         "same direction, and to a difference of at least 5 %, over the draws of the parameters in which the two differ, which "
         "must be at least 50 % of all."),
        (Rule(0.975, difference=0.0), 1, "The rule: one arm is called better than another only if the model gives at least 97.5 % probability to the "
         "same direction, over the draws of the parameters in which the two differ, which must be at least 50 % of all."),
    ],
)  # fmt: skip
def test_the_rule_is_a_sentence(by, models, said):
    assert verdicts.rule(by, models) == said


def test_every_endpoint_with_a_direction_has_its_pairs_in_a_folded_table(html):
    found = re.findall(r'<details class="pairs"( open)?><summary>(.*?)</summary>(.*?)</details>', html, re.DOTALL)
    assert not any(opened for opened, *_ in found)
    assert [summary for _, summary, _ in found] == [
        "Mean Treg, fold of baseline (higher is better): 7 of 15 pairs supported",
        "Peak Treg, fold of baseline (higher is better): 14 of 15 pairs supported",
        "Time with Treg, fold of baseline above 2 (higher is better): 2 of 15 pairs supported",
        "Peak Treg, fold of baseline per MIU (higher is better): 7 of 15 pairs supported",
        "Share with Treg, fold of baseline above 3 (higher is better): 12 of 15 pairs supported",
        "Peak IL-2 in serum (lower is better): 15 of 15 pairs supported",
        "Mean Treg, fold of baseline (higher is better): 2 of three pairs supported",
    ]
    assert [table.count("<tr class=") for _, _, table in found] == [15] * 6 + [3]
    assert "<b>Five-day courses</b> <span>over</span> <b>Every other day, 3 cycles</b>" in found[0][2]


def test_each_row_of_the_verdicts_is_told_from_the_side_of_the_arm_ahead():
    made = example.drawn()
    told = {}
    for shown, table in zip(verdict.judged(made), verdict.verdict(*on_page(made)).tables, strict=True):
        for row in table.rows:
            found = [pairs_of(made).of(model, shown.words, row.arm, row.against) for model in ("turnover", "effect_turnover")]
            known = [each for each in found if not math.isnan(each.probability)]
            assert sum(each.probability for each in known) >= len(known) / 2
            if known and not any(each.equal for each in known):
                told[row.probabilities] = ", ".join(f"{each.model} {percent(each.probability, 0.95)}\u00a0%" for each in known)
    assert len(told) > 10
    assert list(told) == list(told.values())


def test_a_row_that_no_model_settles_says_how_they_lean():
    made = example.drawn()
    (row,) = [
        row for row in verdict.verdict(*on_page(made)).tables[0].rows if {row.arm, row.against} == {"Daily, 12 weeks", REFERENCE}
    ]
    assert dataclasses.astuple(row) == (
        "Daily, 12 weeks", REFERENCE, "not-supported", "–", "not supported", "turnover 75\u00a0%, effect_turnover 45\u00a0%",
        "turnover –, effect_turnover –",
        "The models lean different ways: turnover to Daily, 12 weeks (75 %); effect_turnover to Every other day, 3 cycles (55 %).",
    )  # fmt: skip


def test_a_row_that_is_supported_names_the_winner_and_the_difference():
    made = example.drawn()
    (row,) = [
        row for row in verdict.verdict(*on_page(made)).tables[0].rows if (row.arm, row.against) == ("Five-day courses", REFERENCE)
    ]
    assert dataclasses.astuple(row) == (
        "Five-day courses", REFERENCE, "supported", "✓", "Five-day courses better",
        "turnover 100\u00a0%, effect_turnover 100\u00a0%", "turnover –, effect_turnover –",
        "Every model gives at least 95 % (turnover 100 %, effect_turnover 100 %); the difference is 0.07 to 0.18.",
    )  # fmt: skip


def test_an_endpoint_without_a_direction_leads_nothing():
    made = example.drawn()
    endpoints = tuple(dataclasses.replace(each, better="") for each in made.scenario.endpoints)
    plain = example.with_scenario(made, endpoints=endpoints)
    assert verdict.verdict(*on_page(plain)).found == "No endpoint says which way is better, so no arm is called better."


def test_arms_that_give_the_same_doses_are_judged_once():
    made = example.drawn_thirteen()
    found = verdict.verdict(*on_page(made))
    assert found.found.startswith(
        "On mean Treg, fold of baseline (higher is better), 27 of 28 pairs are supported: every schedule over no doses; "
        "‘SLE, 3 MIU’ over ‘RA, 5 days’, ‘RA, 3 cycles + methotrexate’ and four others; "
    )
    assert {name for row in found.tables[0].rows for name in (row.arm, row.against)} == {look.name for look in view_of(made).arms}


def test_with_one_draw_it_says_that_parameters_were_taken_as_known_and_what_to_write():
    text = Page(example.page("six")).text
    assert (
        "Intervals are 90 % prediction intervals between 200 virtual subjects. No uncertainty of the parameters themselves is in "
        "this run: they were taken as known, so it does not say how sure a difference between schedules is. To find out, write "
        "‘draws: 200’ beneath ‘population:’ in the scenario." in text
    )
    assert "What is supported" not in text
    assert titles.EVERY_PAIR not in text


def test_with_one_draw_there_is_nothing_to_judge_by():
    made = example.drawn()
    known = dataclasses.replace(view_of(made), draws=1)
    assert verdict.verdict(made, known) is None
    assert against.every_pair(made, known) == ()


def test_a_pair_reads_the_same_from_either_side():
    made = example.drawn()
    pairs = pairs_of(made)
    row = rows(made, "contrasts", endpoint=LEAD, model="turnover")[0]
    back = pairs.of("turnover", LEAD, row.against, row.arm)
    assert pairs.of("turnover", LEAD, row.arm, row.against) is row
    assert (back.arm, back.against) == (row.against, row.arm)
    assert (back.difference, back.difference_low, back.difference_high) == (
        -row.difference,
        -row.difference_high,
        -row.difference_low,
    )
    assert back.probability == pytest.approx(1 - row.probability)
    assert (back.better, back.equal, back.worse) == (row.worse, row.equal, row.better)
    assert (back.ratio, back.ratio_low, back.ratio_high) == pytest.approx((1 / row.ratio, 1 / row.ratio_high, 1 / row.ratio_low))
    assert turned(back).difference == row.difference


@pytest.mark.parametrize("model", ["turnover", "effect_turnover"])
def test_the_table_of_the_differences_holds_every_endpoint_of_every_arm_but_the_reference(model):
    made = example.drawn()
    numbers = against.differences(*on_page(made)).numbers
    mine = [name for name, _ in numbers.rows if name.endswith(f", {model}")]
    others = [arm for arm in example.LADDER if arm != REFERENCE]
    assert mine == [f"{arm}, {model}" for _ in made.scenario.endpoints for arm in others]
    cells = {name: cells for name, cells in numbers.rows if cells[0] == "Mean Treg, fold of baseline"}["Weekly, " + model]
    (row,) = rows(made, "contrasts", endpoint=LEAD, model=model, arm=REFERENCE, against="Weekly")
    assert cells == (
        "Mean Treg, fold of baseline",
        f"{wording.number(-row.difference)} fold",
        f"{wording.number(-row.difference_high)} to {wording.number(-row.difference_low)}",
        wording.number(1 / row.ratio),
        f"{wording.number(1 / row.ratio_high)} to {wording.number(1 / row.ratio_low)}",
        f"{wording.number(-row.subject_high)} to {wording.number(-row.subject_low)}",
        percent(1 - row.probability, 0.95),
        "–",
        wording.percent(1 - row.better_off),
    )


def test_the_differences_that_are_drawn_are_those_of_the_endpoints_that_lead():
    figure = against.differences(*on_page(example.drawn())).figure
    assert len(figure.layout.annotations) == against.MOST_PANELS


def test_the_differences_say_in_words_what_they_show_and_how_to_read_them(page):
    assert (
        "Against ‘Every other day, 3 cycles’, on mean Treg, fold of baseline, ‘Five-day courses’ is better and ‘Placebo’ is "
        "worse; for three other arms no direction is supported." in page.text
    )
    assert (
        "Marks are differences from ‘Every other day, 3 cycles’, right of the line where an arm has more; arrows point to "
        "what is better. Thin lines are one person’s own difference, and those that reach the edge run on beyond it." in page.text
    )


def test_bands_and_intervals_are_told_apart_once_for_all_figures(page):
    said = (
        "Lines are medians of 400 virtual subjects, the first ten of each of 40 parameter draws; light bands and thin lines are "
        "90 % prediction intervals: a new subject; darker bands and thick lines are 90 % confidence intervals, over 40 parameter "
        "draws; in curves, of the typical subject; grey dashes are the baseline and thresholds, strokes at the foot are doses."
    )
    assert page.text.count(said) == 1


def test_without_any_contrast_or_interval_there_are_no_differences():
    assert against.differences(*on_page(example.emptied(example.drawn(), "contrasts"))) is None
    assert against.differences(*on_page(example.six(1))) is None


def test_without_a_direction_the_differences_call_no_arm_better():
    made = example.drawn()
    endpoints = tuple(dataclasses.replace(each, better="") for each in made.scenario.endpoints)
    assert against.differences(*on_page(example.with_scenario(made, endpoints=endpoints))).finding == (
        "Differences from ‘Every other day, 3 cycles’, arm by arm; of none of these endpoints is it said which way is better."
    )
    assert against.differences(*on_page(example.six())).finding == (
        "Differences from ‘Every other day, 3 cycles’, arm by arm; the parameters are taken as known."
    )


def test_the_table_of_pairs_holds_probability_difference_and_ratio_under_every_model():
    made = example.drawn()
    (picture,) = against.every_pair(*on_page(made))
    assert len(picture.numbers.rows) == 15
    cells = dict(picture.numbers.rows)["Every other day, 3 cycles against Weekly"]
    for place, model in enumerate(("turnover", "effect_turnover")):
        (row,) = rows(made, "contrasts", endpoint=LEAD, model=model, arm=REFERENCE, against="Weekly")
        number = wording.number
        assert cells[4 * place : 4 * place + 4] == (
            percent(row.probability, 0.95),
            "–",
            f"{number(row.difference)} fold ({number(row.difference_low)} to {number(row.difference_high)})",
            f"{number(row.ratio)} ({number(row.ratio_low)} to {number(row.ratio_high)})",
        )


def test_the_grid_says_who_is_likeliest_to_be_best(page):
    assert (
        "On mean Treg, fold of baseline, ‘Five-day courses’ is the likeliest to be best under every model: 60\u00a0% under "
        "turnover and 60\u00a0% under effect_turnover." in re.sub(r"[ \n]+", " ", " ".join(page.words))
    )


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0"), (0.001, "<1"), (0.5, "50"), (0.999, ">99"), (1.0, "100"), (float("nan"), "–")]
)
def test_what_is_not_quite_none_or_all_is_never_rounded_to_it(share, text):
    assert wording.percent(share) == text


def test_the_trade_off_says_which_arms_no_other_beats_and_which_one_is_dominated():
    assert against.gain_against_cost(*on_page(example.drawn())).finding == (
        "‘Daily, 12 weeks’, ‘Every 3 days’ and ‘Placebo’: no other arm has both more gain and less cost under every model; "
        "‘Weekly’: some other arm is as good on both and better on one in at least 95 % of the draws under every model."
    )


def test_variants_are_in_the_table_of_the_trade_off():
    made = example.drawn()
    names = [name for name, _ in against.gain_against_cost(*on_page(made)).numbers.rows]
    assert names == [f"{row.arm}, {row.model}" for row in made.versus.trade_off]
    assert "Weekly, 21 MIU, turnover" in names


def test_without_a_trade_off_in_the_scenario_or_its_rows_there_is_no_picture_of_it():
    assert against.gain_against_cost(*on_page(example.six())) is None
    assert against.gain_against_cost(*on_page(example.emptied(example.drawn(), "trade_off"))) is None


def test_the_strongest_parameter_is_named_under_every_model():
    found = against.what_decides(example.drawn())
    assert found.heading == (
        "What decides the difference: mean Treg, fold of baseline, Every other day, 3 cycles minus Every 3 days"
    )
    assert found.finding == "The strongest link is with ec50 (0.98 under turnover and 0.98 under effect_turnover)."
    assert found.reading == (
        "Bars are rank correlations of the difference with each parameter, over parameter draws, which decide the verdict. To the "
        "right: the higher the parameter, the larger the difference."
    )


def test_the_table_of_sensitivity_holds_draws_and_subjects():
    cells = dict(against.what_decides(example.drawn()).numbers.rows)["ec50, turnover"]
    assert cells == ("0.98 (40)", "0.71 (1000)")


def test_where_no_parameter_stands_out_none_is_named():
    made = example.drawn()
    weak = with_versus(made, sensitivity=[dataclasses.replace(row, correlation=0.1) for row in made.versus.sensitivity])
    assert against.what_decides(weak).finding == (
        "No parameter stands out (0.10 under turnover and 0.10 under effect_turnover at most)."
    )


def test_where_many_arms_share_a_panel_prediction_intervals_follow_arm_by_arm():
    made = example.drawn()
    view = view_of(made)
    first, apart = curves_picture(made, view, view.observables[0])
    assert (
        first.reading == "Bands are confidence intervals; prediction intervals follow arm by arm. Each grid line is a doubling."
    )
    assert apart.heading == "Treg, fold of baseline, arm by arm"
    assert {"spread", "sure"} <= {trace.meta["role"] for trace in apart.figure.data}
    assert "spread" not in {trace.meta["role"] for trace in first.figure.data}


def test_where_panels_show_all_there_is_no_second_figure_arm_by_arm():
    made = example.six()
    view = view_of(made)
    assert [curves_picture(made, view, each)[1] for each in view.observables] == [None] * 3


def test_shares_are_percentages_with_confidence_intervals():
    made = example.drawn()
    row = made.summary_of("Five-day courses", "turnover", "share with treg_fold above 3")
    only = example.with_scenario(made, endpoints=tuple(each for each in made.scenario.endpoints if each.kind == "share"))
    text = Page(report.page(only)).text
    low, high = 100 * row.confidence_low, 100 * row.confidence_high
    assert f"{100 * row.median:.0f} {low:.0f}–{high:.0f}" in text
    assert "Shares of subjects and SMDs have 90 % confidence intervals instead." in text


@pytest.mark.no_cover  # slow under the tracer, and no line is run by it alone
@pytest.mark.parametrize(
    ("tables", "heading"),
    [
        (("contrasts", "verdicts", "trade_off", "sensitivity"), "Arm against arm"),
        (("contrasts",), "Differences from Every other day, 3 cycles"),
        (("trade_off",), "Mean Treg, fold of baseline, against peak IL-2 in serum (IU/mL)"),
        (
            ("sensitivity",),
            "What decides the difference: mean Treg, fold of baseline, Every other day, 3 cycles minus Every 3 days",
        ),
        (("verdicts",), "What is supported"),
        (("equal_total",), "At equal total"),
        (("rest_response",), "Length of the rest"),
        (("given",), "In real life"),
        (("visits",), "What a trial would see"),
        (("statuses",), "Subjects that failed"),
    ],
)
def test_a_section_appears_only_where_its_table_has_rows(html, tables, heading):
    assert heading in headings(html)
    assert heading not in headings(report.page(example.emptied(example.drawn(), *tables)))


def headings(html: str) -> list[str]:
    return re.findall(r"<h[234][^>]*>([^<]*)", html)


@pytest.mark.parametrize("made", ["drawn", "drawn_thirteen", "drawn_hostile"])
def test_no_sentence_is_broken(made):
    html = example.page(made)
    said = [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", each)) for _, each in re.findall(
        r"<(p|figcaption|summary)[ >](.*?)</\1>", html[html.index("<main>") : html.index('id="repeat"')], re.DOTALL)]  # fmt: skip
    assert len(said) > 60
    assert [each for each in said if re.search(r"\b(None|nan)\b|\{\}|\.\.|[;,]\.| [,.;]|\( |‘’|\(\)", each)] == []
    assert "nan" not in Page(html).text.split()


def test_missing_values_leave_gaps_and_no_nan():
    made = example.drawn()
    numbers = ("difference", "difference_low", "difference_high", "ratio", "ratio_low", "ratio_high", "subject_low", "subject_high",
               "probability", "better_off")  # fmt: skip
    nothing = dict.fromkeys(numbers, math.nan)
    found = [dataclasses.replace(row, **nothing) if "Weekly" in (row.arm, row.against) else row for row in made.versus.contrasts]
    gaps = with_versus(made, contrasts=found)
    cells = dict(against.differences(*on_page(gaps)).numbers.rows)["Weekly, turnover"]
    assert cells[1:] == ("–",) * 8
    assert not {"nan", "NaN", "None"} & set(re.findall(r"\w+", Page(report.page(gaps)).text))


def test_pairs_without_a_verdict_are_still_in_a_picture():
    assert len(against.every_pair(*on_page(example.emptied(example.drawn(), "verdicts")))) == 1


def test_tables_of_another_order_give_the_same_verdict():
    made = example.drawn()
    again = verdict.verdict(*on_page(with_versus(made, contrasts=made.versus.contrasts[::-1])))
    assert again == verdict.verdict(*on_page(made))


def open_pair(made, reason: Reason, lack: Lack | None = None, **probabilities: float):
    """Return the comparison of which the leading endpoint has one pair, not supported for this reason."""
    row = rows(made, "verdicts", endpoint=LEAD)[0]
    views = []
    for view in row.views:
        share = probabilities.get(view.model, 0.5)
        contrast = dataclasses.replace(view.contrast, probability=share, better=share, equal=0.0, worse=1 - share)
        own = lack if view.model == "turnover" else None
        views.append(dataclasses.replace(view, contrast=contrast, lack=own, empty=("Weekly",) if own == Lack.VALUE else ()))
    open_ = dataclasses.replace(row, finding=Finding.NOT_SUPPORTED, winner="", reason=reason, views=tuple(views))
    return with_versus(made, verdicts=[open_])


@pytest.mark.parametrize(
    ("reason", "lack", "probabilities", "said"),
    [
        (Reason.LACKING, Lack.ENDPOINT, {}, "not every model has the endpoint"),
        (Reason.LACKING, Lack.UNCERTAINTY, {}, "the uncertainty of the parameters of turnover is not known: its model file has no "
         "key ‘uncertainty’"),
        (Reason.LACKING, Lack.VALUE, {}, "values to compare are missing under some model"),
        (Reason.NOT_TOLD_APART, None, {}, "no model tells the two schedules apart"),
        (Reason.FEW_DRAWS, None, {}, "there are too few parameter draws to tell 95 %"),
        (Reason.DISAGREE, None, {"turnover": 1.0, "effect_turnover": 0.0}, "the models contradict each other ("),
        (Reason.TOO_SMALL, None, {}, "every model is sure of a direction, but not of a difference of 0 %"),
        (Reason.UNSURE, None, {"turnover": 0.8, "effect_turnover": 0.95 - 1e-14},
         "some models are sure of a direction and others are not"),
        (Reason.UNSURE, None, {"turnover": 0.8, "effect_turnover": 0.94}, "no model is sure of a direction"),
    ],
)  # fmt: skip
def test_a_pair_is_open_for_what_its_reason_says(reason, lack, probabilities, said):
    made = open_pair(example.drawn(), reason, lack, **probabilities)
    assert verdict.verdict(*on_page(made)).sentences[0].startswith(f"Not supported: one pair, because {said}")


def test_an_arm_that_is_never_worse_is_said_to_be_so():
    made = example.drawn()
    row = rows(made, "verdicts", endpoint=LEAD)[0]
    never = dataclasses.replace(row, finding=Finding.NEVER_WORSE, winner=row.against, reason=Reason.NEVER_WORSE)
    found = verdict.verdict(*on_page(with_versus(made, verdicts=[never])))
    assert found.found == "On mean Treg, fold of baseline (higher is better), no difference between two arms is supported."
    assert found.sentences[0] == "‘Daily, 12 weeks’ is never worse than ‘Every other day, 3 cycles’."
    (told,) = found.tables[0].rows
    assert (told.arm, told.kind, told.sign, told.said) == ("Daily, 12 weeks", "never-worse", "≥", "Daily, 12 weeks never worse")
    assert found.sentences[0] in found.brief


def ties_said(made) -> str:
    """Return how to read the grid of pairs."""
    return against.every_pair(*on_page(made))[0].reading


def test_draws_that_are_tied_are_counted_apart():
    made = example.drawn()
    contrasts = [dataclasses.replace(row, probability=0.875, better=0.75, equal=0.25, worse=0.0) for row in made.versus.contrasts]
    tied = with_versus(made, contrasts=contrasts)
    said = "of the column, draws in which both are equal counted half; blue is for the row"
    assert said in ties_said(tied)
    assert "equal" not in ties_said(made)
    row = rows(made, "verdicts", endpoint=LEAD)[0]
    view = dataclasses.replace(row.views[0], contrast=contrasts[0])
    assert verdicts.probabilities(dataclasses.replace(row, views=(view,)), row.arm) == (
        "turnover 88\u00a0% (75\u00a0% better, 25\u00a0% equal, 0\u00a0% worse)"
    )
    never = dataclasses.replace(contrasts[0], probability=0.5, better=0.0, equal=1.0)
    view = dataclasses.replace(view, contrast=never)
    assert verdicts.probabilities(dataclasses.replace(row, views=(view,)), row.arm) == "turnover equal in every draw"


def test_arms_that_are_equally_likely_to_be_best_have_no_first():
    made = example.drawn()
    best = [dataclasses.replace(row, probability=1 / 6) for row in made.versus.best]
    assert against.every_pair(*on_page(with_versus(made, best=best)))[0].finding == (
        "On mean Treg, fold of baseline, no arm is likelier than another to be best."
    )


def test_a_verdict_that_rests_on_an_exploratory_model_says_so():
    made = example.drawn()
    caution = "effect_turnover is an exploratory model: what rests on it is a hypothesis, not a finding."
    assert verdict.verdict(*on_page(made)).sentences[-1] == caution
    assert caution not in verdict.verdict(made, dataclasses.replace(view_of(made), exploratory=frozenset())).sentences


def test_probabilities_beside_a_verdict_are_in_percent():
    made = open_pair(example.drawn(), Reason.UNSURE, turnover=1.0, effect_turnover=0.2525)
    (row,) = verdict.verdict(*on_page(made)).tables[0].rows
    assert row.probabilities == "turnover 100\u00a0%, effect_turnover 25\u00a0%"


@pytest.mark.parametrize(
    ("share", "rule", "text"),
    [(0.9475, 0.95, "94"), (0.95 - 1e-14, 0.95, "95"), (0.0525, 0.95, "6"), (0.05, 0.95, "5"), (0.976, 0.975, "98"),
     (0.998, 0.95, ">99"), (0.2525, 0.95, "25"), (0.996, 1.0, ">99"), (math.nan, 0.95, "–")],
)  # fmt: skip
def test_a_probability_that_falls_short_of_the_rule_is_not_rounded_up_to_it(share, rule, text):
    assert percent(share, rule) == text


def test_the_grid_says_how_exactly_its_draws_tell_a_probability(page):
    assert between_arms.precision(0.95, 200) == (
        "With 200 draws, a probability near 95 % is known to about ±1.5 percentage points (one standard error)."
    )
    assert "With 40 draws, a probability near 95 % is known to about ±3.4 percentage points" in page.text
    assert between_arms.precision(1.0, 200) == ""


def test_arms_are_dominated_by_the_rule_of_the_scenario():
    drawn = example.drawn()
    made = with_versus(drawn, trade_off=[dataclasses.replace(row, dominated=0.97) for row in drawn.versus.trade_off])
    assert "some other arm is as good on both" in against.gain_against_cost(*on_page(made)).finding
    assert "some other arm" not in against.gain_against_cost(*on_page(example.with_scenario(made, rule=Rule(0.975)))).finding


def test_the_table_of_a_response_holds_the_level_and_the_median_of_every_arm():
    made = example.drawn_thirteen()
    picture = next(each for key, each in pictures_of(made).items() if key == "response-1")
    levels = dict(picture.numbers.rows)
    assert [levels[f"SLE, {amount} MIU"][0] for amount in ("0.75", "1.5", "3")] == ["0.75 MIU", "1.5 MIU", "3 MIU"]
    lead = judged(made)[0]
    for place, model in enumerate(made.models):
        row = made.summary_of("SLE, 3 MIU", model.name, lead.words)
        assert levels["SLE, 3 MIU"][1 + 2 * place] == lead.number(row.median)


@pytest.mark.parametrize(
    ("sure", "unsure", "said"),
    [
        (["a", "b"], [], "Bands are 90 % confidence intervals of the median."),
        ([], ["a"], "Bands are 90 % prediction intervals of a new subject."),
        (["a"], ["b"], "Bands are 90 % confidence intervals of the median; under b, 90 % prediction intervals of a new subject."),
    ],
)
def test_the_bands_of_a_response_say_whose_intervals_they_are(sure, unsure, said):
    assert reading.responses(sure, unsure) == said

"""What the page says where arms are compared over parameter draws: verdict, forest, grid, trade-off, sensitivity, bands."""

from __future__ import annotations

import dataclasses
import json
import math
import re
from itertools import pairwise

import numpy as np
import pytest
from plotly.offline import get_plotlyjs

from regimens import report
from regimens.contrasts.verdict import Finding, Lack, Reason, Rule
from regimens.report import contrast_forest, heat, plane, tornado, verdict
from regimens.report.layout import layout
from regimens.report.pairs import Pairs, percent, turned
from regimens.report.panel import MOST_POINTS
from regimens.report.plane import Box, place
from regimens.report.scale import linear
from regimens.report.text import between_arms, verdicts, words

from . import example
from .example import rows
from .test_page import MOST_BYTES, Page, _contrast, figures

LEAD = "mean of treg_fold"
AA_TEXT = 4.5


@pytest.fixture(scope="module")
def html() -> str:
    return report.page(example.drawn())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def with_versus(made, **tables):
    """Return the comparison with other rows in what compares arms."""
    return dataclasses.replace(made, versus=dataclasses.replace(made.versus, **{k: tuple(v) for k, v in tables.items()}))


def on_page(comparison):
    return comparison, layout(comparison)


def test_the_opening_states_subjects_and_draws(page):
    assert (
        "Five schedules of subcutaneous IL-2 and one arm without doses, 18.48 to 30 MIU in all, over 24 weeks, under two models, "
        "25 virtual subjects in each of 40 parameter draws." in page.text
    )


def reduced_to(made, **counts: tuple[int, int]):
    """Return the comparison as if its scenario had asked for more: (asked for, done)."""
    return dataclasses.replace(made, provenance=dataclasses.replace(made.provenance, reduced=counts))


def test_a_run_of_reduced_size_says_so_in_sight():
    made = example.drawn()
    smaller = reduced_to(made, subjects=(500, 25), draws=(200, 40))
    said = "A first look at reduced size: 25 of 500 subjects and 40 of 200 draws. Run it in full before you conclude anything."
    assert said in Page(report.page(smaller)).text
    assert said not in Page(report.page(made)).text


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
    table = rows(example.drawn(), "verdicts", endpoint="peak of serum_il2")[:15]
    assert all(row.finding == Finding.BETTER for row in table)
    assert "Supported on the other endpoints: 14 of 15 on peak Treg, fold of baseline;" in page.text
    assert "15 of 15 on peak IL-2 in serum." in page.text


@pytest.mark.parametrize(
    ("probability", "models", "said"),
    [
        (0.95, 2, "The rule: one arm is called better than another only if every model gives at least 95 % probability to the "
         "same direction, over the draws of the parameters in which the two differ, which must be at least 50 % of all."),
        (0.975, 1, "The rule: one arm is called better than another only if the model gives at least 97.5 % probability to the "
         "same direction, over the draws of the parameters in which the two differ, which must be at least 50 % of all."),
    ],
)  # fmt: skip
def test_the_rule_is_a_sentence(probability, models, said):
    assert verdicts.rule(Rule(probability), models) == said


def test_every_endpoint_with_a_direction_has_its_pairs_in_a_table_and_the_first_stands_open(html):
    found = re.findall(r'<details class="pairs(?: long)?"( open)?><summary>(.*?)</summary>(.*?)</details>', html, re.DOTALL)
    first = [row for row in found if "Mean Treg" in row[1]]
    assert found[0][1] == "Mean Treg, fold of baseline (higher is better): 7 of 15 pairs supported"
    assert [bool(opened) for opened, *_ in found] == [True, *[False] * (len(found) - 1)]
    assert len(found) == 7  # six endpoints, and the leading one at equal total
    assert first[0][2].count("<tr class=") == 15
    assert "Daily, 12 weeks</b> <span>against</span> <b>Weekly" in first[0][2]
    assert "The models disagree: turnover gives " in first[0][2]


def test_an_endpoint_without_a_direction_leads_nothing():
    made = example.drawn()
    endpoints = tuple(dataclasses.replace(each, better="") for each in made.scenario.endpoints)
    plain = example.with_scenario(made, endpoints=endpoints)
    assert verdict.verdict(*on_page(plain)).found == "No endpoint says which way is better, so no arm is called better."


def test_arms_that_give_the_same_doses_are_named_together():
    text = Page(report.page(example.drawn_thirteen())).text
    assert (
        "‘RA, 3 cycles + methotrexate’ and ‘Sjögren, 3 cycles’ give the same doses: nothing can tell them apart. ‘RA, control’, "
        "‘RA, placebo + methotrexate’, ‘Sjögren, placebo’ and ‘ALS, placebo’ give the same doses: nothing can tell them apart."
        in text
    )


def test_with_one_draw_it_says_that_parameters_were_taken_as_known_and_what_to_write():
    text = Page(report.page(example.six())).text
    assert (
        "Intervals are 90 % prediction intervals between 200 virtual subjects. No uncertainty of the parameters themselves is in "
        "this run: they were taken as known, so it does not say how sure a difference between schedules is. To find out, write "
        "‘draws: 200’ beneath ‘population:’ in the scenario." in text
    )
    assert "What is supported" not in text
    assert "Every pair" not in text


def test_with_one_draw_pairs_of_the_same_schedule_are_still_said():
    made = example.drawn_thirteen()
    known = dataclasses.replace(layout(made), draws=1)
    found = verdict.verdict(made, known)
    assert "give the same doses: nothing can tell them apart." in found.found
    assert found.tables == ()
    assert heat.heats(made, known) == ()


def test_a_pair_reads_the_same_from_either_side():
    made = example.drawn()
    pairs = Pairs(made)
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


def test_the_forest_holds_every_arm_but_the_reference_against_the_first_that_is_dosed():
    found = contrast_forest.forest(*on_page(example.drawn_thirteen()))
    assert found.reference.name == "RA, 5 days"
    for block in (*found.blocks, *found.further):
        assert [look.name for look, _, _ in block.rows] == [name for name in example.THIRTEEN if name != "RA, 5 days"]


def test_a_mark_lies_where_its_difference_is_on_an_axis_that_shows_zero():
    made = example.drawn()
    found = contrast_forest.forest(*on_page(made))
    block = found.blocks[0]
    scaled = {text: at for at, text in block.ticks}
    assert scaled["0"] == pytest.approx(block.zero, abs=0.01)
    per_unit = (scaled["1"] - scaled["0"]) / 1.0
    (row,) = rows(made, "contrasts", endpoint=LEAD, model="effect_turnover", arm="Every other day, 3 cycles", against="Weekly")
    mark = next(marks[1] for look, marks, _ in block.rows if look.name == "Weekly")
    assert mark.middle == pytest.approx(block.zero - row.difference * per_unit, abs=0.1)
    assert mark.sure == pytest.approx(
        (block.zero - row.difference_high * per_unit, block.zero - row.difference_low * per_unit), abs=0.1
    )


def test_what_lies_beyond_the_axis_is_told_and_never_drawn_as_if_it_were_inside():
    made = example.drawn()
    found = contrast_forest.forest(*on_page(made))
    marks = [mark for block in found.blocks for _, row, _ in block.rows for mark in row]
    assert all(0 <= value <= 100 for mark in marks for value in (mark.middle, *(mark.sure or ()), *(mark.spread or ())))
    beyond = [mark for mark in marks if mark.off]
    assert {mark.off for mark in beyond} == {"−0.265", "−0.985"}
    assert all(any(mark.cut) for mark in beyond)
    assert "a number at the edge is a difference beyond it" in found.reading


def test_the_forest_says_in_words_what_it_shows_and_how_to_read_it(page):
    assert (
        "Against ‘Every other day, 3 cycles’, on mean Treg, fold of baseline, ‘Five-day courses’ is better and ‘Placebo’ is "
        "worse; for three other arms no direction is supported." in page.text
    )
    assert (
        "thick lines are 90 % confidence intervals of the difference in the population, over 40 parameter draws; thin lines are "
        "90 % prediction intervals of one person’s own difference" in page.text
    )


def test_ratios_stand_in_the_table_of_the_forest():
    made = example.drawn()
    (row,) = rows(made, "contrasts", endpoint=LEAD, model="turnover", arm="Every other day, 3 cycles", against="Five-day courses")
    numbers = contrast_forest.forest(*on_page(made)).numbers.rows
    cells = next(cells for name, cells in numbers if name == "Five-day courses, turnover")
    assert cells[3] == words.number(1 / row.ratio)
    assert cells[4] == f"{words.number(1 / row.ratio_high)} to {words.number(1 / row.ratio_low)}"


def test_without_any_interval_there_is_no_forest():
    assert contrast_forest.forest(*on_page(example.emptied(example.drawn(), "contrasts"))) is None
    assert contrast_forest.forest(*on_page(example.six(1))) is None


def test_each_cell_of_the_grid_holds_its_probability_and_the_other_side_the_rest():
    made = example.drawn()
    first = heat.heats(*on_page(made))[0]
    for grid in first.grids:
        table = rows(made, "contrasts", endpoint=LEAD, model=grid.model)
        known = {(row.arm, row.against): row.probability for row in table}
        for row in grid.rows:
            for other, cell in zip(grid.rows, row.cells, strict=True):
                if row is other:
                    assert cell.text == ""
                    continue
                chance = known.get((row.arm.name, other.arm.name), 1 - known.get((other.arm.name, row.arm.name), math.nan))
                assert cell.text == words.percent(chance)
                assert np.sign(cell.tint) in (0, np.sign(chance - 0.5))


def test_a_frame_marks_the_pairs_that_every_model_supports():
    made = example.drawn()
    won = {frozenset((r.arm, r.against)) for r in rows(made, "verdicts", endpoint=LEAD, finding=Finding.BETTER)}
    for grid in heat.heats(*on_page(made))[0].grids:
        names = [row.arm.name for row in grid.rows]
        framed = {frozenset((row.arm.name, names[k])) for row in grid.rows for k, cell in enumerate(row.cells) if cell.sure}
        assert framed == {pair for pair in won if pair <= set(names)}


@pytest.mark.parametrize(
    ("chance", "tint"),
    [(0.5, 0), (0.59, 0), (0.6, 1), (0.8, 2), (0.949, 2), (0.95, 3), (1.0, 3), (0.3, -1), (0.05, -3), (0.0, -3)],
)
def test_tints_grow_with_the_probability_and_the_strongest_starts_at_the_rule(chance, tint):
    assert heat.tint(chance, 0.95) == tint


def test_probabilities_of_being_best_add_up_to_one():
    for grid in heat.heats(*on_page(example.drawn()))[0].grids:
        assert sum(row.share for row in grid.rows) == pytest.approx(100, abs=0.2)


def test_the_grid_says_who_is_likeliest_to_be_best(page):
    assert (
        "On mean Treg, fold of baseline, ‘Five-day courses’ is the likeliest to be best under every model: 60\u00a0% under "
        "turnover and 60\u00a0% under effect_turnover." in re.sub(r"[ \n]+", " ", " ".join(page.words))
    )


def test_the_same_schedule_is_an_equals_sign():
    grid = heat.heats(*on_page(example.drawn_thirteen()))[0].grids[0]
    by_name = {row.arm.name: row for row in grid.rows}
    order = list(by_name)
    assert by_name["RA, control"].cells[order.index("ALS, placebo")].text == "="


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0"), (0.001, "<1"), (0.5, "50"), (0.999, ">99"), (1.0, "100"), (float("nan"), "–")]
)
def test_what_is_not_quite_none_or_all_is_never_rounded_to_it(share, text):
    assert words.percent(share) == text


def test_the_plane_draws_a_panel_a_model_with_all_arms_and_the_front():
    found = plane.plane(*on_page(example.drawn()))
    assert [model for model, _ in found.drawings] == ["turnover", "effect_turnover (exploratory)"]
    assert [drawing.count('class="spot on') for _, drawing in found.drawings] == [3, 4]
    assert [drawing.count('class="spot off-front') for _, drawing in found.drawings] == [3, 2]
    for _, drawing in found.drawings:
        assert drawing.count('class="front"') == 1
        assert "↖ better" in drawing
    assert found.finding == (
        "‘Daily, 12 weeks’, ‘Every 3 days’ and ‘Placebo’: no other arm has both more gain and less cost under every model; "
        "‘Weekly’: some other arm is as good on both and better on one in at least 95 % of the draws under every model."
    )


def test_variants_are_in_the_table_of_the_plane_and_not_in_its_drawings():
    found = plane.plane(*on_page(example.drawn()))
    assert "Weekly, 21 MIU, turnover" in dict(found.numbers.rows)
    assert all("21 MIU" not in drawing for _, drawing in found.drawings)


def test_more_arms_than_colours_have_numbers_and_a_key():
    found = plane.plane(*on_page(example.drawn_thirteen()))
    assert found.key == tuple(example.THIRTEEN)
    assert ">13</text>" in found.drawings[0][1]
    assert plane.plane(*on_page(example.drawn())).key == ()


def test_names_keep_apart_from_each_other_and_inside_the_picture():
    within = Box(0, 0, 400, 300)
    points = [(200.0 + 3 * k, 150.0 + 2 * k, f"name {k}") for k in range(5)]
    boxes = []
    for (x, y, anchor), (_, _, name) in zip(place(points, within, []), points, strict=True):
        wide = 7.3 * len(name)
        left = {"start": x, "end": x - wide, "middle": x - wide / 2}[anchor]
        boxes.append(Box(left, y - 10.4, left + wide, y + 2.6))
    assert all(one.shared(other) == 0 for k, one in enumerate(boxes) for other in boxes[:k])
    assert all(box.left >= 0 and box.right <= 400 and box.top >= 0 and box.bottom <= 300 for box in boxes)


@pytest.mark.parametrize(("low", "high"), [(-3.0, 5.0), (0.0, 0.0), (2.0, 2.0), (1e-9, 3e-9), (-2e6, -1e6)])
def test_a_linear_axis_holds_both_ends_and_two_ticks_at_least(low, high):
    axis = linear(low, high)
    assert axis.low < low <= high < axis.high
    assert len(axis.ticks) >= 2
    assert axis.low <= axis.ticks[0] < axis.ticks[-1] <= axis.high


def test_the_strongest_parameters_come_first_and_eight_at_most():
    made = example.drawn()
    found = tornado.tornado(*on_page(made))
    assert (found.arm, found.against) == ("Every other day, 3 cycles", "Every 3 days")
    for _, bars in found.panels:
        assert len(bars) <= 8
        assert all(abs(a.correlation) >= abs(b.correlation) for a, b in pairwise(bars))
        assert all(0 <= bar.left <= 50 <= bar.left + bar.width <= 100 for bar in bars)
    assert found.finding == "The strongest link is with ec50 (0.98 under turnover and 0.98 under effect_turnover)."


def test_the_table_of_sensitivity_holds_draws_and_subjects():
    cells = dict(tornado.tornado(*on_page(example.drawn())).numbers.rows)["ec50, turnover"]
    assert len(cells) == 3
    assert cells[1].endswith("(40)")
    assert cells[2].endswith("(1000)")


def test_where_no_parameter_stands_out_none_is_named():
    made = example.drawn()
    weak = with_versus(made, sensitivity=[dataclasses.replace(row, correlation=0.1) for row in made.versus.sensitivity])
    assert tornado.tornado(*on_page(weak)).finding == (
        "No parameter stands out (0.10 under turnover and 0.10 under effect_turnover at most)."
    )


def test_curves_carry_both_bands_and_the_caption_tells_them_apart(html, page):
    found = figures(html)
    roles = {trace["meta"]["role"] for trace in found["apart-treg_fold-0"]["data"]}
    assert {"line", "ribbon", "sure"} <= roles
    assert "wide, light bands are 90 % prediction intervals: a new subject; narrow, dark bands are 90 % confidence" in page.text


def test_where_many_arms_share_a_panel_prediction_intervals_wait_until_an_arm_is_pointed_at(html, page):
    shared = [t for t in figures(html)["treg_fold-0"]["data"] if t["meta"]["role"] == "ribbon"]
    assert shared
    assert all(trace["meta"]["quiet"] for trace in shared)
    assert "the wider prediction intervals of a new subject follow arm by arm" in page.text
    twin = re.search(r'id="figure-treg_fold-0"></div>\s*(<svg.*?</svg>)', html, re.DOTALL)[1]
    assert 'class="ribbon' not in twin
    assert 'class="sure' in twin


def test_without_draws_no_curve_has_a_confidence_interval():
    traces = [t for f in figures(report.page(example.six())).values() for t in f["data"]]
    assert {t["meta"]["role"] for t in traces} == {"line", "ribbon", "dose"}
    assert not any(t["meta"].get("quiet") for t in traces)


def test_single_subjects_are_thin_lines_where_there_is_room():
    html = report.page(example.drawn_individuals())
    found = figures(html)
    threads = [t for t in found["apart-treg_fold-0"]["data"] if t["meta"]["role"] == "thread"]
    assert len(threads) == 2 * 4  # two models, four subjects
    assert not [t for t in found["treg_fold-0"]["data"] if t["meta"]["role"] == "thread"]
    assert "thin lines are single subjects" in Page(html).text
    assert all(len(t["x"]) <= MOST_POINTS for f in found.values() for t in f["data"] if t["meta"]["role"] in {"line", "thread"})


@pytest.mark.parametrize("made", ["drawn", "drawn_thirteen", "drawn_individuals"])
def test_a_page_with_everything_stays_under_eight_megabytes(made):
    assert len(report.page(getattr(example, made)()).encode()) < MOST_BYTES


def test_shares_are_percentages_with_confidence_intervals():
    made = example.drawn()
    row = made.summary_of("Five-day courses", "turnover", "share with treg_fold above 3")
    only = example.with_scenario(made, endpoints=tuple(each for each in made.scenario.endpoints if each.kind == "share"))
    text = Page(report.page(only)).text
    low, high = 100 * row.confidence_low, 100 * row.confidence_high
    assert f"{100 * row.median:.0f} {low:.0f}–{high:.0f}" in text
    assert "A share of subjects has its 90 % confidence interval instead." in text


@pytest.mark.parametrize(
    ("tables", "heading"),
    [
        (("contrasts", "trade_off", "sensitivity"), "Arm against arm"),
        (("trade_off",), "Gain against cost"),
        (("sensitivity",), "What decides it"),
        (("verdicts",), "What is supported"),
        (("equal_total",), "At equal total"),
        (("rest_response",), "Length of the rest"),
        (("given",), "In real life"),
        (("visits",), "What a trial would see"),
        (("statuses",), "Subjects that failed"),
    ],
)
def test_a_section_appears_only_where_its_table_has_rows(page, tables, heading):
    headings = lambda text: re.findall(r"<h[23][^>]*>([^<]*)", text)  # noqa: E731
    assert heading in " ".join(page.words)
    assert heading not in headings(report.page(example.emptied(example.drawn(), *tables)))


def test_hostile_names_never_become_markup_in_any_section():
    html = report.page(example.drawn_hostile())
    own = html.replace(get_plotlyjs(), "")
    assert "<script>alert" not in own
    assert "alert(1)</script>" not in own
    assert "<b>bold" not in own
    assert len(Page(html).all("script")) == 4
    assert "‘{{ 7 * 7 }} {% raw %} %{x} <br>line’" in Page(html).text
    json.loads(re.search(r'<script type="application/json" id="figures">(.*?)</script>', html, re.DOTALL)[1])


@pytest.mark.parametrize("made", ["drawn", "drawn_thirteen", "drawn_hostile", "drawn_individuals"])
def test_every_figure_has_a_caption_alternative_text_and_its_numbers(made):
    html = report.page(getattr(example, made)())
    found = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    assert len(found) >= 9
    for figure in found:
        assert re.search(r"<figcaption>\s*<span>[^<]{15,}", figure)
        assert re.search(r"<details.*<table>.*<td>", figure, re.DOTALL)
    page = Page(html)
    drawings = [each for each in page.elements if each[0] == "svg" and "svg" not in each[2]]
    assert all("aria-label" in each[1] or each[1].get("aria-hidden") == "true" for each in drawings)
    assert all(cell.get("scope") in {"col", "row", "colgroup"} for cell in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [each[1]["id"] for each in page.elements if "id" in each[1]]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("made", ["drawn", "drawn_thirteen", "drawn_hostile"])
def test_no_sentence_is_broken(made):
    html = report.page(getattr(example, made)())
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
    html = report.page(with_versus(made, contrasts=found))
    assert "NaN" not in html.replace(get_plotlyjs(), "")
    assert "nothing to compare" in Page(html).text


def test_the_same_comparison_gives_the_same_bytes(html):
    assert report.page(dataclasses.replace(example.drawn())) == html


@pytest.mark.parametrize("theme", [0, 1])
def test_numbers_on_tints_reach_wcag_aa(html, theme):
    main = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", re.findall(r":root \{(.*?)\}", html, re.DOTALL)[theme]))
    tints = dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", re.findall(r":root \{(.*?)\}", html, re.DOTALL)[2 + theme]))
    assert set(tints) == {"h1", "h2", "h3", "h1x", "h2x", "h3x", "on"}
    for name in ("h1", "h2", "h1x", "h2x"):
        assert _contrast(main["ink"], tints[name]) >= AA_TEXT, name
    for name in ("h3", "h3x"):
        assert _contrast(tints["on"], tints[name]) >= AA_TEXT, name


def test_a_probability_without_a_verdict_table_still_makes_a_page():
    assert "Every pair" in Page(report.page(example.emptied(example.drawn(), "verdicts"))).text


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
    assert (found.tables[0].rows[0].kind, found.tables[0].rows[0].said) == ("never-worse", "Daily, 12 weeks never worse")
    assert found.sentences[0] in found.brief


def test_draws_that_are_tied_are_counted_apart():
    made = example.drawn()
    contrasts = [dataclasses.replace(row, probability=0.875, better=0.75, equal=0.25, worse=0.0) for row in made.versus.contrasts]
    tied = with_versus(made, contrasts=contrasts)
    said = "than that of the column, draws in which both are equal counted half; the strongest tints start at 95 %."
    assert said in heat.heats(*on_page(tied))[0].reading
    assert "equal" not in heat.heats(*on_page(made))[0].reading
    row = rows(made, "verdicts", endpoint=LEAD)[0]
    view = dataclasses.replace(row.views[0], contrast=contrasts[0])
    assert verdicts.probabilities(dataclasses.replace(row, views=(view,))) == (
        "turnover 88\u00a0% (75\u00a0% better, 25\u00a0% equal, 0\u00a0% worse)"
    )
    never = dataclasses.replace(contrasts[0], probability=0.5, better=0.0, equal=1.0)
    view = dataclasses.replace(view, contrast=never)
    assert verdicts.probabilities(dataclasses.replace(row, views=(view,))) == "turnover equal in every draw"


def test_arms_that_are_equally_likely_to_be_best_have_no_first():
    made = example.drawn()
    best = [dataclasses.replace(row, probability=1 / 6) for row in made.versus.best]
    assert heat.heats(*on_page(with_versus(made, best=best)))[0].finding == (
        "On mean Treg, fold of baseline, no arm is likelier than another to be best."
    )


def test_a_verdict_that_rests_on_an_exploratory_model_says_so():
    made = example.drawn()
    caution = "effect_turnover is an exploratory model: what rests on it is a hypothesis, not a finding."
    assert verdict.verdict(*on_page(made)).sentences[-1] == caution
    assert caution not in verdict.verdict(made, dataclasses.replace(layout(made), exploratory=frozenset())).sentences


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
    assert "some other arm is as good on both" in plane.plane(*on_page(made)).finding
    assert "some other arm" not in plane.plane(*on_page(example.with_scenario(made, rule=Rule(0.975)))).finding

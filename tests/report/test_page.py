"""The page as text: what it says, what it escapes, how it is built."""

from __future__ import annotations

import dataclasses
import json
import re
from fractions import Fraction
from html.parser import HTMLParser
from importlib.metadata import version
from itertools import pairwise

import numpy as np
import pytest
from plotly.offline import get_plotlyjs

from regimens import report
from regimens.exposure import Expected, ExposureTable
from regimens.population import Bodies, Population, Spread
from regimens.report.document import policy
from regimens.report.panel import MOST_POINTS
from regimens.study.given import people_totals

from . import example

MOST_BYTES = 8_000_000
AA_TEXT, AA_GRAPHICS = 4.5, 3.0
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """A page taken apart: elements with their attributes and parents, and visible text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict, tuple[str, ...]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes), tuple(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self._open):
            self.words.append(data)

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes, _ in self.elements if name == tag]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def html() -> str:
    return report.page(example.six())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def figures(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="figures">(.*?)</script>', html, re.DOTALL)[1])


def test_the_title_is_followed_by_one_sentence_on_what_was_compared(page):
    assert "Six ways to give 21 MIU" in page.text
    assert (
        "Five schedules of subcutaneous IL-2 and one arm without doses, 21 MIU each, over 24 weeks, under two models, "
        "200 virtual subjects." in page.text
    )


def test_every_arm_has_a_row_with_its_schedule_and_its_median_and_interval(page):
    row = example.six().summary_of("Five-day courses", "turnover", "peak of treg_fold")
    assert "(1.05 MIU SC daily x 5, rest 16 days) x 4" in page.text
    assert f"{row.median:.2f} {row.low:.2f}–{row.high:.2f}" in page.text


def test_with_subjects_it_says_whose_interval_it_shows(page):
    assert "90 % prediction intervals between 200 virtual subjects. No uncertainty of the parameters" in page.text


def test_with_one_subject_it_claims_no_certainty_and_draws_no_ribbon():
    html = report.page(example.six(1))
    assert "Typical subject only; no statement about certainty." in Page(html).text
    assert {trace["meta"]["role"] for figure in figures(html).values() for trace in figure["data"]} == {"line", "dose"}


def test_hostile_names_never_become_markup():
    html = report.page(example.hostile_six())
    without_plotly = html.replace(get_plotlyjs(), "")
    assert "alert(1)</script>" not in without_plotly
    assert "<script>alert" not in without_plotly
    assert "<b>bold" not in without_plotly
    assert "{{ 7 * 7 }} {% raw %}" in Page(html).text
    assert len(Page(html).all("script")) == 4


def test_hostile_names_reach_plotly_as_plain_text():
    names = {trace.get("name", "") for f in figures(report.page(example.hostile_six())).values() for trace in f["data"]}
    assert any("&lt;script&gt;" in name for name in names)
    assert not any("<" in name for name in names)


def test_names_of_arms_are_no_part_of_hover_templates():
    templates = {t.get("hovertemplate", "") for f in figures(report.page(example.hostile_six())).values() for t in f["data"]}
    assert all("x}" not in template and "alert" not in template for template in templates)


def test_plotly_is_embedded_once(html):
    assert html.count(get_plotlyjs()[:2000]) == 1
    assert html.count(get_plotlyjs()[-2000:]) == 1


def test_nothing_is_loaded_from_outside(html, page):
    own = html.replace(get_plotlyjs(), "")
    assert not [e for e in page.elements if "src" in e[1] or e[0] in {"iframe", "object", "embed", "base", "form"}]
    assert [link["href"] for link in page.all("link")] == ["data:,"]
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp|import\(", own)
    for anchor in page.all("a"):
        assert anchor["href"].startswith(("#", "https://doi.org/", "https://clinicaltrials.gov/study/"))


def test_links_within_the_page_lead_somewhere(page):
    ids = [e[1]["id"] for e in page.elements if "id" in e[1]]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")} <= set(ids)


def test_every_figure_has_a_caption_and_its_numbers_in_a_table(html):
    found = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    assert len(found) >= 6
    for figure in found:
        assert re.search(r"<figcaption>\s*<span>[^<]{20,}", figure)
        assert re.search(r"<details.*<table>.*<td>", figure, re.DOTALL)


def test_every_picture_says_what_it_shows(page):
    pictures = [e for e in page.elements if e[1].get("role") == "img"]
    assert pictures
    assert all(len(e[1]["aria-label"]) > 5 for e in pictures)
    drawings = [e for e in page.elements if e[0] == "svg" and "svg" not in e[2]]
    assert all("aria-label" in e[1] or e[1].get("aria-hidden") == "true" for e in drawings)


def test_headings_form_an_outline(page):
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_header_cell_has_a_scope_and_every_table_a_caption(html, page):
    assert all(cell.get("scope") in {"col", "row", "colgroup"} for cell in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))


def test_the_same_comparison_gives_the_same_bytes(html):
    assert report.page(example.comparison(example.SIX, "Six ways to give 21 MIU", 200)) == html


def test_a_curve_has_few_points_and_keeps_its_peak(html):
    six = example.six()
    lines = [t for key, f in figures(html).items() if key.startswith("serum") for t in f["data"] if t["meta"]["role"] == "line"]
    assert lines
    assert all(len(line["x"]) <= MOST_POINTS for line in lines)
    peak = max(bands.median[bands.row("serum_il2")].max() for bands in six.bands.values())
    assert max(max(line["y"]) for line in lines) == pytest.approx(peak, rel=1e-3)


def test_a_fold_range_past_four_counts_doublings(html):
    axis = figures(html)["treg_fold-1"]["layout"]["yaxis"]
    assert axis["type"] == "log"
    assert axis["ticktext"] == ["1", "2", "4", "8"]


def test_nine_arms_and_more_are_drawn_apart_and_those_without_doses_together():
    found = figures(report.page(example.thirteen()))
    panels = [key for key in found if key.startswith("treg_fold")]
    assert len(panels) == 9
    assert sorted(len({t["meta"]["arm"] for t in found[key]["data"]}) for key in panels) == [1] * 8 + [4]


def test_arms_that_coincide_are_drawn_apart():
    arms = {name: example.THIRTEEN[name] for name in ("RA, 5 days", "RA, 5 days + tocilizumab")}
    found = figures(report.page(example.comparison(arms, "Coinciding", 1, (example.model("turnover", "tocilizumab"),))))
    assert {"treg_fold-0", "treg_fold-1"} <= set(found)
    assert {t["meta"]["arm"] for t in found["treg_fold-0"]["data"]} == {0}


def test_a_drug_that_no_model_knows_is_named():
    text = Page(report.page(example.thirteen())).text
    assert "This model has no input for tocilizumab: arms that give it are not modelled under it." in text


def test_a_large_comparison_stays_under_eight_megabytes():
    assert len(report.page(example.thirteen()).encode()) < MOST_BYTES


def test_parameters_without_a_source_are_listed_with_their_values(page):
    assert "No source stands behind two parameters of 8" in page.text
    assert "ec50 = 6 IU/mL, half-maximal IL-2 (in-vivo potency is not known)" in page.text


def test_exploratory_models_say_so(page):
    assert page.text.count("Exploratory: not for conclusions.") == 1


def test_sources_are_numbered_and_spell_out_their_dois(page):
    assert "doi:10.1038/s41392-022-00887-2" in page.text
    assert [e[1]["id"] for e in page.elements if e[0] == "li" and "id" in e[1]] == [f"ref-{n}" for n in range(1, 5)]


def test_what_is_needed_to_repeat_the_run_is_there(page):
    for said in (
        "regimens compare scenarios/example.yaml",
        "20260101",
        "c3" * 32,
        "method Rodas5P",
        f"plotly {version('plotly')}",
    ):
        assert said in page.text
    assert "models: [turnover, effect_turnover]" in page.text


def test_warnings_of_the_run_are_shown(page):
    assert (
        "Arm 'Daily' under 'turnover': 2 of 200 subjects stopped before 4032 h (step limit; first: subject 0 at 100.0 h). "
        "Their endpoints are missing." in page.text
    )


def test_the_page_is_for_research_only(page):
    assert "For research use. Simulated results; not for treatment decisions." in page.text


def test_the_audit_says_in_words_what_matches_and_what_differs():
    six = example.six(1)
    first, *others = six.exposure.rows
    wrong = dataclasses.replace(first, expected=Expected("il2", total=Fraction(3_000_000)))
    right = [dataclasses.replace(row, expected=Expected("il2", total=row.total)) for row in others]
    text = Page(report.page(dataclasses.replace(six, exposure=ExposureTable((wrong, *right))))).text
    assert "One total differs from what was expected: Every other day, 3 cycles." in text
    assert "✗ differs" in text
    assert "✓ matches" in text


def test_arms_without_any_dose_still_make_a_page():
    arms = {name: arm for name, arm in example.THIRTEEN.items() if not arm[0]}
    text = Page(report.page(example.comparison(arms, "Nothing given", 1))).text
    assert "No arm gives a dose." in text


def test_one_arm_under_one_model_makes_a_page():
    arms = {"Daily": example.SIX["Daily"]}
    text = Page(report.page(example.comparison(arms, "One", 1, (example.model("turnover"),)))).text
    assert "One schedule of subcutaneous IL-2, 21 MIU in all, over 24 weeks, under one model, one typical subject." in text


def test_an_arm_whose_subjects_all_failed_is_shown_as_missing():
    def failed(key, bands):
        if key[1] != "Daily":
            return bands
        known = (bands.time_h <= 100) & (key[0] != "turnover")
        names = ("median", "low", "high")
        return dataclasses.replace(bands, **{name: np.where(known, getattr(bands, name), np.nan) for name in names})

    six = example.six(1)
    nothing = dict.fromkeys(("median", "low", "high"), np.nan)
    summary = tuple(dataclasses.replace(row, n=0, missing=1, **nothing) if row.arm == "Daily" else row for row in six.summary)
    html = report.page(dataclasses.replace(example.with_bands(six, failed), summary=summary))
    assert "NaN" not in html.replace(get_plotlyjs(), "")
    assert "nan" not in Page(html).text.split()


def test_a_horizon_of_days_is_read_in_days():
    arms = {name: example.THIRTEEN[name] for name in ("RA, 5 days", "RA, control")}
    html = report.page(example.comparison(arms, "Ten days", 1, horizon_h=240.0, visits=()))
    assert "over 10 days" in Page(html).text
    assert figures(html)["treg_fold-0"]["layout"]["xaxis"]["ticktext"][0] == "day 0"


def test_no_script_runs_but_those_of_the_page(html, page):
    (rule,) = [each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    inline = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(inline) == 3
    assert rule == policy(*inline)
    assert rule.startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; "
        "script-src 'sha256-"
    )


def test_a_value_that_is_not_reached_is_said_to_be_so():
    six = example.six()
    late = [
        dataclasses.replace(row, median=np.nan, high=np.nan) if row.arm == "Daily" else
        dataclasses.replace(row, high=np.nan) if row.arm == "Weekly" else row
        for row in six.summary
    ]  # fmt: skip
    table = report.answer_html(dataclasses.replace(six, summary=tuple(late)))
    assert table.count("not reached") > table.count("–not reached") > 0
    assert "–not reached" in report.page(dataclasses.replace(six, summary=tuple(late)))


def test_totals_of_arms_of_different_drugs_have_their_own_units():
    text = Page(report.page(example.mutein())).text
    assert "19.2 MIU 24" in text
    assert "12 mg 12" in text
    assert "19.2 MIU in all of IL-2 and 12 mg each of mutein" in text


def test_an_arm_that_a_model_has_no_input_for_is_not_modelled_there(page):
    html = report.page(example.mutein())
    text = Page(html).text
    assert "‘Mutein, weekly’ and ‘Mutein, two weeks’ are not modelled under turnover" in text
    assert "In five pairs an arm is not modelled under turnover: their verdicts rest on the other models." in text
    assert html.count("not modelled") > page.text.count("not modelled") == 0
    lines = [t for t in figures(html)["treg_fold-0"]["data"] if t["meta"]["role"] == "line"]
    assert {line["meta"]["arm"] for line in lines} == {0, 3}


def test_a_drug_that_no_model_has_an_input_for_leaves_its_pairs_out_of_the_count():
    text = Page(report.page(example.drawn_thirteen())).text
    assert "Not modelled: twelve pairs, because no model has an input for the drugs of both arms." in text
    assert "of 66 pairs are supported" in text


def test_totals_of_people_stand_beside_that_of_the_reference_subject():
    bodies = Bodies(weight={sex: Spread(70.0, 0.2, 45.0, 120.0) for sex in ("female", "male")})
    arms = {"Per kg": ("0.01 MIU/kg SC weekly x 20", None), "Flat": ("0.7 MIU SC weekly x 20", None)}
    made = example.comparison(arms, "By weight", 50, population=Population(50, 1, bodies=bodies))
    low, high = (f"{end / 1e6:.3g}" for end in people_totals(made.study)["Per kg", "il2"])
    text = Page(report.page(made)).text
    assert f"14 MIU each at 70 kg ({low} to {high} MIU in the people)" in text
    assert f"14 MIU at 70 kg ({low} to {high} MIU in the people) in 20 doses" in text
    assert "Totals are at 70 kg; beneath them the range in the people." in text
    assert f"14 {low} to {high} 20" in text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_reach_wcag_aa_on_the_paper(html, theme):
    roots = re.findall(r":root \{(.*?)\}", html, re.DOTALL)[:2]
    colours = {name: value for block in roots[: 1 if theme == "light" else 2] for name, value in _colours(block)}
    for name, value in colours.items():
        if re.fullmatch(r"t\d|ink|soft|link", name):
            assert _contrast(value, colours["paper"]) >= AA_TEXT, name
        if re.fullmatch(r"a\d|focus", name):
            assert _contrast(value, colours["paper"]) >= AA_GRAPHICS, name
    assert _contrast(colours["soft"], colours["faint"]) >= AA_TEXT


def _colours(block: str) -> list[tuple[str, str]]:
    return re.findall(r"--(\w+): (#[0-9a-f]{3,6})", block)


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

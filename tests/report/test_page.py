"""The page as text: what it says, what it escapes, how it is built."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
import zlib
from collections.abc import Iterator
from fractions import Fraction
from html.parser import HTMLParser
from importlib.metadata import version
from itertools import pairwise

import numpy as np
import pytest
from plotly.offline import get_plotlyjs

from regimens import report
from regimens.exposure import Expected, ExposureTable
from regimens.figures.thinning import LARGEST
from regimens.population import Bodies, Population, Spread
from regimens.report.document import pictures_of, policy
from regimens.report.shell import asset
from regimens.study.given import people_totals

from . import example

MOST_BYTES = 7_000_000  # 4.9 MB of them are Plotly; the page of a large comparison can still be sent by mail
AA_TEXT, AA_GRAPHICS = 4.5, 3.0
VOID = {"meta", "link", "br", "img", "input", "hr", "col"}
MARKUP = re.compile(r"</?b>|<br>|<extra></extra>|<span style='font-size:9px'>|</span>")  # what figures themselves write


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
    return example.page("six")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


@pytest.fixture(scope="module")
def hostile() -> str:
    return example.page("drawn_hostile")


@pytest.fixture(scope="module")
def thirteen() -> str:
    return example.page("thirteen")


@pytest.fixture(scope="module")
def drawn() -> str:
    return example.page("drawn")


def data_text(html: str) -> str:
    """Return the data of the page's script as they stand in the file."""
    return re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1]


def figures(html: str) -> dict:
    """Return the figures of a page by key."""
    return json.loads(data_text(html))["figures"]


def traces(html: str, beginning: str = "", role: str = "") -> list[dict]:
    """Return the traces of all figures whose key begins so, of one role or of all."""
    every = [trace for key, found in figures(html).items() if key.startswith(beginning) for trace in found["data"]]
    return [trace for trace in every if role in ("", trace["meta"]["role"])]


def strings(value: object) -> Iterator[str]:
    """Yield every text in the data of a figure, but for the names of groups, which Plotly does not write."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from strings(each) if key != "legendgroup" else ()
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)


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


def test_with_one_subject_it_claims_no_certainty_and_draws_no_band():
    html = report.page(example.six(1))
    assert "Typical subject only; no statement about certainty." in Page(html).text
    assert {trace["meta"]["role"] for trace in traces(html, "curves-")} == {"line", "dose", "strip"}


def test_hostile_names_never_become_markup(hostile):
    without_plotly = hostile.replace(get_plotlyjs(), "")
    assert "alert(1)</script>" not in without_plotly
    assert "<script>alert" not in without_plotly
    assert "<b>bold" not in without_plotly
    assert "{{ 7 * 7 }} {% raw %}" in Page(hostile).text
    assert len(Page(hostile).all("script")) == 6
    assert not [name for _, attributes, _ in Page(hostile).elements for name in attributes if name.startswith("on")]


def test_in_the_data_of_the_script_no_tag_can_begin(hostile):
    assert "alert(1)" in data_text(hostile)
    assert "<" not in data_text(hostile)


def test_names_reach_plotly_as_plain_text_in_every_figure(hostile):
    """Plotly reads tags in all that it writes; what is left without those of the figures has no angle bracket."""
    for key, found in figures(hostile).items():
        said = list(strings(found))
        assert [text for text in said if "<" in MARKUP.sub("", text) or "<b>bold" in text or "<br>line" in text] == [], key
    assert any("&lt;script&gt;alert(1)" in text for text in strings(figures(hostile)["contrasts"]))


def test_a_name_is_never_read_as_a_hover_template(hostile):
    templates = [trace["hovertemplate"] for trace in traces(hostile) if "hovertemplate" in trace]
    assert len(templates) > 100
    assert [template for template in templates if "%{x}" in template] == []


def test_plotly_is_embedded_once(html):
    assert html.count(get_plotlyjs()[:2000]) == 1
    assert html.count(get_plotlyjs()[-2000:]) == 1


def test_nothing_is_loaded_from_outside(html, page):
    own = html.replace(get_plotlyjs(), "")
    assert not [e for e in page.elements if "src" in e[1] or e[0] in {"iframe", "object", "embed", "base", "form"}]
    assert [link["href"] for link in page.all("link")] == ["data:,"]
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp|import\(|https?://(?!doi\.org|clinicaltrials\.gov)", own)
    for anchor in page.all("a"):
        assert anchor["href"].startswith(("#", "https://doi.org/", "https://clinicaltrials.gov/study/"))


@pytest.mark.parametrize("name", ["html", "drawn", "hostile"])
def test_links_within_the_page_lead_somewhere(name, request):
    page = Page(request.getfixturevalue(name))
    ids = [e[1]["id"] for e in page.elements if "id" in e[1]]
    links = {a["href"][1:] for a in page.all("a") if a["href"].startswith("#")}
    assert len(ids) == len(set(ids))
    assert len(links) > 8
    assert links <= set(ids)
    named = {name for _, attributes, _ in page.elements for name in attributes.get("aria-labelledby", "").split()}
    assert named <= set(ids)


def test_the_contents_lead_to_every_section(drawn):
    page = Page(drawn)
    sections = [attributes["aria-labelledby"] for attributes in page.all("section")]
    contents = [attributes["href"][1:] for tag, attributes, parents in page.elements if tag == "a" and "nav" in parents]
    assert contents == sections


@pytest.mark.parametrize("name", ["html", "drawn", "hostile"])
def test_every_figure_has_a_caption_buttons_and_its_numbers_in_a_table(name, request):
    found = re.findall(r'<figure class="picture.*?</figure>', request.getfixturevalue(name), re.DOTALL)
    assert len(found) >= 5
    for figure in found:
        key = re.search(r'data-figure="([^"]+)"', figure)[1]
        assert f'id="figure-{key}"' in figure
        assert re.findall(r'data-save="(svg|png)" data-of="([^"]+)"', figure) == [("svg", key), ("png", key)]
        assert "<figcaption>" in figure


def test_the_figures_of_the_page_are_those_of_its_data_and_of_its_images(drawn):
    on_page = re.findall(r'data-figure="([^"]+)"', drawn)
    assert len(on_page) == len(set(on_page)) > 20
    assert set(on_page) == set(figures(drawn)) == set(pictures_of(example.drawn()))


def test_every_figure_with_a_finding_has_its_numbers_in_a_table(drawn):
    for figure in re.findall(r'<figure class="picture.*?</figure>', drawn, re.DOTALL):
        if re.search(r"<figcaption><span>", figure):
            assert re.search(r"<details class=\"numbers\">.*<caption>.*<td>", figure, re.DOTALL)


def test_every_picture_says_what_it_shows(drawn):
    page = Page(drawn)
    pictures = [e[1] for e in page.elements if e[1].get("role") == "img"]
    assert len(pictures) == len(figures(drawn))
    assert all(len(attributes["aria-label"]) > 20 for attributes in pictures)
    drawings = [e for e in page.elements if e[0] == "svg"]
    assert all(e[1].get("aria-hidden") == "true" for e in drawings)


@pytest.mark.parametrize("name", ["html", "drawn", "hostile"])
def test_headings_form_an_outline(name, request):
    page = Page(request.getfixturevalue(name))
    levels = [int(tag[1]) for tag, _, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1] == []


@pytest.mark.parametrize("name", ["html", "drawn", "hostile"])
def test_every_header_cell_has_a_scope_and_every_table_a_caption(name, request):
    page = Page(request.getfixturevalue(name))
    assert all(cell.get("scope") in {"col", "row", "colgroup"} for cell in page.all("th"))
    assert len(page.all("table")) == len(page.all("caption"))


def test_the_same_comparison_gives_the_same_bytes(html):
    assert report.page(example.comparison(example.SIX, "Six ways to give 21 MIU", 200)) == html


def test_a_curve_has_few_points_and_keeps_its_peak(html):
    found = example.six()
    lines = traces(html, "curves-treg_fold", "line")
    grid = len(found.scenario.observe_h)
    assert len(lines) == 12
    assert all(len(line["x"]) < grid / 2 for line in lines)
    peak = max(bands.median[bands.row("treg_fold")].max() for bands in found.bands.values())
    assert max(max(line["y"]) for line in lines) == pytest.approx(peak, rel=LARGEST * 8)  # three doublings on a log axis


def test_a_fold_range_past_four_counts_doublings(html):
    axis = figures(html)["curves-treg_fold"]["layout"]["yaxis"]
    assert axis["type"] == "log"
    assert axis["ticktext"] == ["1", "2", "4", "8"]


def test_arms_that_give_the_same_doses_are_one_row_that_names_all(thirteen):
    rows = [attributes["data-arm"] for attributes in Page(thirteen).all("tr") if "data-arm" in attributes]
    assert rows == ["0", "1", "2", "3", "7", "8", "9", "10", "11"]
    text = Page(thirteen).text
    assert "no doses; the same in RA, placebo + methotrexate and Sjögren, placebo and ALS, placebo" in text
    assert "(1 MIU SC every other day x 7, rest 14 days) x 3; the same in Sjögren, 3 cycles" in text


def test_the_row_of_arms_that_give_the_same_doses_has_the_sources_of_all(thirteen):
    row = re.search(r'<tr role="row" data-arm="3">.*?</tr>', thirteen, re.DOTALL)[0]
    assert re.findall(r'href="#ref-(\d+)"', row) == ["2", "3"]


@pytest.mark.parametrize(("name", "without"), [("html", set()), ("drawn", set()), ("thirteen", {"2"})])
def test_the_key_of_curves_has_a_button_for_each_row_of_the_answer_that_has_a_curve(name, without, request):
    html = request.getfixturevalue(name)
    rows = [row["data-arm"] for row in Page(html).all("tr") if row.get("data-arm", "2") not in without and "data-arm" in row]
    leading = re.search(r'<div class="key.*?</div>', html, re.DOTALL)[0]
    assert re.findall(r'data-arm="(\d+)" data-key="\1"', leading) == rows
    assert leading.count("<output>") == len(rows)
    assert leading.count('aria-pressed="false"') == len(rows)


def test_a_drug_that_no_model_knows_is_named(thirteen):
    text = Page(thirteen).text
    assert "This model has no input for tocilizumab: arms that give it are not modelled under it." in text


@pytest.mark.parametrize("name", ["drawn", "drawn_thirteen", "drawn_individuals"])
def test_a_large_comparison_stays_under_seven_megabytes(name):
    assert len(example.page(name).encode()) < MOST_BYTES


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
    assert "For research use: simulated results, not for treatment decisions." in page.text


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
    assert figures(html)["curves-treg_fold"]["layout"]["xaxis"]["ticktext"][0] == "day 0"


def test_no_script_runs_but_those_of_the_page(html, page):
    (rule,) = [each["content"] for each in page.all("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    inline = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    packed = [text for _, kind, text in unpacked(html) if not kind]
    assert (len(inline), len(packed)) == (4, 2)
    assert rule == policy(*inline, *packed)
    assert rule.startswith(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; worker-src blob:; base-uri 'none'; "
        "form-action 'none'; script-src 'sha256-"
    )
    assert re.fullmatch(r"script-src( 'sha256-[\w+/]{43}='){6}", rule.split("; ")[-1])


def unpacked(html):
    """Return what the section "What if?" holds, as (id, type, text)."""
    return json.loads(zlib.decompress(base64.b64decode(re.search(r'id="wi-packed">([^<]+)<', html)[1])))


MOST_GROWN = 80_000  # bytes that the section may add to a page


def test_the_section_that_simulates_adds_little_to_a_page_of_every_shipped_model():
    grown = len(report.explore_page(None)) - len(asset("style.css"))
    assert 30_000 < grown < MOST_GROWN


def test_hostile_names_stay_text_in_what_is_packed(hostile):
    kinds = {name: kind for name, kind, _ in unpacked(hostile)}
    assert kinds == {"wi-data": "application/json", "wi-stepper": "", "wi-steering": ""}
    held = {name: text for name, _, text in unpacked(hostile)}
    assert json.loads(held["wi-data"])["starts"][0]["name"] in {arm.name for arm in example.hostile_six().scenario.arms}
    assert "alert" not in held["wi-stepper"] + held["wi-steering"]


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
    text = Page(example.page("mutein")).text
    assert "19.2 MIU 24" in text
    assert "12 mg 12" in text
    assert "19.2 MIU in all of IL-2 and 12 mg each of mutein" in text


def test_an_arm_that_a_model_has_no_input_for_is_not_modelled_there(page):
    html = example.page("mutein")
    text = Page(html).text
    assert "‘Mutein, weekly’ and ‘Mutein, two weeks’ are not modelled under turnover" in text
    assert "In five pairs an arm is not modelled under turnover: their verdicts rest on the other models." in text
    assert html.count("not modelled") > page.text.count("not modelled") == 0
    lines = traces(html, "curves-treg_fold", "line")
    assert {line["meta"]["arm"] for line in lines if "xaxis" not in line or line["xaxis"] == "x"} == {0, 3}
    assert {line["meta"]["arm"] for line in lines if line.get("xaxis") == "x2"} == {0, 1, 2, 3}


def test_a_drug_that_no_model_has_an_input_for_leaves_its_pairs_out_of_the_count():
    text = Page(example.page("drawn_thirteen")).text
    assert "Not modelled: eight pairs, because no model has an input for the drugs of both arms." in text
    assert "27 of 28 pairs are supported" in text


def test_totals_of_people_stand_beside_that_of_the_reference_subject():
    bodies = Bodies(weight={sex: Spread(70.0, 0.2, 45.0, 120.0) for sex in ("female", "male")})
    arms = {"Per kg": ("0.01 MIU/kg SC weekly x 20", None), "Flat": ("0.7 MIU SC weekly x 20", None)}
    made = example.comparison(arms, "By weight", 50, population=Population(50, 1, bodies=bodies))
    low, high = (f"{end / 1e6:.3g}" for end in people_totals(made.study)["Per kg", "il2"])
    text = Page(report.page(made)).text
    assert f"14 MIU each at 70 kg ({low} to {high} MIU in the people)" in text
    assert f"14 MIU at 70 kg ({low} to {high} MIU in the people) – 0 133" in text
    assert "Totals are at 70 kg; beneath them the range in the people." in text
    assert f"14 {low} to {high} 20" in text


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["html", "thirteen", "drawn"])
def test_colours_reach_wcag_aa_on_the_paper(name, theme, request):
    roots = re.findall(r":root\{(.*?)\}", request.getfixturevalue(name), re.DOTALL)
    assert len(roots) == 2
    colours = _colours(roots[theme == "dark"])
    arms = [name for name in colours if re.fullmatch(r"a\d+", name)]
    assert len(arms) >= 6
    for name in ("ink", "soft", "link"):
        assert _contrast(colours[name], colours["paper"]) >= AA_TEXT, name
        assert _contrast(colours[name], colours["faint"]) >= AA_TEXT, name
    for name in (*arms, "context"):
        assert _contrast(colours[name], colours["paper"]) >= AA_GRAPHICS, name


def test_every_colour_of_a_figure_has_a_dark_partner(drawn, thirteen):
    """Colours without one would keep their light shade on a dark ground."""
    for html in (drawn, thirteen):
        dark = json.loads(data_text(html))["dark"]
        known = {*dark, *(",".join(str(int(light[at : at + 2], 16)) for at in (1, 3, 5)) for light in dark)}
        text = list(strings({"figures": figures(html), "template": json.loads(data_text(html))["template"]}))
        solid = {each for each in text if re.fullmatch(r"#[0-9a-fA-F]{3,8}", each)}
        clear = {each[5:].rsplit(",", 1)[0] for each in text if each.startswith("rgba(") and not each.endswith(",0)")}
        named = {
            each for each in text if each in ("white", "black", "grey", "gray", "red", "blue") or each.startswith(("rgb(", "hsl"))
        }
        assert len(solid) > 5
        assert (solid | clear) - known == set()
        assert named == set()


def _colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", block))


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

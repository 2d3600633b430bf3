"""The section "What if?" in a browser: exact totals, curves that follow the controls, sentences for what cannot be."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from click.testing import CliRunner

from regimens import report
from regimens.cli import commands
from regimens.evidence import library
from regimens.explain import explain
from regimens.exposure import exposure_of
from regimens.regimen import parse_regimen
from regimens.report import whatif
from regimens.report.shell import policy
from regimens.scenario import Scenario, read_scenario
from regimens.subject import Subject, mosteller
from regimens.units import amount_text, decimal_text

from . import example
from .judge_whatif import explained, lever_states
from .test_accessibility import EVERY_WAY, said
from .test_browser import BEYOND, DESK, PATIENCE_MS, PHONE, running
from .test_page import unpacked

pytestmark = pytest.mark.no_cover  # slow under the tracer, and few lines are run by them alone

ROOT = Path(__file__).parents[2]
CYCLES = "(1 MIU SC every other day x 7, rest 14 days) x 3"
RIBBONS = "() => document.querySelectorAll('.ribbon').length === {}"
SUMS = "[...document.querySelectorAll('#wi-sums tr')].map(row => [...row.querySelectorAll('td')].map(cell => cell.textContent))"
LINES = "[...document.querySelectorAll('#wi-panels .line')].map(line => line.getAttribute('d'))"


@pytest.fixture(scope="module")
def window():
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return the page without a scenario, with few of its draws: every test that opens it simulates them."""
    path = tmp_path_factory.mktemp("explore") / "explore.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whatif, "DRAWS", 10)
        path.write_text(report.explore_page(None), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def of_scenario(tmp_path_factory):
    """Return the page of the scenario of two drugs, whose arms expect totals."""
    path = tmp_path_factory.mktemp("explore") / "explore.html"
    path.write_text(report.explore_page(read_scenario(ROOT / "scenarios" / "published_trials.yaml")), encoding="utf-8")
    return path


def opening(window, path, viewport=DESK, fragment="", color_scheme="light"):
    """Return the page opened with that fragment; `heard` and `fetched` are what came of it."""
    page = window.new_page()
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=color_scheme)
    page.heard, page.fetched = [], []
    page.on("console", lambda message: page.heard.append(message.text))
    page.on("pageerror", lambda error: page.heard.append(str(error)))
    page.on("request", lambda request: page.fetched.append(request.url))
    page.goto(path.as_uri() + fragment)
    page.wait_for_selector("#wi[data-ready]", timeout=PATIENCE_MS)
    page.wait_for_selector("#wi-panels .line", timeout=PATIENCE_MS, state="attached")
    return page


@pytest.fixture
def page(window, file):
    opened = opening(window, file)
    yield opened
    assert opened.heard == []
    opened.close()


@pytest.fixture
def one_model(window, file):
    """The page with one of its models: most of what its controls do does not depend on how many there are."""
    opened = opening(window, file, fragment="#what-if&models=0")
    yield opened
    assert opened.heard == []
    opened.close()


def typed(page, control, value):
    page.locator(f"#wi-{control}").fill(value)


def total(page, schedule=0):
    return page.evaluate(SUMS)[schedule][0]


def drawn_anew(page, before):
    page.wait_for_function(f"before => JSON.stringify({LINES}) !== before", arg=before, timeout=PATIENCE_MS)


def lines(page):
    return page.evaluate(f"JSON.stringify({LINES})")


def test_it_opens_in_silence_with_a_panel_a_model_and_asks_the_network_for_nothing(page, file):
    page.wait_for_function(RIBBONS.format(4), timeout=2 * PATIENCE_MS)
    assert page.locator("#wi-panels h4").all_inner_texts() == [
        "turnover",
        "effect_turnover",
        "expansion",
        "balance (exploratory)",
    ]
    assert page.evaluate(SUMS) == [["21 MIU", "21", "0", "68", "4 MIU"]]
    assert [url for url in page.fetched if not url.startswith("blob:")] == [file.as_uri()]
    assert "no verdict" in page.locator(".finding").first.inner_text()


def test_the_policy_allows_no_evaluation_and_only_the_scripts_of_the_page(file):
    html = file.read_text(encoding="utf-8")
    rule = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    inline = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    packed = [text for _, kind, text in unpacked(html) if not kind]
    assert (len(inline), len(packed)) == (2, 2)
    assert rule == policy(*inline, *packed)
    assert "unsafe-eval" not in rule
    assert "worker-src blob:" in rule


def test_a_number_a_slider_and_text_move_the_same_schedule_and_its_curves(one_model):
    before = lines(one_model)
    typed(one_model, "doses", "5")
    drawn_anew(one_model, before)
    assert one_model.locator("#wi-text").input_value() == "(1 MIU SC every other day x 5, rest 14 days) x 3"
    assert one_model.evaluate(SUMS) == [["15 MIU", "15", "0", "56", "4 MIU"]]
    one_model.locator("#wi-amount-slider").focus()
    one_model.keyboard.press("ArrowRight")
    assert one_model.locator("#wi-amount").input_value() == "1.05"
    assert total(one_model) == "15.75 MIU"
    before = lines(one_model)
    typed(one_model, "text", "1.5 MIU SC q2d x 4")
    drawn_anew(one_model, before)
    assert [one_model.locator(f"#wi-{name}").input_value() for name in ("amount", "interval", "doses", "cycles")] == [
        "1.5",
        "2",
        "4",
        "1",
    ]
    one_model.locator("#wi-text").blur()
    assert one_model.locator("#wi-text").input_value() == "1.5 MIU SC every other day x 4"


def test_a_slider_is_dragged(one_model):
    box = one_model.locator("#wi-cycles-slider").bounding_box()
    one_model.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    one_model.mouse.down()
    one_model.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=5)
    one_model.mouse.up()
    assert one_model.locator("#wi-cycles").input_value() == "12"
    assert total(one_model) == "84 MIU"


def test_arrows_in_the_number_box_move_by_the_vial_step(one_model):
    one_model.locator("#wi-amount").focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowDown"):
        one_model.keyboard.press(key)
    assert one_model.locator("#wi-amount").input_value() == "1.05"
    assert one_model.locator("#wi-amount-slider").get_attribute("aria-valuetext") == "1.05 MIU"


KEPT = [
    ("doses", "3", "Same total: the amount moved to 2.35 MIU. The total is 21.15 MIU, as near to 21 MIU as this amount allows.", "21.15 MIU"),
    ("doses", "14", "Same total: the amount moved to 0.5 MIU.", "21 MIU"),
    ("cycles", "7", "Same total: the amount moved to 0.45 MIU. The total is 22.05 MIU, as near to 21 MIU as this amount allows.", "22.05 MIU"),
    ("amount", "0.5", "Same total: the doses moved to 14.", "21 MIU"),
    ("amount", "0.9", "Same total: the doses moved to 8. The total is 21.6 MIU, as near to 21 MIU as whole doses allow.", "21.6 MIU"),
]  # fmt: skip


def test_the_same_total_is_kept_by_the_other_lever_and_the_page_says_which(one_model):
    for control, value, sentence, kept in KEPT:
        typed(one_model, "text", CYCLES)
        one_model.locator("#wi-lock").check()
        assert one_model.locator("#wi-moved").inner_text() == (
            "Kept: 21 MIU. Amount and doses move each other; cycles move the amount."
        )
        typed(one_model, control, value)
        assert one_model.locator("#wi-moved").inner_text() == sentence
        assert total(one_model) == kept
        one_model.locator("#wi-lock").uncheck()


BAD = [
    ("amount", "", "The amount needs a number, for example 1 MIU."),
    ("amount", "0", "The amount must be more than zero, found 0."),
    ("amount", "1000", "An amount of 1000 MIU is more than 200 MIU, the most that this page takes. Check the unit."),
    ("doses", "0", "The number of doses must be from 1 to 2000, found 0."),
    ("doses", "2.5", "The number of doses must be a whole number from 1 to 2000."),
    ("doses", "2000", "The plan of 'il2' has more than 2000 doses, the most that this page draws. `regimens compare` takes 100000."),
    ("interval", "-1", "The interval needs a number, for example 2 days."),
    ("interval", "0", "The interval must be more than zero, found 0."),
    ("rest", "1e4", "A rest must be a number of days from 0 to 365."),
    ("cycles", "101", "The number of cycles must be from 1 to 100, found 101."),
    ("weight", "700", "Body weight must be a number from 10 to 300 kg."),
    ("horizon", "520", "A horizon of 520 weeks is more than 104 weeks, the most that this page draws. `regimens compare` takes any."),
    ("text", "", "The field is empty. Write for example 1 MIU SC daily x 5."),
    (
        "text",
        "1 MIU SC biweekly x 4",
        "Found 'biweekly' where how often ('daily', 'every 3 days', 'once') is expected. This page reads the text that it writes "
        "itself; `regimens explain` reads more and says what a text means.",
    ),
    ("text", "1 MIU SC daily x 5, 1 MIU SC once, 1 MIU SC once", "Two doses of 'il2' start at the same time. Write a rest after a dose given once."),
]  # fmt: skip


GOOD = {
    "text": CYCLES,
    "amount": "1",
    "doses": "7",
    "interval": "2",
    "rest": "14",
    "cycles": "3",
    "weight": "70",
    "horizon": "24",
}


def test_what_cannot_be_given_is_a_sentence_beside_the_control_and_leaves_the_curves(page):
    page.wait_for_function(RIBBONS.format(4), timeout=2 * PATIENCE_MS)
    before = lines(page), page.evaluate(SUMS)
    for control, value, sentence in BAD:
        typed(page, control, value)
        assert page.locator(f"#wi-{control}-wrong").inner_text() == sentence
        assert page.locator(f"#wi-{control}").get_attribute("aria-invalid") == "true"
        page.wait_for_timeout(50)
        assert (lines(page), page.evaluate(SUMS)) == before, sentence
        typed(page, control, GOOD[control])
        assert page.locator(f"#wi-{control}-wrong").is_hidden()


def test_an_interval_that_is_shorter_than_the_infusion_is_refused(one_model):
    typed(one_model, "text", "1 MIU IV daily over 6 h x 5")
    typed(one_model, "interval", "0.1")
    assert one_model.locator("#wi-interval-wrong").inner_text() == "An interval of 2.4 h is shorter than the infusion of 6 h."
    typed(one_model, "infusion", "30")
    assert one_model.locator("#wi-infusion-wrong").inner_text() == "An infusion over 30 h does not fit an interval of 1 day."


def test_a_curve_that_reaches_the_step_limit_ends_with_a_word(one_model):
    one_model.evaluate(
        "(() => { const real = stepper.integrate; stepper.integrate = (a, b, c, d) => real(a, b, c, d, { rtol: 1e-4, atol: 1e-6, steps: 60 }); })()"
    )
    typed(one_model, "amount", "2")
    one_model.wait_for_function(
        "() => document.querySelector('#wi-panels').innerText.includes('step limit')", timeout=PATIENCE_MS
    )
    assert re.search(r"A: stopped on day \d[\d.]*: step limit\.", one_model.locator("#wi-panels .peaks").first.inner_text())


def test_a_second_schedule_stands_beside_the_first_and_can_be_removed(page):
    page.locator("input[name=wi-turn][value='1']").check()
    typed(page, "text", "1.4 MIU SC daily x 15")
    page.wait_for_function(RIBBONS.format(8), timeout=2 * PATIENCE_MS)
    assert page.evaluate(SUMS) == [["21 MIU", "21", "0", "68", "4 MIU"], ["21 MIU", "15", "0", "14", "9.8 MIU"]]
    assert page.locator("#wi-panels .line").count() == 8
    page.locator("#wi-drop").click()
    page.wait_for_function("() => document.querySelectorAll('#wi-panels .line').length === 4", timeout=PATIENCE_MS)
    assert page.locator("#wi-text").input_value() == CYCLES


def test_a_link_to_a_view_shows_it_again(window, file, page):
    page.locator("input[name=wi-turn][value='1']").check()
    typed(page, "text", "0.26 MIU/m2 SC every 3 days x 28")
    typed(page, "weight", "90")
    typed(page, "horizon", "12")
    page.locator("#wi-models input").nth(3).uncheck()
    page.locator("#wi-show").select_option("serum_il2")
    page.wait_for_function("() => location.hash.includes('serum_il2')", timeout=PATIENCE_MS)
    fragment = page.evaluate("location.hash")
    again = opening(window, file, fragment=fragment)
    for each in (page, again):
        assert each.locator("#wi-panels h4").all_inner_texts() == ["turnover", "effect_turnover", "expansion"]
        assert each.locator("#wi-shown").inner_text() == "Serum IL-2, IU/mL"
        assert each.locator("#wi-weight").input_value() == "90"
        assert each.evaluate(SUMS) == page.evaluate(SUMS)
    for each in (page, again):
        each.wait_for_function(RIBBONS.format(6), timeout=2 * PATIENCE_MS)
    assert lines(again) == lines(page)
    assert again.heard == []
    again.close()


def test_a_link_with_what_cannot_be_read_says_so_and_shows_the_rest(window, file):
    page = opening(window, file, fragment="#what-if&a=nonsense&kg=-3&weeks=x&show=toString&models=9&from=99&total=7")
    assert page.locator("#wi-text").input_value() == CYCLES
    assert page.locator("#wi-text-wrong").inner_text() == (
        "The link holds 'nonsense'. Found 'nonsense' where an amount is expected. This page reads the text that it writes itself; "
        "`regimens explain` reads more and says what a text means."
    )
    assert page.locator("#wi-show").input_value() == "treg_fold"
    assert page.heard == []
    page.close()


def test_limits_light_up_when_they_are_broken(window, of_scenario):
    page = opening(window, of_scenario)
    expected = total(page)
    assert page.locator("#wi-limits li").count() == 0
    typed(page, "amount", "5")
    name = page.locator("#wi-start option:checked").inner_text().split(":")[0]
    assert page.locator("#wi-limits li").all_inner_texts() == [
        f"Schedule A: the scenario expects {expected} in '{name}'; this is {total(page)}."
    ]
    typed(page, "text", "1 MIU SC weekly x 60")
    weeks = page.locator("#wi-horizon").input_value()
    late = 60 - int(float(weeks))
    assert (
        f"Schedule A: {late} of 60 doses lie at or after the horizon of {weeks} weeks and are not drawn; the total counts them."
        in page.locator("#wi-limits").inner_text()
    )
    assert page.heard == []
    page.close()


def test_limits_of_a_search_light_up_when_they_are_broken(window, tmp_path):
    path = tmp_path / "explore.html"
    path.write_text(report.explore_page(read_scenario(ROOT / "scenarios" / "find_schedule.yaml")), encoding="utf-8")
    page = opening(window, path)
    typed(page, "text", "1 MIU SC daily x 21")
    said = page.locator("#wi-limits li").all_inner_texts()
    assert not any("asks for" in text for text in said)
    typed(page, "text", "1 MIU SC daily x 22")
    said = page.locator("#wi-limits li").all_inner_texts()
    assert "Schedule A: the scenario asks for 'total at most 21 MIU'; this is 22 MIU." in said
    assert page.heard == []
    page.close()


def test_a_model_whose_uncertainty_is_not_known_has_no_band_and_the_page_says_so(window, tmp_path):
    text = (ROOT / "models" / "turnover.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(re.sub(r"uncertainty: [0-9.]+, ", "", text), encoding="utf-8")
    scenario = {"title": "One", "models": ["mine.yaml", "turnover"], "horizon": "4 weeks", "arms": {"a": {"regimen": CYCLES}}}
    file, path = tmp_path / "one.yaml", tmp_path / "explore.html"
    file.write_text(json.dumps({**scenario, "endpoints": ["peak of treg_fold"]}), encoding="utf-8")
    path.write_text(report.explore_page(read_scenario(file)), encoding="utf-8")
    known = "Lines: the typical subject; bands: the middle 90 % of 50 parameter draws; strokes at the foot: doses."
    for models, first in (("", known), ("&models=0", "Lines: the typical subject; strokes at the foot: doses.")):
        page = opening(window, path, fragment=f"#what-if{models}")
        unknown = "No band for mine: the uncertainty of the parameters is not known."
        assert page.locator("#wi-how").inner_text() == f"{first} {unknown}"
        assert page.heard == []
        page.close()


def test_a_drug_without_input_is_not_modelled_and_never_drawn(page):
    typed(page, "text", "il2: 1 MIU SC daily x 5; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h")
    page.wait_for_function("() => document.querySelectorAll('#wi-panels .line').length === 1", timeout=PATIENCE_MS)
    assert page.locator("#wi-panels .peaks").first.inner_text() == "A: not modelled, no input for tocilizumab IV."
    assert total(page) == "5 MIU il2, 560 mg tocilizumab"


def test_published_points_are_drawn_where_the_start_has_some(one_model):
    place = one_model.evaluate(
        "JSON.parse(document.getElementById('wi-data').textContent).starts.findIndex(s => s.points.some(p => p.of === 'treg_fold'))"
    )
    one_model.locator("#wi-start").select_option(str(place))
    one_model.wait_for_selector("#wi-panels circle.seen", timeout=PATIENCE_MS, state="attached")
    assert "Circles: seen in groups given " in one_model.locator("#wi-how").inner_text()


def test_where_no_worker_can_be_made_bands_are_drawn_in_slices(window, file):
    page = window.new_page()
    page.add_init_script(
        "window.Worker = class extends EventTarget { constructor() { super(); setTimeout(() => this.dispatchEvent(new Event('error'))); } postMessage() {} terminate() {} }"
    )
    page.goto(file.as_uri())
    page.wait_for_function(RIBBONS.format(4), timeout=2 * PATIENCE_MS)
    page.close()


def test_with_several_courses_the_page_says_which_one_the_controls_change(one_model):
    assert one_model.locator("#wi-many").is_hidden()
    typed(one_model, "text", "1 MIU SC daily x 5, rest 2 days, 1 MIU SC weekly x 4")
    assert one_model.locator("#wi-many").inner_text() == (
        "The controls below act on the first course of the text, and on the cycle that it stands in."
    )
    typed(one_model, "doses", "4")
    assert one_model.locator("#wi-text").input_value() == "1 MIU SC daily x 4, rest 2 days, 1 MIU SC weekly x 4"
    assert one_model.locator("#wi-cycles").is_disabled()


def test_the_scenario_that_it_writes_can_be_read_and_expects_the_totals_it_shows(page):
    page.locator("input[name=wi-turn][value='1']").check()
    typed(page, "text", "il2: 0.26 MIU/m2 SC every 3 days x 28; tocilizumab: 8 mg/kg (max 800 mg) IV once over 1 h")
    typed(page, "weight", "90")
    scenario = Scenario.from_text(page.locator("#wi-yaml").text_content())
    assert [arm.name for arm in scenario.arms] == ["Schedule A", "Schedule B"]
    rows = [row for arm in scenario.arms for row in exposure_of(arm.regimen, scenario.subject, arm.name, arm.expected)]
    assert [row.differences for row in rows] == [()] * 3
    assert scenario.subject == Subject(Fraction(90), Fraction(167), mosteller(Fraction(90), Fraction(167)))
    assert [model.name for model in scenario.models] == ["turnover", "effect_turnover", "expansion", "balance"]


def test_a_scenario_of_one_changed_schedule_has_its_start_to_compare_with(page):
    typed(page, "amount", "2")
    scenario = Scenario.from_text(page.locator("#wi-yaml").text_content())
    assert [arm.regimen.in_words() for arm in scenario.arms] == [CYCLES.replace("1 MIU", "2 MIU"), CYCLES]


def test_the_page_of_every_shipped_scenario_starts_from_its_first_arm_and_writes_a_scenario_that_can_be_read(
    window, tmp_path, monkeypatch
):
    monkeypatch.setattr(whatif, "DRAWS", 2)
    for path in sorted((ROOT / "scenarios").glob("*.yaml")):
        scenario = read_scenario(path)
        file = tmp_path / f"{path.stem}.html"
        file.write_text(report.explore_page(scenario), encoding="utf-8")
        page = opening(window, file)
        dosed = next(arm for arm in scenario.arms if arm.regimen.drugs)
        assert page.locator("#wi-text").input_value() == dosed.regimen.in_words(), path.stem
        again = Scenario.from_text(page.locator("#wi-yaml").text_content(), folder=path.parent)
        assert again.arms[0].regimen == dosed.regimen, path.stem
        assert again.horizon_h == scenario.horizon_h, path.stem
        assert again.subject == scenario.subject, path.stem
        for box in page.locator("#wi-models input").all()[1:]:
            box.uncheck()
        alone = Scenario.from_text(page.locator("#wi-yaml").text_content(), folder=path.parent)
        assert alone.models == scenario.models[:1], path.stem
        known = {observable.name for observable in alone.models[0].observables}
        assert {endpoint.observable for endpoint in alone.endpoints} <= known | {""}, path.stem
        assert page.heard == [], path.stem
        page.close()


def test_the_live_region_speaks_total_and_peak(page):
    typed(page, "amount", "2")
    page.wait_for_function("() => document.getElementById('wi-spoken').textContent.includes('42 MIU')", timeout=PATIENCE_MS)
    spoken = page.locator("#wi-spoken").text_content()
    assert re.fullmatch(
        r"Schedule A: 42 MIU in 21 doses; highest Treg, fold of baseline [\d.]+ to [\d.]+ over 4 models\.", spoken
    )


READ = """texts => texts.map(text => { try {
  const plans = protocol.parse(text), doses = protocol.planned(plans), body = { kg: protocol.whole(70), m2: protocol.read('1.8') };
  return [protocol.write(plans), Object.keys(plans).sort().map(drug => { const e = protocol.exposure(doses, drug, body);
    return [drug, e.doses, protocol.amountText(e.total, e.unit), protocol.amountText(e.peak, e.unit), protocol.decimal(e.first), protocol.decimal(e.last)]; })];
} catch (error) { return error.message; } })"""


def test_the_reader_reads_every_published_regimen_as_regimens_does(one_model):
    more = [
        "no dose", "1 MIU SC q2d x 5", "1 MIU SC every 1.5 days x 4", "10 kIU/kg SC BID x 4 doses", "0.3 MIU IV once over 30 min",
        "1 MIU/m2 (max 1.5 MIU, in steps of 0.1 MIU) SC QOD x 3", "from protocol day 3, 1 MIU SC QD x 2", "1e5 IU SC weekly x 2",
    ]  # fmt: skip
    texts = [entry.regimen.with_rests("midpoint").in_words() for entry in library() if entry.regimen is not None] + more
    for text, found in zip(texts, one_model.evaluate(READ, texts), strict=True):
        regimen = parse_regimen(text)
        rows = [
            [row.drug, row.doses, amount_text(row.total, row.unit), amount_text(row.peak_7_days, row.unit), decimal_text(row.first_h),
             decimal_text(row.last_h)] for row in exposure_of(regimen, Subject())
        ]  # fmt: skip
        assert found == [regimen.in_words(), rows], text


def test_what_levers_make_is_text_that_explain_reads_to_the_same_total(one_model):
    """Of few random states; `python -m tests.report.judge_whatif` takes 1,000."""
    for text, weight, shown in lever_states(one_model, 30):
        kg = Fraction(weight)
        assert explained(text, weight) == shown, text
        told = "\n".join(explain(parse_regimen(text), Subject(kg, Fraction(167), mosteller(kg, Fraction(167)))))
        assert f" {shown}" in told, text


def test_axe_finds_no_barrier_and_nothing_reaches_beyond_the_window(window, file):
    page = opening(window, file, PHONE, "#what-if&a=1+MIU+SC+daily+x+5&b=2+MIU+SC+weekly+x+40")
    typed(page, "doses", "0")
    assert page.evaluate(BEYOND.replace(".scroll,", ".scroll, .panels,"), PHONE["width"]) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for viewport, scheme, rules in EVERY_WAY:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        result = Axe().run(page, options=rules).response
        assert result["passes"]
        assert [said(violation) for violation in result["violations"]] == [], (viewport, scheme)
    page.close()


def test_every_control_is_reached_by_the_keyboard_and_has_a_name(one_model):
    names = one_model.evaluate(
        "[...document.querySelectorAll('#wi input, #wi select, #wi textarea')].map(e => e.labels.length || e.getAttribute('aria-label'))"
    )
    assert all(names)
    one_model.locator("input[name=wi-turn]").first.focus()
    for _ in range(3):
        one_model.keyboard.press("Tab")
    assert one_model.evaluate("document.activeElement.id") == "wi-amount-slider"
    assert one_model.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_without_scripts_the_page_says_that_they_are_off(window, file):
    context = window.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.locator("#wi").is_hidden()
    assert page.locator("noscript").inner_text() == "This section is simulated by scripts of the page, which are off."
    context.close()


def test_the_command_writes_the_page_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scenario = str(ROOT / "scenarios" / "equal_total.yaml")
    first = CliRunner().invoke(commands, ["explore", scenario])
    assert (first.exit_code, first.stdout.strip()) == (0, "Written to explore-equal_total.html")
    assert "What if?" in (tmp_path / "explore-equal_total.html").read_text(encoding="utf-8")
    again = CliRunner().invoke(commands, ["explore", scenario])
    assert str(again.exception) == "explore-equal_total.html: exists already. Name a new one; nothing is overwritten."


@pytest.fixture(scope="module")
def of_comparison(tmp_path_factory):
    """Return the page of a comparison of six arms under two models."""
    path = tmp_path_factory.mktemp("six") / "six.html"
    path.write_text(example.page("six"), encoding="utf-8")
    return path


def test_on_the_page_of_a_comparison_the_section_is_folded_and_costs_nothing_until_it_is_opened(window, of_comparison):
    page = window.new_page()
    page.goto(of_comparison.as_uri())
    page.wait_for_selector("html[data-ready]", timeout=PATIENCE_MS, state="attached")
    assert page.locator("#wi-stepper").count() == 0
    page.locator(".what-if > summary").click()
    page.wait_for_selector("#wi[data-ready]", timeout=PATIENCE_MS)
    page.wait_for_selector("#wi-panels .line", timeout=PATIENCE_MS, state="attached")
    assert page.locator("#wi-start option:checked").inner_text() == f"Every other day, 3 cycles: {CYCLES}"
    assert page.locator("#wi-panels .run").count() == 2
    page.close()


def test_its_bands_of_the_run_are_those_of_the_arm_that_schedule_a_starts_from(window, of_comparison):
    page = opening(window, of_comparison, fragment="#what-if")
    first = page.locator("#wi-panels .run").first.get_attribute("d")
    page.locator("#wi-start").select_option("2")
    page.wait_for_function(
        "before => document.querySelector('#wi-panels .run').getAttribute('d') !== before", arg=first, timeout=PATIENCE_MS
    )
    published = page.locator("#wi-start option", has_text="he-nct04077684-1").get_attribute("value")
    page.locator("#wi-start").select_option(published)
    page.wait_for_function("() => !document.querySelector('#wi-panels .run')", timeout=PATIENCE_MS)
    assert page.heard == []
    page.close()


def test_a_link_opens_the_folded_section_at_its_view(window, of_comparison):
    page = opening(window, of_comparison, fragment="#what-if&a=2+MIU+SC+weekly+x+4&from=1&show=serum_il2")
    assert page.locator("#wi-text").input_value() == "2 MIU SC weekly x 4"
    assert page.locator("#wi-shown").inner_text() == "IL-2 in serum, IU/mL"
    assert 0 <= page.locator("#what-if").bounding_box()["y"] < DESK["height"]
    assert page.heard == []
    page.close()


def test_on_paper_the_section_shows_its_view_where_it_is_open_and_nothing_where_it_is_folded(window, of_comparison):
    page = opening(window, of_comparison, fragment="#what-if")
    page.emulate_media(media="print")
    assert page.locator("#wi-panels").is_visible()
    assert page.locator("#wi .levers").is_hidden()
    page.evaluate("document.querySelector('details.what-if').open = false")
    assert page.locator("#what-if").is_hidden()
    page.close()

"""The page in a real browser: drawn, quiet, steered by its legend, readable on a phone, in the dark and on paper."""

from __future__ import annotations

import os
import re
import shutil

import pypdf
import pytest

from regimens import report

from . import example

PAGES = ["six", "thirteen", "hostile", "drawn", "drawn_thirteen", "drawn_hostile", "mutein"]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
A4_POINTS = (595, 842)
MARGIN_POINTS = 42  # 15 mm, less half a point
PAPER_PX = 680  # 180 mm between the margins, at 96 px an inch
PATIENCE_MS = 30_000  # a busy machine draws slowly; nothing waits longer than it must
LIGHT_TICK, DARK_TICK = "rgb(88, 97, 108)", "rgb(163, 173, 185)"
TICK_COLOUR = "getComputedStyle(document.querySelector('.live .xtick text')).fill"
LINES = """arm => [...document.querySelectorAll('.live')].filter(each => each.offsetParent).reduce((sum, each) => sum +
  each._fullData.filter(t => t.visible === true && t.meta.arm === arm && t.meta.role === 'line').length, 0)"""


def chromium() -> str:
    """Return the path of a Chromium, or skip; where tests must be complete, fail instead."""
    found = os.environ.get("REGIMENS_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
    )
    if not found:
        if os.environ.get("CI"):
            pytest.fail("no Chromium on this machine, and CI is set")
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="module")
def browser():
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("pages")
    for name, comparison in {
        "six": example.six(),
        "thirteen": example.thirteen(),
        "hostile": example.hostile_six(),
        "drawn": example.drawn(),
        "drawn_thirteen": example.drawn_thirteen(),
        "drawn_hostile": example.drawn_hostile(),
        "mutein": example.mutein(),
    }.items():
        (made / f"{name}.html").write_text(report.page(comparison), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def opened(browser, folder):
    """Return a function that opens a page once for each way of looking at it; tests put back what they change."""
    pages = {}

    def open_page(name: str, viewport: dict = DESK, color_scheme: str = "light"):
        key = (name, viewport["width"], color_scheme)
        if key not in pages:
            page = browser.new_page(viewport=viewport, color_scheme=color_scheme)
            page.said, page.fetched = [], []
            page.on("console", lambda message: page.said.append(message.text))
            page.on("pageerror", lambda error: page.said.append(str(error)))
            page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
            page.on("request", lambda request: page.fetched.append(request.url))
            page.goto((folder / f"{name}.html").as_uri())
            page.wait_for_selector("html[data-drawn=all]", timeout=PATIENCE_MS, state="attached")
            pages[key] = page
        return pages[key]

    return open_page


@pytest.fixture(scope="module")
def printed(opened, folder):
    """Return a function that prints a page to PDF and reads it back."""

    def print_page(name: str) -> pypdf.PdfReader:
        path = folder / f"{name}.pdf"
        if not path.exists():
            opened(name).pdf(path=path, prefer_css_page_size=True)
        return pypdf.PdfReader(path)

    return print_page


@pytest.mark.parametrize("name", PAGES)
def test_the_page_opens_in_silence_and_fetches_nothing_but_itself(opened, name):
    page = opened(name)
    assert page.said == []
    assert [url for url in page.fetched if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_is_drawn(opened, name):
    page = opened(name)
    empty = page.evaluate("() => [...document.querySelectorAll('.live')].filter(f => !f.querySelector('path.js-line')).length")
    assert page.locator(".live").count() > 3
    assert empty == 0


def test_clicking_an_arm_toggles_it_in_all_figures_and_strips(opened):
    page = opened("six")
    before = _lines(page, 2)
    button = page.locator("[data-toggle='2']")
    button.click()
    page.mouse.move(1, 1)
    _wait_for_lines(page, 2, 0)
    assert button.get_attribute("aria-pressed") == "false"
    assert _lines(page, 0) > 0
    assert "off" in page.locator(".strip[data-arm='2']").get_attribute("class")
    assert not page.locator("[data-arms='2']").first.is_visible()
    button.click()
    page.mouse.move(1, 1)
    _wait_for_lines(page, 2, before)


def test_the_legend_works_from_the_keyboard_with_a_visible_focus(opened):
    page = opened("six")
    page.locator("[data-toggle='0']").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.locator("[data-toggle='1']").get_attribute("aria-pressed") == "false"
    page.keyboard.press("Enter")
    assert page.locator("[data-toggle='1']").get_attribute("aria-pressed") == "true"


def test_one_readout_names_all_arms_at_that_time_in_both_models(opened):
    page = opened("six")
    page.evaluate("document.getElementById('curves').scrollIntoView()")
    box = page.locator("#figure-treg_fold-0").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 250)
    page.mouse.move(box["x"] + 205, box["y"] + 252)
    for model in (0, 1):
        layer = f"#figure-treg_fold-{model} .hoverlayer"
        page.wait_for_function(f"() => document.querySelector('{layer}').textContent.includes('week')", timeout=PATIENCE_MS)
        readout = page.locator(layer).text_content()
        for arm in example.SIX:
            assert arm in readout
    page.mouse.move(1, 1)


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_scrolls_in_one_direction_only(opened, name):
    page = opened(name, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_on_a_phone_models_stand_beneath_each_other(opened):
    page = opened("six", viewport=PHONE)
    first, second = (page.locator(f"#figure-treg_fold-{model}").bounding_box() for model in (0, 1))
    assert second["y"] > first["y"] + first["height"] - 1
    assert abs(second["x"] - first["x"]) < 1


def test_in_the_dark_paper_and_figures_are_dark(opened):
    page = opened("six", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
    assert _tick_colour(page) == DARK_TICK


def test_figures_follow_when_the_theme_changes(opened):
    page = opened("six", color_scheme="dark")
    for scheme, colour in (("light", LIGHT_TICK), ("dark", DARK_TICK)):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"() => {TICK_COLOUR} === '{colour}'", timeout=PATIENCE_MS)


def test_without_scripts_the_figures_are_still_there(browser, folder):
    context = browser.new_context(viewport=DESK, java_script_enabled=False)
    page = context.new_page()
    page.goto((folder / "six.html").as_uri())
    assert page.locator("svg.twin").first.is_visible()
    context.close()


@pytest.mark.parametrize(("name", "most"), [("six", 8), ("thirteen", 13), ("hostile", 9), ("drawn", 14), ("drawn_thirteen", 18)])
def test_a_print_is_a4_and_short_and_no_text_starts_beyond_its_margin(printed, name, most):
    pages = printed(name).pages
    assert len(pages) <= most
    assert all(abs(float(pages[0].mediabox[2 + i]) - A4_POINTS[i]) < 2 for i in (0, 1))
    for number, page in enumerate(pages):
        assert _farthest_start(page) <= A4_POINTS[0] - MARGIN_POINTS, f"page {number + 1}"


@pytest.mark.parametrize("name", PAGES)
def test_at_the_width_of_paper_nothing_reaches_beyond_it(opened, name):
    page = opened(name)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER_PX, "height": 960})
    beyond = page.evaluate(
        """width => [...document.querySelectorAll('main *')].filter(each => each.getClientRects().length
        && !each.closest('.hidden') && each.getBoundingClientRect().right > width + 1)
        .map(each => each.outerHTML.slice(0, 200))""",
        PAPER_PX,
    )
    page.set_viewport_size(DESK)
    page.emulate_media(media="screen")
    assert beyond == []


def test_a_print_holds_the_last_tick_and_the_last_column(printed):
    text = "\n".join(page.extract_text() for page in printed("six").pages)
    assert re.search(r"week 0\s+4\s+8\s+12\s+16\s+20\s+24", text)
    assert "Verdict" in text
    assert text.count("nothing stated") == 5


def test_on_paper_arms_switched_off_on_screen_are_shown(opened):
    page = opened("six")
    page.locator("[data-toggle='1']").click()
    page.emulate_media(media="print")
    assert page.locator("[data-arms='1'] svg.twin").first.is_visible()
    assert page.locator("[data-toggle='1']").is_visible()
    page.emulate_media(media="screen")
    page.locator("[data-toggle='1']").click()


def test_pointing_at_an_arm_shows_its_prediction_interval_where_many_share_a_panel(opened):
    page = opened("drawn")
    page.evaluate("document.getElementById('curves').scrollIntoView()")
    fill = """document.getElementById('figure-treg_fold-0')._fullData
      .filter(t => t.meta.arm === 1 && t.meta.role === 'ribbon').map(t => t.fillcolor).join()"""
    assert page.evaluate(fill).replace(" ", "").endswith(",0)")
    page.locator("[data-toggle='1']").hover()
    page.wait_for_function(f"() => !({fill}).replaceAll(' ', '').endsWith(',0)')", timeout=PATIENCE_MS)
    page.mouse.move(1, 1)
    page.wait_for_function(f"() => ({fill}).replaceAll(' ', '').endsWith(',0)')", timeout=PATIENCE_MS)


def test_an_arm_switched_off_fades_in_the_forest_too(opened):
    page = opened("drawn")
    button = page.locator("[data-toggle='2']")
    button.click()
    assert "off" in page.locator(".contrasts .forest[data-arm='2']").first.get_attribute("class")
    button.click()
    assert "off" not in page.locator(".contrasts .forest[data-arm='2']").first.get_attribute("class")


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_every_number_fits_its_cell_in_the_grid_of_pairs(opened, viewport):
    page = opened("drawn_thirteen", viewport=viewport)
    wide = page.evaluate(
        "[...document.querySelectorAll('.heat td')].filter(e => e.getClientRects().length && e.scrollWidth > e.clientWidth + 1).length"
    )
    assert page.locator(".heat td").count() > 13 * 13
    assert wide == 0


def test_a_print_holds_the_verdict_and_the_grid(printed):
    text = "\n".join(page.extract_text() for page in printed("drawn").pages)
    assert "What is supported" in text
    assert "Every pair" in text
    assert "supported by every model" in text


def _lines(page, arm: int) -> int:
    """Return how many curves of an arm are on screen, over all figures."""
    return page.evaluate(LINES, arm)


def _wait_for_lines(page, arm: int, wanted: int) -> None:
    page.wait_for_function(f"([arm, wanted]) => ({LINES})(arm) === wanted", arg=[arm, wanted], timeout=PATIENCE_MS)


def _tick_colour(page) -> str:
    return page.evaluate(TICK_COLOUR)


def _farthest_start(page) -> float:
    """Return where (points from the left) the text begins that begins farthest to the right."""
    reach = [0.0]

    def visit(text, matrix, position, font, size):
        if text.strip():
            reach.append(position[4] * matrix[0] + matrix[4])

    page.extract_text(visitor_text=visit)
    return max(reach)

"""The page in a real browser: drawn, quiet, steered by its key, readable on a phone, in the dark, on paper and without scripts."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import struct
from collections.abc import Iterator

import numpy as np
import pypdf
import pytest

from . import example

pytestmark = pytest.mark.no_cover  # slow under the tracer, and no line is run by them alone

PAGES = ["six", "drawn", "drawn_thirteen", "drawn_hostile", "mutein"]
LARGE = ["six", "drawn", "drawn_thirteen", "drawn_hostile"]  # what is looked at in every way
DESK = {"width": 1280, "height": 900}  # wider than the text, which has 1,100 px
PHONE = {"width": 390, "height": 844}
MOST_WORDS, MOST_HEIGHT_PX = 6_000, 12_000  # of the open part of a large page: what somebody may read in half an hour
A4_POINTS = (595, 842)
MARGIN_POINTS = 42  # 15 mm, less half a point
PAPER_PX = 680  # 180 mm between the margins, at 96 px an inch
NEAR_PX = 500  # from here on a figure is drawn
STEP_PX = 700  # of scrolling: less than a window, so that no figure is passed over
NEAR = 0.025  # relative: curves are thinned to within a px, and values have three digits
FADED = 0.12  # opacity of what stands back
PATIENCE_MS = 30_000  # a busy machine draws slowly; nothing waits longer than it must
AT_ONCE = ["--js-flags=--no-enable-lazy-source-positions"]
"""A watched page asks where in its script an error was thrown, and Plotly tries out what the browser can do; without this flag it
is read three times over, which takes a third of the time in which a page opens."""
LEADING = "#figure-curves-treg_fold"
LIGHT_TICK, DARK_TICK = "rgb(88, 97, 108)", "rgb(163, 173, 185)"
TICK_COLOUR = "getComputedStyle(document.querySelector('.live .xtick text')).fill"

OPEN = "const open = [...document.querySelectorAll('.live')].filter(e => !e.closest('details:not([open])'));"
UNDRAWN = f"""(() => {{ {OPEN} return open.filter(e => !e.querySelector('.main-svg')).map(e => e.dataset.figure); }})()"""
# figures in the window that are not drawn as they should be: at all, at this width, as the arm that stands out asks
LATE = """(() => [...document.querySelectorAll('.live')].filter(e => {
  const box = e.getBoundingClientRect();
  return !e.closest('details:not([open])') && box.bottom > 0 && box.top < innerHeight
    && (!e.querySelector('.main-svg') || e.dataset.stale || e.dataset.drawn !== String(Math.floor(e.clientWidth)));
}).map(e => e.dataset.figure))()"""
EMPTY = f"""(() => {{ {OPEN}
  return open.filter(e => !e.querySelector('.trace path, .trace use, .hm image, .shapelayer path')).map(e => e.dataset.figure); }})()"""
# (figure, arm, opacity, opacity that it would have alone) of every trace of an arm in the figures that are drawn near the window
OPACITIES = """() => {
  const { figures } = JSON.parse(document.getElementById('data').textContent);
  return [...document.querySelectorAll('.live[data-drawn]')].filter(e => !e.closest('details:not([open])') && !e.dataset.stale).flatMap(e =>
    e._fullData.filter(t => t.meta && t.meta.arm >= 0).map(t => {
      const own = figures[e.dataset.figure].data[t.index].opacity;
      return [e.dataset.figure, t.meta.arm, t.opacity, own === undefined ? 1 : own];
    })); }"""
# text of figures that reaches beyond its figure, where it is cut off
CUT = """() => [...document.querySelectorAll('.live[data-drawn]')].filter(e => !e.closest('details:not([open])')).flatMap(e => {
  const room = e.getBoundingClientRect();
  return [...e.querySelectorAll('text')].filter(t => t.textContent.trim() && t.getBoundingClientRect().width).filter(t => {
    const box = t.getBoundingClientRect();
    return box.left < room.left - 1 || box.right > room.right + 1 || box.top < room.top - 1 || box.bottom > room.bottom + 1;
  }).map(t => `${e.dataset.figure}: ${t.textContent}`); })"""
BEYOND = """width => [...document.querySelectorAll('main *')].filter(each => each.getClientRects().length
  && !each.closest('.hidden, details:not([open]) > :not(summary)') && !each.parentElement.closest('.scroll, pre, .live')
  && each.getBoundingClientRect().right > width + 1).map(each => each.outerHTML.slice(0, 200))"""


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


@contextlib.contextmanager
def running() -> Iterator[object]:
    """Start a browser, yield its one window, in which every page is a tab, and end it; each window more costs a second."""
    path = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", *AT_ONCE])
        window = started.new_context(viewport=DESK, accept_downloads=True)
        window.new_page()  # stays, so that the window does when tests close their tabs
        yield window
        started.close()


def scroll(page) -> None:
    """Scroll from the top to the end and back to the top; wherever the window stops, all figures in it come to be drawn."""
    at = 0
    while at < page.evaluate("document.documentElement.scrollHeight"):
        page.evaluate("y => scrollTo(0, y)", at)
        _wait_for_figures(page)
        at += STEP_PX
    page.evaluate("scrollTo(0, 0)")
    _wait_for_figures(page)


def _wait_for_figures(page) -> None:
    """Wait until the figures in the window are drawn, or fail with those that are not."""
    late = page.evaluate(
        f"""async patience => {{
          const begun = performance.now();
          await new Promise(done => requestAnimationFrame(() => setTimeout(done, 20)));
          while ({LATE}.length && performance.now() - begun < patience) await new Promise(done => setTimeout(done, 50));
          return {LATE}; }}""",
        PATIENCE_MS,
    )
    assert late == [], f"in the window and not drawn as they should be: {late}"


@pytest.fixture(scope="module")
def window():
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return a function that writes a page once and returns its path."""
    folder = tmp_path_factory.mktemp("pages")

    def written(name: str):
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(example.page(name), encoding="utf-8")
        return path

    return written


@pytest.fixture(scope="module")
def fresh(window, file):
    """Return a function that opens a page, without scrolling; `said` and `fetched` are what came of it."""

    def open_page(name: str, viewport: dict = DESK, color_scheme: str = "light"):
        page = window.new_page()
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=color_scheme)
        page.said, page.fetched = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("dialog", lambda dialog: (page.said.append(dialog.message), dialog.dismiss()))
        page.on("request", lambda request: page.fetched.append(request.url))
        page.goto(file(name).as_uri())
        page.wait_for_selector("html[data-ready]", timeout=PATIENCE_MS, state="attached")
        return page

    return open_page


@pytest.fixture(scope="module")
def opened(fresh):
    """Return a function that opens a page and scrolls through it once a way of looking at it; tests put back what they change."""
    pages = {}

    def open_page(name: str, viewport: dict = DESK, color_scheme: str = "light"):
        key = (name, viewport["width"], color_scheme)
        if key not in pages:
            pages[key] = fresh(name, viewport, color_scheme)
            scroll(pages[key])
        pages[key].bring_to_front()
        pages[key].mouse.move(1, 1)
        return pages[key]

    return open_page


@pytest.fixture(scope="module")
def printed(opened, tmp_path_factory):
    """Return a function that prints a page to PDF and reads it back."""
    folder = tmp_path_factory.mktemp("printed")

    def print_page(name: str) -> pypdf.PdfReader:
        path = folder / f"{name}.pdf"
        if not path.exists():
            opened(name).pdf(path=path, prefer_css_page_size=True)
        return pypdf.PdfReader(path)

    return print_page


def test_figures_are_drawn_only_when_they_come_near_the_window(fresh):
    page = fresh("six")
    page.wait_for_selector(f"{LEADING} .main-svg", timeout=PATIENCE_MS)
    waiting = page.evaluate(
        f"(() => {{ {OPEN} return open.filter(e => !e.dataset.drawn).map(e => e.getBoundingClientRect().top - innerHeight); }})()"
    )
    assert len(waiting) >= 1
    assert min(waiting) > NEAR_PX
    scroll(page)
    assert page.locator("#figure-contrasts .main-svg").count() > 0
    page.close()


def test_nothing_on_the_page_moves_when_its_figures_are_drawn(fresh):
    """Else a link leads beside its heading, and a click that began on a button ends below it."""
    page = fresh("six", PHONE)
    page.evaluate("document.querySelectorAll('details.more').forEach(each => { each.open = true; })")
    places = (
        "[...document.querySelectorAll('h2, h3, summary, table, .live')].map(each => each.getBoundingClientRect().y + scrollY)"
    )
    before, waiting = page.evaluate(places), page.locator(".live:not([data-drawn])").count()
    scroll(page)
    assert waiting >= 3
    assert page.locator(".live:not([data-drawn])").count() == 0
    assert page.evaluate(places) == pytest.approx(before, abs=1)
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_that_is_not_folded_is_drawn_when_the_page_was_scrolled(opened, name):
    page = opened(name)
    assert page.locator(".live[data-drawn]").count() >= 2
    assert page.evaluate(UNDRAWN) == []
    assert page.evaluate(EMPTY) == []


@pytest.mark.parametrize("name", PAGES)
def test_the_page_opens_in_silence_and_fetches_nothing_but_itself(opened, file, name):
    """A message would also tell of what the page's own Content-Security-Policy forbids."""
    page = opened(name)
    assert page.said == []
    assert page.fetched == [file(name).as_uri()]


@pytest.mark.parametrize("name", ["six", "drawn"])
def test_opening_what_is_folded_draws_the_figures_in_it(fresh, name):
    page = fresh(name)
    folded = page.locator("details.more")
    scroll(page)
    assert folded.locator(".live").count() >= 3
    assert folded.locator(".main-svg").count() == 0
    page.evaluate("document.querySelectorAll('details.more').forEach(e => { e.open = true; })")
    scroll(page)
    assert page.evaluate(UNDRAWN) == []
    assert page.evaluate(EMPTY) == []
    assert page.said == []
    page.close()


def test_pointing_at_an_arm_makes_it_stand_out_until_the_pointer_leaves(opened):
    page = opened("six")
    assert _standing(page) == set()
    page.locator(f"{LEADING} button[data-arm='2']").hover()
    page.wait_for_selector(".answer tr[data-arm='0'].back", timeout=PATIENCE_MS)
    assert _standing(page) == {2}
    assert page.locator(".answer tr.back").count() == 5
    assert page.locator(f"{LEADING} button[data-arm='2']").get_attribute("aria-pressed") == "false"
    page.mouse.move(1, 1)
    page.wait_for_selector(".answer tr[data-arm='0']:not(.back)", timeout=PATIENCE_MS)
    assert _standing(page) == set()


@pytest.mark.parametrize("name", ["six", "drawn"])
def test_an_arm_that_was_clicked_stands_out_in_every_figure_until_it_is_clicked_again(opened, name):
    page = opened(name)
    button = page.locator(f"{LEADING} button[data-arm='1']")
    button.click()
    page.mouse.move(1, 1)
    scroll(page)
    assert _standing(page) == {1}
    assert {row[0] for row in page.evaluate(OPACITIES)} >= {"curves-treg_fold", "schedules", "contrasts"}
    assert {each.get_attribute("aria-pressed") for each in page.locator("button[data-arm='1']").all()} == {"true"}
    assert page.locator("button[aria-pressed=true]:not([data-arm='1'])").count() == 0
    button.click()
    page.mouse.move(1, 1)
    scroll(page)
    assert _standing(page) == set()
    assert page.locator("button[aria-pressed=true]").count() == 0
    assert page.locator(".back").count() == 0


def test_a_figure_that_waits_just_outside_the_window_follows_too(opened):
    """It is near enough to be drawn already, so that coming into the window is no news to the page."""
    page = opened("six")
    page.evaluate(
        "near => scrollBy(0, document.querySelector('[data-figure=contrasts]').getBoundingClientRect().top - innerHeight - near)",
        NEAR_PX - 50,
    )
    _wait_for_figures(page)
    for wanted in ({1}, set()):
        page.evaluate(f"document.querySelector(\"{LEADING} button[data-arm='1']\").click()")
        page.evaluate("document.querySelector('[data-figure=contrasts]').scrollIntoView({ block: 'end' })")
        _wait_for_figures(page)
        assert _standing(page) == wanted
        page.evaluate("near => scrollBy(0, -near)", NEAR_PX - 50)
    page.evaluate("scrollTo(0, 0)")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_key_works_from_the_keyboard_with_a_visible_focus(opened, key):
    page = opened("six")
    buttons = [page.locator(f"{LEADING} button[data-arm='{arm}']") for arm in (0, 1)]
    buttons[0].focus()
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press(key)
    assert [each.get_attribute("aria-pressed") for each in buttons] == ["false", "true"]
    assert _standing(page) == {1}
    page.keyboard.press(key)
    assert [each.get_attribute("aria-pressed") for each in buttons] == ["false", "false"]
    assert _standing(page) == set()


def test_choosing_another_arm_lets_go_of_the_first(opened):
    page = opened("six")
    for arm in (0, 3):
        page.locator(f"{LEADING} button[data-arm='{arm}']").click()
    assert page.locator(f"{LEADING} button[aria-pressed=true]").get_attribute("data-arm") == "3"
    assert _standing(page) == {3}
    page.locator(f"{LEADING} button[data-arm='3']").click()
    page.mouse.move(1, 1)
    page.wait_for_function("() => !document.querySelector('.back')", timeout=PATIENCE_MS)


@pytest.mark.parametrize(("name", "panel"), [("six", 0), ("six", 1), ("drawn", 1)])
def test_the_values_at_the_pointer_stand_in_the_key_and_not_on_the_curves(opened, name, panel):
    page, comparison = opened(name), getattr(example, name)()
    model = comparison.models[panel].name
    week = _point_at(page, "curves-treg_fold", panel, 12.0)
    shown = comparison.models[panel].exploratory
    assert page.locator(f"{LEADING} .when").inner_text() == f"week {week:.1f}, {model}{' (exploratory)' if shown else ''}"
    for row in page.locator(f"{LEADING} .key button").all():
        arm, said = row.get_attribute("title"), row.locator("output").inner_text()
        bands = comparison.bands[model, arm]
        times, place = bands.time_h / 168, bands.row("treg_fold")
        middle, *ends = [float(part) for part in re.findall(r"[\d.]+", said)]
        assert middle == pytest.approx(np.interp(week, times, bands.median[place]), rel=NEAR), arm
        ends_of = (bands.low, bands.high) if name == "six" else (bands.confidence_low, bands.confidence_high)
        if ends:
            assert ends == pytest.approx([np.interp(week, times, curve[place]) for curve in ends_of], rel=NEAR), arm
        x, y = _line(page, "curves-treg_fold", panel, int(row.get_attribute("data-arm")))
        assert middle == float(f"{2 ** np.interp(week, x, np.log2(y)):.3g}"), arm  # the axis counts doublings
    assert page.locator(f"{LEADING} .hoverlayer text").count() == 0
    page.mouse.move(1, 1)
    page.wait_for_function(f"() => !document.querySelector('{LEADING} output').textContent", timeout=PATIENCE_MS)
    assert page.locator(f"{LEADING} .when").inner_text().strip() == ""


def test_in_the_figure_by_arm_the_key_has_the_values_of_the_models(opened):
    page = opened("drawn")
    week = _point_at(page, "curves-serum_il2", 3, 6.0)
    figure = page.locator("#figure-curves-serum_il2")
    assert figure.locator(".when").inner_text() == f"week {week:.1f}, Every 3 days"
    said = figure.locator(".key p[data-key] output").all_inner_texts()
    assert len(said) == 2
    assert all(re.match(r"\d", each) for each in said)
    page.mouse.move(1, 1)


def test_hover_boxes_of_other_figures_name_arms_as_plain_text(opened):
    page = opened("drawn_hostile")
    labels = page.evaluate(
        """async () => {
          const plot = document.querySelector('[data-figure=contrasts]'), said = [];
          const marks = plot._fullData.filter(t => t.meta.role === 'mark');
          for (const mark of marks.filter(t => t.meta.arm === 2).slice(0, 2)) {
            Plotly.Fx.hover(plot, [{ curveNumber: mark.index, pointNumber: 0 }], [(mark.xaxis || 'x') + (mark.yaxis || 'y')]);
            await new Promise(done => setTimeout(done, 150));
            said.push(plot.querySelector('.hoverlayer').textContent);
          }
          Plotly.Fx.unhover(plot);
          return said; }"""
    )
    assert len(labels) == 2
    assert all(label.startswith("{{ 7 * 7 }} {% raw %} %{x} <br>line, ") for label in labels), labels


def test_a_figure_can_be_saved_as_svg_with_its_title(opened):
    page = opened("six")
    with page.expect_download() as waited:
        page.locator(f"{LEADING} [data-save=svg]").click()
    assert waited.value.suggested_filename == "curves-treg_fold.svg"
    text = waited.value.path().read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert "Treg, fold of baseline" in text
    assert all(f">{arm}<" in text for arm in example.SIX)
    assert re.match(r'<svg[^>]*viewBox="0 0 1100 \d+"', text)
    assert page.said == []


def test_a_figure_can_be_saved_as_png(opened):
    page = opened("six")
    with page.expect_download() as waited:
        page.locator("#figure-schedules [data-save=png]").click()
    assert waited.value.suggested_filename == "schedules.png"
    content = waited.value.path().read_bytes()
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">I", content[16:20]) == (2200,)
    assert page.said == []


def test_a_figure_that_is_saved_in_the_dark_is_light(opened):
    page = opened("six", color_scheme="dark")
    with page.expect_download() as waited:
        page.locator(f"{LEADING} [data-save=svg]").click()
    text = waited.value.path().read_text(encoding="utf-8")
    assert LIGHT_TICK in text
    assert DARK_TICK not in text
    assert re.search(r'<rect x="0" y="0" width="1100" height="\d+" style="fill: rgb\(255, 255, 255\);', text)


@pytest.mark.parametrize("name", ["six", "drawn_thirteen"])
def test_in_the_dark_paper_and_figures_are_dark(opened, name):
    page = opened(name, color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 28)"
    assert page.evaluate(TICK_COLOUR) == DARK_TICK
    light, dark = (_rgb(inks) for inks in (_inks(page).keys(), _inks(page).values()))
    light -= {"rgb(0, 0, 0)"}  # what Plotly writes for what it does not show, such as the area under a pointer
    used = set(
        page.evaluate(
            """[...document.querySelectorAll('.live svg *')].flatMap(e => [e.style.fill, e.style.stroke]).filter(Boolean)
            .map(c => c.replace(/^rgba\\((\\d+, \\d+, \\d+),.*$/, 'rgb($1)'))"""
        )
    )
    assert len(used & dark) > 5
    assert used & (light - dark) == set()


def test_figures_follow_when_the_theme_changes(opened):
    page = opened("six", color_scheme="dark")
    for scheme, colour in (("light", LIGHT_TICK), ("dark", DARK_TICK)):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(f"() => {TICK_COLOUR} === '{colour}'", timeout=PATIENCE_MS)


def test_figures_follow_when_the_window_changes_its_width(fresh):
    page = fresh("six")
    for width in (700, DESK["width"]):
        page.set_viewport_size({"width": width, "height": 900})
        scroll(page)
        widths = page.evaluate(
            "[...document.querySelectorAll('.live[data-drawn]')].map(e => [e._fullLayout.width, e.clientWidth])"
        )
        assert len(widths) >= 3
        assert all(drawn == room <= width for drawn, room in widths)
    page.close()


@pytest.mark.parametrize(("name", "viewport"), [*((name, DESK) for name in PAGES), *((name, PHONE) for name in LARGE)])
def test_no_text_of_a_figure_is_cut_off(opened, name, viewport):
    page = opened(name, viewport=viewport)
    assert page.locator(".live text").count() > 20
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("name", LARGE)
def test_a_phone_scrolls_in_one_direction_only(opened, name):
    page = opened(name, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(BEYOND, PHONE["width"] - 16) == []


@pytest.mark.parametrize("name", ["six", "drawn_thirteen"])
def test_on_a_phone_every_value_of_the_answer_is_there_with_its_label(opened, name):
    page = opened(name, viewport=PHONE)
    cells = page.evaluate(
        """[...document.querySelectorAll('.answer tbody td')].map(e => {
          const box = e.getBoundingClientRect(), before = getComputedStyle(e, '::before');
          return { label: e.dataset.label, shown: before.content, seen: before.display !== 'none',
                   inside: box.width > 30 && box.left >= 0 && box.right <= innerWidth, fits: e.scrollWidth <= e.clientWidth + 1 }; })"""
    )
    rows = page.locator(".answer tbody tr").count()
    columns = page.locator(".answer tbody tr").first.locator("td").count()
    assert len(cells) == rows * columns >= 6 * 4
    assert all(cell["label"] and cell["shown"].startswith(json.dumps(cell["label"], ensure_ascii=False)[:-1]) for cell in cells)
    assert all(cell["seen"] and cell["inside"] and cell["fits"] for cell in cells), cells


def test_on_a_phone_models_stand_beneath_each_other(opened):
    page = opened("six", viewport=PHONE)
    first, second = (page.locator(f"{LEADING} .live .xaxislayer-above .{axis}tick").first.bounding_box() for axis in ("x", "x2"))
    assert second["y"] > first["y"] + 100
    assert abs(second["x"] - first["x"]) < 2


@pytest.mark.parametrize("name", ["drawn", "drawn_thirteen"])
def test_what_is_open_of_a_large_page_can_be_read_in_one_sitting(opened, name):
    page = opened(name)
    assert 500 < len(page.evaluate("document.body.innerText").split()) < MOST_WORDS
    assert 2_000 < page.evaluate("document.documentElement.scrollHeight") < MOST_HEIGHT_PX


@pytest.mark.parametrize(("name", "most"), [("six", 4), ("drawn", 7), ("drawn_thirteen", 8), ("drawn_hostile", 8)])
def test_a_print_is_a4_and_short_and_no_text_starts_beyond_its_margin(printed, name, most):
    pages = printed(name).pages
    assert 2 <= len(pages) <= most
    assert all(abs(float(pages[0].mediabox[2 + i]) - A4_POINTS[i]) < 2 for i in (0, 1))
    for number, page in enumerate(pages):
        assert _farthest_start(page) <= A4_POINTS[0] - MARGIN_POINTS, f"page {number + 1}"


@pytest.mark.parametrize("name", ["six", "drawn", "drawn_thirteen"])
def test_the_first_printed_page_holds_the_whole_summary(printed, name):
    first, second = (_plain(page.extract_text()) for page in printed(name).pages[:2])
    comparison = getattr(example, name)()
    assert first.startswith(comparison.scenario.title)
    assert all(look in first for look in ("The answer", "See what this rests on", "parameters of the models", "Highest"))
    assert ("What is supported" in first) == (name != "six")
    assert len(re.findall(r"week 0 4 8 12 16 20 24", first)) == 2
    assert re.search(r"turnover effect_turnover \(exploratory\)", first)
    assert second.startswith("The schedules")


def test_a_print_holds_every_figure_that_is_not_folded(printed, opened):
    text = _plain("\n".join(page.extract_text() for page in printed("drawn").pages))
    headings = opened("drawn").evaluate(
        "[...document.querySelectorAll('.picture h3')].filter(e => !e.closest('details:not([open])')).map(e => e.innerText)"
    )
    assert len(headings) >= 7
    assert [heading for heading in headings if _plain(heading) not in text] == []
    assert len(re.findall(r"week 0 4 8 12 16 20 24", text)) == 3  # curves under two models, and the schedules
    for said in ("Arm against arm", "At equal total", "Length of the rest", "In real life", "Exposure audit", "Sources"):
        assert said in text
    assert "Every pair" not in text
    assert "Versions, settings and statistics" not in text


def test_after_printing_the_page_is_laid_out_for_the_screen_again(opened, printed):
    printed("six")
    page = opened("six")
    scroll(page)
    assert page.evaluate(UNDRAWN) == []
    assert page.evaluate(f"document.querySelector('{LEADING} .live')._fullLayout.width") != PAPER_PX


def test_a_print_from_a_dark_screen_is_light_and_leaves_the_page_as_high_as_it_was(opened):
    page, height = opened("six", color_scheme="dark"), "document.documentElement.scrollHeight"
    before = page.evaluate(height)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(TICK_COLOUR) == LIGHT_TICK
    assert page.evaluate(height) != before
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(height) == before
    page.wait_for_function(f"() => {TICK_COLOUR} === '{DARK_TICK}'", timeout=PATIENCE_MS)


@pytest.mark.parametrize("name", LARGE)
def test_at_the_width_of_paper_nothing_reaches_beyond_it(opened, name):
    page = opened(name)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER_PX, "height": 960})
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    drawn = set(page.evaluate(f"(() => {{ {OPEN} return open.map(e => e._fullLayout.width); }})()"))
    beyond, cut = page.evaluate(BEYOND, PAPER_PX), page.evaluate(CUT)
    page.emulate_media(media="screen")
    page.set_viewport_size(DESK)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    scroll(page)
    assert drawn == {PAPER_PX}
    assert beyond == []
    assert cut == []


def test_without_scripts_the_answer_the_verdict_and_the_tables_are_there_and_no_empty_frame(window, file):
    context = window.browser.new_context(viewport=DESK, java_script_enabled=False)
    page = context.new_page()
    page.goto(file("drawn").as_uri())
    assert page.locator(".answer td.value").first.is_visible()
    assert page.locator(".judged .found").is_visible()
    assert page.locator("noscript .warning").inner_text() == (
        "The figures are drawn by a script of this page. Without it, the table under each figure has its numbers."
    )
    assert [each for each in page.locator(".stage, .tools, .live, .key").all() if each.is_visible()] == []
    table = page.locator("#figure-curves-treg_fold details.numbers")
    assert not table.locator("td").first.is_visible()
    table.locator("summary").click()
    assert table.locator("td").first.is_visible()
    context.close()


def _standing(page) -> set[int]:
    """Return the arms that stand out; every trace of another arm is faint, in all figures that are drawn; none if nothing is."""
    found = page.evaluate(OPACITIES)
    assert len(found) > 10
    own = {arm for _, arm, opacity, alone in found if opacity == pytest.approx(alone)}
    faint = {arm for _, arm, opacity, alone in found if opacity == pytest.approx(FADED * alone)}
    assert not own & faint, found
    assert own | faint == {arm for _, arm, _, _ in found}
    return own if faint else set()


def _point_at(page, key: str, panel: int, week: float) -> float:
    """Point at a time in a panel of curves; return the time that Plotly takes it for."""
    page.evaluate("key => document.getElementById(`figure-${key}`).scrollIntoView({ block: 'center' })", key)
    at = page.evaluate(
        """([key, panel, week]) => {
          const plot = document.querySelector(`[data-figure="${key}"]`), box = plot.getBoundingClientRect();
          const suffix = panel ? panel + 1 : '', x = plot._fullLayout[`xaxis${suffix}`], y = plot._fullLayout[`yaxis${suffix}`];
          if (!plot.heard) plot.on('plotly_hover', e => { plot.week = e.xvals[0]; });
          plot.heard = true;
          return [box.left + x._offset + x.d2p(week), box.top + y._offset + y._length / 2]; }""",
        [key, panel, week],
    )
    page.mouse.move(at[0] - 3, at[1] - 3)
    page.mouse.move(at[0], at[1])
    page.wait_for_function(
        "([key, week]) => Math.abs(document.querySelector(`[data-figure=\"${key}\"]`).week - week) < 0.1", arg=[key, week],
        timeout=PATIENCE_MS,
    )  # fmt: skip
    return page.evaluate('key => document.querySelector(`[data-figure="${key}"]`).week', key)


def _line(page, key: str, panel: int, arm: int) -> tuple[list[float], list[float]]:
    """Return times and values of the median of an arm as it is drawn."""
    return page.evaluate(
        """([key, axis, arm]) => {
          const line = document.querySelector(`[data-figure="${key}"]`)._fullData
            .find(t => t.meta.role === 'line' && t.meta.arm === arm && (t.xaxis || 'x') === axis);
          return [[...line.x], [...line.y]]; }""",
        [key, f"x{panel + 1}" if panel else "x", arm],
    )


def _inks(page) -> dict[str, str]:
    """Return the dark colour of every light one of the page."""
    return page.evaluate("JSON.parse(document.getElementById('data').textContent).dark")


def _rgb(colours) -> set[str]:
    return {f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})" for colour in colours}


def _plain(text: str) -> str:
    """Return the text of a PDF with single spaces and letters set apart again."""
    return re.sub(r"\s+", " ", text.replace("ﬀ", "ff").replace("ﬁ", "fi").replace("ﬂ", "fl")).strip()


def _farthest_start(page) -> float:
    """Return where (points from the left) the text begins that begins farthest to the right."""
    reach = [0.0]

    def visit(text, matrix, position, font, size):
        if text.strip():
            reach.append(position[4] * matrix[0] + matrix[4])

    page.extract_text(visitor_text=visit)
    return max(reach)


@pytest.mark.parametrize(
    ("name", "whose"), [("six", "(90 % prediction interval)"), ("drawn", "(90 % confidence, typical subject)")]
)
def test_the_values_at_the_pointer_say_whose_interval_they_hold(opened, name, whose):
    page = opened(name)
    picture = page.locator("#figure-curves-treg_fold")
    picture.scroll_into_view_if_needed()
    _wait_for_figures(page)
    box = picture.locator(".nsewdrag").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    page.wait_for_function("document.querySelector('#figure-curves-treg_fold .whose').textContent.trim()", timeout=PATIENCE_MS)
    assert picture.locator(".whose").inner_text() == whose
    page.mouse.move(0, 0)

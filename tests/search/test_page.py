"""The page of a search: it draws, says what is found, loads nothing, and has no barrier; its figures have what they show."""

from __future__ import annotations

import html
import io

import numpy as np
import pytest
from rich.console import Console

from regimens.figures.searching import search_front, search_map
from regimens.report.search import page, row_to_take, schedules, table
from regimens.report.text import searching
from regimens.scenario import Scenario
from regimens.search.run import find_schedules

from ..report.test_accessibility import EVERY_WAY, NOT_INSIDE, said
from ..report.test_browser import PATIENCE_MS, running
from . import small


@pytest.fixture(scope="module")
def found():
    return find_schedules(small.scenario(("judged by: regret", "judged by: regret\n  cost: peak of serum_il2")))


def test_the_page_says_the_answer_in_sentences(found):
    made = page(found)
    for sentence in (searching.opening(found), searching.judged(found), *searching.answer(found)):
        assert html.escape(sentence, quote=True).replace("&#x27;", "&#39;") in made
    assert made == page(found)


def test_the_terminal_has_the_same_answer(found):
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table(found, 120))
    text = " ".join(console.export_text().split())
    for sentence in searching.answer(found):
        assert " ".join(sentence.split()) in text


def test_the_front_shows_every_schedule_with_its_words_in_every_panel(found):
    figure = search_front(found)
    names = {name for trace in figure.data for name in (trace.text or ()) if trace.xaxis == "x2"}
    assert len(names) == len(found.confirmed.names)
    assert all(any(name.startswith(f"{words}: ") for name in names) for words in found.confirmed.names)


def test_the_dotted_line_is_the_front(found):
    lines = [trace for trace in search_front(found).data if trace.meta["role"] == "front"]
    assert len(lines) == 1 + len(found.models)
    for line, flags in zip(lines[1:], found.answer.front_under, strict=True):
        assert list(line.x) == sorted(found.answer.total_iu[flags] / 1e6)
        assert list(line.y) == sorted(line.y)


def test_the_map_has_the_best_of_the_screen_in_every_cell(found):
    for row, grid in enumerate(search_map(found).data):
        best = np.array(list(grid.z), dtype=float)
        aims = found.screened.means[row, 0]
        for place, amount in enumerate(found.search.space.amounts):
            for line, every in enumerate(reversed(found.search.space.every)):
                mine = [aims[k] for k, one in enumerate(found.candidates) if (one.amount, one.timing.every) == (amount, every)]
                assert best[line, place] == pytest.approx(max(mine), abs=1e-5)


def test_frames_of_the_map_hold_the_flat_schedules(found):
    frames = search_map(found).layout.shapes
    cells = set()
    for row in range(len(found.models)):
        for place in np.flatnonzero(found.answer.flat_under[row]):
            one = found.candidate(int(place))
            cells.add((row, one.amount, one.timing.every))
    assert len(frames) == len(cells)


def test_the_table_has_the_flat_schedules_first(found):
    rows = schedules(found).rows
    flat = [cells[searching.HEADS.index("Flat")] for _, cells in rows[:-1]]
    assert flat == sorted(flat, reverse=True)
    assert rows[-1][0] == "five days"


def test_every_schedule_of_the_table_can_be_taken_as_a_scenario(found):
    """The page puts the words of a chosen schedule in place of those of the first one."""
    row = row_to_take(found)
    names = [name for name, _ in schedules(found).rows]
    assert [*row.schedules, "five days"] == names
    for name in row.schedules:
        made = Scenario.from_text(row.text.replace(row.words, name))
        assert [arm.name for arm in made.arms] == [name, "five days"]
        assert made.arms[0].regimen.in_words() == name
        assert made.endpoints[0].words == "mean of treg_fold to 3 weeks"


def test_aims_are_said_by_their_labels_and_regrets_have_their_unit(tmp_path):
    made = find_schedules(small.bent(tmp_path, ("draws: 24", "draws: 2")))
    assert str(search_front(made).layout.title.text) == "Highest AUC of gain, against total (MIU)"
    assert schedules(made).columns[-1] == "Regret, IU h, bent"
    assert "Its largest regret is 0 IU h, under bent." in searching.best(made)
    assert "best, with " in next(searching.under_each(made))
    assert " IU h" in next(searching.under_each(made))


@pytest.mark.no_cover
def test_a_schedule_is_copied_as_a_scenario(found, tmp_path):
    file = tmp_path / "search.html"
    file.write_text(page(found), encoding="utf-8")
    row = row_to_take(found)
    with running() as window:
        window.grant_permissions(["clipboard-read", "clipboard-write"])
        opened = window.new_page()
        opened.goto(file.as_uri())
        opened.locator("#take-row").select_option(row.schedules[3])
        opened.locator(".take button").click()
        assert opened.locator(".take [role=status]").inner_text() == "Copied."
        assert opened.evaluate("navigator.clipboard.readText()") == row.text.replace(row.words, row.schedules[3])


@pytest.mark.no_cover
def test_the_page_draws_and_has_no_barrier(found, tmp_path):
    from axe_playwright_python.sync_playwright import Axe

    file = tmp_path / "search.html"
    file.write_text(page(found), encoding="utf-8")
    with running() as window:
        opened = window.new_page()
        messages: list[str] = []
        opened.on("console", lambda message: messages.append(message.text))
        opened.on("pageerror", lambda error: messages.append(str(error)))
        opened.goto(file.as_uri())
        opened.wait_for_selector("html[data-ready]", timeout=PATIENCE_MS, state="attached")
        assert opened.locator(".live svg.main-svg").count() >= 2
        problems = []
        for viewport, scheme, rules in EVERY_WAY:
            opened.set_viewport_size(viewport)
            opened.emulate_media(color_scheme=scheme)
            result = Axe().run(opened, context=NOT_INSIDE, options=rules).response
            problems += [f"{scheme}, {viewport['width']} px: {said(violation)}" for violation in result["violations"]]
    assert not problems, "\n".join(problems)
    assert not messages

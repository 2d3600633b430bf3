"""The pages of the shipped scenarios under the rules of WCAG 2.1 A and AA that axe-core can check, light and dark, desk and phone."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from ..small import shipped_page
from .test_browser import DESK, PATIENCE_MS, PHONE, running

pytestmark = pytest.mark.no_cover  # slow under the tracer, and no line is run by them alone

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted(path.stem for path in (ROOT / "scenarios").glob("*.yaml"))
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}, "resultTypes": ["violations"]}
NOT_INSIDE = {"exclude": [[".live svg"]]}  # a figure is one picture with words; what it is drawn with is no element to a reader
OF_COLOURS = {**RULES, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
ONE_WAY = [(DESK, "light", RULES)]
MOST_WAYS = [*ONE_WAY, (PHONE, "light", RULES), (DESK, "dark", OF_COLOURS)]
EVERY_WAY = [*MOST_WAYS, (PHONE, "dark", OF_COLOURS)]
"""Width, theme and what is checked there: in the dark nothing but the colours is another."""

WAYS = {"seed_trials": EVERY_WAY, "equal_total": MOST_WAYS, "dose_finding": ONE_WAY}
"""Scenarios whose pages have every part of all shipped pages between them."""


@pytest.fixture(scope="module")
def window():
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Return a function that writes the page of a shipped scenario, run at the smallest size, once."""
    folder = tmp_path_factory.mktemp("shipped")

    def written(name: str) -> Path:
        path = folder / f"{name}.html"
        if not path.exists():
            path.write_text(shipped_page(name), encoding="utf-8")
        return path

    return written


@functools.cache
def parts(name: str) -> set[tuple]:
    """Return what the page of a scenario is made of: its elements, each with its role and with each of its classes."""
    found, body = set(), re.sub(r"(?s)<(script|style)\b.*?</\1>", "", shipped_page(name))
    for element, attributes in re.findall(r"<([a-z][a-z0-9]*)\b([^>]*)>", body):
        of_it = dict(re.findall(r'([a-z-]+)="([^"]*)"', attributes))
        found |= {(element, of_it.get("role"), of_class) for of_class in [None, *of_it.get("class", "").split()]}
    return found


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_part_of_a_shipped_page_is_on_a_page_that_is_checked(name):
    assert parts(name) - set().union(*map(parts, WAYS)) == set()


@pytest.mark.parametrize("name", WAYS)
def test_axe_finds_no_barrier_in_the_page_of_a_shipped_scenario(window, file, name):
    page = window.new_page()
    page.goto(file(name).as_uri())
    page.wait_for_selector("html[data-ready]", timeout=PATIENCE_MS, state="attached")
    found = []
    for viewport, scheme, rules in WAYS[name]:
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        result = Axe().run(page, context=NOT_INSIDE, options=rules).response
        assert result["passes"]
        found += [f"{scheme}, {viewport['width']} px: {said(violation)}" for violation in result["violations"]]
    page.close()
    assert not found, "\n".join(found)


def test_axe_finds_a_barrier_where_there_is_one(window, file):
    """The rules are awake: text in the colour of hairlines and a picture without words are found."""
    page = window.new_page()
    page.goto(file("seed_trials").as_uri())
    page.evaluate("document.querySelector('.lead').style.color = 'var(--hair)'")
    page.evaluate("document.querySelector('.live').removeAttribute('aria-label')")
    violations = Axe().run(page, context=NOT_INSIDE, options=RULES).response["violations"]
    page.close()
    assert {"color-contrast", "role-img-alt"} <= {violation["id"] for violation in violations}


def said(violation: dict) -> str:
    """Return a violation in a few words, with the elements and what is wrong with each."""
    nodes = [f"  {node['target']}: {node['html'][:160]} {node.get('failureSummary', '')}" for node in violation["nodes"][:5]]
    return "\n".join([f"{violation['id']} ({len(violation['nodes'])} elements): {violation['help']}", *nodes])

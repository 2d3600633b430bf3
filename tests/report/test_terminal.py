"""The answer in a terminal: complete, fitted, and plain text when it is piped."""

from __future__ import annotations

import dataclasses
import io

import pytest
from rich.console import Console

from regimens import report

from . import example


def printed(comparison, width: int, terminal: bool = False, **options) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=terminal, **options)
    console.print(report.table(comparison, width))
    return out.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_longer_than_the_terminal(width):
    for comparison in (example.six(), example.thirteen(), example.hostile_six()):
        assert max(map(len, printed(comparison, width).splitlines())) <= width


def test_piped_it_is_plain_text_without_box_art():
    text = printed(example.six(), 120)
    assert "\x1b" not in text
    assert not set("─│┃━┏┓╭╮") & set(text)


def test_no_color_is_respected(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in printed(example.six(), 120, terminal=True)


def test_every_arm_has_a_row_under_every_model():
    text = printed(example.six(1), 120)
    for arm in example.SIX:
        assert sum(line.startswith(arm) for line in text.splitlines()) == 2
    assert "effect_turnover (exploratory)" in text


def test_a_row_holds_total_doses_and_endpoints():
    text = printed(example.six(1), 120)
    row = next(line for line in text.splitlines() if line.startswith("Five-day courses"))
    assert row.split()[2:4] == ["21", "20"]
    assert len(row.split()) == 8
    assert "(1.05 MIU SC daily x 5, rest 16 days) x 4" in text


def test_intervals_stand_beneath_their_medians():
    assert "1.58–5.71" in printed(example.six(), 80)


def test_it_says_what_it_knows_of_certainty():
    assert "Typical subject only; no statement about certainty." in printed(example.six(1), 120)
    assert "90 % prediction intervals between 200 virtual subjects" in printed(example.six(), 120)


def test_names_are_never_read_as_markup_or_control_characters():
    arms = {"[bold]loud[/bold] red": example.SIX["Daily"], "[/] broken": example.SIX["Weekly"]}
    made = example.comparison(arms, "Names", 1)
    endpoints = tuple(dataclasses.replace(each, label=f"\x1b[31m{each.label}\x07") for each in made.scenario.endpoints)
    text = printed(example.with_scenario(made, endpoints=endpoints), 120)
    assert "[bold]loud[/bold]" in text
    assert "[/] broken" in text
    assert "\x1b" not in text
    assert "�[31mPeak" in text


def test_warnings_are_printed():
    assert "! Arm 'Daily' under 'turnover': 2 of 200 subjects stopped" in printed(example.six(), 120)


def test_the_verdict_follows_the_tables():
    text = " ".join(printed(example.drawn(), 120).split())
    assert (
        "seven of 15 pairs are supported: every schedule over no doses; ‘Five-day courses’ over ‘Every other day, 3 cycles’"
        in text
    )
    assert "Not supported: eight pairs; in one, the models contradict each other" in text
    assert "The rule: one arm is called better than another only if every model gives at least 95 % probability" in text
    assert text.index("Placebo") < text.index("Not supported")


def test_a_run_of_reduced_size_says_so_before_anything_else():
    made = example.drawn()
    smaller = dataclasses.replace(made, provenance=dataclasses.replace(made.provenance, reduced={"subjects": (500, 25)}))
    lines = printed(smaller, 120).splitlines()
    said = "A first look at reduced size: 25 of 500 subjects. Run it in full before you conclude anything."
    assert next(place for place, line in enumerate(lines) if line.strip() == said) < lines.index("turnover")


@pytest.mark.parametrize("width", [60, 120])
def test_a_verdict_fits_the_terminal(width):
    for comparison in (example.drawn(), example.drawn_thirteen(), example.drawn_hostile()):
        assert max(map(len, printed(comparison, width).splitlines())) <= width

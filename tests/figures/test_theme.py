"""Colours: every light one has its dark partner, lines stand out from the ground, and text can be read on every tint."""

from __future__ import annotations

import pytest

from regimens.figures import theme

from .drawing import contrast, luminance, rising

AA_TEXT, AA_GRAPHICS = 4.5, 3.0
"""Least contrasts of WCAG 2.2, level AA."""

GROUNDS = ("light", "dark")
MOST_STEPS = 6
LINES = {f"hue {place}": hue for place, hue in enumerate(theme.HUES)} | {"context": theme.CONTEXT, "soft": theme.SOFT}
WEAK = (theme.FAINT, theme.FOR, theme.FOR_MORE, theme.AGAINST, theme.AGAINST_MORE)
STRONG = (theme.FOR_MOST, theme.AGAINST_MOST)


def every(count: int) -> list[theme.Ink]:
    """Return all colours of a figure whose families have so many levels each."""
    return [*theme.ALL, *(step for hue in theme.HUES for step in theme.steps(hue, count))]


@pytest.mark.parametrize("count", range(1, MOST_STEPS + 1))
def test_every_light_colour_has_exactly_one_dark_partner_and_the_other_way_round(count):
    inks = set(every(count))
    assert len({ink.light for ink in inks}) == len(inks)
    assert len({ink.dark for ink in inks}) == len(inks)
    assert theme.dark_partners(tuple(every(count))) == {ink.light: ink.dark for ink in inks}


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("name", LINES)
def test_lines_stand_out_from_the_ground(name, ground):
    assert contrast(getattr(LINES[name], ground), getattr(theme.PAPER, ground)) >= AA_GRAPHICS


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("count", range(2, MOST_STEPS + 1))
def test_every_step_of_every_hue_stands_out_from_the_ground(count, ground):
    faint = [step for hue in theme.HUES for step in theme.steps(hue, count)
             if contrast(getattr(step, ground), getattr(theme.PAPER, ground)) < AA_GRAPHICS]  # fmt: skip
    assert faint == []


@pytest.mark.parametrize("count", range(2, MOST_STEPS + 1))
@pytest.mark.parametrize("hue", theme.HUES)
def test_higher_steps_are_further_from_the_ground(hue, count):
    steps = theme.steps(hue, count)
    assert rising(-luminance(step.light) for step in steps)
    assert rising(luminance(step.dark) for step in steps)


def test_one_step_of_a_hue_is_the_hue_itself():
    assert theme.steps(theme.ACCENT, 1) == (theme.ACCENT,)


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", [theme.TEXT, theme.SOFT, theme.LINK])
def test_text_can_be_read_on_the_ground(ink, ground):
    assert contrast(getattr(ink, ground), getattr(theme.PAPER, ground)) >= AA_TEXT


def as_plotly_writes(tint: str) -> str:
    """Return the colour in which Plotly 4 writes the numbers of a grid: white or its grey, whichever stands out more."""
    return max("#ffffff", "#444444", key=lambda colour: contrast(colour, tint))


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("tint", [*WEAK, *STRONG])
def test_numbers_can_be_read_on_every_tint_in_the_colour_that_plotly_gives_them(tint, ground):
    colour = getattr(tint, ground)
    assert contrast(as_plotly_writes(colour), colour) >= AA_TEXT


def test_a_colour_with_an_opacity_keeps_its_parts():
    assert theme.clear("#0072b2", 0.18) == "rgba(0,114,178,0.18)"

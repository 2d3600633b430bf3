"""What the tests read from figures: traces by role, arm and panel, and colours as the eye takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from types import SimpleNamespace

import pytest

from regimens.figures.arms import Look
from regimens.figures.arms import looks as looks_of

from ..report import example


def traces(figure, role: str, panel: int | None = None, **meta: object) -> list:
    """Return the traces of a role, in one panel if asked, whose meta has these values."""
    return [
        trace
        for trace in figure.data
        if trace.meta["role"] == role
        and (panel is None or panel_of(trace) == panel)
        and all(trace.meta.get(name) == value for name, value in meta.items())
    ]


def panel_of(trace) -> int:
    """Return the panel of a trace, counted from 0."""
    return int((trace.xaxis or "x").removeprefix("x") or 1) - 1


def headings(figure) -> list[str]:
    """Return the headings of the panels."""
    return [note.text.removeprefix("<b>").removesuffix("</b>") for note in figure.layout.annotations]


def refused(draw: Callable[..., object], *given: object) -> str:
    """Return the message of the KeyError with which a figure is refused."""
    with pytest.raises(KeyError) as raised:
        draw(*given)
    return str(raised.value.args[0])


def arms_of(words: dict[str, str]) -> tuple[Look, ...]:
    """Return how arms of these regimens are shown, before anything is simulated."""
    return looks_of(planned(words))


def planned(words: dict[str, str]) -> SimpleNamespace:
    """Return what is known of arms of these regimens before anything is simulated."""
    return example.planned({name: (regimen, None) for name, regimen in words.items()})


def luminance(colour: str) -> float:
    """Return the relative luminance of a hex colour (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.2), 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def rising(values: Iterable[float]) -> bool:
    """Return whether every value is above the one before."""
    return all(after > before for before, after in pairwise(values))

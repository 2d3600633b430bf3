"""The look of every figure and of the page: colours on a light and a dark ground, dashes, fonts.

A figure is drawn in the light colours. Each of them has one dark partner (`dark_partners`), so that a page can follow the
reader's ground by exchanging colours alone. Hues are those of Okabe and Ito (2008), darkened or lightened just enough for
a contrast of 3:1 with the ground; the steps of a hue are even in the lightness of Oklab (Ottosson 2020).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif'
FONT_SIZE = 12

DASHES = ("solid", "7px,3px", "2px,2.5px", "9px,3px,2px,3px", "13px,3px", "13px,3px,2px,3px", "4px,2px", "1.5px,1.5px")
"""Second cue of a line beside its colour."""

MARKERS = ("circle", "circle-open", "diamond", "diamond-open", "square", "square-open", "triangle-up", "triangle-up-open")
"""Marks of the models, wherever an arm has one mark a model."""


@dataclass(frozen=True)
class Ink:
    """One colour as a hex code: on a light ground, and its partner on a dark one."""

    light: str
    dark: str


PAPER, TEXT = Ink("#ffffff", "#14171c"), Ink("#1b1f24", "#e7e9ee")
SOFT, HAIR, FAINT = Ink("#58616c", "#a3adb9"), Ink("#dfe3e8", "#323842"), Ink("#f3f5f7", "#1d2128")
BEHIND = Ink("#c5ccd5", "#454d59")
CONTEXT, LINK = Ink("#767f8b", "#7f8a97"), Ink("#005ea8", "#6cb8f0")
FOR, FOR_MORE, FOR_MOST = Ink("#dcebf6", "#1d2f3d"), Ink("#a8cfe8", "#22506e"), Ink("#1b78b5", "#6cb8f1")
AGAINST, AGAINST_MORE, AGAINST_MOST = Ink("#fbe9d9", "#3a2a1d"), Ink("#f4c49a", "#6b3f16"), Ink("#b34a00", "#f5a05a")
"""Tints of a probability: for the arm of the row in blue, for that of the column in orange, apart for every kind of sight."""

ACCENT = Ink("#0072b2", "#2989be")

HUES = (
    ACCENT,
    Ink("#c48700", "#e69f00"),
    Ink("#009e73", "#00a67a"),
    Ink("#d55e00", "#e06a10"),
    Ink("#b8629a", "#cc79a7"),
    Ink("#4a9bc8", "#56b4e9"),
    Ink("#000000", "#e7e9ef"),
    Ink("#8a8326", "#f0e442"),
)
"""One hue for each family of arms."""

ALL = (
    PAPER, TEXT, SOFT, HAIR, FAINT, BEHIND, CONTEXT, LINK, FOR, FOR_MORE, FOR_MOST, AGAINST, AGAINST_MORE, AGAINST_MOST,
    *HUES,
)  # fmt: skip

_LIGHT_STEPS, _DARK_STEPS = (0.65, 0.34), (0.52, 0.88)
"""Lightness in Oklab of the lowest and the highest step of a hue, on the light and on the dark ground."""


def steps(hue: Ink, count: int) -> tuple[Ink, ...]:
    """Return `count` steps of a hue, from the lowest level to the highest; the hue itself where there is one."""
    if count == 1:
        return (hue,)
    return tuple(
        Ink(_lightened(hue.light, _between(_LIGHT_STEPS, place)), _lightened(hue.dark, _between(_DARK_STEPS, place)))
        for place in (step / (count - 1) for step in range(count))
    )


def clear(colour: str, opacity: float) -> str:
    """Return a hex colour with an opacity, as CSS and Plotly write it."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def dark_partners(inks: tuple[Ink, ...] = ()) -> Mapping[str, str]:
    """Return the dark colour of every light one, those of `inks` too."""
    return {ink.light: ink.dark for ink in (*ALL, *inks)}


def template() -> go.layout.Template:
    """Return the Plotly template that all figures have: no ground, hairline grid, one font."""
    import plotly.graph_objects as go

    axis = {
        "zeroline": False, "showline": True, "linecolor": SOFT.light, "tickcolor": SOFT.light, "ticks": "outside", "ticklen": 4,
        "gridcolor": HAIR.light, "title": {"font": {"size": FONT_SIZE}, "standoff": 6},
    }  # fmt: skip
    font = {"family": FONT, "size": FONT_SIZE, "color": SOFT.light}
    return go.layout.Template(
        layout={
            "font": font,
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "title": {"font": {"size": 16, "color": TEXT.light}, "x": 0, "xref": "paper", "xanchor": "left", "yref": "container"},
            "xaxis": {**axis, "showgrid": False},
            "yaxis": {**axis, "showline": False, "ticks": ""},
            "hoverlabel": {"bgcolor": PAPER.light, "bordercolor": HAIR.light, "font": {"size": 11, "color": TEXT.light}},
            "legend": {
                "font": {"color": TEXT.light},
                "itemsizing": "constant",
                "tracegroupgap": 0,
                "orientation": "h",
                "x": 0,
                "xref": "paper",
                "y": 0,
                "yref": "container",
                "yanchor": "bottom",
            },
            "annotationdefaults": {"showarrow": False, "font": {"color": TEXT.light}},
            "dragmode": False,
        }
    )


def _between(ends: tuple[float, float], place: float) -> float:
    return ends[0] + (ends[1] - ends[0]) * place


def _lightened(colour: str, lightness: float) -> str:
    """Return a colour with another lightness in Oklab and the same hue, its chroma lowered until the screen can show it."""
    _, green_red, blue_yellow = _oklab(colour)
    for share in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1):
        found = _linear_rgb(lightness, share * green_red, share * blue_yellow)
        if all(-1e-4 <= part <= 1.0001 for part in found):
            return _hex(found)
    return _hex(_linear_rgb(lightness, 0.0, 0.0))


def _oklab(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear_rgb(lightness: float, green_red: float, blue_yellow: float) -> tuple[float, float, float]:
    long = (lightness + 0.3963377774 * green_red + 0.2158037573 * blue_yellow) ** 3
    middle = (lightness - 0.1055613458 * green_red - 0.0638541728 * blue_yellow) ** 3
    short = (lightness - 0.0894841775 * green_red - 1.2914855480 * blue_yellow) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _hex(linear: tuple[float, float, float]) -> str:
    parts = (min(1.0, max(0.0, part)) for part in linear)
    shown = (12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055 for part in parts)
    return "#" + "".join(f"{round(255 * part):02x}" for part in shown)

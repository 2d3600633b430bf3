"""Panels: several pairs of axes in one figure, and how they are laid out again for a narrower screen or paper.

Places are shares of the figure. A page keeps beside each figure what changes when it is laid out in another number of columns
(`arranged`), so that it can follow the width without drawing anything else.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from regimens import wording
from regimens.figures import theme

if TYPE_CHECKING:
    import plotly.graph_objects as go

TITLE_PX, LINE_PX, TICKS_PX, TOP_PX, BOTTOM_PX, KEYED_PX = 22, 16, 30, 6, 30, 58
"""Heights of a panel's heading and its second line, of the ticks between two rows, and of margins, the last with a legend."""

WIDE_PX, MIDDLE_PX, NARROW_PX, PAPER_PX = 1052, 700, 358, 680
"""Widths for which a figure is laid out: a page on a desk, on a tablet, on a phone, and A4 paper between its margins."""

_CHARACTER_PX = 7.6
"""Width of a bold character of a heading."""

_NAME_CHARACTERS, _SHORT_CHARACTERS, _NAME_PX = 26, 16, 7.4
"""Characters of a line of the name of a row on a wide and on a narrow ground, and the width of one."""

_MARK_PX = 20
"""Height of a line of a key."""

_MANY = 4
"""Columns from which a phone shows two of them."""

_HIDDEN = {"visible": False, "fixedrange": True, "range": [0, 1]}

TITLED_PX = 44
"""Margin at the top of a figure with its title."""


@dataclass(frozen=True)
class Panels:
    """Panels under `titles`, in `columns` at full width, each `height` px high.

    `strip` is the share of each, at its foot, that a strip of doses takes. `left`, `right` and `bottom` are margins in px; all
    panels show the ticks of their values if they stand `apart`; `gap` is the width between two columns, `under` the height
    between two rows (px). On paper panels have the share `paper` of their height and stand in `paper_columns`, where these are
    others. `names` are those of the rows of every panel, from the top: they stand in the left margin, in lines as long as a
    width has room for. `marks` is how many marks the key has: on a phone it has a line for each, and the margin room for two.
    """

    titles: tuple[str, ...]
    columns: int
    height: int
    left: int = 42
    right: int = 12
    strip: float = 0.0
    bottom: int = BOTTOM_PX
    apart: bool = False
    gap: float = 0.06
    under: int = TICKS_PX
    paper: float = 0.74
    paper_columns: int = 0
    names: tuple[str, ...] = ()
    marks: int = 0

    def __len__(self) -> int:
        return len(self.titles)


def axis(place: int, letter: str = "x") -> str:
    """Return the name by which a trace calls the axis of a panel, counted from 0: 'x', 'x2'."""
    return letter if place == 0 else f"{letter}{place + 1}"


def _key(place: int, letter: str) -> str:
    return f"{letter}axis" if place == 0 else f"{letter}axis{place + 1}"


def strip_axis(panels: Panels, place: int) -> str:
    """Return the name of the value axis of the strip of a panel."""
    return axis(len(panels) + place, "y")


def arranged(panels: Panels, columns: int, width_px: int = WIDE_PX, share: float = 1.0) -> dict[str, Any]:
    """Return the part of a layout that places the panels in so many columns: domains of axes, ticks, height, headings.

    Headings stand in one line or two, cut to what fits a figure of `width_px`; panels have a `share` of their height.
    """
    count = len(panels)
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    gap = panels.gap if columns > 1 else 0.0
    width = (1 - gap * (columns - 1)) / columns
    texts, left_px = _names(panels, width_px)
    titles, head = _titles(panels, (width_px - left_px - panels.right) * width)
    high = round(share * panels.height)
    inner = rows * (high + head) + (rows - 1) * panels.under
    height = inner + TOP_PX + panels.bottom
    made: dict[str, Any] = {"height": height, "margin": {"l": left_px, "r": panels.right, "t": TOP_PX, "b": panels.bottom}}
    for place in range(count):
        row, column = divmod(place, columns)
        left = column * (width + gap)
        top = 1 - (row * (high + head + panels.under) + head) / inner
        floor = top - high / inner
        foot = floor + panels.strip * (top - floor)
        made[_key(place, "x")] = {"domain": [left, min(1.0, left + width)]}
        made[_key(place, "y")] = {
            "domain": [max(0.0, foot + (0.02 * (top - floor) if panels.strip else 0.0)), min(1.0, top)],
            "showticklabels": panels.apart or column == 0,
            **({"ticktext": texts} if texts else {}),
        }
        if panels.strip:
            made[_key(count + place, "y")] = {"domain": [max(0.0, floor), max(0.0, foot)]}
    made["annotations"] = [_heading(title, place) for place, title in enumerate(titles) if title]
    return made


def _titles(panels: Panels, width_px: float) -> tuple[list[str], int]:
    """Return the headings as Plotly writes them, in at most two lines of a width, and the height that they need (px)."""
    if not any(panels.titles):
        return [], 0
    room = max(8, int(width_px / _CHARACTER_PX))
    texts = [wording.in_lines(title, room, 2) for title in panels.titles]
    if len(set(texts)) < len(set(panels.titles)):
        word = max(len(each) for title in panels.titles for each in title.split())
        short = wording.short_apart(panels.titles, max(room, 2 * room - word))  # a long word leaves the first line shorter
        texts = [wording.in_lines(title, room, 2) for title in short]
    return texts, TITLE_PX + (LINE_PX if any("<br>" in text for text in texts) else 0)


def _names(panels: Panels, width_px: int) -> tuple[list[str], int]:
    """Return the names of the rows in lines, and the left margin (px) that holds them."""
    if not panels.names:
        return [], panels.left
    length, most = (_NAME_CHARACTERS, 2) if width_px >= PAPER_PX else (_SHORT_CHARACTERS, 3)
    texts = [wording.in_lines(name, length, most) for name in panels.names]
    longest = max(len(html.unescape(line)) for text in texts for line in text.split("<br>"))
    return texts, max(60, round(longest * _NAME_PX) + 14)


def _heading(title: str, place: int) -> dict[str, Any]:
    return {
        "text": f"<b>{title}</b>", "align": "left",
        "x": 0, "xref": f"{axis(place)} domain", "xanchor": "left",
        "y": 1, "yref": f"{axis(place, 'y')} domain", "yanchor": "bottom", "yshift": 2,
        "font": {"size": theme.FONT_SIZE + 1, "color": theme.TEXT.light},
    }  # fmt: skip


def figure(
    traces: Sequence[Mapping[str, Any]],
    panels: Panels,
    across: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    up: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    title: str,
    **more: Any,
) -> go.Figure:
    """Return the figure of some traces in panels: `across` are their x axes, `up` their y axes, one for all or one each.

    The title is left out by a page, which has a heading. `layout.meta` keeps the layouts for other widths of a page; `more`
    are other parts of the layout.
    """
    import plotly.graph_objects as go

    count = len(panels)
    across = [across] * count if isinstance(across, Mapping) else across
    up = [up] * count if isinstance(up, Mapping) else up
    wide = arranged(panels, panels.columns)
    narrow = replace(panels, bottom=panels.bottom + _MARK_PX * max(0, panels.marks - 2))
    layout = {
        **wide,
        "template": theme.template(),
        "title": {"text": wording.plotly_text(title)},
        "height": wide["height"] + TITLED_PX - TOP_PX,
        "margin": {**wide["margin"], "t": TITLED_PX},
        "meta": {
            "wide": wide,
            "middle": arranged(panels, min(panels.columns, 2), MIDDLE_PX),
            "narrow": arranged(narrow, 1 if panels.columns < _MANY else 2, NARROW_PX),
            "paper": arranged(panels, panels.paper_columns or panels.columns, PAPER_PX, panels.paper),
        },
    }
    for place in range(count):
        foot = strip_axis(panels, place) if panels.strip else axis(place, "y")
        for key, own, anchor in ((_key(place, "x"), across[place], foot), (_key(place, "y"), up[place], axis(place))):
            layout[key] = {**own, **layout[key], "anchor": anchor}
        if panels.strip:
            key = _key(count + place, "y")
            layout[key] = {**_HIDDEN, **layout[key], "anchor": axis(place)}
    return go.Figure(data=list(traces), layout={**layout, **more})

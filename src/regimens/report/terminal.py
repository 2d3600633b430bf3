"""The answer as a table for the terminal: one a model, fitted to the width, plain enough to be piped."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from regimens.report import answer, findings, verdict, words
from regimens.report.answer import Answer, Cell, Row
from regimens.report.cast import Cast, as_written, cast

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from regimens.study.comparison import Comparison

ROOMY, NARROW = 96, 64
"""Widths (characters) from which schedules are spelled out, and below which intervals are left out."""

_FIXED, _PER_VALUE, _HEADING = 40, 13, 11


def table(comparison: Comparison, console_width: int) -> RenderableType:
    """Return what was compared, an answer table for each model, the verdict and what the run says about certainty, for rich.

    Endpoints that do not fit `console_width` are left to the page. Without a terminal nothing but text comes out.
    """
    from rich.console import Group
    from rich.text import Text

    on_page = cast(comparison)
    fits = max(1, (console_width - _FIXED) // _PER_VALUE)
    written = as_written(comparison)
    found = answer.answer(written, on_page, each=min(4, fits))
    parts: list[RenderableType] = [Text(_plain(findings.opening(written, on_page)))]
    if notice := findings.reduced(comparison):
        parts.append(Text(_plain(notice), style="bold"))
    for model in on_page.models:
        parts += [
            Text(""),
            Text(_plain(on_page.called(model)), style="bold"),
            _model_table(found, model, console_width),
        ]
    parts.append(Text(""))
    parts += [Text(f"! {_plain(warning)}") for warning in comparison.warnings]
    parts += [Text(_plain(said)) for said in _verdict(comparison, on_page)]
    return Group(*parts, Text(findings.certainty(on_page, findings.shares(comparison))))


def _verdict(comparison: Comparison, on_page: Cast) -> list[str]:
    found = verdict.verdict(comparison, on_page)
    return [] if found is None else [said for said in (found.found, *found.sentences[:1], found.rule) if said]


def _model_table(found: Answer, model: str, width: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("Arm", overflow="fold", vertical="top")
    grid.add_column("MIU", justify="right", no_wrap=True)
    grid.add_column("Doses", justify="right", no_wrap=True)
    places = [place for place, column in enumerate(found.columns) if column.model == model]
    for place in places:
        column = found.columns[place]
        heading = textwrap.fill(words.axis_title(column.label, column.unit), _HEADING, break_long_words=False)
        grid.add_column(Text(_plain(heading, "\n")), justify="right", no_wrap=True)
    names = words.short_apart([row.arm.name for row in found.rows], max(20, width // 3))
    for row, name in zip(found.rows, names, strict=True):
        values = [_value(row.cells[place], width) for place in places]
        grid.add_row(_arm(row, name, width), Text(row.total), Text(row.doses), *values)
    return grid


def _arm(row: Row, name: str, width: int) -> Text:
    from rich.text import Text

    text = Text(_plain(name))
    if width >= ROOMY and row.arm.dosed:
        text.append(f"\n  {_plain(row.arm.words)}", style="dim")
    return text


def _value(cell: Cell, width: int) -> Text:
    from rich.text import Text

    text = Text(cell.text)
    if cell.interval and width >= NARROW:
        text.append(f"\n{cell.interval}", style="dim")
    return text


def _plain(text: str, allowed: str = "") -> str:
    """Return text without characters that move the cursor or turn the writing direction."""
    return "".join(c if c.isprintable() or c in allowed else "�" for c in text)

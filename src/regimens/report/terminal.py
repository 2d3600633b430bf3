"""The answer as a table for the terminal: one a model, fitted to the width, plain enough to be piped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.report import answer, findings, words
from regimens.report.answer import Answer, Cell, Column
from regimens.report.cast import Cast, cast

if TYPE_CHECKING:
    from rich.console import RenderableType

    from regimens.compare import Comparison

WIDE, MIDDLE = 110, 76
"""Widths (characters) from which schedules in words, and intervals, are shown."""

_LONGEST_NAME = 34


def table(comparison: Comparison, console_width: int) -> RenderableType:
    """Return what was compared, an answer table for each model and what it says about certainty, for rich to print."""
    from rich.console import Group
    from rich.text import Text

    on_page = cast(comparison)
    found = answer.answer(comparison, on_page, most=4 * len(on_page.models))
    parts: list[RenderableType] = [Text(findings.opening(comparison, on_page))]
    for model in on_page.models:
        parts += [Text(""), _model_table(found, on_page, model, console_width)]
    parts += [Text(""), *(Text(f"! {warning}") for warning in comparison.warnings), Text(findings.certainty(on_page))]
    return Group(*parts)


def _model_table(found: Answer, on_page: Cast, model: str, width: int) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    grid = Table(title=Text(model, style="bold"), title_justify="left", box=None, padding=(0, 2, 0, 0), header_style="bold")
    longest = max((len(row.arm.name) for row in found.rows), default=0)
    grid.add_column("Arm", overflow="ellipsis", no_wrap=True, max_width=min(longest, _LONGEST_NAME, width // 3), min_width=8)
    if width >= WIDE:
        grid.add_column("Schedule", overflow="fold", ratio=1)
    grid.add_column("MIU", justify="right", no_wrap=True)
    grid.add_column("Doses", justify="right", no_wrap=True)
    places = [place for place, column in enumerate(found.columns) if column.model == model]
    for place in places:
        grid.add_column(_heading(found.columns[place]), justify="right", overflow="fold")
    for row in found.rows:
        start = [Text(_plain(row.arm.name)), *([Text(_plain(row.arm.words))] if width >= WIDE else []), Text(row.total), Text(row.doses)]
        grid.add_row(*start, *(_value(row.cells[place], width) for place in places))
    return grid


def _heading(column: Column) -> RenderableType:
    from rich.text import Text

    return Text(words.axis_title(column.label, column.unit))


def _value(cell: Cell, width: int) -> RenderableType:
    from rich.text import Text

    text = Text(cell.text)
    if cell.interval and width >= MIDDLE:
        text.append(f"\n{cell.interval}" if width < WIDE else f" ({cell.interval})", style="dim")
    return text


def _plain(text: str) -> str:
    """Return text without characters that move the cursor or turn the writing direction."""
    return "".join(c if c.isprintable() else "�" for c in text)

"""Tables for the terminal, fitted to its width and plain enough to be piped: the answer, one table a model, and the exposure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from regimens import wording
from regimens.figures.view import view_of
from regimens.report import answer, verdict
from regimens.report.text import findings, schedules
from regimens.units import amount_text, best_amount_unit

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from regimens.exposure import DrugExposure, ExposureTable
    from regimens.figures.view import View
    from regimens.report.answer import Answer, Cell, Row
    from regimens.scenario import Arm
    from regimens.study.comparison import Comparison
    from regimens.subject import Subject

ROOMY, NARROW = 96, 64
"""Widths (characters) from which schedules are spelled out, and below which intervals are left out."""

_FIXED, _PER_VALUE, _HEADING = 40, 13, 11


def table(comparison: Comparison, console_width: int) -> RenderableType:
    """Return what was compared, an answer table for each model, the verdict and what the run says about certainty, for rich.

    Endpoints that do not fit `console_width` are left to the page. Without a terminal nothing but text comes out.
    """
    from rich.console import Group
    from rich.text import Text

    on_page = view_of(comparison)
    fits = max(1, (console_width - _FIXED) // _PER_VALUE)
    found = answer.answer(comparison, on_page, each=min(4, fits))
    parts: list[RenderableType] = [Text(_plain(said)) for said in findings.asked(comparison.scenario)]
    parts.append(Text(_plain(findings.opening(comparison, on_page))))
    if notice := findings.reduced(comparison):
        parts.append(Text(_plain(notice), style="bold"))
    for model in on_page.models:
        parts += [
            Text(""),
            Text(_plain(on_page.called(model)), style="bold"),
            _model_table(found, model, console_width),
        ]
    parts += [Text(_plain(found.note), style="dim")] if found.note else []
    parts.append(Text(""))
    parts += [Text(f"! {_plain(warning)}") for warning in comparison.warnings]
    parts += [Text(_plain(said)) for said in _verdict(comparison, on_page)]
    return Group(*parts, Text(findings.certainty(on_page, findings.of_population(comparison))))


def _verdict(comparison: Comparison, on_page: View) -> list[str]:
    found = verdict.verdict(comparison, on_page)
    return [] if found is None else list(found.brief)


def _model_table(found: Answer, model: str, width: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column(wording.ARM, overflow="fold", vertical="top")
    grid.add_column(found.unit or wording.TOTAL, justify="right", no_wrap=True)
    grid.add_column(wording.DOSES, justify="right", no_wrap=True)
    places = [place for place, column in enumerate(found.columns) if column.model == model]
    for place in places:
        column = found.columns[place]
        heading = textwrap.fill(wording.axis_title(column.label, column.unit), _HEADING, break_long_words=False)
        grid.add_column(Text(_plain(heading, "\n")), justify="right", no_wrap=True)
    names = wording.short_apart([row.arm.name for row in found.rows], max(20, width // 3))
    for row, name in zip(found.rows, names, strict=True):
        values = [_value(row.cells[place], width) for place in places]
        grid.add_row(_arm(row, name, width), _total(row, width), Text(row.doses), *values)
    return grid


def _arm(row: Row, name: str, width: int) -> Text:
    from rich.text import Text

    text = Text(_plain(name))
    if width >= ROOMY and row.arm.dosed:
        text.append(f"\n  {_plain(row.arm.words)}", style="dim")
    return text


def _total(row: Row, width: int) -> Text:
    from rich.text import Text

    text = Text(row.total)
    if row.people and width >= NARROW:
        text.append(f"\n{row.people}", style="dim")
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


def exposure_table(table: ExposureTable, arms: Iterable[Arm], subject: Subject) -> Table:
    """Return a rich table: one row an arm and drug, 'no dose' for those of `arms` without any.

    Total, mean per week and highest 7-day sum are in the unit of the total; days count from 0.
    """
    from rich.table import Table
    from rich.text import Text

    shown = Table(
        title=schedules.exposure_title(subject), title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0)
    )
    shown.add_column(wording.ARM, min_width=18, overflow="fold")
    shown.add_column(schedules.DRUG, overflow="fold")
    for heading in schedules.EXPOSURE_HEADS:
        shown.add_column(heading, justify="right", no_wrap=True)
    shown.add_column(schedules.EXPECTED, no_wrap=True)
    for arm in arms:
        rows = table.of(arm.name)
        if not rows:
            shown.add_row(Text(arm.name), schedules.NO_DOSE)
        for row in rows:
            shown.add_row(Text(arm.name), row.drug, *_numbers(row), schedules.expected(row))
        if arm.regimen.start is not None:
            shown.caption, shown.caption_justify = schedules.BEFORE_DAY_0, "left"
    return shown


def _numbers(row: DrugExposure) -> list[str]:
    _, size = best_amount_unit(row.total, row.unit)
    return [
        str(row.doses),
        amount_text(row.total, row.unit),
        "" if row.per_week is None else f"{float(row.per_week / size):.3g}",
        f"{float(row.peak_7_days / size):.4g}",
        str(row.last_day),
        f"{row.days_on} / {row.days_off}",
    ]

"""Endpoints side by side: a block an endpoint, a row an arm, a mark and interval a model on one axis from zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.report.numbers import Numbers
from regimens.report.scale import Scale, scale, tick_text
from regimens.report.text import captions, words

if TYPE_CHECKING:
    from regimens.report.answer import Answer, Cell
    from regimens.report.layout import Layout, Look


@dataclass(frozen=True)
class Mark:
    """One model's value of an arm: median and interval in percent of the axis."""

    model: int
    middle: float
    low: float
    high: float


@dataclass(frozen=True)
class Block:
    """One endpoint: heading, unit, ticks as (percent, words), rows of (arm, marks, models in which it is not modelled)."""

    label: str
    unit: str
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[tuple[Look, tuple[Mark, ...], tuple[int, ...]], ...]


def blocks(table: Answer, layout: Layout) -> tuple[Block, ...]:
    """Return the blocks in the order of the scenario's endpoints."""
    made = []
    for endpoint in dict.fromkeys(column.endpoint for column in table.columns):
        places = [place for place, column in enumerate(table.columns) if column.endpoint == endpoint]
        column = table.columns[places[0]]
        axis = scale([np.array([0.0, column.largest if column.largest > 0 else 1.0])], "", zero=True)
        rows = []
        for row in table.rows:
            cells = [(table.columns[place], row.cells[place]) for place in places]
            marks = tuple(
                _mark(layout.models.index(c.model), cell, c.largest, axis) for c, cell in cells if cell.value is not None
            )
            models = [table.columns[place].model for place in places]
            lacking = tuple(layout.models.index(model) for model in models if not layout.modelled(model, row.arm.name))
            rows.append((row.arm, marks, lacking))
        ticks = tuple((_percent(tick, axis), tick_text(tick)) for tick in axis.ticks)
        made.append(Block(column.label, column.unit, ticks, tuple(rows)))
    return tuple(made)


def numbers(table: Answer, layout: Layout) -> Numbers:
    """Return every endpoint of every arm and model as text."""
    heads, places = [], []
    for place, column in enumerate(table.columns):
        heads.append(words.under(words.axis_title(column.label, column.unit), column.model))
        places.append(place)
    rows = tuple((row.arm.name, tuple(_text(row.cells[place]) for place in places)) for row in table.rows)
    return Numbers(captions.endpoints(layout), words.ARM, tuple(heads), rows)


def _text(cell: Cell) -> str:
    return f"{cell.text} ({cell.interval})" if cell.interval else cell.text


def _percent(value: float, axis: Scale) -> float:
    return round(100 * float(axis.share(value)), 2)


def _mark(model: int, cell: Cell, largest: float, axis: Scale) -> Mark:
    middle, low, high = (_percent(share / 100 * largest, axis) for share in (cell.middle, cell.low, cell.high))
    return Mark(model, middle, low, high)

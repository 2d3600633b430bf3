"""The report of `regimens settle`: a page with the answer and the trials behind it, and the same for the terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from regimens.figures.settling import settling
from regimens.report.document import flat
from regimens.report.numbers import Numbers
from regimens.report.pictures import Picture
from regimens.report.search import written
from regimens.report.text import reading
from regimens.report.text import settling as text
from regimens.search.export import settings_of
from regimens.search.settling import DAYS, DESIGNS

if TYPE_CHECKING:
    from rich.console import RenderableType

    from regimens.search.settling import Settled
    from regimens.study.folder import Content


def page(found: Settled) -> str:
    """Return the report as one HTML page that loads nothing and is the same for the same result."""
    figure = settling(found)
    heading = str(figure.layout.title.text)
    drawn = [Picture("settled", heading, "", text.FIGURE_READING, reading.described(heading), figure)]
    return written(
        found.scenario,
        kicker="regimens: which trial would settle it",
        opening=text.opening(found),
        answers=list(text.answers(found)),
        pictures=drawn,
        numbers=[designs(found), days(found)],
        how=text.HOW,
        provenance=flat(settings_of(found.provenance)),
    )


def designs(found: Settled) -> Numbers:
    """Return the designs of every pair."""
    rows = tuple((f"{row.arm} or {row.against}: {row.design}", text.design_cells(row)) for row in found.designs)
    return Numbers("Trials of each design", "Pair and design", text.HEADS, rows)


def days(found: Settled) -> Numbers:
    """Return the sampling days of every design."""
    rows = tuple((f"{row.arm} or {row.against}: {row.design}", tuple(text.day_cells(row))) for row in found.days)
    return Numbers("What each sampling day says", "Pair and design", text.DAY_HEADS, rows)


def table(found: Settled) -> RenderableType:
    """Return the answer in sentences and the designs as a table, for rich."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("Design", overflow="fold")
    for head in text.HEADS[1:6]:
        grid.add_column(head, justify="right")
    for row in found.designs:
        grid.add_row(Text(row.design), *text.design_cells(row)[1:6])
    return Group(Text(text.opening(found)), Text(""), grid, Text(""), *map(Text, text.answers(found)))


def files_of(found: Settled) -> dict[str, Content]:
    """Return what a result consists of by file name: the page, two tables, and the provenance."""
    made = settings_of(found.provenance)
    return {
        "report.html": page(found),
        "designs.csv": DESIGNS.frame_of_rows(found.designs).to_csv(index=False, lineterminator="\n"),
        "days.csv": DAYS.frame_of_rows(found.days).to_csv(index=False, lineterminator="\n"),
        "provenance.json": json.dumps(made, indent=2, ensure_ascii=False) + "\n",
    }

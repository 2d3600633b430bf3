"""The report of `regimens settle`: a page with the answer and the trials behind it, and the same for the terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from regimens.figures.settling import designs_of_days, settling, settling_days, settling_tests
from regimens.report.document import flat
from regimens.report.numbers import Numbers
from regimens.report.pictures import Picture
from regimens.report.search import written
from regimens.report.text import reading
from regimens.report.text import settling as text
from regimens.search.export import settings_of
from regimens.settle.export import tables_of

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from rich.console import RenderableType

    from regimens.settle import Settled
    from regimens.study.folder import Content

_NARROW = 100
"""Width of a terminal (characters) below which some columns are left out."""


def page(found: Settled) -> str:
    """Return the report as one HTML page that loads nothing and is the same for the same result."""
    return written(
        found.scenario,
        kicker="regimens: which trial would settle it",
        opening=text.opening(found),
        reduced=text.reduced(found),
        answers=list(text.answers(found)),
        pictures=pictures(found),
        numbers=numbers(found),
        how=text.how(found),
        provenance=flat(settings_of(found.provenance)),
    )


def pictures(found: Settled) -> list[Picture]:
    """Return the figures of the page; none where every pair is settled already."""
    if not found.designs:
        return []
    made = [_picture("settled", settling(found), text.FIGURE_READING)]
    if designs_of_days(found):
        made.append(_picture("days", settling_days(found), text.DAYS_READING))
    return [*made, _picture("tests", settling_tests(found), text.TESTS_READING)]


def _picture(key: str, figure: go.Figure, said: str) -> Picture:
    heading = str(figure.layout.title.text)
    return Picture(key, heading, "", said, reading.described(heading), figure)


def numbers(found: Settled) -> list[Numbers]:
    """Return the tables of the page, those without rows left out."""
    pairs = tuple((f"{row.arm} or {row.against}", text.pair_cells(row)) for row in found.pairs)
    designs = tuple((f"{row.arm} or {row.against}: {row.design}", text.design_cells(row)) for row in found.designs)
    days = tuple((f"{row.arm} or {row.against}: {row.design}", tuple(text.day_cells(row))) for row in found.days)
    tests = tuple((f"{row.arm} or {row.against}: {row.design}, {row.test}", tuple(text.test_cells(row))) for row in found.tests)
    made = [
        Numbers("What is known before a trial", text.PAIR, text.PAIR_HEADS, pairs),
        Numbers("Trials of each design", text.DESIGN, text.heads(found), designs),
        Numbers("What each sampling day says", text.DESIGN, text.DAY_HEADS, days),
        Numbers("Power of tests of significance", f"{text.DESIGN}, test", text.TEST_HEADS, tests),
    ]
    return [table for table in made if table.rows]


def table(found: Settled, console_width: int) -> RenderableType:
    """Return the answer in sentences and the designs as a table, for rich."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    several = len({(row.arm, row.against) for row in found.designs}) > 1
    count = 6 if console_width >= _NARROW else 4
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("Design", overflow="fold")
    for head in text.heads(found)[:count]:
        grid.add_column(head, justify="right")
    for row in found.designs:
        name = f"{row.design}: {row.arm} or {row.against}" if several else row.design
        grid.add_row(Text(name), *text.design_cells(row)[:count])
    said = [*filter(None, (text.reduced(found),)), text.opening(found)]
    shown: list[RenderableType] = [Text(""), grid] if found.designs else []
    return Group(*map(Text, said), *shown, Text(""), *map(Text, text.answers(found)))


def files_of(found: Settled) -> dict[str, Content]:
    """Return what a result consists of by file name: the page, the tables, and the provenance."""
    made = settings_of(found.provenance)
    return {
        "report.html": page(found),
        **tables_of(found),
        "provenance.json": json.dumps(made, indent=2, ensure_ascii=False) + "\n",
    }

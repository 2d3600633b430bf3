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
from regimens.settle.rows import ALL_MODELS

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
    """Return the figures of the page, with their numbers; none where every pair is settled already."""
    if not found.designs:
        return []
    made = [_picture("settled", settling(found), text.FIGURE_READING, None)]
    if designs_of_days(found):
        made.append(_picture("days", settling_days(found), text.DAYS_READING, days(found)))
    return [*made, _picture("tests", settling_tests(found), text.TESTS_READING, power(found))]


def _picture(key: str, figure: go.Figure, said: str, behind: Numbers | None) -> Picture:
    heading = str(figure.layout.title.text)
    return Picture(key, heading, "", said, reading.described(heading), figure, behind)


def numbers(found: Settled) -> list[Numbers]:
    """Return the tables of the page: what is known of pairs, and trials of each design where there are any."""
    pairs = tuple((text.pair_name(row), text.pair_cells(row)) for row in found.pairs)
    designs = tuple((text.row_name(found, row), text.design_cells(row)) for row in found.designs)
    made = [
        Numbers("What is known before a trial", text.PAIR, text.PAIR_HEADS, pairs),
        Numbers("Trials of each design", text.design_head(found), text.heads(found), designs),
    ]
    return [table for table in made if table.rows]


def days(found: Settled) -> Numbers:
    """Return the table of sampling days."""
    rows = tuple((text.row_name(found, row), text.day_cells(row)) for row in found.days)
    return Numbers("What each sampling day says", text.design_head(found), text.DAY_HEADS, rows)


def power(found: Settled) -> Numbers:
    """Return the table of tests of significance: a row a design and test, the power under each model in a column."""
    over_all = [row for row in found.tests if row.model == ALL_MODELS]
    rows = tuple((f"{text.row_name(found, row)}, {row.test}", text.test_cells(found, row)) for row in over_all)
    return Numbers("Power of tests of significance", f"{text.design_head(found)}, test", text.test_heads(found), rows)


def table(found: Settled, console_width: int) -> RenderableType:
    """Return the answer in sentences and the designs as a table, for rich."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    count = 6 if console_width >= _NARROW else 4
    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("Design", overflow="fold")
    for head in text.heads(found)[:count]:
        grid.add_column(head, justify="right")
    for row in found.designs:
        grid.add_row(Text(text.row_name(found, row)), *text.design_cells(row)[:count])
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

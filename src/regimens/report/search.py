"""The report of a search: a page with the answer, the front and the map, and the same as a table for the terminal."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens import wording
from regimens.errors import RegimensError
from regimens.figures.searching import search_front, search_map
from regimens.report.document import flat
from regimens.report.numbers import Numbers
from regimens.report.pictures import Picture, as_json
from regimens.report.shell import OPENING, asset, colours, environment, page_script, plotly_script, policy
from regimens.report.text import findings, reading, searching
from regimens.search.export import provenance_mapping, row_scenario

if TYPE_CHECKING:
    from rich.console import RenderableType

    from regimens.scenario import Scenario
    from regimens.search.found import Found, Schedule

SHOWN, IN_TERMINAL = 60, 12
"""Rows of the table of schedules on the page, and in the terminal."""


def page(found: Found) -> str:
    """Return the report of a search as one HTML page that loads nothing and is the same for the same search."""
    return written(
        found.scenario,
        kicker="regimens: a search of low-dose IL-2 schedules",
        opening=searching.opening(found),
        reduced=searching.reduced(found),
        judged=searching.judged(found),
        answers=searching.answer(found),
        pictures=pictures(found),
        take=searching.TAKE,
        row=row_to_take(found),
        numbers=[schedules(found)],
        how=searching.HOW,
        provenance=flat(provenance_mapping(found)),
    )


def written(
    scenario: Scenario,
    *,
    kicker: str,
    opening: str,
    answers: Sequence[str],
    pictures: Sequence[Picture],
    numbers: Sequence[Numbers],
    how: str,
    provenance: Sequence[tuple[str, str]],
    reduced: str = "",
    judged: str = "",
    take: str = "",
    row: Row | None = None,
) -> str:
    """Return the page of a question about a scenario: the answer in sentences, then figures, tables, and what it rests on."""
    script, plotly = page_script() + (asset("take.js") if row else ""), plotly_script()
    content = {
        "scenario": scenario,
        "kicker": kicker,
        "opening": opening,
        "reduced": reduced,
        "judged": judged,
        "answers": answers,
        "pictures": pictures,
        "take": take,
        "row": row,
        "numbers": numbers,
        "how": how,
        "assumptions": scenario.assumptions,
        "provenance": provenance,
        "data": as_json(list(pictures), ()),
        "style": asset("style.css") + colours(),
        "opening_script": OPENING,
        "script": script,
        "plotly": plotly,
        "policy": policy(OPENING, plotly, script),
    }
    return environment(findings=findings, reading=reading, searching=searching).get_template("question.html.j2").render(content)


@dataclass(frozen=True)
class Row:
    """What the page needs to write any of its `schedules` as a scenario: the `text` of that of the schedule `words`."""

    schedules: tuple[str, ...]
    words: str
    text: str


def row_to_take(found: Found) -> Row | None:
    """Return what turns rows of the table into scenarios; None where a file cannot say the scenario."""
    names = tuple(row.schedule for row in shown(found) if not row.reference)
    with contextlib.suppress(RegimensError):
        return Row(names, names[0], row_scenario(found, found.confirmed.names.index(names[0])).to_yaml())
    return None


def pictures(found: Found) -> list[Picture]:
    """Return the figures of the page."""
    front, over = search_front(found), search_map(found)
    heads = [str(made.layout.title.text) for made in (front, over)]
    return [
        Picture("front", heads[0], searching.front(found), searching.FRONT_READING, reading.described(heads[0]), front),
        Picture("map", heads[1], "", searching.MAP_READING, reading.described(heads[1]), over),
    ]


def schedules(found: Found, most: int = SHOWN) -> Numbers:
    """Return the table of the schedules shown: flat ones first, then others up to `most` rows, and the arms of the scenario."""
    regret = wording.headed("Regret", searching.unit_of_aim(found))
    heads = [*searching.HEADS, *(wording.under(regret, model.name) for model in found.models)]
    rows = tuple(_row(found, row) for row in shown(found, most))
    return Numbers(searching.table_caption(found, most), "Schedule", tuple(heads), rows)


def shown(found: Found, most: int = SHOWN) -> list[Schedule]:
    """Return the flat schedules, the best first, then others up to `most` rows, and the arms of the scenario."""
    rows = sorted(found.schedules, key=lambda row: (row.reference, row.rank is None, not row.flat))
    return [row for row in rows if not row.reference][:most] + [row for row in rows if row.reference]


def _row(found: Found, row: Schedule) -> tuple[str, tuple[str, ...]]:
    place = found.confirmed.names.index(row.schedule)
    aim = found.answer.aim[:, place]
    return row.schedule, (
        wording.MISSING if row.rank is None else str(row.rank),
        wording.exact(row.total_miu),
        str(row.doses),
        str(row.visits),
        f"{wording.number(float(aim.min()))} to {wording.number(float(aim.max()))}",
        wording.yes(row.flat),
        wording.yes(row.front),
        *(wording.number(float(value)) for value in found.answer.regret[:, place]),
    )


def table(found: Found, console_width: int) -> RenderableType:
    """Return the answer in sentences and the first schedules as a table, for rich."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    grid.add_column("Schedule", overflow="fold")
    regret = wording.headed("Largest regret", searching.unit_of_aim(found))
    heads = ["MIU", "Visits", regret, "Flat", *(model.name for model in found.models)]
    for head in heads[: max(3, (console_width - 40) // 11)]:
        grid.add_column(head, justify="right")
    ranked = [row for row in found.schedules if not row.reference][:IN_TERMINAL]
    for row in [*ranked, *(row for row in found.schedules if row.reference)]:
        aims = found.answer.aim[:, found.confirmed.names.index(row.schedule)]
        cells = [wording.exact(row.total_miu), str(row.visits), wording.number(row.largest_regret), wording.yes(row.flat)]
        cells += [wording.number(float(value)) for value in aims]
        grid.add_row(Text(row.schedule), *cells[: len(grid.columns) - 1])
    said = [*filter(None, (searching.reduced(found),)), searching.opening(found), searching.judged(found)]
    return Group(*map(Text, said), Text(""), grid, Text(""), *map(Text, searching.answer(found)))

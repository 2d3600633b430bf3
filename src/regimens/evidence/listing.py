"""The evidence in print: regimens of the library for the terminal, and the page docs/evidence.md."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Protocol, TypeVar

from regimens import shipped
from regimens.evidence.facts import Fact, adverse_events, pharmacology
from regimens.evidence.library import LibraryEntry, library
from regimens.evidence.responsefile import read_responses

if TYPE_CHECKING:
    from rich.console import Group, RenderableType

    from regimens.evidence.responses import Response
    from regimens.evidence.spread import Printed


def library_table(entries: Sequence[LibraryEntry]) -> Group:
    """Return a rich renderable: name, schedule, total and study of every regimen, then the open entries with what is missing."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("Name", "Schedule", "Total", "Study"):
        table.add_column(heading, no_wrap=heading == "Name")
    for entry in entries:
        if entry.regimen is not None:
            size = f" ({entry.size_words})" if entry.size_words else ""
            table.add_row(entry.name, Text(entry.regimen.in_words()), f"{entry.total_words}{size}", Text(entry.study))
    parts: list[RenderableType] = [table, Text("Left open by their sources, and not completed:", style="bold")]
    for entry in entries:
        if entry.regimen is None:
            parts += [Text(f"{entry.name} ({entry.study})"), Padding(Text(entry.open), (0, 0, 0, 4))]
    return Group(*parts)


def entry_lines(entry: LibraryEntry) -> Iterator[str]:
    """Yield the name of an entry and a line for each thing known about it; an open entry ends with what is missing."""
    verified = {True: "", False: " (to be verified)", None: ""}[entry.doi_verified]
    facts = [
        ("Study", entry.study),
        ("Citation", entry.citation),
        ("DOI", f"{entry.doi}{verified}" if entry.doi else ""),
        ("Registration", entry.registration),
        ("Population", entry.population),
        ("Arm", entry.who),
        ("n", "" if entry.n is None else str(entry.n)),
        ("With", entry.concomitant),
        ("Read from", entry.how_read),
        ("Total", _total(entry)),
        *(("Assumed", sentence) for sentence in entry.assumed),
        ("Note", entry.note),
        ("Left open", entry.open),
    ]
    yield entry.name
    for name, said in facts:
        if said:
            yield f"  {name:<14}{said}"


_INTRODUCTION = """\
# Evidence

Written by `scripts/render_evidence.py` from the files in `evidence/`; change those, not this page. Each study has two lines:
what was given to whom and what was seen, then how it was read and how it is used. Nothing here is data of single patients.

Times are elapsed hours: protocol day 1 is the first dose, 0 h. A row is *fitted* (the models are calibrated to it) or
*checked* (kept apart to judge a calibrated model). *Seen by* names what else has used it, such as the choice of a model; no
prior rests on a row. An ordering is a statement without a number to fit; [orderings.md](orderings.md) holds such statements
against the models. Where a source prints no spread, a standard error on the log scale is assumed and given as a percentage
("assumed error"). A DOI that was not printed in what was read is marked *to be verified*.
"""


_SENTENCE_END = re.compile(r"(?<=\.) (?=[A-Z0-9])")


def evidence_page() -> str:
    """Return the page as Markdown."""
    responses = read_responses(shipped.folder("evidence") / "responses.csv")
    parts = [
        _INTRODUCTION,
        _section("What was seen under IL-2", responses, _seen),
        _section("Schedules of the library", library(), _schedules),
        _section("Pharmacology", pharmacology(), _facts),
        _section("Adverse events", adverse_events(), _facts),
    ]
    return "\n".join(parts)


class _OfStudy(Protocol):
    @property
    def study(self) -> str: ...


_Row = TypeVar("_Row", bound=_OfStudy)


def _section(title: str, rows: Sequence[_Row], said: Callable[[list[_Row]], tuple[str, str]]) -> str:
    """Return a section with two lines a study; `said` writes them from the rows of one study."""
    by_study: dict[str, list[_Row]] = {}
    for row in rows:
        by_study.setdefault(row.study, []).append(row)
    lines = [f"## {title}", ""]
    for study, group in by_study.items():
        first, second = said(group)
        lines += [f"- **{study}.** {first}\\", f"  {second}"]
    return "\n".join(lines) + "\n"


def _once(sentences: Iterable[str]) -> Iterator[str]:
    """Yield every sentence once, also those that stand in several cells."""
    yield from dict.fromkeys(part for text in sentences if text for part in _SENTENCE_END.split(text))


def _doi(row: Response | LibraryEntry | Fact) -> str:
    return "" if not row.doi else f"doi:{row.doi}{'' if row.doi_verified else ' (to be verified)'}"


def _people(population: str, n: int | None) -> str:
    return f"{population}{f', n = {n}' if n else ''}"


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _seen(rows: list[Response]) -> tuple[str, str]:
    groups = groupby(rows, lambda row: (row.population, row.n, row.regimen.in_words()))
    given = [
        f"{_capital(_people(population, n))}, on {regimen}: {'; '.join(_outcome(row) for row in members)}."
        for (population, n, regimen), members in groups
    ]
    roles = [f"{name}: {', '.join(r.id for r in rows if r.role == role)}." for role, name in _ROLES.items() if _has(rows, role)]
    read = f"Read from: {', '.join(_once(row.how_read for row in rows))}."
    assumed = _once(row.assumed for row in rows)
    centre = _once(f"One centre with the other rows of {row.centre}." if row.centre else "" for row in rows)
    seen = _once(f"Seen by the {row.seen_by}." if row.seen_by else "" for row in rows)
    notes = _once(row.note for row in rows)
    return " ".join(given), _joined(read, *roles, *centre, *seen, *assumed, *notes, *_once(map(_doi, rows)))


_ROLES = {"fit": "Fitted", "check": "Checked", "shown": "Neither fitted nor checked"}


def _has(rows: list[Response], role: str) -> bool:
    return any(row.role == role for row in rows)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _outcome(row: Response) -> str:
    when = row.time_words if row.time_h is None or row.reading == "peak" else f"{row.time_words}, {row.time_h:g} h"
    if row.printed is None or row.statistic == "ordering":
        return f"{row.analyte} ({when}), an ordering"
    error = f", assumed error {100 * row.se_log:.0f} %" if row.se_words == "assumed" and row.se_log else ""
    unit = "" if row.unit in ("fold", "ratio") else f" {row.unit}"
    before = f"from {row.baseline.value:g} to " if row.baseline else ""
    sign = {"lower bound": "above ", "upper bound": "below "}.get(row.bound, "")
    return f"{row.analyte} {before}{sign}{row.printed.value:g}{unit} ({row.statistic}{_ends(row.printed)}{error}; {when})"


def _ends(printed: Printed | Fact) -> str:
    low, high, interval = printed.low, printed.high, printed.interval
    if low is None or high is None:
        return ""
    return f", SD {(high - low) / 2:g}" if interval == "SD" else f", {interval} {low:g} to {high:g}"


def _schedules(entries: list[LibraryEntry]) -> tuple[str, str]:
    first = entries[0]
    given = [f"`{e.name}`{_arm(e)}: {e.regimen.in_words()} ({_total(e)})" for e in entries if e.regimen]
    left = [f"`{e.name}`{_arm(e)} left open: {e.open}" for e in entries if not e.regimen]
    along = f" With {first.concomitant}." if first.concomitant not in ("", "none") else ""
    schedules = _joined(f"{'; '.join(given)}." if given else "", *left)
    facts = [first.citation + ".", f"Read from: {first.how_read}.", *_once(s for e in entries for s in e.assumed)]
    notes = _once(e.note for e in entries)
    registered = f"{first.registration}." if first.registration else ""
    return f"{_capital(first.population)}.{along} {schedules}", _joined(*facts, *notes, registered, _doi(first))


def _arm(entry: LibraryEntry) -> str:
    words = ", ".join(part for part in (entry.who, f"n = {entry.n}" if entry.n else "") if part)
    return f" ({words})" if words else ""


def _total(entry: LibraryEntry) -> str:
    return f"{entry.total_words}{f' at {entry.size_words}' if entry.size_words else ''}"


def _facts(rows: list[Fact]) -> tuple[str, str]:
    groups = groupby(rows, lambda row: (row.population, row.n, row.dose, row.dose_unit, row.route, row.schedule))
    given = [
        f"{_capital(_people(population, n))}; {_dosing(dose, unit, route, schedule)}: {'; '.join(map(_number, members))}."
        for (population, n, dose, unit, route, schedule), members in groups
    ]
    priors = [row.analyte for row in rows if row.role == "prior"]
    used = "For context." if not priors else "For priors." if len(priors) == len(rows) else f"For priors: {'; '.join(priors)}."
    read = f"Read from: {', '.join(_once(row.how_read for row in rows))}."
    assumed = _once(row.assumed for row in rows)
    return " ".join(given), _joined(read, used, *assumed, *_once(row.note for row in rows), *_once(map(_doi, rows)))


def _dosing(dose: str, unit: str, route: str, schedule: str) -> str:
    if dose in ("", "various"):
        return _joined(route, schedule)
    return _joined("placebo" if dose == "0" else f"{dose} {unit} {route}".strip() + ",", schedule)


def _number(row: Fact) -> str:
    if row.value is None:
        return f"{row.analyte} {row.low:g} to {row.high:g} {row.unit}"
    return f"{row.analyte} {row.value:g} {row.unit}{_ends(row)}"

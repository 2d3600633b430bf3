"""The library in print: a table of regimens for the terminal, and the lines about one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from regimens.evidence.library import LibraryEntry
from regimens.units import decimal_text

if TYPE_CHECKING:
    from rich.console import Group


def library_table(entries: Sequence[LibraryEntry]) -> Group:
    """Return a rich renderable: name, schedule, total and study of every regimen; open entries with their reasons beneath."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("Name", "Schedule", "Total", "Study"):
        table.add_column(heading, no_wrap=heading == "Name")
    for known in entries:
        if known.regimen is not None:
            size = f" ({size_words(known)})" if known.per_size else ""
            table.add_row(known.name, Text(known.regimen.in_words()), f"{known.total_words}{size}", Text(known.study))
    parts = [table, Text("Left open by their sources, and not completed:", style="bold")]
    for known in entries:
        if known.regimen is None:
            parts += [Text(f"{known.name} ({known.study})"), Padding(Text(known.open), (0, 0, 0, 4))]
    return Group(*parts)


def size_words(known: LibraryEntry) -> str:
    """Return the body that the totals of an entry are for, '1.8 m2' or '70 kg'."""
    bases = {dose.dose.amount.basis for dose in known.regimen.with_rests("shortest").written_out()} if known.regimen else set()
    sizes = {"per kg": f"{decimal_text(known.subject.weight_kg)} kg", "per m2": f"{decimal_text(known.subject.bsa_m2)} m2"}
    return ", ".join(size for basis, size in sizes.items() if basis in bases)


def entry_lines(known: LibraryEntry) -> Iterator[str]:
    """Yield what is known of an entry, a line a fact; an open one ends with what its sources leave open."""
    verified = {True: "", False: " (to be verified)", None: ""}[known.doi_verified]
    facts = {
        "Study": known.study,
        "Citation": known.citation,
        "DOI": f"{known.doi}{verified}" if known.doi else "",
        "Registration": known.registration,
        "Population": known.population,
        "Arm": known.who,
        "n": "" if known.n is None else str(known.n),
        "With": known.concomitant,
        "Read from": known.how_read,
        "Total": f"{known.total_words}{f' at {size_words(known)}' if known.per_size else ''}",
        **{f"Assumed{' ' * turn}": sentence for turn, sentence in enumerate(known.assumed)},
        "Note": known.note,
        "Left open": known.open,
    }
    yield known.name
    for name, said in facts.items():
        if said:
            yield f"  {name.strip():<14}{said}"

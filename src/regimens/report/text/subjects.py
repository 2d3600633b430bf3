"""The subjects as the page counts them: all of them, those behind the curves, those without a value; and their totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens.drugs import display_unit, label
from regimens.report.text import words

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.report.layout import Layout
    from regimens.subject import Subject


def everybody(layout: Layout) -> str:
    """Return whom the run simulates: the typical subject, or how many in each parameter draw."""
    if layout.typical:
        return "one typical subject"
    return _virtual(layout.subjects) + (f" in each of {words.exact(layout.draws)} parameter draws" if layout.draws > 1 else "")


def curved(layout: Layout) -> str:
    """Return the virtual subjects behind the curves and the visits: all, or as many as come first in each draw."""
    if layout.curved == layout.subjects * layout.draws:
        return everybody(layout)
    if layout.draws == 1:
        return f"the first {words.exact(layout.curved)} of {_virtual(layout.subjects)}"
    draws = min(layout.draws, layout.curved)
    each = layout.curved // draws
    first = "the first" if each == 1 else f"the first {words.count(each, '').strip()}"
    of = words.exact(draws) if draws == layout.draws else f"the first {words.exact(draws)} of {words.exact(layout.draws)}"
    return f"{_virtual(layout.curved)}, {first} of each of {of} parameter draws"


def missing(short: int, layout: Layout) -> str:
    """Return how many have no value; over parameter draws, how the whole number comes about."""
    drawn = (
        f" ({words.exact(layout.subjects)} in each of {words.exact(layout.draws)} parameter draws)" if layout.draws > 1 else ""
    )
    return f"{words.exact(short)} of {_virtual(layout.subjects * layout.draws)} missing{drawn}"


def body(subject: Subject, bases: set[str]) -> str:
    """Return the size of the scenario's subject that doses on these bases are for: 'at 70 kg', 'at 1.8 m²'."""
    sizes = {"per kg": f"{words.exact(subject.weight_kg)} kg", "per m2": f"{words.exact(subject.bsa_m2)} m²"}
    return f"at {words.listing([size for basis, size in sizes.items() if basis in bases])}"


def total(row: DrugExposure, layout: Layout, subject: Subject) -> str:
    """Return a total with its unit and, where people get others, of whom it is.

    For example '14 MIU at 70 kg (10.8 to 19 MIU in the people)'.
    """
    said, ends = words.amount(row.total, row.unit), layout.people.get((row.arm, row.drug))
    if ends is None:
        return said
    doses = next(look for look in layout.arms if look.name == row.arm).doses_of(row.drug)
    bases = set() if doses is None else set(doses.events.basis) - {"flat"}
    return f"{said} {body(subject, bases)} ({between(ends, row.unit)} in the people)" if bases else said


def other_total(row: DrugExposure, layout: Layout, subject: Subject) -> str:
    """Return the total of a drug that does not lead its arm."""
    return f"{label(row.drug)} {total(row, layout, subject)}"


def totals_note(subject: Subject, bases: set[str]) -> str:
    """Return of whom the totals of a table are, and what stands beneath them."""
    return f"Totals are {body(subject, bases)}; beneath them the range in the people."


def between(ends: tuple[float, float], of: str, with_unit: bool = True) -> str:
    """Return the smallest and the largest total of a person, three digits each: '10.8 to 19 MIU'."""
    low, high = (words.exact(float(f"{words.shown(end, of):.3g}")) for end in ends)
    span = low if low == high else f"{low} to {high}"
    return f"{span} {display_unit(of)[0]}" if with_unit else span


def _virtual(count: int) -> str:
    return f"{'one' if count == 1 else words.exact(count)} virtual subject{'s' * (count != 1)}"

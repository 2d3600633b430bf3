"""The subjects as the page counts them: all of them, those behind the curves, those without a value; and their totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from regimens import wording
from regimens.drugs import display_unit, label

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.figures.view import View
    from regimens.subject import Subject


def everybody(view: View) -> str:
    """Return whom the run simulates: the typical subject, or how many in each parameter draw."""
    if view.typical:
        return "one typical subject"
    return _virtual(view.subjects) + (f" in each of {wording.exact(view.draws)} parameter draws" if view.draws > 1 else "")


def curved(view: View) -> str:
    """Return the virtual subjects behind the curves and the visits: all, or as many as come first in each draw."""
    if view.curved == view.subjects * view.draws:
        return everybody(view)
    if view.draws == 1:
        return f"the first {wording.exact(view.curved)} of {_virtual(view.subjects)}"
    draws = min(view.draws, view.curved)
    each = view.curved // draws
    first = "the first" if each == 1 else f"the first {wording.count(each, '').strip()}"
    of = wording.exact(draws) if draws == view.draws else f"the first {wording.exact(draws)} of {wording.exact(view.draws)}"
    return f"{_virtual(view.curved)}, {first} of each of {of} parameter draws"


def missing(short: int, view: View) -> str:
    """Return how many have no value; over parameter draws, how the whole number comes about."""
    drawn = f" ({wording.exact(view.subjects)} in each of {wording.exact(view.draws)} parameter draws)" if view.draws > 1 else ""
    return f"{wording.exact(short)} of {_virtual(view.subjects * view.draws)} missing{drawn}"


def body(subject: Subject, bases: set[str]) -> str:
    """Return the size of the scenario's subject that doses on these bases are for: 'at 70 kg', 'at 1.8 m²'."""
    sizes = {"per kg": f"{wording.exact(subject.weight_kg)} kg", "per m2": f"{wording.exact(subject.bsa_m2)} m²"}
    return f"at {wording.listing([size for basis, size in sizes.items() if basis in bases])}"


def total(row: DrugExposure, view: View, subject: Subject) -> str:
    """Return a total with its unit and, where people get others, of whom it is.

    For example '14 MIU at 70 kg (10.8 to 19 MIU in the people)'.
    """
    said, ends = wording.amount(row.total, row.unit), view.people.get((row.arm, row.drug))
    if ends is None:
        return said
    look = view.look(row.arm)
    doses = None if look is None else look.doses_of(row.drug)
    bases = set() if doses is None else set(doses.events.basis) - {"flat"}
    return f"{said} {body(subject, bases)} ({between(ends, row.unit)} in the people)" if bases else said


def other_total(row: DrugExposure, view: View, subject: Subject) -> str:
    """Return the total of a drug that does not lead its arm."""
    return f"{label(row.drug)} {total(row, view, subject)}"


def totals_note(subject: Subject, bases: set[str]) -> str:
    """Return of whom the totals of a table are, and what stands beneath them."""
    return f"Totals are {body(subject, bases)}; beneath them the range in the people."


def between(ends: tuple[float, float], of: str, with_unit: bool = True) -> str:
    """Return the smallest and the largest total of a person, three digits each: '10.8 to 19 MIU'."""
    low, high = (wording.exact(float(f"{wording.shown(end, of):.3g}")) for end in ends)
    span = low if low == high else f"{low} to {high}"
    return f"{span} {display_unit(of)[0]}" if with_unit else span


def _virtual(count: int) -> str:
    return f"{'one' if count == 1 else wording.exact(count)} virtual subject{'s' * (count != 1)}"

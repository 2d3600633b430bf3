"""A difference of two regimens in words: a table of what differs, what is the same, and from which day on they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from regimens.regimen.parts import rests
from regimens.regimen.writing import write_plan
from regimens.units import amount_text, day_text, decimal_text, duration_text
from regimens.wording import listing

if TYPE_CHECKING:
    from regimens.difference.difference import Difference, DrugDifference, Facts
    from regimens.regimen import Regimen
    from regimens.regimen.planned import PlannedDose

MOST_LISTED = 6
"""Different values of one fact that a line lists; the others are counted."""


class Line(NamedTuple):
    """One fact of a drug: its name, and what it is in the two regimens, in words; and its ratio where both are one number."""

    name: str
    first: str
    second: str
    ratio: str = ""


def in_words(difference: Difference, names: tuple[str, str] = ("", "")) -> Iterator[str]:
    """Yield the lines that say how two regimens, A and B, differ; `names` are those of their arms or of the library."""
    for letter, name, regimen in zip("AB", names, difference.regimens, strict=True):
        yield f"{letter}: {f'{name}: ' if name else ''}{regimen.in_words()}"
    yield ""
    if not difference.same_start:
        yield f"They start differently: {' and '.join(map(_start, 'AB', difference.regimens))}."
    if difference.same_doses:
        yield _same(difference)
        return
    assert difference.from_h is not None
    yield (
        f"They differ from {day_text(difference.from_h)} on: A gives {_doses(difference.first)}, "
        f"B gives {_doses(difference.second)}."
    )
    for drug in difference.drugs:
        yield ""
        yield from _drug(drug)
    if size := _size(difference):
        yield ""
        yield f"Totals are those of {size}."


def _same(difference: Difference) -> str:
    if difference.regimens[0] == difference.regimens[1]:
        return "They are the same regimen."
    if not difference.same_longest:
        both = ", ".join(f"{letter} has {_rests(regimen)}" for letter, regimen in zip("AB", difference.regimens, strict=True))
        return f"They give the same doses at the shortest rests, but not at the longest: {both}."
    if difference.same_cycles and not difference.same_start:
        return "From day 0 on they give the same doses, each of them at the same time."
    if difference.same_cycles:
        return "They give the same doses: each of them at the same time, though the words differ."
    return "They give the same doses, each of them at the same time, but count their cycles in another way."


def _rests(regimen: Regimen) -> str:
    """Return the different rests of a regimen, in the order of first use."""
    return listing(list(dict.fromkeys(write_plan((rest,)) for _, parts in regimen.plans for rest in rests(parts)))) or "no rest"


def _start(letter: str, regimen: Regimen) -> str:
    if regimen.start is None:
        return f"{letter} without earlier doses"
    drug, begun = regimen.start
    return f"{letter} {write_plan((begun,))} ({drug})"


def _doses(planned: Sequence[PlannedDose]) -> str:
    return listing([_given(each) for each in planned]) if planned else "nothing"


def _given(planned: PlannedDose) -> str:
    dose = planned.dose
    infusion = f" over {duration_text(dose.duration)}" if dose.duration else ""
    return f"{dose.amount} of {planned.drug} {dose.route}{infusion}"


def _drug(drug: DrugDifference) -> Iterator[str]:
    if drug.first is None or drug.second is None:
        facts, letter, other = (drug.first, "A", "B") if drug.first else (drug.second, "B", "A")
        assert facts is not None
        yield f"{drug.drug}: given by {letter} only, and not by {other}. {facts.exposure.arithmetic}."
        return
    if drug.same_doses:
        yield f"{drug.drug}: the same doses in both. {drug.first.exposure.arithmetic}."
        return
    lines = list(_lines(drug.first, drug.second))
    differing = [line for line in lines if line.first != line.second]
    same = [f"{line.name} {line.first}" for line in lines if line.first == line.second and line.first != "none"]
    if not differing:
        yield f"{drug.drug}: no number differs, but the order of the doses does."
    else:
        widths = [max(len(line[place]) for line in differing) for place in range(3)]
        widths = [max(widths[0], len(drug.drug)), max(widths[1], 1), max(widths[2], 1)]
        heading = "  ".join(f"{text:<{width}}" for text, width in zip((drug.drug, "A", "B"), widths, strict=True))
        yield f"{heading}  B / A" if any(line.ratio for line in differing) else heading.rstrip()
        for line in differing:
            yield "  ".join([*(f"{text:<{width}}" for text, width in zip(line, widths, strict=False)), line.ratio]).rstrip()
    yield f"The same: {'; '.join(same)}." if same else "Nothing of it is the same."


def _lines(first: Facts, second: Facts) -> Iterator[Line]:
    a, b = first.exposure, second.exposure
    yield _line("amount of a dose", first.amounts, second.amounts, *_one_amount(first, second))
    yield _times("interval", first.intervals, second.intervals)
    yield _count("doses", a.doses, b.doses)
    yield _count("cycles", first.cycles, second.cycles)
    yield _times("pause after a cycle", first.pauses, second.pauses)
    yield _line("route", first.routes, second.routes)
    yield _line("infusion", _infusions(first), _infusions(second))
    yield _amount("total", a.total, b.total, a.unit)
    yield _amount("highest 7 days", a.peak_7_days, b.peak_7_days, a.unit)
    yield Line("first dose", day_text(a.first_h), day_text(b.first_h))
    yield Line("last dose", day_text(a.last_h), day_text(b.last_h))
    yield _count("days with a dose", a.days_on, b.days_on)


def _infusions(facts: Facts) -> list[str]:
    return [duration_text(time) if time else "bolus" for time in facts.infusions]


def _times(name: str, first: Sequence[Fraction], second: Sequence[Fraction]) -> Line:
    both = (first[0], second[0]) if len(first) == len(second) == 1 else ()
    return _line(name, list(map(duration_text, first)), list(map(duration_text, second)), *both)


def _amount(name: str, first: Fraction, second: Fraction, unit: str) -> Line:
    return _line(name, [amount_text(first, unit)], [amount_text(second, unit)], first, second)


def _count(name: str, first: int, second: int) -> Line:
    return _line(name, [str(first)], [str(second)], Fraction(first), Fraction(second))


def _one_amount(first: Facts, second: Facts) -> tuple[Fraction, ...]:
    amounts = [{dose.amount for dose in facts.doses} for facts in (first, second)]
    if any(len(found) > 1 for found in amounts) or len({(a.unit, a.basis) for found in amounts for a in found}) > 1:
        return ()
    return tuple(amount.value for found in amounts for amount in found)


def _line(name: str, first: Sequence[str], second: Sequence[str], *both: Fraction) -> Line:
    ratio = _ratio(both[1] / both[0]) if len(both) == 2 and both[0] else ""
    return Line(name, _listed(first), _listed(second), ratio)


def _listed(words: Sequence[str]) -> str:
    more = len(words) - MOST_LISTED
    return ", ".join(words[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "") or "none"


def _ratio(ratio: Fraction) -> str:
    """Write a ratio exactly: '1.75', '0.5714 (4/7)'."""
    text = decimal_text(ratio)
    return text if "/" not in text and len(text) <= 8 else f"{float(ratio):.4g} ({ratio})"


def _size(difference: Difference) -> str:
    bases = {
        dose.amount.basis for drug in difference.drugs for facts in (drug.first, drug.second) if facts for dose in facts.doses
    }
    sizes = {
        "per kg": f"{decimal_text(difference.subject.weight_kg)} kg",
        "per m2": f"{decimal_text(difference.subject.bsa_m2)} m2",
    }
    return " and ".join(size for basis, size in sizes.items() if basis in bases)

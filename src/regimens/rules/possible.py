"""What rules can lead to: the least and the largest total of every arm with rules, and the limits that they can break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.drugs import display_unit
from regimens.errors import ExposureMismatch, Problem
from regimens.rules.walk import Walked, Way, walk
from regimens.tables import column, table_of
from regimens.units import amount_text, exact

if TYPE_CHECKING:
    from regimens.rules.guide import Guide
    from regimens.subject import Subject


@dataclass(frozen=True)
class Possible:
    """What the rules of one arm can lead to in the typical subject, whatever is measured, before the horizon cuts anything.

    `broken` has a problem for each limit that they can break, with its line.
    """

    arm: str = column("arm")
    drug: str = column("drug that the rules are about")
    unit: str = column("unit of the totals")
    planned: float = column("total of the plan", "MIU or mg")
    least: float = column("least total that the rules can lead to", "MIU or mg")
    least_doses: str = column("its doses, in order")
    largest: float = column("largest total that the rules can lead to", "MIU or mg")
    largest_doses: str = column("its doses, in order")
    limits: str = column("limits of the arm, none of which can be broken; blank where there are none")
    broken: tuple[Problem, ...] = ()

    def in_words(self) -> str:
        """Return what the rules can lead to, as a sentence."""
        least, largest = (
            f"{self.least:g} {self.unit} ({self.least_doses})",
            f"{self.largest:g} {self.unit} ({self.largest_doses})",
        )
        return f"Arm '{self.arm}': its rules can lead to {least} at the least and {largest} at the most."


POSSIBLE = table_of("possible_totals", "arm with rules", Possible)


def possible_totals(guides: Mapping[str, Guide], subject: Subject) -> tuple[Possible, ...]:
    """Return what the rules of all arms can lead to; `guides` are the arms by name."""
    return tuple(
        _row(arm, guide, walk(guide.ladder, guide.doses, guide.decisions, subject), subject) for arm, guide in guides.items()
    )


def audit_rules(guides: Mapping[str, Guide], subject: Subject, path: str = "") -> tuple[Possible, ...]:
    """Return what the rules of all arms can lead to; ExposureMismatch with every limit that they can break.

    `path` is the scenario file, which the message names.
    """
    rows = possible_totals(guides, subject)
    if broken := [problem for row in rows for problem in row.broken]:
        raise ExposureMismatch(broken, path)
    return rows


def _broken(arm: str, guide: Guide, found: Walked) -> Iterator[Problem]:
    unit = guide.doses[0].dose.amount.unit
    for limit in guide.rules.limits:
        said = f"Arm '{arm}': `limits` says '{limit.in_words()}', but the rules can lead to"
        if limit.of == "total":
            if found.largest.total > limit.amount.value:
                yield Problem(f"{said} {found.largest.in_words(unit)}.", line=limit.line)
            continue
        over = {cycle: value for cycle, value in found.highest.items() if cycle >= limit.cycle and value > limit.amount.value}
        if over:
            first = min(over)
            # The amount is that of a dose as the level says it, per kg or per m2 where the limit is.
            highest = str(limit.amount).replace(amount_text(limit.amount.value, unit), amount_text(over[first], unit), 1)
            yield Problem(f"{said} {highest} in cycle {first}.", line=limit.line)


def _row(arm: str, guide: Guide, found: Walked, subject: Subject) -> Possible:
    unit, size = display_unit(guide.doses[0].dose.amount.unit)
    planned = Way(exact(0)).and_then([d.dose.amount.for_size(subject.weight_kg, subject.bsa_m2) for d in guide.doses])
    canonical = guide.doses[0].dose.amount.unit
    return Possible(
        arm,
        guide.drug,
        unit,
        float(planned.total / size),
        float(found.least.total / size),
        found.least.doses_in_words(canonical),
        float(found.largest.total / size),
        found.largest.doses_in_words(canonical),
        "; ".join(limit.in_words() for limit in guide.rules.limits),
        tuple(_broken(arm, guide, found)),
    )

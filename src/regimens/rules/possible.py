"""What rules can lead to: the least and the largest total of every arm with rules, and the limits that they can break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.drugs import display_unit, unit_of
from regimens.errors import ExposureMismatch, Problem
from regimens.exposure import ExposureTable, exposure_of_arms
from regimens.rules.caps import CapAt
from regimens.rules.walk import Walked, Way, walk
from regimens.tables import column, table_of
from regimens.units import amount_text, exact

if TYPE_CHECKING:
    from regimens.exposure import Arm
    from regimens.rules.guide import Guide
    from regimens.rules.values import Limit
    from regimens.subject import Subject


@dataclass(frozen=True)
class Possible:
    """What the rules of one arm can lead to of one drug in the typical subject, whatever is measured, before the horizon cuts
    anything.

    `broken` has a problem for each limit that they can break, with its line.
    """

    arm: str = column("arm")
    drug: str = column("drug that the rules change or give")
    unit: str = column("unit of the totals")
    planned: float = column("total of the plan", "MIU or mg")
    least: float = column("least total that the rules can lead to", "MIU or mg")
    least_doses: str = column("its doses, in order")
    largest: float = column("largest total that the rules can lead to", "MIU or mg")
    largest_doses: str = column("its doses, in order")
    limits: str = column("limits of the arm, none of which can be broken; blank where there are none")
    broken: tuple[Problem, ...] = ()
    leading: bool = True

    def in_words(self) -> str:
        """Return what the rules can lead to, as a sentence."""
        least, largest = (
            f"{self.least:g} {self.unit} ({self.least_doses})",
            f"{self.largest:g} {self.unit} ({self.largest_doses})",
        )
        of = "" if self.leading else f" of {self.drug}"
        return f"Arm '{self.arm}': its rules can lead to {least} at the least and {largest} at the most{of}."


POSSIBLE = table_of("possible_totals", "arm with rules and drug", Possible)


def possible_totals(guides: Mapping[str, Guide], subject: Subject) -> tuple[Possible, ...]:
    """Return what the rules of all arms can lead to; `guides` are the arms by name."""
    return tuple(row for arm, guide in guides.items() for row in _rows(arm, guide, walk(guide, subject), subject))


def audit_with_rules(
    arms: Sequence[Arm], guides: Mapping[str, Guide], subject: Subject, path: str = ""
) -> tuple[ExposureTable, tuple[Possible, ...]]:
    """Return the exposure of all arms, and what the rules of those with rules, `guides`, can lead to.

    ExposureMismatch with every difference from what is expected and every limit that rules can break. The message names `path`,
    the scenario file.
    """
    table, rows = exposure_of_arms(arms, subject), possible_totals(guides, subject)
    if differences := [*table.differences, *(problem for row in rows for problem in row.broken)]:
        raise ExposureMismatch(differences, path)
    return table, rows


def _broken(arm: str, guide: Guide, found: Walked, drug: str) -> Iterator[Problem]:
    unit = unit_of(drug)
    largest = found.largest if drug == guide.drug else found.others[drug][1]
    for limit in _limits(guide, drug):
        said = f"Arm '{arm}': `limits` says '{limit.in_words()}', but the rules can lead to"
        if limit.of == "total":
            if largest.total > limit.amount.value:
                cure = f" The rule 'stop at a total of {limit.amount}' makes it hold." if drug == guide.drug else ""
                yield Problem(f"{said} {largest.in_words(unit)}.{cure}", line=limit.line)
            continue
        over = {cycle: value for cycle, value in found.highest.items() if cycle >= limit.cycle and value > limit.amount.value}
        if over:
            first = min(over)
            # The amount is that of a dose as the level says it, per kg or per m2 where the limit is.
            highest = str(limit.amount).replace(amount_text(limit.amount.value, unit), amount_text(over[first], unit), 1)
            cure = f" The rule '{CapAt(limit.amount, limit.cycle).in_words()}' makes it hold." if guide.ladder.amounts else ""
            yield Problem(f"{said} {highest} in cycle {first}.{cure}", line=limit.line)


def _limits(guide: Guide, drug: str) -> list[Limit]:
    return [limit for limit in guide.rules.limits if (limit.drug or guide.drug) == drug]


def _rows(arm: str, guide: Guide, found: Walked, subject: Subject) -> Iterator[Possible]:
    planned = Way(exact(0)).and_then([d.dose.amount.for_size(subject.weight_kg, subject.bsa_m2) for d in guide.doses])
    yield _row(arm, guide, found, guide.drug, (planned, found.least, found.largest))
    for drug, ways in found.others.items():
        yield _row(arm, guide, found, drug, (Way(exact(0)), *ways))


def _row(arm: str, guide: Guide, found: Walked, drug: str, ways: tuple[Way, Way, Way]) -> Possible:
    unit, size = display_unit(unit_of(drug))
    planned, least, largest = (float(way.total / size) for way in ways)
    return Possible(
        arm,
        drug,
        unit,
        planned,
        least,
        ways[1].doses_in_words(unit_of(drug)),
        largest,
        ways[2].doses_in_words(unit_of(drug)),
        "; ".join(limit.in_words() for limit in _limits(guide, drug)),
        tuple(_broken(arm, guide, found, drug)),
        drug == guide.drug,
    )

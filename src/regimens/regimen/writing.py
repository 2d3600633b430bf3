"""The writer of regimens in words: parts -> protocol text that the parser (`regimens.regimen.words`) reads as equal parts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.regimen.parts import THREE_A_WEEK, AtSteadyState, Cycle, Dose, Part, Rest, Weekly, drug_of

if TYPE_CHECKING:
    from regimens.regimen.quantities import Duration


def write_plans(plans: Mapping[str, tuple[Part, ...]]) -> str:
    """Write the plans of a regimen, drug -> parts; a single drug that its parts tell without a name is not named."""
    if not plans:
        return "no dose"
    if len(plans) == 1 and all(drug_of(parts) == drug for drug, parts in plans.items()):
        return "".join(map(write_plan, plans.values()))
    return "; ".join(f"{drug}: {write_plan(parts)}" for drug, parts in plans.items())


def write_plan(parts: tuple[Part, ...]) -> str:
    """Write the parts of one drug; a leading rest of whole days reads as the protocol day on which the drug starts."""
    first = parts[0]
    if isinstance(first, Rest) and not first.is_range and first.shortest.hours % 24 == 0 and len(parts) > 1:
        start = f"from protocol day {first.shortest.hours // 24 + 1}"
        return ", ".join([start, *map(_write_part, parts[1:])])
    return ", ".join(map(_write_part, parts))


def _write_part(part: Part) -> str:
    if isinstance(part, Rest):
        return f"rest {_write_range(part)}"
    if isinstance(part, Cycle):
        return f"({', '.join(map(_write_part, part.parts))}) x {part.repeats}"
    dose = part if isinstance(part, Dose) else part.dose
    over = "" if dose.over is None else f" over {dose.over}"
    if isinstance(part, AtSteadyState):
        return f"at steady state of {dose.amount} {dose.route} {_write_frequency(part.every)}{over}"
    if isinstance(part, Dose):
        return f"{dose.amount} {dose.route} once{over}"
    return f"{dose.amount} {dose.route} {_write_frequency(part.every)}{over} x {part.doses}"


def _write_range(rest: Rest) -> str:
    if not rest.is_range:
        return str(rest.shortest)
    for unit, size in (("days", Fraction(24)), ("h", Fraction(1))):
        if rest.shortest.hours % size == 0 and rest.longest.hours % size == 0:
            return f"{rest.shortest.hours / size}-{rest.longest.hours / size} {unit}"
    return f"{rest.shortest.hours * 60}-{rest.longest.hours * 60} min"


def _write_frequency(every: Duration | Weekly) -> str:
    if isinstance(every, Weekly):
        if every == THREE_A_WEEK:
            return "3 times a week"
        *most, last = map(str, every.days)
        return f"on days {', '.join(most)} and {last} of each week"
    named = {12: "twice daily", 24: "daily", 48: "every other day", 168: "weekly"}
    if every.hours in named:
        return named[int(every.hours)]
    if every.hours % 168 == 0:
        return f"every {every.hours // 168} weeks"
    return f"every {every}"

"""Edges: where a schedule lies at an edge of its space or at a limit, and whether its exposure keeps to the limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.errors import RegimensError
from regimens.exposure import exposure_of
from regimens.regimen.quantities import Duration
from regimens.scenario.search import AT_MOST, EndpointLimit, ExactLimit, Search

if TYPE_CHECKING:
    from regimens.regimen.parts import Weekly
    from regimens.regimen.space import Candidate, SearchSpace, Timing
    from regimens.subject import Subject


class Edge(StrEnum):
    """Where in the space a schedule lies at an edge: there may be a better one outside."""

    LOWEST_AMOUNT = "lowest amount"
    HIGHEST_AMOUNT = "highest amount"
    SHORTEST_INTERVAL = "shortest interval"
    LONGEST_INTERVAL = "longest interval"
    FEWEST_DOSES = "fewest doses"
    MOST_DOSES = "most doses"
    MOST_CYCLES = "most cycles"
    SHORTEST_REST = "shortest rest"
    LONGEST_REST = "longest rest"
    TIME = "longest time"
    TOTAL = "limit on the total"
    DOSES = "limit on the doses"


def edges_of(
    space: SearchSpace, limits: Sequence[ExactLimit | EndpointLimit], one: Candidate, subject: Subject
) -> tuple[Edge, ...]:
    """Return where a schedule lies at an edge of its space, or where the next step would break a limit.

    A dimension with one value has no edge, nor has one cycle, and no rest is no edge.
    """
    timing, found = one.timing, []
    if len(space.amounts) > 1:
        found += [Edge.LOWEST_AMOUNT] if one.amount == space.lowest else []
        found += [Edge.HIGHEST_AMOUNT] if one.amount == space.highest else []
    lengths = [_mean_interval(every) for every in space.every]
    if len(lengths) > 1:
        found += [Edge.SHORTEST_INTERVAL] if _mean_interval(timing.every) == min(lengths) else []
        found += [Edge.LONGEST_INTERVAL] if _mean_interval(timing.every) == max(lengths) else []
    fewest, most = space.doses
    found += [Edge.FEWEST_DOSES] if timing.doses == fewest < most else []
    merged = None in space.rests and timing.cycles == 1
    found += [Edge.MOST_DOSES] if timing.doses == most * (space.cycles[1] if merged else 1) and most > fewest else []
    found += [Edge.MOST_CYCLES] if _fewest_cycles(space, timing) == space.cycles[1] > space.cycles[0] else []
    rests = sorted(rest.hours for rest in space.rests if rest is not None)
    if timing.rest is not None and len(rests) > 1:
        found += [Edge.SHORTEST_REST] if timing.rest.hours == rests[0] and None not in space.rests else []
        found += [Edge.LONGEST_REST] if timing.rest.hours == rests[-1] else []
    found += [Edge.TIME] if timing.span + _mean_interval(timing.every) > space.within.hours else []
    for limit in limits:
        if isinstance(limit, ExactLimit) and limit.side == AT_MOST:
            if limit.of == "doses":
                found += [Edge.DOSES] if timing.all_doses == limit.number else []
            else:
                each, step = (amount.for_size(subject.weight_kg, subject.bsa_m2) for amount in (one.amount, space.step))
                found += [Edge.TOTAL] if one.total(subject) + min(each, step * timing.all_doses) > limit.number else []
    return tuple(found)


def _fewest_cycles(space: SearchSpace, timing: Timing) -> int:
    """Return in how few cycles the space gives these doses: without a rest, cycles are written as one long course."""
    fewest, most = space.doses
    for cycles in range(space.cycles[0], space.cycles[1] + 1) if timing.cycles == 1 and None in space.rests else ():
        doses, left = divmod(timing.doses, cycles)
        if not left and fewest <= doses <= most and replace(timing, doses=doses, cycles=cycles).shortest == timing:
            return cycles
    return timing.cycles


def _mean_interval(every: Duration | Weekly) -> Fraction:
    return every.hours if isinstance(every, Duration) else Fraction(168, len(every.days))


def check_exposure(search: Search, one: Candidate, subject: Subject) -> tuple[Fraction, int, int, Fraction]:
    """Return total (IU), doses, days with a dose and span (h) of a schedule by exposure; RegimensError if it breaks a limit."""
    (row,) = exposure_of(one.regimen, subject)
    for limit in search.exact_limits:
        number = row.total if limit.of == "total" else Fraction(row.doses)
        if number > limit.number if limit.side == AT_MOST else number < limit.number:
            raise RegimensError(
                f"'{one.words}' breaks '{limit.words}': it has {limit.said(number)}. This is a fault of the search."
            )
    return row.total, row.doses, row.days_on, row.span_h

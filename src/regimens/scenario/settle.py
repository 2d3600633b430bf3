"""Which trials could settle a comparison: the key `settle` of a scenario."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from regimens.endpoints import Endpoint, parse_endpoint
from regimens.errors import did_you_mean
from regimens.units import decimal_text, duration_text, parse_duration
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.scenario.schema import DesignShape, SettleShape
    from regimens.scenario.values import Arm

Pair = tuple[str, str]


@dataclass(frozen=True)
class Design:
    """A trial: `subjects` in each of two arms, who are sampled on these elapsed days."""

    name: str
    subjects: int
    days: tuple[Fraction, ...]

    @property
    def samples(self) -> int:
        """Samples of the whole trial, where nobody leaves."""
        return 2 * self.subjects * len(self.days)


@dataclass(frozen=True)
class Settle:
    """What trials measure and what they should settle.

    `pairs` are those of arms to settle, the most contested one where there are none. `endpoint` is what one arm should be better
    on, `observable` what is sampled. `assay` and `day_to_day` are CVs of the measurement and of a person from day to day,
    which is correlated by exp(-days apart / `correlated_days`). `dropout` is the share of subjects who leave before the last
    sample, after any of their samples. `trials` are simulated for each design and pair; a design is good enough if it settles
    with the probability `wanted`.
    """

    endpoint: Endpoint
    observable: str
    designs: tuple[Design, ...]
    pairs: tuple[Pair, ...] = ()
    assay: float = 0.1
    day_to_day: float = 0.15
    correlated_days: Fraction = Fraction(3)
    dropout: float = 0.0
    trials: int = 400
    wanted: float = 0.8

    @property
    def days(self) -> tuple[Fraction, ...]:
        """Every day on which some design samples, ascending."""
        return tuple(sorted({day for design in self.designs for day in design.days}))

    def sample(self, day: Fraction) -> str:
        """Return the endpoint that reads the observable on a day, in words."""
        return f"{self.observable} at {decimal_text(day * 24)} h"


def read_settle(
    shape: SettleShape | None, arms: Sequence[Arm], known: Collection[str], visits: Mapping[str, float], notes: Notes
) -> Settle | None:
    """Return what should be settled, as far as it needs no models; None where there is nothing or it cannot be read.

    `known` are the names of arms that the file writes, readable or not.
    """
    if shape is None:
        return None
    before = len(notes.problems)
    endpoint = None
    with contextlib.suppress(Unreadable):
        endpoint = notes.read(("settle", "endpoint"), partial(parse_endpoint, shape.endpoint, visits))
        if endpoint.cycle == 0 or not endpoint.of_subjects:
            found = f"'{shape.endpoint}' has no one number for each subject."
            notes.add(
                ("settle", "endpoint"), found, "Name an endpoint of a subject, for example 'mean of treg_fold to 12 weeks'."
            )
    designs = tuple(_design(name, design, notes) for name, design in shape.designs.items())
    pairs = tuple(_pair(place, pair, arms, known, notes) for place, pair in enumerate(shape.pairs))
    correlated = None
    with contextlib.suppress(Unreadable):
        correlated = notes.read(("settle", "noise", "correlated_over"), partial(parse_duration, shape.noise.correlated_over))
    if endpoint is None or correlated is None or len(notes.problems) > before:
        return None
    observable = shape.observable or endpoint.observable
    noise = shape.noise
    return Settle(
        endpoint,
        observable,
        designs,
        pairs,
        noise.assay,
        noise.day_to_day,
        correlated / 24,
        shape.dropout,
        shape.trials,
        shape.wanted,
    )


Check = Callable[[Sequence[tuple[Loc, Endpoint]]], Iterable[Endpoint]]


def checked_settle(
    settle: Settle | None, observables: Collection[str], horizon: Fraction, check: Check, notes: Notes
) -> Settle | None:
    """Return what should be settled with the label of its endpoint; notes what no model has and samples after the horizon."""
    if settle is None:
        return None
    before = len(notes.problems)
    endpoint = next(iter(check([(("settle", "endpoint"), settle.endpoint)])), settle.endpoint)
    if len(notes.problems) == before and not endpoint.better:
        found = f"'{endpoint.words}' has no better direction, so no arm can be better on it."
        notes.add(("settle", "endpoint"), found, "Name an endpoint of which more, or less, is better.")
    if settle.observable not in observables:
        found = f"'{settle.observable}' is no observable of the models of this scenario."
        notes.add(("settle", "observable"), found, did_you_mean(settle.observable, observables))
    for design in settle.designs:
        for place, day in enumerate(design.days):
            if 24 * day > horizon:
                found = f"The sample on day {decimal_text(day)} comes after the horizon of {duration_text(horizon)}."
                notes.add(("settle", "designs", design.name, "days", place), found, "Move the horizon, or the sample.")
    return None if len(notes.problems) > before else replace(settle, endpoint=endpoint)


def _design(name: str, shape: DesignShape, notes: Notes) -> Design:
    days = tuple(Fraction(str(day)) for day in shape.days)
    for place, day in enumerate(days):
        loc: Loc = ("settle", "designs", name, "days", place)
        if day < 0:
            notes.add(loc, f"Day {decimal_text(day)} is before the start.", "Days are elapsed: the first dose is on day 0.")
        elif place and day <= days[place - 1]:
            notes.add(loc, f"Day {decimal_text(day)} does not come after day {decimal_text(days[place - 1])}.", "Days ascend.")
    return Design(name, shape.subjects, days)


def _pair(place: int, pair: Sequence[str], arms: Sequence[Arm], known: Collection[str], notes: Notes) -> Pair:
    by_name = {arm.name: arm for arm in arms}
    first, second = pair
    for side, name in enumerate(pair):
        if name not in by_name and name not in known:
            advice = did_you_mean(name, by_name)
            notes.add(("settle", "pairs", place, side), f"There is no arm '{name}'.", advice)
    if first == second:
        notes.add(("settle", "pairs", place), f"The pair names '{first}' twice.", "A pair needs two arms.")
    elif {first, second} <= set(by_name) and by_name[first].regimen == by_name[second].regimen:
        found = f"'{first}' and '{second}' give the same doses at the same times: no trial can tell them apart."
        notes.add(("settle", "pairs", place), found, "Name two arms that differ.")
    return first, second


def settle_value(settle: Settle) -> dict[str, object]:
    """Return what should be settled as the mapping of a file."""
    return {
        "endpoint": settle.endpoint.words,
        "observable": settle.observable,
        **({"pairs": [list(pair) for pair in settle.pairs]} if settle.pairs else {}),
        "designs": {
            design.name: {"subjects": design.subjects, "days": [_day(day) for day in design.days]} for design in settle.designs
        },
        "noise": {
            "assay": settle.assay,
            "day_to_day": settle.day_to_day,
            "correlated_over": duration_text(settle.correlated_days * 24),
        },
        "dropout": settle.dropout,
        "trials": settle.trials,
        "wanted": settle.wanted,
    }


def _day(day: Fraction) -> int | float:
    return int(day) if day.denominator == 1 else float(day)

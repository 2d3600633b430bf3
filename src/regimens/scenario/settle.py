"""Which trials could settle a comparison: the key `settle` of a scenario."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from regimens.endpoints import Endpoint, parse_endpoint
from regimens.errors import RegimensError, did_you_mean
from regimens.regimen import hours
from regimens.scenario.checks import checked_endpoints
from regimens.units import decimal_text, duration_text, parse_duration
from regimens.yamlfile import Loc, Notes, Unreadable

if TYPE_CHECKING:
    from regimens.scenario.around import Around
    from regimens.scenario.schema import DesignShape, SettleShape
    from regimens.scenario.values import Arm

Pair = tuple[str, str]

MOST_SUBJECTS = 100_000
FEWEST_TRIALS, MOST_TRIALS = 20, 100_000
MOST_CV = 5.0


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


_RESPONDERS = re.compile(r"above (?P<above>\S+) on (?:(?P<any>any day)|(?P<last>the last day)|day (?P<day>\S+))", re.IGNORECASE)
_RESPONDERS_FORMS = "Write for example 'above 2 on day 28', 'above 2 on the last day' or 'above 2 on any day'."

ANY, LAST = "any day", "the last day"


@dataclass(frozen=True)
class Responders:
    """Subjects with a sample above a value, in the unit of the observable: on a day, on the last day of a design, or on any."""

    above: Fraction
    on: Fraction | str

    @property
    def words(self) -> str:
        """The words of the scenario."""
        day = self.on if isinstance(self.on, str) else f"day {decimal_text(self.on)}"
        return f"above {decimal_text(self.above)} on {day}"

    def places(self, days: Sequence[Fraction]) -> tuple[int, ...]:
        """Return the places of the sampling days that count, of those of a design; none where it does not sample the day."""
        if self.on == ANY:
            return tuple(range(len(days)))
        if self.on == LAST:
            return (len(days) - 1,)
        return tuple(place for place, day in enumerate(days) if day == self.on)


@dataclass(frozen=True)
class Settle:
    """What trials measure and what they should settle.

    `pairs` are those of arms to settle, the most contested ones where there are none. `endpoint` is what one arm should be better
    on, `observable` what is sampled. `assay` and `day_to_day` are CVs of the measurement and of a person from day to day,
    which is correlated by exp(-days apart / `correlated_days`). `lloq` is the lower limit of quantification, in the unit of the
    observable; 0 for none. `dropout` is the share of subjects who leave before the last sample, after any of their samples.
    `responders` are compared with Fisher's exact test. `trials` are simulated for each design and pair; a design is good enough
    if it settles with the probability `wanted`.
    """

    endpoint: Endpoint
    observable: str
    designs: tuple[Design, ...]
    pairs: tuple[Pair, ...] = ()
    assay: float = 0.1
    day_to_day: float = 0.15
    correlated_days: Fraction = Fraction(3)
    lloq: float = 0.0
    dropout: float = 0.0
    responders: tuple[Responders, ...] = ()
    trials: int = 400
    wanted: float = 0.8

    @property
    def days(self) -> tuple[Fraction, ...]:
        """Every day on which some design samples, ascending."""
        return tuple(sorted({day for design in self.designs for day in design.days}))

    def sample(self, day: Fraction) -> str:
        """Return the endpoint that reads the observable on a day, in words."""
        return f"{self.observable} at {decimal_text(day * 24)} h"


def read_settle(shape: SettleShape | None, around: Around, notes: Notes) -> Settle | None:
    """Return what should be settled; None where there is nothing or it cannot be read."""
    if shape is None:
        return None
    endpoint = _endpoint(shape.endpoint, around, notes)
    if shape.observable is not None:
        _check_observable(shape.observable, ("settle", "observable"), around, notes)
    designs = tuple(_design(name, design, around, notes) for name, design in shape.designs.items())
    pairs = tuple(_pair(place, pair, around, notes) for place, pair in enumerate(shape.pairs))
    correlated = None
    with contextlib.suppress(Unreadable):
        correlated = notes.read(("settle", "noise", "correlated_over"), partial(parse_duration, shape.noise.correlated_over))
    _check_numbers(shape, notes)
    responders = tuple(_responders(place, words, shape, designs, notes) for place, words in enumerate(shape.responders))
    if around.draws == 1:
        found = "The parameters are taken as known (one draw), so there is nothing that a trial could settle."
        advice = "Add draws, for example 'population: {subjects: 20, seed: 1, draws: 200}'."
        notes.add(("settle",), found, advice, key=True)
    if endpoint is None or correlated is None or not notes.sound("settle"):
        return None
    return Settle(
        endpoint=endpoint,
        observable=shape.observable or endpoint.observable,
        designs=designs,
        pairs=pairs,
        assay=shape.noise.assay,
        day_to_day=shape.noise.day_to_day,
        correlated_days=correlated / 24,
        lloq=shape.lloq,
        dropout=shape.dropout,
        responders=tuple(kind for kind in responders if kind is not None),
        trials=shape.trials,
        wanted=shape.wanted,
    )


def _endpoint(words: str, around: Around, notes: Notes) -> Endpoint | None:
    """Return the endpoint with its label; notes one that is not of subjects or has no better direction."""
    loc: Loc = ("settle", "endpoint")
    try:
        endpoint = notes.read(loc, partial(parse_endpoint, words, around.visits))
    except Unreadable:
        return None
    if endpoint.cycle == 0 or not endpoint.of_subjects:
        found = f"'{words}' has no one number for each subject."
        notes.add(loc, found, "Name an endpoint of a subject, for example 'mean of treg_fold to 12 weeks'.")
        return None
    made = next(checked_endpoints([(loc, endpoint)], around, notes), None)
    if made is not None and not made.better and (not made.observable or made.observable in around.observables):
        found = f"'{made.words}' has no better direction, so no arm can be better on it."
        notes.add(loc, found, "Name an endpoint of which more, or less, is better.")
    return made


def _check_observable(name: str, loc: Loc, around: Around, notes: Notes) -> None:
    if fault := around.observable_fault(name):
        notes.add(loc, *fault)


def _check_numbers(shape: SettleShape, notes: Notes) -> None:
    """Note numbers that are out of their range."""
    for name, value in (("assay", shape.noise.assay), ("day_to_day", shape.noise.day_to_day)):
        if not 0 <= value <= MOST_CV:
            found = f"A coefficient of variation must be from 0 to {MOST_CV:g}, found {value:g}."
            notes.add(("settle", "noise", name), found, "0.1 is 10 %.")
    if shape.lloq < 0:
        found = f"The lower limit of quantification must not be below zero, found {shape.lloq:g}."
        notes.add(("settle", "lloq"), found, "Leave it out where there is none.")
    if not 0 <= shape.dropout < 1:
        found = f"Dropout must be at least 0 and below 1, found {shape.dropout:g}."
        notes.add(("settle", "dropout"), found, "It is the share of subjects who leave before the last sample.")
    if not 0 < shape.wanted <= 1:
        found = f"The probability that is wanted must be above 0 and at most 1, found {shape.wanted:g}."
        notes.add(("settle", "wanted"), found, "0.8 is 80 %.")
    if not FEWEST_TRIALS <= shape.trials <= MOST_TRIALS:
        found = f"From {FEWEST_TRIALS} to {MOST_TRIALS} trials can be simulated, found {shape.trials}."
        notes.add(("settle", "trials"), found, "400 trials give a share with a standard error of at most 2.5 %.")


def _design(name: str, shape: DesignShape, around: Around, notes: Notes) -> Design:
    own = ("settle", "designs", name)
    if not 1 <= shape.subjects <= MOST_SUBJECTS:
        found = f"A trial needs from 1 to {MOST_SUBJECTS} subjects in each arm, found {shape.subjects}."
        notes.add((*own, "subjects"), found, "'subjects' are those of one arm.")
    days = tuple(Fraction(str(day)) for day in shape.days)
    for place, day in enumerate(days):
        loc: Loc = (*own, "days", place)
        if day < 0:
            notes.add(loc, f"Day {decimal_text(day)} is before the start.", "Days are elapsed: the first dose is on day 0.")
        elif place and day <= days[place - 1] and notes.usable(*own, "days", place - 1):
            notes.add(loc, f"Day {decimal_text(day)} does not come after day {decimal_text(days[place - 1])}.", "Days ascend.")
        if around.horizon is not None and 24 * day > around.horizon:
            found = f"The sample on day {decimal_text(day)} comes after the horizon of {duration_text(around.horizon)}."
            notes.add(loc, found, "Move the horizon, or the sample.")
    return Design(name, shape.subjects, days)


def _pair(place: int, pair: Sequence[str], around: Around, notes: Notes) -> Pair:
    by_name = {arm.name: arm for arm in around.arms}
    whole = by_name.keys() - set(around.names.unread)
    first, second = pair
    for side, name in enumerate(pair):
        if name not in around.names:
            advice = did_you_mean(name, around.names)
            notes.add(("settle", "pairs", place, side), f"There is no arm '{name}'.", advice)
    if first == second:
        notes.add(("settle", "pairs", place), f"The pair names '{first}' twice.", "A pair needs two arms.")
    elif {first, second} <= whole and _same_doses(by_name[first], by_name[second], around.horizon):
        found = f"'{first}' and '{second}' give the same doses at the same times: no trial can tell them apart."
        notes.add(("settle", "pairs", place), found, "Name two arms that differ.")
    return first, second


def _same_doses(first: Arm, second: Arm, horizon: Fraction | None) -> bool:
    if first.regimen == second.regimen:
        return (first.adherence, first.rules) == (second.adherence, second.rules)
    with contextlib.suppress(RegimensError):
        return horizon is not None and _given(first, horizon) == _given(second, horizon)
    return False


def _given(arm: Arm, horizon: Fraction) -> object:
    """Return what an arm gives, however its cycles are counted, as something that can be compared."""
    plan = arm.regimen.events(hours(horizon))
    columns = (getattr(plan, column.name) for column in fields(plan) if column.name not in ("arm", "cycle", "number"))
    return arm.adherence, arm.rules, [column.tobytes() if isinstance(column, np.ndarray) else column for column in columns]


def _responders(place: int, words: str, shape: SettleShape, designs: Sequence[Design], notes: Notes) -> Responders | None:
    loc: Loc = ("settle", "responders", place)
    found = _RESPONDERS.fullmatch(" ".join(words.split()))
    above, day = (_number(found[name]) if found else None for name in ("above", "day"))
    if found is None or above is None or (found["day"] and day is None):
        notes.add(loc, f"'{words}' does not say which subjects respond.", _RESPONDERS_FORMS)
        return None
    made = Responders(above, day if day is not None else ANY if found["any"] else LAST)
    if above <= 0:
        notes.add(loc, f"Responders must be above a value larger than zero, found {decimal_text(above)}.", _RESPONDERS_FORMS)
    elif above < shape.lloq and notes.sound("settle", "lloq"):
        said = f"Whether a sample is above {decimal_text(above)} is unknown below the limit of quantification of {shape.lloq:g}."
        notes.add(loc, said, f"Write {shape.lloq:g} or more.")
    told = all(notes.usable(*_day_at(design, index)) for design in designs for index in range(len(design.days)))
    if told and not any(made.places(design.days) for design in designs):
        days = sorted({each for design in designs for each in design.days})
        sampled = ", ".join(decimal_text(each) for each in days)
        notes.add(loc, f"No design samples on day {decimal_text(day or Fraction(0))}.", f"Days of samples: {sampled}.")
    return made


def _day_at(design: Design, index: int) -> tuple[str | int, ...]:
    """Return the place of a day of sampling in the file."""
    return "settle", "designs", design.name, "days", index


def _number(text: str | None) -> Fraction | None:
    """Return a decimal number, None where the text is none."""
    return Fraction(text) if text and re.fullmatch(r"-?\d+(\.\d+)?", text) else None


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
        **({"lloq": settle.lloq} if settle.lloq else {}),
        "dropout": settle.dropout,
        **({"responders": [kind.words for kind in settle.responders]} if settle.responders else {}),
        "trials": settle.trials,
        "wanted": settle.wanted,
    }


def _day(day: Fraction) -> int | float:
    return int(day) if day.denominator == 1 else float(day)

"""A scenario as frozen values: nothing here needs another check."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from regimens.adherence.realise import Adherence
from regimens.contrasts.verdict import Rule
from regimens.endpoints import Endpoint
from regimens.engine.trajectories import Tolerances
from regimens.evidence import Response
from regimens.exposure import Expected
from regimens.model.declaration import Model
from regimens.population import Population
from regimens.regimen import Regimen
from regimens.regimen.equalise import Equalised
from regimens.subject import Subject

AS_WRITTEN, EQUAL_TOTAL, REAL_LIFE = "as written", "equal total", "real life"
"""Variants of an arm; pairs are compared within a variant, and each other one with the arm as written."""


@dataclass(frozen=True)
class Reference:
    """Where an arm's schedule was published: any of a citation in words, a DOI, a trial registration."""

    text: str = ""
    doi: str = ""
    registration: str = ""


@dataclass(frozen=True)
class Arm:
    """One regimen given to the population.

    `regimen` has its rest ranges resolved; `expected` has an entry per drug that the file says something about;
    `assumptions` are sentences about what the source leaves open; `observed` are published responses to
    this regimen, to be drawn on its curves; `line` is where the file names the arm. `variant` says what was done to the arm
    `of`: AS_WRITTEN, EQUAL_TOTAL or REAL_LIFE; arms as written are of themselves. `adherence` is what makes the doses of
    subjects differ, None where everybody gets the plan. `equalised` is how an arm of equal total was made, and `changed` says
    it in a sentence. Of several arms that take each length of a range, `range_of` is the name in the file and `rest_days` the
    length.
    """

    name: str
    regimen: Regimen
    expected: tuple[Expected, ...] = ()
    sources: tuple[Reference, ...] = ()
    assumptions: tuple[str, ...] = ()
    observed: tuple[Response, ...] = ()
    line: int | None = None
    variant: str = AS_WRITTEN
    of: str = ""
    adherence: Adherence | None = None
    changed: str = ""
    equalised: Equalised | None = None
    range_of: str = ""
    rest_days: int | None = None

    @property
    def plan_in_words(self) -> str:
        """The protocol text of the arm, ranges of rests that are drawn still as ranges."""
        drawn = None if self.adherence is None else self.adherence.drawn
        return (drawn or self.regimen).in_words()


@dataclass(frozen=True)
class TradeOff:
    """Two endpoints held against each other: more of `gain` is good, more of `cost` is bad."""

    gain: Endpoint
    cost: Endpoint


@dataclass(frozen=True)
class Noise:
    """What measuring adds to the true value, log-normal, as CVs: `day_to_day` within a person, `residual` of the assay."""

    day_to_day: float = 0.0
    residual: float = 0.0


@dataclass(frozen=True)
class Scenario:
    """Everything `compare` needs: arms, models, subjects, horizon, where to read, what to measure.

    `population` is None for one typical subject. `individuals` curves are drawn beside the median. `reduced_from` is the
    population of the file where a run has fewer subjects or draws. `text` is the file as read, `digest` its SHA-256.
    """

    name: str
    title: str
    arms: tuple[Arm, ...]
    models: tuple[Model, ...]
    horizon_h: float
    observe_h: np.ndarray = field(repr=False)
    endpoints: tuple[Endpoint, ...]
    subject: Subject
    population: Population | None = None
    tolerances: Tolerances = field(default_factory=Tolerances)
    description: str = ""
    assumptions: tuple[str, ...] = ()
    visits: tuple[tuple[str, float], ...] = ()
    rule: Rule = field(default_factory=Rule)
    trade_off: TradeOff | None = None
    noise: Noise | None = None
    individuals: int = 0
    reduced_from: Population | None = None
    text: str = field(default="", repr=False)
    digest: str = ""
    path: str = ""


def planned_arms(scenario: Scenario) -> tuple[Arm, ...]:
    """Return the arms whose plans differ: a twin in real life has the plan of its arm."""
    return tuple(arm for arm in scenario.arms if arm.variant != REAL_LIFE)

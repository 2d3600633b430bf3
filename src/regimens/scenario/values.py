"""A scenario as frozen values: what is compared, resolved and checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from regimens.contrasts.verdict import Rule
from regimens.engine.trajectories import Tolerances
from regimens.errors import RegimensError
from regimens.population import Cohort, Population, cohort_of
from regimens.regimen import Amount, AtSteadyState, Course, Cycle, Dose, Duration, Regimen, Rest
from regimens.scenario.assumed import assumed_of, questions_of
from regimens.scenario.names import alike, fault_of
from regimens.subject import Subject

if TYPE_CHECKING:
    from regimens.adherence.realise import Adherence, RealLife
    from regimens.endpoints import Endpoint
    from regimens.engine.simulation import Reading
    from regimens.evidence import Response
    from regimens.exposure import Expected
    from regimens.model.declaration import Model
    from regimens.regimen.equalise import Equalised
    from regimens.rules.values import Rules
    from regimens.scenario.outcomes import PublishedOutcome
    from regimens.scenario.own import OwnData
    from regimens.scenario.search import Search
    from regimens.scenario.settle import Settle

AS_WRITTEN, EQUAL_TOTAL, REAL_LIFE = "as written", "equal total", "real life"
"""Variants of an arm; pairs are compared within a variant, and each other one with the arm as written."""


@dataclass(frozen=True)
class Reference:
    """Where an arm's schedule was published: any of a citation in words, a DOI, a trial registration."""

    text: str = ""
    doi: str = ""
    registration: str = ""


@dataclass(frozen=True)
class TableFile:
    """The event table that the doses of an arm are from: its path, and the SHA-256 of its bytes."""

    path: str
    digest: str


@dataclass(frozen=True)
class Arm:
    """One regimen given to the population.

    >>> Arm("maintenance", parse_regimen("1 MIU SC every 2 weeks x 12")).plan_in_words
    '1 MIU SC every 2 weeks x 12'

    `expected` has an entry per drug that the protocol says something about; `assumptions` are sentences about what the
    source leaves open; `observed` are published responses to this regimen, to be drawn on its curves; `line` is where the
    file names the arm. In an arm given to `Scenario.build`, `rest` says how rests that are ranges are taken ("shortest",
    "midpoint", "longest", "each" or "drawn").

    In a scenario, `regimen` has its ranges resolved by `rest`, and `ranges` is the regimen with the ranges, None where it has
    none. `variant` says what was done to the arm `of`: AS_WRITTEN, EQUAL_TOTAL or REAL_LIFE; arms as written are of
    themselves. `adherence` is what makes the doses of subjects differ, None where everybody gets the plan. `equalised` is how
    an arm of equal total was made, and `changed` says it in a sentence. Of several arms that take each length of a range,
    `range_of` is the name in the file and `rest_days` the length. `rules` change the doses of the plan by what is measured.
    """

    name: str
    regimen: Regimen
    expected: tuple[Expected, ...] = ()
    sources: tuple[Reference, ...] = ()
    assumptions: tuple[str, ...] = ()
    observed: tuple[Response, ...] = ()
    line: int | None = field(default=None, compare=False)
    variant: str = AS_WRITTEN
    of: str = ""
    adherence: Adherence | None = None
    changed: str = ""
    equalised: Equalised | None = None
    range_of: str = ""
    rest_days: int | None = None
    rest: str = ""
    ranges: Regimen | None = None
    table: TableFile | None = field(default=None, repr=False, compare=False)
    rules: Rules | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not isinstance(self.regimen, Regimen):
            found = self.name if not isinstance(self.name, str) else self.regimen
            raise RegimensError(f"An arm has a name and a Regimen, found {found!r}. Write Arm('A', parse_regimen('...')).")
        if fault := fault_of(self.name, "an arm"):
            raise RegimensError(" ".join(fault))
        if not self.of:
            object.__setattr__(self, "of", self.name)

    @property
    def plan_in_words(self) -> str:
        """The protocol text of the arm, ranges of rests that are drawn still as ranges."""
        drawn = None if self.adherence is None else self.adherence.drawn
        return (drawn or self.regimen).in_words()


ArmLike = str | Regimen | Dose | Course | Rest | Cycle | AtSteadyState | Mapping[str, object] | Arm
"""What `Scenario.build` takes for an arm: protocol text, a regimen or a part of one, the mapping of a file, or an Arm."""


@dataclass(frozen=True)
class Goal:
    """The total of IL-2 that arms are brought to, by "amount", "doses" or "interval", with amounts in multiples of `step`."""

    total: Amount
    by: str
    step: Amount | None = None


@dataclass(frozen=True)
class TradeOff:
    """Two endpoints weighed against each other: more of `gain` is good, more of `cost` is bad."""

    gain: Endpoint
    cost: Endpoint


@dataclass(frozen=True)
class Noise:
    """What measuring adds to the true value, log-normal, as CVs: `day_to_day` within a person, `residual` of the assay."""

    day_to_day: float = 0.0
    residual: float = 0.0


@dataclass(frozen=True, eq=False)
class Scenario:
    """Everything `compare` needs: arms, models, subjects, horizon, where to read, what to measure.

    Read one with `from_path`, `from_text` or `from_dict`, or build one with `build`; all check the same and raise
    InputFileError with every problem. `to_yaml` writes one as a file's text.

    `question` is what the comparison is to answer and `decision` what is decided with it, "" where not stated.
    `arms` holds the arms as written and their twins; `equalise` and `real_life` are what the twins were made by. `stated` are
    assumptions that the author wrote; `assumptions` adds those that follow from the settings. `population` is None for one
    typical subject. `outcomes` are what publications saw. `individuals` curves are drawn beside the median. `day_0` is the
    weekday of day 0, '' where none is stated. `read` says on which side of a dose curves, visits and checks of own values are
    read at its time; endpoints do not depend on it. `search` is what `regimens search` looks for, `settle` what `regimens
    settle` weighs. `own` are the user's own observations (the key `observed` of a file); published ones are `observed` of their
    arms. `reduced_from` is the population of the file where a run has fewer subjects or draws. `text` is the file as read ('' if
    built in Python), `digest` its SHA-256, `model_files` the models as the file names them, `folder` where its files are. Two
    scenarios are equal if they compare the same: the last four, `name`, `path` and the lines of arms do not count.
    """

    title: str
    arms: tuple[Arm, ...]
    models: tuple[Model, ...]
    horizon_h: float
    observe_h: npt.NDArray[np.float64] = field(repr=False, compare=False)
    endpoints: tuple[Endpoint, ...]
    subject: Subject = field(default_factory=Subject)
    population: Population | None = None
    tolerances: Tolerances = field(default_factory=Tolerances)
    description: str = ""
    question: str = ""
    decision: str = ""
    stated: tuple[str, ...] = ()
    visits: tuple[tuple[str, float], ...] = ()
    rule: Rule = field(default_factory=Rule)
    trade_off: TradeOff | None = None
    equalise: Goal | None = None
    real_life: RealLife | None = None
    noise: Noise | None = None
    search: Search | None = None
    settle: Settle | None = None
    outcomes: tuple[PublishedOutcome, ...] = ()
    individuals: int = 0
    day_0: str = ""
    read: Reading = "before doses"
    own: tuple[OwnData, ...] = ()
    reduced_from: Population | None = field(default=None, compare=False)
    name: str = field(default="scenario", compare=False)
    text: str = field(default="", repr=False, compare=False)
    digest: str = field(default="", repr=False, compare=False)
    path: str = field(default="", compare=False)
    model_files: tuple[str, ...] = field(default=(), repr=False, compare=False)
    folder: Path | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        for what, values in (("arm", self.arms), ("model", self.models), ("endpoint", self.endpoints)):
            if not values:
                raise RegimensError(f"A scenario needs at least one {what}, found none.")
        if not 0 < self.horizon_h < float("inf"):
            raise RegimensError(f"The horizon must be longer than zero, found {self.horizon_h:g} h.")
        for arm in self.arms:
            if arm.regimen.has_ranges:
                raise RegimensError(f"A rest of arm '{arm.name}' is still a range. Use Scenario.build, or Regimen.with_rests.")
        named = {
            "arms": [arm.name for arm in self.arms],
            "models": [model.name for model in self.models],
            "endpoints": [endpoint.words for endpoint in self.endpoints],
            "visits": [name for name, _ in self.visits],
        }
        for what, names in named.items():
            for first, other in alike(names):
                raise RegimensError(f"The {what} '{names[first]}' and '{names[other]}' cannot be told apart. Rename one of them.")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Scenario):
            return NotImplemented
        compared = (f.name for f in fields(self) if f.compare)
        return all(getattr(self, name) == getattr(other, name) for name in compared) and np.array_equal(
            self.observe_h, other.observe_h
        )

    @property
    def cohort(self) -> Cohort:
        """Who is simulated."""
        return cohort_of(self.population)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What is assumed, as sentences: what the author states, then what the settings imply."""
        return (*self.stated, *assumed_of(self.population, self.models, self.real_life, self.noise, self.own))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on values that are accepted but may be mistakes, such as an adult of 7 kg."""
        return questions_of(self.subject, self.population, self.models, self.own)

    @classmethod
    def from_path(cls, path: str | Path) -> Scenario:
        """Read a scenario file; InputFileError with every problem of the file, each with its line."""
        from regimens.scenario.assemble import read_scenario

        return read_scenario(path)

    @classmethod
    def from_text(cls, text: str, *, folder: str | Path | None = None, name: str = "scenario") -> Scenario:
        """Read the YAML text of a scenario; `folder` is where the files that it names are."""
        from regimens.scenario.assemble import scenario_of_text

        return scenario_of_text(text, folder, name)

    @classmethod
    def from_dict(cls, values: Mapping[str, object], *, folder: str | Path | None = None, name: str = "scenario") -> Scenario:
        """Read a scenario from a mapping with the keys of a file; values of this package may stand in place of text."""
        from regimens.scenario.assemble import scenario_of_values

        return scenario_of_values(values, folder, name)

    @classmethod
    def build(
        cls,
        *,
        title: str,
        arms: Mapping[str, ArmLike] | Sequence[Arm],
        models: str | Model | Sequence[str | Model],
        horizon: str | Duration,
        endpoints: str | Endpoint | Sequence[str | Endpoint],
        outcomes: Sequence[PublishedOutcome | Mapping[str, object]] | None = None,
        description: str = "",
        question: str | None = None,
        decision: str | None = None,
        day_0: str | None = None,
        observe: Reading | Mapping[str, object] | None = None,
        subject: Subject | Mapping[str, object] | None = None,
        population: Population | Mapping[str, object] | None = None,
        visits: Mapping[str, str | Duration] | None = None,
        assumptions: str | Sequence[str] | None = None,
        verdict: Rule | Mapping[str, object] | None = None,
        trade_off: TradeOff | Mapping[str, object] | None = None,
        equalise: Goal | Mapping[str, object] | None = None,
        real_life: RealLife | Mapping[str, object] | None = None,
        noise: Noise | Mapping[str, object] | None = None,
        search: Search | Mapping[str, object] | None = None,
        settle: Settle | Mapping[str, object] | None = None,
        observed: OwnData | Mapping[str, object] | Sequence[OwnData | Mapping[str, object]] | None = None,
        solver: Tolerances | Mapping[str, object] | None = None,
        folder: str | Path | None = None,
        name: str = "scenario",
    ) -> Scenario:
        """Build a scenario in Python; the keywords are the keys of a scenario file, and mean and default to the same.

        >>> Scenario.build(
        ...     title="Daily or weekly",
        ...     arms={"daily": "1 MIU SC daily x 5", "weekly": Course(MIU(5), every=weeks(1), doses=1)},
        ...     models=["turnover"],
        ...     horizon=weeks(8),
        ...     endpoints=["peak of treg_fold"],
        ... ).horizon_h
        1344.0

        An arm is protocol text, a Regimen or a part of one, an Arm, or a mapping as in a file ({"regimen": ..., "rest":
        "drawn"}). `day_0` is the key 'day 0' of a file. A model is a name or a Model; a shipped model at its fitted values is
        the shipped model, whose fitted values a comparison uses anyway. InputFileError with every problem, each with the keys
        that lead to it.
        """
        from regimens.scenario.assemble import scenario_of_values
        from regimens.scenario.python import arms_by_name, as_list

        values = {
            "title": title,
            "description": description,
            "question": question,
            "decision": decision,
            "models": as_list(models),
            "horizon": horizon,
            "day 0": day_0,
            "observe": observe,
            "subject": subject,
            "population": population,
            "visits": visits,
            "assumptions": assumptions,
            "arms": arms_by_name(arms),
            "endpoints": as_list(endpoints),
            "outcomes": outcomes,
            "verdict": verdict,
            "trade_off": trade_off,
            "equalise": equalise,
            "real_life": real_life,
            "noise": noise,
            "search": search,
            "settle": settle,
            "observed": observed,
            "solver": solver,
        }
        return scenario_of_values({key: value for key, value in values.items() if value is not None}, folder, name)

    def to_yaml(self) -> str:
        """Return the text of a scenario file; read again, in the same folder, it gives an equal scenario.

        RegimensError where the scenario holds what a file cannot say, such as a model that was built in Python.
        """
        from regimens.scenario.writing import yaml_of

        return yaml_of(self)


def planned_arms(scenario: Scenario) -> tuple[Arm, ...]:
    """Return the arms whose plans differ: a twin in real life has the plan of its arm."""
    return tuple(arm for arm in scenario.arms if arm.variant != REAL_LIFE)

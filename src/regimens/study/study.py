"""Study: a scenario resolved once. Planned doses, arms that give the same doses, who the subjects are, and what models know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import leading
from regimens.endpoints.simulated import doses_in_cycle
from regimens.model.fitted import fitted
from regimens.population import Cohort, cohort_of
from regimens.population.uncertainty import centres, uncertain
from regimens.regimen import DoseEvents, hours
from regimens.rules.guide import guide_of
from regimens.scenario.values import planned_arms
from regimens.study.bins import bins_of

if TYPE_CHECKING:
    from regimens.endpoints import Endpoint
    from regimens.model.declaration import Model, Observable
    from regimens.rules.guide import Guide
    from regimens.scenario.values import Arm, Scenario
    from regimens.statistics import Floats
    from regimens.study.bins import Bin

BAND_RUNS = 400
"""Runs behind the prediction intervals of the curves: the first subjects of every parameter draw."""


@dataclass(frozen=True, eq=False)
class StudyArm:
    """One arm with its plan written out.

    `planned` are its doses up to the horizon, rests at their midpoint where they are drawn; `doses_in_cycle` maps (drug, cycle)
    to the number of doses that the whole plan has there, before the horizon cuts any; `drug` is the drug whose cycles count,
    None where no dose is given. `twin` is the place of the first arm that gives the same doses, which may be its own. `guide`
    are its rules with what they change, None where it has none.
    """

    arm: Arm
    place: int
    planned: DoseEvents
    doses_in_cycle: Mapping[tuple[str, int], int]
    drug: str | None
    twin: int
    guide: Guide | None = None

    @property
    def name(self) -> str:
        """The name of the arm."""
        return self.arm.name

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs that the plan gives, and those that its rules may give."""
        rules = self.arm.rules
        return self.arm.regimen.drugs if rules is None else tuple(sorted({*self.arm.regimen.drugs, *rules.drugs}))

    @property
    def looked_at(self) -> tuple[str, ...]:
        """The observables that its rules look at."""
        return () if self.arm.rules is None else self.arm.rules.observables

    @property
    def varies(self) -> bool:
        """Whether subjects differ in their doses."""
        return self.arm.adherence is not None or self.arm.rules is not None


@dataclass(frozen=True, eq=False)
class StudyModel:
    """One model: as declared, at its fitted values, its typical values in every parameter draw (draws, parameters), the
    parameters that differ between draws, and the places of the arms that it can simulate.
    """

    declared: Model
    place: int
    fitted: Model
    centres: Floats = field(repr=False)
    uncertain: tuple[str, ...]
    modelled: tuple[int, ...]

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.declared.name

    @property
    def observables(self) -> tuple[Observable, ...]:
        """The observables of the model."""
        return self.declared.observables

    def unit_of(self, observable: str) -> str | None:
        """Return the unit of an observable, "1" for an endpoint that needs none (""); None where the model has no such one."""
        if not observable:
            return "1"
        return next((known.unit for known in self.observables if known.name == observable), None)

    @property
    def draws(self) -> int:
        """Parameter draws that are told apart: 1 where nothing is known about the uncertainty of the parameters."""
        return len(self.centres) if self.uncertain else 1


@dataclass(frozen=True, eq=False)
class Study:
    """A scenario resolved. Everything that simulates, compares or reports reads this.

    A run is one subject of one parameter draw; runs are numbered draw after draw.
    """

    scenario: Scenario
    arms: tuple[StudyArm, ...]
    models: tuple[StudyModel, ...]
    cohort: Cohort

    @property
    def runs(self) -> int:
        """Number of runs of each arm under each model."""
        return self.cohort.draws * self.cohort.subjects

    @cached_property
    def measured(self) -> tuple[Endpoint, ...]:
        """What is measured of each subject: the readings of all endpoints, each once."""
        return tuple(dict.fromkeys(reading for endpoint in self.scenario.endpoints for reading in endpoint.readings))

    @cached_property
    def band_runs(self) -> np.ndarray:
        """The numbers of the runs behind the prediction intervals of the curves: at most about BAND_RUNS."""
        draws = min(self.cohort.draws, BAND_RUNS)
        each = min(self.cohort.subjects, -(-BAND_RUNS // draws))
        return (np.arange(draws)[:, None] * self.cohort.subjects + np.arange(each)).ravel()

    @cached_property
    def own_bins(self) -> tuple[Bin, ...]:
        """The bins of the user's own values that are checked."""
        return bins_of(self.scenario)

    @property
    def same_doses(self) -> frozenset[tuple[str, str]]:
        """The pairs of arms, either way round, that give the same doses, however their cycles are counted."""
        what = [_what(arm.arm, arm.planned, ("cycle", "number")) for arm in self.arms]
        places = range(len(self.arms))
        return frozenset((self.arms[i].name, self.arms[j].name) for i in places for j in places if i != j and what[i] == what[j])

    @property
    def not_modelled(self) -> frozenset[tuple[str, str]]:
        """The (model, arm) names in which the model lacks an input for a drug of the arm, or what its rules look at."""
        return frozenset((m.name, arm.name) for m in self.models for arm in self.arms if arm.place not in m.modelled)

    def arm(self, name: str) -> StudyArm:
        """Return the arm of that name; KeyError if there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, StudyArm]:
        return {arm.name: arm for arm in self.arms}


def guide_in(scenario: Scenario, arm: Arm) -> Guide | None:
    """Return the rules of an arm with what they change; None where it has none."""
    return None if arm.rules is None else guide_of(arm.rules, arm.regimen, [Fraction(time) for _, time in scenario.visits])


def guides_of(scenario: Scenario) -> dict[str, Guide]:
    """Return the rules of every arm whose plan is its own, by the name of the arm."""
    found = {arm.name: guide_in(scenario, arm) for arm in planned_arms(scenario)}
    return {name: guide for name, guide in found.items() if guide is not None}


def resolve(scenario: Scenario) -> Study:
    """Return the study of a scenario: every plan written out once, every fit and posterior looked up once."""
    plans = [arm.regimen.events(hours(Fraction(scenario.horizon_h)), arm.name) for arm in scenario.arms]
    first: dict[object, int] = {}
    arms = tuple(
        StudyArm(
            arm,
            place,
            plan,
            doses_in_cycle(arm.regimen),
            leading(arm.regimen.drugs),
            first.setdefault(_what(arm, plan), place),
            guide_in(scenario, arm),
        )
        for place, (arm, plan) in enumerate(zip(scenario.arms, plans, strict=True))
    )
    models = tuple(_study_model(scenario, model, place, arms) for place, model in enumerate(scenario.models))
    return Study(scenario, arms, models, cohort_of(scenario.population))


def _study_model(scenario: Scenario, model: Model, place: int, arms: tuple[StudyArm, ...]) -> StudyModel:
    known = {entry.drug for entry in model.inputs}
    seen = {observable.name for observable in model.observables}
    modelled = tuple(arm.place for arm in arms if set(arm.drugs) <= known and set(arm.looked_at) <= seen)
    return StudyModel(model, place, fitted(model), centres(scenario.population, model), uncertain(model), modelled)


def _what(arm: Arm, plan: DoseEvents, without: tuple[str, ...] = ()) -> object:
    columns = (getattr(plan, name) for name in plan.__dataclass_fields__ if name not in ("arm", *without))
    return arm.adherence, arm.rules, tuple(column.tobytes() if isinstance(column, np.ndarray) else column for column in columns)

"""View: what the figures and the page of a comparison show. Arms, variants of arms, models, observables, the time axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from regimens import wording
from regimens.figures.arms import Look, in_order, looks
from regimens.figures.axes import TimeAxis, time_axis
from regimens.scenario.values import AS_WRITTEN
from regimens.study.given import people_totals

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

MOST_OVERLAID = 8
"""Arms with doses that share a panel; more are drawn one to a panel."""


@dataclass(frozen=True)
class Variant:
    """An arm made from another one: its name, what was done to it (`kind`), the arm as written, what changed in words."""

    name: str
    kind: str
    of: Look
    changed: str


@dataclass(frozen=True)
class Shown:
    """An observable: its name in the models, a label and its unit as set in print."""

    name: str
    label: str
    unit: str

    @property
    def title(self) -> str:
        """The label with the unit, unless the label names it."""
        return wording.axis_title(self.label, self.unit)


@dataclass(frozen=True)
class View:
    """All that is shown. `arms` are those as written, one for all that give the same doses; `variants` are made from them.

    `subjects` are drawn anew in each of `draws`, unless there is one `typical` subject; `curved` counts the runs (a subject of
    a draw) behind the curves and the visits. `not_modelled` holds the (model, arm) pairs in which the model has no input for a
    drug of the arm. `people` maps (arm, drug) to the smallest and largest total of a person (IU or mg), where bodies differ
    and doses are per kg or m2. `asked` are the observables that an endpoint names.
    """

    arms: tuple[Look, ...]
    models: tuple[str, ...]
    observables: tuple[Shown, ...]
    asked: frozenset[str]
    subjects: int
    time: TimeAxis
    exploratory: frozenset[str] = frozenset()
    draws: int = 1
    curved: int = 1
    typical: bool = False
    variants: tuple[Variant, ...] = ()
    not_modelled: frozenset[tuple[str, str]] = frozenset()
    people: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def called(self, model: str) -> str:
        """Return the name of a model as a reader sees it, with a word of warning where it is exploratory."""
        return f"{model} (exploratory)" if model in self.exploratory else model

    def headings(self, models: Sequence[str]) -> tuple[str, ...]:
        """Return the headings of panels of models; none where there is one model in all."""
        return tuple(self.called(model) if len(self.models) > 1 else "" for model in models)

    def varied(self, kind: str) -> tuple[Variant, ...]:
        """Return the variants of one kind, in the order of the scenario."""
        return tuple(variant for variant in self.variants if variant.kind == kind)

    def modelled(self, model: str, *arms: str) -> bool:
        """Return whether a model has inputs for all drugs of the arms."""
        return not any((model, arm) in self.not_modelled for arm in arms)

    def modelled_everywhere(self, arm: str) -> bool:
        """Return whether every model has inputs for all drugs of an arm."""
        return all((model, arm) not in self.not_modelled for model in self.models)

    def look(self, arm: str) -> Look | None:
        """Return how an arm as written is shown, under any name of those that give its doses."""
        return next((look for look in self.arms if arm in look.names), None)

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs that are given before the horizon, the leading one first, the others by name."""
        return in_order({doses.drug for look in self.arms for doses in look.doses})

    @property
    def overlaid(self) -> bool:
        """Whether the arms are few enough to share a panel."""
        return sum(look.dosed for look in self.arms) <= MOST_OVERLAID

    @property
    def intervals(self) -> bool:
        """Whether there is a spread between subjects to show, be it one subject in each of several draws."""
        return not self.typical and self.subjects * self.draws > 1


def view_of(comparison: Comparison) -> View:
    """Return what the figures and the page of `comparison` show."""
    scenario, study = comparison.scenario, comparison.study
    arms = looks(comparison)
    by_name = {look.name: look for look in arms}
    asked = frozenset(endpoint.observable for endpoint in scenario.endpoints if endpoint.observable)
    return View(
        arms,
        tuple(model.name for model in comparison.models),
        _observables(comparison, arms, asked),
        asked,
        study.cohort.subjects,
        time_axis(scenario.horizon_h, [doses.cycles for look in arms for doses in look.doses]),
        frozenset(model.name for model in comparison.models if model.exploratory),
        study.cohort.draws,
        len(study.band_runs),
        study.cohort.typical,
        tuple(
            Variant(arm.name, arm.variant, by_name[arm.of], arm.changed)
            for arm in scenario.arms
            if arm.variant != AS_WRITTEN and arm.of in by_name
        ),
        study.not_modelled,
        people_totals(study),
    )


def _observables(comparison: Comparison, arms: tuple[Look, ...], asked: frozenset[str]) -> tuple[Shown, ...]:
    """Return every observable that has curves: Treg fold first, then what endpoints ask for, then as the models list them."""
    drawn = {model for model, arm in comparison.bands if any(look.name == arm for look in arms)}
    found: dict[str, Shown] = {}
    for model in comparison.models:
        for o in model.observables if model.name in drawn else ():
            found.setdefault(o.name, Shown(o.name, o.label or o.name, wording.unit(o.unit)))
    return tuple(sorted(found.values(), key=lambda o: (o.name != "treg_fold", o.name not in asked)))

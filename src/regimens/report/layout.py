"""Layout: what appears on the page and how. Arms with their doses, colours and dashes; models; observables; the time axis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import leading
from regimens.report.references import Bibliography
from regimens.report.scale import TimeAxis, time_axis
from regimens.report.text import words
from regimens.scenario.values import AS_WRITTEN
from regimens.study.given import people_totals

if TYPE_CHECKING:
    from regimens.exposure import DrugExposure
    from regimens.regimen import DoseEvents
    from regimens.statistics import Floats
    from regimens.study.comparison import Comparison

MOST_COLOURS = 8
"""Arms that get a colour each; more are drawn one to a panel."""

DASHES = ("", "7,3", "2,2.5", "8,3,2,3", "13,3", "13,3,2,3", "4,2", "1.5,1.5")
"""Second cue of a line, px on and off, by colour; models share them where one panel shows one arm."""

CONTEXT, ACCENT = 0, 1
_COINCIDE = 0.01


@dataclass(frozen=True, eq=False)
class DrugDoses:
    """The doses of one drug of one arm before the horizon; `given` is what the scenario's subject gets of each (IU or mg)."""

    drug: str
    events: DoseEvents = field(repr=False)
    given: Floats = field(repr=False)

    @property
    def cycles(self) -> list[tuple[int, Floats]]:
        """The start of every dose (h) by cycle, in order of the cycles."""
        return [(int(cycle), self.events.time_h[self.events.cycle == cycle]) for cycle in np.unique(self.events.cycle)]


@dataclass(frozen=True)
class Look:
    """An arm as the page shows it: `colour` 0 is grey (no doses), 1 to 8 the palette; `index` is its place in the scenario.

    `varied` arms give different doses to different subjects. `doses` are those before the horizon, drug by drug, and
    `exposure` the totals of the whole plan; the drug that leads the arm comes first in both.
    """

    index: int
    name: str
    words: str
    dosed: bool
    colour: int
    dash: str
    numbers: tuple[int, ...]
    assumptions: tuple[str, ...]
    varied: bool = False
    doses: tuple[DrugDoses, ...] = field(default=(), compare=False, repr=False)
    exposure: tuple[DrugExposure, ...] = field(default=(), compare=False, repr=False)

    def doses_of(self, drug: str | None) -> DrugDoses | None:
        """Return the doses of one drug before the horizon, None where the arm gives none."""
        return next((doses for doses in self.doses if doses.drug == drug), None)

    def exposure_to(self, drug: str | None) -> DrugExposure | None:
        """Return the totals of one drug, None where the arm does not give it."""
        return next((row for row in self.exposure if row.drug == drug), None)


@dataclass(frozen=True)
class Variant:
    """An arm made from another one: its name, what was done to it (`kind`), the arm as written, what changed in words."""

    name: str
    kind: str
    of: Look
    changed: str


@dataclass(frozen=True)
class Shown:
    """An observable on the page: its name in the models, a label and its unit as set in print."""

    name: str
    label: str
    unit: str

    @property
    def title(self) -> str:
        """The label with the unit, unless the label names it."""
        return words.axis_title(self.label, self.unit)


@dataclass(frozen=True)
class Layout:
    """All that appears. `apart` means one arm to a panel, models told apart by dash; else arms share panels.

    `arms` are those as written; `variants` have sections of their own. `subjects` are drawn anew in each of `draws`, unless
    there is one `typical` subject; `curved` counts the runs (a subject of a draw) behind the curves and the visits.
    `not_modelled` holds the (model, arm) pairs in which the model has no input for a drug of the arm. `people` maps (arm, drug)
    to the smallest and largest total of a person (IU or mg), where bodies differ and doses are per kg or m2.
    """

    arms: tuple[Look, ...]
    models: tuple[str, ...]
    observables: tuple[Shown, ...]
    subjects: int
    apart: bool
    time: TimeAxis
    bibliography: Bibliography
    exploratory: frozenset[str] = frozenset()
    draws: int = 1
    curved: int = 1
    typical: bool = False
    variants: tuple[Variant, ...] = ()
    not_modelled: frozenset[tuple[str, str]] = frozenset()
    people: Mapping[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def called(self, model: str) -> str:
        """Return the name of a model as the page shows it, with a word of warning where it is exploratory."""
        return f"{model} (exploratory)" if model in self.exploratory else model

    def varied(self, kind: str) -> tuple[Variant, ...]:
        """Return the variants of one kind, in the order of the scenario."""
        return tuple(variant for variant in self.variants if variant.kind == kind)

    def number(self, name: str) -> int:
        """Return the number of an arm as written on this page, counted from 1."""
        return next(place for place, look in enumerate(self.arms, 1) if look.name == name)

    def modelled(self, model: str, *arms: str) -> bool:
        """Return whether a model has inputs for all drugs of the arms."""
        return not any((model, arm) in self.not_modelled for arm in arms)

    def modelled_everywhere(self, arm: str) -> bool:
        """Return whether every model has inputs for all drugs of an arm."""
        return all((model, arm) not in self.not_modelled for model in self.models)

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs that are given before the horizon, the leading one first, the others by name."""
        return _in_order({doses.drug for look in self.arms for doses in look.doses})

    @property
    def intervals(self) -> bool:
        """Whether there is a spread between subjects to show, be it one subject in each of several draws."""
        return not self.typical and self.subjects * self.draws > 1


def as_written(comparison: Comparison) -> Comparison:
    """Return `comparison` with the summary of the arms as written alone: variants have their own sections."""
    names = {arm.name for arm in comparison.scenario.arms if arm.variant == AS_WRITTEN}
    return replace(comparison, summary=tuple(row for row in comparison.summary if row.arm in names))


def layout(comparison: Comparison) -> Layout:
    """Decide how the arms, models and observables of `comparison` appear."""
    scenario, study = comparison.scenario, comparison.study
    bibliography = Bibliography()
    looks = _looks(comparison, bibliography)
    by_name = {look.name: look for look in looks}
    observables = _observables(comparison, looks)
    coloured = len(looks) <= MOST_COLOURS
    return Layout(
        looks,
        tuple(model.name for model in comparison.models),
        observables,
        study.cohort.subjects,
        not coloured or _coincide(comparison, observables, [look.name for look in looks if look.dosed]),
        time_axis(scenario.horizon_h, [doses.cycles for look in looks for doses in look.doses]),
        bibliography,
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


def _in_order(drugs: Iterable[str]) -> tuple[str, ...]:
    """Return drugs with the leading one first and the others by name."""
    known = set(drugs)
    first = leading(known)
    return tuple(sorted(known, key=lambda drug: (drug != first, drug)))


def _looks(comparison: Comparison, bibliography: Bibliography) -> tuple[Look, ...]:
    written = [(index, arm) for index, arm in enumerate(comparison.study.arms) if arm.arm.variant == AS_WRITTEN]
    coloured = len(written) <= MOST_COLOURS
    looks, slot = [], 0
    for index, planned in written:
        arm, given = planned.arm, len(planned.planned) > 0
        slot += given
        rows = {row.drug: row for row in comparison.exposure.of(arm.name)}
        looks.append(
            Look(
                index,
                arm.name,
                arm.plan_in_words if given else words.NO_DOSES,
                given,
                (slot if coloured else ACCENT) if given else CONTEXT,
                DASHES[(slot - 1) % len(DASHES)] if given and coloured else "",
                tuple(bibliography.number_of(reference) for reference in arm.sources),
                tuple(arm.assumptions),
                arm.adherence is not None,
                tuple(_doses(comparison, planned.planned, drug) for drug in _in_order(planned.planned.drug)),
                tuple(rows[drug] for drug in _in_order(rows)),
            )
        )
    return tuple(looks)


def _doses(comparison: Comparison, planned: DoseEvents, drug: str) -> DrugDoses:
    events = planned.only((drug,))
    subject = comparison.scenario.subject
    return DrugDoses(drug, events, events.in_person(float(subject.weight_kg), float(subject.bsa_m2)))


def _observables(comparison: Comparison, looks: Sequence[Look]) -> tuple[Shown, ...]:
    """Return every observable that has curves, Treg first, otherwise as the models list them."""
    drawn = {model for model, arm in comparison.bands if any(look.name == arm for look in looks)}
    found: dict[str, Shown] = {}
    for model in comparison.models:
        for o in model.observables if model.name in drawn else ():
            found.setdefault(o.name, Shown(o.name, o.label or o.name, words.unit(o.unit)))
    return tuple(sorted(found.values(), key=lambda o: 0 if o.name == "treg_fold" else 1 if o.name.startswith("treg") else 2))


def _coincide(comparison: Comparison, observables: Sequence[Shown], names: Sequence[str]) -> bool:
    """Return whether two dosed arms draw the same line of the first observable under every model that draws both."""
    if len(names) < 2 or not observables:
        return False
    first = observables[0].name
    drawn = {key: bands.median[bands.row(first)] for key, bands in comparison.bands.items()
             if key[1] in names and first in bands.observables}  # fmt: skip
    if not drawn:
        return False
    values = np.concatenate(list(drawn.values()))
    span = np.nanmax(values) - np.nanmin(values)
    for one, other in combinations(names, 2):
        both = [model.name for model in comparison.models if {(model.name, one), (model.name, other)} <= set(drawn)]
        gaps = [np.nanmax(np.abs(drawn[model, one] - drawn[model, other]), initial=0.0) for model in both]
        if gaps and max(gaps) <= _COINCIDE * span:
            return True
    return False

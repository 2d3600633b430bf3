"""Given: what the subjects of an arm get under a model, from its plan, its chances or its ledger."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from regimens.adherence.realise import realise
from regimens.model.declaration import Model
from regimens.regimen import DoseEvents, hours
from regimens.regimen.events import DosePlan
from regimens.scenario.values import Arm, Scenario


def planned(scenario: Scenario, arm: Arm) -> DoseEvents:
    """Return the doses of the plan of `arm` up to the horizon, rests at their midpoint where they are drawn."""
    return arm.regimen.events(hours(Fraction(scenario.horizon_h)), arm.name)


def given(scenario: Scenario, arm: Arm, numbers: np.ndarray) -> DosePlan:
    """Return what the subjects of the runs of these numbers get."""
    population = scenario.population
    if arm.adherence is None or (population is None and arm.adherence.ledger is None):
        return DosePlan.of(planned(scenario, arm), len(numbers))
    # A ledger is replayed without chance, so the one typical subject needs no seed.
    seed = 0 if population is None else population.seed
    draws, subjects = np.divmod(numbers, 1 if population is None else population.subjects)
    realised = realise(arm.name, arm.regimen, arm.adherence, scenario.horizon_h, seed, subjects, draws)
    return DosePlan.of(realised.events, len(numbers))


def known_drugs(model: Model) -> frozenset[str]:
    """Return the drugs that a model has an input for; doses of others change nothing there."""
    return frozenset(entry.drug for entry in model.inputs)


def unknown_drugs(models: Sequence[Model], plans: Sequence[DoseEvents]) -> list[str]:
    """Return a sentence for every drug of the arms that some models have no input for: it changes nothing there."""
    said = []
    for drug in sorted({drug for doses in plans for drug in doses.drug}):
        without = [f"'{model.name}'" for model in models if drug not in {entry.drug for entry in model.inputs}]
        if without:
            noun, verb = ("The model", "has") if len(without) == 1 else ("The models", "have")
            listed = " and ".join(filter(None, (", ".join(without[:-1]), without[-1])))
            said.append(f"{noun} {listed} {verb} no input for {drug}: its doses change nothing there.")
    return said


def alike(arms: Sequence[Arm], plans: Sequence[DoseEvents]) -> list[int]:
    """Return for each arm the place of the first arm that gives the same doses, which may be its own."""
    seen: dict[object, int] = {}
    return [seen.setdefault(_what(arm, plan), place) for place, (arm, plan) in enumerate(zip(arms, plans, strict=True))]


def same_doses(arms: Sequence[Arm], plans: Sequence[DoseEvents]) -> frozenset[tuple[str, str]]:
    """Return the pairs of arms, either way round, that give the same doses, however their cycles are counted."""
    what = [_what(arm, plan, ("cycle", "number")) for arm, plan in zip(arms, plans, strict=True)]
    places = range(len(arms))
    return frozenset((arms[i].name, arms[j].name) for i in places for j in places if i != j and what[i] == what[j])


def _what(arm: Arm, plan: DoseEvents, without: Sequence[str] = ()) -> object:
    columns = (getattr(plan, name) for name in plan.__dataclass_fields__ if name not in ("arm", *without))
    return arm.adherence, tuple(column.tobytes() if isinstance(column, np.ndarray) else column for column in columns)

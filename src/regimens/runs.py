"""Runs: one arm under one model, from dose events to curves and endpoints of every subject."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from regimens.curves import Curves, draw_curves
from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.measure import measure
from regimens.model.compile import CompiledModel
from regimens.model.declaration import Model
from regimens.model.parameters import Parameters
from regimens.regimen import DoseEvents
from regimens.scenario.values import Arm, Scenario


@dataclass(frozen=True, eq=False)
class Run:
    """One arm under one model: its curves, and the endpoints of every subject in the order of the scenario."""

    arm: Arm
    model: Model
    curves: Curves
    values: tuple[np.ndarray | None, ...]


def unknown_drugs(models: tuple[Model, ...], events: dict[str, DoseEvents]) -> list[str]:
    """Return a sentence for every drug of the arms that some models have no input for: it changes nothing there."""
    said = []
    for drug in sorted({drug for doses in events.values() for drug in doses.drug}):
        without = [f"'{model.name}'" for model in models if drug not in {entry.drug for entry in model.inputs}]
        if without:
            noun, verb = ("The model", "has") if len(without) == 1 else ("The models", "have")
            listed = " and ".join(filter(None, (", ".join(without[:-1]), without[-1])))
            said.append(f"{noun} {listed} {verb} no input for {drug}: its doses change nothing there.")
    return said


def _known_to(model: Model, events: DoseEvents) -> DoseEvents:
    known = {entry.drug for entry in model.inputs}
    kept = [index for index, drug in enumerate(events.drug) if drug in known]

    def rows(column: object) -> object:
        return column[kept] if isinstance(column, np.ndarray) else tuple(column[index] for index in kept)

    return replace(events, **{name: rows(getattr(events, name)) for name in events.__dataclass_fields__ if name != "arm"})


def run_arm(
    scenario: Scenario,
    arm: Arm,
    model: Model,
    compiled: CompiledModel,
    parameters: Parameters,
    events: DoseEvents,
    threads: int | None,
) -> Run:
    """Simulate one arm under one model and measure every endpoint that the model has an observable for."""
    names = [observable.name for observable in model.observables]
    curves = draw_curves(
        compiled,
        parameters,
        _known_to(model, events),
        scenario.horizon_h,
        observables=names,
        cuts_h=[time for endpoint in scenario.endpoints for time in endpoint.cuts_h],
        tolerances=scenario.tolerances,
        threads=threads,
    )
    total = il2_given_miu(events, parameters)
    values = tuple(
        measure(endpoint, curves, events, scenario.horizon_h, total) if endpoint.observable in names else None
        for endpoint in scenario.endpoints
    )
    return Run(arm, model, curves, values)


def il2_given_miu(events: DoseEvents, parameters: Parameters) -> np.ndarray:
    """Return the IL-2 (MIU) that each subject gets from `events`, caps applied."""
    total = np.zeros(parameters.subjects)
    size = {"flat": np.ones(parameters.subjects), "per m2": parameters.bsa_m2, "per kg": parameters.weight_kg}
    for drug, amount, basis, cap in zip(events.drug, events.amount, events.basis, events.cap, strict=True):
        if drug == "il2":
            total += np.minimum(amount * size[basis], cap)
    return total / 1e6


def failures(run: Run, horizon_h: float) -> str | None:
    """Return a sentence about the subjects whose integration failed, or None."""
    failed = np.flatnonzero(run.curves.status != OK)
    if not len(failed):
        return None
    first = failed[0]
    reason = STATUS_WORDS[int(run.curves.status[first])]
    return (
        f"Arm '{run.arm.name}' under '{run.model.name}': {len(failed)} of {len(run.curves.status)} subjects stopped before "
        f"{horizon_h:g} h ({reason}; first: subject {first} at {run.curves.stopped_h[first]:.1f} h). Their endpoints are missing."
    )

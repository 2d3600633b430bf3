"""Comparison: every arm of a scenario under every model, with the tables that a report is made of."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.curves import Curves, draw_curves
from regimens.endpoints import Endpoint, unit_of
from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.exposure import ExposureTable, audit, cut_off
from regimens.measure import measure
from regimens.model.compile import CompiledModel, compile_model
from regimens.model.declaration import Model
from regimens.model.parameters import Parameters
from regimens.population import draw
from regimens.regimen import DoseEvents, hours
from regimens.scenario.values import Arm, Scenario

if TYPE_CHECKING:
    import pandas as pd

INTERVAL = 0.90
"""Share of subjects inside the prediction intervals."""

PACKAGES = ("numpy", "scipy", "pandas", "plotly", "llvmlite", "pydantic", "ruamel.yaml", "pint")
"""Packages whose versions a result records."""

OBSERVED = ("arm", "id", "study", "observable", "unit", "time_h", "value", "low", "high", "bound")
"""Columns of the published responses of a comparison."""

Progress = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Comparison:
    """The result of a scenario, as tables. Columns, in this order (times in h, one row as each says):

    `exposure`: arm, drug, doses, amount, total, unit, cycles, first_h, last_h, days_on, span_days, per_week, peak_7_days,
    expected, ok, days_off, total_ug, total_nmol (one row an arm and drug; an arm without doses has none);
    `events`: arm, drug, cycle, dose, time_h, amount, basis, route, duration_h, given (one row a dose up to the horizon;
    `given` is the amount at the scenario's subject, cap applied; IU for IL-2, else mg);
    `trajectories`: arm, model, observable, unit, time_h, median, low, high (the 90 % prediction interval over subjects;
    with one subject low = median = high); `endpoints`: arm, model, endpoint, subject, replicate, value, unit, status;
    `summary`: arm, model, endpoint, n, median, low, high, unit.
    `observed`: arm, id, study, observable, unit, time_h, value, low, high, bound (published responses drawn on the curves);
    `per_cycle` maps (arm, drug) to the total of each cycle (MIU or mg); `warnings` are sentences for the reader (doses cut
    off by the horizon, drugs a model does not know, subjects that failed); `provenance` is what provenance.json holds.
    """

    scenario: Scenario
    models: tuple[Model, ...]
    exposure: pd.DataFrame
    events: pd.DataFrame
    trajectories: pd.DataFrame
    endpoints: pd.DataFrame
    summary: pd.DataFrame
    observed: pd.DataFrame
    per_cycle: dict[tuple[str, str], tuple[float, ...]]
    warnings: tuple[str, ...]
    provenance: dict[str, object]


@dataclass(frozen=True, eq=False)
class Run:
    """One arm under one model: its curves, and the endpoints of every subject in the order of the scenario."""

    arm: Arm
    model: Model
    curves: Curves
    values: tuple[np.ndarray | None, ...]


def compare(scenario: Scenario, progress: Progress = lambda said: None, threads: int | None = None) -> Comparison:
    """Audit the exposure of `scenario`, then simulate every arm under every model.

    Raises ExposureMismatch before anything is compiled or integrated when a total is not as expected. `progress` is told
    in words what is done; `threads` changes how long it takes and nothing else.
    """
    table = audit(scenario.arms, scenario.subject)
    horizon = Fraction(scenario.horizon_h)
    events = {arm.name: arm.regimen.events(hours(horizon), arm.name) for arm in scenario.arms}
    warnings = [said for arm in scenario.arms if (said := cut_off(arm, horizon, scenario.subject))]
    warnings += unknown_drugs(scenario.models, events)
    runs = []
    for model in scenario.models:
        progress(f"compiling {model.name}")
        compiled = compile_model(model)
        parameters = draw(scenario.population, model, scenario.subject)
        for arm in scenario.arms:
            progress(f"{arm.name} under {model.name}")
            runs.append(_run(scenario, arm, model, compiled, parameters, events[arm.name], threads))
    warnings += [said for run in runs if (said := _failures(run, scenario.horizon_h))]
    return _tabulate(scenario, table, events, runs, tuple(warnings))


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


def _run(
    scenario: Scenario,
    arm: Arm,
    model: Model,
    compiled: CompiledModel,
    parameters: Parameters,
    events: DoseEvents,
    threads: int | None,
) -> Run:
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


def _failures(run: Run, horizon_h: float) -> str | None:
    failed = np.flatnonzero(run.curves.status != OK)
    if not len(failed):
        return None
    first = failed[0]
    reason = STATUS_WORDS[int(run.curves.status[first])]
    return (
        f"Arm '{run.arm.name}' under '{run.model.name}': {len(failed)} of {len(run.curves.status)} subjects stopped before "
        f"{horizon_h:g} h ({reason}; first: subject {first} at {run.curves.stopped_h[first]:.1f} h). Their endpoints are missing."
    )


def _tabulate(
    scenario: Scenario, table: ExposureTable, events: dict[str, DoseEvents], runs: list[Run], warnings: tuple[str, ...]
) -> Comparison:
    import pandas as pd

    size = {"IU": 1_000_000, "mg": 1}
    return Comparison(
        scenario=scenario,
        models=scenario.models,
        exposure=table.to_frame(),
        events=pd.concat([_events(doses, scenario) for doses in events.values()], ignore_index=True),
        trajectories=pd.concat([_trajectories(run, scenario) for run in runs], ignore_index=True),
        endpoints=pd.concat([_endpoints(run, scenario) for run in runs], ignore_index=True),
        summary=pd.DataFrame([row for run in runs for row in _summary(run, scenario)]),
        observed=pd.DataFrame(list(_observed(scenario)), columns=list(OBSERVED)),
        per_cycle={(row.arm, row.drug): tuple(float(total / size[row.unit]) for total in row.per_cycle) for row in table.rows},
        warnings=warnings,
        provenance=_provenance(scenario, runs),
    )


def _observed(scenario: Scenario) -> Iterator[dict[str, object]]:
    for arm in scenario.arms:
        for seen in arm.observed:
            unit = next(o.unit for m in scenario.models for o in m.observables if o.name == seen.observable)
            what = (arm.name, seen.id, seen.study, seen.observable, unit)
            yield dict(zip(OBSERVED, (*what, seen.time_h, seen.value, seen.low, seen.high, seen.bound), strict=True))


def _events(doses: DoseEvents, scenario: Scenario) -> pd.DataFrame:
    size = {"flat": 1.0, "per m2": float(scenario.subject.bsa_m2), "per kg": float(scenario.subject.weight_kg)}
    given = np.minimum(doses.amount * [size[basis] for basis in doses.basis], doses.cap)
    columns = ["arm", "drug", "cycle", "dose", "time_h", "amount", "basis", "route", "duration_h"]
    return doses.to_frame()[columns].assign(given=given)


def middle_and_bounds(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return median and the bounds of the 90 % interval over the first axis, ignoring what is missing."""
    present = values[~np.isnan(values).reshape(len(values), -1).any(axis=1)]
    if not len(present):
        missing = np.full(values.shape[1:], np.nan)
        return missing, missing, missing
    tail = (1.0 - INTERVAL) / 2.0
    low, median, high = np.quantile(present, [tail, 0.5, 1.0 - tail], axis=0)
    return median, low, high


def _trajectories(run: Run, scenario: Scenario) -> pd.DataFrame:
    import pandas as pd

    frames = []
    for observable in run.model.observables:
        median, low, high = middle_and_bounds(run.curves.at(scenario.observe_h, observable.name))
        frames.append(
            pd.DataFrame(
                {
                    "arm": run.arm.name,
                    "model": run.model.name,
                    "observable": observable.name,
                    "unit": observable.unit,
                    "time_h": scenario.observe_h,
                    "median": median,
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def _measured(run: Run, scenario: Scenario) -> list[tuple[Endpoint, np.ndarray, str]]:
    return [
        (endpoint, values, unit_of(endpoint, run.model.observable(endpoint.observable).unit))
        for endpoint, values in zip(scenario.endpoints, run.values, strict=True)
        if values is not None
    ]


def _endpoints(run: Run, scenario: Scenario) -> pd.DataFrame:
    import pandas as pd

    frames = [
        pd.DataFrame(
            {
                "arm": run.arm.name,
                "model": run.model.name,
                "endpoint": endpoint.words,
                "subject": np.arange(len(values)),
                "replicate": 0,
                "value": values,
                "unit": unit,
                "status": [_status(code, value) for code, value in zip(run.curves.status, values, strict=True)],
            }
        )
        for endpoint, values, unit in _measured(run, scenario)
    ]
    return pd.concat(frames, ignore_index=True)


def _status(code: int, value: float) -> str:
    return "not defined in this arm" if code == OK and np.isnan(value) else STATUS_WORDS[int(code)]


def _summary(run: Run, scenario: Scenario) -> list[dict[str, object]]:
    rows = []
    for endpoint, values, unit in _measured(run, scenario):
        median, low, high = (float(bound) for bound in middle_and_bounds(values))
        count = int(np.count_nonzero(~np.isnan(values)))
        rows.append(
            {
                "arm": run.arm.name,
                "model": run.model.name,
                "endpoint": endpoint.words,
                "n": count,
                "median": median,
                "low": low,
                "high": high,
                "unit": unit,
            }
        )
    return rows


def _provenance(scenario: Scenario, runs: list[Run]) -> dict[str, object]:
    statistics = [run.curves.statistics for run in runs]
    return {
        "version": importlib.metadata.version("regimens"),
        "seed": None if scenario.population is None else scenario.population.seed,
        "subjects": 1 if scenario.population is None else scenario.population.subjects,
        "scenario": {"path": scenario.path, "sha256": scenario.digest},
        "models": {model.name: {"sha256": model.digest} for model in scenario.models},
        "solver": {
            "method": "Rodas5P",
            "rtol": scenario.tolerances.rtol,
            "atol": scenario.tolerances.atol,
            "steps": sum(s.steps for s in statistics),
            "rejected": sum(s.rejected for s in statistics),
            "failed": sum(s.failed for s in statistics),
        },
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
    }

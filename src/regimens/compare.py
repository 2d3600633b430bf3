"""Comparison: every arm of a scenario under every model, with the tables that a report is made of."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.exposure import ExposureTable, audit, cut_off
from regimens.model.compile import compile_model
from regimens.model.declaration import Model
from regimens.model.fitted import fitted
from regimens.population import draw
from regimens.regimen import DoseEvents, hours
from regimens.runs import Run, failures, run_arm, unknown_drugs
from regimens.scenario.values import Scenario
from regimens.tabulate import OBSERVED, endpoints_table, events_table, observed_table, summary_table, trajectories_table

if TYPE_CHECKING:
    import pandas as pd

PACKAGES = ("numpy", "scipy", "pandas", "plotly", "llvmlite", "pydantic", "ruamel.yaml", "pint")
"""Packages whose versions a result records."""

Progress = Callable[[str], None]

_CONTRASTED = {
    "individuals": "arm model observable unit draw subject time_h value",
    "contrasts": "model endpoint arm against unit difference difference_low difference_high ratio ratio_low ratio_high "
    "subject_low subject_high probability better_off n draws",
    "verdicts": "endpoint arm against verdict winner reason probabilities",
    "best": "model endpoint arm probability variant",
    "trade_off": "model arm variant gain gain_low gain_high cost cost_low cost_high front dominated",
    "sensitivity": "model endpoint arm against parameter over correlation n",
    "rest_response": "arm model endpoint rest_days median confidence_low confidence_high flat",
    "equal_total": "arm of lever before after factor planned_miu target_miu difference_miu",
    "flips": "model endpoint arm against probability_full probability_real flipped",
    "regret": "model endpoint chosen regret regret_low regret_high unit",
    "given": "arm of planned_miu given_miu given_low given_high missed late stopped",
    "statuses": "arm model status subjects",
    "subjects": "draw subject sex weight_kg height_cm bsa_m2",
    "observations": "arm model observable unit draw subject time_h true observed",
}


def _empty(table: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=_CONTRASTED[table].split())


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
    individuals: pd.DataFrame = field(default_factory=lambda: _empty("individuals"))
    contrasts: pd.DataFrame = field(default_factory=lambda: _empty("contrasts"))
    verdicts: pd.DataFrame = field(default_factory=lambda: _empty("verdicts"))
    best: pd.DataFrame = field(default_factory=lambda: _empty("best"))
    trade_off: pd.DataFrame = field(default_factory=lambda: _empty("trade_off"))
    sensitivity: pd.DataFrame = field(default_factory=lambda: _empty("sensitivity"))
    rest_response: pd.DataFrame = field(default_factory=lambda: _empty("rest_response"))
    equal_total: pd.DataFrame = field(default_factory=lambda: _empty("equal_total"))
    flips: pd.DataFrame = field(default_factory=lambda: _empty("flips"))
    regret: pd.DataFrame = field(default_factory=lambda: _empty("regret"))
    given: pd.DataFrame = field(default_factory=lambda: _empty("given"))
    statuses: pd.DataFrame = field(default_factory=lambda: _empty("statuses"))
    subjects: pd.DataFrame = field(default_factory=lambda: _empty("subjects"))
    observations: pd.DataFrame = field(default_factory=lambda: _empty("observations"))


def compare(scenario: Scenario, progress: Progress = lambda said: None, threads: int | None = None) -> Comparison:
    """Audit the exposure of `scenario`, then simulate every arm under every model, fitted models at posterior medians.

    Raises ExposureMismatch before anything is compiled or integrated when a total is not as expected. `progress` is told
    in words what is done; `threads` changes how long it takes and nothing else.
    """
    table = audit(scenario.arms, scenario.subject)
    horizon = Fraction(scenario.horizon_h)
    events = {arm.name: arm.regimen.events(hours(horizon), arm.name) for arm in scenario.arms}
    warnings = [said for arm in scenario.arms if (said := cut_off(arm, horizon, scenario.subject))]
    warnings += unknown_drugs(scenario.models, events)
    models = tuple(fitted(model) for model in scenario.models)
    runs = []
    for model in models:
        progress(f"compiling {model.name}")
        compiled = compile_model(model)
        parameters = draw(scenario.population, model, scenario.subject)
        for arm in scenario.arms:
            progress(f"{arm.name} under {model.name}")
            runs.append(run_arm(scenario, arm, model, compiled, parameters, events[arm.name], threads))
    warnings += [said for run in runs if (said := failures(run, scenario.horizon_h))]
    return _tabulate(scenario, models, table, events, runs, tuple(warnings))


def _tabulate(
    scenario: Scenario,
    models: tuple[Model, ...],
    table: ExposureTable,
    events: dict[str, DoseEvents],
    runs: list[Run],
    warnings: tuple[str, ...],
) -> Comparison:
    import pandas as pd

    size = {"IU": 1_000_000, "mg": 1}
    return Comparison(
        scenario=scenario,
        models=models,
        exposure=table.to_frame(),
        events=pd.concat([events_table(doses, scenario) for doses in events.values()], ignore_index=True),
        trajectories=pd.concat([trajectories_table(run, scenario) for run in runs], ignore_index=True),
        endpoints=pd.concat([endpoints_table(run, scenario) for run in runs], ignore_index=True),
        summary=pd.DataFrame([row for run in runs for row in summary_table(run, scenario)]),
        observed=pd.DataFrame(list(observed_table(scenario)), columns=list(OBSERVED)),
        per_cycle={(row.arm, row.drug): tuple(float(total / size[row.unit]) for total in row.per_cycle) for row in table.rows},
        warnings=warnings,
        provenance=_provenance(scenario, models, runs),
    )


def _provenance(scenario: Scenario, models: tuple[Model, ...], runs: list[Run]) -> dict[str, object]:
    statistics = [run.curves.statistics for run in runs]
    return {
        "version": importlib.metadata.version("regimens"),
        "seed": None if scenario.population is None else scenario.population.seed,
        "subjects": 1 if scenario.population is None else scenario.population.subjects,
        "scenario": {"path": scenario.path, "sha256": scenario.digest},
        "models": {
            model.name: {"sha256": model.digest, "values": "as declared" if model == declared else "posterior medians"}
            for model, declared in zip(models, scenario.models, strict=True)
        },
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

"""Comparison: every arm of a scenario under every model, with the tables that a report is made of."""

from __future__ import annotations

import contextlib
import importlib.metadata
from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from regimens.contrasts.outcomes import Outcomes
from regimens.exposure import ExposureTable, audit, cut_off
from regimens.model.declaration import Model
from regimens.model.fitted import fitted
from regimens.population.uncertainty import uncertain
from regimens.scenario.values import Scenario, planned_arms
from regimens.study import comparisons as judge
from regimens.study import tables as tabulate
from regimens.study.collect import Gathered, failures, gather, outcomes
from regimens.study.dosing import planned, unknown_drugs
from regimens.study.tasks import CHUNK_RUNS, band_runs, perform, runs, tasks
from regimens.work import Progress, Store, local, no_progress, run

if TYPE_CHECKING:
    import pandas as pd

PACKAGES = ("numpy", "scipy", "pandas", "plotly", "llvmlite", "pydantic", "ruamel.yaml", "pint")
"""Packages whose versions a result records."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """The result of a scenario, as tables. Columns, in this order (times in h, one row as each says):

    `exposure`: arm, drug, doses, amount, total, unit, cycles, first_h, last_h, days_on, span_days, per_week, peak_7_days,
    expected, ok, days_off, total_ug, total_nmol (one row an arm and drug; an arm without doses has none);
    `events`: arm, drug, cycle, dose, time_h, amount, basis, route, duration_h, given (one row a dose up to the horizon;
    `given` is the amount at the scenario's subject, cap applied; IU for IL-2, else mg);
    `trajectories`: arm, model, observable, unit, time_h, median, low, high (90 % prediction interval over subjects and
    parameter draws; with one subject low = median = high), confidence_low, confidence_high (90 % confidence interval, over
    parameter draws, of the typical subject's curve; missing with one draw);
    `individuals`: arm, model, observable, unit, draw, subject, time_h, value (as many curves as the scenario asks for);
    `summary`: arm, model, endpoint, n, median, low, high, unit, confidence_low, confidence_high (of the population's median;
    of the share, for a share), missing;
    `observed`: arm, id, study, observable, unit, time_h, value, low, high, bound (published responses drawn on the curves);
    `statuses`: arm, model, status, subjects; `subjects`: draw, subject, sex, weight_kg, height_cm, bsa_m2 (where they differ);
    `observations`: arm, model, observable, unit, draw, subject, time_h, true, observed (where the scenario has noise);
    `equal_total`: arm, of, lever, before, after, factor, planned_miu, target_miu, difference_miu;
    `ledger`: as `regimens.adherence.ledger` has it, of the first LEDGER_SUBJECTS subjects of every arm whose subjects differ
    in their doses; `given`: arm, of, planned_miu, given_miu, given_low, given_high, missed, late, stopped;
    `contrasts`, `verdicts`, `best`, `trade_off`, `sensitivity`, `rest_response`, `flips`, `regret`: as the modules of
    `regimens.contrasts` have them. Tables that do not apply have no rows.

    `per_cycle` maps (arm, drug) to the total of each cycle (MIU or mg); `warnings` are sentences for the reader (doses cut
    off by the horizon, drugs a model does not know, ledgers cut short, subjects that failed); `provenance` is what
    provenance.json holds.
    The endpoints of every subject are in `outcomes` and `gathered`, and as tables in `endpoint_tables`.
    """

    scenario: Scenario
    models: tuple[Model, ...]
    exposure: pd.DataFrame
    events: pd.DataFrame
    trajectories: pd.DataFrame
    individuals: pd.DataFrame
    summary: pd.DataFrame
    observed: pd.DataFrame
    statuses: pd.DataFrame
    subjects: pd.DataFrame
    observations: pd.DataFrame
    equal_total: pd.DataFrame
    ledger: pd.DataFrame
    given: pd.DataFrame
    contrasts: pd.DataFrame
    verdicts: pd.DataFrame
    best: pd.DataFrame
    trade_off: pd.DataFrame
    sensitivity: pd.DataFrame
    rest_response: pd.DataFrame
    flips: pd.DataFrame
    regret: pd.DataFrame
    per_cycle: dict[tuple[str, str], tuple[float, ...]]
    warnings: tuple[str, ...]
    provenance: dict[str, object]
    outcomes: Outcomes = field(repr=False)
    gathered: Gathered = field(repr=False)

    def endpoint_tables(self) -> Iterator[pd.DataFrame]:
        """Yield the endpoints of every subject, a table an arm, model and endpoint, small enough to be written one by one.

        Columns: arm, model, endpoint, subject, replicate (the parameter draw), value, unit, status.
        """
        return tabulate.endpoint_tables(self.scenario, self.gathered)

    @property
    def endpoints(self) -> pd.DataFrame:
        """The endpoints of every subject, in one table; of a large population it is a large one."""
        import pandas as pd

        return pd.concat(list(self.endpoint_tables()), ignore_index=True)


def compare(
    scenario: Scenario,
    *,
    executor: Executor | None = None,
    store: Store | None = None,
    progress: Progress = no_progress,
    chunk: int = CHUNK_RUNS,
) -> Comparison:
    """Audit the exposure of `scenario`, then simulate every arm under every model and hold the arms against each other.

    Raises ExposureMismatch before anything is compiled or integrated when a total is not as expected. `executor` does the
    work, threads of this process if not given; `store` keeps what is done; `progress` is called with the numbers of finished
    and of all tasks; a task has at most `chunk` runs (subjects of a parameter draw). None of these changes a number.
    """
    table = audit(planned_arms(scenario), scenario.subject)
    work = tasks(scenario, chunk)
    with (
        contextlib.nullcontext(executor) if executor is not None else local() as workers,
        contextlib.closing(run(perform, work, workers, store, progress)) as results,
    ):
        gathered = gather(scenario, zip(work, results, strict=True))
    return _tabulate(scenario, table, gathered)


def _warnings(scenario: Scenario, gathered: Gathered, given: pd.DataFrame) -> tuple[str, ...]:
    arms, horizon = planned_arms(scenario), Fraction(scenario.horizon_h)
    said = [sentence for arm in arms if (sentence := cut_off(arm, horizon, scenario.subject))]
    said += unknown_drugs(scenario.models, [planned(scenario, arm) for arm in arms])
    if scenario.population is not None and scenario.population.draws > 1:
        said += [
            f"Nothing is known of how uncertain the parameters of '{model.name}' are: every parameter draw has the same ones."
            for model in scenario.models
            if not uncertain(model)
        ]
    return (*said, *judge.replayed(scenario, given), *judge.shortened(scenario), *failures(scenario, gathered))


def _tabulate(scenario: Scenario, table: ExposureTable, gathered: Gathered) -> Comparison:
    import pandas as pd

    size = {"IU": 1_000_000, "mg": 1}
    found, ledgers = outcomes(scenario, gathered), judge.ledgers(scenario)
    events = [tabulate.events_table(planned(scenario, arm), scenario) for arm in planned_arms(scenario)]
    return Comparison(
        scenario=scenario,
        models=tuple(fitted(model) for model in scenario.models),
        exposure=table.to_frame(),
        events=pd.concat(events, ignore_index=True),
        trajectories=tabulate.trajectories_table(scenario, gathered),
        individuals=tabulate.individuals_table(scenario, gathered),
        summary=tabulate.summary_table(scenario, found),
        observed=tabulate.observed_table(scenario),
        statuses=tabulate.statuses_table(scenario, gathered),
        subjects=tabulate.subjects_table(scenario),
        observations=tabulate.observations_table(scenario, gathered),
        equal_total=tabulate.equal_totals_table(scenario),
        **ledgers,
        **judge.judged(scenario, found),
        per_cycle={(row.arm, row.drug): tuple(float(total / size[row.unit]) for total in row.per_cycle) for row in table.rows},
        warnings=_warnings(scenario, gathered, ledgers["given"]),
        provenance=_provenance(scenario, gathered),
        outcomes=found,
        gathered=gathered,
    )


def _provenance(scenario: Scenario, gathered: Gathered) -> dict[str, object]:
    population = scenario.population
    ledgers = [arm.adherence.ledger for arm in scenario.arms if arm.adherence is not None and arm.adherence.ledger is not None]
    return {
        "version": importlib.metadata.version("regimens"),
        "seed": None if population is None else population.seed,
        "subjects": 1 if population is None else population.subjects,
        "draws": 1 if population is None else population.draws,
        **_reduced(scenario),
        "verdict rule": {"probability": scenario.rule.probability},
        "runs": runs(scenario),
        "runs behind the bands of the curves": len(band_runs(scenario)),
        "scenario": {"path": scenario.path, "sha256": scenario.digest},
        "models": {model.name: {"sha256": model.digest, "values": _values(scenario, model)} for model in scenario.models},
        "ledgers": {ledger.path: ledger.digest for ledger in ledgers},
        **_people(scenario),
        "solver": {
            "method": "Rodas5P",
            "rtol": scenario.tolerances.rtol,
            "atol": scenario.tolerances.atol,
            "steps": gathered.steps[0],
            "rejected": gathered.steps[1],
            "failed": int(sum((status != 0).sum() for status in gathered.status.values())),
        },
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
    }


def _people(scenario: Scenario) -> dict[str, dict[str, str]]:
    people = None if scenario.population is None else scenario.population.people
    return {} if people is None else {"people": {people.path: people.digest}}


def _reduced(scenario: Scenario) -> dict[str, dict[str, list[int]]]:
    """Return what a run has fewer of than the file of its scenario asks for: [asked for, done]."""
    population, whole = scenario.population, scenario.reduced_from
    if population is None or whole is None:
        return {}
    counts = {name: [getattr(whole, name), getattr(population, name)] for name in ("subjects", "draws")}
    return {"reduced": {name: count for name, count in counts.items() if count[0] != count[1]}}


def _values(scenario: Scenario, model: Model) -> str:
    fit = fitted(model) != model
    if scenario.population is None or scenario.population.draws == 1:
        return "posterior medians" if fit else "as declared"
    return "posterior draws" if fit else "draws of the priors it declares" if uncertain(model) else "as declared"

"""Rows of a comparison that hold no two arms against each other: summaries, statuses, equal totals, what was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.regimen.writing import write_plan
from regimens.statistics import over_draws, over_subjects, prediction_interval
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Outcomes
    from regimens.scenario.values import Scenario
    from regimens.study.study import Study

NOT_MODELLED = "not modelled"
"""Status of the subjects of an arm under a model that lacks an input for a drug of the arm, or what its rules look at."""


@dataclass(frozen=True)
class Summary:
    """One endpoint of one arm under one model, over subjects and parameter draws; NaN where a number is missing."""

    arm: str = column("arm")
    model: str = column("model")
    endpoint: str = column("endpoint, in the words of the scenario")
    n: int = column("values, over subjects and draws; of an SMD, virtual trials: one a draw")
    median: float = column("median over subjects and draws; of a share, the share; of an SMD, the median over draws", "unit")
    low: float = column("lower end of the 90 % prediction interval; missing for a share and an SMD", "unit")
    high: float = column("upper end of the 90 % prediction interval; missing for a share and an SMD", "unit")
    unit: str = column("unit of the endpoint")
    confidence_low: float = column(
        "lower end of the 90 % confidence interval of the population's median (or share); of an SMD, of the SMD over draws",
        "unit",
    )
    confidence_high: float = column("upper end of it", "unit")
    missing: int = column("subjects without a value, over draws; of an SMD, virtual trials")


@dataclass(frozen=True)
class StatusCount:
    """How many subjects of one arm ended how under one model."""

    arm: str = column("arm")
    model: str = column("model")
    status: str = column("ok; why the integration stopped; or not modelled")
    subjects: int = column("subjects, over draws")


@dataclass(frozen=True)
class Start:
    """How the steady state was found at which an arm starts under one model, over subjects and parameter draws."""

    arm: str = column("arm")
    model: str = column("model")
    repeated: str = column("drug, dose and interval before day 0, whose doses are not counted")
    subjects: int = column("subjects at steady state, over draws")
    without: int = column("subjects that have none or whose integration failed, over draws; their endpoints are missing")
    median: float = column("intervals simulated to find it, median; 0 where it was solved exactly")
    most: int = column("intervals simulated to find it, largest")


@dataclass(frozen=True)
class EqualTotal:
    """Which lever brought one arm to the equal total of IL-2, and how far rounding leaves it from there."""

    arm: str = column("arm at the equal total")
    of: str = column("arm as written")
    lever: str = column("what was changed: amount, doses a course or interval")
    before: str = column("its value as written")
    after: str = column("its value at the equal total")
    factor: float = column("target / total as written", "1")
    planned_miu: float = column("total as written", "MIU")
    target_miu: float = column("target", "MIU")
    difference_miu: float = column("total reached - target", "MIU")


@dataclass(frozen=True)
class SeenPoint:
    """A published response that is drawn on the curves of an arm."""

    arm: str = column("arm")
    id: str = column("row of evidence/responses.csv")
    study: str = column("published study")
    observable: str = column("observable of the models")
    unit: str = column("unit of the value")
    time_h: float = column("elapsed time", "h")
    value: float = column("published value", "unit")
    low: float | None = column("lower end as published, blank if not printed", "unit")
    high: float | None = column("upper end as published, blank if not printed", "unit")
    bound: str = column("blank, or the side on which the value is a bound")


SUMMARY = table_of("summary", "arm, model and endpoint", Summary)
STATUSES = table_of("statuses", "arm, model and status", StatusCount)
STARTS = table_of("starts", "arm that starts at steady state, and model", Start)
EQUAL_TOTAL = table_of("equal_total", "arm brought to the equal total", EqualTotal)
OBSERVED = table_of("observed", "published response of an arm", SeenPoint)


def summaries(study: Study, outcomes: Outcomes) -> tuple[Summary, ...]:
    """Return every endpoint of every arm under every model that has the observable and the inputs for the arm's drugs."""
    return tuple(
        _summary(outcomes, model.name, study.arms[place].name, row)
        for model in study.models
        for place in model.modelled
        for row, endpoint in enumerate(study.scenario.endpoints)
        if model.unit_of(endpoint.observable) is not None
    )


def _summary(outcomes: Outcomes, model: str, arm: str, row: int) -> Summary:
    endpoint = outcomes.endpoints[row]
    values = outcomes.of(model, arm, endpoint)
    count = int(np.count_nonzero(~np.isnan(values)))
    by_draw = over_subjects(values, endpoint.statistic)
    if endpoint.statistic == "mean":
        middle, low, high = (float(np.nanmean(values)) if count else np.nan), np.nan, np.nan
    else:
        middle = over_draws(values.ravel())[0]
        low, high = prediction_interval(values) if endpoint.of_subjects else (np.nan, np.nan)
    ends = over_draws(by_draw)[1:]
    unit = outcomes.unit(model, endpoint)
    return Summary(arm, model, endpoint.words, count, middle, low, high, unit, *ends, values.size - count)


def statuses(study: Study, status: Mapping[tuple[str, str], np.ndarray]) -> tuple[StatusCount, ...]:
    """Return how many subjects ended how, counted over parameter draws; `status` has codes by (model, arm)."""
    rows = []
    for model in study.models:
        for arm in study.arms:
            codes = status.get((model.name, arm.name))
            if codes is None:
                rows.append(StatusCount(arm.name, model.name, NOT_MODELLED, study.runs))
                continue
            found, counts = np.unique(codes, return_counts=True)
            rows += [
                StatusCount(arm.name, model.name, STATUS_WORDS[int(code)], int(n)) for code, n in zip(found, counts, strict=True)
            ]
    return tuple(rows)


def starts(
    study: Study, intervals: Mapping[tuple[str, str], np.ndarray], status: Mapping[tuple[str, str], np.ndarray]
) -> tuple[Start, ...]:
    """Return how the steady states were found at which arms start; `intervals` and `status` are by (model, arm)."""
    rows = []
    for (model, arm), counts in intervals.items():
        start = study.arm(arm).arm.regimen.start
        assert start is not None
        drug, first = start
        fine = counts[status[model, arm] == OK]
        middle, most = (float(np.median(fine)), int(fine.max())) if fine.size else (np.nan, 0)
        repeated = f"{drug}: {write_plan((first,)).removeprefix('at steady state of ')}"
        rows.append(Start(arm, model, repeated, fine.size, counts.size - fine.size, middle, most))
    return tuple(rows)


def equal_totals(scenario: Scenario) -> tuple[EqualTotal, ...]:
    """Return how every arm of equal total was made."""
    rows = []
    for arm in scenario.arms:
        made = arm.equalised
        if made is not None:
            amounts = (float(value / 1_000_000) for value in (made.planned, made.target, made.total - made.target))
            rows.append(EqualTotal(arm.name, arm.of, made.lever, made.before, made.after, float(made.factor), *amounts))
    return tuple(rows)


def seen_points(scenario: Scenario) -> tuple[SeenPoint, ...]:
    """Return the published responses of every arm."""
    rows = []
    for arm in scenario.arms:
        for seen in arm.observed:
            unit = next(o.unit for m in scenario.models for o in m.observables if o.name == seen.observable)
            what = (arm.name, seen.id, seen.study, seen.observable, unit)
            rows.append(SeenPoint(*what, seen.time_h or 0.0, seen.value or 0.0, seen.low, seen.high, seen.bound))
    return tuple(rows)

"""Tables of a comparison: arrays become columns once, for files and for the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from regimens.chance import normals
from regimens.contrasts.outcomes import Outcomes
from regimens.endpoints import Endpoint
from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.model.declaration import Model
from regimens.population.draw import Block, bodies_of
from regimens.regimen import DoseEvents
from regimens.scenario.values import Scenario
from regimens.statistics import over_draws, over_subjects, prediction_interval
from regimens.study.collect import Gathered
from regimens.study.tasks import band_runs

if TYPE_CHECKING:
    import pandas as pd

ENDPOINTS = ("arm", "model", "endpoint", "subject", "replicate", "value", "unit", "status")
"""Columns of the endpoints of every subject; a replicate is a parameter draw."""

TRAJECTORIES = (
    "arm", "model", "observable", "unit", "time_h", "median", "low", "high", "confidence_low", "confidence_high",
)  # fmt: skip
INDIVIDUALS = ("arm", "model", "observable", "unit", "draw", "subject", "time_h", "value")
SUMMARY = (
    "arm", "model", "endpoint", "n", "median", "low", "high", "unit", "confidence_low", "confidence_high", "missing",
)  # fmt: skip
OBSERVED = ("arm", "id", "study", "observable", "unit", "time_h", "value", "low", "high", "bound")
STATUSES = ("arm", "model", "status", "subjects")
SUBJECTS = ("draw", "subject", "sex", "weight_kg", "height_cm", "bsa_m2")
OBSERVATIONS = ("arm", "model", "observable", "unit", "draw", "subject", "time_h", "true", "observed")
EQUAL_TOTALS = ("arm", "of", "lever", "before", "after", "factor", "planned_miu", "target_miu", "difference_miu")


def observed_table(scenario: Scenario) -> pd.DataFrame:
    """Return the published responses of every arm, as rows of the columns OBSERVED."""
    import pandas as pd

    rows = []
    for arm in scenario.arms:
        for seen in arm.observed:
            unit = next(o.unit for m in scenario.models for o in m.observables if o.name == seen.observable)
            what = (arm.name, seen.id, seen.study, seen.observable, unit)
            rows.append((*what, seen.time_h, seen.value, seen.low, seen.high, seen.bound))
    return pd.DataFrame(rows, columns=list(OBSERVED))


def events_table(doses: DoseEvents, scenario: Scenario) -> pd.DataFrame:
    """Return the planned doses of one arm with what each gives the scenario's subject."""
    size = {"flat": 1.0, "per m2": float(scenario.subject.bsa_m2), "per kg": float(scenario.subject.weight_kg)}
    given = np.minimum(doses.amount * [size[basis] for basis in doses.basis], doses.cap)
    columns = ["arm", "drug", "cycle", "dose", "time_h", "amount", "basis", "route", "duration_h"]
    return doses.to_frame()[columns].assign(given=given)


def _each(scenario: Scenario) -> Iterator[tuple[Model, str]]:
    return ((model, arm.name) for model in scenario.models for arm in scenario.arms)


def trajectories_table(scenario: Scenario, gathered: Gathered) -> pd.DataFrame:
    """Return the bands of every observable on the grid of the scenario, as rows of the columns TRAJECTORIES."""
    import pandas as pd

    frames = []
    for model, arm in _each(scenario):
        bands = gathered.bands[model.name, arm]
        for place, observable in enumerate(model.observables):
            what = {"arm": arm, "model": model.name, "observable": observable.name, "unit": observable.unit}
            values = {name: bands[name][place] for name in TRAJECTORIES[5:]}
            frames.append(pd.DataFrame({**what, "time_h": scenario.observe_h, **values}))
    return pd.concat(frames, ignore_index=True)


def individuals_table(scenario: Scenario, gathered: Gathered) -> pd.DataFrame:
    """Return the curves of the first subjects of the bands, as many as the scenario asks for."""
    import pandas as pd

    frames = []
    whose = _whose(scenario)[: scenario.individuals]
    for model, arm in _each(scenario) if scenario.individuals else ():
        curves = gathered.bands[model.name, arm]["individuals"]
        for place, observable in enumerate(model.observables):
            for (draw, subject), curve in zip(whose, curves[place], strict=True):
                what = {"arm": arm, "model": model.name, "observable": observable.name, "unit": observable.unit}
                frames.append(
                    pd.DataFrame({**what, "draw": draw, "subject": subject, "time_h": scenario.observe_h, "value": curve})
                )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(INDIVIDUALS))


def _whose(scenario: Scenario) -> list[tuple[int, int]]:
    """Return (draw, subject) of the runs behind the bands."""
    each = 1 if scenario.population is None else scenario.population.subjects
    return [divmod(int(number), each) for number in band_runs(scenario)]


def measured(scenario: Scenario, model: Model) -> list[tuple[int, Endpoint, str]]:
    """Return place, endpoint and unit of the endpoints that need no observable or one that a model has."""
    known = {observable.name: observable.unit for observable in model.observables} | {"": "1"}
    return [
        (place, endpoint, endpoint.unit(known[endpoint.observable]))
        for place, endpoint in enumerate(scenario.endpoints)
        if endpoint.observable in known
    ]


def endpoint_tables(scenario: Scenario, gathered: Gathered) -> Iterator[pd.DataFrame]:
    """Yield the endpoints of every subject and parameter draw, a table an arm, model and endpoint."""
    import pandas as pd

    for model, arm in _each(scenario):
        status = gathered.status[model.name, arm]
        draws, subjects = (index.ravel() for index in np.indices(status.shape))
        words = np.array([STATUS_WORDS[code] for code in range(len(STATUS_WORDS))], dtype=object)[status.ravel()]
        for place, endpoint, unit in measured(scenario, model):
            values = gathered.values[model.name, arm][place].ravel()
            said = np.where(np.isnan(values) & (status.ravel() == OK), "not defined in this arm", words)
            said = np.where(np.isinf(values), endpoint.unreached, said)
            what = {"arm": arm, "model": model.name, "endpoint": endpoint.words}
            columns = {"subject": subjects, "replicate": draws, "value": values, "unit": unit, "status": said}
            yield pd.DataFrame({**what, **columns})


def summary_table(scenario: Scenario, outcomes: Outcomes) -> pd.DataFrame:
    """Return every endpoint of every arm: median and prediction interval over subjects and draws, and the confidence interval
    of the population's median over draws. Of a share, the share itself and its confidence interval.
    """
    import pandas as pd

    rows = []
    for model, arm in _each(scenario):
        for _, endpoint, unit in measured(scenario, model):
            values = outcomes.of(model.name, arm, endpoint)
            count = int(np.count_nonzero(~np.isnan(values)))
            by_draw = over_subjects(values, endpoint.statistic)
            if endpoint.statistic == "mean":
                middle, low, high = (float(np.nanmean(values)) if count else np.nan), np.nan, np.nan
            else:
                middle = over_draws(values.ravel())[0]
                low, high = prediction_interval(values)
            confidence = over_draws(by_draw)[1:]
            rows.append((arm, model.name, endpoint.words, count, middle, low, high, unit, *confidence, values.size - count))
    return pd.DataFrame(rows, columns=list(SUMMARY))


def statuses_table(scenario: Scenario, gathered: Gathered) -> pd.DataFrame:
    """Return how many subjects ended how, counted over parameter draws."""
    import pandas as pd

    rows = []
    for model, arm in _each(scenario):
        codes, counts = np.unique(gathered.status[model.name, arm], return_counts=True)
        rows += [(arm, model.name, STATUS_WORDS[int(code)], int(n)) for code, n in zip(codes, counts, strict=True)]
    return pd.DataFrame(rows, columns=list(STATUSES))


def subjects_table(scenario: Scenario) -> pd.DataFrame:
    """Return the bodies of all subjects; no rows where everybody has the body of the scenario's subject."""
    import pandas as pd

    population = scenario.population
    if population is None or (population.bodies is None and population.people is None):
        return pd.DataFrame(columns=list(SUBJECTS))
    frames = []
    for draw in range(population.draws):
        bodies = bodies_of(population, scenario.subject, Block(draw, 0, population.subjects))
        sizes = {"weight_kg": bodies.weight_kg, "height_cm": bodies.height_cm, "bsa_m2": bodies.bsa_m2}
        frames.append(pd.DataFrame({"draw": draw, "subject": np.arange(population.subjects), "sex": bodies.sex, **sizes}))
    return pd.concat(frames, ignore_index=True)


def observations_table(scenario: Scenario, gathered: Gathered) -> pd.DataFrame:
    """Return what would be measured at the visits of the scenario beside the true value, where it has `noise`.

    Noise is log-normal around the true value. A subject's day-to-day noise at a visit is the same in every arm and model,
    the residual of the assay is not; no noise ever enters a curve or an endpoint.
    """
    import pandas as pd

    if scenario.noise is None or scenario.population is None or not scenario.visits:
        return pd.DataFrame(columns=list(OBSERVATIONS))
    whose = np.array(_whose(scenario))
    wanted = {endpoint.observable for endpoint in scenario.endpoints}
    frames = []
    for model, arm in _each(scenario):
        for place, observable in enumerate(model.observables):
            if observable.name in wanted:
                for column, (_, time_h) in enumerate(scenario.visits):
                    true = gathered.bands[model.name, arm]["visits"][place][:, column]
                    seen = true * np.exp(_noise(scenario, (arm, model.name), observable.name, time_h, whose))
                    what = {"arm": arm, "model": model.name, "observable": observable.name, "unit": observable.unit}
                    who = {"draw": whose[:, 0], "subject": whose[:, 1]}
                    frames.append(pd.DataFrame({**what, **who, "time_h": time_h, "true": true, "observed": seen}))
    return pd.concat(frames, ignore_index=True)


def _noise(scenario: Scenario, where: tuple[str, str], observable: str, time_h: float, whose: np.ndarray) -> np.ndarray:
    """Return the noise on the log scale of one observable at one time, for (draw, subject) rows."""
    seed, subjects = scenario.population.seed, int(whose[:, 1].max()) + 1
    total = np.zeros(len(whose))
    components = (("day to day", scenario.noise.day_to_day), (f"residual {where}", scenario.noise.residual))
    for name, cv in components:
        for draw in np.unique(whose[:, 0]):
            mine = whose[:, 0] == draw
            drawn = normals(seed, f"{name} {observable} {time_h!r}", subjects, replicate=int(draw))
            total[mine] += np.sqrt(np.log1p(cv**2)) * drawn[whose[mine, 1]]
    return total


def equal_totals_table(scenario: Scenario) -> pd.DataFrame:
    """Return which lever brought each arm to the equal total, and how far rounding leaves it from there."""
    import pandas as pd

    rows = []
    for arm in scenario.arms:
        made = arm.equalised
        if made is not None:
            amounts = (float(value / 1_000_000) for value in (made.planned, made.target, made.total - made.target))
            rows.append((arm.name, arm.of, made.lever, made.before, made.after, float(made.factor), *amounts))
    return pd.DataFrame(rows, columns=list(EQUAL_TOTALS))

"""Export: the tables of a comparison as DataFrames. Every table is declared once; its CSV file has the same name and columns.

Tables of rows are declared beside their rows, tables of arrays in `arraytables`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from regimens.adherence.ledger import LEDGER
from regimens.contrasts.contrast import CONTRASTS
from regimens.contrasts.english import VERDICTS, verdicts_frame
from regimens.contrasts.ranking import BEST, TRADE_OFF
from regimens.contrasts.sensitivity import SENSITIVITY
from regimens.contrasts.variants import FLIPS, REGRET, REST_RESPONSE
from regimens.engine.trajectories import OK, STATUS_WORDS
from regimens.errors import RegimensError, did_you_mean
from regimens.population.draw import Runs, bodies_of
from regimens.rules.possible import POSSIBLE
from regimens.scenario.own import OWN_GROUPS, OWN_VALUES
from regimens.scenario.values import REAL_LIFE
from regimens.study.arraytables import (
    ENDPOINTS,
    EVENTS,
    EXPOSURE,
    INDIVIDUALS,
    OBSERVATIONS,
    SUBJECT,
    SUBJECTS,
    TRAJECTORIES,
    endpoints_table,
)
from regimens.study.given import GIVEN, people_totals
from regimens.study.own import PREDICTIVE_CHECK
from regimens.study.published import OUTCOMES
from regimens.study.rows import EQUAL_TOTAL, OBSERVED, STARTS, STATUSES, SUMMARY
from regimens.study.ruled import DECISIONS, decision_rows
from regimens.study.ruledrows import LEVEL_SHARES, RULED_TOTALS, SAME_MEAN
from regimens.study.visits import whose

if TYPE_CHECKING:
    import pandas as pd

    from regimens.endpoints import Endpoint
    from regimens.study.comparison import Comparison
    from regimens.tables import Table

FRAME_ROWS = 20_000
"""Rows of the table of endpoints that are in memory at a time."""


def _exposure(comparison: Comparison) -> pd.DataFrame:
    frame, people = comparison.exposure.to_frame(), people_totals(comparison.study)
    size = {"MIU": 1e6}
    keys = list(zip(frame["arm"], frame["drug"], frame["unit"], strict=True))
    for place, name in enumerate(("people_low", "people_high")):
        frame[name] = [
            people[arm, drug][place] / size.get(unit, 1.0) if (arm, drug) in people else None for arm, drug, unit in keys
        ]
    return frame[list(EXPOSURE.header)]


def _events(comparison: Comparison) -> pd.DataFrame:
    subject, frames = comparison.scenario.subject, []
    for arm in comparison.study.arms:
        if arm.arm.variant != REAL_LIFE:
            given = arm.planned.in_person(float(subject.weight_kg), float(subject.bsa_m2))
            frames.append(arm.planned.to_frame().assign(given=given)[list(EVENTS.header)])
    return EVENTS.concatenated(frames)


def _trajectories(comparison: Comparison) -> pd.DataFrame:
    frames = []
    for what, arm, row in _curves(comparison):
        bands = comparison.bands[what["model"], arm]
        numbers = {name: getattr(bands, name)[row] for name in TRAJECTORIES.header[5:]}
        frames.append(TRAJECTORIES.frame({**what, "time_h": bands.time_h, **numbers}))
    return TRAJECTORIES.concatenated(frames)


def _ids(comparison: Comparison) -> np.ndarray:
    """Return the id of every subject of a draw (subjects,), "" where people have none."""
    population = comparison.scenario.population
    ids = () if population is None or population.people is None else population.people.ids
    return np.array(ids or [""] * comparison.study.cohort.subjects, dtype=object)


def _individuals(comparison: Comparison) -> pd.DataFrame:
    ids = _ids(comparison)
    runs, frames = whose(comparison.study)[: comparison.scenario.individuals], []
    for what, arm, row in _curves(comparison) if len(runs) else ():
        bands = comparison.bands[what["model"], arm]
        for (draw, subject), curve in zip(runs.tolist(), bands.individuals[row], strict=True):
            who = {"draw": draw, "subject": subject, "id": ids[subject]}
            frames.append(INDIVIDUALS.frame({**what, **who, "time_h": bands.time_h, "value": curve}))
    return INDIVIDUALS.concatenated(frames)


def _curves(comparison: Comparison) -> Iterator[tuple[dict[str, str], str, int]]:
    """Yield the first columns, the arm and the row of every observable of every arm under every model."""
    for model in comparison.study.models:
        for place in model.modelled:
            arm = comparison.study.arms[place].name
            for row, observable in enumerate(model.observables):
                yield {"arm": arm, "model": model.name, "observable": observable.name, "unit": observable.unit}, arm, row


def _subjects(comparison: Comparison) -> pd.DataFrame:
    population, frames = comparison.scenario.population, []
    if population is not None and (population.bodies is not None or population.people is not None):
        for draw in range(population.draws):
            bodies = bodies_of(population, comparison.scenario.subject, Runs.of(draw, 0, population.subjects))
            sizes = {"weight_kg": bodies.weight_kg, "height_cm": bodies.height_cm, "bsa_m2": bodies.bsa_m2}
            who = {"draw": draw, "subject": np.arange(population.subjects), "id": _ids(comparison), "sex": bodies.sex}
            frames.append(SUBJECTS.frame({**who, **sizes}))
    return SUBJECTS.concatenated(frames)


def _observations(comparison: Comparison) -> pd.DataFrame:
    runs, frames = whose(comparison.study), []
    for visit in comparison.visits:
        what = {"arm": visit.arm, "model": visit.model, "observable": visit.observable, "unit": visit.unit}
        who = {"draw": runs[:, 0], "subject": runs[:, 1], "id": _ids(comparison)[runs[:, 1]], "time_h": visit.time_h}
        frames.append(OBSERVATIONS.frame({**what, **who, "true": visit.true, "observed": visit.observed}))
    return OBSERVATIONS.concatenated(frames)


def endpoint_frames(comparison: Comparison) -> Iterator[pd.DataFrame]:
    """Yield the table of endpoints in frames of at most FRAME_ROWS rows, so that a large population is not in memory twice."""
    endpoints, ids = comparison.scenario.endpoints, _ids(comparison)
    table = endpoints_table(endpoints)
    words = np.array([STATUS_WORDS[code] for code in sorted(STATUS_WORDS)], dtype=object)
    for (model, arm), status in comparison.collected.status.items():
        values = [_of_each_subject(comparison, model, arm, endpoint) for endpoint in endpoints]
        for first in range(0, status.size, FRAME_ROWS):
            rows = slice(first, min(first + FRAME_ROWS, status.size))
            draws, subjects = np.divmod(np.arange(rows.start, rows.stop), status.shape[1])
            who = {"arm": arm, "model": model, "draw": draws, "subject": subjects, "id": ids[subjects]}
            numbers = {endpoint.words: found[rows] for endpoint, found in zip(endpoints, values, strict=True)}
            yield table.frame({**who, **numbers, "status": words[status.ravel()[rows]]})


def _of_each_subject(comparison: Comparison, model: str, arm: str, endpoint: Endpoint) -> np.ndarray:
    """Return one endpoint of all runs (runs,): that of a trial for each subject of its draw whose integration did not stop."""
    values, status = comparison.outcomes.of(model, arm, endpoint), comparison.collected.status[model, arm]
    if endpoint.of_subjects:
        return values.ravel()
    return np.where(status == OK, values.reshape(len(status), 1), np.nan).ravel()


def _rows(table: Table, find: Callable[[Comparison], tuple[object, ...]]) -> Callable[[Comparison], pd.DataFrame]:
    return lambda comparison: table.frame_of_rows(find(comparison))


def _decisions(comparison: Comparison) -> pd.DataFrame:
    study = comparison.study
    written = comparison.collected.written.items()
    return DECISIONS.concatenated([decision_rows(study, study.arm(arm), model, found) for (model, arm), found in written])


def _same_mean(comparison: Comparison) -> pd.DataFrame:
    frames = []
    for found in comparison.ruled.same_mean:
        rows = CONTRASTS.frame_of_rows(found.contrasts)
        extra = {"mean_total": rows["model"].map(found.mean), "factor": rows["model"].map(found.factor)}
        frames.append(rows.assign(**extra)[list(SAME_MEAN.header)])
    return SAME_MEAN.concatenated(frames)


def _ledger(comparison: Comparison) -> pd.DataFrame:
    return LEDGER.concatenated([] if comparison.ledger is None else [comparison.ledger.rows])


_EXPORTS: tuple[tuple[Table, Callable[[Comparison], pd.DataFrame]], ...] = (
    (TRAJECTORIES, _trajectories),
    (SUMMARY, _rows(SUMMARY, lambda c: c.summary)),
    (EXPOSURE, _exposure),
    (EVENTS, _events),
    (CONTRASTS, _rows(CONTRASTS, lambda c: c.versus.contrasts)),
    (VERDICTS, lambda c: verdicts_frame(c.versus.verdicts)),
    (STATUSES, _rows(STATUSES, lambda c: c.statuses)),
    (STARTS, _rows(STARTS, lambda c: c.starts)),
    (BEST, _rows(BEST, lambda c: c.versus.best)),
    (TRADE_OFF, _rows(TRADE_OFF, lambda c: c.versus.trade_off)),
    (SENSITIVITY, _rows(SENSITIVITY, lambda c: c.versus.sensitivity)),
    (REST_RESPONSE, _rows(REST_RESPONSE, lambda c: c.versus.rest_response)),
    (EQUAL_TOTAL, _rows(EQUAL_TOTAL, lambda c: c.equal_total)),
    (FLIPS, _rows(FLIPS, lambda c: c.versus.flips)),
    (REGRET, _rows(REGRET, lambda c: c.versus.regret)),
    (GIVEN, _rows(GIVEN, lambda c: c.given)),
    (OBSERVED, _rows(OBSERVED, lambda c: c.observed)),
    (OUTCOMES, _rows(OUTCOMES, lambda c: c.published)),
    (OWN_VALUES, _rows(OWN_VALUES, lambda c: c.own.values)),
    (OWN_GROUPS, _rows(OWN_GROUPS, lambda c: c.own.groups)),
    (PREDICTIVE_CHECK, _rows(PREDICTIVE_CHECK, lambda c: c.own.checks)),
    (POSSIBLE, _rows(POSSIBLE, lambda c: c.ruled.possible)),
    (RULED_TOTALS, _rows(RULED_TOTALS, lambda c: c.ruled.totals)),
    (LEVEL_SHARES, _rows(LEVEL_SHARES, lambda c: c.ruled.levels)),
    (SAME_MEAN, _same_mean),
    (LEDGER, _ledger),
    (DECISIONS, _decisions),
    (SUBJECTS, _subjects),
    (INDIVIDUALS, _individuals),
    (OBSERVATIONS, _observations),
    (ENDPOINTS, lambda c: ENDPOINTS.concatenated(list(endpoint_frames(c)))),
)

TABLES: tuple[Table, ...] = tuple(table for table, _ in _EXPORTS)
"""Every table of a comparison, in the order in which they are documented."""

ALWAYS = tuple(table.name for table in (TRAJECTORIES, SUMMARY, EXPOSURE, EVENTS, CONTRASTS, VERDICTS, STATUSES))
"""Tables that are always written; the others where they have rows."""

OF_SUBJECTS = tuple(table.name for table in TABLES if SUBJECT.name in table.header)
"""Tables with rows of single subjects, which may be left out."""


PACKED = (TRAJECTORIES.name, INDIVIDUALS.name, OBSERVATIONS.name, DECISIONS.name)
"""Tables with a row for every moment of a curve, which are packed on disk as the endpoints are."""


def frame_of(comparison: Comparison, name: str) -> pd.DataFrame:
    """Return the table of that name as a DataFrame; RegimensError for a name that is no table."""
    for table, make in _EXPORTS:
        if table.name == name:
            return make(comparison)
    raise RegimensError(f"Unknown table '{name}'. {did_you_mean(name, [table.name for table in TABLES])}")


def tables_with_rows(comparison: Comparison) -> tuple[str, ...]:
    """Return the names of the tables that have rows; `endpoints` always has."""
    found = [name for name in (table.name for table in TABLES) if name != ENDPOINTS.name and len(frame_of(comparison, name))]
    return (*found, ENDPOINTS.name)


def documentation() -> str:
    """Return every table with its columns, units and meanings as Markdown, for docs/tables.md."""
    opening = (
        "# Tables of a result",
        "",
        "Each is a DataFrame of `Comparison.to_frame(name)` and a CSV file of the result folder. "
        f"{_listed((*PACKED, ENDPOINTS.name))} are packed (`.csv.gz`); with `--format parquet`, `{ENDPOINTS.name}` is "
        f"`{ENDPOINTS.name}.parquet`. These are always written: "
        f"{_listed((*ALWAYS, ENDPOINTS.name))}; the others where they have rows. `--no-subjects` leaves out "
        f"{_listed(OF_SUBJECTS)}. Times are hours from the first moment. A missing number is blank.",
        "",
        "Written by `python scripts/render_tables.py`.",
    )
    return "\n".join(opening) + "\n\n" + "\n\n".join(table.documentation() for table in TABLES) + "\n"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)

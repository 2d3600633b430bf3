"""Comparison: every arm of a scenario under every model, as typed results, and `compare`, which makes it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from regimens.adherence.ledger import Ledger
from regimens.rules.possible import audit_with_rules
from regimens.scenario.values import Scenario, planned_arms
from regimens.study.collect import Bands, Collected, Key, collect, outcomes_of
from regimens.study.comparisons import Comparisons, comparisons
from regimens.study.given import Given, given_rows, ledgers_of, ruled_rows
from regimens.study.own import Own, own_of
from regimens.study.perform import perform
from regimens.study.priors import before_data
from regimens.study.provenance import Provenance, provenance_of
from regimens.study.published import Published, published
from regimens.study.rows import (
    EqualTotal,
    SeenPoint,
    Start,
    StatusCount,
    Summary,
    equal_totals,
    seen_points,
    starts,
    statuses,
    summaries,
)
from regimens.study.ruled import ledger_of
from regimens.study.ruledrows import Ruled, ruled_of
from regimens.study.study import Study, guides_of, resolve
from regimens.study.tasks import Task, tasks
from regimens.study.visits import Visit, visits
from regimens.study.warnings import warnings_of
from regimens.study.weights import weights_of
from regimens.work import Progress, Store, local, run

if TYPE_CHECKING:
    import pandas as pd

    from regimens.contrasts.outcomes import Outcomes
    from regimens.exposure import ExposureTable
    from regimens.figures.plots import Plots
    from regimens.model.declaration import Model
    from regimens.work import Result


@dataclass(frozen=True, eq=False)
class Comparison:
    """The result of a scenario: typed rows and arrays. `to_frame(name)` gives each table as a DataFrame.

    `study` is the scenario resolved; `exposure` the exact totals; `outcomes` the endpoints of every subject; `collected` their
    statuses and the bands of the curves; `summary`, `statuses`, `starts` (at steady state), `equal_total`, `given`, `observed`
    (published responses) and `visits` are rows; `published` holds what documents saw against what was simulated; `own` are the
    user's own observations and their predictive checks; `versus` holds everything that compares arms; `ledger` the doses of the
    first subjects where subjects differ in their doses (None elsewhere); `ruled` is what rules can lead to and did. `warnings`
    are sentences for the reader; `provenance` is what the numbers depend on.
    """

    study: Study
    exposure: ExposureTable
    outcomes: Outcomes
    collected: Collected
    summary: tuple[Summary, ...]
    statuses: tuple[StatusCount, ...]
    versus: Comparisons
    equal_total: tuple[EqualTotal, ...]
    observed: tuple[SeenPoint, ...]
    visits: tuple[Visit, ...]
    ledger: Ledger | None
    given: tuple[Given, ...]
    published: tuple[Published, ...]
    warnings: tuple[str, ...]
    provenance: Provenance
    own: Own = field(default_factory=Own)
    ruled: Ruled = field(default_factory=Ruled)
    starts: tuple[Start, ...] = ()

    @property
    def scenario(self) -> Scenario:
        """The scenario that was compared."""
        return self.study.scenario

    @property
    def models(self) -> tuple[Model, ...]:
        """The models at their fitted values, in the order of the scenario."""
        return tuple(model.fitted for model in self.study.models)

    @property
    def bands(self) -> Mapping[Key, Bands]:
        """The curves by (model, arm); an arm that is not modelled has no entry."""
        return self.collected.bands

    @cached_property
    def _summaries(self) -> dict[tuple[str, str, str], Summary]:
        return {(row.arm, row.model, row.endpoint): row for row in self.summary}

    def summary_of(self, arm: str, model: str, endpoint: str) -> Summary | None:
        """Return the summary of one endpoint, None where the model lacks the endpoint or the arm is not modelled."""
        return self._summaries.get((arm, model, endpoint))

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that have rows, as `to_frame` takes them."""
        from regimens.study.export import tables_with_rows

        return tables_with_rows(self)

    def to_frame(self, name: str) -> pd.DataFrame:
        """Return one table as a DataFrame, such as 'summary' or 'contrasts'; RegimensError for a name that is no table."""
        from regimens.study.export import frame_of

        return frame_of(self, name)

    def to_html(self) -> str:
        """Return the report as one self-contained HTML page."""
        from regimens.report import page

        return page(self)

    @property
    def plot(self) -> Plots:
        """The figures of `regimens.figures` as methods: `comparison.plot.curves("treg_fold")` is a Plotly figure."""
        from regimens.figures.plots import Plots

        return Plots(self)

    def save(self, folder: str | Path, *, format: str = "csv", subjects: bool = True, images: str | None = None) -> Path:
        """Write the page, all tables and the provenance into a new folder, and return it.

        `format` is that of the endpoints of every subject: "csv" (`endpoints.csv.gz`) or "parquet" (needs pyarrow). Without
        `subjects`, the tables of single subjects are left out. `images` adds every figure as "svg", "png" or "pdf" (needs
        kaleido and Chromium). RegimensError if the folder exists, if the format is another one, or if what it needs is not
        installed.
        """
        from regimens.report import images_of
        from regimens.study.folder import files_of, write_folder
        from regimens.study.formats import find_format

        form = find_format(format)
        drawn = {} if images is None else images_of(self, images)
        write_folder(files_of(self, self.to_html(), form if subjects else None, drawn), Path(folder))
        return Path(folder)

    def __repr__(self) -> str:
        title, size = self.scenario.title, self.study.cohort
        people = "the typical subject" if size.typical else f"subjects: {size.subjects}, draws: {size.draws}"
        return f"<Comparison {title!r}, arms: {len(self.study.arms)}, models: {len(self.study.models)}, {people}>"

    def _repr_html_(self) -> str:
        """Return the answer table, for notebooks."""
        from regimens.report import answer_html

        return answer_html(self)


def compare(
    scenario: Scenario,
    *,
    executor: Executor | None = None,
    store: Store | None = None,
    progress: Progress = lambda done, total: None,
    chunk: int | None = None,
) -> Comparison:
    """Audit the exposure of `scenario`, then simulate every arm under every model and hold the arms against each other.

    Raises ExposureMismatch before anything is compiled or integrated when a total is not as expected. `executor` does the
    work, threads of this process if not given; `store` keeps finished tasks; `progress` is called with the number of
    finished tasks and of all; a task has at most `chunk` runs (subjects of a parameter draw). None of these changes a number.
    """
    exposure, possible = audit_with_rules(planned_arms(scenario), guides_of(scenario), scenario.subject, scenario.path)
    study = resolve(scenario)
    work = tasks(study, chunk)
    with (
        contextlib.nullcontext(executor) if executor is not None else local() as workers,
        contextlib.closing(run(perform, work, workers, store, progress)) as results,
    ):
        collected = collect(study, zip(work, results, strict=True))

        def more(further: list[Task]) -> Iterator[tuple[Task, Result]]:
            yield from zip(further, run(perform, further, workers, store), strict=True)

        ruled = ruled_of(study, collected, possible, more)
    return comparison_of(study, exposure, collected, ruled)


def comparison_of(study: Study, exposure: ExposureTable, collected: Collected, ruled: Ruled | None = None) -> Comparison:
    """Return the comparison of a study whose tasks are done."""
    outcomes, ledgers = outcomes_of(study, collected), ledgers_of(study)
    ruled = ruled or Ruled()
    written = {(model, arm): ledger_of(study, study.arm(arm), model, found) for (model, arm), found in collected.written.items()}
    given = (*given_rows(study, ledgers), *ruled_rows(study, written))
    steps = collected.steps[0] + ruled.steps[0], collected.steps[1] + ruled.steps[1]
    return Comparison(
        study=study,
        exposure=exposure,
        outcomes=outcomes,
        collected=collected,
        summary=summaries(study, outcomes),
        statuses=statuses(study, collected.status),
        versus=comparisons(study.scenario, outcomes, weights_of(study), _outcomes_before(study, collected)),
        equal_total=equal_totals(study.scenario),
        observed=seen_points(study.scenario),
        visits=visits(study, collected.bands),
        ledger=Ledger.joined([*ledgers.values(), *written.values()]) if ledgers or written else None,
        given=given,
        published=published(study.scenario.outcomes, outcomes, study.scenario.rule),
        warnings=warnings_of(study, collected, given),
        provenance=provenance_of(study, steps, collected.failed, ruled.replays),
        own=own_of(study, collected),
        ruled=ruled,
        starts=starts(study, collected.intervals, collected.status),
    )


def _outcomes_before(study: Study, collected: Collected) -> Outcomes | None:
    """Return the endpoints of the typical subject under the priors; None where none were simulated."""
    before = before_data(study)
    return None if before is None or collected.before is None else outcomes_of(before, collected.before)

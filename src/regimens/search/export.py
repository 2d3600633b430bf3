"""What a search writes: its tables, a scenario of the schedules that answer the question, and where its numbers come from."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from regimens.drugs import IL2
from regimens.endpoints import parse_endpoint
from regimens.errors import RegimensError
from regimens.exposure import Expected
from regimens.regimen.quantities import Duration
from regimens.scenario.search import MOST_CANDIDATES
from regimens.scenario.values import Arm
from regimens.search.confirm import MOST_FINALISTS, WINNERS, references
from regimens.search.found import LIMITS, SCHEDULES, UNDER_MODELS
from regimens.search.screen import within_limits
from regimens.study.formats import write_csv
from regimens.tables import Column, Table

if TYPE_CHECKING:
    import pandas as pd

    from regimens.endpoints import Endpoint
    from regimens.scenario.values import Scenario
    from regimens.search.found import Found
    from regimens.study.folder import Content
    from regimens.study.provenance import Provenance

SCREENED = Table(
    "screened",
    "schedule of the space within the limits on totals and doses, and model",
    (
        Column("schedule", "the schedule as protocol text"),
        Column("model", "model"),
        Column("amount_miu", "amount of a dose at the scenario's subject", "MIU"),
        Column("interval_h", "mean interval between doses of a course", "h"),
        Column("doses", "number of doses of the whole schedule"),
        Column("cycles", "number of cycles"),
        Column("rest_days", "rest between two cycles; 0 for none", "days"),
        Column("total_miu", "total of the whole schedule at the scenario's subject", "MIU"),
        Column("aim", "mean over draws of the aim in the typical subject", "unit of the aim"),
        Column("first", "share of draws in which it has the best aim of all", "1"),
        Column("within_limits", "whether the typical subject meets the limits on endpoints under every model"),
        Column("confirmed", "whether it was confirmed on the population"),
    ),
)

TABLES = (SCHEDULES, UNDER_MODELS, LIMITS, SCREENED)
"""Every table of a search, in the order in which they are documented."""


def screened_frame(found: Found) -> pd.DataFrame:
    """Return what the screen found of every schedule under each model."""
    subject, confirmed = found.scenario.subject, set(found.confirmed.places.tolist())
    within, count = within_limits(found.screened.held), len(found.candidates)
    timings = [one.timing for one in found.candidates]
    every = [t.every.hours if isinstance(t.every, Duration) else 168 / len(t.every.days) for t in timings]
    alike = {
        "schedule": [one.words for one in found.candidates],
        "amount_miu": [float(one.amount.for_size(subject.weight_kg, subject.bsa_m2)) / 1e6 for one in found.candidates],
        "interval_h": [float(hours) for hours in every],
        "doses": [timing.all_doses for timing in timings],
        "cycles": [timing.cycles for timing in timings],
        "rest_days": [0.0 if timing.rest is None else float(timing.rest.hours / 24) for timing in timings],
        "total_miu": [float(one.total(subject)) / 1e6 for one in found.candidates],
        "within_limits": within,
        "confirmed": [place in confirmed for place in range(count)],
    }
    frames = [
        SCREENED.frame(alike | {"model": [model.name] * count, "aim": aims, "first": wins})
        for model, aims, wins in zip(found.models, found.screened.means[:, 0], found.screened.wins, strict=True)
    ]
    return SCREENED.concatenated(frames)


def frame_of(found: Found, table: Table) -> pd.DataFrame:
    """Return one of TABLES as a DataFrame."""
    rows: dict[str, Sequence[object]] = {
        SCHEDULES.name: found.schedules,
        UNDER_MODELS.name: found.under_models,
        LIMITS.name: found.limits,
    }
    return screened_frame(found) if table is SCREENED else table.frame_of_rows(rows[table.name])


def answer_scenario(found: Found) -> Scenario:
    """Return a scenario that compares the schedules that answer the question, with the arms of the search's scenario.

    These are the best over models, the best of each model, and the simplest of those that cannot be told from the best, where any
    can be told apart.
    """
    answer, scenario = found.answer, found.scenario
    called: dict[int, list[str]] = {answer.best: ["best over models"]}
    for model, place in zip(found.models, answer.best_of, strict=True):
        called.setdefault(place, []).append(f"best of {model.name}")
    if found.tells_apart:
        called.setdefault(answer.simplest, []).append("simplest")
    arms = []
    for place, names in called.items():
        one = found.candidate(place)
        assert one is not None
        expected = Expected(IL2, total=one.total(scenario.subject), doses=one.timing.all_doses)
        arms.append(Arm(" and ".join(names), one.regimen, (expected,)))
    taken = {arm.name.lower() for arm in arms}
    arms += [replace(arm, observed=()) for arm in references(scenario) if arm.name.lower() not in taken]
    endpoints = tuple(endpoint for endpoint in scenario.endpoints if endpoint.cycle is None)
    if found.search.aim.words.lower() not in {endpoint.words.lower() for endpoint in endpoints}:
        endpoints = (_as_asked(found), *endpoints)
    return replace(
        scenario, arms=tuple(arms), endpoints=endpoints, search=None, equalise=None, real_life=None,
        noise=None, outcomes=(), own=(), visits=(),
    )  # fmt: skip


def _as_asked(found: Found) -> Endpoint:
    """Return the aim as an endpoint of its own, with the better direction of its observable and not that of the search."""
    aim = found.search.aim
    known = {observable.name: observable for model in reversed(found.scenario.models) for observable in model.observables}
    seen = known.get(aim.observable)
    plain = parse_endpoint(aim.words, dict(found.scenario.visits))
    return plain.described("", "") if seen is None else plain.described(seen.label, seen.better or "")


def files_of(found: Found, page: str | None = None) -> dict[str, Content]:
    """Return what a result consists of by file name: the page, the tables, the scenario of the answer, and the provenance.

    The scenario is left out where a file cannot say it, such as one with a model that was built in Python.
    """
    files: dict[str, Content] = {} if page is None else {"report.html": page}
    for table in TABLES:
        frame = frame_of(found, table)
        if table is SCREENED:
            files[f"{table.name}.csv.gz"] = partial(write_csv, list(frame.columns), [frame])
        elif len(frame) or table is not LIMITS:
            files[f"{table.name}.csv"] = frame.to_csv(index=False, lineterminator="\n")
    with contextlib.suppress(RegimensError):
        files["answer.yaml"] = answer_scenario(found).to_yaml()
    files["provenance.json"] = json.dumps(provenance_mapping(found), indent=2, ensure_ascii=False) + "\n"
    return files


def provenance_mapping(found: Found) -> dict[str, object]:
    """Return what provenance.json holds: that of the scenario, and the sizes of the search."""
    counts = {
        "combinations": found.search.space.written,
        "timings": len(found.search.space.timings),
        "screened": len(found.candidates),
        "confirmed": int(np.count_nonzero(found.confirmed.places >= 0)),
        "fresh draws": found.fresh_draws,
    }
    return {**settings_of(found.provenance), "search": counts}


def settings_of(provenance: Provenance) -> dict[str, object]:
    """Return what provenance.json holds of a run that draws no curves: without runs and steps, which stages have of their own."""
    made = provenance.as_mapping()
    left_out = ("runs", "runs behind the bands of the curves")
    solver = {"method": "Rodas5P", "rtol": provenance.rtol, "atol": provenance.atol, "failed": provenance.failed}
    return {name: solver if name == "solver" else value for name, value in made.items() if name not in left_out}


_DOCUMENTATION = """\
# Searching schedules

`regimens search SCENARIO` reads the key `search` of a scenario and works in three steps.

1. **Enumerate.** Every amount, interval, number of doses of a course, number of cycles and rest is combined; combinations
   that take longer than `within`, break a limit on the total or the doses, or give the same doses at the same times as a
   simpler one, are left out. All of this is exact. A space of more than {most_candidates:,} schedules is refused, with its
   size.
2. **Screen.** Every schedule is simulated for the typical subject of every parameter draw under every model that takes IL-2
   and has the observable of the aim. This only ranks.
3. **Confirm.** The best {most_finalists} are simulated on the whole population, with the exact endpoints: in turns the best
   over models, the best of each model, the fronts against the total and the cost, those that win in most draws, and the best
   of each amount and interval. The best {winners} of these, the best of each model and the simplest flat one are simulated
   again, on parameter draws and subjects that the search has not used: the first estimate of a winner is flattered by the
   choice.

**Judging.** The population statistic of a draw (the median of its subjects, or the mean of a share) is averaged over draws.
`mean` is the mean of these over models, `worst model` the least, `cvar 10 %` the mean of the worst 10 % of all draws (all
models weigh the same), and `regret` the largest shortfall, under any model, from the best schedule of that model.

**Limits.** A limit on an endpoint holds where the share of subjects that it names (95 % if none) meets it in at least half of
the draws, under every model that has the endpoint. Limits on totals and doses are checked again by the exposure of what is
reported.

**Flat.** A schedule is flat where no verdict tells it from the best: not every model gives the best one the probability of
the rule. Under one model it is flat where the model does not give that probability to its own best schedule.

## Tables of a search

The result folder has these as CSV files; `screened` is packed (`.csv.gz`), and `limits` is there where endpoints have limits.
`answer.yaml` is a scenario of the schedules that answer the question, for `regimens compare`.

Written by `python scripts/render_tables.py`.
"""


def documentation() -> str:
    """Return how a search works, and all its tables, as Markdown for docs/search.md."""
    opening = _DOCUMENTATION.format(most_candidates=MOST_CANDIDATES, most_finalists=MOST_FINALISTS, winners=WINNERS)
    tables = "\n\n".join(table.documentation() for table in TABLES)
    return f"{opening}\n{tables}\n"

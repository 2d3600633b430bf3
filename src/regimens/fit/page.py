"""The pages docs/fits.md (what the fits learnt) and docs/validation.md (checks of the fitted models), as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from regimens import shipped
from regimens.csvfile import Row, read_table
from regimens.fit.datapoints import AT_LEAST, AT_MOST
from regimens.fit.posterior import PROFILES, ROWS, SUMMARY
from regimens.fit.selfcheck import Ranks, histogram
from regimens.model.fitted import read_draws

if TYPE_CHECKING:
    from regimens.evidence import Response
    from regimens.fit.validation import Check, Summary

FITS_INTRODUCTION = """\
Each model was fitted to the `fit` rows of `evidence/responses.csv` with the priors of its file: emcee, four independent
ensembles of 64 walkers. Studies may differ by a factor (`study_spread`) and rows from the model by another (`row_spread`),
both estimated. *Learnt* is one minus the ratio of posterior to prior variance on the log scale: near 0 the data said
nothing and the posterior is the prior. Some prior centres come from an earlier prototype, fitted to published averages that are
in part these rows: where little was learnt, a value is not independent knowledge. Run again with
`python scripts/renew_posteriors.py`; this page comes from `python scripts/render_fits.py`."""

VALIDATION_INTRODUCTION = (
    "Every model predicts every `check` row of `evidence/responses.csv` that it has an observable for. The 90 % interval is "
    "that of the row's own statistic at its number of subjects: parameter draws, subjects around each draw, and the "
    "spreads between studies and rows that the fit found. Hits and misses are listed alike. "
    "The form of `expansion` (and with it of `balance`) was chosen with these rows in view (docs/variants.md), so they "
    "are not a blind test of it. Made by `python scripts/render_validation.py`."
)

INFORMED, UNINFORMED = 0.5, 0.2
"""Contractions from which a parameter counts as informed by the data, and up to which it does not."""

_BOUND_WORDS = {AT_LEAST: "at least ", AT_MOST: "at most "}


def fits_page(models: Sequence[str]) -> str:
    """Return docs/fits.md, from the files of `posteriors/`."""
    lines = ["# What the fits learnt", "", FITS_INTRODUCTION]
    for name in models:
        lines += ["", f"## {name}", "", *_fit_lines(shipped.folder("posteriors") / name)]
    return "\n".join(lines) + "\n"


def _fit_lines(folder: Path) -> Iterator[str]:
    record = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    summary = _rows(folder / "summary.csv", SUMMARY)
    learnt = {row["name"]: row.required_number("contraction") for row in summary if row["contraction"]}
    yield (
        f"R-hat at most {record['largest_r_hat']:.3f}, effective sizes from {record['smallest_effective']}, "
        f"{record['settings']['draws']} draws shipped. The data informed "
        f"{_listing([name for name, share in learnt.items() if share >= INFORMED])}; they said almost nothing about "
        f"{_listing([name for name, share in learnt.items() if share <= UNINFORMED])}."
    )
    yield from ("", "| Parameter | Unit | Prior (SD of log) | Posterior (90 % interval) | Learnt |", "|---|---|---|---|---|")
    for row in summary:
        width = row["prior_sd_log"]
        share = f"{max(0.0, learnt[row['name']]):.0%}" if row["contraction"] else ""
        prior = f"{row.required_number('prior'):.3g} ({width})" if row["contraction"] else f"half-normal, scale {width}"
        yield f"| {row['name']} | {row['unit']} | {prior} | {row['median']} ({row['low']} to {row['high']}) | {share} |"
    yield from ("", "| Fitted row | Observable | Observed | Predicted (90 % interval of the parameters) |", "|---|---|---|---|")
    for row in _rows(folder / "rows.csv", ROWS):
        seen = f"{_BOUND_WORDS.get(row['bound'], '')}{row['observed']}"
        yield f"| {row['id']} | {row['observable']} | {seen} | {row['predicted']} ({row['low']} to {row['high']}) |"
    yield from ("", "Profiles: twice the drop of the log density below its maximum, without the parameter's own prior.", "")
    yield from ("| Parameter | value: loss |", "|---|---|")
    profiles = _rows(folder / "profiles.csv", PROFILES)
    for name in dict.fromkeys(row["name"] for row in profiles):
        points = ", ".join(f"{row['value']}: {row.required_number('loss'):.1f}" for row in profiles if row["name"] == name)
        yield f"| {name} | {points} |"
    if (folder / "selfcheck.csv").is_file():
        yield from ("", *_selfcheck_lines(folder / "selfcheck.csv"))


def _selfcheck_lines(path: Path) -> Iterator[str]:
    found = read_draws(path)
    ranks = Ranks(found.names, found.draws)
    count = len(ranks.share)
    yield (
        f"Does the fit recover known values? {count} sets of true values were drawn from the prior, data were simulated at "
        "the design of the fitted rows, and fitted. The ranks of the true values among the draws should be spread evenly over "
        "ten bins "
        "(`python scripts/run_selfcheck.py`)."
    )
    yield from ("", f"| Parameter | Inside its 90 % interval, of {count} | Ranks in ten bins |", "|---|---|---|")
    for place, name in enumerate(ranks.names):
        yield f"| {name} | {ranks.held()[place]} | `{histogram(ranks.share[:, place])}` |"


def _rows(path: Path, columns: Sequence[str]) -> tuple[Row, ...]:
    return read_table(path, columns, columns).rows


def _listing(names: Sequence[str]) -> str:
    return "no parameter" if not names else ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]


def validation_page(summaries: Sequence[Summary], responses: Sequence[Response]) -> str:
    """Return docs/validation.md: coverage, errors, every hit and miss, and what each model does not reproduce."""
    return "\n".join(_validation_lines(summaries, responses)) + "\n"


def _validation_lines(summaries: Sequence[Summary], responses: Sequence[Response]) -> Iterator[str]:
    yield from ("# Checks of the fitted models", "", VALIDATION_INTRODUCTION, "")
    yield "| Model | Inside | 90 % interval of the share | Mean log error | Median width (log) | Score | Null score |"
    yield "|---|---|---|---|---|---|---|"
    for s in summaries:
        yield (
            f"| {s.model.name} | {s.hits} of {s.rows} | {s.low:.0%} to {s.high:.0%} | {s.mean_log_error:+.2f} | "
            f"{s.median_width:.2f} | {s.score:.2f} | {s.null_score:.2f} |"
        )
    for s in summaries:
        yield from ("", f"## {s.model.name}", "", verdict(s), "")
        yield from ("| Row | Observable | Observed | Predicted (90 % interval) | |", "|---|---|---|---|---|")
        yield from map(_check_line, s.checks)
        yield from ("", _misses(s))
    orderings = [response for response in responses if response.statistic == "ordering"]
    if orderings:
        yield from ("", "## Orderings, which are not checked by a number", "")
        yield from (f"- {response.study}: {response.note}" for response in orderings)


def verdict(summary: Summary) -> str:
    """Return what the checks say about a model, in one to three sentences."""
    exploratory = " It is exploratory." if summary.model.exploratory else ""
    share = f"{summary.hits} of {summary.rows} independent rows lie inside their 90 % interval"
    interval = f"(90 % interval of the share {summary.low:.0%} to {summary.high:.0%})"
    against = "beats" if summary.beats_null else "does not beat"
    return (
        f"{share} {interval}. The interval score {summary.score:.2f} {against} the {summary.null_score:.2f} of a null model "
        f"that uses only the mean and spread of the fitted rows (lower is better).{exploratory}"
    )


def _check_line(check: Check) -> str:
    observed = f"{_BOUND_WORDS.get(check.bound, '')}{check.observed:.3g}"
    predicted = f"{check.median:.3g} ({check.low:.3g} to {check.high:.3g})"
    said = "inside" if check.inside else "**outside**"
    shared = "" if check.independent else " (shares subjects with another row)"
    failed = f" ({check.failed} of {check.subjects} simulated subjects failed and are left out)" if check.failed else ""
    return f"| {check.id} | {check.observable} | {observed} | {predicted} | {said}{shared}{failed} |"


def _misses(summary: Summary) -> str:
    checks = _sides([(check.id, check.log_error) for check in summary.checks if not check.inside])
    if not checks:
        checks = "none. The intervals are wide, so this is weak support"
    fitted = _sides(list(_missed_fits(summary.model.name))) or "none"
    curve = "the interval of the curve itself (parameters alone, without the spread between studies)"
    return f"Checks outside their interval: {checks}. Fitted rows outside {curve}: {fitted}."


def _missed_fits(model: str) -> Iterator[tuple[str, float]]:
    """Yield (id, log of predicted over observed) of the fitted rows that lie outside the 90 % interval of the parameters."""
    for row in _rows(shipped.folder("posteriors") / model / "rows.csv", ROWS):
        seen, low, high = (row.required_number(name) for name in ("observed", "low", "high"))
        above, below = low > seen and row["bound"] != AT_LEAST, high < seen and row["bound"] != AT_MOST
        if above or below:
            yield row["id"], float(np.log(row.required_number("predicted") / seen))


def _sides(missed: Sequence[tuple[str, float]]) -> str:
    low = [name for name, error in missed if error < 0]
    high = [name for name, error in missed if error >= 0]
    parts = [f"predicted too low: {', '.join(low)}"] if low else []
    parts += [f"predicted too high: {', '.join(high)}"] if high else []
    return "; ".join(parts)

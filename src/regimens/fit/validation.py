"""The checking page: hits and misses alike, coverage, errors, and what each model cannot reproduce, as Markdown."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from regimens import shipped
from regimens.evidence import Response
from regimens.fit.posterior import read_fitted
from regimens.fit.validate import Check, check, coverage
from regimens.model.declaration import Model


@dataclass(frozen=True)
class Summary:
    """A model's checks in numbers: hits among the independent rows with a 90 % binomial interval, error, width, scores.

    `score` and `null_score` are means over the independent rows that the null model can predict too.
    """

    model: Model
    checks: tuple[Check, ...]
    hits: int
    rows: int
    low: float
    high: float
    mean_log_error: float
    median_width: float
    score: float
    null_score: float

    @property
    def beats_null(self) -> bool:
        """Whether the model's interval score is better (lower) than the null model's."""
        return self.score < self.null_score


def summarise(model: Model, responses: Sequence[Response]) -> Summary:
    """Check the shipped posterior of `model` against the `check` rows of `responses`. ModelError if there is no posterior."""
    fits = [response for response in responses if response.role == "fit"]
    checks = check(read_fitted(model), [response for response in responses if response.role == "check"], fits)
    independent = [row for row in checks if row.independent]
    hits, rows, low, high = coverage(independent)
    scored = [row for row in independent if row.null_score is not None]
    return Summary(
        model=model,
        checks=checks,
        hits=hits,
        rows=rows,
        low=low,
        high=high,
        mean_log_error=float(np.mean([row.log_error for row in independent])),
        median_width=float(np.median([np.log(row.high / row.low) for row in independent])),
        score=float(np.mean([row.score for row in scored])),
        null_score=float(np.mean([row.null_score for row in scored])),
    )


def verdict(summary: Summary) -> str:
    """Return what the checks say of a model, in one sentence or two."""
    exploratory = " It is exploratory." if summary.model.exploratory else ""
    share = f"{summary.hits} of {summary.rows} independent rows lie inside their 90 % interval"
    interval = f"(90 % interval of the share {summary.low:.0%} to {summary.high:.0%})"
    against = "beats" if summary.beats_null else "does not beat"
    return (
        f"{share} {interval}. The interval score {summary.score:.2f} {against} the {summary.null_score:.2f} of a null model "
        f"that knows only the mean and spread of the fitted rows (lower is better).{exploratory}"
    )


def page(summaries: Sequence[Summary], responses: Sequence[Response]) -> str:
    """Return the page as Markdown."""
    return "\n".join(_lines(summaries, responses)) + "\n"


def _lines(summaries: Sequence[Summary], responses: Sequence[Response]) -> Iterator[str]:
    yield "# Checks of the fitted models"
    yield ""
    yield (
        "Every model predicts every `check` row of `evidence/responses.csv` that it has an observable for. The 90 % interval is "
        "that of the row's own statistic at its number of subjects: parameter draws, subjects around each draw, and the "
        "spreads between studies and rows that the fit found. Hits and misses are listed alike. "
        "The form of `expansion` (and with it of `balance`) was chosen with these rows in view (docs/variants.md), so they "
        "are no blind test of it. Made by `python scripts/render_validation.py`."
    )
    yield ""
    yield "| Model | Inside | 90 % interval of the share | Mean log error | Median width (log) | Score | Null score |"
    yield "|---|---|---|---|---|---|---|"
    for s in summaries:
        yield (
            f"| {s.model.name} | {s.hits} of {s.rows} | {s.low:.0%} to {s.high:.0%} | {s.mean_log_error:+.2f} | "
            f"{s.median_width:.2f} | {s.score:.2f} | {s.null_score:.2f} |"
        )
    for s in summaries:
        yield ""
        yield f"## {s.model.name}"
        yield ""
        yield verdict(s)
        yield ""
        yield "| Row | Observable | Seen | Predicted (90 % interval) | |"
        yield "|---|---|---|---|---|"
        for row in s.checks:
            yield _row(row)
        yield ""
        yield _cannot(s)
    orderings = [response for response in responses if response.statistic == "ordering"]
    if orderings:
        yield ""
        yield "## Orderings, which no number here checks"
        yield ""
        for response in orderings:
            yield f"- {response.study}: {response.note}"


def _row(row: Check) -> str:
    bound = {"lower bound": "at least ", "upper bound": "at most "}.get(row.bound, "")
    said = "inside" if row.inside else "**outside**"
    shared = "" if row.independent else " (shares subjects with another row)"
    return (
        f"| {row.id} | {row.observable} | {bound}{row.observed:.3g} | {row.median:.3g} ({row.low:.3g} to {row.high:.3g}) | "
        f"{said}{shared} |"
    )


def _cannot(summary: Summary) -> str:
    missed = [(row.id, row.log_error) for row in summary.checks if not row.inside]
    checks = (
        f"Checks outside their interval: {_sides(missed)}."
        if missed
        else ("No check lies outside its interval; the intervals are wide, so this is weak support.")
    )
    fitted = _sides(list(_missed_fits(summary.model.name)))
    curve = "the curve itself (parameters alone, no spread between studies)"
    return f"{checks} Of the fitted rows, {curve} has {fitted or 'none amiss'}."


def _missed_fits(model: str) -> Iterator[tuple[str, float]]:
    """Yield (id, log of predicted over seen) of the fitted rows that lie outside the 90 % interval of the parameters."""
    with (shipped.folder("posteriors") / model / "rows.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            seen, low, high = (float(row[name]) for name in ("observed", "low", "high"))
            above, below = low > seen and row["bound"] != "lower bound", high < seen and row["bound"] != "upper bound"
            if above or below:
                yield row["id"], float(np.log(float(row["predicted"]) / seen))


def _sides(missed: Sequence[tuple[str, float]]) -> str:
    little = [name for name, error in missed if error < 0]
    much = [name for name, error in missed if error >= 0]
    parts = [f"too little for {', '.join(little)}"] if little else []
    parts += [f"too much for {', '.join(much)}"] if much else []
    return " and ".join(parts)

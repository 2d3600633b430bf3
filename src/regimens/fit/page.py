"""The pages docs/fits.md (what the fits learnt) and docs/validation.md (checks of the fitted models), as Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from regimens import shipped, wording
from regimens.csvfile import Row, read_table
from regimens.fit.datapoints import AT_LEAST, AT_MOST
from regimens.fit.posterior import LEFT_OUT_HOW, PROFILES, ROWS, SUMMARY
from regimens.fit.selfcheck import Ranks, histogram, uniformity
from regimens.model.fitted import SUBJECT_SPREAD, read_draws

if TYPE_CHECKING:
    from regimens.fit.stacking import Combined, Weight
    from regimens.fit.validation import Check, SourceCheck, Summary

FITS_INTRODUCTION = """\
Each model was fitted to the `fit` rows of `evidence/responses.csv` with the priors of its file: emcee, four independent
ensembles of 64 walkers, which mostly move towards a normal density near the posterior (preconditioned Crank-Nicolson). The
effective sizes compare walkers with each other. No prior rests on a row of that table. What is compared is the printed
statistic: the mean or median of subjects drawn around the parameters, not the typical subject. Studies may differ by a factor on
the response (`study_spread`) and rows from the model by another (`row_spread`), both estimated. Printed spreads between subjects
say by how much the CVs of the model file are too large or too small (`subject_spread`, found before the draws). *Learnt* is one
minus the ratio of posterior to prior variance on the log scale: near 0 the data said nothing and the posterior is the prior. Run
again with `python scripts/renew_posteriors.py`."""

VALIDATION_INTRODUCTION = """\
Every model predicts every row of `evidence/responses.csv` that it has an observable for, with the study of the row left out
(several studies of one centre are left out together). *Fitted* rows are predicted from the draws of the fit, weighted by the
inverse of the likelihood of what is left out (Pareto smoothed importance sampling), or from a fit without them where the
shape k of the weights is above 0.7. The other rows were never fitted. The 90 % interval is that of the printed statistic:
parameters, study effect, row spread and standard error. A printed bound is a hit if it was thought more likely than not.
The score is the interval score (lower is better). The *null* model predicts from the mean and spread of the fitted rows of the
same kind from other studies, without doses or times; in the *group null* the mean is drawn towards that of patients of the same
group (autoimmune, transplant, ...). Both use a t distribution. The log density of a study is that of all its rows; next to it
is that of the *common rows*, which every model can predict and which the log densities of the null models are to be compared
with. Last are the parameters that the fit learns nothing of without the study.

Two things make these checks look a little better than they are. Rows of one study count as so many independent ones, so the
intervals of the shares of hits are too narrow. And the difference between a printed statistic and the typical subject, and the
spread between subjects, are those of the whole fit, which has seen the study that is left out. Made by
`python scripts/renew_posteriors.py`."""

PICTURE = "images/left_out.png"
"""The picture of the page on checks, beside it."""

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
    informed = [name for name, share in learnt.items() if share >= INFORMED]
    uninformed = [name for name, share in learnt.items() if share <= UNINFORMED]
    yield (
        f"R-hat at most {record['largest_r_hat']:.3f}, effective sizes from {record['smallest_effective']}, "
        f"{record['settings']['draws']} draws shipped. The data informed "
        f"{wording.listing(informed) or 'no parameter'}; they said almost nothing about "
        f"{wording.listing(uninformed) or 'no parameter'}."
    )
    yield from ("", "| Parameter | Unit | Prior (SD of log) | Posterior (90 % interval) | Learnt |", "|---|---|---|---|---|")
    for row in summary:
        width = row["prior_sd_log"]
        share = f"{max(0.0, learnt[row['name']]):.0%}" if row["contraction"] else ""
        prior = f"{row.required_number('prior'):.3g} ({width})" if row["contraction"] else f"half-normal, scale {width}"
        if row["name"] == SUBJECT_SPREAD:
            prior = f"1 ({width})"
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
        "ten bins; p is that of their distribution function leaving a simultaneous band "
        f"(`python scripts/run_selfcheck.py {path.parent.name} {count}`)."
    )
    yield from ("", f"| Parameter | Ranks in ten bins | p | Inside its 90 % interval, of {count} |", "|---|---|---|---|")
    found_p = [uniformity(ranks.share[:, place]) for place in range(len(ranks.names))]
    for place, (name, p) in enumerate(zip(ranks.names, found_p, strict=True)):
        yield f"| {name} | `{histogram(ranks.share[:, place])}` | {p:.2f} | {ranks.held()[place]} |"
    chance = 1.0 - (1.0 - min(found_p)) ** len(found_p)
    yield (
        f"\nThe smallest p is {min(found_p):.2f}. Of {len(found_p)} independent parameters of a fit that is calibrated, at least "
        f"one has a p as small with a probability of {chance:.2f}."
    )


def _rows(path: Path, columns: Sequence[str]) -> tuple[Row, ...]:
    return read_table(path, columns, columns).rows


def validation_page(summaries: Sequence[Summary], weights: Sequence[Weight], mixed: Combined | None) -> str:
    """Return docs/validation.md: scores, every hit and miss, which studies carry the fit, and how models are weighed."""
    return "\n".join(_validation_lines(summaries, weights, mixed)) + "\n"


def _validation_lines(summaries: Sequence[Summary], weights: Sequence[Weight], mixed: Combined | None) -> Iterator[str]:
    yield from ("# Every study left out once", "", VALIDATION_INTRODUCTION, "")
    yield "| Model | Hits | 90 % interval of the share | Mean log error | Median width (log) | Score | Null | Group null |"
    yield "|---|---|---|---|---|---|---|---|"
    for s in summaries:
        yield (
            f"| {s.model.name} | {s.hits} of {s.rows} | {s.low:.0%} to {s.high:.0%} | {s.mean_log_error:+.2f} | "
            f"{s.median_width:.2f} | {s.score:.2f} | {s.null_score:.2f} | {s.group_score:.2f} |"
        )
    if mixed is not None:
        yield from ("", f"![Predicted over observed, each study left out]({PICTURE})", "", *_weight_lines(weights, mixed))
    for s in summaries:
        yield from ("", f"## {s.model.name}", "", verdict(s), "")
        yield "| Row | Observable | Observed | Predicted (90 % interval) | | Log error | Score | Null | Group null |"
        yield "|---|---|---|---|---|---|---|---|---|"
        yield from map(_check_line, s.checks)
        yield from ("", "| Left out | How | k | Log density | Common rows | Null | Group null | No information without it |")
        yield "|---|---|---|---|---|---|---|---|"
        yield from map(_source_line, s.sources)


def _weight_lines(weights: Sequence[Weight], mixed: Combined) -> Iterator[str]:
    yield from ("## How the models are weighed", "")
    alone = ", ".join(f"{name} {score:.2f}" for name, score in mixed.alone.items())
    better = "no worse than" if mixed.score <= min(mixed.alone.values()) else "worse than"
    yield (
        f"The weights make the combined prediction of left-out studies as good as it can be (stacking). Over {mixed.rows} rows "
        f"of {mixed.sources} sources, predicted with weights that have not seen the source, the combined prediction scores "
        f"{mixed.score:.2f}, {better} the best single model ({alone}). The intervals are those of a Bayesian bootstrap over "
        "sources: so few sources hardly tell the models apart."
    )
    yield from ("", "| Model | Weight | 90 % interval |", "|---|---|---|")
    for each in weights:
        yield f"| {each.model} | {each.weight:.2f} | {each.low:.2f} to {each.high:.2f} |"


def verdict(summary: Summary) -> str:
    """Return what the checks say about a model, in two or three sentences."""
    exploratory = " It is exploratory." if summary.model.exploratory else ""
    share = f"{summary.hits} of {summary.rows} independent rows are hits"
    interval = f"(90 % interval of the share {summary.low:.0%} to {summary.high:.0%})"
    against = "beats" if summary.beats_nulls else "does not beat both"
    return (
        f"{share} {interval}. The interval score {summary.score:.2f} {against} the {summary.null_score:.2f} of the null model "
        f"and the {summary.group_score:.2f} of the group null.{exploratory}"
    )


def _check_line(check: Check) -> str:
    observed = f"{_BOUND_WORDS.get(check.bound, '')}{check.observed:.3g}"
    predicted = f"{check.median:.3g} ({check.low:.3g} to {check.high:.3g})"
    if check.probability is not None:
        said = f"probability {check.probability:.2f}"
    else:
        said = "inside" if check.hit else "**outside**"
    fitted = ", fitted" if check.fitted else ""
    shared = "" if check.independent else " (shares subjects with another row)"
    error = "" if check.bound else f"{check.log_error:+.2f}"
    scores = " | ".join("" if score is None else f"{score:.2f}" for score in (check.score, check.null_score, check.group_score))
    return f"| {check.id}{fitted} | {check.observable} | {observed} | {predicted} | {said}{shared} | {error} | {scores} |"


def _source_line(source: SourceCheck) -> str:
    how = LEFT_OUT_HOW[source.how]
    cells = [
        "" if value is None else f"{value:.2f}"
        for value in (source.shape, source.log_density, source.common, source.null_density, source.group_density)
    ]
    return f"| {source.source} | {how} | {' | '.join(cells)} | {', '.join(source.lost)} |"

"""The page of the shipped fits: what was learnt of each parameter, what was not, and how each fitted row came out."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from regimens import shipped
from regimens.fit.selfcheck import Ranks, histogram

INTRODUCTION = """\
Each model was fitted to the `fit` rows of `evidence/responses.csv` with the priors of its file: emcee, four independent
ensembles of 64 walkers. Studies may differ by a factor (`study_spread`) and rows from the model by another (`row_spread`),
both estimated. *Learnt* is one minus the ratio of posterior to prior variance on the log scale: near 0 the data said
nothing and the prior stands. Some prior centres come from an earlier prototype, fitted to published averages that are in part
these rows: where little was learnt, a value is not knowledge from elsewhere. Run again with
`python scripts/renew_posteriors.py`; this page comes from `python scripts/render_fits.py`."""

INFORMED, UNINFORMED = 0.5, 0.2
"""Contractions from which a parameter counts as informed by the data, and up to which it does not."""


def fits_page(models: Sequence[str]) -> str:
    """Return the page as Markdown, from the files of `posteriors/`."""
    return "\n".join(_lines(models)) + "\n"


def _lines(models: Sequence[str]) -> Iterator[str]:
    yield "# What the fits learnt"
    yield ""
    yield INTRODUCTION
    for name in models:
        folder = shipped.folder("posteriors") / name
        yield from ("", f"## {name}", "")
        yield from _model(folder)


def _model(folder: Path) -> Iterator[str]:
    record = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    summary = _table(folder / "summary.csv")
    informed = [row["name"] for row in summary if row["contraction"] and float(row["contraction"]) >= INFORMED]
    blank = [row["name"] for row in summary if row["contraction"] and float(row["contraction"]) <= UNINFORMED]
    yield (
        f"R-hat at most {record['largest_r_hat']:.3f}, effective sizes from {record['smallest_effective']}, "
        f"{record['settings']['draws']} draws shipped. The data informed {_listing(informed)}; they said next to nothing of "
        f"{_listing(blank)}."
    )
    yield from ("", "| Parameter | Unit | Prior (SD of log) | Posterior (90 % interval) | Learnt |", "|---|---|---|---|---|")
    for row in summary:
        learnt = f"{max(0.0, float(row['contraction'])):.0%}" if row["contraction"] else ""
        width = row["prior_sd_log"]
        prior = f"{float(row['prior']):.3g} ({width})" if row["contraction"] else f"half-normal, scale {width}"
        yield f"| {row['name']} | {row['unit']} | {prior} | {row['median']} ({row['low']} to {row['high']}) | {learnt} |"
    yield from ("", "| Fitted row | Observable | Seen | Predicted (90 % interval of the parameters) |", "|---|---|---|---|")
    for row in _table(folder / "rows.csv"):
        bound = {"lower bound": "at least ", "upper bound": "at most "}.get(row["bound"], "")
        seen, predicted = f"{bound}{row['observed']}", f"{row['predicted']} ({row['low']} to {row['high']})"
        yield f"| {row['id']} | {row['observable']} | {seen} | {predicted} |"
    yield from ("", "Profiles: twice the fall of the log density from its best, the parameter's own prior left out.", "")
    yield from ("| Parameter | value: loss |", "|---|---|")
    profiles = _table(folder / "profiles.csv")
    for name in dict.fromkeys(row["name"] for row in profiles):
        points = ", ".join(f"{row['value']}: {float(row['loss']):.1f}" for row in profiles if row["name"] == name)
        yield f"| {name} | {points} |"
    if (folder / "selfcheck.csv").is_file():
        yield ""
        yield from _selfcheck(folder / "selfcheck.csv")


def _selfcheck(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
        ranks = Ranks(tuple(names), np.loadtxt(file, delimiter=",", ndmin=2))
    count = len(ranks.share)
    yield (
        f"Does the fit find truths that it is given? {count} truths were drawn from the prior, data simulated at the design "
        "of the fitted rows, and fitted. Ranks of the truth among the draws should be spread evenly over ten bins "
        "(`python scripts/run_selfcheck.py`)."
    )
    yield from ("", f"| Parameter | Inside its 90 % interval, of {count} | Ranks in ten bins |", "|---|---|---|")
    for place, name in enumerate(names):
        yield f"| {name} | {ranks.held()[place]} | `{histogram(ranks.share[:, place])}` |"


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _listing(names: Sequence[str]) -> str:
    return "no parameter" if not names else ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]

"""The page docs/credibility.md: what the models may be used for, what was checked, and what today's data do not support.

Along ICH M15 (general principles for model-informed drug development) and ASME V&V 40 (credibility of computational models).
Numbers are those of the shipped files when the page is rendered.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from regimens import shipped, wording
from regimens.credibility.agreement import shipped_agreement
from regimens.credibility.orderings import shipped_orderings
from regimens.credibility.truthpage import accounts, structural
from regimens.credibility.truths import shipped_truths, shipped_votes
from regimens.fit.page import INFORMED, UNINFORMED
from regimens.fit.shippedchecks import summarise
from regimens.model import find_model
from regimens.scenario import read_scenario
from regimens.study.published import Agreement
from regimens.study.weights import read_weights

if TYPE_CHECKING:
    from regimens.contrasts.verdict import Rule
    from regimens.contrasts.weighted import Weights
    from regimens.credibility.agreement import Judged
    from regimens.credibility.orderings import Ordering
    from regimens.credibility.truths import Truth, Vote
    from regimens.fit.validation import Summary
    from regimens.model.declaration import Model

USE = """\
# Credibility

What these models may be used for, how that was checked, and what they cannot carry; in the terms of ICH M15 (model-informed
drug development) and ASME V&V 40 (credibility of computational models). It is the developers' own account, not the judgement of a
regulator. Numbers come from the shipped files; made by `python scripts/render_credibility.py`.

## Question of interest

Which of several schedules of low-dose aldesleukin raises regulatory T cells (Treg) in blood more, by how much, and at which total
dose? A scenario states its own under `question:`; its page repeats it first.

## Context of use

To choose which schedules are worth comparing in a trial, when to sample and how many to enrol, and to show where published
data leave the order of schedules open. Adults, subcutaneous aldesleukin, single doses of 0.25 to 3 MIU or as published, weeks to
months. Not for treatment decisions, for a single patient, for another drug than those of the models, or for clinical
effect: Treg in blood are not a clinical outcome.

## Influence and consequence

| What | Influence of the model | Consequence of a wrong answer | Asked of it |
|---|---|---|---|
| Exposure (totals, days) | it decides alone | a wrong protocol | exact arithmetic, totals held against the protocol |
| Order of two schedules | one argument beside clinical data | a trial arm that teaches little; no patient is treated on it | \
the verdict of every model, and what it is worth under another truth |
| Size of a response | one argument | a sample size that is off | prediction intervals, studies left out |
| A decision with larger consequences | | | more than this page has: state it under `decision:` and use data of your own |

## Verification: is the code right?

| What | How | Where |
|---|---|---|
| Integration | closed forms, another solver at tight tolerance, superposition of linear models | `tests/engine`, `tests/models` |
| Endpoints | the same from dense curves by another way, for every model | `tests/endpoints/judge.py` |
| Exposure | sums of exact fractions; a total that differs from its protocol stops the run | `tests/test_exposure.py` |
| Intervals of contrasts | how often they hold a known truth | [coverage.md](coverage.md) |
| Fit | known values found again | [fits.md](fits.md) |
| Reproduction | the same bytes for any number of workers, after a crash, and from the record of a result | `provenance.json` |"""

APPLICABILITY = """\
## Applicability

Rows are means and medians of small groups, mostly read from abstracts; no single patient's data are in them. Diseases, assays
(counts or shares of CD4) and baselines differ between studies more than schedules do. A run is inside the data where its single
doses, intervals and duration are like those of the fitted rows ([evidence.md](evidence.md)), and outside in other drugs, routes,
children, after transplant, and beyond a few months."""

NOT_SUPPORTED = """\
## Not supported

Today's data carry "typical fold within a factor of two". They do not carry:

- five days every 4 weeks against every 2 weeks;
- escalation of a daily dose;
- an optimum of the interval or of the rest;
- natural killer cells.

Daily small doses come out best for the mean at equal total because the models have little or no tachyphylaxis, as much as because
of data."""


@dataclass(frozen=True)
class Fit:
    """A shipped fit: rows it used, the largest R-hat, the smallest effective size, parameters fitted, informed and untouched."""

    rows: int
    largest_r_hat: float
    smallest_effective: int
    fitted: int
    informed: int
    untouched: int


def read_fit(folder: Path) -> Fit:
    """Return the account of the fit in `folder`."""
    record = json.loads((folder / "fit.json").read_text(encoding="utf-8"))
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        learnt = [float(row["contraction"]) for row in csv.DictReader(file) if row["contraction"]]
    return Fit(
        len(record["rows"]),
        record["largest_r_hat"],
        record["smallest_effective"],
        len(learnt),
        sum(share >= INFORMED for share in learnt),
        sum(share <= UNINFORMED for share in learnt),
    )


@dataclass(frozen=True)
class Found:
    """What the page is made of. `fits` are by name of the model; `summaries` are those of its checks, `weights` is None where
    none are shipped.
    """

    models: Sequence[Model]
    fits: dict[str, Fit]
    summaries: Sequence[Summary]
    weights: Weights | None
    orderings: Sequence[Ordering]
    judged: Sequence[Judged]
    truths: Sequence[Truth]
    votes: Sequence[Vote]
    rule: Rule


def shipped_page() -> str:
    """Return docs/credibility.md, of the shipped files."""
    names, folder = shipped.names("models"), shipped.folder("posteriors")
    weights = folder / "weights.csv"
    models = [find_model(name, values="declared") for name in names]
    return credibility_page(
        Found(
            models=models,
            fits={name: read_fit(folder / name) for name in names},
            summaries=[summarise(model) for model in models],
            weights=read_weights(weights) if weights.is_file() else None,
            orderings=shipped_orderings(),
            judged=shipped_agreement(),
            truths=shipped_truths(),
            votes=shipped_votes(),
            rule=read_scenario(shipped.folder("scenarios") / "equal_total.yaml").rule,
        )
    )


def credibility_page(found: Found) -> str:
    """Return the page of what was found."""
    return "\n".join([USE, "", *_validation(found), "", APPLICABILITY, "", NOT_SUPPORTED, "", *_limits(found)]) + "\n"


def _validation(found: Found) -> Iterator[str]:
    yield from ("## Validation: are the models right?", "")
    yield "| Model | Parameters assumed | Fitted rows | R-hat, effective size | Informed / untouched by data | Weight |"
    yield "|---|---|---|---|---|---|"
    for model in found.models:
        fit, weights = found.fits[model.name], found.weights or {}
        assumed = sum(parameter.source is None for parameter in model.parameters)
        weight = weights.get(model.name)
        share = "none shipped" if weight is None else f"{weight.weight:.2f} ({weight.low:.2f} to {weight.high:.2f})"
        name = f"{model.name} (exploratory)" if model.exploratory else model.name
        yield (
            f"| {name} | {assumed} of {len(model.parameters)} | {fit.rows} | {fit.largest_r_hat:.3f}, {fit.smallest_effective} | "
            f"{fit.informed} / {fit.untouched} of {fit.fitted} | {share} |"
        )
    yield from ("", *_checks(found), "", *_orderings(found), "", *_robustness(found))


def _checks(found: Found) -> Iterator[str]:
    if not found.summaries:
        yield "Published outcomes against predictions, hits and misses alike: [validation.md](validation.md)."
        return
    yield "Each study left out of the fit and predicted by the others ([validation.md](validation.md)):"
    yield from (
        "",
        "| Model | Inside the 90 % interval | Median within a factor of two | Interval score | Null model |",
        "|---|---|---|---|---|",
    )
    for each in found.summaries:
        values = [check for check in each.checks if check.independent and not check.bound]
        near = f"{sum(abs(check.log_error) <= math.log(2.0) for check in values)} of {len(values)}"
        yield f"| {each.model.name} | {each.hits} of {each.rows} | {near} | {each.score:.2f} | {each.null_score:.2f} |"


def _orderings(found: Found) -> Iterator[str]:
    yield "Published orderings, most of them seen by no fit ([orderings.md](orderings.md)):"
    yield from ("", "| Model | Agrees | Does not agree | Undecided | Not modelled |", "|---|---|---|---|---|")
    order = (Agreement.AGREES, Agreement.DISAGREES, Agreement.UNDECIDED, Agreement.NOT_MODELLED)
    for model in found.models:
        own = [row.agreement for row in found.judged if row.model == model.name]
        yield f"| {model.name} | {' | '.join(str(own.count(each)) for each in order)} |"


def _robustness(found: Found) -> Iterator[str]:
    yield "Verdicts where another model is true, on the pairs of `scenarios/equal_total.yaml` ([truths.md](truths.md)):"
    yield ""
    for each in (each for each in accounts(found.truths) if each.difference == found.rule.difference):
        wrong = "" if math.isnan(each.wrong) else f", wrong in {wording.percent(each.wrong)} % of the draws on average"
        often = f", {len(each.often)} of them in more than half" if each.often else ""
        yield f"- {each.truth} true: the others support {each.supported} of {each.judged} verdicts{wrong}{often}."
    for model, (votes, sure) in structural(found.votes, found.rule).items():
        yield f"- {model}: {votes} of the {sure} orders that it is sure of it was as sure of before any data (structural votes)."


def _limits(found: Found) -> Iterator[str]:
    """Yield what was published and no model reproduces, from the committed agreement."""
    yield from ("Published, and reproduced by no shipped model:", "")
    for ordering in found.orderings:
        own = [row.agreement for row in found.judged if row.id == ordering.id]
        if Agreement.AGREES not in own:
            known = [each for each in own if each != Agreement.NOT_MODELLED]
            how = "not modelled" if not known else "contradicted" if set(known) == {Agreement.DISAGREES} else "not agreed with"
            yield f"- {ordering.statement} ({ordering.reference}): {how}."

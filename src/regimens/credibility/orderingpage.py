"""The page docs/orderings.md: every published ordering, how it was read, and how probable each model makes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from regimens import wording
from regimens.contrasts.english import percent
from regimens.credibility.agreement import POPULATION, SURE, Judged
from regimens.figures import orderings as drawn
from regimens.study.published import Agreement

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from regimens.credibility.orderings import Ordering

PICTURE = "images/orderings.png"
ALTERNATIVE = "Published orderings: the probability that each model agrees"

INTRODUCTION = f"""\
Statements from publications on which of two regimens, times or doses had more, held against the shipped models. P is the share
of {POPULATION.draws} parameter draws in which all that an entry says holds, read at the population statistic of
{POPULATION.subjects} virtual subjects; a tie counts half. A model *agrees* from {percent(SURE)} on, *does not agree* up to
{percent(1.0 - SURE)}, and is *undecided* between. *Not modelled*: the model lacks an observable or an input. Differences between
the people of two trials are in none of these numbers. Orders of dose are easy: any model in which more drug does more agrees.
Made by `python scripts/render_orderings.py` from `evidence/orderings.yaml` and the shipped posteriors."""


def orderings_page(orderings: Sequence[Ordering], judged: Sequence[Judged], fitted_rows: Sequence[str]) -> str:
    """Return docs/orderings.md. `fitted_rows` are the ids of the responses that the fit used."""
    return "\n".join(_lines(orderings, judged, frozenset(fitted_rows))) + "\n"


def orderings_figure(orderings: Sequence[Ordering], judged: Sequence[Judged], fitted_rows: Sequence[str]) -> go.Figure:
    """Return the figure of docs/orderings.md, of the same numbers as its table."""
    chances = {(row.id, row.model): row.probability for row in judged}
    models, fitted = tuple(dict.fromkeys(row.model for row in judged)), frozenset(fitted_rows)
    lines = [
        drawn.Ordering(
            each.topic,
            each.short.replace("/m2", "/m²"),
            _source(each, fitted),
            {model: chances[each.id, model] for model in models},
        )
        for each in orderings
    ]
    return drawn.orderings(lines, SURE)


def _source(ordering: Ordering, fitted: frozenset[str]) -> str:
    """Return authors and years of an ordering, and whether the fit has seen its data."""
    authors = "; ".join(cited.split(",")[0].strip() for cited in ordering.citation.split(";"))
    return f"{authors}, seen by the fit" if fitted.intersection(ordering.rows) else authors


def _lines(orderings: Sequence[Ordering], judged: Sequence[Judged], fitted: frozenset[str]) -> Iterator[str]:
    models = tuple(dict.fromkeys(row.model for row in judged))
    cells = {(row.id, row.model): row for row in judged}
    yield from ("# Published orderings and the models", "", INTRODUCTION, "", f"![{ALTERNATIVE}]({PICTURE})", "")
    yield "| Model | Agrees | Does not agree | Undecided | Not modelled | Mean P where modelled |"
    yield "|---|---|---|---|---|---|"
    for model in models:
        own = [row for row in judged if row.model == model]
        counts = Counter(row.agreement for row in own)
        known = [row.probability for row in own if row.draws]
        numbers = " | ".join(str(counts[each]) for each in _ORDER)
        mean = f"{np.mean(known):.2f}" if known else wording.MISSING
        yield f"| {model} | {numbers} | {mean} |"
    yield from ("", f"| What was seen | People | {' | '.join(models)} |", "|---|---|" + "---|" * len(models))
    for ordering in orderings:
        said = " | ".join(_cell(cells[ordering.id, model]) for model in models)
        seen = ", seen by the fit" if fitted.intersection(ordering.rows) else ""
        yield f"| {ordering.statement} ({ordering.id}{seen}) | {ordering.population}, n: {ordering.n} | {said} |"
    yield from ("", "## How each was read", "")
    for ordering in orderings:
        yield from _read(ordering, fitted)


_ORDER = (Agreement.AGREES, Agreement.DISAGREES, Agreement.UNDECIDED, Agreement.NOT_MODELLED)


def _cell(row: Judged) -> str:
    if not row.draws:
        return str(row.agreement)
    said = f"{row.probability:.2f} {row.agreement}"
    return f"**{said}**" if row.agreement == Agreement.DISAGREES else said


def _read(ordering: Ordering, fitted: frozenset[str]) -> Iterator[str]:
    arms = "; ".join(f"{arm.name}: `{arm.plan_in_words}`" for arm in ordering.scenario.arms)
    yield f"- **{ordering.id}**: {ordering.reference}. Read from: {ordering.how_read}. Arms: {arms}."
    for outcome in ordering.scenario.outcomes:
        holds = "no endpoint stands for it"
        if outcome.endpoint is not None and outcome.condition is not None:
            holds = f"`{outcome.endpoint.words}` of {' and '.join(outcome.arms)} {outcome.condition.in_words()}"
        yield f"  - {outcome.seen}: {holds}."
    for sentence in (*ordering.assumed, *filter(None, [ordering.note])):
        yield f"  - {'Assumed: ' if sentence in ordering.assumed else ''}{sentence}"
    if used := sorted(fitted.intersection(ordering.rows)):
        yield f"  - The fit used the same data (rows {', '.join(used)}): agreement here is no test."

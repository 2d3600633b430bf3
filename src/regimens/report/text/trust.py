"""Sentences on how far the models can be trusted: published orderings, verdicts under another truth, structural votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from regimens import wording
from regimens.study.published import Agreement

if TYPE_CHECKING:
    from regimens.credibility.agreement import Judged
    from regimens.credibility.truthpage import Account

ORDERINGS, ORDERINGS_CORNER = "Published orderings and whether the models reproduce them (docs/orderings.md)", "What was seen"
TRUTHS, TRUTHS_CORNER = "Verdicts on the shipped equal-total schedules where another model is true (docs/truths.md)", "True model"
TRUTHS_HEADS = ("Verdicts", "Supported by the other models", "Wrong on average", "Wrong in more than half of the draws")


def orderings(rows: Mapping[str, Sequence[Judged]]) -> str:
    """Return how many published orderings each model reproduces; `rows` are by model."""
    said = []
    for model, own in rows.items():
        found = [row.agreement for row in own if row.agreement != Agreement.NOT_MODELLED]
        agree, against = found.count(Agreement.AGREES), found.count(Agreement.DISAGREES)
        said.append(f"{model} reproduces {agree} of {len(found)} and contradicts {against}")
    return f"Of published orderings that a model can show, {wording.listing(said)}."


def contradicted(rows: Mapping[str, Sequence[Judged]]) -> str:
    """Return which orderings every model that can show them contradicts; empty where there are none."""
    by_id: dict[str, list[Judged]] = {}
    for own in rows.values():
        for row in own:
            by_id.setdefault(row.id, []).append(row)
    named = []
    for same in by_id.values():
        known = [row for row in same if row.agreement != Agreement.NOT_MODELLED]
        if known and all(row.agreement == Agreement.DISAGREES for row in known):
            named.append(known[0].seen)
    return f"Contradicted by every model that can show it: {'; '.join(map(_small, named))}." if named else ""


def _small(text: str) -> str:
    return text[:1].lower() + text[1:] if text[:2].istitle() else text


def ordering_cell(row: Judged) -> str:
    """Return what a model says of an ordering, with its probability."""
    return str(row.agreement) if not row.draws else f"{row.agreement} ({wording.percent(row.probability)}\u00a0%)"


def truths(found: Sequence[Account]) -> str:
    """Return what verdicts are worth where a model that they do not contain is true."""
    said = []
    for each in found:
        if each.supported:
            often = f", {wording.count(len(each.often), '').strip()} of them in more than half" if each.often else ""
            wrong = f"wrong in {wording.percent(each.wrong)}\u00a0% of the draws on average{often}"
            said.append(f"with {each.truth} true, the others support {each.supported} of {each.judged} verdicts, {wrong}")
        else:
            said.append(f"with {each.truth} true, the others support none of {each.judged}")
    return f"A verdict holds while one of its models is about right. On the shipped equal-total schedules, {'; '.join(said)}."


def truth_cells(each: Account) -> tuple[str, ...]:
    """Return the numbers of one true model."""
    wrong = wording.MISSING if wording.missing(each.wrong) else f"{wording.percent(each.wrong)}\u00a0%"
    return str(each.judged), str(each.supported), wrong, str(len(each.often))


def votes(found: Mapping[str, tuple[int, int]]) -> str:
    """Return how many votes of each model were cast before any data: (structural, sure) by model; empty without any."""
    said = [f"{model} {structural} of {sure}" for model, (structural, sure) in found.items() if structural]
    if not said:
        return ""
    return (
        "Structural votes there, orders that a model is as sure of before any data, because its equations and priors decide them: "
        f"{wording.listing(said)} that it is sure of."
    )

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
CREDIBILITY = "What the models may be used for, and what their data do not carry: docs/credibility.md."
TRUTHS, TRUTHS_CORNER = "Verdicts on the shipped equal-total schedules where another model is true (docs/truths.md)", "True model"
TRUTHS_HEADS = (
    "Relevant difference",
    "Verdicts",
    "Supported by the other models",
    "Wrong on average",
    "Wrong in more than half of the draws",
)


def orderings(rows: Mapping[str, Sequence[Judged]]) -> str:
    """Return how many published orderings each model reproduces; `rows` are by model."""
    said = []
    for model, own in rows.items():
        found = [row.agreement for row in own if row.agreement != Agreement.NOT_MODELLED]
        agree, against = found.count(Agreement.AGREES), found.count(Agreement.DISAGREES)
        said.append(f"{model} reproduces {agree} of {len(found)} and contradicts {against}")
    return f"Of published orderings that a model can show, {'; '.join(said)}."


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
    """Return what verdicts are worth where a model that they do not contain is true, by every rule, the strictest first."""
    by_rule: dict[float, list[Account]] = {}
    for each in sorted(found, key=lambda each: -each.difference):
        by_rule.setdefault(each.difference, []).append(each)
    said = [_worth(difference, own) for difference, own in by_rule.items()]
    return (
        "A verdict holds while one of its models is about right. On the shipped equal-total schedules, where each model in turn "
        f"is taken as true and the others give the verdicts: {'; '.join(said)}."
    )


def _worth(difference: float, own: Sequence[Account]) -> str:
    rule = f"with a relevant difference of {wording.exact_percent(difference)}" if difference else "if any difference counted"
    supported = sorted(each.supported for each in own)
    counts = " to ".join(dict.fromkeys((str(supported[0]), str(supported[-1]))))
    wrong = [each.wrong for each in own if not wording.missing(each.wrong)]
    often = sum(len(each.often) for each in own)
    bad = f", wrong in up to {wording.percent(max(wrong))}\u00a0% of the draws on average" if wrong else ""
    half = f", {wording.count(often, '').strip()} of them wrong in more than half" if often else ""
    return f"{rule}, {counts} of {own[0].judged} are supported{bad}{half}"


def truth_cells(each: Account) -> tuple[str, ...]:
    """Return the numbers of one true model."""
    wrong = wording.MISSING if wording.missing(each.wrong) else f"{wording.percent(each.wrong)}\u00a0%"
    least = wording.exact_percent(each.difference) if each.difference else "any"
    return least, str(each.judged), str(each.supported), wrong, str(len(each.often))


def votes(found: Mapping[str, tuple[int, int]]) -> str:
    """Return how many votes of each model were cast before any data: (structural, sure) by model; empty without any."""
    said = [f"{structural} of {sure} under {model}" for model, (structural, sure) in found.items() if structural]
    if not said:
        return ""
    return (
        "Of the orders that a model is sure of there, it was as sure before any data, by its equations and priors alone, of "
        f"{wording.listing(said)}: structural votes."
    )

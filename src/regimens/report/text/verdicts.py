"""Verdicts in sentences: what is supported, why the rest is not, by which rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts.pairs import compared, loser, percent, turned, won
from regimens.contrasts.verdict import Finding, Lack, Reason, Rule, Verdict, View
from regimens.contrasts.weighted import Unweighted

if TYPE_CHECKING:
    from regimens.contrasts.contrast import Contrast
    from regimens.contrasts.weighted import Weighted
    from regimens.figures.shown import ShownEndpoint

NO_DIRECTION = "No endpoint says which way is better, so no arm is called better."
_MOST_NAMES, _MOST_WINNERS = 3, 4


class Why(Enum):
    """Why a pair is not supported, in the order in which it is told."""

    CONTRADICT = auto()
    SOME = auto()
    SMALL = auto()
    NONE = auto()
    LACKING = auto()
    EXACT = auto()
    FEW = auto()
    ALIKE = auto()
    UNKNOWN = auto()


def rule(by: Rule, models: int) -> str:
    """Return the rule by which an arm is called better."""
    share, differ = wording.exact_percent(by.probability), wording.exact_percent(by.differ)
    every = "every model gives" if models > 1 else "the model gives"
    size = f", and to a difference of at least {wording.exact_percent(by.difference)}" if by.difference else ""
    return (
        f"The rule: one arm is called better than another only if {every} at least {share} probability to the same direction"
        f"{size}, over the draws of the parameters in which the two differ, which must be at least {differ} of all."
    )


def supported(rows: Sequence[Verdict], lead: ShownEndpoint, still: frozenset[str]) -> str:
    """Return which pairs are supported on the leading endpoint; `still` are the arms without doses."""
    rows = compared(rows)
    better = won(rows)
    head = f"On {wording.inside(lead.label)} ({lead.better} is better)"
    if not better:
        return f"{head}, no difference between two arms is supported." if rows else f"{head}, there is no pair of arms to judge."
    return f"{head}, {wording.supported(len(better), len(rows))}: {wins(rows, still)}."


def wins(rows: Sequence[Verdict], still: frozenset[str] = frozenset(), most: int = _MOST_NAMES) -> str:
    """Return the supported pairs in words, by winner: '‘A’ over ‘B’ and ‘C’; ‘D’ over ‘C’'.

    Where all arms with doses win over all without (`still`), that is said once.
    """
    better = won(rows)
    over_none = [row for row in rows if (row.against in still) != (row.arm in still)]
    always = bool(over_none) and all(row.finding == Finding.BETTER and row.winner not in still for row in over_none)
    ranked = _by_winner([row for row in better if not (always and loser(row) in still)])
    said = ["every schedule over no doses"] if always else []
    said += [f"{wording.quoted([winner])} over {wording.quoted(losers, most)}" for winner, losers in ranked[:_MOST_WINNERS]]
    left = sum(len(losers) for _, losers in ranked[_MOST_WINNERS:])
    return "; ".join([*said, *([f"and {wording.count(left, 'more pair')}"] if left else [])])


def never_worse(rows: Sequence[Verdict]) -> str:
    """Return which arms are never worse than which; empty where there are none."""
    ranked = _by_winner([row for row in rows if row.finding == Finding.NEVER_WORSE])
    said = [
        f"{wording.quoted([winner])} is never worse than {wording.quoted(losers)}" for winner, losers in ranked[:_MOST_WINNERS]
    ]
    left = sum(len(losers) for _, losers in ranked[_MOST_WINNERS:])
    return wording.sentence("; ".join([*said, *([f"so it is in {wording.count(left, 'more pair')}"] if left else [])]))


def _by_winner(rows: Sequence[Verdict]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.winner, []).append(loser(row))
    return sorted(found.items(), key=lambda pair: -len(pair[1]))


def why(row: Verdict) -> Why:
    """Return why a pair is not supported."""
    if row.reason == Reason.LACKING:
        lacks = {view.lack for view in row.views}
        return Why.LACKING if Lack.ENDPOINT in lacks else Why.EXACT if Lack.UNCERTAINTY in lacks else Why.UNKNOWN
    known = {
        Reason.FEW_DRAWS: Why.FEW,
        Reason.NOT_TOLD_APART: Why.ALIKE,
        Reason.DISAGREE: Why.CONTRADICT,
        Reason.TOO_SMALL: Why.SMALL,
    }
    return known.get(row.reason, Why.SOME if any(row.sure(view) for view in row.views) else Why.NONE)


def why_not(rows: Sequence[Verdict], models: int) -> str:
    """Return why the other pairs are not supported, and on how many each reason bears; empty where all are."""
    open_rows = [row for row in compared(rows) if row.finding == Finding.NOT_SUPPORTED]
    if not open_rows:
        return ""
    kinds = [why(row) for row in open_rows]
    counts = Counter(kinds)
    said = _reasons(open_rows, models > 1)
    head = f"Not supported: {wording.count(len(open_rows), 'pair')}"
    if len(counts) == 1:
        parts = [f", because {said[kinds[0]]}"]
    else:
        parts = ["; " + "; ".join(f"in {wording.count(counts[kind], '').strip()}, {said[kind]}" for kind in Why if counts[kind])]
    split = [row for row, kind in zip(open_rows, kinds, strict=True) if kind == Why.CONTRADICT]
    if 0 < len(split) <= 2:
        named = wording.listing([f"{wording.quoted([row.arm])} against {wording.quoted([row.against])}" for row in split])
        parts.append(f" ({named})" if len(counts) == 1 else f". The models contradict each other on {named}")
    return head + "".join(parts) + "."


def _reasons(rows: Sequence[Verdict], many: bool) -> dict[Why, str]:
    exact = list(dict.fromkeys(view.model for row in rows for view in row.views if view.lack == Lack.UNCERTAINTY))
    least = wording.exact_percent(rows[0].rule.difference)
    files = "its model file has" if len(exact) == 1 else "their model files have"
    return {
        Why.CONTRADICT: "the models contradict each other",
        Why.SOME: "some models are sure of a direction and others are not",
        Why.SMALL: f"{'every' if many else 'the'} model is sure of a direction, but not of a difference of {least}",
        Why.NONE: "no model is sure of a direction" if many else "the model is not sure of a direction",
        Why.LACKING: "not every model has the endpoint" if many else "the model does not have the endpoint",
        Why.EXACT: f"the uncertainty of the parameters of {wording.listing(exact)} is not known: {files} no key ‘uncertainty’",
        Why.FEW: f"there are too few parameter draws to tell {wording.exact_percent(rows[0].rule.probability)}",
        Why.ALIKE: f"{'no' if many else 'the'} model {'tells' if many else 'does not tell'} the two schedules apart",
        Why.UNKNOWN: f"values to compare are missing{' under some model' if many else ''}",
    }


def not_modelled(rows: Sequence[Verdict]) -> tuple[str, ...]:
    """Return how many pairs no model, and how many only some models, have inputs for."""
    none = len(rows) - len(compared(rows))
    fewer: dict[tuple[str, ...], int] = {}
    for row in compared(rows):
        if row.not_modelled and row.finding != Finding.SAME:
            fewer[row.not_modelled] = fewer.get(row.not_modelled, 0) + 1
    said = (
        [f"Not modelled: {wording.count(none, 'pair')}, because no model has an input for the drugs of both arms."]
        if none
        else []
    )
    for models, pairs in fewer.items():
        which = f"In {wording.count(pairs, 'pair')} an arm is not modelled under {wording.listing(models)}"
        said.append(f"{which}: {'its verdict rests' if pairs == 1 else 'their verdicts rest'} on the other models.")
    return tuple(said)


def same(rows: Sequence[Verdict]) -> tuple[str, ...]:
    """Return which arms give the same doses, a sentence a group."""
    groups: list[set[str]] = []
    order = list(dict.fromkeys(name for row in rows for name in (row.arm, row.against)))
    for row in (row for row in rows if row.finding == Finding.SAME):
        joined = {row.arm, row.against}.union(*(group for group in groups if group & {row.arm, row.against}))
        groups = [group for group in groups if not group & joined] + [joined]
    return tuple(
        f"{wording.quoted([name for name in order if name in group], 4)} give the same doses: nothing can tell them apart."
        for group in groups
    )


def others(found: Sequence[tuple[str, Sequence[Verdict]]]) -> str:
    """Return how many pairs are supported on the other endpoints, given by label."""
    said = [f"{len(won(rows))} of {len(compared(rows))} on {wording.inside(label)}" for label, rows in found if compared(rows)]
    return f"Supported on the other endpoints: {'; '.join(said)}." if said else ""


def weighted(rows: Sequence[Verdict]) -> str:
    """Return where the weighted verdict and the strict one differ on an endpoint, or why there is no weighted one."""
    found = [(row, row.weighted) for row in rows if row.weighted is not None and row.weighted.why != Unweighted.NO_STRICT]
    judged = [(row, each) for row, each in found if each.why is None]
    if not judged:
        return _unweighted([each for _, each in found])
    apart = [(row, each) for row, each in judged if each.winner != (row.winner if row.finding == Finding.BETTER else "")]
    head = "The weighted verdict (the same rule, asked of the models together by their weights)"
    if not apart:
        return f"{head} says the same as the strict rule on {'every' if len(judged) > 1 else 'the'} pair that it judges."
    said = [
        f"{wording.quoted([each.winner])} better than {wording.quoted([_other(row, each.winner)])} ({chance(row, each.winner)})"
        if each.winner
        else f"{wording.quoted([row.winner])} not better than {wording.quoted([loser(row)])} ({chance(row, row.winner)})"
        for row, each in apart[:_MOST_NAMES]
    ]
    left = [wording.count(len(apart) - _MOST_NAMES, "more pair")] if len(apart) > _MOST_NAMES else []
    return (
        f"{head} differs from the strict rule on {wording.count(len(apart), 'pair')}: it calls {wording.listing([*said, *left])}."
    )


def _other(row: Verdict, arm: str) -> str:
    return row.against if arm == row.arm else row.arm


def _unweighted(found: Sequence[Weighted]) -> str:
    if not found:
        return ""
    without = list(dict.fromkeys(model for each in found for model in each.without))
    if without:
        has, fit = ("has", "its fit is not") if len(without) == 1 else ("have", "their fits are not")
        return f"No weighted verdict: {wording.listing(without)} {has} no weight, because {fit} among the shipped ones."
    return f"No weighted verdict: {found[0].why}."


def chance(row: Verdict, first: str) -> str:
    """Return the weighted probability that the arm `first` is better, and its range; empty where there is none."""
    found = row.weighted
    if found is None or wording.missing(found.probability):
        return ""
    numbers = (found.probability, found.low, found.high)
    middle, low, high = numbers if first == row.arm else (1.0 - found.probability, 1.0 - found.high, 1.0 - found.low)
    least, most = (percent(each, row.rule.probability) for each in (low, high))
    span = "" if least == most else f", {least} to {most}\u00a0% over the weights"
    return f"{percent(middle, row.rule.probability)}\u00a0%{span}"


def exploratory(models: Sequence[str]) -> str:
    """Return the caution that verdicts of exploratory models need; empty where there is none."""
    if not models:
        return ""
    what = "is an exploratory model: what rests on it" if len(models) == 1 else "are exploratory models: what rests on them"
    return f"{wording.listing(models)} {what} is a hypothesis, not a finding."


def summary(endpoint: ShownEndpoint, rows: Sequence[Verdict]) -> str:
    """Return the heading of the table of verdicts on one endpoint."""
    better = len(won(rows))
    total = f"{better} of {wording.count(len(rows), 'pair')} supported" if len(rows) != 1 else wording.supported(better, 1)
    return f"{endpoint.label} ({endpoint.better} is better): {total}"


def probabilities(row: Verdict, first: str) -> str:
    """Return the probability that the arm `first` is better, by model and weighted; where draws are tied, how often each is."""
    said = ", ".join(
        f"{view.model} {_probability(view.contrast if view.contrast.arm == first else turned(view.contrast), row.rule)}"
        for view in row.views
        if view.contrast is not None and not wording.missing(view.contrast.probability)
    )
    together = chance(row, first)
    return f"{said}; weighted {together}" if together else said


def before(row: Verdict, first: str) -> str:
    """Return the probability before any data that the arm `first` is better, by model; "–" where a model has none."""
    return ", ".join(
        f"{view.model} {_probability_before(view, first, row.rule)}"
        for view in row.views
        if view.contrast is not None and not wording.missing(view.contrast.probability)
    )


def _probability_before(view: View, first: str, by: Rule) -> str:
    contrast = None if view.before is None else view.before.contrast
    if contrast is None:
        return wording.MISSING
    return _probability(contrast if contrast.arm == first else turned(contrast), by)


def _probability(contrast: Contrast, by: Rule) -> str:
    if contrast.equal == 1:
        return "equal in every draw"
    said = f"{percent(contrast.probability, by.probability)}\u00a0%"
    if not contrast.equal:
        return said
    shares = (contrast.better, contrast.equal, contrast.worse)
    return said + " ({}\u00a0% better, {}\u00a0% equal, {}\u00a0% worse)".format(*map(wording.percent, shares))

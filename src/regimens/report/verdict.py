"""The verdict in plain words: which differences every model supports, which none or only some do, by which rule."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import NOT_SUPPORTED, SAME
from regimens.report import words
from regimens.report.cast import Cast
from regimens.report.measures import Measure, judged
from regimens.report.pairs import SUPPORTED, Judgement, Pairs, reaches

if TYPE_CHECKING:
    from regimens.study.comparison import Comparison

_MOST_NAMES, _MOST_WINNERS = 3, 4
_SIGNS = {SUPPORTED: "✓", NOT_SUPPORTED: "–", SAME: "="}
CONTRADICT, SOME, NONE = "contradict", "some", "none"
LACKING, EXACT, FEW, UNKNOWN, ALIKE = "lacking", "exact", "few", "unknown", "alike"
_SAID = {
    "no such endpoint": LACKING,
    "nothing is known of how uncertain": EXACT,
    "draws cannot tell": FEW,
    "the two schedules apart": ALIKE,
}
"""What the reasons of verdicts say, beside what the probabilities show, and what that comes to."""


@dataclass(frozen=True)
class Table:
    """The verdicts on one endpoint: rows of (judgement, its verdict in words, a sign beside it)."""

    label: str
    summary: str
    rows: tuple[tuple[Judgement, str, str], ...]
    open: bool


@dataclass(frozen=True)
class Verdict:
    """What the comparison supports: sentences on the leading endpoint, the rule, a table an endpoint."""

    found: str
    sentences: tuple[str, ...]
    rule: str
    tables: tuple[Table, ...]


def verdict(comparison: Comparison, cast: Cast) -> Verdict | None:
    """Return the verdict on the arms as written, None where there is one typical subject or no pair was judged.

    With one draw of the parameters there is nothing to judge by, save that arms give the same doses.
    """
    if cast.typical or not len(comparison.verdicts):
        return None
    measures, pairs = judged(comparison), Pairs(comparison)
    names = [look.name for look in cast.arms]
    if not measures:
        return Verdict("No endpoint says which way is better, so no arm is called better.", (), "", ())
    same = _same(pairs.among(measures[0].words, names))
    if cast.draws == 1:
        return Verdict(same[0], same[1:], "", ()) if same else None
    lead, rows = measures[0], pairs.among(measures[0].words, names)
    sure = comparison.scenario.rule.probability
    sentences = [_why_not(rows, pairs, lead), *same, _others(measures[1:], pairs, names), _exploratory(cast)]
    tables = tuple(table(measure, pairs.among(measure.words, names), measure is lead) for measure in measures)
    still = frozenset(look.name for look in cast.arms if not look.dosed)
    return Verdict(_supported(rows, lead, still), tuple(s for s in sentences if s), rule(sure, len(cast.models)), tables)


def _exploratory(cast: Cast) -> str:
    """Return the caution that verdicts of exploratory models need; empty where there is none."""
    names = [model for model in cast.models if model in cast.exploratory]
    if not names:
        return ""
    what = "is an exploratory model: what rests on it" if len(names) == 1 else "are exploratory models: what rests on them"
    return f"{words.listing(names)} {what} is a hypothesis, not a finding."


def rule(probability: float, models: int) -> str:
    """Return the rule by which an arm is called better."""
    share = words.exact_percent(probability)
    every = "every model gives" if models > 1 else "the model gives"
    return (
        f"The rule: one arm is called better than another only if {every} at least {share} probability to the same direction, "
        "over all draws of the parameters."
    )


def why(row: Judgement, pairs: Pairs, endpoint: str) -> str:
    """Return why a pair is not supported: what its reason says is missing, or what the probabilities of the models come to."""
    chances = list(pairs.probabilities(endpoint, row.arm, row.against).values())
    for said, kind in _SAID.items():
        if said in row.reason:
            return kind
    if len(chances) < len(pairs.models):
        return UNKNOWN
    up, down = (sum(reaches(p, pairs.rule) for p in side) for side in (chances, [1 - p for p in chances]))
    return CONTRADICT if up and down else SOME if up or down else NONE


def wins(rows: list[Judgement], still: frozenset[str] = frozenset(), most: int = _MOST_NAMES) -> str:
    """Return the supported pairs in words, by winner: '‘A’ over ‘B’ and ‘C’; ‘D’ over ‘C’'.

    Where all arms with doses win over all without (`still`), that is said once.
    """
    over_none = [row for row in rows if row.against in still or row.arm in still]
    always = bool(over_none) and all(row.winner and row.winner not in still for row in over_none if not _both(row, still))
    by_winner: dict[str, list[str]] = {}
    for row in rows:
        if row.winner and not (always and row.loser in still):
            by_winner.setdefault(row.winner, []).append(row.loser)
    ranked = sorted(by_winner.items(), key=lambda pair: -len(pair[1]))
    said = ["every schedule over no doses"] if always else []
    said += [f"{words.quoted([winner])} over {words.quoted(losers, most)}" for winner, losers in ranked[:_MOST_WINNERS]]
    left = sum(len(losers) for _, losers in ranked[_MOST_WINNERS:])
    return "; ".join([*said, *([f"and {words.count(left, 'more pair')}"] if left else [])])


def _both(row: Judgement, names: frozenset[str]) -> bool:
    return row.arm in names and row.against in names


def _supported(rows: list[Judgement], lead: Measure, still: frozenset[str]) -> str:
    won = [row for row in rows if row.winner]
    head = f"On {words.inside(lead.label)} ({lead.better} is better)"
    if not won:
        return f"{head}, no difference between two arms is supported." if rows else f"{head}, there is no pair of arms to judge."
    of_all = f"{words.count(len(won), '').strip()} of {words.count(len(rows), 'pair')}" if len(rows) > 1 else "the one pair"
    return f"{head}, {of_all} {'is' if len(won) == 1 else 'are'} supported: {wins(rows, still)}."


def _why_not(rows: list[Judgement], pairs: Pairs, lead: Measure) -> str:
    open_rows = [row for row in rows if row.kind == NOT_SUPPORTED]
    if not open_rows:
        return ""
    many = len(pairs.models) > 1
    kinds = [why(row, pairs, lead.words) for row in open_rows]
    counts = Counter(kinds)
    said = {
        CONTRADICT: "the models contradict each other",
        SOME: "some models are sure of a direction and others are not",
        NONE: "no model is sure of a direction" if many else "the model is not sure of a direction",
        LACKING: "not every model has the endpoint" if many else "the model does not have the endpoint",
        EXACT: f"nothing is known of how uncertain the parameters of {'some model' if many else 'the model'} are",
        FEW: f"there are too few parameter draws to tell {words.exact_percent(pairs.rule)}",
        ALIKE: f"{'no' if many else 'the'} model {'tells' if many else 'does not tell'} the two schedules apart",
        UNKNOWN: f"values to compare are missing{' under some model' if many else ''}",
    }
    head = f"Not supported: {words.count(len(open_rows), 'pair')}"
    if len(counts) == 1:
        parts = [f", because {said[kinds[0]]}"]
    else:
        parts = ["; " + "; ".join(f"in {words.count(counts[kind], '').strip()}, {said[kind]}" for kind in said if counts[kind])]
    split = [row for row, kind in zip(open_rows, kinds, strict=True) if kind == CONTRADICT]
    if 0 < len(split) <= 2:
        named = words.listing([f"{words.quoted([row.arm])} against {words.quoted([row.against])}" for row in split])
        parts.append(f" ({named})" if len(counts) == 1 else f". The models contradict each other on {named}")
    return head + "".join(parts) + "."


def _same(rows: list[Judgement]) -> tuple[str, ...]:
    groups: list[set[str]] = []
    order = list(dict.fromkeys(name for row in rows for name in (row.arm, row.against)))
    for row in (row for row in rows if row.kind == SAME):
        joined = {row.arm, row.against}.union(*(group for group in groups if group & {row.arm, row.against}))
        groups = [group for group in groups if not group & joined] + [joined]
    return tuple(
        f"{words.quoted([name for name in order if name in group], 4)} give the same doses: nothing can tell them apart."
        for group in groups
    )


def _others(measures: list[Measure], pairs: Pairs, names: list[str]) -> str:
    said = []
    for measure in measures:
        rows = pairs.among(measure.words, names)
        if rows:
            said.append(f"{sum(bool(row.winner) for row in rows)} of {len(rows)} on {words.inside(measure.label)}")
    return f"Supported on the other endpoints: {'; '.join(said)}." if said else ""


def table(measure: Measure, rows: list[Judgement], opened: bool) -> Table:
    """Return the verdicts on the pairs of one endpoint, standing open or not."""
    said = tuple((row, f"{row.winner} better" if row.winner else row.kind, _SIGNS[row.kind]) for row in rows)
    won = sum(bool(row.winner) for row in rows)
    summary = f"{measure.label} ({measure.better} is better): {won} of {words.count(len(rows), 'pair')} supported"
    return Table(measure.label, summary, said, opened)

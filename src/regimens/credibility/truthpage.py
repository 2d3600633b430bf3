"""The page docs/truths.md: verdicts on the equal-total pairs where another model is true, and votes before any data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from regimens import wording
from regimens.credibility.truths import OFTEN_WRONG, Truth, Vote

if TYPE_CHECKING:
    from regimens.contrasts.verdict import Rule

INTRODUCTION = """\
The arms, endpoints and rule are those of `scenarios/equal_total.yaml`. A verdict holds what its models say together, and nothing
about a world in which none of them is right. Here one model is left out and taken as true: every draw of its posterior is a
truth, and the verdicts of the other models are held against it. *Wrong* is the share of draws in which the arm that they call
better is worse; *small* the share in which it is not worse, but not better by the relevant difference of the rule either. The
first table has the rule with its relevant difference, and as it would be if any difference counted. Made by
`python scripts/run_truths.py`."""

VOTES_INTRODUCTION = """\
The probability that the first arm is better, under the prior of each model (no data) and under its posterior. A model that is as
sure before any data as after gives a *structural vote*: its equations and priors decide the order, and the data have not changed
it. The rule counts such a vote like any other."""


@dataclass(frozen=True)
class Account:
    """What the verdicts of the other models come to where `truth` is true, by a rule with this relevant `difference`.

    `supported` of `judged` verdicts call one arm better. `wrong` is the mean share of draws in which these are wrong, NaN where
    none is supported; `often` of them are wrong in more than half of the draws.
    """

    truth: str
    difference: float
    judged: int
    supported: int
    wrong: float
    often: tuple[Truth, ...]


def accounts(rows: Sequence[Truth]) -> tuple[Account, ...]:
    """Return the account of every rule and true model, in the order of the rows."""
    found = []
    for difference, truth in dict.fromkeys((row.difference, row.truth) for row in rows):
        own = [row for row in rows if (row.difference, row.truth) == (difference, truth)]
        supported = [row for row in own if row.winner]
        wrong = float(np.mean([row.wrong for row in supported])) if supported else float("nan")
        often = tuple(sorted((row for row in supported if row.wrong > OFTEN_WRONG), key=lambda row: -row.wrong))
        found.append(Account(truth, difference, len(own), len(supported), wrong, often))
    return tuple(found)


def structural(rows: Sequence[Vote], rule: Rule) -> dict[str, tuple[int, int]]:
    """Return for each model how many of its votes are structural, of all on which its posterior is sure."""
    found = {}
    for model in dict.fromkeys(row.model for row in rows):
        sure = [row for row in rows if row.model == model and row.sure(rule)]
        found[model] = (sum(row.structural(rule) for row in sure), len(sure))
    return found


def truths_page(truths: Sequence[Truth], votes: Sequence[Vote], rule: Rule) -> str:
    """Return docs/truths.md."""
    return "\n".join([*_truth_lines(truths), "", *_vote_lines(votes, rule)]) + "\n"


def _truth_lines(rows: Sequence[Truth]) -> Iterator[str]:
    yield from ("# Verdicts under another truth", "", INTRODUCTION, "")
    yield "| Difference | True model | Draws | Verdicts | Supported by the others | Wrong on average | Wrong in over half |"
    yield "|---|---|---|---|---|---|---|"
    for each in accounts(rows):
        draws = max(row.draws for row in rows if row.truth == each.truth)
        least, wrong = _least(each.difference), _percent(each.wrong)
        yield f"| {least} | {each.truth} | {draws} | {each.judged} | {each.supported} | {wrong} | {len(each.often)} |"
    for each in accounts(rows):
        yield from ("", f"## Where {each.truth} is true, relevant difference: {_least(each.difference)}", "")
        yield from ("| Endpoint | The others call better | than | Wrong | Small |", "|---|---|---|---|---|")
        own = [row for row in rows if (row.truth, row.difference) == (each.truth, each.difference) and row.winner]
        for row in sorted(own, key=lambda row: -row.wrong):
            behind = row.against if row.winner == row.arm else row.arm
            yield f"| {row.endpoint} | {row.winner} | {behind} | {_percent(row.wrong)} | {_percent(row.small)} |"


def _vote_lines(rows: Sequence[Vote], rule: Rule) -> Iterator[str]:
    yield from ("## Votes before any data", "", VOTES_INTRODUCTION, "")
    yield f"| Model | Sure of an order after the data ({wording.exact_percent(rule.probability)}) | As sure before them |"
    yield "|---|---|---|"
    for model, (structural_votes, sure) in structural(rows, rule).items():
        yield f"| {model} | {sure} | {structural_votes} |"
    models = tuple(dict.fromkeys(row.model for row in rows))
    cells = {(row.endpoint, row.arm, row.against, row.model): row for row in rows}
    yield from ("", f"| Endpoint | Arm | against | {' | '.join(models)} |", "|---|---|---|" + "---|" * len(models))
    for key in dict.fromkeys((row.endpoint, row.arm, row.against) for row in rows):
        said = " | ".join(_vote(cells.get((*key, model)), rule) for model in models)
        yield f"| {' | '.join(key)} | {said} |"
    yield from ("", "Each cell: prior → posterior; structural votes in bold.")


def _vote(row: Vote | None, rule: Rule) -> str:
    if row is None:
        return "not modelled"
    said = f"{row.prior:.2f} → {row.posterior:.2f}"
    return f"**{said}**" if row.structural(rule) else said


def _least(difference: float) -> str:
    return wording.exact_percent(difference) if difference else "any"


def _percent(share: float) -> str:
    return "–" if np.isnan(share) else f"{wording.percent(share)} %"

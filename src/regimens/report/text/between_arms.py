"""Sentences on arm against arm: differences from a reference, every pair, gain against cost, what decides a difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from regimens import wording
from regimens.contrasts.pairs import compared, loser
from regimens.contrasts.verdict import Finding, Verdict
from regimens.report.text.votes import BEFORE_PERCENT, before_head

if TYPE_CHECKING:
    from regimens.figures.shown import ShownEndpoint
    from regimens.figures.view import View

DIFFERENCE_HEADS = (
    "Endpoint",
    "Difference",
    wording.CONFIDENCE,
    "Ratio",
    wording.CONFIDENCE,
    f"One person, {wording.WITHIN} prediction",
    "Probability of better, %",
    BEFORE_PERCENT,
    "Better off, % of subjects",
)
PAIR = "Pair"
WEAK = 0.2
"""Correlation below which no parameter is said to stand out."""


def pair(arm: str, against: str) -> str:
    """Return the name of a pair."""
    return f"{arm} against {against}"


def differences_only(reference: str, draws: int) -> str:
    """Return what the differences show where no arm can be called better."""
    against = wording.quoted([reference])
    if draws == 1:
        return f"Differences from {against}, arm by arm; the parameters are taken as known."
    return f"Differences from {against}, arm by arm; of none of these endpoints is it said which way is better."


def against_reference(rows: Sequence[Verdict], lead: ShownEndpoint, reference: str) -> str:
    """Return which arms are better and which worse than the reference on the leading endpoint."""
    known = compared(rows)
    won = [row for row in known if row.finding == Finding.BETTER]
    better = [row.winner for row in won if row.winner != reference]
    worse = [loser(row) for row in won if row.winner == reference]
    never = [row for row in known if row.finding == Finding.NEVER_WORSE]
    left = len(known) - len(won) - len(never)
    parts = [
        f"{wording.quoted(better)} {'is' if len(better) == 1 else 'are'} better" if better else "",
        f"{wording.quoted(worse)} {'is' if len(worse) == 1 else 'are'} worse" if worse else "",
    ]
    said = " and ".join(part for part in parts if part) or "no arm is supported to be better or worse"
    said += "".join(f"; {wording.quoted([row.winner])} is never worse than {wording.quoted([loser(row)])}" for row in never)
    open_ = f"; for {wording.count(left, 'other arm')} no direction is supported" if left and (better or worse) else ""
    lacking = len(rows) - len(known)
    without = f"; {wording.count(lacking, 'other arm')} {'is' if lacking == 1 else 'are'} not modelled with it" if lacking else ""
    return f"Against {wording.quoted([reference])}, on {wording.inside(lead.label)}, {said}{open_}{without}."


def how_to_read_differences(reference: str) -> str:
    """Return how to read the differences."""
    return (
        f"Marks are differences from {wording.quoted([reference])}, right of the line where an arm has more; arrows point to "
        "what is better. Thin lines are one person’s own difference, and those that reach the edge run on beyond it."
    )


def differences_caption(reference: str) -> str:
    """Return the caption of the table of differences."""
    return f"Differences from {reference} and ratios to it"


def likeliest(endpoint: ShownEndpoint, view: View, best: Mapping[tuple[str, str, str], float]) -> str:
    """Return which arm is the likeliest to be best, under each model; arms that are equal have no first."""
    said: dict[tuple[str, ...], list[str]] = {}
    tied = True
    for model in view.models:
        known = {look.name: share for look in view.arms if (share := best.get((model, endpoint.words, look.name))) is not None}
        if known:
            top = tuple(name for name, share in known.items() if math.isclose(share, max(known.values()), abs_tol=1e-12))
            tied = tied and len(top) == len(known)
            said.setdefault(top, []).append(f"{wording.percent(known[top[0]])}\u00a0% under {model}")
    if not said:
        return f"How likely each arm is to be better than each other, on {wording.inside(endpoint.label)}."
    head = f"On {wording.inside(endpoint.label)}, "
    if tied:
        return f"{head}no arm is likelier than another to be best."
    if len(said) == 1:
        ((top, shares),) = said.items()
        every = " under every model" if len(view.models) > 1 else ""
        are = "is" if len(top) == 1 else "are equally"
        return f"{head}{wording.quoted(list(top))} {are} the likeliest to be best{every}: {wording.listing(shares)}."
    found = wording.listing([f"{wording.quoted(list(top))} ({wording.listing(shares)})" for top, shares in said.items()])
    if not all(view.modelled_everywhere(look.name) for look in view.arms):
        return f"{head}the likeliest to be best, of the arms that each model has inputs for: {found}."
    return f"{head}the models disagree about the arm that is likeliest to be best: {found}."


def how_to_read_pairs(probability: float, view: View, ties: bool) -> str:
    """Return how to read the grid; `probability` is that of the rule, `ties` whether any draw makes two arms equal."""
    said = "Each cell is the share of parameter draws, in percent, in which the arm of the row is better than that of the column"
    said += ", draws in which both are equal counted half" if ties else ""
    said += (
        f"; blue is for the row, orange for the column, and the strongest tints start at {wording.exact_percent(probability)}."
    )
    frame = f"A frame marks pairs that {'every model' if len(view.models) > 1 else 'the model'} supports."
    return " ".join(part for part in (said, precision(probability, view.draws), frame) if part)


def precision(probability: float, draws: int) -> str:
    """Return how exactly so many draws tell a probability near that of the rule: one standard error."""
    error = 100 * math.sqrt(probability * (1 - probability) / draws)
    if not error:
        return ""
    about = f"±{wording.number(error, 2)} percentage points (one standard error)"
    return f"With {draws} draws, a probability near {wording.exact_percent(probability)} is known to about {about}."


def pair_heads(model: str) -> tuple[str, str, str, str]:
    """Return the headings of the numbers of one model in the table of pairs."""
    return f"Better, %, {model}", before_head(model), f"Difference, {model}", f"Ratio, {model}"


def pairs_caption(endpoint: ShownEndpoint) -> str:
    """Return the caption of the table of pairs."""
    return (
        f"Every pair on {wording.inside(endpoint.label)}: probability that the first arm is better, difference and ratio with "
        f"{wording.WITHIN} confidence intervals"
    )


FRONT_HEADS = ("On the front", "Dominated, % of draws")
PLANE_CAPTION = "Gain and cost of every arm and variant; the front is that of its own variant"


def fronts(always: Sequence[str], beaten: Sequence[str], models: int, sure: float) -> str:
    """Return which arms are on the front under every model, and which are dominated there with the probability `sure`."""
    every = " under every model" if models > 1 else ""
    parts = [f"{wording.quoted(always, 4)}: no other arm has both more gain and less cost{every}" if always else
             f"No arm is on the front{every}"]  # fmt: skip
    if beaten:
        parts.append(f"{wording.quoted(beaten, 4)}: some other arm is as good on both and better on one in at least "
                     f"{wording.exact_percent(sure)} of the draws{every}")  # fmt: skip
    return wording.sentence("; ".join(parts))


def how_to_read_plane(bars: bool) -> str:
    """Return how to read gain against cost; `bars` says whether intervals are drawn."""
    parts = ["Filled marks lie on the front of the medians, the grey steps; open ones have an arm above and to the left"]
    if bars:
        parts.append(f"bars are {wording.WITHIN} confidence intervals both ways")
    return wording.sentence("; ".join(parts))


SENSITIVITY_HEADS = ("Over draws (number)", "Over subjects (number)")
PARAMETER_MODEL = "Parameter, model"


def minus(arm: str, against: str) -> str:
    """Return the name of a difference."""
    return f"{arm} minus {against}"


def strongest(found: Sequence[tuple[str, str, float]]) -> str:
    """Return which parameter decides a difference: (model, parameter, correlation) of the strongest one a model."""
    said: dict[str, list[str]] = {}
    for model, name, correlation in found:
        shown = name if abs(correlation) >= WEAK else ""
        said.setdefault(shown, []).append(f"{wording.fixed(correlation, 2)} under {model}")
    parts = []
    for name, models in said.items():
        how_much = wording.listing(models)
        weak = f"no parameter stands out ({how_much} at most)"
        parts.append(f"the strongest link is with {name} ({how_much})" if name else weak)
    return wording.sentence("; ".join(parts))


def how_to_read_correlations(over_draws: bool) -> str:
    """Return how to read the correlations, over parameter draws or over subjects."""
    whose = "parameter draws, which decide the verdict" if over_draws else "subjects, which decide who gains"
    return (
        f"Bars are rank correlations of the difference with each parameter, over {whose}. To the right: the higher the "
        "parameter, the larger the difference."
    )


def correlations_caption(label: str) -> str:
    """Return the caption of the table of correlations."""
    return f"Rank correlations of differences with parameters, {wording.inside(label)}"

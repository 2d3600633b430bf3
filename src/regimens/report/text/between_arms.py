"""Sentences on arm against arm: differences from a reference, every pair, gain against cost, what decides a difference."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from regimens.contrasts.verdict import Finding, Verdict
from regimens.report.pairs import compared, loser
from regimens.report.text import words

if TYPE_CHECKING:
    from regimens.contrasts.contrast import Contrast
    from regimens.report.layout import Layout
    from regimens.report.measures import Measure

DIFFERENCE_HEADS = (
    "Endpoint",
    "Difference",
    words.CONFIDENCE,
    "Ratio",
    words.CONFIDENCE,
    f"One person, {words.WITHIN} prediction",
    "Probability of better, %",
    "Better off, % of subjects",
)
PAIR = "Pair"
BETTER_CORNER = "better"
WEAK = 0.2
"""Correlation below which no parameter is said to stand out."""


def pair(arm: str, against: str) -> str:
    """Return the name of a pair."""
    return f"{arm} against {against}"


def nothing(layout: Layout, arm: str, against: str) -> str:
    """Return why an arm has no mark against another one."""
    known = any(layout.modelled(model, arm, against) for model in layout.models)
    return "nothing to compare" if known else words.NOT_MODELLED


def difference(model: str, measure: Measure, contrast: Contrast, sure: bool, spread: bool) -> str:
    """Return a difference under a model with its intervals, where it has them."""
    parts = [f"{model}: {measure.difference(contrast.difference)}"]
    if sure:
        interval = measure.between(contrast.difference_low, contrast.difference_high)
        parts.append(f"{words.WITHIN} confidence interval {interval}")
    if spread:
        parts.append(f"{words.WITHIN} prediction interval {measure.between(contrast.subject_low, contrast.subject_high)}")
    return "; ".join(parts)


def differences_only(reference: str, draws: int) -> str:
    """Return what the differences show where no arm can be called better."""
    against = words.quoted([reference])
    if draws == 1:
        return f"Differences from {against}, arm by arm; the parameters are taken as known."
    return f"Differences from {against}, arm by arm; of none of these endpoints is it said which way is better."


def against_reference(rows: Sequence[Verdict], lead: Measure, reference: str) -> str:
    """Return which arms are better and which worse than the reference on the leading endpoint."""
    known = compared(rows)
    won = [row for row in known if row.finding == Finding.BETTER]
    better = [row.winner for row in won if row.winner != reference]
    worse = [loser(row) for row in won if row.winner == reference]
    never = [row for row in known if row.finding == Finding.NEVER_WORSE]
    left = len(known) - len(won) - len(never)
    parts = [
        f"{words.quoted(better)} {'is' if len(better) == 1 else 'are'} better" if better else "",
        f"{words.quoted(worse)} {'is' if len(worse) == 1 else 'are'} worse" if worse else "",
    ]
    said = " and ".join(part for part in parts if part) or "no arm is supported to be better or worse"
    said += "".join(f"; {words.quoted([row.winner])} is never worse than {words.quoted([loser(row)])}" for row in never)
    open_ = f"; for {words.count(left, 'other arm')} no direction is supported" if left and (better or worse) else ""
    lacking = len(rows) - len(known)
    without = f"; {words.count(lacking, 'other arm')} {'is' if lacking == 1 else 'are'} not modelled with it" if lacking else ""
    return f"Against {words.quoted([reference])}, on {words.inside(lead.label)}, {said}{open_}{without}."


def how_to_read_differences(reference: str, draws: int, *, sure: bool, spread: bool, cut: bool, off: bool) -> str:
    """Return how to read the forest; the flags say what is drawn."""
    parts = [f"Marks are differences from {words.quoted([reference])}, right of the line where an arm has more"]
    if sure:
        parts.append(
            f"thick lines are {words.WITHIN} confidence intervals of the difference in the population, over {draws} parameter "
            "draws"
        )
    if spread:
        parts.append(f"thin lines are {words.WITHIN} prediction intervals of one person’s own difference")
    if cut:
        parts.append("an arrow marks an interval that runs on beyond the axis")
    if off:
        parts.append("a number at the edge is a difference beyond it")
    return words.sentence("; ".join(parts))


def differences_caption(reference: str) -> str:
    """Return the caption of the table of differences."""
    return f"Differences from {reference} and ratios to it"


def likeliest(measure: Measure, layout: Layout, best: Mapping[tuple[str, str, str], float]) -> str:
    """Return which arm is the likeliest to be best, under each model; arms that are equal have no first."""
    said: dict[tuple[str, ...], list[str]] = {}
    tied = True
    for model in layout.models:
        known = {look.name: share for look in layout.arms if (share := best.get((model, measure.words, look.name))) is not None}
        if known:
            top = tuple(name for name, share in known.items() if math.isclose(share, max(known.values()), abs_tol=1e-12))
            tied = tied and len(top) == len(known)
            said.setdefault(top, []).append(f"{words.percent(known[top[0]])}\u00a0% under {model}")
    if not said:
        return f"How likely each arm is to be better than each other, on {words.inside(measure.label)}."
    head = f"On {words.inside(measure.label)}, "
    if tied:
        return f"{head}no arm is likelier than another to be best."
    if len(said) == 1:
        ((top, shares),) = said.items()
        every = " under every model" if len(layout.models) > 1 else ""
        are = "is" if len(top) == 1 else "are equally"
        return f"{head}{words.quoted(list(top))} {are} the likeliest to be best{every}: {words.listing(shares)}."
    found = words.listing([f"{words.quoted(list(top))} ({words.listing(shares)})" for top, shares in said.items()])
    if not all(layout.modelled_everywhere(look.name) for look in layout.arms):
        return f"{head}the likeliest to be best, of the arms that each model has inputs for: {found}."
    return f"{head}the models disagree about the arm that is likeliest to be best: {found}."


def how_to_read_pairs(probability: float, layout: Layout, ties: bool) -> str:
    """Return how to read the grid; `probability` is that of the rule, `ties` whether any draw makes two arms equal."""
    said = "Each cell is the share of parameter draws, in percent, in which the arm of the row is better than that of the column"
    said += ", draws in which both are equal counted half" if ties else ""
    said += f"; the strongest tints start at {words.exact_percent(probability)}."
    frame = "A frame marks pairs that every model supports." if len(layout.models) > 1 else ""
    parts = (said, precision(probability, layout.draws), frame, "Arms are numbered as in the first column.")
    return " ".join(part for part in parts if part)


def precision(probability: float, draws: int) -> str:
    """Return how exactly so many draws tell a probability near that of the rule: one standard error."""
    error = 100 * math.sqrt(probability * (1 - probability) / draws)
    if not error:
        return ""
    about = f"±{words.number(error, 2)} percentage points (one standard error)"
    return f"With {draws} draws, a probability near {words.exact_percent(probability)} is known to about {about}."


def same(arm: str, against: str) -> str:
    """Return that two arms give the same doses."""
    return f"{arm} and {against} give the same doses"


def no_probability(layout: Layout, model: str, arm: str, against: str) -> str:
    """Return why a pair has no probability under a model."""
    known = layout.modelled(model, arm, against)
    return f"{pair(arm, against)}: {'no probability' if known else words.NOT_MODELLED} under {model}"


def probability(contrast: Contrast, chance: str, winner: str) -> str:
    """Return the probability of a pair under its model, `chance` in percent, and who wins under every model ("" for nobody)."""
    said = f"{contrast.arm} better than {contrast.against}: {chance}\u00a0% under {contrast.model}"
    said += f" (equal in {words.percent(contrast.equal)}\u00a0% of the draws)" if contrast.equal else ""
    return said + (f"; every model supports {winner}" if winner else "")


def pair_heads(model: str) -> tuple[str, str, str]:
    """Return the headings of the numbers of one model in the table of pairs."""
    return f"Better, %, {model}", f"Difference, {model}", f"Ratio, {model}"


def pairs_caption(measure: Measure) -> str:
    """Return the caption of the table of pairs."""
    return (
        f"Every pair on {words.inside(measure.label)}: probability that the first arm is better, difference and ratio with "
        f"{words.WITHIN} confidence intervals"
    )


FRONT_HEADS = ("On the front", "Dominated, % of draws")
PLANE_CAPTION = "Gain and cost of every arm and variant; the front is that of its own variant"


def plane(gain: Measure, cost: Measure, model: str, arms: Sequence[str]) -> str:
    """Describe the drawing of gain against cost under one model."""
    return f"{gain.label} against {cost.label} under {model}: {words.listing(list(arms))}."


def spot(arm: str, gain: tuple[Measure, float], cost: tuple[Measure, float]) -> str:
    """Return the gain and cost of one arm."""
    return f"{arm}: {gain[0].label} {words.number(gain[1])}, {cost[0].label} {words.number(cost[1])}"


def fronts(always: Sequence[str], beaten: Sequence[str], models: int, sure: float) -> str:
    """Return which arms are on the front under every model, and which are dominated there with the probability `sure`."""
    every = " under every model" if models > 1 else ""
    parts = [f"{words.quoted(always, 4)}: no other arm has both more gain and less cost{every}" if always else
             f"No arm is on the front{every}"]  # fmt: skip
    if beaten:
        parts.append(f"{words.quoted(beaten, 4)}: some other arm is as good on both and better on one in at least "
                     f"{words.exact_percent(sure)} of the draws{every}")  # fmt: skip
    return words.sentence("; ".join(parts))


def how_to_read_plane(bars: bool) -> str:
    """Return how to read gain against cost; `bars` says whether intervals are drawn."""
    parts = ["Filled marks lie on the front of the medians, the grey steps; hollow ones have an arm above and to the left"]
    if bars:
        parts.append(f"bars are {words.WITHIN} confidence intervals both ways")
    return words.sentence("; ".join(parts))


SENSITIVITY_HEADS = ("Difference", "Over draws (number)", "Over subjects (number)")
PARAMETER_MODEL = "Parameter, model"


def minus(arm: str, against: str) -> str:
    """Return the name of a difference."""
    return f"{arm} minus {against}"


def strongest(found: Sequence[tuple[str, str, float]]) -> str:
    """Return which parameter decides a difference: (model, parameter, correlation) of the strongest one a model."""
    said: dict[str, list[str]] = {}
    for model, name, correlation in found:
        shown = name if abs(correlation) >= WEAK else ""
        said.setdefault(shown, []).append(f"{words.fixed(correlation, 2)} under {model}")
    parts = []
    for name, models in said.items():
        how_much = words.listing(models)
        weak = f"no parameter stands out ({how_much} at most)"
        parts.append(f"the strongest link is with {name} ({how_much})" if name else weak)
    return words.sentence("; ".join(parts))


def how_to_read_correlations(arm: str, against: str, over_draws: bool) -> str:
    """Return how to read the correlations, over parameter draws or over subjects."""
    whose = "parameter draws, which decide the verdict" if over_draws else "subjects, which decide who gains"
    return (
        f"Rank correlations of the difference {words.quoted([arm])} minus {words.quoted([against])} with each parameter, over "
        f"{whose}. To the right: the higher the parameter, the larger the difference; to the left, the smaller."
    )


def correlations_caption(label: str) -> str:
    """Return the caption of the table of correlations."""
    return f"Rank correlations of differences with parameters, {words.inside(label)}"

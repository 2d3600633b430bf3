"""Sentences on arms made from arms, and on what a trial would see: equal totals, length of the rest, real life, visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from regimens.report.text import subjects, words
from regimens.scenario.values import EQUAL_TOTAL, REAL_LIFE, Noise

if TYPE_CHECKING:
    from regimens.report.layout import Layout
    from regimens.report.measures import Measure

HOW = {EQUAL_TOTAL: "at equal total", REAL_LIFE: "in real life"}
"""How a kind of variant is said in a sentence."""

CHANGES_CAPTION = "What brought every arm to the same total"
CHANGES_HEADS = ("What moved", "Factor", "Total as written", "Target", "Off by", "In words")


def before_and_after(arm: str, before: str, after: str) -> str:
    """Return both values of an arm; `after` is empty where nothing was changed."""
    return f"{arm}: {before} as written" + (f", {after} as changed" if after else "")


def before_and_after_heads(kind: str) -> tuple[str, ...]:
    """Return the headings of the table of values as written and as changed."""
    return "As written", words.CONFIDENCE, kind[:1].upper() + kind[1:], words.CONFIDENCE


def before_and_after_caption(measure: Measure, kind: str) -> str:
    """Return the caption of that table."""
    return f"{words.axis_title(measure.label, measure.unit)}, as written and {HOW[kind]}"


def move(first: Sequence[str], last: Sequence[str], arms: int) -> str:
    """Return who leads as written and as changed; nobody leads where all arms are alike."""
    if len(first) == len(last) == arms:
        return "is that of all arms alike"
    if first == last:
        return f"stays with {words.quoted(first)}"
    return f"moves from {words.quoted(first)} to {words.quoted(last)}"


def moves(said: Mapping[str, list[str]], lead: Measure, kind: str, layout: Layout) -> str:
    """Return which arm leads as written and as changed, from what is said to the models of which it is true."""
    if not said:
        return ""
    end = "highest" if lead.better == "higher" else "lowest"
    each = "; it ".join(f"{what}{_under(models, layout)}" for what, models in said.items())
    return f"{HOW[kind][:1].upper()}{HOW[kind][1:]}, the {end} median of {words.inside(lead.label)} {each}."


def _under(models: Sequence[str], layout: Layout) -> str:
    if len(layout.models) == 1:
        return ""
    return " under every model" if len(models) == len(layout.models) else f" under {words.listing(models)}"


def change(lever: str, before: str, after: str) -> str:
    """Return what was moved to reach the equal total."""
    return f"{lever}: {before} → {after}"


def supported_at(total: str, schedules: int, won: int, pairs: int, lead: Measure, found: str) -> str:
    """Return how many pairs of the changed schedules are supported at one total; `found` lists them."""
    said = words.supported(won, pairs, beneath=f" at {total} on {words.inside(lead.label)}")
    return f"Among the {words.count(schedules, 'schedule')} that were changed, {said}{f': {found}' if found else ''}."


FLAT = "flat part"
REST_MODEL = "Rest, model"


def rest_heads(measure: Measure) -> tuple[str, ...]:
    """Return the headings of the table of the lengths of the rest."""
    return words.axis_title(measure.label, measure.unit), words.CONFIDENCE, "Flat: as good as the best"


def by_rest(measure: Measure) -> str:
    """Return the caption of that table."""
    return f"{measure.label} by the length of the rest"


def rest_days(days: float) -> str:
    """Return the length of a rest."""
    return f"{words.exact(days)} days"


def rest_drawing(measure: Measure, arm: str, model: str) -> str:
    """Describe the drawing of an endpoint against the length of the rest."""
    return f"{measure.label} of {arm} by days of rest under {model}."


def rest_spot(days: float, value: str) -> str:
    """Return the value of one length of the rest."""
    return f"rest of {rest_days(days)}: {value}"


def best_rest(days: float | None, spans: Sequence[tuple[float, float]], better: str) -> str:
    """Return which length of the rest is best and which are as good; `days` is None where all lengths are alike."""
    end = "highest" if better == "higher" else "lowest"
    if days is None:
        return f"the {end} median is that of every length alike"
    texts = [words.exact(a) if a == b else f"{words.exact(a)} to {words.exact(b)}" for a, b in spans]
    alone = len(texts) == 1 and " " not in texts[0]
    flat = "" if alone or not texts else f"; {words.listing(texts)} days are as good, as far as can be told"
    return f"the {end} median is that of {rest_days(days)}{flat}"


def rests(said: Mapping[str, list[str]], models: int) -> str:
    """Return which rests are best under which of the models that have the endpoint."""
    every = "under every model" if models > 1 else "under the model"
    parts = [f"{every if len(own) == models else f'under {words.listing(own)}'}, {how}" for how, own in said.items()]
    return words.sentence("; ".join(parts))


DOSE_HEADS = ("Planned, MIU", "Given, MIU", f"{words.WITHIN} of subjects", "Doses missed, %", "Doses late, %",
              "Subjects who stopped, %")  # fmt: skip
DOSES_CAPTION = "IL-2 planned and given to each subject"
FLIP_HEADS = ("First better as written, %", "First better in real life, %", "Order turns round, % of draws")
REGRET_HEADS = ("Endpoint", "Best in real life", "Cost of the choice", words.CONFIDENCE)
REGRET_CAPTION = "What choosing the arm that is best as written costs in real life"
PAIR_MODEL, CHOSEN_MODEL = "Pair, model", "Chosen, model"
NOT_TURNED = "In no pair does the order turn round in 10\u00a0% of the draws or more."


def shares_given(shares: Mapping[str, float]) -> str:
    """Return which share of the planned IL-2 the median subject gets, from the least to the most."""
    if not shares:
        return "No arm plans IL-2."
    least, most = min(shares, key=lambda name: shares[name]), max(shares, key=lambda name: shares[name])
    low, high = (f"{words.percent(shares[name])}\u00a0%" for name in (least, most))
    if low == high:
        return f"The median subject gets {low} of the planned IL-2 in every arm."
    return f"The median subject gets {low} ({words.quoted([least])}) to {high} ({words.quoted([most])}) of the planned IL-2."


def turned(many: int, pairs: int, worst: tuple[str, str], share: float, model: str) -> str:
    """Return of how many pairs the order turns round often, and of which most often."""
    return (
        f"The order of {words.part_of(many, pairs, 'pair')} turns round in at least 10\u00a0% of the draws, most often that of "
        f"{words.quoted(worst)} ({words.percent(share)}\u00a0% under {model})."
    )


def turned_pair(arm: str, against: str, model: str) -> str:
    """Return the name of a pair under a model."""
    return f"{arm} against {against}, {model}"


def turned_caption(lead: Measure) -> str:
    """Return the caption of the table of orders."""
    return f"Orders of two arms, as written and in real life, {words.inside(lead.label)}"


def regret(model: str, chosen: str, best: str, lead: Measure, cost: tuple[float, float, float]) -> str:
    """Return what it costs in real life to choose the arm that is best as written: middle, low and high."""
    choice = f"Under {model}, {words.quoted([chosen])} is the best as written"
    if chosen == best:
        return f"{choice} and stays the best in real life: the choice on paper costs nothing."
    if cost[0] == 0:
        return f"{choice}, and in real life no arm is better: the choice on paper costs nothing."
    ends = lead.between(cost[1], cost[2])
    sure = f" ({words.WITHIN} confidence interval {ends})" if ends else ""
    return (
        f"{choice}, but in real life {words.quoted([best])} is better, by {lead.difference(cost[0])}{sure}: "
        "that is what the choice on paper costs."
    )


def observed(layout: Layout) -> str:
    """Return who is observed at the visits."""
    return f"Those observed are {subjects.curved(layout)}."


def visit_heads(name: str | None, time_h: float) -> tuple[str, str]:
    """Return the headings of one visit: true and observed values."""
    visit = f"day {words.days(time_h)}" if name is None else name
    return f"{visit}, true", f"{visit}, observed"


def visits_caption(title: str, layout: Layout) -> str:
    """Return the caption of the table of one observable at the visits."""
    return f"{title} at the visits: median and middle {words.WITHIN} of {subjects.curved(layout)}"


def widened(factor: float | None) -> str:
    """Return how much wider the spread between subjects looks than it is; None where there is none."""
    if factor is None:
        return "True and observed values at the visits."
    if factor < 1.02:
        return "Measuring hardly widens what is seen of the subjects at the visits."
    return f"Measuring makes the spread between subjects at the visits look {words.number(factor)} times as wide as it is."


def noise(found: Noise | None) -> str:
    """Return what noise was added, and what it is no part of."""
    parts = () if found is None else ((found.day_to_day, "from day to day within a person"), (found.residual, "of the assay"))
    said = [f"{words.exact(round(100 * cv, 6))}\u00a0% {what}" for cv, what in parts if cv]
    added = f" ({words.listing(said)})" if said else ""
    return f"Noise{added} is added to these observations alone: it is no part of the curves, the endpoints or the verdict."


def both(kind: str, layout: Layout, total: str = "") -> tuple[str, str]:
    """Return what a figure of both values shows and how to read it; `total` is that of arms at an equal one."""
    lines = f"Lines are {words.WITHIN} confidence intervals." if layout.draws > 1 else ""
    if kind == EQUAL_TOTAL:
        alone = f"Arms without a second mark have that total as written. {lines}".strip()
        return f"Each schedule as written, and brought to {total}.", alone
    return "Each schedule as written, and as it goes in real life.", lines


def how_to_read_rests() -> str:
    """Return how to read the response to the length of the rest."""
    return (
        f"Dots are medians, the band the {words.WITHIN} confidence interval; the shaded, flat part holds the days that the best "
        "one is not supported to beat, or beats by less than 2 %."
    )


def how_to_read_given(layout: Layout) -> str:
    """Return how to read the doses planned and given."""
    of_draw = " of the first parameter draw" if layout.draws > 1 else ""
    return f"Outlines are the plan, bars what the median subject gets, lines the middle {words.WITHIN} of subjects{of_draw}."

"""Sentences on arms made from arms, and on what a trial would see: equal totals, length of the rest, real life, visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from regimens import wording
from regimens.figures import titles
from regimens.report.text import subjects
from regimens.scenario.values import EQUAL_TOTAL, Noise

if TYPE_CHECKING:
    from regimens.figures.shown import ShownEndpoint
    from regimens.figures.view import View

CHANGES_CAPTION = "What brought every arm to the same total"
CHANGES_HEADS = ("What moved", "Factor", "Total as written", "Target", "Off by")


def before_and_after_heads(kind: str) -> tuple[str, ...]:
    """Return the headings of the table of values as written and as changed."""
    return "As written", wording.CONFIDENCE, kind[:1].upper() + kind[1:], wording.CONFIDENCE


def before_and_after_caption(endpoint: ShownEndpoint, kind: str) -> str:
    """Return the caption of that table."""
    return f"{wording.axis_title(endpoint.label, endpoint.unit)}, as written and {titles.CHANGED[kind]}"


def move(first: Sequence[str], last: Sequence[str], arms: int) -> str:
    """Return who leads as written and as changed; nobody leads where all arms are alike."""
    if len(first) == len(last) == arms:
        return "is that of all arms alike"
    if first == last:
        return f"stays with {wording.quoted(first)}"
    return f"moves from {wording.quoted(first)} to {wording.quoted(last)}"


def moves(said: Mapping[str, list[str]], lead: ShownEndpoint, kind: str, view: View) -> str:
    """Return which arm leads as written and as changed, from what is said to the models of which it is true."""
    if not said:
        return ""
    end = "highest" if lead.better == "higher" else "lowest"
    each = "; it ".join(f"{what}{_under(models, view)}" for what, models in said.items())
    return wording.sentence(f"{titles.CHANGED[kind]}, the {end} median of {wording.inside(lead.label)} {each}")


def _under(models: Sequence[str], view: View) -> str:
    if len(view.models) == 1:
        return ""
    return " under every model" if len(models) == len(view.models) else f" under {wording.listing(models)}"


def change(lever: str, before: str, after: str) -> str:
    """Return what was moved to reach the equal total."""
    return f"{lever}: {before} → {after}"


def supported_at(total: str, schedules: int, won: int, pairs: int, lead: ShownEndpoint, found: str) -> str:
    """Return how many pairs of the changed schedules are supported at one total; `found` lists them."""
    said = wording.supported(won, pairs, beneath=f" at {total} on {wording.inside(lead.label)}")
    return f"Among the {wording.count(schedules, 'schedule')} that were changed, {said}{f': {found}' if found else ''}."


REST_MODEL = "Rest, model"


def rest_heads(endpoint: ShownEndpoint) -> tuple[str, ...]:
    """Return the headings of the table of the lengths of the rest."""
    return wording.axis_title(endpoint.label, endpoint.unit), wording.CONFIDENCE, "Flat: as good as the best"


def by_rest(endpoint: ShownEndpoint) -> str:
    """Return the caption of that table."""
    return f"{endpoint.label} by the length of the rest"


def rest_days(days: float) -> str:
    """Return the length of a rest."""
    return f"{wording.exact(days)} days"


def best_rest(days: float | None, spans: Sequence[tuple[float, float]], better: str) -> str:
    """Return which length of the rest is best and which are as good; `days` is None where all lengths are alike."""
    end = "highest" if better == "higher" else "lowest"
    if days is None:
        return f"the {end} median is that of every length alike"
    texts = [wording.exact(a) if a == b else f"{wording.exact(a)} to {wording.exact(b)}" for a, b in spans]
    alone = len(texts) == 1 and " " not in texts[0]
    flat = "" if alone or not texts else f"; {wording.listing(texts)} days are as good, as far as can be told"
    return f"the {end} median is that of {rest_days(days)}{flat}"


def rests(said: Mapping[str, list[str]], models: int) -> str:
    """Return which rests are best under which of the models that have the endpoint."""
    every = "under every model" if models > 1 else "under the model"
    parts = [f"{every if len(own) == models else f'under {wording.listing(own)}'}, {how}" for how, own in said.items()]
    return wording.sentence("; ".join(parts))


DOSE_HEADS = ("Planned, MIU", "Given, MIU", f"{wording.WITHIN} of subjects", "Doses missed, %", "Doses late, %",
              "Subjects who stopped, %")  # fmt: skip
DOSES_CAPTION = "IL-2 planned and given to each subject"
FLIP_HEADS = ("First better as written, %", "First better in real life, %", "Order turns round, % of draws")
REGRET_HEADS = ("Endpoint", "Best in real life", "Cost of the choice", wording.CONFIDENCE)
ORDERS, COST_OF_CHOICE = "Orders that turn round", "What a choice on paper costs"
REGRET_CAPTION = "What choosing the arm that is best as written costs in real life"
PAIR_MODEL, CHOSEN_MODEL = "Pair, model", "Chosen, model"
NOT_TURNED = "In no pair does the order turn round in 10\u00a0% of the draws or more."


def shares_given(shares: Mapping[str, float]) -> str:
    """Return which share of the planned IL-2 the median subject gets, from the least to the most."""
    if not shares:
        return "No arm plans IL-2."
    least, most = min(shares, key=lambda name: shares[name]), max(shares, key=lambda name: shares[name])
    low, high = (f"{wording.percent(shares[name])}\u00a0%" for name in (least, most))
    if low == high:
        return f"The median subject gets {low} of the planned IL-2 in every arm."
    return f"The median subject gets {low} ({wording.quoted([least])}) to {high} ({wording.quoted([most])}) of the planned IL-2."


def turned(many: int, pairs: int, worst: tuple[str, str], share: float, model: str) -> str:
    """Return of how many pairs the order turns round often, and of which most often."""
    return (
        f"The order of {wording.part_of(many, pairs, 'pair')} turns round in at least 10\u00a0% of the draws, most often that of "
        f"{wording.quoted(worst)} ({wording.percent(share)}\u00a0% under {model})."
    )


def turned_pair(arm: str, against: str, model: str) -> str:
    """Return the name of a pair under a model."""
    return f"{arm} against {against}, {model}"


def turned_caption(lead: ShownEndpoint) -> str:
    """Return the caption of the table of orders."""
    return f"Orders of two arms, as written and in real life, {wording.inside(lead.label)}"


def regret(model: str, chosen: str, best: str, lead: ShownEndpoint, cost: tuple[float, float, float]) -> str:
    """Return what it costs in real life to choose the arm that is best as written: middle, low and high."""
    choice = f"Under {model}, {wording.quoted([chosen])} is the best as written"
    if chosen == best:
        return f"{choice} and stays the best in real life: the choice on paper costs nothing."
    if cost[0] == 0:
        return f"{choice}, and in real life no arm is better: the choice on paper costs nothing."
    ends = lead.between(cost[1], cost[2])
    sure = f" ({wording.WITHIN} confidence interval {ends})" if ends else ""
    return (
        f"{choice}, but in real life {wording.quoted([best])} is better, by {lead.difference(cost[0])}{sure}: "
        "that is what the choice on paper costs."
    )


def observed(view: View) -> str:
    """Return who is observed at the visits."""
    return f"Those observed are {subjects.curved(view)}."


def visit_heads(name: str | None, time_h: float) -> tuple[str, str]:
    """Return the headings of one visit: true and observed values."""
    visit = f"day {wording.days(time_h)}" if name is None else name
    return f"{visit}, true", f"{visit}, observed"


def visits_caption(title: str, view: View) -> str:
    """Return the caption of the table of one observable at the visits."""
    return f"{title} at the visits: median and middle {wording.WITHIN} of {subjects.curved(view)}"


def widened(factor: float | None) -> str:
    """Return how much wider the spread between subjects looks than it is; None where there is none."""
    if factor is None:
        return "True and observed values at the visits."
    if factor < 1.02:
        return "Measuring hardly widens what is seen of the subjects at the visits."
    return f"Measuring makes the spread between subjects at the visits look {wording.number(factor)} times as wide as it is."


def noise(found: Noise | None) -> str:
    """Return what noise was added, and what it is no part of."""
    parts = () if found is None else ((found.day_to_day, "from day to day within a person"), (found.residual, "of the assay"))
    said = [f"{wording.exact(round(100 * cv, 6))}\u00a0% {what}" for cv, what in parts if cv]
    added = f" ({wording.listing(said)})" if said else ""
    return f"Noise{added} is added to these observations alone: it is no part of the curves, the endpoints or the verdict."


def both(kind: str, total: str = "") -> str:
    """Return what a figure of both values shows; `total` is that of arms at an equal one."""
    if kind == EQUAL_TOTAL:
        return f"Each schedule as written, and brought to {total}; arms without a second mark have that total as written."
    return "Each schedule as written, and as it goes in real life."


def how_to_read_rests() -> str:
    """Return how to read the response to the length of the rest."""
    return (
        f"Lines are medians, the band the {wording.WITHIN} confidence interval; the shaded, flat part holds the days that the "
        "best one is not supported to beat, or beats by less than 2 %."
    )


def how_to_read_given(view: View) -> str:
    """Return how to read the doses planned and given."""
    of_draw = " of the first parameter draw" if view.draws > 1 else ""
    return f"Outlines are the plan, bars what the median subject gets, lines the middle {wording.WITHIN} of subjects{of_draw}."

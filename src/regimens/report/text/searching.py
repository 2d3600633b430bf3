"""The sentences of a search: what was looked at, which schedules answer the question, and what the answer does not say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from regimens import wording
from regimens.contrasts.verdict import fewest_draws
from regimens.scenario.search import OF_SUBJECTS, Kind
from regimens.search.answer import simplest_of
from regimens.search.confirm import at_steady_state
from regimens.search.edges import Edge, edges_of

if TYPE_CHECKING:
    from regimens.search.found import Found

_AT_LIMITS = {Edge.TOTAL, Edge.DOSES}
NO_EDGE = "The best schedule lies inside the space, at no edge of it."
UNTOLD = "The rule of verdicts tells no schedule from another here, so it is not known which schedules are as good as the best."
ONE_MODEL = (
    "One model ranks the schedules: nothing can be said about what other models would prefer, and every judge but cvar is the "
    "same as the mean."
)


HEADS = ("Place", "MIU", "Doses", "Visits", "Aim, lowest to highest model", "Flat", "On front")
TAKE_ROW, COPY_ROW, COPIED, NOT_COPIED = "Schedule", "Copy as scenario", "Copied.", "It could not be copied."
FRONT_READING = (
    "A mark is a confirmed schedule: point at it and it says its words. Blue ones cannot be told from the best of "
    "their panel, the "
    "dotted line is the front: no schedule has a better aim at a total as low. Over models, only a verdict under all "
    "of them tells two schedules apart."
)
MAP_READING = (
    "A cell is the best schedule with this amount and interval, whatever its doses, cycles and rests, of the screen on typical "
    "subjects; darker is better. A frame holds a confirmed schedule that cannot be told from the best of the model. "
    "Cells without a colour hold no schedule within the limits."
)

TAKE = (
    "answer.yaml beside this page is a scenario of the best schedules over models and of each model, and of the "
    "simplest that cannot "
    "be told from the best: `regimens compare answer.yaml` shows their curves. Any other schedule can be copied here as a "
    "scenario of its own, with the arms of this one beside it."
)
HOW = (
    "Every schedule is screened on typical subjects (typical values of each parameter draw), which only ranks. The "
    "best of it are "
    "simulated on the whole population; a flat schedule is one that no verdict tells from the best. Schedules that the "
    "screen left out are not among them. A regret is held against the best confirmed schedule."
)


def front(found: Found) -> str:
    """Return how many schedules are on the front over models, and the ends of their totals."""
    answer = found.answer
    totals = answer.total_iu[answer.front] / 1e6
    if len(totals) < 2:
        return "One schedule is on the front: no other has a better score or a lower total."
    return (
        f"{len(totals)} of {len(answer.order)} schedules are on the front over models, from "
        f"{wording.exact(float(totals.min()))} to {wording.exact(float(totals.max()))} MIU."
    )


def table_caption(found: Found, most: int) -> str:
    """Return the caption of the table of schedules."""
    count = len(found.schedules) - sum(row.reference for row in found.schedules)
    said = "Schedules that cannot be told from the best first, each by its score"
    return f"{said}; {most} of {count}, the others in schedules.csv" if count > most else said


def opening(found: Found) -> str:
    """Return what was looked at, in one sentence."""
    space, models = found.search.space, wording.count(len(found.models), "model")
    looked_at = f"{len(found.candidates):,} of them, a sample," if found.sampled else "all"
    size = wording.count(found.size, "schedule") if found.size < 1000 else f"{found.size:,} schedules"
    return (
        f"{size} of IL-2 within the limits on totals and doses, of {space.written:,} "
        f"combinations ({len(space.amounts)} amounts x {space.timings_words}; {len(space.timings):,} different "
        f"timings fit into {space.within}): {looked_at} screened on typical subjects under {models}, "
        f"{len(found.answer.order)} of them found within all limits on {_people(found)}."
    )


def _people(found: Found) -> str:
    cohort = found.study.cohort
    if cohort.typical:
        return "the typical subject"
    return f"{wording.count(cohort.subjects, 'subject')} in {wording.count(cohort.draws, 'parameter draw')}"


def reduced(found: Found) -> str:
    """Return that a run has fewer subjects or draws than its scenario asks for, and how many; empty where it has all."""
    said = [f"{done} of {asked} {name}" for name, (asked, done) in found.provenance.reduced.items()]
    return f"A look at reduced size: {wording.listing(said)}. Run it in full before you conclude anything." if said else ""


def judged(found: Found) -> str:
    """Return what is best and how that is judged."""
    aim, judge = found.search.aim_label, found.search.judge
    how = {
        Kind.MEAN: "the mean over models and draws",
        Kind.WORST: "the mean over draws under the model that is worst for the schedule",
        Kind.CVAR: f"the mean of the worst {100 * judge.tail:g} % of the draws of all models",
        Kind.REGRET: "the largest regret under any model: how far the mean over draws falls short of the model's best schedule",
    }[judge.kind]
    return f"The aim is the {aim}, judged by {how}."


def best(found: Found) -> str:
    """Return the best schedule, its score and, where there are fresh draws, its score there."""
    answer, place = found.answer, found.answer.best
    row = found.schedules[0]
    said = (
        f"Best: {found.confirmed.names[place]} ({wording.exact(row.total_miu)} MIU in {wording.count(row.doses, 'dose')} on "
        f"{wording.count(row.visits, 'day')})"
    )
    said += f", with {_score(found, row.score)}." if found.search.judge.kind is not Kind.REGRET else "."
    if found.search.judge.kind is Kind.REGRET:
        worst = int(np.nanargmax(answer.regret[:, place]))
        said += f" Its largest regret is {of_aim(found, answer.regret[worst, place])}, under {found.models[worst].name}."
    if found.fresh is not None and not wording.missing(row.score_fresh):
        among = ", among the winners" if found.search.judge.kind is Kind.REGRET else ""
        said += (
            f" On {found.fresh_draws} fresh draws with other subjects it has {_score(found, row.score_fresh)}{among}: the first "
            "estimate of a winner is flattered by the choice."
        )
    return said


def _score(found: Found, score: float) -> str:
    if found.search.judge.kind is Kind.REGRET:
        return f"a largest regret of {of_aim(found, -score)}"
    sign, aim = 1.0 if found.search.highest else -1.0, found.search.aim
    return f"{wording.inside(aim.label) or aim.words} {of_aim(found, sign * score)}"


def unit_of_aim(found: Found) -> str:
    """Return the unit of the aim and of regrets as set in print; empty for a plain number."""
    aim = found.search.aim
    return wording.unit(aim.unit(found.models[0].unit_of(aim.observable) or "1"))


def of_aim(found: Found, value: float) -> str:
    """Write a value of the aim, or a difference of two, with its unit."""
    return f"{wording.number(value)} {unit_of_aim(found)}".rstrip()


def under_each(found: Found) -> Iterator[str]:
    """Yield, for each model, its own best schedule, what the choice gives up there, and how many schedules are flat."""
    answer, count = found.answer, len(found.answer.order)
    for row, model in enumerate(found.models):
        place = answer.best_of[row]
        said = f"{model.name}: "
        if place == answer.best:
            said += f"the same schedule is best, with {of_aim(found, answer.aim[row, place])}"
        else:
            said += (
                f"best is {found.confirmed.names[place]} with {of_aim(found, answer.aim[row, place])}; the choice has "
                f"{of_aim(found, answer.aim[row, answer.best])}, a regret of {of_aim(found, answer.regret[row, answer.best])}"
            )
        flat = int(np.count_nonzero(answer.flat_under[row]))
        ahead = int(np.count_nonzero(answer.first[row] > 0))
        said += f". {flat - 1} of {count - 1} others cannot be told from its best" if found.tells_apart else ""
        some = f"{wording.count(ahead, 'schedule')} {'is' if ahead == 1 else 'are'} the best in some draw"
        said += f"{'; ' if found.tells_apart else '. '}{some}." if ahead else "."
        yield said


def flat(found: Found) -> str:
    """Return how many schedules no verdict tells from the best, and what the simplest of them gives up."""
    if not found.tells_apart:
        return UNTOLD
    answer, rule = found.answer, found.scenario.rule
    count, simplest = int(np.count_nonzero(answer.flat)), answer.simplest
    if count == 1:
        return f"Every other schedule is worse under every model by the rule of verdicts (probability {rule.probability:g})."
    said = (
        f"{count - 1} of {len(answer.order) - 1} other schedules cannot be told from it: not every model gives the best "
        f"a probability of {rule.probability:g} against them."
    )
    if simplest == answer.best:
        return f"{said} None of these is simpler than the best."
    one = found.candidate(simplest)
    assert one is not None
    said += (
        f" The simplest of these is {found.confirmed.names[simplest]} ({wording.exact(answer.total_iu[simplest] / 1e6)} MIU on "
        f"{wording.count(one.timing.days_on, 'day')}). Against the best it gives up {_lost(found, simplest)}."
    )
    everywhere = np.flatnonzero(answer.flat_under.all(axis=0))
    others = [int(place) for place in everywhere if place != answer.best]
    if len(found.models) == 1:
        return said
    if not others:
        return f"{said} None of them is flat under every model against the model's own best."
    plain = simplest_of(found.confirmed, found.candidates, np.array(others))
    return (
        f"{said} Of all, {len(others)} {'is' if len(others) == 1 else 'are'} flat under every model against the model's "
        f"own best; the simplest is {found.confirmed.names[plain]}, which gives up {_lost(found, plain)}."
    )


def _lost(found: Found, place: int) -> str:
    """Return how much less of the aim a schedule has than the best under each model."""
    lost = [f"{of_aim(found, _worse(found, row, place))} under {model.name}" for row, model in enumerate(found.models)]
    return wording.listing(lost)


def _worse(found: Found, row: int, place: int) -> float:
    sign = 1.0 if found.search.highest else -1.0
    return float(sign * (found.answer.aim[row, found.answer.best] - found.answer.aim[row, place]))


def edges(found: Found) -> str:
    """Return at which edges of the space, and at which limits, the best schedule lies."""
    one = found.candidate(found.answer.best)
    assert one is not None
    there = edges_of(found.search.space, found.search.limits, one, found.scenario.subject)
    outside, limits = [e for e in there if e not in _AT_LIMITS], [e for e in there if e in _AT_LIMITS]
    said = []
    if outside:
        several = "edges" if len(outside) > 1 else "an edge"
        said.append(
            f"The best schedule lies at {several} of the space ({', '.join(outside)}): a wider space may hold a better one."
        )
    if limits:
        said.append(f"It is at the {wording.listing(limits)}.")
    return " ".join(said) or NO_EDGE


def certainty(found: Found) -> Iterator[str]:
    """Yield that a space was sampled, what limits mean, and what cannot be said with so few models and draws."""
    if found.sampled:
        yield (
            f"The space was sampled: {len(found.candidates):,} of its {found.size:,} schedules were looked at. A search like "
            "this finds good schedules and does not prove that there is no better one."
        )
    for limit in found.search.endpoint_limits:
        share = f"{100 * limit.share:g} % of the subjects" + (
            " (where a limit names no share)" if limit.share == OF_SUBJECTS else ""
        )
        yield f"'{limit.words}' must hold in {share}, in at least half of the draws of every model that has the endpoint."
    out = [model.name for model in found.study.models if model not in found.models]
    if out:
        yield f"Not ranked by {wording.listing(out)}: no input for IL-2 by this route, or no such endpoint."
    if started := [f"'{arm.name}'" for arm in at_steady_state(found.scenario)]:
        starts = "starts" if len(started) == 1 else "start"
        yield (
            f"{wording.listing(started)} {starts} at steady state and the schedules without earlier doses: "
            f"{'it is' if len(started) == 1 else 'they are'} left out of the comparison."
        )
    if len(found.models) == 1:
        yield ONE_MODEL
    for model in found.models:
        if found.study.cohort.draws > 1 and not model.uncertain:
            yield f"The uncertainty of the parameters of {model.name} is not known, so no verdict tells two schedules apart."
    draws, needed = found.study.cohort.draws, fewest_draws(found.scenario.rule.probability)
    if draws == 1:
        yield "The parameters are taken as known (one draw): no schedule can be told from another, so all are flat."
    elif draws < needed:
        yield f"{draws} draws are too few for the rule of verdicts, which needs {needed}: no schedule is told from another."
    elif found.fresh is None:
        yield "No parameter draws are left for a second estimate: the first one of a winner is flattered by the choice."
    if found.screened.failed or found.confirmed.failed:
        yield (
            f"{found.screened.failed} simulations of the screen and {found.confirmed.failed} of the population stopped "
            "early; their values are missing."
        )


def answer(found: Found) -> list[str]:
    """Return the answer as sentences, in order."""
    return [best(found), edges(found), flat(found), *under_each(found), *certainty(found)]

"""What a search found: every confirmed schedule with its aim, regret and verdict, and which of them answer the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from regimens.contrasts.contrast import contrasts, paired, shares
from regimens.contrasts.ranking import winners
from regimens.contrasts.verdict import Verdict, fewest_draws, reaches, verdicts
from regimens.errors import RegimensError
from regimens.exposure import exposure_of
from regimens.regimen.quantities import Duration
from regimens.scenario.search import AT_MOST, EndpointLimit, ExactLimit, Kind, Search
from regimens.search.judging import front, mean_over_draws, ranking, regrets, scores, tail_mean
from regimens.search.screen import ENOUGH, held_of, within_limits
from regimens.statistics import Floats, over_draws, over_subjects
from regimens.tables import column, table_of

if TYPE_CHECKING:
    from regimens.contrasts.outcomes import Outcomes
    from regimens.contrasts.verdict import Rule
    from regimens.regimen.parts import Weekly
    from regimens.regimen.space import Candidate, SearchSpace
    from regimens.search.confirm import Confirmed
    from regimens.study.study import StudyModel
    from regimens.subject import Subject


class Edge(StrEnum):
    """Where in the space a schedule lies at an edge: there may be a better one outside."""

    LOWEST_AMOUNT = "lowest amount"
    HIGHEST_AMOUNT = "highest amount"
    SHORTEST_INTERVAL = "shortest interval"
    LONGEST_INTERVAL = "longest interval"
    FEWEST_DOSES = "fewest doses"
    MOST_DOSES = "most doses"
    MOST_CYCLES = "most cycles"
    SHORTEST_REST = "shortest rest"
    LONGEST_REST = "longest rest"
    TIME = "longest time"
    TOTAL = "limit on the total"
    DOSES = "limit on the doses"


@dataclass(frozen=True)
class Schedule:
    """One confirmed schedule, or a reference arm; numbers that it has not are missing."""

    schedule: str = column("the schedule as protocol text, or the name of an arm of the scenario")
    reference: bool = column("whether it is an arm of the scenario, held against the schedules found")
    rank: int | None = column("place by the score, from 1; blank for references and schedules beyond a limit")
    total_miu: float = column("total of the whole schedule at the scenario's subject", "MIU")
    doses: int = column("number of doses")
    visits: int = column("days with a dose")
    span_days: float = column("first dose to one interval after the last", "days")
    cycles: int = column("number of cycles")
    score: float = column(
        "what schedules are ranked by, higher is better (`judged by`; a regret has a minus sign)", "unit of the aim"
    )
    score_fresh: float = column("the same on fresh draws and subjects, among the winners; blank for others", "unit of the aim")
    largest_regret: float = column("largest regret under any model", "unit of the aim")
    cost: float = column(
        "cost endpoint: mean over models and draws of the population statistic; blank without one", "unit of the cost"
    )
    within_limits: bool = column("whether all limits hold")
    flat: bool = column("whether no verdict tells it from the best")
    front: bool = column("whether no schedule has a better score at a total as low")
    cost_front: bool = column("whether no schedule has a better score at a cost as low")
    edge: str = column("where it lies at an edge of the space, or at a limit")


@dataclass(frozen=True)
class UnderModel:
    """One confirmed schedule under one model."""

    schedule: str = column("the schedule as protocol text, or the name of an arm of the scenario")
    model: str = column("model")
    aim: float = column("mean over draws of the population statistic of the aim", "unit")
    low: float = column("lower end of the 90 % confidence interval of the aim", "unit")
    high: float = column("upper end of it", "unit")
    unit: str = column("unit of the aim")
    fresh: float = column("the aim on fresh draws and subjects; blank for schedules that were not confirmed again", "unit")
    regret: float = column("how far the aim falls short of the model's best schedule", "unit")
    first: float = column("share of draws in which it has the best aim of all confirmed, ties split", "1")
    best_beats: float = column("share of draws that differ in which the model's best schedule has the better aim", "1")
    flat: bool = column("whether the model's best schedule cannot be told from it by the rule of verdicts")
    front: bool = column("whether no schedule has a better aim under the model at a total as low")


@dataclass(frozen=True)
class LimitHeld:
    """How often a confirmed schedule meets a limit on an endpoint under a model."""

    schedule: str = column("the schedule as protocol text, or the name of an arm of the scenario")
    model: str = column("model")
    limit: str = column("limit, in the words of the scenario")
    share: float = column("share of draws in which enough subjects meet it; half is needed", "1")


SCHEDULES = table_of("schedules", "confirmed schedule, and arm of the scenario", Schedule)
UNDER_MODELS = table_of("under_models", "schedule and model", UnderModel)
LIMITS = table_of("limits", "schedule, model and limit on an endpoint", LimitHeld)


@dataclass(frozen=True, eq=False)
class Answer:
    """The answer among confirmed schedules. Arrays are by schedule, in the order of `Confirmed`, and by model.

    `score`, `total_iu`, `cost` and the flags `allowed`, `flat`, `front`, `cost_front` are (schedules,); `aim`, `low`, `high`,
    `regret`, `first`, `best_beats`, `flat_under`, `front_under` (models, schedules), the aim in its own direction; `held`
    (limits, models, schedules). `order` are the places of the allowed schedules, the best first; `best_of` is the place of the
    best under each model; `verdicts` of the best against every other schedule, by place.
    """

    order: np.ndarray
    best_of: tuple[int, ...]
    allowed: np.ndarray = field(repr=False)
    score: Floats = field(repr=False)
    total_iu: Floats = field(repr=False)
    cost: Floats = field(repr=False)
    aim: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)
    regret: Floats = field(repr=False)
    first: Floats = field(repr=False)
    best_beats: Floats = field(repr=False)
    flat: np.ndarray = field(repr=False)
    flat_under: np.ndarray = field(repr=False)
    front: np.ndarray = field(repr=False)
    cost_front: np.ndarray = field(repr=False)
    front_under: np.ndarray = field(repr=False)
    held: Floats = field(repr=False)
    verdicts: Mapping[int, Verdict] = field(repr=False)
    simplest: int

    @property
    def best(self) -> int:
        """The place of the best schedule over models."""
        return int(self.order[0])


def answer_of(
    search: Search,
    models: Sequence[StudyModel],
    confirmed: Confirmed,
    candidates: Sequence[Candidate],
    subject: Subject,
    rule: Rule,
) -> Answer:
    """Return the answer among the confirmed schedules. RegimensError where none of them meets the limits.

    Ties go to the schedule that stands first in the space.
    """
    sign, count = 1.0 if search.highest else -1.0, len(confirmed.names)
    level = [over_subjects_of(values[:, 0], search) for values in confirmed.values]
    aims = np.stack([sign * mean_over_draws(each) for each in level])
    held = held_of(search, [np.moveaxis(values, 0, 1) for values in confirmed.values])
    names = [model.name for model in models]
    check_some(search, names, confirmed.names, held[:, :, confirmed.places >= 0])
    allowed = within_limits(held) & (confirmed.places >= 0)
    check_values(search, names, aims, allowed)
    tails = tail_mean([sign * each for each in level], search.judge.tail if search.judge.kind is Kind.CVAR else 1.0)
    score = scores(search.judge, aims, tails, allowed)
    order = ranking(score, allowed)
    best_of = tuple(int(ranking(aim, allowed)[0]) for aim in aims)
    outcomes = confirmed.outcomes(search, models, max(each.shape[1] for each in level))
    said = _verdicts(outcomes, confirmed.names, int(order[0]), rule)
    flat = np.array([allowed[place] and (place not in said or not said[place].winner) for place in range(count)])
    beats, flat_under = _against_best(outcomes, search, best_of, allowed, rule)
    total = np.array([_total(confirmed, candidates, place, subject) for place in range(count)])
    cost = _costs(search, confirmed)
    bounds = np.array([[over_draws(draws)[1:] for draws in each] for each in level])
    return Answer(
        order=order,
        best_of=best_of,
        allowed=allowed,
        score=score,
        total_iu=total,
        cost=cost,
        aim=sign * aims,
        low=bounds[:, :, 0],
        high=bounds[:, :, 1],
        regret=regrets(aims, allowed),
        first=np.stack([_firsts(sign * each, allowed) for each in level]),
        best_beats=beats,
        flat=flat,
        flat_under=flat_under,
        front=_flags(count, front(score, total, allowed)),
        cost_front=_flags(count, front(score, cost, allowed)),
        front_under=np.stack([_flags(count, front(aim, total, allowed)) for aim in aims]),
        held=held,
        verdicts=said,
        simplest=simplest_of(confirmed, candidates, np.flatnonzero(flat)),
    )


def over_subjects_of(values: Floats, search: Search) -> Floats:
    """Return the (schedules, draws) population statistic of the aim from (schedules, draws, subjects)."""
    return np.stack([over_subjects(each, search.aim.statistic) for each in values])


def check_some(search: Search, models: Sequence[str], names: Sequence[str], held: Floats) -> None:
    """Raise RegimensError where no schedule meets the limits on endpoints: which limit none meets, and who comes nearest."""
    for row, limit in enumerate(search.endpoint_limits):
        if within_limits(held[: row + 1]).any():
            continue
        before = within_limits(held[:row])
        least = np.where(np.isnan(held[row]), np.inf, held[row]).min(axis=0)
        nearest = int(np.where(before, least, -np.inf).argmax())
        where = int(np.where(np.isnan(held[row, :, nearest]), np.inf, held[row, :, nearest]).argmin())
        others = f" that meets {' and '.join(repr(each.words) for each in search.endpoint_limits[:row])}" if row else ""
        raise RegimensError(
            f"No schedule{others} meets '{limit.words}' under every model. '{names[nearest]}' comes nearest: it meets it in "
            f"{100 * held[row, where, nearest]:.3g} % of the draws of '{models[where]}', and {100 * ENOUGH:g} % are needed."
        )


def check_values(search: Search, models: Sequence[str], aims: Floats, allowed: np.ndarray) -> None:
    """Raise RegimensError where no schedule within the limits has a value of the aim under every model; (models, schedules)."""
    known = ~np.isnan(aims) & allowed
    if known.all(axis=0).any():
        return
    least = models[int(known.sum(axis=1).argmin())]
    raise RegimensError(
        f"No schedule within the limits has a value of '{search.aim.words}' under every model; the fewest have one "
        f"under '{least}'. Choose an aim that every schedule has, such as a mean or a peak."
    )


def _verdicts(outcomes: Outcomes, names: Sequence[str], best: int, rule: Rule) -> dict[int, Verdict]:
    """Return the verdict of the best schedule against every other one, by place."""
    others = [place for place in range(len(names)) if place != best]
    pairs = [(names[best], names[place]) for place in others]
    return dict(zip(others, verdicts(outcomes, contrasts(outcomes, pairs), pairs, rule), strict=True))


def _against_best(
    outcomes: Outcomes, search: Search, best_of: Sequence[int], allowed: np.ndarray, rule: Rule
) -> tuple[Floats, np.ndarray]:
    """Return, for each model and schedule, the share of draws that differ in which the model's best one is better, and whether
    it cannot be told apart from it: (models, schedules) each.
    """
    names = outcomes.arms
    beats, flat = np.full((len(outcomes.models), len(names)), np.nan), np.zeros((len(outcomes.models), len(names)), dtype=bool)
    for row, (model, best) in enumerate(zip(outcomes.models, best_of, strict=True)):
        for place, name in enumerate(names):
            counted = shares(paired(outcomes, model, search.aim, names[best], name), search.aim)
            differ = counted.better + counted.worse
            beats[row, place] = counted.better / differ if differ > 0 else 0.5
            told = reaches(beats[row, place], rule.probability) and reaches(differ, rule.differ)
            enough = outcomes.draws_of(model) >= fewest_draws(rule.probability)
            flat[row, place] = allowed[place] and not (told and enough)
    return beats, flat


def _total(confirmed: Confirmed, candidates: Sequence[Candidate], place: int, subject: Subject) -> float:
    there = confirmed.places[place]
    return float(candidates[there].total(subject)) if there >= 0 else np.nan


def _costs(search: Search, confirmed: Confirmed) -> Floats:
    """Return the mean over models and draws of the population statistic of the cost (schedules,); missing without a cost."""
    if search.cost is None:
        return np.full(len(confirmed.names), np.nan)
    row, statistic = search.measured.index(search.cost), search.cost.statistic
    means = [
        mean_over_draws(np.stack([over_subjects(each, statistic) for each in values[:, row]])) for values in confirmed.values
    ]
    return mean_over_draws(np.stack(means, axis=1))


def _firsts(level: Floats, allowed: np.ndarray) -> Floats:
    """Return the share of draws in which each allowed schedule has the best of (schedules, draws), ties split."""
    found = np.zeros(len(level))
    among = level[allowed]
    whole = among[:, ~np.isnan(among).any(axis=0)]
    if whole.size:
        found[allowed] = winners(whole).mean(axis=1)
    return found


def _flags(count: int, places: np.ndarray) -> np.ndarray:
    found = np.zeros(count, dtype=bool)
    found[places] = True
    return found


def simplest_of(confirmed: Confirmed, candidates: Sequence[Candidate], flat: np.ndarray) -> int:
    """Return the flat schedule with the fewest visits, then the fewest cycles, doses and the lowest total."""

    def burden(place: int) -> tuple[int, int, int, Fraction, int]:
        one = candidates[confirmed.places[place]]
        return one.timing.days_on, one.timing.cycles, one.timing.all_doses, one.amount.value, place

    return min((int(place) for place in flat), key=burden)


def edges_of(
    space: SearchSpace, limits: Sequence[ExactLimit | EndpointLimit], one: Candidate, subject: Subject
) -> tuple[Edge, ...]:
    """Return where a schedule lies at an edge of its space, or where the next step would break a limit.

    A dimension with one value has no edge, nor has one cycle, and no rest is no edge.
    """
    timing, found = one.timing, []
    if len(space.amounts) > 1:
        found += [Edge.LOWEST_AMOUNT] if one.amount == space.lowest else []
        found += [Edge.HIGHEST_AMOUNT] if one.amount == space.highest else []
    lengths = [_mean_interval(every) for every in space.every]
    if len(lengths) > 1:
        found += [Edge.SHORTEST_INTERVAL] if _mean_interval(timing.every) == min(lengths) else []
        found += [Edge.LONGEST_INTERVAL] if _mean_interval(timing.every) == max(lengths) else []
    fewest, most = space.doses
    found += [Edge.FEWEST_DOSES] if timing.doses == fewest < most else []
    merged = None in space.rests and timing.cycles == 1
    found += [Edge.MOST_DOSES] if timing.doses == most * (space.cycles[1] if merged else 1) and most > fewest else []
    found += [Edge.MOST_CYCLES] if timing.cycles == space.cycles[1] > space.cycles[0] else []
    rests = sorted(rest.hours for rest in space.rests if rest is not None)
    if timing.rest is not None and len(rests) > 1:
        found += [Edge.SHORTEST_REST] if timing.rest.hours == rests[0] and None not in space.rests else []
        found += [Edge.LONGEST_REST] if timing.rest.hours == rests[-1] else []
    found += [Edge.TIME] if timing.span + _mean_interval(timing.every) > space.within.hours else []
    for limit in limits:
        if isinstance(limit, ExactLimit) and limit.side == AT_MOST:
            if limit.of == "doses":
                found += [Edge.DOSES] if timing.all_doses == limit.number else []
            else:
                each, step = (amount.for_size(subject.weight_kg, subject.bsa_m2) for amount in (one.amount, space.step))
                found += [Edge.TOTAL] if one.total(subject) + min(each, step * timing.all_doses) > limit.number else []
    return tuple(found)


def _mean_interval(every: Duration | Weekly) -> Fraction:
    return every.hours if isinstance(every, Duration) else Fraction(168, len(every.days))


def check_exposure(search: Search, one: Candidate, subject: Subject) -> tuple[Fraction, int, int, Fraction]:
    """Return total (IU), doses, days with a dose and span (h) of a schedule by exposure; RegimensError if it breaks a limit."""
    (row,) = exposure_of(one.regimen, subject)
    for limit in search.exact_limits:
        number = row.total if limit.of == "total" else Fraction(row.doses)
        if number > limit.number if limit.side == AT_MOST else number < limit.number:
            raise RegimensError(
                f"'{one.words}' breaks '{limit.words}': it has {limit.said(number)}. This is a fault of the search."
            )
    return row.total, row.doses, row.days_on, row.span_h
